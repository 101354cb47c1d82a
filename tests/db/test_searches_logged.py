"""Searches are counted, capped and written down without their terms."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa

from db.customer_search import search
from db.search_log import SEARCH, TYPED_ON
from db.tables import audit
from domain.errors import RefusedError
from domain.permissions import Role
from tests.databases import Desk


def capped(desk: Desk, most: int, beyond: int = 100) -> None:
    book = desk.database.rulebook
    caps = replace(
        book.searches, per_hour=dict.fromkeys(Role, most), beyond=beyond, results_beyond=1
    )
    desk.database.take_rulebook(replace(book, searches=caps))


def looks(desk: Desk) -> list[tuple[str, str, int]]:
    rows = desk.rows(sa.select(audit).where(audit.c.action.in_((SEARCH, TYPED_ON))))
    return [(row["action"], row["details"]["term"], row["details"]["found"]) for row in rows]


def test_each_look_is_written_down_and_never_its_term(desk: Desk):
    desk.person("王芳", "+8613800008000")
    search(desk.database, desk.actor, "王芳")
    desk.clock.advance(minutes=2)
    search(desk.database, desk.actor, "8000")
    search(desk.database, desk.actor, "  ")
    assert looks(desk) == [(SEARCH, "name", 1), (SEARCH, "last_four", 1)]
    assert "王芳" not in repr(desk.rows(sa.select(audit)))
    assert "8000" not in repr([row["details"] for row in desk.rows(sa.select(audit))])


def test_typing_on_is_one_search(desk: Desk):
    capped(desk, 1)
    desk.person("王芳", "+8613800008000")
    for text in ("w", "wa", "wan", "wa"):
        search(desk.database, desk.actor, text)
        desk.clock.advance(seconds=5)
    assert [action for action, *_ in looks(desk)] == [SEARCH, TYPED_ON, TYPED_ON, TYPED_ON]
    with pytest.raises(RefusedError, match="search_cap"):
        search(desk.database, desk.actor, "li")
    desk.clock.advance(minutes=2)
    with pytest.raises(RefusedError, match="search_cap"):
        search(desk.database, desk.actor, "wa")
    assert len(looks(desk)) == 4


def test_one_search_has_so_many_looks(desk: Desk):
    capped(desk, 1)
    for _ in range(desk.database.rulebook.searches.looks):
        search(desk.database, desk.actor, "wang")
    with pytest.raises(RefusedError, match="search_cap"):
        search(desk.database, desk.actor, "wang")


def test_a_customer_on_the_line_is_found_beyond_the_cap(desk: Desk):
    capped(desk, 1, beyond=3)
    for name in ("王芳", "汪芳"):
        desk.person(name, f"+86138{len(name)}{ord(name[0])}8000")
    assert len(search(desk.database, desk.actor, "芳")) == 2
    with pytest.raises(RefusedError, match="search_cap") as refused:
        search(desk.database, desk.actor, "王")
    assert len(search(desk.database, desk.actor, "8000")) == 1
    bo = desk.operator("bo")
    assert len(search(desk.database, bo, "芳")) == 2
    at = refused.value.params["at"]
    desk.clock.advance(minutes=59)
    search(desk.database, desk.actor, "9000")
    with pytest.raises(RefusedError, match="search_cap"):
        search(desk.database, desk.actor, "1234")
    desk.clock.advance(minutes=1)
    assert desk.clock.now == at
    desk.clock.advance(minutes=60)
    assert len(search(desk.database, desk.actor, "芳")) == 2
