"""Settings are read strictly: what is wrong is named with its line and the nearest valid key."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from trustconsole.errors import SettingsError
from trustconsole.records import (
    MANUAL,
    Evidence,
    NodeSettings,
    Settings,
    SignerSettings,
    default_settings_path,
    default_state_directory,
    load_settings,
)

EVERYTHING = """\
controller_config: /opt/prexorcloud/controller/config/controller.yml
modules: [/opt/prexorcloud/controller/modules/.platform-store, modules]
state: /var/lib/trustconsole
nodes:
  - name: controller-1
    role: controller
    via: [ssh, controller-1]
    config: config/controller.yml
    trust_root: config/security/module-trust.pem
    rekor_key: config/security/rekor.pub
    evidence: { systemd: prexorcloud-controller }
    restart: [systemctl, restart, prexorcloud-controller]
    ready: http://127.0.0.1:8080/ready
  - name: "7"
    role: daemon
    evidence: { pid_file: run/daemon.pid }
  - { name: no, evidence: { process: "java -jar x.jar" } }
  - { name: by-hand, evidence: manual }
release:
  roots: pki/roots.pem
  rekor_key: pki/rekor.pub
  certificate_identity_regexp: ^https://example\\.org/.*$
  certificate_oidc_issuer: https://accounts.example.org
images: { key: /etc/keys/images.pub }
"""


def _load(tmp_path: Path, text: str | bytes) -> Settings:
    path = tmp_path / "settings.yml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return load_settings(path)


def test_every_key_is_read(tmp_path: Path) -> None:
    found = _load(tmp_path, EVERYTHING)
    assert found.controller_config == Path("/opt/prexorcloud/controller/config/controller.yml")
    assert found.modules == (
        Path("/opt/prexorcloud/controller/modules/.platform-store"),
        tmp_path / "modules",
    )
    assert found.state == Path("/var/lib/trustconsole")
    assert found.nodes[0] == NodeSettings(
        name="controller-1",
        role="controller",
        evidence=Evidence("systemd", "prexorcloud-controller"),
        via=("ssh", "controller-1"),
        config=Path("config/controller.yml"),
        trust_root=Path("config/security/module-trust.pem"),
        rekor_key=Path("config/security/rekor.pub"),
        restart=("systemctl", "restart", "prexorcloud-controller"),
        ready="http://127.0.0.1:8080/ready",
    )
    assert found.nodes[1].role == "daemon"
    assert found.nodes[1].evidence == Evidence("pid_file", str(tmp_path / "run/daemon.pid"))
    assert found.nodes[2] == NodeSettings("no", "controller", Evidence("process", "java -jar x.jar"))
    assert found.nodes[3].evidence == MANUAL
    assert found.release == SignerSettings(
        roots=tmp_path / "pki/roots.pem",
        rekor_key=tmp_path / "pki/rekor.pub",
        identity_regexp=r"^https://example\.org/.*$",
        issuer="https://accounts.example.org",
    )
    assert found.images == SignerSettings(key=Path("/etc/keys/images.pub"))


@pytest.mark.parametrize("text", ["", "# nothing\n", "---\n", "null\n", "{}\n"])
def test_an_empty_file_sets_nothing(tmp_path: Path, text: str) -> None:
    assert _load(tmp_path, text) == Settings(path=tmp_path / "settings.yml")


@pytest.mark.parametrize(
    ("text", "line", "message", "hint"),
    [
        ("module: []", 1, "module is not a key of the file", "did you mean modules?"),
        ("\nfoo: 1", 2, "foo is not a key of the file", "valid here: controller_config"),
        ("state: /a\nmodules: []\nstate: /b", 3, "state is set twice, first in line 1", "keep one"),
        ("modules: /srv", 1, "modules is not a list", "list"),
        ("modules: [[a]]", 1, "modules[0] is not text", "one value"),
        ("state:", 1, "state is empty", "leave the key out"),
        ("state: ''", 1, "state is empty", "leave the key out"),
        ('state: "a\\0b"', 1, "state holds a NUL character", "remove"),
        ('state: "a\\ud800b"', 1, "state holds half a character", "write the character out"),
        ("- a", 1, "the file is not a mapping", "controller_config"),
        ("nodes:\n  - role: daemon", 2, "this node has no name", "add name"),
        ("nodes:\n- name: a\n- name: a", 3, "a second node is named a", "own name"),
        ("nodes: [{name: a, role: deamon}]", 1, "nodes[0].role is deamon", "did you mean daemon?"),
        ("nodes: [{name: a, trustroot: b}]", 1, "trustroot is not a key", "did you mean trust_root?"),
        ("nodes: [{name: a, evidence: {}}]", 1, "none or several kinds", "exactly one of systemd"),
        ("nodes: [{name: a, evidence: {systemd: u, pid_file: p}}]", 1, "none or several", "exactly one"),
        ("nodes: [{name: a, evidence: manually}]", 1, "evidence is manually", "did you mean manual?"),
        ("nodes: [{name: a, evidence: {pidfile: p}}]", 1, "pidfile is not a key", "mean pid_file?"),
        ("nodes: [{name: a, restart: reboot}]", 1, "restart is not a list", "[systemctl, restart, X]"),
        ("nodes: [{name: a, via: []}]", 1, "via is an empty list", "leave the key out"),
        ("release: [a]", 1, "release is not a mapping", "write keys under it: trusted_root"),
        ("release: {root: a}", 1, "root is not a key of release", "did you mean roots?"),
        ("release: {roots: a, key: b}", 1, "roots and key exclude each other", "keep one"),
        (
            "images: {certificate_identity: a, certificate_identity_regexp: b}",
            1,
            "certificate_identity and certificate_identity_regexp exclude each other",
            "keep one",
        ),
        ("images: {trusted_root: ''}", 1, "images.trusted_root is empty", "leave the key out"),
        ("nodes: [{name: a, ready: ftp://x}]", 1, "not an http or https URL", "http://127"),
        ("state: &a /x", 1, "anchor or alias", "write the value out"),
        ("state: !!python/name:os.system x", 1, "holds a tag", "remove"),
        ("state: [", 1, "is not YAML", "mend"),
        ("state: /a\n--- \nstate: /b", 2, "is not YAML", "mend"),
        ("modules: " + "[" * 5000, 1, "nested too deep", "simplify"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(
    tmp_path: Path, text: str, line: int, message: str, hint: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        _load(tmp_path, text)
    assert message in caught.value.message
    assert hint in caught.value.hint
    location = caught.value.location
    assert location is not None
    assert (location.path, location.line) == (str(tmp_path / "settings.yml"), line)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"state: \xff", "is not UTF-8"),
        (b"state: \x07", "a character that YAML forbids"),
        (b"x" * (1024 * 1024 + 1), "larger than the limit of 1.0 MiB"),
    ],
)
def test_bytes_that_are_no_settings_are_refused(tmp_path: Path, data: bytes, message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        _load(tmp_path, data)


def test_a_missing_file_is_a_settings_error_with_its_path(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="does not exist") as caught:
        load_settings(tmp_path / "none.yml")
    assert str(tmp_path / "none.yml") in str(caught.value)


@given(text=st.text() | st.from_regex(r"(nodes|modules|state|[-:{}\[\]&*!|>'\" \n\tab])*", fullmatch=True))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_text_is_settings_or_a_settings_error(tmp_path: Path, text: str) -> None:
    try:
        found: object = _load(tmp_path, text.encode("utf-8", "surrogatepass"))
    except SettingsError as error:
        found = error.message and error.hint
    assert isinstance(found, Settings) or found


@pytest.mark.parametrize(
    ("environment", "uid", "settings_path", "state"),
    [
        ({"HOME": "/root"}, 0, "/etc/trustconsole/settings.yml", "/var/lib/trustconsole"),
        (
            {"HOME": "/home/a"},
            1000,
            "/home/a/.config/trustconsole/settings.yml",
            "/home/a/.local/state/trustconsole",
        ),
        (
            {"HOME": "/home/a", "XDG_CONFIG_HOME": "/c", "XDG_STATE_HOME": "/s"},
            1000,
            "/c/trustconsole/settings.yml",
            "/s/trustconsole",
        ),
        (
            {"HOME": "/home/a", "XDG_CONFIG_HOME": "relative", "XDG_STATE_HOME": ""},
            1000,
            "/home/a/.config/trustconsole/settings.yml",
            "/home/a/.local/state/trustconsole",
        ),
    ],
)
def test_default_paths_follow_the_user(
    environment: dict[str, str], uid: int, settings_path: str, state: str
) -> None:
    assert default_settings_path(environment, uid) == Path(settings_path)
    assert default_state_directory(environment, uid) == Path(state)
