"""Layouts that carry a second image where a verifier does not look, and whoever runs them does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.release.images.conftest import Asking
from tests.release.images.material import (
    BUNDLE,
    CONFIG,
    INDEX,
    LAYER,
    MANIFEST,
    Blobs,
    Image,
    Json,
    carrier,
    dump,
    make_image,
    make_platform,
    named,
    of_kind,
    simple_layer,
    simple_payload,
    tag,
    write_layout,
)

from trustconsole.errors import UsageError

OTHER_LAYER = "application/x-unknown"


def _entries(ask: Asking, image: Image) -> list[Json]:
    layer = simple_layer(image.blobs, ask.signers.key, simple_payload(image.digest))
    return [named(image.top, "1.4.0"), named(carrier(image.blobs, [layer]), tag(image, ".sig"))]


def _about(image: Image) -> Json:
    return {name: image.top[name] for name in ("mediaType", "size", "digest")}


def _evil(blobs: Blobs, layer: str = LAYER, **members: object) -> Json:
    return carrier(blobs, [blobs.put(b"evil", layer)], **members)


def _evil_index(image: Image, **members: object) -> Json:
    index = {"schemaVersion": 2, "mediaType": INDEX, "manifests": [_evil(image.blobs)], **members}
    return image.blobs.put(dump(index), INDEX)


def _unstrict(image: Image) -> Json:
    """A manifest that a reader who takes the last of two members runs."""
    data = image.blobs.held[str(_evil(image.blobs)["digest"])]
    return image.blobs.put(data.replace(b'"config"', b'"config":0,"config"'), MANIFEST)


HIDDEN: dict[str, Callable[[Image], Json]] = {
    "by the type of a bundle": lambda image: {
        **named(_evil(image.blobs), "v1"),
        "artifactType": BUNDLE,
    },
    "of layers of no known type": lambda image: {
        **named(_evil(image.blobs, OTHER_LAYER), "v1"),
        "artifactType": BUNDLE,
    },
    "with a subject": lambda image: {
        **named(_evil(image.blobs, subject=_about(image)), "v1"),
        "artifactType": BUNDLE,
    },
    "by the kind of cosign": lambda image: of_kind(_evil(image.blobs), "sigs"),
    "by the tag of signatures": lambda image: named(_evil(image.blobs), f"sha256-{'0' * 64}.sig"),
    "as an index under the bare tag": lambda image: named(_evil_index(image), f"sha256-{'0' * 64}"),
    "as an index with a subject": lambda image: named(_evil_index(image, subject=_about(image)), "v1"),
    "in a manifest that is not strict": lambda image: {
        **named(_unstrict(image), "v1"),
        "artifactType": BUNDLE,
    },
    "of cosign's kind and not strict": lambda image: of_kind(_unstrict(image), "sigs"),
}


@pytest.mark.parametrize("way", HIDDEN)
def test_an_image_that_is_called_an_attachment_is_an_image(way: str, ask: Asking, tmp_path: Path) -> None:
    image = make_image()
    entries = [*_entries(ask, image), HIDDEN[way](image)]
    with pytest.raises(UsageError, match="holds 2 images"):
        ask.about(write_layout(tmp_path / "layout", image.blobs, entries))


def test_a_signature_manifest_without_layers_as_cosign_saves_it_is_no_image(
    ask: Asking, tmp_path: Path
) -> None:
    image = make_image()
    entries = [of_kind(image.top, "imageIndex"), of_kind(carrier(image.blobs, []), "sigs")]
    report = ask.about(write_layout(tmp_path / "layout", image.blobs, entries))
    assert (report.verdict, report.code) == ("reject", "no-signature")


def _path(descriptor: Json) -> str:
    return f"blobs/{str(descriptor['digest']).replace(':', '/')}"


def _list_entry(config: Json, *layers: Json) -> Json:
    return {"Config": _path(config), "RepoTags": ["x:1"], "Layers": [_path(layer) for layer in layers]}


def _parts() -> tuple[Json, Json]:
    """Configuration and layer of the first platform, as they were put."""
    blobs = Blobs()
    make_platform(blobs, "amd64", "controller")
    config, layer, _manifest = blobs.held
    return {"digest": config}, {"digest": layer}


def _evil_parts(image: Image) -> tuple[Json, Json]:
    return image.blobs.put(b'{"os":"evil"}', CONFIG), image.blobs.put(b"evil", LAYER)


LISTS: dict[str, tuple[Callable[[Image], object], str | None]] = {
    "of the image": (lambda _image: [_list_entry(*_parts())], None),
    "of nothing": (lambda _image: [], None),
    "of another image": (lambda image: [_list_entry(*_evil_parts(image))], "entry 1 of manifest.json"),
    "of both": (
        lambda image: [_list_entry(*_parts()), _list_entry(*_evil_parts(image))],
        "entry 2 of manifest.json",
    ),
    "of another layer": (
        lambda image: [_list_entry(_parts()[0], _evil_parts(image)[1])],
        "entry 1 of manifest.json",
    ),
    "of a further layer": (
        lambda image: [_list_entry(*_parts(), _evil_parts(image)[1])],
        "entry 1 of manifest.json",
    ),
    "of files that are no blobs": (
        lambda _image: [{**_list_entry(*_parts()), "Config": "evil.json"}],
        "no blob",
    ),
    "of a member that differs in case": (
        lambda _image: [{**_list_entry(*_parts()), "config": "evil.json"}],
        "differs in case",
    ),
    "that is none": (lambda _image: {}, "no list of images"),
}


@pytest.mark.parametrize("case", LISTS)
def test_what_docker_load_would_read_must_be_the_verified_image(
    case: str, ask: Asking, tmp_path: Path
) -> None:
    make, reason = LISTS[case]
    image = make_image()
    listed = dump(make(image))
    layout = write_layout(tmp_path / "layout", image.blobs, _entries(ask, image))
    (layout / "manifest.json").write_bytes(listed)
    report = ask.about(layout)
    if reason is None:
        assert (report.verdict, report.code) == ("accept", None), report.reason
    else:
        assert (report.verdict, report.rule, report.code) == ("reject", "content", "foreign-image")
        assert reason in report.reason
        assert "foreign-image" in [one.id for one in report.findings]


def test_the_oldest_list_of_docker_beside_an_index_is_refused_unless_a_newer_one_rules(
    ask: Asking, tmp_path: Path
) -> None:
    image = make_image()
    layout = write_layout(tmp_path / "layout", image.blobs, _entries(ask, image))
    (layout / "repositories").write_text('{"x":{"1":"evil"}}')
    report = ask.about(layout)
    assert (report.verdict, report.code) == ("reject", "foreign-image")
    (layout / "manifest.json").write_bytes(dump([_list_entry(*_parts())]))
    assert ask.about(layout).verdict == "accept"
