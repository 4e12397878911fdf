"""PEM text to raw blocks: everything that a person would take for a block, judged for strict form.

Tolerant about what counts as a block (any label, any case, four dashes or more, no END), strict about what
may be trusted (RFC 7468 `textualmsg`, plus one allowance: a comment at the end of a body line, which the
documentation's own example has). Knows nothing of keys. Labels and comments are untrusted text.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from trustconsole.trust_root.positions import LineIndex

_BEGIN = re.compile(
    r"(?<!-)(?P<dashes>-{4,}+) ?BEGIN[ \t\xa0]++(?P<label>[^\r\n]{0,128}?)(?=[ \t]?-{4,})", re.IGNORECASE
)
_END = re.compile(r"(?<!-)-{4,}+ ?END[ \t\xa0]++(?P<label>[^\r\n]{0,128}?)[ \t]?-{4,}", re.IGNORECASE)
_STRICT_BODY_LINE = re.compile(r"[A-Za-z0-9+/]*={0,2}[ \t]*")
_COMMENTED_LINE = re.compile(r"(?P<body>[A-Za-z0-9+/]+={0,2})[ \t]*#(?P<comment>[^\r\n]*)")
_HEADER_LINE = re.compile(r"[A-Za-z][A-Za-z0-9-]*:[^\r\n]*")
_LOOKS_LIKE_BASE64 = re.compile(r"[A-Za-z0-9+/=]{20,}")
_DASHED = re.compile(r"-{2,} ?(?:BEGIN|END)\b", re.IGNORECASE)
_COMMENT_LINES, _COMMENT_CHARACTERS = 8, 400
_DASHES = re.compile(r"[ \t]?-*")
_BODY_LIKE_LINE = re.compile(r"[ \t]*+(?P<body>[A-Za-z0-9+/=]*+)[ \t]*+(?:\r\n|\n|\r|\Z)")
_TO_LINE_END = re.compile(r"[ \t]*+(?:\r\n|\n|\r)")
_TO_END = re.compile(r"[ \t]*+(?:\r\n|\n|\r|\Z)")
_EOL = re.compile(r"\r\n|\n|\r")


@dataclass(frozen=True, slots=True)
class RawBlock:
    """A block as text. `flaw` says why it is not strict, empty where it is; `der` is its decoded body.

    `label_offset` is where the label starts in the text; lines are 1-based and inclusive; `closed` says
    whether there is an END line.
    """

    label: str
    label_offset: int
    start: int
    end: int
    line_start: int
    line_end: int
    text: str
    comment: str
    inner_comments: tuple[str, ...]
    closed: bool
    disabled: bool
    flaw: str
    der: bytes | None

    @property
    def strict(self) -> bool:
        """Whether the form allows trust."""
        return not self.flaw


def scan(text: str) -> Iterator[RawBlock]:
    """Every block of `text`, in file order; never raises, whatever the text."""
    lines = LineIndex(text)
    begins = list(_BEGIN.finditer(text))
    previous_end = 0
    for number, begin in enumerate(begins):
        bound = begins[number + 1].start("dashes") if number + 1 < len(begins) else len(text)
        block = _block(text, lines, begin, bound, previous_end)
        # What follows a block without END may still be its body: never anyone's comment.
        previous_end = block.end if block.closed else bound
        yield block


def gaps(text: str, blocks: Sequence[RawBlock]) -> Iterator[tuple[int, str]]:
    """The text outside `blocks` (the scan of `text`): where each piece begins, and the piece.

    One more than there are blocks: before each, and after the last.
    """
    position = 0
    for block in blocks:
        yield position, text[position : max(position, block.start)]
        position = max(position, block.end)
    yield position, text[position:]


def _block(text: str, lines: LineIndex, begin: re.Match[str], bound: int, previous_end: int) -> RawBlock:
    label = begin["label"]
    body_start = _end_of_dashes(text, begin.end())
    end = _END.search(text, begin.end(), _with_shared_dashes(text, bound))
    stop = end.end() if end else _end_of_content(text, body_start, bound)
    stop = max(stop, body_start)
    first_line, last_line = lines.line_of(begin.start()), lines.line_of(max(stop - 1, begin.start()))
    line_text = text[lines.start_of(first_line) : begin.start()]
    prefix = line_text.removeprefix("\ufeff") if first_line == 1 else line_text
    body, inner, body_flaw = _body(text[body_start : end.start()] if end else "")
    flaw = _marker_flaw(text, begin, prefix, body_start) or _end_flaw(text, end, label, lines) or body_flaw
    der, decode_flaw = _decode(body, complete=end is not None)
    return RawBlock(
        label=label,
        label_offset=begin.start("label"),
        start=begin.start(),
        end=stop,
        line_start=first_line,
        line_end=last_line,
        text=text[begin.start() : stop],
        comment=_comment(lines, first_line, previous_end, inner),
        inner_comments=tuple(inner),
        closed=end is not None,
        disabled=prefix.lstrip().startswith(("#", ";", "//", "--")),
        flaw=flaw or decode_flaw,
        der=der,
    )


def _end_of_dashes(text: str, position: int) -> int:
    match = _DASHES.match(text, position)
    return match.end() if match else position


def _with_shared_dashes(text: str, bound: int) -> int:
    """A BEGIN may be glued to the END before it; the dashes between belong to both."""
    position = bound
    while position < len(text) and text[position] == "-":
        position += 1
    return position


def _end_of_content(text: str, start: int, bound: int) -> int:
    """A block without END: what looks like its body belongs to it, at most up to the next BEGIN."""
    end = position = start
    while position < bound and (line := _BODY_LIKE_LINE.match(text, position, bound)):
        position = line.end()
        if line["body"]:
            end = line.end("body")
    return end


def _marker_flaw(text: str, begin: re.Match[str], prefix: str, body_start: int) -> str:
    if begin["dashes"] != "-----" or text[begin.end() : body_start] != "-----":
        return "its BEGIN line does not have exactly five dashes on both sides"
    marker = text[begin.start() : begin.start("label")]
    if marker != "-----BEGIN ":
        return "its BEGIN line is not written as RFC 7468 writes it"
    if prefix.strip():
        return "other text stands before BEGIN on its line"
    if prefix:
        return "its BEGIN line is indented"
    if not _TO_LINE_END.match(text, body_start):
        return "other text follows BEGIN on its line"
    return ""


def _end_flaw(text: str, end: re.Match[str] | None, label: str, lines: LineIndex) -> str:
    if end is None:
        return "it has no END line"
    if end["label"] != label:
        return "its END line has another label"
    if end[0] != f"-----END {label}-----":
        return "its END line is not written as RFC 7468 writes it"
    if end.start() != lines.start_of(lines.line_of(end.start())):
        return "its END line does not start at the beginning of a line"
    if not _TO_END.match(text, end.end()):
        return "other text follows END on its line"
    return ""


def _body(raw: str) -> tuple[str, list[str], str]:
    """The Base64 text without comments and white space, the comments, and what is wrong with its lines.

    What is not strict is still decoded where a person can, so that the block can be named.
    """
    lines = _EOL.split(raw)
    kept: list[str] = []
    comments: list[str] = []
    flaw = ""
    for number, line in enumerate(lines[1:-1] if len(lines) > 1 else lines):
        commented = _COMMENTED_LINE.fullmatch(line)
        if commented:
            kept.append(commented["body"])
            comments.append(commented["comment"].strip())
        elif _STRICT_BODY_LINE.fullmatch(line):
            kept.append(line.strip())
        elif _HEADER_LINE.fullmatch(line):
            flaw = flaw or f"line {number + 1} of its body is a header"
        else:
            kept.append("".join(line.split()))
            loose = _STRICT_BODY_LINE.fullmatch(kept[-1])
            flaw = flaw or (
                "its body has white space where RFC 7468 has none"
                if loose
                else "a line of its body is not Base64"
            )
    if not flaw and "" in "\n".join(kept).strip("\n").split("\n") and any(kept):
        flaw = "an empty line stands inside its body"
    return "".join(kept), comments, flaw


def _decode(body: str, *, complete: bool) -> tuple[bytes | None, str]:
    """The bytes, and what is wrong with the text: canonical Base64 has padding and no spare bits."""
    if not complete:
        return None, "it has no END line"
    if not body:
        return None, "its body is empty"
    padded = body if "=" in body else body + "=" * (-len(body) % 4)
    try:
        der = base64.b64decode(padded, validate=True)
    except (binascii.Error, ValueError):
        return None, "its body is not valid Base64"
    if base64.b64encode(der).decode() != body:
        return der, "its Base64 is not canonical"
    return der, ""


def _comment(lines: LineIndex, first_line: int, previous_end: int, inner: list[str]) -> str:
    """Text directly above the block, no further than the block before it, then comments inside it."""
    above: list[str] = []
    line = first_line - 1
    while line >= 1 and len(above) < _COMMENT_LINES and lines.start_of(line) >= previous_end:
        written = lines.text_of(line)[: _COMMENT_CHARACTERS + 1].strip().lstrip("\ufeff")
        content = written.lstrip("#; ").strip()
        if not content or _LOOKS_LIKE_BASE64.fullmatch(content) or _DASHED.search(content):
            break
        above.append(content)
        line -= 1
    parts = [part for part in (*reversed(above), *inner) if part]
    joined = " ".join(parts)
    return joined if len(joined) <= _COMMENT_CHARACTERS else joined[: _COMMENT_CHARACTERS - 1] + "…"
