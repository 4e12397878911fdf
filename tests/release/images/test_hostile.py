"""Manifests made to hurt: depth, size, cycles, control bytes; each ends in one sentence within limits."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from tests.release.images.conftest import Asking
from tests.release.images.material import (
    INDEX,
    MANIFEST,
    Blobs,
    Image,
    Json,
    carrier,
    dump,
    make_image,
    named,
    simple_layer,
    simple_payload,
    tag,
    write_layout,
)

from trustconsole import limits
from trustconsole.errors import UsageError
from trustconsole.release.images import ImageReport

ESCAPE = "\x1b[31m\u202e\x00"


def _of_top(ask: Asking, folder: Path, blobs: Blobs, top: Json) -> ImageReport:
    """An image whose top manifest is `top`, well signed."""
    image = Image(blobs, top, ())
    layer = simple_layer(blobs, ask.signers.key, simple_payload(image.digest))
    entries = [named(top, "1.4.0"), named(carrier(blobs, [layer]), tag(image, ".sig"))]
    return ask.about(write_layout(folder, blobs, entries))


def _index(blobs: Blobs, manifests: list[Json], **members: object) -> Json:
    return blobs.put(dump({"schemaVersion": 2, "mediaType": INDEX, "manifests": manifests, **members}), INDEX)


def test_indexes_nested_too_deep_are_refused(ask: Asking, tmp_path: Path) -> None:
    reasons = []
    for depth, verdict in ((limits.IMAGE_DEPTH, "accept"), (limits.IMAGE_DEPTH + 1, "error")):
        image = make_image()
        top = image.top
        for _ in range(depth - 1):
            top = _index(image.blobs, [top])
        report = _of_top(ask, tmp_path / str(depth), image.blobs, top)
        assert (depth, report.verdict) == (depth, verdict), report.reason
        reasons.append(report.reason)
    assert "deeper than the limit" in reasons[-1]


def test_an_index_that_names_itself_is_an_altered_blob_and_ends(ask: Asking, tmp_path: Path) -> None:
    blobs = Blobs()
    inner = _index(blobs, [])
    outer = _index(blobs, [inner])
    # No document holds its own digest: a cycle can only be made of bytes that are not what they are called.
    blobs.held[str(inner["digest"])] = dump(
        {"schemaVersion": 2, "mediaType": INDEX, "manifests": [outer, inner]}
    )
    report = _of_top(ask, tmp_path / "cycle", blobs, outer)
    assert (report.verdict, report.code) == ("reject", "altered-blob")


def test_an_image_of_more_blobs_than_the_limit_is_refused(ask: Asking, tmp_path: Path) -> None:
    blobs = Blobs()
    layer = {"mediaType": "application/x", "size": 1, "digest": ""}
    layers = [{**layer, "digest": f"sha256:{number:064x}"} for number in range(limits.IMAGE_BLOBS)]
    top = carrier(blobs, layers)
    report = _of_top(ask, tmp_path / "many", blobs, top)
    assert report.verdict == "error"
    assert "limit of 4096 blobs" in report.reason


def test_a_manifest_larger_than_the_limit_is_refused(ask: Asking, tmp_path: Path) -> None:
    blobs = Blobs()
    top = _index(blobs, [], annotations={"x": "y" * limits.IMAGE_MANIFEST_BYTES})
    report = _of_top(ask, tmp_path / "large", blobs, top)
    assert report.verdict == "error"
    assert "larger than the limit of 4.0 MiB" in report.reason


def test_more_signatures_than_the_limit_are_refused(ask: Asking, tmp_path: Path) -> None:
    image = make_image()
    payload = simple_payload(image.digest)
    layer = simple_layer(image.blobs, ask.signers.key, payload)
    layers = [layer] * (limits.IMAGE_ATTACHMENTS + 1)
    entries = [named(image.top, "1"), named(carrier(image.blobs, layers), tag(image, ".sig"))]
    report = ask.about(write_layout(tmp_path / "many", image.blobs, entries))
    assert report.verdict == "error"
    assert "limit of 256 attachments" in report.reason


_TOPS: dict[str, bytes] = {
    "no JSON": b"\x00\xff",
    "deep": b'{"schemaVersion":2,"a":' + b"[" * 100_000,
    "a name twice": b'{"schemaVersion":2,"schemaVersion":2,"manifests":[]}',
    "both kinds": dump({"schemaVersion": 2, "manifests": [], "layers": []}),
    "neither kind": dump({"schemaVersion": 2}),
    "schema 1": dump({"schemaVersion": 1, "manifests": []}),
    "an array": b"[]",
    "another type than its descriptor": dump({"schemaVersion": 2, "mediaType": MANIFEST, "manifests": []}),
    "a digest that is none": dump(
        {
            "schemaVersion": 2,
            "manifests": [{"mediaType": "x", "size": 1, "digest": "sha256:../../etc/passwd"}],
        }
    ),
    "a negative size": dump(
        {"schemaVersion": 2, "manifests": [{"mediaType": "x", "size": -1, "digest": f"sha256:{'0' * 64}"}]}
    ),
    "a size without end": b'{"schemaVersion":2,"manifests":[{"mediaType":"x","size":1' + b"0" * 5000 + b"}]}",
    "annotations that are no text": dump({"schemaVersion": 2, "manifests": [], "annotations": {"x": 1}}),
}


@pytest.mark.parametrize("name", _TOPS)
def test_a_broken_top_manifest_is_an_error_in_one_sentence(name: str, ask: Asking, tmp_path: Path) -> None:
    blobs = Blobs()
    report = _of_top(ask, tmp_path / "layout", blobs, blobs.put(_TOPS[name], INDEX))
    assert report.verdict == "error", report.reason
    assert "\n" not in report.reason
    assert report.pull is None


@pytest.mark.parametrize("name", _TOPS)
def test_a_broken_manifest_below_the_top_refuses_the_image(name: str, ask: Asking, tmp_path: Path) -> None:
    blobs = Blobs()
    top = _index(blobs, [blobs.put(_TOPS[name], INDEX)])
    report = _of_top(ask, tmp_path / "layout", blobs, top)
    assert (report.verdict, report.rule) == ("reject", "content"), report.reason


_PLATFORM_TEXT = {"os": ESCAPE, "architecture": "amd64"}


def test_text_of_manifests_stays_true_in_json_without_a_control_byte(ask: Asking, tmp_path: Path) -> None:
    blobs = Blobs()
    platform = {**make_image(blobs=blobs).platforms[0], "platform": _PLATFORM_TEXT}
    report = _of_top(ask, tmp_path / "layout", blobs, _index(blobs, [platform]))
    assert report.verdict == "accept"
    assert report.platforms[0].name == f"{ESCAPE}/amd64"


@pytest.mark.parametrize("make", ["fifo", "directory", "loop", "dangling"])
def test_a_special_file_in_place_of_a_blob_refuses_the_image_at_once(
    make: str, ask: Asking, tmp_path: Path
) -> None:
    image = make_image()
    layer = simple_layer(image.blobs, ask.signers.key, simple_payload(image.digest))
    entries = [named(image.top, "1"), named(carrier(image.blobs, [layer]), tag(image, ".sig"))]
    layout = write_layout(tmp_path / "layout", image.blobs, entries)
    manifest = json.loads(image.blobs.held[str(image.platforms[0]["digest"])])
    blob = layout / "blobs" / "sha256" / str(manifest["layers"][0]["digest"]).partition(":")[2]
    blob.unlink()
    if make == "fifo":
        os.mkfifo(blob)
    elif make == "directory":
        blob.mkdir()
    else:
        blob.symlink_to(blob if make == "loop" else "nowhere")
    report = ask.about(layout)
    assert (report.verdict, report.rule) == ("reject", "content")


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({}, "holds no image"),
        ({"oci-layout": b"{}"}, "has no imageLayoutVersion"),
        ({"oci-layout": b'{"imageLayoutVersion":"2.0.0"}', "index.json": b"{}"}, "version '2.0.0'"),
        ({"oci-layout": b'{"imageLayoutVersion":"1.0.0"}'}, "has no index.json"),
        ({"index.json": b"{}"}, "has no oci-layout"),
        (
            {
                "oci-layout": b'{"imageLayoutVersion":"1.0.0"}',
                "index.json": b'{"schemaVersion":2,"manifests":[]}',
            },
            "names no image",
        ),
        ({"manifest.json": b"{}"}, "has no schemaVersion"),
    ],
)
def test_a_directory_that_is_no_copy_is_an_error_that_says_what_is_missing(
    files: dict[str, bytes], words: str, ask: Asking, tmp_path: Path
) -> None:
    folder = tmp_path / "copy"
    folder.mkdir()
    for name, data in files.items():
        (folder / name).write_bytes(data)
    report = ask.about(folder)
    assert report.verdict == "error"
    assert words in report.reason
    assert report.findings[0].next


def test_a_path_that_does_not_exist_and_an_impossible_reference_are_told_apart(
    ask: Asking, tmp_path: Path
) -> None:
    report = ask.about(tmp_path / "nothing")
    assert (report.verdict, report.code) == ("error", "image-unreadable")
    assert "does not exist" in report.reason
    report = ask.about("no host/here")
    assert (report.verdict, report.code) == ("error", "image-unreadable")
    assert "HOST/NAME:TAG" in report.findings[0].next
    for text in ("", f"x.example/y@sha256:{'0' * 63}", "a\0b"):
        with pytest.raises(UsageError):
            ask.about(text)
