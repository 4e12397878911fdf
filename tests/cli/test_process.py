"""The real program in a process of its own: what it loads, how it ends, what it does without a reader."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.cli.running import call

from trustconsole import __version__
from trustconsole.demo import DemoWorkspace

PROGRAM = (sys.executable, "-m", "trustconsole")


def _loaded(*arguments: str) -> tuple[str, list[str]]:
    code = (
        "import sys, json, trustconsole.__main__ as m\n"
        f"m.main({list(arguments)!r})\n"
        "print(json.dumps([n for n in ('textual', 'rich', 'cryptography', 'yaml', 'trustconsole.api', "
        "'trustconsole.console') if n in sys.modules]))"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    *text, modules = answer.stdout.splitlines()
    return "\n".join(text), json.loads(modules)


def test_the_version_is_printed_without_loading_anything_heavy() -> None:
    assert _loaded("--version") == (f"trustconsole {__version__}", [])


def test_help_loads_nothing_heavy() -> None:
    assert _loaded("verify", "--help")[1] == []


def test_a_wrong_argument_loads_nothing_heavy() -> None:
    assert _loaded("verfy") == ("", [])


def test_a_headless_command_does_not_load_the_console(workspace: DemoWorkspace) -> None:
    loaded = _loaded("trust-root", "show", str(workspace.trust_root))[1]
    assert "trustconsole.api" in loaded
    assert not {"textual", "trustconsole.console"} & set(loaded)


def test_a_reader_that_leaves_is_not_complained_about(workspace: DemoWorkspace) -> None:
    command = (*PROGRAM, "verify", "--settings", str(workspace.settings), "--json")
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.read(10)
    process.stdout.close()
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait(30) == 141


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
def test_a_full_disk_is_said_in_one_sentence() -> None:
    with open("/dev/full", "wb") as full:  # noqa: PTH123  a device, not a file
        answer = subprocess.run((*PROGRAM, "info"), stdout=full, stderr=subprocess.PIPE, check=False)
    assert answer.returncode == 3
    assert answer.stderr.decode().splitlines() == [
        "trustconsole: standard output cannot be written: No space left on device"
    ]


def test_closed_streams_change_no_verdict(workspace: DemoWorkspace) -> None:
    command = " ".join((*PROGRAM, "trust-root", "show", str(workspace.rekor_key)))
    answer = subprocess.run(["/bin/sh", "-c", f"{command} >&- 2>&- <&-"], check=False)
    assert answer.returncode == 0


def test_a_locale_that_is_not_utf_8_gets_ascii(workspace: DemoWorkspace) -> None:
    environment = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    command = (*PROGRAM, "verify", "--settings", str(workspace.settings))
    answer = subprocess.run(command, capture_output=True, env=environment, check=False)
    assert answer.stdout.isascii()
    assert answer.stderr.isascii()
    assert b"x reject" in answer.stdout


def _raising(error: BaseException, workspace: DemoWorkspace) -> tuple[int, str]:
    def console(*_: object) -> int:
        raise error

    ran = call("--settings", workspace.settings, terminal=True, console=console)
    assert ran.out == b""
    return ran.code, ran.told


def test_an_internal_mistake_is_one_sentence_without_traceback_or_values(workspace: DemoWorkspace) -> None:
    code, told = _raising(ValueError("hunter2"), workspace)
    assert code == 3
    assert "ValueError" in told
    assert "hunter2" not in told
    assert "Traceback" not in told


def test_an_interrupt_ends_with_130(workspace: DemoWorkspace) -> None:
    code, told = _raising(KeyboardInterrupt(), workspace)
    assert (code, "interrupted" in told) == (130, True)


def test_a_signal_while_verifying_ends_with_130(tmp_path: Path) -> None:
    ready = tmp_path / "ready"
    code = (
        "import sys, signal, pathlib, trustconsole.api as api\n"
        "from trustconsole.__main__ import main\n"
        "def reports():\n"
        f"    pathlib.Path({str(ready)!r}).touch()\n"
        "    signal.pause()\n"
        "    yield\n"
        "api.verify_all = lambda *a, **k: api.Verifying(1, (), reports())\n"
        "sys.exit(main(['verify', 'x']))"
    )
    process = subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE)
    while not ready.exists():
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=30)
    assert process.returncode == 130
    assert told.decode().splitlines() == ["trustconsole: interrupted"]
