"""The demo's living cases, in both languages."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.demo.making import make_demo
from content.complaints import case_rules
from content.demo_cases import demo_cases
from content.rulebook import load_shipped
from db.case_file import case_file
from db.case_list import CaseFilter, list_cases
from db.engine import open_database
from db.operators import actor_of

NOW = datetime(2026, 11, 24, 3, 30, tzinfo=UTC)


def test_their_codes_are_those_of_the_lists() -> None:
    rules = case_rules()
    for case in demo_cases():
        assert case.category in rules.categories
        assert case.cause in rules.causes
        assert case.department in rules.departments
    assert {case.language for case in demo_cases()} == {"zh", "en"}


@pytest.mark.parametrize(("login", "language"), [("li.na", "zh"), ("sam", "en")])
def test_each_tells_its_story(tmp_path: Path, login: str, language: str) -> None:
    file = tmp_path / "demo.db"
    make_demo(str(file), login=login, language=language, now=NOW)
    database = open_database(str(file), rulebook=load_shipped())
    try:
        database.pretend(NOW)
        actor = actor_of(database, login)
        rows = list_cases(database, actor, CaseFilter(which="all")).rows
        assert len(rows) == len(demo_cases())
        assert Counter(row.weight for row in rows) == {"grumble": 2, "complaint": 4, "appeal": 1}
        for row in rows:
            shown = case_file(database, actor, row.id)
            assert shown.head.status == "closed" or [one for one in shown.callbacks if one.open]
            assert (shown.next_action is None) == (shown.head.status == "closed")
        (book,) = [row for row in rows if row.level == "regulator"]
        notice = next(one for one in case_file(database, actor, book.id).timers if one.limit.typed)
        assert timedelta() < notice.limit.due_at - NOW < timedelta(hours=24)
        assert notice.limit.warn_at < NOW
        closed = [case_file(database, actor, row.id) for row in rows if row.status == "closed"]
        assert [one.head.verdict for one in closed] == ["satisfied", "satisfied"]
        assert all(one.head.review for one in closed)
    finally:
        database.close()
