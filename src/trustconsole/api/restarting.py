"""`restarts`: which nodes of the settings run on the files that are on disk now."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from trustconsole.api.policy_records import record_unsigned_production
from trustconsole.api.target import Options, Target, find_target
from trustconsole.controller_config import check_config
from trustconsole.nodes import ProcessTable, RestartsReport, Runner, TargetFiles, check_nodes, run_command
from trustconsole.records import Acknowledgements, Observations


def target_files(target: Target, now: datetime) -> TargetFiles:
    """The files that the nodes of `target` should run on."""
    report = (
        check_config(target.config, target.working_directory, now=now) if target.config is not None else None
    )
    effective = report.effective if report is not None else None
    return TargetFiles(
        target.working_directory or Path.cwd(),
        report,
        target.resolved(effective.trust_root.value) if effective else None,
        target.resolved(effective.rekor_public_key.value) if effective else None,
    )


def restarts(
    options: Options,
    *,
    now: datetime | None = None,
    runner: Runner = run_command,
    processes: ProcessTable | None = None,
) -> RestartsReport:
    """One look at every node; an empty report where the settings name none. Raises `SettingsError`."""
    target = find_target(options)
    moment = now or datetime.now(UTC)
    files = target_files(target, moment)
    record_unsigned_production(target.state, files.config, clock=lambda: moment)
    return check_nodes(
        target.settings.nodes,
        files,
        Observations.load(target.state),
        now=moment,
        runner=runner,
        processes=processes,
        acknowledged=Acknowledgements.load(target.state).by_node(),
    )
