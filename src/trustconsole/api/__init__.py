"""The use-cases: the only way in for the command line, the console and other programs.

Functions answer with frozen reports that have `to_dict()`, equal to the JSON of the commands. They never
raise over a missing or hostile file; wrong arguments raise `trustconsole.errors.UsageError`.
"""

from trustconsole.lazy import offers

__getattr__, __dir__, __all__ = offers(__name__, __file__)
