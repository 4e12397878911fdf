"""What a signature covers: a file, a digest of a file that is not here, or bytes in memory.

A signature is checked against a digest by any hash, or against the bytes themselves (pure Ed25519); this
gives both, computed once and only when asked for.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes

from trustconsole import limits
from trustconsole.errors import Location, MalformedInput, MissingFile
from trustconsole.storage import digest_file
from trustconsole.verification.case import Artifact
from trustconsole.verification.signatures import HashName, SignatureChecker


@dataclass(slots=True)
class SignedContent:
    """Digests by name and the bytes. `_digest` and `message` raise `InputError` where they cannot tell."""

    _digest: Callable[[HashName], bytes]
    message: Callable[[], bytes]
    _known: dict[HashName, bytes] = field(default_factory=dict)

    def digest(self, name: HashName) -> bytes:
        """The digest by that hash; raises `InputError`."""
        if name not in self._known:
            self._known[name] = self._digest(name)
        return self._known[name]

    def is_signed_by(
        self,
        key: PublicKeyTypes,
        signature: bytes,
        hash_names: Sequence[HashName],
        checker: SignatureChecker,
    ) -> bool:
        """Whether `signature` by `key` covers this under one of the hashes; raises `InputError`."""
        # Ed25519 hashes by itself: whichever digest stands for the content only names it to the checker.
        names = ("sha256",) if isinstance(key, ed25519.Ed25519PublicKey) else hash_names
        return any(
            checker.verify(key, signature, digest=self.digest(name), message=self.message, hash_name=name)
            for name in names
        )


def content_of_file(artifact: Artifact) -> SignedContent:
    """The content of an artefact that was hashed already; read again only for another hash."""

    def digest(name: HashName) -> bytes:
        again = digest_file(Path(artifact.path), algorithm=name)
        if again.identity != artifact.identity:
            raise MalformedInput(
                "changed while it was being verified",
                hint="verify it again",
                location=Location(artifact.path),
            )
        return bytes.fromhex(again.sha256)

    return SignedContent(digest, lambda: artifact.content(limits.ED25519_BYTES), {"sha256": artifact.digest})


def content_of_digest(sha256: str) -> SignedContent:
    """The content of a file of which only the SHA-256 (lowercase hex) is known."""

    def digest(name: HashName) -> bytes:
        raise _absent(f"{name} is", sha256)

    def message() -> bytes:
        raise _absent("the file itself is", sha256)

    return SignedContent(digest, message, {"sha256": bytes.fromhex(sha256)})


def _absent(what: str, sha256: str) -> MissingFile:
    return MissingFile(
        f"is a digest only, and {what} needed", hint="name the file", location=Location(f"sha256:{sha256}")
    )


def content_of_bytes(data: bytes) -> SignedContent:
    """Bytes in memory."""
    return SignedContent(lambda name: hashlib.new(name, data).digest(), lambda: data)
