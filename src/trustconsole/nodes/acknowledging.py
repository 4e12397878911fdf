"""A node without evidence, and an operator who states that it was restarted: believed for these very files.

Such a node is called current on somebody's word, and every reason says so. The statement is kept by
`records.acknowledgements`; a node with evidence never comes here.
"""

from __future__ import annotations

from collections.abc import Sequence

from trustconsole.nodes.restart_truth import FileFacts, Judgement
from trustconsole.records import Acknowledgement
from trustconsole.text import rfc3339


def judge_acknowledged(files: Sequence[FileFacts], statement: Acknowledgement) -> Judgement:
    """Current as long as every file has the digest that it had at the statement."""
    if not files:
        return Judgement("unknown", "no trust root or configuration is known for it to be compared with")
    word = f"{statement.login} acknowledged a restart at {rfc3339(statement.at)}"
    for file in files:
        if file.memory is None:
            return Judgement("unknown", f"{file.role} {file.problem or 'cannot be read'}")
    for file in files:
        if file.other_than is not None:
            return Judgement(
                "restart",
                f"its {file.role} is not the same as {file.other_than}: bring it there, then restart",
            )
        if file.memory is not None and file.memory.digest != statement.files.get(file.role):
            return Judgement("restart", f"{file.role} changed since {word}")
    by = f"acknowledged by {statement.login} at {rfc3339(statement.at)}"
    return Judgement("current", f"{by}, not proved")
