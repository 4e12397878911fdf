"""What the checks of the controller reading tell one another while one case is judged."""

from __future__ import annotations

from dataclasses import dataclass, field

from trustconsole.trust_root import LoadedCertificate, LoadedKey
from trustconsole.verification.case import Mode
from trustconsole.verification.controller.certificate import Certificate
from trustconsole.verification.controller.java_crypto import JavaKey
from trustconsole.verification.controller.java_json import Node


@dataclass(slots=True)
class ControllerState:
    """Filled from check to check.

    `signature` is None until it was decoded. `leaf` is the bundle's certificate. `keys`, `anchors` and
    `log_keys` are what the build loaded. `via` says which way the signature was accepted.
    """

    mode: Mode = "COSIGN_BUNDLE"
    loaded: bool = False
    keys: tuple[LoadedKey, ...] = ()
    anchors: tuple[LoadedCertificate, ...] = ()
    log_keys: tuple[LoadedKey, ...] = ()
    sidecar: bytes | None = field(default=None, repr=False)
    bundle: Node = field(default=None, repr=False)
    parsed: bool = False
    signature: bytes | None = field(default=None, repr=False)
    leaf: Certificate | None = None
    leaf_stands: bool = False
    pinned_line: int | None = None
    anchor: Certificate | None = None
    matched: JavaKey | None = None
    via: str | None = None
