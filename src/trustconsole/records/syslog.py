"""One line to the host's own log, so that the head of the audit log exists a second time.

Sent to the local socket without waiting: a log daemon that is missing or stuck never holds up or fails a
change. Nothing else of the console goes there.
"""

from __future__ import annotations

import os
import socket
from contextlib import suppress
from pathlib import Path
from typing import Final

from trustconsole.text import visible

SYSLOG: Final = Path("/dev/log")

_PRIORITY: Final = 10 * 8 + 5
"""RFC 3164: facility authpriv, severity notice."""
_LONGEST: Final = 1024
"""What RFC 3164 lets a line have, in bytes."""


def tell_syslog(words: str, where: Path = SYSLOG) -> None:
    """Send one line, made harmless; never raises, never waits."""
    line = f"<{_PRIORITY}>trustconsole[{os.getpid()}]: {visible(words, ascii_only=True)}"
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
        channel.setblocking(False)
        channel.sendto(line.encode()[:_LONGEST], str(where))
