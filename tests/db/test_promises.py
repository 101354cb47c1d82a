"""Promises: made in calls and about cases, settled by what happens, told once, told of."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db.calls import show_call
from db.case_opening import NewCase
from db.case_owner import answer_handover, offer_handover
from db.cases import open_case
from db.checks import resolve_called, resume
from db.decision_record import decision_in_force
from db.decisions import Effects
from db.dialling import dial
from db.finish import Finished, finish
from db.housekeeping import keep_house
from db.inbound import inbound
from db.occasions import note_occasion
from db.promise_deeds import fulfil
from db.promise_making import make_promise
from db.promise_owner import reassign_promise
from db.promises import open_promises
from db.queue import claim, claim_next
from db.seats import close_seat
from db.tables import audit, callback, complaint, dispatch_slip, promise, promise_event, seat
from db.undo import amend, undo
from db.why import why
from domain.care.facts import OccasionKind
from domain.decision import Decision, GivenPromise, GivenWord, Settled
from domain.errors import InputError, RefusedError
from domain.permissions import Actor
from domain.promise import (
    Evidence,
    EvidenceKind,
    Happened,
    Happening,
    PromiseKind,
    promise_state,
)
from tests.databases import MONDAY_10, Desk

HOUR = timedelta(hours=1)


def new(outcome: str = "completed", **fields: Any) -> Decision:
    return Decision(uuid.uuid4().hex, outcome, **fields)


def talk(
    desk: Desk, actor: Actor, callback_id: int | None, decision: Decision, *, dials: bool = True
) -> Finished:
    """A call about a callback (the next in the queue unless given) that ends so."""
    if callback_id is None:
        taken = claim_next(desk.database, actor).taken
        assert taken is not None
    else:
        taken = claim(desk.database, actor, callback_id)
    if dials:
        dial(desk.database, actor, taken.call_id, _number(desk, actor, taken.call_id))
    return finish(desk.database, actor, taken.call_id, taken.fence, decision)


def _number(desk: Desk, actor: Actor, call_id: int) -> int:
    found = show_call(desk.database, actor, call_id).phone_id
    assert found is not None
    return found


def ledger(desk: Desk) -> list[Any]:
    return desk.rows(sa.select(promise).order_by(promise.c.id))


def history(desk: Desk, promise_id: int) -> list[str]:
    rows = desk.rows(
        sa.select(promise_event.c.kind)
        .where(promise_event.c.promise_id == promise_id)
        .order_by(promise_event.c.id)
    )
    return [row["kind"] for row in rows]


def waiting(desk: Desk) -> list[Any]:
    return desk.rows(
        sa.select(callback)
        .where(callback.c.state.in_(("scheduled", "due")))
        .order_by(callback.c.id)
    )


def promised(desk: Desk, actor: Actor, given: GivenPromise) -> tuple[int, int]:
    """A person to whom something was promised in a call; the promise's row and its person."""
    person = desk.person()
    talk(desk, actor, desk.callback(person), new(promises=(given,)))
    desk.clock.advance(minutes=3)
    return ledger(desk)[-1]["id"], person


def test_a_deed_is_kept_by_the_call_that_tells_the_customer_and_nobody_forgets_it(desk: Desk):
    ann = desk.seat("ann").actor
    due = desk.clock.now + 2 * HOUR
    one, _ = promised(desk, ann, GivenPromise("寄出合格证", due, kind="deed"))
    (row,) = waiting(desk)
    assert (row["band"], row["due_at"], row["promised"]) == (0, due, True)
    desk.clock.advance(hours=2)
    # Ringing alone makes no deed good: it stays in the first band, and stays owed.
    talk(desk, ann, None, new("no-answer"))
    (row,) = waiting(desk)
    assert (row["band"], row["promised"]) == (0, True)
    assert ledger(desk)[0]["state"] == "open"
    desk.clock.advance(hours=6)
    told_at = desk.clock.now
    keep_house(desk.database, every=0)
    assert ledger(desk)[0]["state"] == "broken"
    talk(desk, ann, None, new())
    (kept,) = ledger(desk)
    assert (kept["state"], kept["settled_at"]) == ("late", told_at)
    assert history(desk, one) == ["made", "broken", "late"]
    assert not waiting(desk)


def test_a_deed_that_is_put_off_is_served_by_the_agreed_call_and_an_undo_gives_it_back(desk: Desk):
    ann = desk.seat("ann").actor
    one, _ = promised(desk, ann, GivenPromise("报价", desk.clock.now + HOUR, kind="deed"))
    first = ledger(desk)[0]["callback_id"]
    desk.clock.advance(hours=1)
    decision = new("callback-at", next_at=desk.clock.now + 2 * HOUR)
    done = talk(desk, ann, None, decision)
    deed, agreed = ledger(desk)
    assert deed["callback_id"] == agreed["callback_id"] == done.next_callback_id
    assert deed["state"] == "open"
    undo(desk.database, ann, decision.uuid, uuid.uuid4().hex)
    deed, agreed = ledger(desk)
    assert (deed["callback_id"], agreed["state"]) == (first, "withdrawn")
    assert history(desk, one) == ["made", "next_call"]


@pytest.mark.parametrize("said", [False, True])
def test_a_customer_who_rings_about_something_else_was_not_told_of_the_deed(desk: Desk, said: bool):
    ann = desk.seat("ann").actor
    one, person = promised(desk, ann, GivenPromise("报价", desk.clock.now + HOUR, kind="deed"))
    desk.callback(person, campaign="birthday")
    desk.clock.advance(hours=2)
    taken = inbound(desk.database, ann, person)
    lines = show_call(desk.database, ann, taken.call_id).callbacks
    words = (GivenWord(one, "told", "八百元"),) if said else ()
    others = tuple(Settled(line.id, "completed") for line in lines[1:])
    decision = new(owed=words, settled=others)
    finish(desk.database, ann, taken.call_id, taken.fence, decision)
    (row,) = ledger(desk)
    if said:
        assert (row["state"], waiting(desk)) == ("late", [])
    else:
        (served,) = waiting(desk)
        assert row["state"] == "open"
        assert (row["callback_id"], served["band"]) == (served["id"], 0)
        assert served["due_at"] == desk.clock.now + HOUR
        assert history(desk, one) == ["made", "next_call"]
    undo(desk.database, ann, decision.uuid, uuid.uuid4().hex)
    (row,) = ledger(desk)
    assert (row["state"], row["settled_at"]) == ("open", None)
    assert row["callback_id"] in {line.id for line in lines}


def test_what_is_dialled_in_time_does_not_break_while_one_speaks(desk: Desk):
    ann = desk.seat("ann").actor
    promised(desk, ann, GivenPromise("回电", desk.clock.now + HOUR))
    desk.clock.advance(minutes=59)
    taken = claim_next(desk.database, ann).taken
    assert taken is not None
    dial(desk.database, ann, taken.call_id, _number(desk, ann, taken.call_id))
    desk.clock.advance(minutes=30)
    keep_house(desk.database, every=0)
    assert ledger(desk)[0]["state"] == "open"
    finish(desk.database, ann, taken.call_id, taken.fence, new("no-answer"))
    assert ledger(desk)[0]["state"] == "kept"


def test_a_promised_call_for_which_no_callback_waits_is_kept_by_any_call_to_the_customer(
    desk: Desk,
):
    ann = desk.seat("ann").actor
    one, person = promised(desk, ann, GivenPromise("回电", desk.clock.now + HOUR))
    gone = sa.update(callback).where(callback.c.state != "done").values(state="cancelled")
    desk.database.write(lambda unit: unit.run(gone))
    talk(desk, ann, desk.callback(person, campaign="birthday"), new("no-answer"))
    assert ledger(desk)[0]["state"] == "kept"
    assert history(desk, one) == ["made", "kept"]


@pytest.mark.parametrize("what", ["told", "let_off"])
def test_words_about_a_promise_settle_it_in_another_call_and_come_back_with_an_undo(
    desk: Desk, what: Any
):
    ann = desk.seat("ann").actor
    one, person = promised(desk, ann, GivenPromise("寄资料", desk.clock.now + HOUR, kind="deed"))
    served = ledger(desk)[0]["callback_id"]
    decision = new(owed=(GivenWord(one, what, "昨天寄出了"),))
    talk(desk, ann, desk.callback(person, campaign="birthday"), decision)
    assert ledger(desk)[0]["state"] == {"told": "kept", "let_off": "withdrawn"}[what]
    assert desk.row(served)["state"] == "cancelled"
    call_id = ledger(desk)[0]["settled_call_id"]
    assert decision_in_force(desk.database, ann, call_id).owed == decision.owed
    undo(desk.database, ann, decision.uuid, uuid.uuid4().hex)
    assert (ledger(desk)[0]["state"], desk.row(served)["state"]) == ("open", "scheduled")
    assert history(desk, one)[-1] == "reopened"


def test_words_about_a_promise_need_a_customer_who_heard_them_and_are_about_their_own(desk: Desk):
    ann = desk.seat("ann").actor
    one, person = promised(desk, ann, GivenPromise("寄资料", desk.clock.now + HOUR, kind="deed"))
    word = GivenWord(one, "told", "寄出了")
    mine, theirs = desk.callback(person), desk.callback(desk.person("李强"))
    taken = claim(desk.database, ann, mine)

    def refused(outcome: str, owed: GivenWord) -> str:
        with pytest.raises((InputError, RefusedError)) as error:
            finish(desk.database, ann, taken.call_id, taken.fence, new(outcome, owed=(owed,)))
        return error.value.code

    assert refused("no-answer", word) == "promise_nobody_told"
    assert refused("completed", GivenWord(one, "told", "  ")) == "promise_without_words"
    assert refused("completed", GivenWord(10**9, "told", "好")) == "promise_unknown"
    finish(desk.database, ann, taken.call_id, taken.fence, new())
    taken = claim(desk.database, ann, theirs)
    assert refused("completed", word) == "promise_unknown"


def late_after(desk: Desk, *told: GivenPromise) -> tuple[Actor, int, Decision, Any]:
    """A call that a lead ended in its operator's place; what is left is its late outcome."""
    bea = desk.seat(desk.operator("bea").login).actor
    made = desk.callback(desk.person())
    taken = claim_next(desk.database, bea).taken
    assert taken is not None
    close_seat(desk.database, bea)
    in_force = new(promises=told)
    resolve_called(desk.database, desk.actor, made, in_force)
    return desk.seat("bea").actor, made, in_force, taken


@pytest.mark.parametrize("hours", [2, 3], ids=["the same time", "another time"])
def test_a_promise_that_a_late_outcome_tells_too_is_made_once(desk: Desk, hours: int):
    due = desk.clock.now + 2 * HOUR
    bea, _, in_force, taken = late_after(desk, GivenPromise("回电", due))
    late = new(promises=(GivenPromise("回电", desk.clock.now + hours * HOUR),))
    assert finish(desk.database, bea, taken.call_id, taken.fence, late).late
    (one,) = ledger(desk)
    (row,) = waiting(desk)
    assert (one["due_at"], row["due_at"], row["band"]) == (due, due, 0)
    assert history(desk, one["id"]) == ["made", "told_again"]
    # Taken back, the promise stands all the same: the late outcome tells it too.
    ann = desk.seat("ann").actor
    undo(desk.database, ann, in_force.uuid, uuid.uuid4().hex)
    (one,) = ledger(desk)
    assert (one["state"], desk.row(one["callback_id"])["state"]) == ("open", "scheduled")
    again = new(promises=(GivenPromise("回电", due),))
    fence = show_call(desk.database, ann, taken.call_id).fence
    finish(desk.database, ann, taken.call_id, fence, again)
    assert [row["state"] for row in ledger(desk)] == ["open"]
    assert len(waiting(desk)) == 1
    assert decision_in_force(desk.database, ann, taken.call_id).promises == again.promises


def first_late(desk: Desk, given: GivenPromise) -> tuple[Actor, int, Any]:
    """A call that has a late outcome only, and waits for a person's word."""
    bea = desk.seat(desk.operator("bea").login).actor
    made = desk.callback(desk.person())
    taken = claim_next(desk.database, bea).taken
    assert taken is not None
    stale = taken.fence
    close_seat(desk.database, bea)
    again = desk.seat("bea").actor
    held = resume(desk.database, again, made)
    assert finish(desk.database, again, taken.call_id, stale, new(promises=(given,))).late
    return again, made, held


def test_the_outcome_in_force_takes_over_what_a_late_one_promised_before(desk: Desk):
    due = desk.clock.now + 2 * HOUR
    bea, _, held = first_late(desk, GivenPromise("回电", due))
    in_force = new(promises=(GivenPromise("回电", due),))
    finish(desk.database, bea, held.call_id, held.fence, in_force)
    (one,) = ledger(desk)
    assert len(waiting(desk)) == 1
    assert decision_in_force(desk.database, bea, held.call_id).promises == in_force.promises
    other = new(promises=(GivenPromise("回电", due + HOUR),))
    amend(desk.database, bea, in_force.uuid, other, since=desk.clock.now - HOUR)
    states = {row["due_at"]: row["state"] for row in ledger(desk)}
    assert states == {due: "withdrawn", due + HOUR: "open"}
    assert [row["due_at"] for row in waiting(desk)] == [due + HOUR]
    undo(desk.database, bea, other.uuid, uuid.uuid4().hex)
    states = {row["due_at"]: row["state"] for row in ledger(desk)}
    assert states == {due: "open", due + HOUR: "withdrawn"}
    assert [row["due_at"] for row in waiting(desk)] == [due]
    assert history(desk, one["id"])[-1] == "reopened"


def case(desk: Desk, person: int, level: str = "local") -> int:
    values = {
        "weight": "complaint", "person_id": person, "received_at": desk.clock.now,
        "channel": "phone", "level": level, "description": "异响", "status": "open",
        "details": {}, "created_at": desk.clock.now, "updated_at": desk.clock.now,
    }  # fmt: skip
    query = complaint.insert().returning(complaint.c.id)
    return desk.database.write(lambda unit: int(unit.run(query, values).scalar_one()))


def test_a_promise_about_a_case_is_made_outside_a_call_and_audited(desk: Desk):
    person = desk.person()
    one = case(desk, person, "regulator")
    due = desk.clock.now + 5 * HOUR
    bea = desk.operator("bea")
    made = make_promise(
        desk.database, desk.actor, person, GivenPromise("书面答复", due, kind="deed"),
        complaint_id=one, owner="bea",
    )  # fmt: skip
    (row,) = waiting(desk)
    assert (row["band"], row["owner_id"], row["complaint_id"]) == (0, bea.operator_id, one)
    assert ledger(desk)[0]["complaint_id"] == one
    (seen,) = desk.rows(sa.select(audit).where(audit.c.action == "promise_made"))
    assert (seen["subject_id"], "书面" in str(dict(seen))) == (made, False)
    for code, given_, more in (
        ("promise_past", GivenPromise("x", desk.clock.now), {}),
        ("promise_without_time", GivenPromise("x"), {}),
        ("promise_without_words", GivenPromise(" ", due), {}),
        ("case_unknown", GivenPromise("x", due), {"complaint_id": one + 1}),
        ("not_allowed", GivenPromise("x", due), {"owner": "ann"}),
    ):
        with pytest.raises((InputError, RefusedError)) as error:
            make_promise(desk.database, bea, person, given_, **more)
        assert error.value.code == code
    assert len(ledger(desk)) == 1


def slip(desk: Desk, complaint_id: int, *, replied: datetime | None) -> int:
    values = {
        "complaint_id": complaint_id, "department": "service", "ask": "?",
        "sent_at": desk.clock.now, "sent_by": desk.actor.operator_id,
        "reply_by": desk.clock.now + HOUR, "replied_at": replied,
    }  # fmt: skip
    query = dispatch_slip.insert().returning(dispatch_slip.c.id)
    return desk.database.write(lambda unit: int(unit.run(query, values).scalar_one()))


def test_a_deed_is_fulfilled_by_a_fact_with_its_own_instant_and_by_nothing_less(desk: Desk):
    ann = desk.seat("ann").actor
    person = desk.person()
    about = case(desk, person)
    early = slip(desk, about, replied=desk.clock.now - HOUR)
    due = desk.clock.now + 2 * HOUR
    deed = GivenPromise("查明原因", due, kind="deed")
    one = make_promise(desk.database, ann, person, deed, complaint_id=about)
    rung = make_promise(desk.database, ann, person, GivenPromise("回电", due))

    def code(promise_id: int, kind: EvidenceKind, id_: int) -> str:
        with pytest.raises((InputError, RefusedError)) as error:
            fulfil(desk.database, ann, promise_id, Evidence(kind, id_))
        return error.value.code

    unanswered = slip(desk, about, replied=None)
    foreign = slip(desk, case(desk, desk.person("李强")), replied=desk.clock.now)
    assert code(one, EvidenceKind.SLIP, unanswered) == "promise_no_evidence"
    assert code(one, EvidenceKind.SLIP, foreign) == "promise_no_evidence"
    assert code(one, EvidenceKind.SLIP, early) == "promise_evidence_early"
    assert code(one, EvidenceKind.CALL, 1) == "promise_no_evidence"
    assert code(rung, EvidenceKind.SLIP, early) == "promise_call_by_ringing"
    in_time = desk.clock.now + HOUR
    desk.clock.advance(hours=9)
    answered = slip(desk, about, replied=in_time)
    keep_house(desk.database, every=0)
    # The slip came in time, though nobody entered it before the time was over.
    assert fulfil(desk.database, ann, one, Evidence(EvidenceKind.SLIP, answered), "轴承") == "kept"
    row = ledger(desk)[0]
    assert (row["state"], row["settled_at"]) == ("kept", in_time)
    assert desk.row(row["callback_id"])["state"] == "due"  # somebody tells the customer
    assert code(one, EvidenceKind.SLIP, answered) == "promise_settled"
    day = (desk.clock.now + timedelta(days=3)).date()
    noted = note_occasion(desk.database, ann, person, OccasionKind.APPOINTMENT, day)
    other = make_promise(
        desk.database, ann, person, GivenPromise("再预约", condition="再响", kind="deed")
    )
    assert code(other, EvidenceKind.BOOKING, noted + 1) == "promise_no_evidence"
    desk.clock.advance(minutes=1)
    booked = note_occasion(desk.database, ann, person, OccasionKind.APPOINTMENT, day)
    assert fulfil(desk.database, ann, other, Evidence(EvidenceKind.BOOKING, booked)) == "kept"


def test_a_lead_gives_a_promise_to_another_and_its_callback_goes_along(desk: Desk):
    ann, bea = desk.seat("ann").actor, desk.operator("bea")
    one, _ = promised(desk, ann, GivenPromise("回电", desk.clock.now + HOUR))
    with pytest.raises(RefusedError):
        reassign_promise(desk.database, bea, one, "bea")
    with pytest.raises(InputError):
        reassign_promise(desk.database, ann, one, "nobody")
    reassign_promise(desk.database, ann, one, "bea")
    (row,) = waiting(desk)
    assert row["owner_id"] == row["assigned_to"] == bea.operator_id
    assert ledger(desk)[0]["owner_id"] == bea.operator_id
    assert history(desk, one) == ["made", "owner"]
    (seen,) = desk.rows(sa.select(audit).where(audit.c.action == "promise_owner"))
    assert seen["details"]["to"] == bea.operator_id
    desk.clock.advance(hours=1)
    talk(desk, desk.seat("bea").actor, None, new("no-answer"))
    with pytest.raises(RefusedError):
        reassign_promise(desk.database, ann, one, "ann")


def test_what_is_owed_about_a_case_goes_with_it_to_its_new_owner(desk: Desk):
    bea = desk.operator("bea")
    person = desk.person()
    about = open_case(desk.database, desk.actor, NewCase(person, "异响"))
    due = desk.clock.now + 5 * HOUR
    own = GivenPromise("查明原因", due, kind="deed")
    mine = make_promise(desk.database, desk.actor, person, own, complaint_id=about)
    theirs = make_promise(
        desk.database, desk.actor, person, own, complaint_id=about,
        owner=desk.operator("cid", "lead").login,
    )  # fmt: skip
    offer_handover(desk.database, desk.actor, about, "bea")
    assert history(desk, mine) == ["made"]
    answer_handover(desk.database, bea, about, accept=True)
    owners = {row["id"]: row["owner_id"] for row in ledger(desk)}
    assert owners[mine] == bea.operator_id != owners[theirs]
    assert (history(desk, mine), history(desk, theirs)) == (["made", "owner"], ["made"])


def test_why_a_callback_stands_first_says_whether_its_promise_is_broken(desk: Desk):
    ann = desk.seat("ann").actor
    promised(desk, ann, GivenPromise("回电", desk.clock.now + HOUR))
    (row,) = waiting(desk)

    def first() -> str:
        return why(desk.database, ann, row["id"]).order[0].key

    assert first() == "rules.band.promise"
    desk.clock.advance(hours=2)
    assert first() == "rules.band.broken_promise"


def test_effects_of_an_earlier_program_are_read(desk: Desk):
    plain = Effects().to_dict()
    for name in ("taken_promises", "moved_promises"):
        del plain[name]
    assert Effects.from_dict(plain) == Effects()


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["house", "ring", "reach", "told", "let_off", "undo"]), st.integers(4, 60)
    ),
    max_size=6,
)


class Story:
    """A promise on a desk, what happened to it, and what the law makes of that."""

    def __init__(self, desk: Desk, kind: Any, due_in: timedelta) -> None:
        self.desk, self.kind, self.made_at = desk, kind, desk.clock.now
        self.ann = desk.seat("ann").actor
        self.due_at = self.made_at + due_in
        self.one, self.person = promised(
            desk, self.ann, GivenPromise("说到做到", self.due_at, kind=kind)
        )
        self.happened: list[Happened] = []
        self.last: tuple[str, list[Happened]] | None = None

    @property
    def row(self) -> Any:
        return next(row for row in ledger(self.desk) if row["id"] == self.one)

    def go_on(self, step: str) -> None:
        if step == "house":
            keep_house(self.desk.database, every=0)
        elif step == "undo":
            self._undo()
        else:
            self._call(step)

    def _undo(self) -> None:
        if self.last is None:
            return
        taken = undo(self.desk.database, self.ann, self.last[0], uuid.uuid4().hex)
        self.happened, self.last = self.last[1], None
        trouble = new("technical-trouble")
        finish(self.desk.database, self.ann, taken.call_id, taken.fence, trouble)

    def _call(self, step: Any) -> None:
        owed, before = self.row["state"] in ("open", "broken"), list(self.happened)
        if step in ("told", "let_off"):
            taken = inbound(self.desk.database, self.ann, self.person)
            decision = new(owed=(GivenWord(self.one, step, "好"),))
            finish(self.desk.database, self.ann, taken.call_id, taken.fence, decision)
        elif self.row["callback_id"] in {row["id"] for row in waiting(self.desk)}:
            decision = new("no-answer" if step == "ring" else "completed")
            try:
                talk(self.desk, self.ann, self.row["callback_id"], decision)
            except RefusedError:  # its time has not come
                return
        else:
            return
        self.last = (decision.uuid, before)
        what = Happening.DONE if self.kind == "deed" else Happening.CALLED
        if owed and not (step == "ring" and self.kind == "deed"):
            let_off = step == "let_off"
            now = self.desk.clock.now
            self.happened.append(Happened(Happening.WITHDRAWN if let_off else what, now))

    def law(self) -> str:
        return promise_state(
            PromiseKind(self.kind),
            made_at=self.made_at,
            due_at=self.due_at,
            happened=self.happened,
            now=self.desk.clock.now,
        )

    def shown(self) -> str:
        lines = self.desk.database.read(lambda unit: open_promises(unit, self.person))
        known: dict[int, str] = {line.id: line.state for line in lines}
        return known.get(self.one, str(self.row["state"]))


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.sampled_from(["call", "deed"]), st.integers(10, 180), STEPS)
def test_the_ledger_follows_the_law_whatever_happens(
    desk: Desk, kind: Any, minutes: int, steps: list[tuple[str, int]]
):
    """What the ledger shows is what the law makes of what happened, at every moment."""
    close_all_seats(desk)
    desk.clock.now = MONDAY_10
    story = Story(desk, kind, timedelta(minutes=minutes))
    for step, wait in steps:
        desk.clock.advance(minutes=wait)
        story.go_on(step)
        assert story.shown() == story.law(), (step, story.happened)
    assert sum(row["id"] == story.one for row in ledger(desk)) == 1


def close_all_seats(desk: Desk) -> None:
    """An empty desk for the next example: nobody sits there and nothing waits."""
    for query in (
        sa.update(seat).values(closed_at=desk.clock.now),
        sa.update(callback).where(callback.c.state != "done").values(state="cancelled"),
    ):
        desk.database.write(lambda unit, query=query: unit.run(query))
