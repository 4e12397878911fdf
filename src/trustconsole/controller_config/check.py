"""From a path to a `ConfigReport`: reads the file and the PEM files it names, puts both readings together."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final

from trustconsole import limits
from trustconsole.controller_config.binding import BoundRecord, LoadError, LoadFailure, bind
from trustconsole.controller_config.documented import documented_cell, documented_policy
from trustconsole.controller_config.effective import (
    REKOR_KEY,
    TRUST_ROOT,
    PemFile,
    VerifierOutcome,
    build_verifier,
    effective_profile,
    read_pem,
)
from trustconsole.controller_config.finding_kinds import KINDS
from trustconsole.controller_config.findings import Facts, load_findings, meaning_findings
from trustconsole.controller_config.key_findings import key_findings
from trustconsole.controller_config.masking import masked_text, masked_uris
from trustconsole.controller_config.report import ConfigFinding, ConfigReport, ControllerStart
from trustconsole.controller_config.settings import ControllerSettings, settings_of
from trustconsole.controller_config.validator import MESSAGE, Validation, validate
from trustconsole.controller_config.yaml_tree import Document, read_document
from trustconsole.errors import InputError, MissingFile
from trustconsole.storage import FileBytes, read_bounded
from trustconsole.trust_root import TrustRootReport, read_trust_root

_OTHER: Final = {
    "http.port": "http.port",
    "grpc.port": "grpc.port",
    "jwtExpirationMinutes": "security.jwtExpirationMinutes",
    "heartbeat.intervalMs": "heartbeat.intervalMs",
    "database.uri": "database.uri",
    "cors.allowedOrigins": "http.cors.allowedOrigins",
}
_SIGNING_KEYS: Final = (
    "runtime.profile",
    TRUST_ROOT,
    "modules.signing.mode",
    "modules.signing.allowUnsignedDevelopment",
    "modules.signing.rekor.policy",
    REKOR_KEY,
)

PemReader = Callable[[ControllerSettings, str], PemFile | None]


@dataclass(frozen=True, slots=True)
class SigningValues:
    """What counts of a `controller.yml` for the question whether a controller runs on it.

    `digest` is that of the effective runtime and signing values; the paths are as written, None where blank.
    """

    digest: str
    trust_root: str | None
    rekor_key: str | None


def signing_values(data: bytes) -> SigningValues | None:
    """The effective signing values in a `controller.yml`; None where the build does not load it."""
    try:
        settings = settings_of(bind(read_document(data)))
    except LoadError:
        return None

    def path_of(key: str) -> str | None:
        return None if settings.blank(key) else settings.text(key)

    return SigningValues(_signing_digest(settings), path_of(TRUST_ROOT), path_of(REKOR_KEY))


def working_directory_of(config_path: Path) -> Path:
    """Where the controller runs: the parent of `config/` for `*/config/controller.yml`, else here."""
    absolute = Path.cwd() / config_path
    if absolute.name == "controller.yml" and absolute.parent.name == "config":
        return absolute.parent.parent
    return Path.cwd()


_NOTHING_ELSE: Final[Mapping[Path, TrustRootReport]] = {}


def check_config(
    path: Path,
    working_directory: Path | None = None,
    *,
    now: datetime,
    as_if: Mapping[Path, TrustRootReport] = _NOTHING_ELSE,
) -> ConfigReport:
    """The file in both readings; never raises over the file, which may be anything or absent.

    `as_if` are PEM files, by their path below the working directory, that count instead of those on disk.
    """
    directory = Path.cwd() / (working_directory or working_directory_of(path))
    try:
        file = read_bounded(path, limits.YAML_BYTES, what="controller.yml")
    except MissingFile as error:
        finding = KINDS["config-missing"].at(None, (None, None), working_directory=directory)
        return _unread(path, directory, error, finding)
    except InputError as error:
        hint = error.hint or "check the path"
        finding = KINDS["config-unreadable"].at(None, (None, None), why=error.message, hint=hint)
        return _unread(path, directory, error, finding)
    document = read_document(file.data)
    try:
        bound = bind(document)
    except LoadError as error:
        return _shown(_unloaded(file, directory, document, error.failure))
    return _shown(_loaded(file, directory, document, bound, _reader(directory, now, as_if)))


def _reader(directory: Path, now: datetime, as_if: Mapping[Path, TrustRootReport]) -> PemReader:
    def read(settings: ControllerSettings, key: str) -> PemFile | None:
        return read_pem(
            settings, key, directory, lambda path: as_if.get(path) or read_trust_root(path, now=now)
        )

    return read


def _shown(report: ConfigReport) -> ConfigReport:
    """The report with every sentence that quotes a value freed of what a URI says before its `@`."""
    start = report.controller
    controller = replace(
        start,
        errors=tuple(map(masked_uris, start.errors)),
        message=masked_uris(start.message) if start.message is not None else None,
        boot_error=masked_uris(start.boot_error) if start.boot_error is not None else None,
    )
    findings = tuple(
        replace(finding, summary=masked_uris(finding.summary), next=masked_uris(finding.next))
        for finding in report.findings
    )
    return replace(report, controller=controller, findings=findings)


def _unread(path: Path, directory: Path, error: InputError, finding: ConfigFinding) -> ConfigReport:
    return ConfigReport(
        path=str(path),
        working_directory=str(directory),
        findings=(finding,),
        controller=ControllerStart(None),
        effective=None,
        other=None,
        documented=None,
        error=str(error),
    )


def _unloaded(file: FileBytes, directory: Path, document: Document, failure: LoadFailure) -> ConfigReport:
    policy = documented_policy(document)
    if failure.predictable:
        controller = ControllerStart(
            False, stage="load", exception=failure.exception, message=failure.message
        )
    else:
        controller = ControllerStart(None)
    findings = (*load_findings(failure, file.data), *key_findings(document.root))
    return ConfigReport(
        path=str(file.path),
        working_directory=str(directory),
        findings=(*findings, *_document_findings(document)),
        controller=controller,
        effective=None,
        other=None,
        documented=documented_cell(policy) if policy else None,
        sha256=file.sha256,
        text=masked_text(file.data.decode("utf-8", "replace")),
    )


def _loaded(
    file: FileBytes, directory: Path, document: Document, bound: BoundRecord, read: PemReader
) -> ConfigReport:
    settings = settings_of(bound)
    validation = validate(settings)
    trust_root = None if settings.blank(TRUST_ROOT) else read(settings, TRUST_ROOT)
    wants_key = settings.policy == "REQUIRE_SET" or not settings.blank(REKOR_KEY)
    rekor_key = read(settings, REKOR_KEY) if wants_key else None
    outcome = build_verifier(settings, trust_root, rekor_key)
    policy = documented_policy(document)
    facts = Facts(document, settings, validation, outcome, policy, trust_root, rekor_key, directory)
    return ConfigReport(
        path=str(file.path),
        working_directory=str(directory),
        findings=(
            *meaning_findings(facts),
            *key_findings(document.root),
            *_document_findings(document),
        ),
        controller=_start(validation, outcome),
        effective=effective_profile(settings, outcome.verifier, str(file.path)),
        other={name: settings[path].value for name, path in _OTHER.items()},
        documented=documented_cell(policy) if policy else None,
        sha256=file.sha256,
        signing_digest=_signing_digest(settings),
        modules_directory=settings.text("modules.directory") or "",
        text=masked_text(file.data.decode("utf-8", "replace")),
    )


def _start(validation: Validation, outcome: VerifierOutcome) -> ControllerStart:
    boot_error = outcome.error if outcome.verifier == "BOOT_FAILS" else None
    if not validation.passes:
        errors = tuple(violation.message for violation in validation.violations)
        message = None if validation.crashed else MESSAGE
        return ControllerStart(False, "validate", None, errors, message, boot_error)
    if outcome.verifier == "BOOT_FAILS":
        return ControllerStart(False, "boot", boot_error=boot_error)
    return ControllerStart(True if outcome.verifier is not None else None)


def _document_findings(document: Document) -> tuple[ConfigFinding, ...]:
    if document.more_line is None:
        return ()
    return (KINDS["second-document-ignored"].at(None, (document.more_line, 1)),)


def _signing_digest(settings: ControllerSettings) -> str:
    """SHA-256 over canonical JSON of the effective values, so that a rewritten file counts as unchanged."""
    values = {key: settings[key].value for key in _SIGNING_KEYS}
    values["modules.signing.required"] = settings.required
    canonical = json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(canonical.encode("ascii")).hexdigest()
