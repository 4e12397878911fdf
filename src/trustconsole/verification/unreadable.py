"""An artefact that cannot be read: what the controller would say where that was observed, else `unknown`."""

from __future__ import annotations

from trustconsole.errors import InputError, MissingFile
from trustconsole.trust_root import TrustRootReport
from trustconsole.verification.case import Policy
from trustconsole.verification.loading import SidecarChoice
from trustconsole.verification.report import ControllerVerdict


def judge_unreadable_artifact(
    error: InputError, choice: SidecarChoice, policy: Policy, trust_root: TrustRootReport | None
) -> ControllerVerdict:
    """The build's answer for a missing artefact; everything else about unreadable files was not observed."""
    if policy.config is not None and policy.config.controller.starts is False:
        start = policy.config.controller
        message = start.message or start.boot_error
        return ControllerVerdict(
            "no-boot", "config", start.exception, message=message, reason="the controller does not start"
        )
    load = trust_root.controller[choice.mode] if trust_root is not None else None
    if load is not None and load.loads is False:
        return ControllerVerdict(
            "no-boot", "load", load.exception, message=load.error, reason="the trust root does not load"
        )
    if not isinstance(error, MissingFile) or choice.sidecar is None or policy.config is not None:
        return ControllerVerdict("unknown", "verify", reason=f"the artefact cannot be read here: {error}")
    message = (
        f"failed to read cosign bundle: {choice.sidecar.path}"
        if choice.mode == "COSIGN_BUNDLE"
        else "failed to read module bytes for verification"
    )
    return ControllerVerdict(
        "error",
        "verify",
        "UncheckedIOException",
        500,
        "INTERNAL_ERROR",
        message,
        reason="there is no artefact",
    )
