"""The documented reading: what the documentation promises, fail-closed and sound."""

from trustconsole.verification.documented.anchors import anchors_of
from trustconsole.verification.documented.assessment import why_nothing_is_proved
from trustconsole.verification.documented.checks import DOCUMENTED_CHECKS, nothing_to_judge_with
from trustconsole.verification.documented.state import DocumentedState

__all__ = [
    "DOCUMENTED_CHECKS",
    "DocumentedState",
    "anchors_of",
    "nothing_to_judge_with",
    "why_nothing_is_proved",
]
