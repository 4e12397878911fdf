"""One law over every copy: whatever is done to its bytes, only the image that was signed is ever accepted."""

from __future__ import annotations

import shutil
import tarfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.release.images.conftest import Asking
from tests.release.images.material import (
    SIGN,
    SLSA_1,
    Image,
    Json,
    bundle_layer,
    carrier,
    dsse_layer,
    make_image,
    named,
    referrer,
    signature_file,
    simple_layer,
    simple_payload,
    slsa_1,
    statement,
    tag,
    write_dir_copy,
    write_layout,
)

from trustconsole.demo.signing import sign_raw, text64
from trustconsole.errors import UsageError
from trustconsole.release.images import ImageReport

Bend = Callable[[bytes], bytes]


def _entries(ask: Asking, image: Image) -> list[Json]:
    payload = simple_payload(image.digest)
    attested = statement(image.digest, SLSA_1, slsa_1())
    return [
        named(image.top, "1.4.0"),
        named(
            carrier(image.blobs, [simple_layer(image.blobs, ask.signers.key, payload)]), tag(image, ".sig")
        ),
        named(carrier(image.blobs, [dsse_layer(image.blobs, ask.signers.key, attested)]), tag(image, ".att")),
        referrer(image, [bundle_layer(image.blobs, ask.signers.key, statement(image.digest, SIGN, {}))]),
    ]


def _layout(ask: Asking, folder: Path) -> Path:
    image = make_image()
    return write_layout(folder, image.blobs, _entries(ask, image))


def _dir_copy(ask: Asking, folder: Path) -> Path:
    image = make_image()
    payload = simple_payload(image.digest)
    annotations = {"dev.cosignproject.cosign/signature": text64(sign_raw(ask.signers.key, payload))}
    return write_dir_copy(folder, image, [signature_file(payload, annotations)])


def _archive(ask: Asking, folder: Path) -> Path:
    layout = _layout(ask, folder / "unsaved")
    with tarfile.open(folder / "image.tar", "w", format=tarfile.USTAR_FORMAT) as tar:
        for path in sorted(layout.rglob("*")):
            tar.add(path, arcname=str(path.relative_to(layout)), recursive=False)
    shutil.rmtree(layout)
    return folder / "image.tar"


@st.composite
def bends(draw: st.DrawFn) -> Bend:
    """A change of some bytes: one replaced, a piece cut out, or a piece put in twice."""
    kind = draw(st.sampled_from(("replace", "cut", "double")))
    where = draw(st.floats(0, 1, exclude_max=True))
    length = draw(st.integers(1, 64))
    value = draw(st.integers(0, 255))

    def bend(data: bytes) -> bytes:
        at = int(where * len(data))
        if kind == "replace":
            return data[:at] + bytes([value]) + data[at + 1 :]
        if kind == "cut":
            return data[:at] + data[at + length :]
        return data[: at + length] + data[at:]

    return bend


@pytest.mark.parametrize("make", [_layout, _dir_copy, _archive])
@settings(max_examples=120, deadline=None)
@given(data=st.data())
def test_only_the_image_that_was_signed_is_ever_accepted(
    make: Callable[[Asking, Path], Path], data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("bent")
    ask = Asking(folder)
    copy = make(ask, folder / "copy") if make is not _archive else make(ask, folder)
    assert ask.about(copy).verdict == "accept"
    files = [copy] if copy.is_file() else sorted(path for path in copy.rglob("*") if path.is_file())
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from(files))
        path.write_bytes(data.draw(bends())(path.read_bytes()))
    with suppress(UsageError):
        _is_lawful(ask.about(copy), make_image().digest)
    shutil.rmtree(folder)


def _is_lawful(report: ImageReport, digest: str) -> None:
    assert report.verdict in ("accept", "reject", "error")
    if report.verdict == "accept":
        assert report.digest == digest
        assert set(report.blobs) <= {"ok", "missing"}
        assert report.pull is None or report.pull.endswith(f"@{digest}")
    else:
        assert report.reason
        assert report.pull is None
        assert any(finding.severity == "error" for finding in report.findings)
