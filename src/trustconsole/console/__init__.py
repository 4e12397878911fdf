"""The console: a Textual application over `trustconsole.api`. It reads snapshots and never a file itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from trustconsole.console.terminal import colourless, speaks_unicode

if TYPE_CHECKING:
    from trustconsole.console.session import Session, Start

__all__ = ["run"]


def _now() -> datetime:
    return datetime.now(UTC)


def run(
    session: Session | None,
    *,
    start: Start | None = None,
    clock: Callable[[], datetime] = _now,
    unicode: bool | None = None,
    no_color: bool | None = None,
) -> int:
    """Run the console until the operator leaves; the exit code is not 0 where it broke.

    `session` None opens the first-start screen over `start`. `unicode` and `no_color` are taken from the
    terminal unless given.
    """
    from trustconsole.console.app import ConsoleApp

    app = ConsoleApp(
        session,
        clock=clock,
        unicode=speaks_unicode() if unicode is None else unicode,
        no_color=colourless() if no_color is None else no_color,
        start=start,
    )
    app.run()
    return app.return_code or 0
