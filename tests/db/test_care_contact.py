"""Regular contact on a database: what counts as a contact, what is open, what waits already."""

from __future__ import annotations

from datetime import date, timedelta

import sqlalchemy as sa

from content.care_plans import care_plans
from content.lunar import BoraxCalendar
from db.care import run_care_plan
from db.contacts import record_contact
from db.tables import call, callback, chance, contact
from domain.campaign import ContentKind
from domain.care.book import CareBook
from tests.databases import Desk

BOOK = CareBook(care_plans(), BoraxCalendar(), "Asia/Shanghai")
TODAY = date(2026, 11, 23)


def heard(desk: Desk, days: int, state: str = "open") -> int:
    """A customer of whom a chance was heard some days ago."""
    who = desk.person()
    at = desk.clock.now - timedelta(days=days)
    row = {"person_id": who, "kind": "interest", "text": "", "state": state, "at": at}
    desk.database.write(lambda unit: unit.run(chance.insert(), row))
    return who


def called(desk: Desk, who: int, days: int, outcome: str) -> None:
    row = {
        "person_id": who, "at": desk.clock.now - timedelta(days=days), "direction": "out",
        "channel": "call_centre", "content_kind": "information", "details": {"outcome": outcome},
    }  # fmt: skip
    desk.database.write(lambda unit: unit.run(contact.insert(), row))


def asked(desk: Desk) -> list[int]:
    run_care_plan(desk.database, desk.actor, BOOK)
    return [row["person_id"] for row in desk.rows(sa.select(callback.c.person_id))]


def test_contact_is_due_a_week_after_the_last_time_somebody_answered(desk: Desk) -> None:
    due = heard(desk, 7)
    unanswered = heard(desk, 14)
    called(desk, unanswered, 3, "no_answer")
    spoken = heard(desk, 14)
    called(desk, spoken, 3, "completed")
    written = heard(desk, 14)
    record_contact(
        desk.database, desk.actor, written, direction="in", channel="letter",
        content=ContentKind.OPINION, at=desk.clock.now - timedelta(days=2),
    )  # fmt: skip
    old, withdrawn = heard(desk, 70), heard(desk, 7, "withdrawn")
    fresh = heard(desk, 0)
    assert asked(desk) == [due, unanswered]
    assert not {old, withdrawn, fresh} & {due, unanswered}
    assert asked(desk) == [due, unanswered]


def test_a_deal_takes_the_chance_up(desk: Desk) -> None:
    who = heard(desk, 14)
    at = desk.clock.now - timedelta(days=2)
    done = desk.callback(who, campaign="general", due_at=at)
    values = {"state": "done", "last_outcome": "booked", "updated_at": at}
    desk.database.write(
        lambda unit: unit.run(sa.update(callback).where(callback.c.id == done).values(**values))
    )
    assert asked(desk) == [who]


def test_while_the_call_waits_there_is_no_second_and_then_there_is(desk: Desk) -> None:
    who = heard(desk, 7)
    assert asked(desk) == [who]
    desk.clock.advance(days=7)
    assert asked(desk) == [who]
    desk.database.write(lambda unit: unit.run(sa.update(callback).values(state="exhausted")))
    assert asked(desk) == [who, who]
    assert not desk.rows(sa.select(call.c.id))
