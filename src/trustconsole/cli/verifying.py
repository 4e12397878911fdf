"""`verify`: both verdicts about modules, as text or JSON Lines, and the exit code of the chosen reading."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from trustconsole import api
from trustconsole.api import VerificationReport, VerifyOptions
from trustconsole.cli import exit_codes
from trustconsole.cli.call import Call
from trustconsole.cli.output import Output
from trustconsole.cli.progress import Progress
from trustconsole.cli.report_table import Line, print_many
from trustconsole.cli.report_text import print_one
from trustconsole.cli.signs import DIFFER


@dataclass(slots=True)
class Tally:
    """What is kept of reports that have been printed; a report itself is too large to keep thousands of."""

    reading: exit_codes.Reading
    documented: Counter[str] = field(default_factory=Counter)
    controller: Counter[str] = field(default_factory=Counter)
    codes: Counter[int] = field(default_factory=Counter)
    differing: list[tuple[str, str, str]] = field(default_factory=list)
    unknown: int = 0

    def add(self, report: VerificationReport) -> None:
        """Count one artefact."""
        documented, controller = report.documented.verdict, report.controller.verdict
        self.documented[documented] += 1
        self.controller[controller] += 1
        readable = report.sha256 is not None
        code = exit_codes.of_verification(documented, controller, readable=readable, reading=self.reading)
        self.codes[code] += 1
        self.unknown += report.agree is None
        if report.agree is False:
            self.differing.append((report.artifact, documented, controller))

    def summary(self, code: int) -> dict[str, object]:
        """`trustconsole/summary/1`: how many artefacts have which verdict, in either reading."""
        return {
            "schema": "trustconsole/summary/1",
            "artifacts": self.documented.total(),
            "documented": dict(sorted(self.documented.items())),
            "controller": dict(sorted(self.controller.items())),
            "disagreements": len(self.differing),
            "unknown": self.unknown,
            "reading": self.reading,
            "exit_code": code,
        }


def verify(call: Call) -> int:
    """Verify what was named, print it, and say on standard error where the readings differ."""
    output, tally = call.output, Tally(call.values.reading)
    lines: list[Line] = []
    only: VerificationReport | None = None
    with Progress(output.err, "verifying") as progress:
        output.before_write = progress.clear
        run = api.verify_all(_wanted(call), progress=progress.tell)
        for report in _counted(run.reports, tally):
            if output.json:
                output.json_line(report.to_dict())
            elif run.total == 1:
                only = report
            else:
                lines.append(Line.of(report))
    code = exit_codes.of_all(tally.codes)
    if run.problems:
        code = exit_codes.worst((code, exit_codes.USAGE))
    if output.json:
        output.json_line(tally.summary(code))
    elif only is not None:
        print_one(output.out, only)
    elif lines:
        print_many(output.out, lines)
    _notes(output, tally, run.problems)
    return code


def _wanted(call: Call) -> VerifyOptions:
    values = call.values
    return VerifyOptions(
        artifacts=tuple(values.artifact),
        trust_root=values.trust_root,
        mode=values.mode,
        rekor_policy=values.rekor_policy,
        rekor_key=values.rekor_key,
        sidecar=values.sidecar,
        trusted_root=values.trusted_root,
        at=values.at,
        jobs=values.jobs,
        options=call.options,
    )


def _counted(reports: Iterator[VerificationReport], tally: Tally) -> Iterator[VerificationReport]:
    for report in reports:
        tally.add(report)
        yield report


def _notes(output: Output, tally: Tally, problems: tuple[str, ...]) -> None:
    for problem in problems:
        output.note(problem)
    if not tally.documented:
        output.note(
            "no module is there, so nothing was verified",
            hint="a module is *.jar, *.zip or a file with a signature file; name one, or give --modules DIR",
        )
    for artefact, documented, controller in tally.differing:
        verdicts = f"documented {documented}, controller {controller}"
        output.note(f"{Path(artefact).name}: the readings differ: {verdicts}", sign=DIFFER)
