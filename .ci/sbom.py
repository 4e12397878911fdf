"""Writes the bill of materials of a wheel or source archive of ours beside it, as CycloneDX 1.6 in JSON.

`ARCHIVE.sbom.cdx.json` is about the archive by name and SHA-256, and holds the package, every package that it
needs at run time, and the files of others that it carries. What is needed comes from the archive's own
metadata; which versions those are, from the packages installed in an environment: this one, or the one with
`--site-packages DIR`. Packages that only extras need are `optional`. The same archive, environment and
SOURCE_DATE_EPOCH give the same bytes.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sys
import tarfile
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import Distribution, distributions
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom, BomMetaData
from cyclonedx.model.component import Component, ComponentScope, ComponentType
from cyclonedx.model.license import License, LicenseAcknowledgement, LicenseExpression
from cyclonedx.model.lifecycle import LifecyclePhase, PredefinedLifecycle
from cyclonedx.output.json import JsonV1Dot6
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL
from packaging.metadata import Metadata
from packaging.requirements import Requirement
from packaging.utils import NormalizedName, canonicalize_name

SUFFIX = ".sbom.cdx.json"
EVERYTHING = "all"
"""The extra that names every other one that changes what the console can do."""

Installed = Mapping[NormalizedName, Metadata]
Needs = dict[NormalizedName, set[NormalizedName]]

LICENCE_CLASSIFIER = "License :: OSI Approved :: "


class NotDescribed(Exception):
    """A bill of materials that would not be true; the message is one sentence for whoever builds."""


@dataclass(frozen=True)
class Carried:
    """A file of others inside an archive: how its path ends, what it is called, its licence in SPDX words."""

    ending: str
    name: str
    licence: str
    in_wheel: bool


CARRIED = (
    Carried(
        "trust_root/public_good/trusted_root.json", "sigstore-public-good-trusted-root", "Apache-2.0", True
    ),
    Carried("tests/fonts/DejaVuSansMono.ttf", "DejaVuSansMono", "Bitstream-Vera", False),
    Carried("tests/fonts/DejaVuSansMono-Bold.ttf", "DejaVuSansMono-Bold", "Bitstream-Vera", False),
)


@dataclass(frozen=True)
class Archive:
    """A built archive: its own metadata, and the carried files as {path inside: SHA-256}."""

    path: Path
    sha256: str
    metadata: Metadata
    carried: Mapping[str, tuple[Carried, str]]


def read_archive(path: Path) -> Archive:
    """The archive at `path`; raises `NotDescribed` where something that it must hold is not in it."""
    wheel = path.suffix == ".whl"
    described: bytes | None = None
    carried: dict[str, tuple[Carried, str]] = {}
    for name, data in _members(path, wheel=wheel):
        if name.endswith(".dist-info/METADATA") if wheel else name == "PKG-INFO":
            described = data
        for one in CARRIED:
            if name.endswith(one.ending):
                carried[name] = (one, hashlib.sha256(data).hexdigest())
    if described is None:
        raise NotDescribed(f"{path.name} holds no metadata")
    found = {one for one, _ in carried.values()}
    lacking = [one.ending for one in CARRIED if one not in found and (one.in_wheel or not wheel)]
    if lacking:
        raise NotDescribed(f"{path.name} does not carry {lacking[0]}; the table of carried files is wrong")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return Archive(path, digest, Metadata.from_email(described), carried)


def _members(path: Path, *, wheel: bool) -> Iterator[tuple[str, bytes]]:
    """Every file inside with its content; of a source archive without the directory that holds all."""
    if wheel:
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                yield name, archive.read(name)
        return
    with tarfile.open(path) as source:
        for member in source:
            content = source.extractfile(member)
            if content is not None:
                yield member.name.partition("/")[2], content.read()


def read_environment(site_packages: list[str]) -> Installed:
    """The metadata of every package that is installed there, by canonical name; the first found counts."""
    found: dict[NormalizedName, Metadata] = {}
    for one in distributions(path=site_packages or sys.path):
        metadata = _metadata(one)
        if metadata is not None:
            found.setdefault(canonicalize_name(metadata.name), metadata)
    return found


def _metadata(one: Distribution) -> Metadata | None:
    text = one.read_text("METADATA")
    return Metadata.from_email(text.encode(), validate=False) if text else None


def reach(start: Metadata, extras: set[str], installed: Installed) -> Needs:
    """What `start` with these extras needs here: {package: those that it asks for}, by canonical names.

    Raises `NotDescribed` where one of them is not here, or in a version that was not asked for.
    """
    edges: Needs = {}
    pending = [(canonicalize_name(start.name), extra) for extra in sorted({"", *extras})]
    known = {**installed, canonicalize_name(start.name): start}
    seen: set[tuple[NormalizedName, str]] = set()
    while pending:
        name, extra = pending.pop()
        if (name, extra) in seen:
            continue
        seen.add((name, extra))
        targets = edges.setdefault(name, set())
        for wanted in known[name].requires_dist or ():
            if wanted.marker is not None and not wanted.marker.evaluate({"extra": extra}):
                continue
            target = _resolved(wanted, name, known)
            targets.update({target} - {name})  # an extra may name others of its own package
            pending += [(target, one) for one in ("", *sorted(wanted.extras))]
    return edges


def _resolved(wanted: Requirement, by: str, known: Installed) -> NormalizedName:
    target = canonicalize_name(wanted.name)
    if target not in known:
        raise NotDescribed(f"{by} needs {wanted}, which is not installed in this environment")
    version = known[target].version
    if not wanted.specifier.contains(version, prereleases=True):
        raise NotDescribed(f"{by} needs {wanted}, and {version} is installed in this environment")
    return target


def licences(metadata: Metadata) -> list[License]:
    """What the package declares: an SPDX expression, an SPDX name, or the words of its classifiers."""
    make = LicenseFactory()
    declared = LicenseAcknowledgement.DECLARED
    for text in (metadata.license_expression, metadata.license):
        if text:
            one = make.make_from_string(text, license_acknowledgement=declared)
            if isinstance(one, LicenseExpression) or one.id is not None:
                return [one]
    named = [one for one in metadata.classifiers or () if one.startswith(LICENCE_CLASSIFIER)]
    return [
        make.make_with_name(one.removeprefix(LICENCE_CLASSIFIER), acknowledgement=declared) for one in named
    ]


def _package(metadata: Metadata, kind: ComponentType, scope: ComponentScope) -> Component:
    version = str(metadata.version)
    purl = PackageURL("pypi", name=canonicalize_name(metadata.name), version=version)
    return Component(
        name=metadata.name,
        type=kind,
        bom_ref=str(purl),
        version=version,
        purl=purl,
        scope=scope,
        licenses=licences(metadata),
    )


def _carried(path: str, one: Carried, digest: str) -> Component:
    return Component(
        name=one.name,
        type=ComponentType.DATA,
        bom_ref=path,
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=digest)],
        licenses=[LicenseFactory().make_from_string(one.licence)],
    )


def make_bom(archive: Archive, installed: Installed, made: datetime) -> Bom:
    """The bill of materials; `made` stands as its time."""
    own = canonicalize_name(archive.metadata.name)
    required = reach(archive.metadata, set(), installed)
    edges = reach(archive.metadata, {EVERYTHING}, installed)
    package = _package(archive.metadata, ComponentType.APPLICATION, ComponentScope.REQUIRED)
    packages = {own: package}
    for name in sorted(edges.keys() - {own}):
        scope = ComponentScope.REQUIRED if name in required else ComponentScope.OPTIONAL
        packages[name] = _package(installed[name], ComponentType.LIBRARY, scope)
    carried = [_carried(path, one, digest) for path, (one, digest) in sorted(archive.carried.items())]
    file = Component(
        name=archive.path.name,
        type=ComponentType.FILE,
        bom_ref=archive.path.name,
        version=package.version,
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=archive.sha256)],
        licenses=package.licenses,
    )
    components = [*packages.values(), *carried]
    told = [archive.sha256, str(int(made.timestamp())), *sorted(str(one.bom_ref) for one in components)]
    bom = Bom(
        serial_number=uuid5(NAMESPACE_URL, "\n".join(told)),
        components=components,
        metadata=BomMetaData(
            component=file, timestamp=made, lifecycles=[PredefinedLifecycle(LifecyclePhase.BUILD)]
        ),
    )
    bom.register_dependency(file, [package, *carried])
    for name, targets in edges.items():
        bom.register_dependency(packages[name], [packages[target] for target in sorted(targets)])
    return bom


def as_json(bom: Bom) -> str:
    """The document, which the schema of CycloneDX and its own model accept; else raises `NotDescribed`."""
    bom.validate()
    text = JsonV1Dot6(bom).output_as_string(indent=2) + "\n"
    problem = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
    if problem is not None:
        raise NotDescribed(f"what was made is no CycloneDX 1.6: {problem}")
    if Bom.from_json(json.loads(text)) != bom:  # type: ignore[attr-defined]  # the model's decorator adds it
        raise NotDescribed("what was made is not what CycloneDX's own model reads from it")
    return text


def main(arguments: list[str]) -> int:
    """Write one for every archive; the exit code."""
    parser = argparse.ArgumentParser(description="Bills of materials of built archives")
    parser.add_argument("archives", nargs="+", type=Path, metavar="ARCHIVE")
    parser.add_argument("--site-packages", action="append", default=[], metavar="DIR")
    values = parser.parse_args(arguments)
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    if not (epoch.isascii() and epoch.isdigit()):
        parser.error("SOURCE_DATE_EPOCH must say when the sources were last changed, in seconds")
    made = datetime.fromtimestamp(int(epoch), UTC)
    try:
        installed = read_environment(values.site_packages)
        for path in values.archives:
            bom = make_bom(read_archive(path), installed, made)
            path.with_name(path.name + SUFFIX).write_text(as_json(bom), encoding="utf-8")
            print(f"{path.name}{SUFFIX}: {len(bom.components)} components")
    except NotDescribed as problem:
        print(f"no bill of materials: {problem}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
