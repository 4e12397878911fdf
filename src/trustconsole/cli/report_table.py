"""Many verification reports for people: a line for each, why some are refused or differ, and the counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from trustconsole.api import Verdict, VerificationReport
from trustconsole.cli import blocks
from trustconsole.cli.output import Stream
from trustconsole.cli.report_text import sentence_of, sign_of, verdict_of
from trustconsole.cli.signs import ACCEPT, BY_VERDICT, DIFFER, NEUTRAL, WARN, Sign
from trustconsole.cli.styled import Styled
from trustconsole.cli.table import Column, print_table
from trustconsole.text import plural

_COLUMNS: Final = (
    Column(""),
    Column("artefact", least=16),
    Column("documented"),
    Column("controller"),
    Column("signer", least=8, leaves=1, most=24),
)


@dataclass(frozen=True, slots=True)
class Line:
    """What a list shows of one report. `told` are (sign, sentence, next step) below the table."""

    artefact: str
    sign: Sign
    documented: Verdict
    controller: Verdict
    signer: str
    differs: bool
    told: tuple[tuple[Sign, str, str | None], ...]

    @classmethod
    def of(cls, report: VerificationReport) -> Self:
        """The line of a report, which may then be forgotten."""
        return cls(
            report.artifact,
            sign_of(report),
            report.documented.verdict,
            report.controller.verdict,
            _signer(report),
            report.agree is False,
            _told(report),
        )


def _signer(report: VerificationReport) -> str:
    signer = report.signer
    if signer is None:
        return "none" if report.sidecar.kind == "none" else "unknown"
    name = next(iter(signer.san), None) or signer.subject
    return blocks.names([name]) if name else signer.spki_sha256[:8]


def _told(report: VerificationReport) -> tuple[tuple[Sign, str, str | None], ...]:
    """Why it is refused or differs; of one that is installed, what is known against it."""
    sign = sign_of(report)
    if sign not in (ACCEPT, NEUTRAL):
        step = next((finding.next for finding in report.findings if finding.severity == "error"), None)
        return ((sign, sentence_of(report), step),)
    doubts = (finding for finding in report.findings if finding.severity != "info")
    return tuple((WARN, finding.summary, finding.next) for finding in doubts)


def print_many(out: Stream, lines: Sequence[Line]) -> None:
    """The table, the explanations (refusals first), the counts."""
    parents = {str(Path(line.artefact).parent) for line in lines}
    brief = len(parents) == 1
    if brief:
        out.row(Styled(), out.text(f"in {parents.pop()}", "muted"))
    print_table(out, _COLUMNS, [_row(out, line, brief=brief) for line in lines])
    out.line()
    for doubts in (False, True):
        for line in lines:
            for sign, sentence, step in line.told:
                if (sign is WARN) is doubts:
                    _tell(out, line, sign, sentence, step)
    if any(line.told for line in lines):
        out.line()
    out.row(Styled(), _counts(out, lines))


def _tell(out: Stream, line: Line, sign: Sign, sentence: str, step: str | None) -> None:
    name = out.text(f"{Path(line.artefact).name}: ", "bold")
    out.row(out.sign(sign) + out.text(" "), name + out.text(sentence))
    if step:
        out.row(out.text("  next  ", "muted"), out.text(step))


def _row(out: Stream, line: Line, *, brief: bool) -> list[Styled]:
    return [
        out.sign(line.sign),
        out.text(Path(line.artefact).name if brief else line.artefact),
        verdict_of(out, line.documented),
        verdict_of(out, line.controller),
        out.text(line.signer, "muted"),
    ]


def _counts(out: Stream, lines: Sequence[Line]) -> Styled:
    documented = Counter(line.documented for line in lines)
    controller = Counter(line.controller for line in lines)
    differ = sum(line.differs for line in lines)
    parts = [out.text(plural(len(lines), "artefact"), "bold")]
    parts.append(out.text(f"documented {_listed(documented)}"))
    parts.append(out.text(f"controller {_listed(controller)}"))
    if differ:
        parts.append(out.state(DIFFER, f"{differ} differ{'s' if differ == 1 else ''}"))
    return out.separated(parts)


def _listed(counts: Counter[Verdict]) -> str:
    return ", ".join(f"{counts[verdict]} {verdict}" for verdict in BY_VERDICT if counts[verdict])
