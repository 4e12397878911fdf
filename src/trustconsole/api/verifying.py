"""Use-cases about modules: one artefact, or all of a workspace."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from trustconsole.api.arguments import AnyPath, check_jobs, checked_time
from trustconsole.api.policy_records import record_unsigned_production
from trustconsole.api.target import Options, Target, find_target
from trustconsole.controller_config import ConfigReport, check_config
from trustconsole.errors import UsageError
from trustconsole.inventory import (
    Inventory,
    Manifest,
    Module,
    Setting,
    VerdictMemory,
    list_modules,
    verify_modules,
)
from trustconsole.trust_root import TrustRootReport, read_trust_root
from trustconsole.verification import (
    Mode,
    Policy,
    RekorPolicy,
    TrustedRootFile,
    VerificationReport,
    verify_artifact,
)

MODES: tuple[Mode, ...] = ("KEYED", "COSIGN_BUNDLE")
REKOR_POLICIES: tuple[RekorPolicy, ...] = ("DISABLED", "REQUIRE_SET")


def _checked_mode(mode: str | None) -> Mode | None:
    if mode is not None and mode not in MODES:
        raise UsageError(f"there is no mode {mode!r}", hint=f"it is one of {', '.join(MODES)}")
    return mode


def _checked_policy(policy: str) -> RekorPolicy:
    if policy not in REKOR_POLICIES:
        raise UsageError(f"there is no Rekor policy {policy!r}", hint=f"one of {', '.join(REKOR_POLICIES)}")
    return policy


def _read(path: AnyPath | None, now: datetime) -> TrustRootReport | None:
    return read_trust_root(Path(path), now=now) if path is not None else None


def _read_trusted(path: AnyPath | None) -> TrustedRootFile | None:
    return TrustedRootFile.read(Path(path)) if path is not None else None


def verify(
    artifact: AnyPath,
    *,
    trust_root: AnyPath | None,
    mode: str | None = None,
    rekor_policy: str = "DISABLED",
    rekor_key: AnyPath | None = None,
    sidecar: AnyPath | None = None,
    trusted_root: AnyPath | None = None,
    config: ConfigReport | None = None,
    at: datetime | None = None,
) -> VerificationReport:
    """Both verdicts about one artefact; never raises over a file.

    `mode` None is decided by the sidecar found. `config` says whether verification is enforced and whether
    the controller starts; without it verification counts as enforced. `trusted_root` says which logs and
    timestamp authorities count, in place of `rekor_key`; without a `trust_root` its certificate authorities
    are the anchors. An unknown mode or policy and an `at` without time zone are a `UsageError`.
    """
    now = checked_time(at)
    policy = Policy(
        _checked_mode(mode),
        _checked_policy(rekor_policy),
        config.path if config is not None else "flags",
        enforced=is_enforced(config),
        config=config,
    )
    return verify_artifact(
        Path(artifact),
        policy=policy,
        trust_root=_read(trust_root, now),
        rekor_key=_read(rekor_key, now),
        now=now,
        sidecar=Path(sidecar) if sidecar is not None else None,
        trusted_root=_read_trusted(trusted_root),
    )


def is_enforced(config: ConfigReport | None) -> bool:
    """The documented matrix's answer; True where there is no configuration, or none that can be read."""
    if config is None or config.documented is None:
        return True
    return config.documented.outcome == "fail-closed"


@dataclass(frozen=True, slots=True)
class VerifyOptions:
    """The arguments of `trustconsole verify`."""

    artifacts: tuple[Path, ...] = ()
    trust_root: Path | None = None
    mode: str | None = None
    rekor_policy: str | None = None
    rekor_key: Path | None = None
    sidecar: Path | None = None
    trusted_root: Path | None = None
    at: datetime | None = None
    jobs: int | None = None
    options: Options = field(default_factory=Options)


def setting_of(target: Target, report: ConfigReport, now: datetime) -> Setting:
    """What the controller's own configuration asks of every module, with the files it names read."""
    effective = report.effective
    if effective is None:
        policy = Policy(None, "DISABLED", report.path, enforced=is_enforced(report), config=report)
        return Setting(policy, None, None, now)
    policy = Policy(
        _checked_mode(str(effective.mode.value)),
        _checked_policy(str(effective.rekor_policy.value)),
        report.path,
        enforced=is_enforced(report),
        config=report,
    )
    return Setting(
        policy,
        _read(target.resolved(effective.trust_root.value), now),
        _read(target.resolved(effective.rekor_public_key.value), now),
        now,
    )


def _with_flags(wanted: VerifyOptions, base: Setting | None, now: datetime) -> Setting:
    """The flags over what a configuration says; then verification counts as enforced."""
    mode = wanted.mode or (base.policy.mode if base else None)
    rekor_policy = wanted.rekor_policy or (base.policy.rekor_policy if base else "DISABLED")
    source = f"flags over {base.policy.source}" if base else "flags"
    return Setting(
        Policy(_checked_mode(mode), _checked_policy(rekor_policy), source),
        _read(wanted.trust_root, now) or (base.trust_root if base else None),
        _read(wanted.rekor_key, now) or (base.rekor_key if base else None),
        now,
        _read_trusted(wanted.trusted_root),
    )


def setting_for(wanted: VerifyOptions, now: datetime) -> tuple[Setting, Target, ConfigReport | None]:
    """The policy that the flags, else the configuration, ask for; raises `UsageError` where none is named."""
    target = find_target(wanted.options)
    flags = (wanted.trust_root, wanted.mode, wanted.rekor_policy, wanted.rekor_key, wanted.trusted_root)
    named = wanted.trust_root is not None or wanted.trusted_root is not None
    if named and wanted.options.config is None and (wanted.trust_root or target.config is None):
        return _with_flags(wanted, None, now), target, None
    if target.config is None:
        raise UsageError(
            "nothing says which trust root to verify against",
            hint="give --trust-root F or --config F, or run where ./config/controller.yml is",
        )
    report = check_config(target.config, target.working_directory, now=now)
    base = setting_of(target, report, now)
    if any(flag is not None for flag in flags):
        return _with_flags(wanted, base, now), target, report
    return base, target, report


def _inventory(wanted: VerifyOptions, target: Target, report: ConfigReport | None) -> Inventory:
    paths = wanted.artifacts or target.modules(report)
    if not paths:
        raise UsageError(
            "nothing to verify was named", hint="name artefacts or directories, or give --modules DIR"
        )
    return list_modules(paths)


@dataclass(frozen=True, slots=True)
class Verifying:
    """A run of `verify_all`: `total` reports will come out of `reports`, in the order of the modules.

    `problems` are sentences about what could not be listed (untrusted names).
    """

    total: int
    problems: tuple[str, ...]
    reports: Iterator[VerificationReport]


def verify_all(wanted: VerifyOptions, *, progress: Callable[[int, int], None] | None = None) -> Verifying:
    """Verify artefacts, directories and stores; `progress` is told (done, total).

    A path that was named and cannot be read gets a report with verdict `error`. Raises `UsageError` where
    no policy or nothing to verify was named, or a flag does not fit, and `SettingsError`.
    """
    if wanted.sidecar is not None and len(wanted.artifacts) != 1:
        raise UsageError("--sidecar goes with exactly one artefact", hint="name the one it belongs to")
    check_jobs(wanted.jobs)
    now = checked_time(wanted.at)
    setting, target, report = setting_for(wanted, now)
    record_unsigned_production(target.state, report, clock=lambda: datetime.now(UTC))
    if wanted.sidecar is not None:
        one = verify_artifact(
            wanted.artifacts[0],
            policy=setting.policy,
            trust_root=setting.trust_root,
            rekor_key=setting.rekor_key,
            now=now,
            sidecar=wanted.sidecar,
            trusted_root=setting.trusted_root,
        )
        return Verifying(1, (), iter((one,)))
    inventory = _inventory(wanted, target, report)
    unreadable = [Module(path, "file", None, None, Manifest()) for path in inventory.unreadable]
    modules = [*inventory.modules, *unreadable]
    reports = _in_order(modules, setting, wanted.jobs, progress)
    return Verifying(len(modules), inventory.problems, reports)


def _in_order(
    modules: list[Module],
    setting: Setting,
    jobs: int | None,
    progress: Callable[[int, int], None] | None,
) -> Iterator[VerificationReport]:
    """Reports in the order of `modules`, each as soon as those before it are there."""
    early: dict[int, VerificationReport] = {}
    wanted = 0
    for done, (index, report) in enumerate(verify_modules(modules, setting, VerdictMemory(), jobs=jobs), 1):
        early[index] = report
        if progress is not None:
            progress(done, len(modules))
        while wanted in early:
            yield early.pop(wanted)
            wanted += 1
