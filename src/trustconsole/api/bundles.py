"""Use-case of `verify-bundle`: one Sigstore bundle against a trusted root and an expected signer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes

from trustconsole import limits
from trustconsole.api.arguments import AnyPath, checked_time
from trustconsole.errors import Location, MalformedInput, UsageError
from trustconsole.storage import read_bounded
from trustconsole.trust_root import packaged_trusted_root, read_trusted_root
from trustconsole.verification.client import BundleCase, BundleReport, FileOrDigest
from trustconsole.verification.client import verify_bundle as judge
from trustconsole.verification.identity import IdentityPolicy
from trustconsole.verification.material import read_material


@dataclass(frozen=True, slots=True)
class ExpectedSigner:
    """Who must have signed: a certificate's identity (exact, or an expression) and issuer, or a bare key."""

    identity: str | None = None
    identity_regexp: str | None = None
    issuer: str | None = None
    key: AnyPath | None = None


def verify_bundle(
    artifact: str,
    *,
    bundle: AnyPath,
    signer: ExpectedSigner,
    trusted_root: AnyPath | None = None,
    staging: bool = False,
    predicate_type: str | None = None,
    at: datetime | None = None,
) -> BundleReport:
    """Judge `bundle` for `artifact`, a path or `sha256:` with 64 hex digits, by `trusted_root` (None: the
    packaged public-good one). `predicate_type`: it must be an attestation with a statement of that type.

    Raises `InputError` where a file cannot be read, the trusted root or the key is malformed, and
    `UsageError` where the arguments do not fit. What the bundle holds is the report's business.
    """
    now = checked_time(at)
    if staging and trusted_root is None:
        raise UsageError(
            "no trusted root of the staging instance is packaged", hint="give it with --trusted-root F"
        )
    policy = _policy(signer)
    key = _read_key(Path(signer.key)) if signer.key is not None else None
    packaged = packaged_trusted_root() if trusted_root is None else None
    root = packaged.root if packaged else read_trusted_root(Path(trusted_root or ""))
    content = read_bounded(Path(bundle), limits.SIDECAR_BYTES, what="bundle")
    case = BundleCase(
        FileOrDigest.read(artifact), str(bundle), content.data, root, key, policy, now, predicate_type
    )
    return judge(case, root_taken=packaged.taken if packaged else None)


def _policy(signer: ExpectedSigner) -> IdentityPolicy | None:
    named = (signer.identity, signer.identity_regexp, signer.issuer)
    if signer.key is None:
        return IdentityPolicy(
            identity=signer.identity, identity_regexp=signer.identity_regexp, issuer=signer.issuer
        )
    if any(one is not None for one in named):
        raise UsageError(
            "a key and an identity exclude each other",
            hint="--key for a bare key, --certificate-identity with --certificate-oidc-issuer otherwise",
        )
    return None


def _read_key(path: Path) -> PublicKeyTypes:
    content = read_bounded(path, limits.PEM_BYTES, what="public key file")
    material = read_material(content.data, str(path))
    if material.public_key is None:
        raise MalformedInput(
            "holds a certificate where a PUBLIC KEY belongs",
            hint="for a certificate give --certificate-identity and --certificate-oidc-issuer",
            location=Location(str(path)),
        )
    return material.public_key
