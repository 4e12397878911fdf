"""Who signs in the demo: two authors, a company's CA, a private Fulcio with its log, and strangers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from trustconsole.demo.authorities import Authority, derive_key, make_ca, name_of, public_pem

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric import ec

ROTATION_KEYS: Final = ("author-a", "author-b", "author-new")
"""Keys that are written out, so that modules can be signed again; `author-new` is in no trust root yet."""

INTERNAL_CA_DAYS_LEFT: Final = 21


@dataclass(frozen=True, slots=True)
class Cast:
    """Everyone with a key, under one seed at one instant."""

    seed: int
    now: datetime
    author_a: ec.EllipticCurvePrivateKey
    author_b: ec.EllipticCurvePrivateKey
    internal_ca: Authority
    fulcio_root: Authority
    fulcio: Authority
    log_key: ec.EllipticCurvePrivateKey
    stranger: ec.EllipticCurvePrivateKey
    foreign_ca: Authority

    def key(self, name: str) -> ec.EllipticCurvePrivateKey:
        """A further key of this seed."""
        return derive_key(self.seed, name)

    @property
    def trust_root(self) -> bytes:
        """The trust root, each block under a comment that says whose it is.

        Legacy bundles carry the leaf alone, so the block of the private Fulcio is the certificate that
        issues: its root could not be reached from a leaf.
        """
        return (
            b"# author A\n" + public_pem(self.author_a)
            + b"# author B\n" + public_pem(self.author_b)
            + b"# Internal CA\n" + self.internal_ca.pem
            + b"# private Fulcio\n" + self.fulcio.pem
        )  # fmt: skip


def make_cast(seed: int, now: datetime) -> Cast:
    """The cast of `seed`, with certificate dates relative to `now` (aware, whole seconds)."""
    fulcio_root = make_ca(
        derive_key(seed, "fulcio-root"),
        name_of("private-fulcio-root", "Example Network"),
        not_before=now - timedelta(days=400),
        not_after=now + timedelta(days=3250),
        path_length=1,
    )
    fulcio = make_ca(
        derive_key(seed, "fulcio"),
        name_of("private-fulcio", "Example Network"),
        not_before=now - timedelta(days=399),
        not_after=now + timedelta(days=1400),
        issuer=fulcio_root,
        path_length=0,
        code_signing=True,
    )
    internal_ca = make_ca(
        derive_key(seed, "internal-ca"),
        name_of("Internal CA", "Example Network"),
        not_before=now - timedelta(days=709),
        not_after=now + timedelta(days=INTERNAL_CA_DAYS_LEFT, hours=6),
        path_length=0,
    )
    foreign_ca = make_ca(
        derive_key(seed, "foreign-ca"),
        name_of("Totally Legitimate Signing CA"),
        not_before=now - timedelta(days=30),
        not_after=now + timedelta(days=3000),
    )
    return Cast(
        seed=seed,
        now=now,
        author_a=derive_key(seed, "author-a"),
        author_b=derive_key(seed, "author-b"),
        internal_ca=internal_ca,
        fulcio_root=fulcio_root,
        fulcio=fulcio,
        log_key=derive_key(seed, "rekor"),
        stranger=derive_key(seed, "stranger"),
        foreign_ca=foreign_ca,
    )
