"""When two distinguished names are one for the controller's runtime.

It compares canonical forms: letter case, repeated and outer spaces and the choice between UTF8String and
PrintableString do not count, any other string type and any attribute without a name in RFC 2253 are compared
byte by byte, and the order of RDNs counts. Source: RFC 2253, observed answers.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TypeAlias

from trustconsole.trust_root import java_der as der
from trustconsole.trust_root.java_der import DerValue

CanonicalName: TypeAlias = tuple[tuple[str, ...], ...]
"""One tuple for each RDN in encoded order, of the canonical forms of its attributes, sorted."""

_NAMED = frozenset(
    (
        *(f"2.5.4.{arc}" for arc in (3, 6, 7, 8, 9, 10, 11)),
        "0.9.2342.19200300.100.1.25",
        "0.9.2342.19200300.100.1.1",
    )
)
_COMPARED_AS_TEXT = (0x0C, 0x13)
_SPACES = re.compile(" +")
_TRIMMED = "".join(map(chr, range(0x21)))


def canonical_name(value: DerValue) -> CanonicalName:
    """The comparable form of a Name; raises `JavaIOError` where it is none."""
    return tuple(
        tuple(sorted(_attribute(pair) for pair in rdn.children(der.SET)))
        for rdn in value.children(der.SEQUENCE)
    )


def _attribute(pair: DerValue) -> str:
    oid, value = pair.children(der.SEQUENCE)
    kind = der.dotted(oid.oid())
    if kind not in _NAMED or value.tag not in _COMPARED_AS_TEXT:
        return f"{kind}=#{value.reencoded().hex()}"
    text = _SPACES.sub(" ", value.content.decode("utf-8", "replace")).strip(_TRIMMED)
    return unicodedata.normalize("NFKD", f"{kind}={text}".upper().lower())
