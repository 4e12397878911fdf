"""No string reaches a widget: Textual would read markup in it and pass its control bytes on."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import trustconsole.console

ROOM = Path(trustconsole.console.__file__).parent
TEXT_WIDGETS = {
    *("Static", "Label", "Button", "Checkbox", "RadioButton", "DataTable", "OptionList", "SelectionList"),
    *("Select", "Tree", "Collapsible", "TabPane", "RichLog", "Log", "Markdown", "Pretty", "Header", "Footer"),
    *("Link", "Placeholder", "Digits", "TextArea", "Toast", "Tooltip", "ListItem"),
}
CONTENT_MAKERS = {"from_markup", "from_text", "from_rich_text", "assemble"}


def trees() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(ROOM.rglob("*.py")):
        yield path.relative_to(ROOM).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def calls(tree: ast.Module, name: str) -> list[ast.Call]:
    return [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and (node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")) == name
    ]


def test_only_display_touches_textuals_widgets_for_text() -> None:
    for name, tree in trees():
        imported = {
            alias.name
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and node.module == "textual.widgets"
            for alias in node.names
        }
        assert not imported & TEXT_WIDGETS or (name, imported) == ("display.py", {"Static"}), name


def test_update_is_called_in_one_place_and_notify_in_another() -> None:
    for name, tree in trees():
        assert not calls(tree, "update") or name == "display.py", name
        assert not calls(tree, "notify") or name == "app.py", name
        assert not calls(tree, "add_row"), name


def test_notes_are_escaped_and_never_read_as_markup() -> None:
    tree = dict(trees())["app.py"]
    (note,) = calls(tree, "notify")
    assert ast.unparse(note.args[0]) == "self.show_as.plain(words)"
    assert {k.arg: ast.unparse(k.value) for k in note.keywords}["markup"] == "False"


def test_nothing_sets_titles_borders_or_tooltips_of_textuals_own() -> None:
    forbidden = {"border_title", "border_subtitle", "tooltip", "sub_title", "placeholder"}
    for name, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, (ast.Assign, ast.AnnAssign)):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                assert not any(isinstance(t, ast.Attribute) and t.attr in forbidden for t in targets), name


def test_content_is_made_from_constants_or_by_display() -> None:
    for name, tree in trees():
        if name == "display.py":
            continue
        assert not any(calls(tree, maker) for maker in CONTENT_MAKERS), name
        for call in calls(tree, "Content"):
            assert isinstance(call.args[0], (ast.Constant, ast.BinOp, ast.IfExp, ast.Name)), (
                name,
                ast.unparse(call),
            )
            assert (
                not any(
                    isinstance(n, (ast.JoinedStr, ast.Attribute))
                    for n in ast.walk(call.args[0])
                    if n is not call
                )
                or "len(" in ast.unparse(call)
                or "cell_length" in ast.unparse(call)
                or "column" in ast.unparse(call)
            ), (name, ast.unparse(call))


def test_the_console_knows_only_the_rooms_it_may() -> None:
    allowed = (
        "trustconsole.api",
        "trustconsole.commands",
        "trustconsole.errors",
        "trustconsole.text",
        "trustconsole.console",
    )
    for name, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("trustconsole"):
                assert node.module.startswith(allowed), (name, node.module)
                assert not node.module.startswith("trustconsole.api."), (name, node.module)
