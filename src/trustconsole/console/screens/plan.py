"""Planning a rotation: which block goes, and where the new one is.

The kind follows from the block: a key or a certificate of the trust root, or the log's key. Nothing is
recorded here; what comes back is a draft, whose first step the rotation screen shows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final, Literal

from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content

from trustconsole.api import (
    Block,
    RotationView,
    Snapshot,
    TrustRootReport,
    complete_path,
    home_expanded,
)
from trustconsole.commands import Pane
from trustconsole.console.columns import Column
from trustconsole.console.display import EMPTY, Display, Words, lines
from trustconsole.console.panes.trust_root import block_name, block_sign, block_state
from trustconsole.console.problems import sentence
from trustconsole.console.screens.working import WorkingScreen
from trustconsole.console.session import Session
from trustconsole.console.sheet import Level, Sheet
from trustconsole.console.signs import INFO, PENDING, REJECT, Sign
from trustconsole.console.view import View
from trustconsole.console.widgets.bars import FilterInput, Problems, StatusBar
from trustconsole.console.widgets.pane import PaneBox
from trustconsole.errors import TrustConsoleError
from trustconsole.text import visible

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.events import Key
    from textual.widgets import Input

KIND_WORDS: Final = {"author": "author key", "ca": "CA certificate", "rekor": "Rekor key"}
_KINDS: Final = {"public-key": "author", "certificate": "ca"}
_MOST_SHOWN: Final = 6
_MOVES: Final = {"j": 1, "k": -1}
_ROWS_KEYS: Final = " j k choose the block · enter goes on to the PEM file · esc leaves"
_UNDO_KEY: Final = " u takes the last change back"
_FIELD_KEYS: Final = " enter goes on · tab completes · up and down choose the block · esc back"
_LONGEST: Final = 4200
"""Characters of a path, and of a digest behind it."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What `rotate start` takes, and the dry run that it gave."""

    kind: str
    old: str
    new: Path
    view: RotationView


@dataclass(frozen=True, slots=True)
class Candidate:
    """A block that could go, and the kind of rotation that this would be."""

    kind: str
    block: Block


class BlocksView(View[Candidate]):
    """The blocks that a rotation can replace, those of the trust root first."""

    pane: ClassVar[Pane] = Pane(0, "rotation", "Which block goes", "Block", "The block that is replaced.")
    columns = (
        Column("", 1, 1, "never"),
        Column("rotate", 9, 14, "never"),
        Column("fingerprint", 8, 8, "never"),
        Column("algorithm", 8, 11, leaves=1),
        Column("who", 8, 40, "middle", flexible=True),
        Column("state", 12, 40, "end", flexible=True, leaves=2),
    )

    def rows(self) -> Sequence[Candidate]:
        """Each fingerprint once for each file."""
        found = [Candidate(_KINDS[block.kind], block) for block in _usable(self.snapshot.trust_root)]
        return found + [Candidate("rekor", block) for block in _usable(self.snapshot.rekor_key, "public-key")]

    def key(self, item: Candidate) -> str:
        """Kind and fingerprint."""
        return f"{item.kind}:{item.block.fingerprint}"

    def cells(self, item: Candidate) -> tuple[Content, ...]:
        """Sign, kind, fingerprint, algorithm, who, state."""
        show, block = self.display, item.block
        sign = block_sign(block, show)
        return (
            show.sign(sign),
            show.text(KIND_WORDS[item.kind]),
            show.text((block.fingerprint or "")[:8], "bold"),
            show.text(block.key or "", "$text-muted"),
            show.text(block_name(block)),
            show.text(block_state(block, show), sign.style if sign.gravity else "$text-muted"),
        )

    def summary(self) -> Content:
        """How many there are."""
        return self.display.text(f"{len(self.items)} to choose from", "$text-muted")

    def worst(self) -> Sign:
        """Nothing to report."""
        return INFO

    def empty(self) -> str:
        """Why there are none."""
        return (
            "No block of the trust root or the Rekor key file can be rotated. Name the controller's "
            "configuration with --config, and see pane 1."
        )

    def sheet(self, item: Candidate | None, level: Level) -> Sheet:  # noqa: ARG002 - the interface's
        """The block in a word."""
        return Sheet(self.display, self.display.text(item.block.fingerprint if item else ""))


def _usable(report: TrustRootReport | None, kind: str = "") -> list[Block]:
    found: dict[str, Block] = {}
    for block in report.blocks if report is not None else ():
        if block.fingerprint is not None and block.kind in _KINDS and kind in ("", block.kind):
            found.setdefault(f"{block.kind}:{block.fingerprint}", block)
    return list(found.values())


class PathInput(FilterInput):
    """A path; tab completes it as far as it is the only way."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("tab", "complete", show=False)]

    def validate_value(self, value: str) -> str:
        """As in every field, but as long as a path may be."""
        return visible(value)[:_LONGEST]

    def action_complete(self) -> None:
        """Add what all the names that begin like this have in common."""
        found = complete_path(self.value)
        if found.common != self.value:
            self.value = found.common
            self.cursor_position = len(self.value)


class PlanScreen(WorkingScreen[Draft | Literal["undo"] | None]):
    """Asks which block goes and for the PEM file of the new one; None where it was left.

    With `undo` there is a change that can be taken back instead: u asks for that.
    """

    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", show=False),
        Binding("enter", "choose", show=False),
        Binding("tab", "to_field", show=False),
        Binding("shift+tab", "to_rows", show=False),
        Binding("down", "move(1)", show=False),
        Binding("up", "move(-1)", show=False),
    ]

    def __init__(
        self,
        display: Display,
        session: Session,
        snapshot: Snapshot,
        at: str | None,
        *,
        undo: bool = False,
    ) -> None:
        super().__init__(display)
        self.session = session
        self.box = PaneBox(BlocksView.pane, display, "┌┐")
        self.box.rows.leads = True
        self.rows_view = BlocksView(snapshot, display)
        self.at = at
        self.undo = undo
        self.field = PathInput(compact=True, select_on_focus=False, id="plan-input")
        self.note = Words(classes="plan-note")
        self.keys = Words(classes="hints")

    def compose(self) -> ComposeResult:
        """Status, what this is, the blocks, the path, what is wrong, the keys."""
        show = self.display_of
        yield StatusBar()
        yield Problems()
        yield Words(
            lines(
                [
                    show.text("Plan a rotation", "bold"),
                    show.text(
                        "Which block is to go, and which one takes its place? Nothing is written yet.",
                        "$text-muted",
                    ),
                ]
            ),
            classes="intro-line",
        )
        with Vertical(classes="last", id="plan-blocks"):
            yield self.box
        with Horizontal(classes="plan-field"):
            yield Words(
                show.text("PEM file of the new key or certificate ▸ ", "$text-muted"), classes="plan-label"
            )
            yield self.field
        yield self.note
        yield self.keys

    def on_mount(self) -> None:
        """The cursor is on the block that pane 1 has it on."""
        self.box.rows.key = next(
            (k for k in map(self.rows_view.key, self.rows_view.items) if k == self.at), None
        )
        self.box.show_view(self.rows_view)
        index = next(
            (i for i, one in enumerate(self.rows_view.items) if self.rows_view.key(one) == self.at), 0
        )
        self.box.rows.go(index)
        self.set_focus(self.box.rows)
        self.follow_frame()
        self._hint()

    def on_descendant_focus(self) -> None:
        """The line of keys is that of the part that has the focus."""
        where = _FIELD_KEYS if self.field.has_focus else _ROWS_KEYS
        if self.undo and not self.field.has_focus:
            where = f"{_UNDO_KEY} ·{where}"
        self.keys.show(self.display_of.text(where, "$text-muted"))

    def on_key(self, event: Key) -> None:
        """Who types a path while the blocks have the focus means the field: nothing typed is lost.

        A key that was on its way to the blocks when the field took over belongs to the path, too.
        """
        if event.key == "enter" and self.focused is not self.field:
            event.stop()
            self.action_choose()
            return
        if not event.is_printable or event.character is None:
            return
        event.stop()
        if self.focused is not self.field and not self.field.value and self._is_key(event.character):
            return
        self.set_focus(self.field)
        self.field.insert_text_at_cursor(event.character)

    def _is_key(self, character: str) -> bool:
        """Carry out the letters that are keys as long as no path is typed."""
        if character in _MOVES:
            self.action_move(_MOVES[character])
        elif character == "u" and self.undo:
            if not self.busy:
                self.dismiss("undo")
        else:
            return False
        return True

    def _hint(self) -> None:
        words = (
            "The old block is gone from the file already? This resumes a rotation from any state: "
            "trustconsole rotate start --kind KIND --old FP --new PEM"
        )
        self.note.show(self.display_of.text(words, "$text-muted"))

    def on_input_changed(self, event: Input.Changed) -> None:
        """Show what the path could become."""
        event.stop()
        found = complete_path(event.value) if event.value else None
        if found is None or not found.names:
            self._hint() if found is None else self.note.show(EMPTY)
            return
        more = len(found.names) - _MOST_SHOWN
        shown = "  ".join(found.names[:_MOST_SHOWN]) + (f"  and {more} more" if more > 0 else "")
        self.note.show(self.display_of.text(shown, "$text-muted"))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Make the dry run."""
        event.stop()
        self.action_choose()

    def on_row_list_opened(self) -> None:
        """A double click goes on to the path."""
        self.action_to_field()

    def action_move(self, by: int) -> None:
        """Move the cursor."""
        self.box.rows.action_cursor(by)

    def action_to_field(self) -> None:
        """Ask for the path."""
        self.set_focus(self.field)

    def action_to_rows(self) -> None:
        """Back to the blocks."""
        self.set_focus(self.box.rows)

    def action_back(self) -> None:
        """From the path to the blocks, from there out."""
        if self.focused is self.field:
            self.set_focus(self.box.rows)
        else:
            self.dismiss(None)

    def action_choose(self) -> None:
        """From the blocks to the path; from there to the dry run."""
        item = self.box.rows.item
        if self.focused is not self.field or item is None:
            self.set_focus(self.field)
            return
        typed = self.field.value.strip()
        if not typed:
            self.note.show(
                self.display_of.state(REJECT, "Name the PEM file that holds the new key or certificate")
            )
            return
        kind, old, new = item.kind, item.block.fingerprint or "", home_expanded(typed)
        self.note.show(self.display_of.state(PENDING, "Trying the plan on every module"))
        self.begin(
            "the plan is being tried",
            lambda _: Draft(kind, old, new, self.session.rotation().start(kind, old, new)),
            self.dismiss,
            self._refused,
        )

    def _refused(self, error: TrustConsoleError) -> None:
        self.note.show(self.display_of.state(REJECT, sentence(error)))
