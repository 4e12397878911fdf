"""Reads YAML the way the controller build does, up to the level of parser events.

The build reads with SnakeYAML 2 through Jackson's own UTF-8 reader. PyYAML's pure Python scanner has the same
design (lazy, one token at a time), which matters: whichever comes first in the file, a wrong type or broken
syntax, is what the build reports. The few places where the two scanners differ are overridden here, and the
places where the build's answer was never observed raise `Unpredictable`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import yaml
from yaml.events import CollectionEndEvent, Event
from yaml.parser import Parser
from yaml.reader import Reader, ReaderError
from yaml.scanner import Scanner, ScannerError

if TYPE_CHECKING:
    from yaml.tokens import AliasToken, AnchorToken

_CHUNK: Final = 1024
_LINE_BREAKS: Final = "\r\n\x85\u2028\u2029"
_BLANK_OR_END: Final = "\0 \t" + _LINE_BREAKS
_LONE_SURROGATE: Final = "\ud800"


@dataclass(frozen=True, slots=True)
class ParseFailure:
    """Where the build's parser stops: simple class name, message, 1-based place; `predictable` is False
    where the build's answer is not known."""

    exception: str
    message: str
    line: int | None = None
    column: int | None = None
    predictable: bool = True


class ParseError(Exception):
    """Carries a `ParseFailure` out of the event stream."""

    def __init__(self, failure: ParseFailure) -> None:
        super().__init__(failure.message)
        self.failure = failure


def unpredictable(message: str, line: int | None = None, column: int | None = None) -> ParseError:
    """The error for input whose treatment by the build was never observed."""
    return ParseError(ParseFailure("", message, line, column, predictable=False))


def _undecodable(data: bytes, error: UnicodeDecodeError) -> tuple[str, ParseError | None, bool]:
    """What follows the good prefix: text that goes on, the error, and whether the prefix is still delivered.

    Jackson's reader accepts encoded surrogates (which SnakeYAML then refuses) and does not look for overlong
    forms; a sequence cut off by the end of the file is only noticed on the next read.
    """
    first = data[error.start]
    second = data[error.start + 1] if error.start + 1 < len(data) else 0
    line = data.count(b"\n", 0, error.start) + 1
    column = error.start - (data.rfind(b"\n", 0, error.start) + 1) + 1
    if first == 0xED and 0xA0 <= second <= 0xAF and data[error.start + 3 : error.start + 4] == b"\xed":
        return "", unpredictable("a character encoded as two surrogates", line, column), False
    if first == 0xED and 0xA0 <= second <= 0xBF:
        return _LONE_SURROGATE, None, True
    needed = 4 if first >= 0xF0 else 3 if first >= 0xE0 else 2
    if 0xC0 <= first <= 0xF7 and error.start + needed > len(data):
        message = "java.io.CharConversionException: Unexpected EOF in the middle of a multi-byte char"
        return "", ParseError(ParseFailure("JacksonYAMLParseException", message, line, column)), True
    overlong = first in (0xC0, 0xC1) or 0xF5 <= first <= 0xF7
    if overlong or (first in (0xE0, 0xF0, 0xF4) and 0x80 <= second <= 0xBF):
        return "", unpredictable("an overlong UTF-8 sequence", line, column), False
    start = 0x80 <= first <= 0xBF or first >= 0xF8
    detail = f"Invalid UTF-8 start byte 0x{first:x}" if start else "Invalid UTF-8 middle byte"
    message = f"java.io.CharConversionException: {detail}"
    return "", ParseError(ParseFailure("JacksonYAMLParseException", message, line, column)), False


class _Utf8Chunks:
    """A text stream of at most 1,024 characters per read, which fails at the read that the build fails at."""

    def __init__(self, data: bytes) -> None:
        self._error: ParseError | None = None
        delivered = True
        try:
            self._text = data.decode("utf-8")
        except UnicodeDecodeError as error:
            more, self._error, delivered = _undecodable(data, error)
            self._text = data[: error.start].decode("utf-8") + more
        self._end = len(self._text) if delivered else len(self._text) // _CHUNK * _CHUNK
        self._position = 0

    def read(self, _size: int = 0, /) -> str:
        """The next characters; the empty string at the end."""
        if self._position >= self._end:
            if self._error is not None:
                raise self._error
            return ""
        stop = min(self._position + _CHUNK, self._end)
        chunk = self._text[self._position : stop]
        self._position = stop
        return chunk


class EventStream(Reader, Scanner, Parser):
    """Parser events of a file, one at a time, as SnakeYAML makes them; every failure is a `ParseError`."""

    # SnakeYAML 2.x releases differ on `\/`; none of the observed files holds either.
    ESCAPE_REPLACEMENTS = {  # type: ignore[misc]  # noqa: RUF012 - the scanner reads it from the class
        key: value for key, value in Scanner.ESCAPE_REPLACEMENTS.items() if key not in ("/", "\t")
    }

    def __init__(self, data: bytes) -> None:
        self._chunks = _Utf8Chunks(data)
        try:
            Reader.__init__(self, self._chunks)
        except ReaderError as error:
            raise ParseError(_reader_failure(error)) from error
        Scanner.__init__(self)
        Parser.__init__(self)

    def determine_encoding(self) -> None:
        """Nothing to determine: the chunks are text already."""
        self.raw_buffer = ""
        self.update(1)

    def update(self, length: int) -> None:
        """At least `length` characters ahead, and no chunk more: the base class reads one too early."""
        if self.raw_buffer is None:
            return
        self.buffer = self.buffer[self.pointer :]
        self.pointer = 0
        while len(self.buffer) < length:
            chunk = self._chunks.read()
            if not chunk:
                self.buffer += "\0"
                self.raw_buffer = None
                return
            self.check_printable(chunk)
            self.buffer += chunk

    def next_event(self) -> Event:
        """The next event; `StreamEndEvent` is the last."""
        try:
            event = self.get_event()  # type: ignore[no-untyped-call]
        except ReaderError as error:
            raise ParseError(_reader_failure(error)) from error
        except yaml.MarkedYAMLError as error:
            raise ParseError(_marked_failure(error)) from error
        except (ValueError, OverflowError) as error:  # a `\U` escape beyond Unicode
            mark = self.get_mark()
            message = "while scanning a double-quoted scalar, found unknown escape character"
            raise ParseError(
                ParseFailure("MarkedYAMLException", message, mark.line + 1, mark.column + 1)
            ) from error
        assert isinstance(event, Event)  # noqa: S101 - get_event answers None only after the last event
        return event

    def scan_plain_spaces(self, indent: int, start_mark: yaml.Mark) -> list[str]:  # noqa: ARG002
        """Blanks after a word of a plain scalar: tabs count as blanks, and may end the scalar."""
        length = 0
        while self.peek(length) in " \t":
            length += 1
        whitespace = self.prefix(length)
        self.forward(length)
        if self.peek() not in _LINE_BREAKS:
            return [whitespace] if whitespace else []
        first_break = self.scan_line_break()  # type: ignore[no-untyped-call]
        self.allow_simple_key = True
        if self._at_document_marker():
            return []
        breaks: list[str] = []
        while self.peek() in " " + _LINE_BREAKS:
            if self.peek() == " ":
                self.forward()
                continue
            breaks.append(self.scan_line_break())  # type: ignore[no-untyped-call]
            if self._at_document_marker():
                return []
        if first_break != "\n":
            return [first_break, *breaks]
        return breaks or [" "]

    def _at_document_marker(self) -> bool:
        prefix = self.prefix(3)
        return prefix == "---" or (prefix == "..." and self.peek(3) in _BLANK_OR_END)

    def scan_anchor(self, TokenClass: type[AnchorToken | AliasToken]) -> AnchorToken | AliasToken:  # noqa: N803
        """An anchor or alias: SnakeYAML allows every character outside a short list of indicators."""
        start_mark = self.get_mark()
        name = "alias" if self.peek() == "*" else "anchor"
        self.forward()
        length = 0
        while self.peek(length) not in _BLANK_OR_END + ":,[]{}/.*&":
            length += 1
        if length == 0:
            raise ScannerError(
                f"while scanning an {name}", start_mark, "unexpected character found", self.get_mark()
            )
        value = self.prefix(length)
        self.forward(length)
        if self.peek() not in _BLANK_OR_END + "?:,]}%@`":
            raise ScannerError(
                f"while scanning an {name}", start_mark, "unexpected character found", self.get_mark()
            )
        return TokenClass(value, start_mark, self.get_mark())

    def parse_flow_mapping_key(self, first: bool = False) -> Event:
        """The next key or the end; SnakeYAML looks for a comment behind the brace, and so one token ahead."""
        return self._look_behind(Parser.parse_flow_mapping_key(self, first))

    def parse_flow_sequence_entry(self, first: bool = False) -> Event:
        """The next item or the end, with the same look ahead."""
        return self._look_behind(Parser.parse_flow_sequence_entry(self, first))

    def _look_behind(self, event: Event) -> Event:
        if isinstance(event, CollectionEndEvent):
            self.check_token()
        return event


def _reader_failure(error: ReaderError) -> ParseFailure:
    return ParseFailure("JacksonYAMLParseException", str(error.reason))


def _marked_failure(error: yaml.MarkedYAMLError) -> ParseFailure:
    mark = error.problem_mark or error.context_mark
    message = ", ".join(part for part in (error.context, error.problem) if part)
    line, column = (mark.line + 1, mark.column + 1) if mark is not None else (None, None)
    if error.problem and error.problem.startswith(("found unknown escape character '/'",)):
        return ParseFailure("", r"the escape \/ inside quotes", line, column, predictable=False)
    return ParseFailure("MarkedYAMLException", message, line, column)
