"""`image verify`: what is printed, as JSON and as text, its exit code, and the line to pull at its end."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.cli import shapes
from tests.cli.running import Ran, call
from tests.release.images.material import (
    INDEX,
    NOW,
    SLSA_1,
    Blobs,
    Image,
    Signers,
    carrier,
    dsse_layer,
    dump,
    keyless_layer,
    make_image,
    named,
    simple_layer,
    simple_payload,
    slsa_1,
    statement,
    tag,
    write_key,
    write_layout,
)

from trustconsole.api import Session, ToVerify
from trustconsole.demo import HOSTILE_TEXT
from trustconsole.demo.authorities import public_pem
from trustconsole.text import rfc3339

SIGNER = ({"spki_sha256": shapes.HEX, "subject": (str, None), "san": [str], "issuer": (str, None)}, None)
VERDICTS = {"accept", "reject", "unknown", "error"}
IMAGE = {
    "schema": {"trustconsole/image/1"},
    "reference": str,
    "digest": (str, None),
    "verdict": VERDICTS,
    "code": (str, None),
    "rule": (str, None),
    "reason": str,
    "pull": (str, None),
    "signatures": [
        {
            "verdict": VERDICTS,
            "rule": (str, None),
            "signer": SIGNER,
            "verified_time": (shapes.TIME, None),
            "steps": [shapes.STEP],
        }
    ],
    "attestations": [{"predicate_type": (str, None), "verdict": VERDICTS, "signed": bool, "covered": bool}],
    "platforms": [{"platform": str, "digest": str}],
    "findings": [shapes.FINDING],
}
PLACE = "registry.example/prexorcloud/controller"


@pytest.fixture
def signers() -> Signers:
    return Signers()


@pytest.fixture
def key(signers: Signers, tmp_path: Path) -> Path:
    return write_key(tmp_path / "release.pub", signers.key)


def _layout(folder: Path, signers: Signers, image: Image | None = None) -> tuple[Path, Image]:
    """An image signed and attested by the release key."""
    image = image or make_image()
    layer = simple_layer(image.blobs, signers.key, simple_payload(image.digest, PLACE))
    attested = dsse_layer(image.blobs, signers.key, statement(image.digest, SLSA_1, slsa_1()))
    entries = [
        named(image.top, "1.4.0"),
        named(carrier(image.blobs, [layer]), tag(image, ".sig")),
        named(carrier(image.blobs, [attested]), tag(image, ".att")),
    ]
    return write_layout(folder, image.blobs, entries), image


def document(ran: Ran) -> dict[str, Any]:
    found: dict[str, Any] = ran.json
    assert list(shapes.misfits(found, IMAGE)) == []
    return found


def test_a_good_image_is_accepted_and_the_last_line_is_the_one_to_pull(
    signers: Signers, key: Path, tmp_path: Path
) -> None:
    layout, image = _layout(tmp_path / "layout", signers)
    ran = call("image", "verify", layout, "--key", key)
    assert (ran.code, ran.err) == (0, b"")
    lines = ran.text.splitlines()
    assert lines[0].startswith("✓ accept: ")
    assert lines[-1] == f"docker pull {PLACE}@{image.digest}"
    found = document(call("image", "verify", layout, "--key", key, "--json"))
    assert (found["verdict"], found["pull"]) == ("accept", lines[-1])
    assert [one["platform"] for one in found["platforms"]] == ["linux/amd64", "linux/arm64"]


def test_each_verdict_has_its_exit_code(signers: Signers, key: Path, tmp_path: Path) -> None:
    layout, image = _layout(tmp_path / "layout", signers)
    other = write_key(tmp_path / "other.pub", signers.stranger)
    ran = call("image", "verify", layout, "--key", other)
    assert ran.code == 1
    assert ran.text.splitlines()[-1] == "Nothing to pull: this image is not accepted."
    assert call("image", "verify", layout, "--key", tmp_path / "gone.pub").code == 2
    assert call("image", "verify", tmp_path / "gone", "--key", key).code == 2
    assert call("image", "verify", "no-such-thing", "--key", key).code == 2
    assert call("image", "verify", f"{layout}@sha256:{'0' * 64}", "--key", key).code == 2
    (layout / "blobs" / "sha256" / str(image.platforms[0]["digest"]).partition(":")[2]).unlink()
    assert call("image", "verify", layout, "--key", key).code == 0
    assert call("image", "verify", layout, "--key", key, "--all").code == 1


def test_a_signature_without_a_proof_of_time_is_unknown_and_told_how_to_go_on(
    signers: Signers, tmp_path: Path
) -> None:
    image = make_image()
    layer = keyless_layer(image.blobs, signers, simple_payload(image.digest), signers.leaf(), None)
    entries = [named(image.top, "1"), named(carrier(image.blobs, [layer]), tag(image, ".sig"))]
    layout = write_layout(tmp_path / "layout", image.blobs, entries)
    roots, log = tmp_path / "roots.pem", tmp_path / "log.pub"
    roots.write_bytes(signers.ca.pem)
    log.write_bytes(public_pem(signers.log))
    given = ("image", "verify", layout, "--roots", roots, "--rekor-key", log, "--json", "--at")
    assert document(call(*given, rfc3339(NOW)))["verdict"] == "accept"
    ran = call(*given, rfc3339(NOW + timedelta(days=9)))
    assert (ran.code, document(ran)["code"]) == (4, "time-unproven")


def test_a_look_alike_that_the_documented_expression_accepts_is_the_code_of_the_acceptance(
    signers: Signers, tmp_path: Path
) -> None:
    name = "https://github.com/prexorjustin/prexorcloud/xgithub/workflows/release-imagesXyml@refs/tags/v1"
    image = make_image()
    layer = keyless_layer(image.blobs, signers, simple_payload(image.digest), signers.leaf(name), None)
    entries = [named(image.top, "1"), named(carrier(image.blobs, [layer]), tag(image, ".sig"))]
    roots = tmp_path / "roots.pem"
    roots.write_bytes(signers.ca.pem)
    layout = write_layout(tmp_path / "layout", image.blobs, entries)
    given = ("image", "verify", layout, "--roots", roots, "--documented-identity", "--json", "--at")
    ran = call(*given, rfc3339(NOW))
    found = document(ran)
    assert (ran.code, found["verdict"], found["code"]) == (1, "accept", "lookalike-identity")


def test_several_images_in_one_layout_are_listed_with_the_reference_to_use(key: Path, tmp_path: Path) -> None:
    blobs = Blobs()
    first, second = (make_image(name, blobs=blobs) for name in ("one", "two"))
    layout = write_layout(tmp_path / "layout", blobs, [named(first.top, "1"), named(second.top, "2")])
    ran = call("image", "verify", layout, "--key", key)
    assert ran.code == 2
    assert f"holds 2 images: {first.digest} (1), {second.digest} (2)" in ran.told
    assert f"{layout}@{first.digest}" in ran.told


def test_hostile_text_of_an_image_reaches_no_terminal(signers: Signers, key: Path, tmp_path: Path) -> None:
    blobs = Blobs()
    plain = make_image(blobs=blobs)
    odd = {**plain.platforms[0], "platform": {"os": HOSTILE_TEXT, "architecture": HOSTILE_TEXT}}
    index = {"schemaVersion": 2, "mediaType": plain.top["mediaType"], "manifests": [odd]}
    image = Image(blobs, blobs.put(dump(index), INDEX), ())
    layer = simple_layer(blobs, signers.key, simple_payload(image.digest, HOSTILE_TEXT))
    claim = statement(image.digest, HOSTILE_TEXT, {}, HOSTILE_TEXT)
    entries = [
        named(image.top, HOSTILE_TEXT),
        named(carrier(blobs, [layer]), tag(image, ".sig")),
        named(carrier(blobs, [dsse_layer(blobs, signers.key, claim)]), tag(image, ".att")),
    ]
    layout = write_layout(tmp_path / "layout", blobs, entries)
    for encoding in ("utf-8", "ascii"):
        for more in ((), ("--json",)):
            ran = call("image", "verify", layout, "--key", key, *more, encoding=encoding)
            assert ran.code == 0, ran.told
            shown = (ran.out + ran.err).decode(encoding).replace("\n", "")
            assert shown.isprintable()
            assert "\u202e" not in shown


def test_tui_opens_the_console_on_the_image_as_the_command_would_judge_it(
    signers: Signers, key: Path, tmp_path: Path
) -> None:
    layout, image = _layout(tmp_path / "layout", signers)
    seen: list[tuple[ToVerify | None, str | None]] = []

    def console(session: Session, start: object) -> int:
        assert start is None
        assert session.read_only
        seen.append((session.to_verify, session.image(str(layout)).pull))
        return 0

    given = ("image", "verify", layout, "--key", key, "--entry", "entry.json", "--online", "--tui")
    assert call(*given, terminal=True, console=console).code == 0
    asked = ToVerify("image", str(layout), "entry.json", online=True)
    assert seen == [(asked, f"docker pull {PLACE}@{image.digest}")]
    assert call(*given).code == 2
    refused = call(*given, "--json", terminal=True)
    assert (refused.code, "--tui and --json do not go together" in refused.told) == (2, True)
