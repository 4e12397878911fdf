"""Findings about what the file means: start-up, the signing profile, and the files that it names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from trustconsole.controller_config.binding import LoadFailure
from trustconsole.controller_config.documented import DocumentedPolicy, node_at
from trustconsole.controller_config.effective import (
    REKOR_KEY,
    TRUST_ROOT,
    PemFile,
    VerifierOutcome,
    wanted_verifier,
)
from trustconsole.controller_config.finding_kinds import KINDS
from trustconsole.controller_config.report import ConfigFinding
from trustconsole.controller_config.settings import ControllerSettings
from trustconsole.controller_config.validator import Validation
from trustconsole.controller_config.yaml_tree import Document, Mapping, Node
from trustconsole.findings import Severity
from trustconsole.trust_root.model import LoadAs

_ALLOW = "modules.signing.allowUnsignedDevelopment"
_REQUIRED = "modules.signing.required"
Place = tuple[int | None, int | None]


@dataclass(frozen=True, slots=True)
class Facts:
    """A loaded file with everything that was concluded from it."""

    document: Document
    settings: ControllerSettings
    validation: Validation
    outcome: VerifierOutcome
    policy: DocumentedPolicy | None
    trust_root: PemFile | None
    rekor_key: PemFile | None
    working_directory: Path

    def place(self, key: str) -> Place:
        """Where the value of `key` stands; where it is absent, the nearest block around it."""
        return place_of(self.document.root, key)


def place_of(root: Node | None, key: str) -> Place:
    """1-based line and column of the value at `key`, of the innermost block around it, or (None, None)."""
    node = node_at(root, key)
    if node is not None and (key or isinstance(node, Mapping)):
        line = getattr(node, "line", None)
        return line, getattr(node, "column", None)
    block = key.rpartition(".")[0]
    while block:
        node = node_at(root, block)
        if isinstance(node, Mapping):
            return node.line, node.column
        block = block.rpartition(".")[0]
    return None, None


def load_findings(failure: LoadFailure, data: bytes) -> Iterator[ConfigFinding]:
    """Why the build does not load the file, or why that cannot be said."""
    place = (failure.line, failure.column)
    if not failure.predictable:
        yield KINDS["not-predictable"].at(failure.key, place, why=failure.message)
    elif failure.exception is None:
        yield KINDS["empty-document"].at(None, place)
    else:
        hint = _load_hint(failure, data)
        yield KINDS["load-failure"].at(
            failure.key, place, exception=failure.exception, why=failure.message, hint=hint
        )


def _load_hint(failure: LoadFailure, data: bytes) -> str:
    message = failure.message or ""
    lines = data.splitlines()
    line = lines[failure.line - 1] if failure.line is not None and failure.line <= len(lines) else b""
    if "'\\t'" in message or (line[: len(line) - len(line.lstrip())].count(b"\t") and failure.key is None):
        return "indent with spaces: YAML allows no tab there"
    if "CharConversionException" in message:
        return "save the file as UTF-8"
    if "Enum class" in message:
        return "write one of the names exactly so, in capitals"
    if "end-of-input" in message:
        return "write at least one block, for example runtime"
    return f"mend line {failure.line}" if failure.line else "mend the file"


def meaning_findings(facts: Facts) -> Iterator[ConfigFinding]:
    """All findings about a file that the build loads."""
    yield from _start(facts)
    yield from _profile(facts)
    yield from _paths(facts)
    yield from _contents(facts)
    yield from _differences(facts)


def _start(facts: Facts) -> Iterator[ConfigFinding]:
    for violation in facts.validation.violations:
        rule = violation.rule
        place = facts.place(rule.key)
        if place == (None, None):  # nothing of the block is there: the profile is what asks for it
            place = facts.place("runtime.profile")
        yield KINDS["invalid-configuration"].at(
            rule.key, place, rule=rule.id, message=violation.message, hint=rule.next
        )
    if facts.validation.crashed:
        key = "http.cors.allowedOrigins"
        yield KINDS["null-origin"].at(key, facts.place(key), rule="cors-origins")
    yield from _boot(facts)


def _boot(facts: Facts) -> Iterator[ConfigFinding]:
    outcome = facts.outcome
    if outcome.key is None:
        return
    pem = facts.trust_root if outcome.key == TRUST_ROOT else facts.rekor_key
    shown = str(pem.resolved) if pem else ""
    place = facts.place(outcome.key)
    if outcome.verifier is None:
        yield KINDS["verifier-not-predictable"].at(outcome.key, place, why=outcome.error, path=shown)
        return
    hint = f"mend it; to see its blocks: trustconsole trust-root show {shown}"
    if pem is None:
        hint = f"set {outcome.key} to the path of a PEM file"
    elif "does not exist" in (outcome.error or ""):
        hint = f"put the PEM file at {shown}, or correct {outcome.key}"
    yield KINDS["verifier-cannot-be-built"].at(outcome.key, place, why=outcome.error, hint=hint)


def _profile(facts: Facts) -> Iterator[ConfigFinding]:
    settings = facts.settings
    if settings.production and not settings.required:
        yield KINDS["production-unsigned"].at(_REQUIRED, facts.place(_REQUIRED))
    if settings.required and not settings.production and settings.allow_unsigned:
        yield KINDS["required-without-effect"].at(_REQUIRED, facts.place(_REQUIRED))
    omitted = settings.bound.at(_ALLOW) is None and not settings.allow_unsigned
    if omitted and not settings.production:
        yield KINDS["allow-unsigned-omitted"].at(_ALLOW, facts.place(_ALLOW))
    if settings.policy == "DISABLED" and not settings.blank(REKOR_KEY):
        yield KINDS["rekor-key-unused"].at(REKOR_KEY, facts.place(REKOR_KEY))


def _paths(facts: Facts) -> Iterator[ConfigFinding]:
    for key in (TRUST_ROOT, REKOR_KEY):
        written = facts.settings.text(key)
        if written is None or facts.settings.blank(key):
            continue
        if written == "***":
            yield KINDS["masked-value"].at(key, facts.place(key))
        elif written.startswith("~") or "${" in written or written.startswith("$"):
            shown = "~" if written.startswith("~") else "$"
            yield KINDS["literal-path"].at(key, facts.place(key), shown=shown)
        elif not written.startswith("/"):
            pem = facts.trust_root if key == TRUST_ROOT else facts.rekor_key
            if pem is not None:
                yield KINDS["relative-path"].at(key, facts.place(key), resolved=pem.resolved)


def _contents(facts: Facts) -> Iterator[ConfigFinding]:
    """Mode against the blocks of the trust root, whether or not they are enforced."""
    pem = facts.trust_root
    if pem is None or facts.settings.blank(TRUST_ROOT):
        return
    place = facts.place(TRUST_ROOT)
    load_as: LoadAs = "COSIGN_BUNDLE" if facts.settings.mode == "COSIGN_BUNDLE" else "KEYED"
    loads = pem.report.controller
    certificates, keys = loads["COSIGN_BUNDLE"].certificates, loads["COSIGN_BUNDLE"].keys
    if load_as == "KEYED" and certificates and not keys:
        severity: Severity = "warning" if wanted_verifier(facts.settings) == "NOOP" else "error"
        yield KINDS["keyed-without-keys"].at(TRUST_ROOT, place, severity=severity, path=pem.resolved)
    elif wanted_verifier(facts.settings) == "NOOP" and loads[load_as].loads is False:
        why = f"{loads[load_as].exception}: {loads[load_as].error}"
        yield KINDS["trust-root-would-not-load"].at(TRUST_ROOT, place, path=pem.resolved, why=why)
    elif load_as == "KEYED" and certificates:
        yield KINDS["keyed-ignores-certificates"].at(TRUST_ROOT, place, path=pem.resolved)
    elif load_as == "COSIGN_BUNDLE" and certificates and keys:
        yield KINDS["mixed-trust-root"].at(TRUST_ROOT, place, path=pem.resolved)


def _differences(facts: Facts) -> Iterator[ConfigFinding]:
    policy, settings = facts.policy, facts.settings
    if policy is None:
        return
    documented_starts = not policy.errors
    if documented_starts and not facts.validation.passes:
        refused = [violation for violation in facts.validation.violations if not violation.rule.documented]
        key = refused[0].rule.key if refused else TRUST_ROOT
        yield KINDS["readings-differ"].at(
            key,
            facts.place(key),
            documented="the controller starts",
            build="it refuses to",
            hint="go by the build: mend the configuration errors",
        )
    known_profile = settings.text("runtime.profile") in ("development", "production")
    if known_profile and policy.enforced != (wanted_verifier(settings) != "NOOP"):
        enforced, allowed = "signatures are enforced", "unsigned modules are accepted"
        yield KINDS["readings-differ"].at(
            _ALLOW if settings.required else "runtime.profile",
            facts.place(_ALLOW if settings.required else "runtime.profile"),
            documented=enforced if policy.enforced else allowed,
            build=allowed if policy.enforced else enforced,
            hint="write profile, required and allowUnsignedDevelopment explicitly",
        )
