"""Distinguished and general names as the controller's runtime reads them in a certificate (Java 25).

Whether it takes a name is all that matters here; names for people come from `keys.subject_text`.
"""

from __future__ import annotations

import re

from trustconsole.trust_root import java_der as der
from trustconsole.trust_root.java_der import CannotPredict, DerStream, DerValue, JavaIOError

_HOST = rb"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z][A-Za-z0-9-]*)*"
_OCTET = rb"(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_AUTHORITY = rb"(?:" + _HOST + rb"|" + _OCTET + rb"(?:\." + _OCTET + rb"){3})(?::[0-9]{1,5})?"
_PLAIN_URI = re.compile(rb"[A-Za-z][A-Za-z0-9+.-]*://" + _AUTHORITY + rb"(?:/[A-Za-z0-9._~/@:-]*)?")
_PLAIN_HOST = re.compile(rb"\.?" + _HOST)
_ADDRESS_BYTES = (4, 8, 16, 32)


def read_name(stream: DerStream) -> bool:
    """A distinguished name; whether it holds anything. Raises `JavaIOError`."""
    start = stream.position
    try:
        parts = stream.read().children(der.SEQUENCE)
    except JavaIOError:  # the runtime then takes all that follows for the content of the name
        rest = der.encode(der.SEQUENCE, stream.buffer[start : stream.end])
        parts = der.read_all(rest).children(der.SEQUENCE)
    filled = False
    for part in parts:
        if part.tag != der.SET:
            raise JavaIOError("X500 RDN")
        for pair in der.read_all(part.reencoded()).children(der.SET):
            filled = True
            _name_part(pair)
    return filled


def _name_part(pair: DerValue) -> None:
    if pair.tag != der.SEQUENCE:
        raise JavaIOError("AVA not a sequence")
    pair.stream.read().oid()
    value = pair.stream.read()
    if pair.stream.available:
        raise JavaIOError(f"AVA, extra bytes = {pair.stream.available}")
    if value.tag == der.BMP_STRING:
        text = value.content.decode("utf-16-be", "replace")
        beyond = next((index for index, char in enumerate(text) if ord(char) > 0xFFFF), None)
        if beyond is not None:
            raise JavaIOError(f"Illegal character in BMPString, index: {beyond}")


def read_general_names(value: DerValue) -> None:
    """A SEQUENCE of general names, at least one; raises `JavaIOError` or `CannotPredict`."""
    if value.tag != der.SEQUENCE:
        raise JavaIOError("Invalid encoding for GeneralNames.")
    if not value.stream.available:
        raise JavaIOError("No data available in passed DER encoded value.")
    while value.stream.available:
        read_general_name(value.stream.read(), constraint=False)


def read_general_name(name: DerValue, *, constraint: bool) -> None:
    """One general name; `constraint` where it stands in name constraints. Raises as `read_general_names`."""
    number = name.tag & 0x1F
    if number > 8:
        raise JavaIOError(f"Unrecognized GeneralName tag, ({number})")
    label, constructed = _FORMS[number]
    if name.tag & 0xC0 != 0x80 or name.constructed != constructed:
        raise JavaIOError(f"Invalid encoding of {label}")
    if number == 0:
        _other_name(name)
    elif number == 1:
        _mail(name.content)
    elif number == 4:
        read_name(name.stream)
    elif number == 6:
        if not (_PLAIN_HOST if constraint else _PLAIN_URI).fullmatch(name.content):
            raise CannotPredict("a URI in a certificate")
    elif number == 7:
        if len(name.content) not in _ADDRESS_BYTES:
            raise JavaIOError("Invalid IPAddressName")
    elif number == 8:
        DerValue(der.OID, name.buffer, name.start, name.end).oid()
    elif number != 2:
        raise CannotPredict(f"{label} in a certificate")


_FORMS = (
    ("Other-Name", True),
    ("RFC822 name", False),
    ("DNSName", False),
    ("X400Address name", True),
    ("Directory name", True),
    ("EDI name", True),
    ("URI", False),
    ("IP address", False),
    ("OID name", False),
)


def _mail(content: bytes) -> None:
    if not content:
        raise JavaIOError("RFC822Name may not be null or empty")
    domain = content[content.find(b"@") + 1 :]
    if not domain:
        raise JavaIOError("RFC822Name may not end with @")
    if domain == b".":
        raise JavaIOError("RFC822Name domain may not be just .")


def _other_name(name: DerValue) -> None:
    name.stream.read().oid()
    if name.stream.read().tag != 0xA0:
        raise JavaIOError("value is not EXPLICTly tagged [0]")
