"""The figures of the board: each equals what Python counts from the raw tables of random data."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from db.board import FIGURES_REST, STATES_REST, live_board, rest_after
from db.board_day import DayHours, day_board
from db.callbacks import NewCallback, create_callbacks
from db.queue_counts import EXACT, LIMIT
from db.tables import (
    call,
    call_decision,
    callback,
    calling_window,
    campaign,
    operator_state,
    promise,
)
from domain.board import Fallen, Waiting, Worked
from domain.calling_hours import decide
from domain.errors import RefusedError
from tests.databases import Desk

SHANGHAI = ZoneInfo("Asia/Shanghai")
STATES = ("scheduled", "due", "claimed", "check", "done", "exhausted", "cancelled")
KINDS = ("after-service-3day", "birthday", "complaint-first-call", "win-back", "regulator")


def fill(desk: Desk, seed: int, n: int = 120) -> None:
    """Callbacks, calls, stretches and promises of a random day, some of them far off."""
    chance = random.Random(seed)
    desk.clock.now = datetime(2026, 11, 23, 8, 17, 3, 250_000, tzinfo=ZoneInfo("UTC"))
    now = desk.clock.now
    people = [desk.person("王芳"), desk.person("Ann", "+12125550123"), desk.person("李雷")]
    team = [desk.operator(f"op{place}") for place in range(4)]
    seats = [desk.seat(one.login).actor for one in team[:3]]
    news = [
        NewCallback(
            person_id=chance.choice(people),
            campaign=chance.choice(KINDS),
            due_at=now - timedelta(seconds=chance.randrange(-40_000, 90_000), milliseconds=7),
        )
        for _ in range(n)
    ]
    rules = desk.database.rulebook
    made = desk.database.write(lambda unit: create_callbacks(unit, rules, news))

    def scatter(unit) -> None:
        unit.run(sa.update(campaign).where(campaign.c.code == "win-back").values(paused_at=now))
        windows = [row[0] for row in unit.run(sa.select(calling_window.c.id))]
        for one in made:
            state = chance.choice(STATES)
            hand = state in ("claimed", "check")
            due = unit.run(sa.select(callback.c.due_at).where(callback.c.id == one)).scalar_one()
            tried = None
            if chance.random() < 0.6:
                tried = due + timedelta(minutes=chance.choice([-9, 0, 1, 5, 30, 31, 61, 200]))
            who = chance.choice(team)
            unit.run(
                sa.update(callback)
                .where(callback.c.id == one)
                .values(
                    state=state,
                    band=chance.randrange(10),
                    window_id=chance.choice(windows),
                    promised=chance.random() < 0.3,
                    assigned_to=who.operator_id if chance.random() < 0.4 else None,
                    claimed_by=who.operator_id if hand else None,
                    first_tried_at=None if tried is None or tried > now else tried,
                    updated_at=due + timedelta(minutes=chance.choice([-30, 0, 40])),
                )
            )
        for place in range(60):
            begun = now - timedelta(seconds=chance.randrange(60, 60_000))
            lasts = timedelta(seconds=chance.randrange(5, 1200), milliseconds=chance.randrange(999))
            over = begun + lasts <= now and chance.random() < 0.8
            who = chance.choice(team)
            call_id = unit.run(
                call.insert().returning(call.c.id),
                {
                    "person_id": people[0],
                    "operator_id": who.operator_id,
                    "direction": "out",
                    "phase": "ended" if over else "parked",
                    "fence": 1,
                    "started_at": begun,
                    "dialled_at": begun + lasts / 4 if chance.random() < 0.7 else None,
                    "talk_ended_at": begun + lasts / 2 if chance.random() < 0.7 else None,
                    "ended_at": begun + lasts if over else None,
                    "release": "",
                    "playbook": "",
                    "survey": "",
                    "language": "zh",
                },
            ).scalar_one()
            unit.run(
                sa.update(callback)
                .where(callback.c.id == chance.choice(made), callback.c.claimed_by.is_not(None))
                .values(call_id=call_id)
            )
            kind = chance.choice(["finish", "undo", "amend"])
            unit.run(
                call_decision.insert(),
                {
                    "uuid": f"u{place}",
                    "kind": kind,
                    "call_id": call_id,
                    "callback_id": made[0],
                    "operator_id": who.operator_id,
                    "at": now,
                    "fence": 1,
                    "late": False,
                    "flags": [],
                    "content_hash": "",
                    "before": {},
                    "result": {},
                    "superseded_at": now if chance.random() < 0.3 else None,
                },
            )
        for _ in range(80):
            since = now - timedelta(seconds=chance.randrange(0, 100_000))
            until = since + timedelta(seconds=chance.randrange(1, 5_000))
            sitter = chance.choice(seats)
            unit.run(
                operator_state.insert(),
                {
                    "operator_id": sitter.operator_id,
                    "seat_id": sitter.seat_id,
                    "state": chance.choice(["ready", "dialling", "talking", "wrap_up", "paused"]),
                    "since": since,
                    "until": until if until <= now else None,
                },
            )
            owner = chance.choice(team)
            unit.run(
                promise.insert(),
                {
                    "person_id": people[0],
                    "kind": "call",
                    "text": "",
                    "due_at": now + timedelta(seconds=chance.randrange(-90_000, 40_000)),
                    "owner_id": owner.operator_id,
                    "made_at": now - timedelta(days=2),
                    "state": chance.choice(["open", "kept", "late", "broken", "withdrawn"]),
                },
            )

    desk.database.write(scatter)


def day_of(desk: Desk) -> datetime:
    local = desk.clock.now.astimezone(SHANGHAI)
    return local.replace(hour=0, minute=0, second=0, microsecond=0)


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("whole", [True, False])
def test_the_live_figures_equal_plain_counting(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, seed: int, whole: bool
):
    fill(desk, seed)
    if not whole:
        monkeypatch.setattr("db.board._WORTH_COUNTING", 0)
    board = live_board(desk.database, desk.actor, LIMIT)
    assert board.queue.limit == (EXACT if whole else LIMIT)
    now, rules = desk.clock.now, desk.database.rulebook.board
    windows = {row["id"]: row for row in desk.rows(sa.select(calling_window))}
    calls = {row["id"]: row for row in desk.rows(sa.select(call))}
    bands = {band: Waiting() for band in range(10)}
    kinds: dict[int, Waiting] = {}
    oldest: dict[int, datetime] = {}
    for row in desk.rows(sa.select(callback)):
        window = windows[row["window_id"]]
        opens, closes = window["opens_at"], window["closes_at"]
        is_open = opens is not None and opens <= now < closes
        one = Waiting()
        if row["state"] == "due" and not window["preferred"].endswith("/off"):
            late = int(row["due_at"] <= now - rules.overdue)
            one = Waiting(open=int(is_open), closed=int(not is_open), overdue=late)
            if is_open and row["assigned_to"] is None:
                first = oldest.get(row["band"], row["due_at"])
                oldest[row["band"]] = min(first, row["due_at"])
        elif row["state"] == "check":
            one = Waiting(check=1)
        elif row["state"] == "claimed":
            over = row["call_id"] and calls[row["call_id"]]["talk_ended_at"] is not None
            one = Waiting(wrap_up=1) if over else Waiting(claimed=1)
        bands[row["band"]] += one
        kinds[row["campaign_id"]] = kinds.get(row["campaign_id"], Waiting()) + one
    assert {line.band: line.waiting for line in board.queue.bands} == bands
    assert {line.band: line.oldest for line in board.queue.bands if line.oldest} == oldest
    shown = {line.id: line.waiting for line in board.queue.campaigns}
    assert {key: one for key, one in shown.items() if one != Waiting()} == {
        key: one for key, one in kinds.items() if one != Waiting()
    }
    assert board.queue.total == sum(kinds.values(), Waiting())
    paused = [line.code for line in board.queue.campaigns if line.paused]
    assert paused == ["win-back"]


@pytest.mark.parametrize("limit", [1, 2])
def test_counting_stops_at_the_limit_and_says_no_less(desk: Desk, limit: int):
    fill(desk, 8)
    assert live_board(desk.database, desk.actor, limit).queue.limit == limit
    whole = {
        line.band: line.waiting for line in live_board(desk.database, desk.actor, EXACT).queue.bands
    }
    few = {
        line.band: line.waiting for line in live_board(desk.database, desk.actor, limit).queue.bands
    }
    for band, exact in whole.items():
        assert few[band] == replace(
            exact,
            open=min(limit, exact.open),
            closed=min(limit, exact.closed),
            overdue=min(limit, exact.overdue),
        )


@pytest.mark.parametrize("seed", [4, 5, 6])
def test_the_figures_of_the_day_equal_plain_counting(desk: Desk, seed: int):
    fill(desk, seed)
    now, begin, book = desk.clock.now, day_of(desk), desk.database.rulebook
    windows = {row["id"]: row for row in desk.rows(sa.select(calling_window))}
    fallen: dict[tuple[int, int], Fallen] = {}
    for row in desk.rows(sa.select(callback)):
        due, tried, window = row["first_due_at"], row["first_tried_at"], windows[row["window_id"]]
        allowed = decide(
            book.calling,
            zones=tuple(filter(None, window["zones"].split(","))),
            places=tuple(filter(None, window["places"].split(","))),
            purpose=window["purpose"],
            preferred=window["preferred"],
            at=due,
        ).allowed
        ended = row["state"] in ("done", "exhausted", "cancelled") and tried is None
        if not begin <= due <= now or not allowed or (ended and row["updated_at"] <= due):
            continue
        minutes = book.board.service[row["band"]]
        over = due + minutes <= now
        key = row["band"], int((due - begin).total_seconds() // 3600)
        fallen[key] = fallen.get(key, Fallen()) + Fallen(
            due=1,
            decided=int(over),
            in_time=int(over and tried is not None and tried - due <= minutes),
            tried=int(tried is not None),
            waited=0.0 if tried is None else max(0.0, (tried - due).total_seconds()),
            abandoned=int(ended and row["state"] != "done"),
        )
    worked: dict[int, Worked] = {}
    by_hour: dict[int, int] = {}

    def add(who: int, one: Worked) -> None:
        worked[who] = worked.get(who, Worked()) + one

    valid = {
        row["call_id"]
        for row in desk.rows(sa.select(call_decision))
        if row["superseded_at"] is None and row["kind"] != "undo"
    }
    for row in desk.rows(sa.select(call)):
        if row["id"] in valid and row["started_at"] >= begin and row["ended_at"] is not None:
            lasted = row["ended_at"] - (row["dialled_at"] or row["started_at"])
            add(row["operator_id"], Worked(calls=1, talked=round(lasted.total_seconds(), 3)))
            hour = int((row["ended_at"] - begin).total_seconds() // 3600)
            by_hour[hour] = by_hour.get(hour, 0) + 1
    for row in desk.rows(sa.select(operator_state)):
        until = row["until"] or now
        spent = max(0.0, (until - max(row["since"], begin)).total_seconds())
        busy = row["state"] in ("dialling", "talking", "wrap_up")
        add(row["operator_id"], Worked(logged=spent, handling=spent if busy else 0.0))
    for row in desk.rows(sa.select(promise)):
        if begin <= row["due_at"] < begin + timedelta(days=1):
            broken = row["state"] == "open" and row["due_at"] < now
            state = "broken" if broken else row["state"]
            if state in ("kept", "late", "broken"):
                add(row["owner_id"], Worked(settled=1, kept=int(state == "kept")))
    found = day_board(desk.database, desk.actor)
    assert found.begin == begin
    assert plain(found.fallen) == pytest.approx(plain(fallen), abs=0.05)
    assert plain(found.worked) == pytest.approx(plain(worked), abs=0.05)
    assert found.calls == by_hour
    assert not found.partly


def plain(parts: Mapping[object, Fallen | Worked]) -> dict[tuple[object, str], float]:
    return {
        (key, name): value
        for key, one in parts.items()
        for name in one.__slots__
        if (value := getattr(one, name))
    }


def test_the_board_is_a_leads(desk: Desk):
    plain_one = desk.operator("bob")
    for ask in (live_board, day_board):
        with pytest.raises(RefusedError, match="not_allowed"):
            ask(desk.database, plain_one)
        assert ask(desk.database, desk.operator(ask.__name__, "lead")) is not None


def test_hours_are_computed_once_a_day_and_a_short_look_says_so(desk: Desk):
    fill(desk, 7, 40)
    hours = DayHours()
    first = day_board(desk.database, desk.actor, hours)
    assert day_board(desk.database, desk.actor, hours) == first
    few = day_board(desk.database, desk.actor, hours, limit=3)
    assert few.partly
    assert few.service.due <= 3


def test_a_board_rests_by_what_a_question_costs():
    assert rest_after(0.001, STATES_REST) == STATES_REST < FIGURES_REST
    assert rest_after(0.1, FIGURES_REST) == pytest.approx(0.3)
