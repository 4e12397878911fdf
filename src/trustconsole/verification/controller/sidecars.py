"""The signature file as the build reads it: the steps `sidecar` and `parse`."""

from __future__ import annotations

import re

from trustconsole.errors import MissingFile, SpecialFile
from trustconsole.text import human_bytes, plural
from trustconsole.trust_root import (
    JavaBase64Error,
    JavaCertificateError,
    java_base64_decode,
    java_certificate,
)
from trustconsole.verification.case import Case
from trustconsole.verification.controller.answers import (
    ARGUMENT,
    SENTENCES,
    UNCHECKED_IO,
    BuildAnswer,
    refused,
    skipped,
    thrown,
    unknown,
)
from trustconsole.verification.controller.certificate import Certificate, take_apart
from trustconsole.verification.controller.java_json import JavaJsonError, Missing, Node, read_tree
from trustconsole.verification.controller.json_nodes import as_text, is_blank, java_trim, member
from trustconsole.verification.controller.state import ControllerState
from trustconsole.verification.engine import Result

_SPACE = re.compile(r"\s", re.ASCII)
_CERTIFICATE = re.compile(
    r"-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+?)-----END CERTIFICATE-----", re.ASCII
)


def check_sidecar(case: Case, state: ControllerState) -> Result:
    """Is there a regular file of the mode's kind."""
    sidecar = case.sidecar
    path = sidecar.path if sidecar else case.sidecar_expected_at
    if sidecar is None or isinstance(sidecar.error, MissingFile | SpecialFile):
        sentence = SENTENCES.no_sidecar if state.mode == "KEYED" else SENTENCES.no_bundle
        answer = refused(sentence.format(path=path))
        return thrown(
            answer, f"there is no signature file at {path}", expected=path, other=case.other_sidecar
        )
    if sidecar.data is None:
        return unknown("verify", str(sidecar.error or f"{path} cannot be read"))
    state.sidecar = sidecar.data
    detail = f"{path}, {human_bytes(len(sidecar.data))}"
    return Result("pass", detail, {"path": path, "sha256": sidecar.sha256})


def check_parse(case: Case, state: ControllerState) -> Result:
    """Does the build's reader take it, and does it hold a signature."""
    if state.sidecar is None:
        return skipped("there is no signature file to read")
    path = case.sidecar.path if case.sidecar else case.sidecar_expected_at
    try:
        if state.mode == "KEYED":
            return _parse_text(state, state.sidecar)
        return _parse_bundle(case, state, state.sidecar, path)
    except BuildAnswer as answer:
        return thrown(answer, f"the controller refuses the signature file: {answer}", path=path)


def _parse_text(state: ControllerState, data: bytes) -> Result:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        answer = BuildAnswer(UNCHECKED_IO, SENTENCES.unreadable_sidecar)
        return thrown(
            answer, f"the signature file is not UTF-8 text (byte {error.start})", offset=error.start
        )
    state.signature = _decode(java_trim(text))
    state.parsed = True
    return Result("pass", f"Base64 text of {plural(len(state.signature), 'byte')}")


def _decode(text: str) -> bytes:
    try:
        return java_base64_decode(text)
    except JavaBase64Error as error:
        raise BuildAnswer(ARGUMENT, str(error)) from error


def _parse_bundle(case: Case, state: ControllerState, data: bytes, path: str) -> Result:
    try:
        state.bundle = case.read_once("tree", data, lambda: read_tree(data))
    except JavaJsonError as error:
        answer = BuildAnswer(UNCHECKED_IO, SENTENCES.unreadable_bundle.format(path=path))
        return thrown(answer, f"the bundle is not JSON: {error} at byte {error.offset}", offset=error.offset)
    text = as_text(member(state.bundle, "base64Signature"))
    if text is None or is_blank(text):
        answer = refused(SENTENCES.no_signature.format(path=path))
        return thrown(answer, "the bundle holds no base64Signature", root=_kind(state.bundle))
    signature = case.read_once("signature", data, lambda: _decode(text))
    certificate = member(state.bundle, "cert")
    state.leaf = case.read_once("cert", data, lambda: _certificate(certificate, path))
    state.signature, state.parsed = signature, True
    if state.leaf is None:
        return Result("pass", f"a bundle with a signature of {plural(len(signature), 'byte')}")
    evidence = {"cert_sha256": state.leaf.loaded.sha256, "spki_sha256": state.leaf.key.sha256}
    return Result("pass", "a bundle with a signature and a certificate", evidence)


def _kind(node: Node) -> str:
    if isinstance(node, Missing):
        return "nothing"
    if isinstance(node, dict):
        return "object"
    return "array" if isinstance(node, list) else "scalar"


def _certificate(node: Node, path: str) -> Certificate | None:
    """The first well-formed CERTIFICATE block of `cert`; the rest of a chain is never looked at."""
    text = as_text(node)
    if text is None or is_blank(text):
        return None
    if "BEGIN CERTIFICATE" not in text:
        text = _decode(_SPACE.sub("", text)).decode("utf-8", "replace")
    match = _CERTIFICATE.search(text)
    if match is None:
        raise refused(SENTENCES.bad_certificate.format(path=path, why=SENTENCES.no_certificate_block))
    der = _decode(_SPACE.sub("", match[1]))
    try:
        return take_apart(java_certificate(der))
    except JavaCertificateError as error:
        raise refused(SENTENCES.bad_certificate.format(path=path, why=error)) from error
