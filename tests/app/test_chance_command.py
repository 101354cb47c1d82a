"""`callback-desk chance`, `queue overrides` and `customer consent`, as a program calls them."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from app.cli.program import callback_desk
from content.rulebook import load_shipped
from db.callbacks import NewCallback, create_callback
from db.engine import open_database
from db.finish import finish
from db.people import NewPerson, add_number, add_person
from db.queue import claim
from db.seats import open_seat
from domain.chance import ChanceKind, GivenChance
from domain.decision import Decision, NewNumber

START = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)
NOW = "2026-11-23T12:30:00+08:00"


class Line:
    """The program on one database."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def __call__(self, *words: str, ok: bool = True) -> dict[str, object]:
        given = [*words, "--as", "ann", "--json", "--database", str(self._file)]
        done = CliRunner().invoke(callback_desk, given)
        assert (done.exit_code == 0) is ok, done.output
        return dict(json.loads(done.stdout)) if ok else {}


@pytest.fixture
def line(tmp_path: Path) -> Line:
    file = tmp_path / "desk.db"
    made = CliRunner().invoke(
        callback_desk,
        ["init", "--database", str(file), "--as", "ann", "--name", "Ann", "--practice"],
    )
    assert made.exit_code == 0, made.output
    database = open_database(str(file), rulebook=load_shipped())
    clock = [START]
    database.set_clock(lambda: clock[0])

    def work(unit) -> int:
        person = add_person(unit, NewPerson("王芳"))
        number = NewNumber("+8613800000001", "", "CN", "mobile", ("Asia/Shanghai",))
        add_number(unit, person, number)
        return person

    person = database.write(work)
    ann = open_seat(database, "ann").actor

    def one_more() -> int:
        new = NewCallback(person, "delivery-3day", START)
        return database.write(lambda unit: create_callback(unit, database.rulebook, new))

    for _ in range(3):
        taken = claim(database, ann, one_more())
        chance = GivenChance(ChanceKind.ORDER, "tyres", 160_000, "CNY")
        decision = Decision(str(uuid.uuid4()), "completed", chances=(chance,))
        finish(database, ann, taken.call_id, taken.fence, decision)
        clock[0] += timedelta(minutes=10)
    one_more()
    database.close()
    return Line(file)


def test_chances_are_listed_settled_and_reported(line: Line) -> None:
    found = line("chance", "list")["chances"]
    assert [one["state"] for one in found] == ["open"] * 3
    first, second, third = (str(one["id"]) for one in found)
    line("chance", "won", first, "--value", "2000 CNY", "--now", NOW)
    line("chance", "lost", second, "--reason", "price", "--now", NOW)
    line("chance", "lost", third, ok=False)
    (won,) = line("chance", "list", "--state", "won")["chances"]
    assert (won["brought"], won["brought_currency"]) == (200_000, "CNY")
    report = line("chance", "report", "--now", NOW)
    assert report["total"]["won_percent"] == 50
    assert report["total"]["brought"] == {"CNY": 200_000}
    (row,) = report["lines"]
    assert (row["campaign"], row["kind"], row["heard"]) == ("delivery-3day", "order", 3)
    line("chance", "reopen", first, "--now", NOW)
    assert len(line("chance", "list", "--state", "open")["chances"]) == 2


def test_overrides_are_listed_with_their_end_and_taken_back(line: Line) -> None:
    (waits,) = line("queue", "list")["callbacks"]
    number = str(waits["id"] if "id" in waits else waits["callback_id"])
    end = "2026-11-23T13:00:00+08:00"
    line("queue", "override", number, "--reason", "asked for it", "--until", end, "--now", NOW)
    (one,) = line("queue", "overrides", "--now", NOW)["overrides"]
    assert (one["reason"], one["until"]) == ("asked for it", "2026-11-23T05:00:00Z")
    assert any(
        "asked for it" in told for told in line("queue", "why", number, "--now", NOW)["order"]
    )
    line("queue", "overrides", "--revoke", str(one["id"]), "--now", NOW)
    assert line("queue", "overrides", "--now", NOW)["overrides"] == []
    assert not line("queue", "why", number, "--now", NOW)["callable"]
    line("queue", "overrides", "--revoke", str(one["id"]), "--now", NOW, ok=False)


def test_leave_is_noted_with_its_evidence_and_end(line: Line) -> None:
    until = "2027-05-01T00:00:00+08:00"
    words = ("customer", "consent", "1", "--purpose", "sales", "--now", NOW)
    made = line(*words, "--granted", "--evidence", "form 17", "--until", until)
    assert (made["granted"], made["until"]) == (True, "2027-04-30T16:00:00Z")
    line(*words, "--refused", "--evidence", "said so")
    line(*words, "--granted", ok=False)
    shown = line("customer", "show", "1")
    assert shown
