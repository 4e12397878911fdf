"""The strict code-signing profile, each rule with a chain of our own that breaks just that rule."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.verification.conftest import NOW

from trustconsole.demo.authorities import (
    Authority,
    derive_key,
    key_usage,
    make_ca,
    make_leaf,
)
from trustconsole.errors import UsageError
from trustconsole.verification import check_chain

START, END = NOW - timedelta(days=10), NOW + timedelta(days=10)
DATES = {"not_before": START, "not_after": END}
CODE = [ExtendedKeyUsageOID.CODE_SIGNING]


def _ca(**changes: object) -> Authority:
    return make_ca(derive_key(1, "ca"), "CA", **{**DATES, **changes})  # type: ignore[arg-type]


def _leaf(issuer: Authority | None, **changes: object) -> Authority:
    return make_leaf(derive_key(1, "leaf"), "leaf", issuer, **{**DATES, **changes})  # type: ignore[arg-type]


def _judge(leaf: Authority, *anchors: Authority, between: tuple[Authority, ...] = ()) -> tuple[bool, str]:
    report = check_chain(
        leaf.pem, b"".join(one.pem for one in between), b"".join(one.pem for one in anchors), NOW
    )
    return report.accepted, report.reason


def _good() -> tuple[Authority, Authority]:
    ca = _ca()
    return _leaf(ca), ca


def _by(ca: Authority) -> tuple[Authority, Authority]:
    return _leaf(ca), ca


def _self_signed() -> tuple[Authority, Authority]:
    leaf = _leaf(None)
    return leaf, leaf


def _ca_key(key: object) -> tuple[Authority, Authority]:
    return _by(make_ca(key, "CA", **DATES))  # type: ignore[arg-type]


BASIC = (x509.BasicConstraints(ca=True, path_length=None), True)
CASES: dict[str, tuple[Callable[[], tuple[Authority, Authority]], str | None]] = {
    "a plain chain": (_good, None),
    "a leaf that is itself the anchor": (_self_signed, None),
    "a CA without keyUsage": (lambda: _by(_ca(extensions=[BASIC])), None),
    "no extendedKeyUsage": (lambda: (_leaf(_ca(), eku=()), _ca()), "extendedKeyUsage"),
    "only serverAuth": (
        lambda: (_leaf(_ca(), eku=[ExtendedKeyUsageOID.SERVER_AUTH]), _ca()),
        "code-signing",
    ),
    "only anyExtendedKeyUsage": (
        lambda: (_leaf(_ca(), eku=[ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE]), _ca()),
        "code-signing",
    ),
    "keyUsage without digitalSignature": (
        lambda: (
            _leaf(_ca(), extensions=[(key_usage(), True), (x509.ExtendedKeyUsage(CODE), False)]),
            _ca(),
        ),
        "digitalSignature",
    ),
    "a CA as leaf": (lambda: (_leaf(_ca(), extra=[BASIC]), _ca()), "CA certificate"),
    "an expired leaf": (lambda: (_leaf(_ca(), not_after=NOW - timedelta(days=1)), _ca()), "expired"),
    "a leaf of tomorrow": (
        lambda: (_leaf(_ca(), not_before=NOW + timedelta(days=1)), _ca()),
        "not yet valid",
    ),
    "an expired anchor": (lambda: _by(_ca(not_after=NOW - timedelta(days=1))), "outside its dates"),
    "an anchor that is no CA": (
        lambda: _by(_ca(extensions=[(x509.BasicConstraints(ca=False, path_length=None), True)])),
        "basicConstraints",
    ),
    "an anchor without keyCertSign": (
        lambda: _by(_ca(extensions=[BASIC, (key_usage(digital_signature=True), True)])),
        "keyCertSign",
    ),
    "an anchor for servers": (
        lambda: _by(
            _ca(extensions=[BASIC, (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False)])
        ),
        "codeSigning",
    ),
    "a P-224 CA": (lambda: _ca_key(derive_key(1, "p224", ec.SECP224R1())), "key"),
    "an RSA-1024 CA": (lambda: _ca_key(rsa.generate_private_key(65537, 1024)), "key"),
    "an Ed25519 CA": (lambda: _ca_key(ed25519.Ed25519PrivateKey.generate()), "key"),
    "another issuer": (
        lambda: (_leaf(make_ca(derive_key(2, "x"), "Other", **DATES)), _ca()),  # type: ignore[arg-type]
        "issued by",
    ),
    "a URI name constraint, whatever the leaf is called": (
        lambda: _by(
            _ca(
                extensions=[
                    BASIC,
                    (x509.NameConstraints([x509.UniformResourceIdentifier("example.net")], None), True),
                ]
            )
        ),
        "name constraint",
    ),
    "an unknown critical extension": (
        lambda: (
            _leaf(_ca(), extra=[(x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3"), b""), True)]),
            _ca(),
        ),
        "critical",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_the_profile_is_kept(name: str) -> None:
    make, word = CASES[name]
    leaf, anchor = make()
    accepted, reason = _judge(leaf, anchor)
    assert accepted == (word is None), reason
    assert word is None or word in reason


def test_up_to_eight_intermediates_are_followed_and_nine_are_not() -> None:
    def chain(length: int) -> tuple[bool, str]:
        issuer = root = _ca()
        between = []
        for number in range(length):
            issuer = make_ca(
                derive_key(number, "i"), f"I{number}", issuer=issuer, not_before=START, not_after=END
            )
            between.append(issuer)
        return _judge(_leaf(issuer), root, between=tuple(between))

    assert chain(8)[0]
    assert not chain(9)[0]


def test_a_path_length_is_kept() -> None:
    root = _ca(path_length=0)
    middle = make_ca(derive_key(1, "m"), "M", issuer=root, not_before=START, not_after=END)
    assert not _judge(_leaf(middle), root, between=(middle,))[0]


def test_an_issuing_ca_may_itself_be_the_anchor_and_the_matching_one_is_named() -> None:
    root = _ca()
    middle = make_ca(derive_key(1, "m"), "M", issuer=root, not_before=START, not_after=END)
    other = make_ca(derive_key(5, "o"), "O", not_before=START, not_after=END)
    leaf = _leaf(middle)
    report = check_chain(leaf.pem, b"", other.pem + middle.pem, NOW)
    assert report.accepted
    assert report.anchor == 1
    assert report.to_dict()["anchor_sha256"] is not None


def test_text_that_is_no_certificate_is_a_refusal_and_a_naive_time_an_error() -> None:
    ca = _ca()
    assert "cannot be read" in check_chain(b"junk", b"", ca.pem, NOW).reason
    assert not check_chain(b"", b"", ca.pem, NOW).accepted
    assert not check_chain(_leaf(ca).pem, b"", b"", NOW).accepted
    with pytest.raises(UsageError, match="time zone"):
        check_chain(_leaf(ca).pem, b"", ca.pem, NOW.replace(tzinfo=None))


@settings(deadline=None, max_examples=200)
@given(position=st.integers(0, 10_000), byte=st.integers(0, 255))
def test_a_bent_certificate_is_a_refusal_never_worse(position: int, byte: int) -> None:
    leaf, ca = _good()
    place = position % len(leaf.der)
    bent = leaf.der[:place] + bytes([byte]) + leaf.der[place + 1 :]
    pem = b"-----BEGIN CERTIFICATE-----\n" + b64encode(bent) + b"\n-----END CERTIFICATE-----\n"
    for report in (check_chain(pem, b"", ca.pem, NOW), check_chain(leaf.pem, b"", pem, NOW)):
        assert report.reason


def test_an_instant_after_the_last_one_is_too_late() -> None:
    leaf, ca = _good()
    assert check_chain(leaf.pem, b"", ca.pem, END).accepted
    assert not check_chain(leaf.pem, b"", ca.pem, END + timedelta(microseconds=1)).accepted
