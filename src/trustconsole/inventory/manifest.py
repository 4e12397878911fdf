"""What a jar calls itself: id, version and hosts from `META-INF/prexor/module.yaml`.

For display only: nothing here has been verified, and whatever is odd about the file becomes
the sentence in `Manifest.error`, never an exception. The whole file is judged by its YAML events, so no
alias is ever expanded and no object is ever built from a tag.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

import yaml

from trustconsole import limits
from trustconsole.errors import InputError, LimitExceeded, MalformedInput
from trustconsole.inventory.jar import read_member
from trustconsole.inventory.model import Manifest
from trustconsole.storage import FileIdentity, identity_of

if TYPE_CHECKING:
    EventLoader = type[yaml.SafeLoader] | type[yaml.CSafeLoader]

MANIFEST_NAME: Final = "META-INF/prexor/module.yaml"

# libyaml's event parser is some ten times faster and is in every wheel of PyYAML; the events are the same.
EVENT_LOADER: Final[EventLoader] = (
    yaml.CSafeLoader if getattr(yaml, "__with_libyaml__", False) else yaml.SafeLoader
)
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_PLAIN_STYLES = frozenset({None, "", "'", '"'})


def read_manifest(path: Path) -> Manifest:
    """The manifest inside the jar at `path`; never raises over the file."""
    try:
        data = read_member(path, MANIFEST_NAME, limits.MANIFEST_BYTES)
    except InputError as error:
        return Manifest(error=f"The artefact {error.message}.")
    if data is None:
        return Manifest(error=f"The artefact holds no {MANIFEST_NAME}.")
    return parse_manifest(data)


def parse_manifest(data: bytes, *, loader: EventLoader = EVENT_LOADER) -> Manifest:
    """The manifest written in `data`; never raises over it. `loader` is a PyYAML loader, for its events."""
    if len(data) > limits.MANIFEST_BYTES:
        return Manifest(error="The manifest is larger than the limit.")
    try:
        fields = dict(_root_fields(_events(data, loader)))
        return Manifest(
            module_id=_required(fields, "id"),
            version=_required(fields, "version"),
            hosts=_hosts(fields.get("hosts")),
        )
    except InputError as error:
        return Manifest(error=f"The manifest {error.message}.")


def _events(data: bytes, loader: EventLoader) -> list[yaml.Event]:
    """The events of one document without aliases, anchors or depth; raises `InputError`."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise MalformedInput(f"is not UTF-8 (byte {error.start})") from error
    events: list[yaml.Event] = []
    depth = documents = 0
    try:
        for event in yaml.parse(text, Loader=loader):
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
                raise MalformedInput("uses YAML anchors or aliases")
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
                if depth > limits.MANIFEST_DEPTH:
                    raise LimitExceeded(f"is nested deeper than the limit of {limits.MANIFEST_DEPTH}")
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
            elif isinstance(event, yaml.DocumentStartEvent):
                documents += 1
            if isinstance(event, yaml.NodeEvent | yaml.CollectionEndEvent):
                events.append(event)
    except yaml.MarkedYAMLError as error:
        line = f" (line {error.problem_mark.line + 1})" if error.problem_mark else ""
        raise MalformedInput(f"is not valid YAML{line}") from error
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        # PyYAML lets chr() and int() fail on absurd escapes and directives.
        raise MalformedInput("is not valid YAML") from error
    if documents > 1:
        raise MalformedInput("holds more than one YAML document")
    return events


def _children(events: list[yaml.Event]) -> Iterator[list[yaml.Event]]:
    """The nodes directly inside the collection that `events` describes, each as its own events."""
    depth = 0
    node: list[yaml.Event] = []
    for event in events[1:-1]:
        node.append(event)
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth == 0:
            yield node
            node = []


def _root_fields(events: list[yaml.Event]) -> Iterator[tuple[str, list[yaml.Event]]]:
    if not events or not isinstance(events[0], yaml.MappingStartEvent):
        raise MalformedInput("is not a YAML mapping")
    nodes = list(_children(events))
    seen: set[str] = set()
    for key, value in zip(nodes[::2], nodes[1::2], strict=True):
        name = key[0].value if isinstance(key[0], yaml.ScalarEvent) else None
        if name is None:
            continue
        if name in seen and name in ("id", "version", "hosts"):
            raise MalformedInput(f"states {name} twice")
        seen.add(name)
        yield name, value


def _scalar(name: str, node: list[yaml.Event]) -> str | None:
    """The text of a plain or quoted scalar, None where it is null."""
    event = node[0]
    if not isinstance(event, yaml.ScalarEvent) or event.style not in _PLAIN_STYLES or not any(event.implicit):
        raise MalformedInput(f"states {name} as something other than plain text")
    value: str = event.value
    if len(value) > limits.MANIFEST_VALUE_CHARS:
        raise LimitExceeded(
            f"states a longer {name} than the limit of {limits.MANIFEST_VALUE_CHARS} characters"
        )
    return None if not event.style and value in _NULLS else value


def _required(fields: dict[str, list[yaml.Event]], name: str) -> str:
    value = _scalar(name, fields[name]) if name in fields else None
    if not value:
        raise MalformedInput(f"states no {name}")
    return value


def _hosts(node: list[yaml.Event] | None) -> tuple[str, ...]:
    """Empty where `hosts` is absent or null, which the controller takes as its own host."""
    if node is None:
        return ()
    if not isinstance(node[0], yaml.SequenceStartEvent):
        single = _scalar("hosts", node)
        return () if single is None else (single,)
    hosts = (_scalar("hosts", child) for child in _children(node))
    return tuple(host for host in hosts if host is not None)


class ManifestCache:
    """Remembers manifests by path and file identity, so that a rescan reads only jars that moved."""

    def __init__(self, reader: Callable[[Path], Manifest] = read_manifest) -> None:
        self._reader = reader
        self._known: dict[str, tuple[FileIdentity, Manifest]] = {}

    def read(self, path: Path) -> Manifest:
        """As `read_manifest`; the identity is taken before the bytes, so a race only costs a second read."""
        try:
            identity = identity_of(path.stat())
        except (OSError, ValueError):
            return self._reader(path)
        known = self._known.get(str(path))
        if known is not None and known[0] == identity:
            return known[1]
        manifest = self._reader(path)
        if len(self._known) >= limits.MODULES:
            self._known.clear()
        self._known[str(path)] = (identity, manifest)
        return manifest
