"""Pieces of text that several commands print alike: headings, labelled facts, findings, sections."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from trustconsole.api import Finding, Section
from trustconsole.cli.output import Stream
from trustconsole.cli.signs import BY_SEVERITY, Role, Sign
from trustconsole.cli.styled import Styled
from trustconsole.text import sentence, shorten

INDENT: Final = "  "
_NAME_CHARS: Final = 200
_NAMES: Final = 8
_TEXT_CHARS: Final = 2048
"""What is printed of a name, how many of a list, and of a whole text; JSON has all of it."""


def brief(text: str) -> str:
    """A text of unknown origin and length, cut in the middle where no reader would follow it any more."""
    return shorten(text, _TEXT_CHARS)


def names(found: Sequence[str]) -> str:
    """The names in a certificate, which are as many and as long as whoever made it liked."""
    shown = [shorten(name, _NAME_CHARS) for name in found[:_NAMES]]
    more = len(found) - len(shown)
    return ", ".join([*shown, f"{more} more"] if more else shown)


def heading(stream: Stream, title: str) -> None:
    """An empty line and a title."""
    stream.line()
    stream.line(stream.text(title, "bold"))


def facts(stream: Stream, rows: Iterable[tuple[str, Styled | str | None]], *, indent: str = INDENT) -> None:
    """Label and value, aligned; a value that is None or empty is left out."""
    shown: list[tuple[str, Styled]] = [
        (label, stream.text(brief(value)) if isinstance(value, str) else value)
        for label, value in rows
        if value
    ]
    width = max((len(label) for label, _ in shown), default=0)
    for label, value in shown:
        stream.row(stream.text(f"{indent}{label:<{width}}  ", "muted"), value)


def findings(stream: Stream, found: Sequence[Finding], *, indent: str = INDENT, place: bool = True) -> None:
    """Each finding: sign and summary, then its cause and the next step."""
    for finding in found:
        sign = BY_SEVERITY[finding.severity]
        where = f"line {finding.line}: " if place and finding.line else ""
        lead = stream.text(indent) + stream.sign(sign) + stream.text(" ")
        stream.row(lead, stream.text(brief(f"{where}{sentence(finding.summary)}"), _loud(sign.role)))
        facts(
            stream,
            (("cause", sentence(finding.cause)), ("next", sentence(finding.next))),
            indent=f"{indent}  ",
        )


def answer(
    stream: Stream,
    sign: Sign,
    verdict: str,
    rule: str | None,
    reason: str,
    rows: Iterable[tuple[str, Styled | str | None]],
    found: Sequence[Finding],
) -> None:
    """How the answer about one thing begins: verdict, why, by which step, facts, findings."""
    by = f" (step {rule})" if rule else ""
    head = stream.text(f"{verdict}: ", "bold")
    stream.row(stream.sign(sign) + stream.text(" "), head + stream.text(f"{reason}.{by}"))
    stream.line()
    facts(stream, rows)
    if found:
        heading(stream, "Findings")
        findings(stream, found)


def sections(stream: Stream, found: Sequence[Section]) -> None:
    """Titled lists of facts."""
    for section in found:
        heading(stream, section.title)
        facts(stream, [(label, value or "none") for label, value in section.facts])


def _loud(role: Role) -> Role:
    return role if role in ("error", "warning") else ""
