"""What the console tells an operator about a file: one shape for every room.

A room keeps its findings as one table of `FindingKind` rows with stable ids; `FindingKind.at` fills a row's
sentences with facts. Texts may quote untrusted input: they pass `text.visible` when shown.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Literal

Severity = Literal["error", "warning", "info"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")


@dataclass(frozen=True, slots=True)
class Finding:
    """One fact with its cause and the next step; `path` and 1-based `line` say where it stands."""

    id: str
    severity: Severity
    summary: str
    cause: str
    next: str
    path: str | None = None
    line: int | None = None

    def to_dict(self) -> dict[str, object]:
        """The JSON object of `interface.md`."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class FindingKind:
    """A row of a room's table; the three sentences are `str.format` templates of the facts given to `at`."""

    id: str
    severity: Severity
    summary: str
    cause: str
    next: str

    def at(self, path: str | None = None, line: int | None = None, **facts: object) -> Finding:
        """The finding at a place, its sentences filled from `facts`."""
        return Finding(
            self.id,
            self.severity,
            self.summary.format(**facts),
            self.cause.format(**facts),
            self.next.format(**facts),
            path,
            line,
        )


def worst(findings: tuple[Finding, ...] | list[Finding]) -> Severity | None:
    """The gravest severity among them, None where there are none."""
    return min((f.severity for f in findings), key=SEVERITIES.index, default=None)
