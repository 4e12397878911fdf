"""What is printed when the console itself breaks: the traceback without any local variable.

Textual's own output shows locals, which here could be the contents of an operator's files, and passes control
bytes on.
"""

from __future__ import annotations

import sys
import traceback

from rich.text import Text

from trustconsole.text import visible_lines


def crash_text() -> Text:
    """The present exception as harmless text, with what to do."""
    trace = "".join(traceback.format_exception(*sys.exc_info()))
    words = "trustconsole stopped because of a mistake of its own; no file was changed. Report this text:\n"
    return Text(words + visible_lines(trace, ascii_only=True), no_wrap=True, overflow="ignore")
