"""What a file was before a change, kept in the state directory: its bytes once, by digest, and its metadata.

A backup is durable before the change that it is for, and is verified against its digest whenever it is read.
Putting it back is a change like any other, made by `storage.replace_file`.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from trustconsole import limits
from trustconsole.errors import InputError, Location, MalformedInput, MissingFile, WriteRefused
from trustconsole.records.json_fields import integer, moment, text, texts, whole
from trustconsole.storage import FileMetadata, as_input_error, make_private, read_own, replace_own
from trustconsole.text import human_bytes, rfc3339, to_json

DIRECTORY: Final = "backups"
SCHEMA: Final = "trustconsole/backup/1"

_ID: Final = re.compile(r"(?P<sha256>[0-9a-f]{64})\.(?P<number>[1-9][0-9]{0,5})")
_DAMAGE: Final = "is damaged: this backup cannot be used"


@dataclass(frozen=True, slots=True)
class Backup:
    """One kept state of a file. `path` is where it was, `sha256` that of `data`, `taken_at` aware.

    `id` is the digest and a number: the same bytes kept twice are two backups with one file of content.
    """

    id: str
    path: Path
    sha256: str
    data: bytes = field(repr=False)
    metadata: FileMetadata
    taken_at: datetime


class Backups:
    """The backups in the directory `state`; `clock` gives an aware time."""

    def __init__(self, state: Path, *, clock: Callable[[], datetime] | None = None) -> None:
        self.directory = state / DIRECTORY
        self._clock = clock or (lambda: datetime.now(UTC))

    def keep(self, path: Path, data: bytes, metadata: FileMetadata) -> Backup:
        """Keep what `path` holds; durable when this returns. Raises `WriteRefused`: nothing was changed."""
        sha256 = hashlib.sha256(data).hexdigest()
        taken_at = self._clock().astimezone(UTC)
        if len(data) > limits.BACKUP_BYTES:
            raise self._refused(path, f"it is larger than {human_bytes(limits.BACKUP_BYTES)}")
        try:
            make_private(self.directory.parent)
            make_private(self.directory)
            self._keep_content(sha256, data)
            number = 1 + max((one for digest, one in self._names() if digest == sha256), default=0)
            backup = Backup(f"{sha256}.{number}", path, sha256, data, metadata, taken_at)
            while not self._describe(backup):
                number += 1
                backup = replace(backup, id=f"{sha256}.{number}")
        except OSError as error:
            raise self._refused(path, error.strerror or str(error)) from error
        return backup

    def file_of(self, backup: Backup) -> Path:
        """Where the bytes of `backup` are, to be compared with another tool."""
        return self.directory / backup.sha256

    def load(self, identifier: str) -> Backup:
        """The backup of this id, its bytes verified against their digest; raises `InputError`."""
        found = _ID.fullmatch(identifier)
        if found is None:
            raise MissingFile("is no backup's name", location=Location(identifier[:100]))
        description, content = self._description(identifier), self.directory / found["sha256"]
        record = read_own(description, limits.STATE_BYTES).data
        data = read_own(content, limits.BACKUP_BYTES, what="backup")
        if data.sha256 != found["sha256"]:
            raise MalformedInput(_DAMAGE, hint="use another backup", location=Location(str(content)))
        try:
            return _backup(identifier, data.data, json.loads(record))
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            place = Location(str(description))
            raise MalformedInput(_DAMAGE, hint="use another backup", location=place) from error

    def all(self) -> tuple[Backup, ...]:
        """Every sound backup, the earliest first; `damaged` has the others."""
        found = [backup for backup in self._each() if isinstance(backup, Backup)]
        return tuple(sorted(found, key=lambda backup: (backup.taken_at, backup.id)))

    def damaged(self) -> tuple[InputError, ...]:
        """What is wrong with the backups that cannot be used."""
        return tuple(error for error in self._each() if isinstance(error, InputError))

    def _each(self) -> Iterator[Backup | InputError]:
        try:
            names = self._names()
        except FileNotFoundError:
            return
        except OSError as error:
            yield as_input_error(error, self.directory)
            return
        for sha256, number in names:
            try:
                yield self.load(f"{sha256}.{number}")
            except InputError as error:
                yield error

    def _names(self) -> list[tuple[str, int]]:
        names = (path.name for path in self.directory.iterdir() if path.suffix == ".json")
        found = (_ID.fullmatch(name.removesuffix(".json")) for name in names)
        return sorted((one["sha256"], int(one["number"])) for one in found if one is not None)

    def _description(self, identifier: str) -> Path:
        return self.directory / f"{identifier}.json"

    def _describe(self, backup: Backup) -> bool:
        """Write its description; False where another console has just taken the name."""
        description = to_json(_described(backup), indent=1).encode()
        try:
            replace_own(self._description(backup.id), description, durable=True, exclusive=True)
        except FileExistsError:
            return False
        return True

    def _keep_content(self, sha256: str, data: bytes) -> None:
        path = self.directory / sha256
        try:
            if read_own(path, limits.BACKUP_BYTES).sha256 == sha256:
                return
        except InputError:  # not there, or damaged: written now
            pass
        replace_own(path, data, durable=True)

    def _refused(self, path: Path, why: str) -> WriteRefused:
        return WriteRefused(
            f"cannot be backed up in {self.directory}, nothing was changed: {why}",
            hint="free some space, or mend the state directory",
            location=Location(str(path)),
        )


def _described(backup: Backup) -> dict[str, object]:
    metadata = backup.metadata
    return {
        "schema": SCHEMA,
        "path": str(backup.path),
        "taken_at": rfc3339(backup.taken_at),
        "microsecond": backup.taken_at.microsecond,
        "mode": metadata.mode,
        "uid": metadata.uid,
        "gid": metadata.gid,
        "mtime_ns": metadata.mtime_ns,
        "atime_ns": metadata.atime_ns,
        "xattrs": {name: base64.b64encode(value).decode() for name, value in metadata.xattrs.items()},
    }


def _backup(identifier: str, data: bytes, record: Mapping[str, object]) -> Backup:
    if record["schema"] != SCHEMA:
        raise ValueError(SCHEMA)
    metadata = FileMetadata(
        whole(record["mode"]),
        whole(record["uid"]),
        whole(record["gid"]),
        {name: base64.b64decode(value, validate=True) for name, value in texts(record["xattrs"]).items()},
        integer(record["mtime_ns"]),
        integer(record["atime_ns"]),
    )
    taken_at = moment(record["taken_at"]).replace(microsecond=whole(record["microsecond"]))
    sha256 = identifier.partition(".")[0]
    return Backup(identifier, Path(text(record["path"])), sha256, data, metadata, taken_at)
