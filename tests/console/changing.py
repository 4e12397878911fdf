"""Real views of every step of a rotation, a real revocation and a real audit log, made once from a demo.

Carried out on files in a temporary directory, without nodes; written reasons pass what no node proves.
"""

from __future__ import annotations

import functools
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from tests.console.gallery import shown_under
from tests.console.rotating import SIGNED_BY_A, fingerprint
from tests.console.workbench import HOME, NOW, clock

from trustconsole import api
from trustconsole.api import AuditReport, Revocation, RotationView
from trustconsole.demo import build_demo


@dataclass(frozen=True)
class Made:
    """What one rotation went through: a view for each step, what revoking author B does, and the log."""

    views: Mapping[object, RotationView]
    dry_run: RotationView
    undo: RotationView
    revocation: Revocation
    record: AuditReport


@functools.cache
def made() -> Made:
    """The whole of it, under a fixed directory and as if signed a month ago; a second of work."""
    with tempfile.TemporaryDirectory() as directory:
        workspace = build_demo(Path(directory) / "demo", now=clock())
        session = api.Session(api.Options(settings=workspace.settings), write=True, clock=clock)
        rotation = api.Rotation(session, operator=api.Operator(0, "root", None, None))
        old = fingerprint(workspace.keys / "author-a.pub")
        arguments = ("author", old, workspace.keys / "author-new.pub")
        dry_run = rotation.start(*arguments)
        views: dict[object, RotationView] = {1: dry_run}
        views[2] = rotation.start(*arguments, apply=True)
        views[3] = rotation.next(apply=True, override="no node in this test")
        undo = rotation.undo()
        views[4] = rotation.next(apply=True, override=f"nobody uses {SIGNED_BY_A}")
        views[5] = rotation.next(apply=True, confirm=old[:8])
        views["done"] = rotation.next(apply=True, override="no node in this test")
        revocation = session.revoke(fingerprint(workspace.keys / "author-b.pub"))
        place = str(workspace.directory)
        return Made(
            {step: _still(view, place) for step, view in views.items()},
            _still(dry_run, place),
            _still(undo, place),
            shown_under(revocation, place, HOME),
            _chained(shown_under(session.audit(), place, HOME)),
        )


def _still(view: RotationView, directory: str) -> RotationView:
    """The view without what differs from run to run."""
    moved: RotationView = shown_under(view, directory, HOME)
    moved = shown_under(moved, sys.executable, "/usr/bin/python3")
    modules = [replace(one, signed=NOW - timedelta(days=31), resigned=False) for one in moved.modules]
    return replace(moved, modules=tuple(modules))


def _chained(report: AuditReport) -> AuditReport:
    """The log as it would be under the fixed directory with a plan of fixed id: hashes cover both."""
    records: list[api.AuditRecord] = []
    for record in report.records:
        fixed = {"rotation": "c7f92fba138b3aff"} if "rotation" in record.details else {}
        plain = replace(record, details={**record.details, **fixed})
        records.append(plain.following(records[-1] if records else None))
    return replace(
        report, records=tuple(records), verification=replace(report.verification, head=records[-1].hash)
    )
