"""Everything a screen shows, frozen at one instant: what `api.workspace` produces and the console renders."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from trustconsole.controller_config.report import ConfigReport
from trustconsole.inventory.model import Module
from trustconsole.nodes.model import NodeReport
from trustconsole.trust_root.model import TrustRootReport
from trustconsole.verification.report import Standing, VerificationReport

ModuleState = Literal[Standing, "pending"]


@dataclass(frozen=True, slots=True)
class ModuleRow:
    """A module and its report; `report` is None while it is still being verified."""

    module: Module
    report: VerificationReport | None

    @property
    def key(self) -> str:
        """What UI state is kept by: the artefact's path."""
        return self.module.path

    @property
    def state(self) -> ModuleState:
        """The row's one sign: what the report comes to, `pending` while there is none."""
        return self.report.standing if self.report is not None else "pending"


@dataclass(frozen=True, slots=True)
class Paths:
    """The files behind a snapshot, resolved; None where there is none (or none is configured)."""

    config: str | None
    settings: str | None
    working_directory: str | None
    trust_root: str | None
    rekor_key: str | None
    modules: tuple[str, ...]
    state: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One consistent look at the workspace. `generation` grows by one per look; a stale one is dropped.

    `problems` are sentences about the look itself (a settings file that is wrong, live watch off).
    """

    generation: int
    taken_at: datetime
    host: str
    read_only: bool
    paths: Paths
    trust_root: TrustRootReport | None
    rekor_key: TrustRootReport | None
    config: ConfigReport | None
    modules: tuple[ModuleRow, ...]
    nodes: tuple[NodeReport, ...]
    problems: tuple[str, ...] = ()

    @property
    def verified(self) -> int:
        """How many modules have a report already."""
        return sum(row.report is not None for row in self.modules)
