"""Possible matches: two are told apart, or become one with everything that hangs on them."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from db.customers import reveal, show
from db.matches import decide_different, decide_same, list_open
from db.queue import claim
from db.tables import calling_window, import_memory, person, possible_match
from db.undo import undo
from domain.errors import InputError, RefusedError
from tests.databases import Desk
from tests.db.customers_filled import NUMBER, fill, second_person


def test_the_list_shows_both_masked(desk: Desk):
    first = desk.person("王芳", NUMBER)
    other, pair = second_person(desk, first, "汪芳", NUMBER)
    (line,) = list_open(desk.database, desk.actor)
    assert (line.id, line.person_id, line.other_id, line.reason) == (pair, first, other, "number")
    assert (line.name, line.other_name) == ("王芳", "汪芳")
    assert line.masked == line.other_masked == "+86138****8000"
    assert list_open(desk.database, desk.actor, after=pair) == ()


def test_two_are_told_apart_by_a_lead_once(desk: Desk):
    first = desk.person("王芳")
    _, pair = second_person(desk, first)
    with pytest.raises(RefusedError) as error:
        decide_different(desk.database, desk.operator("bo"), pair)
    assert error.value.code == "not_allowed"
    decide_different(desk.database, desk.actor, pair)
    assert list_open(desk.database, desk.actor) == ()
    with pytest.raises(RefusedError) as again:
        decide_same(desk.database, desk.actor, pair)
    assert again.value.code == "match_decided"


def test_one_person_has_all_that_two_had(desk: Desk):
    first = desk.person("王芳", NUMBER)
    filled = fill(desk)
    third = desk.person("李娜")

    def pair_up(unit: Any) -> int:
        made: int = 0
        for one, two in ((first, filled.person_id), (filled.person_id, third)):
            made = unit.run(
                possible_match.insert().returning(possible_match.c.id),
                {
                    "person_id": one, "other_id": two, "reason": "number", "state": "open",
                    "found_at": unit.now,
                },
            ).scalar_one()  # fmt: skip
        return made - 1

    pair = desk.database.write(pair_up)
    desk.clock.advance(minutes=5)
    decided = decide_same(desk.database, desk.actor, pair)
    assert (decided.person_id, decided.merged_id) == (first, filled.person_id)
    record = reveal(desk.database, desk.actor, filled.person_id)
    assert record.person_id == first
    assert record.card.name == "王芳"
    assert [line.e164 for line in record.card.phones] == [NUMBER, None]
    assert (record.card.spent, record.card.currency) == (123_400, "CNY")
    assert record.fields.id_number == "11010519491231002X"
    assert (record.fields.birthday, record.fields.email) == ("1949-12-31", "mi@example.org")
    assert len(record.callbacks) == 3
    assert len(record.calls) == len(record.promises) == len(record.complaints) == 1
    assert len(record.orders) == len(record.consents) == 1
    assert len(record.contacts) == 2
    assert [line.plate for line in record.card.assets] == ["粤B·12345"]
    assert [(line.person_id, line.other_id) for line in record.matches] == [(first, third)]
    (memory,) = desk.rows(
        sa.select(import_memory.c.row_id).where(import_memory.c.kind == "customers")
    )
    assert memory["row_id"] == first
    (gone,) = desk.rows(sa.select(person).where(person.c.id == filled.person_id))
    assert (gone["merged_into"], gone["closed_because"]) == (first, "merged")
    with pytest.raises(RefusedError) as error:
        undo(desk.database, filled.actor, filled.decision.uuid, "1" * 36)
    assert error.value.code == "undo_acted_on"


def test_the_one_to_keep_can_be_named_and_hours_follow_its_zone(desk: Desk):
    first = desk.person("王芳", NUMBER)
    other, pair = second_person(desk, first, "汪芳", "+12125552368")
    desk.database.write(
        lambda unit: unit.run(
            sa.update(person).where(person.c.id == other).values(zone="America/New_York")
        )
    )
    made = desk.callback(first)
    with pytest.raises(InputError) as error:
        decide_same(desk.database, desk.actor, pair, keep=4711)
    assert error.value.code == "match_keep"
    decide_same(desk.database, desk.actor, pair, keep=other)
    row = desk.row(made)
    assert row["person_id"] == other
    assert show(desk.database, desk.actor, first).card.zone == "America/New_York"
    (before,) = desk.rows(sa.select(person.c.name).where(person.c.id == first))
    assert before["name"] == "王芳"
    (window,) = desk.rows(sa.select(calling_window).where(calling_window.c.id == row["window_id"]))
    assert (window["zones"], window["places"]) == ("America/New_York", "CN")


def test_nobody_is_merged_while_in_hand(desk: Desk):
    first = desk.person("王芳")
    other, pair = second_person(desk, first)
    claim(desk.database, desk.seat("ann").actor, desk.callback(other))
    with pytest.raises(RefusedError) as error:
        decide_same(desk.database, desk.actor, pair)
    assert (error.value.code, error.value.params["name"]) == ("person_in_hand", "Ann")
