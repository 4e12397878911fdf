"""Report types."""

from trustconsole.api.snapshot import ModuleRow, ModuleState, Paths, Snapshot
from trustconsole.controller_config.report import ConfigFinding, ConfigReport, Effective, Sourced
from trustconsole.findings import Finding, Severity
from trustconsole.nodes.model import NodeReport
from trustconsole.trust_root.model import Block, TrustRootReport
from trustconsole.verification.report import Step, VerificationReport

__all__ = [
    "Block",
    "ConfigFinding",
    "ConfigReport",
    "Effective",
    "Finding",
    "ModuleRow",
    "ModuleState",
    "NodeReport",
    "Paths",
    "Severity",
    "Snapshot",
    "Sourced",
    "Step",
    "TrustRootReport",
    "VerificationReport",
]
