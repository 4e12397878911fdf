"""What runs where since when, and whether that is after the files on disk last changed."""

from trustconsole.lazy import offers

__getattr__, __dir__, __all__ = offers(__name__, __file__)
