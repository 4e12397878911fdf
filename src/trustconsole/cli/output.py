"""Everything a command prints goes through `Output`: data on standard output, diagnostics on standard error.

Text becomes harmless here (`text.visible`), in one place for both streams; colours are given by role, and not
at all where NO_COLOR is set or no terminal listens. Where the stream cannot write Unicode, signs have ASCII
stand-ins and everything else beyond ASCII is escaped.
"""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final, TextIO

from trustconsole.cli.signs import Role, Sign
from trustconsole.cli.styled import Span, Styled, join, wrap
from trustconsole.text import to_json, visible

_SGR: Final[dict[Role, str]] = {
    "success": "32",
    "error": "31",
    "warning": "33",
    "accent": "35",
    "muted": "2",
    "bold": "1",
}
# Our own punctuation beyond ASCII; signs have their own stand-ins.
_PLAIN: Final = str.maketrans(
    {"…": "...", "·": "-", "→": "->", "–": "-", "×": "x", "≤": "<=", "≥": ">=", "’": "'", "▸": ">"}
)

LEAST_WIDTH: Final = 40
"""A narrower terminal wraps for itself."""
DEFAULT_WIDTH: Final = 80
"""Of a terminal that does not say."""
LEAST_INDENT: Final = 2
"""Of what has to begin below its label."""


class WriteFailed(Exception):
    """A standard stream takes nothing more (a full disk); the message is the operating system's."""


class ReaderGone(WriteFailed):
    """Whoever read the stream has closed it."""


@contextmanager
def _writing() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError as error:
        raise ReaderGone(str(error)) from error
    except OSError as error:
        raise WriteFailed(error.strerror or str(error)) from error


def _columns(file: TextIO) -> int:
    """How wide the terminal behind `file` is; COLUMNS decides where it is set, as for other programs."""
    wanted = os.environ.get("COLUMNS", "")
    if wanted.isascii() and wanted.isdigit() and int(wanted):
        return int(wanted)
    try:
        return os.get_terminal_size(file.fileno()).columns or DEFAULT_WIDTH
    except (OSError, ValueError):
        return DEFAULT_WIDTH


class Stream:
    """One of the two standard streams: what it can show; `width` None: no terminal, so nothing is wrapped."""

    def __init__(self, file: TextIO, *, colour: bool, unicode: bool, width: int | None) -> None:
        self.file = file
        self.colour = colour
        self.unicode = unicode
        self.width = width

    @classmethod
    def of(cls, file: TextIO) -> Stream:
        """What `file` and the environment say; makes the file answer what it cannot encode with escapes."""
        if isinstance(file, io.TextIOWrapper):
            file.reconfigure(errors="backslashreplace")
        terminal = file.isatty()
        encoding = (getattr(file, "encoding", None) or "ascii").lower().replace("-", "").replace("_", "")
        return cls(
            file,
            colour=terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb",
            unicode=encoding in ("utf8", "utf8sig"),
            width=max(LEAST_WIDTH, _columns(file)) if terminal else None,
        )

    def text(self, value: object, role: Role = "") -> Styled:
        """Any text, made harmless: one line, no control or format character."""
        raw = str(value)
        if not self.unicode:
            raw = visible(raw.translate(_PLAIN), ascii_only=True)
        return Styled((Span(visible(raw), role),))

    def sign(self, sign: Sign) -> Styled:
        """The sign alone; its word must follow."""
        return Styled((Span(sign.glyph if self.unicode else sign.plain, sign.role),))

    def state(self, sign: Sign, words: object | None = None) -> Styled:
        """The sign and its word (or other words) in its role."""
        return self.sign(sign) + self.text(f" {sign.word if words is None else words}", sign.role)

    def separated(self, parts: Sequence[Styled]) -> Styled:
        """Parts with a quiet dot between them."""
        return join(self.text(" · ", "muted"), parts)

    @property
    def ellipsis(self) -> str:
        """What stands where something was cut out."""
        return "…" if self.unicode else "..."

    def line(self, line: Styled | None = None) -> None:
        """Write one line as it is."""
        spans = line.spans if line else ()
        text = "".join(self._coloured(span) for span in spans)
        self.write(text.rstrip(" ") + "\n")

    def row(self, lead: Styled, body: Styled, *, hang: int | None = None) -> None:
        """Write `lead` and after it `body`, which is wrapped to the terminal under its own first word.

        With `hang`, further lines begin in that column. A word that does not fit beside `lead` (a digest)
        stays whole: then the body begins below, as far to the right as it can.
        """
        indent = lead.cells if hang is None else hang
        if self.width is None:
            self.line(lead + body)
            return
        longest = max((word.cells for word in body.words()), default=0)
        if hang is None and lead and longest > self.width - indent:
            self.line(lead)
            lead = Styled()
            indent = max(LEAST_INDENT, self.width - longest)
        lines = wrap(body, self.width - indent, first=self.width - (lead.cells or indent))
        for index, part in enumerate(lines):
            blank = Styled((Span(" " * indent),))
            self.line((lead if index == 0 and lead else blank if index or hang is None else Styled()) + part)

    def write(self, text: str) -> None:
        """Write `text`, which is harmless already, as it is; raises `WriteFailed`."""
        with _writing():
            self.file.write(text)

    def flush(self) -> None:
        """Hand everything to the operating system; raises `WriteFailed`."""
        with _writing():
            self.file.flush()

    def _coloured(self, span: Span) -> str:
        code = _SGR.get(span.role) if self.colour else None
        return f"\x1b[{code}m{span.text}\x1b[0m" if code and span.text.strip() else span.text


class Output:
    """Both streams of one command; with `json` data are printed as JSON and text is left out."""

    def __init__(self, out: Stream, err: Stream, *, json: bool = False) -> None:
        self.out = out
        self.err = err
        self.json = json
        self.before_write: Callable[[], None] | None = None

    def document(self, value: object) -> None:
        """One JSON document on standard output."""
        self.out.write(to_json(value, indent=2) + "\n")

    def json_line(self, value: object) -> None:
        """One line of JSON Lines, at once."""
        self._clear()
        self.out.write(to_json(value) + "\n")
        self.out.flush()

    def note(self, sentence: str, *, sign: Sign | None = None, hint: str = "") -> None:
        """A diagnostic on standard error, with what to do about it."""
        self._clear()
        self.out.flush()
        lead = self.err.text("trustconsole: ", "muted")
        self.err.row(lead, (self.err.state(sign, "") if sign else Styled()) + self.err.text(sentence))
        if hint:
            self.err.row(self.err.text("  next: ", "muted"), self.err.text(hint))
        self.err.flush()

    def _clear(self) -> None:
        if self.before_write:
            self.before_write()
