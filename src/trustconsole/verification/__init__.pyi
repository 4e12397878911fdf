"""Whether a bundle is genuine, exactly why not, and what the controller would do with it."""

from trustconsole.verification.case import (
    Artifact,
    Case,
    Mode,
    Policy,
    RekorPolicy,
    SidecarFile,
    TrustedRootFile,
)
from trustconsole.verification.chain import ChainReport, check_chain
from trustconsole.verification.controller import start_verdict
from trustconsole.verification.disagreement import headline
from trustconsole.verification.loading import KIND_OF_MODE, SidecarChoice, choose_sidecar
from trustconsole.verification.report import (
    ALLOWING,
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
)
from trustconsole.verification.signatures import SignatureChecker
from trustconsole.verification.verify import Judgement, judge_artifact, verify_artifact

__all__ = [
    "ALLOWING",
    "KIND_OF_MODE",
    "Artifact",
    "Case",
    "ChainReport",
    "ControllerVerdict",
    "DocumentedVerdict",
    "Judgement",
    "Matched",
    "Mode",
    "Policy",
    "PolicyFacts",
    "RekorPolicy",
    "Sidecar",
    "SidecarChoice",
    "SidecarFile",
    "SignatureChecker",
    "Signer",
    "Standing",
    "Step",
    "TrustedRootFile",
    "Verdict",
    "VerificationReport",
    "check_chain",
    "choose_sidecar",
    "headline",
    "judge_artifact",
    "start_verdict",
    "verify_artifact",
]
