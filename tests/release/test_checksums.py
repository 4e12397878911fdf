"""Every form of a checksums file is read; whatever is not one is kept as a line that cannot be read."""

from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trustconsole import limits
from trustconsole.errors import LimitExceeded
from trustconsole.release.checksums import parse_checksums, refusal_of

A, B = "a1" * 32, "b2" * 32


def read(text: str | bytes) -> dict[str, tuple[str, ...]]:
    data = text.encode() if isinstance(text, str) else text
    checksums = parse_checksums(data, "checksums.txt")
    assert checksums.bad_lines == ()
    return {file.name: file.digests for file in checksums.files}


@pytest.mark.parametrize(
    "line",
    [
        f"{A}  a file.zip\n",
        f"{A} *a file.zip\n",
        f"SHA256 (a file.zip) = {A}\n",
        f"{A}  a file.zip\r\n",
        f"{A.upper()}  a file.zip\n",
        f"SHA256 (a file.zip) = {A.upper()}\r\n",
        f"{A}  ./a file.zip",
        f"# made by hand\n\n{A}  a file.zip\n   \n",
    ],
)
def test_every_form_of_a_line_names_the_same_file(line: str) -> None:
    assert read(line) == {"a file.zip": (A,)}


@pytest.mark.parametrize(
    ("line", "name"),
    [
        (f"\\{A}  line\\nbreak\\\\.zip\n", "line\nbreak\\.zip"),
        (f"\\SHA256 (a\\rb) = {A}\n", "a\rb"),
        (f"{A}  un\\nescaped\n", "un\\nescaped"),
        (f"{A}   leading blank\n", " leading blank"),
        (f"SHA256 (odd) = {B}) = {A}\n", f"odd) = {B}"),
    ],
)
def test_names_are_unescaped_only_where_the_line_says_so(line: str, name: str) -> None:
    assert read(line) == {name: (A,)}


def test_a_name_that_is_no_utf_8_is_the_name_that_the_file_system_shows() -> None:
    raw = b"caf\xe9.zip"
    assert read(A.encode() + b"  " + raw + b"\n") == {os.fsdecode(raw): (A,)}


def test_a_file_that_is_listed_twice_keeps_both_sums_and_both_lines() -> None:
    checksums = parse_checksums(f"{A}  x\n{B}  y\n{B}  ./x\n{A}  x\n".encode(), "checksums.txt")
    listed = checksums.find("x")
    assert listed is not None
    assert (listed.digests, listed.lines, listed.sha256) == ((A, B), (1, 3, 4), None)
    assert checksums.names == {"x", "y"}
    assert checksums.find("z") is None


def test_the_same_sum_twice_is_no_contradiction() -> None:
    assert read(f"{A}  x\n{A.upper()} *x\n") == {"x": (A,)}


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("nonsense", "neither a GNU nor a BSD line"),
        (f"{A[:-2]}  short.zip", "has 62 digits"),
        (f"{A}{A}  long.zip", "has 128 digits"),
        (f"{A} single-blank.zip", "neither a GNU nor a BSD line"),
        (f"{A}\tx.zip", "neither"),
        (f"{A}  ", "neither"),
        (f"SHA512 (x.zip) = {A}{A}", "a sum of SHA512"),
        ("MD5 (x.zip) = d41d8cd98f00b204e9800998ecf8427e", "a sum of MD5"),
        (f"SHA256 (x.zip) = {A[:-1]}", "neither"),
        (f"\\{A}  bad\\xescape", "an escape that sha256sum does not write"),
        (f"\\{A}  ends in a backslash\\", "an escape that sha256sum does not write"),
        (f"\ufeff{A}  after-a-byte-order-mark", "neither"),
        (f" {A}  indented", "neither"),
    ],
)
def test_a_line_of_another_form_cannot_be_read_and_says_why(line: str, reason: str) -> None:
    checksums = parse_checksums(f"{B}  good\n{line}\n".encode(), "checksums.txt")
    (bad,) = checksums.bad_lines
    assert bad.number == 2
    assert reason in bad.reason
    assert [file.name for file in checksums.files] == ["good"]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("../outside.txt", "leads out"),
        ("a/../../b", "leads out"),
        ("..", "leads out"),
        ("a\\..\\b", "leads out"),
        ("/etc/passwd", "absolute"),
        ("//etc/passwd", "absolute"),
        (".", "the directory itself"),
        ("nul\0byte", "NUL"),
        ("x" * 256, "longer"),
        ("x/" * 3000, "longer"),
    ],
)
def test_a_name_that_could_lead_elsewhere_is_refused_before_anyone_looks(name: str, reason: str) -> None:
    assert reason in str(refusal_of(name))
    (listed,) = parse_checksums(f"{A}  {name}\n".encode(), "checksums.txt").files
    assert reason in str(listed.refusal)


@pytest.mark.parametrize("name", ["a", "sub/a", "..a", "a..", "...", "a b", "é"])
def test_a_name_inside_the_directory_is_not_refused(name: str) -> None:
    assert refusal_of(name) is None


def test_a_file_of_too_many_lines_is_a_limit() -> None:
    with pytest.raises(LimitExceeded, match=f"{limits.CHECKSUM_LINES} lines"):
        parse_checksums(b"x\n" * (limits.CHECKSUM_LINES + 1), "checksums.txt")


def escaped(name: bytes) -> tuple[bytes, bytes]:
    """A name as coreutils prints it: a backslash before the line where anything in it was escaped."""
    text = name.replace(b"\\", b"\\\\").replace(b"\n", b"\\n").replace(b"\r", b"\\r")
    return (b"\\", text) if text != name else (b"", name)


@given(
    st.dictionaries(
        st.binary(min_size=1, max_size=40).filter(
            lambda name: b"/" not in name and b"\0" not in name and name != b"."
        ),
        st.binary(min_size=32, max_size=32),
        max_size=8,
    ),
    st.sampled_from(("gnu", "binary", "bsd")),
    st.sampled_from((b"\n", b"\r\n")),
)
def test_what_sha256sum_writes_about_any_names_is_read_back(
    sums: dict[bytes, bytes], style: str, line_end: bytes
) -> None:
    lines = []
    for name, digest in sums.items():
        mark, text = escaped(name)
        if style == "bsd":
            lines.append(mark + b"SHA256 (" + text + b") = " + digest.hex().encode() + line_end)
        else:
            middle = b" *" if style == "binary" else b"  "
            lines.append(mark + digest.hex().encode() + middle + text + line_end)
    expected = {os.fsdecode(name): (digest.hex(),) for name, digest in sums.items()}
    assert read(b"".join(lines)) == expected


@given(st.binary(max_size=400))
def test_arbitrary_bytes_never_do_more_than_not_being_read(data: bytes) -> None:
    checksums = parse_checksums(data, "checksums.txt")
    said = [line for line in data.split(b"\n") if line.removesuffix(b"\r").strip() and line[:1] != b"#"]
    assert len(checksums.bad_lines) + sum(len(file.lines) for file in checksums.files) == len(said)
