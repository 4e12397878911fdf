"""What a command's exit code says: pure functions over verdicts, so that one table of tests covers them all.

0 good · 1 refused, no-boot, error finding · 2 usage or unreadable input · 3 internal · 4 unknown.
Where several things are judged, the gravest counts, in the order 3, 2, 4, 1, 0.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, Literal

from trustconsole.errors import GateRefused, Indeterminate, ReadOnlyRefused, TrustConsoleError, WriteError

GOOD: Final = 0
REFUSED: Final = 1
USAGE: Final = 2
INTERNAL: Final = 3
UNKNOWN: Final = 4
INTERRUPTED: Final = 130
"""128 + SIGINT, as shells say it."""
BROKEN_PIPE: Final = 141
"""128 + SIGPIPE: the reader left before the verdicts; a `pipefail` script must not take that for good."""

Reading = Literal["documented", "controller", "both"]

_GRAVEST_FIRST: Final = (INTERNAL, USAGE, UNKNOWN, REFUSED, GOOD)

_DOCUMENTED: Final = {
    "accept": GOOD,
    "unsigned-allowed": GOOD,
    "reject": REFUSED,
    "no-boot": REFUSED,
    "error": USAGE,
    "unknown": UNKNOWN,
}
# A controller's `error` is an answer of the controller (HTTP 4xx or 500): it refuses, for whatever reason.
_CONTROLLER: Final = {**_DOCUMENTED, "error": REFUSED}


def worst(codes: Iterable[int]) -> int:
    """The gravest of them; 0 where there are none."""
    return min(codes, key=_GRAVEST_FIRST.index, default=GOOD)


def of_all(codes: Iterable[int]) -> int:
    """The gravest of several judgements; where nothing was judged, nothing is known."""
    return worst(found) if (found := tuple(codes)) else UNKNOWN


def of_verification(documented: str, controller: str, *, readable: bool, reading: Reading) -> int:
    """Of one artefact in the chosen reading; an artefact that cannot be read is 2 in each of them."""
    if not readable:
        return USAGE
    codes = {"documented": _DOCUMENTED[documented], "controller": _CONTROLLER[controller]}
    return worst(codes.values()) if reading == "both" else codes[reading]


def of_start(starts: bool | None) -> int:
    """Of whether a controller starts, or loads a file: None cannot be predicted."""
    return UNKNOWN if starts is None else GOOD if starts else REFUSED


def of_severities(severities: Iterable[str]) -> int:
    """Of findings: only errors count."""
    return REFUSED if "error" in severities else GOOD


def of_config(
    *, readable: bool, starts: bool | None, documented_starts: bool | None, severities: Iterable[str]
) -> int:
    """Of `config check`: the controller starts, in both readings, and nothing is an error."""
    if not readable:
        return USAGE
    documented = REFUSED if documented_starts is False else GOOD
    return worst((of_start(starts), documented, of_severities(severities)))


def of_profile(*, readable: bool, starts: bool | None) -> int:
    """Of `profile`: there is one, and the controller starts with it."""
    return of_start(starts) if readable else USAGE


def of_trust_root(
    *, readable: bool, certificates: bool, keyed: bool | None, cosign: bool | None, severities: Iterable[str]
) -> int:
    """Of `trust-root show`: COSIGN_BUNDLE loads the file, and KEYED too where it holds no certificate."""
    if not readable:
        return USAGE
    roles = [of_start(cosign)] if certificates else [of_start(cosign), of_start(keyed)]
    return worst((*roles, of_severities(severities)))


def of_error(error: TrustConsoleError) -> int:
    """Of an error that ended the command: a refusal, a state that is not known, or input of no use."""
    if isinstance(error, Indeterminate):
        return UNKNOWN
    return REFUSED if isinstance(error, GateRefused | ReadOnlyRefused | WriteError) else USAGE


def of_gate(*, holds: bool) -> int:
    """Of a step of a rotation, or a change that was asked for: a gate that does not hold is 1."""
    return GOOD if holds else REFUSED


def of_restarts(states: Iterable[str]) -> int:
    """Of `restarts`: a node on old files is 1, one of which it is unknown is 4, and so is none at all."""
    return of_all({"current": GOOD, "restart": REFUSED, "unknown": UNKNOWN}[state] for state in states)


def of_release(verdict: str, *, clean: bool) -> int:
    """Of a release: good only where it is accepted and `clean`, without a finding that is an error."""
    return REFUSED if verdict == "accept" and not clean else _DOCUMENTED[verdict]


def of_impact(*, readable: bool, allowed: bool, loses: bool, uncertain: bool, modules: int) -> int:
    """Of `impact`: nothing is lost, and the change could be written; nothing judged is nothing known."""
    if not readable:
        return USAGE
    doubt = UNKNOWN if uncertain or not modules else GOOD
    return worst((REFUSED if loses or not allowed else GOOD, doubt))
