"""Certificate extensions as the controller's runtime reads them when it loads a certificate.

Only three things matter for loading: the frame of every extension, the content of *critical* extensions that
the runtime knows (a malformed one refuses the certificate, a malformed non-critical one is ignored), and
duplicates. What a chain makes of them is the business of verification. Observed on Java 25.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from trustconsole.trust_root import java_der as der
from trustconsole.trust_root.java_der import CannotPredict, DerStream, DerValue, JavaIOError
from trustconsole.trust_root.java_names import read_general_name, read_general_names

SUBJECT_ALT_NAME = "2.5.29.17"


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
        outcome = _parses(extension)
        if outcome is False:
            continue  # ignored, and forgotten: a second one of its kind is no duplicate
        if outcome is None and (extension.critical or extension.oid in parsed):
            raise CannotPredict(f"extension {extension.oid}")
        if extension.oid in parsed:
            if parsed[extension.oid] is None:
                raise CannotPredict(f"extension {extension.oid}")
            raise JavaIOError("Duplicate extensions not allowed")
        parsed[extension.oid] = outcome
        found.append(extension)
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
        return None if extension.oid in _READ_BY_JAVA_ONLY else True
    try:
        reader(extension)
    except JavaIOError:
        if extension.critical:
            raise
        return False
    except CannotPredict:
        return None
    return True


def _sequence(extension: Extension, complaint: str) -> DerValue:
    value = der.read_all(extension.value)
    if value.tag != der.SEQUENCE:
        raise JavaIOError(complaint)
    return value


def _basic_constraints(extension: Extension) -> None:
    value = _sequence(extension, "Invalid encoding of BasicConstraints")
    if not value.stream.available:
        return
    first = value.stream.read()
    if first.tag != der.BOOLEAN:
        return
    first.boolean()
    if value.stream.available:
        length = value.stream.read()
        if length.tag != der.INTEGER:
            raise JavaIOError("Invalid encoding of BasicConstraints")
        length.int32()


def _key_usage(extension: Extension) -> None:
    data = extension.value
    if not data:
        raise JavaIOError("java.lang.ArrayIndexOutOfBoundsException: Index 0 out of bounds for length 0")
    if data[0] == der.OCTET_STRING:
        data = der.read_all(data).octet_string()
    der.read_all(data).bit_string()


def _extended_key_usage(extension: Extension) -> None:
    value = _sequence(extension, "Invalid encoding for ExtendedKeyUsageExtension.")
    while value.stream.available:
        value.stream.read().oid()


def _subject_key_identifier(extension: Extension) -> None:
    der.read_all(extension.value).octet_string()


def _authority_key_identifier(extension: Extension) -> None:
    value = _sequence(extension, "Invalid encoding for AuthorityKeyIdentifierExtension.")
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
            read_general_names(part.retagged(der.SEQUENCE))
        elif number == 2:
            part.retagged(der.INTEGER).integer()


def _alternative_names(extension: Extension) -> None:
    read_general_names(der.read_all(extension.value))


def _name_constraints(extension: Extension) -> None:
    value = _sequence(extension, "Invalid encoding for NameConstraintsExtension.")
    seen: set[int] = set()
    while value.stream.available:
        part = value.stream.read()
        if part.tag not in (0xA0, 0xA1):
            raise JavaIOError("Invalid encoding of NameConstraintsExtension.")
        if part.tag in seen:
            kind = "permitted" if part.tag == 0xA0 else "excluded"
            raise JavaIOError(f"Duplicate {kind} GeneralSubtrees in NameConstraintsExtension.")
        seen.add(part.tag)
        while part.stream.available:
            _subtree(part.stream.read())


def _subtree(value: DerValue) -> None:
    if value.tag != der.SEQUENCE:
        raise JavaIOError("Invalid encoding for GeneralSubtree.")
    read_general_name(value.stream.read(), constraint=True)
    while value.stream.available:
        bound = value.stream.read()
        if bound.tag not in (0x80, 0x81):
            raise JavaIOError("Invalid encoding of GeneralSubtree.")
        bound.retagged(der.INTEGER).int32()


def _certificate_policies(extension: Extension) -> None:
    value = _sequence(extension, "Invalid encoding for CertificatePoliciesExtension.")
    while value.stream.available:
        policy = value.stream.read()
        if policy.tag != der.SEQUENCE:
            raise JavaIOError("Invalid encoding of PolicyInformation")
        policy.stream.read().oid()
        if policy.stream.available:
            raise CannotPredict("policy qualifiers")


def _policy_constraints(extension: Extension) -> None:
    value = _sequence(extension, "Sequence tag missing for PolicyConstraint.")
    seen: set[int] = set()
    while value.stream.available:
        part = value.stream.read()
        if part.tag not in (0x80, 0x81):
            raise JavaIOError("Invalid encoding of PolicyConstraint")
        if part.tag in seen:
            raise CannotPredict("repeated policy constraints")
        seen.add(part.tag)
        part.retagged(der.INTEGER).int32()


def _inhibit_any_policy(extension: Extension) -> None:
    if not extension.critical:
        raise JavaIOError("Criticality cannot be false for InhibitAnyPolicy")
    value = der.read_all(extension.value)
    if value.tag != der.INTEGER:
        raise JavaIOError("Invalid encoding of InhibitAnyPolicy: data not integer")
    if value.int32() < -1:
        raise JavaIOError("Invalid value for skipCerts")


_READERS: dict[str, Callable[[Extension], None]] = {
    "2.5.29.14": _subject_key_identifier,
    "2.5.29.15": _key_usage,
    SUBJECT_ALT_NAME: _alternative_names,
    "2.5.29.18": _alternative_names,
    "2.5.29.19": _basic_constraints,
    "2.5.29.30": _name_constraints,
    "2.5.29.32": _certificate_policies,
    "2.5.29.35": _authority_key_identifier,
    "2.5.29.36": _policy_constraints,
    "2.5.29.37": _extended_key_usage,
    "2.5.29.54": _inhibit_any_policy,
}
_READ_BY_JAVA_ONLY = frozenset(
    (
        *(f"2.5.29.{arc}" for arc in (16, 20, 21, 27, 28, 29, 31, 33, 46)),
        "1.3.6.1.5.5.7.1.1",
        "1.3.6.1.5.5.7.1.11",
        "1.3.6.1.5.5.7.48.1.5",
        "2.16.840.1.113730.1.1",
    )
)
"""Extensions with a class of their own in the runtime that is not modelled here."""
