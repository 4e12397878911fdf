"""Every command and every key of trustconsole, as data.

The command line builds its parser from `COMMANDS`; the console builds bindings, hints, palette and help from
`KEYS` and from the commands that have an `action`; the README's tables are `tables`. A new command or
key is a new row here and nothing else, so that the three can never tell different stories. No behaviour
belongs here, and nothing but the standard library is imported.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from trustconsole.commands.arguments import (
    APPLY,
    BUNDLE_ARGUMENTS,
    CONFIG,
    CONFIG_FILE,
    IMPACT_ARGUMENTS,
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
from trustconsole.commands.rotation import ROTATION_COMMANDS

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
    "keys_of",
]

Scope = Literal[
    "global", "panes", "trust-root", "profile", "configuration", "bundles", "restarts", "detail", "help",
    "rotation", "revocation", "audit", "release",
]  # fmt: skip


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

    @property
    def name(self) -> str:
        """Number and title; a list outside the five panes has the number 0 and goes by its title."""
        return f"{self.number} {self.title}" if self.number else self.title


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
            "trustconsole verify-bundle --bundle B --certificate-identity I --certificate-oidc-issuer U F",
            "trustconsole verify-bundle --bundle B --key author.pub sha256:…",
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
        "impact",
        ("impact",),
        "What stops, starts or goes on if a block goes or comes.",
        "Judges every module as if a block were gone from the trust root (or the Rekor key file), or as "
        "if another were there, in both readings, and says by which rule each stops. Nothing is written.",
        IMPACT_ARGUMENTS,
        (
            "trustconsole impact --remove eb692ca4 --config config/controller.yml",
            "trustconsole impact --add new-author.pem",
            "trustconsole impact --file rekor --remove c67a9f7b --add new-log.pub",
        ),
        action="what_if",
        palette_help="What stops if the block under the cursor goes (pane 1).",
    ),
    Command(
        "restarts",
        ("restarts",),
        "Which nodes run on which files.",
        "Compares when each node started with when its trust root, Rekor key and signing settings changed. "
        "With --acknowledge it keeps your word that a node without evidence was restarted just now.",
        (
            CONFIG,
            SETTINGS,
            WORKING_DIRECTORY,
            Argument(
                ("--acknowledge",), "State that this node (evidence: manual) was restarted just now.", "NODE"
            ),
            APPLY,
            JSON,
        ),
        ("trustconsole restarts", "trustconsole restarts --acknowledge daemon-7 --apply"),
        action="pane(5)",
        palette_help="The nodes, and which need a restart (pane 5).",
    ),
    *ROTATION_COMMANDS,
    *RELEASE_COMMANDS,
    *IMAGE_COMMANDS,
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
    Key("what-if", (("w", "what_if"),), "w", "what if",
        "Show what stops, starts or goes on if the block under the cursor goes.", "trust-root"),
    Key("rotate", (("R", "rotate"),), "R", "rotate",
        "Rotate a key in five steps, or go on with the rotation that is under way.", "panes"),
    Key("revoke", (("X", "revoke"),), "X", "revoke",
        "Emergency: what removing the block under the cursor of pane 1 would do, then remove it.", "panes"),
    Key("next-step", (("n", "next_step"),), "n", "next",
        "Carry the step out, after a question; where its gate is closed, say why.", "rotation", hint=1),
    Key("undo", (("u", "undo"),), "u", "undo",
        "Take the last change back, after a question.", "rotation", hint=2),
    Key("save-commands", (("s", "save_commands"),), "s", "script",
        "Write the commands that sign the modules again as a script into the state directory.", "rotation",
        hint=3),
    Key("override", (("o", "override"),), "o", "override",
        "Pass a gate with a written reason, where every open reason allows it; it is kept in the audit log.",
        "rotation"),
    Key("another", (("c", "another"),), "c", "other plan",
        "Plan another rotation, before step 1 or after the last.", "rotation"),
    Key("remove-now", (("n", "remove_now"),), "n", "remove",
        "Remove the block, after its fingerprint was typed.", "revocation", hint=1),
    Key("take-back", (("u", "undo"),), "u", "take it back",
        "Take the removal back, after a question that shows what the file gains.", "revocation", hint=2),
    Key("release-place", (("d", "place"),), "d", "place",
        "Name the directory of a release, or an image.", "release", hint=1),
    Key("release-entry", (("f", "entry"),), "f", "log entry",
        "Name a file with a log entry that was fetched elsewhere, as --entry does; empty takes it back.",
        "release"),
    Key("release-components", (("c", "components"),), "c", "components",
        "Show the components of all bills of materials, or the tree again.", "release", hint=2),
    Key("release-log", (("o", "ask_log"),), "o", "ask the log",
        "Ask the transparency log over the network for the entry that proves the time.", "release", hint=3),
    Key("release-again", (("v", "again"),), "v", "again",
        "Verify the release or image again; a registry is asked after a question only.", "release"),
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
