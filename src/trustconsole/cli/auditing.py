"""`audit show` and `audit verify`: what the console changed, and whether that record is whole."""

from __future__ import annotations

from trustconsole import api
from trustconsole.api import AuditRecord, AuditVerification
from trustconsole.cli import blocks, exit_codes
from trustconsole.cli.call import Call
from trustconsole.cli.output import Stream
from trustconsole.cli.signs import ACCEPT, REJECT
from trustconsole.cli.styled import Styled
from trustconsole.text import plural, rfc3339, sentence

_NOTHING = "nothing was changed by this console yet: there is no audit log"


def show(call: Call) -> int:
    """Print every record, the earliest first; damage of the log is said and is exit code 1."""
    report = api.audit_log(call.options)
    if call.output.json:
        call.output.document(report.to_dict())
    else:
        for index, record in enumerate(report.records):
            if index:
                call.output.out.line()
            _print(call.output.out, record)
    found = report.verification
    if not found.count:
        call.output.note(_NOTHING)
    elif found.problem is not None:
        call.output.note(
            f"{report.path} is not whole: {found.problem}", sign=REJECT, hint="trustconsole audit verify"
        )
    return exit_codes.GOOD if found.ok else exit_codes.REFUSED


def verify(call: Call) -> int:
    """Print whether the chain holds, its head, and what this does not prove."""
    found = api.verify_audit(call.options, call.values.head)
    if call.output.json:
        call.output.document(found.to_dict())
    elif found.count or not found.ok:
        _print_verification(call.output.out, found)
    if found.ok and not found.count:
        call.output.note(_NOTHING)
    return exit_codes.GOOD if found.ok else exit_codes.REFUSED


def _print(out: Stream, record: AuditRecord) -> None:
    head = out.text(f"{record.seq} ", "muted") + out.text(record.action, "bold")
    out.row(Styled(), head + out.text(f" {rfc3339(record.time)}"))
    blocks.facts(
        out,
        (
            ("operator", str(record.operator)),
            ("target", record.target),
            ("before", record.before),
            ("after", record.after),
            ("reason", record.reason),
            *record.details.items(),
            ("hash", record.hash),
        ),
    )


def _print_verification(out: Stream, found: AuditVerification) -> None:
    records = plural(found.count, "record")
    if found.ok:
        out.row(Styled(), out.state(ACCEPT, f"the chain of {records} is whole"))
    else:
        out.row(Styled(), out.state(REJECT, f"the audit log is not whole ({found.damage}, {records})"))
    blocks.facts(
        out,
        (
            ("cause", sentence(found.problem) if found.problem else None),
            ("head", found.head),
            ("note", found.remark),
            ("next", None if found.ok else "compare with a backup of the log, and keep this file as it is"),
        ),
    )
