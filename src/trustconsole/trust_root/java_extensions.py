"""Certificate extensions as the controller's runtime reads them when it loads a certificate.

Only three things matter for loading: the frame of every extension, the content of *critical* extensions that
the runtime knows (a malformed one refuses the certificate, a malformed non-critical one is ignored), and
duplicates. What a chain makes of them is the business of verification. Observed on Java 25.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from trustconsole.trust_root import java_der as der
from trustconsole.trust_root.java_der import CannotPredict, DerStream, DerValue, JavaIOError

SUBJECT_ALT_NAME = "2.5.29.17"
_PLAIN_NAME = re.compile(rb"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?")
_PLAIN_MAIL = re.compile(rb"[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+")
_PLAIN_URI = re.compile(
    rb"[A-Za-z][A-Za-z0-9+.-]*://[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?:/[A-Za-z0-9._~/@:%-]*)?"
)


@dataclass(frozen=True, slots=True)
class Extension:
    """One extension: OID, criticality, content of its OCTET STRING."""

    oid: str
    critical: bool
    value: bytes


@dataclass(frozen=True, slots=True)
class Extensions:
    """What the runtime keeps: `parsed` is True, False (ignored) or None (cannot be predicted) by OID."""

    found: tuple[Extension, ...]
    parsed: dict[str, bool | None]

    def get(self, oid: str) -> Extension | None:
        """The extension of that kind, None where there is none."""
        return next((extension for extension in self.found if extension.oid == oid), None)


def read_extensions(stream: DerStream) -> Extensions:
    """All extensions; raises `JavaIOError` where the runtime refuses the certificate, or `CannotPredict`."""
    found: list[Extension] = []
    parsed: dict[str, bool | None] = {}
    for value in stream.read().children(der.SEQUENCE):
        extension = _frame(value)
        found.append(extension)
        outcome = _parses(extension)
        if outcome is False:
            continue  # ignored, and forgotten: a second one of its kind is no duplicate
        if outcome is None and (extension.critical or extension.oid in parsed):
            raise CannotPredict(f"extension {extension.oid}")
        if parsed.get(extension.oid, False) is not False:
            if parsed[extension.oid] is None:
                raise CannotPredict(f"extension {extension.oid}")
            raise JavaIOError("Duplicate extensions not allowed")
        parsed[extension.oid] = outcome
    return Extensions(tuple(found), parsed)


def _frame(value: DerValue) -> Extension:
    if value.tag not in (der.SEQUENCE, der.SET):
        raise JavaIOError(f"toDerInputStream rejects tag type {der.signed(value.tag)}")
    oid = der.dotted(value.stream.read().oid())
    part = value.stream.read()
    critical = False
    if part.tag == der.BOOLEAN:
        critical = part.boolean()
        part = value.stream.read()
    return Extension(oid, critical, part.octet_string())


def _parses(extension: Extension) -> bool | None:
    """Whether the runtime's class for it takes the value; raises for a critical one that it refuses."""
    reader = _READERS.get(extension.oid)
    if reader is None:
        return True if extension.oid not in _READ_BY_JAVA_ONLY else None
    try:
        return reader(extension.value)
    except JavaIOError:
        if extension.critical:
            raise
        return False
    except CannotPredict:
        return None


def _basic_constraints(data: bytes) -> bool:
    value = der.read_all(data)
    if value.tag != der.SEQUENCE:
        raise JavaIOError("Invalid encoding of BasicConstraints")
    if not value.stream.available:
        return True
    first = value.stream.read()
    if first.tag != der.BOOLEAN:
        return True
    first.boolean()
    if value.stream.available:
        length = value.stream.read()
        if length.tag != der.INTEGER:
            raise JavaIOError("Invalid encoding of BasicConstraints")
        number = length.integer()
        if number < -(1 << 31):
            raise JavaIOError("Integer below minimum valid value")
        if number >= 1 << 31:
            raise JavaIOError("Integer exceeds maximum valid value")
    return True


def _key_usage(data: bytes) -> bool:
    if not data:
        raise CannotPredict("an empty key usage")
    if data[0] == der.OCTET_STRING:
        data = der.read_all(data).octet_string()
    der.read_all(data).bit_string()
    return True


def _extended_key_usage(data: bytes) -> bool:
    value = der.read_all(data)
    if value.tag != der.SEQUENCE:
        raise JavaIOError("Invalid encoding for ExtendedKeyUsageExtension.")
    while value.stream.available:
        value.stream.read().oid()
    return True


def _subject_key_identifier(data: bytes) -> bool:
    der.read_all(data).octet_string()
    return True


def _authority_key_identifier(data: bytes) -> bool:
    value = der.read_all(data)
    if value.tag != der.SEQUENCE:
        raise JavaIOError("Invalid encoding for AuthorityKeyIdentifierExtension.")
    seen: set[int] = set()
    while value.stream.available:
        part = value.stream.read()
        number = part.tag & 0x1F
        if part.tag not in (0x80, 0xA1, 0x82):
            raise JavaIOError("Invalid encoding of AuthorityKeyIdentifierExtension.")
        if number in seen:
            kind = ("KeyIdentifier", "GeneralNames", "SerialNumber")[number]
            raise JavaIOError(f"Duplicate {kind} in AuthorityKeyIdentifier.")
        seen.add(number)
        if number == 1:
            _general_names(part.content)
        elif number == 2:
            DerValue(der.INTEGER, part.buffer, part.start, part.end).integer()
    return True


def _subject_alt_name(data: bytes) -> bool:
    value = der.read_all(data)
    if value.tag != der.SEQUENCE:
        raise JavaIOError("Invalid encoding for GeneralNames.")
    if not value.stream.available:
        raise JavaIOError("No data available in passed DER encoded value.")
    _general_names(value.content)
    return True


def _general_names(data: bytes) -> None:
    if not data:
        raise CannotPredict("general names without a name")
    stream = DerStream(data, 0, len(data))
    while stream.available:
        _general_name(stream.read())


def _general_name(name: DerValue) -> None:
    """Plain names are taken; what the runtime's name parsers judge more closely is left unanswered."""
    number = name.tag & 0x1F
    if number > 8:
        raise JavaIOError(f"Unrecognized GeneralName tag, ({number})")
    content = name.content
    plain = {
        0x81: lambda: bool(_PLAIN_MAIL.fullmatch(content)),
        0x82: lambda: bool(_PLAIN_NAME.fullmatch(content)),
        0x86: lambda: bool(_PLAIN_URI.fullmatch(content)),
        0x87: lambda: len(content) in (4, 16),
    }.get(name.tag)
    if plain is None or not plain():
        raise CannotPredict("a general name")


def _certificate_policies(data: bytes) -> bool:
    value = der.read_all(data)
    if value.tag != der.SEQUENCE or not value.stream.available:
        raise CannotPredict("certificate policies")
    for policy in value.children(der.SEQUENCE):
        if policy.tag != der.SEQUENCE:
            raise CannotPredict("certificate policies")
        policy.stream.read().oid()
        if policy.stream.available:
            raise CannotPredict("policy qualifiers")
    return True


_READERS: dict[str, Callable[[bytes], bool]] = {
    "2.5.29.19": _basic_constraints,
    "2.5.29.15": _key_usage,
    "2.5.29.37": _extended_key_usage,
    "2.5.29.14": _subject_key_identifier,
    "2.5.29.35": _authority_key_identifier,
    "2.5.29.32": _certificate_policies,
    SUBJECT_ALT_NAME: _subject_alt_name,
}


def _oids(prefix: str, arcs: Iterable[int]) -> tuple[str, ...]:
    return tuple(f"{prefix}.{arc}" for arc in arcs)


_READ_BY_JAVA_ONLY = frozenset(
    (
        *_oids("2.5.29", (16, 18, 20, 21, 27, 28, 29, 30, 31, 33, 36, 46, 54)),
        "1.3.6.1.5.5.7.1.1",
        "1.3.6.1.5.5.7.1.11",
        "1.3.6.1.5.5.7.48.1.5",
        "2.16.840.1.113730.1.1",
    )
)
"""Extensions with a class of their own in the runtime that is not modelled here."""
