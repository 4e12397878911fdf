"""The arithmetic of the screen: columns leave in order, heights add up, text is cut where it may be."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from tests.console.workbench import clock
from textual.content import Content

from trustconsole.console.columns import GAP, fit
from trustconsole.console.display import Display, join
from trustconsole.console.panes import BundlesView, RestartsView
from trustconsole.console.sheet import Sheet, lay_out
from trustconsole.console.stack import LEAST, stack_heights

SHOW = Display(unicode=True, clock=clock)
COLUMNS = BundlesView.columns
WANTED = (1, 20, 8, 16, 16, 3, 24)
TITLES = [column.title for column in COLUMNS]


def shown_at(width: int) -> list[str]:
    return [title for title, size in zip(TITLES, fit(COLUMNS, WANTED, width), strict=True) if size]


def test_columns_leave_in_the_order_signer_version_controller() -> None:
    assert shown_at(120) == ["", "module", "version", "documented", "controller", "signer"]
    assert shown_at(67) == ["", "module", "version", "documented", "controller"]
    assert shown_at(57) == ["", "module", "documented", "controller"]
    assert shown_at(45) == ["", "module", "documented", "ctl"]


@given(st.integers(45, 300))
def test_a_table_never_gets_wider_than_its_place_and_never_cuts_a_verdict(width: int) -> None:
    sizes = fit(COLUMNS, WANTED, width)
    used = [size for size in sizes if size]
    assert sum(used) + GAP * (len(used) - 1) <= width
    assert sizes[TITLES.index("documented")] == 16


@given(
    st.lists(st.integers(0, 80), min_size=4, max_size=4), st.integers(12, 120), st.sampled_from([None, 0, 3])
)
def test_heights_always_add_up_and_every_pane_keeps_two_rows(
    rows: list[int], total: int, focused: int | None
) -> None:
    heights = stack_heights(total, [min(row, 5) for row in rows], rows, focused)
    assert sum(heights) == total
    assert all(height >= LEAST + 1 for height in heights)


def test_what_must_be_read_comes_before_what_could_be_shown() -> None:
    heights = stack_heights(30, [4, 9, 3, 2], [4, 9, 60, 2], None)
    assert heights[0] >= 5
    assert heights[1] >= 10
    assert heights[2] == 30 - heights[0] - heights[1] - heights[3]


@given(st.text(max_size=60), st.integers(1, 40))
def test_cut_text_is_never_wider_than_its_place(text: str, width: int) -> None:
    content = SHOW.text(text)
    assert SHOW.cut_middle(content, width).cell_length <= width
    assert SHOW.cut_end(content, width).cell_length <= width


def test_the_middle_is_given_up_so_that_both_ends_stay() -> None:
    assert SHOW.cut_middle(SHOW.text("8f2c91ab00000000000052aa07fe"), 11).plain == "8f2c9…a07fe"
    assert Display(unicode=False, clock=clock).cut_end(Content("abcdefgh"), 6).plain == "abc..."


@given(st.text(max_size=200))
def test_shown_text_is_printable_and_has_no_style_of_its_own(text: str) -> None:
    content = SHOW.text(text)
    assert content.plain.isprintable()
    assert not content.spans
    assert Display(unicode=False, clock=clock).plain(text).isascii()


def test_paragraphs_hang_under_their_first_line() -> None:
    sheet = Sheet(SHOW, SHOW.text("title"))
    sheet.row(
        SHOW.text("✓ key  "), SHOW.text("matches a key that is written a little further down in the file")
    )
    rows = [row.plain for row in lay_out(sheet, 40)]
    assert len(rows) > 1
    assert rows[0].startswith("✓ key  matches")
    assert all(row.startswith("       ") and len(row) <= 40 for row in rows[1:])


def test_joined_content_keeps_its_styles() -> None:
    both = join(SHOW.text("a", "bold"), SHOW.text("b"))
    assert both.plain == "ab"
    assert len(both.spans) == 1


def test_a_digest_is_never_broken_where_a_line_of_its_own_would_hold_it() -> None:
    digest = "77ab" * 16
    sheet = Sheet(SHOW, SHOW.text("title"))
    sheet.row(SHOW.text(f"{'file_sha256 = ':>30}"), SHOW.text(digest))
    sheet.row(SHOW.text("✗ rekor.binding  "), SHOW.text(f"the entry is about {digest} and not this"))
    rows = [row.plain for row in lay_out(sheet, 66)]
    assert rows[0].strip() == "file_sha256 ="
    assert rows[1].strip() == digest
    assert [row.strip() for row in rows[2:]] == [
        "✗ rekor.binding  the entry is about",
        digest,
        "and not this",
    ]
    assert all(len(row) <= 66 for row in rows)


def test_how_long_a_node_is_up_leaves_before_the_reason_is_cut() -> None:
    wanted = [1, 12, 7, 9, 52]
    assert fit(RestartsView.columns, wanted, 46)[3] == 0
    assert fit(RestartsView.columns, wanted, 100)[3:] == (9, 52)
