"""A question before something is changed, as data; `screens/confirm.py` asks it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from trustconsole.console.sheet import Sheet


@dataclass(frozen=True, slots=True)
class Answer:
    """What was chosen, and what was typed with it."""

    choice: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """Text that a question asks for: the words before its field, and what is wrong with a text."""

    label: str
    problem: Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Question:
    """A dialog: its sheet says everything; `choices` are (name, words) beside Cancel."""

    sheet: Sheet
    choices: tuple[tuple[str, str], ...]
    asked: Asked | None = None
