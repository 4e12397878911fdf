from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st
from tests.inventory.making_jars import MANIFEST, NAME, jar_bytes, patched

from trustconsole import limits
from trustconsole.inventory import Manifest, ManifestCache, parse_manifest, read_manifest
from trustconsole.inventory.manifest import EVENT_LOADER

Put = Callable[..., Path]
CENTRAL, LOCAL, END = b"PK\x01\x02", b"PK\x03\x04", b"PK\x05\x06"


def error_of(path: Path) -> str:
    found = read_manifest(path)
    assert found.module_id is None
    assert found.version is None
    assert found.error is not None
    return found.error


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_id_version_and_hosts_come_from_the_manifest(put: Put, method: int) -> None:
    found = read_manifest(
        put("a.jar", jar_bytes([("x.class", b"x" * 9000), (NAME, MANIFEST)], method=method))
    )
    assert (found.module_id, found.version, found.hosts) == ("essentials", "2.4.1", ("controller", "daemon"))
    assert found.error is None


def test_bytes_before_and_a_comment_after_the_archive_do_not_hide_the_manifest(put: Put) -> None:
    jar = jar_bytes()
    commented = jar[:-2] + struct.pack("<H", 6) + b"PK\x05\x06ab"
    assert read_manifest(put("a.jar", b"#!/bin/sh\n" + jar)).module_id == "essentials"
    assert read_manifest(put("b.jar", commented)).module_id == "essentials"


def test_a_huge_artefact_is_read_only_where_its_directory_and_manifest_are(put: Put) -> None:
    path = put("big.jar")
    with path.open("wb") as stream:
        stream.truncate(limits.ARTIFACT_BYTES - 4096)  # sparse
        stream.seek(0, 2)
        stream.write(jar_bytes())
    assert read_manifest(path).module_id == "essentials"


@pytest.mark.parametrize(
    ("data", "cause"),
    [
        (b"", "is not a zip archive"),
        (b"hello", "is not a zip archive"),
        (jar_bytes()[:-1], "is not a zip archive"),
        (jar_bytes()[20:], "central directory lies outside"),
        (jar_bytes([("a.class", b"x")]), f"holds no {NAME}"),
        (jar_bytes([(f"../{NAME}", MANIFEST), (f"/{NAME}", MANIFEST)]), f"holds no {NAME}"),
        (jar_bytes([(NAME, MANIFEST), (NAME, b"id: evil\nversion: 9.9.9\n")]), "2 times"),
        (patched(jar_bytes(), CENTRAL, 8, "<H", 1), "encrypted"),
        (patched(jar_bytes(), CENTRAL, 10, "<H", 12), "compression method 12"),
        (patched(jar_bytes(), CENTRAL, 16, "<L", 7), "damaged"),
        (patched(jar_bytes(), CENTRAL, 24, "<L", limits.MANIFEST_BYTES + 1), "larger than the limit"),
        (patched(jar_bytes(), CENTRAL, 20, "<L", 0x7FFFFFFF), "larger than the limit"),
        (patched(jar_bytes(), CENTRAL, 28, "<H", 0xFFFF), "damaged central directory"),
        (patched(jar_bytes(), CENTRAL, 42, "<L", 0x7FFFFFFF), "ends early"),
        (patched(jar_bytes(), LOCAL, 30, "<B", 0x58), "headers disagree"),
        (patched(jar_bytes(), END, 10, "<H", 0xFFFF), "ZIP64"),
        (patched(jar_bytes(), END, 10, "<H", 2), "split zip archive"),
        (patched(jar_bytes(), END, 12, "<L", 0x7FFFFFFF), "central directory larger than the limit"),
    ],
)
def test_a_broken_jar_gives_the_reason_instead_of_a_manifest(put: Put, data: bytes, cause: str) -> None:
    assert cause in error_of(put("a.jar", data))


def test_a_zip_bomb_is_cut_at_the_limit_whatever_its_headers_claim(put: Put) -> None:
    bomb = jar_bytes([(NAME, b"a" * 60_000_000)])
    assert "larger than the limit" in error_of(put("honest.jar", bomb))
    lying = patched(bomb, CENTRAL, 24, "<L", 100)
    squeezer = zlib.compressobj(9, zlib.DEFLATED, -15)
    small = squeezer.compress(b"a" * 3_000_000) + squeezer.flush()
    assert len(small) < limits.MANIFEST_BYTES
    assert "larger than the limit" in error_of(
        put("lying.jar", patched(lying, CENTRAL, 20, "<L", len(small)))
    )


def test_special_files_and_missing_ones_are_answered_at_once(
    fifo: Callable[[str], Path], tmp_path: Path
) -> None:
    assert error_of(fifo("pipe.jar")) == "The artefact is a FIFO, not a file."
    assert error_of(tmp_path) == "The artefact is a directory, not a file."
    assert error_of(tmp_path / "none.jar") == "The artefact does not exist."
    loop = tmp_path / "loop.jar"
    loop.symlink_to(loop)
    assert "leads back to itself" in error_of(loop)


LOADERS: list[Any] = [yaml.SafeLoader, EVENT_LOADER]
either_loader = pytest.mark.parametrize("loader", LOADERS)


@either_loader
@pytest.mark.parametrize(
    ("text", "hosts"),
    [
        ("id: a\nversion: '1.0'\n", ()),
        ("version: 1.0\nid: 'a'\nhosts: ~\nbackend: {controller: {entrypoint: b.C}}\n", ()),
        ("---\nid: a\nversion: 1.0\nhosts: daemon\n...\n", ("daemon",)),
        ('{"id": "a", "version": "1.0", "hosts": ["controller"]}', ("controller",)),
        ("id: a\nversion: 1.0\ncapabilities: {provides: [{id: z, version: 9.9.9}]}\n", ()),
    ],
)
def test_the_text_of_scalars_counts_not_their_yaml_type(
    text: str, hosts: tuple[str, ...], loader: Any
) -> None:
    found = parse_manifest(text.encode(), loader=loader)
    assert (found.module_id, found.version, found.hosts, found.error) == ("a", "1.0", hosts, None)


@either_loader
@pytest.mark.parametrize(
    ("data", "cause"),
    [
        (b"", "not a YAML mapping"),
        (b"- id: a\n", "not a YAML mapping"),
        (b"id: a\n", "states no version"),
        (b"id:\nversion: 1.0.0\n", "states no id"),
        (b"id: null\nversion: 1.0.0\n", "states no id"),
        (b"id: [a]\nversion: 1.0.0\n", "something other than plain text"),
        (b"id: {a: b}\nversion: 1.0.0\n", "something other than plain text"),
        (b"id: |\n  a\n  b\nversion: 1.0.0\n", "something other than plain text"),
        (b"id: !!binary YQ==\nversion: 1.0.0\n", "something other than plain text"),
        (b"id: !!python/object/apply:os.system [ls]\nversion: 1\n", "something other than plain text"),
        (b"id: a\nid: b\nversion: 1.0.0\n", "states id twice"),
        (b"id: &x a\nversion: *x\n", "anchors or aliases"),
        (b"id: a\nversion: 1\nx: &b [1]\n", "anchors or aliases"),
        (b"id: a\nversion: 1\n---\nid: b\n", "more than one YAML document"),
        (b"id: a\nversion: 1\nx: " + b"[" * 17 + b"]" * 17, "nested deeper"),
        (b"id: " + b"a" * 257 + b"\nversion: 1\n", "longer id than the limit"),
        (b"id: a\nversion: 1\nhosts: [[a]]\n", "hosts as something other"),
        (b"id: a\n\tversion: 1\n", "not valid YAML"),
        (b'id: "\\UFFFFFFFF"\n', "not valid YAML"),
        (b"%YAML " + b"9" * 6000 + b".1\n---\nid: a\n", "not valid YAML"),
        (b"id: \xff\n", "not UTF-8 (byte 4)"),
        (b"a" * (limits.MANIFEST_BYTES + 1), "larger than the limit"),
    ],
)
def test_an_odd_manifest_gives_the_reason(data: bytes, cause: str, loader: Any) -> None:
    found = parse_manifest(data, loader=loader)
    assert found.module_id is None
    assert cause in (found.error or "")


@either_loader
@pytest.mark.parametrize(
    "unit", [b"[", b"- ", b"? ", b"{a: ", b"a: {", b"\n", b"!", b'"a" ', b"[],", b"a:\n"]
)
def test_a_manifest_full_of_one_token_ends_quickly_and_quietly(unit: bytes, loader: Any) -> None:
    parse_manifest(unit * (limits.MANIFEST_BYTES // len(unit)), loader=loader)


@given(
    st.binary(max_size=400) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass"))
)
@example(b"id: a\nversion: b\n")
def test_no_manifest_text_ever_raises_and_each_answer_is_whole(data: bytes) -> None:
    found = parse_manifest(data)
    assert (found.error is None) == (found.module_id is not None and found.version is not None)


@given(st.binary(max_size=300), st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), max_size=8))
def test_no_bytes_taken_for_a_jar_ever_raise(
    tmp_path_factory: pytest.TempPathFactory, noise: bytes, flips: list[tuple[int, int]]
) -> None:
    path = tmp_path_factory.mktemp("noise", numbered=True) / "a.jar"
    mutated = bytearray(jar_bytes())
    for position, value in flips:
        mutated[position % len(mutated)] = value
    for data in (noise, bytes(mutated), noise + bytes(mutated), END + noise):
        path.write_bytes(data)
        found = read_manifest(path)
        assert (found.error is None) == (found.module_id is not None)


def test_a_cache_reads_again_only_when_the_file_moved(put: Put) -> None:
    path = put("a.jar", jar_bytes())
    reads: list[Path] = []

    def counting(jar: Path) -> Manifest:
        reads.append(jar)
        return read_manifest(jar)

    cache = ManifestCache(counting)
    assert cache.read(path) == cache.read(path)
    assert len(reads) == 1
    path.write_bytes(jar_bytes([(NAME, b"id: other\nversion: 1.0.0\n")]))
    assert cache.read(path).module_id == "other"
    assert cache.read(path.with_name("none.jar")).error == "The artefact does not exist."
