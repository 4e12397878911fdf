"""Python code run in a child that sees other mounts, or that is root without some of root's powers.

Both need root; where the host does not allow them, the test is skipped with the reason.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

_PRELUDE = """
import hashlib, json, os, sys
from pathlib import Path
from trustconsole.errors import TrustConsoleError
from trustconsole.storage import replace_file, resolve_target
def put(path, old, new, **more):
    path = Path(path)
    try:
        reviewed = hashlib.sha256(old).hexdigest()
        answer = replace_file(path, new, reviewed=reviewed, check=lambda _: None, **more)
        return [answer.outcome, answer.problem]
    except TrustConsoleError as error:
        return [type(error).__name__, error.message, error.hint]
"""


def with_mounts(commands: str, code: str, *arguments: Path) -> Any:
    """What `code` prints as JSON after the shell `commands` in mounts of its own; `$1` and argv[1] are the
    first argument.
    """
    _need("unshare", "mount")
    if subprocess.run(["unshare", "-m", "true"], capture_output=True, check=False).returncode:
        pytest.skip("this user may not have mounts of its own")
    shell = f'set -e; {commands}; exec "$PYTHON" -c "$CODE" "$@"'
    return _run(["unshare", "-m", "--propagation", "private", "sh", "-c", shell, "sh"], code, arguments)


def without_powers(powers: str, code: str, *arguments: Path) -> Any:
    """What `code` prints as JSON as root without these capabilities (`-chown,-fowner`)."""
    _need("setpriv")
    command = ["setpriv", "--bounding-set", powers, "--inh-caps", powers]
    if subprocess.run([*command, "true"], capture_output=True, check=False).returncode:
        pytest.skip("this user has no powers to drop")
    return _run([*command, sys.executable, "-c", f"{_PRELUDE}{code}"], code, arguments)


def _need(*programs: str) -> None:
    missing = [program for program in programs if shutil.which(program) is None]
    if missing:
        pytest.skip(f"{', '.join(missing)} is not installed")


def _run(command: list[str], code: str, arguments: tuple[Path, ...]) -> Any:
    ran = subprocess.run(
        [*command, *map(str, arguments)],
        env={**os.environ, "PYTHON": sys.executable, "CODE": _PRELUDE + code},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)
