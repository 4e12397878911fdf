"""What `image verify` tells an operator about an image as a whole, as a table.

The ids are stable: the one that made a verdict is its `code`. What is wrong with one signature stands in
`release/findings.py`. Texts may quote untrusted input.
"""

from __future__ import annotations

from typing import Final

from trustconsole.findings import FindingKind
from trustconsole.release import findings as signing

IMAGE_UNREADABLE: Final = FindingKind(
    "image-unreadable",
    "error",
    "the image cannot be read",
    "{reason}",
    "{next}",
)
ALTERED_BLOB: Final = FindingKind(
    "altered-blob",
    "error",
    "{count} of this image is not what its digest says, or cannot be read",
    "{digest} {reason}",
    "discard this copy and pull the image again by digest",
)
FOREIGN_IMAGE: Final = FindingKind(
    "foreign-image",
    "error",
    "the copy holds a list by which docker load would load another image",
    "{reason}",
    "discard this copy and save the image again, with skopeo copy --all or docker save",
)
MISSING_BLOB: Final = FindingKind(
    "missing-blob",
    "warning",
    "{count} of this image is not in the copy, and could not be checked",
    "{digest} {reason}",
    "save the image with all platforms and layers; what is missing is hashed when it is pulled by digest",
)
INCOMPLETE: Final = FindingKind(
    "incomplete",
    "error",
    "{count} of this image is not in the copy, and all of it was asked for",
    "{digest} {reason}",
    "save the image with all platforms and layers",
)
NO_SIGNATURE: Final = FindingKind(
    "no-signature",
    "error",
    "the image is not signed",
    "no signature is named by a tag, by the referrers or beside the copy",
    "pull from the project's own repository, or save the image together with its signatures",
)
UNNAMED_SIGNATURES: Final = FindingKind(
    "unnamed-signatures",
    "warning",
    "{count} about this image lie in the layout, and its index names none of them",
    "cosign save of version 3 stores referrers so that no reader of the index finds them",
    "save the image with crane pull --format=oci or oras copy -r, which name them",
)
NO_GOOD_SIGNATURE: Final = FindingKind(
    "no-good-signature",
    "error",
    "the image carries {count}, and none is good",
    "{reason}",
    "do not pull or run it; compare the digest with the release notes and ask who signed",
)
NO_ATTESTATION: Final = FindingKind(
    "no-attestation",
    "info",
    "the image carries no attestation",
    "nothing beside it says how and from what it was built",
    "nothing to do where the release makes none",
)
NO_GOOD_ATTESTATION: Final = FindingKind(
    "no-good-attestation",
    "error",
    "the image carries {count}, and none is good",
    "{reason}",
    "do not run it; ask the project whether the attestation was replaced",
)
OTHER_BUILD: Final = FindingKind(
    "other-build",
    "error",
    "a provenance says that the image was built by somebody else",
    "{reason}",
    "do not run it; if you know that builder, name it with --certificate-identity, also beside --key",
)
BAD_ATTESTATION: Final = FindingKind(
    "bad-attestation",
    "warning",
    "one attestation ({name}) is not good",
    "{reason}",
    "look at its steps; another attestation of the image is good",
)
BAD_SIGNATURE: Final = FindingKind(
    "bad-signature",
    "info",
    "one further signature is not good",
    "{reason}",
    "nothing to do: one good signature is enough",
)
OTHER_ATTACHMENTS: Final = FindingKind(
    "other-attachments",
    "info",
    "beside the image lie other things than signatures that are known: {count}",
    "{kinds}",
    "nothing to do: it decides nothing",
)
REMOTE_LAYERS: Final = FindingKind(
    "layers-not-fetched",
    "info",
    "{count} were not fetched from the registry",
    "every manifest was hashed; layers are hashed by whoever pulls the image by its digest",
    "pull with the line below",
)
OTHER_REFERENCE: Final = FindingKind(
    "signed-elsewhere",
    "info",
    "the image was signed as {signed}, and here it is {here}",
    "a signature is for a digest, wherever that lies; the name in it is not compared",
    "nothing to do for a mirror of the project's repository",
)

NEXT_FOR_IMAGES: Final[dict[str, str]] = {
    signing.CERTIFICATE_MISSING.id: "for a signature by a bare key, name the key with --key PEM",
    signing.SIGNATURE_UNREADABLE.id: "have the image signed again by the release workflow",
    signing.OTHER_CONTENT.id: "look for the signature of this very digest; another image's says nothing",
    signing.SIGNATURE_MISMATCH.id: "do not pull or run it; name another key only if that is expected",
    signing.TIMESTAMP_REFUSED.id: "name the trusted root of the instance that made it",
    signing.SCT_REFUSED.id: "treat the image as foreign until its publisher explains it",
}
"""The next step where the one in `release/findings.py` speaks of downloaded files."""
