"""YAML for people's settings, read strictly: every value keeps its line, nothing is silently dropped.

PyYAML's own loader keeps the last of two equal keys and turns `no` into False; here duplicates, aliases,
tags, depth and unknown keys are errors that name the place and the nearest valid key.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import yaml

from trustconsole.errors import Location, SettingsError

_DEPTH = 8
_MOST_EVENTS = 100_000
_TOP = "the file"
_NULL = "tag:yaml.org,2002:null"


@dataclass(frozen=True, slots=True)
class Entry:
    """A value in the file, and the key (dotted) that it stands under."""

    path: Path
    key: str
    node: yaml.Node

    @property
    def is_scalar(self) -> bool:
        """Whether it is one word or text."""
        return isinstance(self.node, yaml.ScalarNode)

    def error(self, message: str, hint: str) -> SettingsError:
        """A `SettingsError` at this place."""
        return SettingsError(message, hint=hint, location=_at(self.path, self.node.start_mark))

    def text(self) -> str:
        """The text of a scalar as it is written (`no` stays `no`); an empty one is an error."""
        if not isinstance(self.node, yaml.ScalarNode):
            raise self.error(f"{self.key} is not text", "write one value")
        if self.node.tag == _NULL or not self.node.value:
            raise self.error(f"{self.key} is empty", "give a value, or leave the key out")
        if "\0" in self.node.value:
            raise self.error(f"{self.key} holds a NUL character", "remove it")
        if any("\ud800" <= char <= "\udfff" for char in self.node.value):
            raise self.error(f"{self.key} holds half a character (a surrogate)", "write the character out")
        return str(self.node.value)

    def choice(self, valid: Sequence[str]) -> str:
        """The text, which is one of `valid`."""
        text = self.text()
        if text not in valid:
            raise self.error(f"{self.key} is {text}", _instead(text, valid))
        return text

    def items(self, hint: str = "write a list") -> tuple[Entry, ...]:
        """The entries of a list."""
        if not isinstance(self.node, yaml.SequenceNode):
            raise self.error(f"{self.key} is not a list", hint)
        return tuple(Entry(self.path, f"{self.key}[{i}]", node) for i, node in enumerate(self.node.value))

    def mapping(self, valid: Sequence[str]) -> Mapping[str, Entry]:
        """The entries of a mapping by key; a key that is not `valid`, or twice, is an error."""
        if not isinstance(self.node, yaml.MappingNode):
            raise self.error(f"{self.key} is not a mapping", f"write keys under it: {', '.join(valid)}")
        found: dict[str, Entry] = {}
        for key_node, value_node in self.node.value:
            key = Entry(self.path, f"a key of {self.key}", key_node).text()
            entry = Entry(self.path, key if self.key == _TOP else f"{self.key}.{key}", value_node)
            here = Entry(self.path, key, key_node)
            if key not in valid:
                raise here.error(f"{key} is not a key of {self.key}", _instead(key, valid))
            if key in found:
                first = found[key].node.start_mark.line + 1
                raise here.error(f"{key} is set twice, first in line {first}", "keep one of them")
            found[key] = entry
        return found


def _instead(word: str, valid: Sequence[str]) -> str:
    near = difflib.get_close_matches(word[:64], valid, n=1, cutoff=0.5)
    return f"did you mean {near[0]}?" if near else f"valid here: {', '.join(valid)}"


class _Mark(Protocol):
    line: int
    column: int


def _at(path: Path, mark: _Mark | None) -> Location:
    if mark is None:
        return Location(str(path))
    return Location(str(path), mark.line + 1, mark.column + 1)


def load_mapping(data: bytes, path: Path, valid: Sequence[str]) -> Mapping[str, Entry]:
    """The top-level entries of a file; an empty file has none. Raises `SettingsError`."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SettingsError(
            "is not UTF-8", hint="save it as UTF-8", location=Location(str(path), offset=error.start)
        ) from error
    try:
        _refuse_deep(text, path)
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        reason = error.problem or "cannot be read"
        raise SettingsError(
            f"is not YAML: {reason}",
            hint="mend the line",
            location=_at(path, error.problem_mark or error.context_mark),
        ) from error
    except yaml.YAMLError as error:  # a control character; the reader knows no line
        raise SettingsError(
            "is not YAML: it holds a character that YAML forbids",
            hint="remove control characters",
            location=Location(str(path)),
        ) from error
    if root is None or root.tag == _NULL:
        return {}
    return Entry(path, _TOP, root).mapping(valid)


def _refuse_deep(text: str, path: Path) -> None:
    """Look at the flat events first: composing recurses, and aliases multiply."""
    depth = 0
    for count, event in enumerate(yaml.parse(text, Loader=yaml.SafeLoader)):
        location = _at(path, event.start_mark)
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
            raise SettingsError("holds an anchor or alias", hint="write the value out", location=location)
        if getattr(event, "tag", None) is not None:
            raise SettingsError("holds a tag", hint="remove the word that begins with !", location=location)
        if depth > _DEPTH or count > _MOST_EVENTS:
            raise SettingsError("is nested too deep or too long", hint="simplify it", location=location)
