"""The twelve modules of the demo and the verdict that each must get in either reading.

`trustconsole demo --no-tui` compares against this table. The policy is COSIGN_BUNDLE in production with
`rekor.policy: DISABLED` and a Rekor key, over a trust root of two author keys and two CA certificates.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from trustconsole.verification.report import Verdict


@dataclass(frozen=True, slots=True)
class DemoModule:
    """One module: its `file` in the modules directory, what it shows, and its planned verdicts."""

    file: str
    module_id: str
    version: str
    description: str
    documented: Verdict
    controller: Verdict


def _module(
    module_id: str, version: str, documented: Verdict, controller: Verdict, description: str
) -> DemoModule:
    return DemoModule(f"{module_id}-{version}.jar", module_id, version, description, documented, controller)


DEMO_MODULES: Final = (
    _module(
        "motd",
        "1.4.2",
        "reject",
        "reject",
        "Signed for KEYED: it has a .sig, and COSIGN_BUNDLE looks for a bundle.",
    ),
    _module("essentials", "2.4.1", "accept", "accept", "A bundle signed with the key of author A."),
    _module(
        "parkour", "0.9.0", "accept", "accept", "A bundle with a certificate that the internal CA issued."
    ),
    _module(
        "lobby-menu", "3.1.0", "accept", "accept", "A bundle of author B whose log entry proves its time."
    ),
    _module(
        "stats-aggregator",
        "1.2.0",
        "accept",
        "reject",
        "Signed keyless: the log proves a time within the ten minutes of the certificate, "
        "and the controller looks at the clock instead.",
    ),
    _module("proxy-guard", "3.0.2", "reject", "reject", "The jar was altered after author A signed it."),
    _module(
        "voting",
        "1.0.3",
        "accept",
        "accept",
        "Signed by author B with a log entry about another artefact, which DISABLED does not weigh.",
    ),
    _module("economy", "1.8.5", "reject", "reject", "The certificate from the internal CA has expired."),
    _module(
        "world-border", "0.3.7", "reject", "reject", "Signed with a key that the trust root does not hold."
    ),
    _module("chat-filter", "2.0.0", "reject", "reject", "No signature file at all."),
    _module(
        "holograms",
        "1.1.1",
        "reject",
        "reject",
        "A foreign certificate whose subject tries to take over the terminal.",
    ),
    _module(
        "tab-list",
        "4.2.0",
        "accept",
        "reject",
        "A Sigstore v0.3 bundle under the legacy name, as cosign 3 writes it.",
    ),
)
"""In the order in which the demo explains them."""

DEMO_MODULES_BY_ID: Final[Mapping[str, DemoModule]] = {module.module_id: module for module in DEMO_MODULES}

HOSTILE_TEXT: Final = (
    "\x1b[2J\x1b]52;c;Y3VybCBldmlsIHwgc2g=\x07\x1b]0;owned\x07 \u202egro.elpmaxe\u202c\u2066 "
    "[@click=app.quit]x[/][/x] \x9b31m\u200b\x00end"
)
"""Screen clearing, a clipboard write (OSC 52), a window title, bidirectional overrides, markup, C1, NUL."""
