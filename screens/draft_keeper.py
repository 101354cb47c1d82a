"""Keeping a draft at most a second behind what is typed, whatever the database does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

PAUSE: Final = 0.4
"""Seconds after the first change of a batch until it is written."""

AGAIN: Final = 2.0
"""Seconds until a failed write is tried again."""


@dataclass(slots=True)
class DraftKeeper:
    """Which revision is typed, which one is on its way, which one is in the database.

    Attributes:
        typed: the revision on the screen.
        sent: the revision on its way; 0 when none is.
        kept: the revision in the database.
    """

    typed: int
    sent: int = 0
    kept: int = 0
    _body: Mapping[str, Any] | None = None

    @classmethod
    def at(cls, revision: int) -> DraftKeeper:
        """A keeper of a draft that is in the database at a revision."""
        return cls(typed=revision, kept=revision)

    def changed(self, body: Mapping[str, Any]) -> None:
        """Something was typed or chosen."""
        self.typed += 1
        self._body = body

    @property
    def safe(self) -> bool:
        """Whether everything typed is in the database."""
        return self.kept >= self.typed

    def take(self) -> tuple[Mapping[str, Any], int] | None:
        """What to write now; none when nothing is new or a write is on its way."""
        if self.safe or self.sent or self._body is None:
            return None
        self.sent = self.typed
        return self._body, self.typed

    def stored(self, revision: int) -> None:
        """A revision is in the database; a higher one there than ours is passed by the next."""
        self.sent = 0
        self.kept = max(self.kept, min(revision, self.typed))
        if revision > self.typed:
            self.typed = revision + 1

    def failed(self) -> None:
        """The write failed; the text is still here."""
        self.sent = 0

    def unsaved(self) -> tuple[Mapping[str, Any], int] | None:
        """What is not in the database yet; none when everything is."""
        return None if self.safe or self._body is None else (self._body, self.typed)
