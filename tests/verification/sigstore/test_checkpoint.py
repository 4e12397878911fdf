"""Checkpoints: strict reading, and whose signature lines count."""

from __future__ import annotations

from base64 import b64decode
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.verification.sigstore.making import Log, ed25519_key, tree_root

from trustconsole.demo.authorities import derive_key
from trustconsole.demo.signing import log_id, sign_raw, text64
from trustconsole.errors import InputError, LimitExceeded, MalformedInput
from trustconsole.verification.log_entry import InclusionProof, LogEntry
from trustconsole.verification.sigstore.checkpoint import read_checkpoint
from trustconsole.verification.sigstore.inclusion import Inclusion, check_inclusion
from trustconsole.verification.sigstore.known_logs import KnownLog

V1 = Log(derive_key(5, "v1"))
V2 = Log(ed25519_key("v2"), "log2.example")
LOGS = [pytest.param(V1, id="v1"), pytest.param(V2, id="v2")]


def known(log: Log) -> KnownLog:
    return KnownLog(log.key.public_key(), log.identifier.hex())


def judge(log: Log, checkpoint: str, *logs: KnownLog) -> Inclusion:
    """The last leaf of the log, with its right path, under `checkpoint`."""
    index = len(log.leaves) - 1
    part = log.proof(index)
    proof = InclusionProof(
        index, len(log.leaves), tree_root(log.leaves), _hashes(part["hashes"]), checkpoint or None
    )
    entry = LogEntry(None, text64(log.leaves[index]), 0, index, log.identifier.hex(), proof)
    return check_inclusion(entry, logs or (known(log),))


def _hashes(texts: list[str]) -> tuple[bytes, ...]:
    return tuple(map(b64decode, texts))


@pytest.mark.parametrize("log", LOGS)
def test_a_checkpoint_of_the_log_proves_the_entry(log: Log) -> None:
    found = judge(log, log.checkpoint())
    assert found.holds, found.reason
    assert found.evidence["origin"] == log.origin


@pytest.mark.parametrize("log", LOGS)
@pytest.mark.parametrize("first", [True, False])
def test_lines_of_witnesses_and_unknown_keys_are_passed_over(log: Log, *, first: bool) -> None:
    text = log.checkpoint()
    body, _, own = text.partition("\n\n")
    witness = f"\N{EM DASH} witness.example {text64(b'wxyz' + b'0' * 72)}\n"
    same_name = f"\N{EM DASH} {log.host} {text64(b'wxyz' + b'0' * 64)}\n"
    lines = witness + same_name + own if first else own + witness + same_name
    assert judge(log, f"{body}\n\n{lines}").holds


@pytest.mark.parametrize("log", LOGS)
def test_a_line_of_the_logs_key_that_does_not_verify_refuses_whatever_else_holds(log: Log) -> None:
    bad = f"\N{EM DASH} {log.host} {text64(log.identifier[:4] + b'0' * 64)}\n"
    found = judge(log, log.checkpoint(more=bad))
    assert found.holds is False
    assert "does not verify" in found.reason


@pytest.mark.parametrize("log", LOGS)
def test_without_a_line_of_the_log_nothing_is_proved(log: Log) -> None:
    stranger = Log(derive_key(5, "stranger"), log.host) if not log.is_v2 else Log(ed25519_key("x"), log.host)
    found = judge(log, log.checkpoint(), known(stranger))
    assert found.holds is False
    assert "no signature of the entry's log" in found.reason


def test_an_ed25519_log_signs_only_under_its_own_name() -> None:
    renamed = V2.checkpoint().replace("log2.example", "log2.elsewhere")
    assert judge(V2, renamed).holds is False
    other = Log(V2.key, "log2.elsewhere", V2.leaves)
    assert judge(V2, other.checkpoint()).holds is False


def test_a_key_file_does_not_know_the_name_of_a_v2_log_and_takes_the_checkpoints() -> None:
    log = KnownLog(V2.key.public_key(), None)
    assert log.has_id(V2.identifier.hex(), V2.origin)
    assert not log.has_id(V2.identifier.hex(), "log2.elsewhere")
    assert not log.has_id(V2.identifier.hex(), None)
    assert judge(V2, V2.checkpoint(), log).holds


def test_an_ed25519_log_of_rekor_v1_is_known_by_its_key_alone() -> None:
    log = KnownLog(V2.key.public_key(), log_id(V2.key))
    text = f"{V2.host} - 17\n4\n{text64(b'r' * 32)}\n".encode()
    hint = bytes.fromhex(log_id(V2.key))[:4]
    assert log.signs("any", "any - 17", hint)
    assert log.signed(text, sign_raw(V2.key, text))


def test_a_checkpoint_of_another_state_does_not_fit_the_proof() -> None:
    found = judge(V1, V1.checkpoint(size=2))
    assert found.holds is False
    assert "another state" in found.reason


def test_a_proof_without_checkpoint_is_not_judged() -> None:
    assert judge(V1, "").holds is None


LINE = f"\N{EM DASH} log.example {text64(b'abcd' + b's' * 64)}"
ROOT = text64(b"r" * 32)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no signature lines"),
        (f"log.example\n4\n{ROOT}\n", "no signature lines"),
        (f"log.example\n4\n{ROOT}\n\n", "no signature lines"),
        (f"log.example\n4\n{ROOT}\n\n{LINE}", "no signature lines"),
        (f"log.example\n{ROOT}\n\n{LINE}\n", "three lines"),
        (f"log.example\n4\n\n{LINE}\n", "three lines"),
        (f"\n4\n{ROOT}\n\n{LINE}\n", "three lines"),
        (f"log.example\n04\n{ROOT}\n\n{LINE}\n", "tree size"),
        (f"log.example\n-4\n{ROOT}\n\n{LINE}\n", "tree size"),
        (f"log.example\n{2**63}\n{ROOT}\n\n{LINE}\n", "tree size"),
        (f"log.example\n4\n{text64(b'r' * 31)}\n\n{LINE}\n", "root hash"),
        (f"log.example\n4\n{ROOT[:-1]}\n\n{LINE}\n", "Base64"),
        (f"log.example\n4\n{ROOT}\n\n- log.example AAAA\n", "no signature line"),
        (f"log.example\n4\n{ROOT}\n\n{LINE}\ntext\n", "no signature line"),
        (f"log.example\n4\n{ROOT}\n\n\N{EM DASH} log.example\n", "no signature line"),
        (f"log.example\n4\n{ROOT}\n\n\N{EM DASH} a+b {text64(b'abcdef')}\n", "no signature line"),
        (f"log.example\n4\n{ROOT}\n\n\N{EM DASH} log.example {text64(b'abcd')}\n", "without a signature"),
        (f"log.example\r\n4\n{ROOT}\n\n{LINE}\n", "control character"),
    ],
)
def test_what_is_no_checkpoint_is_refused_with_the_reason(text: str, why: str) -> None:
    with pytest.raises(MalformedInput, match=why):
        read_checkpoint(text, "checkpoint")


def test_extension_lines_are_signed_and_kept_out_of_the_head() -> None:
    text = f"log.example\n4\n{ROOT}\nTimestamp: 17\n"
    checkpoint = read_checkpoint(f"{text}\n{LINE}\n", "checkpoint")
    assert (checkpoint.origin, checkpoint.size) == ("log.example", 4)
    assert checkpoint.signed_bytes == text.encode()


def test_more_lines_than_the_limit_are_not_read() -> None:
    with pytest.raises(LimitExceeded, match="64 signature lines"):
        read_checkpoint(f"log.example\n4\n{ROOT}\n\n" + f"{LINE}\n" * 65, "checkpoint")


@pytest.mark.parametrize("log", LOGS)
@given(data=st.data())
def test_a_changed_character_anywhere_never_verifies(log: Log, data: st.DataObject) -> None:
    text = log.checkpoint()
    place = data.draw(st.integers(0, len(text) - 1))
    char = data.draw(st.characters().filter(lambda new: new != text[place]))
    bent = text[:place] + char + text[place + 1 :]
    # The name before a Rekor v1 log's signature is not part of what is signed; its key is told by its id.
    name = text.rindex(log.host) if not log.is_v2 else len(text)
    if name <= place < name + len(log.host):
        return
    assert judge(log, bent).holds is not True


@given(st.text())
def test_any_text_is_read_or_refused_as_input(text: str) -> None:
    with suppress(InputError):
        assert read_checkpoint(text, "checkpoint").signatures
