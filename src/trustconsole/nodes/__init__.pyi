"""What runs where since when, and whether that is after the files on disk last changed."""

from trustconsole.nodes.checking import TargetFiles, check_nodes
from trustconsole.nodes.commands import CommandResult, Runner, run_command
from trustconsole.nodes.model import NodeReport, RestartsReport, RestartState, Role
from trustconsole.nodes.processes import ProcessTable

__all__ = [
    "CommandResult",
    "NodeReport",
    "ProcessTable",
    "RestartState",
    "RestartsReport",
    "Role",
    "Runner",
    "TargetFiles",
    "check_nodes",
    "run_command",
]
