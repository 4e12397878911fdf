"""One form for every signature: what loose parts, a legacy bundle or a Sigstore bundle say, as a bundle.

A Sigstore bundle of version 0.1 holds just what a legacy bundle does (a SET and no proof), so everything that
judges a bundle serves here too. Reading the formats is the business of `verification`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from trustconsole.strict_text import strict_base64
from trustconsole.verification.log_entry import LogEntry
from trustconsole.verification.material import Material, read_material
from trustconsole.verification.sidecar_formats import LegacyBundle
from trustconsole.verification.sigstore.bundle import MessageSignature, SigstoreBundle


def of_parts(
    signature: bytes,
    material: Material | None,
    *,
    entries: Sequence[LogEntry] = (),
    timestamps: Sequence[bytes] = (),
) -> SigstoreBundle:
    """Loose parts as a bundle: a signature over SHA-256, a certificate or None, entries, RFC 3161 answers.

    cosign means SHA-256 in its older forms, whatever the key. A public key in the place of a certificate
    says nothing that counts, so it is left out.
    """
    certificates = material if material is not None and material.leaf is not None else None
    return SigstoreBundle(
        media_type="",
        version="0.1",
        material=certificates,
        hint=None,
        content=MessageSignature(signature, "sha256", None),
        entries=tuple(entries),
        timestamps=tuple(timestamps),
    )


def of_legacy(bundle: LegacyBundle) -> SigstoreBundle:
    """A legacy bundle whose log entry, if it has one, could be read."""
    entries = (bundle.entry,) if bundle.entry is not None else ()
    return of_parts(bundle.signature, bundle.material, entries=entries)


def with_entry(bundle: SigstoreBundle, entry: LogEntry) -> SigstoreBundle:
    """`bundle` with that one entry and no timestamp; it must have a SET, or else prove its inclusion."""
    version = bundle.version if entry.signed_entry_timestamp is None else "0.1"
    if entry.signed_entry_timestamp is None and version == "0.1":
        version = "0.2"
    return replace(bundle, version=version, entries=(entry,), timestamps=())


def read_certificate(data: bytes, where: str) -> Material:
    """What a `.pem` beside a `.sig` holds: PEM, or Base64 of PEM as cosign writes it; raises `InputError`."""
    if data.lstrip().startswith(b"-----BEGIN"):
        return read_material(data, where)
    text = data.removesuffix(b"\n").removesuffix(b"\r")
    return read_material(strict_base64(text, where), where)
