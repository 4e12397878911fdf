"""Compares with the observed answers of a real controller build, where they are at hand."""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from trustconsole.controller_config import ConfigReport, check_config

pytestmark = [
    pytest.mark.vectors,
    pytest.mark.skipif("TRUSTCONSOLE_VECTORS" not in os.environ, reason="TRUSTCONSOLE_VECTORS is unset"),
]
NOW = datetime.now(UTC)
_PATH = re.compile(r"(does not exist|blocks|failed to (?:read|parse) [a-z ]+): .*", re.DOTALL)


def _cases() -> Iterator[tuple[Path, dict[str, Any]]]:
    root = Path(os.environ["TRUSTCONSOLE_VECTORS"]) / "controller" / "config"
    with (root / "cases.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            yield root, json.loads(line)


def _normalised(error: str | None) -> str | None:
    if error is None:
        return None
    return re.sub(r"sha256=[0-9a-f]{64}", "sha256=<sha256>", _PATH.sub(r"\1: <path>", error))


def _answer(report: ConfigReport) -> dict[str, object]:
    start, effective = report.controller, report.effective
    values = {
        "profile": "profile",
        "required": "required",
        "mode": "mode",
        "trustRoot": "trust_root",
        "allowUnsignedDevelopment": "allow_unsigned_development",
        "rekor.policy": "rekor_policy",
        "rekor.publicKey": "rekor_public_key",
    }
    return {
        "ok": start.stage in (None, "boot"),
        "stage": None if start.stage == "boot" else start.stage,
        "exception": start.exception,
        "errors": list(start.errors),
        "effective": {name: getattr(effective, field).value for name, field in values.items()}
        if effective
        else None,
        "other": dict(report.other) if report.other is not None else None,
        "verifier": effective.verifier if effective else None,
        "bootError": _normalised(start.boot_error),
    }


def _message_agrees(report: ConfigReport, expected: str | None) -> bool:
    """Exact for the controller's own texts; by the first words for those of its parsers."""
    got = report.controller.message
    if got is None or expected is None:
        return got == expected
    return expected.split("\n at [Source")[0].startswith(got.split(",")[0])


def test_the_observed_answers_are_predicted_and_never_contradicted() -> None:
    outcomes: Counter[tuple[str, str]] = Counter()
    misses: list[str] = []
    for root, case in _cases():
        report = check_config(root / case["file"], root, now=NOW)
        expected = {name: case["expect"][name] for name in _answer(report)}
        if report.controller.starts is None:
            outcome = "unknown"
        elif _answer(report) == expected and _message_agrees(report, case["expect"]["message"]):
            outcome = "agrees"
        else:
            outcome = "differs"
        outcomes[case["tier"], outcome] += 1
        if outcome != "agrees":
            misses.append(f"{case['tier']} {case['id']}: {outcome}")
    listed = "\n".join(misses)
    core = sum(count for (tier, _), count in outcomes.items() if tier == "core")
    assert core > 0
    assert outcomes["core", "agrees"] == core, listed
    assert outcomes["exotic", "differs"] == 0, listed
    assert outcomes["exotic", "unknown"] * 20 <= sum(
        count for (tier, _), count in outcomes.items() if tier == "exotic"
    ), listed
