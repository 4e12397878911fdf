"""SLSA provenance: where an image says that it was built, held against who was to build it.

A genuine signature says who vouches; the predicate says from which repository, workflow and commit. Facts
that a predicate does not give are not compared, and said. Sources: SLSA provenance 0.2 and 1, GitHub's
workflow build type, BuildKit `attestations/slsa-definitions.md`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, cast

from trustconsole import limits
from trustconsole.errors import LimitExceeded, Location, MalformedInput
from trustconsole.json_fields import object_member
from trustconsole.strict_text import strict_json

SLSA_1: Final = "https://slsa.dev/provenance/v1"
SLSA_0_2: Final = "https://slsa.dev/provenance/v0.2"
_WORKFLOW: Final = re.compile(
    r"(?P<repository>https://[^@#]+?)/(?P<path>\.github/workflows/[^@]+)@(?P<ref>.+)"
)
_SSH: Final = re.compile(r"(?:ssh://)?git@(?P<host>[^/:]+)[:/](?P<path>.+)")
_COMMIT: Final = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}", re.ASCII)
_BUILDKIT_0_2: Final = "https://mobyproject.org/buildkit@v1#metadata"
_BUILDKIT_1: Final = "buildkit_metadata"

Json = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Provenance:
    """What a predicate says; every fact is untrusted text, and empty where it is not said.

    A predicate may name the repository, the ref or the commit in several places: all of them count.
    """

    builder: str
    workflow: str
    repositories: tuple[str, ...]
    refs: tuple[str, ...]
    commits: tuple[str, ...]

    def facts(self) -> dict[str, object]:
        """What is said, by name, for evidence."""
        named: dict[str, object] = {
            "builder": self.builder,
            "repository": ", ".join(self.repositories),
            "workflow": self.workflow,
            "ref": ", ".join(self.refs),
            "commit": ", ".join(self.commits),
        }
        return {name: value for name, value in named.items() if value}


@dataclass(frozen=True, slots=True)
class Expected:
    """Who was to build the image. `matches` judges a workflow's identity (`repository/path@ref`) and `wanted`
    says it in words; the last three are None where the policy does not tell."""

    matches: Callable[[str], bool]
    wanted: str
    repository: str | None
    workflow: str | None = None
    commit: str | None = None

    def flaws(self, found: Provenance) -> tuple[str, ...]:
        """What of `found` contradicts it, each a clause."""
        return (
            *self._builder_flaws(found),
            *self._repository_flaws(found),
            *self._workflow_flaws(found),
            *self._commit_flaws(found),
        )

    def _builder_flaws(self, found: Provenance) -> Iterator[str]:
        if not found.builder:
            return
        if workflow_of(found.builder) is not None:
            if not self.matches(found.builder):
                yield f"the builder is {found.builder!r}, and {self.wanted} is wanted"
        elif self.repository is not None and not found.builder.startswith(f"{self.repository}/"):
            yield f"the builder is {found.builder!r}, which does not belong to {self.repository}"

    def _repository_flaws(self, found: Provenance) -> Iterator[str]:
        for repository in found.repositories:
            if self.repository is not None and repository != self.repository:
                yield f"it was built from {repository!r}, and {self.repository} is wanted"

    def _workflow_flaws(self, found: Provenance) -> Iterator[str]:
        path = found.workflow or self.workflow
        # BuildKit names a ref and no workflow; a short name beside it says neither branch nor tag.
        refs = [ref for ref in found.refs if found.workflow or ref.startswith("refs/")]
        if not refs and found.workflow and self.workflow and found.workflow != self.workflow:
            yield f"the workflow is {found.workflow!r}, and {self.workflow} is wanted"
        for repository in found.repositories if path else ():
            for ref in refs:
                identity = f"{repository}/{path}@{ref}"
                if not self.matches(identity):
                    yield f"it was built by {identity!r}, and {self.wanted} is wanted"

    def _commit_flaws(self, found: Provenance) -> Iterator[str]:
        if len(set(found.commits)) > 1:
            yield f"it names several commits: {', '.join(found.commits)}"
        for commit in found.commits:
            if self.commit is not None and commit != self.commit:
                yield f"it was built from commit {commit}, and the signer's certificate says {self.commit}"


def workflow_of(identity: str) -> tuple[str, str, str] | None:
    """Repository, path and ref of a GitHub workflow's identity; None where `identity` is none."""
    match = _WORKFLOW.fullmatch(identity) if len(identity) <= limits.IDENTITY_CHARS else None
    return (match["repository"], match["path"], match["ref"]) if match else None


def predicate_in(payload: bytes, where: str) -> Json:
    """The predicate of an in-toto statement; raises `MalformedInput` or `LimitExceeded`."""
    return object_member(strict_json(payload, where), "predicate", where)


def read_provenance(predicate_type: str, payload: bytes, where: str) -> Provenance | None:
    """What the statement says, None where its predicate is no provenance; raises `MalformedInput`.

    A member of a wrong type makes the predicate malformed; one that is absent is a fact not said.
    """
    reader = {SLSA_1: _slsa_1, SLSA_0_2: _slsa_0_2}.get(predicate_type)
    return reader(predicate_in(payload, where), where) if reader else None


def _slsa_1(predicate: Json, where: str) -> Provenance:
    build = _object(predicate, "buildDefinition", where)
    details = _object(predicate, "runDetails", where)
    parameters = _object(build, "externalParameters", where)
    workflow = _object(parameters, "workflow", where)
    source = _object(parameters, "configSource", where)
    vcs = _object(_object(_object(details, "metadata", where), _BUILDKIT_1, where), "vcs", where)
    repository = _text(workflow, "repository", where)
    uris = [uri for uri in (_text(source, "uri", where),) if uri]
    commits = [_text(_object(source, "digest", where), "sha1", where), _revision(vcs, where)]
    for entry in _list(build, "resolvedDependencies", where):
        uri = _text(entry, "uri", where)
        if repository and source_of(uri)[0] == source_of(repository)[0]:
            uris.append(uri)
            commits.append(_text(_object(entry, "digest", where), "gitCommit", where))
    return _provenance(
        _text(_object(details, "builder", where), "id", where),
        _text(workflow, "path", where),
        [repository, *uris, _text(vcs, "source", where)],
        [_text(workflow, "ref", where)],
        commits,
        where,
    )


def _slsa_0_2(predicate: Json, where: str) -> Provenance:
    source = _object(_object(predicate, "invocation", where), "configSource", where)
    metadata = _object(predicate, "metadata", where)
    vcs = _object(_object(metadata, _BUILDKIT_0_2, where), "vcs", where)
    entry = _text(source, "entryPoint", where)
    return _provenance(
        _text(_object(predicate, "builder", where), "id", where),
        # For BuildKit the entry point is a Dockerfile, which is no workflow.
        entry if entry.startswith(".github/workflows/") else "",
        [_text(source, "uri", where), _text(vcs, "source", where)],
        [],
        [_text(_object(source, "digest", where), "sha1", where), _revision(vcs, where)],
        where,
    )


def _provenance(
    builder: str, workflow: str, uris: list[str], refs: list[str], commits: list[str], where: str
) -> Provenance:
    sources = [source_of(uri) for uri in uris if uri]
    named = [*refs, *(ref for _, ref in sources if ref and not _COMMIT.fullmatch(ref))]
    found = Provenance(
        builder,
        workflow,
        tuple(dict.fromkeys(repository for repository, _ in sources)),
        tuple(dict.fromkeys(ref for ref in named if ref)),
        tuple(dict.fromkeys(commit for commit in commits if commit)),
    )
    if max(map(len, (found.repositories, found.refs, found.commits))) > limits.PROVENANCE_SOURCES:
        raise LimitExceeded(
            f"names more than {limits.PROVENANCE_SOURCES} repositories, refs or commits",
            location=Location(where),
        )
    return found


def source_of(uri: str) -> tuple[str, str]:
    """The repository of a source as `https://host/path`, and its ref (empty where none is given).

    Forms: `git+https://…@ref`, `https://….git#ref[:folder]`, `git@host:path`. Anything else stays as it is.
    """
    place = uri.removeprefix("git+")
    ssh = _SSH.fullmatch(place)
    if ssh is not None:
        place = f"https://{ssh['host']}/{ssh['path']}"
    place, mark, ref = place.partition("#")
    if mark:
        ref = ref.partition(":")[0]
    elif "@" in place.partition("://")[2]:
        place, _, ref = place.rpartition("@")
    return place.rstrip("/").removesuffix(".git"), ref


def _revision(vcs: Json, where: str) -> str:
    # BuildKit marks a tree with changes, which is no other commit.
    return _text(vcs, "revision", where).removesuffix("-dirty")


def _object(value: object, name: str, where: str) -> Json:
    member = cast("Json", value).get(name) if isinstance(value, dict) else None
    if member is None:
        return {}
    if not isinstance(member, dict):
        raise MalformedInput(f"has {name} that is no object", location=Location(where))
    return cast("Json", member)


def _list(value: Json, name: str, where: str) -> list[object]:
    member = value.get(name)
    if member is None:
        return []
    if not isinstance(member, list) or len(member) > limits.SUBJECTS:
        raise MalformedInput(f"has {name} that is no array, or too long a one", location=Location(where))
    return cast("list[object]", member)


def _text(value: object, name: str, where: str) -> str:
    member = cast("Json", value).get(name) if isinstance(value, dict) else None
    if member is None:
        return ""
    if not isinstance(member, str):
        raise MalformedInput(f"has {name} that is no string", location=Location(where))
    if len(member) > limits.IDENTITY_CHARS:
        raise LimitExceeded(
            f"has {name} of more than {limits.IDENTITY_CHARS} characters", location=Location(where)
        )
    return member
