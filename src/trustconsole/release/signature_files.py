"""The signature of a checksums file: which files beside it hold one, and reading each in whatever form it is.

A bundle's content, never its name, says which format it has: GoReleaser writes legacy bundles under
`.sigstore.json`. Judging what was read is the business of `signing`.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from trustconsole import limits
from trustconsole.errors import InputError, MalformedInput
from trustconsole.findings import Finding, FindingKind
from trustconsole.release import findings as kinds
from trustconsole.release.forms import of_legacy, of_parts, read_certificate
from trustconsole.release.policy import SignerPolicy
from trustconsole.release.signing import SignatureReport, judge_signature
from trustconsole.release.signing_state import SignedObject
from trustconsole.storage import read_bounded
from trustconsole.verification import Step, Verdict
from trustconsole.verification.log_entry import LogEntry
from trustconsole.verification.material import Material
from trustconsole.verification.sidecar_formats import LegacyBundle, read_bundle, read_detached
from trustconsole.verification.signed_content import SignedContent, content_of_bytes
from trustconsole.verification.sigstore.bundle import SigstoreBundle

BUNDLE_SUFFIXES: Final = (".sigstore.json", ".cosign.bundle", ".bundle")
SIGNATURE_SUFFIX: Final = ".sig"
CERTIFICATE_SUFFIX: Final = ".pem"
_PARSE: Final = ("parse", "Which signature is here, and does it read strictly")


@dataclass(frozen=True, slots=True)
class Fetched:
    """Log entries that come from elsewhere; `demanded`: the operator named them, so one must hold."""

    entries: tuple[LogEntry, ...] = ()
    demanded: bool = False


def signature_names(checksums: str) -> tuple[str, ...]:
    """The names that a signature of a file of that name may have, in the order in which they are tried."""
    return tuple(
        f"{checksums}{suffix}" for suffix in (*BUNDLE_SUFFIXES, SIGNATURE_SUFFIX, CERTIFICATE_SUFFIX)
    )


def judge_signatures(
    checksums: Path, data: bytes, policy: SignerPolicy, fetched: Fetched
) -> tuple[SignatureReport, ...]:
    """Every signature beside `checksums` (whose bytes are `data`), in order, up to the first good one.

    At least one report: where there is no signature, it says so. Never raises over the files.
    """
    content = content_of_bytes(data)
    reports: list[SignatureReport] = []
    for suffix in (*BUNDLE_SUFFIXES, SIGNATURE_SUFFIX):
        path = checksums.with_name(checksums.name + suffix)
        if not os.path.lexists(path):
            continue
        reports.append(_judge(path, checksums, content, policy, fetched))
        if reports[-1].verdict == "accept":
            break
    return tuple(reports) or (_none(checksums),)


def best(reports: Sequence[SignatureReport]) -> tuple[SignatureReport, tuple[Finding, ...]]:
    """The one that decides (accept before unknown before any refusal), and a finding about each other."""
    order = ("accept", "unknown", "reject", "error")
    chosen = min(reports, key=lambda report: order.index(report.verdict))
    others = tuple(
        kinds.OTHER_SIGNATURE.at(report.source, reason=f"{report.source}: {report.reason}")
        for report in reports
        if report is not chosen
    )
    return chosen, others


def _judge(
    path: Path, checksums: Path, content: SignedContent, policy: SignerPolicy, fetched: Fetched
) -> SignatureReport:
    try:
        if path.name.endswith(SIGNATURE_SUFFIX):
            form, bundle = _loose(path, checksums, wanted=policy.key is None)
        else:
            form, bundle = _bundle(path)
    except InputError as error:
        return _unreadable(path, error)
    signed = SignedObject(str(path), form, content, bundle, fetched.entries, fetched.demanded)
    report = judge_signature(signed, policy)
    step = Step(*_PARSE, "pass", f"{path.name}: {form}", {"path": str(path), "media_type": bundle.media_type})
    return _with_step(report, step)


def _loose(path: Path, checksums: Path, *, wanted: bool) -> tuple[str, SigstoreBundle]:
    """A `.sig` and the certificate beside it, which a signature by a bare key does without."""
    signature = read_detached(
        read_bounded(path, limits.SIDECAR_BYTES, what="signature").data, path.name
    ).signature
    beside = checksums.with_name(checksums.name + CERTIFICATE_SUFFIX)
    material: Material | None = None
    if wanted and os.path.lexists(beside):
        material = read_certificate(
            read_bounded(beside, limits.PEM_BYTES, what="certificate").data, beside.name
        )
    named = " and certificate" if material is not None else ""
    return f"detached signature{named}", of_parts(signature, material)


def _bundle(path: Path) -> tuple[str, SigstoreBundle]:
    read = read_bundle(read_bounded(path, limits.SIDECAR_BYTES, what="bundle").data, path.name)
    if not isinstance(read, LegacyBundle):
        return f"Sigstore bundle of version {read.version}", read
    if read.entry_error is not None:
        raise MalformedInput(
            f"has a rekorBundle that cannot be used: {read.entry_error}", location=read.entry_error.location
        )
    return "legacy cosign bundle", of_legacy(read)


def _with_step(report: SignatureReport, step: Step) -> SignatureReport:
    return replace(report, steps=(step, *report.steps))


def _unreadable(path: Path, error: InputError) -> SignatureReport:
    """What is malformed is refused; what cannot be read, or is beyond a limit, could not be judged."""
    malformed = isinstance(error, MalformedInput)
    return _report(
        str(path), "unreadable", "reject" if malformed else "error", kinds.SIGNATURE_UNREADABLE, str(error)
    )


def _none(checksums: Path) -> SignatureReport:
    looked_for = ", ".join(signature_names(checksums.name)[:-1])
    reason = f"there is no signature of {checksums.name}"
    return _report(str(checksums), "none", "reject", kinds.SIGNATURE_MISSING, reason, looked_for=looked_for)


def _report(
    source: str, form: str, verdict: Verdict, kind: FindingKind, reason: str, looked_for: str = ""
) -> SignatureReport:
    finding = kind.at(source, reason=reason, name=Path(source).name, looked_for=looked_for)
    step = Step(*_PARSE, "fail", reason, {"path": source})
    return SignatureReport(
        source, form, verdict, kind.id, step.id, reason, None, None, (step,), (finding,), unlogged=False
    )
