"""The parts of a certificate that the runtime's path validation looks at.

`trust_root.java_certificates` has already decided that the runtime loads it; here its fields are taken out,
as the runtime understands them. What validation makes of them is in `pkix`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from cryptography import x509

from trustconsole.trust_root import BROKEN_FIELDS, CannotPredict, LoadedCertificate, subject_text
from trustconsole.trust_root import java_der as der
from trustconsole.trust_root.java_der import DerStream, DerValue, JavaIOError
from trustconsole.trust_root.java_extensions import Extension, Extensions, read_extensions
from trustconsole.trust_root.java_keys import Algorithm, encode_spki, read_algorithm
from trustconsole.trust_root.silence import without_warnings
from trustconsole.verification.controller.distinguished_names import CanonicalName, canonical_name
from trustconsole.verification.controller.java_crypto import JavaKey, java_key

_NONE = Extensions((), {})


@dataclass(frozen=True, slots=True)
class Certificate:
    """A loaded certificate taken apart; `signed` is what its signature covers, `version` counts from 1."""

    loaded: LoadedCertificate
    signed: bytes = field(repr=False)
    version: int
    serial: int
    algorithm: Algorithm
    signature: bytes = field(repr=False)
    issuer: CanonicalName
    subject: CanonicalName
    not_before: datetime
    not_after: datetime
    key: JavaKey
    extensions: Extensions

    def extension(self, oid: str) -> Extension | None:
        """The extension, None where the runtime sees none; raises `CannotPredict`."""
        if oid in self.extensions.parsed and self.extensions.parsed[oid] is None:
            raise CannotPredict(f"extension {oid}")
        return self.extensions.get(oid)

    @property
    def subject_shown(self) -> str:
        """The subject for people; untrusted text."""
        return _shown(self.loaded.certificate, "subject")

    @property
    def issuer_shown(self) -> str:
        """The issuer for people; untrusted text."""
        return _shown(self.loaded.certificate, "issuer")


def _shown(certificate: x509.Certificate | None, which: str) -> str:
    if certificate is None:
        return "a name that cannot be shown"
    try:
        with without_warnings():
            return subject_text(certificate.subject if which == "subject" else certificate.issuer)
    except BROKEN_FIELDS:
        return "a name that cannot be shown"


@lru_cache(maxsize=1024)
def take_apart(loaded: LoadedCertificate) -> Certificate:
    """The fields of a certificate that the runtime loaded, remembered; raises `CannotPredict`."""
    try:
        return _take_apart(loaded)
    except JavaIOError as error:
        raise CannotPredict(f"a certificate with {error.message}") from error


def _take_apart(loaded: LoadedCertificate) -> Certificate:
    outer = der.read_all(loaded.der)
    info, algorithm, signature = outer.stream.read(), outer.stream.read(), outer.stream.read()
    stream = DerStream(info.buffer, info.start, info.end)
    value = stream.read()
    version = 0
    if value.context(0):
        version = value.stream.read().int32() if value.constructed else 0
        value = stream.read()
    serial = value.integer()
    stream.read()
    issuer = canonical_name(stream.read())
    not_before, not_after = (_moment(part) for part in stream.read().children(der.SEQUENCE))
    subject = canonical_name(stream.read())
    key = _subject_key(stream.read())
    return Certificate(
        loaded,
        info.reencoded(),
        version + 1,
        serial,
        read_algorithm(algorithm),
        signature.bit_string()[0],
        issuer,
        subject,
        not_before,
        not_after,
        key,
        _extensions(stream),
    )


def _subject_key(value: DerValue) -> JavaKey:
    algorithm = read_algorithm(value.stream.read())
    bits, unused = value.stream.read().bit_string()
    return java_key(encode_spki(algorithm, bits, unused))


def _extensions(stream: DerStream) -> Extensions:
    if not stream.available:
        return _NONE
    value = stream.read()
    for number in (1, 2):
        if value.context(number):
            if not stream.available:
                return _NONE
            value = stream.read()
    if value.constructed and value.context(3):
        return read_extensions(value.stream)
    return _NONE


def _moment(value: DerValue) -> datetime:
    """A time of the certificate; days beyond the month roll over, as in the runtime's calendar."""
    raw = value.content.decode("ascii", "replace")
    digits = 2 if value.tag == der.UTC_TIME else 4
    year = int(raw[:digits])
    if digits == 2:
        year += 2000 if year < 50 else 1900
    month, day, hour, minute = (int(raw[at : at + 2]) for at in range(digits, digits + 8, 2))
    rest = raw[digits + 8 :]
    second = int(rest[:2]) if rest[:2].isdigit() else 0
    fraction = rest.replace(",", ".").lstrip("0123456789").rstrip("Z")
    try:
        moment = datetime(year, month, 1, hour, minute, second, tzinfo=UTC) + timedelta(days=day - 1)
        if rest[-5:-4] in ("+", "-"):
            away = timedelta(hours=int(rest[-4:-2]), minutes=int(rest[-2:]))
            moment += -away if rest[-5] == "+" else away
            fraction = fraction[:-5]
        if fraction.startswith("."):
            moment += timedelta(milliseconds=int(fraction[1:4].ljust(3, "0")))
    except (ValueError, OverflowError) as error:
        raise CannotPredict("a date outside the calendar") from error
    return moment
