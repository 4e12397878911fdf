"""A world with a file, a node and a console that is not always looking: green is never wrong.

The model knows what the node really loaded; the code under test sees only what a look can see.
"""

from __future__ import annotations

from dataclasses import replace

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from trustconsole.nodes.probing import Probe, Start
from trustconsole.nodes.restart_truth import FileFacts, Judgement, judge
from trustconsole.records import FileMemory, Observations

MILLISECOND = 1_000_000
EPOCH = 1_770_000_000_000 * MILLISECOND
SECOND = 1000 * MILLISECOND
TICK = 10 * MILLISECOND
PAUSES = st.sampled_from([1, 5, 15, 400, 999, 1_001, 1_100, 2_500, 5_000, 3_600_000])


class World(RuleBasedStateMachine):
    """Time in nanoseconds; a start is known to the tick, a ctime lags by up to one."""

    @initialize()
    def begin(self) -> None:
        self.now = EPOCH
        self.content, self.ctime = "a", EPOCH
        self.fresh = 0
        self.pid = 0
        self.loaded, self.started = "a", EPOCH
        self.looked, self.looked_at = False, EPOCH
        self.disturbed = True  # whether anything touched the file since the node started
        self.observations = Observations()
        self.judgement: Judgement | None = None
        self.restart()

    @rule(milliseconds=PAUSES)
    def wait(self, milliseconds: int) -> None:
        self.now += milliseconds * MILLISECOND
        self.judgement = None

    @rule(content=st.sampled_from("abc"), lag=st.sampled_from([0, 4, 10]))
    def write(self, content: str, lag: int) -> None:
        self.content, self.ctime = content, self.now - lag * MILLISECOND
        self.disturbed, self.judgement = True, None

    @rule()
    def touch(self) -> None:
        self.ctime = self.now
        self.disturbed, self.judgement = True, None

    @precondition(lambda self: self.looked)
    @rule(age=st.integers(20, 10_000))
    def exchange_by_renaming_a_directory(self, age: int) -> None:
        """The new file was written before the last look: its ctime alone would date the change too early."""
        self.fresh += 1
        self.content, self.ctime = f"fresh {self.fresh}", self.looked_at - age * MILLISECOND
        self.disturbed, self.judgement = True, None

    @rule()
    def restart(self) -> None:
        self.pid += 1
        self.loaded, self.started = self.content, self.now
        self.disturbed, self.judgement = False, None

    @precondition(lambda self: self.looked)
    @rule(pause=PAUSES, age=st.sampled_from([20, 50, 500, 1_500]), rest=PAUSES)
    def restart_and_then_exchange(self, pause: int, age: int, rest: int) -> None:
        """Both between two looks: the rules above in the order that is the most likely to deceive."""
        self.wait(pause)
        self.restart()
        self.exchange_by_renaming_a_directory(age)
        self.wait(rest)

    @rule(pause=PAUSES, rest=PAUSES)
    def change_restart_and_change_back(self, pause: int, rest: int) -> None:
        """The node has loaded what no look has seen."""
        before = self.content
        self.write("unseen", 0)
        self.wait(pause)
        self.restart()
        self.wait(rest)
        self.write(before, 0)

    @rule()
    def look(self) -> None:
        self.observations.begin_look(self.now)
        memory = self.see_file()
        first_look = self.observations.see_node("n", str(self.pid))
        probe = Probe("", self.seen_start(), str(self.pid))
        file = replace(FileFacts("trust root", memory), ran_before=memory.changed_look > first_look)
        self.judgement = judge([file], probe, self.latest_now())
        self.looked, self.looked_at = True, self.now

    def see_file(self) -> FileMemory:
        return self.observations.see_file("trust root:/x", self.content, self.ctime)

    def seen_start(self) -> Start:
        tick = self.started - self.started % TICK
        return Start(tick, tick + TICK)

    def latest_now(self) -> int:
        return self.now

    @invariant()
    def green_is_never_wrong(self) -> None:
        if self.judgement is not None and self.judgement.state == "current":
            assert self.loaded == self.content

    @invariant()
    def a_restart_is_asked_for_only_where_something_happened(self) -> None:
        if self.judgement is not None and self.judgement.state == "restart":
            assert self.disturbed


class WorldElsewhere(World):
    """As a host behind `via` tells it, with a clock of its own: a boot cut to the second, and where `date`
    and `stat` know no fractions, a time and time stamps cut to the second too.
    """

    @initialize(
        skew=st.sampled_from([-(10**9), -1, 0, 1, 3600]),
        boot=st.integers(0, 999),
        coarse_clock=st.booleans(),
        coarse_stamps=st.booleans(),
    )
    def be_elsewhere(self, skew: int, boot: int, coarse_clock: bool, coarse_stamps: bool) -> None:
        self.skew, self.boot = skew * SECOND, boot * MILLISECOND
        self.coarse_clock, self.coarse_stamps = coarse_clock, coarse_stamps

    def earliest_now(self) -> int:
        there = self.now + self.skew
        return there - there % SECOND if self.coarse_clock else there

    def latest_now(self) -> int:
        return self.earliest_now() + self.slack()

    def slack(self) -> int:
        return (self.coarse_clock + self.coarse_stamps) * SECOND

    def see_file(self) -> FileMemory:
        ctime = self.ctime + self.skew
        if self.coarse_stamps:
            ctime += SECOND - 1 - ctime % SECOND
        now, slack = self.earliest_now(), self.slack()
        return self.observations.see_file("trust root:/x", self.content, ctime, now=now, slack=slack)

    def seen_start(self) -> Start:
        there = self.started + self.skew - self.boot
        tick = there - there % TICK
        return Start(tick, tick + SECOND + TICK)


SETTINGS = settings(max_examples=300, stateful_step_count=30, deadline=None)
World.TestCase.settings = SETTINGS
TestWorld = World.TestCase
WorldElsewhere.TestCase.settings = SETTINGS
TestWorldElsewhere = WorldElsewhere.TestCase
