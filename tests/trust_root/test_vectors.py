"""Agreement with observed answers of the controller build; skipped where the vectors are not at hand."""

from __future__ import annotations

import base64
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.trust_root.material import NOW

from trustconsole.trust_root import (
    CannotPredict,
    ControllerLoad,
    JavaCertificateError,
    LoadAs,
    diff_trust_roots,
    java_certificate,
    read_trust_root,
)

pytestmark = pytest.mark.vectors
_CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+?)-----END CERTIFICATE-----")
_UNPARSEABLE = "cosign bundle has unparseable cert: <path>: "


def vectors() -> Path:
    folder = os.environ.get("TRUSTCONSOLE_VECTORS")
    if not folder:
        pytest.skip("TRUSTCONSOLE_VECTORS is not set")
    return Path(folder) / "controller"


def cases(name: str) -> Iterator[tuple[Path, dict[str, Any]]]:
    folder = vectors() / name
    for line in (folder / "cases.jsonl").read_text().splitlines():
        yield folder, json.loads(line)


def plain(message: str | None, path: Path) -> str | None:
    if message is None:
        return None
    return re.sub(r"\b[0-9a-f]{64}\b", "<sha256>", message.replace(str(path), "<path>"))


def compare(load: ControllerLoad, expected: dict[str, Any], path: Path) -> str:
    """`agree`, `unknown`, or how they differ."""
    if load.loads is None:
        return "unknown"
    if not load.loads:
        got: dict[str, Any] = {"ok": False, "exception": load.exception, "message": plain(load.error, path)}
    else:
        got = {
            "ok": True,
            "keys": [key.sha256 for key in load.keys],
            "key_algorithms": [key.algorithm for key in load.keys],
            "certs": [certificate.sha256 for certificate in load.certificates],
        }
    return "agree" if got == expected else f"{got} instead of {expected}"


def test_every_trust_root_loads_as_observed() -> None:
    wrong, answers = [], {"core": [0, 0], "exotic": [0, 0]}
    for folder, case in cases("trustroot"):
        path = folder / case["file"]
        report = read_trust_root(path, now=NOW)
        json.dumps(report.to_dict())
        assert diff_trust_roots(report, report).empty
        found = [compare(report.controller[role], case["expect"][role], path) for role in report.controller]
        wrong += [(case["id"], answer) for answer in found if answer not in ("agree", "unknown")]
        answers[case["tier"]][0] += all(answer == "agree" for answer in found)
        answers[case["tier"]][1] += 1
    assert wrong == []
    assert answers["core"][0] == answers["core"][1] > 100
    assert answers["exotic"][0] >= 0.95 * answers["exotic"][1] > 0


def test_trust_roots_and_rekor_keys_of_modules_load_or_refuse_as_observed() -> None:
    wrong, unknown = [], 0
    for folder, case in cases("verify"):
        expected = case["expect"]
        roles: list[tuple[str, LoadAs]] = [(case["trust_root"], case["mode"])]
        if case["rekor_key"]:
            roles.append((case["rekor_key"], "REKOR"))
        failure: tuple[str | None, str | None] | None = None
        for name, role in roles:
            load = read_trust_root(folder / name, now=NOW).controller[role]
            unknown += load.loads is None
            if load.loads is False:
                failure = (load.exception, plain(load.error, folder / name))
                break
        refused = expected["stage"] == "load"
        if refused and failure != (expected["exception"], expected["message"]):
            wrong.append((case["id"], failure, expected["message"]))
        elif not refused and failure:
            wrong.append((case["id"], failure, "loads"))
    assert wrong == []
    assert unknown <= 5


def test_certificates_of_bundles_are_refused_in_the_runtime_s_words() -> None:
    compared = 0
    for folder, case in cases("verify"):
        der = _bundle_certificate(folder, case)
        if der is None or case["expect"]["stage"] == "load":
            continue
        message = case["expect"]["message"] or ""
        try:
            java_certificate(der)
            got = None
        except JavaCertificateError as error:
            got = str(error)
        except CannotPredict:
            continue
        if message.startswith(_UNPARSEABLE):
            assert got == message.removeprefix(_UNPARSEABLE), case["id"]
            compared += 1
        elif case["family"] not in ("order-of-checks", "rekor-missing", "cosign-signature-text"):
            assert got is None, case["id"]
    assert compared >= 20


def _bundle_certificate(folder: Path, case: dict[str, Any]) -> bytes | None:
    """The first certificate of a legacy bundle whose `cert` is plain, None for all others."""
    if case["sidecar_kind"] != "cosign.bundle" or not case["sidecar"]:
        return None
    try:
        text = json.loads((folder / case["sidecar"]).read_text()).get("cert")
    except (ValueError, AttributeError, RecursionError):
        return None
    if not isinstance(text, str):
        return None
    try:
        if "BEGIN CERTIFICATE" not in text:
            text = base64.b64decode("".join(text.split()), validate=True).decode()
        match = _CERTIFICATE.search(text)
        return base64.b64decode("".join(match[1].split()), validate=True) if match else None
    except ValueError:
        return None
