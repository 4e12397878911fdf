from __future__ import annotations

import pytest
from tests.trust_root.material import certificate_pem, ec_spki, key_pem, pem

from trustconsole.trust_root.scanner import RawBlock, scan

KEY = key_pem()


def only(text: str) -> RawBlock:
    (block,) = scan(text)
    return block


def test_a_block_as_openssl_writes_it_is_strict() -> None:
    block = only(KEY)
    assert block.strict
    assert (block.label, block.der) == ("PUBLIC KEY", ec_spki())
    assert (block.line_start, block.line_end) == (1, 4)


@pytest.mark.parametrize("eol", ["\n", "\r\n", "\r"])
def test_every_line_end_of_rfc_7468_counts_lines_and_stays_strict(eol: str) -> None:
    block = only(f"# one{eol}{eol}" + pem("PUBLIC KEY", ec_spki(), eol=eol))
    assert block.strict
    assert (block.line_start, block.line_end) == (3, 6)


@pytest.mark.parametrize("width", [1, 48, 76, 500])
def test_the_width_of_body_lines_does_not_matter(width: int) -> None:
    assert only(pem("PUBLIC KEY", ec_spki(), width=width)).strict


def test_a_comment_at_the_end_of_a_body_line_is_allowed_and_kept() -> None:
    lines = KEY.split("\n")
    lines[1] += "  # Author A's raw key"
    block = only("\n".join(lines))
    assert block.strict
    assert block.inner_comments
    assert block.comment == "Author A's raw key"
    assert block.der == ec_spki()


def test_text_directly_above_a_block_is_its_comment() -> None:
    first, second = scan(f"intro\n\n# Author A\n# since 2026\n{KEY}# Author B\n{key_pem(2)}")
    assert first.comment == "Author A since 2026"
    assert second.comment == "Author B"


def test_a_long_comment_is_cut() -> None:
    assert len(only("# " + "x" * 70_000 + "\n" + KEY).comment) <= 400


FLAWS = {
    "indented": ("  " + KEY.replace("\n", "\n  "), "indented"),
    "commented out": ("# " + KEY, "before BEGIN"),
    "six dashes": (KEY.replace("-----BEGIN", "------BEGIN"), "five dashes"),
    "text after BEGIN": (KEY.replace("KEY-----\n", "KEY----- x\n", 1), "follows BEGIN"),
    "text after END": (KEY.rstrip("\n") + " x\n", "follows END"),
    "another END": (KEY.replace("END PUBLIC", "END RSA PUBLIC"), "another label"),
    "no END": (KEY.split("-----END")[0], "no END"),
    "no body": ("-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----\n", "empty"),
    "a comment line inside": (KEY.replace("KEY-----\n", "KEY-----\n# note\n", 1), "not Base64"),
    "a header inside": (KEY.replace("KEY-----\n", "KEY-----\nComment: x\n\n", 1), "a header"),
    "an empty line inside": (KEY.replace("\nMFkw", "\nMFkw\n\n"), "empty line"),
    "no padding": (KEY.replace("=", ""), "not canonical"),
    "spare bits": ("-----BEGIN PUBLIC KEY-----\nQR==\n-----END PUBLIC KEY-----\n", "not canonical"),
}


@pytest.mark.parametrize("name", sorted(FLAWS))
def test_what_is_not_strict_says_why(name: str) -> None:
    text, flaw = FLAWS[name]
    block = only(text)
    assert flaw in block.flaw
    assert not block.strict


@pytest.mark.parametrize("name", ["indented", "commented out", "a header inside", "no padding"])
def test_what_is_not_strict_is_still_decoded_where_a_person_could(name: str) -> None:
    assert only(FLAWS[name][0]).der == ec_spki()


def test_a_body_that_is_no_base64_is_not_decoded() -> None:
    block = only(KEY.replace("MFkw", "MF-w"))
    assert (block.flaw, block.der) == ("a line of its body is not Base64", None)


def test_a_truncated_block_ends_before_the_next_one() -> None:
    truncated, whole = scan(KEY.split("-----END")[0] + certificate_pem())
    assert truncated.flaw == "it has no END line"
    assert truncated.line_end < whole.line_start
    assert whole.strict


def test_blocks_glued_to_each_other_are_both_seen_and_both_not_strict() -> None:
    first, second = scan(KEY.rstrip("\n") + key_pem(2))
    assert (first.der, second.der) == (ec_spki(1), ec_spki(2))
    assert not first.strict
    assert not second.strict
    assert first.line_end == second.line_start


def test_a_byte_order_mark_before_the_first_block_is_no_text() -> None:
    assert only("\ufeff" + KEY).strict


@pytest.mark.parametrize("label", ["public key", "PUBLIC  KEY", "RSA PUBLIC KEY", "TRUSTED CERTIFICATE"])
def test_any_label_makes_a_block(label: str) -> None:
    assert only(KEY.replace("PUBLIC KEY", label)).label == label


def test_an_ssh2_block_is_seen() -> None:
    text = "---- BEGIN SSH2 PUBLIC KEY ----\nAAAA\n---- END SSH2 PUBLIC KEY ----\n"
    assert only(text).label == "SSH2 PUBLIC KEY"
