"""One question about an image, asked as the command asks it."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pytest
from tests.release.images.material import NOW, Signers, write_key

from trustconsole.demo.authorities import public_pem
from trustconsole.release.images.report import ImageReport
from trustconsole.release.images.request import ImageRequest, verify_image
from trustconsole.release.policy import PolicyOptions
from trustconsole.verification import Step


@dataclass
class Asking:
    """A directory with what is trusted, and the question about any copy."""

    directory: Path
    signers: Signers = field(default_factory=Signers)

    @property
    def by_key(self) -> PolicyOptions:
        """The release key is wanted."""
        return PolicyOptions(key=write_key(self.directory / "release.pub", self.signers.key))

    @property
    def keyless(self) -> PolicyOptions:
        """The workflow of the specification is wanted, by the test's own authority and log."""
        roots, log = self.directory / "roots.pem", self.directory / "log.pub"
        roots.write_bytes(self.signers.ca.pem)
        log.write_bytes(public_pem(self.signers.log))
        return PolicyOptions(roots=roots, rekor_key=log)

    def about(
        self,
        reference: str | Path,
        policy: PolicyOptions | None = None,
        *,
        at: datetime = NOW,
        entry: Path | None = None,
        everything: bool = False,
    ) -> ImageReport:
        """The answer; by key unless a policy is given."""
        request = ImageRequest(
            str(reference), at, at, policy or self.by_key, entry=entry, everything=everything, jobs=2
        )
        return verify_image(request)


@pytest.fixture
def ask(tmp_path: Path) -> Asking:
    """A fresh question."""
    return Asking(tmp_path)


@pytest.fixture(scope="session")
def vectors() -> Path:
    """The shared test vectors; skips visibly where they are not here."""
    named = os.environ.get("TRUSTCONSOLE_VECTORS")
    if not named:
        pytest.skip("TRUSTCONSOLE_VECTORS is not set")
    return Path(named)


def step_of(steps: tuple[Step, ...], identifier: str) -> Step:
    """The step with that id."""
    return next(step for step in steps if step.id == identifier)
