"""The two paths of the release screen: what is verified, and a log entry that was fetched elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual.containers import Horizontal

from trustconsole.api import ArtefactKind, complete_path
from trustconsole.console.display import Display, Words, lines
from trustconsole.console.screens.plan import PathInput

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.content import Content

EXPLAINED: Final[dict[ArtefactKind, str]] = {
    "release": "Verifies checksums.txt, its signature, every listed archive and its bill of materials. "
    "Nothing is fetched. enter verifies, tab completes.",
    "image": "OCI layout, dir: copy or saved .tar: signatures, attestations, every blob. HOST/NAME:TAG asks "
    "before it connects. enter verifies, tab completes.",
}
ENTRY_EXPLAINED: Final = (
    "What Rekor's /api/v1/log/entries answers, fetched on another host. It must then prove the time. "
    "enter verifies; empty: none."
)
_MOST_SHOWN: Final = 6


class PathField(Horizontal):
    """A label and a path."""

    def __init__(self, label: str, display: Display, *, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(classes="plan-field")
        self.label = label
        self.display_of = display
        self.input = PathInput(compact=True, select_on_focus=False, id=id)

    def compose(self) -> ComposeResult:
        """Label and field."""
        yield Words(self.display_of.text(f"{self.label} ▸ ", "$text-muted"), classes="plan-label")
        yield self.input

    @property
    def typed(self) -> str:
        """What stands in it."""
        return self.input.value.strip()

    def put(self, text: str) -> None:
        """Put `text` into it."""
        self.input.value = text
        self.input.cursor_position = len(self.input.value)


def completions(typed: str, *, archives: bool) -> str:
    """What the path could become, in a line; empty where nothing begins like it.

    With `archives` of all files only those that may be saved images.
    """
    names = complete_path(typed).names if typed else ()
    if archives:
        names = tuple(name for name in names if name.endswith(("/", ".tar")))
    more = len(names) - _MOST_SHOWN
    return "  ".join(names[:_MOST_SHOWN]) + (f"  and {more} more" if more > 0 else "")


def in_two_lines(display: Display, pull: str, width: int) -> Content:
    """A line to pull, whole where it fits; else its digest stays whole, on a line of its own."""
    whole = display.text(pull, "bold")
    if whole.cell_length <= width:
        return whole
    place, at, digest = pull.rpartition("@")
    parts = (display.text(f"{place}{at}", "bold"), display.text(digest, "bold"))
    return lines(display.cut_end(part, width) for part in parts)
