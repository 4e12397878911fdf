"""Bodies of log entries about DSSE envelopes, one maker for each kind that logs write."""

from __future__ import annotations

import hashlib
import json
from base64 import b64decode
from collections.abc import Mapping
from typing import Any

from tests.verification.sigstore.making import Document, Instance, pae

from trustconsole.demo.signing import canonical, text64


def dsse_1(instance: Instance, envelope: Document, signature: bytes) -> bytes:
    """`dsse` 0.0.1."""
    return canonical(
        {
            "apiVersion": "0.0.1",
            "kind": "dsse",
            "spec": {
                "envelopeHash": _sha256(json.dumps(envelope).encode()),
                "payloadHash": _sha256(_payload(envelope)),
                "signatures": [{"signature": text64(signature), "verifier": text64(instance.leaf.pem)}],
            },
        }
    )


def intoto_1(instance: Instance, envelope: Document, signature: bytes) -> bytes:
    """`intoto` 0.0.1, which records the hash of the envelope's JSON and no signature."""
    go = {
        "payloadType": envelope["payloadType"],
        "payload": envelope["payload"],
        "signatures": [{"keyid": "", "sig": text64(signature)}],
    }
    content = {
        "hash": _sha256(json.dumps(go, separators=(",", ":")).encode()),
        "payloadHash": _sha256(_payload(envelope)),
    }
    spec = {"content": content, "publicKey": text64(instance.leaf.pem)}
    return canonical({"apiVersion": "0.0.1", "kind": "intoto", "spec": spec})


def intoto_2(instance: Instance, envelope: Document, signature: bytes) -> bytes:
    """`intoto` 0.0.2, which records the signature in Base64 twice."""
    one = {"publicKey": text64(instance.leaf.pem), "sig": text64(text64(signature).encode())}
    content = {
        "envelope": {"payloadType": envelope["payloadType"], "signatures": [one]},
        "hash": _sha256(b"what was uploaded"),
        "payloadHash": _sha256(_payload(envelope)),
    }
    return canonical({"apiVersion": "0.0.2", "kind": "intoto", "spec": {"content": content}})


def hashedrekord_2(instance: Instance, envelope: Document, signature: bytes) -> bytes:
    """`hashedrekord` 0.0.2 over the bytes that the envelope's signature covers."""
    signed = pae(envelope["payloadType"], _payload(envelope))
    return instance.record("0.0.2", signature, instance.verifier(instance.v2, keyed=False), signed)


def _payload(envelope: Mapping[str, Any]) -> bytes:
    return b64decode(envelope["payload"])


def _sha256(data: bytes) -> Document:
    return {"algorithm": "sha256", "value": hashlib.sha256(data).hexdigest()}
