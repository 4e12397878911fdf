"""Signatures as the controller's runtime verifies them (SunRsaSign and SunEC of Java 25).

RSA is done in plain arithmetic, because the runtime takes keys that `cryptography` refuses and DigestInfo
without NULL; ECDSA signatures are taken apart as strictly, and as leniently, as the runtime does, then
checked by `cryptography`. Only public values are handled here.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import lru_cache

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from trustconsole.trust_root import CannotPredict, LoadedKey
from trustconsole.trust_root import java_der as der
from trustconsole.trust_root.java_curves import CURVES, VERIFYING
from trustconsole.trust_root.java_der import DerStream, JavaIOError
from trustconsole.trust_root.java_keys import EC, ED448, ED25519, RSA_NAMED, read_algorithm
from trustconsole.verification.signatures import HashName, SignatureChecker

_EC_CURVES: dict[str, ec.EllipticCurve] = {
    "P-256": ec.SECP256R1(),
    "P-384": ec.SECP384R1(),
    "P-521": ec.SECP521R1(),
}
DIGEST_OIDS: dict[str, str] = {
    "md5": "1.2.840.113549.2.5",
    "sha1": "1.3.14.3.2.26",
    "sha224": "2.16.840.1.101.3.4.2.4",
    "sha256": "2.16.840.1.101.3.4.2.1",
    "sha384": "2.16.840.1.101.3.4.2.2",
    "sha512": "2.16.840.1.101.3.4.2.3",
    "sha512_224": "2.16.840.1.101.3.4.2.5",
    "sha512_256": "2.16.840.1.101.3.4.2.6",
    "sha3_224": "2.16.840.1.101.3.4.2.7",
    "sha3_256": "2.16.840.1.101.3.4.2.8",
    "sha3_384": "2.16.840.1.101.3.4.2.9",
    "sha3_512": "2.16.840.1.101.3.4.2.10",
}
_PADDING_BYTES = 11


@dataclass(frozen=True, slots=True)
class JavaKey:
    """A public key as the runtime holds it: `algorithm` as it names it, or the OID where it has no class.

    `curve` is set for EC; `point` are its coordinates, None where they do not fit; `bits` is the key size.
    """

    spki: bytes = field(repr=False)
    sha256: str
    algorithm: str
    modulus: int = field(default=0, repr=False)
    exponent: int = field(default=0, repr=False)
    curve: str | None = None
    point: tuple[int, int] | None = field(default=None, repr=False)
    bits: int = 0

    @property
    def label(self) -> str:
        """`EC P-256`, `RSA 2048`, `EdDSA`."""
        return f"{self.algorithm} {self.curve or self.bits or ''}".strip()


def java_key(spki: bytes, algorithm: str | None = None) -> JavaKey:
    """The key in re-encoded SubjectPublicKeyInfo `spki`; `algorithm` where loading found out otherwise."""
    outer = der.read_all(spki)
    identifier = read_algorithm(outer.stream.read())
    raw, _unused = outer.stream.read().bit_string()
    name = algorithm or _named(identifier.name)
    digest = hashlib.sha256(spki).hexdigest()
    if name == "RSA":
        numbers = der.read_all(raw)
        modulus = numbers.stream.read().integer(positive=True)
        exponent = numbers.stream.read().integer(positive=True)
        return JavaKey(spki, digest, "RSA", modulus, exponent, bits=modulus.bit_length())
    if name == "EC" and identifier.parameters is not None:
        curve = CURVES[der.dotted(der.read_all(identifier.parameters).oid())]
        size = (curve.field_bits + 7) // 8
        point = (
            int.from_bytes(raw[1 : 1 + size], "big"),
            int.from_bytes(raw[1 + size : 1 + 2 * size], "big"),
        )
        return JavaKey(spki, digest, "EC", curve=curve.name, point=point, bits=curve.field_bits)
    return JavaKey(spki, digest, name)


@lru_cache(maxsize=1024)
def loaded_java_key(key: LoadedKey) -> JavaKey:
    """A key of the trust root or of the Rekor key file, remembered."""
    return java_key(key.spki, key.algorithm)


def _named(oid: str) -> str:
    if oid in RSA_NAMED:
        return "RSA"
    if oid == EC:
        return "EC"
    return "EdDSA" if oid in (ED25519, ED448) else oid


def verifies_sha256(key: JavaKey, signature: bytes, digest: bytes, checker: SignatureChecker) -> bool:
    """What the build's own check answers: RSA PKCS#1 v1.5 and ECDSA with SHA-256, nothing else ever."""
    if key.algorithm == "RSA":
        return rsa_verifies(key, signature, digest, "sha256")
    if key.algorithm == "EC":
        return ecdsa_verifies(key, signature, digest, "sha256", checker)
    return False


def rsa_verifies(key: JavaKey, signature: bytes, digest: bytes, hash_name: str) -> bool:
    """PKCS#1 v1.5; the signature must be exactly as long as the modulus (RFC 8017, 8.2.2)."""
    length = (key.modulus.bit_length() + 7) // 8
    number = int.from_bytes(signature, "big")
    if len(signature) != length or number >= key.modulus:
        return False
    opened = pow(number, key.exponent, key.modulus).to_bytes(length, "big")
    return any(opened == _padded(digest, hash_name, length, null) for null in (True, False))


def _padded(digest: bytes, hash_name: str, length: int, null: bool) -> bytes | None:
    """`null`: whether the digest's parameters are written, which the runtime does not insist on."""
    algorithm = der.encode(der.OID, encode_oid(DIGEST_OIDS[hash_name])) + (b"\x05\x00" if null else b"")
    info = der.encode(
        der.SEQUENCE, der.encode(der.SEQUENCE, algorithm) + der.encode(der.OCTET_STRING, digest)
    )
    fill = length - len(info) - 3
    if length < len(info) + _PADDING_BYTES:
        return None
    return b"\x00\x01" + b"\xff" * fill + b"\x00" + info


def encode_oid(dotted: str) -> bytes:
    """The content of an OBJECT IDENTIFIER."""
    first, second, *rest = map(int, dotted.split("."))
    out = bytearray()
    for number in (first * 40 + second, *rest):
        groups = [number & 0x7F]
        while number := number >> 7:
            groups.append(number & 0x7F | 0x80)
        out += bytes(reversed(groups))
    return bytes(out)


def ecdsa_verifies(
    key: JavaKey, signature: bytes, digest: bytes, hash_name: HashName, checker: SignatureChecker
) -> bool:
    """ECDSA over `digest`; only P-256, P-384 and P-521 ever verify."""
    public = ec_public_key(key)
    strict = checker.once(("strict ecdsa", signature), lambda: _reencoded(signature))
    if public is None or strict is None:
        return False
    return checker.verify(public, strict, digest=digest, message=bytes, hash_name=hash_name)


def _reencoded(signature: bytes) -> bytes | None:
    """The signature in strict DER, None where the runtime refuses its encoding."""
    pair = decode_ecdsa(signature)
    return encode_dss_signature(*pair) if pair is not None else None


@lru_cache(maxsize=1024)
def ec_public_key(key: JavaKey) -> ec.EllipticCurvePublicKey | None:
    """The key object, None for other curves and for a point that is not on its curve."""
    if key.curve not in VERIFYING or key.point is None:
        return None
    try:
        return ec.EllipticCurvePublicNumbers(*key.point, _EC_CURVES[key.curve]).public_key()
    except ValueError:
        return None


def decode_ecdsa(signature: bytes) -> tuple[int, int] | None:
    """(r, s), None where the runtime refuses the encoding (integers count as unsigned)."""
    try:
        outer, end = _strict(signature, 0, der.SEQUENCE)
        r, after = _strict(outer, 0, der.INTEGER)
        s, last = _strict(outer, after, der.INTEGER)
    except (JavaIOError, CannotPredict):
        return None
    if end != len(signature) or last != len(outer) or not _minimal(r) or not _minimal(s):
        return None
    return int.from_bytes(r, "big"), int.from_bytes(s, "big")


def _strict(data: bytes, start: int, tag: int) -> tuple[bytes, int]:
    stream = DerStream(data, start, len(data))
    value = stream.read()
    if value.tag != tag or data[start : stream.position] != value.reencoded():
        raise JavaIOError("not the shortest form")
    return value.content, stream.position


def _minimal(number: bytes) -> bool:
    return bool(number) and not (len(number) > 1 and number[0] == 0 and number[1] < 0x80)
