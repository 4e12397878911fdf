"""The runtime's loading of keys beyond what common tools write."""

from __future__ import annotations

import pytest
from tests.trust_root.material import ec_spki, ed25519_spki, rsa_spki

from trustconsole.trust_root import CannotPredict, java_public_key
from trustconsole.trust_root import java_der as der

RSA_OID = bytes.fromhex("2a864886f70d010101")
EC_OID, P256 = bytes.fromhex("2a8648ce3d0201"), bytes.fromhex("2a8648ce3d030107")
ED25519_OID = bytes.fromhex("2b6570")


def integer(value: int) -> bytes:
    return der.encode(der.INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def key(oid: bytes, bits: bytes, parameters: bytes = b"", unused: int = 0) -> bytes:
    algorithm = der.encode(der.SEQUENCE, der.encode(der.OID, oid) + parameters)
    return der.encode(der.SEQUENCE, algorithm + der.encode(der.BIT_STRING, bytes([unused]) + bits))


def rsa(modulus: int, exponent: int = 65537, *, extra: bytes = b"") -> bytes:
    body = der.encode(der.SEQUENCE, integer(modulus) + integer(exponent) + extra)
    return key(RSA_OID, body, b"\x05\x00")


MODULUS = (1 << 2047) + 1
POINT = ec_spki()[-65:]
EC_PARAMETERS = der.encode(der.OID, P256)


@pytest.mark.parametrize(
    ("data", "algorithm"),
    [
        (rsa(MODULUS), "RSA"),
        (rsa(MODULUS + 1), "RSA"),
        (rsa(MODULUS, 4), "RSA"),
        (rsa((1 << 504) + 1), "RSA"),
        (rsa(MODULUS, (1 << 64) + 1), "RSA"),
        (key(bytes.fromhex("2a864886f70d01010b"), rsa_spki()[24:]), "RSA"),
        (key(EC_OID, POINT, EC_PARAMETERS), "EC"),
        (key(EC_OID, POINT[:-1] + b"\x00", EC_PARAMETERS), "EC"),
        (key(EC_OID, POINT + b"\x00", EC_PARAMETERS), "EC"),
        (key(ED25519_OID, b"\xff" * 32), "EdDSA"),
        (key(ED25519_OID, bytes(32), b"\x05\x00"), "EdDSA"),
    ],
    ids=[
        "modulus of 2048 bits",
        "even modulus",
        "even exponent",
        "modulus of 505 bits",
        "exponent of 65 bits",
        "RSA by another of its OIDs",
        "named curve",
        "point off the curve",
        "byte after the point",
        "y not below the prime",
        "Ed25519 with parameters",
    ],
)
def test_the_runtime_takes(data: bytes, algorithm: str) -> None:
    loaded = java_public_key(data)
    assert loaded is not None
    assert loaded.algorithm == algorithm


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x30\x00",
        ec_spki()[:-1],
        ec_spki() + b"\x00",
        rsa(0),
        rsa(MODULUS, 0),
        rsa(MODULUS, 1),
        rsa(MODULUS, 2),
        rsa(MODULUS, MODULUS),
        rsa(1 << 502),
        rsa(1 << 16384),
        rsa((1 << 4095) + 1, (1 << 64) + 1),
        rsa(MODULUS, extra=integer(1)),
        key(EC_OID, POINT),
        key(EC_OID, POINT, b"\x05\x00"),
        key(EC_OID, POINT, der.encode(der.OID, b"\x2a\x03")),
        key(EC_OID, b"\x02" + POINT[1:33], EC_PARAMETERS),
        key(EC_OID, b"\x06" + POINT[1:], EC_PARAMETERS),
        key(ED25519_OID, bytes(31)),
        key(ED25519_OID, bytes(33)),
        key(ED25519_OID, bytes(32), unused=1),
        der.encode(der.SEQUENCE, ec_spki()[2:] + b"\x05\x00"),
    ],
    ids=[
        "nothing",
        "empty sequence",
        "last byte missing",
        "byte after the end",
        "modulus 0",
        "exponent 0",
        "exponent 1",
        "exponent 2",
        "exponent equal to the modulus",
        "modulus of 503 bits",
        "modulus of 16385 bits",
        "long exponent with a long modulus",
        "third number in the key",
        "no curve",
        "NULL for a curve",
        "unknown curve",
        "compressed point",
        "hybrid point",
        "31 bytes of Ed25519",
        "33 bytes of Ed25519",
        "unused bits in Ed25519",
        "third element",
    ],
)
def test_the_runtime_does_not_take(data: bytes) -> None:
    assert java_public_key(data) is None


@pytest.mark.parametrize("spki", [ec_spki(), rsa_spki(), ed25519_spki()], ids=["EC", "RSA", "Ed25519"])
def test_common_keys_are_held_byte_for_byte(spki: bytes) -> None:
    loaded = java_public_key(spki)
    assert loaded is not None
    assert loaded.spki == spki
    assert loaded.public_key is not None


def test_unused_bits_are_cleared_and_kept() -> None:
    loaded = java_public_key(key(EC_OID, POINT[:-1] + b"\xff", EC_PARAMETERS, unused=4))
    assert loaded is not None
    assert loaded.spki.endswith(b"\xf0")


def test_an_indefinite_length_without_end_is_not_guessed() -> None:
    with pytest.raises(CannotPredict):
        java_public_key(b"\x30\x80" + ec_spki()[2:])
