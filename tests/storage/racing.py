"""One of two writers that race for the same file; started as a process of its own by `test_races`."""

from __future__ import annotations

import hashlib
from multiprocessing.synchronize import Barrier
from pathlib import Path

from trustconsole.errors import ConcurrentChange
from trustconsole.storage import replace_file

PATIENCE = 60
"""Seconds after which a writer that waits for the other gives up: far more than a round takes."""


def race(path: Path, writer: str, rounds: int, barrier: Barrier, report: Path) -> None:
    """In every round add a line to what was reviewed, with both writers past everything but the rename.

    `report` gets one line for each round: the outcome, or the name of the error.
    """
    said = []
    for number in range(rounds):
        barrier.wait(PATIENCE)
        reviewed = path.read_bytes()

        def meet(_data: bytes) -> None:
            barrier.wait(PATIENCE)

        mine = b"%b%d by %b\n" % (reviewed, number, writer.encode())
        try:
            digest = hashlib.sha256(reviewed).hexdigest()
            said.append(str(replace_file(path, mine, reviewed=digest, check=meet).outcome))
        except ConcurrentChange as error:
            said.append(type(error).__name__)
        barrier.wait(PATIENCE)
    report.write_text("\n".join(said))
