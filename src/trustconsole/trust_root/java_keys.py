"""Public keys as the controller's runtime loads them: which of RSA, EC and EdDSA takes one.

The build tries the three in this order and hashes what the runtime re-encodes, which is not always what the
file holds. Certificates use `subject_key`, which asks by algorithm instead. Observed on Java 25.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import load_der_public_key

from trustconsole.trust_root import java_der as der
from trustconsole.trust_root.java_curves import CURVES
from trustconsole.trust_root.java_der import CannotPredict, DerValue, ForeignParameters, JavaIOError
from trustconsole.trust_root.model import LoadedKey
from trustconsole.trust_root.silence import without_warnings

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes

JavaAlgorithm = Literal["RSA", "EC", "EdDSA"]

_PKCS1 = "1.2.840.113549.1.1"
RSA_NAMED = (_PKCS1, f"{_PKCS1}.1", "2.5.8.1.1")
"""Algorithms that the runtime calls RSA."""
_RSA_SIGNATURES = (
    *(f"{_PKCS1}.{arc}" for arc in (2, 4, 5, 11, 12, 13, 14, 15, 16)),
    *(f"2.16.840.1.101.3.4.3.{arc}" for arc in (13, 14, 15, 16)),
)
_OLD_RSA_SIGNATURES = ("1.3.14.3.2.15", "1.3.14.3.2.29")
_DIGESTS = (
    "1.2.840.113549.2.2",
    "1.2.840.113549.2.5",
    "1.3.14.3.2.26",
    *(f"2.16.840.1.101.3.4.2.{arc}" for arc in range(1, 11)),
)
_WRITES_NULL = frozenset((f"{_PKCS1}.1", *_RSA_SIGNATURES, *_DIGESTS))
_TAKEN_AS_RSA = frozenset((*RSA_NAMED, *_RSA_SIGNATURES, *_OLD_RSA_SIGNATURES))
RSA_PSS = f"{_PKCS1}.10"
EC = "1.2.840.10045.2.1"
ED25519, ED448, X25519, X448 = "1.3.101.112", "1.3.101.113", "1.3.101.110", "1.3.101.111"
_EDWARDS_BITS = {ED25519: 256, ED448: 456}
_MONTGOMERY_BITS = {X25519: 256, X448: 448}
_DSA = ("1.2.840.10040.4.1", "1.3.14.3.2.12")
_DH = ("1.2.840.113549.1.3.1", "1.2.840.10046.2.1")
_PARSED_ELSEWHERE = frozenset(
    (
        RSA_PSS,
        *_DSA,
        *_DH,
        "1.2.840.113549.1.9.16.3.17",
        *(f"2.16.840.1.101.3.4.3.{arc}" for arc in (17, 18, 19)),
        *(f"2.16.840.1.101.3.4.4.{arc}" for arc in (1, 2, 3)),
    )
)
"""Subject keys with a parser of their own in the runtime that is not modelled here."""
_PARAMETERS_PARSED = frozenset(
    (
        *_DH,
        f"{_PKCS1}.7",
        *(f"1.2.840.113549.1.12.1.{arc}" for arc in (1, 2, 3, 5, 6)),
        "1.2.840.113549.1.5.3",
        "1.2.840.113549.1.5.13",
        "1.2.840.113549.1.9.16.3.18",
        "1.3.14.3.2.17",
        "1.3.6.1.4.1.3029.1.1.2",
        "2.16.840.1.101.3.4.1",
    )
)
"""Algorithms whose parameters the runtime parses."""
_RSA_BITS = (512, 16384)
_RSA_LARGE, _RSA_EXPONENT_BITS = 3072, 64


class JavaKeyError(Exception):
    """An InvalidKeyException of the runtime; `str()` is its message."""


@dataclass(frozen=True, slots=True)
class Algorithm:
    """An AlgorithmIdentifier as the runtime keeps it; `parameters` None where absent or NULL."""

    oid: bytes
    parameters: bytes | None

    @property
    def name(self) -> str:
        """The OID in dotted form."""
        return der.dotted(self.oid)

    def encoded(self) -> bytes:
        """What the runtime writes: NULL only where it thinks NULL belongs."""
        tail = self.parameters
        if tail is None:
            tail = b"\x05\x00" if self.name in _WRITES_NULL else b""
        return der.encode(der.SEQUENCE, der.encode(der.OID, self.oid) + tail)


def read_algorithm(value: DerValue) -> Algorithm:
    """An AlgorithmIdentifier; raises `JavaIOError`, `ForeignParameters`, or `CannotPredict`."""
    if value.tag != der.SEQUENCE:
        raise JavaIOError("algid parse error, not a sequence")
    oid = value.stream.read().oid()
    if not value.stream.available:
        return Algorithm(oid, None)
    parameters = value.stream.read()
    is_null = parameters.tag == der.NULL
    if is_null and parameters.end != parameters.start:
        raise JavaIOError("invalid NULL")
    if value.stream.available:
        raise JavaIOError("Invalid AlgorithmIdentifier: extra data")
    if is_null:
        return Algorithm(oid, None)
    algorithm = Algorithm(oid, parameters.reencoded())
    _check_parameters(algorithm, parameters)
    return algorithm


def _check_parameters(algorithm: Algorithm, parameters: DerValue) -> None:
    name = algorithm.name
    if name == EC:
        if parameters.tag != der.OID:
            raise JavaIOError("Only named ECParameters supported")
        curve = der.dotted(parameters.oid())
        if curve not in CURVES:
            raise JavaIOError(f"Unknown named curve: {curve}")
    elif name in _DSA:
        _check_dsa(parameters)
    elif name == RSA_PSS:
        _check_pss(parameters)
    elif name in _PARAMETERS_PARSED:
        raise ForeignParameters(f"parameters of algorithm {name}")


def _check_dsa(parameters: DerValue) -> None:
    try:
        values = parameters.children(der.SEQUENCE)
        well_formed = len(values) == 3 and all(value.integer() > 0 for value in values)
    except JavaIOError:
        well_formed = False
    if not well_formed:
        raise ForeignParameters("malformed DSA parameters")


def _check_pss(parameters: DerValue) -> None:
    """Well-known hash names with MGF1, as every tool writes them; anything else is left unanswered."""
    known = {*_DIGESTS, f"{_PKCS1}.8"}
    text = parameters.reencoded()
    if parameters.tag != der.SEQUENCE or not _only_known_oids(text, known, 0):
        raise ForeignParameters("parameters of RSASSA-PSS")


def _only_known_oids(data: bytes, known: set[str], depth: int) -> bool:
    stream = der.DerStream(data, 0, len(data))
    try:
        while stream.available:
            value = stream.read()
            if value.tag == der.OID and der.dotted(value.oid()) not in known:
                return False
            if value.constructed and (depth > 6 or not _only_known_oids(value.content, known, depth + 1)):
                return False
    except JavaIOError:
        return False
    return True


def _rsa(algorithm: Algorithm, bits: bytes) -> None:
    try:
        sequence = der.read_all(bits)
        if sequence.tag != der.SEQUENCE:
            raise JavaIOError("Not a SEQUENCE")
        modulus = sequence.stream.read().integer(positive=True)
        exponent = sequence.stream.read().integer(positive=True)
        if sequence.stream.available:
            raise JavaIOError("Extra data available")
    except JavaIOError as error:
        raise JavaKeyError("Invalid RSA public key") from error
    length = (modulus.bit_length() + 7) & ~7
    if length < _RSA_BITS[0]:
        raise JavaKeyError(f"RSA keys must be at least {_RSA_BITS[0]} bits long")
    if length > _RSA_BITS[1]:
        raise JavaKeyError(f"RSA keys must be no longer than {_RSA_BITS[1]} bits")
    if length > _RSA_LARGE and exponent.bit_length() > _RSA_EXPONENT_BITS:
        raise JavaKeyError(
            f"RSA exponents can be no longer than {_RSA_EXPONENT_BITS} bits "
            f" if modulus is greater than {_RSA_LARGE} bits"
        )
    if exponent >= modulus:
        raise JavaKeyError("exponent is larger than modulus")
    if exponent < 3:
        raise JavaKeyError("exponent is smaller than 3")
    if algorithm.name not in _TAKEN_AS_RSA:
        raise JavaKeyError("not an RSA algorithm")


def _ec(algorithm: Algorithm, bits: bytes) -> None:
    if algorithm.name != EC or algorithm.parameters is None:
        raise JavaKeyError("EC domain parameters must be encoded in the algorithm identifier")
    field_bits = CURVES[der.dotted(der.read_all(algorithm.parameters).oid())].field_bits
    if not bits or bits[0] != 4 or (len(bits) - 1) // 2 != (field_bits + 7) // 8:
        raise JavaKeyError("Invalid EC key")


def _edwards(algorithm: Algorithm, bits: bytes, unused: int, wanted: str) -> None:
    if algorithm.name not in _EDWARDS_BITS:
        raise JavaKeyError("unknown algorithm")
    if not bits:
        raise CannotPredict("an Edwards key without bytes")
    if len(bits) * 8 - unused != _EDWARDS_BITS[algorithm.name]:
        raise JavaKeyError(f"key length must be {_EDWARDS_BITS[algorithm.name] // 8 + (wanted == ED448)}")
    if algorithm.name != wanted:
        raise JavaKeyError("Parameters must be another curve's")


def _montgomery(algorithm: Algorithm, bits: bytes, unused: int) -> None:
    if algorithm.parameters is not None or len(bits) * 8 - unused != _MONTGOMERY_BITS[algorithm.name]:
        raise CannotPredict(f"an odd {algorithm.name} key")


def encode_spki(algorithm: Algorithm, bits: bytes, unused: int) -> bytes:
    """SubjectPublicKeyInfo as the runtime writes it."""
    return der.encode(der.SEQUENCE, algorithm.encoded() + der.encode(der.BIT_STRING, bytes([unused]) + bits))


def load_public_key(spki: bytes) -> PublicKeyTypes | None:
    """The key object, None where `cryptography` refuses what Java takes."""
    try:
        with without_warnings():
            return load_der_public_key(spki)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return None


def java_public_key(data: bytes) -> LoadedKey | None:
    """The key that the build loads from SubjectPublicKeyInfo `data`, None for "unsupported public key".

    `line` of the answer is 0. Raises `CannotPredict`.
    """
    try:
        outer = der.read_all(data)
        if outer.tag != der.SEQUENCE:
            return None
        algorithm = read_algorithm(outer.stream.read())
        bits, unused = outer.stream.read().bit_string()
        excess = outer.stream.available
    except (JavaIOError, ForeignParameters):  # none of the three takes an algorithm with such parameters
        return None
    name = _first_taker(algorithm, bits, unused)
    if name is None or excess:
        return None
    spki = encode_spki(algorithm, bits, unused)
    return LoadedKey(spki, hashlib.sha256(spki).hexdigest(), name, 0, load_public_key(spki))


def _first_taker(algorithm: Algorithm, bits: bytes, unused: int) -> JavaAlgorithm | None:
    try:
        _rsa(algorithm, bits)
    except JavaKeyError:
        pass
    else:
        return "RSA"
    try:
        _ec(algorithm, bits)
    except JavaKeyError:
        pass
    else:
        return "EC"
    try:
        _edwards(algorithm, bits, unused, ED25519)
    except JavaKeyError:
        return None
    return "EdDSA"


def subject_key(value: DerValue) -> None:
    """The subject key of a certificate, by its algorithm; unknown algorithms are kept without a look inside.

    Raises `JavaIOError` or `CannotPredict`.
    """
    if value.tag != der.SEQUENCE:
        raise JavaIOError("corrupt subject key")
    algorithm = read_algorithm(value.stream.read())
    bits, unused = value.stream.read().bit_string()
    name = algorithm.name
    try:
        if name in RSA_NAMED:
            _rsa(algorithm, bits)
        elif name == EC:
            _ec(algorithm, bits)
        elif name in _EDWARDS_BITS:
            _edwards(algorithm, bits, unused, name)
        elif name in _MONTGOMERY_BITS:
            _montgomery(algorithm, bits, unused)
        elif name in _PARSED_ELSEWHERE and not load_public_key(encode_spki(algorithm, bits, unused)):
            raise CannotPredict(f"a subject key of algorithm {name}")
    except JavaKeyError as error:
        raise JavaIOError(f"subject key, java.security.InvalidKeyException: {error}") from error
    if value.stream.available:
        raise JavaIOError("excess subject key")
