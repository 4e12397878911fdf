"""Whose signature is wanted: the identity and the identity provider in a certificate, against a policy.

For release artefacts, images and `verify-bundle`, never for modules. Every subject alternative name must
match, so that no second name rides along; the provider is read from both of its extensions, which must
agree. Source: design note `rules.md`, "Identity"; cosign looks at extension .1.1 alone and at any one name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cryptography import x509

from trustconsole import limits
from trustconsole.errors import MalformedInput, UsageError
from trustconsole.trust_root import BROKEN_FIELDS
from trustconsole.verification.fulcio import (
    ARC,
    ISSUER,
    ISSUER_RAW,
    SOURCE_REPOSITORY,
    USER_NAME,
    extension_text,
    utf8_string,
)

if TYPE_CHECKING:
    from trustconsole.verification.expressions import Expression

GITHUB_ACTIONS: Final = "https://token.actions.githubusercontent.com"
_SHOWN: Final = 200


@dataclass(frozen=True, slots=True)
class IdentityPreset:
    """Who signs one kind of release artefact: `identity_regexp` escaped and anchored, `documented` as the
    specification prints it, which also matches other repositories' names; repository and workflow that the
    expression is made of."""

    name: str
    identity_regexp: str
    documented: str
    issuer: str
    repository: str
    workflow: str


PRESETS: dict[str, IdentityPreset] = {
    name: IdentityPreset(
        name,
        r"\Ahttps://github\.com/prexorjustin/prexorcloud/\.github/workflows/"
        + workflow.replace(".", r"\.")
        + r"@refs/tags/.+\Z",
        f"^https://github.com/prexorjustin/prexorcloud/.github/workflows/{workflow}@refs/tags/",
        GITHUB_ACTIONS,
        "https://github.com/prexorjustin/prexorcloud",
        f".github/workflows/{workflow}",
    )
    for name, workflow in (("release", "release.yml"), ("images", "release-images.yml"))
}
"""By what they sign: `release` (checksums of the archives), `images`."""


@dataclass(frozen=True, slots=True)
class IdentityResult:
    """Whether a certificate is the wanted signer's. `names` and `issuer` are what it says (untrusted)."""

    holds: bool
    reason: str
    warnings: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    issuer: str | None = None


class IdentityPolicy:
    """An identity, exact or as an expression that is searched for, and the provider that vouched for it."""

    def __init__(
        self, *, identity: str | None = None, identity_regexp: str | None = None, issuer: str | None
    ) -> None:
        """Raises `UsageError` unless there is one identity with an issuer, and the expression compiles."""
        if (identity is None) == (identity_regexp is None):
            raise UsageError(
                "exactly one identity is needed",
                hint="--certificate-identity or --certificate-identity-regexp",
            )
        if not (identity or identity_regexp) or not issuer:
            raise UsageError(
                "an identity and its issuer are needed; neither may be empty",
                hint=f"for GitHub's workflows the issuer is {GITHUB_ACTIONS}",
            )
        self.identity = identity
        self.issuer = issuer
        self.expression = _compiled(identity_regexp) if identity_regexp else None

    def check(self, certificate: x509.Certificate) -> IdentityResult:
        """Whether `certificate` (already chained to an authority) is the wanted signer's; never raises."""
        try:
            names = _names(certificate)
            issuer = _issuer(certificate)
            repository = extension_text(certificate, SOURCE_REPOSITORY)
        except MalformedInput as error:
            return IdentityResult(False, error.message)
        except BROKEN_FIELDS as error:
            return IdentityResult(
                False, f"the certificate's extensions cannot be read: {str(error)[:_SHOWN]}"
            )
        warnings = (*self._loose_expression(), *_foreign_repository(names, repository))
        reason = self._why_not(names, issuer)
        held = reason is None
        words = reason or f"signed by {_shown(names[0])}, vouched for by {self.issuer}"
        return IdentityResult(held, words, warnings, names, issuer)

    def _why_not(self, names: tuple[str, ...], issuer: str | None) -> str | None:
        if not names:
            return "the certificate names no identity (it has no subject alternative name)"
        if any(len(name) > limits.IDENTITY_CHARS for name in names):
            return f"an identity is longer than the limit of {limits.IDENTITY_CHARS} characters"
        if not comparable(names):
            return (
                f"the identities are longer than the limit of {limits.IDENTITIES_CHARS} characters together"
            )
        for name in names:
            if not self._matches(name):
                return f"the certificate's identity is {_shown(name)}, and {self._wanted()} is wanted"
        if issuer is None:
            return f"the certificate does not say who vouched for the identity; {self.issuer} is wanted"
        if issuer != self.issuer:
            return f"the identity was vouched for by {_shown(issuer)}, and {self.issuer} is wanted"
        return None

    def _matches(self, name: str) -> bool:
        return self.expression.found_in(name) if self.expression else name == self.identity

    def _wanted(self) -> str:
        return f"a match of {self.expression.pattern}" if self.expression else str(self.identity)

    def _loose_expression(self) -> tuple[str, ...]:
        if self.expression is None or self.expression.anchored:
            return ()
        return (
            "the expression is not anchored at both ends: an identity that merely contains a match passes "
            "(begin it with ^ and end it with $)",
        )


def _compiled(pattern: str) -> Expression:
    from trustconsole.verification.expressions import compile_expression

    return compile_expression(pattern)


def comparable(names: Sequence[str]) -> bool:
    """Whether an expression may be run over all of `names`: a certificate's names are as long as it likes."""
    return (
        all(len(name) <= limits.IDENTITY_CHARS for name in names)
        and sum(map(len, names)) <= limits.IDENTITIES_CHARS
    )


def _shown(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _names(certificate: x509.Certificate) -> tuple[str, ...]:
    """Every subject alternative name; one of a kind that no identity has raises `MalformedInput`."""
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return ()
    return tuple(_name(name) for name in names)


def _name(name: x509.GeneralName) -> str:
    if isinstance(name, x509.RFC822Name | x509.DNSName | x509.UniformResourceIdentifier):
        return name.value
    if isinstance(name, x509.IPAddress):
        return str(name.value)
    if isinstance(name, x509.OtherName) and name.type_id.dotted_string == f"{ARC}.{USER_NAME}":
        return utf8_string(name.value, "a user name in the certificate")
    raise MalformedInput("the certificate has a subject alternative name of a kind that no identity has")


def _issuer(certificate: x509.Certificate) -> str | None:
    """The identity provider; raises `MalformedInput` where its two extensions do not agree."""
    issuer = extension_text(certificate, ISSUER)
    raw = extension_text(certificate, ISSUER_RAW)
    if issuer is not None and raw is not None and issuer != raw:
        raise MalformedInput(
            f"the certificate names two providers, {_shown(issuer)} ({ARC}.{ISSUER}) and "
            f"{_shown(raw)} ({ARC}.{ISSUER_RAW})"
        )
    return raw if issuer is None else issuer


def _foreign_repository(names: tuple[str, ...], repository: str | None) -> tuple[str, ...]:
    if repository is None:
        return ()
    places = [name for name in names if name.startswith("https://")]
    if not places or all(name.startswith(f"{repository.rstrip('/')}/") for name in places):
        return ()
    return (f"the workflow ran for another repository, {_shown(repository)}",)
