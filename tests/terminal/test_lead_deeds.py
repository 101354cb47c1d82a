"""Each deed of a lead in two terminals on one database: the lead's keys, the operator's screen.

The lead reads English, the operator Chinese. Both desks are opened once for all deeds; each deed
has a customer of its own, whose callback stands first in the lead's list.
"""

from __future__ import annotations

import itertools
import re
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from content.rulebook import load_shipped
from content.translations import translate
from db import operators
from db.callbacks import NewCallback, create_callback
from db.engine import Database, open_database
from db.people import NewPerson, add_number, add_person
from db.tables import call, callback, campaign, draft, lead_action, seat
from domain.decision import NewNumber
from domain.permissions import Actor
from tests.databases import copy_template, make_template
from tests.terminal.working_day import SHANGHAI
from tests.tmux import PATIENCE, Terminal, desk_command, terminal

LEAD, OPERATOR, OTHER = "李组长", "Bo", "Cy"


@dataclass
class Floor:
    """A lead and an operator at their desks, and the database behind both."""

    database: Database
    lead: Terminal
    operator: Terminal
    people: dict[str, Actor]
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    _read: int = 0

    def customer(self, *, owner: str | None = None, mark: bool = True) -> tuple[int, str]:
        """A customer whose callback is the most overdue one, marked in the lead's list."""
        number = next(self._numbers)
        name = f"Customer{number:02d}"

        def make(unit: Any) -> int:
            person = add_person(unit, NewPerson(name, zone=SHANGHAI))
            phone = f"+8613800000{number:03d}"
            add_number(unit, person, NewNumber(phone, "", "CN", "mobile", (SHANGHAI,)))
            new = NewCallback(
                person,
                "delivery-3day",
                unit.now - timedelta(days=1, minutes=10 * number),
                named_by_customer=True,
                owner_id=self.people[owner].operator_id if owner else None,
            )
            return create_callback(unit, self.database.rulebook, new)

        made = self.database.write(make)
        if mark:
            self.lead.wait(name)
            self.lead.keys("Home")
            self.marks(name)
        return made, name

    def marks(self, name: str) -> None:
        """Waits until the lead's mark is on a customer."""
        self.until(
            lambda: any("▸" in line and name in line for line in self.lead.screen.splitlines())
        )

    def row(self, callback_id: int) -> sa.RowMapping:
        query = sa.select(callback).where(callback.c.id == callback_id)
        return self.database.read(lambda unit: unit.run(query).mappings().one())

    def notes(self) -> list[str]:
        """What is typed in calls that go on, as far as it is kept."""
        query = sa.select(draft.c.body)
        kept = self.database.read(lambda unit: unit.run(query).scalars().all())
        return [body.get("note", "") for body in kept]

    def until(self, holds: Callable[[], bool]) -> None:
        """Waits until something is true of the database."""
        end = time.monotonic() + PATIENCE
        while not holds():
            assert time.monotonic() < end, f"{self.lead.screen}\n{self.operator.screen}"
            self.lead.settle(0.1)

    def give_back(self, whose: str) -> None:
        """Makes everything that somebody has from earlier deeds anybody's again."""
        theirs = callback.c.assigned_to == self.people[whose].operator_id
        self.database.write(
            lambda unit: unit.run(
                sa.update(callback).where(theirs).values(assigned_to=None, owner_id=None)
            )
        )

    def told(self, key: str, **params: object) -> None:
        """The operator's screen says who did what; read, it makes room for the next."""
        said = translate("zh", key, sender=LEAD, **params)
        self.operator.wait(said[:24])
        self.operator.keys("'")
        self.operator.wait(gone=[said[:24]])

    def opens_next(self, name: str) -> None:
        """The operator asks for the next customer and gets this one."""
        self.operator.keys("n")
        self.operator.wait(name, "+86 138")

    def leaves_call(self) -> None:
        """The operator closes a call that is no longer theirs."""
        self.operator.wait(translate("zh", "call.read_only"))
        self.operator.keys("Escape")
        self.operator.wait(translate("zh", "desk.view.open"), gone=["+86 138"])

    def booked(self) -> list[str]:
        """The deeds written into the lead's book since it was last read."""
        query = sa.select(lead_action.c.kind).order_by(lead_action.c.id)
        deeds = self.database.read(lambda unit: unit.run(query).scalars().all())
        new = list(deeds[self._read :])
        self._read = len(deeds)
        return new


@pytest.fixture(scope="module")
def floor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Floor]:
    folder = tmp_path_factory.mktemp("floor")
    url = copy_template(make_template(tmp_path_factory.mktemp("template")), folder)
    with ExitStack() as stack:
        database = open_database(url, rulebook=load_shipped())
        stack.callback(database.close)
        operators.initialise(database, login="root", name="Root", language="en")
        root = operators.actor_of(database, "root")
        for login, name, role in (
            ("lea", LEAD, "lead"), ("bo", OPERATOR, "operator"), ("cy", OTHER, "operator"),
        ):  # fmt: skip
            operators.add(database, root, login=login, name=name, role=role)
        people = {
            name: operators.actor_of(database, login)
            for login, name in (("lea", LEAD), ("bo", OPERATOR), ("cy", OTHER))
        }
        working = stack.enter_context(terminal(desk_command(url, "--as", "bo", "--lang", "zh")))
        working.wait("Bo", translate("zh", "desk.view.open"))
        leading = stack.enter_context(
            terminal(desk_command(url, "--as", "lea", "--lang", "en"), width=140, height=40)
        )
        leading.wait(LEAD, translate("en", "desk.view.open"))
        yield Floor(database, leading, working, people)


def test_assign(floor: Floor) -> None:
    one, name = floor.customer()
    floor.lead.keys("z", "a")
    floor.lead.wait("1", OPERATOR, "the pool")
    floor.lead.keys("1")
    floor.lead.wait(f"1 · to {OPERATOR}")
    floor.told("notice.given.one", customer=name)
    assert floor.row(one)["assigned_to"] == floor.people[OPERATOR].operator_id
    assert floor.booked() == ["reassign"]


def test_take_the_last_action_back(floor: Floor) -> None:
    one, name = floor.customer()
    floor.lead.keys("z", "a", "1")
    floor.lead.wait(f"1 · to {OPERATOR}")
    floor.told("notice.given.one", customer=name)
    floor.lead.keys("z", "u")
    floor.lead.wait("1 stand as before")
    floor.told("notice.put_back.one", customer=name)
    assert floor.row(one)["assigned_to"] is None
    assert floor.booked() == ["reassign", "undo"]


def test_assign_several_after_a_dry_run(floor: Floor) -> None:
    two, _ = floor.customer(mark=False)
    one, _ = floor.customer()
    floor.lead.keys("Space", "Space")
    floor.lead.wait("2 picked")
    floor.lead.keys("z", "a", "1")
    floor.lead.wait("2 would be moved")
    floor.lead.types("busy day")
    floor.lead.keys("Enter")
    floor.lead.wait(f"2 · to {OPERATOR}")
    floor.operator.wait("busy day")
    floor.told("notice.given", n=2)
    assert {floor.row(each)["owner_id"] for each in (one, two)} == {
        floor.people[OPERATOR].operator_id
    }
    assert floor.booked() == ["reassign"]


def test_give_personal_work_to_everybody(floor: Floor) -> None:
    one, name = floor.customer(owner=OPERATOR)
    floor.lead.keys("z", "g")
    floor.lead.wait("1 · to everybody")
    floor.told("notice.taken.one", customer=name)
    assert floor.row(one)["assigned_to"] is None
    assert floor.booked() == ["release"]


def test_another_band(floor: Floor) -> None:
    one, name = floor.customer(owner=OPERATOR)
    floor.lead.keys("z", "b")
    floor.lead.wait("class 9")
    floor.lead.keys("8")
    floor.lead.wait("1 · into class 9")
    floor.told("notice.band.one", customer=name, band=9)
    assert floor.row(one)["band"] == 9
    assert floor.booked() == ["band"]


def test_another_time(floor: Floor) -> None:
    one, _name = floor.customer(owner=OPERATOR)
    floor.lead.keys("z", "t")
    floor.lead.wait("Move to when?")
    floor.lead.types("tomorrow 3pm")
    floor.lead.wait("3:00 pm")
    floor.lead.keys("Enter")
    floor.lead.wait("1 · moved to")
    floor.operator.wait(f"{LEAD}把")
    floor.operator.keys("'")
    assert floor.row(one)["state"] == "scheduled"
    assert floor.booked() == ["reschedule"]


def test_cancel(floor: Floor) -> None:
    one, name = floor.customer(owner=OPERATOR)
    floor.lead.keys("z", "x")
    floor.lead.wait("1 would be moved")
    floor.lead.types("came in person")
    floor.lead.keys("Enter")
    floor.lead.wait("1 · cancelled")
    floor.operator.wait("came in person")
    floor.told("notice.cancelled.one", customer=name)
    assert floor.row(one)["state"] == "cancelled"
    assert floor.booked() == ["cancel"]


def test_next_call_and_give_it_back(floor: Floor) -> None:
    one, name = floor.customer()
    floor.lead.keys("z", "n", "1")
    floor.lead.wait(f"next call for {OPERATOR}")
    floor.told("notice.next.one", customer=name)
    floor.opens_next(name)
    assert floor.row(one)["claimed_by"] == floor.people[OPERATOR].operator_id
    floor.marks(name)
    floor.lead.keys("z", "g")
    floor.lead.wait("1 · to everybody")
    floor.told("notice.freed.one", customer=name)
    assert floor.row(one)["state"] == "due"
    floor.leaves_call()
    assert floor.booked() == ["next_for", "release"]


def test_take_a_stuck_call_over(floor: Floor) -> None:
    one, name = floor.customer(owner=OPERATOR)
    floor.lead.keys("z", "n", "1")
    floor.told("notice.next.one", customer=name)
    floor.opens_next(name)
    floor.operator.keys("n")
    floor.operator.composes("客户说下午再谈")
    floor.until(lambda: "客户说下午再谈" in floor.notes())
    floor.operator.keys("Escape")
    floor.lead.keys("z", "s")
    floor.lead.wait(f"Take {OPERATOR}'s call over")
    floor.lead.types("line hangs")
    floor.lead.keys("Enter")
    floor.lead.wait(name, "+86 138", "客户说下午再谈")
    floor.operator.wait("line hangs", translate("zh", "call.read_only"))
    floor.told("notice.stolen", customer=name)
    row = floor.row(one)
    assert (row["state"], row["claimed_by"]) == ("claimed", floor.people[LEAD].operator_id)
    floor.leaves_call()
    floor.lead.keys("r")
    floor.lead.wait(f"{name} is back in the queue")
    floor.until(lambda: floor.row(one)["state"] == "due")
    assert floor.booked() == ["next_for", "steal"]


def test_pause_a_campaign_and_let_it_go_on(floor: Floor) -> None:
    floor.customer()

    def paused() -> bool:
        query = sa.select(campaign.c.id).where(campaign.c.paused_at.is_not(None))
        return floor.database.read(lambda unit: unit.run(query).first()) is not None

    kind = floor.database.rulebook.campaigns["delivery-3day"].name.zh
    floor.lead.keys("z", "p")
    floor.lead.wait("Pause the campaign")
    floor.lead.keys("Enter")
    floor.lead.wait("is paused")
    floor.told("notice.campaign_pause", campaign=kind)
    assert paused()
    floor.lead.keys("z", "p")
    floor.lead.wait("go on?")
    floor.lead.keys("Enter")
    floor.lead.wait("goes on")
    floor.told("notice.campaign_resume", campaign=kind)
    assert not paused()
    assert floor.booked() == ["campaign_pause", "campaign_resume"]


def test_write_a_message(floor: Floor) -> None:
    floor.customer(owner=OPERATOR)
    floor.lead.keys("z", "m")
    floor.lead.wait(f"To {OPERATOR}")
    floor.lead.types("tea at four")
    floor.lead.keys("Enter")
    floor.lead.wait("has your message")
    floor.operator.wait(translate("zh", "notice.words", sender=LEAD, text="tea at four"))
    floor.operator.keys("'")
    assert floor.booked() == ["message"]


def test_open_again(floor: Floor) -> None:
    floor.customer(mark=False)  # somebody stays in the list, whom the mark is on meanwhile
    one, name = floor.customer()
    floor.lead.keys("z", "x")
    floor.lead.wait("1 would be moved")
    floor.lead.types("twice")
    floor.lead.keys("Enter")
    floor.lead.wait("1 · cancelled")
    floor.lead.keys("z", "u")
    floor.lead.wait("1 stand as before")
    floor.lead.wait(name)
    assert floor.row(one)["state"] == "due"
    assert floor.booked() == ["cancel", "undo"]


def test_force_a_pause_and_end_it(floor: Floor) -> None:
    floor.customer(owner=OPERATOR)
    first = floor.database.rulebook.day.pauses[0].name.zh
    floor.lead.keys("z", "i")
    floor.lead.wait(OPERATOR, "put them on a pause")
    floor.lead.keys("p")
    floor.lead.wait(f"Which pause for {OPERATOR}?")
    floor.lead.keys("1")
    floor.lead.wait(f"Why a pause for {OPERATOR}?")
    floor.lead.types("fire drill")
    floor.lead.keys("Enter")
    floor.lead.wait(f"{OPERATOR} is on a pause")
    floor.operator.wait("fire drill")
    floor.told("notice.force_pause", pause=first)
    floor.lead.keys("z", "i")
    floor.lead.wait("put them on a pause")
    floor.lead.keys("r")
    floor.lead.wait("pause is over")
    floor.told("notice.pause_lifted")
    assert floor.booked() == ["force_pause", "lift_pause"]


def test_open_one_that_is_over_again(floor: Floor) -> None:
    one, name = floor.customer()
    floor.lead.keys("z", "x")
    floor.lead.wait("1 would be moved")
    floor.lead.types("by mistake")
    floor.lead.keys("Enter")
    floor.lead.wait("1 · cancelled")
    floor.lead.keys("/")
    floor.lead.wait(translate("en", "ui.search_title"))
    floor.lead.types(name)
    floor.lead.wait("138****", "found by")
    floor.lead.keys("Enter")
    floor.lead.wait(translate("en", "customer.masked"))
    floor.lead.keys("h", "o")
    floor.lead.wait(f"{name} waits for a call again")
    assert floor.row(one)["state"] == "due"
    floor.lead.keys("Escape")
    floor.lead.wait(translate("en", "desk.view.open"))
    assert floor.booked() == ["cancel"]


def test_give_the_work_of_an_operator_to_others(floor: Floor) -> None:
    floor.give_back(OPERATOR)
    one, name = floor.customer(owner=OPERATOR)
    floor.lead.keys("z", "i")
    floor.lead.wait("put them on a pause")
    floor.lead.keys("a")
    shown = floor.lead.wait(OTHER, "the pool")
    digit = re.search(rf"(\d)[ ●]+{OTHER}", shown)
    assert digit is not None
    floor.lead.keys(digit[1])
    floor.lead.wait("would be moved", OTHER)
    floor.lead.keys("Enter")
    floor.lead.wait(f"· to {OTHER}")
    floor.told("notice.taken.one", customer=name)
    assert floor.row(one)["assigned_to"] == floor.people[OTHER].operator_id
    assert floor.booked() == ["reassign"]


def test_what_an_operator_has_in_hand(floor: Floor) -> None:
    one, name = floor.customer(owner=OPERATOR)
    floor.lead.keys("z", "n", "1")
    floor.told("notice.next.one", customer=name)
    floor.opens_next(name)
    floor.marks(name)
    floor.lead.keys("z", "i")
    floor.lead.wait("put them on a pause")
    floor.lead.keys("h")
    floor.lead.wait(name, "take the stuck call over")
    floor.lead.keys("Escape")
    floor.lead.wait("put them on a pause")
    floor.lead.keys("g")
    floor.lead.wait("1 would be moved")
    floor.lead.keys("Enter")
    floor.lead.wait("1 · to everybody")
    floor.told("notice.freed.one", customer=name)
    floor.leaves_call()
    assert floor.row(one)["state"] == "due"
    assert floor.booked() == ["next_for", "release"]


def test_write_to_everybody(floor: Floor) -> None:
    floor.customer(owner=OPERATOR)
    floor.lead.keys("z", "i")
    floor.lead.wait("put them on a pause")
    floor.lead.keys("e")
    floor.lead.wait(translate("en", "lead.message.all"))
    floor.lead.types("fire drill at three")
    floor.lead.keys("Enter")
    floor.operator.wait(translate("zh", "notice.words", sender=LEAD, text="fire drill at three"))
    floor.operator.keys("'")
    assert floor.booked() == ["message"]


def test_resolve_what_is_to_be_checked_after_logging_somebody_out(floor: Floor) -> None:
    """The last one: the operator's desk is closed by it."""
    one, name = floor.customer(owner=OPERATOR)
    floor.lead.keys("z", "n", "1")
    floor.told("notice.next.one", customer=name)
    floor.opens_next(name)
    floor.marks(name)
    floor.lead.keys("z", "i")
    floor.lead.wait("log them out")
    floor.lead.keys("l")
    floor.lead.wait(f"Log {OPERATOR} out")
    floor.lead.types("closing time")
    floor.lead.keys("Enter")
    floor.lead.wait("logged out; to be checked: 1")
    floor.operator.wait(translate("zh", "notice.ended.dismissed", sender=LEAD), "closing time")
    query = sa.select(seat.c.ended).where(seat.c.operator_id == floor.people[OPERATOR].operator_id)
    assert floor.database.read(lambda unit: unit.run(query).scalars().all()) == ["dismissed"]
    floor.lead.keys("Home", "z", "k")
    floor.lead.wait(name, translate("en", "checks.title"))
    floor.lead.keys("n")
    floor.lead.wait("waits for a call again")
    assert floor.row(one)["state"] == "due"
    phases = sa.select(call.c.phase).where(call.c.phase != "ended")
    assert floor.database.read(lambda unit: unit.run(phases).first()) is None
    assert floor.booked() == ["next_for", "log_out"]
