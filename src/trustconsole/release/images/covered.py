"""BuildKit's attestations inside an index: not signed themselves, but covered where the index is.

Source: BuildKit `docs/attestations/attestation-storage.md`. Each is a manifest about one platform's image
whose layers are in-toto statements.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from trustconsole import limits
from trustconsole.errors import InputError, MissingFile
from trustconsole.release.images.blobs import Budget, ImageCopy
from trustconsole.release.images.content import BuildAttestation, Content
from trustconsole.release.images.findings import OTHER_BUILD
from trustconsole.release.images.judging import provenance_step
from trustconsole.release.images.manifests import Descriptor
from trustconsole.release.images.provenance import Expected
from trustconsole.release.images.report import ImageAttestation, ImageVerdict
from trustconsole.verification import Step
from trustconsole.verification.sigstore.dsse import PAYLOAD_TYPE, Envelope, Statement, read_statement

_PREDICATE: Final = "in-toto.io/predicate-type"
BUILDKIT: Final = "BuildKit statement"
"""The form of such an attestation in a report."""


def covered_attestations(
    copy: ImageCopy, content: Content, expected: Expected | None, signature: ImageVerdict
) -> tuple[ImageAttestation, ...]:
    """Judge every BuildKit attestation; `signature` is the verdict about the image's own signatures.

    Raises `LimitExceeded` where there are more of them than anyone makes.
    """
    budget = Budget()
    platforms = {platform.digest for platform in content.platforms}
    found: list[ImageAttestation] = []
    for manifest in content.attestations:
        for layer in manifest.layers:
            if layer.media_type == PAYLOAD_TYPE:
                budget.spend(layer.size, layer.digest)
                found.append(_judge(copy, manifest, layer, platforms, expected, signature))
    return tuple(found)


@dataclass(slots=True)
class _Read:
    """What one statement came to by itself; `absent`: it is not in the copy."""

    predicate: str | None
    facts: Mapping[str, object] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    absent: bool = False


def _read(
    copy: ImageCopy, about: str, layer: Descriptor, platforms: set[str], expected: Expected | None
) -> _Read:
    label = layer.annotations.get(_PREDICATE)
    try:
        payload = copy.read(layer, limits.ATTACHMENT_BYTES, "a statement")
        statement = read_statement(Envelope(PAYLOAD_TYPE, payload, b""), layer.digest)
    except InputError as error:
        step = Step("parse", "Does it read strictly", "fail", str(error))
        return _Read(label, steps=[step], absent=isinstance(error, MissingFile))
    build, facts = provenance_step(statement.predicate_type, payload, layer.digest, expected)
    steps = [
        *_label_step(statement.predicate_type, label),
        _subject_step(statement, about, platforms),
        *((build,) if build else ()),
    ]
    return _Read(statement.predicate_type, facts, steps)


def _judge(
    copy: ImageCopy,
    manifest: BuildAttestation,
    layer: Descriptor,
    platforms: set[str],
    expected: Expected | None,
    signature: ImageVerdict,
) -> ImageAttestation:
    found = _read(copy, manifest.about, layer, platforms, expected)
    steps = _in_order([*found.steps, _covered_step(signature)])
    failing = next((step for step in steps if step.status == "fail"), None)
    # What is not in the copy speaks neither for nor against; what no good signature covers, for nobody yet.
    undecided = found.absent or (failing is not None and failing.id == "covered" and signature == "unknown")
    return ImageAttestation(
        found.predicate,
        "accept" if failing is None else "unknown" if undecided else "reject",
        signed=False,
        covered=signature == "accept",
        about=manifest.about,
        code=OTHER_BUILD.id if failing is not None and failing.id == "build" else None,
        rule=failing.id if failing else None,
        reason=failing.detail if failing else "the signed index covers it",
        form=BUILDKIT,
        where=layer.digest,
        signer=None,
        facts=found.facts,
        steps=tuple(steps),
    )


def _subject_step(statement: Statement, about: str, platforms: set[str]) -> Step:
    title = "Is it about an image of this index"
    if not statement.is_about({"sha256": about.partition(":")[2]}):
        return Step("artifact", title, "fail", "the statement is about another image than its manifest says")
    if about not in platforms:
        return Step("artifact", title, "fail", f"it is about {about}, which is no image of this index")
    return Step("artifact", title, "pass", f"names {about}")


def _label_step(stated: str, label: str | None) -> Iterator[Step]:
    if label is not None and stated != label:
        detail = f"the statement is a {stated!r}, and its layer is called {label!r}"
        yield Step("parse", "Does it read strictly", "fail", detail)


def _covered_step(signature: ImageVerdict) -> Step:
    title = "Does a good signature cover it"
    if signature == "accept":
        return Step("covered", title, "pass", "the index that names it carries a good signature")
    return Step("covered", title, "fail", "it is not signed, and no good signature covers it")


def _in_order(steps: Sequence[Step]) -> list[Step]:
    """The steps, those behind the first failing one marked as such."""
    first = next((number for number, step in enumerate(steps) if step.status == "fail"), len(steps))
    return [replace(step, after_verdict=number > first) for number, step in enumerate(steps)]
