"""A small program for `test_rotation_resume`: carries one step of a rotation out between two marks.

Run as `python rotating_program.py WORLD STEP`; it prints the step that it ended on.
"""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from pathlib import Path

from trustconsole import api
from trustconsole.records import Operator

BEGIN, END = "/trustconsole-begins-here", "/trustconsole-ends-here"
"""As in tests/storage/tracing.py, which this program must not import: it is started without the tests."""


def main(world: Path, action: str, old: str) -> None:
    """Carry `action` out as the operator would."""
    moment = datetime(2027, 1, 2, tzinfo=UTC)
    session = api.Session(
        api.Options(settings=world / "settings.yml"), write=True, clock=lambda: moment, host="host-1"
    )
    rotation = api.Rotation(session, operator=Operator(1000, "ann"))
    os.access(BEGIN, os.F_OK)
    if action == "start":
        view = rotation.start("author", old, world / "new.pub", apply=True)
    elif action == "undo":
        view = rotation.undo(apply=True)
    else:
        view = rotation.next(apply=True, confirm=old[:8], override="no nodes in this test")
    os.access(END, os.F_OK)
    sys.stdout.write(str(view.step))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3])
