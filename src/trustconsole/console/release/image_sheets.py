"""The sheets of an image: the whole of it, a signature, an attestation, a platform, a blob."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from trustconsole.api import ImageAttestation, ImageBlob, ImageReport, ImageSignature, Platform, Signer
from trustconsole.console.display import Display
from trustconsole.console.release.sheets import evidence_words, show_step
from trustconsole.console.sheet import Copyable, Level, Sheet
from trustconsole.console.signs import Sign
from trustconsole.text import human_bytes, plural, sentence

LISTED: Final = 200
"""Blobs named in one sheet; the tree names them all."""


def digest8(digest: str) -> str:
    """The first eight digits of a digest, for lists."""
    return digest.rpartition(":")[2][:8]


def counted(blobs: Mapping[str, int]) -> str:
    """Blobs by condition: `7 ok, 1 missing`."""
    return ", ".join(f"{count} {condition}" for condition, count in blobs.items())


def pull_words(report: ImageReport) -> str:
    """The line to pull what was verified, or why there is none."""
    if report.verdict != "accept":
        return "nothing to pull: this image is not accepted"
    return report.pull or f"the copy names no repository; pull {report.digest} from yours, by that digest"


def image_sheet(
    display: Display, report: ImageReport, chosen: ImageSignature | None, sign: Sign, level: Level
) -> Sheet:
    """Verdict and what to pull; then signer, findings and trace; with evidence everything that was found."""
    sheet = Sheet(display, display.text(report.reference), display.state(sign, report.verdict))
    copied = ("the line to pull", report.pull) if report.pull else ("the digest", report.digest)
    sheet.copy = Copyable(copied[0], copied[1]) if copied[1] else Copyable("the reference", report.reference)
    sheet.more = Copyable("the digest", report.digest or "")
    sheet.say(sign, f"{report.verdict}: {sentence(report.reason)}", sign.style if sign.gravity else "")
    sheet.fact("pull", pull_words(report))
    if level == 0:
        return sheet
    _facts(sheet, report, chosen)
    sheet.findings(report.findings)
    if level == 2:
        _everything(sheet, report)
    elif chosen is not None:
        sheet.heading("Trace")
        for step in chosen.steps:
            show_step(sheet, step, level)
    return sheet


def _facts(sheet: Sheet, report: ImageReport, chosen: ImageSignature | None) -> None:
    policy = report.policy
    sheet.fact("digest", report.digest)
    if policy is not None:
        sheet.fact("trusted", policy.trust)
        sheet.fact("wanted", policy.identity)
        sheet.fact("issuer", policy.issuer)
    if chosen is not None:
        sheet.fact("signer", _who(chosen.signer))
        if chosen.verified_time is not None:
            sheet.fact("signed at", sheet.display.moment(chosen.verified_time))
    sheet.fact("platforms", ", ".join(platform.name for platform in report.platforms))
    sheet.fact("blobs", counted(report.blobs))
    if policy is not None:
        sheet.fact("judged at", sheet.display.moment(policy.at))


def _who(signer: Signer | None) -> str | None:
    return (", ".join(signer.san) or signer.spki_sha256) if signer is not None else None


def _everything(sheet: Sheet, report: ImageReport) -> None:
    for number, signature in enumerate(report.signatures, 1):
        sheet.heading(f"Signature {number} of {len(report.signatures)}")
        _signature(sheet, signature, 2)
    for number, attestation in enumerate(report.attestations, 1):
        sheet.heading(f"Attestation {number} of {len(report.attestations)}")
        _attestation(sheet, attestation, 2)
    if report.platforms:
        sheet.heading("Platforms")
    for platform in report.platforms:
        sheet.fact(platform.name, platform.digest)
    if report.content:
        sheet.heading("Blobs")
    for blob in report.content[:LISTED]:
        sheet.fact(blob.condition, f"{blob.digest}  {blob.media_type}  {blob.reason}".rstrip())
    if len(report.content) > LISTED:
        sheet.say(None, f"and {len(report.content) - LISTED:,} more")


def signature_sheet(
    display: Display, report: ImageReport, signature: ImageSignature, sign: Sign, level: Level
) -> Sheet:
    """One signature: what it came to and every step."""
    sheet = Sheet(display, display.text(signature.form), display.state(sign, signature.verdict))
    sheet.say(sign, f"{signature.verdict}: {sentence(signature.reason)}")
    sheet.copy = Copyable("where the signature is", signature.where)
    sheet.more = Copyable("the signer", _who(signature.signer) or "")
    _signature(sheet, signature, level)
    if report.rule in [step.id for step in signature.steps]:
        sheet.findings(finding for finding in report.findings if finding.id == report.code)
    return sheet


def _signature(sheet: Sheet, signature: ImageSignature, level: Level) -> None:
    sheet.fact("form", signature.form)
    sheet.fact("from", signature.where)
    sheet.fact("made for", signature.reference)
    sheet.fact("signer", _who(signature.signer))
    if signature.verified_time is not None:
        sheet.fact("signed at", sheet.display.moment(signature.verified_time))
    for step in signature.steps if level else ():
        show_step(sheet, step, level)


def attestation_sheet(
    display: Display, report: ImageReport, attestation: ImageAttestation, sign: Sign, level: Level
) -> Sheet:
    """One attestation: what it says, what makes that count, and every step."""
    title = display.text(attestation.predicate_type or attestation.form)
    sheet = Sheet(display, title, display.state(sign, attestation.verdict))
    sheet.say(sign, f"{attestation.verdict}: {sentence(attestation.reason)}")
    sheet.copy = Copyable("where the attestation is", attestation.where)
    said = [f"{name} {evidence_words(value)}" for name, value in attestation.facts.items()]
    sheet.more = Copyable("what it says", "\n".join(said))
    _attestation(sheet, attestation, level)
    if attestation.code is not None:
        sheet.findings(finding for finding in report.findings if finding.id == attestation.code)
    return sheet


def _attestation(sheet: Sheet, attestation: ImageAttestation, level: Level) -> None:
    sheet.fact("predicate", attestation.predicate_type or "not known")
    sheet.fact("form", attestation.form)
    sheet.fact("from", attestation.where)
    sheet.fact("about", attestation.about)
    sheet.fact("trusted by", _backing(attestation))
    sheet.fact("signer", _who(attestation.signer))
    for name, value in attestation.facts.items():
        sheet.fact(name, evidence_words(value))
    for step in attestation.steps if level else ():
        show_step(sheet, step, level)


def _backing(attestation: ImageAttestation) -> str:
    """What makes its words count."""
    if attestation.signed:
        return "its own signature"
    return "the signature of the index that names it" if attestation.covered else "nothing"


def platform_sheet(display: Display, report: ImageReport, platform: Platform, sign: Sign) -> Sheet:
    """One platform, and what of it is good to know before it is pulled."""
    sheet = Sheet(display, display.text(platform.name))
    sheet.say(sign, "Covered by the signature." if report.signed else "No good signature covers it.")
    sheet.fact("digest", platform.digest)
    said = [one for one in report.attestations if one.about == platform.digest]
    sheet.fact("attestations", plural(len(said), "attestation") if said else "none of its own")
    sheet.copy = Copyable("the digest of the platform", platform.digest)
    return sheet


def blob_sheet(display: Display, report: ImageReport, blob: ImageBlob, sign: Sign) -> Sheet:
    """One blob: how it stands, and what it is."""
    sheet = Sheet(display, display.text(digest8(blob.digest)), display.state(sign, blob.condition))
    why = f": {blob.reason}" if blob.reason else ""
    sheet.say(sign, f"{blob.condition}{why}", sign.style if sign.gravity > 2 else "")
    sheet.fact("digest", blob.digest)
    sheet.fact("media type", blob.media_type)
    sheet.fact("size", human_bytes(blob.size))
    if blob.condition == "ok" and not report.signed:
        sheet.say(None, "It is what its digest says, but no good signature covers that digest.")
    if blob.condition == "remote":
        sheet.say(None, "It was not fetched; whoever pulls it by its digest hashes it.")
    sheet.copy = Copyable("the digest", blob.digest)
    sheet.findings(finding for finding in report.findings if blob.digest in finding.cause)
    return sheet
