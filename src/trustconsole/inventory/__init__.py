"""Modules as they lie on disk: found, named by their manifest, paired with sidecars; and many judged."""

from trustconsole.lazy import offers

__getattr__, __dir__, __all__ = offers(__name__, __file__)
