"""Reading bytes once, bounded, with their digest; watching for change. Knows no format."""

from trustconsole.storage.fingerprints import Fingerprints
from trustconsole.storage.links import Trail, ctime_bound, follow
from trustconsole.storage.reading import (
    FileBytes,
    FileDigest,
    FileIdentity,
    as_input_error,
    digest_file,
    identity_of,
    open_regular,
    read_bounded,
)

__all__ = [
    "FileBytes",
    "FileDigest",
    "FileIdentity",
    "Fingerprints",
    "Trail",
    "as_input_error",
    "ctime_bound",
    "digest_file",
    "follow",
    "identity_of",
    "open_regular",
    "read_bounded",
]
