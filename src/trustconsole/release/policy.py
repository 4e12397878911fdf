"""Whom a signature of a release artefact or an image must be by, and what may prove when it was made.

One policy for both: authorities (a trusted root, a PEM of roots, or the packaged public-good snapshot) with
an identity, or one bare key; and the transparency logs that count. How a signature is judged by it belongs to
`signing`; where flags and settings come from, to `api`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes

from trustconsole.errors import Location, MalformedInput, UsageError
from trustconsole.trust_root import (
    TrustedAuthority,
    TrustedRoot,
    TrustRootReport,
    Validity,
    packaged_trusted_root,
    read_trust_root,
    read_trusted_root,
)
from trustconsole.verification.expressions import compile_expression
from trustconsole.verification.identity import IdentityPolicy, IdentityPreset, comparable
from trustconsole.verification.sigstore.known_logs import KnownLog, logs_of_key_file, logs_of_trusted_root

RootKind = Literal["trusted-root", "packaged", "roots", "key"]
_ALWAYS = Validity(datetime(1, 1, 1, tzinfo=UTC))


@dataclass(frozen=True, slots=True)
class PolicyOptions:
    """What was asked for, unread. At most one of `trusted_root`, `roots` and `key` (paths), and of the two
    identities; `documented_identity` takes the specification's own expression."""

    trusted_root: Path | None = None
    roots: Path | None = None
    key: Path | None = None
    rekor_key: Path | None = None
    identity: str | None = None
    identity_regexp: str | None = None
    issuer: str | None = None
    documented_identity: bool = False


@dataclass(frozen=True, slots=True)
class SignerPolicy:
    """What counts, read. `root` holds the authorities (of a PEM of roots, each as its own authority).

    `identity` is None where a bare `key` is asked for. `logs` are those whose entries count; `entry_required`
    says that an entry of one of them must be there. `now` (aware) is what a certificate without a proved time
    is judged at; `taken`, the date of the packaged snapshot, is compared with `today`.
    """

    kind: RootKind
    root: TrustedRoot = field(repr=False)
    key: PublicKeyTypes | None = field(repr=False)
    identity: IdentityPolicy | None
    preset: IdentityPreset
    logs: tuple[KnownLog, ...] = field(repr=False)
    entry_required: bool
    now: datetime
    today: datetime
    taken: datetime | None = None

    @property
    def wanted(self) -> str:
        """The identity that is asked for, in full: the exact one, the expression, or that a key decides."""
        if self.identity is None:
            return "the key given"
        expression = self.identity.expression
        return expression.pattern if expression is not None else str(self.identity.identity)

    def is_lookalike(self, names: tuple[str, ...]) -> bool:
        """Whether the documented expression accepts every name although the escaped one does not.

        Names beyond the limits are no one's: no expression is run over them.
        """
        if not names or not comparable(names):
            return False
        documented = compile_expression(self.preset.documented)
        escaped = compile_expression(self.preset.identity_regexp)
        return all(documented.found_in(name) and not escaped.found_in(name) for name in names)


def read_policy(
    options: PolicyOptions, preset: IdentityPreset, now: datetime, *, today: datetime | None = None
) -> SignerPolicy:
    """Read what `options` name; `now` (aware) is what certificates without a proved time are judged at.

    `today` is the same unless given. Raises `UsageError` where options do not fit together, `InputError` for
    a file that cannot be used.
    """
    _refuse_together(options)
    identity = _identity(options, preset) if options.key is None else None
    kind, root, taken = _root(options, now)
    logs = logs_of_trusted_root(root)
    if options.rekor_key is not None:
        logs = _logs(_read_pem(options.rekor_key, now), options.rekor_key)
    return SignerPolicy(
        kind,
        root,
        _key(options.key, now) if options.key is not None else None,
        identity,
        preset,
        logs,
        entry_required=options.key is not None and options.rekor_key is not None,
        now=now,
        today=today or now,
        taken=taken,
    )


def _refuse_together(options: PolicyOptions) -> None:
    sources = {"--trusted-root": options.trusted_root, "--roots": options.roots, "--key": options.key}
    given = [name for name, path in sources.items() if path is not None]
    if len(given) > 1:
        raise UsageError(f"{' and '.join(given)} do not go together", hint="name one of them")
    identities = {
        "--certificate-identity": options.identity is not None,
        "--certificate-identity-regexp": options.identity_regexp is not None,
        "--documented-identity": options.documented_identity,
    }
    named = [name for name, is_given in identities.items() if is_given]
    if len(named) > 1:
        raise UsageError(f"{' and '.join(named)} do not go together", hint="name one of them")
    if options.issuer is not None:
        named.append("--certificate-oidc-issuer")
    if options.key is not None and named:
        raise UsageError(
            f"{named[0]} does not go with --key", hint="a bare key has no identity; leave one of them out"
        )


def _identity(options: PolicyOptions, preset: IdentityPreset) -> IdentityPolicy:
    """Own identity and issuer, each the preset's where it is not given."""
    issuer = preset.issuer if options.issuer is None else options.issuer
    if options.identity is not None:
        return IdentityPolicy(identity=options.identity, issuer=issuer)
    regexp = preset.documented if options.documented_identity else preset.identity_regexp
    if options.identity_regexp is not None:
        regexp = options.identity_regexp
    return IdentityPolicy(identity_regexp=regexp, issuer=issuer)


def _root(options: PolicyOptions, now: datetime) -> tuple[RootKind, TrustedRoot, datetime | None]:
    if options.trusted_root is not None:
        return "trusted-root", read_trusted_root(options.trusted_root), None
    if options.roots is not None:
        return "roots", _of_pem(_read_pem(options.roots, now)), None
    if options.key is not None:
        # A bare key needs no authority, and no log unless one is named.
        report = _read_pem(options.key, now)
        return "key", TrustedRoot("", (), (), (), (), report.path, report.sha256 or ""), None
    packaged = packaged_trusted_root()
    return "packaged", packaged.root, packaged.taken


def _read_pem(path: Path, now: datetime) -> TrustRootReport:
    report = read_trust_root(path, now=now)
    if report.error is not None:
        raise MalformedInput(report.error, hint="name a PEM file", location=Location(str(path)))
    return report


def _of_pem(report: TrustRootReport) -> TrustedRoot:
    """Every certificate as an authority of its own, always in force."""
    certificates = tuple(
        block.certificate for block in report.trusted_blocks if block.certificate is not None
    )
    if not certificates:
        raise MalformedInput(
            "holds no CERTIFICATE block to chain to",
            hint="name a PEM file with the authority's root",
            location=Location(report.path),
        )
    authorities = tuple(TrustedAuthority(report.path, (one,), _ALWAYS) for one in certificates)
    return TrustedRoot("", (), authorities, (), (), report.path, report.sha256 or "")


def _key(path: Path, now: datetime) -> PublicKeyTypes:
    report = _read_pem(path, now)
    keys = [block.public_key for block in report.trusted_blocks if block.kind == "public-key"]
    if len(keys) != 1 or keys[0] is None:
        raise MalformedInput(
            f"holds {len(keys)} PUBLIC KEY blocks, and one is needed",
            hint="name a PEM file with the signer's public key alone",
            location=Location(str(path)),
        )
    return keys[0]


def _logs(report: TrustRootReport, path: Path) -> tuple[KnownLog, ...]:
    logs = logs_of_key_file(report)
    if not logs:
        raise MalformedInput(
            "holds no key that a transparency log uses",
            hint="name the PEM file of the log's public key",
            location=Location(str(path)),
        )
    return logs
