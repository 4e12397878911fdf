"""The two signature files that a module may have beside it: `.sig`, and a bundle of either format.

Told apart by name first; a bundle's content then tells the legacy cosign format from Sigstore's.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import cast

from trustconsole.errors import InputError, Location, MalformedInput
from trustconsole.strict_text import strict_base64, strict_json
from trustconsole.verification.log_entry import LogEntry, read_log_entry
from trustconsole.verification.material import Material, read_material
from trustconsole.verification.sigstore.bundle import SigstoreBundle, sigstore_bundle_of

SIGSTORE_MEDIA_TYPE = "application/vnd.dev.sigstore.bundle"
_KNOWN_FIELDS = {"base64Signature", "cert", "rekorBundle"}


@dataclass(frozen=True, slots=True)
class DetachedSignature:
    """A `.sig`: the signature, and the line end that followed its Base64 text (empty, LF or CRLF)."""

    signature: bytes = field(repr=False)
    line_end: str = ""


@dataclass(frozen=True, slots=True)
class LegacyBundle:
    """A legacy bundle. `entry_error` says why a `rekorBundle` that is there cannot be read."""

    signature: bytes = field(repr=False)
    material: Material | None = None
    entry: LogEntry | None = None
    entry_error: InputError | None = None
    unknown_fields: tuple[str, ...] = ()


def read_detached(data: bytes, where: str) -> DetachedSignature:
    """A `.sig`: Base64 text and nothing else but one final LF or CRLF; raises `MalformedInput`."""
    text, line_end = data, ""
    for ending, name in ((b"\r\n", "CRLF"), (b"\n", "LF")):
        if data.endswith(ending):
            text, line_end = data[: -len(ending)], name
            break
    return DetachedSignature(strict_base64(text, where), line_end)


def is_sigstore(document: object) -> bool:
    """Whether the document says that it is a Sigstore bundle, of whatever version."""
    if not isinstance(document, dict):
        return False
    media_type = cast("dict[str, object]", document).get("mediaType")
    return isinstance(media_type, str) and media_type.startswith(SIGSTORE_MEDIA_TYPE)


def _material(value: object) -> Material:
    if not isinstance(value, str):
        raise MalformedInput("is not a string", location=Location("cert"))
    text = value.encode("utf-8", "surrogatepass")
    pem = text if text.lstrip().startswith(b"-----BEGIN") else strict_base64(text, "cert")
    return read_material(pem, "cert")


def read_bundle(data: bytes, where: str) -> LegacyBundle | SigstoreBundle:
    """A `.cosign.bundle`, strictly; raises `MalformedInput` or `LimitExceeded`.

    A `rekorBundle` that is there but broken does not raise: what it means depends on the policy.
    """
    document = strict_json(data, where)
    if is_sigstore(document):
        return sigstore_bundle_of(document, where)
    if not isinstance(document, dict):
        raise MalformedInput("is not a JSON object", location=Location(where))
    fields = cast("dict[str, object]", document)
    if "base64Signature" not in fields:
        raise MalformedInput("has no base64Signature", location=Location(where))
    text = fields["base64Signature"]
    if not isinstance(text, str):
        raise MalformedInput("is not a string", location=Location("base64Signature"))
    signature = strict_base64(text.encode("utf-8", "surrogatepass"), "base64Signature")
    material = _material(fields["cert"]) if "cert" in fields else None
    entry: LogEntry | None = None
    entry_error: InputError | None = None
    if fields.get("rekorBundle") is not None:
        try:
            entry = read_log_entry(fields["rekorBundle"], "rekorBundle")
        except InputError as error:
            entry_error = error
    unknown = tuple(sorted(set(fields) - _KNOWN_FIELDS))
    return LegacyBundle(signature, material, entry, entry_error, unknown)
