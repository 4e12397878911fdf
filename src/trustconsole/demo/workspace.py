"""Where everything lies in a demo workspace: the layout of a controller's host under one directory.

Paths only; `build` fills them, `processes` runs the two nodes.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from trustconsole.nodes.model import Role

MARKER: Final = ".trustconsole-demo"
"""The file that says a directory is a demo, and may be built again."""

_NODES: Final[tuple[tuple[str, Role], ...]] = (("controller-1", "controller"), ("daemon-1", "daemon"))


@dataclass(frozen=True, slots=True)
class DemoNode:
    """A node of the demo: a small process that loads `trust_root` when it starts."""

    name: str
    role: Role
    trust_root: Path
    pid_file: Path
    log: Path

    @property
    def run_command(self) -> tuple[str, ...]:
        """Runs the node in the foreground until SIGTERM; `-P`: nothing from the current directory."""
        return (
            *(sys.executable, "-P", "-m", "trustconsole.demo.node"),
            *("--trust-root", str(self.trust_root)),
            *("--name", self.name),
            *("--pid-file", str(self.pid_file)),
        )

    @property
    def restart_command(self) -> tuple[str, ...]:
        """Ends a running instance, starts a detached one, and returns when it has loaded its trust root."""
        return (*self.run_command, "--restart")


@dataclass(frozen=True, slots=True)
class DemoWorkspace:
    """A demo under `directory` (absolute); `seed` is what its keys were derived from."""

    directory: Path
    seed: int

    @property
    def marker(self) -> Path:
        """The marker file."""
        return self.directory / MARKER

    @property
    def working_directory(self) -> Path:
        """The controller's working directory, which paths in its configuration are relative to."""
        return self.directory / "controller"

    @property
    def config(self) -> Path:
        """controller.yml."""
        return self.working_directory / "config" / "controller.yml"

    @property
    def security(self) -> Path:
        """The directory of the trust root and the Rekor key."""
        return self.working_directory / "config" / "security"

    @property
    def trust_root(self) -> Path:
        """The module trust root."""
        return self.security / "module-trust-root.pem"

    @property
    def rekor_key(self) -> Path:
        """The public key of the private Rekor log."""
        return self.security / "rekor.pub"

    @property
    def modules(self) -> Path:
        """The directory of the twelve modules and their sidecars."""
        return self.directory / "modules"

    @property
    def keys(self) -> Path:
        """The demo's own signing keys, `NAME.key` and `NAME.pub`, for signing again in a rotation."""
        return self.directory / "keys"

    @property
    def settings(self) -> Path:
        """The console's settings for this workspace."""
        return self.directory / "settings.yml"

    @property
    def state(self) -> Path:
        """The console's state directory for this workspace."""
        return self.directory / "state"

    @property
    def run(self) -> Path:
        """Where the nodes keep pid files and logs."""
        return self.directory / "run"

    @property
    def nodes(self) -> tuple[DemoNode, ...]:
        """One controller and one daemon."""
        return tuple(
            DemoNode(name, role, self.trust_root, self.run / f"{name}.pid", self.run / f"{name}.log")
            for name, role in _NODES
        )
