"""The project's own source as data, for tests that hold its shape."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "trustconsole"

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class SourceFile:
    """One Python file; `name` is its path from the project's root, with slashes."""

    path: Path

    @property
    def name(self) -> str:
        return self.path.relative_to(ROOT).as_posix()

    @cached_property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, self.name)

    def functions(self) -> Iterator[Function]:
        return (node for node in ast.walk(self.tree) if isinstance(node, Function))

    def classes(self) -> Iterator[ast.ClassDef]:
        return (node for node in ast.walk(self.tree) if isinstance(node, ast.ClassDef))


def package_files() -> list[SourceFile]:
    return _below(PACKAGE)


def files_of_tests() -> list[SourceFile]:
    return _below(ROOT / "tests")


def _below(directory: Path) -> list[SourceFile]:
    files = [SourceFile(path) for path in sorted(directory.rglob("*.py"))]
    assert files, f"no Python file under {directory}: a test over none proves nothing"
    return files


def statements(function: Function) -> int:
    """How many statements a function has, those of functions inside it and not its docstring included."""
    count = sum(isinstance(node, ast.stmt) for node in ast.walk(function)) - 1
    return count - (ast.get_docstring(function) is not None)
