"""Which function carries out which command, by the ids of `commands.COMMANDS`.

By name, `module.function` of this package: a command loads its own module, and not what the others need.
"""

from __future__ import annotations

import importlib
from typing import Final, cast

from trustconsole.cli.call import Handler

HANDLERS: Final[dict[str, str]] = {
    "console": "opening.open_workspace",
    "demo": "demo.demo",
    "trust-root.show": "trust_root.show",
    "trust-root.diff": "trust_root.diff",
    "config.check": "configuration.check",
    "profile": "configuration.profile",
    "verify": "verifying.verify",
    "verify-bundle": "bundles.verify_bundle",
    "inspect": "inspecting.inspect",
    "impact": "what_if.impact",
    "restarts": "nodes.restarts",
    "rotate.start": "rotating.start",
    "rotate.status": "rotating.status",
    "rotate.next": "rotating.next_step",
    "rotate.undo": "rotating.undo",
    "revoke": "revoking.revoke",
    "audit.show": "auditing.show",
    "audit.verify": "auditing.verify",
    "release.verify": "releasing.verify",
    "release.diff": "releasing.diff",
    "image.verify": "imaging.verify",
    "info": "info.info",
}


def handler_of(command_id: str) -> Handler:
    """The function that carries out the command of this id."""
    module, _, function = HANDLERS[command_id].partition(".")
    return cast("Handler", getattr(importlib.import_module(f"trustconsole.cli.{module}"), function))
