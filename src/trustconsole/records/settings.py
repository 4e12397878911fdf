"""The console's own settings: which files, which modules, which nodes, and where it may write.

Read strictly, because a key that is silently ignored here is a node that is silently not watched. Positions
in messages are those of the YAML file. What the values *do* belongs to `nodes` and later rooms.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from trustconsole import limits
from trustconsole.errors import InputError, SettingsError
from trustconsole.records.settings_yaml import Entry, load_mapping
from trustconsole.records.signer_settings import NO_SIGNER, SignerSettings, read_signer
from trustconsole.storage import read_bounded

EvidenceKind = Literal["systemd", "pid_file", "process", "manual"]
NodeRole = Literal["controller", "daemon"]

_TOP_KEYS = ("controller_config", "modules", "state", "nodes", "release", "images")
_NODE_KEYS = (
    "name",
    "role",
    "via",
    "config",
    "trust_root",
    "rekor_key",
    "evidence",
    "restart",
    "ready",
)
_EVIDENCE_KEYS: tuple[EvidenceKind, ...] = ("systemd", "pid_file", "process", "manual")


@dataclass(frozen=True, slots=True)
class Evidence:
    """What proves since when a node runs: a unit, a pid file's path, text of its command line, or nothing."""

    kind: EvidenceKind
    value: str = ""


MANUAL = Evidence("manual")


@dataclass(frozen=True, slots=True)
class NodeSettings:
    """One node. Its `config`, `trust_root` and `rekor_key` are as written: relative ones are relative to the
    controller's working directory on that node; None means the same file as the console's target. `via` is
    put before every command that concerns the node; `ready` is a URL.
    """

    name: str
    role: NodeRole
    evidence: Evidence = MANUAL
    via: tuple[str, ...] = ()
    config: Path | None = None
    trust_root: Path | None = None
    rekor_key: Path | None = None
    restart: tuple[str, ...] = ()
    ready: str | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """A whole settings file; `path` is None where there is none. Relative paths are relative to the file."""

    path: Path | None = None
    controller_config: Path | None = None
    modules: tuple[Path, ...] = ()
    state: Path | None = None
    nodes: tuple[NodeSettings, ...] = ()
    release: SignerSettings = NO_SIGNER
    images: SignerSettings = NO_SIGNER


def default_settings_path(environment: Mapping[str, str], uid: int) -> Path:
    """`/etc/trustconsole/settings.yml` for root, else in the XDG configuration directory."""
    if uid == 0:
        return Path("/etc/trustconsole/settings.yml")
    return _xdg(environment, "XDG_CONFIG_HOME", ".config") / "trustconsole" / "settings.yml"


def default_state_directory(environment: Mapping[str, str], uid: int) -> Path:
    """`/var/lib/trustconsole` for root, else the XDG state directory's."""
    if uid == 0:
        return Path("/var/lib/trustconsole")
    return _xdg(environment, "XDG_STATE_HOME", ".local/state") / "trustconsole"


def _xdg(environment: Mapping[str, str], variable: str, fallback: str) -> Path:
    named = environment.get(variable, "")
    if named.startswith("/"):  # the XDG specification: relative values are invalid and ignored
        return Path(named)
    return Path(environment.get("HOME") or "/") / fallback


def load_settings(path: Path) -> Settings:
    """The settings in `path`.

    Raises `SettingsError` with file, line, column and key for anything that is missing, unreadable, of the
    wrong type, twice, or not a known key.
    """
    try:
        data = read_bounded(path, limits.YAML_BYTES, what="settings file").data
    except InputError as error:
        raise SettingsError(error.message, hint=error.hint, location=error.location) from error
    top = load_mapping(data, path, _TOP_KEYS)
    base = path.absolute().parent

    def located(entry: Entry | None) -> Path | None:
        return base / entry.text() if entry is not None else None

    modules = top["modules"].items() if "modules" in top else ()
    nodes = tuple(_node(entry, base) for entry in top["nodes"].items()) if "nodes" in top else ()
    _refuse_same_names(nodes, top)
    return Settings(
        path=path,
        controller_config=located(top.get("controller_config")),
        modules=tuple(base / entry.text() for entry in modules),
        state=located(top.get("state")),
        nodes=nodes,
        release=read_signer(top.get("release"), base),
        images=read_signer(top.get("images"), base),
    )


def _refuse_same_names(nodes: tuple[NodeSettings, ...], top: Mapping[str, Entry]) -> None:
    seen: set[str] = set()
    for node, entry in zip(nodes, top["nodes"].items() if nodes else (), strict=True):
        if node.name in seen:
            raise entry.error(f"a second node is named {node.name}", "give every node its own name")
        seen.add(node.name)


def _node(entry: Entry, base: Path) -> NodeSettings:
    keys = entry.mapping(_NODE_KEYS)
    if "name" not in keys:
        raise entry.error("this node has no name", "add name: NODE")
    role = keys["role"].choice(("controller", "daemon")) if "role" in keys else "controller"

    def path_of(key: str) -> Path | None:
        return Path(keys[key].text()) if key in keys else None

    return NodeSettings(
        name=keys["name"].text(),
        role="daemon" if role == "daemon" else "controller",
        evidence=_evidence(keys["evidence"], base, remote="via" in keys) if "evidence" in keys else MANUAL,
        via=_command(keys.get("via")),
        config=path_of("config"),
        trust_root=path_of("trust_root"),
        rekor_key=path_of("rekor_key"),
        restart=_command(keys.get("restart")),
        ready=_url(keys["ready"]) if "ready" in keys else None,
    )


def _command(entry: Entry | None) -> tuple[str, ...]:
    if entry is None:
        return ()
    arguments = tuple(
        item.text() for item in entry.items("write the command as a list: [systemctl, restart, X]")
    )
    if not arguments:
        raise entry.error(f"{entry.key} is an empty list", "name the command, or leave the key out")
    return arguments


def _url(entry: Entry) -> str:
    url = entry.text()
    if not url.startswith(("http://", "https://")):
        raise entry.error("ready is not an http or https URL", "for example http://127.0.0.1:8080/ready")
    return url


def _evidence(entry: Entry, base: Path, *, remote: bool) -> Evidence:
    if entry.is_scalar:
        entry.choice(("manual",))
        return MANUAL
    keys = entry.mapping(_EVIDENCE_KEYS)
    kinds = [kind for kind in _EVIDENCE_KEYS if kind in keys]
    if len(kinds) != 1:
        raise entry.error(
            "evidence names none or several kinds", f"give exactly one of {', '.join(_EVIDENCE_KEYS)}"
        )
    kind = kinds[0]
    if kind == "manual":
        return MANUAL
    value = keys[kind].text()
    # A pid file of this host is found from the settings file; one behind `via` only as it is written.
    return Evidence(kind, str(base / value) if kind == "pid_file" and not remote else value)
