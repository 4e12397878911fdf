"""BuildKit's attestations inside an index: not signed themselves, but covered where the index is.

Source: BuildKit `docs/attestations/attestation-storage.md`. Each is a manifest about one platform's image
whose layers are in-toto statements.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from trustconsole import limits
from trustconsole.errors import InputError, MissingFile
from trustconsole.release.images.blobs import Budget, ImageCopy
from trustconsole.release.images.content import BuildAttestation, Content
from trustconsole.release.images.judging import provenance_step
from trustconsole.release.images.manifests import Descriptor
from trustconsole.release.images.provenance import Expected
from trustconsole.release.images.report import ImageAttestation, ImageVerdict
from trustconsole.verification import Step
from trustconsole.verification.sigstore.dsse import PAYLOAD_TYPE, Envelope, read_statement

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


def _judge(
    copy: ImageCopy,
    manifest: BuildAttestation,
    layer: Descriptor,
    platforms: set[str],
    expected: Expected | None,
    signature: ImageVerdict,
) -> ImageAttestation:
    predicate = layer.annotations.get(_PREDICATE)
    facts: dict[str, object] = {}
    try:
        payload = copy.read(layer, limits.ATTACHMENT_BYTES, "a statement")
        statement = read_statement(Envelope(PAYLOAD_TYPE, payload, b""), layer.digest)
    except InputError as error:
        # A statement that is not in the copy says nothing, neither for nor against.
        verdict: ImageVerdict = "unknown" if isinstance(error, MissingFile) else "reject"
        steps: Sequence[Step] = (Step("parse", "Does it read strictly", "fail", str(error)),)
    else:
        bound = statement.is_about({"sha256": manifest.about.partition(":")[2]})
        steps = (_subject_step(manifest.about, bound=bound, listed=manifest.about in platforms),)
        if statement.predicate_type != predicate and predicate is not None:
            steps = (*steps, _label_step(statement.predicate_type, predicate))
        predicate = statement.predicate_type
        build, said = provenance_step(predicate, payload, layer.digest, expected)
        facts = dict(said)
        steps = (*steps, *((build,) if build else ()))
        verdict = "accept"
    covered = signature == "accept"
    steps = (*steps, _covered_step(signature))
    failing = next((step for step in steps if step.status == "fail"), None)
    if failing is not None and verdict == "accept":
        verdict = "unknown" if failing.id == "covered" and signature == "unknown" else "reject"
    return ImageAttestation(
        predicate,
        verdict,
        signed=False,
        covered=covered,
        about=manifest.about,
        rule=failing.id if failing else None,
        reason=failing.detail if failing else "the signed index covers it",
        form=BUILDKIT,
        where=layer.digest,
        signer=None,
        facts=facts,
        steps=tuple(_marked(steps)),
    )


def _subject_step(about: str, *, bound: bool, listed: bool) -> Step:
    title = "Is it about an image of this index"
    if not bound:
        return Step("artifact", title, "fail", "the statement is about another image than its manifest says")
    if not listed:
        return Step("artifact", title, "fail", f"it is about {about}, which is no image of this index")
    return Step("artifact", title, "pass", f"names {about}")


def _label_step(stated: str, label: str) -> Step:
    detail = f"the statement is a {stated!r}, and its layer is called {label!r}"
    return Step("parse", "Does it read strictly", "fail", detail)


def _covered_step(signature: ImageVerdict) -> Step:
    title = "Does a good signature cover it"
    if signature == "accept":
        return Step("covered", title, "pass", "the index that names it carries a good signature")
    return Step("covered", title, "fail", "it is not signed, and no good signature covers it")


def _marked(steps: Sequence[Step]) -> Iterator[Step]:
    decided = False
    for step in steps:
        yield Step(step.id, step.title, step.status, step.detail, step.evidence, decided)
        decided = decided or step.status == "fail"
