"""The use-cases: the only way in for the command line, the console and other programs.

Functions answer with frozen reports that have `to_dict()`, equal to the JSON of the commands. They never
raise over a missing or hostile file; wrong arguments raise `trustconsole.errors.UsageError`.
"""

from trustconsole.api.acknowledging import AcknowledgeReport, acknowledge
from trustconsole.api.artefacts import ToVerify
from trustconsole.api.auditing import AuditReport, audit_log, verify_audit
from trustconsole.api.bundles import ExpectedSigner, verify_bundle
from trustconsole.api.completing import PathCompletion, complete_path, home_expanded
from trustconsole.api.files import check_config, diff_trust_roots, show_trust_root
from trustconsole.api.imaging import ImageOptions, verify_image
from trustconsole.api.information import Info, info
from trustconsole.api.inspecting import Inspection, inspect
from trustconsole.api.policy_records import record_policy
from trustconsole.api.releasing import ReleaseOptions, diff_releases, verify_release
from trustconsole.api.restarting import restarts
from trustconsole.api.revoking import Revocation, revoke
from trustconsole.api.rotating import Rotation
from trustconsole.api.rotation_view import Distribution, RotationModule, RotationView
from trustconsole.api.sections import Section
from trustconsole.api.session import Session, open_session
from trustconsole.api.signer_options import SignerOptions
from trustconsole.api.snapshot import ModuleRow, ModuleState, Paths, Snapshot
from trustconsole.api.start import DemoRun, Place, Start, first_start, run_demo
from trustconsole.api.target import Options, find_config
from trustconsole.api.verifying import Verifying, VerifyOptions, verify, verify_all
from trustconsole.api.what_if import impact
from trustconsole.controller_config import (
    DOCUMENTED_MATRIX,
    ConfigFinding,
    ConfigReport,
    ControllerStart,
    Documented,
    Effective,
    Sourced,
    value_words,
)
from trustconsole.findings import Finding, Severity
from trustconsole.inventory import Impact, Manifest, Module, ModuleImpact, ReadingImpact, ReadingVerdict
from trustconsole.inventory.impact import CHANGES, READINGS, Change, Outcome, Reading
from trustconsole.nodes import FileMismatch, NodeReport, RestartsReport
from trustconsole.records import AuditRecord, AuditVerification, Operator
from trustconsole.release import Cancelled as ReleaseCancelled
from trustconsole.release import (
    Component,
    ComponentChange,
    FileStatus,
    ReleaseDiff,
    ReleaseFile,
    ReleaseReport,
    SbomReport,
)
from trustconsole.release.images import (
    ImageAttestation,
    ImageBlob,
    ImageReport,
    ImageSignature,
    NamedImage,
    Platform,
    SeveralImages,
)
from trustconsole.release.telling_apart import ArtefactKind, ToldApart, tell_apart
from trustconsole.trust_root import (
    Block,
    BlockChange,
    ControllerLoad,
    KeyFacts,
    LoadChange,
    LoadedCertificate,
    LoadedKey,
    Renewal,
    TrustRootDiff,
    TrustRootReport,
)
from trustconsole.verification import (
    ChainReport,
    ControllerVerdict,
    DocumentedVerdict,
    Matched,
    PolicyFacts,
    Sidecar,
    Signer,
    Standing,
    Step,
    Verdict,
    VerificationReport,
    check_chain,
    headline,
)
from trustconsole.verification.client import BundleReport

__all__ = [
    "CHANGES",
    "DOCUMENTED_MATRIX",
    "READINGS",
    "AcknowledgeReport",
    "ArtefactKind",
    "AuditRecord",
    "AuditReport",
    "AuditVerification",
    "Block",
    "BlockChange",
    "BundleReport",
    "ChainReport",
    "Change",
    "Component",
    "ComponentChange",
    "ConfigFinding",
    "ConfigReport",
    "ControllerLoad",
    "ControllerStart",
    "ControllerVerdict",
    "DemoRun",
    "Distribution",
    "Documented",
    "DocumentedVerdict",
    "Effective",
    "ExpectedSigner",
    "FileMismatch",
    "FileStatus",
    "Finding",
    "ImageAttestation",
    "ImageBlob",
    "ImageOptions",
    "ImageReport",
    "ImageSignature",
    "Impact",
    "Info",
    "Inspection",
    "KeyFacts",
    "LoadChange",
    "LoadedCertificate",
    "LoadedKey",
    "Manifest",
    "Matched",
    "Module",
    "ModuleImpact",
    "ModuleRow",
    "ModuleState",
    "NamedImage",
    "NodeReport",
    "Operator",
    "Options",
    "Outcome",
    "PathCompletion",
    "Paths",
    "Place",
    "Platform",
    "PolicyFacts",
    "Reading",
    "ReadingImpact",
    "ReadingVerdict",
    "ReleaseCancelled",
    "ReleaseDiff",
    "ReleaseFile",
    "ReleaseOptions",
    "ReleaseReport",
    "Renewal",
    "RestartsReport",
    "Revocation",
    "Rotation",
    "RotationModule",
    "RotationView",
    "SbomReport",
    "Section",
    "Session",
    "SeveralImages",
    "Severity",
    "Sidecar",
    "Signer",
    "SignerOptions",
    "Snapshot",
    "Sourced",
    "Standing",
    "Start",
    "Step",
    "ToVerify",
    "ToldApart",
    "TrustRootDiff",
    "TrustRootReport",
    "Verdict",
    "VerificationReport",
    "VerifyOptions",
    "Verifying",
    "acknowledge",
    "audit_log",
    "check_chain",
    "check_config",
    "complete_path",
    "diff_releases",
    "diff_trust_roots",
    "find_config",
    "first_start",
    "headline",
    "home_expanded",
    "impact",
    "info",
    "inspect",
    "open_session",
    "record_policy",
    "restarts",
    "revoke",
    "run_demo",
    "show_trust_root",
    "tell_apart",
    "value_words",
    "verify",
    "verify_all",
    "verify_audit",
    "verify_bundle",
    "verify_image",
    "verify_release",
]
