"""Rows of the parity table for `.sig` files and for the JSON of a bundle: name, case, verdict, message."""

from __future__ import annotations

import codecs
import hashlib

from cryptography.hazmat.primitives import hashes
from tests.verification.controller.bench import (
    JAR,
    Setup,
    authority,
    b64,
    bundle,
    cert_block,
    ec_key,
    ed_key,
    key_block,
    rsa_key,
    sign,
)

SHA = hashlib.sha256(JAR).hexdigest()
BUNDLE = "/modules/a.jar.cosign.bundle"
NO_MATCH_KEYED = f"module signature did not match any trusted key (sha256={SHA})"
NO_MATCH = f"cosign signature did not match any trusted key (sha256={SHA})"
NO_SIGNATURE = f"cosign bundle missing base64Signature: {BUNDLE}"
UNREADABLE = f"failed to read cosign bundle: {BUNDLE}"
Row = tuple[str, Setup, str, str | None]

KEY, OTHER, CA_KEY, LOG = ec_key(1), ec_key(2), ec_key(9), ec_key(5)
ROOT, BOTH = key_block(KEY), key_block(OTHER) + key_block(KEY)
CA = cert_block(authority())
SIGNATURE = sign(KEY)


def keyed(sidecar: bytes | str | None, root: str | bytes = ROOT, jar: bytes = JAR) -> Setup:
    return Setup(sidecar.encode() if isinstance(sidecar, str) else sidecar, root, "KEYED", jar=jar)


GOOD = bundle(SIGNATURE)
TEXT = b64(SIGNATURE)

KEYED_ROWS: list[Row] = [
    ("p256", keyed(TEXT), "accept", None),
    ("second key matches", keyed(TEXT, BOTH), "accept", None),
    ("p384 with sha256", keyed(b64(sign(ec_key(1, "P-384"))), key_block(ec_key(1, "P-384"))), "accept", None),
    ("p521 with sha256", keyed(b64(sign(ec_key(1, "P-521"))), key_block(ec_key(1, "P-521"))), "accept", None),
    (
        "p384 with sha384",
        keyed(b64(sign(ec_key(1, "P-384"), algorithm=hashes.SHA384())), key_block(ec_key(1, "P-384"))),
        "reject",
        NO_MATCH_KEYED,
    ),
    ("rsa", keyed(b64(sign(rsa_key())), key_block(rsa_key())), "accept", None),
    ("rsa 1024", keyed(b64(sign(rsa_key(1024))), key_block(rsa_key(1024))), "accept", None),
    (
        "rsa sha512",
        keyed(b64(sign(rsa_key(), algorithm=hashes.SHA512())), key_block(rsa_key())),
        "reject",
        NO_MATCH_KEYED,
    ),
    (
        "rsa signature with a zero in front",
        keyed(b64(b"\0" + sign(rsa_key())), key_block(rsa_key())),
        "reject",
        NO_MATCH_KEYED,
    ),
    ("ed25519 never verifies", keyed(b64(sign(ed_key())), key_block(ed_key())), "reject", NO_MATCH_KEYED),
    (
        "secp256k1 never verifies",
        keyed(b64(sign(ec_key(1, "secp256k1"))), key_block(ec_key(1, "secp256k1"))),
        "reject",
        NO_MATCH_KEYED,
    ),
    (
        "p224 never verifies",
        keyed(b64(sign(ec_key(1, "P-224"))), key_block(ec_key(1, "P-224"))),
        "reject",
        NO_MATCH_KEYED,
    ),
    ("another key", keyed(b64(sign(OTHER))), "reject", NO_MATCH_KEYED),
    (
        "another artefact",
        keyed(TEXT, jar=b"tampered"),
        "reject",
        NO_MATCH_KEYED.replace(SHA, hashlib.sha256(b"tampered").hexdigest()),
    ),
    ("trimmed", keyed(f" \t{TEXT}\x00\r\n\n"), "accept", None),
    ("nbsp is not trimmed", keyed(f"{TEXT}\u00a0".encode()), "error", None),
    ("padding left out", keyed(TEXT.rstrip("=")), "accept", None),
    ("wrapped", keyed(f"{TEXT[:40]}\n{TEXT[40:]}"), "error", "Illegal base64 character a"),
    ("url-safe", keyed(f"-{TEXT[1:]}"), "error", "Illegal base64 character 2d"),
    ("one character", keyed("A"), "error", "Input byte[] should at least have 2 bytes for base64 bytes"),
    ("empty", keyed(b""), "reject", NO_MATCH_KEYED),
    ("raw binary", keyed(SIGNATURE), "error", "failed to read module bytes for verification"),
    ("raw r and s", keyed(b64(bytes(64))), "reject", NO_MATCH_KEYED),
    ("bytes after the signature", keyed(b64(SIGNATURE + b"\0")), "reject", NO_MATCH_KEYED),
    ("none", keyed(None), "reject", "missing signature sidecar: /modules/a.jar.sig"),
    (
        "certificates only",
        keyed(TEXT, CA),
        "no-boot",
        "trust bundle has no PUBLIC KEY blocks: /etc/trust.pem",
    ),
    (
        "not UTF-8 root",
        keyed(TEXT, b"\xe9" + ROOT.encode()),
        "no-boot",
        "failed to read trust bundle: /etc/trust.pem",
    ),
]

JSON_ROWS: list[Row] = [
    ("good", Setup(GOOD, ROOT), "accept", None),
    ("mark", Setup(codecs.BOM_UTF8 + GOOD, ROOT), "accept", None),
    ("utf-16 with mark", Setup(GOOD.decode().encode("utf-16"), ROOT), "accept", None),
    ("utf-16 without mark", Setup(GOOD.decode().encode("utf-16-be"), ROOT), "accept", None),
    ("utf-32 without mark", Setup(GOOD.decode().encode("utf-32-le"), ROOT), "accept", None),
    ("trailing garbage", Setup(GOOD + b" }]\xff", ROOT), "accept", None),
    ("two documents, the first counts", Setup(b'{"x":1}' + GOOD, ROOT), "reject", NO_SIGNATURE),
    ("duplicate, the last counts", Setup(b'{"base64Signature":"@",' + GOOD[1:], ROOT), "accept", None),
    (
        "duplicate, the last is bad",
        Setup(GOOD[:-1] + b',"base64Signature":null}', ROOT),
        "reject",
        NO_SIGNATURE,
    ),
    ("comment", Setup(b"/* x */" + GOOD, ROOT), "error", UNREADABLE),
    ("trailing comma", Setup(GOOD[:-1] + b",}", ROOT), "error", UNREADABLE),
    ("cut short", Setup(GOOD[:-1], ROOT), "error", UNREADABLE),
    ("nan", Setup(b'{"x":NaN,' + GOOD[1:], ROOT), "error", UNREADABLE),
    ("overlong utf-8", Setup(b'{"x":"\xc0\xaf",' + GOOD[1:], ROOT), "accept", None),
    ("surrogate in utf-8", Setup(b'{"x":"\xed\xa0\x80",' + GOOD[1:], ROOT), "error", UNREADABLE),
    ("1000 deep", Setup(b'{"x":' + b"[" * 999 + b"]" * 999 + b"," + GOOD[1:], ROOT), "accept", None),
    ("1001 deep", Setup(b'{"x":' + b"[" * 1000 + b"]" * 1000 + b"," + GOOD[1:], ROOT), "error", UNREADABLE),
    ("1000 digits", Setup(b'{"x":' + b"7" * 1000 + b"," + GOOD[1:], ROOT), "accept", None),
    ("1001 digits", Setup(b'{"x":' + b"7" * 1001 + b"," + GOOD[1:], ROOT), "error", UNREADABLE),
    ("empty file", Setup(b"", ROOT), "reject", NO_SIGNATURE),
    ("array", Setup(b"[" + GOOD + b"]", ROOT), "reject", NO_SIGNATURE),
    ("null signature", Setup(b'{"base64Signature":null}', ROOT), "reject", NO_SIGNATURE),
    ("true as signature", Setup(b'{"base64Signature":true}', ROOT), "reject", NO_MATCH),
    (
        "fraction as signature",
        Setup(b'{"base64Signature":1.5}', ROOT),
        "error",
        "Illegal base64 character 2e",
    ),
    ("signature not trimmed", Setup(bundle(f"{TEXT}\n"), ROOT), "error", None),
    (
        "sigstore bundle",
        Setup(b'{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json"}', ROOT),
        "reject",
        NO_SIGNATURE,
    ),
    ("no sidecar", Setup(None, ROOT), "reject", f"missing cosign bundle: {BUNDLE}"),
    ("certificate-only root without cert", Setup(GOOD, CA), "reject", NO_MATCH),
    ("ed25519", Setup(bundle(sign(ed_key())), key_block(ed_key())), "reject", NO_MATCH),
]
