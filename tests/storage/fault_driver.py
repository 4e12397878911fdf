"""The program that is traced and hurt by `test_faults`: one replacement between two markers.

Started with the two markers, the target, the SHA-256 that was reviewed (or `-` for none), the file of the
new bytes, and whether the metadata of an undo is given. Prints what `replace_file` answered. It imports only
what that needs.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from trustconsole.errors import InputError, WriteError
from trustconsole.storage.metadata import FileMetadata
from trustconsole.storage.replacing import replace_file


def main(begin: str, end: str, path: str, reviewed: str, new: str, undo: str) -> None:
    """Replace `path`, between two looks at names that the trace can find."""
    data = Path(new).read_bytes()
    kept = FileMetadata(0o640, 1234, 2345, {"user.origin": b"undo"}, 1_600_000_000_987_654_321)
    os.access(begin, os.F_OK)
    try:
        answer = replace_file(
            Path(path),
            data,
            reviewed=None if reviewed == "-" else reviewed,
            check=lambda _data: None,
            follow_link=True,
            metadata=kept if undo == "undo" else None,
        )
        said = f"{answer.outcome}\t{answer.found}\t{answer.problem}"
    except (WriteError, InputError) as error:
        said = f"refused\t{type(error).__name__}\t{error}"
    os.access(end, os.F_OK)
    sys.stdout.write(said)


if __name__ == "__main__":
    main(*sys.argv[1:])
