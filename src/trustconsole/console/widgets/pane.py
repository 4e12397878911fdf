"""A pane: its top border with number, title and counts, its rows, or what it says when it has none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.containers import Vertical
from textual.content import Content
from textual.message import Message

from trustconsole.commands import Pane
from trustconsole.console.display import EMPTY, Display, Words, join
from trustconsole.console.sheet import Level, Sheet
from trustconsole.console.view import View
from trustconsole.console.widgets.row_list import RowList

if TYPE_CHECKING:
    from textual import events
    from textual.app import ComposeResult


def rule(
    display: Display, title: Content, right: Content, width: int, corners: str, line: str = "$panel-lighten-2"
) -> Content:
    """A border line: corner, title, rule, counts, corner; the title is cut before the counts are."""
    left_corner, right_corner = (corners[0], corners[1]) if display.unicode else ("+", "+")
    bar = "─" if display.unicode else "-"
    room = width - 4
    right = display.cut_end(right, max(0, room - 4))
    title = display.cut_middle(title, max(0, room - right.cell_length - (3 if right else 0)))
    fill = room - title.cell_length - (right.cell_length + 2 if right else 0)
    return join(
        Content.styled(left_corner, line),
        Content(" "),
        title,
        Content(" "),
        Content.styled(bar * max(0, fill), line),
        join(Content(" "), right, Content(" ")) if right else EMPTY,
        Content.styled(right_corner, line),
    )


class TopRule(Words):
    """The top border of a box, drawn anew whenever its width or its words change."""

    def __init__(self, display: Display, corners: str) -> None:
        super().__init__(classes="rule")
        self.display_of = display
        self.corners = corners
        self.words = (EMPTY, EMPTY)

    def name_it(self, title: Content, right: Content) -> None:
        """Set title and counts."""
        self.words = (title, right)
        self.redraw()

    def redraw(self) -> None:
        """Draw for the present width and focus."""
        box = self.parent
        focused = isinstance(box, Box) and box.active
        line = "$primary" if focused else "$border-quiet"
        title, right = self.words
        if focused:
            title = title.stylize("bold")
        if self.size.width > 4:
            self.show(rule(self.display_of, title, right, self.size.width, self.corners, line))

    def on_resize(self) -> None:
        """Follow the width."""
        self.redraw()


class Box(Vertical):
    """A box whose border shows whether the keys go to it."""

    top: TopRule

    @property
    def active(self) -> bool:
        """Whether what is in it has the focus."""
        return self.has_focus_within

    def on_descendant_focus(self) -> None:
        """Draw the border of a focused box."""
        self.top.redraw()

    def on_descendant_blur(self) -> None:
        """Draw the border of a box without focus."""
        self.top.redraw()


class PaneBox(Box):
    """Rows of one view in a box: one of the five panes, or the evidence of a step."""

    def __init__(self, pane: Pane, display: Display, corners: str) -> None:
        super().__init__(id=f"pane-{pane.id}", classes="pane box")
        self.pane = pane
        self.display_of = display
        self.top = TopRule(display, corners)
        self.rows = RowList(display, id=f"rows-{pane.id}")
        self.nothing = Words(classes="nothing")
        self.level: Level = 1

    class Chosen(Message):
        """The pane was clicked where there is no row."""

        def __init__(self, pane: PaneBox) -> None:
            super().__init__()
            self.pane_widget = pane

    def compose(self) -> ComposeResult:
        """Border, rows, and the empty state over them."""
        yield self.top
        yield self.nothing
        yield self.rows

    def show_view(self, view: View[Any]) -> None:
        """Show a newer view."""
        self.rows.show_view(view)
        self._title()

    def filter(self, pattern: str) -> None:
        """Filter the rows."""
        self.rows.filter(pattern)
        self._title()

    def _title(self) -> None:
        view = self.rows.view
        if view is None:
            return
        show = self.display_of
        title = show.text(self.pane.name)
        if self.rows.pattern:
            title = join(
                title,
                show.text(
                    f"  /{self.rows.pattern}  {len(self.rows.shown):,} of {len(view.items):,}", "$text-accent"
                ),
            )
        self.top.name_it(title, view.summary())
        words = view.empty() if not view.items else ""
        if view.items and not self.rows.shown:
            words = f"No row contains {self.rows.pattern}. esc clears the filter."
        self.nothing.show(show.text(words, "$text-muted"))
        self.set_class(bool(words), "-nothing")

    def sheet(self) -> Sheet | None:
        """The detail of the row under the cursor."""
        view = self.rows.view
        return view.sheet(self.rows.item, self.level) if view is not None else None

    def on_click(self, event: events.Click) -> None:
        """A click anywhere in the pane gives it the focus."""
        self.rows.focus()
        if event.widget is not self.rows:
            self.post_message(self.Chosen(self))

    @property
    def active(self) -> bool:
        """Whether its rows have the focus."""
        return self.rows.has_focus
