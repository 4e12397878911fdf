"""Why a bundle was refused, found by a few further signature checks; runs only after a reject.

Each probe asks one question ("would it verify as raw r‖s?") and yields a finding or nothing.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from trustconsole import limits
from trustconsole.errors import InputError
from trustconsole.findings import Finding
from trustconsole.storage import digest_file
from trustconsole.text import shell_word
from trustconsole.verification.case import Case
from trustconsole.verification.documented import DocumentedState
from trustconsole.verification.findings import KINDS
from trustconsole.verification.sidecar_formats import read_detached
from trustconsole.verification.signatures import HashName, verify_signature
from trustconsole.verification.signing_advice import sign_command

_KEYS_TRIED = 8
_TEXT_BYTES = 8 * limits.MIB
_SIGNED_BY_SHA256 = ("sha256", "signed content")

Probe = Callable[[Case, DocumentedState], Iterator[Finding]]


def _candidates(case: Case, state: DocumentedState) -> list[PublicKeyTypes]:
    """The keys that may have signed: the bundle's own, else the first trusted ones."""
    if state.key is not None:
        return [state.key]
    blocks = case.trust_root.trusted_blocks if case.trust_root else ()
    return [block.public_key for block in blocks if block.public_key is not None][:_KEYS_TRIED]


def _fits(
    keys: list[PublicKeyTypes], signature: bytes, message: bytes, hash_name: HashName = "sha256"
) -> bool:
    digest = hashlib.new(hash_name, message).digest()
    return any(
        verify_signature(key, signature, digest=digest, message=lambda: message, hash_name=hash_name)
        for key in keys
    )


def _altered(case: Case, state: DocumentedState) -> Iterator[Finding]:
    """The log entry says which digest was signed: does the signature fit that one?"""
    for binding in state.bindings:
        body = binding.body
        if body is None or not state.signature or (body.hash_algorithm, body.covers) != _SIGNED_BY_SHA256:
            continue
        try:
            signed = bytes.fromhex(body.hash_value)
        except ValueError:
            continue
        if len(signed) != 32 or body.hash_value == case.artifact.sha256:
            continue
        for key in _candidates(case, state):
            if verify_signature(key, state.signature, digest=signed, message=lambda: b"", hash_name="sha256"):
                yield KINDS["altered-artifact"].at(
                    case.artifact.path, signed=body.hash_value, found=case.artifact.sha256
                )
                return


def _digest_text(case: Case, state: DocumentedState) -> Iterator[Finding]:
    text = case.artifact.sha256.encode()
    variants = (text, text + b"\n", text.upper(), b"sha256:" + text)
    if state.signature and any(
        _fits(_candidates(case, state), state.signature, variant) for variant in variants
    ):
        yield KINDS["signed-digest-text"].at(case.artifact.path, command=sign_command(case))


def _other_hash(case: Case, state: DocumentedState) -> Iterator[Finding]:
    if not state.signature:
        return
    names: tuple[tuple[HashName, str], ...] = (("sha384", "SHA-384"), ("sha512", "SHA-512"))
    for hash_name, shown in names:
        digest = bytes.fromhex(digest_file(Path(case.artifact.path), algorithm=hash_name).sha256)
        for key in _candidates(case, state):
            if verify_signature(
                key, state.signature, digest=digest, message=lambda: b"", hash_name=hash_name
            ):
                yield KINDS["signed-other-hash"].at(case.artifact.path, hash=shown)
                return


def _raw_ecdsa(case: Case, state: DocumentedState) -> Iterator[Finding]:
    signature = state.signature
    if not signature or len(signature) % 2:
        return
    half = len(signature) // 2
    encoded = encode_dss_signature(int.from_bytes(signature[:half]), int.from_bytes(signature[half:]))
    for key in _candidates(case, state):
        if not isinstance(key, ec.EllipticCurvePublicKey) or half != (key.curve.key_size + 7) // 8:
            continue
        if verify_signature(
            key, encoded, digest=case.artifact.digest, message=lambda: b"", hash_name="sha256"
        ):
            yield KINDS["raw-ecdsa-signature"].at(_sidecar_path(case), size=len(signature))
            return


def _line_ends(case: Case, state: DocumentedState) -> Iterator[Finding]:
    if not state.signature or case.artifact.size > _TEXT_BYTES:
        return
    content = case.artifact.content(_TEXT_BYTES)
    unix = content.replace(b"\r\n", b"\n")
    for variant, name in ((unix, "LF"), (unix.replace(b"\n", b"\r\n"), "CRLF")):
        if variant != content and _fits(_candidates(case, state), state.signature, variant):
            yield KINDS["line-endings"].at(case.artifact.path, ending=name)
            return


def _encoding(case: Case, _state: DocumentedState) -> Iterator[Finding]:
    sidecar = case.sidecar
    if sidecar is None or not sidecar.data:
        return
    path = shell_word(sidecar.path)
    text = _signature_text(case)
    if text is None:
        if sidecar.named == "sig" and sidecar.data[:1] == b"\x30":
            yield KINDS["binary-signature"].at(sidecar.path, sidecar=path)
        return
    if re.search(rb"[-_]", text):
        yield KINDS["base64-url-safe"].at(sidecar.path)
    elif re.search(rb"\s", text.rstrip(b"\r\n")):
        try:
            read_detached(re.sub(rb"\s", b"", text), sidecar.path)
        except InputError:
            return
        yield KINDS["base64-wrapped"].at(sidecar.path, sidecar=path)


def _signature_text(case: Case) -> bytes | None:
    """The Base64-like text of the signature, from either kind of sidecar; None where it is not text."""
    data = case.sidecar.data if case.sidecar and case.sidecar.data else b""
    if case.sidecar is not None and case.sidecar.named == "cosign-bundle":
        match = re.search(rb'"base64Signature"\s*:\s*"([^"]*)"', data)
        return match[1].replace(b"\\n", b"\n").replace(b"\\r", b"\r") if match else None
    return data if re.fullmatch(rb"[A-Za-z0-9+/=_\s-]+", data) else None


def _sidecar_path(case: Case) -> str:
    return case.sidecar.path if case.sidecar else case.artifact.path


def _unmatched(case: Case, state: DocumentedState) -> Finding:
    """What is left to say where no probe found the cause."""
    keys = "the bundle's own key" if state.key is not None else "any trusted key"
    root = case.trust_root.path if case.trust_root is not None else "F"
    return KINDS["signature-unmatched"].at(
        case.artifact.path, keys=keys, sha256=case.artifact.sha256, trust_root=shell_word(root)
    )


_UNREADABLE: tuple[Probe, ...] = (_encoding,)
_NOT_COVERING: tuple[Probe, ...] = (_altered, _digest_text, _raw_ecdsa, _other_hash, _line_ends)


def diagnose(case: Case, state: DocumentedState) -> tuple[Finding, ...]:
    """What the refusal comes down to; at most one finding a probe, the artefact read at most three times."""
    probes: tuple[Probe, ...] = ()
    if state.parse_error is not None:
        probes = _UNREADABLE
    elif state.signature is not None and not state.signature_holds:
        probes = _NOT_COVERING
    found: list[Finding] = []
    for probe in probes:
        try:
            found.extend(probe(case, state))
        except InputError:  # the artefact went away; the verdict stands without this hint
            continue
    if probes is _NOT_COVERING and not found:
        found.append(_unmatched(case, state))
    return tuple(found)
