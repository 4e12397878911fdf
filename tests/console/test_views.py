"""What the panes say, without a screen: rows, summaries, the gravest sign, details."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from tests.console.workbench import NOW, clock, module, nodes, row, snapshot

from trustconsole.api import DOCUMENTED_MATRIX, Finding, ModuleRow
from trustconsole.console.display import Display
from trustconsole.console.headline import headline, in_force, status
from trustconsole.console.panes import (
    VIEWS,
    BundlesView,
    ConfigurationView,
    ProfileView,
    RestartsView,
    TrustRootView,
)
from trustconsole.console.panes.trust_root import block_state
from trustconsole.console.sheet import Sheet, as_text
from trustconsole.console.signs import ACCEPT, DIFFER, REJECT, RESTART, SIGNS, UNKNOWN, WARN, gravest
from trustconsole.console.view import View
from trustconsole.text import sentence

SHOW = Display(unicode=True, clock=clock)
ASCII = Display(unicode=False, clock=clock)


def words(sheet: Sheet) -> str:
    return " ".join(as_text(sheet).split())


def test_every_sign_has_its_own_glyph_its_own_ascii_and_a_word() -> None:
    assert len({sign.glyph for sign in SIGNS}) == len(SIGNS)
    assert len({sign.plain for sign in SIGNS}) == len(SIGNS)
    assert all(
        sign.word and len(sign.glyph) == 1 and sign.plain.isascii() and len(sign.plain) == 1 for sign in SIGNS
    )


def test_unknown_is_never_taken_for_good() -> None:
    assert gravest([]) is UNKNOWN
    assert gravest([ACCEPT, UNKNOWN]) is UNKNOWN
    assert gravest([ACCEPT, REJECT, DIFFER]) is DIFFER


def test_the_trust_root_names_each_block_by_fingerprint_and_author() -> None:
    view = TrustRootView(snapshot(), SHOW)
    first = [cell.plain for cell in view.cells(view.items[0])]
    assert first[0] == "✓"
    assert first[2] == str(view.items[0].fingerprint)[:8]
    assert "author A" in first[4]
    assert view.summary().plain == "4 trusted"
    assert view.worst() is WARN


def test_a_block_that_expires_soon_warns_and_says_when() -> None:
    view = TrustRootView(snapshot(), SHOW)
    soon = next(block for block in view.items if block.not_after and (block.not_after - NOW).days < 90)
    cells = [cell.plain for cell in view.cells(soon)]
    assert cells[0] == "⚠"
    assert cells[-1].startswith("expires in ")


def test_an_ignored_block_says_why_and_is_counted() -> None:
    base = snapshot().trust_root
    assert base is not None
    ignored = replace(base.blocks[0], trusted=False, loaded_by=(), status="malformed")
    view = TrustRootView(snapshot(trust_root=replace(base, blocks=(ignored, *base.blocks[1:]))), SHOW)
    assert view.cells(ignored)[-1].plain.startswith("ignored: ")
    assert "1 ignored" in view.summary().plain
    assert "Not trusted" in words(view.sheet(ignored, 1))


def test_the_detail_of_a_block_has_facts_what_is_loaded_and_the_pem() -> None:
    view = TrustRootView(snapshot(), SHOW)
    block = view.items[0]
    text = words(view.sheet(block, 2))
    assert str(block.spki_sha256) in text
    assert "as trust root, mode COSIGN_BUNDLE: loaded" in text
    assert "-----BEGIN PUBLIC KEY-----" in text
    assert "-----BEGIN" not in words(view.sheet(block, 1))


def test_blocks_with_the_same_key_have_different_cursor_keys() -> None:
    base = snapshot().trust_root
    assert base is not None
    twice = replace(base, blocks=(base.blocks[0], replace(base.blocks[0], index=1)))
    view = TrustRootView(snapshot(trust_root=twice), SHOW)
    assert len({view.key(block) for block in view.items}) == 2


def test_the_profile_marks_todays_cell_and_gives_every_source() -> None:
    view = ProfileView(snapshot(), SHOW)
    text = words(view.sheet(view.items[0], 1))
    assert "▸ fail-closed" in text
    assert text.count("▸") == 1
    assert "runtime.profile controller.yml:" in text
    assert "required profile default true" in text
    assert view.summary().plain == "✓ fail-closed"


def test_the_matrix_is_that_of_the_documentation() -> None:
    assert DOCUMENTED_MATRIX["production/unset"] == DOCUMENTED_MATRIX["production/true"] == "fail-closed"
    assert DOCUMENTED_MATRIX["production/false"] == "unsigned-allowed-warned"
    assert {DOCUMENTED_MATRIX[f"development/{required}"] for required in ("unset", "true", "false")} == {
        "unsigned-allowed"
    }


def test_where_documentation_and_build_differ_the_profile_says_so() -> None:
    config = snapshot().config
    assert config is not None
    assert config.documented is not None
    allowed = replace(
        config, documented=replace(config.documented, outcome="unsigned-allowed", cell="development/true")
    )
    view = ProfileView(snapshot(config=allowed), SHOW)
    assert "build differs" in view.summary().plain
    assert "The documentation allows unsigned modules here; this build enforces signatures." in words(
        view.sheet(None, 1)
    )
    assert view.worst() is not ACCEPT


def test_the_configuration_shows_start_findings_and_the_file_with_line_numbers() -> None:
    view = ConfigurationView(snapshot(), SHOW)
    rows = [[cell.plain for cell in view.cells(item)] for item in view.items]
    assert rows[0][-1] == "The controller starts with this file"
    assert any(":" in cells[1] for cells in rows[1:6])
    assert rows[-1][1].isdigit()
    assert any(cells[0] != " " and cells[1].isdigit() for cells in rows)


def test_a_controller_that_does_not_start_is_said_with_its_own_message() -> None:
    config = snapshot().config
    assert config is not None
    stopped = replace(
        config, controller=replace(config.controller, starts=False, stage="validate", message="no trust root")
    )
    view = ConfigurationView(snapshot(config=stopped), SHOW)
    assert view.worst() is REJECT
    assert "would not start: no trust root" in words(view.sheet(view.items[0], 1))
    assert "would not start: no trust root" in headline(snapshot(config=stopped), SHOW).plain


def test_no_password_of_the_configuration_is_ever_shown() -> None:
    view = ConfigurationView(snapshot(), SHOW)
    everything = " ".join(
        view.search(item) + words(view.sheet(item, 2)) + repr(view.sheet(item, 2).more)
        for item in view.items[:40]
    )
    assert "demo-password" not in everything
    assert "uri: mongodb://***@" in everything
    assert "jwtSecret: ***" in everything


def test_bundles_count_states_and_the_gravest_is_where_readings_differ() -> None:
    view = BundlesView(snapshot(), SHOW)
    assert view.summary().plain == "verifying 8 of 9  3 ✓  2 ✗  2 ≠  1 ?"
    assert view.worst() is DIFFER


def test_the_detail_of_a_module_has_both_verdicts_traces_findings_signer_and_times() -> None:
    view = BundlesView(snapshot(), SHOW)
    voting = next(item for item in view.items if item.module.name == "voting")
    text = words(view.sheet(voting, 2))
    for part in ("The log entry is about another file", "documented ✗ reject by step rekor.binding",
                 "controller ✓ accept via raw-key", "Documented trace", "Controller trace",
                 "cause The entry's SHA-256",
                 "next Sign it again", "entry_sha256 = 1f3e", "verified time 2026-02-11",
                 "valid until 2026-04-23",
                 "SPKI 17d044ce"):  # fmt: skip
        assert part in text


def test_a_module_that_waits_is_never_shown_as_good() -> None:
    view = BundlesView(snapshot(modules=(ModuleRow(module("late", "1.0.0"), None),)), SHOW)
    assert view.worst() is not ACCEPT
    assert "not been verified yet" in words(view.sheet(view.items[0], 2))


def test_restarts_say_why_and_hold_the_command_to_copy() -> None:
    view = RestartsView(snapshot(), SHOW)
    sheet = view.sheet(view.items[1], 1)
    assert sheet.copy is not None
    assert sheet.copy.value == "ssh daemon-7 systemctl restart prexord"
    assert "daemon-7 needs a restart: trust root changed 13:58" in words(sheet)
    assert view.worst() is RESTART
    assert view.summary().plain == "1 of 2 needed"
    assert RestartsView(snapshot(nodes=()), SHOW).worst() is UNKNOWN


def test_the_headline_is_calm_only_where_all_is_proved() -> None:
    good = (row("essentials", "2.4.1", "accept", "accept"),)
    calm = headline(snapshot(modules=good, nodes=nodes()[:1]), SHOW).plain
    assert calm == "✓ the controller starts · ✓ 1 module verified · ✓ 1 node on the files of now"
    assert "no configuration found" in headline(snapshot(config=None, modules=good, nodes=()), SHOW).plain


def test_the_headline_says_what_would_be_installed_and_refused() -> None:
    text = headline(snapshot(), SHOW).plain
    assert text.startswith(
        "≠ 1 installed although not verified · ✗ 2 refused · ≠ 1 refused although verified"
    )
    assert "↻ 1 node on old files" in text


@pytest.mark.parametrize(
    "view_class", [TrustRootView, ProfileView, ConfigurationView, BundlesView, RestartsView]
)
def test_every_pane_has_an_empty_state_and_ascii_words(view_class: type[TrustRootView]) -> None:
    empty = view_class(snapshot(trust_root=None, config=None, modules=(), nodes=()), ASCII)
    assert empty.items == ()
    assert len(empty.empty()) > 40
    assert as_text(empty.sheet(None, 2)).isascii()
    full = view_class(snapshot(), ASCII)
    for item in full.items[:20]:
        assert all(cell.plain.isascii() for cell in full.cells(item))
        assert as_text(full.sheet(item, 2)).isascii()


def test_every_row_of_every_pane_has_one_cell_for_each_column_and_its_own_key() -> None:
    views: list[View[Any]] = [make(snapshot(), SHOW) for make in VIEWS]
    for view in views:
        assert all(len(view.cells(item)) == len(view.columns) for item in view.items)
        assert len({view.key(item) for item in view.items}) == len(view.items)


@pytest.mark.parametrize(
    ("days", "words"), [(-3, "expired 3 d ago"), (89, "expires in 89 d"), (400, "until 2027-04-18")]
)
def test_only_a_certificate_near_its_end_says_that_it_expires(days: int, words: str) -> None:
    view = TrustRootView(snapshot(), SHOW)
    block = next(block for block in view.items if block.not_after)
    assert block_state(replace(block, not_after=NOW + timedelta(days=days)), SHOW) == words


def test_a_fact_behind_a_long_path_stays_in_sight_and_the_whole_path_can_be_searched() -> None:
    base = snapshot().config
    assert base is not None
    path = "/opt/prexorcloud/controller/config/security/module-trust-root.pem"
    finding = replace(base.findings[0], summary=f"{path} can be written by others")
    view = ConfigurationView(snapshot(config=replace(base, findings=(finding,))), SHOW)
    row = next(item for item in view.items if item.finding)
    assert view.cells(row)[2].plain == "/opt/…/module-trust-root.pem can be written by others"
    assert path in view.search(row)
    assert path in words(view.sheet(row, 1))


def test_what_happened_in_this_minute_is_not_counted_in_seconds() -> None:
    assert SHOW.moment(NOW) == "2026-03-14T14:02:07Z (just now)"
    assert SHOW.ago(NOW - timedelta(seconds=59)) == "just now"
    assert SHOW.ago(NOW + timedelta(seconds=5)) == "within a minute"
    assert SHOW.ago(NOW - timedelta(minutes=5)) == "5 min ago"


@pytest.mark.parametrize("width", [110, 120, 160])
def test_the_status_line_cuts_the_place_and_never_the_policy(width: int) -> None:
    base = snapshot()
    deep = replace(base, paths=replace(base.paths, working_directory="/srv/" + "deep/" * 30))
    left, right = status(deep, SHOW, read_only=False, width=width)
    assert left.plain.endswith(in_force(deep, SHOW).plain)
    assert "…" in left.plain or width == 110
    assert left.cell_length + right.cell_length <= width - 4


def test_findings_begin_with_a_capital_unless_a_path_or_a_name_stands_there() -> None:
    assert sentence("the path is relative") == "The path is relative"
    for kept in ("publicKey is given", "/etc/x is open", "", "Already so", "rekor.policy is set"):
        assert sentence(kept) == kept
    sheet = Sheet(SHOW, SHOW.text("title"))
    sheet.findings(
        [Finding("some-id", "warning", "the key is weak", "it has few bits", "make another", None)]
    )
    assert [entry.body.plain for entry in sheet.entries[1:]] == [
        "The key is weak", "It has few bits", "Make another",
    ]  # fmt: skip
