"""What the project ships, verified before it is unpacked or pulled: releases and images."""

from trustconsole.release.components import Component
from trustconsole.release.diff import ComponentChange, ReleaseDiff, diff_releases
from trustconsole.release.files import Cancelled, FileStatus, ReleaseFile
from trustconsole.release.report import ReleasePolicyFacts, ReleaseReport
from trustconsole.release.sboms import SbomReport
from trustconsole.release.verify import ReleaseRequest, verify_release

__all__ = [
    "Cancelled",
    "Component",
    "ComponentChange",
    "FileStatus",
    "ReleaseDiff",
    "ReleaseFile",
    "ReleasePolicyFacts",
    "ReleaseReport",
    "ReleaseRequest",
    "SbomReport",
    "diff_releases",
    "verify_release",
]
