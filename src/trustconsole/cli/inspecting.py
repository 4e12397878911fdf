"""`inspect`: what a file is and says; nothing is verified."""

from __future__ import annotations

from typing import Final

from trustconsole import api
from trustconsole.cli import blocks, exit_codes
from trustconsole.cli.call import Call
from trustconsole.cli.signs import INFO
from trustconsole.cli.styled import Styled
from trustconsole.text import human_bytes

_KINDS: Final = {
    "pem": "PEM",
    "certificate": "a certificate (DER)",
    "legacy-bundle": "a legacy cosign bundle",
    "sigstore-bundle": "a Sigstore bundle",
    "sig": "a .sig: a Base64 signature",
    "jar": "a jar",
    "unknown": "not recognised",
}


def inspect(call: Call) -> int:
    """Print what the file holds."""
    report = api.inspect(call.values.f)
    if call.output.json:
        call.output.document(report.to_dict())
        return exit_codes.GOOD
    out = call.output.out
    size = human_bytes(report.size)
    out.row(Styled(), out.text(f"{report.path}: {_KINDS[report.kind]}, {size}", "bold"))
    blocks.facts(out, (("SHA-256", report.sha256),))
    blocks.sections(out, report.sections)
    if report.notes:
        blocks.heading(out, "Notes")
        for note in report.notes:
            out.row(out.text("  ") + out.sign(INFO) + out.text(" "), out.text(note))
    out.line()
    out.row(Styled(), out.text("Nothing was verified here; trustconsole verify does that.", "muted"))
    return exit_codes.GOOD
