"""What `verify-bundle` judges: an artefact or its digest, a bundle, a trusted root, an expected signer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes

from trustconsole.errors import InputError, UsageError
from trustconsole.trust_root import TrustedRoot
from trustconsole.verification.bundle_evidence import BundleEvidence
from trustconsole.verification.case import Artifact
from trustconsole.verification.chain import ChainReport
from trustconsole.verification.engine import Decision, Result
from trustconsole.verification.identity import IdentityPolicy
from trustconsole.verification.signatures import SignatureChecker
from trustconsole.verification.signed_content import SignedContent, content_of_digest, content_of_file
from trustconsole.verification.sigstore.bundle import SigstoreBundle

_DIGEST = re.compile(r"sha256:([0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class FileOrDigest:
    """The artefact as it was named: a file that was hashed, or only its SHA-256 (then size is None)."""

    name: str
    sha256: str
    size: int | None
    content: SignedContent = field(repr=False)

    @classmethod
    def read(cls, named: str) -> FileOrDigest:
        """`sha256:` and 64 lowercase hex digits, or a path; raises `InputError` or `UsageError`.

        A file whose name begins with `sha256:` is named with `./` before it.
        """
        if named.startswith("sha256:"):
            match = _DIGEST.fullmatch(named)
            if match is None:
                raise UsageError(
                    "the digest is not sha256: and 64 lowercase hex digits", hint="sha256sum FILE"
                )
            return cls(named, match[1], None, content_of_digest(match[1]))
        artifact = Artifact.read(Path(named))
        return cls(named, artifact.sha256, artifact.size, content_of_file(artifact))


@dataclass(frozen=True, slots=True)
class BundleCase:
    """One question. Either `key` or `identity` says who must have signed; `now` is aware."""

    artifact: FileOrDigest
    bundle_path: str
    bundle: bytes = field(repr=False)
    root: TrustedRoot = field(repr=False)
    key: PublicKeyTypes | None
    identity: IdentityPolicy | None
    now: datetime
    predicate_type: str | None = None
    checker: SignatureChecker = field(default_factory=SignatureChecker)


@dataclass(slots=True)
class BundleState:
    """Filled from check to check: `content` is what the signature covers, `key` the key that made it."""

    bundle: SigstoreBundle | None = None
    content: SignedContent | None = None
    key: PublicKeyTypes | None = None
    evidence: BundleEvidence | None = None
    chain: ChainReport | None = None


def reject(detail: str, evidence: Mapping[str, object] | None = None) -> Result:
    """A failing check that refuses, with what it compared."""
    return Result("fail", detail, evidence or {}, Decision("reject", detail))


def failed(error: InputError) -> Result:
    """A check that could not be carried out: a limit, or an artefact that went away."""
    return Result("fail", str(error), {"hint": error.hint}, Decision("error", str(error)))
