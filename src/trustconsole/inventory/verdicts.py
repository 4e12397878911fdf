"""Verifying many modules: in threads, with progress, and only those whose inputs moved.

A verdict is remembered by all its inputs (artefact and sidecar by identity, trust root and Rekor key by
digest, the effective policy) and until the next instant at which a date may change it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from trustconsole.inventory.artifacts import ArtifactMemory, identity_at
from trustconsole.inventory.model import Module
from trustconsole.storage import FileIdentity
from trustconsole.trust_root import TrustRootReport
from trustconsole.verification import (
    Judgement,
    Policy,
    SidecarChoice,
    SignatureChecker,
    TrustedRootFile,
    VerificationReport,
    choose_sidecar,
    verify_artifact,
)

_REMEMBERED = 200_000
_SETTLED_SECONDS = 2.0
"""How old a change must be before the file's times can be trusted to show the next one."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What all modules of one look are judged by; `now` is aware."""

    policy: Policy
    trust_root: TrustRootReport | None
    rekor_key: TrustRootReport | None
    now: datetime
    trusted_root: TrustedRootFile | None = None


Key = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class _Question:
    index: int
    module: Module
    key: Key | None
    choice: SidecarChoice


class VerdictMemory:
    """Verdicts of earlier looks and questions, and what they were made of. One per session; safe to share."""

    def __init__(self, artifacts: ArtifactMemory | None = None) -> None:
        self.checker = SignatureChecker()
        self.artifacts = artifacts or ArtifactMemory()
        self._known: dict[Key, VerificationReport] = {}
        self._judged: dict[Key, tuple[datetime, Judgement]] = {}

    def recall(self, key: Key, now: datetime) -> VerificationReport | None:
        """The verdict for exactly these inputs, if no date has passed that may change it."""
        report = self._known.get(key)
        if report is None or not _holds(report.policy.at, report.valid_until, now):
            return None
        return replace(report, policy=replace(report.policy, at=now))

    def recall_judgement(self, key: Key, now: datetime) -> Judgement | None:
        """As `recall`, without traces and findings; what a report says counts too."""
        report = self._known.get(key)
        if report is not None and _holds(report.policy.at, report.valid_until, now):
            return Judgement(report.documented, report.controller, report.valid_until)
        at, judgement = self._judged.get(key, (now, None))
        return judgement if judgement is not None and _holds(at, judgement.valid_until, now) else None

    def keep_judgement(self, key: Key, judgement: Judgement, at: datetime) -> None:
        """Remember verdicts that were reached at `at`."""
        if len(self._judged) >= _REMEMBERED:
            self._judged.clear()
        self._judged[key] = (at, judgement)

    def keep(self, key: Key, report: VerificationReport) -> None:
        """Remember a verdict."""
        if len(self._known) >= _REMEMBERED:
            self._known.clear()
        self._known[key] = report


def _holds(at: datetime, until: datetime | None, now: datetime) -> bool:
    """Whether what was judged `at`, and may change `until`, still holds."""
    return at <= now and (until is None or now < until)


def question_key(
    module: Module, setting: Setting, choice: SidecarChoice, artifact: FileIdentity | None
) -> Key | None:
    """All inputs of the verdict; None where the artefact must be asked every time.

    The signature file counts by its bytes. The artefact counts by identity, once that has settled: a change
    within one tick of the kernel's clock would not show.
    """
    if artifact is None or not _settled(artifact, setting.now):
        return None
    sidecar = choice.sidecar
    policy = setting.policy
    config = policy.config
    return (
        module.path,
        artifact,
        (choice.mode, choice.expected_at, choice.other),
        sidecar and (sidecar.path, sidecar.named, sidecar.sha256, str(sidecar.error)),
        setting.trust_root and (setting.trust_root.path, setting.trust_root.sha256, setting.trust_root.error),
        setting.rekor_key and (setting.rekor_key.path, setting.rekor_key.sha256, setting.rekor_key.error),
        setting.trusted_root and setting.trusted_root.identity,
        (policy.mode, policy.rekor_policy, policy.source, policy.enforced),
        config and (config.sha256, config.working_directory, config.controller, config.error),
    )


def _settled(artifact: FileIdentity, now: datetime) -> bool:
    age = now.timestamp() - max(artifact.mtime_ns, artifact.ctime_ns) / 1e9
    return not 0 <= age < _SETTLED_SECONDS


def verify_modules(
    modules: Sequence[Module],
    setting: Setting,
    memory: VerdictMemory,
    *,
    jobs: int | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Iterator[tuple[int, VerificationReport]]:
    """(index, report) for every module, as they are done; remembered ones first.

    `jobs` threads (as many as processors where None); between modules `cancelled` is asked and ends early.
    """
    open_questions: list[_Question] = []
    for index, module in enumerate(modules):
        choice = choose_sidecar(Path(module.path), setting.policy.mode)
        key = question_key(module, setting, choice, identity_at(module.path))
        known = memory.recall(key, setting.now) if key is not None else None
        if known is not None:
            yield index, known
        else:
            open_questions.append(_Question(index, module, key, choice))
    if not open_questions:
        return

    def ask(question: _Question) -> VerificationReport:
        return verify_artifact(
            Path(question.module.path),
            policy=setting.policy,
            trust_root=setting.trust_root,
            rekor_key=setting.rekor_key,
            now=setting.now,
            trusted_root=setting.trusted_root,
            choice=question.choice,
            checker=memory.checker,
            read=memory.artifacts.read,
        )

    workers = max(1, jobs or os.cpu_count() or 1)
    with ThreadPoolExecutor(workers, thread_name_prefix="verify") as pool:
        waiting: dict[Future[VerificationReport], tuple[int, Key | None]] = {}
        questions = iter(open_questions)
        exhausted = False
        while True:
            while not exhausted and len(waiting) < 2 * workers:
                question = next(questions, None)
                if question is None or (cancelled is not None and cancelled()):
                    exhausted = True
                    break
                waiting[pool.submit(ask, question)] = (question.index, question.key)
            if not waiting:
                return
            done, _ = wait(waiting, return_when=FIRST_COMPLETED)
            for future in done:
                index, key = waiting.pop(future)
                report = future.result()
                if key is not None:
                    memory.keep(key, report)
                yield index, report
