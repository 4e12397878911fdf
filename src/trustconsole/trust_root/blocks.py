"""Raw blocks to `Block`: what each one is, whether the documentation trusts it, what the controller takes.

A private key is recognised and withheld here, before its text can reach a report.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import load_der_public_key

from trustconsole.private_keys import key_body_lines
from trustconsole.trust_root.encoded_keys import certificate_spki, encoded_key_facts, holds_private_key
from trustconsole.trust_root.java_loader import Taken
from trustconsole.trust_root.keys import (
    BROKEN_FIELDS,
    VERIFIABLE,
    KeyFacts,
    public_key_facts,
    spki_der,
    subject_text,
)
from trustconsole.trust_root.model import Block, BlockKind, BlockStatus, ControllerLoad, LoadAs
from trustconsole.trust_root.scanner import RawBlock
from trustconsole.trust_root.silence import without_warnings

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes

_KINDS: dict[str, BlockKind] = {"PUBLIC KEY": "public-key", "CERTIFICATE": "certificate"}
WITHHELD = "(private key material withheld)"
UNDECODED = "(not shown: the body does not decode)"


@dataclass(frozen=True, slots=True)
class SeenBlock:
    """A block with what only findings need: its raw form, and whether the controller's search matches it."""

    block: Block
    raw: RawBlock = field(repr=False)
    matched: bool
    private: bool


@dataclass(frozen=True, slots=True)
class _Content:
    """What the DER of a block holds."""

    status: BlockStatus
    key: KeyFacts | None = None
    spki_sha256: str | None = None
    cert_sha256: str | None = None
    subject: str | None = None
    issuer: str | None = None
    not_before: datetime | None = None
    not_after: datetime | None = None
    is_ca: bool | None = None
    public_key: PublicKeyTypes | None = None
    certificate: x509.Certificate | None = None


def see_block(
    raw: RawBlock,
    index: int,
    taken: Taken,
    controller: Mapping[LoadAs, ControllerLoad],
    *,
    secret_above: bool = False,
) -> SeenBlock:
    """The block at `index` of the file, without findings.

    `secret_above`: the text before it holds a private key, so that no comment of it is kept.
    """
    private = "PRIVATE" in raw.label.upper() or (raw.der is not None and holds_private_key(raw.der))
    if private:
        raw = _withheld(raw, WITHHELD)
    elif raw.der is None:  # it may be anything, key material behind a slip of the pen included
        raw = replace(_withheld(raw, UNDECODED), comment=raw.comment)
    elif key_body_lines("\n".join(raw.inner_comments)):
        raw = replace(_withheld(raw, WITHHELD), der=raw.der, comment=WITHHELD, inner_comments=(WITHHELD,))
    if secret_above or key_body_lines(raw.comment):
        raw = replace(raw, comment=WITHHELD)
    kind = _KINDS.get(raw.label, "other")
    content = _content(kind, raw.der)
    roles = _roles(raw, taken, controller)
    block = Block(
        index=index,
        label=_printable(raw.label),
        kind=kind,
        line_start=raw.line_start,
        line_end=raw.line_end,
        status=content.status,
        trusted=raw.strict and content.status == "parsed",
        loaded_by=roles,
        comment=_printable(raw.comment),
        text=_printable(raw.text),
        der=raw.der,
        spki_sha256=content.spki_sha256,
        cert_sha256=content.cert_sha256,
        key=content.key,
        subject=content.subject,
        issuer=content.issuer,
        not_before=content.not_before,
        not_after=content.not_after,
        is_ca=content.is_ca,
        public_key=content.public_key,
        certificate=content.certificate,
    )
    matched = raw.label_offset in taken.keys or raw.label_offset in taken.certificates
    return SeenBlock(block, raw, matched, private)


def _printable(text: str) -> str:
    """`text` without the stand-ins for bytes that are no UTF-8, so that it can be written anywhere."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _withheld(raw: RawBlock, words: str) -> RawBlock:
    text = f"-----BEGIN {raw.label}-----\n{words}\n-----END {raw.label}-----"
    return replace(raw, text=text, der=None, comment="")


def _roles(raw: RawBlock, taken: Taken, controller: Mapping[LoadAs, ControllerLoad]) -> tuple[LoadAs, ...]:
    by_label: tuple[LoadAs, ...] = ()
    if raw.label_offset in taken.keys:
        by_label = ("KEYED", "COSIGN_BUNDLE", "REKOR")
    elif raw.label_offset in taken.certificates:
        by_label = ("COSIGN_BUNDLE",)
    return tuple(role for role in by_label if controller[role].loads)


def _content(kind: BlockKind, der: bytes | None) -> _Content:
    if kind == "other":
        return _Content("unsupported")
    if der is None:
        return _Content("malformed")
    with without_warnings():
        return _key(der) if kind == "public-key" else _certificate(der)


def _key(der: bytes) -> _Content:
    try:
        key = load_der_public_key(der)
    except UnsupportedAlgorithm:
        return _Content("unsupported", encoded_key_facts(der), hashlib.sha256(der).hexdigest())
    except (ValueError, TypeError):
        facts = encoded_key_facts(der)
        return _Content("malformed", facts if facts.algorithm != "unknown" else None)
    status: BlockStatus = "parsed" if isinstance(key, VERIFIABLE) else "unsupported"
    digest = hashlib.sha256(spki_der(key)).hexdigest()
    return _Content(status, public_key_facts(key), digest, public_key=key)


def _certificate(der: bytes) -> _Content:
    try:
        certificate = x509.load_der_x509_certificate(der)
        subject, issuer = subject_text(certificate.subject), subject_text(certificate.issuer)
        dates = certificate.not_valid_before_utc, certificate.not_valid_after_utc
        is_ca = _is_ca(certificate)
    except BROKEN_FIELDS:
        return _Content("malformed", cert_sha256=hashlib.sha256(der).hexdigest())
    spki = certificate_spki(der)
    key: PublicKeyTypes | None = None
    try:
        key = certificate.public_key()
    except (ValueError, TypeError, UnsupportedAlgorithm):
        facts = encoded_key_facts(spki) if spki else KeyFacts("unknown")
    else:
        facts, spki = public_key_facts(key), spki_der(key)
    return _Content(
        "parsed" if isinstance(key, VERIFIABLE) else "unsupported",
        facts,
        hashlib.sha256(spki).hexdigest() if spki else None,
        hashlib.sha256(der).hexdigest(),
        subject,
        issuer,
        *dates,
        is_ca,
        key,
        certificate,
    )


def _is_ca(certificate: x509.Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False
