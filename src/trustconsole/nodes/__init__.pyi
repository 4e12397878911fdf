"""What runs where since when, and whether that is after the files on disk last changed."""

from trustconsole.nodes.checking import NodeFacts, check_nodes, look_at_nodes, report_on
from trustconsole.nodes.commands import CommandResult, Runner, follow_command, run_command
from trustconsole.nodes.distributing import SendOutcome, distribute_command, send_file
from trustconsole.nodes.model import FileMismatch, NodeReport, RestartsReport, RestartState, Role
from trustconsole.nodes.processes import ProcessTable
from trustconsole.nodes.restarting import ReadyWait, RestartRun, Streamer, restart, wait_ready
from trustconsole.nodes.silence import SilentHosts
from trustconsole.nodes.target_files import TargetFiles
from trustconsole.nodes.via import Shell, run_shell

__all__ = [
    "CommandResult",
    "FileMismatch",
    "NodeFacts",
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
    "SilentHosts",
    "Streamer",
    "TargetFiles",
    "check_nodes",
    "distribute_command",
    "follow_command",
    "look_at_nodes",
    "report_on",
    "restart",
    "run_command",
    "run_shell",
    "send_file",
    "wait_ready",
]
