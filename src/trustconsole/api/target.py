"""Which files a command is about: options, settings, the usual places, in that order.

Precedence (`interface.md`): an option, then the settings file, then `./config/controller.yml`. Everything is
resolved here once; the rest of the api works on a `Target`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from trustconsole.controller_config import ConfigReport, working_directory_of
from trustconsole.errors import UsageError
from trustconsole.records import Settings, default_settings_path, default_state_directory, load_settings

LOCAL_CONFIG = Path("config/controller.yml")
STORE_NAME = ".platform-store"


@dataclass(frozen=True, slots=True)
class Options:
    """What was given on the command line; paths as given."""

    config: Path | None = None
    settings: Path | None = None
    working_directory: Path | None = None
    modules: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Target:
    """What was found. `config_source` and `settings_source` say where each came from (`--config`, …)."""

    options: Options
    settings: Settings
    settings_source: str
    config: Path | None
    config_source: str
    working_directory: Path | None
    state: Path

    def modules(self, report: ConfigReport | None) -> tuple[Path, ...]:
        """Where modules lie: `--modules`, else the settings, else the controller's own store."""
        if self.options.modules:
            return self.options.modules
        if self.settings.modules:
            return self.settings.modules
        if self.working_directory is None:
            return ()
        directory = report.modules_directory if report is not None else "modules"
        return (self.working_directory / directory / STORE_NAME,)

    def resolved(self, value: object) -> Path | None:
        """A path of the configuration, against the controller's working directory; None where blank."""
        if not isinstance(value, str) or not value.strip() or self.working_directory is None:
            return None
        return self.working_directory / value


def find_target(
    options: Options, *, environment: Mapping[str, str] | None = None, uid: int | None = None
) -> Target:
    """Find everything; raises `SettingsError` where the settings file is wrong or was named and is missing.

    `environment` and `uid` are those of this process unless given. A configuration that cannot be found is
    None, not an error: what that means is the caller's question.
    """
    environment = os.environ if environment is None else environment
    uid = os.getuid() if uid is None else uid
    default = default_settings_path(environment, uid)
    if options.settings is not None:
        settings, source = load_settings(options.settings), "--settings"
    elif os.path.lexists(default):
        settings, source = load_settings(default), "default"
    else:
        settings, source = Settings(), "none"
    config, config_source = options.config, "--config"
    if config is None and settings.controller_config is not None:
        config, config_source = settings.controller_config, "settings"
    if config is None and LOCAL_CONFIG.exists():
        config, config_source = LOCAL_CONFIG, "current directory"
    directory = options.working_directory
    if directory is None and config is not None:
        directory = working_directory_of(config)
    return Target(
        options,
        settings,
        source,
        config,
        config_source if config is not None else "none",
        directory.absolute() if directory is not None else None,
        settings.state or default_state_directory(environment, uid),
    )


def find_config(options: Options) -> Path:
    """The `controller.yml` that a command is about; raises `UsageError` with a hint where there is none."""
    target = find_target(options)
    if target.config is None:
        raise UsageError(
            "no controller.yml was named or found",
            hint="name it with --config F, set controller_config in the settings, or run where "
            "./config/controller.yml is",
        )
    return target.config
