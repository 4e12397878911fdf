"""The bill of materials of an archive: is it CycloneDX, and is it about this very archive.

What decides is read here with the standard library. The table of components, which decides nothing, is the
business of `components`. Source: CycloneDX 1.4 to 1.6 (JSON); syft names the file that it looked at in
`metadata.component`, with `sha256:` and its digest as the version.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, cast

from trustconsole import limits
from trustconsole.errors import LimitExceeded, Location, MalformedInput
from trustconsole.json_fields import is_given, list_member, object_member, text_member
from trustconsole.release.components import Component
from trustconsole.storage import read_bounded
from trustconsole.strict_text import strict_json

SPEC_VERSIONS: Final = ("1.4", "1.5", "1.6")
_SHA256: Final = re.compile(r"[0-9a-fA-F]{64}")
_STATED: Final = "sha256:"


@dataclass(frozen=True, slots=True)
class SbomContent:
    """What an SBOM says: which file (None: none) with which SHA-256 sums, and its components as they stand.

    Everything is untrusted; `components` are the JSON objects, nested ones included.
    """

    spec_version: str
    file: str | None
    digests: tuple[str, ...]
    components: tuple[Mapping[str, object], ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class SbomReport:
    """One SBOM beside an archive. `matches` None: it does not say enough to tell; `reason` says why not.

    `covered`: the signed checksums list it. `table` is empty where nothing could read it (`table_note`).
    """

    name: str
    archive: str
    covered: bool
    matches: bool | None
    components: int
    reason: str
    spec_version: str | None = None
    table: tuple[Component, ...] = field(default=(), repr=False)
    table_note: str = ""

    def to_dict(self) -> dict[str, object]:
        """An entry of `sboms`."""
        return {
            "name": self.name,
            "archive": self.archive,
            "covered": self.covered,
            "matches": self.matches,
            "components": self.components,
            "reason": self.reason,
            "spec_version": self.spec_version,
            "table": [component.to_dict() for component in self.table],
        }


def read_sbom(path: Path, *, sha256: str | None) -> SbomContent:
    """The SBOM in the file at `path`, whose digest was found to be `sha256`; raises an `InputError`."""
    file = read_bounded(path, limits.SBOM_BYTES, what="bill of materials")
    if sha256 is not None and file.sha256 != sha256:
        raise MalformedInput(
            "changed while it was being verified", hint="verify it again", location=Location(str(path))
        )
    return parse_sbom(file.data, path.name)


def parse_sbom(data: bytes, where: str) -> SbomContent:
    """The SBOM in `data`; raises `MalformedInput` where it is no CycloneDX of a known version."""
    document = strict_json(data, where)
    if not isinstance(document, dict) or document.get("bomFormat") != "CycloneDX":
        raise MalformedInput("is not CycloneDX", location=Location(where))
    version = text_member(document, "specVersion", where)
    if version not in SPEC_VERSIONS:
        raise MalformedInput(
            f"is CycloneDX {version[:20]!r}, and read are {SPEC_VERSIONS[0]} to {SPEC_VERSIONS[-1]}",
            location=Location(where),
        )
    file, digests = _subject(document, where)
    return SbomContent(version, file, digests, _components(document, where))


def _subject(document: Mapping[str, object], where: str) -> tuple[str | None, tuple[str, ...]]:
    """The file that it is about, and every SHA-256 that it states for it."""
    if not is_given(document, "metadata"):
        return None, ()
    metadata = object_member(document, "metadata", where)
    if not is_given(metadata, "component"):
        return None, ()
    component = object_member(metadata, "component", f"{where}: metadata")
    inside = f"{where}: metadata.component"
    digests: list[str] = []
    if is_given(component, "version"):
        version = text_member(component, "version", inside)
        if version.lower().startswith(_STATED):
            digests.append(_digest(version[len(_STATED) :], inside))
    if is_given(component, "hashes"):
        for entry in list_member(component, "hashes", inside, limits.SUBJECTS):
            if text_member(entry, "alg", f"{inside}.hashes") == "SHA-256":
                digests.append(_digest(text_member(entry, "content", f"{inside}.hashes"), inside))
    return text_member(component, "name", inside), tuple(dict.fromkeys(digests))


def _digest(text: str, where: str) -> str:
    if not _SHA256.fullmatch(text):
        raise MalformedInput("states a SHA-256 that is none", location=Location(where))
    return text.lower()


def _components(document: Mapping[str, object], where: str) -> tuple[Mapping[str, object], ...]:
    """Every component, those inside others after them; the nesting is bounded by the reader of JSON."""
    found: list[Mapping[str, object]] = []
    pending: list[Mapping[str, object]] = [document]
    while pending:
        holder = pending.pop()
        if not is_given(holder, "components"):
            continue
        for entry in list_member(holder, "components", where, limits.SBOM_COMPONENTS):
            if not isinstance(entry, dict):
                raise MalformedInput("holds a component that is no object", location=Location(where))
            found.append(cast("Mapping[str, object]", entry))
            pending.append(found[-1])
        if len(found) > limits.SBOM_COMPONENTS:
            raise LimitExceeded(
                f"holds more than the limit of {limits.SBOM_COMPONENTS} components", location=Location(where)
            )
    return tuple(found)


def compare(content: SbomContent, archive: str, digests: Collection[str]) -> tuple[bool | None, str]:
    """Whether the SBOM is about `archive`, and why not; `digests` are what is listed for it and what it has.

    Where those two differ the archive is refused anyway, so either will do here.
    """
    if content.file is None:
        return None, "it does not say which file it is about"
    if content.file != archive:
        return False, f"it is about another file, {content.file}"
    if not content.digests:
        return None, "it names the archive, but not by a SHA-256"
    if not digests:
        return None, "the archive is neither listed nor here, so its digest cannot be compared"
    if len(content.digests) > 1:
        return False, "it states two different digests for the archive"
    if content.digests[0] not in digests:
        return False, f"it is about an archive with another digest, {content.digests[0]}"
    return True, ""
