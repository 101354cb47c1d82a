"""The queue as a state machine: any history of operators, seats, clocks and late messages.

Laws: no person or number in two hands; fences only grow; a stale fence never changes a callback;
no callback becomes unreachable; every acknowledged outcome is stored exactly once; what was taken
back leaves nothing behind; what was promised is owed until it is kept or let off.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from db.calls import show_call
from db.checks import resolve_called, resolve_not_called
from db.dialling import dial
from db.drafts import save_draft
from db.finish import finish
from db.history import check_history
from db.housekeeping import keep_house
from db.inbound import inbound
from db.lead_actions import carry_out
from db.lead_claims import steal
from db.lead_plan import preview
from db.lead_selection import Selection
from db.lead_undo import undo_action
from db.parking import park, unpark
from db.queue import Taken, claim_next, release
from db.reopening import reopen
from db.seats import close_seat, open_seat
from db.tables import (
    call,
    call_decision,
    call_hold,
    callback,
    callback_event,
    contact,
    promise,
    seat,
)
from db.undo import amend, undo
from domain.decision import Decision, GivenPromise, Settled
from domain.errors import RefusedError
from domain.lead import Deed, DeedKind
from tests.databases import copy_template, desk_on, postgres_database

LOGINS = ("ann", "bo", "cy")
OVER = {"done", "exhausted", "cancelled"}
OUTCOMES = ("completed", "no-answer", "busy", "callback-at", "hard-refusal", "wrong-number")
EXPECTED = {
    "not_yours", "open_call", "already_dialled", "nothing_claimed", "call_over", "seat_closed",
    "undo_acted_on", "undo_already", "undo_call_open", "undo_late", "undo_person_busy",
    "person_with_somebody", "not_in_check", "do_not_call_now", "outside_hours", "number_in_use",
    "no_number", "number_not_theirs", "no_seat", "person_closed", "agreed_call_stopped",
    "callback_not_over", "lead_not_in_hand", "lead_own_call", "lead_undone_already",
}  # fmt: skip


class QueueMachine(RuleBasedStateMachine):
    """Three operators, a handful of people, and everything that can happen to them."""

    make_url = staticmethod(lambda _stack: "")

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.desk = self.stack.enter_context(desk_on(type(self).make_url(self.stack)))
        self.actors: dict[str, object] = {}
        self.taken: dict[str, object] = {}
        self.stale: list[tuple] = []
        self.actions: list[int] = []
        self.acknowledged: set[str] = set()
        self.last_done: dict[str, str] = {}
        self.fences: dict[int, int] = {}
        self.people: list[int] = []

    def teardown(self) -> None:
        try:
            assert check_history(self.desk.database) == ()
        finally:
            self.stack.close()

    @initialize(shared=st.booleans())
    def begin(self, shared: bool) -> None:
        for login in LOGINS[1:]:
            self.desk.operator(login)
        for number in range(4):
            numbers = [f"+861380000000{number}", f"+861390000000{number}"]
            if shared and number in (1, 2):
                numbers[0] = "+8613700000000"
            self.people.append(self.desk.person("王芳", *numbers))
        for login in LOGINS:
            self.sit(login)
        for person in self.people:
            self.desk.callback(person)
        self.desk.callback(self.people[0], campaign="birthday")

    def attempt(self, work):
        """Does something that a rule of the desk may refuse, but nothing else may stop."""
        try:
            return work()
        except RefusedError as error:
            assert error.code in EXPECTED, error.code  # noqa: PT017
            return None

    @rule(login=st.sampled_from(LOGINS))
    def sit(self, login: str) -> None:
        opened = open_seat(self.desk.database, login, other="take_over")
        if login in self.taken:
            self.stale.append((self.actors[login], self.taken.pop(login)))
        self.actors[login] = opened.actor

    @rule(login=st.sampled_from(LOGINS))
    def claim(self, login: str) -> None:
        claim = self.attempt(lambda: claim_next(self.desk.database, self.actors[login]))
        if claim is not None and claim.taken is not None:
            self.taken[login] = claim.taken

    def decision(self, outcome: str, call_id: int, further: str | None, owed: bool) -> Decision:
        """A decision on a call that settles its further callbacks alike, or leaves them open."""
        later = self.desk.clock.now + timedelta(hours=3)

        def time_of(code: str):
            return later if code == "callback-at" else None

        others = [row["id"] for row in self.all_callbacks() if row["call_id"] == call_id][1:]
        if further is None:
            others = []
        return Decision(
            str(uuid.uuid4()),
            outcome,
            next_at=time_of(outcome),
            note="…",
            settled=tuple(Settled(one, further, time_of(further)) for one in others),
            promises=(GivenPromise("…", later),) if owed else (),
        )

    @rule(
        login=st.sampled_from(LOGINS),
        outcome=st.sampled_from(OUTCOMES),
        further=st.none() | st.sampled_from(OUTCOMES),
        owed=st.booleans(),
    )
    def end(self, login: str, outcome: str, further: str | None, owed: bool) -> None:
        taken = self.taken.pop(login, None)
        if taken is None:
            return
        decision = self.decision(outcome, taken.call_id, further, owed)
        done = self.attempt(
            lambda: finish(
                self.desk.database, self.actors[login], taken.call_id, taken.fence, decision
            )
        )
        if done is not None:
            self.acknowledged.add(decision.uuid)
            self.last_done[login] = decision.uuid
            again = finish(
                self.desk.database, self.actors[login], taken.call_id, taken.fence, decision
            )
            assert again == done

    @rule(login=st.sampled_from(LOGINS))
    def give_back(self, login: str) -> None:
        if self.attempt(lambda: release(self.desk.database, self.actors[login])) is not None:
            self.taken.pop(login, None)

    @rule(login=st.sampled_from(LOGINS))
    def ring(self, login: str) -> None:
        taken = self.taken.get(login)
        if taken is not None:
            actor = self.actors[login]
            number = show_call(self.desk.database, actor, taken.call_id).phone_id
            if number is not None:
                self.attempt(lambda: dial(self.desk.database, actor, taken.call_id, number))

    @rule(login=st.sampled_from(LOGINS))
    def type(self, login: str) -> None:
        taken = self.taken.get(login)
        if taken is not None:
            save_draft(self.desk.database, self.actors[login], taken.call_id, {"note": "x"}, 1)

    @rule(login=st.sampled_from(LOGINS))
    def put_aside(self, login: str) -> None:
        taken = self.taken.get(login)
        if taken is not None and self.attempt(
            lambda: park(self.desk.database, self.actors[login], taken.call_id) or taken
        ):
            self.stale.append((self.actors[login], self.taken.pop(login)))

    @precondition(lambda self: self.stale)
    @rule(data=st.data())
    def take_up(self, data) -> None:
        actor, taken = data.draw(st.sampled_from(self.stale))
        self.attempt(lambda: unpark(self.desk.database, actor, taken.call_id))

    @rule(login=st.sampled_from(LOGINS), which=st.integers(0, 3))
    def rings_back(self, login: str, which: int) -> None:
        actor = self.actors[login]
        taken = self.attempt(lambda: inbound(self.desk.database, actor, self.people[which]))
        if taken is not None:
            before = self.taken.get(login)
            if before is not None and before.call_id != taken.call_id:
                self.stale.append((actor, before))
            self.taken[login] = taken

    @rule(login=st.sampled_from(LOGINS))
    def take_back(self, login: str) -> None:
        uuid_done = self.last_done.pop(login, None)
        if uuid_done is None:
            return
        taken = self.attempt(
            lambda: undo(self.desk.database, self.actors[login], uuid_done, str(uuid.uuid4()))
        )
        if taken is not None:
            self.taken[login] = taken

    @rule(login=st.sampled_from(LOGINS), outcome=st.sampled_from(OUTCOMES), owed=st.booleans())
    def think_better(self, login: str, outcome: str, owed: bool) -> None:
        uuid_done = self.last_done.get(login)
        if uuid_done is None:
            return
        decision = self.decision(outcome, 0, None, owed)
        database, since = self.desk.database, self.desk.clock.now - timedelta(days=1)
        done = self.attempt(
            lambda: amend(database, self.actors[login], uuid_done, decision, since=since)
        )
        if done is not None:
            self.last_done[login] = decision.uuid
            again = amend(database, self.actors[login], uuid_done, decision, since=since)
            assert again == done

    @rule(login=st.sampled_from(LOGINS))
    def leave(self, login: str) -> None:
        close_seat(self.desk.database, self.actors[login])
        if login in self.taken:
            self.stale.append((self.actors[login], self.taken.pop(login)))

    @precondition(lambda self: self.stale)
    @rule(data=st.data(), outcome=st.sampled_from(("completed", "no-answer", "hard-refusal")))
    def late_message(self, data, outcome: str) -> None:
        actor, taken = data.draw(st.sampled_from(self.stale))
        before = dict(self.desk.row(taken.callback_id))
        call_row = self.desk.rows(sa.select(call).where(call.c.id == taken.call_id))[0]
        decision = Decision(str(uuid.uuid4()), outcome, note="…")
        done = self.attempt(
            lambda: finish(self.desk.database, actor, taken.call_id, taken.fence, decision)
        )
        if done is None:
            return
        self.acknowledged.add(decision.uuid)
        after = dict(self.desk.row(taken.callback_id))
        if call_row["fence"] != taken.fence:
            assert done.late
            in_hand = before["state"] in ("claimed", "check") or before["state"] in OVER
            if in_hand:
                assert {name: after[name] for name in ("state", "due_at", "fence")} == {
                    name: before[name] for name in ("state", "due_at", "fence")
                }

    @rule(which=st.integers(0, 4))
    def was_not_called(self, which: int) -> None:
        waiting = [row for row in self.all_callbacks() if row["state"] == "check"]
        if waiting:
            row = waiting[which % len(waiting)]
            self.attempt(lambda: resolve_not_called(self.desk.database, self.desk.actor, row["id"]))

    @rule(which=st.integers(0, 4), outcome=st.sampled_from(OUTCOMES))
    def was_called(self, which: int, outcome: str) -> None:
        waiting = [row for row in self.all_callbacks() if row["state"] == "check"]
        if waiting:
            row = waiting[which % len(waiting)]
            decision = self.decision(outcome, 0, None, owed=False)
            self.attempt(
                lambda: resolve_called(self.desk.database, self.desk.actor, row["id"], decision)
            )

    @rule(which=st.integers(0, 4))
    def open_again(self, which: int) -> None:
        over = [row for row in self.all_callbacks() if row["state"] in OVER]
        if over:
            row = over[which % len(over)]
            self.attempt(lambda: reopen(self.desk.database, self.desk.actor, row["id"]))

    @rule(login=st.sampled_from(("ann", None)), which=st.integers(0, 4))
    def lead_takes_over(self, login: str | None, which: int) -> None:
        """Ann takes a call out of somebody's hands, at her seat or by a command without one."""
        actor = self.desk.actor if login is None else self.actors[login]
        in_hand = [row for row in self.all_callbacks() if row["state"] == "claimed"]
        if not in_hand:
            return
        row = in_hand[which % len(in_hand)]
        stolen = self.attempt(
            lambda: steal(self.desk.database, actor, row["id"], str(uuid.uuid4()))
        )
        if stolen is None:
            return
        assert stolen.fence > row["fence"]
        for other, taken in list(self.taken.items()):
            if taken.call_id == stolen.call_id:
                self.stale.append((self.actors[other], self.taken.pop(other)))
        if stolen.state == "claimed":
            self.taken["ann"] = Taken(stolen.call_id, row["id"], stolen.fence, resumed=True)

    @rule(
        kind=st.sampled_from(list(DeedKind)),
        to=st.sampled_from(LOGINS),
        first=st.integers(0, 5),
        hours=st.integers(0, 30),
    )
    def lead_acts(self, kind: DeedKind, to: str, first: int, hours: int) -> None:
        """Ann does something to a few callbacks, whatever their states."""
        ids = tuple(row["id"] for row in self.all_callbacks())[first : first + 3]
        if kind is DeedKind.NEXT_FOR:
            ids = ids[:1]
        if not ids:
            return
        gets = (LOGINS.index(to) + 1,) if kind in (DeedKind.REASSIGN, DeedKind.NEXT_FOR) else ()
        deed = Deed(
            kind,
            to=gets,
            band=2 + hours % 8,
            at=self.desk.clock.now + timedelta(hours=hours),
        )
        run = preview(self.desk.database, self.desk.actor, deed, Selection(ids=ids))
        assert len(run.planned) + len(run.left) == len(ids)
        if not run.planned:
            return
        own = str(uuid.uuid4())
        done = carry_out(self.desk.database, self.desk.actor, run, own, "because")
        assert carry_out(self.desk.database, self.desk.actor, run, own, "because") == done
        assert not done.left
        self.actions.append(done.action_id)
        for login, taken in list(self.taken.items()):
            if self.desk.row(taken.callback_id)["call_id"] != taken.call_id:
                self.stale.append((self.actors[login], self.taken.pop(login)))

    @precondition(lambda self: self.actions)
    @rule(data=st.data())
    def lead_takes_back(self, data) -> None:
        action = data.draw(st.sampled_from(self.actions))
        self.attempt(
            lambda: undo_action(self.desk.database, self.desk.actor, action, str(uuid.uuid4()))
        )

    @rule(minutes=st.sampled_from((1, 20, 200)))
    def time_passes(self, minutes: int) -> None:
        self.desk.clock.advance(minutes=minutes)
        keep_house(self.desk.database, every=0)

    def all_callbacks(self) -> list:
        return self.desk.rows(sa.select(callback).order_by(callback.c.id))

    @invariant()
    def nobody_is_in_two_hands(self) -> None:
        rows = [row for row in self.all_callbacks() if row["state"] in ("claimed", "check")]
        for name in ("person_id", "phone_id"):
            hands: dict[int, set[int]] = {}
            for row in rows:
                hands.setdefault(row[name], set()).add(row["call_id"])
            assert all(len(calls) == 1 for calls in hands.values()), (name, hands)

    @invariant()
    def fences_grow(self) -> None:
        for row in self.all_callbacks():
            assert row["fence"] >= self.fences.get(row["id"], 0)
            self.fences[row["id"]] = row["fence"]

    @invariant()
    def nothing_is_out_of_reach(self) -> None:
        live = {
            row["id"]: row for row in self.desk.rows(sa.select(call).where(call.c.phase != "ended"))
        }
        for row in self.all_callbacks():
            if row["state"] in ("claimed", "check"):
                assert row["call_id"] in live, dict(row)
                assert row["claimed_by"] is not None
            else:
                assert row["call_id"] is None
        held = self.desk.rows(sa.select(call_hold).where(call_hold.c.until.is_(None)))
        assert all(row["call_id"] in live for row in held)

    @invariant()
    def every_call_holds_its_person_and_sits_at_an_open_seat(self) -> None:
        live = self.desk.rows(sa.select(call).where(call.c.phase != "ended"))
        holds = {
            row["key"]: row["call_id"]
            for row in self.desk.rows(sa.select(call_hold).where(call_hold.c.until.is_(None)))
        }
        for row in live:
            assert holds.get(f"p{row['person_id']}") == row["id"]
        closed = {
            row["id"]
            for row in self.desk.rows(sa.select(seat.c.id, seat.c.closed_at))
            if row["closed_at"] is not None
        }
        for row in self.all_callbacks():
            if row["state"] == "claimed":
                assert row["claimed_seat"] not in closed

    @invariant()
    def what_was_taken_back_leaves_nothing_behind(self) -> None:
        decisions = self.desk.rows(sa.select(call_decision))
        states = {row["id"]: row["state"] for row in self.all_callbacks()}
        in_force: dict[int, int] = {}
        for row in decisions:
            if row["kind"] == "undo":
                continue
            if row["superseded_at"] is None and not row["late"]:
                in_force[row["call_id"]] = in_force.get(row["call_id"], 0) + 1
            elif row["superseded_at"] is not None:
                made = row["before"]["made_callbacks"]
                assert {states[one] for one in made} <= {"cancelled"} | self.reopened(made)
        assert all(n == 1 for n in in_force.values())
        contacts = [row["call_id"] for row in self.desk.rows(sa.select(contact.c.call_id))]
        assert len(contacts) == len(set(contacts))

    def reopened(self, callbacks: list[int]) -> set[str]:
        """The states of callbacks that a lead opened again, whatever had become of them."""
        found = self.desk.rows(
            sa.select(callback.c.state).where(
                callback.c.id.in_(
                    sa.select(callback_event.c.callback_id).where(
                        callback_event.c.callback_id.in_(callbacks),
                        callback_event.c.kind == "reopened",
                    )
                )
            )
        )
        return {row["state"] for row in found}

    @invariant()
    def what_is_owed_has_a_callback_or_nobody_to_ring(self) -> None:
        rows = {row["id"]: row for row in self.all_callbacks()}
        for row in self.desk.rows(sa.select(promise)):
            if row["state"] in ("open", "broken") and row["callback_id"] is not None:
                owed = rows[row["callback_id"]]
                repaired = owed["state"] == "cancelled" and row["state"] in ("open", "broken")
                assert owed["state"] not in OVER or repaired
                assert owed["promised"] or repaired or self.reopened([owed["id"]])

    @invariant()
    def one_open_call_each(self) -> None:
        open_calls = self.desk.rows(sa.select(call.c.operator_id).where(call.c.phase == "open"))
        owners = [row["operator_id"] for row in open_calls]
        assert len(owners) == len(set(owners))

    @invariant()
    def every_acknowledged_outcome_is_there_once(self) -> None:
        stored = [
            row["uuid"]
            for row in self.desk.rows(
                sa.select(call_decision.c.uuid).where(call_decision.c.kind == "finish")
            )
        ]
        assert len(stored) == len(set(stored))
        assert self.acknowledged <= set(stored)


PROFILE = settings(
    max_examples=int(os.environ.get("CALLBACK_DESK_TEST_MACHINE_EXAMPLES", "25")),
    stateful_step_count=35,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


def run(make_url) -> None:
    machine = type("Machine", (QueueMachine,), {"make_url": staticmethod(make_url)})
    machine.TestCase.settings = PROFILE
    case = machine.TestCase()
    case.runTest()


def test_the_queue_on_sqlite(sqlite_template: Path) -> None:
    def make(stack: ExitStack) -> str:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        return copy_template(sqlite_template, folder)

    run(make)


def test_the_queue_on_postgresql(postgres_server: str, postgres_template: str) -> None:
    names: Iterator[str] = (f"machine_{os.getpid()}_{uuid.uuid4().hex[:12]}" for _ in iter(int, 1))

    def make(stack: ExitStack) -> str:
        return stack.enter_context(
            postgres_database(postgres_server, next(names), postgres_template)
        )

    run(make)
