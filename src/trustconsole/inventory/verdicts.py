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

from trustconsole.inventory.model import Module
from trustconsole.storage import FileIdentity, identity_of
from trustconsole.trust_root import TrustRootReport
from trustconsole.verification import Policy, SignatureChecker, VerificationReport, verify_artifact

_REMEMBERED = 200_000


@dataclass(frozen=True, slots=True)
class Setting:
    """What all modules of one look are judged by; `now` is aware."""

    policy: Policy
    trust_root: TrustRootReport | None
    rekor_key: TrustRootReport | None
    now: datetime


_Key = tuple[object, ...]


class VerdictMemory:
    """Verdicts of earlier looks. One per session; `verify_modules` fills it from its calling thread only."""

    def __init__(self) -> None:
        self.checker = SignatureChecker()
        self._known: dict[_Key, VerificationReport] = {}

    def recall(self, key: _Key, now: datetime) -> VerificationReport | None:
        """The verdict for exactly these inputs, if no date has passed that may change it."""
        report = self._known.get(key)
        if report is None or now < report.policy.at:
            return None
        if report.valid_until is not None and now >= report.valid_until:
            return None
        return replace(report, policy=replace(report.policy, at=now))

    def keep(self, key: _Key, report: VerificationReport) -> None:
        """Remember a verdict."""
        if len(self._known) >= _REMEMBERED:
            self._known.clear()
        self._known[key] = report


def _identity(path: str | None) -> FileIdentity | None:
    if path is None:
        return None
    try:
        return identity_of(Path(path).stat())
    except (OSError, ValueError):
        return None


def _key(module: Module, setting: Setting) -> _Key | None:
    """All inputs of the verdict; None where the artefact has no identity and must be asked every time."""
    artifact = _identity(module.path)
    if artifact is None:
        return None
    policy = setting.policy
    config = policy.config
    return (
        module.path,
        artifact,
        (module.sig_path, _identity(module.sig_path)),
        (module.bundle_path, _identity(module.bundle_path)),
        setting.trust_root and (setting.trust_root.path, setting.trust_root.sha256, setting.trust_root.error),
        setting.rekor_key and (setting.rekor_key.path, setting.rekor_key.sha256, setting.rekor_key.error),
        (policy.mode, policy.rekor_policy, policy.source, policy.enforced),
        config and (config.sha256, config.working_directory, config.controller, config.error),
    )


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
    open_questions: list[tuple[int, Module, _Key | None]] = []
    for index, module in enumerate(modules):
        key = _key(module, setting)
        known = memory.recall(key, setting.now) if key is not None else None
        if known is not None:
            yield index, known
        else:
            open_questions.append((index, module, key))
    if not open_questions:
        return

    def ask(module: Module) -> VerificationReport:
        return verify_artifact(
            Path(module.path),
            policy=setting.policy,
            trust_root=setting.trust_root,
            rekor_key=setting.rekor_key,
            now=setting.now,
            checker=memory.checker,
        )

    workers = max(1, jobs or os.cpu_count() or 1)
    with ThreadPoolExecutor(workers, thread_name_prefix="verify") as pool:
        waiting: dict[Future[VerificationReport], tuple[int, _Key | None]] = {}
        questions = iter(open_questions)
        exhausted = False
        while True:
            while not exhausted and len(waiting) < 2 * workers:
                question = next(questions, None)
                if question is None or (cancelled is not None and cancelled()):
                    exhausted = True
                    break
                waiting[pool.submit(ask, question[1])] = (question[0], question[2])
            if not waiting:
                return
            done, _ = wait(waiting, return_when=FIRST_COMPLETED)
            for future in done:
                index, key = waiting.pop(future)
                report = future.result()
                if key is not None:
                    memory.keep(key, report)
                yield index, report
