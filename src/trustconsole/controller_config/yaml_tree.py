"""The first document of a YAML file as a tree in which every key and value keeps its place.

Nothing is resolved: scalars are raw text with style and tag, an alias is a scalar that holds the anchor's
name (which is what the build makes of it, and why no alias can make a small file large), duplicate keys stay.
Where the parser stops, the tree holds the failure at that very place, so that a reader of the tree meets it
in the same order as the build does.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    DocumentStartEvent,
    Event,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    StreamEndEvent,
)

from trustconsole import limits
from trustconsole.controller_config.yaml_events import EventStream, ParseError, ParseFailure, unpredictable

_BUILD_DEPTH: Final = 1000
"""Nesting that Jackson's `StreamReadConstraints` allows."""


@dataclass(frozen=True, slots=True)
class Scalar:
    """One value as written. `plain`: unquoted and untagged, so that its type is guessed from the text."""

    text: str
    line: int
    column: int
    plain: bool = True
    tag: str | None = None
    alias: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """A key with its value; `merge` where the key is a plain `<<`."""

    key: str
    line: int
    column: int
    value: Node
    merge: bool = False


@dataclass(slots=True)
class Mapping:
    """Entries in file order, duplicates kept; `failure` is what the parser met where the next key belongs."""

    line: int
    column: int
    entries: list[Entry] = field(default_factory=list)
    failure: ParseFailure | None = None

    def last(self, key: str) -> Entry | None:
        """The entry that counts for `key`."""
        return next((entry for entry in reversed(self.entries) if entry.key == key), None)


@dataclass(slots=True)
class Sequence:
    """Items in file order; `failure` is what the parser met where the next item belongs."""

    line: int
    column: int
    items: list[Node] = field(default_factory=list)
    failure: ParseFailure | None = None


@dataclass(frozen=True, slots=True)
class Broken:
    """In place of a value: the parser stopped here."""

    failure: ParseFailure


Node = Scalar | Mapping | Sequence | Broken


@dataclass(frozen=True, slots=True)
class Document:
    """The first document. `root` is None for a file without one; `failure` repeats the one inside the tree.

    `more_line` is the 1-based line where a further document (which the build never reads) begins.
    """

    root: Node | None
    failure: ParseFailure | None = None
    more_line: int | None = None


def _place(event: Event) -> tuple[int, int]:
    """1-based line and column; the parser gives every event a mark."""
    mark = event.start_mark
    return (1, 1) if mark is None else (mark.line + 1, mark.column + 1)


@dataclass(slots=True)
class _Frame:
    """An open collection, and in a mapping the key whose value comes next."""

    node: Mapping | Sequence
    key: ScalarEvent | None = None

    def add(self, value: Node) -> None:
        if isinstance(self.node, Sequence):
            self.node.items.append(value)
        elif self.key is not None:
            line, column = _place(self.key)
            merge = self.key.value == "<<" and bool(self.key.implicit[0])
            self.node.entries.append(Entry(self.key.value, line, column, value, merge))
            self.key = None

    def stop(self, failure: ParseFailure) -> None:
        if self.key is not None:
            self.add(Broken(failure))
        else:
            self.node.failure = failure


class _Builder:
    """Builds the tree without recursion, since the depth is the file's choice."""

    def __init__(self, data: bytes) -> None:
        self._stream = EventStream(data)
        self._stack: list[_Frame] = []
        self._nodes = 0

    def document(self) -> Document:
        try:
            event = self._first()
            if event is None:
                return Document(None)
            root = self._open(event)
        except ParseError as error:
            return Document(Broken(error.failure), error.failure)
        try:
            while self._stack:
                self._step(self._stream.next_event())
        except ParseError as error:
            self._stack[-1].stop(error.failure)
            return Document(root, error.failure)
        return Document(root, more_line=self._line_of_next_document())

    def _first(self) -> Event | None:
        while not isinstance(event := self._stream.next_event(), NodeEvent):
            if isinstance(event, StreamEndEvent):
                return None
        return event

    def _step(self, event: Event) -> None:
        top = self._stack[-1]
        if isinstance(event, CollectionEndEvent):
            self._stack.pop()
        elif isinstance(top.node, Sequence) or top.key is not None:
            depth = len(self._stack)
            value = self._open(event)
            self._stack[depth - 1].add(value)
        elif isinstance(event, ScalarEvent):
            self._count(event)
            top.key = event
        else:
            line, column = _place(event)
            message = "Expected a field name (Scalar value in YAML), got this instead: "
            raise ParseError(ParseFailure("JsonParseException", message + _kind(event), line, column))

    def _count(self, event: Event) -> None:
        self._nodes += 1
        if self._nodes > limits.YAML_NODES:
            line, column = _place(event)
            raise unpredictable(f"more than {limits.YAML_NODES:,} keys and values", line, column)

    def _open(self, event: Event) -> Scalar | Mapping | Sequence:
        """The node that `event` stands for or opens; collections go onto the stack."""
        self._count(event)
        line, column = _place(event)
        if isinstance(event, AliasEvent):
            return Scalar(event.anchor or "", line, column, plain=False, alias=True)
        if isinstance(event, ScalarEvent):
            tag = None if event.tag == "!" else event.tag
            return Scalar(event.value, line, column, bool(event.implicit[0]), tag)
        if len(self._stack) >= _BUILD_DEPTH:
            message = (
                f"Document nesting depth ({_BUILD_DEPTH + 1}) exceeds the maximum allowed ({_BUILD_DEPTH}, "
                "from `StreamReadConstraints.getMaxNestingDepth()`)"
            )
            raise ParseError(ParseFailure("StreamConstraintsException", message, line, column))
        opened = Mapping(line, column) if isinstance(event, MappingStartEvent) else Sequence(line, column)
        self._stack.append(_Frame(opened))
        return opened

    def _line_of_next_document(self) -> int | None:
        try:
            while not isinstance(event := self._stream.next_event(), StreamEndEvent):
                if isinstance(event, DocumentStartEvent):
                    return _place(event)[0]
        except ParseError as error:
            return error.failure.line
        return None


def _kind(event: Event) -> str:
    return f"<org.yaml.snakeyaml.events.{type(event).__name__}>"


def read_document(data: bytes) -> Document:
    """The first document of `data`; never raises over its content."""
    try:
        builder = _Builder(data)
    except ParseError as error:
        return Document(Broken(error.failure), error.failure)
    return builder.document()
