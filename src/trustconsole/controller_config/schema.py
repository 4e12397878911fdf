"""The records that the build binds `controller.yml` to, as one table: every key it knows, and its type.

A key that is not here is ignored by the build without a word. Java class names are those of the build's
messages. Source: observed load failures of the build, and its default file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

_CONFIG: Final = "me.prexorjustin.prexorcloud.controller.config."
_DOMAIN: Final = "me.prexorjustin.prexorcloud.api.domain."
_COMMON: Final = "me.prexorjustin.prexorcloud.common.config."

Nulls = Literal["kept", "refused", "unknown"]


@dataclass(frozen=True, slots=True)
class Text:
    """`java.lang.String`."""


@dataclass(frozen=True, slots=True)
class Whole:
    """A primitive `int` or `long`."""

    java: Literal["int", "long"] = "int"


@dataclass(frozen=True, slots=True)
class Truth:
    """`boolean` (null is false) or `java.lang.Boolean` (null stays null)."""

    java: Literal["boolean", "java.lang.Boolean"] = "boolean"


@dataclass(frozen=True, slots=True)
class Fraction:
    """`java.lang.Double`."""


@dataclass(frozen=True, slots=True)
class Choice:
    """An enumeration; the constants stand in the order of their ordinals."""

    java: str
    constants: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TextList:
    """`List<String>`; `nulls` says what its record does with a null entry."""

    nulls: Nulls = "kept"


@dataclass(frozen=True, slots=True)
class Record:
    """A Java record. `required` text components refuse null and blank in their order; with `opaque` keys the
    outcome of a filled block was not observed."""

    java: str
    fields: Mapping[str, Type] = field(default_factory=dict)
    required: tuple[str, ...] = ()
    opaque: bool = False


@dataclass(frozen=True, slots=True)
class RecordList:
    """`List` of a record; null entries are kept."""

    record: Record


@dataclass(frozen=True, slots=True)
class RecordMap:
    """`Map` from text to a record; null values are refused."""

    record: Record


Type = Text | Whole | Truth | Fraction | Choice | TextList | Record | RecordList | RecordMap

MODES: Final = ("KEYED", "COSIGN_BUNDLE")
POLICIES: Final = ("DISABLED", "REQUIRE_SET")

TEXT: Final = Text()
INT: Final = Whole("int")
LONG: Final = Whole("long")
FLAG: Final = Truth("boolean")
OPTIONAL_FLAG: Final = Truth("java.lang.Boolean")


def _record(name: str, **fields: Type) -> Record:
    return Record(_CONFIG + name, fields)


REKOR: Final = _record(
    "ModuleSigningConfig$RekorConfig",
    policy=Choice(_CONFIG + "ModuleSigningConfig$RekorConfig$Policy", POLICIES),
    publicKey=TEXT,
)
SIGNING: Final = _record(
    "ModuleSigningConfig",
    required=OPTIONAL_FLAG,
    trustRoot=TEXT,
    mode=Choice(_CONFIG + "ModuleSigningConfig$Mode", MODES),
    allowUnsignedDevelopment=FLAG,
    rekor=REKOR,
)
QUOTA: Final = _record(
    "ModuleQuota", maxCpuMillisPerMinute=LONG, maxAllocatedMbPerMinute=LONG, maxThreads=INT
)
MODULES: Final = _record(
    "ModulesConfig",
    directory=TEXT,
    dataDirectory=TEXT,
    signing=SIGNING,
    registries=TextList("refused"),
    quotas=RecordMap(QUOTA),
)
SMTP: Final = _record(
    "SmtpConfig",
    host=TEXT,
    port=INT,
    startTls=FLAG,
    implicitTls=FLAG,
    username=TEXT,
    password=TEXT,
    **{"from": TEXT},
    connectTimeoutMs=INT,
    readTimeoutMs=INT,
)
SECURITY: Final = _record(
    "SecurityControllerConfig",
    jwtSecret=TEXT,
    jwtExpirationMinutes=INT,
    initialAdminPassword=TEXT,
    rateLimiting=_record("RateLimitingConfig", perIpPerMinute=INT, perUserPerMinute=INT),
    jwtPreviousSecrets=TextList("refused"),
    lockout=_record(
        "LockoutConfig", enabled=OPTIONAL_FLAG, maxAttempts=INT, windowSeconds=INT, lockoutSeconds=INT
    ),
    passwordReset=_record(
        "PasswordResetConfig", enabled=FLAG, tokenTtlMinutes=INT, resetUrlBase=TEXT, smtp=SMTP
    ),
)
NETWORK: Final = Record(
    _DOMAIN + "NetworkComposition",
    {
        "name": TEXT,
        "description": TEXT,
        "lobbyGroup": TEXT,
        "fallbackGroups": TextList("refused"),
        "memberGroups": TextList("refused"),
        "proxyGroups": TextList("refused"),
        "kickMessage": TEXT,
        "bedrockLobbyGroup": TEXT,
        "bedrockFallbackGroups": TextList("unknown"),
    },
    required=("name", "lobbyGroup"),
)
EVENT: Final = Record(
    _DOMAIN + "EventChoreography",
    {
        "name": TEXT,
        "description": TEXT,
        "group": TEXT,
        "cron": TEXT,
        "timezone": TEXT,
        "durationSeconds": LONG,
        "overlay": Record(_DOMAIN + "EventOverlay", opaque=True),
    },
    required=("name", "group", "cron"),
    opaque=True,
)
ROOT: Final = Record(
    _CONFIG + "ControllerConfig",
    {
        "uuid": TEXT,
        "http": _record(
            "HttpConfig", host=TEXT, port=INT, cors=_record("CorsConfig", allowedOrigins=TextList())
        ),
        "grpc": _record("GrpcConfig", host=TEXT, port=INT, subjectAltNames=TextList("unknown")),
        "network": _record("NetworkConfig", allowedSubnets=TextList()),
        "database": _record("DatabaseConfig", uri=TEXT, database=TEXT),
        "logging": Record(_COMMON + "LoggingConfig", {"level": TEXT, "format": TEXT}),
        "scheduler": _record(
            "SchedulerConfig",
            evaluationIntervalSeconds=INT,
            scalingCooldownSeconds=INT,
            nodeTimeoutSeconds=INT,
            auditRetentionDays=INT,
        ),
        "heartbeat": _record("HeartbeatConfig", intervalMs=LONG, missedThreshold=INT),
        "runtime": _record("RuntimeConfig", profile=TEXT),
        "security": SECURITY,
        "crashes": _record(
            "CrashConfig", ringBufferSize=INT, crashLoopThreshold=INT, crashLoopWindowSeconds=INT
        ),
        "metrics": _record("MetricsConfig", enabled=FLAG, retentionHours=INT, collectionIntervalSeconds=INT),
        "modules": MODULES,
        "maintenance": _record("MaintenanceConfig", enabled=FLAG, message=TEXT),
        "dashboard": _record("DashboardConfig", enabled=FLAG),
        "backup": _record("BackupConfig", directory=TEXT, retentionCount=INT),
        "share": _record(
            "ShareConfig",
            enabled=FLAG,
            pasteUrl=TEXT,
            pasteToken=TEXT,
            defaultExpiry=TEXT,
            defaultPrivate=FLAG,
            e2e=FLAG,
        ),
        "networks": RecordList(NETWORK),
        "events": RecordList(EVENT),
        "cluster": _record("ClusterConfig", id=TEXT, joinedFrom=TEXT, joinedAt=TEXT),
        "raft": _record("RaftConfig", host=TEXT, port=INT, dataDir=TEXT, joinAddrs=TextList("refused")),
        "telemetry": _record(
            "TelemetryConfig",
            enabled=FLAG,
            otlpEndpoint=TEXT,
            serviceName=TEXT,
            samplerRatio=Fraction(),
            traceUiTemplate=TEXT,
        ),
    },
)
