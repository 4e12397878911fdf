"""Reading trusted_root.json, strictly: Protobuf's JSON form of a trusted root, and nothing more lenient.

Names are lowerCamelCase and unique, bytes canonical Base64, every window has a start. A file with one broken
entry is refused as a whole; an entry that is sound but of a kind that the console cannot verify with is set
aside by name. Unknown names are passed over, as Protobuf's JSON wants it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import load_der_public_key

from trustconsole import limits
from trustconsole.errors import LimitExceeded, Location, MalformedInput
from trustconsole.json_fields import base64_member, is_given, list_member, object_member, text_member
from trustconsole.storage import read_bounded
from trustconsole.strict_text import strict_json
from trustconsole.text import human_bytes
from trustconsole.trust_root.key_details import KEY_DETAILS
from trustconsole.trust_root.keys import fully_read, spki_der
from trustconsole.trust_root.silence import without_warnings
from trustconsole.trust_root.trusted_root import TrustedAuthority, TrustedLog, TrustedRoot, Validity

MEDIA_TYPES = (
    "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
    "application/vnd.dev.sigstore.trustedroot.v0.2+json",
)
_CHAIN = limits.INTERMEDIATES + 2
_ID_BYTES = range(4, 65)
_TIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2})"
)
_Entry = TypeVar("_Entry", TrustedLog, TrustedAuthority)


class _SetAside(Exception):
    """An entry that is sound, but of a kind that cannot be verified with; the message says which."""


def read_trusted_root(path: Path) -> TrustedRoot:
    """The trusted root in the file at `path`; raises an `InputError` with place and reason."""
    file = read_bounded(path, limits.TRUSTED_ROOT_BYTES, what="trusted root")
    return parse_trusted_root(file.data, str(path))


def parse_trusted_root(data: bytes, where: str) -> TrustedRoot:
    """The trusted root in `data`; `where` names it in messages. Raises `MalformedInput`, `LimitExceeded`."""
    if len(data) > limits.TRUSTED_ROOT_BYTES:
        bound = human_bytes(limits.TRUSTED_ROOT_BYTES)
        raise LimitExceeded(
            f"is larger than the limit of {bound} for a trusted root", location=Location(where)
        )
    document = strict_json(data, where)
    if not isinstance(document, dict):
        raise MalformedInput("is not a JSON object", location=Location(where))
    media_type = text_member(document, "mediaType", where)
    if media_type not in MEDIA_TYPES:
        raise MalformedInput(
            f"is of media type {media_type[:200]!r}, which is no trusted root that the console reads",
            hint="name a trusted_root.json of version 0.1 or 0.2",
            location=Location(where),
        )
    set_aside: list[str] = []
    with without_warnings():
        return TrustedRoot(
            media_type,
            _entries(document, "tlogs", where, _log, set_aside),
            _entries(document, "certificateAuthorities", where, _authority, set_aside),
            _entries(document, "ctlogs", where, _log, set_aside),
            _entries(document, "timestampAuthorities", where, _authority, set_aside),
            where,
            hashlib.sha256(data).hexdigest(),
            tuple(set_aside),
        )


def _entries(
    document: Mapping[str, object],
    name: str,
    where: str,
    read: Callable[[Mapping[str, object], str], _Entry],
    set_aside: list[str],
) -> tuple[_Entry, ...]:
    if not is_given(document, name):
        return ()
    found: list[_Entry] = []
    for index, value in enumerate(list_member(document, name, where, limits.TRUSTED_ROOT_ENTRIES)):
        place = f"{where}: {name}[{index}]"
        if not isinstance(value, dict):
            raise MalformedInput("is not an object", location=Location(place))
        try:
            found.append(read(value, place))
        except _SetAside as reason:
            set_aside.append(f"{name}[{index}] {reason}")
    return tuple(found)


def _log(value: Mapping[str, object], where: str) -> TrustedLog:
    public_key = object_member(value, "publicKey", where)
    validity = _validity(public_key, f"{where}.publicKey")
    log_id = _key_id(value, "logId", where)
    checkpoint_id = _key_id(value, "checkpointKeyId", where) if is_given(value, "checkpointKeyId") else log_id
    raw = base64_member(public_key, "rawBytes", f"{where}.publicKey")
    base_url = text_member(value, "baseUrl", where) if is_given(value, "baseUrl") else ""
    shown = base_url or log_id.hex()[:8]
    hash_algorithm = text_member(value, "hashAlgorithm", where)
    if hash_algorithm != "SHA2_256":
        raise _SetAside(f"({shown}) hashes with {hash_algorithm[:80]!r}, not SHA2_256")
    name = text_member(public_key, "keyDetails", f"{where}.publicKey")
    details = KEY_DETAILS.get(name)
    if details is None:
        raise _SetAside(f"({shown}) has a key of kind {name[:80]!r}, which the console cannot verify with")
    try:
        key = load_der_public_key(raw)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise MalformedInput("does not hold a public key", location=Location(f"{where}.publicKey")) from error
    if not details.fits(key):
        raise MalformedInput(f"does not hold a key of {name}", location=Location(f"{where}.publicKey"))
    return TrustedLog(log_id, checkpoint_id, base_url, key, spki_der(key), details, validity)


def _key_id(value: object, name: str, where: str) -> bytes:
    key_id = base64_member(object_member(value, name, where), "keyId", f"{where}.{name}")
    if len(key_id) not in _ID_BYTES:
        raise MalformedInput(
            f"is {len(key_id)} bytes long, where a log's id has 4 to 64",
            location=Location(f"{where}.{name}.keyId"),
        )
    return key_id


def _authority(value: Mapping[str, object], where: str) -> TrustedAuthority:
    validity = _validity(value, where)
    place = f"{where}.certChain"
    chain = list_member(object_member(value, "certChain", where), "certificates", place, _CHAIN)
    if not chain:
        raise MalformedInput("holds no certificate", location=Location(place))
    certificates = tuple(
        _certificate(base64_member(one, "rawBytes", f"{place}[{index}]"), f"{place}[{index}]")
        for index, one in enumerate(chain)
    )
    uri = text_member(value, "uri", where) if is_given(value, "uri") else ""
    return TrustedAuthority(uri, certificates, validity)


def _certificate(der: bytes, where: str) -> x509.Certificate:
    try:
        return fully_read(x509.load_der_x509_certificate(der))
    except (ValueError, x509.InvalidVersion) as error:
        raise MalformedInput("is not a DER certificate", location=Location(where)) from error


def _validity(value: object, where: str) -> Validity:
    window = object_member(value, "validFor", where)
    place = f"{where}.validFor"
    if not is_given(window, "start"):
        raise MalformedInput(
            "has no start",
            hint="a key or authority without a start is not trusted; fetch a current trusted root",
            location=Location(place),
        )
    start = _instant(window, "start", place)
    end = _instant(window, "end", place) if is_given(window, "end") else None
    if end is not None and end < start:
        raise MalformedInput("ends before it starts", location=Location(place))
    return Validity(start, end)


def _instant(window: Mapping[str, object], name: str, where: str) -> datetime:
    text = text_member(window, name, where)
    try:
        if _TIME.fullmatch(text):
            return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise MalformedInput(f"has {name} {text[:60]!r}, which is no RFC 3339 time", location=Location(where))
