"""Raw signature checks over an artefact's digest, one row an algorithm, remembered by their inputs.

The table is `ALGORITHMS`; both readings choose from it which rows count. Remembering (key, digest,
signature, algorithm) → bool is what makes rescans and impact cheap; a signature that did not verify once
never will.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from threading import Lock
from typing import Literal, TypeVar, cast

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

HashName = Literal["sha256", "sha384", "sha512"]
_HASHES: dict[str, hashes.HashAlgorithm] = {
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}
_REMEMBERED = 65_536
_OTHERS_REMEMBERED = 65_536
_KEYS_REMEMBERED = 4_096
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class SignatureAlgorithm:
    """One kind of key that signs modules; `needs_message` where the digest alone will not do."""

    name: str
    key_type: type
    needs_message: bool


ALGORITHMS: tuple[SignatureAlgorithm, ...] = (
    SignatureAlgorithm("RSA PKCS#1 v1.5", rsa.RSAPublicKey, needs_message=False),
    SignatureAlgorithm("ECDSA", ec.EllipticCurvePublicKey, needs_message=False),
    SignatureAlgorithm("Ed25519", ed25519.Ed25519PublicKey, needs_message=True),
)


def algorithm_of(key: PublicKeyTypes) -> SignatureAlgorithm | None:
    """The row for this key, None where the console knows no signature algorithm for it."""
    return next((row for row in ALGORITHMS if isinstance(key, row.key_type)), None)


_CURVE_HASHES: dict[str, HashName] = {"secp384r1": "sha384", "secp521r1": "sha512"}


def hash_names_of(key: PublicKeyTypes) -> tuple[HashName, ...]:
    """The hashes that tools sign with where a bundle states none: SHA-256, and that of the key's curve."""
    own = _CURVE_HASHES.get(key.curve.name) if isinstance(key, ec.EllipticCurvePublicKey) else None
    return ("sha256", own) if own else ("sha256",)


def verify_signature(
    key: PublicKeyTypes, signature: bytes, *, digest: bytes, message: Callable[[], bytes], hash_name: HashName
) -> bool:
    """Whether `signature` by `key` covers the content whose `hash_name` digest is `digest`.

    `message` yields the content itself and is called only for algorithms that need it.
    """
    prehashed = Prehashed(_HASHES[hash_name])
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, digest, padding.PKCS1v15(), prehashed)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, digest, ec.ECDSA(prehashed))
        elif isinstance(key, ed25519.Ed25519PublicKey):
            key.verify(signature, message())
        else:
            return False
    except (InvalidSignature, UnsupportedAlgorithm, ValueError):
        return False
    return True


class SignatureChecker:
    """`verify_signature`, remembering up to 65,536 answers; safe to share between threads.

    Beside them it remembers up to 65,536 answers of other pure functions, which are asked again for every
    trust root that a module is judged under.
    """

    def __init__(self) -> None:
        self._answers: OrderedDict[tuple[bytes, bytes, bytes, str], bool] = OrderedDict()
        self._others: OrderedDict[Hashable, object] = OrderedDict()
        self._prints: dict[int, tuple[PublicKeyTypes, bytes]] = {}
        self._lock = Lock()
        self.made = 0
        """How many signatures were really checked: what a question costs."""

    def once(self, key: Hashable, compute: Callable[[], T]) -> T:
        """`compute()`, remembered under `key`, which names the function and all its inputs.

        An exception is not remembered.
        """
        with self._lock:
            if key in self._others:
                self._others.move_to_end(key)
                return cast("T", self._others[key])
        answer = compute()
        with self._lock:
            self._others[key] = answer
            if len(self._others) > _OTHERS_REMEMBERED:
                self._others.popitem(last=False)
        return answer

    def verify(
        self,
        key: PublicKeyTypes,
        signature: bytes,
        *,
        digest: bytes,
        message: Callable[[], bytes],
        hash_name: HashName = "sha256",
    ) -> bool:
        """As `verify_signature`; an exception out of `message` is not remembered."""
        memory_key = (self.print_of(key), digest, hashlib.sha256(signature).digest(), hash_name)
        with self._lock:
            if memory_key in self._answers:
                self._answers.move_to_end(memory_key)
                return self._answers[memory_key]
        answer = verify_signature(key, signature, digest=digest, message=message, hash_name=hash_name)
        with self._lock:
            self.made += 1
            self._answers[memory_key] = answer
            if len(self._answers) > _REMEMBERED:
                self._answers.popitem(last=False)
        return answer

    def print_of(self, key: PublicKeyTypes) -> bytes:
        """The key's fingerprint as 32 bytes: SHA-256 of its SubjectPublicKeyInfo, remembered.

        A key object cannot be hashed; one that is held here keeps its `id`."""
        found = self._prints.get(id(key))
        if found is not None and found[0] is key:
            return found[1]
        spki = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        digest = hashlib.sha256(spki).digest()
        if len(self._prints) >= _KEYS_REMEMBERED:
            self._prints.clear()
        self._prints[id(key)] = (key, digest)
        return digest
