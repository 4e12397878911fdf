"""The commands that change trust files, and those that show the console's own record of it."""

from __future__ import annotations

from typing import Final

from trustconsole.commands.arguments import CHANGING, CONFIG, JSON, MODULES, SETTINGS, WORKING_DIRECTORY
from trustconsole.commands.model import Argument, Command

ROTATION_COMMANDS: Final[tuple[Command, ...]] = (
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
        action="revoke",
        palette_help="Remove the block under the cursor of pane 1 at once: the emergency.",
    ),
    Command(
        "audit.show",
        ("audit", "show"),
        "What the console changed: who, when, what, why.",
        "Prints every record of the console's own log, which is written before each change. The log lies in "
        "the state directory.",
        (SETTINGS, JSON),
        ("trustconsole audit show",),
        action="audit",
        palette_help="What this console changed, and whether that record is whole.",
    ),
    Command(
        "audit.verify",
        ("audit", "verify"),
        "Whether the console's own record is whole.",
        "Finds an edited, deleted, inserted or moved record by the chain of hashes. Records missing at the "
        "end are found only with a head that was kept elsewhere.",
        (
            SETTINGS,
            Argument(
                ("--head",), "The hash of a record that must be in the log, kept elsewhere.", "HASH", "text"
            ),
            JSON,
        ),
        ("trustconsole audit verify", "trustconsole audit verify --head 9b24…09b1d9 --json"),
        action="audit",
        palette_help="Whether this console's own record is whole: the audit log says it.",
    ),
)
