"""A list of rows with a cursor that draws only the rows in sight.

Textual's DataTable needs a second for ten thousand rows; this list needs the same instant for ten and for ten
thousand, because cells are made when a line is drawn. The cursor belongs to a key, not to a row number.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final

from rich.style import Style as RichStyle
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.visual import Visual

from trustconsole.console.columns import GAP, Column, fit
from trustconsole.console.display import Display, join
from trustconsole.console.view import View

if TYPE_CHECKING:
    from textual import events

_MEASURED: Final = 300
"""Rows that are looked at to find how wide columns want to be."""


class RowList(ScrollView, can_focus=True):
    """The rows of one view, filtered; `key` is the row under the cursor."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"rowlist--cursor", "rowlist--quiet-cursor", "rowlist--head"}
    DEFAULT_CSS = """
    RowList { overflow-x: hidden; overflow-y: auto; scrollbar-size-vertical: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "cursor(1)", show=False),
        Binding("up", "cursor(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("home", "end(-1)", show=False),
        Binding("end", "end(1)", show=False),
    ]

    @dataclass
    class Moved(Message):
        """The cursor is on another row, or the row changed."""

        rows: RowList

    @dataclass
    class Opened(Message):
        """The row under the cursor was double-clicked."""

        rows: RowList

    def __init__(self, display: Display, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.display_of = display
        self.leads = False
        """Whether the cursor is shown as active although a field beside the list has the focus."""
        self.view: View[Any] | None = None
        self.pattern = ""
        self.key: str | None = None
        self.index = 0
        self.shown: list[Any] = []
        self._sizes: tuple[int, ...] = ()
        self._wanted: tuple[int, ...] = ()

    @property
    def item(self) -> Any | None:  # noqa: ANN401 - whatever the view's rows are
        """The row under the cursor, None where there is no row."""
        return self.shown[self.index] if 0 <= self.index < len(self.shown) else None

    @property
    def active(self) -> bool:
        """Whether keys move this cursor."""
        return self.has_focus or self.leads

    @property
    def head(self) -> int:
        """Lines taken by the column titles."""
        return 1 if self.view is not None and self.view.headed else 0

    def show_view(self, view: View[Any]) -> None:
        """Show a newer view; the cursor stays on its key where that still exists, else near its place."""
        self.view = view
        self._apply()

    def filter(self, pattern: str) -> None:
        """Show only rows with this text; `!` in front inverts; empty shows all."""
        self.pattern = pattern
        self._apply()

    def _apply(self) -> None:
        view = self.view
        if view is None:
            return
        wanted, invert = self.pattern.lower().strip(), False
        if wanted.startswith("!"):
            wanted, invert = wanted[1:].strip(), True
        items = list(view.items)
        self.shown = [i for i in items if (wanted in view.search(i)) != invert] if wanted else items
        self._measure(view)
        self._place_cursor(view)
        self.virtual_size = Size(self.scrollable_content_region.width, len(self.shown) + self.head)
        self._fit()
        self.refresh()
        self.post_message(self.Moved(self))

    def _measure(self, view: View[Any]) -> None:
        widest = [len(column.title) if view.headed else 0 for column in view.columns]
        for item in self.shown[:_MEASURED]:
            for index, cell in enumerate(view.cells(item)):
                widest[index] = max(widest[index], cell.cell_length)
        self._wanted = tuple(widest)

    def _place_cursor(self, view: View[Any]) -> None:
        near = min(self.index, max(0, len(self.shown) - 1))
        if self.key is not None and self.shown and view.key(self.shown[near]) != self.key:
            found = (index for index, item in enumerate(self.shown) if view.key(item) == self.key)
            near = next(found, near)
        self.index = near
        self.key = view.key(self.shown[self.index]) if self.shown else self.key
        self.call_after_refresh(self._reveal)

    def _fit(self) -> None:
        if self.view is not None and self._wanted:
            # One cell for the cursor's mark, and one that keeps the last column off the border.
            room = self.scrollable_content_region.width - 2
            self._sizes = fit(self.view.columns, self._wanted, max(1, room))

    def on_resize(self) -> None:
        """Fit the columns anew."""
        self._fit()
        self.virtual_size = Size(self.scrollable_content_region.width, len(self.shown) + self.head)
        self.refresh()
        self.call_after_refresh(self._reveal)

    def go(self, index: int) -> None:
        """Put the cursor on a row, as near as there is one."""
        if not self.shown or self.view is None:
            return
        self.index = max(0, min(index, len(self.shown) - 1))
        self.key = self.view.key(self.shown[self.index])
        self._reveal()
        self.refresh()
        self.post_message(self.Moved(self))

    def _reveal(self) -> None:
        height = self.scrollable_content_region.height - self.head
        if height <= 0:
            return
        top = round(self.scroll_y)
        if self.index < top:
            self.scroll_to(y=self.index, animate=False)
        elif self.index >= top + height:
            self.scroll_to(y=self.index - height + 1, animate=False)

    def action_cursor(self, by: int) -> None:
        """Move the cursor by rows."""
        self.go(self.index + by)

    def action_page(self, by: int) -> None:
        """Move the cursor by pages."""
        self.go(self.index + by * max(1, self.scrollable_content_region.height - 1 - self.head))

    def action_end(self, direction: int) -> None:
        """Move the cursor to the first (-1) or last (1) row."""
        self.go(0 if direction < 0 else len(self.shown) - 1)

    def on_click(self, event: events.Click) -> None:
        """A click moves the cursor, a double click opens."""
        row = event.get_content_offset_capture(self).y - self.head + round(self.scroll_y)
        if 0 <= row < len(self.shown):
            self.go(row)
            if event.chain == 2:
                self.post_message(self.Opened(self))

    def watch_has_focus(self, has_focus: bool) -> None:
        """The cursor is quiet where the focus is elsewhere."""
        super().watch_has_focus(has_focus)
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """One line of the list, made now."""
        width = self.scrollable_content_region.width
        view = self.view
        if view is None or width <= 0:
            return Strip.blank(max(0, width), self.rich_style)
        if self.head and y == 0:
            return self._strip(self._head_line(view), width, "rowlist--head")
        index = y - self.head + round(self.scroll_y)
        if not 0 <= index < len(self.shown):
            return Strip.blank(width, self.rich_style)
        cursor = index == self.index
        line = self._line(view.columns, view.cells(self.shown[index]), cursor)
        name = ("rowlist--cursor" if self.active else "rowlist--quiet-cursor") if cursor else ""
        return self._strip(line, width, name)

    def _strip(self, line: Content, width: int, component: str) -> Strip:
        style = self.get_visual_style(component) if component else self.visual_style
        strips = Visual.to_strips(self, line, width, 1, style, apply_selection=False)
        strip = strips[0] if strips else Strip.blank(width, self.rich_style)
        strip = strip.adjust_cell_length(width, style.rich_style)
        if component and self.get_component_styles(component).text_style.reverse:
            # A component style passes on colours but not reverse, all that a screen without colours has.
            strip = strip.apply_style(RichStyle(reverse=True))
        return strip

    def _line(self, columns: tuple[Column, ...], cells: tuple[Content, ...], cursor: bool) -> Content:
        show = self.display_of
        mark = show.text("▸" if cursor and self.active else " ")
        parts: list[Content] = []
        for column, size, cell in zip(columns, self._sizes, cells, strict=True):
            if size == 0:
                continue
            cut = show.cut_middle(cell, size) if column.cut == "middle" else show.cut_end(cell, size)
            pad = Content(" " * (size - cut.cell_length))
            parts.append(join(pad, cut) if column.right else join(cut, pad))
        return join(mark, Content(" " * GAP).join(parts))

    def _head_line(self, view: View[Any]) -> Content:
        titles = tuple(self.display_of.text(column.title) for column in view.columns)
        return self._line(view.columns, titles, cursor=False)

    def cursor_region(self) -> Region:
        """Where the cursor's row is on this widget, for tests and the terminal cursor."""
        return Region(0, self.index - round(self.scroll_y) + self.head, self.size.width, 1)
