"""Secrets in `controller.yml` never reach a screen: the file's text as it may be shown.

Works on lines, not on the parsed tree, because a file that does not parse is shown, too. Masks the value of
every key that ends in secret, password, token, credential, privateKey or apiKey (also as a list, a block
scalar, in flow style or in a comment) and the password inside any URI. Everything else, lines and columns
before a mask included, stays as it is, but for lines of more than 2,000 characters, which are cut.
"""

from __future__ import annotations

import re

MASK = "***"
_KEY = re.compile(
    r"""["']?\b[\w.-]{0,64}?(?:secrets?|passw(?:or)?d|passphrase|tokens?|credentials?|(?:private|api)[_.-]?key)"""
    r"""["']?\s*:(?=\s|$|["'\[{|>])[ \t]*""",
    re.IGNORECASE,
)
_URI_PASSWORD = re.compile(r"""(\b\w[\w+.-]{0,32}://[^\s/:@"']{0,256}):[^\s"']{0,1024}@""")
_LONGEST_LINE = 2_000
_CUT = " … (the line is longer)"
_BLOCK_STARTS = ("", "|", ">", "[", "{", "#", "&", "!")
_ITEM = re.compile(r"(\s*)(?:-(?:\s+|$))?")


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" \t"))


def _mask_inline(line: str, start: int) -> str:
    """`line` with the value at `start` masked: to the end, or within braces to the next comma or brace."""
    value = line[start:]
    if line[:start].count("{") > line[:start].count("}"):
        quoted = re.match(r"""(?:"(?:\\.|[^"\\])*"|'(?:''|[^'])*'|\[[^\]]*\]|[^,}]*)""", value)
        end = start + (quoted.end() if quoted else len(value))
        return f"{line[:start]}{MASK}{_mask_line(line[end:])[0]}"
    return line[:start] + MASK


def _mask_line(line: str) -> tuple[str, bool]:
    """The line with its secrets masked, and whether the secret goes on in the lines below."""
    found = _KEY.search(line)
    if found is None:
        return _URI_PASSWORD.sub(rf"\1:{MASK}@", line), False
    value = line[found.end() :].strip()
    goes_on = value[:1] in _BLOCK_STARTS or (value[:1] in "\"'" and value.count(value[0]) < 2)
    masked = line if not value else _mask_inline(line, found.end())
    return masked, goes_on


def masked_text(text: str) -> str:
    """`text` with every secret replaced by `***`; the number of lines stays the same."""
    shown: list[str] = []
    below: int | None = None
    for whole in text.split("\n"):
        line = whole if len(whole) <= _LONGEST_LINE else whole[:_LONGEST_LINE] + _CUT
        content = line.lstrip(" \t")
        if below is not None and content.strip():
            if _indent(line) > below or (content.startswith("-") and _indent(line) >= below):
                item = _ITEM.match(line)
                shown.append(f"{item[0] if item else ''}{MASK}")
                continue
            below = None
        masked, goes_on = _mask_line(line)
        if goes_on:
            below = _indent(line)
        shown.append(masked)
    return "\n".join(shown)
