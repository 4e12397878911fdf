"""The PEM file that says whom to trust: its blocks, what is trusted, what the controller loads."""

from trustconsole.lazy import offers

__getattr__, __dir__, __all__ = offers(__name__, __file__)
