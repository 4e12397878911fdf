"""One test for each row of the findings table; the last one holds the table to that."""

from __future__ import annotations

import base64
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
    x25519_spki,
)

from trustconsole.findings import Finding
from trustconsole.trust_root import read_trust_root, scan_trust_root
from trustconsole.trust_root.findings import KINDS
from trustconsole.trust_root.public_cas import PINNED

PATH = "/etc/my trust.pem"
KEY = key_pem()
DAY = timedelta(days=1)


def findings(text: str | bytes) -> tuple[Finding, ...]:
    data = text if isinstance(text, bytes) else text.encode()
    return scan_trust_root(data, PATH, now=NOW).all_findings


def ids(text: str | bytes) -> list[str]:
    return [finding.id for finding in findings(text)]


def the(kind: str, text: str | bytes) -> Finding:
    (finding,) = [finding for finding in findings(text) if finding.id == kind]
    return finding


def anchor(**facts: object) -> str:
    return pem("CERTIFICATE", certificate(1, **facts))


def test_a_plain_trust_root_has_no_findings() -> None:
    assert ids(KEY + certificate_pem(2)) == []


def test_an_ed25519_key_loads_but_never_verifies() -> None:
    finding = the("key-never-verifies", KEY + pem("PUBLIC KEY", ed25519_spki()))
    assert (finding.severity, finding.line) == ("error", 5)
    assert "Ed25519" in finding.summary


@pytest.mark.parametrize("curve", [ec.SECP224R1(), ec.SECP256K1(), ec.BrainpoolP256R1()])
def test_a_key_on_another_curve_loads_but_never_verifies(curve: ec.EllipticCurve) -> None:
    assert ids(pem("PUBLIC KEY", named_curve(curve))) == ["key-never-verifies"]


@pytest.mark.parametrize("der", [ed448_spki(), x25519_spki()], ids=["Ed448", "X25519"])
def test_a_key_of_an_unknown_kind_stops_the_controller(der: bytes) -> None:
    report = scan_trust_root((KEY + pem("PUBLIC KEY", der)).encode(), PATH, now=NOW)
    found = [finding.id for finding in report.all_findings]
    assert found == ["controller-refuses-file", "key-stops-controller"]
    assert [(block.status, block.trusted) for block in report.blocks] == [
        ("parsed", True),
        ("unsupported", False),
    ]
    assert report.blocks[0].loaded_by == ()


def test_a_short_rsa_key_is_weak() -> None:
    assert "1024" in the("weak-key", pem("PUBLIC KEY", rsa_spki(1024))).summary
    assert ids(pem("PUBLIC KEY", rsa_spki(2048))) == []


def test_an_expired_anchor() -> None:
    finding = the("anchor-expired", anchor(not_after=NOW - DAY))
    assert "2026-05-31" in finding.summary
    assert "ignores the dates" in finding.cause


def test_an_anchor_that_is_not_valid_yet() -> None:
    assert "2026-06-02" in the("anchor-not-yet-valid", anchor(not_before=NOW + DAY)).summary


@pytest.mark.parametrize(
    ("days", "kind"),
    [
        (6, "anchor-expires-7"),
        (7, "anchor-expires-7"),
        (8, "anchor-expires-30"),
        (30, "anchor-expires-30"),
        (31, "anchor-expires-90"),
        (90, "anchor-expires-90"),
    ],
)
def test_an_anchor_that_expires_soon(days: int, kind: str) -> None:
    assert ids(anchor(not_after=NOW + days * DAY)) == [kind]


def test_an_anchor_that_expires_later_is_no_finding() -> None:
    assert ids(anchor(not_after=NOW + 91 * DAY)) == []


@pytest.mark.parametrize("ca", [False, None])
def test_an_anchor_that_is_no_ca(ca: bool | None) -> None:
    assert ids(anchor(ca=ca)) == ["anchor-not-ca"]


@pytest.mark.parametrize("organisation", ["sigstore.dev", "Let's Encrypt", "DIGICERT INC"])
def test_an_anchor_that_names_itself_a_public_ca(organisation: str) -> None:
    assert organisation in the("anchor-public-ca", anchor(organisation=organisation)).summary


def test_an_internal_organisation_is_no_public_ca() -> None:
    assert ids(anchor(organisation="Example Ltd")) == []


def test_public_good_authorities_are_pinned_by_fingerprint() -> None:
    assert all(len(pin) == 64 and name.startswith("Sigstore") for pin, name in PINNED.items())


def test_another_label_is_ignored() -> None:
    finding = the("label-ignored-by-controller", KEY + pem("RSA PUBLIC KEY", b"\x30\x00"))
    assert "RSA PUBLIC KEY" in finding.cause
    assert "openssl rsa" in finding.next


@pytest.mark.parametrize(
    "text",
    [
        KEY.replace("-----\n", "-----\nComment: x\n\n", 1),
        KEY.split("-----END")[0],
        "".join(f"> {line}\n" for line in KEY.splitlines()),
    ],
    ids=["header", "truncated", "quoted"],
)
def test_a_block_that_the_controller_ignores(text: str) -> None:
    assert ids(key_pem(2) + text)[-1:] == ["block-ignored-by-controller"]


def test_a_block_whose_every_line_is_commented_out_is_no_finding() -> None:
    text = "".join(f"# {line}\n" for line in KEY.splitlines())
    report = scan_trust_root((key_pem(2) + text).encode(), PATH, now=NOW)
    assert report.all_findings == ()
    assert [block.trusted for block in report.blocks] == [True, False]


def test_a_comment_inside_a_block_is_trusted_as_documented_and_ignored_by_the_controller() -> None:
    text = KEY.replace("\n-----END", "  # Author A's raw key\n-----END")
    report = scan_trust_root((key_pem(2) + text).encode(), PATH, now=NOW)
    block = report.blocks[1]
    assert [finding.id for finding in block.findings] == ["comment-in-block"]
    assert block.trusted
    assert block.loaded_by == ()


def test_a_commented_begin_line_does_not_disable_a_block() -> None:
    report = scan_trust_root(f"# {KEY}".encode(), PATH, now=NOW)
    (block,) = report.blocks
    assert [finding.id for finding in block.findings] == ["commented-block-still-trusted"]
    assert not block.trusted
    assert "KEYED" in block.loaded_by
    assert "lines 1-4" in block.findings[0].next


def test_a_block_that_only_the_controller_trusts_for_its_form() -> None:
    assert ids(KEY.replace("\n", "\n  ")) == ["no-final-newline", "block-not-strict"]


def test_a_block_without_a_key() -> None:
    assert ids(KEY + pem("PUBLIC KEY", b"abc")) == ["controller-refuses-file", "block-malformed"]


def test_a_malformed_key_that_the_controller_loads() -> None:
    off_curve = ec_spki()[:-1] + bytes([ec_spki()[-1] ^ 1])
    report = scan_trust_root(pem("PUBLIC KEY", off_curve).encode(), PATH, now=NOW)
    (block,) = report.blocks
    assert [finding.id for finding in block.findings] == ["malformed-block-loaded"]
    assert (block.status, block.trusted, "KEYED" in block.loaded_by) == ("malformed", False, True)


def test_a_private_key_is_reported_and_never_kept() -> None:
    text = private_pem()
    report = scan_trust_root((KEY + text).encode(), PATH, now=NOW)
    block = report.blocks[1]
    assert [finding.id for finding in block.findings] == ["private-key-in-file"]
    body = text.splitlines()[1]
    assert body not in repr(report.to_dict())
    assert body not in block.text
    assert block.der is None


def test_a_private_key_under_another_label_is_withheld_too() -> None:
    der = base64.b64decode("".join(private_pem().splitlines()[1:-1]))
    report = scan_trust_root(pem("PUBLIC KEY", der).encode(), PATH, now=NOW)
    (block,) = report.blocks
    assert [finding.id for finding in block.findings] == ["private-key-in-file"]
    assert block.der is None
    assert base64.b64encode(der).decode()[:40] not in block.text


def test_a_truncated_private_key_is_withheld_too() -> None:
    lines = private_pem().splitlines()
    text = "\n".join(lines[:-1]) + "\n" + KEY
    report = scan_trust_root(text.encode(), PATH, now=NOW)
    assert lines[1] not in repr([(block.text, block.comment) for block in report.blocks])


def test_a_truncated_private_key_leaves_nothing_in_the_next_comment() -> None:
    text = "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\n" + "A" * 64 + "\nc2VjcmV0\n" + KEY
    report = scan_trust_root(text.encode(), PATH, now=NOW)
    assert "c2VjcmV0" not in repr([(block.text, block.comment) for block in report.blocks])


@pytest.mark.parametrize("label", ["RSA  PRIVATE  KEY", "OPENSSH PRIVATE KEY", "encrypted private key"])
def test_every_spelling_of_a_private_key_is_withheld(label: str) -> None:
    report = scan_trust_root(pem(label, b"secret" * 20).encode(), PATH, now=NOW)
    assert [finding.id for finding in report.blocks[0].findings] == ["private-key-in-file"]
    assert "c2VjcmV0" not in report.blocks[0].text


def test_explicit_curve_parameters_are_no_private_key() -> None:
    explicit = bytes.fromhex("300a" + "020101" + "3003020101" + "3000")
    text = pem("EC PARAMETERS", explicit)
    assert ids(text) == ["controller-refuses-file", "label-ignored-by-controller"]


def test_a_duplicate_key() -> None:
    finding = the("duplicate-key", KEY + key_pem(2) + KEY)
    assert (finding.line, "line 1" in finding.summary) == (9, True)


def test_a_renewed_certificate_for_the_same_key() -> None:
    text = anchor(serial=1) + anchor(serial=2)
    assert "line 1" in the("same-key-renewed-certificate", text).summary


def test_a_key_and_its_certificate_are_no_repetition() -> None:
    assert ids(KEY + certificate_pem(1)) == []


def test_no_line_end_at_the_end_of_the_file() -> None:
    finding = the("no-final-newline", KEY.rstrip("\n"))
    assert finding.next == "echo >> '/etc/my trust.pem'"
    assert ids("") == ["controller-refuses-file"]


def test_a_file_that_is_not_utf_8() -> None:
    finding = the("trust-root-not-utf8", b"# A\n# J\xfcrgen\n" + KEY.encode())
    assert (finding.line, "byte 7" in finding.summary) == (2, True)
    assert "UTF-16" in the("trust-root-not-utf8", KEY.encode("utf-16")).next


def test_a_file_that_the_controller_refuses_tells_its_words() -> None:
    finding = the("controller-refuses-file", "nothing\n")
    assert finding.cause == (
        f"IllegalStateException: trust bundle has no PUBLIC KEY or CERTIFICATE blocks: {PATH}"
    )


def test_an_answer_that_cannot_be_predicted_is_said_to_be_unknown() -> None:
    der = b"x-----BEGIN CERTIFICATE-----\nAAAA"
    report = scan_trust_root((KEY + pem("CERTIFICATE", der)).encode(), PATH, now=NOW)
    assert report.controller["COSIGN_BUNDLE"].loads is None
    assert report.controller["KEYED"].loads is True
    assert "controller-load-unknown" in [finding.id for finding in report.findings]


@pytest.mark.parametrize(
    ("mode", "kind"), [(0o646, "file-writable-by-others"), (0o664, "file-writable-by-group")]
)
def test_a_file_that_others_may_write(tmp_path: Path, mode: int, kind: str) -> None:
    file = tmp_path / "trust.pem"
    file.write_text(KEY)
    file.chmod(mode)
    finding = next(f for f in read_trust_root(file, now=NOW).findings if f.id == kind)
    assert str(file) in finding.next


@pytest.mark.parametrize(
    ("mode", "kind"),
    [(0o757, "directory-writable-by-others"), (0o775, "directory-writable-by-group")],
)
def test_a_directory_that_others_may_write(tmp_path: Path, mode: int, kind: str) -> None:
    directory = tmp_path / "open"
    (directory / "inner").mkdir(parents=True)
    file = directory / "inner" / "trust.pem"
    file.write_text(KEY)
    directory.chmod(mode)
    finding = next(f for f in read_trust_root(file, now=NOW).findings if f.id == kind)
    assert finding.next.endswith(str(directory))


def test_a_sticky_directory_is_no_finding(tmp_path: Path) -> None:
    directory = tmp_path / "sticky"
    directory.mkdir()
    file = directory / "trust.pem"
    file.write_text(KEY)
    file.chmod(0o644)
    directory.chmod(0o1777)
    assert [f for f in read_trust_root(file, now=NOW).findings if f"{directory}" in f.next] == []


def test_a_directory_of_a_link_counts_as_well_as_its_target(tmp_path: Path) -> None:
    safe, open_directory = tmp_path / "safe", tmp_path / "open"
    safe.mkdir()
    open_directory.mkdir()
    (safe / "trust.pem").write_text(KEY)
    (open_directory / "trust.pem").symlink_to(safe / "trust.pem")
    open_directory.chmod(0o777)
    found = read_trust_root(open_directory / "trust.pem", now=NOW).findings
    assert "directory-writable-by-others" in [f.id for f in found]


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    (finding,) = read_trust_root(tmp_path / "absent", now=NOW).findings
    assert (finding.id, finding.severity) == ("trust-root-unreadable", "error")


def test_ids_are_unique_and_each_has_a_test_in_this_file() -> None:
    names = [kind.id for kind in KINDS]
    assert len(set(names)) == len(names)
    text = Path(__file__).read_text()
    assert [name for name in names if f'"{name}"' not in text] == []


def test_sentences_have_no_exclamation_marks_and_no_open_braces() -> None:
    found = findings(f"# {KEY}{private_pem()}{KEY}{anchor(ca=False)}" + pem("X509 CRL", b"\x30\x00"))
    assert len(found) >= 4
    for finding in found:
        for sentence in (finding.summary, finding.cause, finding.next):
            assert sentence
            assert not set(sentence) & set("!{}")
