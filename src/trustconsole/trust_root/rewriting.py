"""A PEM file as text, with blocks taken out, written anew and put in, and nothing else changed.

A block that both readings take alike (RFC 7468, no comment inside) is written anew: 64 columns, LF. Every
other block stays byte for byte, because a tidier form could make a reading trust what it ignored. Text
outside blocks stays where it is, with LF as its line end. Whether the result trusts what was asked is a
question for `candidates`.
"""

from __future__ import annotations

import base64
import re
import textwrap
from collections.abc import Collection, Sequence

from trustconsole.text import visible
from trustconsole.trust_root.scanner import RawBlock

_EOL = re.compile(r"\r\n|\r")
_DASHES = re.compile(r"-{2,}")
_MARK = "#"
_COLUMNS = 64
_COMMENT_LINES, _COMMENT_CHARACTERS = 8, 400


def pem_block(label: str, der: bytes) -> str:
    """One block as RFC 7468 has generators write it, with its final line end."""
    body = textwrap.wrap(base64.b64encode(der).decode("ascii"), _COLUMNS)
    return "\n".join((f"-----BEGIN {label}-----", *body, f"-----END {label}-----", ""))


def own_comment(text: str, raw: RawBlock) -> str:
    """One line `# …` of the comment lines directly above a block and the comments inside it, or nothing.

    The words are untrusted: made harmless, and kept from looking like a BEGIN or END.
    """
    above: list[str] = []
    for line in reversed(_lf(text[: raw.start]).split("\n")[:-1]):
        if not line.lstrip().startswith(_MARK) or len(above) >= _COMMENT_LINES:
            break
        above.append(line.strip().lstrip(f"{_MARK} "))
    words = " ".join(part for part in (*reversed(above), *raw.inner_comments) if part)
    harmless = _DASHES.sub("-", visible(words[:_COMMENT_CHARACTERS])).strip()
    return f"{_MARK} {harmless}\n" if harmless else ""


def rewritable(raw: RawBlock) -> bool:
    """Whether writing this block anew cannot change what either reading makes of it."""
    known = raw.label in ("PUBLIC KEY", "CERTIFICATE")
    return known and raw.strict and not raw.inner_comments and raw.der is not None


def rewrite(text: str, blocks: Sequence[RawBlock], removed: Collection[int], added: str) -> str:
    """`text` without the blocks at the indices `removed`, and with `added` (comment and block) as its end.

    `blocks` is the scan of `text`.
    """
    result, between, position, cut = "", "", 0, False
    for index, raw in enumerate(blocks):
        start, stop = _span(blocks, index, removed)
        gap = _lf(text[position:start])
        between = _closed_up(between, gap, first=not result) if cut else between + gap
        position, cut = max(position, stop), index in removed
        if cut:
            continue
        new = pem_block(raw.label, raw.der or b"").rstrip("\n") if rewritable(raw) else text[start:stop]
        result, between = result + between + new, ""
    tail = _lf(text[position:])
    result += _closed_up(between, tail, first=not result) if cut else between + tail
    if cut:
        result = result.rstrip("\n")
    if result and not result.endswith("\n"):
        result += "\n"
    if added and result and not result.endswith("\n\n"):
        result += "\n"  # so that no text above becomes the new block's comment
    return result + added


def _lf(text: str) -> str:
    return _EOL.sub("\n", text)


def _span(blocks: Sequence[RawBlock], index: int, removed: Collection[int]) -> tuple[int, int]:
    """Where the block stands without the dashes that it shares with a neighbour which stays.

    An END glued to the next BEGIN has its dashes in common with it; a removed block leaves them alone.
    """
    start, stop = blocks[index].start, blocks[index].end
    if index in removed and index and index - 1 not in removed:
        start = max(start, blocks[index - 1].end)
    if index + 1 < len(blocks) and index + 1 not in removed:
        stop = min(stop, blocks[index + 1].start)
    return start, max(start, stop)


def _closed_up(before: str, after: str, *, first: bool) -> str:
    """The text before and after a removed block as one: words that stay label no other block.

    `first` says that no block stands before it.
    """
    line, _, rest = after.partition("\n")
    left = before + line
    if left.strip("\ufeff \t\n" if first else " \t\n"):
        return left.rstrip() + "\n\n" + rest.lstrip("\n")
    blank = left.rstrip(" \t")
    return (blank if first or "\n" in blank else "\n") + rest.lstrip("\n")
