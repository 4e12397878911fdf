"""Reading bytes once, bounded, with their digest; watching for change. Knows no format."""

from trustconsole.storage.reading import (
    FileBytes,
    FileDigest,
    FileIdentity,
    as_input_error,
    digest_file,
    identity_of,
    read_bounded,
)

__all__ = [
    "FileBytes",
    "FileDigest",
    "FileIdentity",
    "as_input_error",
    "digest_file",
    "identity_of",
    "read_bounded",
]
