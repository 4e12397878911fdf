"""What a `controller.yml` means: the build's own binding and validation, the signing profile, the matrix.

`check_config` is the room's one door; `report` holds the shapes it answers with.
"""

from trustconsole.lazy import offers

__getattr__, __dir__, __all__ = offers(__name__, __file__)
