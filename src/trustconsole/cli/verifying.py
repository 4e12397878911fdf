"""`verify`: both verdicts about modules, as text or JSON Lines, and the exit code of the chosen reading."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from trustconsole import api
from trustconsole.api import VerificationReport, VerifyOptions
from trustconsole.cli import exit_codes
from trustconsole.cli.call import Call
from trustconsole.cli.output import Output
from trustconsole.cli.progress import Progress
from trustconsole.cli.report_text import print_many, print_one
from trustconsole.cli.signs import DIFFER


def verify(call: Call) -> int:
    """Verify what was named, print it, and say on standard error where the readings differ."""
    values, output = call.values, call.output
    with Progress(output.err, "verifying") as progress:
        output.before_write = progress.clear
        run = api.verify_all(
            VerifyOptions(
                artifacts=tuple(values.artifact),
                trust_root=values.trust_root,
                mode=values.mode,
                rekor_policy=values.rekor_policy,
                rekor_key=values.rekor_key,
                sidecar=values.sidecar,
                at=values.at,
                jobs=values.jobs,
                options=call.options,
            ),
            progress=progress.tell,
        )
        reports = list(_told(run.reports, output))
    for problem in run.problems:
        output.note(problem)
    code = exit_codes.of_all(_code(report, values.reading) for report in reports)
    if run.problems:
        code = exit_codes.worst((code, exit_codes.USAGE))
    if output.json:
        output.json_line(summary(reports, values.reading, code))
    elif len(reports) == 1:
        print_one(output.out, reports[0])
    elif reports:
        print_many(output.out, reports)
    if not reports:
        output.note(
            "no module is there, so nothing was verified",
            hint="a module is *.jar, *.zip or a file with a signature file; name one, or give --modules DIR",
        )
    _say_disagreements(output, reports)
    return code


def _told(reports: Iterator[VerificationReport], output: Output) -> Iterator[VerificationReport]:
    """The reports; as JSON each is printed as soon as it is there."""
    for report in reports:
        if output.json:
            output.json_line(report.to_dict())
        yield report


def _code(report: VerificationReport, reading: exit_codes.Reading) -> int:
    return exit_codes.of_verification(
        report.documented.verdict,
        report.controller.verdict,
        readable=report.sha256 is not None,
        reading=reading,
    )


def summary(reports: Sequence[VerificationReport], reading: str, code: int) -> dict[str, object]:
    """`trustconsole/summary/1`: how many artefacts have which verdict, in either reading."""
    return {
        "schema": "trustconsole/summary/1",
        "artifacts": len(reports),
        "documented": dict(sorted(Counter(report.documented.verdict for report in reports).items())),
        "controller": dict(sorted(Counter(report.controller.verdict for report in reports).items())),
        "disagreements": sum(report.agree is False for report in reports),
        "unknown": sum(report.agree is None for report in reports),
        "reading": reading,
        "exit_code": code,
    }


def _say_disagreements(output: Output, reports: Sequence[VerificationReport]) -> None:
    for report in reports:
        if report.agree is False:
            verdicts = f"documented {report.documented.verdict}, controller {report.controller.verdict}"
            output.note(f"{Path(report.artifact).name}: the readings differ: {verdicts}", sign=DIFFER)
