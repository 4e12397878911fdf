"""The command that a finding gives names the very file when it is pasted, whatever that is called."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from tests.trust_root.material import NOW

from trustconsole.trust_root import scan_trust_root


@pytest.mark.parametrize(
    "name", ["a b", "it's", "\x1b[2J", "tab\there", "$(touch PWNED)", "\x01'; touch x; '"]
)
def test_a_pasted_command_reads_the_very_file_and_does_nothing_else(name: str, tmp_path: Path) -> None:
    path = f"/etc/{name}.pem"
    finding = next(
        one
        for one in scan_trust_root(b"# caf\xe9\n", path, now=NOW).all_findings
        if one.next.partition("iconv ")[1]
    )
    command = "iconv " + finding.next.partition("iconv ")[2].partition(" >")[0]
    assert command.isprintable()
    text = f"iconv() {{ printf '%s\\0' \"$@\"; }}\n{command}"
    shown = subprocess.run(["sh", "-c", text], capture_output=True, check=True, cwd=tmp_path).stdout
    assert path in [os.fsdecode(word) for word in shown.split(b"\0")]
    assert list(tmp_path.iterdir()) == []
