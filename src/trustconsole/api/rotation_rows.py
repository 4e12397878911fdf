"""From the evidence of a rotation to what is shown of it: rows of modules, the gate, what would start."""

from __future__ import annotations

from collections.abc import Sequence

from trustconsole.api.rotation_evidence import signed_at
from trustconsole.api.rotation_view import RotationModule
from trustconsole.api.survey import Survey
from trustconsole.records import Plan, RotationKind
from trustconsole.rotation import READINGS, Case, Gate, Position, Signing, Tracked, commands_for, gate_of
from trustconsole.text import rfc3339


def gate_now(step: Position, case: Case) -> Gate:
    """The gate under way; at the end that of the last step, which says what was checked."""
    return gate_of(step if isinstance(step, int) else 5, case)


def signing_of(survey: Survey, kind: RotationKind) -> Signing:
    """What the controller of this look wants of a new signature."""
    policy = survey.setting.policy if survey.setting is not None else None
    if policy is None:
        return Signing(kind)
    return Signing(kind, policy.mode or "COSIGN_BUNDLE", policy.rekor_policy == "REQUIRE_SET")


def row_of(tracked: Tracked, plan: Plan, signing: Signing) -> RotationModule:
    """One module with why it does not verify with the new key alone, and the commands that it still needs."""
    module = tracked.module
    verdicts = module.under["removed"]
    failing = next((reading for reading in tracked.wanted if not verdicts.accepted(reading)), None)
    signed = signed_at(module.sidecar)
    return RotationModule(
        tracked,
        _why(tracked, verdicts.why(failing) if failing else ""),
        signed,
        signed is not None and rfc3339(signed) > plan.started,
        commands_for(module, signing)
        if tracked.standing in ("old_only", "neither") and not tracked.altered
        else (),
    )


def _why(tracked: Tracked, why: str) -> str:
    if tracked.altered:
        return "its bytes are not those that were accepted at the start, and no key vouches for them"
    return why


def starting(tracked: Sequence[Tracked]) -> tuple[str, ...]:
    """Modules that are refused today and would be accepted with the new block."""
    return tuple(
        one.module.name
        for one in tracked
        for reading in READINGS[:1]
        if not one.module.under["now"].accepted(reading) and one.module.under["added"].accepted(reading)
    )
