"""Keeps `cryptography`'s warnings about old certificates off the screen: operators read findings instead."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

_filters = threading.Lock()


@contextmanager
def without_warnings() -> Iterator[None]:
    """Python's filters are one for the whole process, hence one caller at a time."""
    with _filters, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
