"""`config check` and `profile`: would this controller start, and what does it enforce."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from trustconsole import api
from trustconsole.api import ConfigFinding, ConfigReport, Sourced
from trustconsole.cli import blocks, exit_codes
from trustconsole.cli.call import Call
from trustconsole.cli.output import Output, Stream
from trustconsole.cli.signs import (
    ACCEPT,
    BY_SEVERITY,
    DIFFER,
    NEUTRAL,
    REJECT,
    UNKNOWN,
    WARN,
    Sign,
)
from trustconsole.cli.styled import Styled
from trustconsole.cli.table import Column, print_table
from trustconsole.text import plural

_OUTCOMES: Final[dict[str, tuple[Sign, str]]] = {
    "fail-closed": (ACCEPT, "fail-closed"),
    "unsigned-allowed": (NEUTRAL, "unsigned allowed"),
    "unsigned-allowed-warned": (WARN, "unsigned, warned"),
}
_VERIFIERS: Final[dict[str | None, tuple[Sign, str]]] = {
    "NOOP": (NEUTRAL, "installs every module without looking at signatures"),
    "KEYED": (ACCEPT, "verifies the .sig beside every module"),
    "COSIGN_BUNDLE": (ACCEPT, "verifies the .cosign.bundle beside every module"),
    "FAIL_CLOSED": (REJECT, "refuses every module: no trust root is set"),
    "BOOT_FAILS": (REJECT, "does not start with this configuration"),
    None: (UNKNOWN, "what it does cannot be predicted"),
}
_ENFORCING: Final = ("KEYED", "COSIGN_BUNDLE", "FAIL_CLOSED", "BOOT_FAILS")
_REQUIRED: Final = (("unset", "required unset"), ("false", "required: false"), ("true", "required: true"))


def _report(call: Call) -> ConfigReport:
    """The report of the file that is meant: the argument, else --config, the settings, ./config."""
    path: Path = call.values.f or api.find_config(call.options)
    report = api.check_config(path, call.values.working_directory)
    api.record_policy(call.options, report)
    return report


def _unreadable(output: Output, report: ConfigReport) -> None:
    if report.error is not None:
        output.note(report.error, hint="name a controller.yml that this user may read")


def check(call: Call) -> int:
    """Print the findings at their lines, and whether the controller would start."""
    report = _report(call)
    if call.output.json:
        call.output.document(report.to_dict(reveal=bool(call.values.reveal)))
    elif report.error is None:
        _print_check(call.output.out, report, reveal=bool(call.values.reveal))
    _unreadable(call.output, report)
    return exit_codes.of_config(
        readable=report.error is None,
        starts=report.controller.starts,
        documented_starts=report.documented.starts if report.documented else None,
        severities=[finding.severity for finding in report.findings],
    )


def _print_check(out: Stream, report: ConfigReport, *, reveal: bool) -> None:
    sign, words = _start(report)
    out.row(Styled(), out.state(sign, words))
    start = report.controller
    messages = [message for message in start.errors if message not in words]
    for message in messages:
        out.row(out.text("  ") + out.sign(REJECT) + out.text(" "), out.text(message))
    if report.documented and not report.documented.starts:
        errors = "; ".join(report.documented.errors)
        documented = f"by the documentation it refuses to start: {errors}"
        out.row(out.text("  ") + out.sign(REJECT) + out.text(" "), out.text(documented))
    blocks.facts(
        out,
        (
            ("path", report.path),
            ("working directory", report.working_directory),
            ("stage", start.stage),
            ("exception", start.exception),
        ),
    )
    if report.findings:
        blocks.heading(out, _counted(report.findings))
        for finding in sorted(report.findings, key=lambda one: (one.line or 0, one.column or 0)):
            _finding(out, report.path, finding)
    other = report.to_dict(reveal=reveal)["other"]
    if isinstance(other, dict):
        blocks.heading(out, "Other values")
        blocks.facts(out, [(str(name), api.value_words(value)) for name, value in other.items()])


def _start(report: ConfigReport) -> tuple[Sign, str]:
    start = report.controller
    why = start.boot_error or start.message or next(iter(start.errors), None) or start.exception
    if start.starts is None:
        return UNKNOWN, f"whether the controller starts cannot be predicted{f': {why}' if why else ''}"
    if start.starts:
        return ACCEPT, "the controller starts with this file"
    return REJECT, f"the controller would not start: {why or 'no reason was observed'}"


def _counted(findings: tuple[ConfigFinding, ...]) -> str:
    counts = {name: sum(one.severity == name for one in findings) for name in ("error", "warning", "info")}
    words = [
        plural(count, name, "info" if name == "info" else None) for name, count in counts.items() if count
    ]
    return f"{plural(len(findings), 'finding')}: {', '.join(words)}"


def _finding(out: Stream, path: str, finding: ConfigFinding) -> None:
    """`path:line:col` first, as compilers say it, so that editors jump there."""
    sign = BY_SEVERITY[finding.severity]
    place = ":".join(str(part) for part in (path, finding.line, finding.column) if part is not None)
    summary = out.state(sign, f"{finding.severity}: ") + out.text(finding.summary)
    out.row(Styled(), out.text(f"{place}: ", "muted") + summary, hang=2)
    rule = f", rule {finding.rule}" if finding.rule else ""
    blocks.facts(
        out, (("next", finding.next), ("key", finding.key), ("id", f"{finding.id}{rule}")), indent="    "
    )


def profile(call: Call) -> int:
    """Print what is enforced, every value with its source, and the documented matrix."""
    report = _report(call)
    if call.output.json:
        call.output.document(report.to_dict())
    elif report.error is None:
        _print_profile(call.output.out, report)
    _unreadable(call.output, report)
    return exit_codes.of_profile(readable=report.error is None, starts=report.controller.starts)


def _print_profile(out: Stream, report: ConfigReport) -> None:
    rows: list[tuple[str, Styled | str | None]] = []
    if report.documented:
        sign, words = _OUTCOMES[report.documented.outcome]
        cell, _, required = report.documented.cell.partition("/")
        rows.append(
            ("documented", out.state(sign, words) + out.text(f"  ({cell} × required {required})", "muted"))
        )
    if report.effective or report.controller.starts is not False:
        sign, words = _VERIFIERS[report.effective.verifier if report.effective else None]
        rows.append(("controller", out.state(sign, words)))
    if report.controller.starts is not True:
        sign, words = _start(report)
        rows.append(("start", out.state(sign, words)))
    blocks.facts(out, rows, indent="")
    for sentence in report.differences:
        out.row(Styled(), out.state(DIFFER, sentence))
    out.line()
    blocks.facts(out, (("path", report.path), ("working directory", report.working_directory)), indent="")
    if report.effective:
        out.line()
        columns = (Column("value"), Column("effective", least=16), Column("source", least=12))
        print_table(out, columns, [_sourced(out, name, value) for name, value in report.effective.named()])
    if report.documented:
        _print_matrix(out, report.documented.cell)


def _sourced(out: Stream, name: str, value: Sourced) -> list[Styled]:
    source = "profile default" if value.source == "profile" else value.source
    if ":" in source:
        source = Path(source).name
    return [out.text(name), out.text(api.value_words(value.value)), out.text(source, "muted")]


def _print_matrix(out: Stream, today: str) -> None:
    blocks.heading(out, "Documented matrix; the marked cell is today's")
    rows = []
    for name in ("development", "production"):
        row = [out.text(name, "muted")]
        for column, _ in _REQUIRED:
            sign, words = _OUTCOMES[api.DOCUMENTED_MATRIX[f"{name}/{column}"]]
            here = f"{name}/{column}" == today
            mark = out.text("▸ " if here else "  ", "bold")
            row.append(
                mark + (out.state(sign, words) if here else out.sign(sign) + out.text(f" {words}", "muted"))
            )
        rows.append(row)
    print_table(out, (Column(""), *(Column(f"  {title}") for _, title in _REQUIRED)), rows, indent=2)
