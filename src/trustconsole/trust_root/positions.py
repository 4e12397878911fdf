"""From offsets in a text to 1-based line numbers, counting lines as editors and PEM tools do."""

from __future__ import annotations

import re
from bisect import bisect_right

_END_OF_LINE = re.compile(r"\r\n|\n|\r")


class LineIndex:
    """Lines of a text that end in LF, CR LF or CR (RFC 7468, `eol`)."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._starts = [0, *(match.end() for match in _END_OF_LINE.finditer(text))]

    def line_of(self, offset: int) -> int:
        """The 1-based line that holds the character at `offset`."""
        return bisect_right(self._starts, offset)

    def start_of(self, line: int) -> int:
        """Where the 1-based `line` starts."""
        return self._starts[line - 1]

    def text_of(self, line: int) -> str:
        """The 1-based `line` without its end."""
        end = self._starts[line] if line < len(self._starts) else len(self._text)
        return self._text[self._starts[line - 1] : end].rstrip("\r\n")
