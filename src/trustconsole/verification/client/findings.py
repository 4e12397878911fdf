"""Findings of `verify-bundle`: what its answer depends on, and what a refusal comes down to."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from trustconsole.findings import Finding
from trustconsole.text import rfc3339
from trustconsole.verification.client.case import BundleCase, BundleState
from trustconsole.verification.findings import KINDS
from trustconsole.verification.format_findings import PREHASHED, is_prehashed

OLD: Final = timedelta(days=180)
"""From this age on, keys of the public-good instance have usually changed."""


def observe_bundle(
    case: BundleCase, state: BundleState, *, accepted: bool, taken: datetime | None
) -> Iterator[Finding]:
    """Everything worth telling; `taken` is the date of a packaged trusted root."""
    if taken is not None and case.now - taken > OLD:
        yield KINDS["trusted-root-old"].at(
            case.root.path, days=(case.now - taken).days, date=rfc3339(taken)[:10]
        )
    if state.bundle is not None and not accepted and is_prehashed(state.bundle, [state.key]):
        yield KINDS["unsupported-algorithm"].at(case.bundle_path, algorithm=PREHASHED)
