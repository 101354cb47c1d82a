"""What is wrong with a playbook file, and where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from domain.said import Said


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One fault in one line of one file.

    Attributes:
        file: the path as it was named.
        line: counted from 1; 1 for a fault of the whole file.
        code: which fault; its words are `script.finding.<code>`.
        params: values for the words.
    """

    file: str
    line: int
    code: str
    params: Mapping[str, object] = field(default_factory=dict, compare=False)

    @property
    def said(self) -> Said:
        """The sentence that says what is wrong."""
        return Said(f"script.finding.{self.code}", self.params)
