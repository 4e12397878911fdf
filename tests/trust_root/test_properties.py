from __future__ import annotations

import json
import re

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.trust_root.material import NOW, certificate, certificate_pem, ec_spki, key_pem, pem

from trustconsole.trust_root import TrustRootReport, diff_trust_roots, scan_trust_root
from trustconsole.trust_root.scanner import scan

KNOWN = {number: key_pem(number) for number in range(1, 5)} | {
    number + 10: certificate_pem(number) for number in range(1, 4)
}
FRAGMENTS = (
    *KNOWN.values(),
    "-----BEGIN PUBLIC KEY-----\n",
    "-----END PUBLIC KEY-----\n",
    "-----BEGIN CERTIFICATE-----",
    "-----BEGIN PRIVATE KEY-----\nMC4C\n-----END PRIVATE KEY-----\n",
    "# a comment\n",
    "-----",
    "AAAA\n",
    "\r\n",
    "\r",
    "\x1b[31m",
    "‮",
)


def reported(data: bytes) -> TrustRootReport:
    return scan_trust_root(data, "/etc/trust.pem", now=NOW)


@settings(deadline=None)
@given(st.binary(max_size=400))
def test_arbitrary_bytes_never_raise_and_always_serialise(data: bytes) -> None:
    json.dumps(reported(data).to_dict())


@settings(deadline=None)
@given(st.lists(st.one_of(st.sampled_from(FRAGMENTS), st.text(max_size=8)), max_size=10))
def test_shuffled_pem_never_raises_and_lines_cover_the_text(parts: list[str]) -> None:
    text = "".join(parts).encode("utf-8", "replace").decode()
    reported(text.encode())
    lines = re.split(r"\r\n|\n|\r", text)
    for block in scan(text):
        assert 1 <= block.line_start <= block.line_end <= len(lines)
        span = re.split(r"\r\n|\n|\r", block.text)
        assert len(span) == block.line_end - block.line_start + 1
        assert all(
            part in line
            for part, line in zip(span, lines[block.line_start - 1 : block.line_end], strict=True)
        )


@settings(deadline=None)
@given(
    st.lists(st.sampled_from(sorted(KNOWN)), max_size=12),
    st.lists(st.sampled_from(["", "\n", "# note\n", "some text\n\n"]), min_size=13, max_size=13),
)
def test_assembled_blocks_come_back_in_order(numbers: list[int], gaps: list[str]) -> None:
    text = gaps[-1] + "".join(KNOWN[number] + gap for number, gap in zip(numbers, gaps, strict=False))
    blocks = reported(text.encode()).blocks
    ders = [certificate(number - 10) if number > 10 else ec_spki(number) for number in numbers]
    wanted = [
        pem("CERTIFICATE" if number > 10 else "PUBLIC KEY", der)
        for number, der in zip(numbers, ders, strict=True)
    ]
    assert [block.text + "\n" for block in blocks] == wanted
    assert all(block.trusted and "COSIGN_BUNDLE" in block.loaded_by for block in blocks)


@settings(deadline=None)
@given(st.binary(max_size=60), st.integers(0, 400), st.sampled_from([ec_spki(1), certificate(1)]))
def test_damaged_der_inside_a_block_never_raises(patch: bytes, at: int, der: bytes) -> None:
    damaged = der[:at] + patch + der[at + len(patch) :]
    label = "CERTIFICATE" if len(der) > 150 else "PUBLIC KEY"
    json.dumps(reported(pem(label, damaged or b"\x30").encode()).to_dict())


numbers = st.lists(st.sampled_from(sorted(KNOWN)), max_size=6)


@settings(deadline=None)
@given(numbers, numbers)
def test_a_diff_is_empty_with_itself_and_antisymmetric(left: list[int], right: list[int]) -> None:
    a = reported("".join(KNOWN[number] for number in left).encode())
    b = reported("".join(KNOWN[number] for number in right).encode())
    assert diff_trust_roots(a, a).empty
    there, back = diff_trust_roots(a, b), diff_trust_roots(b, a)
    assert {c.fingerprint for c in there.added} == {c.fingerprint for c in back.removed}
    assert {c.fingerprint for c in there.removed} == {c.fingerprint for c in back.added}
    assert {c.fingerprint for c in there.kept} == {c.fingerprint for c in back.kept}
    for load_as, change in there.controller.items():
        assert set(change.added) == set(back.controller[load_as].removed)
    assert there.empty == back.empty == (set(left) == set(right))
