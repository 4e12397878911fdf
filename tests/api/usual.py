"""The usual rotation of these tests: its nodes and modules, its start, and a restart of all of them."""

from __future__ import annotations

import hashlib
from pathlib import Path

from tests.api.world import World

NODES = (("controller-1", "controller"), ("daemon-1", "daemon"))


def usual_world(directory: Path) -> World:
    """Two nodes; modules by the old key, by another one, and without a signature."""
    made = World(directory, nodes=NODES)
    made.module("by-old", made.old)
    made.module("by-other", made.other)
    made.module("unsigned")
    return made


def start(world: World, **options: object) -> object:
    view = world.rotation().start(
        "author",
        world.old_fingerprint[:8],
        world.new_pem,
        apply=True,
        **options,  # type: ignore[arg-type]
    )
    return view.step


def restart_all(world: World) -> None:
    for name, _ in world.nodes:
        world.restart(name)


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
