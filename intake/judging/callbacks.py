"""Rows of a file of callbacks."""

from __future__ import annotations

from typing import Final

from domain.record.rows import CallbackRow, PersonRecord
from domain.when.model import DateOrder
from intake.judging.cells import RowCells
from intake.judging.persons import PersonJudge
from intake.judging.setting import JudgingSetting
from intake.judging.times import read_due

GENERAL: Final = "general"
_LONGEST_NOTE: Final = 20_000
# What a file tells of a person beyond who it is: with any of these it brings persons of its own.
_TELLS_OF_PERSONS: Final = frozenset(
    ["first_name", "last_name", "country", "zone", "language", "consent", "do_not_call", "email"]
)


def brings_persons(cells: RowCells) -> bool:
    """Whether a file of callbacks introduces the persons that it names.

    A file with customer numbers and nothing more about its persons than name and number refers to
    a register: a customer number that is not in it is a mistake. Any other brings its persons.
    """
    return not cells.has("customer_number") or any(map(cells.has, _TELLS_OF_PERSONS))


def judge_callback(
    cells: RowCells, setting: JudgingSetting, judge: PersonJudge, row: int
) -> CallbackRow:
    """The callback of the row at hand.

    Raises:
        BadRowError: `nothing_known`, `due_not_understood` or `due_relative`.
    """
    note, removed = cells.text("note")
    person = judge.read(note)
    faults = [f"note_{what}" for what in removed]
    if len(note) > _LONGEST_NOTE:
        faults.append("note_cut")
    due = read_due(cells, setting, _zones(person), _date_order(person, setting))
    reason = cells.line("campaign")
    campaign = setting.campaigns.named(reason) if reason else None
    if reason and campaign is None:
        faults.append("campaign_unknown")
        note = f"{reason}\n{note}".strip()
    return CallbackRow(
        row=row,
        number=cells.line("callback_number")[:120],
        person=person,
        campaign=campaign.code if campaign else GENERAL,
        due_at=due.at,
        due_kind=due.kind,
        agent=_agent(cells.line("agent")),
        priority=_priority(cells, setting, faults),
        note=note[:_LONGEST_NOTE],
        faults=tuple(faults),
    )


def _zones(person: PersonRecord) -> tuple[str, ...]:
    """The zones in which the customer may be: the own setting, else all of the number."""
    own = person.fields.get("zone")
    return (str(own),) if own else person.phones[0].zones


def _date_order(person: PersonRecord, setting: JudgingSetting) -> DateOrder:
    country = str(person.fields.get("country", setting.region))
    return "mdy" if country in setting.book.month_first else "dmy"


def _priority(cells: RowCells, setting: JudgingSetting, faults: list[str]) -> str:
    word = cells.line("priority")
    if not word:
        return "normal"
    priority = setting.book.word("priority", word)
    if priority is None:
        faults.append("priority_unknown")
    return priority or "normal"


def _agent(name: str) -> str:
    return name if name.isascii() else name.replace(" ", "")
