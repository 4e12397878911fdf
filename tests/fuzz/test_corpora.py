"""Every input that fuzzing kept, once more through its target: what was found stays mended."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.fuzz.fuzz import CORPORA
from tests.fuzz.seeds import SEEDS
from tests.fuzz.targets import TARGETS


def _kept(name: str) -> list[Path]:
    return sorted((CORPORA / name).iterdir())


@pytest.mark.parametrize("name", sorted(TARGETS))
def test_the_seeds_are_read_and_the_kept_corpus_breaks_no_law(name: str) -> None:
    kept = _kept(name)
    assert kept
    for data in (*SEEDS[name](), *(path.read_bytes() for path in kept)):
        TARGETS[name](data)


def test_there_is_a_corpus_for_each_target_and_they_are_small() -> None:
    assert {path.name for path in CORPORA.iterdir()} == set(TARGETS) == set(SEEDS)
    assert sum(path.stat().st_size for name in TARGETS for path in _kept(name)) < 2_000_000
