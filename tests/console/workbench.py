"""Snapshots with chosen contents, and a session that hands them out; for every test of the console.

The trust root and the configuration are real reports on real text. Modules and nodes are built from their
dataclasses, because layout and hostile-text tests need contents that no verifier would make on demand.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.console.judging import Judge
from textual.geometry import Size
from textual.pilot import Pilot

from trustconsole.api import (
    AuditReport,
    Impact,
    Revocation,
    RotationView,
)
from trustconsole.api.snapshot import ModuleRow, Paths, Snapshot
from trustconsole.console.app import ConsoleApp
from trustconsole.controller_config import ConfigReport, check_config
from trustconsole.demo import build_demo
from trustconsole.errors import TrustConsoleError, UnreadableFile, UsageError
from trustconsole.findings import Finding
from trustconsole.inventory import Manifest, Module
from trustconsole.nodes import NodeReport
from trustconsole.rotation import Gate
from trustconsole.trust_root import TrustRootReport, scan_trust_root
from trustconsole.verification.report import (
    ControllerVerdict,
    DocumentedVerdict,
    Matched,
    PolicyFacts,
    Sidecar,
    Signer,
    Step,
    StepStatus,
    Verdict,
    VerificationReport,
)

NOW = datetime(2026, 3, 14, 14, 2, 7, tzinfo=UTC)
HOME = "/opt/prexorcloud"
KEY_A = "8f2c91ab" + "0" * 56
KEY_B = "17d044ce" + "0" * 56


def clock() -> datetime:
    return NOW


def real_files() -> tuple[TrustRootReport, ConfigReport]:
    """Reports on the demo's trust root and configuration, under paths that never change."""
    with tempfile.TemporaryDirectory() as directory:
        demo = build_demo(Path(directory) / "demo", now=NOW)
        root = scan_trust_root(demo.trust_root.read_bytes(), f"{HOME}/config/security/trust.pem", now=NOW)
        report = check_config(demo.config, now=NOW)
        text = str(demo.working_directory)
        return root, _moved(report, text)


def _moved(report: ConfigReport, directory: str) -> ConfigReport:
    def shifted(value: Any) -> Any:
        return value.replace(directory, HOME) if isinstance(value, str) else value

    effective = report.effective
    if effective is not None:
        names = ("trust_root", "rekor_public_key", "profile", "required", "mode", "rekor_policy")
        changes: dict[str, Any] = {}
        for name in (*names, "allow_unsigned_development"):
            sourced = getattr(effective, name)
            changes[name] = replace(sourced, value=shifted(sourced.value), source=shifted(sourced.source))
        effective = replace(effective, **changes)
    return replace(
        report,
        path=shifted(report.path),
        working_directory=shifted(report.working_directory),
        text=shifted(report.text),
        effective=effective,
        findings=tuple(replace(f, summary=shifted(f.summary), next=shifted(f.next)) for f in report.findings),
    )


def step(identifier: str, status: StepStatus, detail: str, **evidence: object) -> Step:
    return Step(identifier, identifier, status, detail, evidence)


def trace(failing: str | None, detail: str) -> tuple[Step, ...]:
    """A plausible trace whose `failing` step says no."""
    names = {
        "profile": "production, required: verification is enforced",
        "trust-root": "4 blocks trusted",
        "sidecar": "cosign bundle beside the artefact",
        "parse": "legacy cosign bundle, 2.1 KiB",
        "key": "matches author B (line 9)",
        "signature": "ECDSA P-256 over SHA-256",
        "rekor.set": "signed by rekor.pub",
        "rekor.binding": "the entry is about this artefact",
        "rekor.time": "2026-02-11T09:30:00Z, within the certificate",
    }
    rows = []
    for name, words in names.items():
        bad = name == failing
        evidence = {"entry_sha256": "1f3e" * 16, "file_sha256": "77ab" * 16} if bad else {}
        rows.append(Step(name, name, "fail" if bad else "pass", detail if bad else words, evidence))
    return tuple(rows)


def report_on(
    path: str, documented: Verdict, controller: Verdict, *, failing: str | None = None, reason: str = "",
    signer: Signer | None = None, findings: tuple[Finding, ...] = (),
) -> VerificationReport:  # fmt: skip
    accepted = documented == "accept"
    refused = controller == "reject"
    return VerificationReport(
        path,
        "77ab" * 16,
        48_213,
        Sidecar(f"{path}.cosign.bundle", "cosign-bundle"),
        PolicyFacts(
            "COSIGN_BUNDLE", f"{HOME}/config/controller.yml", f"{HOME}/config/security/trust.pem",
            "c0de" * 16, "DISABLED", f"{HOME}/config/security/rekor.pub", NOW,
        ),
        DocumentedVerdict(
            documented,
            failing,
            reason or "The signature verifies with a key of the trust root.",
            Matched("public-key", KEY_B, 9) if accepted else None,
            None if accepted else "SIGNATURE_VERIFICATION_FAILED",
        ),
        ControllerVerdict(
            controller,
            "verify",
            "SignatureVerificationException" if refused else None,
            422 if refused else None,
            "SIGNATURE_VERIFICATION_FAILED" if refused else None,
            f"cosign signature did not match any trusted key (sha256={'77ab' * 16})" if refused else None,
            "raw-key" if controller == "accept" else None,
            "a loaded key verifies it" if controller == "accept" else "no loaded key verifies it",
            trace("signature" if refused else None, "no trusted key verifies it")[:6],
        ),
        signer,
        NOW - timedelta(days=31),
        NOW + timedelta(days=40),
        trace(failing, reason),
        findings,
    )  # fmt: skip


def module(name: str, version: str, **changes: Any) -> Module:
    path = f"{HOME}/modules/{name}-{version}.jar"
    fresh = Module(path, "directory", None, f"{path}.cosign.bundle", Manifest(name, version))
    return replace(fresh, **changes)


def row(name: str, version: str, documented: Verdict, controller: Verdict, **more: Any) -> ModuleRow:
    found = module(name, version)
    return ModuleRow(found, report_on(found.path, documented, controller, **more))


BINDING = Finding(
    "log-entry-other-artefact",
    "error",
    "The log entry is about another artefact",
    "The entry's SHA-256 is 1f3e… and the artefact's is 77ab…; this build does not compare them.",
    "Sign it again: cosign sign-blob --key author-b.key --bundle voting.cosign.bundle voting-1.0.3.jar",
)


def modules() -> tuple[ModuleRow, ...]:
    """A dozen modules in every state."""
    author_a, author_b = Signer(KEY_A), Signer(KEY_B)
    keyless = Signer("fe" * 32, None, ("dev@example.org",))
    other = "The log entry is about another file."
    return (
        row("essentials", "2.4.1", "accept", "accept", signer=author_a),
        row("parkour", "0.9.0", "accept", "accept", signer=Signer("ca" * 32, "CN=release,O=Parkour")),
        row("lobby-menu", "3.1.0", "accept", "accept", signer=author_b),
        row("stats-aggregator", "1.2.0", "accept", "reject", signer=keyless),
        row("voting", "1.0.3", "reject", "accept", failing="rekor.binding", reason=other, signer=author_b,
            findings=(BINDING,)),
        row("proxy-guard", "3.0.2", "reject", "reject", failing="signature",
            reason="The artefact was changed after it was signed.", signer=author_a),
        row("world-border", "0.3.7", "reject", "reject", failing="key",
            reason="No block of the trust root holds the signing key.", signer=Signer("ab" * 32)),
        row("holograms", "1.1.1", "unknown", "unknown", reason="The key's curve was never observed."),
        ModuleRow(module("chat-filter", "2.0.0", bundle_path=None), None),
    )  # fmt: skip


def nodes() -> tuple[NodeReport, ...]:
    current = NodeReport(
        "controller-1",
        "controller",
        "current",
        NOW - timedelta(hours=1),
        "pid 4711 since 13:02:00",
        "started after the last change of the trust root",
        ("systemctl", "restart", "prexorcloud"),
    )
    old = NodeReport(
        "daemon-7",
        "daemon",
        "restart",
        NOW - timedelta(days=9),
        "pid 812 since 2026-03-05",
        "trust root changed 13:58, up 9 d",
        ("ssh", "daemon-7", "systemctl", "restart", "prexord"),
    )
    return current, old


_REAL: list[tuple[TrustRootReport, ConfigReport]] = []


def snapshot(**changes: Any) -> Snapshot:
    """A full snapshot; `changes` replace its fields."""
    if not _REAL:
        _REAL.append(real_files())
    root, config = _REAL[0]
    paths = Paths(
        f"{HOME}/config/controller.yml", "/etc/trustconsole/settings.yml", HOME,
        f"{HOME}/config/security/trust.pem", f"{HOME}/config/security/rekor.pub", (f"{HOME}/modules",),
        "/var/lib/trustconsole",
    )  # fmt: skip
    fresh = Snapshot(1, NOW, "controller-1", True, paths, root, None, config, modules(), nodes())
    return replace(fresh, **changes)


@dataclass
class Still:
    """A rotation that stands where it is put: all that is asked of it gives `seen`, or raises `error`."""

    seen: RotationView = field(
        default_factory=lambda: RotationView(NOW, True, None, "none", None, Gate(holds=False), None)
    )
    error: TrustConsoleError | None = None
    asked: list[str] = field(default_factory=list)
    lines: tuple[tuple[str, str], ...] = ()

    def view(self, cancelled: Callable[[], bool] | None = None, *, fresh: bool = True) -> RotationView:
        assert not fresh
        assert cancelled is None or not cancelled()
        return self.seen

    def start(self, kind: str, old: str, new: Path, *, apply: bool = False, **_: Any) -> RotationView:
        return self._answer(f"start {kind} {old} {new} {apply}")

    def next(
        self, *, apply: bool = False, on_output: Callable[[str, str], None] | None = None, **_: Any
    ) -> RotationView:
        for node, line in self.lines if on_output is not None else ():
            on_output(node, line)  # type: ignore[misc]  # it is given: see above
        return self._answer(f"next {apply}")

    def undo(self, *, apply: bool = False, **_: Any) -> RotationView:
        return self._answer(f"undo {apply}")

    def save_commands(self, view: RotationView) -> Path:
        self._answer(f"save {view.step}")
        return Path("/var/lib/trustconsole/exports/re-sign-modules.sh")

    def _answer(self, what: str) -> RotationView:
        self.asked.append(what)
        if self.error is not None:
            raise self.error
        return self.seen


@dataclass
class Workbench(Judge):
    """A session whose snapshots are chosen. Put a word into `events` to ask for a look."""

    snapshots: list[Snapshot]
    read_only: bool = True
    looks: int = 0
    partials: tuple[Snapshot, ...] = ()
    error: Exception | None = None
    impacts: list[Impact] = field(default_factory=list)
    impact_error: Exception | None = None
    asked: list[str] = field(default_factory=list)
    exported: list[tuple[str, str]] = field(default_factory=list)
    export_error: Exception | None = None
    events: asyncio.Queue[str] = field(default_factory=asyncio.Queue)
    stopped: bool = False
    still: Still = field(default_factory=Still)
    revocation: Revocation | None = None
    record: AuditReport | None = None

    def rotation(self) -> Still:
        return self.still

    def revoke(self, fingerprint: str, **_: Any) -> Revocation:
        if self.revocation is None:
            raise UsageError(f"nothing holds {fingerprint}")
        return self.revocation

    def audit(self) -> AuditReport:
        if self.record is None:
            raise UnreadableFile("cannot be read", hint="check its rights")
        return self.record

    def look(
        self,
        progress: Callable[[Snapshot], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> Snapshot:
        assert cancelled is None or not cancelled()
        self.looks += 1
        if self.error is not None:
            raise self.error
        for partial in self.partials:
            if progress is not None:
                progress(partial)
        index = min(self.looks, len(self.snapshots)) - 1
        return replace(self.snapshots[index], generation=self.looks)

    async def changes(self, stop: asyncio.Event) -> AsyncIterator[str]:
        try:
            while not stop.is_set():
                yield await self.events.get()
        finally:
            self.stopped = True

    def impact(
        self,
        *,
        remove: str | None = None,
        progress: Callable[[int, int], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> Impact:
        assert remove is not None
        assert cancelled is None or not cancelled()
        self.asked.append(remove)
        if self.impact_error is not None:
            raise self.impact_error
        if progress is not None:
            progress(0, 2)
        assert self.impacts, "a test that asks gives the answers"
        return self.impacts[min(len(self.asked), len(self.impacts)) - 1]

    def export(self, name: str, text: str) -> Path:
        if self.export_error is not None:
            raise self.export_error
        self.exported.append((name, text))
        return Path("/var/lib/trustconsole/exports") / name


def app_over(*snapshots: Snapshot, **options: Any) -> ConsoleApp:
    """A console over these snapshots, one for each look; the last one stays."""
    return ConsoleApp(bench(*(snapshots or (snapshot(),))), clock=clock, **options)


def bench(*snapshots: Snapshot) -> Workbench:
    return Workbench(list(snapshots))


def bench_of(app: ConsoleApp) -> Workbench:
    assert isinstance(app.session, Workbench)
    return app.session


async def until(pilot: Pilot[None], condition: Callable[[], bool]) -> None:
    """Wait for a state, not for a time."""
    for _ in range(600):
        await pilot.pause()
        if condition():
            await pilot.pause()
            return
        await asyncio.sleep(0.01)
    raise AssertionError("the console never got there")


async def ready(pilot: Pilot[None], app: ConsoleApp) -> None:
    """Wait until the first snapshot is on the screen."""
    await until(pilot, lambda: app.snapshot is not None and bool(app.main.boxes[3].rows.view))


def screen_text(app: ConsoleApp) -> str:
    """The whole screen as plain text, line by line."""
    width, height = app.size
    rows = []
    for strip in app.screen._compositor.render_strips(Size(width, height)):
        rows.append("".join(segment.text for segment in strip).rstrip())
    return "\n".join(rows)
