"""Facts for people: titled lists of label and value, the shape of `inspect` and `info`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Section:
    """A title and its facts in order; labels are ours, values may be untrusted text."""

    title: str
    facts: tuple[tuple[str, str], ...]

    def to_dict(self) -> dict[str, object]:
        """`{"title", "facts": {label: value}}`."""
        return {"title": self.title, "facts": dict(self.facts)}
