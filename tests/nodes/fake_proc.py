"""A process table made of files."""

from __future__ import annotations

from pathlib import Path

from trustconsole.nodes import ProcessTable

TICKS = 100


class FakeProc:
    """A directory that looks like /proc; times in seconds."""

    def __init__(self, root: Path, boot: int) -> None:
        self.root = root
        (root / "sys/kernel/random").mkdir(parents=True)
        (root / "sys/kernel/random/boot_id").write_text("6f1c\n")
        self.set_boot(boot)

    def set_boot(self, boot: int) -> None:
        """What /proc/stat says about the boot: it moves when the clock is set."""
        (self.root / "stat").write_text(f"cpu  1 2 3\nintr 1 2 3\nctxt 5\nbtime {boot}\nprocesses 9\n")

    def add(
        self, pid: int, since_boot: float, *, name: str = "java", state: str = "S", argv: str = "java"
    ) -> None:
        """A process that started so long after the boot."""
        entry = self.root / str(pid)
        entry.mkdir(exist_ok=True)
        fields = " ".join(["1"] * 18)
        (entry / "stat").write_text(f"{pid} ({name}) {state} {fields} {round(since_boot * TICKS)} 77 88\n")
        (entry / "cmdline").write_bytes(argv.encode().replace(b" ", b"\0") + b"\0")

    @property
    def table(self) -> ProcessTable:
        return ProcessTable(self.root, ticks=TICKS)
