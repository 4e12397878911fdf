"""Embedded SCTs: whose promise counts, for which leaf and issuer, inside which window."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from tests.trust_root.material import rsa_key

from trustconsole import limits
from trustconsole.demo.authorities import Authority, derive_key, make_ca, make_leaf
from trustconsole.trust_root import KEY_DETAILS, TrustedLog, Validity, spki_der
from trustconsole.trust_root.java_der import encode
from trustconsole.verification.scts import SctReport, check_embedded_sct

NOW = datetime(2026, 6, 1, 12, 0, 0, 125_000, tzinfo=UTC)
START = datetime(2026, 1, 1, tzinfo=UTC)
SEED = 13
LOG_KEY, STRANGER = derive_key(SEED, "ct log"), derive_key(SEED, "stranger")
CA = make_ca(derive_key(SEED, "ca"), "ca", not_before=START, not_after=START + timedelta(days=900))
SCT_LIST = x509.ObjectIdentifier("1.3.6.1.4.1.11129.2.4.2")


def log(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey = LOG_KEY, **changes: object) -> TrustedLog:
    spki = spki_der(key.public_key())
    name = "PKIX_RSA_PKCS1V5" if isinstance(key, rsa.RSAPrivateKey) else "PKIX_ECDSA_P256_SHA_256"
    log_id = hashlib.sha256(spki).digest()
    row = TrustedLog(
        log_id, log_id, "https://ct.example", key.public_key(), spki, KEY_DETAILS[name], Validity(START)
    )
    return replace(row, **changes)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Sct:
    """One SCT in the making; each field may lie."""

    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey = LOG_KEY
    log_id: bytes | None = None
    time: datetime = NOW
    extensions: bytes = b""
    issuer: Authority = CA
    version: int = 0
    hash_code: int = 4
    entry_type: int = 1

    def bytes(self, leaf: bytes) -> bytes:
        """The SCT for a leaf of these to-be-signed bytes (RFC 6962, 3.2)."""
        stamp = ((self.time - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)).to_bytes(
            8, "big"
        )
        tail = len(self.extensions).to_bytes(2, "big") + self.extensions
        issuer_hash = hashlib.sha256(spki_der(self.issuer.key.public_key())).digest()
        entry = self.entry_type.to_bytes(2, "big") + issuer_hash + len(leaf).to_bytes(3, "big") + leaf
        signed = bytes([self.version, 0]) + stamp + entry + tail
        if isinstance(self.key, rsa.RSAPrivateKey):
            kind, signature = 1, self.key.sign(signed, padding.PKCS1v15(), hashes.SHA256())
        else:
            kind, signature = 3, self.key.sign(signed, ec.ECDSA(hashes.SHA256()))
        log_id = self.log_id or hashlib.sha256(spki_der(self.key.public_key())).digest()
        algorithms = bytes([self.hash_code, kind]) + len(signature).to_bytes(2, "big")
        return bytes([self.version]) + log_id + stamp + tail + algorithms + signature


def _leaf(*extra: x509.ExtensionType) -> x509.Certificate:
    return make_leaf(
        derive_key(SEED, "leaf"),
        "signer",
        CA,
        not_before=START,
        not_after=START + timedelta(days=300),
        extra=[(one, False) for one in extra],
    ).certificate


def with_list(content: bytes) -> x509.Certificate:
    return _leaf(x509.UnrecognizedExtension(SCT_LIST, encode(0x04, content)))


def with_scts(*scts: Sct) -> x509.Certificate:
    made = [sct.bytes(_leaf().tbs_certificate_bytes) for sct in scts]
    framed = b"".join(len(one).to_bytes(2, "big") + one for one in made)
    return with_list(len(framed).to_bytes(2, "big") + framed)


def check(*scts: Sct, logs: tuple[TrustedLog, ...] = (log(),)) -> SctReport:
    return check_embedded_sct(with_scts(*scts), CA.certificate, logs)


def test_the_leaf_of_these_tests_differs_from_its_precertificate_by_the_scts_alone() -> None:
    assert with_scts(Sct()).tbs_precertificate_bytes == _leaf().tbs_certificate_bytes


@pytest.mark.parametrize("extensions", [b"", b"\x00\x00\x05\x00\x00\x00\x00p", b"x" * 300])
def test_an_sct_of_a_known_log_shows_that_the_leaf_is_public(extensions: bytes) -> None:
    report = check(Sct(extensions=extensions))
    assert report == SctReport("pass", report.reason, log(), NOW)
    assert report.holds
    assert report.reason == "published in https://ct.example at 2026-06-01T12:00:00Z"
    unnamed = check(Sct(), logs=(log(base_url=""),)).reason
    assert unnamed == f"published in log {log().log_id.hex()[:8]} at 2026-06-01T12:00:00Z"


def test_a_log_with_an_rsa_key_signs_too() -> None:
    key = rsa_key()
    assert check(Sct(key), logs=(log(), log(key))).status == "pass"


def test_scts_of_unknown_logs_are_passed_over_but_do_not_count() -> None:
    assert check(Sct(STRANGER), Sct()).status == "pass"
    alone = check(Sct(STRANGER))
    assert not alone.holds
    assert "no log that the trusted root knows" in alone.reason
    assert hashlib.sha256(spki_der(STRANGER.public_key())).hexdigest()[:16] in alone.reason


def test_a_window_includes_both_its_ends_to_the_millisecond() -> None:
    tick = timedelta(milliseconds=1)
    for start, end, status in (
        (NOW, None, "pass"),
        (START, NOW, "pass"),
        (NOW + tick, None, "fail"),
        (START, NOW - tick, "fail"),
    ):
        assert check(Sct(), logs=(log(validity=Validity(start, end)),)).status == status


def test_a_log_listed_twice_counts_in_either_window() -> None:
    ended = log(validity=Validity(START, START + timedelta(days=1)))
    assert check(Sct(), logs=(ended, log())).status == "pass"
    refused = check(Sct(), logs=(ended,))
    assert "counts from 2026-01-01T00:00:00Z to 2026-01-02T00:00:00Z" in refused.reason


@pytest.mark.parametrize(
    "sct",
    [
        Sct(STRANGER, log_id=hashlib.sha256(spki_der(LOG_KEY.public_key())).digest()),
        Sct(issuer=make_ca(STRANGER, "ca", not_before=START, not_after=START + timedelta(days=9))),
        Sct(entry_type=0),
    ],
    ids=["another key", "another issuer", "another kind of entry"],
)
def test_a_known_log_that_did_not_sign_for_this_leaf_refuses_it_whatever_else_holds(sct: Sct) -> None:
    assert check(sct).status == "fail"
    assert "did not sign it for this leaf" in check(Sct(), sct).reason


def test_the_issuer_and_the_leaf_are_covered() -> None:
    leaf = with_scts(Sct())
    other_ca = make_ca(STRANGER, "ca", not_before=START, not_after=START + timedelta(days=9))
    assert check_embedded_sct(leaf, other_ca.certificate, (log(),)).status == "fail"
    made = Sct().bytes(b"another leaf")
    framed = len(made).to_bytes(2, "big") + made
    foreign = with_list(len(framed).to_bytes(2, "big") + framed)
    assert "did not sign it" in check_embedded_sct(foreign, CA.certificate, (log(),)).reason


def test_a_leaf_without_an_sct_is_refused_and_without_known_logs_nothing_is_asked() -> None:
    assert check_embedded_sct(_leaf(), CA.certificate, (log(),)).reason == (
        "the leaf carries no signed certificate timestamp"
    )
    assert check_embedded_sct(with_list(b"\x00\x00"), CA.certificate, (log(),)).status == "fail"
    assert check(Sct(), logs=()) == SctReport("skip", "the trusted root has no certificate transparency log")


@pytest.mark.parametrize(
    "content",
    [b"", b"\x00", b"\x00\x05\x00\x03abc", b"\xff\xff", b"\x00\x02\x00\x00", b"\x00\x02\x00\x00x"],
)
def test_a_list_that_does_not_parse_is_refused_not_raised(content: bytes) -> None:
    assert check_embedded_sct(with_list(content), CA.certificate, (log(),)).status == "fail"


@pytest.mark.parametrize("sct", [Sct(version=1), Sct(hash_code=2), Sct(hash_code=6), Sct(hash_code=99)])
def test_another_version_or_hash_is_refused(sct: Sct) -> None:
    assert check(sct).status == "fail"


def test_more_scts_than_the_limit_are_not_verified() -> None:
    report = check(*[Sct(STRANGER)] * (limits.SCTS + 1))
    assert f"more than {limits.SCTS}" in report.reason


def test_a_flipped_byte_in_an_sct_never_verifies() -> None:
    made = Sct(extensions=b"ab").bytes(_leaf().tbs_certificate_bytes)
    for at in range(len(made)):
        changed = bytearray(made)
        changed[at] ^= 0x10
        framed = len(changed).to_bytes(2, "big") + bytes(changed)
        leaf = with_list(len(framed).to_bytes(2, "big") + framed)
        assert check_embedded_sct(leaf, CA.certificate, (log(),)).status == "fail", at


def test_a_leaf_of_a_broken_issuer_key_is_refused() -> None:
    der = CA.certificate.public_bytes(Encoding.DER)
    unknown = der.replace(bytes.fromhex("2a8648ce3d0201"), bytes.fromhex("2a8648ce3d020f"))
    issuer = x509.load_der_x509_certificate(unknown)
    assert "issuer cannot be read" in check_embedded_sct(with_scts(Sct()), issuer, (log(),)).reason
