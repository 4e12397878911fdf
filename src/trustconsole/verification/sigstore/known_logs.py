"""The transparency logs that count: from a file of Rekor keys, or from a trusted root.

A log of Rekor v1 has the SHA-256 of its key as its id; one of Rekor v2 the SHA-256 of its name and key (C2SP
`signed-note`), so that a key file alone does not tell its id: the checkpoint's own origin completes it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from trustconsole.trust_root import TrustedLog, TrustedRoot, TrustRootReport, Validity
from trustconsole.verification.log_entry import log_id_of
from trustconsole.verification.signatures import HashName, SignatureChecker, verify_signature

_ED25519_NOTE = b"\x01"
"""The algorithm byte of an Ed25519 key in the id of a signed note's key."""


@dataclass(frozen=True, slots=True)
class KnownLog:
    """A log's key. `log_id` (lowercase hex) None: it follows from the origin; `validity` None: unlimited.

    `checkpoint_key_id` is what the signature lines of its checkpoints name, where that is not the log's id.
    `hash_names`: Rekor signs over SHA-256 whatever its key; a trusted root may say that a log does otherwise.
    """

    key: PublicKeyTypes = field(repr=False)
    log_id: str | None
    validity: Validity | None = None
    checkpoint_key_id: str | None = None
    hash_names: tuple[HashName, ...] = ("sha256",)

    def has_id(self, log_id: str, origin: str | None) -> bool:
        """Whether an entry that names `log_id` is this log's; `origin` is its checkpoint's."""
        if self.log_id is not None:
            return log_id == self.log_id
        return (
            origin is not None
            and isinstance(self.key, ed25519.Ed25519PublicKey)
            and log_id == note_key_id(origin, self.key)
        )

    def signs(self, name: str, origin: str, hint: bytes) -> bool:
        """Whether a checkpoint's signature line is this log's: four bytes of its id, made by its own rule.

        An id that is made of a name binds that name, which is then the signer and the origin, too.
        """
        identifier = self.checkpoint_key_id or self.log_id
        if identifier == log_id_of(self.key) or not isinstance(self.key, ed25519.Ed25519PublicKey):
            return bytes.fromhex(identifier or "")[:4] == hint
        own = note_key_id(origin, self.key)
        return name == origin and own.startswith(identifier or own) and bytes.fromhex(own)[:4] == hint

    def signed(self, text: bytes, signature: bytes, checker: SignatureChecker | None = None) -> bool:
        """Whether `signature` over `text` is this log's; `checker` remembers the answer."""
        verify = checker.verify if checker is not None else verify_signature
        return any(
            verify(
                self.key,
                signature,
                digest=hashlib.new(name, text).digest(),
                message=lambda: text,
                hash_name=name,
            )
            for name in self.hash_names
        )

    def covers(self, instant: datetime) -> bool:
        """Whether the key was in use then, both ends included."""
        return self.validity is None or self.validity.covers(instant)

    def window(self) -> str:
        """The validity in words."""
        return str(self.validity or "always")


def note_key_id(name: str, key: ed25519.Ed25519PublicKey) -> str:
    """The id of a signed note's Ed25519 key under `name`: lowercase hex, untruncated."""
    raw = key.public_bytes(Encoding.Raw, PublicFormat.Raw)
    named = name.encode("utf-8", "surrogatepass")
    return hashlib.sha256(named + b"\n" + _ED25519_NOTE + raw).hexdigest()


def logs_of_key_file(report: TrustRootReport | None) -> tuple[KnownLog, ...]:
    """The logs of a file of Rekor public keys; a key of a kind that no log uses is none."""
    blocks = report.trusted_blocks if report is not None else ()
    logs: list[KnownLog] = []
    for block in blocks:
        key = block.public_key if block.kind == "public-key" else None
        if isinstance(key, ec.EllipticCurvePublicKey | rsa.RSAPublicKey):
            logs.append(KnownLog(key, log_id_of(key)))
        elif isinstance(key, ed25519.Ed25519PublicKey):
            logs.append(KnownLog(key, None))
    return tuple(logs)


def logs_of_trusted_root(root: TrustedRoot) -> tuple[KnownLog, ...]:
    """The transparency logs of a trusted root, with their windows."""
    return tuple(map(_trusted_log, root.logs))


def _trusted_log(log: TrustedLog) -> KnownLog:
    stated = log.details.hash_name
    hash_names: tuple[HashName, ...] = ("sha256", stated) if stated not in (None, "sha256") else ("sha256",)
    return KnownLog(log.key, log.log_id.hex(), log.validity, log.checkpoint_key_id.hex(), hash_names)
