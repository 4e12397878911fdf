"""A node (controller or daemon) and whether it runs on the files that are on disk now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from trustconsole.text import rfc3339

Role = Literal["controller", "daemon"]
RestartState = Literal["current", "restart", "unknown"]


@dataclass(frozen=True, slots=True)
class FileMismatch:
    """A node's file that is not the target: `path` on that node holds `found` (SHA-256), `target` on this
    host is what it should be. `command` brings it there, to be pasted.
    """

    role: str
    path: Path
    target: Path
    found: str
    command: tuple[str, ...]

    def to_dict(self) -> dict[str, object]:
        """An entry of `file_mismatch`."""
        return {
            "role": self.role,
            "path": str(self.path),
            "target": str(self.target),
            "found": self.found,
            "command": list(self.command),
        }


@dataclass(frozen=True, slots=True)
class NodeReport:
    """`evidence` says what was looked at (`pid 4711 since …`), `reason` why the state is what it is.

    `identity` names this run of the node and no other, None where there is no evidence; `acknowledgeable`: an
    operator may state that it was restarted. `file_mismatch` are the files to bring there before a restart.
    """

    name: str
    role: Role
    state: RestartState
    started: datetime | None
    evidence: str
    reason: str
    restart_command: tuple[str, ...] = ()
    via: tuple[str, ...] = ()
    identity: str | None = None
    acknowledgeable: bool = False
    file_mismatch: tuple[FileMismatch, ...] = ()

    def to_dict(self) -> dict[str, object]:
        """An entry of `trustconsole/restarts/1`."""
        return {
            "name": self.name,
            "role": self.role,
            "state": self.state,
            "started": rfc3339(self.started) if self.started else None,
            "evidence": self.evidence,
            "reason": self.reason,
            "restart_command": list(self.restart_command),
            "via": list(self.via),
            "identity": self.identity,
            "acknowledgeable": self.acknowledgeable,
            "file_mismatch": [file.to_dict() for file in self.file_mismatch],
        }


@dataclass(frozen=True, slots=True)
class RestartsReport:
    """All nodes of the settings, in their order."""

    nodes: tuple[NodeReport, ...]

    def to_dict(self) -> dict[str, object]:
        """`trustconsole/restarts/1`."""
        return {"schema": "trustconsole/restarts/1", "nodes": [node.to_dict() for node in self.nodes]}
