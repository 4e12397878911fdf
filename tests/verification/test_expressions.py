"""Expressions for identities: the same answers as `re` gives where both read them alike, in linear time."""

from __future__ import annotations

import re
from contextlib import suppress

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from trustconsole import limits
from trustconsole.errors import UsageError
from trustconsole.verification.expressions import compile_expression

CHARACTERS = st.sampled_from(["a", "b", ".", "[ab]", "[^a]", "[a-c]", r"\d", r"\W", r"\."])
PLACES = st.sampled_from(["^", "$", r"\b", "(?:)"])
SIGNS = st.sampled_from(["", "", "*", "+", "?", "{2}", "{1,2}", "{0,1}", "{2,}", "*?", "+?"])
PATTERNS = st.recursive(
    st.builds(str.__add__, CHARACTERS, SIGNS) | PLACES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map("".join),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: f"(?:{'|'.join(parts)})"),
        st.builds("({}){}".format, inner, SIGNS),
    ),
    max_leaves=8,
)
TEXTS = st.text(alphabet="abc1.-", max_size=8)


@given(PATTERNS, TEXTS)
def test_it_finds_what_re_finds(pattern: str, text: str) -> None:
    assume(text or r"\B" not in pattern)  # before Python 3.14, re's \B does not match in an empty text
    assert compile_expression(pattern).found_in(text) == (re.search(pattern, text) is not None)


@given(st.text(max_size=20), st.text(max_size=5), st.text(max_size=5))
def test_an_escaped_name_is_found_wherever_it_stands_and_nowhere_else(
    name: str, before: str, after: str
) -> None:
    expression = compile_expression(re.escape(name))
    assert expression.found_in(before + name + after)
    assert expression.found_in(after) == (name in after)


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        (r"a$", "a\n", False),
        (r"(?m)^b$", "a\nb\nc", True),
        (r"^b$", "a\nb\nc", False),
        (r"a.c", "a\nc", False),
        (r"(?s)a.c", "a\nc", True),
        (r"(?i)GitHub", "github", True),
        (r"(?i:G)itHub", "github", False),
        (r"(?i)[A-F]+\z", "xyzabc", True),
        (r"(?i)[[:upper:]]", "a", True),
        (r"(?i-i)A", "a", False),
        (r"[[:^digit:]]", "1", False),
        (r"[]a]", "]", True),
        (r"[a-]", "-", True),
        (r"[\d.]{3}", "1.2", True),
        (r"\x41\x{1F600}", "A\U0001f600", True),
        (r"(?P<name>a)(?<other>b)", "ab", True),
        (r"\d", "\u0663", False),
        (r"\s", "\u00a0", False),
        (r"a{,2}", "a{,2}", True),
        (r"\B", "", True),
        (r"a\Bb", "ab", True),
        (r"a\B", "a", False),
        (r"a{x}", "a{x}", True),
        (r"\Aa|b\Z", "xb", True),
        ("", "anything", True),
    ],
)
def test_where_re_differs_it_reads_as_re2_does(pattern: str, text: str, found: bool) -> None:
    assert compile_expression(pattern).found_in(text) is found


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("a(?=b)", "(?="),
        ("a(?!b)", "(?!"),
        ("(?<=a)b", "(?<"),
        ("(?<!a)b", "(?<"),
        ("(?P=name)", "(?P"),
        (r"(a)\1", r"\1"),
        (r"\p{L}", r"\p"),
        (r"\Qa\E", r"\Q"),
        ("a**", "repetition of a repetition"),
        ("*a", "repetition of nothing"),
        ("a|+", "repetition of nothing"),
        ("(a", "unclosed"),
        ("a)", "unopened"),
        ("[a", "end"),
        ("[b-a]", "reversed"),
        ("[[:none:]]", "class"),
        ("a{2,1}", "reversed"),
        ("a{1001}", "1000"),
        (r"\x4", r"\x"),
        (r"\x{110000}", "Unicode"),
        ("\\", "end"),
        ("(?P<a", "group name"),
        ("(" * 40 + ")" * 40, "nested"),
    ],
)
def test_what_is_malformed_or_not_re2_is_refused_with_its_offset(pattern: str, words: str) -> None:
    with pytest.raises(UsageError) as caught:
        compile_expression(pattern)
    assert words in caught.value.message
    assert caught.value.location is not None
    assert 0 <= (caught.value.location.offset or 0) <= len(pattern)


@given(st.text(alphabet="ab()[]{}|*+?^$.\\,-:<>P=!imszdwbx012", max_size=30))
def test_any_text_compiles_or_is_refused(pattern: str) -> None:
    with suppress(UsageError):
        assert compile_expression(pattern).found_in("ab") in (True, False)


@pytest.mark.parametrize(
    ("pattern", "anchored"),
    [
        (r"^a$", True),
        (r"\Aa\z", True),
        (r"\Aa\Z", True),
        (r"^(a|b)$", True),
        (r"(^a$|^b$)", True),
        (r"(?i)^a$", True),
        (r"^a|b$", False),
        (r"^a", False),
        (r"a$", False),
        (r"(?m)^a$", False),
        (r"^?a$", False),
        (r"(^)+a$", True),
        ("", False),
    ],
)
def test_anchored_means_that_a_match_is_the_whole_text(pattern: str, anchored: bool) -> None:
    assert compile_expression(pattern).anchored is anchored


@pytest.mark.parametrize("pattern", ["(a+)+$", "^(a|a)*$", "(.*)(.*)(.*)(.*)(.*)b", "(a?){300}a{300}b"])
def test_no_expression_takes_more_steps_than_states_times_characters(pattern: str) -> None:
    """Each would hold `re` for longer than the machine lasts; that this returns at all is the test."""
    assert not compile_expression(pattern).found_in("a" * (limits.IDENTITY_CHARS - 1) + "c")


@pytest.mark.parametrize("pattern", ["(a{1000}){1000}", "((a|b){500}){500}"])
def test_a_program_that_would_grow_too_large_is_refused(pattern: str) -> None:
    with pytest.raises(UsageError, match="limit of 4000 steps"):
        compile_expression(pattern)


def test_a_long_expression_is_refused_and_an_empty_repetition_costs_nothing() -> None:
    with pytest.raises(UsageError, match="limit of 1024"):
        compile_expression("a" * (limits.EXPRESSION_CHARS + 1))
    assert compile_expression("(((){1000}){1000}){1000}b").found_in("b")
