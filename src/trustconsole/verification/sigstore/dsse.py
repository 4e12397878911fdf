"""DSSE envelopes and the in-toto statements inside: what is signed, and which artefacts it is about.

Sources: the DSSE protocol 1.0 (pre-authentication encoding), in-toto Statement v0.1 and v1.
"""

from __future__ import annotations

import hashlib
import itertools
import json
from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from trustconsole import limits
from trustconsole.errors import Location, MalformedInput
from trustconsole.json_fields import list_member, object_member, text_member
from trustconsole.strict_text import strict_json

PAYLOAD_TYPE: Final = "application/vnd.in-toto+json"
STATEMENT_TYPES: Final = ("https://in-toto.io/Statement/v1", "https://in-toto.io/Statement/v0.1")
_DIGESTS: Final = {"sha256": 64, "sha384": 96, "sha512": 128}


@dataclass(frozen=True, slots=True)
class Envelope:
    """A DSSE envelope with its one signature; `key_id` None where the envelope has no such field."""

    payload_type: str
    payload: bytes = field(repr=False)
    signature: bytes = field(repr=False)
    key_id: str | None = None
    _hashes: dict[str, frozenset[str]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def signed_bytes(self) -> bytes:
        """The pre-authentication encoding, which is what the signature covers."""
        kind = self.payload_type.encode("utf-8", "surrogatepass")
        return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(self.payload), self.payload)

    def payload_sha256(self) -> str:
        """Lowercase hex."""
        return hashlib.sha256(self.payload).hexdigest()

    def json_sha256s(self) -> frozenset[str]:
        """The SHA-256 of every text that a signing tool may have written for this envelope.

        Logs record the hash of the JSON that was uploaded, and a bundle does not keep that text: order of
        members, a `keyid` that is empty or left out and a final line feed differ between tools. They are
        made once: a bundle may bring many entries, and its payload may be large.
        """
        if "json" not in self._hashes:
            self._hashes["json"] = frozenset(self._hashed_texts())
        return self._hashes["json"]

    def _hashed_texts(self) -> Iterator[str]:
        for text in self._texts():
            digest = hashlib.sha256(text)
            yield digest.hexdigest()
            digest.update(b"\n")
            yield digest.hexdigest()

    def _texts(self) -> Iterator[bytes]:
        sig = ("sig", b64encode(self.signature).decode())
        keyid = ("keyid", self.key_id or "")
        signatures = [(sig,), (keyid, sig), (sig, keyid)]
        payload = ("payload", b64encode(self.payload).decode())
        for members in signatures:
            parts = (payload, ("payloadType", self.payload_type), ("signatures", [dict(members)]))
            for order in itertools.permutations(parts):
                text = json.dumps(dict(order), separators=(",", ":"), ensure_ascii=False)
                yield text.encode("utf-8", "surrogatepass")


@dataclass(frozen=True, slots=True)
class Statement:
    """An in-toto statement: what it says about which artefacts (their digests, lowercase hex by name)."""

    predicate_type: str
    subjects: tuple[Mapping[str, str], ...]

    def algorithms(self) -> frozenset[str]:
        """The digest algorithms by which its subjects are named, of those that the console knows."""
        return frozenset(name for subject in self.subjects for name in subject)

    def is_about(self, digests: Mapping[str, str]) -> bool:
        """Whether one subject names the artefact: the digests that it shares with `digests` agree."""
        return any(
            (shared := subject.keys() & digests.keys())
            and all(subject[name] == digests[name] for name in shared)
            for subject in self.subjects
        )


def read_statement(envelope: Envelope, where: str) -> Statement:
    """The statement inside, strictly; raises `MalformedInput` or `LimitExceeded`, naming unknown types."""
    if envelope.payload_type != PAYLOAD_TYPE:
        raise MalformedInput(
            f"is of payload type {envelope.payload_type!r}, which is not known",
            hint=f"known is {PAYLOAD_TYPE}",
            location=Location(where),
        )
    document = strict_json(envelope.payload, where)
    kind = text_member(document, "_type", where)
    if kind not in STATEMENT_TYPES:
        raise MalformedInput(f"is a statement of type {kind!r}, which is not known", location=Location(where))
    subjects = []
    for subject in list_member(document, "subject", where, limits.SUBJECTS):
        digests = object_member(subject, "digest", f"{where}.subject")
        subjects.append({name: _hex(digests, name, where) for name in _DIGESTS if name in digests})
    if not subjects:
        raise MalformedInput("is about no artefact", location=Location(where))
    return Statement(text_member(document, "predicateType", where), tuple(subjects))


def _hex(digests: Mapping[str, object], name: str, where: str) -> str:
    value = text_member(digests, name, f"{where}.subject.digest").lower()
    if len(value) != _DIGESTS[name] or any(char not in "0123456789abcdef" for char in value):
        raise MalformedInput(f"has a {name} that is none", location=Location(f"{where}.subject.digest"))
    return value
