"""Where a file stands in the documented matrix, and what the documented part of the validator says.

Read from the tree, not from the build's binding, so that a file which the build refuses still has an answer.
Where a value makes no sense, the stricter meaning counts: an unknown profile is production, a `required` that
is no boolean is true, an unknown policy is REQUIRE_SET.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from trustconsole.controller_config import coercion
from trustconsole.controller_config.coercion import BindError
from trustconsole.controller_config.java_scalars import token_of
from trustconsole.controller_config.report import Documented, Outcome
from trustconsole.controller_config.yaml_events import ParseError
from trustconsole.controller_config.yaml_tree import Document, Mapping, Node, Scalar

Required = Literal["unset", "true", "false"]
_SIGNING = "modules.signing"


@dataclass(frozen=True, slots=True)
class DocumentedPolicy:
    """The file by the documentation: `production`, what `required` says, and the signing values."""

    production: bool
    required: Required
    allow_unsigned: bool
    mode: str
    trust_root: str
    policy: str
    public_key: str

    @property
    def enforced(self) -> bool:
        """Whether an unsigned module is refused."""
        return self.outcome == "fail-closed"

    @property
    def outcome(self) -> Outcome:
        """The matrix cell's content."""
        if self.production:
            return "unsigned-allowed-warned" if self.required == "false" else "fail-closed"
        return "fail-closed" if self.required == "true" and not self.allow_unsigned else "unsigned-allowed"

    @property
    def errors(self) -> tuple[str, ...]:
        """The three documented rules, in the validator's order and words."""
        requires_set = self.policy == "REQUIRE_SET"
        rules = (
            (
                self.production and self.required != "false" and coercion.java_blank(self.trust_root),
                f"{_SIGNING}.trustRoot must be configured when runtime.profile=production "
                f"(or set {_SIGNING}.required=false to opt out)",
            ),
            (
                requires_set and self.mode != "COSIGN_BUNDLE",
                f"{_SIGNING}.rekor.policy=REQUIRE_SET requires {_SIGNING}.mode=COSIGN_BUNDLE",
            ),
            (
                requires_set and coercion.java_blank(self.public_key),
                f"{_SIGNING}.rekor.publicKey must be configured when policy=REQUIRE_SET",
            ),
        )
        return tuple(message for refused, message in rules if refused)


def documented_policy(document: Document) -> DocumentedPolicy | None:
    """The documented reading; None where the file is not YAML."""
    if document.failure is not None:
        return None
    root = document.root
    profile = _text(root, "runtime.profile").strip().lower()
    policy = _text(root, f"{_SIGNING}.rekor.policy").strip()
    return DocumentedPolicy(
        production=profile not in ("", "development"),
        required=_required(root),
        allow_unsigned=_flag(root, f"{_SIGNING}.allowUnsignedDevelopment", unset=True, senseless=False),
        mode=_text(root, f"{_SIGNING}.mode").strip() or "KEYED",
        trust_root=_text(root, f"{_SIGNING}.trustRoot"),
        policy="DISABLED" if policy in ("", "DISABLED") else "REQUIRE_SET",
        public_key=_text(root, f"{_SIGNING}.rekor.publicKey"),
    )


def documented_cell(policy: DocumentedPolicy) -> Documented:
    """The `documented` object of the report."""
    profile = "production" if policy.production else "development"
    errors = policy.errors
    return Documented(f"{profile}/{policy.required}", policy.outcome, not errors, errors)


def node_at(root: Node | None, path: str) -> Node | None:
    """The value at a dotted path, the last of each key; None where there is none."""
    node = root
    for key in path.split("."):
        entry = node.last(key) if isinstance(node, Mapping) else None
        if entry is None:
            return None
        node = entry.value
    return node


def _text(root: Node | None, path: str) -> str:
    """A textual value; empty where it is unset, null or no scalar."""
    node = node_at(root, path)
    if not isinstance(node, Scalar):
        return ""
    try:
        return coercion.as_text(token_of(node)) or ""
    except ParseError:
        return node.text


def _required(root: Node | None) -> Required:
    node = node_at(root, f"{_SIGNING}.required")
    if node is None:
        return "unset"
    value = _boolean(node, senseless=True)
    return "unset" if value is None else ("true" if value else "false")


def _flag(root: Node | None, path: str, *, unset: bool, senseless: bool) -> bool:
    node = node_at(root, path)
    value = None if node is None else _boolean(node, senseless=senseless)
    return unset if value is None else value


def _boolean(node: Node, *, senseless: bool) -> bool | None:
    if not isinstance(node, Scalar):
        return senseless
    try:
        return coercion.as_boolean(token_of(node), "java.lang.Boolean")
    except (BindError, ParseError):
        return senseless
