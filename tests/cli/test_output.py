"""Layout, colours and signs, without any command."""

from __future__ import annotations

import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.cli.running import Terminal

from trustconsole.cli import signs
from trustconsole.cli.output import Stream
from trustconsole.cli.progress import PATIENCE_SECONDS, Progress
from trustconsole.cli.signs import ACCEPT, REJECT, Sign
from trustconsole.cli.styled import Span, Styled, cells, cut_middle, wrap
from trustconsole.cli.table import Column, print_table

SIGNS = [sign for sign in vars(signs).values() if isinstance(sign, Sign)]


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def _stream(*, colour: bool = False, unicode: bool = True, width: int | None = None) -> Stream:
    return Stream(io.StringIO(), colour=colour, unicode=unicode, width=width)


def _written(stream: Stream) -> str:
    assert isinstance(stream.file, io.StringIO)
    return stream.file.getvalue()


def _styled(text: str) -> Styled:
    return Styled((Span(text),))


def test_signs_are_one_cell_and_have_ascii_stand_ins_and_words() -> None:
    assert len(SIGNS) >= 7
    for sign in SIGNS:
        assert cells(sign.glyph) == len(sign.glyph) == 1
        assert len(sign.plain) == 1
        assert sign.plain.isascii()
        assert sign.word


def test_the_ascii_signs_of_different_states_differ() -> None:
    assert len({sign.plain for sign in SIGNS}) == len(SIGNS)


def test_a_stream_without_unicode_writes_ascii_only() -> None:
    stream = _stream(unicode=False)
    stream.row(stream.state(REJECT), stream.text("… · → Größe"))
    assert _written(stream) == "x reject... - -> Gr\\xf6\\xdfe\n"


@pytest.mark.parametrize("sign", SIGNS, ids=lambda sign: sign.word)
def test_every_sign_is_coloured_by_its_role_and_reset_on_its_line(sign: Sign) -> None:
    stream = _stream(colour=True)
    stream.line(stream.state(sign))
    shown = _written(stream)
    assert re.sub(r"\x1b\[\d+m", "", shown) == f"{sign.glyph} {sign.word}\n"
    assert shown.endswith("\x1b[0m\n") == (sign.role != "")


@pytest.mark.parametrize(
    ("environment", "coloured"),
    [({}, True), ({"NO_COLOR": "1"}, False), ({"NO_COLOR": ""}, True), ({"TERM": "dumb"}, False)],
)
def test_colours_need_a_terminal_that_wants_them(
    environment: dict[str, str], coloured: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert Stream.of(Terminal(io.BytesIO(), encoding="utf-8")).colour is coloured
    assert Stream.of(io.TextIOWrapper(io.BytesIO(), encoding="utf-8")).colour is False


@pytest.mark.parametrize(
    ("columns", "width"), [("100", 100), ("0", 80), ("", 80), ("-5", 80), ("x", 80), ("3", 40), ("٣", 80)]
)
def test_the_width_is_what_columns_says_where_it_is_a_number(
    columns: str, width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    assert Stream.of(Terminal(io.BytesIO(), encoding="utf-8")).width == width


def test_a_stream_that_is_no_terminal_is_not_wrapped() -> None:
    stream = Stream.of(io.TextIOWrapper(io.BytesIO(), encoding="utf-8"))
    assert stream.width is None


@pytest.mark.parametrize(("encoding", "unicode"), [("utf-8", True), ("ascii", False), ("latin-1", False)])
def test_only_utf_8_gets_unicode_signs(encoding: str, unicode: bool) -> None:
    assert Stream.of(io.TextIOWrapper(io.BytesIO(), encoding=encoding)).unicode is unicode


@given(st.text(), st.integers(1, 40))
def test_a_cut_text_fits_and_a_text_that_fits_is_not_cut(text: str, width: int) -> None:
    cut = cut_middle(text, width)
    assert cells(cut) <= width
    if cells(text) <= width:
        assert cut == text


def test_a_cut_keeps_both_ends() -> None:
    assert cut_middle("stats-aggregator-1.2.0.jar", 12) == "stats-….0.jar"[:6] + "…" + "0.jar"


@given(st.lists(st.text("ab", min_size=1, max_size=9), min_size=1), st.integers(9, 40))
def test_wrapped_lines_fit_and_lose_no_word(words: list[str], width: int) -> None:
    lines = wrap(_styled(" ".join(words)), width)
    assert all(line.cells <= width for line in lines)
    assert " ".join(line.plain for line in lines).split() == words


def test_a_row_is_wrapped_under_its_own_first_word() -> None:
    stream = _stream(width=20)
    stream.row(_styled("  next  "), _styled("sign it again with author A"))
    assert _written(stream) == "  next  sign it\n        again with\n        author A\n"


def test_a_digest_that_does_not_fit_beside_its_label_stays_whole_below_it() -> None:
    stream = _stream(width=80)
    digest = "a" * 64
    stream.row(_styled("  a very long label for it  "), _styled(digest))
    assert _written(stream) == f"  a very long label for it\n{' ' * 16}{digest}\n"


def test_a_table_gives_up_columns_in_their_order_before_it_cuts_and_never_a_verdict() -> None:
    columns = (Column("verdict"), Column("name", least=6), Column("signer", least=6, leaves=1))
    rows = [[_styled("unsigned-allowed"), _styled("a-long-module-name"), _styled("someone@example.net")]]

    def shown(width: int | None) -> list[str]:
        stream = _stream(width=width)
        print_table(stream, columns, rows)
        return _written(stream).splitlines()

    assert shown(None)[1] == "unsigned-allowed  a-long-module-name  someone@example.net"
    assert shown(50)[1] == "unsigned-allowed  a-long-…le-name  someone…ple.net"
    assert shown(26)[1] == "unsigned-allowed  a-lo…ame"
    assert shown(10)[1].startswith("unsigned-allowed")


def test_wide_characters_count_two_cells_in_a_table() -> None:
    stream = _stream()
    print_table(
        stream, (Column(""), Column("")), [[_styled("漢字"), _styled("x")], [_styled("abc"), _styled("y")]]
    )
    assert _written(stream) == "漢字  x\nabc   y\n"


def _progress(width: int | None) -> tuple[Stream, Progress, Clock]:
    clock = Clock()
    stream = _stream(width=width)
    return stream, Progress(stream, "verifying", monotonic=clock), clock


def test_work_that_is_short_shows_no_progress() -> None:
    stream, progress, clock = _progress(80)
    progress.tell(1, 10)
    clock.now = PATIENCE_SECONDS - 0.01
    progress.tell(2, 10)
    progress.clear()
    assert _written(stream) == ""


def test_long_work_shows_how_far_it_is_and_takes_the_bar_away() -> None:
    stream, progress, clock = _progress(80)
    clock.now = PATIENCE_SECONDS + 0.01
    progress.tell(1234, 10_000)
    progress.clear()
    progress.clear()
    bar, blank, _ = _written(stream).removeprefix("\r").split("\r")
    assert bar.startswith("verifying")
    assert "1,234 of 10,000" in bar
    assert blank.strip() == ""
    assert len(bar) <= len(blank) < 80


def test_the_bar_is_not_redrawn_more_often_than_eyes_can_follow() -> None:
    stream, progress, clock = _progress(80)
    for step in range(1, 1000):
        clock.now = PATIENCE_SECONDS + step / 1000
        progress.tell(step, 1000)
    assert _written(stream).count("of 1,000") <= 11


def test_without_a_terminal_there_is_no_progress() -> None:
    stream, progress, clock = _progress(None)
    clock.now = 10
    progress.tell(1, 10)
    progress.clear()
    assert _written(stream) == ""


def test_states_say_their_word() -> None:
    assert _stream().state(ACCEPT).plain == "✓ accept"
