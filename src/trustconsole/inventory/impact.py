"""What happens to modules if a block goes or comes: both verdicts of each before and after, by which rule.

Only what is not known yet is computed: verdicts, digests and signature checks are remembered from one
question to the next. Which bytes a candidate is made of is `trust_root.candidates`' business; nothing is
written.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from trustconsole.findings import Finding
from trustconsole.inventory.artifacts import identity_at
from trustconsole.inventory.model import Module
from trustconsole.inventory.verdicts import Setting, VerdictMemory, question_key
from trustconsole.storage import FileIdentity
from trustconsole.text import plural
from trustconsole.trust_root import TrustRootDiff
from trustconsole.verification import (
    ALLOWING,
    ControllerVerdict,
    DocumentedVerdict,
    Judgement,
    SidecarChoice,
    Verdict,
    choose_sidecar,
    judge_artifact,
)

Change = Literal["stops", "starts", "keeps", "fails", "unknown"]
CHANGES: Final[tuple[Change, ...]] = ("stops", "unknown", "starts", "keeps", "fails")
"""In the order of what an operator must read first. `fails`: refused before and after."""

Reading = Literal["documented", "controller"]
READINGS: Final[tuple[Reading, ...]] = ("documented", "controller")


@dataclass(frozen=True, slots=True)
class ReadingVerdict:
    """One reading's verdict: `rule` is the failing step (documented) or the stage (controller).

    `message` is what that reading says: a reason, or the controller's own sentence. Untrusted text.
    """

    verdict: Verdict
    rule: str | None
    message: str

    def to_dict(self) -> dict[str, object]:
        """The `before` or `after` object."""
        return {"verdict": self.verdict, "rule": self.rule, "message": self.message}


@dataclass(frozen=True, slots=True)
class ReadingImpact:
    """One reading before and after."""

    before: ReadingVerdict
    after: ReadingVerdict

    @property
    def change(self) -> Change:
        """What becomes of the module; `unknown` as soon as one of the two cannot be predicted."""
        if "unknown" in (self.before.verdict, self.after.verdict):
            return "unknown"
        allowed_before, allowed_after = self.before.verdict in ALLOWING, self.after.verdict in ALLOWING
        if allowed_before:
            return "keeps" if allowed_after else "stops"
        return "starts" if allowed_after else "fails"

    def to_dict(self) -> dict[str, object]:
        """The entry of a reading."""
        return {"change": self.change, "before": self.before.to_dict(), "after": self.after.to_dict()}


@dataclass(frozen=True, slots=True)
class ModuleImpact:
    """One module in both readings; path, name and version are untrusted text."""

    path: str
    name: str
    version: str | None
    documented: ReadingImpact
    controller: ReadingImpact

    def of(self, reading: Reading) -> ReadingImpact:
        """One of the two."""
        return self.documented if reading == "documented" else self.controller

    @property
    def change(self) -> Change:
        """The graver of both readings."""
        return min((self.documented.change, self.controller.change), key=CHANGES.index)

    def to_dict(self) -> dict[str, object]:
        """An entry of `modules`."""
        return {
            "path": self.path,
            "name": self.name,
            "version": self.version,
            "documented": self.documented.to_dict(),
            "controller": self.controller.to_dict(),
        }


Outcome = Literal["refused", "lost", "unknown", "kept"]
File = Literal["trust-root", "rekor"]
Action = Literal["remove", "add", "replace"]


@dataclass(frozen=True, slots=True)
class Impact:
    """The answer to "what if". `removed` and `added` are whole fingerprints, digests lowercase hex SHA-256.

    `controller_starts_*` is None where it cannot be predicted; `starts_message` says why it does not start
    afterwards; `diff` is what changes, by identity. `problems` forbid writing the candidate, `warnings` are
    to be read first; `unlisted` are sentences about modules that could not be looked at.
    """

    file: File
    path: str
    action: Action
    removed: str | None
    added: str | None
    sha256_before: str | None
    sha256_after: str | None
    controller_starts_before: bool | None
    controller_starts_after: bool | None
    starts_message: str | None
    modules: tuple[ModuleImpact, ...]
    diff: TrustRootDiff | None = None
    problems: tuple[Finding, ...] = ()
    warnings: tuple[Finding, ...] = ()
    unlisted: tuple[str, ...] = ()

    def count(self, reading: Reading) -> dict[Change, int]:
        """How many modules stop, start, keep, fail or are unknown in one reading."""
        found = Counter(module.of(reading).change for module in self.modules)
        return {change: found[change] for change in CHANGES}

    def those(self, change: Change, reading: Reading | None = None) -> tuple[ModuleImpact, ...]:
        """The modules to which this happens, in one reading or in any."""
        readings = READINGS if reading is None else (reading,)
        return tuple(
            module for module in self.modules if any(module.of(one).change == change for one in readings)
        )

    @property
    def outcome(self) -> Outcome:
        """The answer in one word; `kept` only where every module is known to lose nothing."""
        if self.problems:
            return "refused"
        if self.loses:
            return "lost"
        return "unknown" if self.uncertain or not self.modules else "kept"

    @property
    def headline(self) -> str:
        """The answer in one sentence, the verdict first (untrusted text)."""
        if self.problems:
            return f"This change is refused: {self.problems[0].summary}."
        stopped, unknown = len(self.those("stops")), len(self.those("unknown"))
        if self.controller_starts_before is not False and self.controller_starts_after is False:
            return f"The controller would not start: {self.starts_message}."
        if stopped:
            verb = "is" if stopped == 1 else "are"
            return f"{plural(stopped, 'module')} that {verb} accepted today would be refused."
        if self.uncertain:
            what = plural(unknown, "module") if unknown else "the start of the controller"
            return f"Nothing is known to be lost, but {what} cannot be predicted."
        if not self.modules:
            return "No module was looked at."
        return "Nothing that is accepted today would be refused."

    @property
    def loses(self) -> bool:
        """Whether something that is accepted today is refused afterwards, a start of the controller too."""
        stops = self.controller_starts_before is not False and self.controller_starts_after is False
        return stops or bool(self.those("stops"))

    @property
    def uncertain(self) -> bool:
        """Whether anything cannot be predicted."""
        return self.controller_starts_after is None or bool(self.those("unknown"))

    def to_dict(self) -> dict[str, object]:
        """`trustconsole/impact/1`."""
        return {
            "schema": "trustconsole/impact/1",
            "file": self.file,
            "path": self.path,
            "action": self.action,
            "removed": self.removed,
            "added": self.added,
            "sha256": {"before": self.sha256_before, "after": self.sha256_after},
            "controller_starts": {
                "before": self.controller_starts_before,
                "after": self.controller_starts_after,
                "message": self.starts_message,
            },
            "outcome": self.outcome,
            "counts": {reading: self.count(reading) for reading in READINGS},
            "diff": self.diff.to_dict() if self.diff is not None else None,
            "modules": [module.to_dict() for module in self.modules],
            "problems": [finding.to_dict() for finding in self.problems],
            "warnings": [finding.to_dict() for finding in self.warnings],
            "unlisted": list(self.unlisted),
        }


def compute_impact(
    modules: Sequence[Module],
    setting: Setting,
    candidate: Setting,
    memory: VerdictMemory,
    *,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> tuple[ModuleImpact, ...]:
    """Every module under `setting` and under `candidate`, in the order of `modules`.

    `progress` is told (done, total). Between modules `cancelled` is asked; the answer then ends early. Never
    raises over a file.
    """
    found: list[ModuleImpact] = []
    for module in modules:
        if cancelled is not None and cancelled():
            break
        choice = choose_sidecar(Path(module.path), setting.policy.mode)
        artifact = identity_at(module.path)
        before = judge_module(module, setting, choice, artifact, memory)
        after = judge_module(module, candidate, choice, artifact, memory)
        found.append(
            ModuleImpact(
                module.path,
                module.name,
                module.version,
                ReadingImpact(_documented(before.documented), _documented(after.documented)),
                ReadingImpact(_controller(before.controller), _controller(after.controller)),
            )
        )
        if progress is not None:
            progress(len(found), len(modules))
    return tuple(found)


def judge_module(
    module: Module,
    setting: Setting,
    choice: SidecarChoice,
    artifact: FileIdentity | None,
    memory: VerdictMemory,
) -> Judgement:
    """Both verdicts about one module, remembered where nothing moved; `choice` is its signature file."""
    key = question_key(module, setting, choice, artifact)
    known = memory.recall_judgement(key, setting.now) if key is not None else None
    if known is not None:
        return known
    judgement = judge_artifact(
        Path(module.path),
        policy=setting.policy,
        trust_root=setting.trust_root,
        rekor_key=setting.rekor_key,
        now=setting.now,
        choice=choice,
        checker=memory.checker,
        read=memory.artifacts.read,
    )
    if key is not None:
        memory.keep_judgement(key, judgement, setting.now)
    return judgement


def _documented(verdict: DocumentedVerdict) -> ReadingVerdict:
    return ReadingVerdict(verdict.verdict, verdict.rule, verdict.reason)


def _controller(verdict: ControllerVerdict) -> ReadingVerdict:
    rule = None if verdict.verdict in ALLOWING else verdict.stage
    return ReadingVerdict(verdict.verdict, rule, verdict.message or verdict.reason)
