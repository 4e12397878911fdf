"""One bundle, one answer: the only way into the checks of `verify-bundle`."""

from __future__ import annotations

from datetime import datetime

from trustconsole.verification.client.case import BundleCase, BundleState
from trustconsole.verification.client.checks import BUNDLE_CHECKS
from trustconsole.verification.client.findings import observe_bundle
from trustconsole.verification.client.report import BundleReport, BundleVerdict
from trustconsole.verification.engine import run_checks
from trustconsole.verification.material import signer_of


def verify_bundle(case: BundleCase, *, root_taken: datetime | None = None) -> BundleReport:
    """Judge `case`; never raises over the bundle. `root_taken` is the date of a packaged trusted root."""
    state = BundleState()
    outcome = run_checks(BUNDLE_CHECKS, case, state)
    decision = outcome.decision
    verdict: BundleVerdict = "accept"
    if decision is not None:
        verdict = "error" if decision.verdict == "error" else "reject"
    bundle = state.bundle
    return BundleReport(
        artifact=case.artifact.name,
        sha256=case.artifact.sha256,
        size=case.artifact.size,
        bundle=case.bundle_path,
        media_type=bundle.media_type if bundle else None,
        verdict=verdict,
        rule=outcome.rule,
        reason=decision.reason if decision else "signature, signer, time and log all verify",
        signer=signer_of(bundle.material, state.key) if bundle else None,
        times=state.evidence.times if state.evidence else (),
        at=case.now,
        trusted_root=case.root.path,
        trusted_root_sha256=case.root.sha256,
        trusted_root_taken=root_taken,
        steps=outcome.steps,
        findings=tuple(observe_bundle(case, state, accepted=decision is None, taken=root_taken)),
    )
