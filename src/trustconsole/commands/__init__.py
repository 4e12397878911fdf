"""Every command and every key of trustconsole, as data.

The command line builds its parser from `COMMANDS`; the console builds bindings, hints, palette and help from
`KEYS` and from the commands that have an `action`; the README's key table is `key_table()`. A new command or
key is a new row here and nothing else, so that the three can never tell different stories. No behaviour
belongs here, and nothing but the standard library is imported.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from trustconsole.commands.arguments import (
    BUNDLE_ARGUMENTS,
    CHANGING,
    CONFIG,
    CONFIG_FILE,
    JSON,
    MODULES,
    REVEAL,
    SETTINGS,
    VERIFY_ARGUMENTS,
    WORKING_DIRECTORY,
    WRITE,
)
from trustconsole.commands.image import IMAGE_COMMANDS
from trustconsole.commands.model import Argument, Command, Parse
from trustconsole.commands.release import RELEASE_COMMANDS

__all__ = [
    "COMMANDS",
    "KEYS",
    "PANES",
    "Argument",
    "Command",
    "Key",
    "Pane",
    "Parse",
    "Scope",
    "command",
    "hints",
    "key_table",
    "keys_of",
]

Scope = Literal[
    "global", "panes", "trust-root", "profile", "configuration", "bundles", "restarts", "detail", "help"
]


@dataclass(frozen=True, slots=True)
class Key:
    """One row of the key table: what is pressed, what it does, where.

    `presses` are (Textual key name, action) pairs; `shown` is how the row writes them. `label` is the word in
    the hint line, `help` the sentence in help and README. `hint` > 0 puts it into the hint line, in order.
    """

    id: str
    presses: tuple[tuple[str, str], ...]
    shown: str
    label: str
    help: str
    scope: Scope = "global"
    hint: int = 0


@dataclass(frozen=True, slots=True)
class Pane:
    """One of the five panes: its number is its key, `short` its name in the strip of a narrow screen."""

    number: int
    id: Scope
    title: str
    short: str
    help: str


PANES: Final[tuple[Pane, ...]] = (
    Pane(
        1,
        "trust-root",
        "Trust root",
        "Trust",
        "What is trusted, and what the controller loads from the file.",
    ),
    Pane(
        2,
        "profile",
        "Profile",
        "Profile",
        "What the configuration enforces, and where every value comes from.",
    ),
    Pane(3, "configuration", "Configuration", "Config", "controller.yml with its findings at their lines."),
    Pane(4, "bundles", "Bundles", "Bundles", "Every module with both verdicts, and why."),
    Pane(5, "restarts", "Restarts", "Restarts", "Which nodes run on which files."),
)

COMMANDS: Final[tuple[Command, ...]] = (
    Command(
        "console",
        (),
        "Open the console.",
        "Opens the console on the controller's files: trust root, profile, configuration, modules, restarts. "
        "Read-only unless --write is given.",
        (
            CONFIG,
            SETTINGS,
            WRITE,
            WORKING_DIRECTORY,
            MODULES,
            Argument(("--version",), "Print the version and leave.", switch=True),
        ),
        ("trustconsole", "trustconsole --config /opt/prexorcloud/controller/config/controller.yml"),
    ),
    Command(
        "demo",
        ("demo",),
        "Build a complete sample workspace and open it.",
        "Writes keys, a trust root, a controller.yml and twelve modules into DIR (a temporary one if none "
        "is given), starts two small local processes as its nodes, and opens the console on it.",
        (
            Argument(("DIR",), "Where to build it; empty or not there yet.", "DIR", "path", nargs="?"),
            Argument(("--no-tui",), "Print a summary instead of opening the console.", switch=True),
            JSON,
        ),
        ("trustconsole demo", "trustconsole demo ./sample --no-tui"),
    ),
    Command(
        "trust-root.show",
        ("trust-root", "show"),
        "Blocks of a trust root, and what of it the controller loads.",
        "Every block of the PEM file with its fingerprint, dates and findings, and what the controller "
        "loads of it as a trust root and as a Rekor key file.",
        (Argument(("F",), "The PEM file.", "F", "path"), JSON),
        ("trustconsole trust-root show /etc/prexorcloud/config/security/module-trust.pem",),
        action="pane(1)",
        palette_help="The blocks of the trust root (pane 1).",
    ),
    Command(
        "trust-root.diff",
        ("trust-root", "diff"),
        "Compare two trust roots by identity, not by text.",
        "Keys and certificates that were added, removed or kept, whatever their order and comments.",
        (
            Argument(("A",), "The earlier file.", "A", "path"),
            Argument(("B",), "The later file.", "B", "path"),
            JSON,
        ),
        ("trustconsole trust-root diff module-trust.pem.bak module-trust.pem",),
    ),
    Command(
        "config.check",
        ("config", "check"),
        "Findings with line and column; would this controller start?",
        "Checks controller.yml by the rules of the controller's own validator, with its exact messages.",
        (CONFIG_FILE, CONFIG, SETTINGS, WORKING_DIRECTORY, REVEAL, JSON),
        ("trustconsole config check ./config/controller.yml",),
        action="pane(3)",
        palette_help="The configuration with its findings (pane 3).",
    ),
    Command(
        "profile",
        ("profile",),
        "The effective signing profile and the source of every value.",
        "Shows what the configuration enforces, where every value comes from, and the documented matrix with "
        "today's cell.",
        (CONFIG_FILE, CONFIG, SETTINGS, WORKING_DIRECTORY, JSON),
        ("trustconsole profile --json",),
        action="pane(2)",
        palette_help="What is enforced, and the matrix (pane 2).",
    ),
    Command(
        "verify",
        ("verify",),
        "Both verdicts about modules, with trace and findings.",
        "Verifies modules in both readings: what the documentation promises, and what the running "
        "controller would do. Directories and module stores are walked.",
        VERIFY_ARGUMENTS,
        (
            "trustconsole verify voting-1.0.3.jar --trust-root module-trust.pem",
            "trustconsole verify modules/ --config config/controller.yml --json",
        ),
        action="pane(4)",
        palette_help="Every module with both verdicts (pane 4).",
    ),
    Command(
        "verify-bundle",
        ("verify-bundle",),
        "One Sigstore bundle against a trusted root and an expected signer.",
        "Verifies a Sigstore bundle (0.1 to 0.3) as the Sigstore conformance protocol asks: signature, "
        "signer, log entry and time. Without --trusted-root the packaged public-good one counts.",
        BUNDLE_ARGUMENTS,
        (
            "trustconsole verify-bundle --bundle F.sigstore.json --certificate-identity I "
            "--certificate-oidc-issuer U F",
            "trustconsole verify-bundle --bundle F.sigstore.json --key author.pub sha256:…",
        ),
    ),
    Command(
        "inspect",
        ("inspect",),
        "What a file is: PEM, .sig, bundle, certificate or jar.",
        "Says what the file holds, without judging it: nothing here is verified.",
        (Argument(("F",), "The file.", "F", "path"), JSON),
        ("trustconsole inspect voting-1.0.3.jar.cosign.bundle",),
        action="open_detail",
        palette_help="Everything about what the cursor is on.",
    ),
    Command(
        "restarts",
        ("restarts",),
        "Which nodes run on which files.",
        "Compares when each node started with when its trust root, Rekor key and signing settings changed.",
        (CONFIG, SETTINGS, WORKING_DIRECTORY, JSON),
        ("trustconsole restarts",),
        action="pane(5)",
        palette_help="The nodes, and which need a restart (pane 5).",
    ),
    *RELEASE_COMMANDS,
    *IMAGE_COMMANDS,
    Command(
        "rotate.start",
        ("rotate", "start"),
        "Plan a rotation, and with --apply add the new key.",
        "Plans the rotation of one block to another and shows what step 1 would do; --apply records the plan "
        "and carries step 1 out. The same arguments again resume the rotation, from any state of the files.",
        (
            Argument(("--kind",), "What is rotated.", choices=("author", "ca", "rekor"), required=True),
            Argument(("--old",), "Fingerprint of the old block, or its first 8 digits.", "FP", required=True),
            Argument(("--new",), "PEM file with the new key or certificate.", "PEM", "path", required=True),
            *CHANGING,
        ),
        ("trustconsole rotate start --kind author --old 8f2c91ab --new author-new.pub --apply",),
        mutates=True,
        action="rotate",
        palette_help="Rotate an author's key, a CA certificate or a Rekor key in five steps.",
    ),
    Command(
        "rotate.status",
        ("rotate", "status"),
        "Where the rotation stands, and what its gate waits for.",
        "Derives the step from the files, the modules and the nodes as they are now. The exit code is 0.",
        (CONFIG, SETTINGS, WORKING_DIRECTORY, MODULES, JSON),
        ("trustconsole rotate status --json",),
    ),
    Command(
        "rotate.next",
        ("rotate", "next"),
        "Say which gate holds or not and why; with --apply go on.",
        "Looks at the evidence of the step under way; --apply carries the step out where its gate holds. "
        "Restart commands run only with --restart, one node at a time.",
        (
            Argument(("--restart",), "Run the nodes' restart commands, one at a time.", switch=True),
            Argument(("--send",), "Send the file to nodes on other hosts that do not hold it.", switch=True),
            Argument(("--confirm",), "First eight digits of the old fingerprint, for its removal.", "FP8"),
            *CHANGING,
        ),
        ("trustconsole rotate next --apply --restart", "trustconsole rotate next --apply --confirm 8f2c91ab"),
        mutates=True,
    ),
    Command(
        "rotate.undo",
        ("rotate", "undo"),
        "Take the last change of the rotation back.",
        "Restores the file as it was before the last change: bytes, mode, owner, access lists and times.",
        CHANGING,
        ("trustconsole rotate undo --apply",),
        mutates=True,
    ),
    Command(
        "revoke",
        ("revoke",),
        "Remove a block at once, and say what that does not achieve.",
        "The emergency: no overlap and no gate, but a backup, an audit record and the whole list of what "
        "stops, what keeps running and which daemons are not covered.",
        (Argument(("FP",), "Fingerprint of the block, or its first 8 digits.", "FP"), *CHANGING),
        ("trustconsole revoke 8f2c91ab", "trustconsole revoke 8f2c91ab --apply"),
        mutates=True,
    ),
    Command(
        "info",
        ("info",),
        "Versions, every path, and where each setting comes from.",
        "Prints what this installation is and which files it would read.",
        (CONFIG, SETTINGS, WORKING_DIRECTORY, JSON),
        ("trustconsole info",),
        action="info",
        palette_help="Versions and the paths of this session.",
    ),
)

# fmt: off
KEYS: Final[tuple[Key, ...]] = (
    Key("panes", tuple((str(pane.number), f"pane({pane.number})") for pane in PANES), "1-5", "panes",
        "Go to a pane: trust root, profile, configuration, bundles, restarts.", hint=1),
    Key("next", (("tab", "next_pane(1)"), ("shift+tab", "next_pane(-1)")), "tab", "next pane",
        "Go to the next pane; with shift to the one before."),
    Key("move", (("j", "move(1)"), ("k", "move(-1)"), ("g", "move_end(-1)"), ("G", "move_end(1)")),
        "j k g G", "move", "Down, up, first, last; arrows, page keys, home and end do the same."),
    Key("open", (("enter", "open_detail"),), "enter", "open",
        "Give the detail of the row under the cursor the whole screen.", "panes", hint=2),
    Key("filter", (("slash", "filter"),), "/", "filter",
        "Show only rows that contain the text; a leading ! shows the others; esc clears.", "panes", hint=3),
    Key("palette", (("colon", "palette"), ("ctrl+p", "palette")), ":", "commands",
        "List the commands by the names they have on the command line (also ctrl+p).", hint=4),
    Key("level", (("t", "detail_level"),), "t", "detail",
        "Step the detail through one line, trace and evidence.", hint=5),
    Key("copy", (("y", "copy"),), "y", "copy",
        "Copy what identifies the row: digest, path, value. A note says exactly what was copied.", hint=6),
    Key("copy-more", (("Y", "copy_more"),), "Y", "copy more",
        "Copy more: the PEM block, both verdicts, the finding, the restart command, every value."),
    Key("export", (("e", "export"),), "e", "export",
        "Write the detail as text into the console's state directory."),
    Key("rescan", (("r", "rescan"), ("f5", "rescan")), "r", "rescan",
        "Read every file again now (also f5)."),
    Key("neighbour", (("n", "neighbour(1)"), ("p", "neighbour(-1)")), "n p", "next",
        "Show the next or the previous row without leaving the detail.", "detail", hint=2),
    Key("help", (("question_mark", "help"), ("f1", "help")), "?", "help",
        "Show the keys, those of the place you are in first (also f1); type to filter.", hint=7),
    Key("back", (("escape", "back"),), "esc", "back",
        "One level up: close, clear the filter, leave the detail; never quits.", hint=9),
    Key("quit", (("q", "quit"), ("ctrl+q", "quit")), "q", "quit", "Leave the console.", hint=8),
)
# fmt: on


def command(identifier: str) -> Command:
    """The command with this id; KeyError where there is none."""
    for row in COMMANDS:
        if row.id == identifier:
            return row
    raise KeyError(identifier)


def keys_of(*scopes: Scope) -> tuple[Key, ...]:
    """The rows of the key table that belong to these scopes, scope by scope, in table order."""
    return tuple(key for scope in scopes for key in KEYS if key.scope == scope)


def hints(scopes: tuple[Scope, ...]) -> tuple[Key, ...]:
    """What the hint line shows in these scopes, in its order; at most eight."""
    return tuple(sorted((key for key in KEYS if key.hint and key.scope in scopes), key=lambda key: key.hint))[
        :8
    ]


def key_table() -> str:
    """The README's key table in Markdown, with a line feed at the end."""
    places: dict[Scope, str] = {pane.id: f"pane {pane.number}" for pane in PANES}
    places |= {"global": "everywhere", "panes": "every pane", "detail": "detail", "help": "help"}
    rows = [f"| `{key.shown}` | {places[key.scope]} | {key.help} |" for key in KEYS]
    return "\n".join(["| key | where | what it does |", "|---|---|---|", *rows]) + "\n"
