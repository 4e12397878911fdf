"""The five steps in words, as one table: what each is called, why it is there, what comes next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from trustconsole.records.journal import RotationKind
from trustconsole.rotation.model import Position, StepNumber


@dataclass(frozen=True, slots=True)
class StepWords:
    """A step: its name in the line of dots, what it does, and why it must not be skipped."""

    number: StepNumber
    name: str
    what: str
    why: str


STEPS: Final[tuple[StepWords, ...]] = (
    StepWords(
        1,
        "add",
        "Add the new {block} to {file}, beside the old one.",
        "Both must be trusted for a while, or every install fails between the first and the last step.",
    ),
    StepWords(
        2,
        "restart",
        "Restart every node, one after the other.",
        "Controllers and daemons read the file when they start, and only then.",
    ),
    StepWords(
        3,
        "re-sign",
        "{resign}, and install them.",
        "After step 4, what only the old {signer} {vouches} is refused at its install.",
    ),
    StepWords(
        4,
        "remove",
        "Remove the old {block} from {file}.",
        "As long as it stays, whoever holds the old {private} can {harm}.",
    ),
    StepWords(
        5,
        "restart",
        "Restart every node again.",
        "Until a node restarts, it goes on trusting the old {block}.",
    ),
)

KIND_WORDS: Final[Mapping[RotationKind, Mapping[str, str]]] = {
    "author": {
        "title": "author key",
        "block": "key",
        "signer": "key",
        "file": "the trust root",
        "resign": "Sign the modules again with the new key",
        "again": "re-sign it with the new key",
        "vouches": "signed",
        "private": "key",
        "harm": "have modules installed",
    },
    "ca": {
        "title": "CA certificate",
        "block": "certificate",
        "signer": "CA",
        "file": "the trust root",
        "resign": "Sign the modules again with certificates of the new CA",
        "again": "re-sign it with a certificate of the new CA",
        "vouches": "vouches for",
        "private": "CA's key",
        "harm": "have modules installed",
    },
    "rekor": {
        "title": "Rekor key",
        "block": "log key",
        "signer": "log",
        "file": "the Rekor key file",
        "resign": "Sign the modules again with the author's key as it is, and log them in the new log",
        "again": "re-sign it with the author's key as it is, and log it in the new log",
        "vouches": "logged",
        "private": "log's key",
        "harm": "make up log entries",
    },
}

DONE: Final = "The rotation is finished: every node proves that it runs without the old {block}."
DONE_WITH_REASONS: Final = (
    "The rotation is finished: the old {block} is gone. What is not proved was passed with a written reason."
)
NOTHING_PLANNED: Final = "No rotation is planned."


def step_words(step: Position, kind: RotationKind) -> StepWords | None:
    """The row of `step` with the words of `kind` filled in; None where there is no step."""
    if step == "done" or step == "none":
        return None
    row = STEPS[step - 1]
    words = KIND_WORDS[kind]
    return StepWords(row.number, row.name, row.what.format(**words), row.why.format(**words))
