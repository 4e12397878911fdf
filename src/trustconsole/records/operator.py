"""Who acts: the person behind this process, as far as the operating system knows.

What is found here is written into the audit log and into locks. It identifies honest operators; whoever is
root can be anybody, which no record on the same host prevents.
"""

from __future__ import annotations

import os
import pwd
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

_LONGEST_NAME: Final = 256


@dataclass(frozen=True, slots=True)
class Operator:
    """`uid` is the real user id, `login` who logged in, `sudo_user` who became it by sudo, `tty` a path."""

    uid: int
    login: str
    sudo_user: str | None = None
    tty: str | None = None

    @classmethod
    def current(cls, environment: Mapping[str, str] | None = None) -> Operator:
        """The operator of this process; `environment` is the process's unless given. Never raises."""
        environment = os.environ if environment is None else environment
        uid = os.getuid()
        sudo_user = environment.get("SUDO_USER", "")[:_LONGEST_NAME]
        return cls(uid, _login(uid), sudo_user or None, _tty())

    def to_dict(self) -> dict[str, object]:
        """`{"uid", "login", "sudo_user", "tty"}`."""
        return {"uid": self.uid, "login": self.login, "sudo_user": self.sudo_user, "tty": self.tty}

    def __str__(self) -> str:
        """`root (uid 0, by sudo from ann, /dev/pts/3)`; may quote untrusted text."""
        sudo = f"by sudo from {self.sudo_user}" if self.sudo_user else ""
        return f"{self.login} ({', '.join(part for part in (f'uid {self.uid}', sudo, self.tty) if part)})"


def _login(uid: int) -> str:
    try:
        return os.getlogin()[:_LONGEST_NAME]
    except OSError:  # no terminal, no login: a service or a container
        pass
    try:
        return pwd.getpwuid(uid).pw_name[:_LONGEST_NAME]
    except KeyError:
        return str(uid)


def _tty() -> str | None:
    for descriptor in (0, 1, 2):
        try:
            return os.ttyname(descriptor)
        except OSError:
            continue
    return None
