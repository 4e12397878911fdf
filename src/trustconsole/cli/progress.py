"""A progress bar on standard error, where that is a terminal and the work takes longer than half a second."""

from __future__ import annotations

import time
from collections.abc import Callable
from types import TracebackType
from typing import Final, Self

from trustconsole.cli.output import Stream

PATIENCE_SECONDS: Final = 0.5
REDRAW_SECONDS: Final = 0.1
_BAR: Final = 24


class Progress:
    """Tell it (done, total); it draws when that is worth it, and clears its line before others print."""

    def __init__(self, stream: Stream, what: str, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._stream = stream
        self._what = what
        self._monotonic = monotonic
        self._began = monotonic()
        self._drawn_at: float | None = None
        self._shown = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.clear()

    def tell(self, done: int, total: int) -> None:
        """`done` of `total` are finished."""
        if self._stream.width is None or done >= total:
            return
        now = self._monotonic()
        if now - self._began < PATIENCE_SECONDS:
            return
        if self._drawn_at is not None and now - self._drawn_at < REDRAW_SECONDS:
            return
        self._drawn_at = now
        self._shown = True
        full, empty = ("█", "░") if self._stream.unicode else ("#", ".")
        filled = _BAR * done // total
        bar = full * filled + empty * (_BAR - filled)
        self._stream.write(f"\r{self._what}  {bar}  {done:,} of {total:,}")
        self._stream.flush()

    def clear(self) -> None:
        """Take the bar away, so that the line is free."""
        if not self._shown or self._stream.width is None:
            return
        self._shown = False
        self._stream.write("\r" + " " * min(self._stream.width - 1, 78) + "\r")
        self._stream.flush()
