"""The images of a copy that holds several: which one is meant."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from textual.content import Content

from trustconsole.api import NamedImage, SeveralImages
from trustconsole.commands import Pane
from trustconsole.console.columns import Column
from trustconsole.console.display import Display
from trustconsole.console.release.image_sheets import digest8
from trustconsole.console.sheet import Copyable, Level, Sheet
from trustconsole.console.signs import INFO, Sign
from trustconsole.console.view import View
from trustconsole.text import plural

PANE: Final = Pane(0, "release", "Which image", "Image", "The images of this copy; enter verifies one.")


class ImagesView(View[NamedImage]):
    """One row for each image; none of them is verified yet."""

    pane = PANE
    headed = True
    columns = (
        Column("digest", 8, 8, "never"),
        Column("name", 16, 90, "middle", flexible=True),
        Column("platform", 8, 20, "end", leaves=1),
    )

    def __init__(self, several: SeveralImages, display: Display) -> None:
        self.several = several
        self.display = display
        self.items = self.rows()

    def rows(self) -> Sequence[NamedImage]:
        """In the order of the index."""
        return self.several.images

    def reference(self, item: NamedImage) -> str:
        """What names this image, and no other, to `image verify`."""
        return f"{self.several.where}@{item.digest}"

    def key(self, item: NamedImage) -> str:
        """The digest."""
        return item.digest

    def cells(self, item: NamedImage) -> tuple[Content, ...]:
        """Digest, name, platform."""
        show = self.display
        name = show.text(item.name, "bold") if item.name else show.text("not named", "$text-muted")
        return show.text(digest8(item.digest)), name, show.text(item.platform, "$text-muted")

    def summary(self) -> Content:
        """How many."""
        return self.display.text(plural(len(self.items), "image"))

    def worst(self) -> Sign:
        """Nothing is judged yet."""
        return INFO

    def empty(self) -> str:
        """Never empty."""
        return ""

    def headline(self) -> Content:
        """What is to be done."""
        words = f"{plural(len(self.items), 'image')} are there: choose one, enter verifies it"
        return self.display.state(INFO, words)

    def sheet(self, item: NamedImage | None, level: Level) -> Sheet:  # noqa: ARG002 - the interface's
        """One image: what names it."""
        show = self.display
        if item is None:
            return Sheet(show, show.text("Images"))
        sheet = Sheet(show, show.text(item.name or digest8(item.digest)), show.text("not verified yet"))
        sheet.fact("name", item.name or "the index gives none")
        sheet.fact("digest", item.digest)
        sheet.fact("platform", item.platform)
        sheet.fact("media type", item.media_type)
        sheet.fact("reference", self.reference(item))
        sheet.copy = Copyable("the reference", self.reference(item))
        sheet.more = Copyable("the digest", item.digest)
        return sheet
