"""One image, one answer: content, signatures, attestations, in this order, and what to pull.

A refusal beats a doubt, and a doubt beats an acceptance; the first part that refuses names the rule. Opening
the copy is the business of `opening`, reading the policy's files that of `release/policy.py`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from trustconsole.errors import InputError
from trustconsole.findings import Finding, FindingKind
from trustconsole.release.findings import TIME_UNPROVEN
from trustconsole.release.images import findings as kinds
from trustconsole.release.images.blobs import AlteredBlob, Attachments, Blob, ImageCopy
from trustconsole.release.images.content import Content, Tell, examine
from trustconsole.release.images.covered import BUILDKIT, covered_attestations
from trustconsole.release.images.judging import (
    Judged,
    attestation_of,
    expected_of,
    judge_asking,
    signature_of,
)
from trustconsole.release.images.manifests import Descriptor
from trustconsole.release.images.question import ImageQuestion
from trustconsole.release.images.references import Repository, read_repository
from trustconsole.release.images.report import (
    ImageAttestation,
    ImageBlob,
    ImageReport,
    ImageSignature,
    ImageVerdict,
)
from trustconsole.release.images.stored import read_stored
from trustconsole.release.policy import SignerPolicy
from trustconsole.release.report import code_of_doubt, policy_facts
from trustconsole.text import plural


@dataclass(slots=True)
class _Answer:
    """Filled from part to part; the first `decide` that is not an acceptance stays."""

    reference: str
    policy: SignerPolicy
    digest: str | None = None
    verdict: ImageVerdict = "accept"
    code: str | None = None
    rule: str | None = None
    reason: str = ""
    findings: list[Finding] = field(default_factory=list)

    def decide(self, verdict: ImageVerdict, rule: str | None, code: str | None, reason: str) -> None:
        """Take a refusal or a doubt; what was decided before stays, unless that was a doubt only."""
        if self.verdict == "accept" or (self.verdict == "unknown" and verdict in ("reject", "error")):
            self.verdict, self.rule, self.code, self.reason = verdict, rule, code, reason

    def tell(self, kind: FindingKind, **facts: str | None) -> None:
        """Add a finding about the image."""
        self.findings.append(kind.at(self.reference, None, **facts))

    def report(self, **parts: object) -> ImageReport:
        """The report so far."""
        base = ImageReport(
            self.reference,
            self.digest,
            self.verdict,
            code_of_doubt(self.findings) if self.verdict == "accept" else self.code,
            self.rule,
            self.reason,
            policy_facts(self.policy),
            findings=tuple(self.findings),
        )
        return replace(base, **parts)  # type: ignore[arg-type]  # keyword arguments of ImageReport


def verify_copy(
    copy: ImageCopy,
    reference: str,
    digest: str | None,
    question: ImageQuestion,
    tell: Tell | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> ImageReport:
    """Judge the image in `copy`; raises `SeveralImages` where it holds them and none was named, and
    `Cancelled` soon after `cancelled` says so."""
    answer = _Answer(reference, question.policy)
    try:
        image = copy.image(digest)
        answer.digest = image.digest
        content = examine(copy, image, tell=tell, cancelled=cancelled, jobs=question.jobs)
        attachments = copy.attachments(image)
    except InputError as error:
        _refuse_reading(answer, error)
        return answer.report()
    _judge_content(answer, content, complete=question.complete)
    foreign = copy.foreign(content.builds)
    if foreign is not None:
        answer.decide("reject", "content", kinds.FOREIGN_IMAGE.id, foreign)
        answer.tell(kinds.FOREIGN_IMAGE, reason=foreign)
    judged: list[Judged] = []
    for attachment in attachments.found:
        for stored in read_stored(attachment, image.digest, content.data):
            found, findings = judge_asking(stored, question)
            judged.append(found)
            answer.findings += findings
    signatures = [one for one in judged if one.stored.role == "signature"]
    good = next((one for one in signatures if one.verdict == "accept"), None)
    _judge_signatures(answer, signatures, good, attachments)
    try:
        attestations = _attestations(question, copy, content, image, judged, good)
    except InputError as error:
        _refuse_reading(answer, error)
        attestations = ()
    _judge_attestations(answer, attestations)
    _remark(answer, copy, attachments, content)
    return _finished(answer, copy, image, content, signatures, attestations, good)


def _refuse_reading(answer: _Answer, error: InputError) -> None:
    if isinstance(error, AlteredBlob):
        answer.decide("reject", "content", kinds.ALTERED_BLOB.id, f"the image's manifest {error.message}")
        answer.tell(kinds.ALTERED_BLOB, count="the manifest", digest=answer.digest, reason=error.message)
        return
    answer.decide("error", "image", kinds.IMAGE_UNREADABLE.id, str(error))
    answer.tell(kinds.IMAGE_UNREADABLE, reason=str(error), next=error.hint or "name a copy that can be read")


def _judge_content(answer: _Answer, content: Content, *, complete: bool) -> None:
    altered = content.of("altered", "unreadable")
    if altered:
        first = altered[0]
        reason = f"{_counted(altered)} of the image is not what its digest says: {first.descriptor.digest}"
        answer.decide("reject", "content", kinds.ALTERED_BLOB.id, f"{reason} {first.reason}")
        _tell_blobs(answer, kinds.ALTERED_BLOB, altered)
    missing = content.of("missing")
    if missing and complete:
        first = missing[0]
        reason = f"{_counted(missing)} of the image is not in the copy: {first.descriptor.digest}"
        answer.decide("reject", "content", kinds.INCOMPLETE.id, reason)
        _tell_blobs(answer, kinds.INCOMPLETE, missing)
    elif missing:
        _tell_blobs(answer, kinds.MISSING_BLOB, missing)


def _counted(blobs: Sequence[Blob]) -> str:
    return plural(len(blobs), "blob")


def _tell_blobs(answer: _Answer, kind: FindingKind, blobs: Sequence[Blob]) -> None:
    first = blobs[0]
    answer.tell(kind, count=_counted(blobs), digest=first.descriptor.digest, reason=first.reason)


def _judge_signatures(
    answer: _Answer, signatures: Sequence[Judged], good: Judged | None, attachments: Attachments
) -> None:
    """One good signature is enough; without one, the one that came nearest says why."""
    if good is not None:
        answer.findings += good.findings
        for one in signatures:
            if one.verdict != "accept":
                answer.tell(kinds.BAD_SIGNATURE, reason=one.reason)
        return
    if not signatures:
        reason = "no signature of the image was found"
        answer.decide("reject", "signature", kinds.NO_SIGNATURE.id, reason)
        answer.tell(kinds.NO_SIGNATURE)
        if attachments.unnamed:
            count = plural(len(attachments.unnamed), "manifest")
            answer.tell(kinds.UNNAMED_SIGNATURES, count=count)
        return
    nearest = min(signatures, key=lambda one: _NEARNESS[one.verdict])
    code = nearest.code or kinds.NO_GOOD_SIGNATURE.id
    answer.decide(nearest.verdict, nearest.rule or "signature", code, nearest.reason)
    for one in signatures:
        answer.findings += one.findings
    if nearest.verdict != "unknown":
        count = plural(len(signatures), "signature")
        answer.tell(kinds.NO_GOOD_SIGNATURE, count=count, reason=nearest.reason)


_NEARNESS: dict[ImageVerdict, int] = {"accept": 0, "unknown": 1, "reject": 2, "error": 3}


def _attestations(
    question: ImageQuestion,
    copy: ImageCopy,
    content: Content,
    image: Descriptor,
    judged: Sequence[Judged],
    good: Judged | None,
) -> tuple[ImageAttestation, ...]:
    own = [one for one in judged if one.stored.role == "attestation"]
    signed = [attestation_of(one, question, image.digest, good) for one in own]
    verdicts = {one.verdict for one in judged if one.stored.role == "signature"}
    signature: ImageVerdict = "accept" if good else "unknown" if "unknown" in verdicts else "reject"
    expected = expected_of(question, good.leaf if good else None)
    return (*signed, *covered_attestations(copy, content, expected, signature))


def _judge_attestations(answer: _Answer, attestations: Sequence[ImageAttestation]) -> None:
    """Of those that carry a signature, and of BuildKit's, one each must be good where there are any.

    A good one of the other kind does not make up for it: they say different things.
    """
    if not attestations:
        answer.tell(kinds.NO_ATTESTATION)
    for of_build in (False, True):
        group = [one for one in attestations if (one.form == BUILDKIT) is of_build]
        bad = [one for one in group if one.verdict != "accept"]
        if not bad:
            continue
        if len(bad) < len(group):
            for one in bad:
                name = one.predicate_type or one.form
                answer.tell(kinds.BAD_ATTESTATION, name=name, reason=one.reason)
            continue
        nearest = min(bad, key=lambda one: _NEARNESS[one.verdict])
        if of_build and nearest.rule == "parse" and nearest.verdict == "unknown":
            continue  # not in the copy: said as a missing blob
        count = plural(len(group), *_GROUPS[of_build])
        reason = f"the image carries {count}, and none is good: {nearest.reason}"
        unproven = nearest.verdict == "unknown"
        code = nearest.code if unproven and nearest.code else kinds.NO_GOOD_ATTESTATION.id
        answer.decide(nearest.verdict, nearest.rule or "attestation", code, reason)
        if nearest.code == kinds.OTHER_BUILD.id:
            answer.tell(kinds.OTHER_BUILD, reason=nearest.reason)
        if unproven:
            answer.tell(TIME_UNPROVEN, reason=nearest.reason)
        else:
            answer.tell(kinds.NO_GOOD_ATTESTATION, count=count, reason=nearest.reason)


_GROUPS = {
    False: ("signed attestation", "signed attestations"),
    True: ("attestation of BuildKit", "attestations of BuildKit"),
}
"""What the attestations of a kind are called, by whether they are BuildKit's."""


def _remark(answer: _Answer, copy: ImageCopy, attachments: Attachments, content: Content) -> None:
    if attachments.aside:
        counts = Counter(attachments.aside)
        named = ", ".join(f"{kind} ({number})" if number > 1 else kind for kind, number in counts.items())
        count = plural(len(attachments.aside), "attachment")
        answer.tell(
            kinds.OTHER_ATTACHMENTS,
            count=count,
            kinds=named,
        )
    remote = content.of("remote")
    if remote and not copy.local:
        answer.tell(
            kinds.REMOTE_LAYERS,
            count=plural(len(remote), "layer or configuration", "layers and configurations"),
        )


def _finished(
    answer: _Answer,
    copy: ImageCopy,
    image: Descriptor,
    content: Content,
    signatures: Sequence[Judged],
    attestations: tuple[ImageAttestation, ...],
    good: Judged | None,
) -> ImageReport:
    signed_as = _repository_in(good)
    here = copy.repository
    if signed_as is not None and here is not None and signed_as != here and not copy.local:
        answer.tell(kinds.OTHER_REFERENCE, signed=str(signed_as), here=str(here))
    pull: str | None = None
    if answer.verdict == "accept":
        good_words = (
            "the image, its signer and its content hold" if copy.local else "the image and its signer hold"
        )
        answer.reason = good_words
        # What is pulled is decided by the digest, so that a name from a signature or an index may be used.
        repository = (signed_as or here) if copy.local else here
        pull = f"docker pull {repository}@{image.digest}" if repository else None
    shown: tuple[ImageSignature, ...] = tuple(map(signature_of, signatures))
    return answer.report(
        pull=pull,
        signatures=shown,
        attestations=attestations,
        platforms=tuple(content.platforms),
        blobs=dict(Counter(blob.condition for blob in content.blobs)),
        content=tuple(map(_reached, content.blobs)),
    )


def _reached(blob: Blob) -> ImageBlob:
    about = blob.descriptor
    return ImageBlob(about.digest, about.media_type, about.size, blob.condition, blob.reason)


def _repository_in(good: Judged | None) -> Repository | None:
    """The repository that a good signature was made for, where it names one."""
    reference = good.stored.reference if good else None
    if not reference:
        return None
    place = reference.partition("@")[0]
    head, colon, tag = place.rpartition(":")
    return read_repository(head if colon and "/" not in tag else place)
