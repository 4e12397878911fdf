"""The two time types of a certificate as the controller's runtime accepts them (Java 25).

Only acceptance matters here: verification takes the dates from the certificate object. Seconds may be absent
before Z, offsets may replace Z after seconds, and a generalised time may have a fraction, all of which
RFC 5280 forbids.
"""

from __future__ import annotations

import re

from trustconsole.trust_root import java_der as der
from trustconsole.trust_root.java_der import CannotPredict, DerValue, JavaIOError

_LIMITS = ((1, 12), (1, 31), (0, 23), (0, 59), (0, 59))
_FRACTION = re.compile(rb"[.,]\d+(?=[Z+-])")


def read_time(value: DerValue) -> None:
    """Refuses what the runtime refuses: raises `JavaIOError`, or `CannotPredict`."""
    utc = value.tag == der.UTC_TIME
    raw = value.content
    if utc and not 11 <= len(raw) <= 17:
        raise JavaIOError("DER UTC Time length error")
    if not utc and len(raw) < 13:
        raise JavaIOError("DER Generalized Time length error")
    name = "UTC" if utc else "Generalized"
    start = 2 if utc else 4
    fields, rest = raw[: start + 8], raw[start + 8 :]
    seconds = b"00"
    if len(rest) > 2:
        seconds, rest = rest[:2], rest[2:]
        if not utc and rest[:1] in (b".", b","):
            rest = _without_fraction(rest)
    if not re.fullmatch(rb"\d+", fields + seconds):
        raise JavaIOError(f"Parse {name} time, invalid format")
    numbers = [int(fields[at : at + 2]) for at in range(start, start + 8, 2)]
    bounds = zip((*numbers, int(seconds)), _LIMITS, strict=True)
    if any(not low <= number <= high for number, (low, high) in bounds):
        raise JavaIOError(f"Parse {name} time, invalid format")
    _check_zone(rest, name)


def _without_fraction(rest: bytes) -> bytes:
    match = _FRACTION.match(rest)
    if match is None:
        raise CannotPredict("an odd fraction of a second")
    return rest[match.end() :]


def _check_zone(zone: bytes, name: str) -> None:
    if len(zone) not in (1, 5):
        raise JavaIOError(f"Parse {name} time, invalid offset")
    if zone[:1] == b"Z":
        if len(zone) != 1:
            raise JavaIOError(f"Parse {name} time, invalid format")
        return
    if zone[:1] not in (b"+", b"-"):
        raise JavaIOError(f"Parse {name} time, garbage offset")
    if len(zone) != 5:
        raise JavaIOError(f"Parse {name} time, invalid offset")
    if not re.fullmatch(rb"\d{4}", zone[1:]):
        raise JavaIOError(f"Parse {name} time, invalid format")
    if int(zone[1:3]) > 23 or int(zone[3:]) > 59:
        raise JavaIOError(f"Parse {name} time, {chr(zone[0])}hhmm")
