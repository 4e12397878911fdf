"""Rotation as a use-case: look, start, carry the next step out, take the last change back.

Every method answers with a `RotationView` of a fresh look. Nothing is changed unless the session is armed;
gates are computed again at the moment of writing, under the lock that the writer holds.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from trustconsole.api.changing import Changes, Wanted, same_bytes
from trustconsole.api.overriding import record_override, with_recorded_overrides
from trustconsole.api.rotation_evidence import Gathered, gather, seen_by
from trustconsole.api.rotation_nodes import NodeRestarts, distributions
from trustconsole.api.rotation_plan import keep_sidecars, make_plan
from trustconsole.api.rotation_rows import gate_now, row_of, signing_of, starting
from trustconsole.api.rotation_view import RotationView
from trustconsole.api.survey import Survey
from trustconsole.api.undoing import take_back, undoing
from trustconsole.errors import GateRefused, UsageError
from trustconsole.records import Journal, Operator, Plan
from trustconsole.rotation import (
    Case,
    Gate,
    Position,
    counts,
    gate_of,
    position_of,
    script,
    step_words,
    traps,
)
from trustconsole.storage import link_end

if TYPE_CHECKING:
    from trustconsole.api.session import Session

CONFIRM_DIGITS: Final = 8
"""How much of a fingerprint a removal asks for."""


@dataclass(frozen=True, slots=True)
class _State:
    """A look at a rotation: what was seen, what follows."""

    survey: Survey
    journal: Journal
    case: Case | None
    gathered: Gathered | None
    step: Position


class Rotation:
    """One rotation in the workspace of a session; safe to call from a thread, one call at a time.

    `operator` is who audit records name; `sleep` waits between looks at a node that was restarted.
    """

    def __init__(
        self,
        session: Session,
        *,
        operator: Operator | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._session = session
        self._operator = operator
        self._sleep = sleep

    # -- looking

    def view(self, cancelled: Callable[[], bool] | None = None, *, fresh: bool = True) -> RotationView:
        """Where the rotation stands now; never raises over a file, a module or a node.

        Without `fresh` what the session's last look found is enough, unless the target moved since.
        """
        return self._view(self._look(cancelled, fresh=fresh))

    def _changes(self, survey: Survey) -> Changes:
        return Changes(
            survey.target.state,
            read_only=self._session.read_only,
            clock=self._session.now,
            operator=self._operator,
        )

    def _look(
        self, cancelled: Callable[[], bool] | None = None, plan: Plan | None = None, *, fresh: bool = True
    ) -> _State:
        last = None if fresh else self._session.last_survey
        survey = last or self._session.survey(cancelled)
        changes = self._changes(survey)
        journal = changes.journal()
        wanted = plan or journal.plan
        if wanted is None:
            return _State(survey, journal, None, None, "none")
        gathered = gather(survey, wanted, self._session.memory, changes.backups, cancelled=cancelled)
        if last is not None and not seen_by(survey, wanted, gathered.file):
            return self._look(cancelled, plan)
        journal = with_recorded_overrides(journal, changes.audit)
        case = Case(wanted, gathered.evidence, journal.overrides if plan is None else ())
        return _State(survey, journal, case, gathered, position_of(case))

    def _view(self, state: _State, result: str | None = None) -> RotationView:
        survey, case, gathered = state.survey, state.case, state.gathered
        problems = (state.journal.problem,) if state.journal.problem else ()
        if case is None or gathered is None:
            return RotationView(
                survey.now,
                self._session.read_only,
                None,
                "none",
                None,
                Gate(holds=False),
                None,
                survey.nodes,
                counts=tuple(counts(()).items()),
                undo=state.journal.last_applied(),
                problems=problems,
                result=result,
            )
        plan, evidence = case.plan, case.evidence
        tracked = case.tracked
        signing = signing_of(survey, plan.kind)
        candidate = {1: gathered.add, 2: gathered.remove, 3: gathered.remove, 4: gathered.remove}.get(
            state.step if isinstance(state.step, int) else 0
        )
        return RotationView(
            survey.now,
            self._session.read_only,
            plan,
            state.step,
            step_words(state.step, plan.kind),
            gate_now(state.step, case),
            evidence.target.path,
            evidence.nodes,
            tuple(row_of(one, plan, signing) for one in tracked),
            tuple(counts(tracked).items()),
            candidate.diff if candidate is not None else None,
            starting(tracked) if state.step == 1 else (),
            evidence.negative,
            distributions(survey, evidence.nodes, plan.target) if state.step in (2, 5) else (),
            traps(signing) if state.step == 3 else (),
            state.journal.last_applied(),
            link_end(plan.target),
            problems,
            result,
            candidate.warnings if candidate is not None else (),
            evidence.target.sha256,
            signing,
        )

    # -- changing

    def start(
        self,
        kind: str,
        old: str,
        new: Path,
        *,
        apply: bool = False,
        override: str = "",
        follow_link: bool = False,
        reviewed: str | None = None,
    ) -> RotationView:
        """Plan the rotation of block `old` (fingerprint or prefix) to the block in the PEM file `new`.

        With `apply` the plan is recorded and step 1 carried out where its gate holds. The same plan again
        resumes it; another one raises `GateRefused` once the plan under way has changed the file. `reviewed`
        is the digest of the file that this was decided on, None: as it is now. Raises `UsageError` over
        arguments, `InputError` over the PEM file, `WriteError` and `AuditRefused` over the change.
        """
        survey = self._session.survey()
        changes = self._changes(survey)
        plan = make_plan(survey, kind, old, new, changes.backups)
        journal = changes.journal()
        current = journal.plan
        if current is not None and current.is_same(plan.kind, plan.old, plan.new, plan.target):
            plan = current
        elif (
            current is not None
            and journal.changed_by(current)
            and (step := self._look(fresh=False).step) not in (1, "done", "none")
        ):
            raise GateRefused(
                f"another rotation is under way ({current.kind} {current.old[:8]} to {current.new[:8]}, "
                f"step {step})",
                hint="finish it, or take it back: trustconsole rotate undo --apply",
            )
        if not apply:
            state = self._look(plan=plan, fresh=False)
            return self._view(
                state, None if current is plan else _begun("dry run: nothing was written", state)
            )
        changes.arm()
        if current is not plan:
            plan = keep_sidecars(plan, survey, changes.backups)
            changes.audit.append(
                "rotation.start",
                target=plan.target,
                before=plan.digest,
                after=None,
                details={"kind": plan.kind, "old": plan.old, "new": plan.new}
                | ({"replaces": f"{current.kind} {current.old} to {current.new}"} if current else {}),
            )
            changes.save(journal.with_plan(plan))
        state = self._look()
        if state.step != 1:
            return self._view(state, _begun("the plan is recorded", state))
        return self._write_step(state, override, follow_link, reviewed)

    def next(
        self,
        *,
        apply: bool = False,
        restart: bool = False,
        only: str | None = None,
        send: bool = False,
        confirm: str = "",
        override: str = "",
        follow_link: bool = False,
        reviewed: str | None = None,
        on_output: Callable[[str, str], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> RotationView:
        """What the step under way needs; with `apply` it is carried out where its gate holds.

        `restart` runs the nodes' restart commands, one at a time, with each line given to `on_output` (node,
        untrusted line), `only` that of the one node named; `send` first sends the file to nodes that hold
        another one. `confirm` is the beginning of the old fingerprint, which the removal asks for. `reviewed`
        as in `start`.
        """
        state = self._look(cancelled)
        if state.case is None:
            raise UsageError(
                "no rotation is planned here", hint="trustconsole rotate start --kind KIND --old FP --new PEM"
            )
        if not apply:
            return self._view(state)
        changes = self._changes(state.survey)
        changes.arm()
        before = state.step
        if before in (1, 4):
            if before == 4:
                _check_confirmation(state.case.plan, confirm)
            view = self._write_step(state, override, follow_link, reviewed)
            return replace(view, moved=view.step != before)
        if (restart or send) and state.step in (2, 5):
            self._reach_nodes(state, changes, on_output, cancelled, restart=restart, send=send, only=only)
            state = self._look(cancelled)
        elif override and isinstance(state.step, int):
            self._record_override(state, override)
            state = self._look(cancelled)
        return replace(self._view(state), moved=state.step != before)

    def _reach_nodes(
        self,
        state: _State,
        changes: Changes,
        on_output: Callable[[str, str], None] | None,
        cancelled: Callable[[], bool] | None,
        *,
        restart: bool,
        send: bool,
        only: str | None,
    ) -> None:
        """Send the file to the nodes that need it, then restart those that do not prove it."""
        if state.case is None:
            return
        runs = NodeRestarts(self._session, changes, self._sleep)
        nodes = [node for node in state.case.evidence.nodes if only in (None, node.name)]
        if send:
            runs.send(nodes, state.survey, state.case.plan.target, on_output)
        if restart:
            runs.run(nodes, state.survey, on_output, cancelled)

    def undo(
        self,
        *,
        apply: bool = False,
        override: str = "",
        follow_link: bool = False,
        reviewed: str | None = None,
    ) -> RotationView:
        """Take the last change back, a revocation too: bytes, mode, owner, lists and times as before it.

        Refused (`GateRefused`) where a module that is accepted now would be lost, or somebody changed the
        file since, unless `override` says why.
        """
        state = self._look()
        changes = self._changes(state.survey)
        change = state.journal.last_applied()
        wanted = undoing(self._session, state.survey, changes, change, override=override)
        if not apply:
            return replace(
                self._view(state, f"dry run: would restore {wanted.words}"), diff=wanted.diff, warnings=()
            )
        take_back(changes, wanted, reason=override, reviewed=reviewed, follow=follow_link)
        return self._view(self._look(), f"restored {wanted.words}")

    def save_commands(self, view: RotationView) -> Path:
        """The re-sign commands of every module that still needs them, as a script in the state directory."""
        wanted = [one.tracked.module for one in view.modules if one.commands]
        if view.signing is None or not wanted:
            raise UsageError("no module needs to be signed again", hint="go on with the next step")
        return self._session.export("re-sign-modules", script(wanted, view.signing), suffix=".sh")

    # -- parts

    def _write_step(
        self, state: _State, override: str, follow_link: bool, reviewed: str | None
    ) -> RotationView:
        """Carry out step 1 or 4, its gate judged on the very look that is written from."""
        assert state.case is not None  # noqa: S101 - the callers made sure
        assert state.gathered is not None  # noqa: S101
        if override:
            self._record_override(state, override)
            state = self._look()
        case, gathered = state.case, state.gathered
        if case is None or gathered is None or state.step not in (1, 4):
            return self._view(state)
        gate = gate_of(state.step, case)
        if not gate.holds:
            return self._view(state)
        action, candidate = ("add", gathered.add) if state.step == 1 else ("remove", gathered.remove)
        if candidate is None or gathered.file is None:
            return self._view(state)
        plan = case.plan
        self._changes(state.survey).write(
            Wanted(
                "add" if action == "add" else "remove",
                Path(plan.target),
                candidate.data,
                reviewed or gathered.file.sha256,
                lambda data: same_bytes(data, candidate.data, Path(plan.target)),
                reason=override,
                details={"rotation": plan.id, "kind": plan.kind, "old": plan.old, "new": plan.new},
                follow_link=follow_link,
            ),
        )
        words = "added the new block" if action == "add" else "removed the old block"
        return self._view(self._look(), f"step {state.step}: {words}; a backup was kept")

    def _record_override(self, state: _State, reason: str) -> None:
        assert state.case is not None  # noqa: S101 - there is a plan
        changes = self._changes(state.survey)
        record_override(changes, state.journal, state.case, state.step, reason, self._session.now())


def _begun(words: str, state: _State) -> str:
    """With a word about a first step that needs nothing: the new block may be there by mistake."""
    if state.case is None or state.step == 1:
        return words
    target, new = state.case.plan.target, state.case.plan.new[:CONFIRM_DIGITS]
    return (
        f"{words}; step 1 needs no change, {target} holds {new} already: make sure that it is the right block"
    )


def _check_confirmation(plan: Plan, confirm: str) -> None:
    digits = confirm.strip().lower().replace(":", "")
    if len(digits) < CONFIRM_DIGITS or not plan.old.startswith(digits):
        raise GateRefused(
            f"the removal of {plan.old[:CONFIRM_DIGITS]} is not confirmed",
            hint=f"type the first eight digits of the fingerprint: --confirm {plan.old[:CONFIRM_DIGITS]}",
        )
