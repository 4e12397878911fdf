"""Checks what the built packages hold: the wheel all that runs, the source archive all that tests it."""

from __future__ import annotations

import sys
import tarfile
import zipfile
from pathlib import Path

IN_WHEEL = (
    "trustconsole/py.typed",
    "trustconsole/__main__.py",
    "trustconsole/console/console.tcss",
    "trustconsole/trust_root/public_good/trusted_root.json",
    "trustconsole/trust_root/public_good/README.txt",
)
IN_SOURCE = (
    "README.md",
    "SECURITY.md",
    "LICENSE",
    ".ci/release",
    ".ci/sbom.py",
    "pyproject.toml",
    "src/trustconsole/console/console.tcss",
    "tests/architecture/test_imports.py",
    "tests/fonts/DejaVuSansMono.ttf",
    "screenshots/bundles-160x50.png",
)


def main(directory: Path) -> int:
    """Compare and say what is missing or too much; the exit code."""
    (wheel,) = directory.glob("*.whl")
    (source,) = directory.glob("*.tar.gz")
    with zipfile.ZipFile(wheel) as archive:
        in_wheel = archive.namelist()
    with tarfile.open(source) as archive:
        in_source = {name.partition("/")[2] for name in archive.getnames()}
    problems = [f"{wheel.name} lacks {name}" for name in IN_WHEEL if name not in in_wheel]
    if not any(name.endswith(".dist-info/licenses/LICENSE") for name in in_wheel):
        problems.append(f"{wheel.name} lacks its licence")
    problems += [
        f"{wheel.name} holds {name}, which does not run"
        for name in in_wheel
        if not name.startswith(("trustconsole/", "trustconsole-")) or name.endswith((".pyc", ".ttf"))
    ]
    problems += [f"{source.name} lacks {name}" for name in IN_SOURCE if name not in in_source]
    sizes = ", ".join(f"{path.name} {path.stat().st_size // 1024} KiB" for path in (wheel, source))
    print(*problems, f"{sizes}: {len(in_wheel)} and {len(in_source)} entries", sep="\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
