"""What was done to a log of a thousand records is found, at every place, and called by its name."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.records.audit_logs import lines_of

from trustconsole.records.audit_chain import AuditVerification, verify_chain
from trustconsole.records.audit_records import AuditRecord, parse_record

COUNT = 1_000
LINES = lines_of(COUNT)
PLACES = [0, 1, 2, COUNT // 2, COUNT - 3, COUNT - 2]
"""First, early, middle, late; the last record has tests of its own."""


def judged(lines: list[bytes], head: str | None = None) -> AuditVerification:
    return verify_chain(b"".join(lines), head)


def record_of(line: bytes) -> AuditRecord:
    record = parse_record(line.rstrip(b"\n"))
    assert record is not None
    return record


def test_an_untouched_log_is_whole() -> None:
    found = judged(LINES)
    assert (found.ok, found.count, found.head) == (True, COUNT, record_of(LINES[-1]).hash)


@pytest.mark.parametrize("place", [*PLACES, COUNT - 1])
@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"change ", b"chance "),
        (b'"reason": ', b'"reason":  '),
        (b'"seq": ', b'"seq":\t'),
        (b"ann", b"bob"),
        (b"2026", b"2027"),
        (b'"details": {}', b'"details": {"a": "b"}'),
        (b"trust", b"t\\u0072ust"),
        (b'"after": null', b'"after": null, "after": null'),
    ],
)
def test_an_edit_is_found(place: int, old: bytes, new: bytes) -> None:
    line = LINES[place].replace(old, new, 1)
    assert line != LINES[place]
    found = judged([*LINES[:place], line, *LINES[place + 1 :]])
    assert (found.ok, found.damage, found.record) == (False, "edited", place + 1)
    assert str(place + 1) in str(found.problem)


@pytest.mark.parametrize("place", PLACES)
def test_an_edit_with_a_new_hash_is_found_by_the_next_record(place: int) -> None:
    before = record_of(LINES[place - 1]) if place else None
    record = record_of(LINES[place])
    forged = AuditRecord(
        *(1, record.time, record.operator, "nothing", None, None, None, "harmless")
    ).following(before)
    found = judged([*LINES[:place], forged.line(), *LINES[place + 1 :]])
    assert (found.ok, found.damage, found.record) == (False, "edited", place + 1)


@pytest.mark.parametrize(
    ("place", "count"), [(place, count) for place in PLACES for count in (1, 2) if place + count < COUNT]
)
def test_a_deletion_is_found(place: int, count: int) -> None:
    found = judged([*LINES[:place], *LINES[place + count :]])
    assert (found.ok, found.damage, found.record) == (False, "deleted", place + 1)
    assert str(count) in str(found.problem)


@pytest.mark.parametrize("place", [*PLACES, COUNT - 1])
@pytest.mark.parametrize("source", [0, COUNT // 3, COUNT - 1])
def test_a_copy_put_in_is_found(place: int, source: int) -> None:
    found = judged([*LINES[:place], LINES[source], *LINES[place:]])
    assert not found.ok
    assert found.damage == "inserted"
    assert found.record in (place + 1, place + 2)  # two equal lines: either is the copy


@pytest.mark.parametrize("place", PLACES)
def test_a_forged_record_put_in_is_found(place: int) -> None:
    before = record_of(LINES[place - 1]) if place else None
    record = record_of(LINES[place])
    forged = AuditRecord(
        *(1, record.time, record.operator, "nothing", None, None, None, "harmless")
    ).following(before)
    found = judged([*LINES[:place], forged.line(), *LINES[place:]])
    assert (found.ok, found.damage) == (False, "inserted")
    garbage = judged([*LINES[:place], b"no record\n", *LINES[place:]])
    assert (garbage.ok, garbage.damage, garbage.record) == (False, "inserted", place + 1)


@pytest.mark.parametrize(("first", "second"), [(0, 1), (0, COUNT - 1), (3, 500), (COUNT - 2, COUNT - 1)])
def test_two_records_that_changed_places_are_found(first: int, second: int) -> None:
    lines = list(LINES)
    lines[first], lines[second] = lines[second], lines[first]
    found = judged(lines)
    assert (found.ok, found.damage, found.record) == (False, "reordered", first + 1)


@pytest.mark.parametrize(
    ("source", "place"), [(0, COUNT - 1), (10, 20), (500, 501), (COUNT - 1, 0), (20, 10)]
)
def test_a_record_that_was_moved_is_found(source: int, place: int) -> None:
    lines = list(LINES)
    lines.insert(place, lines.pop(source))
    found = judged(lines)
    assert (found.ok, found.damage) == (False, "reordered")


@pytest.mark.parametrize("kept", [0, 1, COUNT // 2, COUNT - 1])
def test_a_missing_end_is_found_only_with_a_head(kept: int) -> None:
    head = record_of(LINES[-1]).hash
    alone = judged(LINES[:kept])
    assert alone.ok
    assert "head" in alone.remark
    found = judged(LINES[:kept], head)
    assert (found.ok, found.damage, found.record) == (False, "truncated", kept + 1)


def test_a_log_that_was_written_anew_is_found_only_with_a_head() -> None:
    anew: list[bytes] = []
    last: AuditRecord | None = None
    for line in LINES[:10]:
        record = record_of(line)
        forged = AuditRecord(1, record.time, record.operator, "nothing", None, None, None, "harmless")
        last = forged.following(last)
        anew.append(last.line())
    assert judged(anew).ok
    assert judged(anew, record_of(LINES[9]).hash).damage == "truncated"


def test_a_log_that_went_on_after_the_head_is_whole() -> None:
    found = judged(LINES, record_of(LINES[COUNT - 4]).hash)
    assert found.ok
    assert found.remark.startswith("3 records came after the given head")
    assert judged(LINES, record_of(LINES[-1]).hash).remark == ""


@pytest.mark.parametrize("cut", [1, 2, 200])
def test_an_incomplete_last_line_is_called_torn(cut: int) -> None:
    found = judged([*LINES[:-1], LINES[-1][:-cut]])
    assert (found.ok, found.damage, found.record) == (False, "torn", COUNT)


SMALL = LINES[:6]


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_no_change_of_any_byte_goes_unseen(data: st.DataObject) -> None:
    whole = b"".join(SMALL)
    place = data.draw(st.integers(0, len(whole) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda one: one != whole[place]))
    assert not verify_chain(whole[:place] + bytes([byte]) + whole[place + 1 :]).ok


@settings(max_examples=300, deadline=None)
@given(st.lists(st.integers(0, len(SMALL) - 1), max_size=9))
def test_only_a_beginning_of_the_log_is_whole(order: list[int]) -> None:
    assert judged([SMALL[number] for number in order]).ok == (order == list(range(len(order))))


@given(st.binary(max_size=300))
def test_any_bytes_get_an_answer(data: bytes) -> None:
    assert verify_chain(data).ok == (data == b"")


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(
            st.text(max_size=20), st.text(max_size=20), st.dictionaries(st.text(max_size=5), st.text())
        ),
        max_size=5,
    )
)
def test_any_texts_come_back_as_they_were(entries: list[tuple[str, str, dict[str, str]]]) -> None:
    last: AuditRecord | None = None
    for action, reason, details in entries:
        template = record_of(SMALL[0])
        record = AuditRecord(
            *(1, template.time, template.operator, action, None, None, None), reason=reason, details=details
        ).following(last)
        assert parse_record(record.line().rstrip(b"\n")) == record
        last = record
