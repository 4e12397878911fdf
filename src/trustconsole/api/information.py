"""`info`: what this installation is, which files it would read, and where each setting comes from."""

from __future__ import annotations

import platform
import sys
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from trustconsole import __version__
from trustconsole.api.sections import Section
from trustconsole.api.target import Options, find_target
from trustconsole.errors import SettingsError

_NOTHING = "none found"
_PACKAGES = ("textual", "cryptography", "pyyaml", "watchfiles")


@dataclass(frozen=True, slots=True)
class Info:
    """Facts in sections; `problem` is set where the settings could not be read."""

    sections: tuple[Section, ...]
    problem: str | None = None

    def to_dict(self) -> dict[str, object]:
        """`trustconsole/info/1`."""
        return {
            "schema": "trustconsole/info/1",
            "sections": [section.to_dict() for section in self.sections],
            "problem": self.problem,
        }


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def _from(path: Path | None, source: str) -> str:
    return f"{path} (from: {source})" if path is not None else _NOTHING


def info(options: Options) -> Info:
    """Everything about this installation and this place; never raises over a file."""
    versions = Section(
        "Versions",
        (
            ("trustconsole", __version__),
            ("python", f"{platform.python_version()} ({sys.executable})"),
            *((package, _version(package)) for package in _PACKAGES),
        ),
    )
    try:
        target = find_target(options)
    except SettingsError as error:
        return Info((versions,), str(error))
    paths = Section(
        "Paths",
        (
            ("settings", _from(target.settings.path, target.settings_source)),
            ("controller.yml", _from(target.config, target.config_source)),
            ("working directory", str(target.working_directory or _NOTHING)),
            ("modules", ", ".join(map(str, target.modules(None))) or _NOTHING),
            ("state", str(target.state)),
            ("nodes", ", ".join(node.name for node in target.settings.nodes) or "none in the settings"),
        ),
    )
    return Info((versions, paths))
