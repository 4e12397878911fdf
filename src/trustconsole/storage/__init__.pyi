"""Reading bytes once, bounded, with their digest; replacing them whole; watching. Knows no format."""

from trustconsole.storage.links import Trail, ctime_bound, follow, link_end
from trustconsole.storage.locking import lock_beside
from trustconsole.storage.metadata import FileMetadata
from trustconsole.storage.reading import (
    FileBytes,
    FileDigest,
    FileIdentity,
    as_input_error,
    digest_file,
    identity_of,
    open_regular,
    read_bounded,
    read_own,
)
from trustconsole.storage.replacing import Outcome, Replacement, replace_file, sweep_leftovers
from trustconsole.storage.temporary import make_private, replace_own
from trustconsole.storage.write_targets import WriteTarget, resolve_target

__all__ = [
    "FileBytes",
    "FileDigest",
    "FileIdentity",
    "FileMetadata",
    "Outcome",
    "Replacement",
    "Trail",
    "WriteTarget",
    "as_input_error",
    "ctime_bound",
    "digest_file",
    "follow",
    "identity_of",
    "link_end",
    "lock_beside",
    "make_private",
    "open_regular",
    "read_bounded",
    "read_own",
    "replace_file",
    "replace_own",
    "resolve_target",
    "sweep_leftovers",
]
