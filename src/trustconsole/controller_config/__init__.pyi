"""What a `controller.yml` means: the build's own binding and validation, the signing profile, the matrix.

`check_config` is the room's one door; `report` holds the shapes it answers with.
"""

from trustconsole.controller_config.check import check_config, working_directory_of
from trustconsole.controller_config.report import (
    DOCUMENTED_MATRIX,
    ConfigFinding,
    ConfigReport,
    ControllerStart,
    Documented,
    Effective,
    Outcome,
    Sourced,
    Verifier,
    mask_uri,
    value_words,
)

__all__ = [
    "DOCUMENTED_MATRIX",
    "ConfigFinding",
    "ConfigReport",
    "ControllerStart",
    "Documented",
    "Effective",
    "Outcome",
    "Sourced",
    "Verifier",
    "check_config",
    "mask_uri",
    "value_words",
    "working_directory_of",
]
