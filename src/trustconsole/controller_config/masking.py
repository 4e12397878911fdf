"""Secrets in `controller.yml` never reach a screen: its text, and messages that quote it, as shown to people.

Works on lines, not on the parsed tree, because a file that does not parse is shown, too; where in doubt it
hides too much. Masked are the values of every key that ends in secret, password, token, credential,
privateKey or apiKey (with all lines that are indented below it), what stands before the `@` of a URI, the
values of a URI's parameters with such a name (and of `authMechanismProperties`, which may hold a session
token), and PEM private keys. The number of lines stays the same; lines of more than 2,000 characters are cut.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

MASK = "***"
_NAMES = r"(?:secrets?|pass(?:wo?r?d|wd|phrase)?|tokens?|credentials?|(?:private|api)[_.-]?key)"
_KEY = re.compile(
    rf"""(?:["']?\b[\w.-]{{0,64}}?{_NAMES}["']?\s*:|"[^"\s]{{0,64}}\\[^"\s]{{0,64}}"\s*:)"""
    r"""(?=\s|$|["'\[{|>&!*])[ \t]*""",
    re.IGNORECASE,
)
_EXPLICIT_KEY = re.compile(rf"""^\s*\?\s+["']?[\w.-]{{0,64}}?{_NAMES}["']?\s*$""", re.IGNORECASE)
_AUTHORITY = re.compile(r"""(:(?:\\?/){1,2}).*@""")
_OPEN_AUTHORITY = re.compile(r"""(:(?:\\?/){2})[^\s/]*(?:\\$|$)""")
_SECRET_PARAMETER = re.compile(rf"{_NAMES}|authMechanismProperties", re.IGNORECASE)
_PARAMETER = re.compile(r"""([\w%.+-]{1,128}=)([^&\s]*?)(?=["']?(?:[&\s]|$))""")
_WHOLE_PARAMETER = re.compile(r"([^&?=]{1,128}=)([^&]*)")
_PEM_BEGIN = re.compile(r"BEGIN [A-Z ]{0,32}PRIVATE KEY")
_PEM_END = re.compile(r"END [A-Z ]{0,32}PRIVATE KEY")
_NOTABLE = re.compile(r"[:?]|PRIVATE KEY")
"""What every line with a secret of its own has."""
_LONGEST_LINE = 2_000
_CUT = " … (the line is longer)"
_ITEM = re.compile(r"(\s*)(?:-(?:\s+|$))?")


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" \t"))


def masked_uris(text: str) -> str:
    """One line of text, or a message that quotes a value, without what a URI says before its `@`."""
    return _PARAMETER.sub(_masked_parameter, _AUTHORITY.sub(rf"\1{MASK}@", text))


def mask_uri(uri: str) -> str:
    """A value that is one URI as a whole, without its secrets; the user's name and all else stays.

    The password is all between the first `:` after `//` and the last `@`.
    """
    scheme, separator, rest = uri.partition("://")
    if not separator:
        return masked_uris(uri)
    userinfo, at, host = rest.rpartition("@")
    user, colon, _secret = userinfo.partition(":")
    place = f"{user}{f':{MASK}' if colon else ''}{at}{host}"
    return f"{scheme}://{_WHOLE_PARAMETER.sub(_masked_parameter, place)}"


def _masked_parameter(found: re.Match[str]) -> str:
    return f"{found[1]}{MASK}" if _SECRET_PARAMETER.search(unquote(found[1])) else found[0]


def _mask_line(line: str, *, cut: bool) -> tuple[str, bool]:
    """The line with its secrets masked, and whether the lines indented below it belong to a secret."""
    found = _KEY.search(line)
    if found is None:
        shown = masked_uris(line)
        if (cut or line.endswith("\\")) and _OPEN_AUTHORITY.search(shown):
            return _OPEN_AUTHORITY.sub(rf"\1{MASK}", shown), True
        return shown, _EXPLICIT_KEY.match(line) is not None
    value = line[found.end() :]
    if not value.strip():
        return line, True
    simple = re.fullmatch(r"""("(?:\\.|[^"\\])*"|'(?:''|[^'])*'|[^\s,{}\[\]"'&*!|>]+)([ ]*[,}].*)?""", value)
    rest = simple[2] if simple and simple[2] else ""
    return line[: found.end()] + MASK + (_mask_line(rest, cut=cut)[0] if rest else ""), True


def masked_text(text: str) -> str:
    """`text` with every secret replaced by `***`; the number of lines stays the same."""
    shown: list[str] = []
    below: int | None = None
    in_pem = False
    for whole in text.split("\n"):
        if below is None and not in_pem and not _NOTABLE.search(whole, 0, _LONGEST_LINE):
            shown.append(whole if len(whole) <= _LONGEST_LINE else whole[:_LONGEST_LINE] + _CUT)
            continue
        cut = len(whole) > _LONGEST_LINE
        line = whole[:_LONGEST_LINE]
        if in_pem or _PEM_BEGIN.search(whole):
            in_pem = _PEM_END.search(whole) is None
            shown.append(" " * _indent(line) + MASK)
            continue
        content = line.lstrip(" \t")
        if below is not None and content.strip():
            if _indent(line) > below or (content[:1] in "-:" and _indent(line) >= below):
                item = _ITEM.match(line)
                shown.append(f"{item[0] if item else ''}{MASK}")
                continue
            below = None
        masked, goes_on = _mask_line(line, cut=cut)
        if goes_on:
            below = _indent(line)
        shown.append(masked + _CUT if cut else masked)
    return "\n".join(shown)
