"""What commands say while they run: written by their thread, shown by the screen a few times a second."""

from __future__ import annotations

from collections import deque
from time import monotonic
from typing import Final

_MOST_LINES: Final = 400
"""Lines that are kept; a command may say more than anybody reads."""
_LINE: Final = 2000


class Output:
    """The last lines of commands, each with the node that it came from (both untrusted)."""

    def __init__(self) -> None:
        self._lines: deque[tuple[str, str]] = deque(maxlen=_MOST_LINES)
        self._news = False
        self._started: float | None = None
        self._told = -1

    @property
    def running(self) -> bool:
        """Whether commands run."""
        return self._started is not None

    @property
    def seconds(self) -> int:
        """How long they run."""
        return int(monotonic() - self._started) if self._started is not None else 0

    def begin(self) -> None:
        """Forget the lines of before."""
        self._lines.clear()
        self._started = monotonic()
        self._news = True

    def end(self) -> None:
        """No command runs any more; the lines stay."""
        self._started = None

    def add(self, node: str, line: str) -> None:
        """One more line; called from the commands' thread."""
        self._lines.append((node, line[:_LINE]))
        self._news = True

    def lines(self) -> list[tuple[str, str]]:
        """The lines, oldest first."""
        return list(self._lines)

    def take_news(self) -> bool:
        """Whether there is anything to draw since the last time."""
        news = self.running and (self._news or self.seconds != self._told)
        self._news = False
        self._told = self.seconds
        return news
