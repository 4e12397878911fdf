"""What operators stated about nodes that give no evidence: who, when, and the files of that moment.

One JSON file in the state directory, replaced atomically; the latest statement about a node counts. A file
that makes no sense proves nothing: it is said, and nothing in it is believed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from trustconsole import limits
from trustconsole.errors import InputError, Location, MissingFile, UnreadableFile
from trustconsole.storage import make_private, read_own, replace_own
from trustconsole.text import rfc3339, to_json

FILE_NAME = "acknowledgements.json"
SCHEMA = "trustconsole/acknowledgements/1"
_MOST_ENTRIES = 1024


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """`login` stated at `at` (aware) that `node` had just been restarted; `files` are the digests of that
    moment by role (`trust root`, `Rekor key`, `controller.yml`: that of its signing values).
    """

    node: str
    at: datetime
    login: str
    files: Mapping[str, str]

    def to_dict(self) -> dict[str, object]:
        """An entry of `trustconsole/acknowledgements/1`."""
        return {"node": self.node, "at": rfc3339(self.at), "login": self.login, "files": dict(self.files)}


class Acknowledgements:
    """The statements kept in a state directory; `problem` says why none of them is believed."""

    def __init__(self, directory: Path) -> None:
        self._path = directory / FILE_NAME
        self.problem: str | None = None
        self._by_node: dict[str, Acknowledgement] = {}

    @classmethod
    def load(cls, directory: Path) -> Acknowledgements:
        """What is kept in `directory`; never raises."""
        self = cls(directory)
        try:
            record = json.loads(read_own(self._path, limits.STATE_BYTES).data)
            if not isinstance(record, dict) or record.get("schema") != SCHEMA:
                raise ValueError(SCHEMA)
            entries = [_acknowledgement(entry) for entry in record["acknowledgements"]]
        except MissingFile:
            pass
        except InputError as error:
            self.problem = f"{self._path} {error.message}: no acknowledgement is believed"
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            self.problem = f"{self._path} is damaged: no acknowledgement is believed"
        else:
            self._by_node = {entry.node: entry for entry in entries}
        return self

    def by_node(self) -> Mapping[str, Acknowledgement]:
        """The latest statement about each node."""
        return self._by_node

    def keep(self, statement: Acknowledgement) -> None:
        """Keep it durably, instead of an earlier one about that node. Raises `UnreadableFile`."""
        entries = {**self._by_node, statement.node: statement}
        newest = sorted(entries.values(), key=lambda entry: entry.at, reverse=True)[:_MOST_ENTRIES]
        record = {"schema": SCHEMA, "acknowledgements": [entry.to_dict() for entry in newest]}
        try:
            make_private(self._path.parent)
            replace_own(self._path, to_json(record, indent=1).encode())
        except OSError as error:
            raise UnreadableFile(
                f"cannot be written: {error.strerror or error}; nothing was acknowledged",
                hint="check the state directory in the settings",
                location=Location(str(self._path)),
            ) from error
        self._by_node, self.problem = entries, None


def _acknowledgement(value: Mapping[str, object]) -> Acknowledgement:
    node, login, files = value["node"], value["login"], value["files"]
    at = datetime.fromisoformat(str(value["at"]))
    if not isinstance(node, str) or not isinstance(login, str) or at.tzinfo is None:
        raise TypeError(value)
    if not isinstance(files, dict) or not all(isinstance(digest, str) for digest in files.values()):
        raise TypeError(value)
    return Acknowledgement(node, at, login, {str(role): str(digest) for role, digest in files.items()})
