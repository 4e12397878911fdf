"""A node (controller or daemon) and whether it runs on the files that are on disk now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from trustconsole.text import rfc3339

Role = Literal["controller", "daemon"]
RestartState = Literal["current", "restart", "unknown"]


@dataclass(frozen=True, slots=True)
class NodeReport:
    """`evidence` says what was looked at (`pid 4711 since …`), `reason` why the state is what it is."""

    name: str
    role: Role
    state: RestartState
    started: datetime | None
    evidence: str
    reason: str
    restart_command: tuple[str, ...] = ()

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
        }


@dataclass(frozen=True, slots=True)
class RestartsReport:
    """All nodes of the settings, in their order."""

    nodes: tuple[NodeReport, ...]

    def to_dict(self) -> dict[str, object]:
        """`trustconsole/restarts/1`."""
        return {"schema": "trustconsole/restarts/1", "nodes": [node.to_dict() for node in self.nodes]}
