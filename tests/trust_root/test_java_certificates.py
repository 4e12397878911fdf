"""The runtime's loading of certificates: what it takes, what it drops, and its words when it refuses."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID, ObjectIdentifier
from tests.trust_root.material import certificate, ec_spki

from trustconsole.trust_root import CannotPredict, JavaCertificateError, java_certificate
from trustconsole.trust_root import java_der as der

PLAIN = certificate(1)
Parts = list[bytes]


def parts_of(data: bytes) -> Parts:
    return [child.reencoded() for child in der.read_all(data).children(der.SEQUENCE)]


def changed(change: Callable[[Parts], None], data: bytes = PLAIN) -> bytes:
    """The certificate with its to-be-signed parts changed: version, serial, algorithm, issuer, dates, …"""
    outer = parts_of(data)
    info = parts_of(outer[0])
    change(info)
    return sequence(sequence(*info), *outer[1:])


def sequence(*parts: bytes) -> bytes:
    return der.encode(der.SEQUENCE, b"".join(parts))


def setting(index: int, part: bytes) -> Callable[[Parts], None]:
    def change(info: Parts) -> None:
        info[index] = part

    return change


def without_version(info: Parts) -> None:
    del info[0]


def bare(info: Parts) -> None:
    """Neither version nor extensions."""
    del info[-1], info[0]


def extension(oid: str, value: bytes, *, critical: bool) -> tuple[x509.ExtensionType, bool]:
    return x509.UnrecognizedExtension(ObjectIdentifier(oid), value), critical


def with_extensions(*extensions: tuple[x509.ExtensionType, bool]) -> bytes:
    return certificate(1, extensions=extensions)


def refusal(data: bytes) -> str:
    with pytest.raises(JavaCertificateError) as caught:
        java_certificate(data)
    return str(caught.value)


def test_a_plain_certificate_is_held_byte_for_byte() -> None:
    held = java_certificate(PLAIN)
    assert held.der == PLAIN
    assert held.sha256 == hashlib.sha256(PLAIN).hexdigest()
    assert held.certificate is not None


def test_bytes_after_a_certificate_are_dropped() -> None:
    assert java_certificate(PLAIN + b"anything").der == PLAIN


def test_a_long_form_length_is_held_in_short_form() -> None:
    assert java_certificate(b"\x30\x83\x00" + PLAIN[2:]).der == PLAIN


EMPTY_NAME = sequence()
UTC = b"\x17\x0d"
REFUSED = {
    "nothing": (b"", "Could not parse certificate: java.io.IOException: Empty input"),
    "no sequence": (b"abc", "Could not parse certificate: java.io.IOException: Empty input"),
    "cut off": (PLAIN[:-1], "Could not parse certificate: java.io.IOException: Incomplete BER/DER data"),
    "huge": (
        b"\x30\x85\x01\x01\x01\x01\x01",
        "Could not parse certificate: java.io.IOException: Invalid BER/DER data (too huge?)",
    ),
    "only a tag": (b"\x30", "Could not parse certificate: java.io.IOException: BER/DER length info absent"),
    "empty sequence": (sequence(), "Unable to initialize, java.io.IOException: Too short"),
    "a key": (ec_spki(), "Unable to initialize, java.io.IOException: Too short"),
    "a fourth part": (sequence(*parts_of(PLAIN), b"\x05\x00"), "signed overrun, bytes = 2"),
    "empty issuer": (changed(setting(3, EMPTY_NAME)), "Empty issuer DN not allowed in X509Certificates"),
    "another inner algorithm": (
        changed(setting(2, bytes.fromhex("300a06082a8648ce3d040303"))),
        "Signature algorithm mismatch",
    ),
    "serial number of no bytes": (
        changed(setting(1, b"\x02\x00")),
        "java.io.IOException: Invalid encoding: zero length Int value",
    ),
    "date without Z": (
        changed(setting(4, sequence(UTC + b"2501010000000", UTC + b"360101000000Z"))),
        "java.io.IOException: Parse UTC time, garbage offset",
    ),
    "thirteenth month": (
        changed(setting(4, sequence(UTC + b"251301000000Z", UTC + b"360101000000Z"))),
        "java.io.IOException: Parse UTC time, invalid format",
    ),
    "one date": (
        changed(setting(4, sequence(UTC + b"250101000000Z"))),
        "java.io.IOException: Invalid encoding for CertificateValidity",
    ),
    "compressed point": (
        changed(setting(6, ec_spki().replace(b"\x00\x04", b"\x00\x02", 1))),
        "java.io.IOException: subject key, java.security.InvalidKeyException: Invalid EC key",
    ),
    "empty subject without a name": (
        changed(setting(5, EMPTY_NAME)),
        "X.509 Certificate is incomplete: subject field is empty, and "
        "SubjectAlternativeName extension is absent",
    ),
    "version 2 with extensions": (
        changed(setting(0, bytes.fromhex("a003020101"))),
        "Extensions not allowed in v2 certificate",
    ),
    "version 1 with extensions": (
        changed(without_version),
        "no more data allowed for version 1 certificate",
    ),
    "critical constraints that are none": (
        with_extensions(extension("2.5.29.36", b"\x02\x01\x00", critical=True)),
        "java.io.IOException: Sequence tag missing for PolicyConstraint.",
    ),
    "critical usage of no bytes": (
        with_extensions(extension("2.5.29.15", b"\x03\x00", critical=True)),
        "java.io.IOException: Invalid encoding: zero length bit string",
    ),
}


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_the_runtime_refuses(name: str) -> None:
    data, message = REFUSED[name]
    assert refusal(data) == message


SAN = x509.SubjectAlternativeName([x509.DNSName("module.example"), x509.RFC822Name("a@example.com")])
TAKEN = {
    "dates turned round": changed(setting(4, sequence(UTC + b"360101000000Z", UTC + b"250101000000Z"))),
    "date without seconds": changed(setting(4, sequence(b"\x17\x0b2501010000Z", b"\x18\x0f20360101000000Z"))),
    "date with a zone": changed(setting(4, sequence(b"\x17\x11250101000000+0100", UTC + b"360101000000Z"))),
    "serial number zero": changed(setting(1, b"\x02\x01\x00")),
    "version 1": changed(bare),
    "unique identifiers": changed(lambda info: info.insert(7, b"\x81\x02\x00\x01")),
    "unknown subject key": changed(setting(6, sequence(sequence(b"\x06\x02\x2a\x03"), b"\x03\x01\x00"))),
    "malformed extension that is not critical": with_extensions(
        extension("2.5.29.36", b"\x02\x01\x00", critical=False)
    ),
    "unknown critical extension": with_extensions(extension("1.2.3.4", b"", critical=True)),
    "critical names": with_extensions((SAN, True)),
    "critical purposes": with_extensions((x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CODE_SIGNING]), True)),
    "critical constraints on names": with_extensions(
        (
            x509.NameConstraints(
                [x509.DNSName(".example"), x509.UniformResourceIdentifier("example.com")],
                [x509.RFC822Name("evil.example")],
            ),
            True,
        )
    ),
    "empty subject with critical names": changed(setting(5, EMPTY_NAME), with_extensions((SAN, True))),
}


@pytest.mark.parametrize("name", sorted(TAKEN))
def test_the_runtime_takes(name: str) -> None:
    assert java_certificate(TAKEN[name]).der == TAKEN[name]


def test_a_repeated_extension_is_refused() -> None:
    def repeat(info: Parts) -> None:
        (inner,) = der.read_all(info[7]).children(0xA3)
        info[7] = der.encode(0xA3, der.encode(der.SEQUENCE, inner.content * 2))

    assert refusal(changed(repeat)) == "java.io.IOException: Duplicate extensions not allowed"


def test_an_extension_that_only_the_runtime_parses_is_not_guessed() -> None:
    with pytest.raises(CannotPredict):
        java_certificate(with_extensions(extension("2.5.29.31", b"\x30\x00", critical=True)))


def test_pem_inside_a_block_is_read_as_the_runtime_reads_it() -> None:
    body = base64.b64encode(PLAIN)
    inner = b"-----BEGIN X509 CERTIFICATE-----\n" + body + b"\n-----END X509 CERTIFICATE-----\n"
    assert java_certificate(inner).der == PLAIN


def test_an_indefinite_length_is_held_as_a_definite_one() -> None:
    content = b"".join(parts_of(PLAIN))
    assert java_certificate(b"\x30\x80" + content + b"\x00\x00").der == PLAIN


def test_nesting_without_end_is_bounded() -> None:
    assert "Nesting sequence depth limit" in refusal(b"\x30\x80" * 4000)
    with pytest.raises((CannotPredict, JavaCertificateError)):
        java_certificate(b"\x30\x80" * 100 + b"\x00\x00" * 100)
