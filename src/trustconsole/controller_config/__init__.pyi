"""What a `controller.yml` means: the build's own binding and validation, the signing profile, the matrix.

`check_config` is the room's one door for reports, whose shapes `report` holds; `signing_values` gives the few
values that a restart depends on.
"""

from trustconsole.controller_config.check import (
    SigningValues,
    check_config,
    signing_values,
    working_directory_of,
)
from trustconsole.controller_config.masking import mask_uri
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
    "SigningValues",
    "Sourced",
    "Verifier",
    "check_config",
    "mask_uri",
    "signing_values",
    "value_words",
    "working_directory_of",
]
