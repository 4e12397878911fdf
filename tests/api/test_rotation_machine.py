"""No order of allowed actions breaks a module or shows green for a node on old files (state machine).

Allowed is what the console does when it is asked, whatever is asked, and what it tells an operator to do:
restart a node at any time, re-sign a module once step 3 is reached. Overrides, revocation, edits from outside
and the end of certificates are not among them. Two seeded bugs in the order of the gates must be found.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from hypothesis.strategies import sampled_from
from tests.api.world import World

from trustconsole.errors import GateRefused
from trustconsole.rotation import gates
from trustconsole.trust_root import scan_trust_root
from trustconsole.verification import ALLOWING, Policy, verify_artifact

NODES = (("controller-1", "controller"), ("controller-2", "controller"), ("daemon-1", "daemon"))
MODULES = ("by-old", "also-old", "by-other", "pinned", "unsigned")
EXAMPLES, STEPS = 40, 24


class Rotating(RuleBasedStateMachine):
    """An operator with the console, three nodes and five modules."""

    def __init__(self) -> None:
        super().__init__()
        self._directory = TemporaryDirectory(prefix="rotation-machine-")
        self.world = World(Path(self._directory.name), nodes=NODES)

    def teardown(self) -> None:
        self._directory.cleanup()

    @initialize()
    def modules(self) -> None:
        world = self.world
        world.module("by-old", world.old)
        world.module("also-old", world.old)
        world.module("by-other", world.other)
        world.module("pinned", leaf=world.leaf("author", None, world.old))
        world.module("unsigned")
        self.rotation = world.rotation()
        self.known: dict[tuple[str, bytes, bytes], tuple[str, str]] = {}
        self.accepted = {name for name in MODULES if name != "unsigned"}

    @rule()
    def start(self) -> None:
        try:
            self.rotation.start("author", self.world.old_fingerprint, self.world.new_pem, apply=True)
        except GateRefused:
            return

    @rule()
    def go_on(self) -> None:
        if self.rotation.view().plan is not None:
            self.rotation.next(apply=True, confirm=self.world.old_fingerprint[:8])

    @rule()
    def take_back(self) -> None:
        try:
            self.rotation.undo(apply=True)
        except GateRefused:
            return

    @rule(name=sampled_from([name for name, _ in NODES]))
    def restart(self, name: str) -> None:
        self.world.restart(name)

    @rule(name=sampled_from(MODULES))
    @precondition(lambda self: self.rotation.view().step in (3, 4, 5, "done"))
    def re_sign(self, name: str) -> None:
        path = self.world.root / "modules" / f"{name}.jar"
        self.world.sign(path, self.world.new)

    @rule()
    def leave_and_come_back(self) -> None:
        self.rotation = self.world.rotation()

    @rule()
    def wait(self) -> None:
        self.world.wait(7)

    @rule()
    def touch(self) -> None:
        self.world.trust_root.touch()

    @invariant()
    def every_node_would_still_install_every_module(self) -> None:
        """By the files that each node loaded, and by those that it would load now."""
        if not hasattr(self, "accepted"):
            return
        for where, data in (*self.world.loaded.items(), ("now", self.world.trust_root.read_bytes())):
            for name in self.accepted:
                verdicts = self._verdicts(name, data)
                assert set(verdicts) <= ALLOWING, f"{name} is lost on {where}: {verdicts}"

    @invariant()
    def no_node_is_green_on_old_files(self) -> None:
        if not hasattr(self, "accepted"):
            return
        now = self.world.trust_root.read_bytes()
        for node in self.world.session(write=False).look().nodes:
            if node.state == "current":
                assert self.world.loaded[node.name] == now, f"{node.name} is green on an old file"

    def _verdicts(self, name: str, data: bytes) -> tuple[str, str]:
        path = self.world.root / "modules" / f"{name}.jar"
        question = (name, path.with_name(f"{name}.jar.cosign.bundle").read_bytes(), data)
        if question not in self.known:
            self.known[question] = self._judge(path, data)
        return self.known[question]

    def _judge(self, path: Path, data: bytes) -> tuple[str, str]:
        root = scan_trust_root(data, str(self.world.trust_root), now=self.world.now)
        report = verify_artifact(
            path,
            policy=Policy("COSIGN_BUNDLE", "DISABLED", "machine"),
            trust_root=root,
            rekor_key=None,
            now=self.world.now,
        )
        return report.documented.verdict, report.controller.verdict


def _run(examples: int, *phases: Phase) -> None:
    run_state_machine_as_test(
        Rotating,
        settings=settings(
            max_examples=examples,
            stateful_step_count=STEPS,
            deadline=None,
            phases=phases or tuple(Phase),
            derandomize=True,
            suppress_health_check=list(HealthCheck),
            print_blob=False,
        ),
    )


def test_no_order_of_allowed_actions_breaks_a_module_or_shows_green_wrongly() -> None:
    _run(EXAMPLES)


@pytest.mark.parametrize(
    "steps", [(2,), (3, 4)], ids=["re-sign before the restart", "remove before re-signing"]
)
def test_a_bug_in_the_order_of_the_gates_is_found(
    monkeypatch: pytest.MonkeyPatch, steps: tuple[int, ...]
) -> None:
    with monkeypatch.context() as patch:
        table: dict[Any, Any] = dict(gates.GATES)
        for step in steps:
            table[step] = lambda _case: ([], [])
        patch.setattr(gates, "GATES", table)
        with pytest.raises(AssertionError, match="is lost on"):
            _run(100, Phase.generate)
