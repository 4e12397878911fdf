"""The command line: every pane of the console without a screen, for scripts, CI, tickets and screen readers.

Handlers call `trustconsole.api` and print; nothing is decided here. Importing this package loads neither
textual nor cryptography, so that `--version` and `--help` answer at once.
"""

from trustconsole.cli.main import run

__all__ = ["run"]
