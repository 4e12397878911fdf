"""RFC 3161 timestamps: whose word counts, for which signature, inside which window."""

from __future__ import annotations

import random
import sys
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.x509.oid import ExtendedKeyUsageOID
from tests.verification.making_timestamps import (
    NOW,
    START,
    Token,
    make_root,
    make_signer,
    trusted,
)

from trustconsole import limits
from trustconsole.demo.authorities import derive_key, make_ca
from trustconsole.trust_root import TrustedAuthority
from trustconsole.verification.timestamps import (
    TimestampRefused,
    TimestampsUnavailable,
    VerifiedTimestamp,
    verify_timestamp,
)

SIGNATURE = b"the bytes of a signature"
ROOT = make_root()
SIGNER = make_signer(ROOT)
AUTHORITY = trusted(SIGNER, ROOT)
TOKEN = Token(SIGNER, SIGNATURE)
MIDDLE = make_ca(
    derive_key(11, "middle"),
    "middle",
    not_before=START,
    not_after=START + timedelta(days=900),
    issuer=ROOT,
)
BELOW = make_signer(MIDDLE, "below")


def verified(token: Token, *authorities: TrustedAuthority) -> VerifiedTimestamp:
    return verify_timestamp(token.bytes(), SIGNATURE, authorities or (AUTHORITY,))


def refused(token: Token, *authorities: TrustedAuthority) -> str:
    with pytest.raises(TimestampRefused) as caught:
        verified(token, *authorities)
    return str(caught.value)


@pytest.mark.parametrize("embedded", [(), (SIGNER.certificate,), (ROOT.certificate, SIGNER.certificate)])
@pytest.mark.parametrize("digest", ["sha256", "sha384", "sha512"])
def test_a_token_of_the_authority_proves_its_time(
    embedded: tuple[x509.Certificate, ...], digest: str
) -> None:
    answer = verified(TOKEN.but(embedded=embedded, digest=digest))
    assert answer == VerifiedTimestamp(NOW, AUTHORITY)
    assert answer.time.tzinfo is not None


def test_a_chain_with_an_intermediate_and_one_without_the_signer_are_followed() -> None:
    token = Token(BELOW, SIGNATURE)
    assert verified(token, trusted(BELOW, MIDDLE, ROOT)).time == NOW
    assert verified(token.but(embedded=(BELOW.certificate,)), trusted(MIDDLE, ROOT)).time == NOW
    assert "does not bring" in refused(token, trusted(MIDDLE, ROOT))


def test_the_authority_that_made_it_is_found_among_several() -> None:
    other = make_root("another root")
    elsewhere = trusted(make_signer(other, "other signer"), other)
    assert verified(TOKEN, elsewhere, AUTHORITY).authority is AUTHORITY
    assert "no timestamp authority of the trusted root" in refused(TOKEN, elsewhere)
    with pytest.raises(TimestampRefused, match="has no timestamp authority"):
        verify_timestamp(TOKEN.bytes(), SIGNATURE, ())


def test_a_window_includes_both_its_ends() -> None:
    second = timedelta(seconds=1)
    assert verified(TOKEN, trusted(SIGNER, ROOT, end=NOW)).time == NOW
    assert verified(TOKEN, trusted(SIGNER, ROOT, start=NOW)).time == NOW
    early = refused(TOKEN, trusted(SIGNER, ROOT, end=NOW - second))
    assert "2026-06-01T12:00:00Z" in early
    assert "2026-06-01T11:59:59Z" in early
    assert "counts from" in refused(TOKEN, trusted(SIGNER, ROOT, start=NOW + second))


def test_a_token_about_another_signature_is_refused() -> None:
    assert refused(TOKEN.but(signature=b"another")) == "the timestamp is about another signature"
    assert "hash algorithm" in refused(TOKEN.but(digest="sha1"))


def test_a_token_changed_after_signing_is_refused() -> None:
    later = TOKEN.but(time="20260602120000Z").info()
    assert "changed after it was signed" in refused(TOKEN.but(info_after_signing=later))


def test_another_key_behind_the_authoritys_name_is_refused() -> None:
    stranger = derive_key(11, "stranger")
    assert "not signed by the key of its certificate" in refused(TOKEN.but(signed_by=stranger))


def test_a_second_certificate_cannot_authorise_what_another_one_verified() -> None:
    """CVE-2026-39984: the signature by one certificate, the authority's good name by a second in the bag."""
    evil_root = make_root("evil root")
    evil = make_signer(evil_root, "evil")
    for embedded in ((evil.certificate, SIGNER.certificate), (SIGNER.certificate, evil.certificate)):
        forged = Token(evil, SIGNATURE, embedded=embedded)
        assert refused(forged) == "no timestamp authority of the trusted root signed the timestamp"
        assert "does not verify" in refused(forged.but(named=SIGNER.certificate))
        assert "does not verify" in refused(forged, trusted(ROOT))
    named_as_root = Token(ROOT, SIGNATURE, embedded=())
    assert "no timestamp authority" in refused(named_as_root)


def test_two_certificates_of_one_name_and_number_are_refused() -> None:
    stranger = derive_key(11, "stranger")
    builder = (
        x509.CertificateBuilder()
        .subject_name(SIGNER.certificate.subject)
        .issuer_name(SIGNER.certificate.issuer)
        .serial_number(SIGNER.certificate.serial_number)
        .public_key(stranger.public_key())
        .not_valid_before(START)
        .not_valid_after(START + timedelta(days=9))
    )
    forged = builder.sign(stranger, hashes.SHA256())
    both = TOKEN.but(embedded=(SIGNER.certificate, forged))
    assert "two certificates for one signer" in refused(both)
    alone = TOKEN.but(embedded=(forged,), signed_by=stranger)
    assert "no timestamp authority" in refused(alone)
    assert refused(alone, trusted(ROOT))


@pytest.mark.parametrize(
    ("purposes", "critical"),
    [
        ((), True),
        ((ExtendedKeyUsageOID.CODE_SIGNING,), True),
        ((ExtendedKeyUsageOID.TIME_STAMPING,), False),
        ((ExtendedKeyUsageOID.TIME_STAMPING, ExtendedKeyUsageOID.CODE_SIGNING), True),
        ((ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE,), True),
    ],
)
def test_the_signer_must_be_for_timestamping_alone(
    purposes: tuple[x509.ObjectIdentifier, ...], critical: bool
) -> None:
    signer = make_signer(ROOT, "odd", purposes=purposes, critical=critical)
    assert "timestamping" in refused(Token(signer, SIGNATURE), trusted(signer, ROOT))


def test_a_signer_outside_its_dates_or_of_another_root_is_refused() -> None:
    expired = make_signer(ROOT, "expired", end=NOW - timedelta(days=1))
    assert "had expired" in refused(Token(expired, SIGNATURE), trusted(expired, ROOT))
    early = make_signer(ROOT, "early", start=NOW + timedelta(days=1))
    assert "not yet valid" in refused(Token(early, SIGNATURE), trusted(early, ROOT))
    other = make_root("another root")
    assert "does not chain to the authority's root" in refused(TOKEN, trusted(SIGNER, other))
    embedded = TOKEN.but(embedded=(SIGNER.certificate,))
    assert "does not verify" in refused(embedded, trusted(other))


def test_an_intermediate_of_the_chain_is_no_root() -> None:
    other = make_root("another root")
    assert "does not verify" in refused(Token(BELOW, SIGNATURE), trusted(BELOW, MIDDLE, other))


def test_a_token_not_granted_or_with_more_than_one_signer_is_refused() -> None:
    assert "not granted" in refused(TOKEN.but(status=2))
    assert "not granted" in refused(TOKEN.but(status=1))
    assert "2 signers" in refused(TOKEN.but(signers=2))
    assert "0 signers" in refused(TOKEN.but(signers=0))


@pytest.mark.parametrize("data", [b"", b"\x30\x00", b"\x30\x05\x30\x03\x02\x01\x00", b"\xff" * 40, SIGNATURE])
def test_what_is_no_token_is_refused_not_raised(data: bytes) -> None:
    with pytest.raises(TimestampRefused, match="not a well-formed"):
        verify_timestamp(data, SIGNATURE, (AUTHORITY,))


def test_a_token_beyond_the_limit_is_not_read() -> None:
    with pytest.raises(TimestampRefused, match="limit of 64"):
        verify_timestamp(b"\x30" * (limits.TIMESTAMP_BYTES + 1), SIGNATURE, (AUTHORITY,))


def test_a_flipped_byte_never_changes_the_time_that_is_proved() -> None:
    """Anywhere: in what is not signed it may not matter, and else the token is refused."""
    good = bytearray(TOKEN.but(embedded=(SIGNER.certificate,)).bytes())
    chance = random.Random(3)
    proved = 0
    for at in range(len(good)):
        changed = bytearray(good)
        changed[at] ^= 1 << chance.randrange(8)
        try:
            answer = verify_timestamp(bytes(changed), SIGNATURE, (AUTHORITY,))
        except TimestampRefused:
            continue
        proved += 1
        assert answer.time == NOW
    assert proved < len(good) // 20


def test_without_the_package_the_reason_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rfc3161_client", None)
    with pytest.raises(TimestampsUnavailable, match=r"pip install 'trustconsole\[timestamps\]'"):
        verify_timestamp(TOKEN.bytes(), SIGNATURE, (AUTHORITY,))
