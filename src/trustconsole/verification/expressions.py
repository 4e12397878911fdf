"""Running a regular expression over an untrusted name in time linear in the name.

Python's `re` backtracks, so that a certificate's subject could hold a verification for hours. Here the
expression becomes a small program, all of whose states are followed side by side, one character at a time
(Thompson's construction, as RE2 has it). The syntax is the business of `expression_syntax`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from trustconsole import limits
from trustconsole.errors import UsageError
from trustconsole.verification.expression_nodes import (
    Char,
    Edge,
    EdgeKind,
    Either,
    Node,
    Repeat,
    Sequence,
    Test,
    is_word,
)
from trustconsole.verification.expression_syntax import parse_expression


@dataclass(frozen=True, slots=True)
class _Fork:
    """Goes on at each of these steps; one target is a jump."""

    targets: tuple[int, ...]


_Step = Test | EdgeKind | _Fork


@dataclass(frozen=True, slots=True)
class Expression:
    """A compiled expression. `anchored` says whether every match begins and ends with the text itself."""

    pattern: str
    anchored: bool
    _program: tuple[_Step, ...] = field(repr=False)

    def found_in(self, text: str) -> bool:
        """Whether it matches anywhere in `text`, as `MatchString` of Go's `regexp` does."""
        waiting: set[int] = set()
        for at in range(len(text) + 1):
            reached = self._reached(waiting | {0}, text, at)
            if len(self._program) in reached:
                return True
            if at < len(text):
                waiting = {step + 1 for step in reached if self._takes(step, text[at])}
        return False

    def _takes(self, step: int, char: str) -> bool:
        test = self._program[step]
        return callable(test) and test(char)

    def _reached(self, steps: set[int], text: str, at: int) -> set[int]:
        """All steps that `steps` lead to without a further character."""
        reached: set[int] = set()
        pending = list(steps)
        while pending:
            number = pending.pop()
            if number in reached:
                continue
            reached.add(number)
            step = self._program[number] if number < len(self._program) else None
            if isinstance(step, _Fork):
                pending.extend(step.targets)
            elif isinstance(step, str) and _is_at(step, text, at):
                pending.append(number + 1)
        return reached


def compile_expression(pattern: str) -> Expression:
    """The expression for `pattern`; raises `UsageError` for what is malformed, unsupported or too large."""
    if len(pattern) > limits.EXPRESSION_CHARS:
        raise UsageError(
            f"the expression is longer than the limit of {limits.EXPRESSION_CHARS} characters",
            hint="pin repository and workflow; nothing else needs naming",
        )
    node = parse_expression(pattern)
    program: list[_Step] = []
    _emit(node, program)
    return Expression(pattern, _opens(node) and _closes(node), tuple(program))


def _emit(node: Node, program: list[_Step]) -> None:
    if len(program) > limits.EXPRESSION_STATES:
        raise UsageError(
            f"the expression has more than the limit of {limits.EXPRESSION_STATES} steps",
            hint="use * or + in place of large counted repetitions",
        )
    match node:
        case Char(test):
            program.append(test)
        case Edge(kind):
            program.append(kind)
        case Sequence(parts):
            for part in parts:
                _emit(part, program)
        case Either(branches):
            _emit_either(branches, program)
        case Repeat():
            _emit_repeat(node, program)


def _emit_either(branches: tuple[Node, ...], program: list[_Step]) -> None:
    fork = len(program)
    program.append(_Fork(()))
    starts, ends = [], []
    for branch in branches:
        starts.append(len(program))
        _emit(branch, program)
        ends.append(len(program))
        program.append(_Fork(()))
    program[fork] = _Fork(tuple(starts))
    for end in ends:
        program[end] = _Fork((len(program),))


def _emit_repeat(node: Repeat, program: list[_Step]) -> None:
    for _ in range(node.low):
        before = len(program)
        _emit(node.inner, program)
        if len(program) == before:
            break  # nothing, however often
    if node.high is None:
        fork = len(program)
        program.append(_Fork(()))
        _emit(node.inner, program)
        program.append(_Fork((fork,)))
        program[fork] = _Fork((fork + 1, len(program)))
        return
    forks = []
    for _ in range(node.high - node.low):
        forks.append(len(program))
        program.append(_Fork(()))
        _emit(node.inner, program)
    for fork in forks:
        program[fork] = _Fork((fork + 1, len(program)))


def _is_at(kind: EdgeKind, text: str, at: int) -> bool:
    match kind:
        case "begin":
            return at == 0
        case "end":
            return at == len(text)
        case "line-begin":
            return at == 0 or text[at - 1] == "\n"
        case "line-end":
            return at == len(text) or text[at] == "\n"
        case _:
            before = at > 0 and is_word(text[at - 1])
            after = at < len(text) and is_word(text[at])
            return (before != after) is (kind == "word")


def _opens(node: Node) -> bool:
    """Whether every match begins where the text does."""
    return _bound(node, "begin", 0)


def _closes(node: Node) -> bool:
    return _bound(node, "end", -1)


def _bound(node: Node, kind: EdgeKind, side: int) -> bool:
    match node:
        case Edge(found):
            return found == kind
        case Sequence(parts):
            shown = [part for part in parts if part != Sequence(())]
            return bool(shown) and _bound(shown[side], kind, side)
        case Either(branches):
            return all(_bound(branch, kind, side) for branch in branches)
        case Repeat(inner, low, _):
            return low > 0 and _bound(inner, kind, side)
        case _:
            return False
