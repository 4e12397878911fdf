"""Building a demo workspace: everything an operator's host has, from a seed and an instant.

The same seed, instant and directory give the same bytes. It writes only into a directory that is new, empty
or carries the demo's marker, and building again removes only what a demo consists of.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from trustconsole.demo.authorities import private_pem, public_pem
from trustconsole.demo.cast import ROTATION_KEYS, Cast, make_cast
from trustconsole.demo.processes import stop_nodes
from trustconsole.demo.signed_modules import signed_modules
from trustconsole.demo.workspace import MARKER, DemoWorkspace
from trustconsole.errors import InputError, Location, UnreadableFile, UsageError
from trustconsole.storage import read_bounded

DEFAULT_SEED: Final = 20_260_211
_MARKER_BYTES: Final = 4096
_MARKER_SCHEMA: Final = "trustconsole/demo-marker/1"
_OWN_ENTRIES: Final = ("controller", "modules", "keys", "state", "run", "settings.yml", MARKER)

_CONTROLLER_YML: Final = """\
# Configuration of the demo controller. Paths are relative to the controller's working directory.
uuid: "{uuid}"
http:
  host: 0.0.0.0
  port: 8080
  cors:
    allowedOrigins:
      - https://panel.example.net
grpc:
  host: 0.0.0.0
  port: 9090
database:
  uri: mongodb://prexorcloud:demo-password@127.0.0.1:27017/?replicaSet=rs0
  database: prexorcloud
logging:
  level: INFO
runtime:
  profile: production
security:
  jwtSecret: {secret}
  jwtExpirationMinutes: 720
heartbeat:
  intervalMs: 30000
modules:
  directory: modules
  signing:
    # required is not set: the production profile demands signatures
    mode: COSIGN_BUNDLE
    trustRoot: config/security/module-trust-root.pem
    rekor:
      policy: DISABLED
      publicKey: config/security/rekor.pub
"""

_KEYS_README: Final = """\
Keys of the demo. They are derived from a public seed: anyone can make them, so nothing real may trust them.
author-a and author-b are in the demo's trust root; author-new is for trying a rotation.
"""


def build_demo(directory: Path, *, seed: int = DEFAULT_SEED, now: datetime) -> DemoWorkspace:
    """Build the demo in `directory`, replacing an earlier one there; nodes of that one are ended.

    `now` is aware; all dates are relative to it, cut to the second. Raises `UsageError` where the directory
    holds something that is not a demo, `UnreadableFile` where it cannot be written.
    """
    workspace = DemoWorkspace(directory.absolute(), seed)
    if not str(workspace.directory).isprintable():
        raise UsageError("a demo's path must be printable text", hint="name another directory")
    with _writing(workspace.directory):
        _prepare(workspace)
        cast = make_cast(seed, now.astimezone(UTC).replace(microsecond=0))
        _write_controller(workspace, cast)
        _write_modules(workspace, cast)
        _write_keys(workspace, cast)
        _write(workspace.settings, _settings(workspace).encode())
        _make_directory(workspace.run)
        _make_directory(workspace.state, 0o700)
    return workspace


def open_demo(directory: Path) -> DemoWorkspace:
    """The workspace that was built in `directory`; raises `UsageError` where there is none."""
    seed = _seed_of(directory / MARKER)
    if seed is None:
        raise UsageError(f"{directory} is not a demo workspace", hint="build one with: trustconsole demo DIR")
    return DemoWorkspace(directory.absolute(), seed)


@contextmanager
def _writing(directory: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise UnreadableFile(
            f"cannot be written: {error.strerror or error}",
            hint="name a directory that this user may write",
            location=Location(str(error.filename or directory)),
        ) from error


def _seed_of(marker: Path) -> int | None:
    try:
        document = json.loads(read_bounded(marker, _MARKER_BYTES, what="demo marker").data)
    except (InputError, ValueError, RecursionError):
        return None
    if not isinstance(document, dict) or document.get("schema") != _MARKER_SCHEMA:
        return None
    seed = document.get("seed")
    return seed if isinstance(seed, int) else None


def _prepare(workspace: DemoWorkspace) -> None:
    """An empty directory with the marker in it, which is written first: a build cut short can be repeated."""
    directory = workspace.directory
    hint = "name an empty or a new directory"
    if directory.exists() and not directory.is_dir():
        raise UsageError(f"{directory} is not a directory", hint=hint)
    directory.mkdir(mode=0o755, parents=True, exist_ok=True)
    if any(directory.iterdir()):
        if _seed_of(workspace.marker) is None:
            raise UsageError(f"{directory} is not empty and not a demo; nothing was written", hint=hint)
        stop_nodes(workspace)
        for name in _OWN_ENTRIES:
            _remove(directory / name)
    marker = {"schema": _MARKER_SCHEMA, "seed": workspace.seed}
    _write(workspace.marker, json.dumps(marker).encode() + b"\n")


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _make_directory(path: Path, mode: int = 0o755) -> None:
    path.mkdir(mode=mode)
    path.chmod(mode)  # mkdir lets the umask take bits away


def _write(path: Path, data: bytes, mode: int = 0o644) -> None:
    with path.open("xb") as stream:
        path.chmod(mode)
        stream.write(data)


def _write_controller(workspace: DemoWorkspace, cast: Cast) -> None:
    for directory in (workspace.working_directory, workspace.config.parent, workspace.security):
        _make_directory(directory)
    identity = hashlib.sha256(f"demo controller {cast.seed}".encode()).hexdigest()
    secret = hashlib.sha384(f"demo token secret {cast.seed}".encode()).digest()
    text = _CONTROLLER_YML.format(
        uuid="-".join(
            (identity[:8], identity[8:12], "4" + identity[12:15], "8" + identity[15:18], identity[18:30])
        ),
        secret=b64encode(secret).decode(),
    )
    _write(workspace.config, text.encode())
    _write(workspace.trust_root, cast.trust_root)
    _write(workspace.rekor_key, b"# private Rekor log\n" + public_pem(cast.log_key))


def _write_modules(workspace: DemoWorkspace, cast: Cast) -> None:
    _make_directory(workspace.modules)
    for name, module in signed_modules(cast).items():
        _write(workspace.modules / name, module.jar)
        for suffix, sidecar in module.sidecars.items():
            _write(workspace.modules / (name + suffix), sidecar)


def _write_keys(workspace: DemoWorkspace, cast: Cast) -> None:
    _make_directory(workspace.keys, 0o700)
    _write(workspace.keys / "README.txt", _KEYS_README.encode())
    for name in ROTATION_KEYS:
        key = cast.key(name)
        _write(workspace.keys / f"{name}.key", private_pem(key), 0o600)
        _write(workspace.keys / f"{name}.pub", public_pem(key))


def _settings(workspace: DemoWorkspace) -> str:
    """Paths are relative to this file, commands are not; every path is quoted as JSON, which YAML reads."""
    lines = [
        "# Settings of the demo workspace: trustconsole --settings THIS_FILE",
        "controller_config: controller/config/controller.yml",
        "modules: [modules]",
        "state: state",
        "nodes:",
    ]
    for node in workspace.nodes:
        lines += [
            f"  - name: {node.name}",
            f"    role: {node.role}",
            f"    evidence: {{pid_file: run/{node.pid_file.name}}}",
            "    restart:",
            *(f"      - {json.dumps(argument, ensure_ascii=False)}" for argument in node.restart_command),
        ]
    return "\n".join(lines) + "\n"
