"""Images in a real registry, signed and attested by a real cosign: accepted by us as by itself."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.interop.cosign import Cosign
from tests.release.images.material import Image, make_image, slsa_1
from tests.release.images.registries import PROGRAM, Registry, running_registry

from trustconsole import api
from trustconsole.api import ImageOptions, SignerOptions

pytestmark = pytest.mark.skipif(
    shutil.which(PROGRAM) is None, reason=f"{PROGRAM} is not here (Debian package {PROGRAM})"
)


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    """One registry for all; each test pushes into a repository of its own."""
    with running_registry(tmp_path_factory.mktemp("registry")) as running:
        yield running


@dataclass(frozen=True)
class Pushed:
    """An image that was pushed, and the key pair that signs it."""

    cosign: Cosign
    image: Image
    place: str
    private: Path
    public: Path
    folder: Path

    @property
    def by_digest(self) -> str:
        return f"{self.place}@{self.image.digest}"

    def _unlogged(self, *, new: bool) -> list[str | Path]:
        """Without a log: how each version wants it, in the newer or the older form."""
        if self.cosign.major < 3:
            return ["--tlog-upload=false"]
        if not new:
            return ["--new-bundle-format=false", "--use-signing-config=false", "--tlog-upload=false"]
        config = self.folder / "signing.json"
        self.cosign.must("signing-config", "create", "--out", config)
        return ["--signing-config", config]

    def sign(self, *, new: bool) -> None:
        self.cosign.must("sign", "--yes", "--key", self.private, *self._unlogged(new=new), self.by_digest)

    def attest(self, predicate: object, *, new: bool) -> None:
        path = self.folder / "predicate.json"
        path.write_text(json.dumps(predicate))
        self.cosign.must(
            *("attest", "--yes", "--key", self.private, "--type", "slsaprovenance1", "--predicate", path),
            *self._unlogged(new=new),
            self.by_digest,
        )

    def theirs(self, public: Path) -> bool:
        return self.cosign.run("verify", "--key", public, "--insecure-ignore-tlog", self.by_digest).good

    def ours(self, reference: str, public: Path | None = None) -> api.ImageReport:
        return api.verify_image(reference, ImageOptions(SignerOptions(key=public or self.public)))


@pytest.fixture(params=[False, True], ids=["older form", "newer form"])
def new(request: pytest.FixtureRequest, cosign: Cosign) -> bool:
    """The form in which cosign stores signatures; only from version 3 on are there two."""
    if request.param and cosign.major < 3:
        pytest.skip("cosign 2 stores images' signatures in one form")
    return bool(request.param)


@pytest.fixture
def pushed(cosign: Cosign, registry: Registry, tmp_path: Path, request: pytest.FixtureRequest) -> Pushed:
    """An image under the tag 1.4.0 in a repository of the test's own."""
    own = hashlib.sha256(request.node.nodeid.encode()).hexdigest()[:12]
    repository, image = f"prexorcloud/controller-{own}", make_image(request.node.name)
    registry.push_image(repository, image, "1.4.0")
    private, public = cosign.make_key(tmp_path / "keys")
    return Pushed(cosign, image, f"{registry.host}/{repository}", private, public, tmp_path)


def test_what_cosign_signs_is_accepted_by_tag_and_by_digest_and_only_under_its_key(
    pushed: Pushed, new: bool
) -> None:
    pushed.sign(new=new)
    _, other = pushed.cosign.make_key(pushed.folder / "other")
    assert pushed.theirs(pushed.public)
    assert not pushed.theirs(other)
    for reference in (f"{pushed.place}:1.4.0", pushed.by_digest):
        report = pushed.ours(reference)
        assert (report.verdict, report.digest) == ("accept", pushed.image.digest), report.reason
        assert report.pull == f"docker pull {pushed.by_digest}"
        assert pushed.ours(reference, other).verdict == "reject"


def test_provenance_that_cosign_attests_is_read_and_held_against_the_preset(
    pushed: Pushed, new: bool
) -> None:
    pushed.sign(new=new)
    pushed.attest(slsa_1(), new=new)
    report = pushed.ours(f"{pushed.place}:1.4.0")
    assert report.verdict == "accept", report.reason
    assert [(one.verdict, one.signed) for one in report.attestations] == [("accept", True)]


def test_a_genuine_attestation_of_another_build_is_refused_where_cosign_accepts_the_image(
    pushed: Pushed, new: bool
) -> None:
    pushed.sign(new=new)
    pushed.attest(slsa_1(repository="https://github.com/someone/else"), new=new)
    assert pushed.theirs(pushed.public)
    report = pushed.ours(f"{pushed.place}:1.4.0")
    assert (report.verdict, report.code) == ("reject", "no-good-attestation")


def test_what_cosign_saves_is_accepted_from_the_directory(pushed: Pushed) -> None:
    pushed.sign(new=False)
    saved = pushed.folder / "saved"
    pushed.cosign.must("save", "--dir", saved, f"{pushed.place}:1.4.0")
    report = pushed.ours(str(saved))
    assert (report.verdict, report.digest) == ("accept", pushed.image.digest), report.reason
