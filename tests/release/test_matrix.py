"""Every part of a release as it should be, a stranger's, altered, or gone, alone and in pairs.

The expected verdicts are computed from the parts by the rules of the specification, not from what the code
answers: only a release whose every part is its own passes, a missing proof of time leaves the verdict open,
and a bill of materials that is listed may be missing like any other file.
"""

from __future__ import annotations

import itertools
import json
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from tests.release.making_releases import ARCHIVE, LATER, SIGNED, Publisher, Release, rekor_answer, sbom

from trustconsole.demo.signing import detached
from trustconsole.release import ReleaseRequest, verify_release
from trustconsole.release.policy import PolicyOptions

State = Literal["own", "foreign", "altered", "absent"]
STATES: tuple[State, ...] = ("own", "foreign", "altered", "absent")
PARTS = ("checksums", "signature", "certificate", "entry", "archive", "sbom")
SBOM = f"{ARCHIVE}.sbom.json"
OURS = {ARCHIVE: b"the archive " * 20}
THEIRS = {ARCHIVE: b"their archive " * 20}

Case = dict[str, State]


def cases() -> Iterator[Case]:
    own: Case = dict.fromkeys(PARTS, "own")
    yield own
    yield dict.fromkeys(PARTS, "foreign")
    for part, state in itertools.product(PARTS, STATES[1:]):
        yield {**own, part: state}
    for one, two in itertools.combinations(PARTS, 2):
        for first, second in itertools.product(STATES[1:], repeat=2):
            yield {**own, one: first, two: second}


def expected(case: Case, *, alive: bool) -> str:
    """The verdict that the specification's text gives."""
    if case["checksums"] == "absent":
        return "error"
    needed = ("checksums", "signature", "certificate", "archive")
    if any(case[part] != "own" for part in needed):
        return "reject"
    if case["entry"] in ("foreign", "altered") or case["sbom"] in ("foreign", "altered"):
        return "reject"
    return "accept" if case["entry"] == "own" or alive else "unknown"


def flipped(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[State, bytes | None]]:
    """The bytes of every part in every state; the stranger signs by the same authority and log."""
    directory = tmp_path_factory.mktemp("matrix")
    ours = Release(directory / "ours", archives=dict(OURS))
    theirs = Release(directory / "theirs", archives=dict(THEIRS))
    stranger = Publisher("stranger").leaf_key
    leaf = theirs.publisher.leaf(
        "https://github.com/stranger/x/.github/workflows/y.yml@refs/tags/v1", key=stranger
    )
    theirs.sign(leaf=leaf)
    entry = rekor_answer(ours.entry())
    altered = json.dumps(entry).replace(str(int(SIGNED.timestamp())), str(int(SIGNED.timestamp()) + 1))
    assert altered != json.dumps(entry)
    digit = ours.checksums.find(b"  ") - 1
    return {
        "checksums": {
            "own": ours.checksums,
            "foreign": theirs.checksums,
            "altered": flipped(ours.checksums, digit),
        },
        "signature": {
            "own": detached(ours.signature),
            "foreign": detached(theirs.signature),
            "altered": detached(flipped(ours.signature, len(ours.signature) - 1)),
        },
        "certificate": {
            "own": b64encode(ours.leaf.pem),
            "foreign": b64encode(leaf.pem),
            "altered": b64encode(_altered_certificate(ours)),
        },
        "entry": {
            "own": json.dumps(entry).encode(),
            "foreign": json.dumps(rekor_answer(theirs.entry())).encode(),
            "altered": altered.encode(),
        },
        "archive": {
            "own": OURS[ARCHIVE],
            "foreign": THEIRS[ARCHIVE],
            "altered": flipped(OURS[ARCHIVE], 5),
        },
        "sbom": {
            "own": sbom(ARCHIVE, OURS[ARCHIVE]),
            "foreign": sbom(ARCHIVE, THEIRS[ARCHIVE]),
            "altered": sbom(ARCHIVE, OURS[ARCHIVE], version="v9.9.9"),
        },
    }


def _altered_certificate(release: Release) -> bytes:
    """The own certificate with one bit of its signature flipped."""
    der = flipped(release.leaf.der, len(release.leaf.der) - 1)
    body = b64encode(der)
    lines = [body[index : index + 64] for index in range(0, len(body), 64)]
    return b"-----BEGIN CERTIFICATE-----\n" + b"\n".join(lines) + b"\n-----END CERTIFICATE-----\n"


NAMES = {
    "checksums": "checksums.txt",
    "signature": "checksums.txt.sig",
    "certificate": "checksums.txt.pem",
    "archive": ARCHIVE,
    "sbom": SBOM,
}


@pytest.mark.parametrize("alive", [False, True], ids=["later", "alive"])
def test_only_what_the_text_allows_passes(
    parts: dict[str, dict[State, bytes | None]], tmp_path: Path, alive: bool
) -> None:
    policy = PolicyOptions(trusted_root=Publisher().trusted_root(tmp_path))
    now = SIGNED if alive else LATER
    wrong = []
    counted = 0
    for number, case in enumerate(cases()):
        directory = tmp_path / str(number)
        directory.mkdir()
        for part, name in NAMES.items():
            content = parts[part].get(case[part])
            if content is not None:
                directory.joinpath(name).write_bytes(content)
        entry = parts["entry"].get(case["entry"])
        path = tmp_path / "entry.json" if entry is not None else None
        if path is not None and entry is not None:
            path.write_bytes(entry)
        report = verify_release(ReleaseRequest(directory, now, now, policy, entry=path))
        counted += 1
        if report.verdict != expected(case, alive=alive):
            wrong.append((case, report.verdict, report.rule, report.reason))
    assert counted == 2 + 6 * 3 + 15 * 9
    assert wrong == []
