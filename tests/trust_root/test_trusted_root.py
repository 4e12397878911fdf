"""trusted_root.json: what is read, what is refused with its place, what is set aside, and when it counts."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st
from tests.trust_root.material import NOW, certificate, ec_spki, ed25519_spki, named_curve, rsa_spki

from trustconsole import limits
from trustconsole.errors import InputError, LimitExceeded, MalformedInput, MissingFile
from trustconsole.trust_root import (
    KEY_DETAILS,
    TrustedRoot,
    Validity,
    packaged_trusted_root,
    parse_trusted_root,
    read_trusted_root,
)

V1 = "application/vnd.dev.sigstore.trustedroot+json;version=0.1"
V2 = "application/vnd.dev.sigstore.trustedroot.v0.2+json"
START = "2021-01-12T11:53:27Z"
Document = dict[str, Any]


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def log(
    spki: bytes, details: str = "PKIX_ECDSA_P256_SHA_256", *, log_id: bytes | None = None, **window: object
) -> Document:
    return {
        "baseUrl": "https://log.example",
        "hashAlgorithm": "SHA2_256",
        "publicKey": {
            "rawBytes": b64(spki),
            "keyDetails": details,
            "validFor": {"start": START, **window},
        },
        "logId": {"keyId": b64(log_id or hashlib.sha256(spki).digest())},
    }


def authority(*certificates: bytes) -> Document:
    return {
        "subject": {"organization": "example", "commonName": "ca"},
        "uri": "https://ca.example",
        "certChain": {"certificates": [{"rawBytes": b64(one)} for one in certificates]},
        "validFor": {"start": START},
    }


def document() -> Document:
    return {
        "mediaType": V1,
        "tlogs": [log(ec_spki(1)), log(ed25519_spki(), "PKIX_ED25519", log_id=b"\x07" * 32)],
        "certificateAuthorities": [authority(certificate(1), certificate(2))],
        "ctlogs": [log(ec_spki(3))],
        "timestampAuthorities": [authority(certificate(4))],
    }


def parsed(value: Document) -> TrustedRoot:
    return parse_trusted_root(json.dumps(value).encode(), "root.json")


def test_logs_are_found_by_the_id_that_the_file_gives_them_whatever_the_key() -> None:
    root = parsed(document())
    (first,) = root.logs_with_id(hashlib.sha256(ec_spki(1)).digest())
    (second,) = root.logs_with_id(b"\x07" * 32)
    assert first.key_bytes == ec_spki(1)
    assert first.details.hash_name == "sha256"
    assert second.key_bytes == ed25519_spki()
    assert second.details.hash_name is None
    assert root.logs_with_id(hashlib.sha256(ec_spki(3)).digest()) == ()


def test_a_log_listed_twice_keeps_both_windows() -> None:
    value = document()
    value["tlogs"] = [
        log(ec_spki(1), end="2022-01-01T00:00:00Z"),
        log(ec_spki(1), start="2023-01-01T00:00:00Z"),
    ]
    found = parsed(value).logs_with_id(hashlib.sha256(ec_spki(1)).digest())
    assert [str(one.validity) for one in found] == [
        "2021-01-12T11:53:27Z to 2022-01-01T00:00:00Z",
        "2023-01-01T00:00:00Z to now",
    ]


def test_chains_keep_their_order_and_the_root_is_the_last() -> None:
    (one,) = parsed(document()).certificate_authorities
    assert one.uri == "https://ca.example"
    assert len(one.certificates) == 2
    assert one.root == one.certificates[1]


@pytest.mark.parametrize("media_type", [V1, V2])
def test_both_versions_are_read_and_a_checkpoint_key_has_an_id_of_its_own(media_type: str) -> None:
    value = document() | {"mediaType": media_type}
    value["tlogs"][0] |= {"checkpointKeyId": {"keyId": b64(b"\x09" * 4)}, "operator": "example"}
    value["tlogs"][1] |= {"checkpointKeyId": None}
    first, second = parsed(value).logs
    assert first.checkpoint_key_id == b"\x09" * 4
    assert second.checkpoint_key_id == second.log_id


def test_lists_that_are_not_there_are_empty() -> None:
    root = parsed({"mediaType": V2, "tlogs": None})
    assert (root.logs, root.certificate_authorities, root.ct_logs, root.timestamp_authorities) == ((),) * 4


def test_names_for_people_may_be_left_out() -> None:
    value = document()
    del value["tlogs"][0]["baseUrl"]
    del value["certificateAuthorities"][0]["uri"]
    root = parsed(value)
    assert (root.logs[0].base_url, root.certificate_authorities[0].uri) == ("", "")


def test_a_window_includes_both_its_ends() -> None:
    value = document()
    value["tlogs"] = [log(ec_spki(1), end="2022-12-31T23:59:59.999Z")]
    validity = parsed(value).logs[0].validity
    assert validity.end is not None
    tick = timedelta(microseconds=1)
    assert validity.covers(validity.start)
    assert validity.covers(validity.end)
    assert not validity.covers(validity.start - tick)
    assert not validity.covers(validity.end + tick)


@given(st.integers(-1000, 1000), st.integers(0, 1000), st.integers(-3000, 3000))
def test_a_window_covers_exactly_what_lies_between_its_ends(start: int, length: int, at: int) -> None:
    window = Validity(NOW + timedelta(seconds=start), NOW + timedelta(seconds=start + length))
    assert window.covers(NOW + timedelta(seconds=at)) == (start <= at <= start + length)


def test_authorities_are_asked_for_by_instant() -> None:
    value = document()
    ended = authority(certificate(5))
    ended["validFor"] = {"start": START, "end": "2022-01-01T00:00:00Z"}
    value["certificateAuthorities"].append(ended)
    root = parsed(value)
    assert len(root.authorities_at(datetime(2021, 6, 1, tzinfo=UTC))) == 2
    assert len(root.authorities_at(datetime(2024, 6, 1, tzinfo=UTC))) == 1
    assert root.authorities_at(datetime(2020, 6, 1, tzinfo=UTC)) == ()


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("2021-01-12T11:53:27Z", 0),
        ("2021-01-12T11:53:27.000Z", 0),
        ("2021-01-12T11:53:27.999999999Z", 0.999999),
        ("2021-01-12T12:53:27+01:00", 0),
    ],
)
def test_times_of_rfc_3339_are_read(text: str, seconds: float) -> None:
    value = document() | {"tlogs": [log(ec_spki(1), start=text)]}
    wanted = datetime(2021, 1, 12, 11, 53, 27, tzinfo=UTC) + timedelta(seconds=seconds)
    assert parsed(value).logs[0].validity.start == wanted


@pytest.mark.parametrize(
    "text",
    [
        "2021-01-12",
        "2021-01-12T11:53:27",
        "2021-01-12 11:53:27Z",
        "2021-13-12T11:53:27Z",
        "0001-01-01T00:00:00+23:59",
        "٢٠٢١-01-12T11:53:27Z",
        "",
    ],
)
def test_other_times_are_refused(text: str) -> None:
    with pytest.raises(MalformedInput, match="no RFC 3339 time"):
        parsed(document() | {"tlogs": [log(ec_spki(1), start=text)]})


@pytest.mark.parametrize("name", ["tlogs", "ctlogs", "certificateAuthorities", "timestampAuthorities"])
@pytest.mark.parametrize("window", [{}, {"start": None}, {"end": START}, {"Start": START}])
def test_a_window_without_a_start_refuses_the_file(name: str, window: Document) -> None:
    value = document()
    holder = value[name][0]
    (holder["publicKey"] if name.endswith("logs") else holder)["validFor"] = window
    with pytest.raises(MalformedInput, match="has no start") as caught:
        parsed(value)
    assert f"{name}[0]" in str(caught.value)


def _without(*path: str | int) -> Callable[[Document], None]:
    def change(value: Document) -> None:
        holder: Any = value
        for step in path[:-1]:
            holder = holder[step]
        del holder[path[-1]]

    return change


def _with(new: object, *path: str | int) -> Callable[[Document], None]:
    def change(value: Document) -> None:
        holder: Any = value
        for step in path[:-1]:
            holder = holder[step]
        holder[path[-1]] = new

    return change


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (_without("mediaType"), "mediaType"),
        (_with("application/vnd.dev.sigstore.trustedroot+json;version=99.9", "mediaType"), "version=99.9"),
        (_with("application/vnd.dev.sigstore.bundle.v0.3+json", "mediaType"), "bundle.v0.3"),
        (_with({}, "tlogs"), "tlogs"),
        (_with([7], "tlogs"), "tlogs[0]"),
        (_without("tlogs", 1, "logId"), "tlogs[1]"),
        (_with("AAA=", "tlogs", 0, "logId", "keyId"), "tlogs[0].logId"),
        (_with(b64(b"x" * 65), "tlogs", 0, "logId", "keyId"), "65 bytes"),
        (_with("", "tlogs", 0, "logId", "keyId"), "tlogs[0].logId"),
        (_without("tlogs", 0, "publicKey", "validFor"), "tlogs[0].publicKey"),
        (_without("tlogs", 0, "publicKey", "rawBytes"), "tlogs[0].publicKey"),
        (_with("not base64", "tlogs", 0, "publicKey", "rawBytes"), "tlogs[0].publicKey"),
        (_with(b64(b"no key"), "tlogs", 0, "publicKey", "rawBytes"), "tlogs[0].publicKey"),
        (_with(5, "tlogs", 0, "publicKey", "keyDetails"), "keyDetails"),
        (_with("PKIX_ED25519", "ctlogs", 0, "publicKey", "keyDetails"), "PKIX_ED25519"),
        (_with("2020-01-01T00:00:00Z", "tlogs", 0, "publicKey", "validFor", "end"), "ends before"),
        (_with([], "certificateAuthorities", 0, "certChain", "certificates"), "no certificate"),
        (
            _with(
                b64(b"no certificate"),
                "certificateAuthorities",
                0,
                "certChain",
                "certificates",
                1,
                "rawBytes",
            ),
            "certChain[1]",
        ),
        (_without("timestampAuthorities", 0, "validFor"), "timestampAuthorities[0]"),
    ],
)
def test_one_broken_entry_refuses_the_whole_file_and_is_named(
    change: Callable[[Document], None], place: str
) -> None:
    value = document()
    change(value)
    with pytest.raises(MalformedInput) as caught:
        parsed(value)
    assert "root.json" in str(caught.value)
    assert place in str(caught.value)


def test_a_doubled_name_is_refused_wherever_it_stands() -> None:
    text = json.dumps(document())
    assert text.count('"keyDetails"') == 3
    doubled = text.replace('"keyDetails"', '"keyDetails": "PKIX_ED25519", "keyDetails"', 1)
    with pytest.raises(MalformedInput, match="stands twice"):
        parse_trusted_root(doubled.encode(), "root.json")


@pytest.mark.parametrize(
    ("name", "value"),
    [("keyDetails", "PKIX_ED25519_PH"), ("keyDetails", "ML_DSA_65"), ("hashAlgorithm", "SHA2_512")],
)
def test_what_cannot_be_verified_with_is_set_aside_by_name_and_the_rest_counts(name: str, value: str) -> None:
    content = document()
    holder = content["tlogs"][0]
    (holder["publicKey"] if name == "keyDetails" else holder)[name] = value
    root = parsed(content)
    assert [one.log_id for one in root.logs] == [b"\x07" * 32]
    (reason,) = root.set_aside
    assert "tlogs[0]" in reason
    assert value in reason


@pytest.mark.parametrize("name", sorted(KEY_DETAILS))
def test_a_key_must_be_what_its_details_say(name: str) -> None:
    row = KEY_DETAILS[name]
    if row.curve is not None:
        spki = named_curve(row.curve())
    else:
        spki = rsa_spki(row.bits or 2048) if row.hash_name else ed25519_spki()
    assert parsed({"mediaType": V1, "tlogs": [log(spki, name)]}).logs[0].details is row
    other = named_curve(ec.SECP224R1())
    with pytest.raises(MalformedInput, match=name):
        parsed({"mediaType": V1, "tlogs": [log(other, name)]})


def test_a_weak_rsa_key_is_refused() -> None:
    with pytest.raises(MalformedInput, match="does not hold a key of"):
        parsed({"mediaType": V1, "ctlogs": [log(rsa_spki(1024), "PKIX_RSA_PKCS1V5")]})


def test_limits_are_named() -> None:
    many = {"mediaType": V1, "tlogs": [log(ec_spki(1))] * (limits.TRUSTED_ROOT_ENTRIES + 1)}
    with pytest.raises(LimitExceeded, match="64 tlogs"):
        parsed(many)
    long = {"mediaType": V1, "timestampAuthorities": [authority(*[certificate(1)] * 11)]}
    with pytest.raises(LimitExceeded, match="10 certificates"):
        parsed(long)
    with pytest.raises(LimitExceeded, match=r"1\.0 MiB"):
        parse_trusted_root(b" " * (limits.TRUSTED_ROOT_BYTES + 1), "root.json")
    with pytest.raises(LimitExceeded, match="nested deeper"):
        parse_trusted_root(b"[" * 100_000, "root.json")


@given(st.binary(max_size=200))
def test_arbitrary_bytes_are_refused_as_input(data: bytes) -> None:
    with pytest.raises(InputError):
        parse_trusted_root(data, "root.json")


def test_a_file_is_read_and_a_missing_one_said_so(tmp_path: Path) -> None:
    path = tmp_path / "trusted_root.json"
    with pytest.raises(MissingFile):
        read_trusted_root(path)
    data = json.dumps(document()).encode()
    path.write_bytes(data)
    root = read_trusted_root(path)
    assert root.path == str(path)
    assert root.sha256 == hashlib.sha256(data).hexdigest()


def test_the_packaged_snapshot_is_the_public_good_instance_and_tells_its_age() -> None:
    packaged = packaged_trusted_root()
    assert packaged.root.sha256 == "6494e21ea73fa7ee769f85f57d5a3e6a08725eae1e38c755fc3517c9e6bc0b66"
    assert [one.base_url for one in packaged.root.logs] == [
        "https://rekor.sigstore.dev",
        "https://log2025-1.rekor.sigstore.dev",
    ]
    assert {len(packaged.root.certificate_authorities), len(packaged.root.ct_logs)} == {2}
    assert packaged.age(packaged.taken + timedelta(days=12)) == timedelta(days=12)
    assert packaged.age(packaged.taken - timedelta(days=1)) == timedelta()
    assert "Apache-2.0" in packaged.source
