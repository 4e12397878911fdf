"""A complete sample workspace: built from a seed, verified like a real one, with two running nodes.

Its makers of keys, certificates, bundles and log entries are general, so that tests can bend them.
"""

from trustconsole.demo.build import DEFAULT_SEED, build_demo, open_demo
from trustconsole.demo.plan import DEMO_MODULES, DEMO_MODULES_BY_ID, HOSTILE_TEXT, DemoModule
from trustconsole.demo.processes import running_pid, start_nodes, stop_node, stop_nodes
from trustconsole.demo.workspace import DemoNode, DemoWorkspace

__all__ = [
    "DEFAULT_SEED",
    "DEMO_MODULES",
    "DEMO_MODULES_BY_ID",
    "HOSTILE_TEXT",
    "DemoModule",
    "DemoNode",
    "DemoWorkspace",
    "build_demo",
    "open_demo",
    "running_pid",
    "start_nodes",
    "stop_node",
    "stop_nodes",
]
