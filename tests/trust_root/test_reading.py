from __future__ import annotations

import os
from pathlib import Path

import pytest
from tests.trust_root.material import NOW, certificate, ec_spki, key_pem, pem, rsa_spki

from trustconsole import limits
from trustconsole.trust_root import LOAD_AS, TrustRootReport, read_trust_root, scan_trust_root


def absent(folder: Path) -> Path:
    return folder / "absent.pem"


def directory(folder: Path) -> Path:
    return folder


def fifo(folder: Path) -> Path:
    os.mkfifo(folder / "fifo")
    return folder / "fifo"


def loop(folder: Path) -> Path:
    (folder / "loop").symlink_to(folder / "loop")
    return folder / "loop"


def dangling(folder: Path) -> Path:
    (folder / "dangling").symlink_to(folder / "nowhere")
    return folder / "dangling"


def impossible(folder: Path) -> Path:
    return folder / "a\0b"


@pytest.mark.parametrize("make", [absent, directory, fifo, loop, dangling, impossible])
def test_what_is_no_regular_file_is_answered_with_the_build_s_words(make: object, tmp_path: Path) -> None:
    assert callable(make)
    path = make(tmp_path)
    report = read_trust_root(path, now=NOW)
    assert report.error
    assert report.blocks == ()
    assert report.sha256 is None
    bundle, rekor = report.controller["COSIGN_BUNDLE"], report.controller["REKOR"]
    assert (bundle.loads, bundle.exception) == (False, "IllegalArgumentException")
    assert bundle.error == report.controller["KEYED"].error == f"trust bundle does not exist: {path}"
    assert rekor.error == f"rekor public key file does not exist: {path}"


def unknown(report: TrustRootReport) -> bool:
    return bool(report.error) and all(report.controller[role].loads is None for role in LOAD_AS)


def test_a_file_beyond_the_size_limit_is_unknown(tmp_path: Path) -> None:
    file = tmp_path / "large.pem"
    file.write_bytes(b"#" * (limits.PEM_BYTES + 1))
    report = read_trust_root(file, now=NOW)
    assert unknown(report)
    assert "1.0 MiB" in (report.error or "")
    assert unknown(scan_trust_root(file.read_bytes(), "large.pem", now=NOW))


def test_a_file_at_the_size_limit_is_read() -> None:
    key = key_pem().encode()
    data = key + b"#" * (limits.PEM_BYTES - len(key))
    assert len(scan_trust_root(data, "large.pem", now=NOW).blocks) == 1


def test_more_blocks_than_the_limit_are_unknown() -> None:
    at_limit = key_pem().encode() * limits.PEM_BLOCKS
    assert len(scan_trust_root(at_limit, "many.pem", now=NOW).blocks) == limits.PEM_BLOCKS
    report = scan_trust_root(at_limit + key_pem().encode(), "many.pem", now=NOW)
    assert unknown(report)
    assert "256 blocks" in (report.error or "")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_this_user_may_not_read_is_unknown(tmp_path: Path) -> None:
    file = tmp_path / "closed.pem"
    file.write_text(key_pem())
    file.chmod(0)
    assert unknown(read_trust_root(file, now=NOW))


def test_blocks_carry_their_facts(tmp_path: Path) -> None:
    file = tmp_path / "trust.pem"
    file.write_text(
        f"# Author A\n{key_pem()}" + pem("PUBLIC KEY", rsa_spki()) + pem("CERTIFICATE", certificate(3))
    )
    report = read_trust_root(file, now=NOW)
    first, second, third = (block.to_dict() for block in report.blocks)
    assert (first["algorithm"], first["curve"], first["bits"]) == ("EC", "P-256", 256)
    assert (first["comment"], first["line_start"], first["line_end"]) == ("Author A", 2, 5)
    assert first["loaded_by"] == ["KEYED", "COSIGN_BUNDLE", "REKOR"]
    assert (second["algorithm"], second["curve"], second["bits"]) == ("RSA", None, 2048)
    assert (third["kind"], third["is_ca"], third["subject"]) == ("certificate", True, "CN=Internal CA")
    assert (third["not_before"], third["not_after"]) == ("2025-06-01T12:00:00Z", "2036-05-29T12:00:00Z")
    assert third["loaded_by"] == ["COSIGN_BUNDLE"]
    assert report.trusted_blocks == report.blocks
    assert all(len(str(block["spki_sha256"])) == 64 for block in (first, second, third))


def test_a_hostile_comment_is_kept_as_text_that_can_be_encoded() -> None:
    data = b"# \xff\x1b[31m\n" + key_pem().encode()
    (block,) = scan_trust_root(data, "x.pem", now=NOW).blocks
    assert block.comment == "\ufffd\x1b[31m"
    block.comment.encode()


def test_a_key_in_another_encoding_has_the_same_fingerprint() -> None:
    long_form = b"\x30\x81" + ec_spki()[1:]
    report = scan_trust_root((key_pem() + pem("PUBLIC KEY", long_form)).encode(), "x.pem", now=NOW)
    first, second = report.controller["KEYED"].keys
    assert first.sha256 == second.sha256 == report.blocks[0].spki_sha256
