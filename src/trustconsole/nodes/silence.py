"""Hosts that let a look wait until its time was over: the next looks of a session need not wait again.

A refused connection costs nothing and is tried at every look; one that hangs would delay everything else that
the same look shows.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Lock

_LONG_SECONDS = 3.0
_PAUSE_SECONDS = 30.0


@dataclass(slots=True)
class SilentHosts:
    """What a session remembers of slow answers, by `via`; `clock` counts seconds and never goes back."""

    clock: Callable[[], float] = time.monotonic
    _silent: dict[tuple[str, ...], tuple[float, str]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def still(self, via: Sequence[str]) -> str | None:
        """The reason why that host is not asked now, None where it is to be asked."""
        with self._lock:
            until, problem = self._silent.get(tuple(via), (0.0, ""))
            left = until - self.clock()
        return f"{problem}; it is asked again in {left:.0f} s" if left > 0 else None

    def note(self, via: Sequence[str], problem: str | None, begun: float) -> None:
        """It was asked at `begun` (by `clock`), and this came of it: None is an answer."""
        with self._lock:
            now = self.clock()
            if problem is not None and now - begun >= _LONG_SECONDS:
                self._silent[tuple(via)] = (now + _PAUSE_SECONDS, problem)
            else:
                self._silent.pop(tuple(via), None)
