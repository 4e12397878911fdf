"""Steps 2 and 5: bringing the new file to other hosts, and restarting nodes one after the other.

A node counts as restarted when its evidence says so, never because its command ended well. The first one that
does not come back ends the run: the others keep serving.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from trustconsole import limits
from trustconsole.api.changing import Changes
from trustconsole.api.rotation_view import Distribution
from trustconsole.api.survey import Survey
from trustconsole.errors import GateRefused, Indeterminate, WriteRefused
from trustconsole.nodes import FileMismatch, NodeReport, distribute_command, restart, send_file, wait_ready
from trustconsole.records import NodeSettings
from trustconsole.rotation import CommandLine
from trustconsole.storage import ctime_bound, read_bounded

if TYPE_CHECKING:
    from trustconsole.api.session import Session

OnOutput = Callable[[str, str], None]

SETTLED: Final = timedelta(seconds=1.2)
SETTLED_ELSEWHERE: Final = timedelta(seconds=2.2)
"""How long after a change a node may start and still prove it: restart truth asks for more than a second, and
a start on another host is known to the second only."""
_PROOF_SECONDS: Final = 15.0
_LOOK_SECONDS: Final = 0.5


def distributions(survey: Survey, nodes: Iterable[NodeReport], target: str) -> tuple[Distribution, ...]:
    """For every node with a file of its own that is not the target: what brings it there."""
    by_name = {node.name: node for node in survey.target.settings.nodes}
    found = []
    for report, mismatch in _mismatches(nodes, target):
        argv = distribute_command(by_name[report.name], Path(target), to=mismatch.path)
        line = CommandLine(f"bring the file to {report.name}", argv)
        found.append(Distribution(report.name, str(mismatch.path), line))
    return tuple(found)


def _mismatches(nodes: Iterable[NodeReport], target: str) -> Iterator[tuple[NodeReport, FileMismatch]]:
    for report in nodes:
        for mismatch in report.file_mismatch:
            if str(mismatch.target) == target:
                yield report, mismatch


class NodeRestarts:
    """Restarts nodes of a rotation, armed. `sleep` waits; looks are those of the session."""

    def __init__(
        self, session: Session, changes: Changes, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._session = session
        self._changes = changes
        self._sleep = sleep

    def run(
        self,
        reports: Iterable[NodeReport],
        survey: Survey,
        on_output: OnOutput | None,
        cancelled: Callable[[], bool] | None,
    ) -> None:
        """Restart every node that does not prove the file of now, in order; raises `GateRefused` at the first
        that does not come back, with the reason.
        """
        by_name = {node.name: node for node in survey.target.settings.nodes}
        for report in reports:
            if report.state == "current":
                continue
            self.restart_one(by_name[report.name], on_output, cancelled)

    def send(self, reports: Iterable[NodeReport], survey: Survey, target: str, tell: OnOutput | None) -> None:
        """Send the target to every node that holds another file; raises at the first that does not take it.

        Each is replaced whole or not at all, and only where it still holds what was seen.
        """
        self._changes.arm()
        by_name = {node.name: node for node in survey.target.settings.nodes}
        data = read_bounded(Path(target), limits.PEM_BYTES, what="PEM file")
        for report, mismatch in _mismatches(reports, target):
            self._changes.audit.append(
                "node.send",
                target=f"{report.name}:{mismatch.path}",
                before=mismatch.found,
                after=data.sha256,
            )
            sent = send_file(by_name[report.name], mismatch.path, data.data, reviewed=mismatch.found)
            words = f"{mismatch.path} on {report.name}"
            if sent.outcome == "old":
                raise WriteRefused(
                    f"{words} was not changed: {sent.problem}",
                    hint="bring the file there by hand, then go on",
                )
            if sent.outcome == "indeterminate":
                raise Indeterminate(f"{words}: {sent.problem}", hint="look at the file on that host")
            _teller(report.name, tell)(f"holds the new file{f': {sent.problem}' if sent.problem else ''}")

    def restart_one(
        self,
        node: NodeSettings,
        on_output: OnOutput | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> NodeReport:
        """Restart one node and wait for its proof; raises `GateRefused` with the reason, `AuditRefused`."""
        self._changes.arm()
        if not node.restart:
            raise GateRefused(
                f"the settings give no restart command for {node.name}",
                hint="restart it yourself; that is detected, or acknowledge it: trustconsole restarts --help",
            )
        tell = _teller(node.name, on_output)
        stop = cancelled or (lambda: False)
        self._wait_until_settled(node, tell)
        self._changes.audit.append(
            "node.restart", target=node.name, before=None, after=None, details={"role": node.role}
        )
        run = restart(node, on_output=tell, cancelled=stop)
        if not run.succeeded:
            raise GateRefused(
                run.problem or "the restart did not end well", hint="see to the node, then go on"
            )
        ready = wait_ready(node, cancelled=stop, on_answer=tell)
        if ready.state not in ("ready", "unasked"):
            raise GateRefused(ready.reason, hint="see to the node before the next one is restarted")
        return self._proof(node, stop)

    def _wait_until_settled(self, node: NodeSettings, tell: Callable[[str], None]) -> None:
        """A node that starts within the second of the change could never prove that it started after it."""
        if node.via:  # when its file changed is known to the other host's clock alone
            tell("waiting until the change is two seconds old")
            self._sleep(SETTLED_ELSEWHERE.total_seconds())
            return
        survey = self._session.survey()
        instants = [
            ctime_bound(Path(report.path))
            for report in (
                (survey.setting.trust_root, survey.setting.rekor_key) if survey.setting is not None else ()
            )
            if report is not None and report.error is None
        ]
        if not instants:
            return
        age = survey.now - datetime.fromtimestamp(max(instants) / 1e9, UTC)
        if timedelta() <= age < SETTLED:
            tell("waiting until the change is a second old")
            self._sleep((SETTLED - age).total_seconds())

    def _proof(self, node: NodeSettings, stop: Callable[[], bool]) -> NodeReport:
        """The node's report once it is current; raises `GateRefused` where it does not become so."""
        deadline = time.monotonic() + _PROOF_SECONDS
        while True:
            survey = self._session.survey()
            report = next((one for one in survey.nodes if one.name == node.name), None)
            if report is not None and report.state == "current":
                return report
            if report is None or stop() or time.monotonic() >= deadline:
                reason = report.reason if report is not None else "it is not in the settings any more"
                raise GateRefused(
                    f"{node.name} was restarted and does not prove that it runs on the file of now: {reason}",
                    hint="see to the node before the next one is restarted",
                )
            self._sleep(_LOOK_SECONDS)


def _teller(name: str, on_output: OnOutput | None) -> Callable[[str], None]:
    def tell(line: str) -> None:
        if on_output is not None:
            on_output(name, line)

    return tell
