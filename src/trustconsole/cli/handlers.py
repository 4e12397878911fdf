"""Which function carries out which command, by the ids of `commands.COMMANDS`."""

from __future__ import annotations

from typing import Final

from trustconsole.cli import (
    auditing,
    bundles,
    configuration,
    demo,
    imaging,
    info,
    inspecting,
    nodes,
    opening,
    releasing,
    revoking,
    rotating,
    trust_root,
    verifying,
    what_if,
)
from trustconsole.cli.call import Handler

HANDLERS: Final[dict[str, Handler]] = {
    "console": opening.open_workspace,
    "demo": demo.demo,
    "trust-root.show": trust_root.show,
    "trust-root.diff": trust_root.diff,
    "config.check": configuration.check,
    "profile": configuration.profile,
    "verify": verifying.verify,
    "verify-bundle": bundles.verify_bundle,
    "inspect": inspecting.inspect,
    "impact": what_if.impact,
    "restarts": nodes.restarts,
    "rotate.start": rotating.start,
    "rotate.status": rotating.status,
    "rotate.next": rotating.next_step,
    "rotate.undo": rotating.undo,
    "revoke": revoking.revoke,
    "audit.show": auditing.show,
    "audit.verify": auditing.verify,
    "release.verify": releasing.verify,
    "release.diff": releasing.diff,
    "image.verify": imaging.verify,
    "info": info.info,
}
