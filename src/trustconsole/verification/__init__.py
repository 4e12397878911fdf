"""Whether a bundle is genuine, exactly why not, and what the controller would do with it."""

from trustconsole.lazy import offers

__getattr__, __dir__, __all__ = offers(__name__, __file__)
