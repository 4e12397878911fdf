"""The two time types of a certificate as the controller's runtime accepts them (Java 25).

Only acceptance matters here: verification takes the dates from the certificate object. Seconds may be absent
before Z, offsets may replace Z after seconds, and a generalised time may
have a fraction, all of which RFC 5280 forbids.
"""

from __future__ import annotations

import re

from trustconsole.trust_root import java_der as der
from trustconsole.trust_root.java_der import CannotPredict, DerValue, JavaIOError

_LIMITS = ((1, 12), (1, 31), (0, 23), (0, 59))
_FORM = re.compile(
    rb"(?P<fields>\d{8})(?:(?P<seconds>\d\d)(?P<fraction>[.,]\d+)?(?P<zone>Z|[+-]\d{4})|Z)", re.DOTALL
)


def read_time(value: DerValue) -> None:
    """Refuses what the runtime refuses: raises `JavaIOError`, or `CannotPredict`."""
    utc = value.tag == der.UTC_TIME
    raw = value.content
    if utc and not 11 <= len(raw) <= 17:
        raise JavaIOError("DER UTC Time length error")
    if not utc and len(raw) < 13:
        raise JavaIOError("DER Generalized Time length error")
    name = "UTC" if utc else "Generalized"
    year_digits = 2 if utc else 4
    if not re.fullmatch(rb"\d+", raw[: year_digits + 8]):
        raise JavaIOError(f"Parse {name} time, invalid format")
    match = _FORM.fullmatch(raw[year_digits:])
    if match is None or (utc and match["fraction"]):
        _refuse(raw[year_digits + 8 :], name)
        return
    fields = match["fields"]
    numbers = [int(fields[at : at + 2]) for at in range(0, 8, 2)]
    bounds = zip(numbers, _LIMITS, strict=True)
    if any(not low <= number <= high for number, (low, high) in bounds) or int(match["seconds"] or b"0") > 59:
        raise JavaIOError(f"Parse {name} time, invalid format")
    zone = match["zone"] or b"Z"
    if zone != b"Z" and (int(zone[1:3]) > 23 or int(zone[3:5]) > 59):
        raise JavaIOError(f"Parse {name} time, {chr(zone[0])}hhmm")


def _refuse(tail: bytes, name: str) -> None:
    """`tail` follows hours and minutes and has none of the forms."""
    if len(tail) > 2 and not re.fullmatch(rb"\d\d", tail[:2]):
        raise JavaIOError(f"Parse {name} time, invalid format")
    rest = tail[2:] if len(tail) > 2 else tail
    if name == "Generalized" and rest[:1] in (b".", b","):
        raise CannotPredict("an odd fraction of a second")
    if len(rest) not in (1, 5):
        raise JavaIOError(f"Parse {name} time, invalid offset")
    if rest[:1] not in (b"Z", b"+", b"-"):
        raise JavaIOError(f"Parse {name} time, garbage offset")
    if rest[:1] == b"Z" or len(rest) != 5:
        raise JavaIOError(f"Parse {name} time, invalid {'format' if rest[:1] == b'Z' else 'offset'}")
    raise JavaIOError(f"Parse {name} time, invalid format")
