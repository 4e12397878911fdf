"""Whatever lies beside a module, there is a verdict: nothing raises, nothing hangs, nothing is accepted."""

from __future__ import annotations

import os
import socket
import textwrap
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.verification.conftest import NOW, SEED, Bench

from trustconsole import limits
from trustconsole.demo.authorities import derive_key, make_leaf, name_of, public_pem
from trustconsole.demo.signing import detached, legacy_bundle, sign_raw
from trustconsole.trust_root import read_trust_root
from trustconsole.verification import Policy, SignatureChecker, check_chain, verify_artifact
from trustconsole.verification.loading import choose_sidecar

SLOW = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=150)


@SLOW
@given(data=st.binary(max_size=300))
def test_arbitrary_bytes_beside_a_module_are_never_accepted(bench: Bench, data: bytes) -> None:
    root = bench.trust(public_pem(bench.author))
    bench.bundle(data)
    bench.sig(data)
    assert bench.verify(root).documented.verdict in ("reject", "error")
    assert bench.verify(root, mode="KEYED").documented.verdict in ("reject", "error")


@SLOW
@given(position=st.integers(0, 10_000), byte=st.integers(0, 255))
def test_one_changed_byte_of_a_bundle_is_refused_or_changes_nothing(
    bench: Bench, position: int, byte: int
) -> None:
    genuine = bench.signed_by_author(with_entry=True)
    place = position % len(genuine)
    changed = genuine[:place] + bytes([byte]) + genuine[place + 1 :]
    bench.bundle(changed)
    report = bench.verify(
        bench.trust(public_pem(bench.author)), policy="REQUIRE_SET", log_key=public_pem(bench.log)
    )
    assert (report.documented.verdict == "accept") == (changed == genuine)


@SLOW
@given(position=st.integers(0, 10_000), byte=st.integers(0, 255), pinned=st.booleans())
def test_one_changed_byte_of_a_certificate_never_raises(
    bench: Bench, position: int, byte: int, pinned: bool
) -> None:
    leaf = bench.leaf(start=timedelta(days=-1), length=timedelta(days=9))
    place = position % len(leaf.der)
    changed = leaf.der[:place] + bytes([byte]) + leaf.der[place + 1 :]
    pem = b"-----BEGIN CERTIFICATE-----\n" + b64encode(changed) + b"\n-----END CERTIFICATE-----\n"
    bench.bundle(legacy_bundle(sign_raw(bench.leaf_key, bench.content), certificate=pem))
    report = bench.verify(bench.trust(public_pem(bench.leaf_key) if pinned else bench.ca.pem))
    if not pinned:
        assert (report.documented.verdict == "accept") == (changed == leaf.der)


def test_a_certificate_with_a_repeated_extension_is_judged_not_crashed_on(bench: Bench) -> None:
    leaf = bench.leaf(start=timedelta(days=-1), length=timedelta(days=9))
    usage, eku = b"\x06\x03\x55\x1d\x0f", b"\x06\x03\x55\x1d\x25"
    assert leaf.der.count(eku) == 1
    pem = (
        b"-----BEGIN CERTIFICATE-----\n"
        + b64encode(leaf.der.replace(eku, usage))
        + b"\n-----END CERTIFICATE-----\n"
    )
    bench.bundle(legacy_bundle(sign_raw(bench.leaf_key, bench.content), certificate=pem))
    assert bench.verify(bench.trust(bench.ca.pem)).documented.verdict == "reject"
    pinned = bench.verify(bench.trust(public_pem(bench.leaf_key)))
    assert pinned.signer is not None


@pytest.mark.parametrize("kind", ["directory", "fifo", "socket", "dangling", "loop", "device"])
@pytest.mark.parametrize("role", ["artifact", "sidecar"])
def test_a_special_file_is_answered_at_once(bench: Bench, role: str, kind: str) -> None:
    bench.bundle(bench.signed_by_author())
    target = bench.artifact if role == "artifact" else bench.directory / "module.jar.cosign.bundle"
    target.unlink()
    made = _make(target, kind)
    report = bench.verify(bench.trust(public_pem(bench.author)))
    if made is not None:
        made.close()
    assert report.documented.verdict == "error"
    assert str(target) in report.documented.reason


def _make(path: Path, kind: str) -> socket.socket | None:
    if kind == "directory":
        path.mkdir()
    elif kind == "fifo":
        os.mkfifo(path)
    elif kind == "dangling":
        path.symlink_to("nowhere")
    elif kind == "loop":
        path.symlink_to(path.name)
    elif kind == "device":
        path.symlink_to("/dev/zero")
    else:
        listening = socket.socket(socket.AF_UNIX)
        here = Path.cwd()
        os.chdir(path.parent)  # a socket's path is limited to 108 bytes
        listening.bind(path.name)
        os.chdir(here)
        return listening
    return None


def test_a_signature_file_beyond_the_limit_is_an_error_that_names_it(bench: Bench) -> None:
    bench.bundle(b" " * (limits.SIDECAR_BYTES + 1))
    report = bench.verify(bench.trust(public_pem(bench.author)))
    assert report.documented.verdict == "error"
    assert "limit of 4.0 MiB" in report.documented.reason


def test_deep_json_is_an_error_that_names_the_limit(bench: Bench) -> None:
    bench.bundle(b'{"base64Signature":"AAAA","x":' + b"[" * 40 + b"]" * 40 + b"}")
    report = bench.verify(bench.trust(public_pem(bench.author)))
    assert report.documented.verdict == "error"
    assert "32" in report.documented.reason


def test_an_artefact_beyond_the_limit_is_an_error(bench: Bench) -> None:
    bench.bundle(bench.signed_by_author())
    with bench.artifact.open("wb") as file:
        file.truncate(64 * limits.MIB)
    assert bench.verify(bench.trust(public_pem(bench.author))).documented.verdict == "reject"


@pytest.mark.parametrize(
    ("mode", "present", "kind", "other"),
    [
        (None, ("sig",), "sig", None),
        (None, ("cosign.bundle",), "cosign-bundle", None),
        (None, ("sig", "cosign.bundle"), "cosign-bundle", "sig"),
        ("KEYED", ("sig", "cosign.bundle"), "sig", "cosign.bundle"),
        ("COSIGN_BUNDLE", ("sig",), None, "sig"),
        (None, (), None, None),
    ],
)
def test_mode_and_names_choose_the_sidecar(
    bench: Bench, mode: str | None, present: tuple[str, ...], kind: str | None, other: str | None
) -> None:
    for suffix in present:
        Path(f"{bench.artifact}.{suffix}").write_bytes(b"x")
    choice = choose_sidecar(bench.artifact, mode)  # type: ignore[arg-type]
    assert (choice.sidecar.named if choice.sidecar else None) == kind
    assert choice.other == (f"{bench.artifact}.{other}" if other else None)


def test_a_stored_module_has_its_sidecar_beside_the_bare_digest(tmp_path: Path) -> None:
    digest = "ab" * 32
    jar = tmp_path / f"{digest}.jar"
    jar.write_bytes(b"")
    (tmp_path / f"{digest}.cosign.bundle").write_bytes(b"{}")
    choice = choose_sidecar(jar, "COSIGN_BUNDLE")
    assert choice.sidecar is not None
    assert choice.sidecar.path.endswith(f"{digest}.cosign.bundle")


def test_a_given_sidecar_of_the_other_kind_counts_as_none_and_an_odd_name_takes_the_modes(
    bench: Bench,
) -> None:
    signature = bench.directory / "author.sig"
    signature.write_bytes(detached(sign_raw(bench.author, bench.content)))
    root = bench.trust(public_pem(bench.author))
    assert bench.verify(root, mode="KEYED", sidecar=signature).documented.verdict == "accept"
    wrong = bench.verify(root, mode="COSIGN_BUNDLE", sidecar=signature)
    assert (wrong.sidecar.kind, wrong.documented.rule) == ("none", "sidecar")
    odd = signature.rename(bench.directory / "download")
    assert bench.verify(root, mode="KEYED", sidecar=odd).documented.verdict == "accept"


def test_answers_are_remembered_by_key_digest_and_signature(bench: Bench) -> None:
    checker = SignatureChecker()
    signature = sign_raw(bench.author, bench.content)
    asked: list[int] = []

    def message() -> bytes:
        asked.append(1)
        return bench.content

    digest = bytes.fromhex(bench.sha256)
    for _ in range(2):
        assert checker.verify(bench.author.public_key(), signature, digest=digest, message=message)
    assert not checker.verify(bench.stranger.public_key(), signature, digest=digest, message=message)
    assert not checker.verify(bench.author.public_key(), signature, digest=bytes(32), message=message)
    assert asked == []


def test_a_verdict_never_needs_a_clock_of_its_own(bench: Bench) -> None:
    report = verify_artifact(
        bench.artifact,
        policy=Policy("KEYED", "DISABLED", "flags"),
        trust_root=None,
        rekor_key=None,
        now=datetime(1999, 1, 1, tzinfo=UTC),
    )
    assert report.policy.at < NOW
    assert report.documented.verdict == "reject"


def _with_bit_string(*extensions: tuple[x509.ExtensionType, bool]) -> bytes:
    """A code-signing leaf in DER with a BIT STRING where a common name has its text."""
    name = name_of("Odd name")
    leaf = make_leaf(
        derive_key(SEED, "leaf"),
        name,
        None,
        not_before=NOW - timedelta(days=1),
        not_after=NOW + timedelta(days=1),
        extra=extensions,
    )
    return leaf.der.replace(b"\x0c\x08Odd name", b"\x03\x08\x00dd name")


@pytest.mark.parametrize(
    "extensions",
    [
        (),
        ((x509.SubjectAlternativeName([x509.DirectoryName(name_of("Odd name"))]), False),),
        ((x509.NameConstraints([x509.DirectoryName(name_of("Odd name"))], None), False),),
    ],
)
def test_a_name_that_holds_a_bit_string_is_judged_not_crashed_on(
    bench: Bench, extensions: tuple[tuple[x509.ExtensionType, bool], ...]
) -> None:
    """The library raises a TypeError there, when the name is asked for; found by fuzzing."""
    der = _with_bit_string(*extensions)
    block = textwrap.fill(b64encode(der).decode(), 64)
    pem = f"-----BEGIN CERTIFICATE-----\n{block}\n-----END CERTIFICATE-----\n".encode()
    bench.bundle(legacy_bundle(sign_raw(bench.leaf_key, bench.content), certificate=pem))
    assert bench.verify(bench.trust(bench.ca.pem)).documented.verdict == "reject"
    own = bench.verify(bench.trust(pem))
    assert own.documented.verdict == "reject"
    assert check_chain(pem, b"", bench.ca.pem, NOW).accepted is False
    report = read_trust_root(bench.trust(pem, bench.ca.pem), now=NOW)
    assert [item.status for item in report.blocks] == ["malformed", "parsed"]
