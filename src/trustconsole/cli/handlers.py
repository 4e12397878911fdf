"""Which function carries out which command, by the ids of `commands.COMMANDS`."""

from __future__ import annotations

from typing import Final

from trustconsole.cli import (
    configuration,
    demo,
    info,
    inspecting,
    nodes,
    opening,
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
    "inspect": inspecting.inspect,
    "impact": what_if.impact,
    "restarts": nodes.restarts,
    "info": info.info,
}
