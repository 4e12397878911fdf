"""Signer identity: which certificates are the wanted signer's, and what is said about the others."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from tests.verification.conftest import NOW, SEED

from trustconsole import limits
from trustconsole.demo.authorities import Extension, derive_key, make_leaf
from trustconsole.errors import UsageError
from trustconsole.trust_root.java_der import encode
from trustconsole.verification.fulcio import ARC, utf8_string
from trustconsole.verification.identity import GITHUB_ACTIONS, PRESETS, IdentityPolicy, IdentityResult

WORKFLOW = "https://github.com/prexorjustin/prexorcloud/.github/workflows/release.yml@refs/tags/v1.2.3"
REPOSITORY = "https://github.com/prexorjustin/prexorcloud"


def text(value: str) -> bytes:
    return encode(0x0C, value.encode())


def extension(number: int, value: bytes) -> Extension:
    return x509.UnrecognizedExtension(x509.ObjectIdentifier(f"{ARC}.{number}"), value), False


def uri(value: str) -> x509.GeneralName:
    return x509.UniformResourceIdentifier(value)


def leaf(
    *names: x509.GeneralName, extensions: Sequence[Extension] | None = None, issuer: str = GITHUB_ACTIONS
) -> x509.Certificate:
    """A leaf of those names, vouched for by `issuer` in both ways unless `extensions` are given."""
    usual = (extension(1, issuer.encode()), extension(8, text(issuer)))
    return make_leaf(
        derive_key(SEED, "identity"),
        "signer",
        None,
        not_before=NOW,
        not_after=NOW + timedelta(minutes=10),
        san=names,
        extra=usual if extensions is None else extensions,
    ).certificate


def check(certificate: x509.Certificate, **policy: str) -> IdentityResult:
    wanted = policy if "identity_regexp" in policy else {"identity": WORKFLOW, **policy}
    return IdentityPolicy(**{"issuer": GITHUB_ACTIONS, **wanted}).check(certificate)


@pytest.mark.parametrize(
    "name",
    [
        uri(WORKFLOW),
        x509.RFC822Name("release@example.com"),
        x509.DNSName("build.example.com"),
        x509.OtherName(x509.ObjectIdentifier(f"{ARC}.7"), text("release!example.com")),
    ],
)
def test_the_exact_identity_is_held_whatever_its_kind(name: x509.GeneralName) -> None:
    identity = "release!example.com" if isinstance(name, x509.OtherName) else str(name.value)
    result = check(leaf(name), identity=identity)
    assert result == IdentityResult(True, result.reason, (), (identity,), GITHUB_ACTIONS)
    assert identity in result.reason


@pytest.mark.parametrize("other", [WORKFLOW + "x", WORKFLOW[:-1], WORKFLOW.upper(), "https://evil.example/"])
def test_another_identity_is_refused_with_both_in_the_reason(other: str) -> None:
    result = check(leaf(uri(other)))
    assert not result.holds
    assert other in result.reason
    assert WORKFLOW in result.reason


def test_every_name_must_match_so_that_none_rides_along() -> None:
    result = check(leaf(uri(WORKFLOW), x509.RFC822Name("mallory@example.com")))
    assert not result.holds
    assert "mallory@example.com" in result.reason
    assert check(leaf(uri(WORKFLOW), uri(WORKFLOW))).holds


def test_no_name_or_one_of_another_kind_is_refused() -> None:
    assert "names no identity" in check(leaf()).reason
    name = x509.DirectoryName(x509.Name([]))
    assert "kind" in check(leaf(uri(WORKFLOW), name)).reason
    foreign = x509.OtherName(x509.ObjectIdentifier("1.2.3"), text(WORKFLOW))
    assert not check(leaf(foreign)).holds
    broken = x509.OtherName(x509.ObjectIdentifier(f"{ARC}.7"), encode(0x04, WORKFLOW.encode()))
    assert "UTF8String" in check(leaf(broken)).reason


def test_a_name_beyond_the_limit_is_refused_before_it_is_searched() -> None:
    result = check(leaf(uri("https://e.example/" + "a" * limits.IDENTITY_CHARS)), identity_regexp=".*")
    assert not result.holds
    assert "limit of 2048" in result.reason


def test_many_names_are_compared_within_one_limit() -> None:
    name = WORKFLOW + "a" * (limits.IDENTITY_CHARS - len(WORKFLOW))
    most = limits.IDENTITIES_CHARS // limits.IDENTITY_CHARS
    assert check(leaf(*[uri(name)] * most), identity_regexp=".*").holds
    result = check(leaf(*[uri(name)] * most, uri("x")), identity_regexp=".*")
    assert not result.holds
    assert "characters together" in result.reason


def test_an_expression_is_searched_for_and_warned_about_where_it_is_not_anchored() -> None:
    loose = check(leaf(uri("https://evil.example/" + WORKFLOW)), identity_regexp=r"github\.com/prexorjustin/")
    assert loose.holds
    assert "not anchored" in " ".join(loose.warnings)
    anchored = check(leaf(uri(WORKFLOW)), identity_regexp=r"^https://github\.com/prexorjustin/.+$")
    assert anchored.holds
    assert anchored.warnings == ()


@pytest.mark.parametrize(
    ("extensions", "words"),
    [
        ((), "does not say who vouched"),
        ((extension(1, b"https://evil.example"),), "https://evil.example"),
        ((extension(8, text("https://evil.example")),), "https://evil.example"),
        (
            (extension(1, GITHUB_ACTIONS.encode()), extension(8, text("https://evil.example"))),
            "two providers",
        ),
        ((extension(1, b"https://evil.example"), extension(8, text(GITHUB_ACTIONS))), "two providers"),
        ((extension(1, b""), extension(8, text(GITHUB_ACTIONS))), "two providers"),
        ((extension(8, GITHUB_ACTIONS.encode()),), "UTF8String"),
        ((extension(8, text(GITHUB_ACTIONS) + b"x"),), "UTF8String"),
        ((extension(8, encode(0x0C, b"\xff")),), "not UTF-8"),
        ((extension(1, b"\xff"),), "not UTF-8"),
    ],
)
def test_the_provider_must_be_named_agree_and_be_the_wanted_one(
    extensions: Sequence[Extension], words: str
) -> None:
    result = check(leaf(uri(WORKFLOW), extensions=extensions))
    assert not result.holds
    assert words in result.reason


@pytest.mark.parametrize("number", [1, 8])
def test_one_of_the_two_extensions_is_enough(number: int) -> None:
    value = text(GITHUB_ACTIONS) if number == 8 else GITHUB_ACTIONS.encode()
    assert check(leaf(uri(WORKFLOW), extensions=(extension(number, value),))).holds


def test_extensions_that_stand_twice_are_refused_not_raised() -> None:
    good = leaf(uri(WORKFLOW), extensions=(extension(8, text(GITHUB_ACTIONS)), extension(9, text("a"))))
    der = good.public_bytes(Encoding.DER)
    twice = der.replace(bytes.fromhex("2b0601040183bf300109"), bytes.fromhex("2b0601040183bf300108"))
    result = check(x509.load_der_x509_certificate(twice))
    assert not result.holds
    assert "cannot be read" in result.reason


@pytest.mark.parametrize(
    ("repository", "warned"),
    [
        (REPOSITORY, False),
        (REPOSITORY + "/", False),
        (REPOSITORY + "-fork", True),
        ("https://g.example/x", True),
    ],
)
def test_a_workflow_that_ran_for_another_repository_is_a_warning(repository: str, warned: bool) -> None:
    usual = (extension(8, text(GITHUB_ACTIONS)), extension(12, text(repository)))
    result = check(leaf(uri(WORKFLOW), extensions=usual))
    assert result.holds
    assert bool(result.warnings) is warned
    mail = leaf(x509.RFC822Name("a@example.com"), extensions=usual)
    assert check(mail, identity="a@example.com").warnings == ()


@pytest.mark.parametrize("preset", PRESETS.values(), ids=PRESETS.keys())
def test_presets_hold_the_workflow_on_a_tag_and_nothing_that_looks_like_it(preset: object) -> None:
    row = next(one for one in PRESETS.values() if one is preset)
    workflow = {"release": "release.yml", "images": "release-images.yml"}[row.name]
    base = "https://github.com/prexorjustin/prexorcloud/.github/workflows/"
    policy = IdentityPolicy(identity_regexp=row.identity_regexp, issuer=row.issuer)
    good = policy.check(leaf(uri(f"{base}{workflow}@refs/tags/v1.0.0")))
    assert good.holds
    assert good.warnings == ()
    foreign = [
        f"{base}{workflow}@refs/heads/main",
        f"{base}{workflow}@refs/tags/",
        f"{base}{workflow.replace('.', 'X')}@refs/tags/v1",
        f"{base.replace('github.com', 'githubxcom')}{workflow}@refs/tags/v1",
        f"{base.replace('/.github', 'xgithub')}{workflow}@refs/tags/v1",
        f"{base.replace('prexorcloud', 'prexorcloud-evil')}{workflow}@refs/tags/v1",
        f"https://evil.example/{base}{workflow}@refs/tags/v1",
        f"{base}other.yml@refs/tags/v1",
    ]
    assert [name for name in foreign if policy.check(leaf(uri(name))).holds] == []
    documented = IdentityPolicy(identity_regexp=row.documented, issuer=row.issuer)
    assert documented.check(leaf(uri(foreign[2]))).holds
    assert "not anchored" in " ".join(documented.check(leaf(uri(foreign[2]))).warnings)


@pytest.mark.parametrize(
    "policy",
    [
        {"issuer": GITHUB_ACTIONS},
        {"issuer": GITHUB_ACTIONS, "identity": "a", "identity_regexp": "a"},
        {"issuer": GITHUB_ACTIONS, "identity": ""},
        {"issuer": GITHUB_ACTIONS, "identity_regexp": ""},
        {"issuer": "", "identity": "a"},
        {"issuer": None, "identity": "a"},
        {"issuer": GITHUB_ACTIONS, "identity_regexp": "(a"},
    ],
)
def test_a_policy_without_one_identity_and_an_issuer_is_wrong_usage(policy: dict[str, str | None]) -> None:
    with pytest.raises(UsageError):
        IdentityPolicy(**policy)


@pytest.mark.parametrize("length", [0, 1, 0x7F, 0x80, 0xFF, 0x100, 0xFFFF])
def test_der_text_is_read_in_its_shortest_form_only(length: int) -> None:
    value = "a" * length
    assert utf8_string(text(value), "x") == value
    if length < 0x80:
        with pytest.raises(Exception, match="UTF8String"):
            utf8_string(b"\x0c\x81" + bytes([length]) + value.encode(), "x")
