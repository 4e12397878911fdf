"""Pane 4: every module with both verdicts; the detail says why, step by step."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cached_property

from textual.content import Content

from trustconsole.api import ModuleRow, ModuleState, Step, VerificationReport, headline
from trustconsole.commands import PANES
from trustconsole.console.columns import Column
from trustconsole.console.display import Display, fingerprint8, join
from trustconsole.console.sheet import Copyable, Level, Sheet
from trustconsole.console.signs import (
    BY_MODULE_STATE,
    BY_STEP,
    BY_VERDICT,
    NEUTRAL,
    PENDING,
    REJECT,
    Sign,
    gravest,
)
from trustconsole.console.view import View
from trustconsole.text import human_bytes

_ORDER: tuple[ModuleState, ...] = (
    "accept",
    "suspect",
    "reject",
    "differ",
    "unsigned",
    "unknown",
    "pending",
)


class BundlesView(View[ModuleRow]):
    """One row for each module, in the inventory's order."""

    pane = PANES[3]
    headed = True
    columns = (
        Column("", 1, 1, "never"),
        Column("module", 12, 60, "middle", flexible=True),
        Column("version", 5, 16, "middle", leaves=2),
        Column("documented", 6, 16, "never"),
        Column("controller", 6, 16, "never", leaves=3),
        Column("ctl", 3, 3, "never", instead_of="controller"),
        Column("signer", 8, 30, "middle", leaves=1),
    )

    def rows(self) -> Sequence[ModuleRow]:
        """The modules as the inventory has them; their states are counted once."""
        self.counts = Counter(row.state for row in self.snapshot.modules)
        return self.snapshot.modules

    def key(self, item: ModuleRow) -> str:
        """The artefact's path."""
        return item.key

    def cells(self, item: ModuleRow) -> tuple[Content, ...]:
        """Sign, name, version, both verdicts, signer."""
        show = self.display
        report = item.report
        name = show.text(item.module.name)
        version = show.text(item.module.version or "")
        if report is None:
            waiting = show.text("…", "$text-muted")
            return show.sign(PENDING), name, version, waiting, waiting, waiting, Content("")
        controller = BY_VERDICT[report.controller.verdict]
        return (
            show.sign(BY_MODULE_STATE[item.state]),
            name,
            version,
            verdict(report.documented.verdict, show),
            verdict(report.controller.verdict, show),
            show.sign(controller),
            show.text(signer_name(report, self.names), "$text-muted"),
        )

    @cached_property
    def names(self) -> dict[str, str]:
        """What the trust root's comments call its keys, by SPKI digest."""
        report = self.snapshot.trust_root
        blocks = report.blocks if report else ()
        return {
            b.spki_sha256: b.comment for b in blocks if b.spki_sha256 and b.comment and b.kind == "public-key"
        }

    def search(self, item: ModuleRow) -> str:
        """Name, version, verdicts and path."""
        report = item.report
        verdicts = (
            f"{report.documented.verdict} {report.controller.verdict} {item.state}" if report else "pending"
        )
        signer = signer_name(report, {}) if report else ""
        return f"{item.module.name} {item.module.version} {verdicts} {signer} {item.module.path}".lower()

    def summary(self) -> Content:
        """Counts by state, and how far verification is."""
        show = self.display
        counts = self.counts
        total = len(self.items)
        if not total:
            return show.text("none", "$text-muted")
        if counts["pending"]:
            done = total - counts["pending"]
            return join(show.text(f"verifying {done:,} of {total:,}  ", "$text-muted"), self._counts(counts))
        return join(show.text(f"{total:,}:  ", "$text-muted"), self._counts(counts))

    def _counts(self, counts: Counter[ModuleState]) -> Content:
        parts: list[Content] = []
        for state in _ORDER:
            if counts[state] and state != "pending":
                sign = BY_MODULE_STATE[state]
                parts.append(
                    join(self.display.text(f"{counts[state]:,} ", sign.style), self.display.sign(sign))
                )
        return Content("  ").join(parts)

    def worst(self) -> Sign:
        """The gravest row."""
        if not self.items:
            return NEUTRAL
        return gravest([BY_MODULE_STATE[state] for state in self.counts])

    def empty(self) -> str:
        """Where modules were looked for."""
        places = ", ".join(self.snapshot.paths.modules)
        if not places:
            return "No module directory is known. Set modules in the settings, or start with --modules DIR."
        return f"No modules under {places}. Set modules in the settings, or start with --modules DIR."

    def sheet(self, item: ModuleRow | None, level: Level) -> Sheet:
        """Both verdicts, both traces, findings, signer and times."""
        show = self.display
        if item is None:
            sheet = Sheet(show, show.text("Bundles"))
            sheet.say(None, self.empty())
            return sheet
        title = show.text(f"{item.module.name} {item.module.version or ''}".rstrip())
        report = item.report
        if report is None:
            sheet = Sheet(show, title, show.state(PENDING))
            sheet.say(PENDING, "This module has not been verified yet; its turn comes.")
            sheet.fact("path", item.module.path)
            sheet.copy = Copyable("path", item.module.path)
            return sheet
        sheet = Sheet(show, title, steps_summary(report, show))
        sheet.copy = (
            Copyable("SHA-256 of the artefact", report.sha256)
            if report.sha256
            else Copyable("path", item.module.path)
        )
        sheet.more = Copyable("both verdicts", _ticket(item, report))
        sign = BY_MODULE_STATE[item.state]
        sheet.say(sign, headline(report), sign.style if sign.gravity else "")
        if level == 0:
            return sheet
        _verdicts(sheet, report)
        sheet.findings(report.findings)
        _trace(sheet, "Documented trace", report.steps, level)
        _trace(sheet, "Controller trace", report.controller.steps, level)
        _facts(sheet, item, report, level)
        return sheet


def verdict(word: str, show: Display) -> Content:
    """A verdict's sign and word."""
    return show.text(word, BY_VERDICT[word].style)


def signer_name(report: VerificationReport, names: dict[str, str]) -> str:
    """Who signed, for a list: a SAN, a subject, a key's first digits; untrusted."""
    signer = report.signer
    if signer is None:
        return "none" if report.sidecar.kind == "none" else "unknown"
    if signer.san:
        return signer.san[0]
    if signer.subject:
        return signer.subject
    name = names.get(signer.spki_sha256)
    return f"{fingerprint8(signer.spki_sha256)} {name}" if name else fingerprint8(signer.spki_sha256)


def steps_summary(report: VerificationReport, show: Display) -> Content:
    """`2 of 9 steps say no`, about the documented trace."""
    judged = [step for step in report.steps if step.status in ("pass", "fail", "warn")]
    failed = sum(step.status == "fail" for step in judged)
    if not judged:
        return Content("")
    if failed:
        return show.text(f"{failed} of {len(judged)} steps say no", REJECT.style)
    return show.text(
        f"all {len(judged)} steps pass"
        if all(s.status == "pass" for s in judged)
        else "passes with a warning",
        "$text-muted",
    )


def _verdicts(sheet: Sheet, report: VerificationReport) -> None:
    show = sheet.display
    documented, controller = report.documented, report.controller
    by = f"  by step {documented.rule}" if documented.rule else ""
    matched = documented.matched
    if matched:
        kind = "key" if matched.kind == "public-key" else "certificate"
        by = f"  by {kind} {fingerprint8(matched.fingerprint)}, {matched.place}"
    head = verdict(documented.verdict, show)
    sheet.fact("documented", join(head, show.text(by, "$text-muted")), BY_VERDICT[documented.verdict])
    answer = f"  HTTP {controller.http} {controller.code or ''}".rstrip() if controller.http else ""
    via = f"  via {controller.via}" if controller.via else ""
    stage = f"  at {controller.stage}" if controller.verdict in ("no-boot", "error") else ""
    body = join(verdict(controller.verdict, show), show.text(answer + via + stage, "$text-muted"))
    sheet.fact("controller", body, BY_VERDICT[controller.verdict])
    if controller.message:
        sheet.fact("", show.text(controller.message, "$text-muted"))


def _trace(sheet: Sheet, title: str, steps: Iterable[Step], level: Level) -> None:
    show = sheet.display
    found = list(steps)
    if not found:
        return
    sheet.heading(title)
    width = max(len(step.id) for step in found)
    for step in found:
        sign = BY_STEP[step.status]
        lead = join(show.sign(sign), Content(" "), show.text(f"{step.id:<{width}}  "))
        words = step.detail or step.title
        after = "  (after the verdict)" if step.after_verdict else ""
        style = (
            sign.style
            if step.status in ("fail", "warn")
            else ("$text-muted" if step.status == "skip" else "")
        )
        sheet.row(lead, join(show.text(words, style), show.text(after, "$text-muted")))
        if level == 2:
            for name, value in step.evidence.items():
                label = show.text(f"{'':<{width + 4}}{name} = ", "$text-muted")
                sheet.row(label, show.text(_evidence(value)))


def _evidence(value: object) -> str:
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, (list, tuple)):
        return ", ".join(_evidence(part) for part in value)
    return "none" if value is None else str(value)


def _facts(sheet: Sheet, row: ModuleRow, report: VerificationReport, level: Level) -> None:
    show = sheet.display
    signer = report.signer
    if signer:
        sheet.heading("Signer")
        sheet.fact("subject", signer.subject)
        for name in signer.san:
            sheet.fact("SAN", name)
        sheet.fact("issuer", signer.issuer)
        sheet.fact("SPKI", signer.spki_sha256)
    sheet.heading("Times")
    sheet.fact(
        "verified time",
        show.moment(report.verified_time) if report.verified_time else "none; judged at the time below",
    )
    sheet.fact("judged at", show.moment(report.policy.at))
    sheet.fact(
        "valid until",
        show.moment(report.valid_until) if report.valid_until else "no date changes this verdict",
    )
    sheet.heading("Files")
    sheet.fact("artefact", report.artifact)
    sheet.fact("SHA-256", report.sha256)
    sheet.fact("size", human_bytes(report.size) if report.size is not None else None)
    sheet.fact("sidecar", f"{report.sidecar.path} ({report.sidecar.kind})" if report.sidecar.path else "none")
    sheet.fact("manifest", row.module.manifest.error)
    if level == 2:
        policy = report.policy
        sheet.heading("Policy")
        sheet.fact("mode", policy.mode)
        sheet.fact("trust root", policy.trust_root)
        sheet.fact("its SHA-256", policy.trust_root_sha256)
        sheet.fact("rekor.policy", policy.rekor_policy)
        sheet.fact("rekor key", policy.rekor_key)
        sheet.fact("from", policy.source)


def _ticket(row: ModuleRow, report: VerificationReport) -> str:
    documented, controller = report.documented, report.controller
    return "\n".join(
        [
            f"{row.module.name} {row.module.version or ''}".rstrip(),
            f"documented: {documented.verdict} {documented.rule or ''}".rstrip() + f": {documented.reason}",
            f"controller: {controller.verdict}: {controller.message or controller.reason}",
            f"artefact: {report.artifact}",
            f"sha256: {report.sha256}",
        ]
    )
