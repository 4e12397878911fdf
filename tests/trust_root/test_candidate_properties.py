"""Whatever a file holds: a candidate without problems changes what was asked, and nothing else."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.trust_root.material import NOW, certificate, certificate_pem, ec_spki, ed448_spki, key_pem, pem

from trustconsole.trust_root import (
    Candidate,
    LoadAs,
    TrustRootReport,
    add_block,
    remove_block,
    scan_trust_root,
)
from trustconsole.trust_root.scanner import scan

NEW = key_pem(9)
KNOWN = [key_pem(1), key_pem(2), key_pem(3), certificate_pem(1), certificate_pem(4)]
ODD = [
    key_pem(1).rstrip(),
    key_pem(2).replace("\n", "\r\n"),
    pem("PUBLIC KEY", ec_spki(2), width=20, eol="\r"),
    "".join(f"  {line}\n" for line in key_pem(3).splitlines()),
    "".join(f"# {line}\n" for line in key_pem(3).splitlines()),
    key_pem(1).replace("==", "== # author A").replace("\nM", " #\nM", 1),
    "# " + key_pem(2),
    pem("PUBLIC KEY", ed448_spki()),
    pem("CERTIFICATE", certificate(4)).replace("CERTIFICATE", "TRUSTED CERTIFICATE"),
    "-----BEGIN PUBLIC KEY-----\nMFkw\n",
    "-----END PUBLIC KEY-----",
    "-----",
    "AAAA\n",
]
WORDS = ["", "\n", "\n\n", "# author A\n", "words", " \t", "\ufeff", "\r\n", "# \x1b[0m\r"]
files = st.lists(st.sampled_from([*KNOWN, *ODD, *WORDS]), max_size=9).map("".join)


@dataclass(frozen=True)
class File:
    data: bytes
    path: Path = Path("/etc/trust.pem")


def trusted(report: TrustRootReport) -> Counter[str | None]:
    return Counter(block.fingerprint for block in report.trusted_blocks)


def loaded(report: TrustRootReport, load_as: LoadAs) -> Counter[str]:
    load = report.controller[load_as]
    return Counter([*(key.sha256 for key in load.keys), *(one.sha256 for one in load.certificates)])


def assert_words_stay(before: bytes, after: bytes) -> None:
    """What stands outside the blocks of `before` is in `after`, in the same order."""
    text, position, found = before.decode(), 0, 0
    for start, stop in [*((raw.start, raw.end) for raw in scan(text)), (len(text), len(text))]:
        for line in re.split(r"[\r\n]+", text[position:start]):
            found = after.decode().find(line.strip(), found)
            assert found >= 0
        position = stop


def assert_loads_follow(candidate: Candidate, asked: Counter[str | None], sign: int) -> None:
    for load_as in ("KEYED", "COSIGN_BUNDLE", "REKOR"):
        if candidate.before.controller[load_as].loads and candidate.report.controller[load_as].loads:
            before, after = loaded(candidate.before, load_as), loaded(candidate.report, load_as)
            changed = (after - before) if sign > 0 else (before - after)
            assert set(changed) <= set(asked)
            assert not ((before - after) if sign > 0 else (after - before))


@settings(deadline=None, max_examples=300)
@given(files)
def test_adding_adds_one_block_and_changes_nothing_else(text: str) -> None:
    before = File(text.encode())
    candidate = add_block(before, NEW.encode(), now=NOW)
    new = Counter([candidate.added])
    if candidate.problems:
        return
    assert trusted(candidate.report) == trusted(candidate.before) + new
    assert candidate.report.controller["COSIGN_BUNDLE"].loads
    assert candidate.added in loaded(candidate.report, "COSIGN_BUNDLE")
    assert_loads_follow(candidate, new, +1)
    assert_words_stay(before.data, candidate.data)
    comments = [block.comment for block in candidate.before.blocks]
    assert [block.comment for block in candidate.report.blocks] == [*comments, ""]


@settings(deadline=None, max_examples=300)
@given(files, st.data())
def test_removing_takes_every_block_of_one_identity_and_nothing_else(text: str, data: st.DataObject) -> None:
    before = File(text.encode())
    report = scan_trust_root(before.data, "/etc/trust.pem", now=NOW)
    known = sorted({block.fingerprint for block in report.blocks if block.fingerprint is not None})
    if not known:
        return
    gone = data.draw(st.sampled_from(known))
    candidate = remove_block(before, gone[:12], now=NOW)
    assert candidate.removed == gone
    if candidate.problems:
        return
    asked: Counter[str | None] = Counter({gone: trusted(candidate.before)[gone]})
    assert trusted(candidate.report) == trusted(candidate.before) - asked
    assert gone not in loaded(candidate.report, "COSIGN_BUNDLE")
    assert_loads_follow(candidate, Counter([gone]), -1)
    assert_words_stay(before.data, candidate.data)
    kept = [block.comment for block in candidate.before.blocks if block.fingerprint != gone]
    assert len(candidate.report.blocks) == len(kept)
    previous_closed = True
    for block, comment, raw in zip(candidate.report.blocks, kept, scan(candidate.data.decode()), strict=True):
        # What now follows a block without END may be its body, so it is nobody's comment any more.
        assert block.comment == comment or (not previous_closed and block.comment == "")
        previous_closed = raw.closed


@settings(deadline=None, max_examples=200)
@given(st.lists(st.sampled_from(KNOWN), min_size=1, max_size=6, unique=True), st.sampled_from(WORDS[:4]))
def test_what_was_added_and_removed_again_leaves_the_same_trust(blocks: list[str], between: str) -> None:
    text = between.join(blocks)
    added = add_block(File(text.encode()), NEW.encode(), now=NOW)
    assert added.problems == ()
    back = remove_block(File(added.data), added.added or "", now=NOW)
    assert back.problems == ()
    assert trusted(back.report) == trusted(added.before)
    assert back.data.decode() == text.rstrip("\n") + "\n"
