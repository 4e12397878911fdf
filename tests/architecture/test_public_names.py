"""The names other programs may import from `trustconsole.api`; a change here changes the interface."""

from __future__ import annotations

from inspect import isclass, isfunction

from trustconsole import api

PUBLIC = {
    "AcknowledgeReport",
    "FileMismatch",
    "acknowledge",
    "AuditRecord",
    "AuditReport",
    "AuditVerification",
    "CHANGES",
    "READINGS",
    "Change",
    "Impact",
    "ModuleImpact",
    "Reading",
    "ReadingImpact",
    "ReadingVerdict",
    "impact",
    "Block",
    "BlockChange",
    "BundleReport",
    "ChainReport",
    "ConfigFinding",
    "ConfigReport",
    "ControllerLoad",
    "ControllerStart",
    "ControllerVerdict",
    "DOCUMENTED_MATRIX",
    "DemoRun",
    "Documented",
    "DocumentedVerdict",
    "Effective",
    "ExpectedSigner",
    "Finding",
    "Info",
    "Inspection",
    "KeyFacts",
    "LoadChange",
    "LoadedCertificate",
    "LoadedKey",
    "Manifest",
    "Matched",
    "Module",
    "ModuleRow",
    "ModuleState",
    "NodeReport",
    "Operator",
    "Options",
    "Outcome",
    "Paths",
    "Place",
    "PolicyFacts",
    "Renewal",
    "RestartsReport",
    "Section",
    "Session",
    "Severity",
    "Sidecar",
    "Signer",
    "Snapshot",
    "Sourced",
    "Standing",
    "Start",
    "Step",
    "TrustRootDiff",
    "TrustRootReport",
    "Verdict",
    "VerificationReport",
    "VerifyOptions",
    "Verifying",
    "audit_log",
    "check_chain",
    "check_config",
    "diff_trust_roots",
    "find_config",
    "first_start",
    "headline",
    "info",
    "inspect",
    "open_session",
    "restarts",
    "run_demo",
    "show_trust_root",
    "value_words",
    "verify",
    "verify_all",
    "verify_audit",
    "verify_bundle",
}


def test_the_public_names_of_the_api_are_these() -> None:
    assert set(api.__all__) == PUBLIC


def test_every_public_class_and_function_says_what_it_is() -> None:
    things = {name: getattr(api, name) for name in PUBLIC}
    described = {name: thing for name, thing in things.items() if isclass(thing) or isfunction(thing)}
    assert {"Session", "verify"} <= set(described)
    assert [name for name, thing in described.items() if not thing.__doc__] == []
