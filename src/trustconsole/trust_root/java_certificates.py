"""X.509 certificates as the controller's runtime loads them, with the complaint where it refuses one.

Used for CERTIFICATE blocks of a trust root and for the certificate inside a bundle. The runtime reads one
certificate and drops what follows it; it checks structure, not signatures. Observed on Java 25.
"""

from __future__ import annotations

import hashlib
import re

from cryptography import x509

from trustconsole.trust_root import java_der as der
from trustconsole.trust_root.java_base64 import JavaBase64Error, java_base64_decode
from trustconsole.trust_root.java_der import CannotPredict, DerStream, DerValue, JavaIOError
from trustconsole.trust_root.java_extensions import SUBJECT_ALT_NAME, Extensions, read_extensions
from trustconsole.trust_root.java_keys import read_algorithm, subject_key
from trustconsole.trust_root.java_names import read_name
from trustconsole.trust_root.java_time import read_time
from trustconsole.trust_root.model import LoadedCertificate
from trustconsole.trust_root.silence import without_warnings

_MAX_NESTING = 128
_V1, _V3 = 0, 2
_INCOMPLETE = "X.509 Certificate is incomplete: "
_PEM_INSIDE = re.compile(
    rb"(?<!-)-----BEGIN (?P<label>[A-Z0-9 ]+)-----\r?\n(?P<body>[^-]*)-----END (?P=label)-----(?=[\r\n]|\Z)"
)


class JavaCertificateError(Exception):
    """A CertificateException of the runtime; `str()` is its message."""


def load_certificate(data: bytes) -> x509.Certificate | None:
    """The certificate object, None where `cryptography` refuses it."""
    with without_warnings():
        try:
            return x509.load_der_x509_certificate(data)
        except (ValueError, x509.InvalidVersion):
            return None


def java_certificate(data: bytes) -> LoadedCertificate:
    """The certificate that the runtime loads from `data`; `line` of the answer is 0.

    Raises `JavaCertificateError` with the runtime's message, or `CannotPredict`.
    """
    try:
        encoding = _one_block(data)
    except JavaIOError as error:
        raise JavaCertificateError(f"Could not parse certificate: {error.java}") from error
    try:
        held = _certificate(encoding)
    except JavaIOError as error:
        raise JavaCertificateError(f"Unable to initialize, {error.java}") from error
    return LoadedCertificate(held, hashlib.sha256(held).hexdigest(), 0, load_certificate(held))


def _one_block(data: bytes) -> bytes:
    """What the runtime cuts off the input before it parses."""
    if not data:
        raise JavaIOError("Empty input")
    if data[0] != der.SEQUENCE:
        return _text_inside(data)
    return data[: _cut(data, 0, 0)]


def _text_inside(data: bytes) -> bytes:
    """The runtime takes input that is no SEQUENCE for PEM, whatever its label."""
    if b"-----" not in data:
        raise JavaIOError("Empty input")
    match = _PEM_INSIDE.search(data)
    if match is None or b"-----" in data[: match.start()]:
        raise CannotPredict("PEM inside a block")
    try:
        return java_base64_decode(match["body"].translate(None, b" \t\r\n").decode("latin-1"))
    except JavaBase64Error as error:
        raise JavaIOError(f"java.lang.IllegalArgumentException: {error}") from error


def _cut(data: bytes, position: int, depth: int) -> int:
    """Where the value at `position` ends."""
    if depth >= _MAX_NESTING:
        raise JavaIOError("Nesting sequence depth limit reached.")
    tag = data[position]
    if position + 1 >= len(data):
        raise JavaIOError("BER/DER length info absent")
    first = data[position + 1]
    start = position + 2
    if first == 0x80:
        return _cut_indefinite(data, start, tag, depth)
    length = first
    if first > 0x80:
        count = first & 0x7F
        if count > 4:
            raise JavaIOError("Invalid BER/DER data (too huge?)")
        if start + count > len(data):
            raise JavaIOError("Incomplete BER/DER length info")
        if count == 4 and data[start] > 127:
            raise JavaIOError("Invalid BER/DER data (a little huge?)")
        length = int.from_bytes(data[start : start + count], "big")
        start += count
    if length > len(data) - start:
        raise JavaIOError("Incomplete BER/DER data")
    return start + length


def _cut_indefinite(data: bytes, position: int, tag: int, depth: int) -> int:
    if not tag & 0x20:
        raise JavaIOError("Non constructed encoding must have definite length")
    while True:
        if position >= len(data):
            raise JavaIOError("BER/DER tag info absent")
        inner = data[position]
        if inner & 0x1F == 0x1F:
            raise JavaIOError("Multi octets tag not supported")
        position = _cut(data, position, depth + 1)
        if inner == 0:
            return position


def _certificate(encoding: bytes) -> bytes:
    outer = der.read_all(encoding)
    if outer.tag != der.SEQUENCE:
        raise JavaCertificateError("invalid DER-encoded certificate data")
    held = outer.reencoded()
    info, algorithm, signature = outer.stream.read(), outer.stream.read(), outer.stream.read()
    if outer.stream.available:
        raise JavaCertificateError(f"signed overrun, bytes = {outer.stream.available}")
    if info.tag != der.SEQUENCE:
        raise JavaCertificateError("signed fields invalid")
    signed_with = read_algorithm(algorithm)
    signature.bit_string()
    if algorithm.stream.available:
        raise JavaCertificateError("algid field overrun")
    try:
        announced = _info(info.stream)
    except JavaIOError as error:
        raise JavaCertificateError(error.java) from error
    if announced != signed_with:
        raise JavaCertificateError("Signature algorithm mismatch")
    return held


def _info(stream: DerStream) -> object:
    """TBSCertificate; the answer is the signature algorithm it announces."""
    value = stream.read()
    version = _V1
    if value.context(0):
        version = _version(value)
        value = stream.read()
    value.integer()
    algorithm = read_algorithm(stream.read())
    if not read_name(stream):
        raise JavaCertificateError("Empty issuer DN not allowed in X509Certificates")
    _validity(stream.read())
    subject = read_name(stream)
    if version == _V1 and not subject:
        raise JavaCertificateError("Empty subject DN not allowed in v1 certificate")
    subject_key(stream.read())
    if stream.available:
        if version == _V1:
            raise JavaCertificateError("no more data allowed for version 1 certificate")
        _tail(stream, version, subject)
    return algorithm


def _tail(stream: DerStream, version: int, subject: bool) -> None:
    """Unique identifiers and extensions."""
    value = stream.read()
    for number in (1, 2):
        if value.context(number):
            value.bit_string(implicit=True)
            if not stream.available:
                return
            value = stream.read()
    if version != _V3:
        raise JavaCertificateError("Extensions not allowed in v2 certificate")
    extensions = None
    if value.constructed and value.context(3):
        extensions = read_extensions(value.stream)
    if not subject:
        _needs_critical_name(extensions)


def _needs_critical_name(extensions: Extensions | None) -> None:
    if extensions is None:
        raise JavaCertificateError(f"{_INCOMPLETE}subject field is empty, and certificate has no extensions")
    outcome = extensions.parsed.get(SUBJECT_ALT_NAME, False)
    if outcome is None:
        raise CannotPredict("a subject alternative name")
    names = extensions.get(SUBJECT_ALT_NAME) if outcome else None
    if names is None:
        raise JavaCertificateError(
            f"{_INCOMPLETE}subject field is empty, and SubjectAlternativeName extension is absent"
        )
    if not names.critical:
        raise JavaCertificateError(
            f"{_INCOMPLETE}SubjectAlternativeName extension MUST be marked critical when subject field "
            "is empty"
        )


def _version(value: DerValue) -> int:
    if not value.constructed:
        return _V1
    return value.stream.read().int32()


def _validity(value: DerValue) -> None:
    if value.tag != der.SEQUENCE:
        raise JavaIOError("Invalid encoded CertificateValidity, starting sequence tag missing.")
    if not value.stream.available:
        raise JavaIOError("No data encoded for CertificateValidity")
    times = der.read_all(value.reencoded()).children(der.SEQUENCE)
    if len(times) != 2:
        raise JavaIOError("Invalid encoding for CertificateValidity")
    for time in times:
        if time.tag not in (der.UTC_TIME, der.GENERALIZED_TIME):
            raise JavaIOError("Invalid encoding for CertificateValidity")
        read_time(time)
