"""Pane 1: the blocks of the trust root, whether each is trusted, and what the controller loads."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from textual.content import Content

from trustconsole.api import Block, TrustRootReport
from trustconsole.commands import PANES
from trustconsole.console.columns import Column
from trustconsole.console.display import Display, fingerprint8
from trustconsole.console.sheet import Copyable, Level, Sheet
from trustconsole.console.signs import ACCEPT, INFO, NEUTRAL, REJECT, UNKNOWN, WARN, Sign, gravest
from trustconsole.console.view import View
from trustconsole.text import plural, relative_time, sentence

_KINDS: Final = {"public-key": "key", "certificate": "cert", "other": "other"}
_SOON: Final = timedelta(days=90)
_ROLES: Final = {
    "KEYED": "as trust root, mode KEYED",
    "COSIGN_BUNDLE": "as trust root, mode COSIGN_BUNDLE",
    "REKOR": "as Rekor key file",
}


class TrustRootView(View[Block]):
    """One row for each PEM block of the trust root."""

    pane = PANES[0]
    columns = (
        Column("", 1, 1, "never"),
        Column("kind", 4, 5, "never"),
        Column("fingerprint", 8, 8, "never"),
        Column("algorithm", 8, 11, leaves=1),
        Column("who", 8, 28, "middle", flexible=True),
        Column("state", 17, 40, "end", flexible=True),
    )

    @property
    def report(self) -> TrustRootReport | None:
        """The trust root's report, None where none is configured."""
        return self.snapshot.trust_root

    def rows(self) -> Sequence[Block]:
        """The blocks in file order."""
        return self.report.blocks if self.report else ()

    def key(self, item: Block) -> str:
        """The fingerprint (and which of several equal ones), or the line of a block without one."""
        if not item.fingerprint or not self.report:
            return f"line:{item.line_start}"
        nth = sum(b.fingerprint == item.fingerprint and b.index < item.index for b in self.report.blocks)
        return f"{item.kind}:{item.fingerprint}:{nth}"

    def cells(self, item: Block) -> tuple[Content, ...]:
        """Sign, kind, fingerprint, algorithm, who it is, and its state."""
        show = self.display
        sign = block_sign(item, show)
        name = fingerprint8(item.fingerprint) if item.fingerprint else f"line {item.line_start}"
        return (
            show.sign(sign),
            show.text(_KINDS[item.kind]),
            show.text(name, "bold" if item.trusted else ""),
            show.text(item.key or "", "$text-muted"),
            show.text(block_name(item)),
            show.text(block_state(item, show), sign.style if sign.gravity else "$text-muted"),
        )

    def summary(self) -> Content:
        """How many blocks are trusted and how many are not."""
        show = self.display
        if self.report is None:
            return show.text("not configured", "$text-muted")
        if self.report.error:
            return show.state(REJECT, "unreadable")
        trusted = len(self.report.trusted_blocks)
        rest = len(self.report.blocks) - trusted
        return show.separated(
            (
                show.text(f"{trusted} trusted", "" if trusted else REJECT.style),
                show.text(f"{rest} ignored", WARN.style) if rest else Content(""),
            )
        )

    def worst(self) -> Sign:
        """The gravest of the file and its blocks."""
        report = self.report
        if report is None:
            return UNKNOWN
        if report.error or not report.trusted_blocks or _mode_load_fails(self):
            return REJECT
        signs = [WARN if finding.severity != "info" else INFO for finding in report.findings]
        signs += [block_sign(block, self.display) for block in report.blocks]
        worst = gravest(signs)
        return WARN if worst is REJECT else worst

    def empty(self) -> str:
        """Why there are no blocks."""
        report = self.report
        if report is None:
            return (
                "No trust root is configured. The keys and certificates that may sign modules would be here. "
                "Set modules.signing.trustRoot in controller.yml, or start with --config F."
            )
        if report.error:
            return f"{report.path} cannot be read: {report.error}"
        return f"{report.path} holds no PEM block. Append a PUBLIC KEY or CERTIFICATE block."

    def sheet(self, item: Block | None, level: Level) -> Sheet:
        """The block's facts, what the controller loads, findings, and its PEM at the deepest level."""
        if item is None:
            return self._file_sheet()
        show = self.display
        sheet = Sheet(show, show.text(f"{item.label}, line {item.line_start}"), block_summary(item, show))
        sign = block_sign(item, show)
        sheet.say(sign, block_sentence(item, show), sign.style if sign.gravity else "")
        sheet.copy = (
            Copyable(fingerprint_name(item), item.fingerprint)
            if item.fingerprint
            else Copyable("path", self.report.path if self.report else "")
        )
        sheet.more = Copyable(f"PEM block, lines {item.line_start}-{item.line_end}", item.text)
        if level == 0:
            return sheet
        _facts(sheet, item)
        self._loads(sheet, item)
        sheet.findings(item.findings)
        if self.report:
            sheet.findings(self.report.findings)
        if level == 2 and item.text:
            sheet.heading(f"PEM, lines {item.line_start}-{item.line_end}")
            sheet.verbatim(show.text(row, "$text-muted") for row in item.text.splitlines()[:400])
        return sheet

    def _loads(self, sheet: Sheet, item: Block) -> None:
        sheet.heading("What the controller loads")
        report = self.report
        for role, words in _ROLES.items():
            load = report.controller.get(role) if report else None  # type: ignore[call-overload]
            if load is not None and load.loads is False:
                sheet.say(REJECT, f"{words}: the file does not load: {load.error or load.exception}")
            elif load is not None and load.loads is None:
                sheet.say(UNKNOWN, f"{words}: cannot be predicted: {load.error or 'not observed'}")
            elif role in item.loaded_by:
                sheet.say(ACCEPT, f"{words}: loaded")
            else:
                sheet.say(NEUTRAL, f"{words}: ignored")

    def _file_sheet(self) -> Sheet:
        show = self.display
        sheet = Sheet(show, show.text("Trust root"))
        sheet.say(self.worst() if self.report else None, self.empty())
        if self.report:
            sheet.copy = Copyable("path", self.report.path)
            sheet.fact("path", self.report.path)
            sheet.findings(self.report.findings)
        return sheet


def _mode_load_fails(view: TrustRootView) -> bool:
    config = view.snapshot.config
    mode = config.effective.mode.value if config and config.effective else None
    report = view.report
    if report is None or mode not in report.controller:
        return False
    return report.controller[mode].loads is False  # type: ignore[index]


def fingerprint_name(block: Block) -> str:
    """Which digest the fingerprint of this block is."""
    return "certificate SHA-256" if block.kind == "certificate" else "SPKI SHA-256"


def block_name(block: Block) -> str:
    """Who it is: the comment for a key, the subject for a certificate (untrusted)."""
    if block.kind == "certificate":
        return block.subject or block.comment or "no subject"
    return block.comment or ("" if block.kind == "public-key" else block.label)


def block_sign(block: Block, show: Display) -> Sign:
    """Trusted, trusted with something to know, or not trusted."""
    if not block.trusted:
        return REJECT if block.kind != "other" or block.findings else NEUTRAL
    if block.not_after is not None and block.not_after <= show.clock():
        return REJECT
    grave = any(finding.severity != "info" for finding in block.findings)
    soon = block.not_after is not None and block.not_after - show.clock() < _SOON
    return WARN if grave or soon or not block.loaded_by else ACCEPT


def block_state(block: Block, show: Display) -> str:
    """The state in a few words: why it is ignored, when it expires, or that it is trusted."""
    if not block.trusted:
        cause = next((finding.cause or finding.summary for finding in block.findings), block.status)
        return f"ignored: {cause}"
    if block.not_after is not None:
        now = show.clock()
        distance = relative_time(block.not_after, now)
        if block.not_after <= now:
            return f"expired {distance} ago"
        soon = block.not_after - now < _SOON
        return f"expires in {distance}" if soon else f"until {block.not_after:%Y-%m-%d}"
    first = next((finding.summary for finding in block.findings if finding.severity != "info"), "")
    return sentence(first) or ("trusted" if block.loaded_by else "trusted, not loaded")


def block_summary(block: Block, show: Display) -> Content:
    """The border's right side in the detail."""
    return show.state(block_sign(block, show), "trusted" if block.trusted else "ignored")


def block_sentence(block: Block, show: Display) -> str:
    """The headline of the detail, in words."""
    name = f" ({block_name(block)})" if block_name(block) else ""
    if not block.trusted:
        cause = next((finding.summary for finding in block.findings), f"the block is {block.status}")
        return f"Not trusted{name}: {cause}"
    what = "This certificate authority" if block.kind == "certificate" else "This key"
    expiry = block_state(block, show) if block.not_after else ""
    expiry = f" {expiry}" if expiry.startswith("until") else f"; {expiry}" if expiry else ""
    loaded = "" if block.loaded_by else "; the controller does not load it"
    return f"{what}{name} may vouch for modules{expiry}{loaded}."


def _facts(sheet: Sheet, block: Block) -> None:
    show = sheet.display
    sheet.heading("Block")
    sheet.fact("label", f"{block.label}, lines {block.line_start}-{block.line_end}, {block.status}")
    sheet.fact("comment", block.comment)
    sheet.fact("algorithm", block.key)
    sheet.fact("SPKI", block.spki_sha256)
    sheet.fact("certificate", block.cert_sha256)
    sheet.fact("subject", block.subject)
    sheet.fact("issuer", block.issuer)
    sheet.fact("CA", None if block.is_ca is None else ("yes" if block.is_ca else "no"))
    sheet.fact("not before", show.moment(block.not_before) if block.not_before else None)
    sheet.fact("not after", show.moment(block.not_after) if block.not_after else None)
    if block.der is not None:
        sheet.fact("size", plural(len(block.der), "byte") + " of DER")
