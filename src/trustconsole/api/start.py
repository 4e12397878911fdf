"""The first start: where a controller usually lies, what is there, and the demo where nothing is."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import mkdtemp

from trustconsole.api.artefacts import Artefacts
from trustconsole.api.session import Session, open_session
from trustconsole.api.target import Options, find_target
from trustconsole.api.verifying import VerifyOptions, verify_all
from trustconsole.demo import DEMO_MODULES, DemoWorkspace, build_demo, start_nodes, stop_nodes
from trustconsole.errors import UsageError
from trustconsole.verification import VerificationReport

USUAL_PLACES = (Path("/opt/prexorcloud/controller"), Path("/etc/prexorcloud"), Path())
_NAMES = (Path("config/controller.yml"), Path("controller.yml"))


@dataclass(frozen=True, slots=True)
class Place:
    """A directory that was looked at; `config` is the controller.yml found in it, if there is one."""

    directory: Path
    config: Path | None
    note: str

    @property
    def path(self) -> str:
        """The configuration found, else the directory."""
        return str(self.config or self.directory.absolute())

    @property
    def found(self) -> bool:
        """Whether a controller.yml is there."""
        return self.config is not None


def look_at(directory: Path) -> Place:
    """What lies in `directory`, in a few words; never raises."""
    for name in _NAMES:
        candidate = directory / name
        try:
            found = candidate.is_file()
        except OSError as error:
            return Place(directory, None, f"may not be read ({os.strerror(error.errno or 0)})")
        if found:
            return Place(directory, candidate.absolute(), f"has {name}")
    missing = "has no controller.yml" if directory.is_dir() else "does not exist"
    return Place(directory, None, missing)


@dataclass(frozen=True, slots=True)
class DemoRun:
    """A demo that was built and verified. `deviations`: modules whose verdicts are not the planned ones."""

    workspace: DemoWorkspace
    reports: tuple[VerificationReport, ...]
    deviations: tuple[str, ...]

    @property
    def directory(self) -> Path:
        """Where it was built."""
        return self.workspace.directory

    @property
    def options(self) -> Options:
        """What opens it."""
        return Options(settings=self.workspace.settings)

    def session(self) -> Session:
        """A session on it, armed for changes: the demo is there to be changed."""
        return open_session(self.options, write=True)

    def end(self) -> None:
        """End its two nodes; the files stay."""
        stop_nodes(self.workspace)

    def to_dict(self) -> dict[str, object]:
        """`trustconsole/demo/1`."""
        planned = {plan.file: plan for plan in DEMO_MODULES}
        return {
            "schema": "trustconsole/demo/1",
            "directory": str(self.directory),
            "as_planned": not self.deviations,
            "modules": [
                {
                    "file": Path(report.artifact).name,
                    "shows": planned[Path(report.artifact).name].description,
                    "documented": report.documented.verdict,
                    "controller": report.controller.verdict,
                    "as_planned": report.artifact not in self.deviations,
                }
                for report in self.reports
            ],
        }


def run_demo(directory: Path | None = None, *, now: datetime | None = None, nodes: bool = True) -> DemoRun:
    """Build the demo (in a new temporary directory where None), start its nodes, verify its modules.

    Raises `UsageError` where the directory holds something else, `UnreadableFile` where it cannot be
    written.
    """
    place = directory or Path(mkdtemp(prefix="trustconsole-demo-"))
    workspace = build_demo(place, now=now or datetime.now(UTC))
    if nodes:
        start_nodes(workspace)
    run = verify_all(VerifyOptions(at=now, options=Options(settings=workspace.settings)))
    reports = tuple(run.reports)
    planned = {plan.file: (plan.documented, plan.controller) for plan in DEMO_MODULES}
    deviations = tuple(
        report.artifact
        for report in reports
        if planned.get(Path(report.artifact).name) != (report.documented.verdict, report.controller.verdict)
    )
    return DemoRun(workspace, reports, deviations)


class Start(Artefacts):
    """What the console offers where nothing is configured; releases and images need no controller."""

    def __init__(self, options: Options, *, write: bool = False) -> None:
        super().__init__(options)
        self._write = write
        self.demo_run: DemoRun | None = None

    @property
    def places(self) -> Sequence[Place]:
        """The usual places, in order."""
        return tuple(look_at(directory) for directory in USUAL_PLACES)

    def open(self, path: str) -> Session:
        """A session on a found `controller.yml`; raises `UsageError` where there is none."""
        if not Path(path).is_file():
            raise UsageError(f"there is no controller.yml at {path}", hint="rescan, or name it with --config")
        options = Options(
            Path(path), self._options.settings, self._options.working_directory, self._options.modules
        )
        return open_session(options, write=self._write)

    def demo(self) -> Session:
        """Build the sample workspace in a temporary directory and open it."""
        self.demo_run = run_demo()
        return self.demo_run.session()

    def end(self) -> None:
        """End the demo's nodes, if a demo was opened."""
        if self.demo_run is not None:
            self.demo_run.end()


def first_start(options: Options, *, write: bool = False) -> Start | None:
    """What to offer where no configuration is named or found; None where one is. Raises `SettingsError`."""
    return Start(options, write=write) if find_target(options).config is None else None
