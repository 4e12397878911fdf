"""What the controller build loads from a PEM file in each of its three roles, with its exact refusals.

The build searches the decoded text with one expression for each label, so it sees blocks that no PEM tool
sees and misses some that a person sees. Key blocks are all read before the certificate blocks. Source:
observed answers of build cd937d338454.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from trustconsole.trust_root.java_base64 import JavaBase64Error, java_base64_decode
from trustconsole.trust_root.java_certificates import JavaCertificateError, java_certificate
from trustconsole.trust_root.java_der import CannotPredict
from trustconsole.trust_root.java_keys import java_public_key
from trustconsole.trust_root.model import LOAD_AS, ControllerLoad, LoadAs, LoadedCertificate, LoadedKey
from trustconsole.trust_root.positions import LineIndex

BEGIN = "-----BEGIN "
_ARGUMENT, _STATE, _IO = "IllegalArgumentException", "IllegalStateException", "UncheckedIOException"


def _expression(label: str) -> re.Pattern[str]:
    return re.compile(rf"-----BEGIN {label}-----([A-Za-z0-9+/=\s]+?)-----END {label}-----", re.ASCII)


_KEY, _CERTIFICATE = _expression("PUBLIC KEY"), _expression("CERTIFICATE")
_SPACE = re.compile(r"\s", re.ASCII)


@dataclass(frozen=True, slots=True)
class RoleTexts:
    """The build's sentences for one role; `{path}` is the path as configured."""

    missing: str
    unreadable: str
    empty: str


_TEXTS: dict[LoadAs, RoleTexts] = {
    "KEYED": RoleTexts(
        "trust bundle does not exist: {path}",
        "failed to read trust bundle: {path}",
        "trust bundle has no PUBLIC KEY blocks: {path}",
    ),
    "COSIGN_BUNDLE": RoleTexts(
        "trust bundle does not exist: {path}",
        "failed to read trust bundle: {path}",
        "trust bundle has no PUBLIC KEY or CERTIFICATE blocks: {path}",
    ),
    "REKOR": RoleTexts(
        "rekor public key file does not exist: {path}",
        "failed to read rekor public key file: {path}",
        "rekor public key file has no PUBLIC KEY blocks: {path}",
    ),
}
_BAD_CERTIFICATE = "failed to parse trust bundle: {path}"
_BAD_KEY = "unsupported public key (sha256={sha256})"


class _RefusalError(Exception):
    def __init__(self, exception: str, message: str) -> None:
        super().__init__(message)
        self.exception = exception
        self.message = message


@dataclass(frozen=True, slots=True)
class Taken:
    """Where the build finds blocks: offsets of the label's first character, for keys and certificates."""

    keys: frozenset[int]
    certificates: frozenset[int]


def taken_blocks(text: str) -> Taken:
    """The blocks that the build's expressions match in `text`, whether or not they load."""
    return Taken(
        frozenset(match.start() + len(BEGIN) for match in _KEY.finditer(text)),
        frozenset(match.start() + len(BEGIN) for match in _CERTIFICATE.finditer(text)),
    )


def matched_bodies(text: str) -> Mapping[str, tuple[tuple[int, str], ...]]:
    """What the build would decode, by label and in its order: the label's offset, the body without spaces."""
    return {
        label: tuple(
            (match.start() + len(BEGIN), _SPACE.sub("", match[1])) for match in expression.finditer(text)
        )
        for label, expression in (("PUBLIC KEY", _KEY), ("CERTIFICATE", _CERTIFICATE))
    }


def load_all(data: bytes, path: str) -> Mapping[LoadAs, ControllerLoad]:
    """The three roles for the bytes of an existing regular file."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return {
            role: ControllerLoad(role, False, _IO, _TEXTS[role].unreadable.format(path=path))
            for role in LOAD_AS
        }
    return {role: _load(role, text, path) for role in LOAD_AS}


def load_missing(path: str) -> Mapping[LoadAs, ControllerLoad]:
    """The three roles where the path is not a regular file."""
    return {
        role: ControllerLoad(role, False, _ARGUMENT, _TEXTS[role].missing.format(path=path))
        for role in LOAD_AS
    }


def load_unknown(reason: str) -> Mapping[LoadAs, ControllerLoad]:
    """The three roles where the answer depends on what the console cannot see."""
    return {role: ControllerLoad(role, None, None, reason) for role in LOAD_AS}


def _load(role: LoadAs, text: str, path: str) -> ControllerLoad:
    lines = LineIndex(text)
    try:
        keys = tuple(_key(match[1], lines.line_of(match.start())) for match in _KEY.finditer(text))
        certificates: tuple[LoadedCertificate, ...] = ()
        if role == "COSIGN_BUNDLE":
            certificates = tuple(
                _certificate(match[1], lines.line_of(match.start()), path)
                for match in _CERTIFICATE.finditer(text)
            )
        if not keys and not certificates:
            raise _RefusalError(_STATE, _TEXTS[role].empty.format(path=path))
    except _RefusalError as refused:
        return ControllerLoad(role, False, refused.exception, refused.message)
    except CannotPredict as unknown:
        return ControllerLoad(role, None, None, f"cannot be predicted: {unknown}")
    return ControllerLoad(role, True, None, None, keys, certificates)


def _decode(body: str) -> bytes:
    try:
        return java_base64_decode(_SPACE.sub("", body))
    except JavaBase64Error as error:
        raise _RefusalError(_ARGUMENT, str(error)) from error


def _key(body: str, line: int) -> LoadedKey:
    der = _decode(body)
    key = java_public_key(der)
    if key is None:
        raise _RefusalError(_STATE, _BAD_KEY.format(sha256=hashlib.sha256(der).hexdigest()))
    return replace(key, line=line)


def _certificate(body: str, line: int, path: str) -> LoadedCertificate:
    try:
        return replace(java_certificate(_decode(body)), line=line)
    except JavaCertificateError as error:
        raise _RefusalError(_STATE, _BAD_CERTIFICATE.format(path=path)) from error
