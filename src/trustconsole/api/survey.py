"""One look at a workspace as the use-cases see it: what was read, judged and probed, before it is shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from trustconsole.api.target import Target
from trustconsole.controller_config import ConfigReport
from trustconsole.inventory import Module, Setting
from trustconsole.nodes import NodeReport
from trustconsole.verification import VerificationReport


@dataclass(frozen=True, slots=True)
class Survey:
    """Everything that one look found. `setting` is None where there is no configuration.

    `reports` has one entry for each of `modules`, None where the look was ended before it was judged.
    `unlisted` are places of modules that were named and could not be looked into, each with a sentence.
    """

    now: datetime
    target: Target
    config: ConfigReport | None
    setting: Setting | None
    modules: tuple[Module, ...]
    reports: tuple[VerificationReport | None, ...]
    nodes: tuple[NodeReport, ...]
    unlisted: tuple[tuple[str, str], ...] = ()
