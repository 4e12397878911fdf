"""Fuzzes one target with atheris: `python -m tests.fuzz.fuzz TARGET [libFuzzer options]`.

Starts from `seeds` and from the corpus that is kept in `corpora/TARGET`, to which new inputs are added; a
crash is written to the current directory. JSON is also changed by its structure, with the bytes inside
Base64 changed as bytes, since a changed character of Base64 is refused before a parser sees it. Needs the
extra `fuzz`.
"""

from __future__ import annotations

import importlib
import json
import random
import sys
from base64 import b64decode, b64encode
from hashlib import sha1
from pathlib import Path
from typing import Any

CORPORA = Path(__file__).with_name("corpora")
_AS_JSON = {"sigstore_bundle", "trusted_root", "entry_body"}
_ODD: tuple[object, ...] = (None, True, 0, -1, 2**64, 1.5, "", "AAAA", "0", [], {}, "\ud800", "é" * 40)


def main(arguments: list[str]) -> None:
    """Runs until libFuzzer ends: at a crash, or when `-max_total_time` is over."""
    name, *options = arguments
    atheris = importlib.import_module("atheris")
    with atheris.instrument_imports(include=["trustconsole"]):
        targets = importlib.import_module("tests.fuzz.targets").TARGETS
    corpus = CORPORA / name
    corpus.mkdir(parents=True, exist_ok=True)
    for data in importlib.import_module("tests.fuzz.seeds").SEEDS[name]():
        (corpus / sha1(data, usedforsecurity=False).hexdigest()).write_bytes(data)

    def change_structure(data: bytes, size: int, seed: int) -> bytes:
        chance = random.Random(seed)
        try:
            document = json.loads(data)
        except (ValueError, RecursionError):
            document = None
        if document is None or chance.random() < 0.2:
            return bytes(atheris.Mutate(data, size))
        for _ in range(chance.randint(1, 3)):
            document = _changed(document, chance, atheris.Mutate)
        changed = json.dumps(document).encode("utf-8", "replace")
        return changed if len(changed) <= size else data

    mutator = {"custom_mutator": change_structure} if name in _AS_JSON else {}
    atheris.Setup([sys.argv[0], *options, str(corpus)], targets[name], **mutator)
    atheris.Fuzz()


def _changed(value: Any, chance: random.Random, mutate: Any) -> Any:
    """`value` with one member somewhere inside replaced, removed, doubled, or changed as bytes."""
    if isinstance(value, dict) and value and chance.random() < 0.95:
        name = chance.choice(sorted(value))
        kind = chance.random()
        if kind < 0.04:
            return {key: member for key, member in value.items() if key != name}
        if kind < 0.08:
            return value | {chance.choice([*value, "kind", "end", "certificate"]): value[name]}
        return value | {name: _changed(value[name], chance, mutate)}
    if isinstance(value, list) and value and chance.random() < 0.9:
        at = chance.randrange(len(value))
        if chance.random() < 0.1:
            return value + [value[at]] * chance.choice([1, 1, 40])
        return [*value[:at], _changed(value[at], chance, mutate), *value[at + 1 :]]
    if isinstance(value, str) and chance.random() < 0.85:
        return _changed_text(value, mutate)
    return chance.choice(_ODD)


def _changed_text(text: str, mutate: Any) -> str:
    data = text.encode("utf-8", "replace")
    try:
        inner = b64decode(data, validate=True)
        return b64encode(mutate(inner, len(inner) + 8)).decode()
    except ValueError:
        return bytes(mutate(data, len(data) + 8)).decode("utf-8", "replace")


if __name__ == "__main__":
    main(sys.argv[1:])
