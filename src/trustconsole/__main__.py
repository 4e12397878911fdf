"""The entry point: runs the command line, and hands it the console; nothing else imports both."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trustconsole.api import Session, Start


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code. `arguments` are those of the process unless given."""
    from trustconsole.cli import run

    if not sys.warnoptions:  # libraries remark on odd certificates; the findings say what matters
        warnings.simplefilter("ignore")
    return run(sys.argv[1:] if arguments is None else arguments, open_console=_open_console)


def _open_console(session: Session | None, start: Start | None) -> int:
    from trustconsole.console import run

    return run(session, start=start)


if __name__ == "__main__":
    sys.exit(main())
