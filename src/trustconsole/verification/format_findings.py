"""Findings about what a Sigstore bundle means for modules: format, policy and algorithm."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.hashes import SHA256

from trustconsole.findings import Finding
from trustconsole.text import shell_word
from trustconsole.trust_root import public_ca_name
from trustconsole.verification.conversion import conversion_command, has_promise
from trustconsole.verification.findings import KINDS
from trustconsole.verification.log_entry import LogEntry
from trustconsole.verification.signing_advice import entry_wanted, resign, sign_command
from trustconsole.verification.sigstore.bundle import MessageSignature, SigstoreBundle, UnknownBundleVersion
from trustconsole.verification.sigstore.known_logs import logs_of_key_file

if TYPE_CHECKING:
    from trustconsole.verification.case import Case
    from trustconsole.verification.documented import DocumentedState

PREHASHED = "Ed25519ph (over a SHA-512 digest)"
"""How cosign 3 signs with an Ed25519 key where there is a log; the library has no such algorithm."""


def about_format(case: Case, state: DocumentedState) -> Iterator[Finding]:
    """What a Sigstore bundle beside a module means; nothing for other formats."""
    if state.media_type is None or case.sidecar is None:
        return
    path = case.sidecar.path
    yield KINDS["sigstore-under-legacy-name"].at(
        path, media_type=state.media_type, advice=_advice(case, state)
    )
    if state.bundle is None:
        yield from _unknown(case, state, path)
        return
    if case.policy.rekor_policy == "REQUIRE_SET" and state.bundle.entries and not _has_promise(state.bundle):
        yield KINDS["set-impossible"].at(path, why=_why_no_set(state.bundle), command=sign_command(case))
    if is_prehashed(state.bundle, [state.key, *_tried(case)]) and not state.signature_holds:
        yield KINDS["unsupported-algorithm"].at(path, algorithm=PREHASHED)


def _unknown(case: Case, state: DocumentedState, path: str) -> Iterator[Finding]:
    if isinstance(state.parse_error, UnknownBundleVersion):
        yield KINDS["unsupported-format"].at(path, media_type=state.media_type, resign=resign(case))


def _advice(case: Case, state: DocumentedState) -> str:
    """How to get a bundle that the controller reads: converted where that can verify, else signed again."""
    if state.bundle is None or case.sidecar is None or not state.signature_holds:
        return resign(case)
    entry = _entry_to_keep(case, state)
    if entry is None and entry_wanted(case):
        return resign(case)
    path = case.sidecar.path
    command = conversion_command(state.bundle, state.key, path, entry=entry)
    if command is None:
        return resign(case)
    old, new, kept = (shell_word(f"{path}{suffix}") for suffix in ("", ".legacy", ".sigstore.json"))
    return f"Convert it, the signature stays the same: {command} && mv {old} {kept} && mv {new} {old}"


def _entry_to_keep(case: Case, state: DocumentedState) -> int | None:
    """Which of the bundle's entries a legacy bundle takes along: the first that holds with its SET.

    Where the policy wants none, one that nothing here can judge will do, and stays without weight.
    """
    assessed = state.evidence.entries if state.evidence else ()
    for index, one in enumerate(assessed):
        if one.holds and one.time is not None and _controller_knows(case, one.entry):
            return index
    if entry_wanted(case):
        return None
    return next((index for index, one in enumerate(assessed) if has_promise(one.entry)), None)


def _controller_knows(case: Case, entry: LogEntry) -> bool:
    """Whether the SET is of a key that the controller has; it reads no trusted root."""
    if case.rekor_key is None:
        return True
    signed, promise = entry.signed_bytes(), entry.signed_entry_timestamp
    logs = logs_of_key_file(case.rekor_key)
    return promise is not None and any(log.signed(signed, promise) for log in logs)


def _has_promise(bundle: SigstoreBundle) -> bool:
    return any(entry.signed_entry_timestamp is not None for entry in bundle.entries)


def _why_no_set(bundle: SigstoreBundle) -> str:
    if any(entry.kind == ("hashedrekord", "0.0.2") for entry in bundle.entries):
        return "Logs of Rekor v2 issue no SET."
    return "The entry was written without its SET."


def _tried(case: Case) -> list[object]:
    blocks = case.trust_root.trusted_blocks if case.trust_root else ()
    return [block.public_key for block in blocks]


def is_prehashed(bundle: SigstoreBundle, keys: list[object]) -> bool:
    """Whether the bundle looks signed with Ed25519ph: an Ed25519 key, and a SHA-512 stated for it."""
    content = bundle.content
    return (
        isinstance(content, MessageSignature)
        and content.hash_name == "sha512"
        and len(content.signature) == 64
        and any(isinstance(key, ed25519.Ed25519PublicKey) for key in keys)
    )


def about_trusted_root(case: Case, state: DocumentedState) -> Iterator[Finding]:
    """An anchor that a trusted_root.json brought may be one from which anyone obtains certificates."""
    if state.chain is None or not state.chain.accepted or case.trust_root is not None:
        return
    anchor = state.chain.path[-1]
    name = public_ca_name(anchor, anchor.fingerprint(SHA256()).hex())
    if name is not None and case.trusted_root is not None:
        yield KINDS["public-authority"].at(case.trusted_root.path, name=name)
