"""Real views of every step of a rotation, a real revocation and a real audit log, made once from a demo.

Carried out on files in a temporary directory, without nodes; written reasons pass what no node proves.
"""

from __future__ import annotations

import functools
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.console.rotating import SIGNED_BY_A, fingerprint
from tests.console.workbench import clock

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
    """The whole of it; a second of work."""
    with tempfile.TemporaryDirectory() as directory:
        workspace = build_demo(Path(directory) / "demo", now=clock())
        session = api.Session(api.Options(settings=workspace.settings), write=True, clock=clock)
        rotation = api.Rotation(session)
        old = fingerprint(workspace.keys / "author-a.pub")
        arguments = ("author", old, workspace.keys / "author-new.pub")
        dry_run = rotation.start(*arguments)
        views: dict[object, RotationView] = {}
        views[2] = rotation.start(*arguments, apply=True)
        views[3] = rotation.next(apply=True, override="no node in this test")
        undo = rotation.undo()
        views[4] = rotation.next(apply=True, override=f"nobody uses {SIGNED_BY_A}")
        views[5] = rotation.next(apply=True, confirm=old[:8])
        views["done"] = rotation.next(apply=True, override="no node in this test")
        views[1] = dry_run
        revocation = session.revoke(fingerprint(workspace.keys / "author-b.pub"))
        return Made(views, dry_run, undo, revocation, session.audit())
