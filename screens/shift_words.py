"""A shift in words: its figures, where work goes, and the sheet as lines and on paper."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from content.paper import Facts, Grid, Paper, Section, Words
from content.translations import Language, translate
from domain.hand_over import Goes, WorkKind
from screens.times import clock_text
from widgets.clock import spell_seconds

if TYPE_CHECKING:
    from db.duty import MyShift, Sheet
    from domain.day_rules import DayRules

Row = tuple[WorkKind, int, str, datetime | None, Goes, str | None]
"""Kind, number, customer, due, way, name of the colleague."""


class ShiftWords:
    """Says a shift in a language, on one's own clock.

    Args:
        language: the language.
        zone: IANA name of the reader's clock.
        now: the present instant.
        rules: the pauses with their limits.
    """

    def __init__(self, language: Language, zone: str, now: datetime, rules: DayRules) -> None:
        self.language = language
        self._zone = zone
        self._now = now
        self._rules = rules

    def say(self, key: str, /, **params: object) -> str:
        """A sentence."""
        return translate(self.language, key, **params)

    def at(self, at: datetime | None) -> str:
        """An instant; nothing for none."""
        return "" if at is None else clock_text(self.language, at, self._zone, self._now)

    def way(self, goes: Goes, to: str | None) -> str:
        """Where a piece goes."""
        return self.say(f"shift.way.{goes}", name=to or "")

    def kind(self, kind: WorkKind) -> str:
        """What a piece is."""
        return self.say(f"shift.kind.{kind}")

    def figures(self, shift: MyShift) -> tuple[tuple[str, str], ...]:
        """The figures of a shift, each with its label."""
        began = self.at(shift.began_at) or self.say("shift.not_begun")
        rows = [
            (self.say("shift.began"), began),
            (self.say("shift.ends"), self.at(shift.ends_at)),
            (self.say("shift.next"), self.at(shift.next_at)),
            (self.say("shift.calls"), self.say("shift.calls_of", n=shift.calls, m=shift.contacts)),
            (self.say("shift.logged"), _spell(shift.logged)),
            (
                self.say("shift.handled"),
                self.say(
                    "shift.handled_of", time=_spell(shift.handled), talk=_spell(shift.talking)
                ),
            ),
        ]
        for one in shift.paused:
            pause = self._rules.pause(one.code)
            name = pause.name.of(self.language) if pause else one.code
            key = "shift.pause_of" if pause and pause.minutes else "shift.pause_free"
            minutes = pause.minutes if pause else 0
            spelt = self.say(key, time=_spell(one.time), times=one.times, minutes=minutes)
            rows.append((name, spelt))
        return tuple((label, value) for label, value in rows if value)

    def lines(self, rows: Iterable[Row]) -> list[str]:
        """Pieces as lines of text."""
        return [
            "  ".join(
                part
                for part in (
                    self.kind(kind), f"#{number}", name, self.at(due), f"→ {self.way(goes, to)}",
                )
                if part
            )
            for kind, number, name, due, goes, to in rows
        ]  # fmt: skip

    def paper(
        self, house: str, who: str, figures: tuple[tuple[str, str], ...], note: str,
        rows: Iterable[Row],
    ) -> Paper:  # fmt: skip
        """The hand-over sheet on paper."""
        heads = tuple(self.say(f"shift.head.{one}") for one in ("kind", "name", "due", "way"))
        cells = tuple(
            (f"{self.kind(kind)} #{number}", name, self.at(due), self.way(goes, to))
            for kind, number, name, due, goes, to in rows
        )
        return Paper(
            language=self.language,
            house=house,
            kind=self.say("shift.sheet"),
            title=self.say("shift.sheet_of", name=who, at=self.at(self._now)),
            stamp="",
            sections=(
                Section(self.say("shift.note"), (Words(note),) if note else ()),
                Section(self.say("shift.work"), (Grid(heads, cells),) if cells else ()),
                Section(self.say("shift.title"), (Facts(figures),)),
            ),
            foot=self.say("paper.printed", at=self.at(self._now), who=who),
        )


def rows_of(sheet: Sheet) -> tuple[Row, ...]:
    """The lines of a stored sheet."""
    return tuple((one.kind, one.id, one.name, one.due_at, one.goes, one.to) for one in sheet.lines)


def _spell(span: timedelta) -> str:
    return spell_seconds(int(span.total_seconds()))
