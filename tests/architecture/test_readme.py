"""What the README says about commands, keys and versions is what the code says."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Callable
from typing import Any

import pytest
from tests.architecture.source_tree import ROOT

import trustconsole
from trustconsole.commands import COMMANDS
from trustconsole.commands.tables import command_table, key_table, option_table

README = (ROOT / "README.md").read_text(encoding="utf-8")
PYPROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


TABLES: dict[str, Callable[[], str]] = {
    "keys": key_table,
    "commands": command_table,
    "options": option_table,
}


def between(name: str) -> str:
    """What stands between `<!-- NAME -->` and `<!-- /NAME -->`."""
    found = re.findall(rf"<!-- {name} -->\n(.*?)<!-- /{name} -->", README, re.DOTALL)
    assert len(found) == 1, f"{name}: found {len(found)} times"
    return str(found[0])


@pytest.mark.parametrize(("name", "table"), TABLES.items(), ids=list(TABLES))
def test_every_table_is_the_one_of_the_program(name: str, table: Callable[[], str]) -> None:
    """TRUSTCONSOLE_UPDATE_README=1 writes the tables anew."""
    if os.environ.get("TRUSTCONSOLE_UPDATE_README") == "1":
        path = ROOT / "README.md"
        marked = rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)"
        text = path.read_text(encoding="utf-8")
        path.write_text(re.sub(marked, lambda m: m[1] + table() + m[2], text, flags=re.S), encoding="utf-8")
    else:
        assert between(name) == table()


def test_the_version_is_the_same_everywhere() -> None:
    assert trustconsole.__version__ == PYPROJECT["project"]["version"]


@pytest.mark.parametrize("name", ["set-up-tests", "set-up-demo"])
def test_each_set_up_command_is_one_line_to_paste(name: str) -> None:
    block = between(name)
    assert re.fullmatch(r"```sh\n[^\n]+\n```\n", block)
    assert "$" not in block


def test_every_schema_the_program_writes_is_described() -> None:
    source = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "src").rglob("*.py"))
    written = set(re.findall(r"\"(trustconsole/[a-z-]+/\d)\"", source))
    assert "trustconsole/verification/1" in written
    assert [schema for schema in sorted(written) if f"`{schema}`" not in README] == []


def test_every_dependency_has_its_reason() -> None:
    project = PYPROJECT["project"]
    extras = [name for extra in project["optional-dependencies"].values() for name in extra]
    names = {re.split(r"[<>=\[]", name)[0].lower() for name in [*project["dependencies"], *extras]}
    table = between("dependencies").lower()
    others = names - {project["name"]}  # an extra may name others of its own
    assert [name for name in sorted(others) if f"`{name}`" not in table] == []


def test_every_picture_and_file_it_names_is_there() -> None:
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", README) if "://" not in link]
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_what_the_palette_leaves_to_the_command_line_is_named() -> None:
    found = re.search(r"The palette \(`:`\).*?stay there: (.*?)\.", README, re.DOTALL)
    assert found is not None
    named = set(re.findall(r"`([a-z -]+)`", found[1]))
    assert named == {row.name for row in COMMANDS if row.words and not row.palette}


def test_what_the_security_policy_points_to_is_there() -> None:
    links = re.findall(r"\]\(([^)]+)\)", (ROOT / "SECURITY.md").read_text(encoding="utf-8"))
    headings = re.findall(r"^#+ (.+)$", README, re.MULTILINE)
    anchors = {re.sub(r"[^a-z0-9 -]", "", heading.lower()).replace(" ", "-") for heading in headings}
    assert links
    assert [link for link in links if link not in {f"README.md#{anchor}" for anchor in anchors}] == []
    assert "(SECURITY.md)" in README
