"""What `image verify REF` names: a directory, a saved archive, or an image in a registry.

Grammar of registry references: the `distribution` project's `reference` package; a host is always written
out, so that no reference is ever completed to a registry that nobody named.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from trustconsole.errors import UsageError

DIGEST: Final = re.compile(r"sha256:[0-9a-f]{64}", re.ASCII)
_COMPONENT: Final = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_HOST: Final = r"(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?"
_REPOSITORY: Final = re.compile(rf"(?P<host>{_HOST})/(?P<name>{_COMPONENT}(?:/{_COMPONENT})*)", re.ASCII)
_TAG: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}", re.ASCII)
_LONGEST: Final = 255
_HINT: Final = "a directory, a saved archive, or HOST/REPOSITORY[:TAG|@sha256:HEX]"


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository in a registry; host with its port, where it has one."""

    host: str
    name: str

    def __str__(self) -> str:
        return f"{self.host}/{self.name}"

    @property
    def on_loopback(self) -> bool:
        """Whether the host is this machine by its name or address: only there may TLS be missing."""
        return is_loopback(self.host)


@dataclass(frozen=True, slots=True)
class LocalReference:
    """A directory or a saved archive, and which of its images is meant (None: the only one)."""

    path: Path
    digest: str | None


@dataclass(frozen=True, slots=True)
class RegistryReference:
    """An image in a registry, by digest where one is given, else by its tag."""

    repository: Repository
    tag: str | None
    digest: str | None


def read_reference(text: str) -> LocalReference | RegistryReference:
    """What `text` names: a path where something is there, else a registry reference, else a path again.

    Raises `UsageError` for what can be neither, or for a digest that is none.
    """
    place, at, digest = text.rpartition("@")
    if not at or not DIGEST.fullmatch(digest):
        place, digest = text, ""
    if not place or "\0" in place:
        raise UsageError("the reference names no image", hint=_HINT)
    if place.startswith(("/", "./", "../")) or _is_there(place):
        return LocalReference(Path(place), digest or None)
    if "@" in place:
        raise UsageError("what follows @ is not sha256: and 64 lowercase hex digits", hint=_HINT)
    head, colon, tag = place.rpartition(":")
    if not colon or "/" in tag:
        head, tag = place, ""
    repository = read_repository(head)
    if repository is None or (tag and not _TAG.fullmatch(tag)):
        return LocalReference(Path(place), digest or None)
    return RegistryReference(repository, tag or (None if digest else "latest"), digest or None)


def _is_there(place: str) -> bool:
    try:
        return Path(place).exists()
    except OSError:  # a name that is too long for the file system
        return False


def read_repository(text: str) -> Repository | None:
    """`HOST/REPOSITORY`, None where `text` is none; the host holds a dot or a port, or is localhost."""
    match = _REPOSITORY.fullmatch(text) if len(text) <= _LONGEST else None
    if match is None:
        return None
    host = match["host"]
    if host != "localhost" and not any(char in host for char in ".:"):
        return None
    return Repository(host, match["name"])


def is_loopback(host: str) -> bool:
    """Whether `host` (with or without port) is this machine, without asking a name server."""
    name = host
    if host.startswith("["):
        name = host[1:].partition("]")[0]
    elif host.count(":") == 1:  # more of them: an IPv6 address, which has no port unless it is in brackets
        name = host.partition(":")[0]
    name = name.rstrip(".").lower()
    if name == "localhost":
        return True
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return bool((mapped or address).is_loopback)


def tag_of(reference: str) -> str:
    """The tag at the end of a name that may or may not hold a repository before it."""
    return reference.rpartition(":")[2]
