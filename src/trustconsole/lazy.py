"""Packages that load what they offer on first use (PEP 562), so that a command pays for what it needs.

What a package offers stands once, in its `__init__.pyi`: type checkers read that file, and `offers` reads
the same import statements when the package is loaded.
"""

from __future__ import annotations

import ast
import importlib
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType


def offers(package: str, file: str) -> tuple[Callable[[str], object], Callable[[], list[str]], list[str]]:
    """`__getattr__`, `__dir__` and `__all__` of the package whose `__init__.py` is `file`."""
    stub = ast.parse(Path(file).with_suffix(".pyi").read_text(encoding="utf-8"))
    homes = {
        alias.asname or alias.name: (node.module, alias.name)
        for node in stub.body
        if isinstance(node, ast.ImportFrom) and node.module
        for alias in node.names
    }

    def load(name: str) -> object:
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        home, offered = homes[name]
        value: object = getattr(importlib.import_module(home), offered)
        module: ModuleType = sys.modules[package]
        setattr(module, name, value)
        return value

    names = sorted(homes)
    return load, lambda: names, names
