"""What fuzzing starts from: sound documents of each kind, from one Sigstore instance made here."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Callable, Mapping
from datetime import timedelta

from cryptography import x509
from tests.verification.making_timestamps import Token, trusted
from tests.verification.sigstore.making import (
    NOW,
    SEED,
    START,
    V01,
    V02,
    Document,
    Instance,
    entry_of,
)
from tests.verification.sigstore.making_bodies import dsse_1, hashedrekord_2, intoto_1, intoto_2

from trustconsole.demo.authorities import derive_key, make_leaf, public_pem
from trustconsole.demo.signing import rekord_body
from trustconsole.verification.fulcio import ARC

INSTANCE = Instance()
END = START + timedelta(days=300)
V02_ROOT = "application/vnd.dev.sigstore.trustedroot.v0.2+json"
WORKFLOW = "https://github.com/prexorjustin/prexorcloud/.github/workflows/release.yml@refs/tags/v1"
ISSUER = "https://token.actions.githubusercontent.com"
SIGNATURE = b"a signature, for a timestamp"
TSA_AUTHORITY = trusted(INSTANCE.tsa, INSTANCE.tsa_root)
TOKEN = Token(INSTANCE.tsa, SIGNATURE)
TOKEN_TIME = NOW

BUNDLES: tuple[Document, ...] = (
    INSTANCE.bundle(),
    INSTANCE.bundle(keyed=True),
    INSTANCE.bundle(media_type=V01),
    INSTANCE.bundle(media_type=V02, keyed=True),
    INSTANCE.bundle(log=INSTANCE.v2, keyed=True),
    INSTANCE.attestation(dsse_1),
    INSTANCE.attestation(intoto_1),
    INSTANCE.attestation(intoto_2),
    INSTANCE.attestation(hashedrekord_2, log=INSTANCE.v2),
)
"""Both contents, every way to name the signer, the three versions, both versions of Rekor."""

BODIES = frozenset(b64decode(entry_of(bundle)["canonicalizedBody"]) for bundle in BUNDLES)
"""All that the instance's logs hold, the leaves they began with aside."""


def _as_json(*documents: Document) -> list[bytes]:
    return [json.dumps(document).encode() for document in documents]


def _trusted_root() -> Document:
    """With every list and every optional member."""
    root = INSTANCE.trusted_root(ctlogs=[INSTANCE.v1.trusted(END)], mediaType=V02_ROOT)
    root["tlogs"][0]["checkpointKeyId"] = root["tlogs"][0]["logId"]
    root["timestampAuthorities"][0]["validFor"]["end"] = "2027-01-01T00:00:00.5+01:00"
    return root


def _bodies() -> list[bytes]:
    signature = b64decode(BUNDLES[1]["messageSignature"]["signature"])
    return [*sorted(BODIES), rekord_body(INSTANCE.sha256, signature, public_pem(INSTANCE.author))]


def _checkpoints() -> list[bytes]:
    witness = INSTANCE.v2.note_line(b"anything", "witness.example")
    return [
        log.checkpoint(more=more).encode() for log in (INSTANCE.v1, INSTANCE.v2) for more in ("", witness)
    ]


def _leaf() -> bytes:
    """A leaf as Fulcio makes one for a workflow, with a list of SCTs that nobody signed."""
    sct = b"\x00" + bytes(32) + bytes(8) + b"\x00\x00" + b"\x04\x03\x00\x02ab"
    framed = len(sct).to_bytes(2, "big") + sct
    listed = len(framed).to_bytes(2, "big") + framed
    values = {
        f"{ARC}.1": ISSUER.encode(),
        f"{ARC}.8": b"\x0c" + bytes([len(ISSUER)]) + ISSUER.encode(),
        "1.3.6.1.4.1.11129.2.4.2": b"\x04" + bytes([len(listed)]) + listed,
    }
    return make_leaf(
        derive_key(SEED, "leaf"),
        "signer",
        INSTANCE.ca,
        not_before=START,
        not_after=END,
        san=[x509.UniformResourceIdentifier(WORKFLOW)],
        extra=[
            (x509.UnrecognizedExtension(x509.ObjectIdentifier(oid), value), False)
            for oid, value in values.items()
        ],
    ).der


SEEDS: Mapping[str, Callable[[], list[bytes]]] = {
    "sigstore_bundle": lambda: _as_json(*BUNDLES),
    "trusted_root": lambda: _as_json(INSTANCE.trusted_root(), _trusted_root()),
    "entry_body": _bodies,
    "checkpoint": _checkpoints,
    "merkle": lambda: [bytes([index, size]) + bytes(32 * 3) for index, size in ((0, 1), (5, 8), (6, 7))],
    "timestamp": lambda: [
        TOKEN.bytes(),
        TOKEN.but(embedded=(INSTANCE.tsa.certificate,)).bytes(),
    ],
    "leaf": lambda: [_leaf()],
    "expression": lambda: [rb"(?i)^a[^b-d\w]{2,3}(x|y)*\.+?$", rb"\Ahttps://.+@refs/tags/.+\z"],
}
"""By target: what its corpus begins with."""
