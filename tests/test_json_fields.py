"""Typed members: the type that a format demands and no other, each refusal with member and place."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from trustconsole.errors import LimitExceeded, MalformedInput
from trustconsole.json_fields import (
    base64_member,
    is_given,
    list_member,
    object_member,
    text_member,
    whole_member,
)


def test_members_of_the_right_type_are_given_back() -> None:
    document = {"text": "a", "whole": 7, "object": {"b": 1}, "list": [1, 2], "bytes": "AAE="}
    assert text_member(document, "text", "x") == "a"
    assert whole_member(document, "whole", "x") == 7
    assert object_member(document, "object", "x") == {"b": 1}
    assert list_member(document, "list", "x", 2) == [1, 2]
    assert base64_member(document, "bytes", "x") == b"\x00\x01"


@pytest.mark.parametrize(
    ("read", "value"),
    [
        (text_member, 5),
        (text_member, None),
        (object_member, []),
        (whole_member, True),
        (whole_member, 1.0),
        (whole_member, "1"),
        (whole_member, -1),
        (whole_member, 2**63),
        (base64_member, ""),
        (base64_member, "AA"),
        (base64_member, "\ud800"),
    ],
)
def test_another_type_or_range_is_refused_with_member_and_place(
    read: Callable[[object, str, str], object], value: object
) -> None:
    with pytest.raises(MalformedInput) as caught:
        read({"field": value}, "field", "bundle.json")
    assert "field" in str(caught.value)
    assert "bundle.json" in str(caught.value)


@pytest.mark.parametrize("holder", [{}, [], "field", None])
def test_a_missing_member_is_refused_by_name(holder: object) -> None:
    with pytest.raises(MalformedInput, match="has no field"):
        text_member(holder, "field", "x")


def test_a_long_array_names_its_limit() -> None:
    with pytest.raises(LimitExceeded, match="limit of 1 entries"):
        list_member({"entries": [1, 2]}, "entries", "x", 1)


def test_null_is_not_given() -> None:
    assert [is_given({"a": None, "b": 0}, name) for name in ("a", "b", "c")] == [False, True, False]
