"""What a file is besides its bytes: mode, owner, access control list, extended attributes, times.

A replaced file is a new inode; what the old one had must be carried over, or a service loses the right to
read its trust root, or others gain it. Access control lists and SELinux labels are extended attributes on
Linux, so one mechanism serves all. Whether a change is allowed is `replacing`'s business.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

_CONTENT_BOUND: Final = frozenset({"security.ima", "security.evm"})
"""Written by the kernel about the bytes and the inode: copied to another file they would condemn it."""

_GIVEN_BY_THE_KERNEL: Final = "security."
"""Labels in this namespace that a new file gets by policy are never taken off again."""


@dataclass(frozen=True, slots=True)
class FileMetadata:
    """Permission bits (`mode`, without the file type), owner, extended attributes, times in nanoseconds."""

    mode: int
    uid: int
    gid: int
    xattrs: Mapping[str, bytes] = field(default_factory=dict)
    mtime_ns: int = 0
    atime_ns: int = field(default=0, compare=False)  # moved by every look

    @classmethod
    def of(cls, file: Path | int) -> FileMetadata:
        """That of a path (links are followed) or an open descriptor; raises `OSError`."""
        status = os.stat(file)  # noqa: PTH116 - a path or a descriptor
        return cls(
            stat.S_IMODE(status.st_mode),
            status.st_uid,
            status.st_gid,
            _xattrs(file),
            status.st_mtime_ns,
            status.st_atime_ns,
        )

    def same_rights(self, wanted: FileMetadata) -> bool:
        """Whether everything but the times is as in `wanted`; labels that the kernel added aside."""
        own = {
            name: value
            for name, value in self.xattrs.items()
            if name in wanted.xattrs or not name.startswith(_GIVEN_BY_THE_KERNEL)
        }
        return (self.mode, self.uid, self.gid, own) == (
            wanted.mode,
            wanted.uid,
            wanted.gid,
            dict(wanted.xattrs),
        )

    def give_to(self, descriptor: int, *, times: bool) -> bool:
        """Make an open, private file (0600) like this; whether that worked in full. Raises `OSError`.

        The mode comes last, and the access control list before it, so that on no instant anybody may open the
        file who may not in the end.
        """
        now = FileMetadata.of(descriptor)
        if (now.uid, now.gid) != (self.uid, self.gid):
            os.fchown(
                descriptor,
                self.uid if self.uid != now.uid else -1,
                self.gid if self.gid != now.gid else -1,
            )
        for name in now.xattrs.keys() - self.xattrs.keys():  # a directory's default list is inherited
            if not name.startswith(_GIVEN_BY_THE_KERNEL):
                os.removexattr(descriptor, name)
        for name, value in self.xattrs.items():
            if now.xattrs.get(name) != value:
                os.setxattr(descriptor, name, value)
        os.fchmod(descriptor, self.mode)
        if times:
            os.utime(descriptor, ns=(self.atime_ns, self.mtime_ns))
        return FileMetadata.of(descriptor).same_rights(self)


def _xattrs(file: Path | int) -> dict[str, bytes]:
    try:
        names = os.listxattr(file)
    except OSError as error:
        if error.errno in (errno.ENOTSUP, errno.ENOSYS):
            return {}
        raise
    found = {}
    for name in sorted(names):
        if name in _CONTENT_BOUND:
            continue
        try:
            found[name] = os.getxattr(file, name)
        except OSError as error:
            if error.errno != errno.ENODATA:  # taken off between the two calls
                raise
    return found
