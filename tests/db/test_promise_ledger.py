"""The ledger page by page with its filters, the story of one promise, and the rates."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from db.customer_erase import erase
from db.customer_export import export
from db.housekeeping import keep_house
from db.promise_ledger import PromiseFilter, list_promises, show_promise
from db.promise_making import make_promise
from db.promise_owner import reassign_promise
from db.promise_rates import kept_rates, my_promises
from db.tables import promise, promise_event
from domain.decision import GivenPromise
from domain.errors import InputError, RefusedError
from tests.databases import Desk

HOUR = timedelta(hours=1)


def make(desk: Desk, hours: float | None, **more: Any) -> int:
    person = more.pop("person", None) or desk.person("王芳")
    due = None if hours is None else desk.clock.now + hours * HOUR
    given = GivenPromise("查一查", due, None if due else "再响", "deed")
    return make_promise(desk.database, desk.actor, person, given, **more)


def settle(desk: Desk, promise_id: int, state: str) -> None:
    query = sa.update(promise).where(promise.c.id == promise_id).values(state=state)
    desk.database.write(lambda unit: unit.run(query))


def ids(desk: Desk, which: PromiseFilter | None = None, **more: Any) -> list[int]:
    page = list_promises(desk.database, desk.actor, which, **more)
    return [row.id for row in page.rows]


def test_filters_and_pages_agree(desk: Desk):
    desk.operator("bea")
    person = desk.person("李强", zone="America/New_York")
    third, first, none = make(desk, 3), make(desk, 1), make(desk, None)
    second = make(desk, 2, person=person, owner="bea")
    kept = make(desk, 4)
    settle(desk, kept, "kept")
    assert ids(desk) == [first, second, third, none]
    assert ids(desk, PromiseFilter("all")) == [first, second, third, kept, none]
    assert ids(desk, PromiseFilter("kept")) == [kept]
    assert ids(desk, PromiseFilter(owner="bea")) == [second]
    assert ids(desk, PromiseFilter(person_id=person)) == [second]
    assert ids(desk, PromiseFilter(due_before=desk.clock.now + 2 * HOUR)) == [first]
    with pytest.raises(InputError):
        ids(desk, PromiseFilter(owner="nobody"))
    desk.clock.advance(minutes=66)
    # No housekeeping has run: what is broken is broken all the same.
    assert ids(desk, PromiseFilter("broken")) == [first]
    assert ids(desk, PromiseFilter("open")) == [second, third, none]
    assert ids(desk, PromiseFilter("broken")) == [first]
    page = list_promises(desk.database, desk.actor, limit=2)
    assert (page.more_before, page.more_after) == (False, True)
    assert [row.state for row in page.rows] == ["broken", "open"]
    assert page.rows[1].zone == "America/New_York"
    page = list_promises(desk.database, desk.actor, anchor=second, limit=1)
    assert ([row.id for row in page.rows], page.more_before, page.more_after) == (
        [third], True, True,
    )  # fmt: skip
    assert ids(desk, anchor=none, side="before", limit=2) == [second, third]
    assert ids(desk, side="before", limit=2) == [third, none]
    assert ids(desk, anchor=third, side="from") == [third, none]


def test_the_story_of_a_promise_is_told_with_names(desk: Desk):
    desk.operator("bea")
    one = make(desk, 1)
    reassign_promise(desk.database, desk.actor, one, "bea")
    desk.clock.advance(hours=3)
    keep_house(desk.database, every=0)
    found = show_promise(desk.database, desk.actor, one)
    assert [step.kind for step in found.steps] == ["made", "owner", "broken"]
    assert found.steps[2].at == found.row.due_at + timedelta(minutes=5)
    assert found.names[found.steps[1].data["to"]] == "Bea"
    assert (found.row.owner, found.row.state, found.row.waits) == ("Bea", "broken", True)
    with pytest.raises(RefusedError):
        show_promise(desk.database, desk.actor, one + 1)
    # One of an earlier program has no history: when it was made is known all the same.
    gone = sa.delete(promise_event).where(promise_event.c.promise_id == one)
    desk.database.write(lambda unit: unit.run(gone))
    (made,) = show_promise(desk.database, desk.actor, one).steps
    assert (made.kind, made.at) == ("made", found.row.made_at)


def test_the_rate_counts_what_was_due_and_an_operator_sees_their_own(desk: Desk):
    bea = desk.operator("bea")
    for state in ("kept", "kept", "late", "withdrawn"):
        settle(desk, make(desk, 1), state)
    settle(desk, make(desk, 1, owner="bea"), "kept")
    make(desk, 1, owner="bea")
    make(desk, 30)
    make(desk, None)
    since = desk.clock.now
    desk.clock.advance(hours=2)
    found = kept_rates(desk.database, desk.actor, since, since + 24 * HOUR)
    whole = found.whole
    assert (whole.kept, whole.late, whole.broken, whole.n) == (3, 1, 1, 5)
    assert [(one.code, one.rate.kept, one.rate.n) for one in found.groups] == [
        ("ann", 2, 3),
        ("bea", 1, 2),
    ]
    interval = whole.interval
    assert interval is not None
    assert (round(interval.low, 3), round(interval.high, 3)) == (0.231, 0.882)
    assert whole.few
    (campaign,) = kept_rates(
        desk.database, desk.actor, since, since + 24 * HOUR, by="campaign"
    ).groups
    assert (campaign.code, campaign.rate.n) == ("general", 5)
    own = kept_rates(desk.database, bea, since, since + 24 * HOUR)
    assert (own.whole.n, [one.code for one in own.groups]) == (2, ["bea"])
    mine = my_promises(desk.database, bea, since, since + 24 * HOUR)
    assert mine.next is not None
    assert (mine.next.state, mine.broken, mine.today.kept, mine.today.n) == ("broken", 1, 1, 2)
    assert my_promises(desk.database, desk.operator("cid"), since, since + 24 * HOUR).next is None


def test_erasing_a_person_takes_the_words_and_leaves_the_figures(desk: Desk):
    person = desk.person("王芳")
    one = make(desk, 1, person=person)
    words = sa.update(promise_event).values(text="合格证")
    desk.database.write(lambda unit: unit.run(words))
    exported = export(desk.database, desk.actor, person)
    assert [row["text"] for row in exported["promise_events"]] == ["合格证"]
    erase(desk.database, desk.actor, person, reason="request")
    (row,) = desk.rows(sa.select(promise).where(promise.c.id == one))
    assert row["text"] == ""
    assert {row["text"] for row in desk.rows(sa.select(promise_event))} == {None}
