"""Strict Base64 and JSON: the laws they keep, and what they refuse with which place."""

from __future__ import annotations

import base64
import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trustconsole.errors import InputError, LimitExceeded, MalformedInput
from trustconsole.strict_text import strict_base64, strict_json

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(st.binary(min_size=1))
def test_what_base64_encodes_is_read_back(data: bytes) -> None:
    assert strict_base64(base64.b64encode(data), "x") == data


@given(st.binary())
def test_whatever_is_accepted_is_the_only_spelling_of_its_bytes(text: bytes) -> None:
    try:
        decoded = strict_base64(text, "x")
    except MalformedInput:
        return
    assert base64.b64encode(decoded) == text


@pytest.mark.parametrize(
    ("text", "offset"),
    [
        (b"QUJD\n", 4),
        (b"QU D", 2),
        (b"QQ-_", 2),
        (b"QR==", 3),
        (b"QUI", 3),
        (b"", 0),
        (b"QQ==QQ==", 8),
    ],
)
def test_bad_base64_is_refused_at_its_place(text: bytes, offset: int) -> None:
    with pytest.raises(MalformedInput) as caught:
        strict_base64(text, "x")
    assert caught.value.location is not None
    assert caught.value.location.offset == offset


@given(JSON_VALUES)
def test_json_that_others_write_is_read_alike(value: object) -> None:
    assert strict_json(json.dumps(value).encode(), "x") == value


@given(st.binary())
def test_arbitrary_bytes_are_read_or_refused_never_worse(data: bytes) -> None:
    with suppress(InputError):
        strict_json(data, "x")


@pytest.mark.parametrize(
    ("document", "word"),
    [
        (b'{"a":1,"a":2}', "twice"),
        (b'{"a":1} x', "further bytes"),
        (b"\xef\xbb\xbf{}", "byte order mark"),
        (b'{"a":NaN}', "NaN"),
        (b"\xff{}", "UTF-8"),
        (b'{"a":' + b"9" * 5000 + b"}", "number"),
        (b"{'a':1}", "not JSON"),
    ],
)
def test_what_strict_json_refuses_is_named(document: bytes, word: str) -> None:
    with pytest.raises(MalformedInput, match=word):
        strict_json(document, "x")


def test_depth_is_bounded_and_brackets_inside_strings_do_not_count() -> None:
    with pytest.raises(LimitExceeded, match="32"):
        strict_json(b"[" * 33 + b"]" * 33, "x")
    assert strict_json(b'["' + b"[" * 99 + b'"]', "x") == ["[" * 99]
    with pytest.raises(LimitExceeded):
        strict_json(b"[" * 200_000, "x")
