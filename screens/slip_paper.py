"""Sheets for departments: the dispatch slip, and what changed about their customers in a day."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from content.paper import Block, Facts, Grid, Paper, Ruled, Section, Signed, Words
from screens.case_story import StoryTeller
from screens.case_words import CaseWords
from screens.times import day_text

if TYPE_CHECKING:
    from db.case_file import CaseFile
    from db.case_story import SlipLine
    from db.change_sheet import ChangedCase, ChangeSheet


_PARTS: Final = frozenset({"phone", "asset"})


class DepartmentPapers:
    """Writes sheets for departments.

    Args:
        words: names the codes of cases, in the language of the sheet.
        teller: tells what happened to a case.
        zone: IANA name of the shop's clock.
        house: who sends them; empty where nobody is named.
        printer: the name of who prints.
        now: UTC instant of printing.
    """

    def __init__(
        self,
        words: CaseWords,
        teller: StoryTeller,
        zone: str,
        house: str,
        printer: str,
        now: datetime,
    ) -> None:
        self._words = words
        self._say = words.say
        self._teller = teller
        self._zone = ZoneInfo(zone)
        self._house = house
        self._foot = words.say("slip.paper.foot", name=printer, at=self._full(now))

    def slip(self, case: CaseFile, slip: SlipLine) -> Paper:
        """A dispatch slip with room for the reply; no number and no address of the customer's."""
        head, words, say = case.head, self._words, self._say
        facts = Facts(
            (
                (say("slip.paper.number"), head.number or f"#{head.id}"),
                (say("slip.paper.customer"), head.name),
                (say("slip.paper.level"), words.level(head.level)),
                (say("slip.paper.category"), words.category(head.category)),
                (say("slip.paper.received"), self._full(head.received_at)),
                (say("slip.paper.sent"), self._full(slip.sent_at)),
                (say("slip.paper.sender"), slip.sent_by),
            )
        )
        wishes = "\n".join(f"{place}. {one.text}" for place, one in enumerate(case.wishes, 1))
        told: list[Block] = [facts, Words(head.description, say("slip.paper.words"))]
        if wishes:
            told.append(Words(f"\n{wishes}", say("slip.paper.wishes")))
        answered = (
            (Words(slip.reply),)
            if slip.reply
            else (
                Ruled(say("slip.paper.reply_hint"), 6),
                Signed((say("slip.paper.signed"), say("slip.paper.date"))),
            )
        )
        department = words.department(slip.department)
        return Paper(
            language=words.language,
            house=self._house,
            kind=say("slip.paper.kind"),
            title=say("slip.paper.title", slip=slip.id, department=department),
            stamp=say("slip.paper.stamp", at=self._full(slip.reply_by)),
            sections=(
                Section(say("slip.paper.ask"), (Words(slip.ask),)),
                Section(say("slip.paper.case"), tuple(told)),
                Section(say("slip.paper.reply"), answered),
            ),
            foot=self._foot,
        )

    def changes(self, sheet: ChangeSheet) -> Paper:
        """What changed about a department's customers; it says so where nothing did."""
        say = self._say
        day = day_text(self._words.language, sheet.since.astimezone(self._zone), sheet.until)
        head = (say("slip.changes.slip"), say("slip.changes.by"), say("slip.paper.customer"))
        owed = Grid(
            (*head, say("slip.changes.ask")),
            tuple(
                (f"#{slip.id}", self._full(slip.reply_by), name, slip.ask)
                for name, slip in sheet.owed
            ),
        )
        records = Grid(
            (say("slip.changes.when"), say("slip.paper.customer"), say("slip.changes.fields")),
            self._records(sheet),
        )
        none = (Words(say("slip.changes.none")),) if sheet.empty else ()
        return Paper(
            language=self._words.language,
            house=self._house,
            kind=say("slip.changes.kind"),
            title=say(
                "slip.changes.title",
                department=self._words.department(sheet.department),
                day=day,
            ),
            stamp="",
            sections=(
                Section("", none),
                Section(say("slip.changes.owed"), (owed,) if sheet.owed else ()),
                *(self._case(one) for one in sheet.cases),
                Section(say("slip.changes.records"), (records,) if sheet.records else ()),
            ),
            foot=self._foot,
        )

    def lines(self, sheet: ChangeSheet) -> list[str]:
        """The change sheet as lines of text."""
        say = self._say
        if sheet.empty:
            return [say("slip.changes.none")]
        lines = [
            f"#{slip.id} · {self._full(slip.reply_by)} · {name} · {slip.ask}"
            for name, slip in sheet.owed
        ]
        if lines:
            lines.insert(0, say("slip.changes.owed"))
        for case in sheet.cases:
            lines.append(self._heading(case))
            lines += [f"  {at} {what}" for at, what in self._rows(case)]
        if sheet.records:
            lines.append(say("slip.changes.records"))
        return [*lines, *("  " + " · ".join(row) for row in self._records(sheet))]

    def _case(self, case: ChangedCase) -> Section:
        head = (self._say("slip.changes.when"), self._say("slip.changes.what"))
        return Section(self._heading(case), (Grid(head, self._rows(case)),))

    def _heading(self, case: ChangedCase) -> str:
        return self._say(
            "slip.changes.case",
            case=case.number or f"#{case.id}",
            customer=case.customer,
            what=case.description,
        )

    def _rows(self, case: ChangedCase) -> tuple[tuple[str, str], ...]:
        return tuple(
            (
                self._clock(line.at),
                "\n".join(filter(None, (self._teller.sentence(line), line.text))),
            )
            for line in case.lines
        )

    def _records(self, sheet: ChangeSheet) -> tuple[tuple[str, str, str], ...]:
        return tuple(
            (self._clock(one.at), one.customer, ", ".join(map(self._field, one.fields or ("",))))
            for one in sheet.records
        )

    def _field(self, name: str) -> str:
        from db.customer_edit import FIELDS  # noqa: PLC0415 - connected long since

        if name in FIELDS:
            return self._say(f"customer.field.{name}")
        kind = name.partition(".")[0]
        return self._say(f"slip.changes.{kind if kind in _PARTS else 'record'}")

    def _clock(self, at: datetime) -> str:
        return at.astimezone(self._zone).strftime("%H:%M")

    def _full(self, at: datetime) -> str:
        return at.astimezone(self._zone).strftime("%Y-%m-%d %H:%M")
