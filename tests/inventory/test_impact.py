from __future__ import annotations

import os
import time
from dataclasses import replace
from pathlib import Path

import pytest
from tests.inventory.yard import NOW, Yard, block, ca, changes, leaf

from trustconsole import limits
from trustconsole.demo import build_demo
from trustconsole.inventory import (
    ArtifactMemory,
    Impact,
    ModuleImpact,
    ReadingImpact,
    ReadingVerdict,
    Setting,
    VerdictMemory,
    compute_impact,
    list_modules,
    verify_modules,
)
from trustconsole.storage import read_bounded
from trustconsole.trust_root import read_trust_root, remove_block
from trustconsole.verification import Policy, RekorPolicy, Verdict


@pytest.fixture
def yard(tmp_path: Path) -> Yard:
    return Yard(tmp_path)


def settled(path: Path) -> Path:
    """`path`, once its times are old enough to show the next change."""
    time.sleep(max(0.0, path.stat().st_ctime + 0.1 - time.time()))
    return path


def test_what_only_the_removed_key_signed_stops(yard: Yard) -> None:
    yard.root = block("A") + block("B")
    for name, signer in (("a", "A"), ("b", "B"), ("c", "C"), ("d", None)):
        yard.module(name, signer)
    found = yard.impact(yard.without(block("A")))
    assert changes(found) == {
        "a": ("stops", "stops"),
        "b": ("keeps", "keeps"),
        "c": ("fails", "fails"),
        "d": ("fails", "fails"),
    }
    stopped = found["a"]
    assert (stopped.documented.before.verdict, stopped.documented.before.rule) == ("accept", None)
    assert (stopped.documented.after.verdict, stopped.documented.after.rule) == ("reject", "key")
    assert (stopped.controller.after.verdict, stopped.controller.after.rule) == ("reject", "verify")
    assert stopped.controller.after.message.startswith("cosign signature did not match any trusted key")


def test_what_the_added_key_signed_starts(yard: Yard) -> None:
    yard.root = block("A")
    yard.module("a", "A")
    yard.module("b", "B")
    assert changes(yard.impact(yard.with_(block("B")))) == {
        "a": ("keeps", "keeps"),
        "b": ("starts", "starts"),
    }


def test_the_first_certificate_stops_pinned_bundles_in_the_controller_alone(yard: Yard) -> None:
    yard.root = block("pinned")
    yard.module("pinned", leaf(ca("another CA"), "pinned"))
    yard.module("raw", "pinned")
    yard.module("chained", leaf(ca(), "chained"))
    candidate = yard.with_(ca().pem)
    assert "flips-to-chain" in [finding.id for finding in candidate.warnings]
    found = yard.impact(candidate)
    assert changes(found) == {
        "pinned": ("keeps", "stops"),
        "raw": ("keeps", "keeps"),
        "chained": ("starts", "starts"),
    }
    assert found["pinned"].change == "stops"
    assert found["pinned"].controller.after.message.startswith("cosign bundle cert chain invalid")


def test_without_its_last_block_no_controller_starts(yard: Yard) -> None:
    yard.root = block("A")
    yard.module("a", "A")
    found = yard.impact(yard.without(block("A")))["a"]
    assert (found.documented.after.verdict, found.documented.after.rule) == ("reject", "trust-root")
    assert (found.controller.after.verdict, found.controller.after.rule) == ("no-boot", "load")


def test_another_rekor_key_stops_what_the_old_log_timestamped(yard: Yard) -> None:
    yard.root, yard.log, yard.policy = block("A"), block("old log"), "REQUIRE_SET"
    yard.module("old", "A", log="old log")
    yard.module("new", "A", log="new log")
    yard.module("none", "A")
    candidate = replace(yard.setting, rekor_key=yard.scanned(block("new log")))
    found = {Path(one.path).stem: one for one in yard.under(candidate)}
    assert changes(found) == {
        "old": ("stops", "stops"),
        "new": ("starts", "starts"),
        "none": ("fails", "fails"),
    }
    assert found["old"].documented.after.rule == "rekor.set"
    assert "rekor SET did not verify" in found["old"].controller.after.message


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        ("accept", "accept", "keeps"),
        ("accept", "unsigned-allowed", "keeps"),
        ("unsigned-allowed", "accept", "keeps"),
        ("accept", "reject", "stops"),
        ("accept", "error", "stops"),
        ("unsigned-allowed", "no-boot", "stops"),
        ("reject", "accept", "starts"),
        ("no-boot", "unsigned-allowed", "starts"),
        ("reject", "no-boot", "fails"),
        ("accept", "unknown", "unknown"),
        ("unknown", "accept", "unknown"),
        ("unknown", "reject", "unknown"),
        ("unknown", "unknown", "unknown"),
    ],
)
def test_what_becomes_of_a_module(before: Verdict, after: Verdict, change: str) -> None:
    assert ReadingImpact(ReadingVerdict(before, None, ""), ReadingVerdict(after, None, "")).change == change


def test_what_cannot_be_predicted_is_never_counted_as_kept(yard: Yard) -> None:
    yard.root = block("A") + block("B")
    path = yard.module("a", "A")
    path.with_name("a.jar.cosign.bundle").write_bytes(b"{" + b" " * limits.SIDECAR_BYTES)
    found = yard.impact(yard.without(block("B")))
    assert changes(found) == {"a": ("fails", "unknown")}
    assert found["a"].change == "unknown"


def test_nothing_that_did_not_move_is_hashed_or_checked_again(yard: Yard) -> None:
    yard.root = block("A") + block("B") + block("C")
    paths = [yard.module(f"m{number}", signer) for number, signer in enumerate("ABC")]
    yard.impact(yard.without(block("A")))
    assert yard.memory.artifacts.hashed == len(paths)
    made = yard.memory.checker.made
    for name in "BCABC":
        yard.impact(yard.without(block(name)))
    assert yard.memory.artifacts.hashed == len(paths)
    asked = {(module, signer) for module in "ABC" for signer in "ABC"}
    assert made <= yard.memory.checker.made <= len(asked)


def test_verdicts_of_a_look_are_not_reached_again(yard: Yard) -> None:
    yard.root = block("A")
    yard.module("a", "A")
    modules = list_modules([yard.directory]).modules
    ((_, report),) = verify_modules(modules, yard.setting, yard.memory)
    made = yard.memory.checker.made
    (found,) = compute_impact(modules, yard.setting, yard.setting, yard.memory)
    assert found.documented.before.verdict == report.documented.verdict == "accept"
    assert (yard.memory.checker.made, yard.memory.artifacts.hashed) == (made, 1)


def test_a_module_that_moved_is_judged_anew(yard: Yard) -> None:
    yard.root = block("A") + block("B")
    path = settled(yard.module("a", "A"))
    candidate = yard.without(block("B"))
    assert changes(yard.impact(candidate)) == {"a": ("keeps", "keeps")}
    times = path.stat()
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert changes(yard.impact(candidate)) == {"a": ("fails", "fails")}
    yard.module("a", "B")
    assert changes(yard.impact(candidate)) == {"a": ("stops", "stops")}


def test_a_file_that_just_changed_is_hashed_until_it_has_settled(tmp_path: Path) -> None:
    path = tmp_path / "a.jar"
    path.write_bytes(b"1")
    now = path.stat().st_ctime_ns
    young = ArtifactMemory(clock=lambda: now + 1_000_000_000)
    old = ArtifactMemory(clock=lambda: now + 9_000_000_000)
    for memory, hashed in ((young, 2), (old, 1)):
        assert memory.read(path) == memory.read(path)
        assert memory.hashed == hashed


def test_a_module_that_vanished_is_refused_not_kept(yard: Yard) -> None:
    yard.root = block("A") + block("B")
    yard.module("a", "A")
    modules = list_modules([yard.directory]).modules
    Path(modules[0].path).unlink()
    candidate = replace(yard.setting, trust_root=yard.without(block("B")).report)
    (found,) = compute_impact(modules, yard.setting, candidate, yard.memory)
    assert (found.documented.change, found.controller.change) == ("fails", "fails")
    assert found.documented.after.verdict == "error"


def test_progress_is_told_and_a_cancelled_question_ends_early(yard: Yard) -> None:
    yard.root = block("A")
    for number in range(4):
        yard.module(f"m{number}", "A")
    modules = list_modules([yard.directory]).modules
    told: list[tuple[int, int]] = []
    full = compute_impact(
        modules,
        yard.setting,
        yard.setting,
        yard.memory,
        progress=lambda done, total: told.append((done, total)),
    )
    assert [one.path for one in full] == [module.path for module in modules]
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]
    answers = iter((False, False, True))
    assert (
        len(compute_impact(modules, yard.setting, yard.setting, yard.memory, cancelled=lambda: next(answers)))
        == 2
    )


@pytest.mark.parametrize("policy", ["DISABLED", "REQUIRE_SET"])
def test_the_answer_is_that_of_verifying_everything_under_the_candidate(
    tmp_path: Path, policy: RekorPolicy
) -> None:
    demo = build_demo(tmp_path / "demo", now=NOW)
    root, log = read_trust_root(demo.trust_root, now=NOW), read_trust_root(demo.rekor_key, now=NOW)
    modules = list_modules([demo.modules]).modules
    setting = Setting(Policy("COSIGN_BUNDLE", policy, "flags"), root, log, NOW)
    current, memory = read_bounded(demo.trust_root, limits.PEM_BYTES), VerdictMemory()
    for one in root.blocks:
        if one.fingerprint is None:
            continue
        candidate = replace(setting, trust_root=remove_block(current, one.fingerprint, now=NOW).report)
        answer = compute_impact(modules, setting, candidate, memory)
        for judged in (setting, candidate):
            fresh = dict(verify_modules(modules, judged, VerdictMemory()))
            for index, found in enumerate(answer):
                side = "before" if judged is setting else "after"
                report = fresh[index]
                documented: ReadingVerdict = getattr(found.documented, side)
                controller: ReadingVerdict = getattr(found.controller, side)
                assert documented == ReadingVerdict(
                    report.documented.verdict, report.documented.rule, report.documented.reason
                )
                assert controller.verdict == report.controller.verdict
                assert controller.message == (report.controller.message or report.controller.reason)


def one_module(documented: str, controller: str) -> ModuleImpact:
    sides = {
        "keeps": ("accept", "accept"),
        "stops": ("accept", "reject"),
        "starts": ("reject", "accept"),
        "fails": ("reject", "reject"),
        "unknown": ("accept", "unknown"),
    }

    def reading(change: str) -> ReadingImpact:
        before, after = sides[change]
        return ReadingImpact(ReadingVerdict(before, None, ""), ReadingVerdict(after, None, ""))  # type: ignore[arg-type]  # a verdict by its name

    return ModuleImpact("/m/a.jar", "a", "1", reading(documented), reading(controller))


def answer_with(*modules: ModuleImpact, before: bool | None = True, after: bool | None = True) -> Impact:
    return Impact("trust-root", "/t", "remove", "f" * 64, None, "a", "b", before, after, None, modules)


def test_losses_and_doubts_of_either_reading_count() -> None:
    assert not answer_with(one_module("keeps", "starts"), one_module("fails", "fails")).loses
    assert answer_with(one_module("keeps", "stops")).loses
    assert answer_with(one_module("stops", "keeps")).loses
    assert answer_with(after=False).loses
    assert not answer_with(before=False, after=False).loses
    assert answer_with(one_module("keeps", "unknown")).uncertain
    assert answer_with(after=None).uncertain
    assert not answer_with(one_module("stops", "fails")).uncertain


def test_modules_are_counted_for_each_reading() -> None:
    answer = answer_with(
        one_module("keeps", "stops"), one_module("keeps", "unknown"), one_module("fails", "starts")
    )
    assert answer.count("documented") == {"stops": 0, "unknown": 0, "starts": 0, "keeps": 2, "fails": 1}
    assert answer.count("controller") == {"stops": 1, "unknown": 1, "starts": 1, "keeps": 0, "fails": 0}
    assert len(answer.those("stops")) == len(answer.those("stops", "controller")) == 1
    assert answer.those("stops", "documented") == ()
    as_json = answer.to_dict()
    assert as_json["schema"] == "trustconsole/impact/1"
    assert as_json["counts"] == {one: answer.count(one) for one in ("documented", "controller")}
