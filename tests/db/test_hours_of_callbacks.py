"""By whose hours a callback goes: the record's, the number's, the campaign's."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from content.calling_hours import calling_hours
from db.callbacks import NewCallback, create_callback
from db.customer_edit import edit_field
from db.housekeeping import keep_house
from db.people import NewPerson, add_number, add_person
from db.queue import claim_next
from db.tables import callback, calling_window, campaign
from db.why import why
from domain.calling_hours import decide
from domain.campaign import Campaigns
from domain.decision import NewNumber
from domain.errors import InputError
from domain.places import places_of
from domain.terms import Terms, write_terms
from domain.week import read_week
from domain.zones import zones_of_number
from tests.databases import Desk

MONDAY_10 = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def window(desk: Desk, callback_id: int) -> sa.RowMapping:
    return desk.rows(
        sa.select(calling_window)
        .join(callback, callback.c.window_id == calling_window.c.id)
        .where(callback.c.id == callback_id)
    )[0]


def edit(desk: Desk, person_id: int, field: str, value: str) -> str | None:
    return edit_field(desk.database, desk.actor, person_id, field, value)


def test_preferred_hours_stand_in_for_the_house_and_follow_the_record(desk: Desk) -> None:
    who = desk.person()
    waits = desk.callback(who, campaign="maintenance-due")
    named = desk.callback(who, campaign="maintenance-due", named_by_customer=True)
    assert window(desk, waits)["preferred"] == ""
    assert edit(desk, who, "preferred_hours", "20:00-21:30") == "20:00-21:30"
    assert window(desk, waits)["preferred"] == "2000-2130"
    assert window(desk, waits)["opens_at"] == MONDAY_10 + timedelta(hours=10)
    # A time that was named stays one, whatever the record says of other days.
    assert window(desk, named)["preferred"] == "named"
    assert desk.callback(who, campaign="maintenance-due")
    assert edit(desk, who, "preferred_hours", "") is None
    assert window(desk, waits)["preferred"] == ""


def test_refused_hours_are_left_out_even_of_a_named_time(desk: Desk) -> None:
    who = desk.person()
    named = desk.callback(who, named_by_customer=True)
    assert edit(desk, who, "refused_hours", "09:00-11:00;none;none") == "09:00-11:00;none;none"
    assert window(desk, named)["preferred"] == "named/0900-1100;none;none"
    seat = desk.seat("ann")
    assert claim_next(desk.database, seat.actor).taken is None
    stopped = why(desk.database, desk.actor, named)
    assert [block.said.key for block in stopped.blocks] == ["hours.unwanted"]
    assert stopped.clears_at == MONDAY_10 + timedelta(hours=1)
    desk.clock.advance(hours=1)
    taken = claim_next(desk.database, seat.actor).taken
    assert taken is not None
    assert taken.callback_id == named


@pytest.mark.parametrize("text", ["none", "09:00", "09:00-10:00;none", "none;none;none"])
def test_hours_that_are_none(desk: Desk, text: str) -> None:
    with pytest.raises(InputError, match="hours_bad"):
        edit(desk, desk.person(), "refused_hours", text)


def test_hours_too_long_for_a_window_are_refused(desk: Desk) -> None:
    day = "09:05-10:00 11:05-12:00"
    with pytest.raises(InputError, match="field_too_long"):
        edit(
            desk,
            desk.person(),
            "preferred_hours",
            ";".join([day, f"{day} 13:00-14:00"] * 3 + [day]),
        )


def test_an_address_brings_the_rules_of_its_state(desk: Desk) -> None:
    who = desk.person("Ann", "+14155550103")
    waits = desk.callback(who, campaign="win-back")
    assert window(desk, waits)["places"] == "US,US-CA"
    edit(desk, who, "home_postcode", "33101")
    assert window(desk, waits)["places"] == "US,US-CA,US-FL"
    assert window(desk, waits)["zones"] == "America/Chicago,America/New_York"
    edit(desk, who, "zone", "America/Denver")
    assert window(desk, waits)["zones"] == "America/Denver"
    edit(desk, who, "home_postcode", "")
    edit(desk, who, "home_address", "1 Main St, Jackson, MS 39201")
    assert window(desk, waits)["places"] == "US,US-CA,US-MS"


def test_a_campaign_goes_by_its_own_hours(desk: Desk) -> None:
    who = desk.person()
    greeting = desk.callback(who, campaign="birthday")
    assert window(desk, greeting)["preferred"] == "//1000-1900"
    assert window(desk, greeting)["opens_at"] == MONDAY_10
    edit(desk, who, "preferred_hours", "19:00-20:00")
    assert window(desk, greeting)["preferred"] == "1900-2000"


def with_hours(desk: Desk, **hours: str) -> None:
    book = desk.database.rulebook
    kinds = [replace(one, hours=hours.get(one.code, one.hours)) for one in book.campaigns]
    desk.database.take_rulebook(replace(book, campaigns=Campaigns(tuple(kinds))))


def test_callbacks_follow_the_hours_of_their_campaign_in_batches(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("db.housekeeping._BATCH", 3)
    greetings = [desk.callback(campaign="birthday") for _ in range(7)]
    other = desk.callback(campaign="maintenance-due")
    kept = [desk.row(one)["window_id"] for one in greetings]
    keep_house(desk.database, every=0, budget=60)
    assert [desk.row(one)["window_id"] for one in greetings] == kept
    with_hours(desk, birthday="11:00-12:00")
    keep_house(desk.database, every=0, budget=60)
    new = desk.callback(campaign="birthday")
    assert window(desk, new)["preferred"] == "//1100-1200"
    assert {window(desk, one)["preferred"] for one in greetings} == {"//1100-1200"}
    assert window(desk, other)["preferred"] == ""
    stored = desk.rows(sa.select(campaign.c.settings).where(campaign.c.code == "birthday"))
    assert stored[0]["settings"] == {
        "hours": "11:00-12:00",
        "pointed": "2 service 11:00-12:00",
    }
    with_hours(desk, birthday="")
    keep_house(desk.database, every=0, budget=60)
    assert {window(desk, one)["preferred"] for one in [*greetings, new]} == {""}


def test_windows_of_an_earlier_program_are_looked_at_once_by_all(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A database in which states and own hours counted for nothing, as `upgrade` leaves it."""
    monkeypatch.setattr("db.housekeeping._BATCH", 2)
    monkeypatch.setattr("db.rule_following._STRETCH", 3)
    who = desk.person("Ann", "+14015550123")
    calls = [desk.callback(who, campaign=one) for one in ("win-back", "birthday") * 4]
    named = desk.callback(who, campaign="win-back", named_by_customer=True)
    desk.database.write(
        lambda unit: (
            unit.run(sa.update(calling_window).values(places="US")),
            unit.run(sa.update(campaign).values(settings={"else": 1})),
        )
    )
    assert window(desk, calls[0])["places"] == "US"
    keep_house(desk.database, every=0)
    assert {window(desk, one)["places"] for one in [*calls, named]} == {"US,US-RI"}
    assert window(desk, named)["preferred"] == "named"
    kept = desk.rows(sa.select(campaign.c.settings))
    assert {one["settings"]["else"] for one in kept} == {1}
    assert all(set(one["settings"]) == {"else", "hours", "pointed"} for one in kept)


NUMBERS = (
    ("+8613800138000", "CN"), ("+12085550140", "US"), ("+18505550100", "US"),
    ("+16015550123", "US"), ("+14015550123", "US"), ("+18015550123", "US"),
    ("+18005550199", "US"), ("+442079460335", "GB"), ("+61255501225", "AU"),
    ("+33155500123", "FR"), ("+493055501234", "DE"), ("+80012345678", None),
)  # fmt: skip
HOURS = st.sampled_from([None, "18:00-20:30", "09:00-12:00;10:00-16:00;none", "12:00-14:00"])
INSTANTS = st.one_of(
    st.sampled_from(
        ["2026-11-26T15:00Z", "2026-10-01T02:00Z", "2026-02-14T10:30Z", "2026-12-25T12:00Z",
         "2027-01-01T05:00Z", "2026-11-01T06:30Z", "2026-03-08T14:00Z", "2026-10-03T22:00Z"]
    ).map(datetime.fromisoformat),
    st.integers(0, 60 * 24 * 400).map(
        lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    ),
)  # fmt: skip
CUSTOMERS = st.fixed_dictionaries(
    {
        "number": st.sampled_from(NUMBERS),
        "zone": st.sampled_from([None, None, None, "America/Denver", "Asia/Urumqi"]),
        "campaign": st.sampled_from(["birthday", "win-back", "survey-only", "maintenance-due"]),
        "preferred": HOURS,
        "refused": HOURS,
        "postcode": st.sampled_from([None, "02903", "39201"]),
        "named": st.booleans(),
    }
)
_KEYS = count(1)


def store(desk: Desk, facts: dict[str, Any], due_at: datetime) -> int:
    e164, country = facts["number"]

    def work(unit: Any) -> int:
        who = add_person(unit, NewPerson("王芳", zone=facts["zone"]))
        number = NewNumber(
            e164, str(next(_KEYS)), country, "mobile", zones_of_number(e164)
        )  # fmt: skip
        add_number(unit, who, number)
        return who

    who = desk.database.write(work)
    for field in ("preferred_hours", "refused_hours"):
        if facts[field.partition("_")[0]]:
            edit(desk, who, field, facts[field.partition("_")[0]])
    if facts["postcode"]:
        edit(desk, who, "home_postcode", facts["postcode"])
    new = NewCallback(who, facts["campaign"], due_at, named_by_customer=facts["named"])
    return desk.database.write(lambda unit: create_callback(unit, desk.database.rulebook, new))


def lawful(desk: Desk, facts: dict[str, Any], at: datetime) -> bool:
    """What the rules say of a customer, read from the facts and not from what is stored."""
    e164, country = facts["number"]
    kind = desk.database.rulebook.campaigns[facts["campaign"]]
    week = {name: read_week(facts[name]) if facts[name] else None for name in
            ("preferred", "refused")}  # fmt: skip
    own = read_week(kind.hours) if kind.hours else None
    terms = Terms(facts["named"], week["preferred"], week["refused"], own)
    zones = zones_of_number(e164)
    if facts["postcode"] and country == "US":
        zones = {"02903": ("America/New_York",), "39201": ("America/Chicago",)}[facts["postcode"]]
    return decide(
        calling_hours(),
        zones=(facts["zone"],) if facts["zone"] else zones,
        places=places_of(country, e164, postcode=facts["postcode"]),
        purpose=kind.purpose,
        at=at,
        preferred=write_terms(terms),
    ).allowed


@given(people=st.lists(CUSTOMERS, min_size=1, max_size=4), at=INSTANTS, later=st.integers(0, 3000))
@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_what_is_claimed_may_be_called_at_that_instant(
    desk: Desk, people: list[dict[str, Any]], at: datetime, later: int
) -> None:
    desk.database.write(lambda unit: unit.run(sa.update(callback).values(state="cancelled")))
    desk.clock.now = at
    stored = {store(desk, facts, at): facts for facts in people}
    desk.clock.now = now = at + timedelta(minutes=later)
    claimed = []
    for order in range(len(people) + 1):
        seat = desk.seat(desk.operator(f"op{next(_KEYS)}-{order}").login)
        taken = claim_next(desk.database, seat.actor).taken
        if taken is None:
            break
        claimed.append(taken.callback_id)
        assert lawful(desk, stored[taken.callback_id], now)
    # And nobody who may be called is passed over.
    free = {one for one, facts in stored.items() if lawful(desk, facts, now)}
    assert set(claimed) == free
