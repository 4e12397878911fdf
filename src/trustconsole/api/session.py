"""A console session: looks at the workspace again and again, remembering what did not move.

The only place where the console's reads and writes meet; a read-only session writes nothing but its own
observations and exports, both in the state directory.
"""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock

from trustconsole.api.artefacts import Artefacts, ToVerify, write_export
from trustconsole.api.auditing import AuditReport, audit_log
from trustconsole.api.imaging import ImageOptions
from trustconsole.api.policy_records import record_unsigned_production
from trustconsole.api.releasing import ReleaseOptions
from trustconsole.api.revoking import Revocation, revoke
from trustconsole.api.rotating import Rotation
from trustconsole.api.snapshot import ModuleRow, Paths, Snapshot
from trustconsole.api.survey import Survey
from trustconsole.api.target import Options, Target, find_target
from trustconsole.api.verifying import setting_of
from trustconsole.api.what_if import Ground, answer, question_of
from trustconsole.controller_config import ConfigReport, check_config
from trustconsole.errors import TrustConsoleError, UsageError
from trustconsole.inventory import (
    Impact,
    Inventory,
    ManifestCache,
    Setting,
    VerdictMemory,
    list_modules,
    verify_modules,
)
from trustconsole.nodes import (
    NodeReport,
    ProcessTable,
    Runner,
    SilentHosts,
    TargetFiles,
    check_nodes,
    run_command,
)
from trustconsole.records import Acknowledgements, Observations
from trustconsole.storage.watching import changes
from trustconsole.verification import VerificationReport

_PROGRESS_SECONDS = 0.1
_FIRST_LOOK_SECONDS = 0.02
"""How often the live watch asks whether the first look has said what there is to watch."""


class Session(Artefacts):
    """One open workspace. `look` is safe to call from a thread, one at a time."""

    def __init__(
        self,
        options: Options,
        *,
        write: bool = False,
        clock: Callable[[], datetime] | None = None,
        runner: Runner = run_command,
        processes: ProcessTable | None = None,
        host: str | None = None,
        release: ReleaseOptions | None = None,
        image: ImageOptions | None = None,
        to_verify: ToVerify | None = None,
    ) -> None:
        super().__init__(options, release=release, image=image, to_verify=to_verify)
        self.read_only = not write
        self._clock = clock or (lambda: datetime.now(UTC))
        self._runner = runner
        self._processes = processes
        self._host = host or socket.gethostname()
        self._memory = VerdictMemory()
        self._manifests = ManifestCache()
        self._observations: Observations | None = None
        self._silent = SilentHosts()
        self._generation = 0
        self._watched: tuple[Path, ...] = ()
        self._last_target: Target | None = None
        self._survey: Survey | None = None
        self._ground: Ground | None = None
        self._recorded: set[tuple[str, str | None]] = set()
        self._looking = Lock()

    def look(
        self,
        progress: Callable[[Snapshot], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> Snapshot:
        """Read everything and judge every module; blocks.

        `progress` gets partial snapshots of the same generation (rows without a report are still open), at
        most ten a second. `cancelled` ends the judging early.
        """
        with self._looking:
            self._generation += 1
            return self._look(progress, cancelled)

    def _look(
        self, progress: Callable[[Snapshot], None] | None, cancelled: Callable[[], bool] | None
    ) -> Snapshot:
        now = self._clock()
        target, problems = self._target()
        report = (
            check_config(target.config, target.working_directory, now=now)
            if target.config is not None
            else None
        )
        setting = setting_of(target, report, now) if report is not None else None
        self._record_policy(target, report)
        inventory = list_modules(target.modules(report), manifest_of=self._manifests.read)
        self._watched = _watched(target, setting, inventory, target.modules(report))
        self._ground = Ground(target, report, setting, inventory) if setting is not None else None
        nodes, node_problem = self._nodes(target, report, setting, now)
        reports: list[VerificationReport | None] = [None] * len(inventory.modules)

        def snapshot() -> Snapshot:
            rows = tuple(map(ModuleRow, inventory.modules, reports))
            return Snapshot(
                self._generation,
                now,
                self._host,
                self.read_only,
                _paths(target, setting, report),
                setting.trust_root if setting else None,
                setting.rekor_key if setting else None,
                report,
                rows,
                nodes,
                (*problems, *inventory.problems, *node_problem),
            )

        if setting is not None:
            last = 0.0
            for index, verdict in verify_modules(
                inventory.modules, setting, self._memory, cancelled=cancelled
            ):
                reports[index] = verdict
                if progress is not None and time.monotonic() - last >= _PROGRESS_SECONDS:
                    progress(snapshot())
                    last = time.monotonic()
        unlisted = _unlisted(target, inventory)
        self._survey = Survey(
            now, target, report, setting, inventory.modules, tuple(reports), nodes, unlisted
        )
        return snapshot()

    def _record_policy(self, target: Target, report: ConfigReport | None) -> None:
        """Once for each set of signing values: reading the log at every look would be too much."""
        key = (report.path, report.signing_digest) if report is not None else None
        if key is not None and key not in self._recorded:
            self._recorded.add(key)
            record_unsigned_production(target.state, report, clock=self._clock)

    def survey(self, cancelled: Callable[[], bool] | None = None) -> Survey:
        """A new look, as the use-cases see it; blocks like `look`."""
        with self._looking:
            self._generation += 1
            self._look(None, cancelled)
            assert self._survey is not None  # noqa: S101 - a look always leaves one
            return self._survey

    @property
    def last_survey(self) -> Survey | None:
        """What the last look found, None before the first: for what is shown, never for what is written."""
        return self._survey

    def rotation(self) -> Rotation:
        """The rotation of this workspace."""
        return Rotation(self)

    def revoke(
        self,
        fingerprint: str,
        *,
        apply: bool = False,
        override: str = "",
        follow_link: bool = False,
        reviewed: str | None = None,
    ) -> Revocation:
        """As `revoking.revoke`."""
        return revoke(
            self, fingerprint, apply=apply, override=override, follow_link=follow_link, reviewed=reviewed
        )

    def audit(self) -> AuditReport:
        """The log of this workspace's state directory; raises `InputError` where it cannot be read."""
        return audit_log(self._options)

    @property
    def memory(self) -> VerdictMemory:
        """What earlier looks verified: asking again under another file costs only what is new."""
        return self._memory

    @property
    def runner(self) -> Runner:
        """How this session runs commands."""
        return self._runner

    def now(self) -> datetime:
        """The session's clock."""
        return self._clock()

    def impact(
        self,
        *,
        file: str = "trust-root",
        remove: str | None = None,
        add: Path | None = None,
        progress: Callable[[int, int], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> Impact:
        """As `api.impact`, on the files and modules of the last look, with what it found out; blocks.

        Safe to call from a thread, also while another looks.
        """
        question = question_of(file, remove, add)
        if self._ground is None:
            raise UsageError(
                "no configuration says what modules are judged by", hint="name it with --config F"
            )
        return answer(question, self._ground, self._memory, progress=progress, cancelled=cancelled)

    def _target(self) -> tuple[Target, tuple[str, ...]]:
        """The files this look is about; a settings file that broke keeps its last good state in force."""
        try:
            self._last_target = find_target(self._options)
        except TrustConsoleError as error:
            if self._last_target is None:
                raise
            return self._last_target, (f"{error}: the settings read before stay in force",)
        return self._last_target, ()

    def _nodes(
        self, target: Target, report: ConfigReport | None, setting: Setting | None, now: datetime
    ) -> tuple[tuple[NodeReport, ...], tuple[str, ...]]:
        if self._observations is None:
            self._observations = Observations.load(target.state)
        files = TargetFiles(
            target.working_directory or Path.cwd(),
            report,
            _path_of(setting.trust_root.path if setting and setting.trust_root else None),
            _path_of(setting.rekor_key.path if setting and setting.rekor_key else None),
        )
        statements = Acknowledgements.load(target.state)
        found = check_nodes(
            target.settings.nodes,
            files,
            self._observations,
            now=now,
            runner=self._runner,
            processes=self._processes,
            silent=self._silent,
            acknowledged=statements.by_node(),
        )
        if not target.settings.nodes:
            return found.nodes, ()
        problems = (self._observations.problem, statements.problem)
        return found.nodes, tuple(problem for problem in problems if problem)

    async def changes(self, stop: asyncio.Event) -> AsyncIterator[str]:
        """`changed`, `rescan`, or a sentence about the live watch; each asks for a new look."""
        while not self._watched and not stop.is_set():  # the first look says what there is to watch
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), _FIRST_LOOK_SECONDS)
        told: str | None = None
        async for hint in changes(lambda: self._watched, stop=stop):
            restored = told is not None and hint.problem is None
            if hint.problem is not None and hint.problem != told:
                yield hint.problem
            told = hint.problem
            yield "changed" if hint.kind == "event" or restored else "rescan"

    def export(self, name: str, text: str, *, suffix: str = ".txt") -> Path:
        """Write `text` to a new file in the state directory's `exports`; raises `UnreadableFile`."""
        state = self._last_target.state if self._last_target is not None else find_target(self._options).state
        return write_export(state, self._clock(), name, text, suffix=suffix)


def _unlisted(target: Target, inventory: Inventory) -> tuple[tuple[str, str], ...]:
    """The places that were named and cannot be read; the controller's own store may not be there yet."""
    named = {str(path) for path in (*target.options.modules, *target.settings.modules)}
    return tuple(
        (path, next((words for words in inventory.problems if path in words), f"{path} cannot be read"))
        for path in inventory.unreadable
        if path in named
    )


def _path_of(path: str | None) -> Path | None:
    return Path(path) if path is not None else None


def _watched(
    target: Target, setting: Setting | None, inventory: Inventory, modules: tuple[Path, ...]
) -> tuple[Path, ...]:
    """Every file and directory whose change matters: small files, module directories, stores."""
    small = [target.config, target.settings.path]
    if setting is not None:
        small += [_path_of(one.path) for one in (setting.trust_root, setting.rekor_key) if one is not None]
    directories = {Path(module.path).parent for module in inventory.modules}
    local = [node.evidence for node in target.settings.nodes if not node.via]
    pids = [Path(evidence.value) for evidence in local if evidence.kind == "pid_file"]
    return (*(path for path in small if path is not None), *modules, *sorted(directories), *pids)


def _paths(target: Target, setting: Setting | None, report: ConfigReport | None) -> Paths:
    return Paths(
        str(target.config) if target.config is not None else None,
        str(target.settings.path) if target.settings.path is not None else None,
        str(target.working_directory) if target.working_directory is not None else None,
        setting.trust_root.path if setting and setting.trust_root else None,
        setting.rekor_key.path if setting and setting.rekor_key else None,
        tuple(str(path) for path in target.modules(report)),
        str(target.state),
    )


def open_session(
    options: Options,
    *,
    write: bool = False,
    release: ReleaseOptions | None = None,
    image: ImageOptions | None = None,
    to_verify: ToVerify | None = None,
) -> Session:
    """A session on what the options say; raises `SettingsError` at once where the settings are wrong.

    `release` and `image` say whom signatures must be by, over the settings; `to_verify` is what the console
    is to show first.
    """
    find_target(options)
    return Session(options, write=write, release=release, image=image, to_verify=to_verify)
