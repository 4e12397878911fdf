"""trustconsole: terminal administration console for the module trust root of PrexorCloud controllers."""

from __future__ import annotations

__version__ = "0.1.0"
__all__ = ["__version__"]
