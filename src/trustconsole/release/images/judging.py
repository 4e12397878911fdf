"""Every signature and attestation of an image, each judged by itself.

The engine of `release/signing.py` says whether a signature is the project's; here stands what is particular
to images: that it speaks for this very manifest, and that a provenance says what the policy expects.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast

from cryptography import x509

from trustconsole.errors import InputError, LimitExceeded, MalformedInput
from trustconsole.findings import Finding
from trustconsole.release import findings as kinds
from trustconsole.release.images.findings import NEXT_FOR_IMAGES, OTHER_BUILD
from trustconsole.release.images.provenance import Expected, read_provenance, workflow_of
from trustconsole.release.images.question import ImageQuestion
from trustconsole.release.images.report import ImageAttestation, ImageSignature, ImageVerdict
from trustconsole.release.images.stored import Stored
from trustconsole.release.policy import SignerPolicy
from trustconsole.release.signing import SignatureReport, judge_signature
from trustconsole.text import plural
from trustconsole.trust_root import BROKEN_FIELDS
from trustconsole.verification import Step
from trustconsole.verification.expressions import compile_expression
from trustconsole.verification.fulcio import SOURCE_COMMIT, extension_text
from trustconsole.verification.log_entry import LogEntry
from trustconsole.verification.material import alternative_names


@dataclass(frozen=True, slots=True)
class Judged:
    """One signature that could be brought to the engine or not, and what came of it."""

    stored: Stored
    verdict: ImageVerdict
    code: str | None
    rule: str | None
    reason: str
    report: SignatureReport | None
    steps: tuple[Step, ...]

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What the engine found, with the next step that goes for an image."""
        found = self.report.findings if self.report else ()
        return tuple(replace(one, next=NEXT_FOR_IMAGES.get(one.id, one.next)) for one in found)

    @property
    def leaf(self) -> x509.Certificate | None:
        """The certificate that it brings."""
        material = self.stored.signed.bundle.material if self.stored.signed else None
        return material.leaf if material else None


def judge_asking(stored: Stored, question: ImageQuestion) -> tuple[Judged, tuple[Finding, ...]]:
    """Judge one signature; where only a proof of time is missing and a log may be asked, ask it.

    Never raises over the signature or the log; the findings say why a search did not help.
    """
    demanded = bool(question.entries) and stored.role == "signature"
    first = judge(stored, question.policy, question.entries, demanded=demanded)
    unproven = first.verdict == "unknown" and first.report is not None and first.report.unlogged
    if question.search is None or not unproven or stored.searched is None:
        return first, ()
    sha256 = hashlib.sha256(stored.searched).hexdigest()
    try:
        entries = question.search(sha256)
    except InputError as error:
        return first, (kinds.ENTRY_NOT_FOUND.at(stored.where, reason=str(error)),)
    again = judge(stored, question.policy, entries)
    if again.report is None or not again.report.unlogged:
        return again, ()
    count = plural(len(entries), "entry is", "entries are")
    reason = f"{count} about sha256:{sha256}, and none about it by this signer"
    return again, (kinds.ENTRY_NOT_FOUND.at(stored.where, reason=reason),)


def judge(
    stored: Stored, policy: SignerPolicy, entries: Sequence[LogEntry] = (), *, demanded: bool = False
) -> Judged:
    """Judge one signature; never raises over it. `entries` were fetched elsewhere and help, or one must
    hold where they are `demanded`."""
    if stored.signed is None:
        return _unreadable(stored)
    signed = replace(stored.signed, entries=tuple(entries), entries_demanded=demanded)
    report = judge_signature(signed, policy)
    verdict = cast("ImageVerdict", report.verdict)
    payload = _payload_step(stored)
    if payload is None:
        return Judged(stored, verdict, report.code, report.rule, report.reason, report, report.steps)
    if payload.status == "pass":
        steps = (payload, *report.steps)
        return Judged(stored, verdict, report.code, report.rule, report.reason, report, steps)
    late = tuple(replace(step, after_verdict=True) for step in report.steps)
    return Judged(
        stored, "reject", kinds.OTHER_CONTENT.id, payload.id, payload.detail, report, (payload, *late)
    )


def _unreadable(stored: Stored) -> Judged:
    error = stored.error
    reason = str(error) if error else "it cannot be read"
    verdict: ImageVerdict = "error" if isinstance(error, LimitExceeded) else "reject"
    step = Step("parse", "Does it read strictly", "fail", reason)
    return Judged(stored, verdict, kinds.SIGNATURE_UNREADABLE.id, "parse", reason, None, (step,))


def _payload_step(stored: Stored) -> Step | None:
    """Whether a simple signing payload names the image; a bundle's statement is judged as its `artifact`."""
    if stored.form != "simple signing":
        return None
    evidence = {"docker-reference": stored.reference}
    title = "Does the payload name this image"
    if stored.flaw is not None:
        return Step("payload", title, "fail", stored.flaw, evidence)
    return Step("payload", title, "pass", f"names this image, signed as {stored.reference}", evidence)


def signature_of(judged: Judged) -> ImageSignature:
    """The report of a signature."""
    report = judged.report
    return ImageSignature(
        judged.verdict,
        judged.code,
        judged.rule,
        judged.reason,
        judged.stored.form,
        judged.stored.where,
        report.signer if report else None,
        report.verified_time if report else None,
        judged.stored.reference,
        judged.steps,
    )


def attestation_of(
    judged: Judged, question: ImageQuestion, digest: str, good: Judged | None
) -> ImageAttestation:
    """The report of an attestation about the image `digest`; `good` is a good signature of that image."""
    stored, report = judged.stored, judged.report
    expected = expected_of(question, judged.leaf or (good.leaf if good else None))
    step, facts = provenance_step(stored.predicate_type, stored.payload, stored.where, expected)
    verdict, code, rule, reason = judged.verdict, judged.code, judged.rule, judged.reason
    if step is not None and step.status == "fail":
        step = replace(step, after_verdict=verdict != "accept")
        # A refusal beats a doubt: what is proved to be of another build needs no proof of time.
        if verdict in ("accept", "unknown"):
            verdict, code, rule, reason = "reject", OTHER_BUILD.id, step.id, step.detail
    return ImageAttestation(
        stored.predicate_type,
        verdict,
        signed=judged.verdict == "accept",
        covered=False,
        about=digest,
        code=code,
        rule=rule,
        reason=reason,
        form=stored.form,
        where=stored.where,
        signer=report.signer if report else None,
        facts=facts,
        steps=(*judged.steps, *((step,) if step else ())),
    )


def expected_of(question: ImageQuestion, leaf: x509.Certificate | None) -> Expected | None:
    """Who was to build, by the policy; None where its identity is no workflow's (a person's address).

    A bare key says nothing about a build, so that the preset holds unless a builder is named. With an
    expression of the operator's own, repository and workflow are those that the certificate names, which the
    policy has accepted.
    """
    preset, commit = question.policy.preset, _commit_of(leaf)
    identity = question.builder or question.policy.identity
    expression = identity.expression if identity else None
    own = (preset.identity_regexp, preset.documented)
    if identity is None or (expression is not None and expression.pattern in own):
        # The documented expression is loose; a provenance is held against the escaped one.
        found_in = compile_expression(preset.identity_regexp).found_in
        return Expected(found_in, preset.identity_regexp, preset.repository, preset.workflow, commit)
    if expression is None:
        exact = str(identity.identity)
        parts = workflow_of(exact)
        return Expected(lambda name: name == exact, exact, parts[0], parts[1], commit) if parts else None
    named = next((found for name in _names(leaf) if (found := workflow_of(name))), None)
    if named is None and question.builder is None:
        return None
    repository, workflow = (named[0], named[1]) if named else (None, None)
    return Expected(expression.found_in, expression.pattern, repository, workflow, commit)


def _names(leaf: x509.Certificate | None) -> tuple[str, ...]:
    return alternative_names(leaf) if leaf is not None else ()


def _commit_of(leaf: x509.Certificate | None) -> str | None:
    """The commit that the certificate names; None where it names none that can be read."""
    if leaf is None:
        return None
    try:
        return extension_text(leaf, SOURCE_COMMIT)
    except (MalformedInput, *BROKEN_FIELDS):
        return None


def provenance_step(
    predicate_type: str | None, payload: bytes | None, where: str, expected: Expected | None
) -> tuple[Step | None, Mapping[str, object]]:
    """Whether a provenance agrees with what is expected, and its facts; None where it is no provenance."""
    title = "Was it built by whom is wanted"
    if predicate_type is None or payload is None:
        return None, {}
    try:
        found = read_provenance(predicate_type, payload, where)
    except InputError as error:
        return Step("build", title, "fail", f"the provenance cannot be read: {error}"), {}
    if found is None:
        return None, {}
    facts = found.facts()
    if expected is None:
        return Step(
            "build", title, "info", "the identity asked for is no workflow to compare with", facts
        ), facts
    flaws = expected.flaws(found)
    if flaws:
        return Step("build", title, "fail", "; ".join(flaws), {**facts, "wanted": expected.wanted}), facts
    if not facts:
        return Step("build", title, "warn", "the provenance names neither builder nor repository"), facts
    words = ", ".join(
        f"{name} {value}" for name, value in facts.items() if name in ("repository", "ref", "commit")
    )
    return Step("build", title, "pass", words or f"builder {found.builder}", facts), facts
