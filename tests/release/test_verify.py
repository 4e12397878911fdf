"""Signature, signer and time of a release, in every form that a signature has."""

from __future__ import annotations

import gzip
import json
from base64 import b64encode
from datetime import timedelta
from pathlib import Path

import pytest
from tests.release.conftest import ACCEPT, UNPROVEN, Ask, ids, outcome
from tests.release.making_releases import (
    ARCHIVE,
    OTHER_ARCHIVE,
    OURS,
    SIGNED,
    Publisher,
    Release,
    gnu,
    rekor_answer,
    sha256,
)

from trustconsole.demo.authorities import public_pem
from trustconsole.demo.signing import legacy_bundle, sigstore_bundle, text64
from trustconsole.release.policy import PolicyOptions


@pytest.mark.parametrize("form", ["base64", "base64-lf", "pem"])
def test_sig_and_pem_are_accepted_while_the_certificate_lives(ask: Ask, release: Release, form: str) -> None:
    pem = release.leaf.pem
    encoded = {"base64": b64encode(pem), "base64-lf": b64encode(pem) + b"\n", "pem": pem}[form]
    release.write("checksums.txt.pem", encoded)
    report = ask(now=SIGNED)
    assert outcome(report) == ACCEPT
    assert report.clean
    assert report.signed
    assert report.form == "detached signature and certificate"
    assert report.verified_time is None
    assert report.signer is not None
    assert report.signer.san == (OURS,)


def test_without_a_proof_of_time_an_ended_certificate_leaves_the_verdict_open(ask: Ask) -> None:
    report = ask()
    assert outcome(report) == UNPROVEN
    (finding,) = report.findings
    assert "--entry" in finding.next
    assert "--online" in finding.next
    assert not report.clean


def test_before_its_certificate_nothing_is_proved_either(ask: Ask) -> None:
    assert outcome(ask(now=SIGNED - timedelta(days=1))) == UNPROVEN


def test_a_refusal_beats_the_missing_proof_of_time(ask: Ask, release: Release) -> None:
    release.write(ARCHIVE, b"altered")
    assert outcome(ask()) == ("reject", "checksums", "file-altered")


def test_the_path_is_judged_although_the_time_is_not_known(ask: Ask, tmp_path: Path) -> None:
    stranger = Publisher("stranger").trusted_root(tmp_path)
    assert outcome(ask(policy=PolicyOptions(trusted_root=stranger))) == ("reject", "chain", "chain-refused")


@pytest.mark.parametrize("name", [".sigstore.json", ".cosign.bundle", ".bundle"])
def test_a_legacy_bundle_is_found_under_every_name_and_proves_the_time(
    ask: Ask, release: Release, name: str
) -> None:
    release.bundle(f"checksums.txt{name}")
    report = ask()
    assert outcome(report) == ACCEPT
    assert report.verified_time == SIGNED
    assert report.form == "legacy cosign bundle"
    assert report.signature == str(release.directory / f"checksums.txt{name}")


@pytest.mark.parametrize("name", [".sigstore.json", ".cosign.bundle", ".bundle"])
def test_a_sigstore_bundle_is_told_by_its_content(ask: Ask, release: Release, name: str) -> None:
    digest = bytes.fromhex(sha256(release.checksums))
    data = sigstore_bundle(release.signature, digest=digest, certificate_der=release.leaf.der)
    release.write(f"checksums.txt{name}", data)
    release.remove("checksums.txt.sig", "checksums.txt.pem")
    report = ask(now=SIGNED)
    assert outcome(report) == ACCEPT
    assert report.form == "Sigstore bundle of version 0.3"
    assert outcome(ask()) == UNPROVEN


def test_a_sigstore_bundle_about_something_else_says_so_itself(ask: Ask, release: Release) -> None:
    data = sigstore_bundle(release.signature, digest=bytes(32), certificate_der=release.leaf.der)
    release.write("checksums.txt.sigstore.json", data)
    release.remove("checksums.txt.sig", "checksums.txt.pem")
    assert outcome(ask(now=SIGNED)) == ("reject", "artifact", "other-content")


def test_one_good_signature_is_enough_and_the_other_is_told(ask: Ask, release: Release) -> None:
    release.write("checksums.txt.cosign.bundle", legacy_bundle(b"\x30\x06\x02\x01\x01\x02\x01\x01"))
    report = ask(now=SIGNED)
    assert outcome(report) == ACCEPT
    assert ids(report) == {"other-signature-refused"}
    assert report.signature == str(release.directory / "checksums.txt.sig")


def test_a_good_bundle_comes_before_sig_and_pem(ask: Ask, release: Release) -> None:
    signature = release.directory / "checksums.txt.sig"
    kept = signature.read_bytes()
    release.bundle()
    signature.write_bytes(kept)
    report = ask()
    assert (outcome(report), report.form) == (ACCEPT, "legacy cosign bundle")


@pytest.mark.parametrize(
    ("remove", "expected"),
    [
        (("checksums.txt.sig", "checksums.txt.pem"), ("reject", "parse", "signature-missing")),
        (("checksums.txt.sig",), ("reject", "parse", "signature-missing")),
        (("checksums.txt.pem",), ("reject", "key", "certificate-missing")),
        (("checksums.txt",), ("error", "checksums", "no-checksums")),
    ],
)
def test_what_is_missing_is_named(
    ask: Ask, release: Release, remove: tuple[str, ...], expected: tuple[str, str, str]
) -> None:
    release.remove(*remove)
    assert outcome(ask(now=SIGNED)) == expected


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("checksums.txt.sig", b"not base64!"),
        ("checksums.txt.sig", b""),
        ("checksums.txt.pem", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"),
        ("checksums.txt.pem", b"AAAA"),
        ("checksums.txt.sigstore.json", b"{}"),
        ("checksums.txt.sigstore.json", b"[" * 100_000),
        ("checksums.txt.sigstore.json", b'{"mediaType": "application/vnd.dev.sigstore.bundle.v9+json"}'),
    ],
)
def test_a_signature_that_does_not_read_is_refused_in_one_sentence(
    ask: Ask, release: Release, name: str, data: bytes
) -> None:
    release.write(name, data)
    if name.endswith(".json"):
        release.remove("checksums.txt.sig", "checksums.txt.pem")
    report = ask(now=SIGNED)
    assert (report.verdict, report.rule) in {("reject", "parse"), ("error", "parse")}
    assert report.code == "signature-unreadable"
    assert "\n" not in report.reason


def test_a_public_key_beside_a_signature_never_becomes_trust(ask: Ask, release: Release) -> None:
    release.write("checksums.txt.pem", public_pem(release.leaf.key))
    assert outcome(ask(now=SIGNED)) == ("reject", "key", "certificate-missing")
    release.remove("checksums.txt.pem", "checksums.txt.sig")
    release.write(
        "checksums.txt.bundle", legacy_bundle(release.signature, certificate=public_pem(release.leaf.key))
    )
    assert outcome(ask(now=SIGNED)) == ("reject", "key", "certificate-missing")


def test_a_log_entry_fetched_elsewhere_proves_the_time(ask: Ask, release: Release, tmp_path: Path) -> None:
    report = ask(entry=release.entry_file(tmp_path / "entry.json"))
    assert outcome(report) == ACCEPT
    assert report.verified_time == SIGNED


def test_an_entry_as_protobuf_writes_it_serves_as_well(ask: Ask, release: Release, tmp_path: Path) -> None:
    entry = release.entry()
    payload = entry["Payload"]
    assert isinstance(payload, dict)
    document = {
        "logIndex": str(payload["logIndex"]),
        "logId": {"keyId": text64(bytes.fromhex(payload["logID"]))},
        "kindVersion": {"kind": "hashedrekord", "version": "0.0.1"},
        "integratedTime": str(payload["integratedTime"]),
        "inclusionPromise": {"signedEntryTimestamp": entry["SignedEntryTimestamp"]},
        "canonicalizedBody": payload["body"],
    }
    path = tmp_path / "entry.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    assert outcome(ask(entry=path)) == ACCEPT


def test_of_several_entries_the_one_about_this_signature_counts(
    ask: Ask, release: Release, tmp_path: Path
) -> None:
    other = release.publisher.entry(b"other", release.signature, release.leaf)
    path = tmp_path / "entry.json"
    answers = [rekor_answer(other, uuid="cd" * 32), rekor_answer(release.entry())]
    path.write_text(json.dumps(answers), encoding="utf-8")
    assert outcome(ask(entry=path)) == ACCEPT
    path.write_text(json.dumps(answers[:1]), encoding="utf-8")
    assert outcome(ask(entry=path)) == ("reject", "rekor.binding", "log-entry-refused")


def test_an_entry_outside_the_certificates_dates_refuses(ask: Ask, release: Release, tmp_path: Path) -> None:
    path = release.entry_file(tmp_path / "entry.json", at=SIGNED + timedelta(hours=1))
    assert outcome(ask(entry=path)) == ("reject", "rekor.time", "log-entry-refused")


def test_an_entry_of_a_log_that_is_not_known_refuses_where_it_was_named(
    ask: Ask, release: Release, tmp_path: Path
) -> None:
    stranger = Publisher("stranger")
    entry = stranger.entry(release.checksums, release.signature, release.leaf)
    path = tmp_path / "entry.json"
    path.write_text(json.dumps(rekor_answer(entry)), encoding="utf-8")
    assert outcome(ask(entry=path)) == ("reject", "rekor.log-id", "log-entry-refused")
    named = PolicyOptions(roots=release.publisher.roots(tmp_path), rekor_key=stranger.log_key(tmp_path))
    assert outcome(ask(entry=path, policy=named)) == ACCEPT


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b'{"a": 1}', b'"x"', b'{"logId": {}}', b"[[]]"])
def test_an_entry_that_does_not_read_could_not_be_judged(ask: Ask, tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "entry.json"
    path.write_bytes(data)
    assert outcome(ask(entry=path)) == ("error", "parse", "entry-unreadable")
    assert outcome(ask(entry=tmp_path / "gone.json")) == ("error", "parse", "entry-unreadable")


def test_the_archive_one_downloaded_is_enough_unless_everything_is_wanted(ask: Ask, release: Release) -> None:
    release.remove(OTHER_ARCHIVE, f"{OTHER_ARCHIVE}.sbom.json")
    report = ask(now=SIGNED)
    assert outcome(report) == ACCEPT
    assert report.counts["missing"] == 2
    assert ids(report) == {"file-not-here"}
    assert outcome(ask(now=SIGNED, everything=True)) == ("reject", "checksums", "file-missing")


def test_a_release_without_any_archive_proves_nothing(ask: Ask, release: Release) -> None:
    release.remove(OTHER_ARCHIVE, ARCHIVE)
    assert outcome(ask(now=SIGNED)) == ("reject", "checksums", "nothing-present")


def test_an_archive_that_is_not_listed_refuses_and_other_files_do_not(ask: Ask, release: Release) -> None:
    release.write("LICENSE", b"")
    release.write("prexorctl", b"unpacked")
    report = ask(now=SIGNED)
    assert outcome(report) == ACCEPT
    assert report.counts["unlisted"] == 2
    assert ids(report) == {"file-unlisted"}
    assert report.clean
    release.write("prexorctl_1.4.0_freebsd_x86_64.tar.gz", b"")
    assert outcome(ask(now=SIGNED)) == ("reject", "checksums", "archive-unlisted")


@pytest.mark.parametrize("name", ["prexorctl.tar.lz4", "prexorctl.RUN", "prexorctl.cpio", "a.tar.gz "])
def test_an_unlisted_archive_refuses_whatever_it_is_called(ask: Ask, release: Release, name: str) -> None:
    release.write(name, b"")
    assert outcome(ask(now=SIGNED)) == ("reject", "checksums", "archive-unlisted")


def test_an_unlisted_archive_under_an_innocent_name_refuses(ask: Ask, release: Release) -> None:
    release.write("NOTES", gzip.compress(b"unpack me"))
    report = ask(now=SIGNED)
    assert outcome(report) == ("reject", "checksums", "archive-unlisted")
    finding = next(one for one in report.findings if one.id == "archive-unlisted")
    assert "by its first bytes it is gzip" in finding.cause


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("nonsense", "line-unreadable"),
        (f"{'ab' * 32}  ../outside.txt", "file-refused"),
        (f"{'ab' * 32}  /etc/passwd", "file-refused"),
        (f"{'ab' * 32}  {ARCHIVE}", "file-conflicting"),
    ],
)
def test_a_signed_line_that_cannot_be_followed_refuses(
    ask: Ask, release: Release, line: str, code: str
) -> None:
    release.sign(gnu(release.sums()) + line.encode() + b"\n")
    assert outcome(ask(now=SIGNED)) == ("reject", "checksums", code)


def test_a_listed_link_to_nothing_refuses(ask: Ask, release: Release) -> None:
    release.remove(OTHER_ARCHIVE)
    release.directory.joinpath(OTHER_ARCHIVE).symlink_to("nowhere")
    assert outcome(ask(now=SIGNED)) == ("reject", "checksums", "file-refused")


@pytest.mark.parametrize("target", ["nowhere", "/etc/hostname", "..", "link"])
def test_a_link_that_nothing_lists_refuses_where_it_leads_to_nothing_or_out(
    ask: Ask, release: Release, target: str
) -> None:
    release.directory.joinpath("link").symlink_to(target)
    report = ask(now=SIGNED)
    assert outcome(report) == ("reject", "checksums", "file-refused")
    assert report.counts["refused"] == 1


def test_a_link_that_stays_inside_is_as_any_other_file(ask: Ask, release: Release) -> None:
    release.directory.joinpath("latest").symlink_to(".")
    release.write("LICENSE", b"")
    release.directory.joinpath("COPYING").symlink_to("LICENSE")
    report = ask(now=SIGNED)
    assert outcome(report) == ACCEPT
    assert report.counts["unlisted"] == 2


def test_a_checksums_file_of_another_name_is_taken_and_otherwise_proposed(ask: Ask, release: Release) -> None:
    for path in list(release.directory.glob("checksums.txt*")):
        path.rename(path.with_name(f"prexorctl_1.4.0_{path.name}"))
    report = ask(now=SIGNED)
    assert outcome(report) == ("error", "checksums", "no-checksums")
    hint = report.steps[0].evidence["hint"]
    other = release.directory / "prexorctl_1.4.0_checksums.txt"
    assert hint == f"--checksums {other}"
    assert outcome(ask(now=SIGNED, checksums=other)) == ACCEPT


def test_a_directory_that_is_not_there_is_an_error(ask: Ask, release: Release) -> None:
    for path in release.directory.iterdir():
        path.unlink()
    release.directory.rmdir()
    assert outcome(ask()) == ("error", "checksums", "directory-unreadable")


def test_every_deciding_finding_names_a_next_step(ask: Ask, release: Release) -> None:
    release.write(ARCHIVE, b"altered")
    report = ask()
    assert ids(report) >= {"time-unproven", "file-altered"}
    assert all(finding.next and finding.cause for finding in report.findings)
    assert json.loads(json.dumps(report.to_dict()))["schema"] == "trustconsole/release/1"
