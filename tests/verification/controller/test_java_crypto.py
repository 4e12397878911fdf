"""Signature encodings at the edge of what the runtime takes, and names at the edge of being equal."""

from __future__ import annotations

import hashlib

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.x509.oid import NameOID
from tests.verification.controller.bench import CHECKER, JAR, ec_key, rsa_key, sign, spki

from trustconsole.trust_root import java_der as der
from trustconsole.verification.controller.distinguished_names import canonical_name
from trustconsole.verification.controller.java_crypto import java_key, verifies_sha256

DIGEST = hashlib.sha256(JAR).digest()
SHA256_OID = bytes.fromhex("0609608648016503040201")


def rsa_signature(info: bytes) -> bytes:
    """A PKCS#1 v1.5 signature over any DigestInfo."""
    numbers = rsa_key().private_numbers()
    modulus = numbers.public_numbers.n
    padded = b"\x00\x01" + b"\xff" * (256 - 3 - len(info)) + b"\x00" + info
    return pow(int.from_bytes(padded, "big"), numbers.d, modulus).to_bytes(256, "big")


def digest_info(parameters: bytes) -> bytes:
    algorithm = der.encode(der.SEQUENCE, SHA256_OID + parameters)
    return der.encode(der.SEQUENCE, algorithm + der.encode(der.OCTET_STRING, DIGEST))


@pytest.mark.parametrize(("parameters", "holds"), [(b"\x05\x00", True), (b"", True), (b"\x04\x00", False)])
def test_rsa_takes_a_digest_with_and_without_null(parameters: bytes, holds: bool) -> None:
    key = java_key(spki(rsa_key()))
    assert verifies_sha256(key, rsa_signature(digest_info(parameters)), DIGEST, CHECKER) is holds


def test_bytes_behind_the_digest_are_no_signature() -> None:
    key = java_key(spki(rsa_key()))
    assert not verifies_sha256(key, rsa_signature(digest_info(b"\x05\x00") + b"\x00"), DIGEST, CHECKER)


def test_ecdsa_integers_count_as_unsigned_but_must_be_minimal() -> None:
    key = java_key(spki(ec_key()))
    r, s = decode_dss_signature(sign(ec_key()))

    def encoded(first: bytes, second: bytes) -> bytes:
        return der.encode(der.SEQUENCE, der.encode(der.INTEGER, first) + der.encode(der.INTEGER, second))

    bare = r.to_bytes((r.bit_length() + 7) // 8, "big"), s.to_bytes((s.bit_length() + 7) // 8, "big")
    good = encoded(*bare)
    assert verifies_sha256(key, good, DIGEST, CHECKER)
    assert not verifies_sha256(key, encoded(b"\0\0" + bare[0], bare[1]), DIGEST, CHECKER)
    assert not verifies_sha256(key, b"\x30\x81" + good[1:], DIGEST, CHECKER)
    assert not verifies_sha256(key, good + b"\0", DIGEST, CHECKER)
    assert not verifies_sha256(key, b"", DIGEST, CHECKER)


def named(*attributes: x509.NameAttribute[str]) -> tuple[tuple[str, ...], ...]:
    return canonical_name(der.read_all(x509.Name(attributes).public_bytes()))


def common_name(
    text: str, kind: x509.name._ASN1Type = x509.name._ASN1Type.UTF8String
) -> x509.NameAttribute[str]:
    return x509.NameAttribute(NameOID.COMMON_NAME, text, kind)


def test_names_are_one_whatever_their_case_spaces_and_usual_string_type() -> None:
    printable = x509.name._ASN1Type.PrintableString
    assert named(common_name(" Build  CA")) == named(common_name("build ca ", printable))


def test_names_differ_by_other_string_types_unnamed_attributes_and_order() -> None:
    ia5 = x509.name._ASN1Type.IA5String
    assert named(common_name("ca")) != named(common_name("ca", ia5))
    mail = NameOID.EMAIL_ADDRESS
    assert named(x509.NameAttribute(mail, "A@b")) != named(x509.NameAttribute(mail, "a@b"))
    unit = x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, "u")
    assert named(common_name("ca"), unit) != named(unit, common_name("ca"))
