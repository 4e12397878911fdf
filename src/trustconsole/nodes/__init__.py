"""What runs where since when, and whether that is after the files on disk last changed."""

from trustconsole.nodes.checking import TargetFiles, check_nodes
from trustconsole.nodes.commands import CommandResult, Runner, follow_command, run_command
from trustconsole.nodes.distributing import SendOutcome, distribute_command, send_file
from trustconsole.nodes.model import NodeReport, RestartsReport, RestartState, Role
from trustconsole.nodes.processes import ProcessTable
from trustconsole.nodes.restarting import ReadyWait, RestartRun, Streamer, restart, wait_ready
from trustconsole.nodes.via import Shell, run_shell

__all__ = [
    "CommandResult",
    "NodeReport",
    "ProcessTable",
    "ReadyWait",
    "RestartRun",
    "RestartState",
    "RestartsReport",
    "Role",
    "Runner",
    "SendOutcome",
    "Shell",
    "Streamer",
    "TargetFiles",
    "check_nodes",
    "distribute_command",
    "follow_command",
    "restart",
    "run_command",
    "run_shell",
    "send_file",
    "wait_ready",
]
