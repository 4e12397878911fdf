"""The files of the twelve demo modules: each jar and what lies beside it.

One function for each way of signing; `plan.DEMO_MODULES` says which verdict follows from it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from cryptography import x509

from trustconsole.demo.authorities import Authority, Extension, make_leaf, name_of, public_pem
from trustconsole.demo.cast import Cast
from trustconsole.demo.jars import make_jar, with_altered_class
from trustconsole.demo.plan import DEMO_MODULES, HOSTILE_TEXT
from trustconsole.demo.signing import (
    JsonObject,
    detached,
    hashedrekord_body,
    legacy_bundle,
    rekor_entry,
    sign_raw,
    sigstore_bundle,
)
from trustconsole.inventory.names import BUNDLE_SUFFIX, SIG_SUFFIX

_FULCIO_ISSUER: Final = x509.ObjectIdentifier("1.3.6.1.4.1.57264.1.1")
_FULCIO_ISSUER_V2: Final = x509.ObjectIdentifier("1.3.6.1.4.1.57264.1.8")
_OIDC_ISSUER: Final = b"https://login.example.net"
_LOBBY_ENTRY: Final = 4_711


@dataclass(frozen=True, slots=True)
class SignedModule:
    """A jar's bytes and its sidecars by suffix."""

    jar: bytes
    sidecars: Mapping[str, bytes]


def signed_modules(cast: Cast) -> dict[str, SignedModule]:
    """The twelve modules by file name."""
    return {
        module.file: _SIGNERS[module.module_id](cast, make_jar(module.module_id, module.version))
        for module in DEMO_MODULES
    }


def _bundled(jar: bytes, bundle: bytes) -> SignedModule:
    return SignedModule(jar, {BUNDLE_SUFFIX: bundle})


def _entry(
    cast: Cast, jar: bytes, signature: bytes, verifier_pem: bytes, at: datetime, log_index: int
) -> JsonObject:
    body = hashedrekord_body(hashlib.sha256(jar).hexdigest(), signature, verifier_pem)
    return rekor_entry(cast.log_key, body, integrated_time=at, log_index=log_index)


def _with_leaf(leaf: Authority, jar: bytes, rekor_bundle: JsonObject | None = None) -> SignedModule:
    signature = sign_raw(leaf.key, jar)
    return _bundled(jar, legacy_bundle(signature, certificate=leaf.pem, rekor_bundle=rekor_bundle))


def _company_leaf(cast: Cast, key_name: str, *, not_before: datetime, not_after: datetime) -> Authority:
    return make_leaf(
        cast.key(key_name),
        name_of("build server", "Example Network"),
        cast.internal_ca,
        not_before=not_before,
        not_after=not_after,
        san=[x509.RFC822Name("builds@example.net")],
    )


def _keyed(cast: Cast, jar: bytes) -> SignedModule:
    return SignedModule(jar, {SIG_SUFFIX: detached(sign_raw(cast.author_a, jar))})


def _raw_key(cast: Cast, jar: bytes) -> SignedModule:
    return _bundled(jar, legacy_bundle(sign_raw(cast.author_a, jar)))


def _certificate(cast: Cast, jar: bytes) -> SignedModule:
    leaf = _company_leaf(
        cast,
        "build-server",
        not_before=cast.now - timedelta(days=76),
        not_after=cast.now + timedelta(days=14, hours=6),
    )
    return _with_leaf(leaf, jar)


def _logged_by_author_b(cast: Cast, jar: bytes) -> JsonObject:
    at = cast.now - timedelta(days=12, hours=3)
    return _entry(cast, jar, sign_raw(cast.author_b, jar), public_pem(cast.author_b), at, _LOBBY_ENTRY)


def _with_set(cast: Cast, jar: bytes) -> SignedModule:
    bundle = legacy_bundle(sign_raw(cast.author_b, jar), rekor_bundle=_logged_by_author_b(cast, jar))
    return _bundled(jar, bundle)


def _keyless(cast: Cast, jar: bytes) -> SignedModule:
    issued = cast.now - timedelta(days=9, hours=5)
    identity: list[Extension] = [
        (x509.UnrecognizedExtension(_FULCIO_ISSUER, _OIDC_ISSUER), False),
        (x509.UnrecognizedExtension(_FULCIO_ISSUER_V2, _utf8_der(_OIDC_ISSUER)), False),
    ]
    leaf = make_leaf(
        cast.key("keyless"),
        x509.Name([]),
        cast.fulcio,
        not_before=issued,
        not_after=issued + timedelta(minutes=10),
        san=[x509.RFC822Name("mira@example.net")],
        extra=identity,
    )
    signature = sign_raw(leaf.key, jar)
    entry = _entry(cast, jar, signature, leaf.pem, issued + timedelta(seconds=4), 4_802)
    return _with_leaf(leaf, jar, entry)


def _tampered(cast: Cast, jar: bytes) -> SignedModule:
    return _bundled(with_altered_class(jar), legacy_bundle(sign_raw(cast.author_a, jar)))


def _entry_of_another(cast: Cast, jar: bytes) -> SignedModule:
    lobby = next(module for module in DEMO_MODULES if module.module_id == "lobby-menu")
    entry = _logged_by_author_b(cast, make_jar(lobby.module_id, lobby.version))
    return _bundled(jar, legacy_bundle(sign_raw(cast.author_b, jar), rekor_bundle=entry))


def _expired_leaf(cast: Cast, jar: bytes) -> SignedModule:
    leaf = _company_leaf(
        cast,
        "old-build-server",
        not_before=cast.now - timedelta(days=95),
        not_after=cast.now - timedelta(days=5),
    )
    return _with_leaf(leaf, jar)


def _unknown_signer(cast: Cast, jar: bytes) -> SignedModule:
    return _bundled(jar, legacy_bundle(sign_raw(cast.stranger, jar)))


def _unsigned(_cast: Cast, jar: bytes) -> SignedModule:
    return SignedModule(jar, {})


def _hostile_subject(cast: Cast, jar: bytes) -> SignedModule:
    ascii_part = "".join(char for char in HOSTILE_TEXT if char.isascii())
    leaf = make_leaf(
        cast.key("hostile"),
        name_of("\x1b]0;owned\x07[@click=app.quit]x[/][/x]\u202e", HOSTILE_TEXT),
        cast.foreign_ca,
        not_before=cast.now - timedelta(days=2),
        not_after=cast.now + timedelta(days=363),
        san=[x509.UniformResourceIdentifier(f"https://example.net/{ascii_part}")],
    )
    return _with_leaf(leaf, jar)


def _sigstore_v03(cast: Cast, jar: bytes) -> SignedModule:
    signature = sign_raw(cast.author_b, jar)
    return _bundled(jar, sigstore_bundle(signature, digest=hashlib.sha256(jar).digest(), key=cast.author_b))


def _utf8_der(text: bytes) -> bytes:
    """A DER UTF8String of at most 127 bytes."""
    return bytes([0x0C, len(text)]) + text


_Signer = Callable[[Cast, bytes], SignedModule]
_SIGNERS: Final[Mapping[str, _Signer]] = {
    "motd": _keyed,
    "essentials": _raw_key,
    "parkour": _certificate,
    "lobby-menu": _with_set,
    "stats-aggregator": _keyless,
    "proxy-guard": _tampered,
    "voting": _entry_of_another,
    "economy": _expired_leaf,
    "world-border": _unknown_signer,
    "chat-filter": _unsigned,
    "holograms": _hostile_subject,
    "tab-list": _sigstore_v03,
}
