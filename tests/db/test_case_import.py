"""The sample complaints as cases: every level, category and wish, and the limits of its regime."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
import sqlalchemy as sa

from db import imports
from db.case_file import case_file
from db.case_limits import AT_OPENING
from db.case_list import CaseFilter, count_cases, list_cases
from db.housekeeping import keep_house
from db.import_taking_back import take_back
from db.states import OPEN_STATES
from db.tables import callback, case_entry, case_pause, case_timer, complaint, wish
from domain.case import LIVE
from tests.databases import Desk
from tests.db.test_import_samples import NOW, TELECOM, judged, truth


@pytest.fixture
def telecom(desk: Desk) -> Desk:
    """A telecom shop with the sample complaints."""
    desk.clock.now = NOW
    rulebook = desk.database.rulebook
    cases = replace(rulebook.cases, shop=replace(rulebook.cases.shop, trade="telecom"))
    desk.database.take_rulebook(replace(rulebook, cases=cases))
    return desk


def test_every_complaint_has_the_limits_of_its_regime(telecom: Desk) -> None:
    desk, expected = telecom, truth(TELECOM)
    report = imports.run(desk.database, desk.actor, judged(TELECOM))
    while (kept := keep_house(desk.database, every=0)) is not None and kept.more:
        pass
    rows = desk.rows(sa.select(complaint))
    assert len(rows) == expected["rows"]
    limits: dict[int, list[sa.RowMapping]] = {row["id"]: [] for row in rows}
    for limit in desk.rows(sa.select(case_timer)):
        limits[limit["complaint_id"]].append(limit)
    calls = Counter(
        row["complaint_id"]
        for row in desk.rows(sa.select(callback).where(callback.c.state.in_(OPEN_STATES)))
    )
    for row in rows:
        bound = desk.database.rulebook.timers.for_case(
            weight=row["weight"], level=row["level"], country="CN", trade="telecom"
        )
        own = limits[row["id"]]
        assert {(one["regime"], one["step"]) for one in own} == {
            timer.key for timer in bound if timer.event in AT_OPENING
        }
        assert {one["started_at"] for one in own} == {row["received_at"]}
        live = row["status"] in LIVE
        assert all((one["stopped_at"] is None) == live for one in own)
        assert row["owner_id"] == desk.actor.operator_id
        assert calls[row["id"]] <= (1 if live else 0)
    assert sum(calls.values()) == report.persons["callbacks"]
    assert Counter(row["weight"] for row in rows)["appeal"] == 23
    wishes = Counter(row["complaint_id"] for row in desk.rows(sa.select(wish.c.complaint_id)))
    assert Counter(str(n) for n in wishes.values()) == expected["wants"]
    live = [row for row in rows if row["status"] in LIVE]
    assert count_cases(desk.database, desk.actor, CaseFilter()) == len(live)
    page = list_cases(desk.database, desk.actor)
    assert all(row.next is not None for row in page.rows)
    assert page.rows[0].overdue
    bands = {
        row["complaint_id"]: row["band"]
        for row in desk.rows(sa.select(callback).where(callback.c.state.in_(OPEN_STATES)))
    }
    assert all(bands[row.id] <= 1 for row in page.rows if row.overdue and row.id in bands)
    shown = case_file(desk.database, desk.actor, page.rows[0].id)
    assert shown.timers[0].deadline.counted or shown.timers[0].deadline.typed


def test_taking_the_file_back_leaves_no_case(telecom: Desk) -> None:
    report = imports.run(telecom.database, telecom.actor, judged(TELECOM))
    assert report.import_id is not None
    take_back(telecom.database, telecom.actor, report.import_id)
    for table in (complaint, case_entry, case_timer, case_pause, wish, callback):
        assert telecom.rows(sa.select(table)) == []
