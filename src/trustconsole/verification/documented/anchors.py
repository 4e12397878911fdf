"""What a certificate may chain to: CERTIFICATE blocks of the trust root, or authorities of a trusted root.

Where a trusted_root.json stands beside the PEM file, it adds when an authority counted and which CT logs must
have seen its certificates; it never adds an anchor to those of the PEM file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Literal

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256

from trustconsole.trust_root import Block, TrustedAuthority, subject_text
from trustconsole.verification.authorities import is_listed, window_flaw
from trustconsole.verification.case import Case
from trustconsole.verification.chain import ChainReport, check_certificates
from trustconsole.verification.material import Material
from trustconsole.verification.report import Matched
from trustconsole.verification.scts import check_embedded_sct
from trustconsole.verification.signatures import SignatureChecker


@dataclass(frozen=True, slots=True)
class Anchor:
    """One anchor, its name for people, the block it is, and certificates that may lie on the way to it."""

    certificate: x509.Certificate = field(repr=False)
    name: str
    matched: Matched
    helping: tuple[x509.Certificate, ...] = field(default=(), repr=False)


def blocks_of(case: Case, kind: Literal["public-key", "certificate"]) -> list[Block]:
    """The trusted blocks of one kind, in file order."""
    return (
        [block for block in case.trust_root.trusted_blocks if block.kind == kind] if case.trust_root else []
    )


def name_of(block: Block) -> str:
    """A block for people: fingerprint, comment, line."""
    comment = f" ({block.comment})" if block.comment else ""
    return f"{(block.fingerprint or '')[:8]}{comment}, line {block.line_start}"


def matched_of(block: Block) -> Matched:
    """The block as what made the verdict."""
    kind: Literal["public-key", "certificate"] = (
        "certificate" if block.kind == "certificate" else "public-key"
    )
    return Matched(kind, block.fingerprint or "", block.line_start)


def anchors_of(case: Case) -> tuple[Anchor, ...]:
    """The anchors that count, in the order of their files."""
    if case.trust_root is not None:
        return tuple(
            Anchor(block.certificate, name_of(block), matched_of(block))
            for block in blocks_of(case, "certificate")
            if block.certificate is not None
        )
    root = case.trusted_root.root if case.trusted_root else None
    return tuple(map(_authority, root.certificate_authorities)) if root else ()


def _authority(authority: TrustedAuthority) -> Anchor:
    fingerprint = authority.root.fingerprint(SHA256()).hex()
    name = f"{fingerprint[:8]} ({subject_text(authority.root.subject)}) of the trusted root"
    matched = Matched("certificate", fingerprint, None)
    return Anchor(authority.root, name, matched, authority.certificates[:-1])


def chain_to(
    anchors: Sequence[Anchor], material: Material, at: datetime, checker: SignatureChecker
) -> tuple[ChainReport, Anchor | None]:
    """The leaf's path at `at`, and the anchor it reaches; the last refusal and None where it reaches none."""
    leaf, carried = material.certificates[0], material.certificates[1:]
    # Authorities bring certificates of their own and are tried one by one; blocks are judged together.
    alone = any(anchor.helping for anchor in anchors)
    groups = [anchors[index : index + 1] for index in range(len(anchors))] if alone else [anchors]
    report = ChainReport(False, "there is no anchor", at)
    for group in groups:
        between = tuple(dict.fromkeys((*group[0].helping, *carried)))
        certificates = tuple(anchor.certificate for anchor in group)
        report = checker.once(
            ("chain", leaf, between, certificates, at),
            partial(check_certificates, leaf, between, certificates, at),
        )
        if report.accepted and report.anchor is not None:
            return report, group[report.anchor]
    return report, None


def anchor_flaw(case: Case, chain: ChainReport, at: datetime) -> str | None:
    """Why a path through authorities of the trusted root does not count; None where it does, or is none."""
    root = case.trusted_root.root if case.trusted_root else None
    if root is None or len(chain.path) < 2:
        return None
    flaw = window_flaw(root, chain.path, at)
    if flaw is not None or not root.ct_logs or not is_listed(root, chain.path[-1]):
        return flaw
    sct = check_embedded_sct(chain.path[0], chain.path[1], root.ct_logs)
    return None if sct.holds else sct.reason
