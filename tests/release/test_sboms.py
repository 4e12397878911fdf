"""A bill of materials counts only where it is CycloneDX and about this very archive."""

from __future__ import annotations

import builtins
import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.release.making_releases import ARCHIVE, sbom, sha256

from trustconsole import limits
from trustconsole.errors import InputError, LimitExceeded, MalformedInput
from trustconsole.release.components import Component, LibraryMissing, read_components
from trustconsole.release.roles import archive_of, role_of
from trustconsole.release.sboms import compare, parse_sbom, read_sbom

CONTENT = b"an archive"
DIGEST = sha256(CONTENT)


def about(subject: object) -> bytes:
    return sbom(ARCHIVE, CONTENT, metadata={"component": subject})


def judged(data: bytes, *digests: str) -> tuple[bool | None, str]:
    return compare(parse_sbom(data, "x.sbom.json"), ARCHIVE, digests or (DIGEST,))


@pytest.mark.parametrize("version", ["1.4", "1.5", "1.6"])
def test_the_known_versions_are_read(version: str) -> None:
    assert judged(sbom(ARCHIVE, CONTENT, specVersion=version)) == (True, "")


@pytest.mark.parametrize(
    "subject",
    [
        {"name": ARCHIVE, "version": f"sha256:{DIGEST}"},
        {"name": ARCHIVE, "version": f"sha256:{DIGEST.upper()}"},
        {"name": ARCHIVE, "version": "1.4.0", "hashes": [{"alg": "SHA-256", "content": DIGEST}]},
        {
            "name": ARCHIVE,
            "version": f"sha256:{DIGEST}",
            "hashes": [{"alg": "SHA-512", "content": "00"}, {"alg": "SHA-256", "content": DIGEST}],
        },
    ],
)
def test_the_digest_counts_wherever_tools_write_it(subject: object) -> None:
    assert judged(about(subject)) == (True, "")


@pytest.mark.parametrize(
    ("subject", "matches", "reason"),
    [
        ({"name": "other.zip", "version": f"sha256:{DIGEST}"}, False, "another file, other.zip"),
        ({"name": ARCHIVE, "version": f"sha256:{sha256(b'x')}"}, False, "another digest"),
        (
            {
                "name": ARCHIVE,
                "version": f"sha256:{DIGEST}",
                "hashes": [{"alg": "SHA-256", "content": sha256(b"x")}],
            },
            False,
            "two different digests",
        ),
        ({"name": ARCHIVE, "version": "1.4.0"}, None, "not by a SHA-256"),
        ({"name": ARCHIVE, "hashes": [{"alg": "SHA-512", "content": "00"}]}, None, "not by a SHA-256"),
        (None, None, "does not say which file"),
    ],
)
def test_what_is_about_something_else_or_nothing_says_so(
    subject: object, matches: bool | None, reason: str
) -> None:
    answer, why = judged(about(subject))
    assert answer is matches
    assert reason in why


def test_without_any_digest_of_the_archive_nothing_can_be_said() -> None:
    content = parse_sbom(sbom(ARCHIVE, CONTENT), "x")
    assert compare(content, ARCHIVE, ()) == (
        None,
        "the archive is neither listed nor here, so its digest cannot be compared",
    )


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not json",
        b"[]",
        b"{}",
        b'{"spdxVersion": "SPDX-2.3"}',
        b'<?xml version="1.0"?><bom xmlns="http://cyclonedx.org/schema/bom/1.5"/>',
        sbom(ARCHIVE, CONTENT, bomFormat="cyclonedx"),
        sbom(ARCHIVE, CONTENT, specVersion="1.3"),
        sbom(ARCHIVE, CONTENT, specVersion="1.7"),
        sbom(ARCHIVE, CONTENT, specVersion=1.6),
        sbom(ARCHIVE, CONTENT, metadata=[]),
        sbom(ARCHIVE, CONTENT, components={}),
        sbom(ARCHIVE, CONTENT, components=["x"]),
        about({"name": 7}),
        about({"name": ARCHIVE, "version": "sha256:abc"}),
        about({"name": ARCHIVE, "hashes": "x"}),
        about({"name": ARCHIVE, "hashes": [{"alg": "SHA-256", "content": "x"}]}),
        sbom(ARCHIVE, CONTENT)[:-1] + b', "bomFormat": "CycloneDX"}',
        b"\xef\xbb\xbf" + sbom(ARCHIVE, CONTENT),
    ],
)
def test_what_is_no_cyclonedx_of_a_known_version_is_refused(data: bytes) -> None:
    with pytest.raises(MalformedInput) as caught:
        parse_sbom(data, "x.sbom.json")
    assert "\n" not in str(caught.value)


def nested(depth: int) -> list[dict[str, Any]]:
    components: list[dict[str, Any]] = []
    for _ in range(depth):
        components = [{"type": "library", "name": "x", "components": components}]
    return components


def test_nested_components_are_counted_and_nesting_has_an_end() -> None:
    assert len(parse_sbom(sbom(ARCHIVE, CONTENT, components=nested(10)), "x").components) == 10
    with pytest.raises(LimitExceeded, match="deeper"):
        parse_sbom(sbom(ARCHIVE, CONTENT, components=nested(40)), "x")
    with pytest.raises(LimitExceeded, match="deeper"):
        parse_sbom(b"[" * 300_000, "x")


def test_size_and_number_of_components_have_an_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SBOM_COMPONENTS", 3)
    with pytest.raises(LimitExceeded, match="limit of 3 components"):
        parse_sbom(sbom(ARCHIVE, CONTENT, components=[{"name": "x"}] * 4), "x")
    monkeypatch.setattr(limits, "SBOM_BYTES", 100)
    path = tmp_path / "x.sbom.json"
    path.write_bytes(sbom(ARCHIVE, CONTENT))
    with pytest.raises(LimitExceeded, match="100 B"):
        read_sbom(path, sha256=None)


def test_what_was_parsed_is_what_was_hashed(tmp_path: Path) -> None:
    path = tmp_path / "x.sbom.json"
    path.write_bytes(sbom(ARCHIVE, CONTENT))
    assert read_sbom(path, sha256=sha256(path.read_bytes())).file == ARCHIVE
    with pytest.raises(MalformedInput, match="changed while"):
        read_sbom(path, sha256=DIGEST)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(("component", "components", "name", "hashes", "version")), inner
            )
        ),
        max_leaves=12,
    )
)
def test_arbitrary_documents_are_read_or_refused_and_nothing_else(value: object) -> None:
    document = {"bomFormat": "CycloneDX", "specVersion": "1.5", "metadata": value, "components": value}
    with suppress(InputError):
        parse_sbom(json.dumps(document).encode(), "x")


def test_the_table_shows_what_the_library_reads() -> None:
    rows, refused = read_components(
        [
            {"type": "library", "name": "b", "version": "2", "licenses": [{"license": {"id": "MIT"}}]},
            {"type": "library", "group": "org", "name": "a", "purl": "pkg:npm/%40org/a@1.0?x=y"},
            {"type": "library", "name": "c", "licenses": [{"expression": "MIT OR Apache-2.0"}]},
            {"type": "library", "name": "d", "licenses": [{"license": {"name": "Own"}}]},
        ]
    )
    assert refused == 0
    assert [(row.name, row.version, row.licence) for row in rows] == [
        ("b", "2", "MIT"),
        ("c", "", "MIT OR Apache-2.0"),
        ("d", "", "Own"),
        ("org/a", "", ""),
    ]
    assert rows[3].identity == "pkg:npm/%40org/a"


@pytest.mark.parametrize(
    "component",
    [
        {"type": "no such type", "name": "x"},
        {"type": "library", "name": "x", "purl": "nonsense"},
        {"type": "library", "name": "x", "licenses": 5},
        {"type": "library", "name": "x", "licenses": [None]},
        {"type": "library"},
    ],
)
def test_a_component_that_the_library_refuses_is_left_out_and_counted(component: dict[str, object]) -> None:
    rows, refused = read_components([component, {"type": "library", "name": "good"}])
    assert ([row.name for row in rows], refused) == (["good"], 1)


def test_without_the_library_the_table_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def absent(name: str, *args: Any, **keywords: Any) -> Any:
        if name.startswith("cyclonedx"):
            raise ImportError(name)
        return real(name, *args, **keywords)

    monkeypatch.setattr(builtins, "__import__", absent)
    with pytest.raises(LibraryMissing):
        read_components([])


@pytest.mark.parametrize(
    ("purl", "identity"),
    [
        ("pkg:golang/github.com/spf13/cobra@v1.8.1", "pkg:golang/github.com/spf13/cobra"),
        ("pkg:deb/debian/curl@7.50?arch=amd64", "pkg:deb/debian/curl"),
        ("pkg:npm/@scope/name", "pkg:npm/@scope/name"),
        ("", "name"),
    ],
)
def test_a_component_is_the_same_one_whatever_its_version(purl: str, identity: str) -> None:
    assert Component("name", "1", "", purl).identity == identity


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("a.tar.gz", "archive"),
        ("a.ZIP", "archive"),
        ("a.tar.gz.sbom.json", "sbom"),
        ("a.zip.cdx.json", "sbom"),
        ("a-1-py3-none-any.whl", "archive"),
        ("a-1-py3-none-any.whl.sbom.cdx.json", "sbom"),
        *((f"a{suffix}", "archive") for suffix in (".tar.lz4", ".tar.zst", ".tzst", ".cpio", ".run")),
        *((f"a{suffix}", "archive") for suffix in (".AppImage", ".deb", ".rpm", ".MSI", ".dmg", ".pkg")),
        *((f"a.tar.gz{end}", "archive") for end in (" ", "\t", ".", ". .", "\u200b", "\u00a0")),
        (" . ", "other"),
        ("", "other"),
        ("prexorctl", "other"),
        ("a.zip.sig", "other"),
        ("metadata.json", "other"),
    ],
)
def test_a_name_says_what_a_file_is(name: str, role: str) -> None:
    assert role_of(name) == role


def test_an_sbom_belongs_to_the_archive_whose_name_it_bears() -> None:
    assert archive_of("a.tar.gz.sbom.json") == "a.tar.gz"
    assert archive_of("a.zip.cyclonedx.json") == "a.zip"
    assert archive_of("a-1-py3-none-any.whl.sbom.cdx.json") == "a-1-py3-none-any.whl"
    assert archive_of("a.zip.SBOM.cyclonedx.json") == "a.zip"
