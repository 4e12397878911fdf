"""A real registry on the loopback interface, and what a test puts into it."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import requests
from tests.release.images.material import Blobs, Image, Json, dump

PROGRAM: Final = "docker-registry"
PATIENCE: Final = 30.0


def free_port() -> int:
    """A port of the loopback interface that nobody has."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True)
class Registry:
    """A running registry; `host` with its port."""

    host: str
    log: Path

    def push(self, repository: str, blobs: Blobs, descriptor: Json, tag: str | None = None) -> str:
        """Push a manifest with everything that it names; its digest. Under `tag` where one is given."""
        digest = str(descriptor["digest"])
        self._push_parts(repository, blobs, descriptor)
        self._put_manifest(repository, blobs, descriptor, tag or digest)
        return digest

    def push_image(self, repository: str, image: Image, tag: str) -> str:
        """Push an image under a tag."""
        return self.push(repository, image.blobs, image.top, tag)

    def _push_parts(self, repository: str, blobs: Blobs, descriptor: Json) -> None:
        manifest = json.loads(blobs.held[str(descriptor["digest"])])
        for part in [manifest.get("config"), *manifest.get("layers", [])]:
            if part is not None and part["digest"] in blobs.held:
                self._put_blob(repository, part["digest"], blobs.held[part["digest"]])
        for part in manifest.get("manifests", []):
            self.push(repository, blobs, part)

    def _put_blob(self, repository: str, digest: str, data: bytes) -> None:
        begun = requests.post(f"http://{self.host}/v2/{repository}/blobs/uploads/", timeout=PATIENCE)
        begun.raise_for_status()
        place = begun.headers["Location"]
        url = place if place.startswith("http") else f"http://{self.host}{place}"
        done = requests.put(url, params={"digest": digest}, data=data, timeout=PATIENCE)
        done.raise_for_status()

    def _put_manifest(self, repository: str, blobs: Blobs, descriptor: Json, name: str) -> None:
        answer = requests.put(
            f"http://{self.host}/v2/{repository}/manifests/{name}",
            data=blobs.held[str(descriptor["digest"])],
            headers={"Content-Type": str(descriptor["mediaType"])},
            timeout=PATIENCE,
        )
        answer.raise_for_status()


@contextmanager
def running_registry(folder: Path, *, users: Path | None = None) -> Iterator[Registry]:
    """Start Debian's `docker-registry` on a free port; `users`: an htpasswd file, where a login is wanted."""
    program = shutil.which(PROGRAM)
    assert program is not None
    port = free_port()
    config = folder / "registry.json"  # YAML holds JSON
    settings: Json = {
        "version": 0.1,
        "log": {"level": "error"},
        "storage": {"filesystem": {"rootdirectory": str(folder / "storage")}},
        "http": {"addr": f"127.0.0.1:{port}"},
    }
    if users is not None:
        settings["auth"] = {"htpasswd": {"realm": "test", "path": str(users)}}
    config.write_bytes(dump(settings))
    log = folder / "registry.log"
    with log.open("wb") as sink:
        process = subprocess.Popen([program, "serve", str(config)], stdout=sink, stderr=sink)
        try:
            _wait(port, process)
            yield Registry(f"127.0.0.1:{port}", log)
        finally:
            process.terminate()
            process.wait(PATIENCE)


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        assert process.poll() is None, "the registry ended"
        try:
            requests.get(f"http://127.0.0.1:{port}/v2/", timeout=1)
        except requests.ConnectionError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("the registry does not answer")
