"""The components of an SBOM as a table, read by CycloneDX's own library; nothing here decides a verdict.

The library is an extra (`trustconsole[sbom]`). A component that it refuses is left out and counted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cyclonedx.model.component import Component as Library

EXTRA_HINT = "pip install 'trustconsole[sbom]'"


@dataclass(frozen=True, slots=True, order=True)
class Component:
    """One row; every value is untrusted text, empty where the SBOM does not say it."""

    name: str
    version: str = ""
    licence: str = ""
    purl: str = ""

    @property
    def identity(self) -> str:
        """What it is, whatever its version: its package URL without version and qualifiers, else its name."""
        head = self.purl.partition("?")[0].partition("#")[0]
        # A version stands after the last `@`; one before the last slash belongs to a scoped name.
        return head[: head.rfind("@")] if head.rfind("@") > head.rfind("/") else head or self.name

    def to_dict(self) -> dict[str, object]:
        """An entry of `table`."""
        return {"name": self.name, "version": self.version, "licence": self.licence, "purl": self.purl}


class LibraryMissing(Exception):
    """`cyclonedx-python-lib` is not installed."""


def read_components(found: Sequence[Mapping[str, object]]) -> tuple[tuple[Component, ...], int]:
    """The rows by name, and how many components the library refused; raises `LibraryMissing`."""
    try:
        from cyclonedx.exception import CycloneDxException
        from cyclonedx.model.component import Component as Library
    except ImportError as error:
        raise LibraryMissing from error
    rows: list[Component] = []
    refused = 0
    for one in found:
        try:
            # The library builds its models from what it was given, whatever that is.
            rows.append(_row(Library.from_json(dict(_told(one)))))  # type: ignore[attr-defined]
        except (CycloneDxException, ValueError, TypeError, AttributeError, LookupError):
            refused += 1
    return tuple(sorted(set(rows))), refused


def _told(component: Mapping[str, object]) -> Mapping[str, object]:
    """The members that the table shows; the library need not read evidence and properties for it."""
    shown = ("type", "name", "group", "version", "licenses", "purl")
    return {name: component[name] for name in shown if component.get(name) is not None}


def _row(component: Library) -> Component:
    name = f"{component.group}/{component.name}" if component.group else component.name
    licences = sorted(_licence(one) for one in component.licenses)
    purl = str(component.purl) if component.purl is not None else ""
    return Component(str(name), str(component.version or ""), ", ".join(licences), purl)


def _licence(one: Any) -> str:  # noqa: ANN401  the library's union of its licence models
    return str(getattr(one, "value", None) or getattr(one, "id", None) or getattr(one, "name", None) or "")
