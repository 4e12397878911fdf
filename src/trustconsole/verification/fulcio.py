"""What Fulcio writes into a leaf about who asked for it: the extensions under 1.3.6.1.4.1.57264.1.

Source: fulcio `docs/oid-info.md`. Numbers 1 to 6 are raw text, 8 and up a DER UTF8String; only those that a
verdict or an explanation needs have a name here. Values are what the identity provider said: untrusted text.
"""

from __future__ import annotations

from typing import Final

from cryptography import x509

from trustconsole.errors import MalformedInput

ARC: Final = "1.3.6.1.4.1.57264.1"
ISSUER_RAW: Final = 1
USER_NAME: Final = 7
"""The type of an OtherName that holds a user name."""
ISSUER: Final = 8
SOURCE_REPOSITORY: Final = 12
SOURCE_COMMIT: Final = 13
_LAST_RAW: Final = 6
_UTF8_STRING: Final = 0x0C


def extension_text(certificate: x509.Certificate, number: int) -> str | None:
    """The text of extension `ARC.number`, None where there is none; raises `MalformedInput`.

    Extensions that do not parse at all raise what `cryptography` raises (`trust_root.BROKEN_FIELDS`).
    """
    oid = x509.ObjectIdentifier(f"{ARC}.{number}")
    try:
        value = certificate.extensions.get_extension_for_oid(oid).value
    except x509.ExtensionNotFound:
        return None
    raw = value.public_bytes()
    if number > _LAST_RAW:
        return utf8_string(raw, f"the certificate's extension {oid.dotted_string}")
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        raise MalformedInput(f"the certificate's extension {oid.dotted_string} is not UTF-8") from error


def utf8_string(der: bytes, what: str) -> str:
    """The text of one DER UTF8String that fills `der`; raises `MalformedInput` that begins with `what`."""
    header = 2
    if len(der) >= 3 and der[1] in (0x81, 0x82):
        header += der[1] & 0x7F
    length = int.from_bytes(der[2:header]) if header > 2 else int.from_bytes(der[1:2])
    shortest = 2 if length < 0x80 else 3 if length < 0x100 else 4
    if der[:1] != bytes([_UTF8_STRING]) or header != shortest or len(der) != header + length:
        raise MalformedInput(f"{what} is not a UTF8String")
    try:
        return der[header:].decode()
    except UnicodeDecodeError as error:
        raise MalformedInput(f"{what} is not UTF-8") from error
