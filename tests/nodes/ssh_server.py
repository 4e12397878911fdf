"""A real OpenSSH server on loopback, with keys and settings of its own, for the user who runs the tests."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

PATIENCE = 20.0


def programs() -> dict[str, str] | None:
    """Where `sshd`, `ssh` and `ssh-keygen` are; None where one of them is missing."""
    search = f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin"
    found = {name: shutil.which(name, path=search) for name in ("sshd", "ssh", "ssh-keygen")}
    return {name: path for name, path in found.items() if path} if all(found.values()) else None


def make_key(path: Path, keygen: str) -> Path:
    """A new key pair without a passphrase."""
    subprocess.run([keygen, "-q", "-t", "ed25519", "-N", "", "-f", path], check=True)
    return path


@dataclass
class SshServer:
    """`via` reaches it; `start` and `stop` do what they say."""

    directory: Path
    found: dict[str, str]
    port: int
    force: str | None = None
    process: subprocess.Popen[bytes] | None = None

    @property
    def via(self) -> tuple[str, ...]:
        return (self.found["ssh"], "-F", str(self.directory / "client.conf"), "controller-1")

    @property
    def known_hosts(self) -> Path:
        return self.directory / "known_hosts"

    def prepare(self) -> None:
        keygen = self.found["ssh-keygen"]
        host, user = (make_key(self.directory / name, keygen) for name in ("host", "user"))
        shutil.copy(f"{user}.pub", self.directory / "authorized_keys")
        self.know(host)
        (self.directory / "server.conf").write_text(
            f"Port {self.port}\nListenAddress 127.0.0.1\nHostKey {host}\nPidFile none\nUsePAM no\n"
            f"AuthorizedKeysFile {self.directory}/authorized_keys\nStrictModes no\nPrintMotd no\n"
            "PasswordAuthentication no\nKbdInteractiveAuthentication no\nPermitRootLogin prohibit-password\n"
            + (f"ForceCommand {self.force}\n" if self.force else "")
        )
        (self.directory / "client.conf").write_text(
            f"Host controller-1\nHostName 127.0.0.1\nPort {self.port}\nIdentityFile {user}\n"
            f"IdentitiesOnly yes\nUserKnownHostsFile {self.known_hosts}\nGlobalKnownHostsFile none\n"
            "StrictHostKeyChecking yes\nControlMaster no\n"
        )

    def know(self, key: Path) -> None:
        """The client expects this host key."""
        public = Path(f"{key}.pub").read_text()
        self.known_hosts.write_text(f"[127.0.0.1]:{self.port} {public}")

    def start(self) -> None:
        if os.geteuid() == 0:
            Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)  # sshd's own, made at boot elsewhere
        log = (self.directory / "log").open("ab")
        with log:
            self.process = subprocess.Popen(
                [self.found["sshd"], "-D", "-e", "-f", self.directory / "server.conf"],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until and self.process.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.02)
        raise AssertionError((self.directory / "log").read_text())

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(PATIENCE)
            self.process = None


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])
