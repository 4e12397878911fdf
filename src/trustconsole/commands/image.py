"""The command about container images; what it shares with releases stands in `release`."""

from __future__ import annotations

from typing import Final

from trustconsole.commands.arguments import JSON, SETTINGS
from trustconsole.commands.model import Argument, Command
from trustconsole.commands.release import ENTRY_ARGUMENTS, SIGNER_ARGUMENTS, TUI

IMAGE_COMMANDS: Final[tuple[Command, ...]] = (
    Command(
        "image.verify",
        ("image", "verify"),
        "An image: signatures, attestations, provenance, every blob.",
        "Verifies a container image by its digest: who signed it, what its attestations say about its build, "
        "and whether every blob that it reaches is what its digest says. A tag is resolved once. The last "
        "line is the one to pull exactly what was verified. Without --trusted-root, --roots or --key the "
        "packaged public-good root counts, and without an identity the project's own image workflow.",
        (
            Argument(
                ("REF",),
                "An OCI layout or dir: copy (DIR or DIR@sha256:HEX), a saved archive, or an image in a "
                "registry: HOST/REPOSITORY[:TAG|@sha256:HEX].",
                "REF",
            ),
            *SIGNER_ARGUMENTS,
            *ENTRY_ARGUMENTS,
            Argument(("--all",), "No blob may be missing from a copy on disk.", switch=True),
            Argument(("--jobs",), "How many blobs are hashed at once.", "N", "integer"),
            TUI,
            SETTINGS,
            JSON,
        ),
        (
            "trustconsole image verify ghcr.io/prexorjustin/prexorcloud/controller:1.4.0",
            "trustconsole image verify ./controller-layout --key release.pub",
        ),
        action="image",
        palette_help="Verify an image: choose its layout, copy or archive.",
    ),
)
