"""From a changed file to the changed screen: `python -m tests.benchmarks.bench_change_to_screen`.

Drives the real console without a terminal over a demo workspace, replaces the trust root again and again,
and measures from the write to the moment when the console has rendered the new state.
"""

from __future__ import annotations

import asyncio
import hashlib
import statistics
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from trustconsole import api
from trustconsole.console.app import ConsoleApp

CHANGES = 40


async def _measure(directory: Path) -> list[float]:
    run = api.run_demo(directory / "demo", nodes=False)
    path = run.workspace.trust_root
    good = path.read_bytes()
    app = ConsoleApp(run.session(), clock=lambda: datetime.now(UTC), unicode=True, no_color=False, start=None)
    taken = []
    async with app.run_test(size=(160, 50)) as pilot:
        while app.snapshot is None or app.snapshot.verified < len(app.snapshot.modules):
            await pilot.pause(0.02)
        await pilot.pause(1.0)  # let the watch arm
        for number in range(CHANGES):
            wanted = good if number % 2 else good + b"# changed\n"
            begin = time.perf_counter()
            path.write_bytes(wanted)
            digest = hashlib.sha256(wanted).hexdigest()
            while not _shows(app, digest):  # noqa: ASYNC110  # the console is not to know it is measured
                await asyncio.sleep(0.001)
            painted = asyncio.Event()
            app.screen.call_after_refresh(painted.set)
            await painted.wait()
            taken.append((time.perf_counter() - begin) * 1000)
            await asyncio.sleep(0.3)
    return taken


def _shows(app: ConsoleApp, sha256: str) -> bool:
    root = app.snapshot.trust_root if app.snapshot is not None else None
    return root is not None and root.sha256 == sha256


def main() -> None:
    """Measure and print median, 95th percentile and maximum."""
    with TemporaryDirectory() as name:
        taken = sorted(asyncio.run(_measure(Path(name))))
    median, late = statistics.median(taken), taken[int(len(taken) * 0.95) - 1]
    sys.stdout.write(
        f"change to screen, {len(taken)} changes: median {median:.0f} ms, "
        f"95th percentile {late:.0f} ms, maximum {taken[-1]:.0f} ms (target 250 ms)\n"
    )


if __name__ == "__main__":
    main()
