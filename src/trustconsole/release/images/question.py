"""What is asked about an image, once every file that the question names has been read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from trustconsole.release.policy import SignerPolicy
from trustconsole.verification.identity import IdentityPolicy
from trustconsole.verification.log_entry import LogEntry

Search = Callable[[str], tuple[LogEntry, ...]]
"""Asks a log for its entries about a SHA-256 in hex; raises `InputError`."""


@dataclass(frozen=True, slots=True)
class ImageQuestion:
    """`complete`: every blob must be in the copy. `entries` were fetched elsewhere, and of a signature one
    of them must hold; `search` asks a log where nothing proves a time. `jobs` blobs are hashed at once.

    `builder` says who was to build the image where that is not who signed it (a bare key tells nobody).
    """

    policy: SignerPolicy
    complete: bool = False
    entries: tuple[LogEntry, ...] = ()
    search: Search | None = None
    jobs: int = 2
    builder: IdentityPolicy | None = None
