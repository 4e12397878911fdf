"""Parsers of hostile input, each as a function of bytes that raises only where one of its laws is broken.

`fuzz.py` drives them with atheris, `test_corpora.py` replays what was kept. A law is more than "does not
crash": what was accepted is looked at, and nothing may be accepted that was not made by a key of `seeds`.
"""

from __future__ import annotations

import hashlib
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from contextlib import suppress

from cryptography import x509
from tests.fuzz import seeds
from tests.verification.making_timestamps import START

from trustconsole import limits
from trustconsole.errors import InputError, UsageError
from trustconsole.trust_root import (
    KEY_DETAILS,
    TrustedLog,
    Validity,
    fully_read,
    parse_trusted_root,
    spki_der,
)
from trustconsole.trust_root.silence import without_warnings
from trustconsole.verification.entry_bodies import read_entry_body
from trustconsole.verification.expressions import compile_expression
from trustconsole.verification.identity import IdentityPolicy
from trustconsole.verification.log_entry import LogEntry
from trustconsole.verification.scts import check_embedded_sct
from trustconsole.verification.sigstore.bundle import read_sigstore_bundle
from trustconsole.verification.sigstore.checkpoint import read_checkpoint
from trustconsole.verification.sigstore.dsse import Envelope, read_statement
from trustconsole.verification.sigstore.inclusion import check_inclusion
from trustconsole.verification.sigstore.known_logs import KnownLog
from trustconsole.verification.sigstore.merkle import root_of
from trustconsole.verification.timestamps import TimestampRefused, verify_timestamp

_KEY = seeds.INSTANCE.v1.key.public_key()
_LOGS = tuple(
    KnownLog(log.key.public_key(), log.identifier.hex()) for log in (seeds.INSTANCE.v1, seeds.INSTANCE.v2)
)
_CT_LOG = TrustedLog(
    bytes(32),
    bytes(32),
    "https://ct.example",
    _KEY,
    spki_der(_KEY),
    KEY_DETAILS["PKIX_ECDSA_P256_SHA_256"],
    Validity(START),
)
_POLICIES = (
    IdentityPolicy(identity=seeds.WORKFLOW, issuer=seeds.ISSUER),
    IdentityPolicy(identity_regexp="^https://[a-z.]+/(.+)@refs/tags/(v.)+$", issuer=seeds.ISSUER),
)


def _is_explained(error: InputError) -> None:
    assert error.message
    assert error.location is not None


def sigstore_bundle(data: bytes) -> None:
    """What is read has a signature and keeps the limits; no proof holds but the seed's own."""
    try:
        bundle = read_sigstore_bundle(data, "fuzz")
    except InputError as error:
        _is_explained(error)
        return
    assert bundle.signature
    assert len(bundle.entries) <= limits.LOG_ENTRIES
    assert (bundle.material is None) != (bundle.hint is None)
    if isinstance(bundle.content, Envelope):
        assert bundle.content.payload in bundle.content.signed_bytes()
        assert bundle.content.json_sha256s()
        with suppress(InputError):
            assert read_statement(bundle.content, "fuzz").subjects
    for entry in bundle.entries:
        _judge(entry)


def _judge(entry: LogEntry) -> None:
    with suppress(InputError):
        read_entry_body(entry)
    entry.set_verifies_under(_KEY)
    for log in _LOGS:
        if check_inclusion(entry, [log]).holds:
            assert b64decode(entry.body) in seeds.BODIES


def trusted_root(data: bytes) -> None:
    """Every log is found by its id, every window has a start and covers it, every chain has a root."""
    try:
        root = parse_trusted_root(data, "fuzz")
    except InputError as error:
        _is_explained(error)
        return
    for log in (*root.logs, *root.ct_logs):
        assert log.details.fits(log.key)
        assert log.key_bytes == spki_der(log.key)
        assert log.validity.covers(log.validity.start)
    assert all(log in root.logs_with_id(log.log_id) for log in root.logs)
    for authority in (*root.certificate_authorities, *root.timestamp_authorities):
        assert authority.root in authority.certificates
        assert str(authority.validity)


def entry_body(data: bytes) -> None:
    """A body that is read names a digest, and who signed."""
    entry = LogEntry(b"-", b64encode(data).decode(), 0, 0, "", where="fuzz")
    with suppress(InputError):
        body = read_entry_body(entry)
        assert body.kind.rpartition(" ")[0]
        assert (body.material.leaf is None) != (body.material.public_key is None)


def checkpoint(data: bytes) -> None:
    """What the signatures cover is where the text begins, and the lines make up the rest."""
    text = data.decode("utf-8", "surrogateescape").encode("utf-8", "replace").decode()
    try:
        note = read_checkpoint(text, "fuzz")
    except InputError:
        return
    lines = [
        f"— {line.name} {b64encode(line.key_hint + line.signature).decode()}\n" for line in note.signatures
    ]
    assert text.encode() == note.signed_bytes + b"\n" + "".join(lines).encode()
    assert note.signed_bytes.startswith(f"{note.origin}\n{note.size}\n".encode())
    assert len(note.root_hash) == 32


def merkle(data: bytes) -> None:
    """The same root as the recursive definition of RFC 6962 gives, or none where that gives none."""
    index, size = (*data[:2], 0, 0)[:2]
    path = [data[at : at + 32] for at in range(2, len(data) - 31, 32)]
    assert root_of(b"\x07" * 32, index, size, path) == _by_definition(b"\x07" * 32, index, size, path)


def _by_definition(leaf: bytes, index: int, size: int, path: list[bytes]) -> bytes | None:
    if not 0 <= index < size or (size == 1 and path):
        return None
    if size == 1:
        return leaf
    if not path:
        return None
    half = 1 << ((size - 1).bit_length() - 1)
    *below, last = path
    if index < half:
        left = _by_definition(leaf, index, half, below)
        return None if left is None else hashlib.sha256(b"\x01" + left + last).digest()
    right = _by_definition(leaf, index - half, size - half, below)
    return None if right is None else hashlib.sha256(b"\x01" + last + right).digest()


def timestamp(data: bytes) -> None:
    """No token proves any time but that of the seed."""
    try:
        answer = verify_timestamp(data, seeds.SIGNATURE, (seeds.TSA_AUTHORITY,))
    except TimestampRefused:
        return
    assert answer.time == seeds.TOKEN_TIME


def leaf(data: bytes) -> None:
    """Identity and SCTs of any certificate are judged without an exception; no SCT of it is real."""
    try:
        with without_warnings():
            certificate = fully_read(x509.load_der_x509_certificate(data))
            for policy in _POLICIES:
                assert policy.check(certificate).reason
            assert check_embedded_sct(certificate, seeds.INSTANCE.ca.certificate, (_CT_LOG,)).status == "fail"
    except (ValueError, x509.InvalidVersion):
        return


def expression(data: bytes) -> None:
    """Any text compiles or is refused with a hint, and whatever compiles runs."""
    with suppress(UsageError):
        pattern = compile_expression(data.decode("utf-8", "replace"))
        assert pattern.found_in("https://ab.example/x@refs/tags/v1") in (True, False)


TARGETS: Mapping[str, Callable[[bytes], None]] = {
    "sigstore_bundle": sigstore_bundle,
    "trusted_root": trusted_root,
    "entry_body": entry_body,
    "checkpoint": checkpoint,
    "merkle": merkle,
    "timestamp": timestamp,
    "leaf": leaf,
    "expression": expression,
}
