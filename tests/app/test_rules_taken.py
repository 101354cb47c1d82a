"""The rules in force are taken up by whoever opens a database, and by a desk while it is open."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.rules import RulesTaker
from content.rule_files import RULES, digest_of, shipped_rules
from content.rulebook import load_shipped
from db import adoption, operators, releases, schema
from db.engine import Database, open_database
from db.rules_held import rules_in_force
from domain.content_set import NewFile
from domain.errors import InputError

SHIPPED = shipped_rules()
FEWER = SHIPPED["campaigns"].replace("attempt_cap = 5", "attempt_cap = 2")


def file(name: str, text: str) -> NewFile:
    return NewFile(RULES, name, "", digest_of(text), text, {})


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(str(tmp_path / "desk.db"), rulebook=load_shipped(), must_exist=False)
    schema.create(opened)
    operators.initialise(opened, login="ann", name="Ann", language="en", practice=True)
    yield opened
    opened.close()


def adopt(database: Database) -> None:
    adoption.adopt_shipped(database, [file(*one) for one in SHIPPED.items()], "shipped")


def publish(database: Database, text: str) -> None:
    base = {(RULES, "campaigns", ""): digest_of(SHIPPED["campaigns"])}
    ann = operators.actor_of(database, "ann")
    files = [file("campaigns", text)]
    releases.publish(database, ann, files, base=base, at=None, note="")


def caps(database: Database) -> set[int]:
    return {one.attempt_cap for one in database.rulebook.campaigns}


def test_a_seat_takes_up_what_was_published_and_what_was_taken_back(database: Database) -> None:
    taker = RulesTaker()
    taker.follow(database)
    adopt(database)
    taker.follow(database)
    assert database.rulebook.release == load_shipped().release
    publish(database, FEWER)
    taker.follow(database)
    assert 5 not in caps(database)
    other = open_database(str(database.place.file), rulebook=load_shipped())
    RulesTaker().follow(other)
    assert caps(other) == caps(database)
    assert other.rulebook.release == database.rulebook.release
    other.close()
    ann = operators.actor_of(database, "ann")
    releases.roll_back(database, ann, releases.releases(database, ann)[-1].name, note="")
    taker.follow(database)
    assert database.rulebook.release == load_shipped().release


def test_rules_that_cannot_be_read_leave_the_present_ones(database: Database) -> None:
    adopt(database)
    taker = RulesTaker()
    taker.follow(database)
    publish(database, "campaign = 1")
    with pytest.raises(InputError):
        taker.follow(database)
    assert database.rulebook.release == load_shipped().release


def test_a_start_does_not_wait_for_shipped_rules(database: Database) -> None:
    adopt(database)
    taker = RulesTaker()
    taker.follow(database, starting=True)
    held = rules_in_force(database)
    assert held is not None
    assert not held.taken
    taker.follow(database)
    held = rules_in_force(database)
    assert held is not None
    assert held.taken
    publish(database, FEWER)
    other = RulesTaker()
    other.follow(database, starting=True)
    assert 5 not in caps(database)
