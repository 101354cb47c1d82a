"""Cases in the order of what is to be done first, forwards and backwards, and those due soon."""

from __future__ import annotations

from datetime import timedelta

from db.case_list import CaseFilter, list_cases
from db.cases import NewCase, open_case
from tests.databases import Desk


def opened(desk: Desk, actor, **fields: object) -> int:
    new = NewCase(desk.person(zone="Europe/London"), "刹车响", **fields)
    return open_case(desk.database, actor, new)


def test_the_list_goes_by_the_next_action_both_ways(desk: Desk) -> None:
    ann = desk.seat("ann").actor
    later = [opened(desk, ann, level=level) for level in ("local", "skip_level")]
    desk.clock.advance(minutes=5)
    last = opened(desk, ann)
    by_next = CaseFilter(order="next")
    page = list_cases(desk.database, ann, by_next)
    times = [row.next.by for row in page.rows]
    assert times == sorted(times)
    ids = [row.id for row in page.rows]
    assert ids == [later[1], later[0], last]
    assert page.rows[0].zone == "Europe/London"
    back = list_cases(desk.database, ann, by_next, before=page.rows[2].place, limit=1)
    assert [row.id for row in back.rows] == [ids[1]]
    assert (back.more_before, back.more_after) == (True, True)
    on = list_cases(desk.database, ann, by_next, after=page.rows[0].place, limit=1)
    assert [row.id for row in on.rows] == [ids[1]]
    whole = list_cases(desk.database, ann, by_next, before=page.rows[2].place)
    assert ([row.id for row in whole.rows], whole.more_before) == (ids[:2], False)


def test_cases_that_are_due_soon_are_found_apart_from_those_that_are_late(desk: Desk) -> None:
    ann = desk.seat("ann").actor
    case_id = opened(desk, ann)
    (row,) = list_cases(desk.database, ann).rows

    def found(**fields: bool) -> list[int]:
        return [one.id for one in list_cases(desk.database, ann, CaseFilter(**fields)).rows]

    assert found(warned=True) == []
    span = row.due_at - desk.clock.now
    desk.clock.now += span * 0.8
    assert (found(warned=True), found(overdue=True)) == ([case_id], [])
    desk.clock.now += span * 0.2 + timedelta(seconds=2)
    assert (found(warned=True), found(overdue=True)) == ([], [case_id])
