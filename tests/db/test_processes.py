"""Many seats at once, and seats that die: no double claim, nothing acknowledged is lost."""

from __future__ import annotations

import itertools
import json
import multiprocessing
import os
import random
import select
import signal
import time
import uuid
from collections import Counter, defaultdict
from typing import Any

import pytest
import sqlalchemy as sa

from content.rulebook import load_shipped
from db.calls import show_call
from db.dialling import dial
from db.drafts import save_draft
from db.engine import Database, Timing, open_database
from db.finish import finish
from db.queue import claim_next
from db.seats import open_seat
from db.tables import call_decision, callback, callback_event, draft
from domain.decision import Decision
from tests.databases import MONDAY_10, Desk, desk_on

FORK = multiprocessing.get_context("fork")
KILLS = 200


def opened(url: str) -> Database:
    database = open_database(url, rulebook=load_shipped(), timing=Timing(hold=0.0, deadline=60.0))
    database.set_clock(lambda: MONDAY_10)
    return database


def work_the_queue(url: str, login: str, results: Any) -> None:
    """Claims and finishes until the queue is empty; reports what was in hand, and when."""
    database = opened(url)
    actor = open_seat(database, login).actor
    spans = []
    while (taken := claim_next(database, actor).taken) is not None:
        began = time.monotonic_ns()
        row = database.read(
            lambda unit, one=taken: unit.run(
                sa.select(callback.c.person_id, callback.c.phone_id).where(
                    callback.c.id == one.callback_id
                )
            ).one()
        )
        spans.append(
            (
                taken.callback_id,
                taken.fence,
                row.person_id,
                row.phone_id,
                began,
                time.monotonic_ns(),
            )
        )
        finish(
            database, actor, taken.call_id, taken.fence, Decision(str(uuid.uuid4()), "completed")
        )
    results.put(spans)
    database.close()


def fill(desk: Desk, persons: int, callbacks: int) -> None:
    """Persons of whom every fifth shares a number with the one before; callbacks spread over."""
    people = []
    for number in range(persons):
        shared = number - 1 if number % 5 == 4 else number
        people.append(desk.person("王芳", f"+86138{shared:08d}", f"+86139{number:08d}"))
    dice = random.Random(7)
    for number in range(callbacks):
        desk.callback(
            people[number % persons],
            campaign=dice.choice(("after-service-3day", "birthday", "delivery-3day")),
        )


def test_eight_processes_never_have_one_person_or_number_in_two_hands(url: str) -> None:
    with desk_on(url) as desk:
        fill(desk, 1200, 2000)
        logins = [f"op{number}" for number in range(8)]
        for login in logins:
            desk.operator(login)
    results = FORK.Queue()
    seats = [FORK.Process(target=work_the_queue, args=(url, login, results)) for login in logins]
    for seat in seats:
        seat.start()
    spans = [span for _ in seats for span in results.get(timeout=1800)]
    for seat in seats:
        seat.join(timeout=300)
        assert seat.exitcode == 0
    claimed = Counter(span[0] for span in spans)
    assert len(claimed) == 2000
    assert set(claimed.values()) == {1}
    for column in (2, 3):
        by_key: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for span in spans:
            by_key[span[column]].append(span[4:6])
        for held in by_key.values():
            held.sort()
            assert all(earlier[1] <= later[0] for earlier, later in itertools.pairwise(held))
    with_database = opened(url)
    left = with_database.read(
        lambda unit: unit.run(
            sa.select(sa.func.count()).select_from(callback).where(callback.c.state != "done")
        ).scalar_one()
    )
    with_database.close()
    assert left == 0


def seat_until_killed(url: str, pipe: int) -> None:
    """A seat in the middle of its calls: tells after each step what was acknowledged."""

    def tell(*fact: Any) -> None:
        os.write(pipe, (json.dumps(fact) + "\n").encode())

    database = opened(url)
    actor = open_seat(database, "ann", other="take_over").actor
    tell("seat", actor.seat_id)
    while True:
        taken = claim_next(database, actor).taken
        if taken is None:
            tell("empty")
            return
        shown = show_call(database, actor, taken.call_id)
        tell("claim", taken.call_id, taken.callback_id, taken.fence, shown.draft_revision)
        if not shown.legs and shown.phone_id is not None:
            dial(database, actor, taken.call_id, shown.phone_id)
        for revision in range(shown.draft_revision + 1, shown.draft_revision + 4):
            save_draft(database, actor, taken.call_id, {"note": f"n{revision}"}, revision)
            tell("draft", taken.call_id, revision)
        decision = Decision(str(uuid.uuid4()), "completed", note="done")
        finish(database, actor, taken.call_id, taken.fence, decision)
        tell("finished", decision.uuid, taken.call_id, taken.callback_id)


class Killed:
    """What a seat had acknowledged when it was killed."""

    def __init__(self, url: str, dice: random.Random) -> None:
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reader)
            try:
                seat_until_killed(url, writer)
            finally:
                os._exit(0)
        os.close(writer)
        self.facts: list[list[Any]] = []
        lines, rest = dice.randrange(1, 14), b""
        while len(self.facts) < lines:
            chunk = os.read(reader, 65536)
            if not chunk:
                break
            rest += chunk
            *whole, rest = rest.split(b"\n")
            self.facts += [json.loads(line) for line in whole]
        # A moment into the next step: a wait on the pipe, not a sleep.
        select.select([reader], [], [], dice.random() * 0.004)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        while chunk := os.read(reader, 65536):
            rest += chunk
        os.close(reader)
        self.facts += [json.loads(line) for line in rest.split(b"\n") if line.endswith(b"]")]


@pytest.mark.kill
def test_two_hundred_kills_lose_nothing_and_offer_nobody_twice(url: str) -> None:
    with desk_on(url) as desk:
        fill(desk, 900, 900)
    # Children must not inherit a connection.
    dice = random.Random(20261122)
    drafts: dict[int, int] = {}
    finished: dict[str, int] = {}
    last: list[Any] | None = None
    for _ in range(KILLS):
        run = Killed(url, dice)
        for fact in run.facts:
            if fact[0] == "claim":
                if last is not None and last[1] not in (None, fact[1]):
                    # Not the same call: then its finish had been committed, unseen.
                    assert outcome_of(url, last[1]) == 1
                assert fact[4] >= drafts.get(fact[1], 0)
                last = fact
            elif fact[0] == "draft":
                drafts[fact[1]] = max(drafts.get(fact[1], 0), fact[2])
            elif fact[0] == "finished":
                finished[fact[1]] = fact[3]
                last = None
            elif fact[0] == "empty":
                pytest.fail("the queue ran empty: fill it with more")
    database = opened(url)
    stored = database.read(
        lambda unit: unit.run(sa.select(call_decision.c.uuid, call_decision.c.callback_id)).all()
    )
    revisions = dict(
        database.read(lambda unit: unit.run(sa.select(draft.c.call_id, draft.c.revision)).all())
    )
    events = database.read(
        lambda unit: unit.run(
            sa.select(callback_event.c.callback_id, callback_event.c.kind).order_by(
                callback_event.c.id
            )
        ).all()
    )
    database.close()
    assert len({row.uuid for row in stored}) == len(stored)
    assert finished.items() <= {row.uuid: row.callback_id for row in stored}.items()
    assert len({row.callback_id for row in stored}) == len(stored)
    assert all(revisions[call_id] >= revision for call_id, revision in drafts.items())
    claims = Counter(row.callback_id for row in events if row.kind == "claimed")
    assert set(claims.values()) == {1}
    kinds = Counter(row.kind for row in events)
    assert kinds["seat_taken"] > KILLS / 4
    assert kinds["resumed"] > KILLS / 4


def outcome_of(url: str, call_id: int) -> int:
    database = opened(url)
    found = database.read(
        lambda unit: unit.run(
            sa.select(sa.func.count())
            .select_from(call_decision)
            .where(call_decision.c.call_id == call_id)
        ).scalar_one()
    )
    database.close()
    return int(found)
