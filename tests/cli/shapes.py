"""The JSON shapes of the interface, written once and compact: a dict lists the fields that must be there.

A shape is a type, a tuple of alternatives, a `[shape]` for a list, a `{field: shape}` for an object, a set of
allowed values, a compiled pattern, or None. More fields than listed may be there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

HEX = re.compile(r"[0-9a-f]{64}")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
VERDICT = {"accept", "reject", "unsigned-allowed", "error", "no-boot", "unknown"}
SEVERITY = {"error", "warning", "info"}
SOURCE = re.compile(r".+:\d+:\d+|default|profile", re.DOTALL)
YES_NO_UNKNOWN = (bool, None)

FINDING = {
    "id": str,
    "severity": SEVERITY,
    "summary": str,
    "cause": str,
    "next": str,
    "path": (str, None),
    "line": (int, None),
}
STEP = {
    "id": str,
    "title": str,
    "status": {"pass", "fail", "skip", "info", "warn"},
    "detail": str,
    "evidence": dict,
}
VERIFICATION = {
    "schema": {"trustconsole/verification/1"},
    "artifact": str,
    "sha256": (HEX, None),
    "size": (int, None),
    "sidecar": {"path": (str, None), "kind": {"sig", "cosign-bundle", "sigstore-bundle", "none"}},
    "policy": {
        "mode": (str, None),
        "source": str,
        "trust_root": (str, None),
        "trust_root_sha256": (HEX, None),
        "rekor_policy": str,
        "rekor_key": (str, None),
        "trusted_root": (str, None),
        "at": TIME,
    },
    "documented": {
        "verdict": VERDICT,
        "code": ({"SIGNATURE_VERIFICATION_FAILED"}, None),
        "rule": (str, None),
        "reason": str,
        "matched": ({"kind": {"public-key", "certificate"}, "fingerprint": HEX, "line": (int, None)}, None),
    },
    "controller": {
        "verdict": VERDICT,
        "stage": {"config", "load", "verify"},
        "exception": (str, None),
        "http": (int, None),
        "code": (str, None),
        "message": (str, None),
        "via": (str, None),
    },
    "agree": YES_NO_UNKNOWN,
    "signer": (
        {"spki_sha256": HEX, "subject": (str, None), "san": [str], "issuer": (str, None)},
        None,
    ),
    "verified_time": (TIME, None),
    "valid_until": (TIME, None),
    "steps": [STEP],
    "findings": [FINDING],
}
BUNDLE = {
    "schema": {"trustconsole/bundle/1"},
    "artifact": str,
    "sha256": HEX,
    "size": (int, None),
    "bundle": str,
    "media_type": (str, None),
    "verdict": {"accept", "reject", "error"},
    "rule": (str, None),
    "reason": str,
    "signer": ({"spki_sha256": HEX, "subject": (str, None), "san": [str], "issuer": (str, None)}, None),
    "verified_time": (TIME, None),
    "times": [{"time": TIME, "source": str}],
    "policy": {
        "at": TIME,
        "trusted_root": str,
        "trusted_root_sha256": HEX,
        "trusted_root_taken": (TIME, None),
    },
    "steps": [STEP],
    "findings": [FINDING],
}
SUMMARY = {
    "schema": {"trustconsole/summary/1"},
    "artifacts": int,
    "documented": dict,
    "controller": dict,
    "disagreements": int,
}
BLOCK = {
    "index": int,
    "label": str,
    "kind": {"public-key", "certificate", "other"},
    "line_start": int,
    "line_end": int,
    "status": {"parsed", "unsupported", "malformed"},
    "trusted": bool,
    "loaded_by": [{"KEYED", "COSIGN_BUNDLE", "REKOR"}],
    "spki_sha256": (HEX, None),
    "cert_sha256": (HEX, None),
    "algorithm": (str, None),
    "curve": (str, None),
    "bits": (int, None),
    "subject": (str, None),
    "issuer": (str, None),
    "not_before": (TIME, None),
    "not_after": (TIME, None),
    "is_ca": YES_NO_UNKNOWN,
    "findings": [FINDING],
}
LOAD = {
    "loads": YES_NO_UNKNOWN,
    "exception": (str, None),
    "error": (str, None),
    "keys": [HEX],
    "certificates": [HEX],
}
TRUST_ROOT = {
    "schema": {"trustconsole/trust-root/1"},
    "path": str,
    "sha256": (HEX, None),
    "blocks": [BLOCK],
    "controller": {"KEYED": LOAD, "COSIGN_BUNDLE": LOAD, "REKOR": LOAD},
    "findings": [FINDING],
}
SOURCED = {"value": (str, bool, int, list, dict, None), "source": SOURCE}
EFFECTIVE = {
    "profile": SOURCED,
    "required": SOURCED,
    "mode": SOURCED,
    "trust_root": SOURCED,
    "allow_unsigned_development": SOURCED,
    "rekor_policy": SOURCED,
    "rekor_public_key": SOURCED,
    "verifier": ({"NOOP", "KEYED", "COSIGN_BUNDLE", "FAIL_CLOSED", "BOOT_FAILS"}, None),
}
CONFIG = {
    "schema": {"trustconsole/config/1"},
    "path": str,
    "working_directory": str,
    "findings": [
        {
            "id": str,
            "severity": SEVERITY,
            "rule": (str, None),
            "key": (str, None),
            "line": (int, None),
            "column": (int, None),
            "summary": str,
            "next": str,
        }
    ],
    "controller": {
        "starts": YES_NO_UNKNOWN,
        "stage": ({"load", "validate", "boot"}, None),
        "exception": (str, None),
        "errors": [str],
        "message": (str, None),
        "boot_error": (str, None),
    },
    "effective": (EFFECTIVE, None),
    "other": (
        {
            "http.port": object,
            "grpc.port": object,
            "jwtExpirationMinutes": object,
            "heartbeat.intervalMs": object,
            "database.uri": object,
            "cors.allowedOrigins": object,
        },
        None,
    ),
    "documented": (
        {
            "cell": re.compile(r"(development|production)/(unset|false|true)"),
            "outcome": {"fail-closed", "unsigned-allowed", "unsigned-allowed-warned"},
            "starts": bool,
            "errors": [str],
        },
        None,
    ),
}
NODE = {
    "name": str,
    "role": str,
    "state": {"current", "restart", "unknown"},
    "started": (TIME, None),
    "evidence": str,
    "reason": str,
    "restart_command": [str],
    "via": [str],
    "identity": (str, None),
    "acknowledgeable": bool,
    "file_mismatch": [{"role": str, "path": str, "target": str, "found": HEX, "command": [str]}],
}
RESTARTS = {"schema": {"trustconsole/restarts/1"}, "nodes": [NODE]}
ACKNOWLEDGE = {
    "schema": {"trustconsole/acknowledge/1"},
    "applied": bool,
    "statement": {"node": str, "at": TIME, "login": str, "files": dict},
    "node": NODE,
}
SECTION = {"title": str, "facts": dict}
INSPECT = {"schema": {"trustconsole/inspect/1"}, "kind": str, "sha256": HEX, "sections": [SECTION]}
INFO = {"schema": {"trustconsole/info/1"}, "sections": [SECTION]}
DIFF = {"schema": {"trustconsole/trust-root-diff/1"}, "added": [dict], "removed": [dict], "kept": [dict]}
READING_VERDICT = {"verdict": VERDICT, "rule": (str, None), "message": str}
READING_IMPACT = {
    "change": {"stops", "unknown", "starts", "keeps", "fails"},
    "before": READING_VERDICT,
    "after": READING_VERDICT,
}
COUNTS = {"stops": int, "unknown": int, "starts": int, "keeps": int, "fails": int}
IMPACT = {
    "schema": {"trustconsole/impact/1"},
    "file": {"trust-root", "rekor"},
    "path": str,
    "action": {"remove", "add", "replace"},
    "removed": (HEX, None),
    "added": (HEX, None),
    "sha256": {"before": (HEX, None), "after": (HEX, None)},
    "controller_starts": {"before": YES_NO_UNKNOWN, "after": YES_NO_UNKNOWN, "message": (str, None)},
    "outcome": {"refused", "lost", "unknown", "kept"},
    "counts": {"documented": COUNTS, "controller": COUNTS},
    "diff": (DIFF, None),
    "modules": [
        {
            "path": str,
            "name": str,
            "version": (str, None),
            "documented": READING_IMPACT,
            "controller": READING_IMPACT,
        }
    ],
    "problems": [FINDING],
    "warnings": [FINDING],
    "unlisted": [str],
}
DEMO = {"schema": {"trustconsole/demo/1"}, "directory": str, "as_planned": bool, "modules": [dict]}
AUDIT_VERIFICATION = {
    "schema": {"trustconsole/audit-verification/1"},
    "ok": bool,
    "count": int,
    "head": (HEX, None),
    "damage": ({"edited", "deleted", "inserted", "reordered", "torn", "truncated"}, None),
    "record": (int, None),
    "problem": (str, None),
    "remark": str,
}
AUDIT = {
    "schema": {"trustconsole/audit/1"},
    "path": str,
    "records": [
        {
            "seq": int,
            "time": TIME,
            "operator": {"uid": int, "login": str, "sudo_user": (str, None), "tty": (str, None)},
            "action": str,
            "target": (str, None),
            "before": (HEX, None),
            "after": (HEX, None),
            "reason": str,
            "details": dict,
            "previous": HEX,
            "hash": HEX,
        }
    ],
    "verification": AUDIT_VERIFICATION,
}


def misfits(value: Any, shape: Any, at: str = "$") -> Iterator[str]:
    """Where `value` is not of `shape`, and how; nothing where it fits."""
    if isinstance(shape, tuple):
        answers = [list(misfits(value, one, at)) for one in shape]
        if all(answers):
            yield from answers[0]
    elif isinstance(shape, dict):
        yield from _object(value, shape, at)
    elif isinstance(shape, list):
        if not isinstance(value, list):
            yield f"{at}: {value!r} is no list"
            return
        for index, item in enumerate(value):
            yield from misfits(item, shape[0], f"{at}[{index}]")
    elif not _fits(value, shape):
        yield f"{at}: {value!r}"


def _object(value: Any, shape: dict[str, Any], at: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{at}: {value!r} is no object"
        return
    for name, inner in shape.items():
        if name not in value:
            yield f"{at}.{name} is missing"
        else:
            yield from misfits(value[name], inner, f"{at}.{name}")


def _fits(value: Any, shape: Any) -> bool:
    if shape is None:
        return value is None
    if isinstance(shape, set):
        return value in shape
    if isinstance(shape, re.Pattern):
        return isinstance(value, str) and shape.fullmatch(value) is not None
    if shape is int:
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, shape)
