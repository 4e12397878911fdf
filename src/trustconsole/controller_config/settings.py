"""The values that decide about signing and start-up, after the defaults of the build's records.

One row per key: where it stands, its default, and what the record does with null, blank or zero. A primitive
flag is false, not its default, in a block that is there without it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from trustconsole.controller_config.binding import BoundRecord
from trustconsole.controller_config.coercion import java_blank, java_trim

DEFAULT_ORIGINS: Final = tuple(f"http://localhost:{port}" for port in range(3000, 3004))


@dataclass(frozen=True, slots=True)
class Setting:
    """An effective value; `line` and `column` are None where it is a default. `text` is as written."""

    value: object
    line: int | None = None
    column: int | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class SettingRow:
    """A key of the file: `default` counts where `missing` says that the bound value is as good as none."""

    path: str
    default: object
    missing: Callable[[object], bool]
    omitted_in_block: object = None
    adjust: Callable[[object], object] = lambda value: value


def _null(value: object) -> bool:
    return value is None


def _not_positive(value: object) -> bool:
    return not isinstance(value, int) or value <= 0


def _blank(value: object) -> bool:
    return not isinstance(value, str) or java_blank(value)


def _profile(value: object) -> object:
    return java_trim(str(value)).lower()


def _whole(path: str, default: int) -> SettingRow:
    return SettingRow(path, default, _not_positive)


SETTINGS: Final = (
    SettingRow("runtime.profile", "development", _blank, adjust=_profile),
    SettingRow("modules.directory", "modules", _null),
    SettingRow("modules.signing.required", None, _null),
    SettingRow("modules.signing.trustRoot", None, _null),
    SettingRow("modules.signing.mode", "KEYED", _null),
    SettingRow("modules.signing.allowUnsignedDevelopment", True, _null, omitted_in_block=False),
    SettingRow("modules.signing.rekor.policy", "DISABLED", _null),
    SettingRow("modules.signing.rekor.publicKey", None, _null),
    _whole("http.port", 8080),
    _whole("grpc.port", 9090),
    _whole("security.jwtExpirationMinutes", 1440),
    _whole("security.rateLimiting.perIpPerMinute", 100),
    _whole("security.rateLimiting.perUserPerMinute", 300),
    _whole("security.lockout.maxAttempts", 5),
    _whole("security.lockout.windowSeconds", 900),
    _whole("security.lockout.lockoutSeconds", 900),
    SettingRow("database.uri", "mongodb://localhost:27017", _null),
    _whole("scheduler.evaluationIntervalSeconds", 15),
    _whole("heartbeat.intervalMs", 30_000),
    _whole("heartbeat.missedThreshold", 3),
    SettingRow("http.cors.allowedOrigins", list(DEFAULT_ORIGINS), _null),
)


@dataclass(frozen=True, slots=True)
class ControllerSettings:
    """The effective values by dotted path, and the bound file they come from."""

    values: dict[str, Setting]
    bound: BoundRecord

    def __getitem__(self, path: str) -> Setting:
        return self.values[path]

    def text(self, path: str) -> str | None:
        """A textual value."""
        value = self.values[path].value
        return value if isinstance(value, str) else None

    def whole(self, path: str) -> int:
        """A number."""
        value = self.values[path].value
        return value if isinstance(value, int) else 0

    def blank(self, path: str) -> bool:
        """Whether a textual value is null or Java's `isBlank`."""
        return _blank(self.values[path].value)

    @property
    def production(self) -> bool:
        """Whether the profile is `production`."""
        return self.values["runtime.profile"].value == "production"

    @property
    def required(self) -> bool:
        """`modules.signing.required`, resolved by the profile where it is null."""
        value = self.values["modules.signing.required"].value
        return self.production if value is None else bool(value)

    @property
    def allow_unsigned(self) -> bool:
        """`modules.signing.allowUnsignedDevelopment`."""
        return bool(self.values["modules.signing.allowUnsignedDevelopment"].value)

    @property
    def mode(self) -> str:
        """`KEYED` or `COSIGN_BUNDLE`."""
        return str(self.values["modules.signing.mode"].value)

    @property
    def policy(self) -> str:
        """`DISABLED` or `REQUIRE_SET`."""
        return str(self.values["modules.signing.rekor.policy"].value)

    @property
    def origins(self) -> list[str | None]:
        """`http.cors.allowedOrigins`; null entries are kept."""
        value = self.values["http.cors.allowedOrigins"].value
        return list(value) if isinstance(value, list) else []


def settings_of(bound: BoundRecord) -> ControllerSettings:
    """The effective values of a bound file."""
    return ControllerSettings({row.path: _setting(row, bound) for row in SETTINGS}, bound)


def _setting(row: SettingRow, bound: BoundRecord) -> Setting:
    given = bound.at(row.path)
    if given is not None and not row.missing(given.value):
        return Setting(row.adjust(given.value), given.line, given.column, given.text)
    block = bound.at(row.path.rpartition(".")[0])
    if row.omitted_in_block is not None and block is not None and isinstance(block.value, BoundRecord):
        return Setting(row.omitted_in_block)
    return Setting(row.default)
