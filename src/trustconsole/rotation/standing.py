"""Which modules a rotation must carry along, and under which of the two keys each of them verifies."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from trustconsole.records.journal import ModuleAtStart, Plan
from trustconsole.rotation.model import READINGS, Evidence, ModuleEvidence, Reading, Scenario, Standing
from trustconsole.verification.report import ALLOWING


@dataclass(frozen=True, slots=True)
class Tracked:
    """A module with the readings in which it must go on being accepted.

    Empty where it failed before the rotation began and fails now: such a module is listed, not counted.
    `altered`: its bytes are not those that were accepted at the start, and no key vouches for them now, so
    that nobody should sign them because the console says so.
    """

    module: ModuleEvidence
    wanted: tuple[Reading, ...]
    standing: Standing
    altered: bool = False

    @property
    def unsigned(self) -> bool:
        """Whether no key plays a part: it is let in because the controller takes what has no signature."""
        verdicts = self.module.under["removed"]
        return bool(self.wanted) and all(verdicts.verdict(one) == "unsigned-allowed" for one in self.wanted)


def track(plan: Plan, evidence: Evidence) -> tuple[Tracked, ...]:
    """Every module on disk, in the order of the evidence."""
    at_start = _AtStart(plan.modules, {module.path for module in evidence.modules})
    tracked = []
    for module in evidence.modules:
        before = at_start.of(module)
        wanted = tuple(reading for reading in READINGS if _wanted(reading, module, before))
        tracked.append(Tracked(module, wanted, _standing(module, wanted), _altered(module, wanted, before)))
    return tuple(tracked)


def gone(plan: Plan, evidence: Evidence) -> tuple[ModuleAtStart, ...]:
    """Modules that were accepted at the start and are no longer there, neither at their path nor by name."""
    paths = {module.path for module in evidence.modules}
    names = {module.name for module in evidence.modules}
    return tuple(
        one
        for one in plan.modules
        if one.path not in paths
        and one.name not in names
        and (one.documented in ALLOWING or one.controller in ALLOWING)
    )


def _altered(module: ModuleEvidence, wanted: tuple[Reading, ...], before: tuple[ModuleAtStart, ...]) -> bool:
    known = {one.sha256 for one in before}
    vouched = any(module.under["now"].accepted(reading) for reading in wanted)
    return bool(wanted) and bool(known) and module.sha256 not in known and not vouched


class _AtStart:
    """The plan's modules by path, and by name those whose file is gone: a new version has another path."""

    def __init__(self, modules: Sequence[ModuleAtStart], present: set[str]) -> None:
        self._by_path = {module.path: module for module in modules}
        self._by_name: dict[str, list[ModuleAtStart]] = {}
        for module in modules:
            if module.path not in present:
                self._by_name.setdefault(module.name, []).append(module)

    def of(self, module: ModuleEvidence) -> tuple[ModuleAtStart, ...]:
        """What stood for this module at the start; several where files of one name went."""
        found = self._by_path.get(module.path)
        return (found,) if found is not None else tuple(self._by_name.get(module.name, ()))


def _wanted(reading: Reading, module: ModuleEvidence, before: tuple[ModuleAtStart, ...]) -> bool:
    """Accepted at the start, or accepted now: neither may be lost."""
    if module.under["now"].accepted(reading):
        return True
    verdicts = (one.documented if reading == "documented" else one.controller for one in before)
    return any(verdict in ALLOWING for verdict in verdicts)


def _standing(module: ModuleEvidence, wanted: tuple[Reading, ...]) -> Standing:
    if not wanted:
        return "failing_before"
    new = all(module.under["removed"].accepted(reading) for reading in wanted)
    old = all(module.under["old_only"].accepted(reading) for reading in wanted)
    if new and old:
        return "both"
    if new:
        return "new"
    return "old_only" if old else "neither"


def counts(tracked: Sequence[Tracked]) -> dict[Standing, int]:
    """How many modules stand where, every standing named."""
    found: dict[Standing, int] = {"old_only": 0, "new": 0, "both": 0, "neither": 0, "failing_before": 0}
    for one in tracked:
        found[one.standing] += 1
    return found


def lost(tracked: Sequence[Tracked], scenario: Scenario) -> Iterator[tuple[Tracked, Reading]]:
    """Every module and reading that would not be accepted under that file, `unknown` among them."""
    for one in tracked:
        for reading in one.wanted:
            if not one.module.under[scenario].accepted(reading):
                yield one, reading
