"""Who imports whom: the contracts in pyproject.toml, and what a process has really loaded."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from tests.architecture.source_tree import ROOT
from tests.verification.sigstore.making import IDENTITY, PROVIDER, Instance

_RUN = """
import runpy, sys
sys.argv = ["trustconsole", *sys.argv[1:]]
code = 0
try:
    runpy.run_module("trustconsole", run_name="__main__", alter_sys=True)
except SystemExit as end:
    code = end.code or 0
print(*sorted(sys.modules), sep="\\n", file=sys.stderr)
raise SystemExit(code)
"""


def _loaded_by(*arguments: str) -> set[str]:
    """The modules that a run of `trustconsole ARGUMENTS`, which must end well, has loaded at its end."""
    answer = subprocess.run(
        [sys.executable, "-W", "error", "-c", _RUN, *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout
    modules = set(answer.stderr.splitlines())
    assert "trustconsole" in modules
    return modules


def _rooms(modules: set[str]) -> set[str]:
    return {name.split(".")[1] for name in modules if name.startswith("trustconsole.")}


def test_the_import_contracts_hold() -> None:
    if importlib.util.find_spec("importlinter") is None:
        pytest.skip("import-linter is not installed; install the extra `lint` to check the contracts here")
    code = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    answer = subprocess.run(
        [sys.executable, "-c", code, "--no-cache", "--no-logo", "pyproject.toml"],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        cwd=ROOT,
    )
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert " 0 broken" in answer.stdout


@pytest.mark.parametrize("arguments", [("--version",), ("--help",), ("verify", "--help")])
def test_saying_what_it_is_loads_neither_textual_nor_cryptography(arguments: tuple[str, ...]) -> None:
    modules = _loaded_by(*arguments)
    assert modules & {"textual", "rich", "cryptography", "yaml", "watchfiles"} == set()
    assert _rooms(modules) <= {"__main__", "cli", "commands", "errors", "text"}


def test_a_headless_command_loads_nothing_of_the_console(tmp_path: Path) -> None:
    pem = tmp_path / "trust-root.pem"
    key = ec.generate_private_key(ec.SECP256R1()).public_key()
    pem.write_bytes(key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    modules = _loaded_by("trust-root", "show", str(pem), "--json")
    assert modules & {"textual", "rich"} == set()
    assert "console" not in _rooms(modules)
    assert "cryptography" in modules  # what was to be proved absent above can be seen from here


def _a_bundle(folder: Path) -> list[str]:
    """The arguments that verify a bundle of an instance made here."""
    instance = Instance()
    content, bundle, root = (folder / name for name in ("module.jar", "bundle.json", "root.json"))
    content.write_bytes(instance.content)
    bundle.write_text(json.dumps(instance.bundle()))
    root.write_text(json.dumps(instance.trusted_root()))
    return [
        *("--bundle", str(bundle), "--trusted-root", str(root), str(content)),
        *("--certificate-identity", IDENTITY, "--certificate-oidc-issuer", PROVIDER),
    ]


def test_verifying_one_bundle_loads_only_what_that_needs(tmp_path: Path) -> None:
    """It runs once for each artefact in scripts; most of its time is what it loads."""
    modules = _loaded_by("verify-bundle", *_a_bundle(tmp_path))
    assert modules & {"textual", "rich", "yaml", "watchfiles", "asyncio", "rfc3161_client"} == set()
    assert not _rooms(modules) & {"console", "inventory", "nodes", "records", "controller_config", "demo"}
    assert "trustconsole.verification.controller" not in modules
    assert "trustconsole.verification.sigstore.bundle" in modules


def test_the_demo_without_a_screen_loads_nothing_of_the_console(tmp_path: Path) -> None:
    modules = _loaded_by("demo", str(tmp_path / "demo"), "--no-tui")
    assert modules & {"textual", "rich"} == set()
    assert "console" not in _rooms(modules)


def test_the_console_can_be_named_without_loading_textual() -> None:
    code = "import sys, trustconsole.console; print('textual' in sys.modules)"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout == "False\n"
