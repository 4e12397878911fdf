"""Whether the controller would start, and would verify at all: the steps `profile` and `trust-root`."""

from __future__ import annotations

from trustconsole.controller_config.report import ConfigReport
from trustconsole.text import plural
from trustconsole.trust_root.model import LoadAs, TrustRootReport
from trustconsole.verification.case import Case
from trustconsole.verification.controller.answers import no_boot, skipped, unknown
from trustconsole.verification.controller.state import ControllerState
from trustconsole.verification.engine import Decision, Result

_NEEDS_COSIGN = "modules.signing.rekor.policy=REQUIRE_SET requires modules.signing.mode=COSIGN_BUNDLE"
_NEEDS_KEY = "modules.signing.rekor.publicKey must be configured when policy=REQUIRE_SET"
_NEEDS_ROOT = "modules.signing.trustRoot must be configured when modules.signing.required=true"


def check_profile(case: Case, state: ControllerState) -> Result:
    """Does the build start with this configuration, and does it verify."""
    state.mode = case.policy.mode or "COSIGN_BUNDLE"
    config = case.policy.config
    if config is not None:
        return _by_config(config)
    evidence: dict[str, object] = {"mode": state.mode, "rekor_policy": case.policy.rekor_policy}
    if case.policy.rekor_policy == "REQUIRE_SET":
        if state.mode != "COSIGN_BUNDLE":
            return _refuses_start(_NEEDS_COSIGN)
        if case.rekor_key is None:
            return _refuses_start(_NEEDS_KEY)
    if not case.policy.enforced:
        return _does_not_verify(evidence)
    if case.trust_root is None:
        return _refuses_start(_NEEDS_ROOT)
    return Result("pass", "the controller verifies signatures", evidence)


def _refuses_start(message: str) -> Result:
    return no_boot("config", f"the controller refuses to start: {message}", None, message)


def _does_not_verify(evidence: dict[str, object]) -> Result:
    reason = "the controller does not verify signatures under this profile and installs any module"
    return Result("info", reason, evidence, Decision("unsigned-allowed", reason))


def _by_config(config: ConfigReport) -> Result:
    start = config.controller
    if start.starts is None:
        return unknown("config", config.error or "whether the controller starts with this configuration")
    if not start.starts:
        if start.stage == "boot":
            exception, message = _boot_error(start.boot_error or "")
            return no_boot("load", f"the controller does not start: {message}", exception, message)
        refusal = start.message or (start.errors[0] if start.errors else None)
        shown = (
            start.errors[0] if start.errors else refusal or start.exception or "its configuration is refused"
        )
        return no_boot("config", f"the controller does not start: {shown}", start.exception, refusal)
    effective = config.effective
    verifier = effective.verifier if effective else None
    evidence: dict[str, object] = {"verifier": verifier, "config": config.path}
    if verifier == "NOOP":
        return _does_not_verify(evidence)
    return Result("pass", f"the controller verifies signatures with {verifier}", evidence)


def _boot_error(text: str) -> tuple[str, str]:
    """Exception and message of a boot error, `IllegalStateException: trust bundle …`."""
    exception, separator, message = text.partition(": ")
    return (exception, message) if separator else (text, text)


def check_trust_root(case: Case, state: ControllerState) -> Result:
    """What the build loads; a file that does not load stops the start."""
    root = case.trust_root
    if root is None:
        return skipped("no trust root is configured")
    refusal = _load(root, state.mode, "trust root")
    if refusal is not None:
        return refusal
    load = root.controller[state.mode]
    state.keys, state.anchors = load.keys, load.certificates
    if (
        case.policy.rekor_policy == "REQUIRE_SET"
        and state.mode == "COSIGN_BUNDLE"
        and case.rekor_key is not None
    ):
        refusal = _load(case.rekor_key, "REKOR", "Rekor key file")
        if refusal is not None:
            return refusal
        state.log_keys = case.rekor_key.controller["REKOR"].keys
    state.loaded = True
    evidence: dict[str, object] = {
        "path": root.path,
        "keys": [key.sha256 for key in state.keys],
        "certificates": [anchor.sha256 for anchor in state.anchors],
    }
    counts = f"{plural(len(state.keys), 'key')} and {plural(len(state.anchors), 'certificate')}"
    return Result("pass", f"the controller loads {counts}", evidence)


def _load(report: TrustRootReport, role: LoadAs, what: str) -> Result | None:
    load = report.controller.get(role)
    if load is None or load.loads is None:
        why = (load.error if load else report.error) or f"what the controller loads from the {what}"
        return unknown("load", why)
    if load.loads:
        return None
    return no_boot(
        "load",
        f"the controller does not start: the {what} does not load: {load.error}",
        load.exception,
        load.error,
    )
