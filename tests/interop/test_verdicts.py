"""The same files before both: where cosign and the documented reading agree, and each place where not.

Every row is judged by the cosign at hand and by us. `ours` and `theirs` differ only where we refuse what
cosign lets pass; nothing that cosign refuses is accepted here.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from tests.interop.conftest import SignedAs, make_module
from tests.interop.cosign import Cosign, Format

from trustconsole.demo.authorities import public_pem
from trustconsole.demo.signing import sign_raw

Change = Callable[[bytes], bytes]
# The order of P-256 (FIPS 186-4, D.1.2.3): s and order - s are signatures of the same.
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


@dataclass(frozen=True)
class Row:
    """One way to change a sidecar. `theirs`: cosign 2 and cosign 3, whether they accept."""

    name: str
    form: Format
    change: Change
    theirs: tuple[bool, bool]
    ours: bool


def _sig(change: Callable[[bytes], bytes]) -> Change:
    """Changes the signature itself inside a `.sig`."""
    return lambda text: base64.b64encode(change(base64.b64decode(text)))


def _json(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Change:
    """Replaces the document."""
    return lambda data: json.dumps(change(json.loads(data))).encode()


def _without(name: str) -> Change:
    return _json(lambda document: {key: value for key, value in document.items() if key != name})


def _flip(data: bytes) -> bytes:
    return data[:-1] + bytes([data[-1] ^ 1])


def _fixed_length(data: bytes) -> bytes:
    r, s = decode_dss_signature(data)
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def _other_s(data: bytes) -> bytes:
    r, s = decode_dss_signature(data)
    return encode_dss_signature(r, _ORDER - s)


def _wrapped(text: bytes) -> bytes:
    return text[:40] + b"\n" + text[40:]


def _twice(good_last: bool) -> Change:
    def changed(data: bytes) -> bytes:
        bad = b'"base64Signature":"AAAA"'
        good = re.search(rb'"base64Signature":\s*"[^"]+"', data)
        assert good
        pair = (bad, good[0]) if good_last else (good[0], bad)
        return data.replace(good[0], b",".join(pair))

    return changed


def _wrong_digest(document: dict[str, Any]) -> dict[str, Any]:
    document["messageSignature"]["messageDigest"]["digest"] = base64.b64encode(bytes(32)).decode()
    return document


_VERSION_99 = {"mediaType": "application/vnd.dev.sigstore.bundle+json;version=99.9"}
BOTH, NEITHER, ONLY_2 = (True, True), (False, False), (True, False)
ROWS = (
    Row("as it was written", "sig", lambda text: text, BOTH, True),
    Row("a final line feed", "sig", lambda text: text + b"\n", BOTH, True),
    Row("the other s", "sig", _sig(_other_s), BOTH, True),
    Row("one bit of the signature", "sig", _sig(_flip), NEITHER, False),
    Row("a trailing byte", "sig", _sig(lambda data: data + b"\0"), NEITHER, False),
    Row("half of the text", "sig", lambda text: text[: len(text) // 2], NEITHER, False),
    Row("empty", "sig", lambda _: b"", NEITHER, False),
    Row("a byte order mark", "sig", lambda text: b"\xef\xbb\xbf" + text, NEITHER, False),
    Row("wrapped Base64", "sig", _wrapped, BOTH, False),
    Row("binary DER", "sig", base64.b64decode, BOTH, False),
    Row("r and s of fixed length", "sig", _sig(_fixed_length), BOTH, False),
    Row("as it was written", "legacy", lambda data: data, BOTH, True),
    Row("an unknown field", "legacy", _json(lambda one: one | {"x": 1}), BOTH, True),
    Row("no signature", "legacy", _json(lambda _: {"cert": ""}), NEITHER, False),
    Row("trailing bytes", "legacy", lambda data: data + b"{}", NEITHER, False),
    Row("cut short", "legacy", lambda data: data[:-10], NEITHER, False),
    Row("two signatures, the good one first", "legacy", _twice(good_last=False), NEITHER, False),
    Row("two signatures, the good one last", "legacy", _twice(good_last=True), BOTH, False),
    Row("another case", "legacy", lambda data: data.replace(b"base64S", b"BASE64S"), BOTH, False),
    Row("as it was written", "sigstore", lambda data: data, BOTH, True),
    Row("an unknown version", "sigstore", _json(lambda one: one | _VERSION_99), NEITHER, False),
    Row("the digest of another file", "sigstore", _json(_wrong_digest), ONLY_2, False),
    Row("no material", "sigstore", _without("verificationMaterial"), NEITHER, False),
    Row("no signature", "sigstore", _without("messageSignature"), NEITHER, False),
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.form}: {row.name}")
def test_verdicts_on_the_same_file_are_as_known(row: Row, signed_as: SignedAs, tmp_path: Path) -> None:
    module = signed_as(row.form).copy(tmp_path)
    module.sidecar.write_bytes(row.change(module.sidecar.read_bytes()))
    theirs = module.theirs()
    assert theirs.good is row.theirs[module.cosign.major >= 3], theirs.words
    assert (module.ours().documented.verdict == "accept") is row.ours
    assert theirs.good or not row.ours


def test_a_public_key_inside_the_bundle_never_becomes_trust(signed_as: SignedAs, tmp_path: Path) -> None:
    """GHSA-fx35-mq7g-6g98: cosign 2.4.1 verifies with the attacker's key although --key names another."""
    module = signed_as("legacy").copy(tmp_path)
    attacker = ec.generate_private_key(ec.SECP256R1())
    signature = sign_raw(attacker, module.artifact.read_bytes())
    forged = {
        "base64Signature": base64.b64encode(signature).decode(),
        "cert": base64.b64encode(public_pem(attacker)).decode(),
    }
    module.sidecar.write_text(json.dumps(forged))
    assert module.ours().documented.verdict == "reject"
    assert module.theirs().good is (module.cosign.major < 3)


def test_p384_is_judged_by_the_hash_that_was_used(cosign: Cosign, form: Format, tmp_path: Path) -> None:
    """cosign 3 signs with SHA-384, which a `.sig` or a legacy bundle cannot say; 2 signs with SHA-256."""
    module = make_module(cosign, tmp_path, "p384", form)
    report = module.ours()
    stated = form == "sigstore" or cosign.major < 3
    assert (report.documented.verdict == "accept") is stated, report.documented.reason
    if not stated:
        assert any("384" in finding.summary + finding.cause for finding in report.findings)
        assert not module.theirs().good
