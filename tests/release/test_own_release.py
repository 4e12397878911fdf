"""Our own release: the same bytes wherever it is built, and judged by our own `release verify`.

It is built here, by the build backend and with the versions that the tests run with: none of that needs the
network, so it is skipped nowhere. `.ci/run` then asks the same of the release that `.ci/release` made of the
commit, with the versions that pip chooses in a clean environment: TRUSTCONSOLE_RELEASE names its directory.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from cyclonedx.model.bom import Bom
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packaging.metadata import Metadata
from tests.architecture.source_tree import ROOT
from tests.cli.running import Ran, call
from tests.release.making_releases import gnu, sbom, sha256

from trustconsole.demo.authorities import derive_key, public_pem
from trustconsole.demo.signing import detached, sign_raw

PYPROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PACKED: list[str] = PYPROJECT["tool"]["hatch"]["build"]["targets"]["sdist"]["include"]
WHEEL = f"trustconsole-{PYPROJECT['project']['version']}-py3-none-any.whl"
SOURCE = f"trustconsole-{PYPROJECT['project']['version']}.tar.gz"
EPOCH = "1795608000"
KEY = derive_key(21, "throw-away release key")


def build(source: Path, out: Path, *targets: str, environment: Mapping[str, str] | None = None) -> None:
    """Build wheel, source archive or both of what lies in `source`."""
    wanted = [word for target in targets for word in ("-t", target)]
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-d", str(out), *wanted],
        cwd=source,
        env={**os.environ, "SOURCE_DATE_EPOCH": EPOCH, **(environment or {})},
        check=True,
        capture_output=True,
    )


def describe(directory: Path, **environment: str) -> None:
    """Write the bills of materials of wheel and source archive in `directory`."""
    subprocess.run(
        [sys.executable, "-W", "error", str(ROOT / ".ci" / "sbom.py"), WHEEL, SOURCE],
        cwd=directory,
        env={**os.environ, "SOURCE_DATE_EPOCH": EPOCH, **environment},
        check=True,
        capture_output=True,
    )


def copy_of_sources(to: Path) -> Path:
    """What the source archive is made of, at another place."""
    to.mkdir(parents=True)
    for name in [*PACKED, ".gitignore"]:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, to / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(ROOT / name, to / name)
    return to


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Wheel and source archive of what lies here, with their bills of materials."""
    out = tmp_path_factory.mktemp("built")
    build(copy_of_sources(tmp_path_factory.mktemp("sources") / "trustconsole"), out, "sdist", "wheel")
    describe(out)
    return out


@dataclass
class OwnRelease:
    """A signed copy of the release that may be spoilt; `key` is the file with the public key."""

    directory: Path
    key: Path

    def sign(self) -> None:
        """Sign the checksums as they are."""
        signature = sign_raw(KEY, self.path("checksums.txt").read_bytes())
        self.path("checksums.txt.sig").write_bytes(detached(signature))

    def list_anew(self) -> None:
        """List what is there now, and sign that."""
        sums = {one: sha256(self.path(one).read_bytes()) for one in self.names() if "checksums" not in one}
        self.path("checksums.txt").write_bytes(gnu(sums))
        self.sign()

    def path(self, name: str) -> Path:
        return self.directory / name

    def names(self) -> list[str]:
        return sorted(path.name for path in self.directory.iterdir())

    def verify(self, *options: str, key: Path | None = None) -> Ran:
        """What `release verify --key` answers."""
        return call("release", "verify", self.directory, "--key", key or self.key, "--json", *options)


@pytest.fixture
def own(built: Path, tmp_path: Path) -> OwnRelease:
    """The release to verify: that of `.ci/release` where there is one, else the one that was built here."""
    made = os.environ.get("TRUSTCONSOLE_RELEASE")
    shutil.copytree(made or built, tmp_path / "release")
    key = tmp_path / "trustconsole.pub"
    key.write_bytes(public_pem(KEY))
    release = OwnRelease(tmp_path / "release", key)
    if made:
        release.sign()
    else:
        release.list_anew()
    return release


def document(release: OwnRelease, archive: str) -> Any:
    return json.loads(release.path(f"{archive}.sbom.cdx.json").read_bytes())


def test_two_builds_at_two_places_are_the_same_bytes(built: Path, tmp_path: Path) -> None:
    other = copy_of_sources(tmp_path / "quite another place" / "t")
    for path in other.rglob("*"):
        executable = path.is_dir() or bool(path.stat().st_mode & 0o100)
        path.chmod(0o700 if executable else 0o600)
        os.utime(path, (1_600_000_000, 1_600_000_000))
    differing = {"TZ": "Pacific/Auckland", "PYTHONHASHSEED": "7", "LC_ALL": "C"}
    build(other, tmp_path / "out", "wheel", "sdist", environment=differing)
    for name in (WHEEL, SOURCE):
        assert (tmp_path / "out" / name).read_bytes() == (built / name).read_bytes(), name


def test_the_source_archive_is_all_that_the_wheel_needs(built: Path, tmp_path: Path) -> None:
    with tarfile.open(built / SOURCE) as archive:
        for member in archive:
            content = archive.extractfile(member)
            assert content is not None, f"{member.name} is no regular file"
            path = tmp_path / member.name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.read())
    build(tmp_path / SOURCE.removesuffix(".tar.gz"), tmp_path / "out", "wheel")
    assert (tmp_path / "out" / WHEEL).read_bytes() == (built / WHEEL).read_bytes()


def test_the_backend_that_builds_is_the_one_that_the_tests_build_with() -> None:
    (pinned,) = PYPROJECT["build-system"]["requires"]
    assert re.fullmatch(r"hatchling==[\d.]+", pinned)
    assert pinned in PYPROJECT["project"]["optional-dependencies"]["test"]
    assert pinned == f"hatchling=={version('hatchling')}"


def test_a_bill_of_materials_is_made_the_same_again(built: Path, tmp_path: Path) -> None:
    for name in (WHEEL, SOURCE):
        shutil.copy(built / name, tmp_path / name)
    describe(tmp_path, PYTHONHASHSEED="7", TZ="Pacific/Auckland")
    for name in (WHEEL, SOURCE):
        told = f"{name}.sbom.cdx.json"
        assert (tmp_path / told).read_bytes() == (built / told).read_bytes(), told


def test_none_is_made_where_a_package_that_is_needed_is_not_installed(built: Path, tmp_path: Path) -> None:
    shutil.copy(built / WHEEL, tmp_path / WHEEL)
    command = [sys.executable, str(ROOT / ".ci" / "sbom.py"), WHEEL, "--site-packages", str(tmp_path)]
    environment = {**os.environ, "SOURCE_DATE_EPOCH": EPOCH}
    ran = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert ran.returncode == 1
    assert ran.stderr.startswith("no bill of materials: trustconsole needs ")
    assert ran.stderr.endswith(", which is not installed in this environment\n")
    assert [path.name for path in tmp_path.iterdir()] == [WHEEL]


@pytest.mark.parametrize("archive", [WHEEL, SOURCE])
def test_a_bill_of_materials_is_what_cyclonedx_calls_one(own: OwnRelease, archive: str) -> None:
    text = own.path(f"{archive}.sbom.cdx.json").read_text(encoding="utf-8")
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    model = Bom.from_json(json.loads(text))  # type: ignore[attr-defined]  # the model's decorator adds it
    assert model.validate()


def test_it_names_what_the_wheel_needs_and_what_only_an_extra_needs(own: OwnRelease) -> None:
    with zipfile.ZipFile(own.path(WHEEL)) as wheel:
        (name,) = [name for name in wheel.namelist() if name.endswith(".dist-info/METADATA")]
        metadata = Metadata.from_email(wheel.read(name))
    told = {
        one["purl"].partition("@")[0].removeprefix("pkg:pypi/"): one
        for one in document(own, WHEEL)["components"]
        if "purl" in one
    }
    reached = set()
    for wanted in metadata.requires_dist or ():
        scopes = {"": "required", "timestamps": "optional", "registry": "optional", "sbom": "optional"}
        for extra, scope in scopes.items():
            if wanted.marker is None or wanted.marker.evaluate({"extra": extra}):
                reached.add(wanted.name)
                assert told[wanted.name]["scope"] == scope, wanted.name
                assert wanted.specifier.contains(told[wanted.name]["version"]), wanted.name
                break
    assert {"textual", "cryptography", "oras", "rfc3161-client"} <= reached
    assert told["rich"]["scope"] == "required"  # Textual's own
    assert not {"pytest", "ruff", "hatchling", "atheris", "pip"} & told.keys()


def test_it_names_the_files_of_others_that_an_archive_carries(own: OwnRelease) -> None:
    root = ROOT / "src/trustconsole/trust_root/public_good/trusted_root.json"
    for archive, names in ((WHEEL, set[str]()), (SOURCE, {"DejaVuSansMono", "DejaVuSansMono-Bold"})):
        data = {one["name"]: one for one in document(own, archive)["components"] if one["type"] == "data"}
        assert data.keys() == {"sigstore-public-good-trusted-root", *names}
        (digest,) = data["sigstore-public-good-trusted-root"]["hashes"]
        assert digest == {"alg": "SHA-256", "content": sha256(root.read_bytes())}


def test_our_own_release_is_accepted_by_its_key(own: OwnRelease) -> None:
    ran = own.verify("--all", "--components")
    assert (ran.code, ran.json["verdict"], ran.json["findings"]) == (0, "accept", [])
    assert ran.json["signature"]["accepted"]
    assert {file["name"]: (file["status"], file["role"]) for file in ran.json["files"]} == {
        WHEEL: ("ok", "archive"),
        SOURCE: ("ok", "archive"),
        f"{WHEEL}.sbom.cdx.json": ("ok", "sbom"),
        f"{SOURCE}.sbom.cdx.json": ("ok", "sbom"),
    }
    assert {one["archive"]: (one["matches"], one["covered"]) for one in ran.json["sboms"]} == {
        WHEEL: (True, True),
        SOURCE: (True, True),
    }
    for one in ran.json["sboms"]:
        assert one["components"] == len(one["table"])
        assert "trustconsole" in {row["name"] for row in one["table"]}


@pytest.mark.parametrize("name", [WHEEL, SOURCE, f"{WHEEL}.sbom.cdx.json", f"{SOURCE}.sbom.cdx.json"])
@pytest.mark.parametrize("where", [0.0, 0.5, 1.0])
def test_one_byte_that_is_another_is_refused(own: OwnRelease, name: str, where: float) -> None:
    data = bytearray(own.path(name).read_bytes())
    data[int(where * (len(data) - 1))] ^= 1
    own.path(name).write_bytes(data)
    ran = own.verify()
    assert (ran.code, ran.json["verdict"], ran.json["code"]) == (1, "reject", "file-altered")


def test_checksums_that_nobody_signed_are_refused(own: OwnRelease, tmp_path: Path) -> None:
    stranger = tmp_path / "stranger.pub"
    stranger.write_bytes(public_pem(derive_key(21, "stranger")))
    assert own.verify(key=stranger).json["code"] == "signature-mismatch"
    listed = own.path("checksums.txt")
    listed.write_bytes(listed.read_bytes() + gnu({"more.whl": "ab" * 32}))
    ran = own.verify()
    assert (ran.code, ran.json["verdict"], ran.json["code"]) == (1, "reject", "signature-mismatch")


def test_a_bill_of_materials_of_another_build_is_refused_although_it_is_signed(own: OwnRelease) -> None:
    with own.path(WHEEL).open("ab") as wheel:
        wheel.write(b"\0")
    own.list_anew()
    ran = own.verify()
    assert (ran.code, ran.json["verdict"], ran.json["code"]) == (1, "reject", "sbom-refused")


def test_an_archive_without_its_bill_of_materials_is_refused(own: OwnRelease) -> None:
    own.path(f"{SOURCE}.sbom.cdx.json").unlink()
    own.list_anew()
    assert own.verify().json["code"] == "sbom-missing"
    own.path(f"{SOURCE}.sbom.json").write_bytes(sbom(SOURCE, own.path(SOURCE).read_bytes()))
    own.list_anew()
    assert own.verify().json["verdict"] == "accept"
