"""Packages that load on first use: all that their stubs promise is there, and is their own."""

from __future__ import annotations

import ast
import importlib
from pathlib import Path

import pytest
from tests.architecture.source_tree import PACKAGE

STUBS = sorted(PACKAGE.rglob("__init__.pyi"))


def _package(stub: Path) -> str:
    return ".".join(("trustconsole", *stub.parent.relative_to(PACKAGE).parts))


def _imports(stub: Path) -> list[ast.ImportFrom]:
    tree = ast.parse(stub.read_text(encoding="utf-8"))
    return [node for node in tree.body if isinstance(node, ast.ImportFrom)]


def test_there_are_stubs() -> None:
    assert {"trustconsole.api", "trustconsole.trust_root", "trustconsole.verification"} <= {
        _package(stub) for stub in STUBS
    }


@pytest.mark.parametrize("stub", STUBS, ids=_package)
def test_every_offered_name_is_there_and_is_the_same_each_time(stub: Path) -> None:
    package = importlib.import_module(_package(stub))
    offered = [alias.asname or alias.name for node in _imports(stub) for alias in node.names]
    assert sorted(offered) == package.__all__ == dir(package)
    for name in offered:
        assert getattr(package, name) is getattr(package, name)


@pytest.mark.parametrize("stub", STUBS, ids=_package)
def test_no_offered_name_is_a_modules(stub: Path) -> None:
    """A module that is loaded becomes an attribute of its package and would stand before the name."""
    modules = {path.stem for path in stub.parent.iterdir() if path.suffix != ".pyi"}
    assert [alias.name for node in _imports(stub) for alias in node.names if alias.name in modules] == []


@pytest.mark.parametrize("stub", STUBS, ids=_package)
def test_a_package_offers_what_is_listed_and_from_rooms_that_its_own_modules_may_import(stub: Path) -> None:
    tree = ast.parse(stub.read_text(encoding="utf-8"))
    listed = next(node.value for node in tree.body if isinstance(node, ast.Assign))
    offered = [alias.asname or alias.name for node in _imports(stub) for alias in node.names]
    assert sorted(ast.literal_eval(listed)) == sorted(offered)
    if _package(stub) != "trustconsole.api":  # which offers reports of every room
        foreign = [node.module for node in _imports(stub) if not str(node.module).startswith(_package(stub))]
        assert foreign == []


def test_a_name_that_is_not_offered_is_an_attribute_error() -> None:
    package = importlib.import_module("trustconsole.api")
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        package.nothing  # noqa: B018  asking is the point
