from __future__ import annotations

import subprocess
from datetime import UTC, datetime

from trustconsole.controller_config import check_config
from trustconsole.demo import DemoWorkspace, start_nodes
from trustconsole.nodes import NodeReport, TargetFiles, check_nodes
from trustconsole.records import Observations, load_settings


def look(workspace: DemoWorkspace) -> tuple[NodeReport, ...]:
    now = datetime.now(UTC)
    config = check_config(workspace.config, now=now)
    targets = TargetFiles(workspace.working_directory, config, workspace.trust_root, workspace.rekor_key)
    observations = Observations.load(workspace.state)
    return check_nodes(load_settings(workspace.settings).nodes, targets, observations, now=now).nodes


def test_a_changed_trust_root_raises_the_flag_and_the_nodes_own_command_clears_it(
    own_workspace: DemoWorkspace,
) -> None:
    start_nodes(own_workspace)
    assert [node.state for node in look(own_workspace)] == ["current", "current"]

    own_workspace.trust_root.write_bytes(own_workspace.trust_root.read_bytes() + b"# one more\n")
    changed = look(own_workspace)
    assert [node.state for node in changed] == ["restart", "restart"]

    subprocess.run(changed[0].restart_command, check=True, timeout=60, stdout=subprocess.DEVNULL)
    assert [node.state for node in look(own_workspace)] == ["current", "restart"]
