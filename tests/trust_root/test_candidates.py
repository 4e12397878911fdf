from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from tests.trust_root.material import (
    NOW,
    certificate,
    certificate_pem,
    ec_spki,
    ed448_spki,
    ed25519_spki,
    key_pem,
    named_curve,
    pem,
    private_pem,
    rsa_spki,
)

from trustconsole.errors import UsageError
from trustconsole.trust_root import (
    Candidate,
    LoadAs,
    add_block,
    find_fingerprint,
    remove_block,
    replace_block,
    scan_trust_root,
)
from trustconsole.trust_root.candidate_findings import GATE, KINDS
from trustconsole.trust_root.findings import KINDS as FILE_KINDS

DAY = timedelta(days=1)


@dataclass(frozen=True)
class File:
    data: bytes
    path: Path = Path("/etc/trust.pem")


def file(text: str | bytes) -> File:
    return File(text if isinstance(text, bytes) else text.encode())


def fingerprints(text: str | bytes) -> list[str]:
    report = scan_trust_root(file(text).data, "/etc/trust.pem", now=NOW)
    return [block.fingerprint or "" for block in report.blocks]


def fingerprint(text: str) -> str:
    (one,) = fingerprints(text)
    return one


def adding(text: str | bytes, new: str | bytes, load_as: LoadAs = "COSIGN_BUNDLE") -> Candidate:
    return add_block(file(text), file(new).data, now=NOW, load_as=load_as)


def removing(text: str | bytes, old: str, load_as: LoadAs = "COSIGN_BUNDLE") -> Candidate:
    return remove_block(file(text), fingerprint(old), now=NOW, load_as=load_as)


def problems(candidate: Candidate) -> list[str]:
    return [finding.id for finding in candidate.problems]


def warnings(candidate: Candidate) -> list[str]:
    return [finding.id for finding in candidate.warnings]


def test_a_key_is_added_at_the_end_behind_an_empty_line() -> None:
    candidate = adding(key_pem(1), key_pem(2))
    assert candidate.data.decode() == key_pem(1) + "\n" + key_pem(2)
    assert (problems(candidate), warnings(candidate)) == ([], [])
    assert (candidate.added, candidate.removed) == (fingerprint(key_pem(2)), None)
    assert [change.fingerprint for change in candidate.diff.added] == [candidate.added]
    assert candidate.diff.controller["COSIGN_BUNDLE"].added == (candidate.added,)
    assert candidate.report.path == candidate.before.path == "/etc/trust.pem"


def test_a_key_is_removed_wherever_it_stands() -> None:
    candidate = removing(key_pem(1) + key_pem(2) + key_pem(1) + key_pem(3), key_pem(1))
    assert fingerprints(candidate.data) == fingerprints(key_pem(2) + key_pem(3))
    assert problems(candidate) == []
    assert candidate.removed == fingerprint(key_pem(1))
    assert candidate.diff.removed[0].count_before == 2


def test_the_first_block_of_an_empty_file() -> None:
    candidate = adding("", certificate_pem())
    assert candidate.data.decode() == certificate_pem()
    assert problems(candidate) == []


def test_removing_the_last_block_leaves_no_controller_that_starts() -> None:
    candidate = removing("# author A\n" + key_pem(), key_pem())
    assert problems(candidate) == ["nothing-left"]
    assert "has no PUBLIC KEY or CERTIFICATE blocks" in candidate.problems[0].cause
    assert candidate.data.decode() == "# author A\n"


def test_a_certificate_alone_is_nothing_to_a_controller_that_reads_keys() -> None:
    candidate = removing(key_pem() + certificate_pem(), key_pem(), "KEYED")
    assert problems(candidate) == ["nothing-left"]


def test_what_stays_must_be_trusted_by_the_documentation_too() -> None:
    indented = "".join(f"  {line}\n" for line in key_pem(2).splitlines())
    candidate = removing(key_pem(1) + indented, key_pem(1))
    assert "nothing-trusted" in problems(candidate)
    assert "blocks-kept-as-they-are" in warnings(candidate)


@pytest.mark.parametrize(
    ("new", "wanted"),
    [
        (private_pem(), ["private-key-in-file"]),
        (key_pem(2) + private_pem(), ["private-key-in-file"]),
        (pem("PUBLIC KEY", ed25519_spki()), ["key-never-verifies"]),
        (pem("PUBLIC KEY", named_curve(ec.SECP224R1())), ["key-never-verifies"]),
        (pem("PUBLIC KEY", named_curve(ec.SECP256K1())), ["key-never-verifies"]),
        (pem("PUBLIC KEY", ed448_spki()), ["controller-refuses-file", "key-stops-controller"]),
        (key_pem(1), ["block-already-there"]),
        (pem("CERTIFICATE", certificate(2, not_after=NOW - DAY)), ["anchor-expired"]),
        (pem("CERTIFICATE", certificate(2, not_before=NOW + DAY)), ["anchor-not-yet-valid"]),
        ("", ["not-exactly-one-block"]),
        ("garbage\n", ["not-exactly-one-block"]),
        (b"\xff\xfe\x00", ["not-exactly-one-block"]),
        (key_pem(2) + key_pem(3), ["not-exactly-one-block"]),
        (pem("PUBLIC KEY", b"0123456789"), ["not-exactly-one-block", "block-malformed"]),
        (pem("CERTIFICATE", b"0123456789"), ["not-exactly-one-block", "block-malformed"]),
        ("-----BEGIN PUBLIC KEY-----\nMFkw", ["not-exactly-one-block"]),
        (b"A" * 2_000_000, ["trust-root-unreadable"]),
    ],
    ids=[
        *("private key", "private key beside a public one", "Ed25519", "P-224", "secp256k1", "Ed448"),
        *("already there", "expired", "not yet valid", "empty", "garbage", "binary", "two blocks"),
        *("no key in it", "no certificate in it", "no end", "too large"),
    ],
)
def test_what_must_not_be_added_closes_the_gate(new: str | bytes, wanted: list[str]) -> None:
    candidate = adding(key_pem(1), new)
    assert problems(candidate) == wanted
    assert all(finding.severity == "error" for finding in candidate.problems)


@pytest.mark.parametrize(
    ("new", "wanted"),
    [
        (pem("CERTIFICATE", certificate(2, not_after=NOW + 3 * DAY)), "anchor-expires-7"),
        (pem("CERTIFICATE", certificate(2, ca=False)), "anchor-not-ca"),
        (pem("PUBLIC KEY", rsa_spki(1024)), "weak-key"),
    ],
    ids=["expires soon", "not a CA", "weak"],
)
def test_what_should_be_read_first_is_a_warning(new: str, wanted: str) -> None:
    candidate = adding(key_pem(1), new)
    assert wanted in warnings(candidate)
    assert problems(candidate) == []


def test_the_first_certificate_flips_pinned_bundles_and_the_last_flips_back() -> None:
    assert "flips-to-chain" in warnings(adding(key_pem(1), certificate_pem(2)))
    assert "flips-to-chain" not in warnings(adding(key_pem(1) + certificate_pem(1), certificate_pem(2)))
    assert "flips-to-chain" not in warnings(adding("", certificate_pem(2)))
    assert "flips-to-pinning" in warnings(removing(key_pem(1) + certificate_pem(2), certificate_pem(2)))


def test_a_key_that_stays_in_another_block_is_said() -> None:
    candidate = removing(key_pem(1) + certificate_pem(1), key_pem(1))
    (finding,) = [one for one in candidate.warnings if one.id == "same-key-stays"]
    assert fingerprint(certificate_pem(1))[:16] in finding.summary


def test_a_file_with_a_private_key_is_neither_copied_nor_changed() -> None:
    for candidate in (
        adding(key_pem(1) + private_pem(), key_pem(2)),
        removing(key_pem(1) + private_pem(), key_pem(1)),
    ):
        assert problems(candidate) == ["private-key-in-file"]
        assert candidate.report is candidate.before
        assert candidate.diff.empty


def test_a_file_beyond_the_limit_is_not_changed() -> None:
    candidate = add_block(File(b"#" * 2_000_000), key_pem().encode(), now=NOW)
    assert problems(candidate) == ["trust-root-unreadable"]
    assert candidate.data == b"#" * 2_000_000


def test_a_file_that_does_not_load_opens_no_gate_until_it_is_mended() -> None:
    broken = pem("PUBLIC KEY", b"0123456789")
    assert "controller-refuses-file" in problems(adding(key_pem(1) + broken, key_pem(2)))
    unsupported = pem("PUBLIC KEY", ed448_spki())
    mended = removing(key_pem(1) + unsupported, unsupported)
    assert problems(mended) == []
    assert mended.data.decode() == key_pem(1)


def test_bytes_that_are_no_utf_8_stay_and_close_the_gate() -> None:
    candidate = adding(b"# M\xfcller\n" + key_pem(1).encode(), key_pem(2))
    assert problems(candidate) == ["controller-refuses-file"]
    assert b"# M\xfcller\n" in candidate.data


def test_comments_stay_where_they_are_and_label_no_other_block() -> None:
    text = "# trust root of web-1\n\n# author A\n" + key_pem(1) + "# author B\n" + key_pem(2) + "# the end\n"
    candidate = removing(text, key_pem(1))
    assert candidate.data.decode() == (
        "# trust root of web-1\n\n# author A\n\n# author B\n" + key_pem(2) + "# the end\n"
    )
    assert [block.comment for block in candidate.report.blocks] == ["author B"]
    again = adding(candidate.data, "# author C\n" + key_pem(3))
    assert again.data.decode() == candidate.data.decode() + "\n# author C\n" + key_pem(3)
    assert [block.comment for block in again.report.blocks] == ["author B", "author C"]


def test_removing_one_of_many_leaves_no_pile_of_empty_lines() -> None:
    text = key_pem(1) + "\n" + key_pem(2) + "\n" + key_pem(3)
    assert removing(text, key_pem(1)).data.decode() == key_pem(2) + "\n" + key_pem(3)
    assert removing(text, key_pem(2)).data.decode() == key_pem(1) + "\n" + key_pem(3)
    assert removing(text, key_pem(3)).data.decode() == key_pem(1) + "\n" + key_pem(2)
    assert removing(text.replace("\n\n", "\n"), key_pem(2)).data.decode() == key_pem(1) + key_pem(3)


def test_words_on_the_lines_of_a_removed_block_stay_and_label_nothing() -> None:
    text = key_pem(1).rstrip() + " # author A\n" + key_pem(2)
    candidate = removing(text, key_pem(1))
    assert candidate.data.decode() == " # author A\n\n" + key_pem(2)
    assert candidate.report.blocks[0].comment == ""


def test_blocks_are_written_in_64_columns_with_line_feeds() -> None:
    wide = pem("PUBLIC KEY", rsa_spki(), width=76, eol="\r\n")
    candidate = adding("\ufeff# A\r\n" + wide + "\r\n# B\r" + key_pem(2), key_pem(3))
    assert candidate.data.decode() == (
        "\ufeff# A\n" + pem("PUBLIC KEY", rsa_spki()) + "\n# B\n" + key_pem(2) + "\n" + key_pem(3)
    )
    assert problems(candidate) == []


@pytest.mark.parametrize("eol", ["\n", "\r\n", "\r"])
def test_a_missing_line_end_at_the_end_of_the_file_is_mended(eol: str) -> None:
    text = (key_pem(1) + key_pem(2)).replace("\n", eol).removesuffix(eol)
    added = adding(text, key_pem(3))
    assert added.data.decode() == key_pem(1) + key_pem(2) + "\n" + key_pem(3)
    assert problems(added) == []
    assert removing(text, key_pem(2)).data.decode() == key_pem(1)


def test_a_comment_inside_the_added_block_becomes_a_line_above_it() -> None:
    lines = key_pem(2).splitlines()
    lines[1] += "  # Author B's raw key"
    candidate = adding(key_pem(1), "\n".join(lines))
    assert candidate.data.decode() == key_pem(1) + "\n# Author B's raw key\n" + key_pem(2)
    assert problems(candidate) == []


def test_the_added_blocks_comment_can_do_no_harm() -> None:
    hostile = "# a\x1b[31m ----BEGIN----- -----END\n# \u202eb\n"
    candidate = adding(key_pem(1), hostile + key_pem(2))
    assert fingerprints(candidate.data) == fingerprints(key_pem(1) + key_pem(2))
    text = candidate.data.decode()
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert problems(candidate) == []


def test_text_of_openssl_around_the_added_block_is_not_taken_along() -> None:
    preamble = "Certificate:\n    Data:\n        Version: 3 (0x2)\n"
    assert adding(key_pem(1), preamble + certificate_pem(2)).data.decode() == (
        key_pem(1) + "\n" + certificate_pem(2)
    )


def test_a_block_that_only_one_reading_trusts_stays_byte_for_byte_and_is_named() -> None:
    lines = key_pem(1).splitlines()
    commented = "\n".join([lines[0], lines[1] + " # author A", *lines[2:], ""])
    indented = "".join(f" {line}\n" for line in key_pem(2).splitlines())
    candidate = adding(commented + indented + key_pem(3), key_pem(4))
    assert commented + indented + key_pem(3) in candidate.data.decode()
    (finding,) = candidate.warnings
    assert (finding.id, finding.summary.count("line")) == ("blocks-kept-as-they-are", 2)
    assert problems(candidate) == []


def test_a_key_that_the_controller_ignores_can_be_added_in_a_form_that_it_takes() -> None:
    lines = key_pem(1).splitlines()
    ignored = "\n".join([lines[0], lines[1] + " # author A", *lines[2:], ""])
    candidate = adding(ignored + key_pem(2), key_pem(1))
    assert problems(candidate) == []
    assert fingerprint(key_pem(1)) in candidate.diff.controller["COSIGN_BUNDLE"].added


def test_blocks_glued_together_are_never_changed_by_a_neighbours_removal() -> None:
    glued = key_pem(1).rstrip() + key_pem(2) + key_pem(3)
    for number in (1, 2):
        candidate = removing(glued, key_pem(number))
        left = [fingerprint(key_pem(other)) for other in (1, 2, 3) if other != number]
        assert fingerprints(candidate.data) == left
    shared = key_pem(1).rstrip().removesuffix("-----") + key_pem(2) + key_pem(3)
    candidate = removing(shared, key_pem(1))
    assert problems(candidate) == ["change-not-exact"]


def test_a_rekor_key_file_takes_keys_only() -> None:
    assert problems(adding(key_pem(1), certificate_pem(2), "REKOR")) == ["block-kind-not-read"]
    assert problems(adding(key_pem(1), certificate_pem(2), "KEYED")) == ["block-kind-not-read"]
    assert problems(adding(key_pem(1), key_pem(2), "REKOR")) == []


def test_a_block_is_replaced_by_another() -> None:
    current = file("# the log\n" + key_pem(1) + key_pem(2))
    candidate = replace_block(current, fingerprint(key_pem(1)), key_pem(3).encode(), now=NOW, load_as="REKOR")
    assert fingerprints(candidate.data) == fingerprints(key_pem(2) + key_pem(3))
    assert (candidate.removed, candidate.added) == (fingerprint(key_pem(1)), fingerprint(key_pem(3)))
    assert problems(candidate) == []
    same = replace_block(current, fingerprint(key_pem(1)), key_pem(1).encode(), now=NOW, load_as="REKOR")
    assert problems(same) == ["block-already-there"]


def test_a_fingerprint_is_named_by_its_first_digits() -> None:
    report = scan_trust_root((key_pem(1) + certificate_pem(2)).encode(), "/etc/trust.pem", now=NOW)
    key, anchor = (block.fingerprint or "" for block in report.blocks)
    assert find_fingerprint(report, key[:8]) == key
    assert find_fingerprint(report, anchor.upper()) == anchor
    assert find_fingerprint(report, ":".join(anchor[i : i + 2] for i in range(0, 64, 2))) == anchor


@pytest.mark.parametrize("prefix", ["", "abc", "1234567", "xyzxyzxyz", "0" * 65, "-" * 8])
def test_too_few_digits_are_no_fingerprint(prefix: str) -> None:
    with pytest.raises(UsageError, match="is not a fingerprint"):
        remove_block(file(key_pem()), prefix, now=NOW)


def test_an_unknown_fingerprint_is_refused_with_those_that_are_there() -> None:
    with pytest.raises(UsageError, match="has the fingerprint 00000000") as caught:
        remove_block(file(key_pem(1) + certificate_pem(2)), "00000000", now=NOW)
    assert all(one[:16] in caught.value.hint for one in fingerprints(key_pem(1) + certificate_pem(2)))
    key_inside = fingerprint(key_pem(2))
    with pytest.raises(UsageError) as caught:
        remove_block(file(certificate_pem(2)), key_inside[:8], now=NOW)
    assert "key inside a certificate" in caught.value.hint
    with pytest.raises(UsageError) as caught:
        remove_block(file(""), "00000000", now=NOW)
    assert "no block" in caught.value.hint


def test_an_ambiguous_prefix_is_refused_with_the_blocks_that_it_fits() -> None:
    blocks = scan_trust_root((key_pem(1) + key_pem(2)).encode(), "/etc/trust.pem", now=NOW)
    first, second = blocks.blocks
    twin = replace(second, spki_sha256=(first.fingerprint or "")[:12] + "0" * 52)
    report = replace(blocks, blocks=(first, twin))
    with pytest.raises(UsageError, match="fits 2 blocks") as caught:
        find_fingerprint(report, (first.fingerprint or "")[:10])
    assert f"line {first.line_start}" in caught.value.message
    assert f"line {second.line_start}" in caught.value.message


def test_every_row_has_its_own_id_and_the_gate_names_rows_of_the_file() -> None:
    ids = [kind.id for kind in (*KINDS, *FILE_KINDS)]
    assert len(ids) == len(set(ids))
    assert {kind.id for kind in FILE_KINDS} >= GATE


def test_der_and_fingerprint_of_kept_blocks_never_change() -> None:
    candidate = adding(pem("PUBLIC KEY", ec_spki(1), width=10), key_pem(2))
    assert [block.der for block in candidate.report.blocks] == [ec_spki(1), ec_spki(2)]
