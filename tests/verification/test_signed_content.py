"""What a signature covers: digests that are computed when asked for, and a file that must stay the same."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from tests.verification.sigstore.making import ed25519_key

from trustconsole.demo.authorities import derive_key
from trustconsole.demo.signing import sign_raw
from trustconsole.errors import MalformedInput, MissingFile
from trustconsole.verification.case import Artifact
from trustconsole.verification.signatures import HashName, SignatureChecker
from trustconsole.verification.signed_content import content_of_bytes, content_of_digest, content_of_file

DATA = b"a module's bytes\n"
NAMES: tuple[HashName, ...] = ("sha256", "sha384", "sha512")


@pytest.mark.parametrize("name", NAMES)
def test_a_file_and_its_bytes_have_the_same_digests(tmp_path: Path, name: HashName) -> None:
    path = tmp_path / "module.jar"
    path.write_bytes(DATA)
    expected = hashlib.new(name, DATA).digest()
    assert content_of_file(Artifact.read(path)).digest(name) == expected
    assert content_of_bytes(DATA).digest(name) == expected
    assert content_of_file(Artifact.read(path)).message() == DATA


def test_a_file_that_changed_since_it_was_hashed_is_not_mixed_with_its_old_digest(tmp_path: Path) -> None:
    path = tmp_path / "module.jar"
    path.write_bytes(DATA)
    content = content_of_file(Artifact.read(path))
    path.write_bytes(b"another file, of another length")
    with pytest.raises(MalformedInput, match="changed while it was being verified"):
        content.digest("sha384")
    with pytest.raises(MalformedInput, match="changed"):
        content.message()


def test_of_a_digest_alone_nothing_else_can_be_told() -> None:
    sha256 = hashlib.sha256(DATA).hexdigest()
    content = content_of_digest(sha256)
    assert content.digest("sha256").hex() == sha256
    with pytest.raises(MissingFile, match="sha384 is needed"):
        content.digest("sha384")
    with pytest.raises(MissingFile, match="the file itself is needed"):
        content.message()


def test_a_signature_holds_under_one_of_the_hashes_and_ed25519_under_none_of_them() -> None:
    checker, content = SignatureChecker(), content_of_bytes(DATA)
    key = derive_key(3, "signer")
    signature = sign_raw(key, DATA)
    assert content.is_signed_by(key.public_key(), signature, ("sha384", "sha256"), checker)
    assert not content.is_signed_by(key.public_key(), signature, ("sha384",), checker)
    pure = ed25519_key("signer")
    assert content.is_signed_by(pure.public_key(), pure.sign(DATA), ("sha512",), checker)
    assert not content.is_signed_by(pure.public_key(), pure.sign(b"other"), ("sha512",), checker)
