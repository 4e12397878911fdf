"""`impact`: what happens to the modules, and to the start of the controller, if a block goes or comes.

Nothing is written: the candidate stands in for its file while everything is judged.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from trustconsole import limits
from trustconsole.api.arguments import AnyPath, checked_time
from trustconsole.api.target import Options, Target
from trustconsole.api.verifying import VerifyOptions, setting_for
from trustconsole.controller_config import ConfigReport, check_config
from trustconsole.errors import InputError, Location, MalformedInput, MissingFile, UsageError
from trustconsole.inventory import Impact, Inventory, Setting, VerdictMemory, compute_impact, list_modules
from trustconsole.inventory.impact import Action, File
from trustconsole.storage import read_bounded
from trustconsole.trust_root import (
    Candidate,
    LoadAs,
    TrustRootReport,
    add_block,
    remove_block,
    replace_block,
)
from trustconsole.trust_root.findings import FILE_UNREADABLE
from trustconsole.verification import ControllerVerdict, start_verdict

FILES: tuple[File, ...] = ("trust-root", "rekor")
Progress = Callable[[int, int], None]
_STARTS: dict[str, bool | None] = {"no-boot": False, "unknown": None}


@dataclass(frozen=True, slots=True)
class Ground:
    """What a question is asked about: files, policy and modules as they were at one look."""

    target: Target
    config: ConfigReport | None
    setting: Setting
    inventory: Inventory


@dataclass(frozen=True, slots=True)
class Question:
    """Which file, which block goes (a fingerprint or its first digits), which PEM file comes."""

    file: File
    remove: str | None
    add: Path | None

    @property
    def action(self) -> Action:
        """What is asked."""
        if self.remove is None:
            return "add"
        return "remove" if self.add is None else "replace"


@dataclass(frozen=True, slots=True)
class _Content:
    """A file that was read, or that is not there yet."""

    path: Path
    data: bytes


def impact(
    options: Options | None = None,
    *,
    file: str = "trust-root",
    remove: str | None = None,
    add: AnyPath | None = None,
    trust_root: AnyPath | None = None,
    mode: str | None = None,
    rekor_policy: str | None = None,
    rekor_key: AnyPath | None = None,
    at: datetime | None = None,
    progress: Progress | None = None,
) -> Impact:
    """What happens if the block with fingerprint `remove` goes, the one in the PEM file `add` comes, or both.

    `file` is `trust-root` or `rekor`; `trust_root`, `mode`, `rekor_policy` and `rekor_key` are as in
    `verify`; `progress` is told (done, total) modules. Never raises over a file: one that cannot be read is a
    problem of the answer. Raises `UsageError` where nothing says which file is meant, or a fingerprint names
    no block or several, and `SettingsError`.
    """
    question = question_of(file, remove, add)
    wanted = VerifyOptions(
        trust_root=_path(trust_root),
        mode=mode,
        rekor_policy=rekor_policy,
        rekor_key=_path(rekor_key),
        options=options or Options(),
    )
    setting, target, config = setting_for(wanted, checked_time(at))
    paths = target.modules(config)
    ground = Ground(target, config, setting, list_modules(paths) if paths else Inventory((), ()))
    return answer(question, ground, VerdictMemory(), progress=progress)


def question_of(file: str, remove: str | None, add: AnyPath | None) -> Question:
    """The question, checked; raises `UsageError`."""
    if file not in FILES:
        raise UsageError(f"there is no file {file!r}", hint=f"it is one of {', '.join(FILES)}")
    if remove is None and add is None:
        raise UsageError(
            "nothing says what goes or comes", hint="give --remove FP, --add PEM, or both for a replacement"
        )
    return Question("rekor" if file == "rekor" else "trust-root", remove, _path(add))


def answer(
    question: Question,
    ground: Ground,
    memory: VerdictMemory,
    *,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Impact:
    """The impact on this ground; what `memory` knows is not computed again."""
    before = ground.setting
    report = before.trust_root if question.file == "trust-root" else before.rekor_key
    if report is None:
        raise _not_configured(question.file)
    try:
        candidate = _candidate(question, before, Path(report.path))
        if report.sha256 is not None and candidate.before.sha256 != report.sha256:
            before = setting_under(ground.target, before, candidate.before)  # the file moved since that look
        after = setting_under(ground.target, ground.setting, candidate.report)
    except InputError as error:
        return _refused(question, report, error)
    modules = compute_impact(
        ground.inventory.modules, before, after, memory, progress=progress, cancelled=cancelled
    )
    starts_before, starts_after = map(_start, (before, after))
    return Impact(
        question.file,
        report.path,
        question.action,
        candidate.removed,
        candidate.added,
        candidate.before.sha256 if report.sha256 is not None else None,
        candidate.report.sha256,
        _STARTS.get(starts_before.verdict, True),
        _STARTS.get(starts_after.verdict, True),
        (starts_after.message or starts_after.reason) if starts_after.verdict in _STARTS else None,
        modules,
        candidate.diff,
        candidate.problems,
        candidate.warnings,
        ground.inventory.problems,
    )


def _path(path: AnyPath | None) -> Path | None:
    return Path(path) if path is not None else None


def _not_configured(file: File) -> UsageError:
    if file == "rekor":
        return UsageError(
            "no Rekor key file is configured",
            hint="set modules.signing.rekor.publicKey, or give --rekor-key F with --trust-root F",
        )
    return UsageError(
        "no trust root is configured", hint="set modules.signing.trustRoot, or give --trust-root F"
    )


def _candidate(question: Question, setting: Setting, path: Path) -> Candidate:
    """The bytes in question; raises `InputError` where a file cannot be read."""
    load_as: LoadAs = "KEYED" if setting.policy.mode == "KEYED" else "COSIGN_BUNDLE"
    if question.file == "rekor":
        load_as = "REKOR"
    try:
        current = _Content(path, read_bounded(path, limits.PEM_BYTES, what="PEM file").data)
    except MissingFile:
        current = _Content(path, b"")
    if question.add is None:
        return remove_block(current, question.remove or "", now=setting.now, load_as=load_as)
    pem = read_bounded(question.add, limits.PEM_BYTES, what="PEM file").data
    if question.remove is None:
        return add_block(current, pem, now=setting.now, load_as=load_as)
    return replace_block(current, question.remove, pem, now=setting.now, load_as=load_as)


def setting_under(target: Target, setting: Setting, report: TrustRootReport) -> Setting:
    """What would hold if the file that `report` names had that content; raises `InputError`."""
    policy, named, log = setting.policy, setting.trust_root, setting.rekor_key
    if policy.config is not None and target.config is not None:
        directory, as_if = target.working_directory, {Path(report.path): report}
        config = check_config(target.config, directory, now=setting.now, as_if=as_if)
        if config.sha256 != policy.config.sha256:
            raise MalformedInput(
                "changed while the question was answered", hint="ask again", location=Location(config.path)
            )
        policy = replace(policy, config=config)
    return replace(
        setting,
        policy=policy,
        trust_root=report if named is not None and named.path == report.path else named,
        rekor_key=report if log is not None and log.path == report.path else log,
    )


def _start(setting: Setting) -> ControllerVerdict:
    return start_verdict(setting.policy, setting.trust_root, setting.rekor_key)


def _refused(question: Question, report: TrustRootReport, error: InputError) -> Impact:
    """The answer where a file could not be read: nothing is foretold."""
    where = error.location.path if error.location else report.path
    problem = FILE_UNREADABLE.at(where, reason=f"{where} {error.message}", hint=error.hint)
    return Impact(
        question.file,
        report.path,
        question.action,
        None,
        None,
        report.sha256,
        None,
        None,
        None,
        None,
        (),
        None,
        (problem,),
    )
