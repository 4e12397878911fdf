"""Files, functions and classes stay small enough to be read, and nothing unfinished is left in them."""

from __future__ import annotations

import ast
import re
import tokenize
from collections import Counter
from collections.abc import Iterator

from tests.architecture.source_tree import SourceFile, files_of_tests, package_files, statements

FILE_LINES = 400
FUNCTION_STATEMENTS = 40
PUBLIC_METHODS = 15

# Where any exception at all ends: neither place ever shows a local variable. The console's own is no `except`
# but `ConsoleApp._fatal_error`, which Textual calls.
TOP_LEVEL_HANDLERS = Counter({"src/trustconsole/cli/main.py": 1})

# Textual calls these by name; they are no interface that anyone else uses.
_CALLED_BY_TEXTUAL = re.compile(r"(action|watch|validate|compute|on|check|key)_\w+|compose|render(_lines?)?")
_UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")


def test_no_file_is_longer_than_400_lines() -> None:
    long = {
        file.name: lines
        for file in [*package_files(), *files_of_tests()]
        if (lines := len(file.text.splitlines())) > FILE_LINES
    }
    assert long == {}


def test_no_function_has_more_than_40_statements() -> None:
    long = {
        f"{file.name}:{function.lineno} {function.name}": count
        for file in [*package_files(), *files_of_tests()]
        for function in file.functions()
        if (count := statements(function)) > FUNCTION_STATEMENTS
    }
    assert long == {}


def test_no_class_has_more_than_15_public_methods() -> None:
    wide = {
        f"{file.name}:{cls.lineno} {cls.name}": names
        for file in package_files()
        for cls in file.classes()
        if len(names := _public_methods(cls)) > PUBLIC_METHODS
    }
    assert wide == {}


def _public_methods(cls: ast.ClassDef) -> list[str]:
    return [
        node.name
        for node in cls.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and not node.name.startswith("_")
        and not _CALLED_BY_TEXTUAL.fullmatch(node.name)
        and not any(_names(decorator) & {"on"} for decorator in node.decorator_list)
    ]


def test_every_module_says_why_it_exists() -> None:
    assert [file.name for file in package_files() if not ast.get_docstring(file.tree)] == []


def test_any_exception_at_all_is_caught_only_in_the_top_level_handlers() -> None:
    found = Counter(file.name for file in package_files() for _ in _broad_handlers(file))
    assert found == TOP_LEVEL_HANDLERS


def _broad_handlers(file: SourceFile) -> Iterator[ast.AST]:
    """`except:`, `except Exception`, `except (…, BaseException)` and `suppress(Exception)`."""
    for node in ast.walk(file.tree):
        if isinstance(node, ast.ExceptHandler):
            if node.type is None or _names(node.type) & {"Exception", "BaseException"}:
                yield node
        elif (
            isinstance(node, ast.Call)
            and "suppress" in _names(node.func)
            and any(_names(argument) & {"Exception", "BaseException"} for argument in node.args)
        ):
            yield node


def _names(expression: ast.AST) -> set[str]:
    names = {node.id for node in ast.walk(expression) if isinstance(node, ast.Name)}
    return names | {node.attr for node in ast.walk(expression) if isinstance(node, ast.Attribute)}


def test_nothing_unfinished_is_left_in_the_package() -> None:
    marked = [
        f"{file.name}:{token.start[0]} {token.string.strip()}"
        for file in package_files()
        for token in _tokens(file)
        if token.type in (tokenize.COMMENT, tokenize.STRING) and _UNFINISHED.search(token.string)
    ]
    stubs = [
        f"{file.name}:{node.lineno}"
        for file in package_files()
        for node in ast.walk(file.tree)
        if isinstance(node, ast.Name) and node.id == "NotImplementedError"
    ]
    assert marked + stubs == []


def _tokens(file: SourceFile) -> Iterator[tokenize.TokenInfo]:
    return tokenize.generate_tokens(iter(file.text.splitlines(keepends=True)).__next__)


def test_only_the_door_for_untrusted_text_and_the_two_faces_write_to_the_terminal() -> None:
    printing = {
        file.name.split("/")[2]
        for file in package_files()
        for node in ast.walk(file.tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    }
    assert printing <= {"cli", "__main__.py"}
