"""Codes of the AAPOR standard definitions, as far as they were checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from domain.bilingual import Bilingual
from domain.entry import Entry
from domain.said import Said


@dataclass(frozen=True, slots=True)
class Standard:
    """The codes that were checked, of one edition of the standard.

    Attributes:
        edition: which one, and how it was read.
        source: where in it the codes stand.
        as_of: month in which they were looked up, `2026-11`.
        meanings: what each code stands for.
    """

    edition: Bilingual = field(default=Bilingual("", ""))
    source: str = ""
    as_of: str = ""
    meanings: Mapping[str, Bilingual] = field(default_factory=dict)

    def knows(self, code: str) -> bool:
        """Whether a code was found in the standard."""
        return code in self.meanings

    def said(self, code: str) -> Said:
        """A code with its meaning, or that nobody has checked it."""
        meaning = self.meanings.get(code)
        if meaning is None:
            return Said("outcome.aapor.unchecked", {"code": code})
        given = {"code": code, "meaning": meaning, "edition": self.edition}
        return Said("outcome.aapor.checked", given)


def standard_of(data: object, where: str) -> Standard:
    """The codes of a parsed data file.

    Raises:
        InputError: `content_bad`, naming the entry and what is wrong with it.
    """
    file = Entry(where, data)
    codes = file.entry("code")
    meanings = {code: codes.both(code) for code in codes.fields}
    standard = Standard(file.both("edition"), file.text("source"), file.text("as_of"), meanings)
    codes.close()
    file.close()
    return standard
