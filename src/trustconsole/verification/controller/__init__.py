"""The controller reading: what the running build does with a bundle."""

from trustconsole.verification.controller.checks import (
    CONTROLLER_CHECKS,
    judge_as_controller,
    judge_unreadable_artifact,
    start_verdict,
)
from trustconsole.verification.controller.state import ControllerState

__all__ = [
    "CONTROLLER_CHECKS",
    "ControllerState",
    "judge_as_controller",
    "judge_unreadable_artifact",
    "start_verdict",
]
