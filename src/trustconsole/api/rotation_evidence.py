"""From one look to the evidence of a rotation: every module under each of the files that matter.

The files are candidates in memory: with the new block, new without old, without the new one. A candidate
that differs from the file of now costs the signature checks that were not made yet, and nothing more.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

from trustconsole import limits
from trustconsole.api.survey import Survey
from trustconsole.api.what_if import setting_under
from trustconsole.errors import InputError, UsageError
from trustconsole.inventory import Module, Setting, VerdictMemory, identity_at, judge_module
from trustconsole.nodes import NodeReport
from trustconsole.records import Backups, ModuleAtStart, Plan, RotationKind
from trustconsole.rotation import (
    READINGS,
    SCENARIOS,
    Evidence,
    ModuleEvidence,
    NegativeCheck,
    Scenario,
    TargetFacts,
    Verdicts,
)
from trustconsole.storage import FileBytes, read_bounded
from trustconsole.trust_root import (
    Candidate,
    LoadAs,
    TrustRootReport,
    add_block,
    remove_block,
    scan_trust_root,
)
from trustconsole.verification import (
    ALLOWING,
    KIND_OF_MODE,
    SidecarChoice,
    SidecarFile,
    VerificationReport,
    choose_sidecar,
    verify_artifact,
)

_CANNOT_JUDGE = Verdicts("unknown", "unknown", None, "the look was ended before it was judged", "")


@dataclass(frozen=True, slots=True)
class Gathered:
    """The evidence, and the candidates that a step would write: None where the step has nothing to write."""

    evidence: Evidence
    file: FileBytes | None
    add: Candidate | None
    remove: Candidate | None


def target_path(survey: Survey, kind: RotationKind) -> Path:
    """The file that such a rotation changes; raises `UsageError` where the configuration names none."""
    setting = survey.setting
    report = None
    if setting is not None:
        report = setting.rekor_key if kind == "rekor" else setting.trust_root
    config = survey.target.config
    if report is None and config is not None:
        read_bounded(config, limits.YAML_BYTES, what="controller.yml")  # says so where it cannot be read
    if report is None:
        what = "Rekor key (modules.signing.rekor.publicKey)" if kind == "rekor" else "trust root"
        raise UsageError(
            f"the configuration names no {what}, so there is nothing to rotate",
            hint="name the controller's configuration with --config",
        )
    return Path(report.path)


def role_of(survey: Survey, kind: RotationKind) -> LoadAs:
    """In which role the controller loads the file that is rotated."""
    if kind == "rekor":
        return "REKOR"
    mode = survey.setting.policy.mode if survey.setting is not None else None
    return cast("LoadAs", mode or "COSIGN_BUNDLE")


def facts_of(report: TrustRootReport, role: LoadAs) -> TargetFacts:
    """Which fingerprints count in the file, in both readings and in either."""
    both, either = set(), set()
    for block in report.blocks:
        if block.fingerprint is None:
            continue
        loaded = role in block.loaded_by
        if block.trusted and loaded:
            both.add(block.fingerprint)
        if block.trusted or loaded:
            either.add(block.fingerprint)
    return TargetFacts(report.path, report.sha256, frozenset(both), frozenset(either), report.error)


def gather(
    survey: Survey,
    plan: Plan,
    memory: VerdictMemory,
    backups: Backups,
    *,
    cancelled: Callable[[], bool] | None = None,
) -> Gathered:
    """Everything about `plan` at this look; never raises over a file or a module."""
    role = role_of(survey, plan.kind)
    path = Path(plan.target)
    try:
        file = read_bounded(path, limits.PEM_BYTES, what="PEM file")
    except InputError as error:
        facts = TargetFacts(str(path), None, frozenset(), frozenset(), error.message)
        return Gathered(_evidence(survey, plan, facts, {}, memory, backups), None, None, None)
    report = scan_trust_root(file.data, str(path), now=survey.now)
    facts = facts_of(report, role)
    candidates = _candidates(survey, plan, file, facts, role)
    under = {
        scenario: _setting(survey, candidate.report)
        for scenario, candidate in candidates.items()
        if candidate is not None
    }
    add, remove = candidates.get("added"), candidates.get("removed")
    evidence = _evidence(survey, plan, facts, under, memory, backups, cancelled=cancelled)
    evidence = replace(
        evidence,
        add_problems=add.problems if add else (),
        remove_problems=remove.problems if remove else (),
    )
    return Gathered(evidence, file, add, remove)


def _candidates(
    survey: Survey, plan: Plan, file: FileBytes, facts: TargetFacts, role: LoadAs
) -> dict[Scenario, Candidate | None]:
    """The files that the scenarios ask about; None where it is the file of now."""
    now, current = survey.now, file
    found: dict[Scenario, Candidate | None] = dict.fromkeys(SCENARIOS)
    if plan.new not in facts.holds:
        added = found["added"] = add_block(file, plan.new_pem.encode(), now=now, load_as=role)
        file = replace(file, data=added.data)
    if plan.old in facts.traces:
        found["removed"] = remove_block(file, plan.old, now=now, load_as=role)
    else:
        found["removed"] = found["added"]
    if plan.new in facts.traces:
        found["old_only"] = remove_block(current, plan.new, now=now, load_as=role)
    return found


def _setting(survey: Survey, candidate: TrustRootReport) -> Setting | None:
    """What modules are judged by if that file holds the candidate; None where it cannot be said."""
    if survey.setting is None:
        return None
    try:
        return setting_under(survey.target, survey.setting, candidate)
    except InputError:  # controller.yml changed while this was asked: the next look sees it
        return None


def _evidence(
    survey: Survey,
    plan: Plan,
    facts: TargetFacts,
    under: dict[Scenario, Setting | None],
    memory: VerdictMemory,
    backups: Backups,
    *,
    cancelled: Callable[[], bool] | None = None,
) -> Evidence:
    now = tuple(Verdicts.of(report) if report is not None else _CANNOT_JUDGE for report in survey.reports)
    verdicts: dict[Scenario, tuple[Verdicts, ...]] = dict.fromkeys(SCENARIOS, now)
    for scenario, setting in under.items():
        verdicts[scenario] = _judged(survey.modules, setting, memory, cancelled)
    modules = tuple(
        ModuleEvidence(
            module.path,
            module.name,
            module.version,
            report.sha256 if report is not None else None,
            {scenario: verdicts[scenario][index] for scenario in SCENARIOS},
            report.sidecar.path if report is not None else None,
            module.origin == "store",
        )
        for index, (module, report) in enumerate(zip(survey.modules, survey.reports, strict=True))
    )
    negative = None
    if plan.new in facts.holds and plan.old not in facts.traces:
        negative = _negative_check(survey, plan, backups)
    nodes = relevant_nodes(survey.nodes, plan.kind)
    return Evidence(facts, modules, nodes, negative=negative, unlisted=survey.unlisted)


def seen_by(survey: Survey, plan: Plan, file: FileBytes | None) -> bool:
    """Whether the survey was made of that very content of the file that is rotated."""
    setting = survey.setting
    report = None
    if setting is not None:
        report = setting.rekor_key if plan.kind == "rekor" else setting.trust_root
    return report is not None and report.sha256 == (file.sha256 if file is not None else None)


def relevant_nodes(nodes: Iterable[NodeReport], kind: RotationKind) -> tuple[NodeReport, ...]:
    """The nodes that read the file: daemons know no Rekor key."""
    return tuple(node for node in nodes if kind != "rekor" or node.role == "controller")


def _judged(
    modules: tuple[Module, ...],
    setting: Setting | None,
    memory: VerdictMemory,
    cancelled: Callable[[], bool] | None,
) -> tuple[Verdicts, ...]:
    """The verdicts about every module under a setting, `unknown` where it was not judged."""
    found = [_CANNOT_JUDGE] * len(modules)
    for index, module in enumerate(modules):
        if setting is None or (cancelled is not None and cancelled()):
            break
        choice = choose_sidecar(Path(module.path), setting.policy.mode)
        found[index] = Verdicts.of(judge_module(module, setting, choice, identity_at(module.path), memory))
    return tuple(found)


def _negative_check(survey: Survey, plan: Plan, backups: Backups) -> NegativeCheck:
    """Whether a sidecar that the old key made is rejected with the files of now."""
    kept = [module for module in plan.modules if module.sidecar is not None]
    if not kept:
        return NegativeCheck("none", "no signature of the old key was kept, so its rejection is not shown")
    setting = survey.setting
    if setting is None:
        return NegativeCheck("none", "the configuration cannot be read")
    if plan.kind == "rekor" and setting.policy.rekor_policy == "DISABLED":
        return NegativeCheck("none", "rekor.policy is DISABLED: no log entry is asked for, old or new")
    by_sha = {report.sha256: report.artifact for report in survey.reports if report is not None}
    for module in kept:
        artifact = by_sha.get(module.sha256)
        if artifact is not None:
            report = _with_sidecar(survey, setting, artifact, module, backups)
            if report is not None:
                return _answer(plan, module, report)
    return NegativeCheck(
        "none", "every jar that the old key signed has given way to another one, so there is none to try"
    )


def _with_sidecar(
    survey: Survey, setting: Setting, artifact: str, module: ModuleAtStart, backups: Backups
) -> VerificationReport | None:
    try:
        backup = backups.load(module.sidecar or "")
    except InputError:
        return None
    mode = setting.policy.mode or "COSIGN_BUNDLE"
    where = str(backup.path)
    kept = SidecarFile(where, KIND_OF_MODE[mode], backup.data, backup.sha256)
    return verify_artifact(
        Path(artifact),
        policy=setting.policy,
        trust_root=setting.trust_root,
        rekor_key=setting.rekor_key,
        now=survey.now,
        choice=SidecarChoice(mode, kept, where, None),
    )


def _answer(plan: Plan, module: ModuleAtStart, report: VerificationReport) -> NegativeCheck:
    documented, controller = report.documented, report.controller
    if documented.verdict not in ALLOWING and controller.verdict not in ALLOWING:
        return NegativeCheck(
            "rejected",
            f"what the old key signed is rejected: {module.name} with its earlier signature file "
            "(judged by the console, not by the running process)",
        )
    matched = documented.matched.fingerprint if documented.matched else None
    by = f" through block {matched[:8]}" if matched else ""
    who = "" if documented.verdict in ALLOWING else " by the controller"
    return NegativeCheck(
        "accepted",
        f"the earlier signature file of {module.name} is still accepted{who}{by}",
        by_old=matched == plan.old,
    )


def losses_under(survey: Survey, candidate: TrustRootReport, memory: VerdictMemory) -> tuple[str, ...]:
    """Names of the modules (untrusted text) that are accepted now, in a reading, and not with `candidate`."""
    setting = _setting(survey, candidate)
    then = _judged(survey.modules, setting, memory, None)
    return tuple(
        module.name
        for module, report, after in zip(survey.modules, survey.reports, then, strict=True)
        if report is not None
        and any(Verdicts.of(report).accepted(one) and not after.accepted(one) for one in READINGS)
    )


def signed_at(path: str | None) -> datetime | None:
    """When a signature file was last written; None where there is none."""
    if path is None:
        return None
    try:
        return datetime.fromtimestamp(os.stat(path).st_mtime, UTC)  # noqa: PTH116 - it may vanish
    except (OSError, ValueError, OverflowError):
        return None
