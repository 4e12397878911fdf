"""The simple signing payload: which manifest a cosign signature of the tag scheme is about.

Source: cosign `SIGNATURE_SPEC.md`, "Simple Signing". Strict: a doubled digest, which cosign reads as the
last one, is refused with every other doubled name.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from trustconsole.errors import Location, MalformedInput
from trustconsole.json_fields import object_member, text_member
from trustconsole.release.images.references import DIGEST
from trustconsole.strict_text import strict_json

TYPE: Final = "cosign container image signature"


@dataclass(frozen=True, slots=True)
class SimpleSigning:
    """`digest` is the manifest's, `reference` where it was signed (untrusted), `type` the payload's kind."""

    digest: str
    reference: str
    type: str

    def flaw(self, digest: str) -> str | None:
        """Why the payload does not speak for the image of that digest, None where it does."""
        if self.type != TYPE:
            return f"the payload is a {self.type!r}, not a {TYPE!r}"
        if self.digest != digest:
            return f"the signature is for {self.digest}, another image"
        return None


def read_simple_signing(data: bytes, where: str) -> SimpleSigning:
    """The payload in `data`; raises `MalformedInput` or `LimitExceeded`."""
    critical = object_member(strict_json(data, where), "critical", where)
    image = object_member(critical, "image", f"{where}: critical")
    digest = text_member(image, "docker-manifest-digest", f"{where}: critical.image")
    if not DIGEST.fullmatch(digest):
        raise MalformedInput("has a docker-manifest-digest that is none", location=Location(where))
    identity = object_member(critical, "identity", f"{where}: critical")
    return SimpleSigning(
        digest,
        text_member(identity, "docker-reference", f"{where}: critical.identity"),
        text_member(critical, "type", f"{where}: critical"),
    )
