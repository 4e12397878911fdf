"""What the build makes of common PEM confusions, as a table of answers observed on the build itself."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field

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

from trustconsole.trust_root import ControllerLoad, LoadAs, scan_trust_root

PATH = "/etc/prexorcloud/module-trust.pem"
KEY, OTHER, CERT = key_pem(1), key_pem(2), certificate_pem(1)
K1, K2 = (hashlib.sha256(ec_spki(number)).hexdigest() for number in (1, 2))
C1 = hashlib.sha256(certificate(1)).hexdigest()
BODY = "".join(KEY.split("\n")[1:-2])


def block(body: str, label: str = "PUBLIC KEY") -> str:
    return f"-----BEGIN {label}-----\n{body}\n-----END {label}-----\n"


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@dataclass(frozen=True)
class Row:
    """`keys` for every role, `certs` for COSIGN_BUNDLE; or the refusal of all, exception and message."""

    text: str | bytes
    keys: tuple[str, ...] = ()
    certs: tuple[str, ...] = ()
    refusal: tuple[str, str] | None = field(default=None)

    @property
    def data(self) -> bytes:
        return self.text if isinstance(self.text, bytes) else self.text.encode()


ARGUMENT, STATE = "IllegalArgumentException", "IllegalStateException"
UNSUPPORTED = "unsupported public key (sha256={})"
UNITS = "Input byte array has wrong 4-byte ending unit"
ROWS = {
    "plain": Row(KEY, (K1,)),
    "two keys in order": Row(OTHER + KEY, (K2, K1)),
    "the same key twice": Row(KEY + KEY, (K1, K1)),
    "key and certificate": Row(CERT + KEY, (K1,), (C1,)),
    "no final line end": Row(KEY.rstrip("\n"), (K1,)),
    "glued together": Row(KEY.rstrip("\n") + OTHER, (K1, K2)),
    "one line": Row(KEY.replace("\n", ""), (K1,)),
    "CR LF": Row(KEY.replace("\n", "\r\n"), (K1,)),
    "CR only": Row(KEY.replace("\n", "\r"), (K1,)),
    "indented": Row(KEY.replace("\n", "\n\t "), (K1,)),
    "vertical tab and form feed": Row(KEY.replace("\n", "\x0b\x0c\n"), (K1,)),
    "empty lines in the body": Row(KEY.replace("\n", "\n\n"), (K1,)),
    "width 1": Row(pem("PUBLIC KEY", ec_spki(), width=1), (K1,)),
    "byte order mark": Row("\ufeff" + KEY, (K1,)),
    "text around": Row("Public-Key: (256 bit)\n" + KEY + "thanks\n", (K1,)),
    "NUL around": Row("\0" + KEY + "\0", (K1,)),
    "no padding": Row(KEY.replace("=", ""), (K1,)),
    "BEGIN commented out": Row("# " + KEY, (K1,)),
    "BEGIN commented out with //": Row("// " + KEY, (K1,)),
    "every line commented out": Row("".join(f"# {line}\n" for line in KEY.splitlines()) + OTHER, (K2,)),
    "comment at the end of a body line": Row(KEY.replace("\n-----END", " # A\n-----END") + OTHER, (K2,)),
    "header in the body": Row(KEY.replace("-----\n", "-----\nComment: x\n\n", 1) + OTHER, (K2,)),
    "no-break space in the body": Row(KEY.replace("-----\n", "-----\n\xa0", 1) + OTHER, (K2,)),
    "zero-width space in the body": Row(KEY.replace("-----\n", "-----\n\u200b", 1) + OTHER, (K2,)),
    "URL-safe body": Row(block(BODY[:20] + "-_" + BODY[22:]) + OTHER, (K2,)),
    "truncated, then good": Row(KEY.split("-----END")[0] + OTHER, (K2,)),
    "BEGIN twice": Row("-----BEGIN PUBLIC KEY-----\n" + KEY, (K1,)),
    "END twice": Row(KEY + "-----END PUBLIC KEY-----\n", (K1,)),
    "empty body": Row("-----BEGIN PUBLIC KEY----------END PUBLIC KEY-----\n" + KEY, (K1,)),
    "six dashes outside": Row(KEY.replace("-----BEGIN", "------BEGIN"), (K1,)),
    "six dashes inside": Row(KEY.replace("BEGIN PUBLIC KEY-", "BEGIN PUBLIC KEY--") + OTHER, (K2,)),
    "label in lower case": Row(KEY.replace("PUBLIC KEY", "public key") + OTHER, (K2,)),
    "label with two spaces": Row(KEY.replace("PUBLIC KEY", "PUBLIC  KEY") + OTHER, (K2,)),
    "label with a space at its end": Row(KEY.replace("PUBLIC KEY-", "PUBLIC KEY -") + OTHER, (K2,)),
    "PKCS 1 label": Row(KEY.replace("PUBLIC KEY", "RSA PUBLIC KEY") + OTHER, (K2,)),
    "trusted certificate": Row(CERT.replace("CERTIFICATE", "TRUSTED CERTIFICATE") + OTHER, (K2,)),
    "private key beside": Row(private_pem() + KEY, (K1,)),
    "EC parameters beside": Row(block("BggqhkjOPQMBBw==", "EC PARAMETERS") + KEY, (K1,)),
    "other END label": Row(KEY.replace("END PUBLIC", "END RSA PUBLIC") + OTHER, (K2,)),
    "RSA 2048": Row(pem("PUBLIC KEY", rsa_spki()), (sha(rsa_spki()),)),
    "RSA 1024": Row(pem("PUBLIC KEY", rsa_spki(1024)), (sha(rsa_spki(1024)),)),
    "Ed25519": Row(pem("PUBLIC KEY", ed25519_spki()), (sha(ed25519_spki()),)),
    "secp256k1": Row(pem("PUBLIC KEY", named_curve(ec.SECP256K1())), (sha(named_curve(ec.SECP256K1())),)),
    "P-224": Row(pem("PUBLIC KEY", named_curve(ec.SECP224R1())), (sha(named_curve(ec.SECP224R1())),)),
    "bytes after a certificate": Row(KEY + pem("CERTIFICATE", certificate(1) + b"junk"), (K1,), (C1,)),
    "two certificates in one block": Row(
        KEY + pem("CERTIFICATE", certificate(1) + certificate(2)), (K1,), (C1,)
    ),
    "Ed448": Row(pem("PUBLIC KEY", ed448_spki()), refusal=(STATE, UNSUPPORTED.format(sha(ed448_spki())))),
    "X25519": Row(pem("PUBLIC KEY", x25519_spki()), refusal=(STATE, UNSUPPORTED.format(sha(x25519_spki())))),
    "bytes after a key": Row(
        pem("PUBLIC KEY", ec_spki() + b"x"), refusal=(STATE, UNSUPPORTED.format(sha(ec_spki() + b"x")))
    ),
    "garbage DER": Row(pem("PUBLIC KEY", b"abc") + KEY, refusal=(STATE, UNSUPPORTED.format(sha(b"abc")))),
    "white space as body": Row(block(" ") + KEY, refusal=(STATE, UNSUPPORTED.format(sha(b"")))),
    "certificate under a key label": Row(
        pem("PUBLIC KEY", certificate(1)), refusal=(STATE, UNSUPPORTED.format(sha(certificate(1))))
    ),
    "padding too early": Row(KEY + block("AAAA="), refusal=(ARGUMENT, UNITS)),
    "four equal signs": Row(block("====") + KEY, refusal=(ARGUMENT, UNITS)),
    "one equal sign": Row(
        block("=") + KEY,
        refusal=(ARGUMENT, "Input byte[] should at least have 2 bytes for base64 bytes"),
    ),
    "padding twice": Row(
        block(BODY + "=="), refusal=(ARGUMENT, f"Input byte array has incorrect ending byte at {len(BODY)}")
    ),
    "one character too many": Row(
        block("AAAAA"), refusal=(ARGUMENT, "Last unit does not have enough valid bits")
    ),
}
assert BODY.endswith("==")
ROLES: tuple[LoadAs, ...] = ("KEYED", "COSIGN_BUNDLE", "REKOR")


def load(data: bytes, role: LoadAs) -> ControllerLoad:
    return scan_trust_root(data, PATH, now=NOW).controller[role]


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("name", sorted(ROWS))
def test_the_controller_load_of(name: str, role: LoadAs) -> None:
    row = ROWS[name]
    answer = load(row.data, role)
    if row.refusal is not None:
        assert (answer.loads, answer.exception, answer.error) == (False, *row.refusal)
        return
    assert (answer.loads, answer.exception, answer.error) == (True, None, None)
    assert tuple(key.sha256 for key in answer.keys) == row.keys
    wanted = row.certs if role == "COSIGN_BUNDLE" else ()
    assert tuple(item.sha256 for item in answer.certificates) == wanted


NOTHING = {
    "KEYED": f"trust bundle has no PUBLIC KEY blocks: {PATH}",
    "COSIGN_BUNDLE": f"trust bundle has no PUBLIC KEY or CERTIFICATE blocks: {PATH}",
    "REKOR": f"rekor public key file has no PUBLIC KEY blocks: {PATH}",
}
EMPTY = {
    "empty file": "",
    "only text": "ask Anna\n",
    "no BEGIN": KEY.split("\n", 1)[1],
    "no END": KEY.split("-----END")[0],
    "JSON with escaped line ends": '{"key": "' + KEY.replace("\n", "\\n") + '"}',
    "mail quotes": "".join(f"> {line}\n" for line in KEY.splitlines()),
    "UTF-16 without a mark": KEY.encode("utf-16-be").decode("latin-1"),
    "only a private key": private_pem(),
}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("name", sorted(EMPTY))
def test_a_file_in_which_the_build_finds_nothing(name: str, role: LoadAs) -> None:
    answer = load(EMPTY[name].encode(), role)
    assert (answer.loads, answer.exception, answer.error) == (False, STATE, NOTHING[role])


@pytest.mark.parametrize("role", ROLES)
def test_certificates_are_invisible_to_all_but_cosign_bundle(role: LoadAs) -> None:
    answer = load(CERT.encode(), role)
    if role == "COSIGN_BUNDLE":
        assert answer.loads
    else:
        assert (answer.loads, answer.error) == (False, NOTHING[role])


NOT_UTF8 = {
    "Latin-1 in a comment": "# Jürgen\n".encode("latin-1") + KEY.encode(),
    "UTF-16 with a mark": KEY.encode("utf-16"),
    "overlong": b"# \xc0\x80\n" + KEY.encode(),
    "encoded surrogate": b"# \xed\xa0\x80\n" + KEY.encode(),
    "DER": certificate(1),
}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("name", sorted(NOT_UTF8))
def test_a_file_that_is_not_utf_8_is_not_read(name: str, role: LoadAs) -> None:
    what = "rekor public key file" if role == "REKOR" else "trust bundle"
    answer = load(NOT_UTF8[name], role)
    assert (answer.exception, answer.error) == ("UncheckedIOException", f"failed to read {what}: {PATH}")


BAD_CERTIFICATES = {
    "garbage": b"abc",
    "cut off": certificate(1)[:-1],
    "bytes before": b"\n" + certificate(1),
    "a key": ec_spki(),
}


@pytest.mark.parametrize("name", sorted(BAD_CERTIFICATES))
def test_a_bad_certificate_stops_only_cosign_bundle(name: str) -> None:
    data = (KEY + pem("CERTIFICATE", BAD_CERTIFICATES[name])).encode()
    answer = load(data, "COSIGN_BUNDLE")
    assert (answer.exception, answer.error) == (STATE, f"failed to parse trust bundle: {PATH}")
    assert load(data, "KEYED").loads
    assert load(data, "REKOR").loads


def test_keys_are_read_before_certificates() -> None:
    data = (pem("CERTIFICATE", b"abc") + pem("PUBLIC KEY", b"abc")).encode()
    assert (load(data, "COSIGN_BUNDLE").error or "").startswith("unsupported public key")


def test_loaded_keys_know_their_line_and_algorithm() -> None:
    text = f"# A\n{KEY}" + pem("PUBLIC KEY", rsa_spki()) + pem("PUBLIC KEY", ed25519_spki())
    keys = load(text.encode(), "KEYED").keys
    assert [(key.algorithm, key.line) for key in keys] == [("EC", 2), ("RSA", 6), ("EdDSA", 15)]


def test_an_rsa_key_without_null_is_held_with_null() -> None:
    without = rsa_spki().replace(b"\x05\x00", b"", 1)
    shorter = b"\x30\x82" + (len(without) - 4).to_bytes(2, "big") + b"\x30\x0b" + without[6:]
    (key,) = load(pem("PUBLIC KEY", shorter).encode(), "KEYED").keys
    assert key.sha256 == sha(rsa_spki())


def test_padding_is_not_needed_but_nothing_may_follow_it() -> None:
    body = base64.b64encode(ec_spki()).decode().rstrip("=")
    assert load(block(body).encode(), "KEYED").loads
    assert load(block(body + "==\nAAAA").encode(), "KEYED").loads is False
