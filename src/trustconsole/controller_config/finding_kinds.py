"""Everything the console says about a `controller.yml`, as one table of sentences to be filled with facts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from trustconsole.controller_config.report import ConfigFinding
from trustconsole.findings import Severity
from trustconsole.text import shorten

_FACT_LENGTH: Final = 500


@dataclass(frozen=True, slots=True)
class ConfigFindingKind:
    """A row of the table; `at` fills its sentences."""

    id: str
    severity: Severity
    summary: str
    next: str

    def at(
        self,
        key: str | None,
        place: tuple[int | None, int | None],
        *,
        rule: str | None = None,
        severity: Severity | None = None,
        **facts: object,
    ) -> ConfigFinding:
        """The finding at a key and a 1-based (line, column); facts of any length are cut in the middle."""
        brief = {name: shorten(str(fact), _FACT_LENGTH) for name, fact in facts.items()}
        return ConfigFinding(
            self.id,
            severity or self.severity,
            self.summary.format(**brief),
            self.next.format(**brief),
            rule,
            key,
            *place,
        )


_TABLE: Final = (
    ConfigFindingKind(
        "config-missing",
        "error",
        "there is no file here; a controller started in {working_directory} would write its default one",
        "check the path, or give the configuration with --config",
    ),
    ConfigFindingKind("config-unreadable", "error", "the file cannot be read: {why}", "{hint}"),
    ConfigFindingKind(
        "load-failure",
        "error",
        "the controller does not load this file: {exception}: {why}",
        "{hint}",
    ),
    ConfigFindingKind(
        "empty-document",
        "error",
        "the controller does not load this file: it holds nothing but null",
        "write at least one block, for example runtime",
    ),
    ConfigFindingKind(
        "not-predictable",
        "warning",
        "whether the controller loads this file cannot be predicted: {why}",
        "write the value in plain form; then the answer is certain",
    ),
    ConfigFindingKind(
        "invalid-configuration", "error", "the controller refuses to start: {message}", "{hint}"
    ),
    ConfigFindingKind(
        "null-origin",
        "error",
        "the controller refuses to start: a null entry stops its validator before it can say anything",
        "remove the empty entry from http.cors.allowedOrigins",
    ),
    ConfigFindingKind(
        "verifier-cannot-be-built",
        "error",
        "the controller would not start: {why}",
        "{hint}",
    ),
    ConfigFindingKind(
        "verifier-not-predictable",
        "warning",
        "whether the controller starts cannot be predicted from {path}: {why}",
        "replace the block that the finding names with a plain RSA or P-256 key or certificate",
    ),
    ConfigFindingKind(
        "trust-root-would-not-load",
        "warning",
        "{path} does not load ({why}); it would first be noticed when signatures are enforced",
        "mend it before required is turned on: trustconsole trust-root show {path}",
    ),
    ConfigFindingKind(
        "keyed-without-keys",
        "error",
        "mode KEYED reads PUBLIC KEY blocks only, and {path} holds only CERTIFICATE blocks",
        "set modules.signing.mode to COSIGN_BUNDLE, or add the authors' PUBLIC KEY blocks",
    ),
    ConfigFindingKind(
        "keyed-ignores-certificates",
        "info",
        "mode KEYED ignores the CERTIFICATE blocks in {path}",
        "set modules.signing.mode to COSIGN_BUNDLE if they are meant to count",
    ),
    ConfigFindingKind(
        "mixed-trust-root",
        "info",
        "{path} holds keys and certificates: a bundle with a certificate is judged by chain alone",
        "keep one kind of block if bundles with a certificate were accepted by their key",
    ),
    ConfigFindingKind(
        "production-unsigned",
        "warning",
        "production with required: false installs unsigned modules; the controller only logs a warning",
        "remove required: false once the incident is over, and restart",
    ),
    ConfigFindingKind(
        "required-without-effect",
        "warning",
        "required: true has no effect: in development, allowUnsignedDevelopment: true overrides it",
        "set allowUnsignedDevelopment to false to enforce signatures here",
    ),
    ConfigFindingKind(
        "allow-unsigned-omitted",
        "info",
        "allowUnsignedDevelopment is not given: the build takes false in a signing block that is there, "
        "the documentation says true",
        "write allowUnsignedDevelopment explicitly",
    ),
    ConfigFindingKind(
        "readings-differ",
        "warning",
        "documentation and build differ: by the documentation {documented}, with this build {build}",
        "{hint}",
    ),
    ConfigFindingKind(
        "duplicate-key",
        "warning",
        "{name} stands here again; the last one counts and replaces the one of line {first} whole",
        "keep one of them",
    ),
    ConfigFindingKind(
        "misspelt-key",
        "warning",
        "the controller does not know {name} and ignores it without a word; near it is {suggestion}",
        "write {suggestion}",
    ),
    ConfigFindingKind(
        "misplaced-key",
        "warning",
        "the controller ignores {name} here without a word",
        "move it to {suggestion}",
    ),
    ConfigFindingKind(
        "ignored-key",
        "info",
        "the controller does not know {name} and ignores it without a word",
        "remove it, or check its spelling",
    ),
    ConfigFindingKind(
        "alias-not-resolved",
        "warning",
        "the controller does not resolve the alias *{name}: it reads the text {name}",
        "write the value out",
    ),
    ConfigFindingKind(
        "merge-key-ignored",
        "warning",
        "the controller ignores merge keys (<<): none of the merged values counts",
        "write the values out",
    ),
    ConfigFindingKind(
        "second-document-ignored",
        "warning",
        "only the first document of the file is read; what begins here is ignored",
        "move it above, or remove it",
    ),
    ConfigFindingKind(
        "literal-path",
        "warning",
        "{shown} stands literally in the path: the controller expands neither ~ nor variables",
        "write the absolute path",
    ),
    ConfigFindingKind(
        "masked-value",
        "warning",
        "the value is the mask *** that the controller shows in place of a secret, not a path",
        "write the path again",
    ),
    ConfigFindingKind(
        "relative-path",
        "info",
        "the path is relative to the controller's working directory: here {resolved}",
        "write the absolute path if the controller may be started elsewhere",
    ),
    ConfigFindingKind(
        "rekor-key-unused",
        "info",
        "publicKey is given, but with policy DISABLED the controller verifies no log entry",
        "set modules.signing.rekor.policy to REQUIRE_SET to demand one",
    ),
)

KINDS: Final = {kind.id: kind for kind in _TABLE}
"""The table by id."""
