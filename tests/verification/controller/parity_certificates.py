"""Rows of the parity table for certificates and log entries: name, case, verdict, message."""

from __future__ import annotations

import hashlib

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.x509.oid import ExtendedKeyUsageOID, ObjectIdentifier
from tests.verification.controller.bench import (
    JAR,
    Setup,
    authority,
    b64,
    bundle,
    canonical,
    cert_block,
    certificate,
    ec_key,
    ed_key,
    key_block,
    rekor_bundle,
    rsa_key,
    sign,
)

SHA = hashlib.sha256(JAR).hexdigest()
BUNDLE = "/modules/a.jar.cosign.bundle"
NOT_LEAF = f"cosign signature did not verify with embedded cert (sha256={SHA})"
NOT_PINNED = f"cosign bundle cert public key not in trust root (sha256={SHA})"
NO_BLOCK = f"cosign bundle has unparseable cert: {BUNDLE}: cert field has no CERTIFICATE block"
CHAIN = "cosign bundle cert chain invalid: "
NO_ANCHOR = f"{CHAIN}Path does not chain with any of the trust anchors"
NO_REKOR = f"rekor policy REQUIRE_SET requires rekorBundle in cosign bundle: {BUNDLE}"
NO_SET = f"rekorBundle missing SignedEntryTimestamp or Payload: {BUNDLE}"
BAD_SET = f"rekorBundle SignedEntryTimestamp is not valid Base64: {BUNDLE}"
NO_FIELDS = f"rekorBundle.Payload missing required fields (body, integratedTime, logID, logIndex): {BUNDLE}"
WRONG_SET = f"rekor SET did not verify against any trusted Rekor public key (sha256={SHA})"
Row = tuple[str, Setup, str, str | None]

KEY, OTHER, CA_KEY, LOG = ec_key(1), ec_key(2), ec_key(9), ec_key(5)
ROOT, BOTH = key_block(KEY), key_block(OTHER) + key_block(KEY)
CA = cert_block(authority())
LEAF = certificate(KEY, CA_KEY)
SIGNATURE = sign(KEY)


def with_cert(leaf: x509.Certificate, root: str, signature: bytes = SIGNATURE) -> Setup:
    return Setup(bundle(signature, cert=b64(cert_block(leaf).encode())), root)


def with_set(rekor: object, root: str = ROOT, keys: str | None = None) -> Setup:
    return Setup(
        bundle(SIGNATURE, rekorBundle=rekor), root, "COSIGN_BUNDLE", keys or key_block(LOG), "REQUIRE_SET"
    )


def extended(*extensions: tuple[x509.ExtensionType, bool]) -> x509.Certificate:
    return certificate(KEY, CA_KEY, extensions=extensions)


FOREIGN = x509.UnrecognizedExtension(ObjectIdentifier("1.2.3.4"), b"\x05\x00")
SKI = x509.SubjectKeyIdentifier(b"0123456789")
ANCHOR_WITH_SKI = cert_block(certificate(CA_KEY, CA_KEY, subject="CA", extensions=((SKI, False),)))
AKI_OTHER = x509.AuthorityKeyIdentifier(b"another key", None, None)
AKI_SAME = x509.AuthorityKeyIdentifier(b"0123456789", None, None)
EKU_SERVER = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
MAILBOX = x509.SubjectAlternativeName([x509.RFC822Name("a@example.org")])

CERT_ROWS: list[Row] = [
    ("chain", with_cert(LEAF, CA), "accept", None),
    ("cert as PEM", Setup(bundle(SIGNATURE, cert=cert_block(LEAF)), CA), "accept", None),
    (
        "leaf expired",
        with_cert(certificate(KEY, CA_KEY, days=(-9, -1)), CA),
        "reject",
        f"{CHAIN}validity check failed",
    ),
    (
        "leaf of the future",
        with_cert(certificate(KEY, CA_KEY, days=(1, 9)), CA),
        "reject",
        f"{CHAIN}validity check failed",
    ),
    (
        "expired anchor",
        with_cert(LEAF, cert_block(certificate(CA_KEY, CA_KEY, subject="CA", days=(-9, -1)))),
        "accept",
        None,
    ),
    ("anchor of another name", with_cert(certificate(KEY, CA_KEY, issuer="Other"), CA), "reject", NO_ANCHOR),
    (
        "issuer in other case and spaces",
        with_cert(certificate(KEY, CA_KEY, issuer=" cA  "), CA),
        "accept",
        None,
    ),
    (
        "signed by another key",
        with_cert(certificate(KEY, OTHER), CA),
        "reject",
        f"{CHAIN}signature check failed",
    ),
    (
        "two anchors of one name",
        with_cert(LEAF, cert_block(certificate(OTHER, OTHER, subject="CA")) + CA),
        "accept",
        None,
    ),
    (
        "unknown critical extension",
        with_cert(extended((FOREIGN, True)), CA),
        "reject",
        f"{CHAIN}unrecognized critical extension(s)",
    ),
    ("unknown extension", with_cert(extended((FOREIGN, False)), CA), "accept", None),
    (
        "critical subject key id",
        with_cert(extended((SKI, True)), CA),
        "reject",
        f"{CHAIN}unrecognized critical extension(s)",
    ),
    ("serverAuth critical", with_cert(extended((EKU_SERVER, True)), CA), "accept", None),
    ("critical SAN", with_cert(extended((MAILBOX, True)), CA), "accept", None),
    ("leaf is a CA", with_cert(extended((x509.BasicConstraints(True, None), True)), CA), "accept", None),
    ("other authority key id", with_cert(extended((AKI_OTHER, False)), ANCHOR_WITH_SKI), "reject", NO_ANCHOR),
    ("same authority key id", with_cert(extended((AKI_SAME, False)), ANCHOR_WITH_SKI), "accept", None),
    ("authority key id, anchor without", with_cert(extended((AKI_OTHER, False)), CA), "accept", None),
    (
        "requires a policy",
        with_cert(extended((x509.PolicyConstraints(0, None), True)), CA),
        "reject",
        f"{CHAIN}non-null policy tree required and policy tree is null",
    ),
    (
        "ed25519 CA",
        with_cert(certificate(KEY, ed_key()), cert_block(certificate(ed_key(), ed_key(), subject="CA"))),
        "accept",
        None,
    ),
    (
        "secp256k1 CA",
        with_cert(
            certificate(KEY, ec_key(1, "secp256k1")),
            cert_block(certificate(ec_key(1, "secp256k1"), CA_KEY, subject="CA")),
        ),
        "reject",
        f"{CHAIN}signature check failed",
    ),
    (
        "rsa CA with sha512",
        with_cert(
            certificate(KEY, rsa_key(), algorithm=hashes.SHA512()),
            cert_block(certificate(rsa_key(), CA_KEY, subject="CA")),
        ),
        "accept",
        None,
    ),
    ("ed25519 leaf", with_cert(certificate(ed_key(), CA_KEY), CA, sign(ed_key())), "reject", NOT_LEAF),
    (
        "self-signed leaf is its own anchor",
        with_cert(certificate(KEY, KEY, issuer="author"), cert_block(certificate(KEY, KEY, issuer="author"))),
        "accept",
        None,
    ),
    ("CA-issued leaf is no anchor", with_cert(LEAF, cert_block(LEAF)), "reject", NO_ANCHOR),
    ("signature by another key", with_cert(LEAF, CA, sign(OTHER)), "reject", NOT_LEAF),
    ("pinned", with_cert(LEAF, ROOT), "accept", None),
    ("pinned and expired", with_cert(certificate(KEY, CA_KEY, days=(-9, -1)), ROOT), "accept", None),
    ("not pinned", with_cert(LEAF, key_block(OTHER)), "reject", NOT_PINNED),
    ("pinned, signed by another trusted key", with_cert(LEAF, BOTH, sign(OTHER)), "reject", NOT_LEAF),
    (
        "adding a certificate breaks the pin",
        with_cert(certificate(KEY, OTHER, issuer="Other"), ROOT + CA),
        "reject",
        NO_ANCHOR,
    ),
    (
        "first certificate counts",
        Setup(bundle(SIGNATURE, cert=cert_block(authority()) + cert_block(LEAF)), ROOT),
        "reject",
        NOT_PINNED,
    ),
    (
        "truncated first block is skipped",
        Setup(bundle(SIGNATURE, cert=cert_block(LEAF)[:60] + "\n" + cert_block(LEAF)), ROOT),
        "accept",
        None,
    ),
    ("public key in cert", Setup(bundle(SIGNATURE, cert=b64(ROOT.encode())), ROOT), "reject", NO_BLOCK),
    ("cert is no base64", Setup(bundle(SIGNATURE, cert="???"), ROOT), "error", "Illegal base64 character 3f"),
    ("blank cert", Setup(bundle(SIGNATURE, cert=" \n"), ROOT), "accept", None),
    ("cert is an object", Setup(bundle(SIGNATURE, cert={"x": 1}), ROOT), "accept", None),
]

SET_ROWS: list[Row] = [
    ("good", with_set(rekor_bundle(LOG)), "accept", None),
    ("second log key", with_set(rekor_bundle(LOG), keys=key_block(OTHER) + key_block(LOG)), "accept", None),
    ("rsa log key", with_set(rekor_bundle(rsa_key()), keys=key_block(rsa_key())), "accept", None),
    ("tampered index", with_set(rekor_bundle(LOG, logIndex=8)), "reject", WRONG_SET),
    ("no rekorBundle", with_set(None), "reject", NO_REKOR),
    ("scalar rekorBundle", with_set(True), "reject", NO_SET),
    ("no SET", with_set({"Payload": {}}), "reject", NO_SET),
    ("Payload is an array", with_set({"SignedEntryTimestamp": "AAAA", "Payload": []}), "reject", NO_SET),
    ("SET is no base64", with_set({"SignedEntryTimestamp": " AAAA", "Payload": {}}), "reject", BAD_SET),
    ("time as text", with_set(rekor_bundle(LOG, integratedTime="1700000000")), "reject", NO_FIELDS),
    ("body null", with_set(rekor_bundle(LOG, body=None)), "reject", NO_FIELDS),
    ("index beyond 64 bits", with_set(rekor_bundle(LOG, logIndex=1 << 63)), "reject", NO_FIELDS),
    ("time as a fraction", with_set(rekor_bundle(LOG, integratedTime=1700000000.9)), "accept", None),
    (
        "body as a number",
        with_set(rekor_bundle(LOG, canonical("1.0E10", 1700000000, "true", 7), body=1e10, logID=True)),
        "accept",
        None,
    ),
    (
        "body is not escaped",
        with_set(rekor_bundle(LOG, canonical('"\n', 1700000000, "c0ffee", 7), body='"\n')),
        "accept",
        None,
    ),
    (
        "SET before the chain",
        Setup(
            bundle(SIGNATURE, cert=cert_block(certificate(KEY, OTHER)), rekorBundle=None),
            CA,
            "COSIGN_BUNDLE",
            key_block(LOG),
            "REQUIRE_SET",
        ),
        "reject",
        NO_REKOR,
    ),
    ("disabled: never looked at", Setup(bundle(SIGNATURE, rekorBundle="x"), ROOT), "accept", None),
    (
        "log key does not load",
        with_set(rekor_bundle(LOG), keys="nothing"),
        "no-boot",
        "rekor public key file has no PUBLIC KEY blocks: /etc/rekor.pub",
    ),
]
