"""What a verdict is reached from: the artefact, its sidecar, the trust root, the Rekor key and the policy.

Everything here was read once; the checks of both readings only look at it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeVar

from trustconsole import limits
from trustconsole.errors import InputError, Location, MalformedInput
from trustconsole.storage import FileIdentity, digest_file, read_bounded
from trustconsole.trust_root import read_trusted_root
from trustconsole.verification.signatures import SignatureChecker

if TYPE_CHECKING:
    from trustconsole.controller_config.report import ConfigReport
    from trustconsole.trust_root import TrustedRoot, TrustRootReport

Mode = Literal["KEYED", "COSIGN_BUNDLE"]
RekorPolicy = Literal["DISABLED", "REQUIRE_SET"]
T = TypeVar("T")
_REMEMBERED_BYTES = 64 * limits.KIB
"""A signature file of the usual kind has a few KiB; larger ones are read anew each time."""
NamedKind = Literal["sig", "cosign-bundle"]


@dataclass(frozen=True, slots=True)
class Artifact:
    """A module that was hashed once, streamed. `sha256` is lowercase hex, `size` in bytes."""

    path: str
    sha256: str
    size: int
    identity: FileIdentity | None = None

    @classmethod
    def read(cls, path: Path) -> Artifact:
        """Hash `path`; raises `InputError`."""
        digest = digest_file(path)
        return cls(str(path), digest.sha256, digest.size, digest.identity)

    @property
    def digest(self) -> bytes:
        """The SHA-256 as 32 bytes."""
        return bytes.fromhex(self.sha256)

    def content(self, limit: int) -> bytes:
        """All bytes, at most `limit`, proved to be those that were hashed; raises `InputError`."""
        data = read_bounded(Path(self.path), limit, what="artefact that must be held in memory").data
        if hashlib.sha256(data).hexdigest() != self.sha256:
            raise MalformedInput(
                "changed while it was being verified", hint="verify it again", location=Location(self.path)
            )
        return data


@dataclass(frozen=True, slots=True)
class SidecarFile:
    """The signature file that the policy selects; `data` is None where it could not be read (`error`)."""

    path: str
    named: NamedKind
    data: bytes | None = field(repr=False)
    sha256: str | None
    error: InputError | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """The signing policy of one verification.

    `enforced` is the documented matrix's answer. `config` is the configuration it came from, None where it
    came from flags; then verification counts as enforced. `source` is for display.
    """

    mode: Mode | None
    rekor_policy: RekorPolicy
    source: str
    enforced: bool = True
    config: ConfigReport | None = None


@dataclass(frozen=True, slots=True)
class TrustedRootFile:
    """A trusted_root.json that was named; `root` is None where it could not be read (`error`)."""

    path: str
    root: TrustedRoot | None = field(repr=False)
    error: InputError | None = None

    @classmethod
    def read(cls, path: Path) -> TrustedRootFile:
        """Read `path`; never raises."""
        try:
            return cls(str(path), read_trusted_root(path))
        except InputError as error:
            return cls(str(path), None, error)

    @property
    def identity(self) -> tuple[str, str]:
        """What tells it from another one."""
        return (self.path, self.root.sha256 if self.root else str(self.error))


@dataclass(frozen=True, slots=True)
class Case:
    """One question for the engine. `trust_root` None: none is configured; `sidecar` None: there is none.

    `other_sidecar` is the path of a signature file of the kind that the mode does not read. A `trusted_root`
    says which logs and timestamp authorities count, in place of `rekor_key`; without a `trust_root` its
    certificate authorities are the anchors, too.
    """

    artifact: Artifact
    sidecar: SidecarFile | None
    other_sidecar: str | None
    trust_root: TrustRootReport | None
    rekor_key: TrustRootReport | None
    policy: Policy
    now: datetime
    checker: SignatureChecker
    sidecar_expected_at: str
    trusted_root: TrustedRootFile | None = None

    def read_once(self, what: str, text: bytes | str, read: Callable[[], T]) -> T:
        """`read()`, which depends on `text` and the sidecar's path alone; done once where it is small."""
        if len(text) > _REMEMBERED_BYTES:
            return read()
        return self.checker.once((what, text, self.sidecar.path if self.sidecar else ""), read)
