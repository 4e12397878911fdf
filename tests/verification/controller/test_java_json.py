"""The JSON reader against Python's own on valid documents, and against anything at all."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.verification.controller.bench import Setup, ec_key, key_block

from trustconsole.trust_root import CannotPredict
from trustconsole.verification.controller.java_json import MISSING, JavaJsonError, read_tree
from trustconsole.verification.controller.json_nodes import (
    as_long,
    as_text,
    is_blank,
    java_double,
    java_trim,
    java_utf8,
)

SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
)
DOCUMENTS = st.recursive(
    SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20
)
ROOT = key_block(ec_key(1))


def read(text: bytes | str) -> Any:
    return read_tree(text.encode() if isinstance(text, str) else text)


@given(DOCUMENTS, st.booleans(), st.sampled_from(["utf-8", "utf-8-sig"]))
def test_valid_documents_read_as_json_loads_reads_them(
    document: Any, ascii_only: bool, encoding: str
) -> None:
    text = json.dumps(document, ensure_ascii=ascii_only)
    if not ascii_only:
        text = text.encode("utf-8", "replace").decode()
    data = text.encode(encoding)
    if len(data) < 4:
        data = text.encode()
    assert read_tree(data) == json.loads(text)


@given(st.dictionaries(st.text(st.characters(codec="utf-8")), st.integers(), min_size=1))
def test_wide_encodings_are_recognised_without_a_mark(document: dict[str, int]) -> None:
    text = json.dumps(document, indent=1)
    for encoding in ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be", "utf-16", "utf-32"):
        assert read_tree(text.encode(encoding)) == document


@given(st.binary(max_size=200))
def test_no_bytes_make_the_reader_raise_anything_but_its_own_errors(data: bytes) -> None:
    for document in (data, b'{"a":"' + data, b"[" + data):
        try:
            read_tree(document)
        except (JavaJsonError, CannotPredict):
            continue


@given(st.binary(max_size=300))
def test_no_sidecar_makes_the_verdict_raise(data: bytes) -> None:
    for sidecar in (data, b'{"base64Signature":"AAAA","cert":"' + data + b'"}'):
        assert Setup(sidecar, ROOT).judge().verdict in ("reject", "error", "unknown")
        assert Setup(sidecar, ROOT, "KEYED").judge().verdict in ("reject", "error")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a":1,"a":2}', {"a": 2}),
        ("1 x", 1),
        ("true}", True),
        ('"\\ud83d\\ude00"', "\U0001f600"),
        ("-0", 0),
        ("[1e400]", [math.inf]),
    ],
)
def test_the_first_value_is_read_and_nothing_after_it(text: str, value: object) -> None:
    assert read(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "01",
        "1.",
        ".5",
        "+1",
        "-",
        "1x",
        "truex",
        "nul",
        '{"a"}',
        "[1,]",
        '"\\x"',
        '"\t"',
        "'a'",
        "[",
        "]",
        "\x0b1",
    ],
)
def test_what_is_no_json_is_refused(text: str) -> None:
    with pytest.raises(JavaJsonError):
        read(text)


def test_nothing_but_space_is_a_missing_node() -> None:
    assert read(b"") is MISSING
    assert read(" \r\n\t") is MISSING


def test_a_document_of_brackets_needs_no_recursion() -> None:
    with pytest.raises(JavaJsonError, match="deeper than 1000"):
        read(b"[" * 3_000_000)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1.0, "1.0"),
        (-0.0, "-0.0"),
        (1e7, "1.0E7"),
        (9999999.0, "9999999.0"),
        (0.001, "0.001"),
        (0.00099, "9.9E-4"),
        (1.5e300, "1.5E300"),
        (5e-324, "4.9E-324"),
        (2e-323, "2.0E-323"),
        (123456.789, "123456.789"),
        (math.inf, "Infinity"),
    ],
)
def test_doubles_are_written_as_java_writes_them(value: float, text: str) -> None:
    assert java_double(value) == text


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_written_double_reads_back(value: float) -> None:
    assert float(java_double(value)) == value


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (42.9, 42),
        (-42.9, -42),
        (True, None),
        ("1", None),
        (1 << 63, None),
        (-(1 << 63), -(1 << 63)),
        (1e400, None),
        (9.223372036854775807e18, (1 << 63) - 1),
        (None, None),
        ([], None),
    ],
)
def test_numbers_are_cut_to_whole_ones_within_64_bits(value: Any, number: int | None) -> None:
    assert as_long(value) == number


def test_scalars_have_a_text_and_containers_an_empty_one() -> None:
    assert [as_text(value) for value in (True, 12, 1.5, "x", None, MISSING)] == [
        "true",
        "12",
        "1.5",
        "x",
        None,
        None,
    ]
    assert as_text([]) == as_text({"a": 1}) == ""


def test_java_text_rules_differ_from_pythons() -> None:
    assert not is_blank("\u00a0")
    assert is_blank(" \u2003\x1c")
    assert java_trim("\x00 a\u00a0\x1f") == "a\u00a0"
    assert java_utf8("a\ud800b") == b"a?b"
