"""One bundle of an instance, judged as `verify-bundle` does."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes
from tests.verification.sigstore.making import IDENTITY, NOW, PROVIDER, Document, Instance

from trustconsole.trust_root import parse_trusted_root
from trustconsole.verification.client import BundleCase, BundleReport, FileOrDigest, verify_bundle
from trustconsole.verification.identity import IdentityPolicy
from trustconsole.verification.signed_content import content_of_bytes, content_of_digest

EXPECTED = IdentityPolicy(identity=IDENTITY, issuer=PROVIDER)


def judge(
    instance: Instance,
    document: Document,
    *,
    root: Document | None = None,
    key: PublicKeyTypes | None = None,
    identity: IdentityPolicy | None = EXPECTED,
    content: bytes | None = None,
    digest_only: bool = False,
    now: datetime = NOW,
    predicate_type: str | None = None,
) -> BundleReport:
    """The report about `document` for the instance's content, or for `content`."""
    data = instance.content if content is None else content
    sha256 = hashlib.sha256(data).hexdigest()
    covered = content_of_digest(sha256) if digest_only else content_of_bytes(data)
    trusted = parse_trusted_root(json.dumps(root or instance.trusted_root()).encode(), "root.json")
    case = BundleCase(
        FileOrDigest("module.jar", sha256, None if digest_only else len(data), covered),
        "bundle.json",
        json.dumps(document).encode(),
        trusted,
        key,
        identity if key is None else None,
        now,
        predicate_type,
    )
    return verify_bundle(case)


def status(report: BundleReport, step: str) -> str:
    """The status of one step."""
    return next(one.status for one in report.steps if one.id == step)
