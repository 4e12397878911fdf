from __future__ import annotations

import hashlib
import json
import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.inventory.making_jars import jar_bytes

from trustconsole import limits
from trustconsole.inventory import Inventory, Manifest, list_modules

Put = Callable[..., Path]
Fifo = Callable[[str], Path]


def names(inventory: Inventory, below: Path) -> list[str]:
    return [os.path.relpath(module.path, below) for module in inventory.modules]


def test_a_directory_gives_jars_zips_and_whatever_is_signed_beside_it(put: Put, tmp_path: Path) -> None:
    for name in (
        *("b.jar", "b.jar.cosign.bundle", "a.zip", "deep/er/c.jar", "tool.bin", "tool.bin.sig", "notes.txt"),
        *("d.jar.tmp", "d.jar.tmp.sig", ".b.jar.lock", ".b.jar.lock.sig", "lonely.sig", "x.sig.sig", "x.sig"),
    ):
        put(name)
    found = list_modules([tmp_path])
    assert names(found, tmp_path) == ["a.zip", "b.jar", "deep/er/c.jar", "tool.bin"]
    assert found.problems == ()
    by_name = {Path(module.path).name: module for module in found.modules}
    assert by_name["b.jar"].bundle_path == str(tmp_path / "b.jar.cosign.bundle")
    assert by_name["b.jar"].sig_path is None
    assert by_name["tool.bin"].sig_path == str(tmp_path / "tool.bin.sig")
    assert {module.origin for module in found.modules} == {"directory"}


def test_a_file_is_listed_by_name_whatever_it_is_called(put: Put) -> None:
    path = put("plain", jar_bytes())
    put("plain.sig")
    (module,) = list_modules([path]).modules
    assert (module.origin, module.name, module.version) == ("file", "essentials", "2.4.1")
    assert module.sig_path == f"{path}.sig"


def test_one_real_file_is_listed_once_under_its_shortest_path(put: Put, tmp_path: Path) -> None:
    put("..2026_01/voting.jar")
    (tmp_path / "..data").symlink_to("..2026_01")
    (tmp_path / "voting.jar").symlink_to("..data/voting.jar")
    (tmp_path / "again").symlink_to(tmp_path)
    found = list_modules([tmp_path, tmp_path / "voting.jar", tmp_path / "again"])
    assert names(found, tmp_path) == ["voting.jar"]


def test_a_second_name_with_another_signature_file_is_a_module_of_its_own(put: Put, tmp_path: Path) -> None:
    put("z.jar")
    (tmp_path / "a.jar").symlink_to("z.jar")
    put("a.jar.cosign.bundle")
    for paths in ([tmp_path], [tmp_path / "z.jar", tmp_path / "a.jar"]):
        found = list_modules(paths)
        assert names(found, tmp_path) == ["a.jar", "z.jar"]
        assert [module.bundle_path is not None for module in found.modules] == [True, False]


def test_the_order_of_the_answer_does_not_depend_on_the_order_of_the_paths(put: Put, tmp_path: Path) -> None:
    for name in ("x/2.jar", "x/10.jar", "a/1.jar", "z.jar"):
        put(name)
    paths = [tmp_path / "x", tmp_path / "a", tmp_path / "z.jar"]
    assert list_modules(paths).modules == list_modules(paths[::-1]).modules


def test_links_that_lead_round_or_nowhere_end_in_sentences(put: Put, tmp_path: Path) -> None:
    put("real/m.jar")
    (tmp_path / "real" / "up").symlink_to(tmp_path)
    (tmp_path / "self.jar").symlink_to("self.jar")
    (tmp_path / "gone.jar").symlink_to("nowhere.jar")
    (tmp_path / "ping").symlink_to("pong")
    (tmp_path / "pong").symlink_to("ping")
    found = list_modules([tmp_path])
    assert names(found, tmp_path) == ["real/m.jar"]
    assert found.problems == (
        f"{tmp_path}/gone.jar is skipped: it is a link to nowhere.jar, which does not exist.",
        f"{tmp_path}/self.jar is skipped: it is a link that leads back to itself.",
    )


def test_special_files_are_skipped_with_a_sentence(put: Put, fifo: Fifo, tmp_path: Path) -> None:
    fifo("pipe.jar")
    put("m.jar")
    fifo("m.jar.sig")
    (tmp_path / "m.jar.cosign.bundle").mkdir()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(os.path.relpath(tmp_path / "s.zip"))
        found = list_modules([tmp_path])
    assert names(found, tmp_path) == ["m.jar"]
    assert (found.modules[0].sig_path, found.modules[0].bundle_path) == (None, None)
    assert found.problems == (
        f"The signature file {tmp_path}/m.jar.sig is a FIFO, not a file.",
        f"The signature file {tmp_path}/m.jar.cosign.bundle is a directory, not a file.",
        f"{tmp_path}/pipe.jar is skipped: it is a FIFO, not a file.",
        f"{tmp_path}/s.zip is skipped: it is a socket, not a file.",
    )


def test_a_path_that_is_no_file_and_no_directory_is_named_as_unreadable(fifo: Fifo, tmp_path: Path) -> None:
    pipe = fifo("pipe")
    missing = tmp_path / "missing.jar"
    found = list_modules([missing, pipe, Path("bad\0name")])
    assert found.modules == ()
    assert found.unreadable == (str(missing), str(pipe), "bad\0name")
    assert found.problems[:2] == (f"{missing} does not exist.", f"{pipe} is a FIFO, not a file.")


def test_the_walk_ends_at_its_depth(put: Put, tmp_path: Path) -> None:
    put("/".join(["d"] * limits.TREE_DEPTH) + "/in.jar")
    put("/".join(["d"] * (limits.TREE_DEPTH + 1)) + "/out.jar")
    found = list_modules([tmp_path])
    assert [Path(module.path).name for module in found.modules] == ["in.jar"]
    assert "not walked further" in found.problems[0]


def test_hostile_names_are_carried_as_they_are(put: Put, tmp_path: Path) -> None:
    name = "\x1b]52;c;eA==\x07\u202e[@click=app.quit]x[b].jar"
    put(name)
    (tmp_path / os.fsdecode(b"\xff\n.jar")).write_bytes(b"")
    found = list_modules([tmp_path])
    assert {Path(module.path).name for module in found.modules} == {name, os.fsdecode(b"\xff\n.jar")}


def test_manifest_reader_and_progress_are_the_callers(put: Put, tmp_path: Path) -> None:
    put("a.jar")
    put("b.jar")
    seen: list[int] = []
    found = list_modules(
        [tmp_path], manifest_of=lambda path: Manifest(module_id=path.stem), progress=seen.append
    )
    assert [module.name for module in found.modules] == ["a", "b"]
    assert seen == [1, 2]


def stored(put: Put, store: str, jar: bytes, suffix: str | None) -> str:
    digest = hashlib.sha256(jar).hexdigest()
    put(f"{store}/artifacts/{digest}.jar", jar)
    if suffix:
        put(f"{store}/artifacts/{digest}{suffix}")
    return digest


def index_entry(digest: str, **changes: object) -> dict[str, object]:
    return {
        **{"moduleId": "essentials", "version": "2.4.0", "sha256": digest, "fileName": "essentials.jar"},
        **{"storedAt": "2026-01-01T00:00:00Z", "sidecarFileName": f"{digest}.cosign.bundle"},
        **{"sidecarKind": "cosign-bundle", **changes},
    }


def test_a_store_pairs_artefacts_with_sidecars_named_by_digest(put: Put, tmp_path: Path) -> None:
    digest = stored(put, ".platform-store", jar_bytes(), ".cosign.bundle")
    other = stored(put, ".platform-store", jar_bytes([("x", b"x")]), ".sig")
    put(".platform-store/modules-index.json", json.dumps({"essentials": index_entry(digest)}).encode())
    found = list_modules([tmp_path])
    assert found.problems == ()
    modules = {Path(module.path).stem: module for module in found.modules}
    assert set(modules) == {digest, other}
    artifacts = tmp_path / ".platform-store" / "artifacts"
    assert {module.origin for module in found.modules} == {"store"}
    assert modules[digest].bundle_path == str(artifacts / f"{digest}.cosign.bundle")
    assert modules[other].sig_path == str(artifacts / f"{other}.sig")
    assert (modules[digest].indexed_id, modules[digest].indexed_version) == ("essentials", "2.4.0")
    assert modules[digest].version == "2.4.1", "what the jar says comes before what the index says"
    assert modules[other].indexed_sha256 is None


@pytest.mark.parametrize("part", ["store", "store/artifacts", "store/artifacts/{digest}.jar"])
def test_a_store_is_recognised_from_any_of_its_parts(put: Put, tmp_path: Path, part: str) -> None:
    digest = stored(put, "store", jar_bytes(), ".cosign.bundle")
    put("store/modules-index.json", json.dumps({"essentials": index_entry(digest)}).encode())
    (module,) = list_modules([tmp_path / part.format(digest=digest)]).modules
    assert (module.origin, module.indexed_sha256) == ("store", digest)
    assert module.bundle_path is not None


def test_a_folder_called_artifacts_is_no_store_by_its_name_alone(put: Put, tmp_path: Path) -> None:
    put("build/artifacts/a.jar")
    put("build/artifacts/a.jar.sig")
    (module,) = list_modules([tmp_path]).modules
    assert (module.origin, Path(module.sig_path or "").name) == ("directory", "a.jar.sig")


@pytest.mark.parametrize(
    ("index", "problem"),
    [
        (b"\xff\xfe", "is not JSON"),
        (b"[" * 100_000, "is not JSON"),
        (b"[]", "not a JSON object"),
        (json.dumps({"a": 1}).encode(), "something other than an object for a"),
        (json.dumps({"a": {}}).encode(), "names no artefact for a"),
        (json.dumps({"a": index_entry("../../etc/passwd")}).encode(), "outside its directory for a"),
        (
            json.dumps({"a": index_entry("0" * 64, sidecarFileName="/etc/shadow")}).encode(),
            "outside its directory",
        ),
        (
            json.dumps({"a": index_entry("0" * 64), "b": index_entry("0" * 64)}).encode(),
            "more than one module",
        ),
        (json.dumps({"a": index_entry("0" * 64)}).encode(), "which is not in artifacts"),
    ],
)
def test_an_index_is_not_believed(put: Put, tmp_path: Path, index: bytes, problem: str) -> None:
    digest = stored(put, "store", jar_bytes(), None)
    put("store/modules-index.json", index)
    found = list_modules([tmp_path])
    assert [Path(module.path).stem for module in found.modules] == [digest]
    assert any(problem in sentence for sentence in found.problems), found.problems


def test_an_index_without_artifacts_is_said(put: Put, tmp_path: Path) -> None:
    put("modules-index.json", json.dumps({"a": index_entry("0" * 64)}).encode())
    assert "which is not in artifacts" in list_modules([tmp_path]).problems[0]


def json_values() -> st.SearchStrategy[object]:
    text = st.text() | st.sampled_from(
        ["..", "/", "a\0b", "\ud800", "sig", "cosign-bundle", "0" * 64, "x" * 300]
    )
    keys = st.sampled_from(["moduleId", "version", "sha256", "fileName", "sidecarFileName", "sidecarKind"])
    plain = st.none() | st.booleans() | st.integers() | text
    return st.dictionaries(
        st.text(max_size=3), st.dictionaries(keys, plain) | plain | st.lists(plain), max_size=4
    )


@given(json_values())
def test_no_index_ever_raises_or_leads_outside_the_artifacts(
    tmp_path_factory: pytest.TempPathFactory, document: object
) -> None:
    store = tmp_path_factory.mktemp("store", numbered=True)
    artifacts = store / "artifacts"
    artifacts.mkdir()
    (artifacts / f"{'0' * 64}.jar").write_bytes(b"")
    (artifacts / "x.jar").write_bytes(b"")
    (store / "modules-index.json").write_text(json.dumps(document))
    for module in list_modules([store]).modules:
        for path in (module.path, module.sig_path, module.bundle_path):
            assert path is None or Path(path).parent == artifacts
