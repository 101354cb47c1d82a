"""Cases as a state machine: any history of what people, calls and time do to them.

Laws: a limit that was told never moves to an earlier time and what was met stays met; at every
instant each case has exactly one owner, who is the one that its diary names; nothing that was
written disappears; an open case always has a next action with a time, and a call unless nobody can
be rung.
"""

from __future__ import annotations

import os
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from db.case_closing import close_case, give_verdict, reopen_case, resolve, try_verdict
from db.case_list import CaseFilter, list_cases
from db.case_owner import (
    answer_handover,
    deescalate,
    escalate,
    offer_handover,
    take_over,
    withdraw_handover,
)
from db.case_timers import meet_timer, pause_timer, resume_timer, start_timer, stop_timer
from db.cases import CaseChanges, NewCase, change_case, note_case, open_case, raise_grumble
from db.finish import finish
from db.housekeeping import keep_house
from db.queue import claim_next, release
from db.seats import open_seat
from db.states import OPEN_STATES
from db.tables import callback, case_entry, case_timer, complaint
from db.undo import undo
from domain.case import LIVE
from domain.decision import Decision, GivenComplaint
from domain.errors import InputError, RefusedError
from tests.databases import copy_template, desk_on, postgres_database

LOGINS = ("ann", "bo", "cy", "di")
EXPECTED = {
    "case_changed", "case_closed", "case_grumble", "case_level_highest", "case_level_lowest",
    "case_level_way", "case_no_grumble", "case_no_resolution", "case_not_closed",
    "case_not_offered", "case_not_yours", "case_offer_none", "case_offer_self",
    "case_regulator_not_yours", "case_timer_not_paused", "case_timer_over", "case_timer_paused",
    "case_timer_runs", "case_verdict_against", "case_verdict_by_handler", "case_verdict_missing",
    "case_withdrawn", "case_yours_already", "not_allowed", "open_call", "undo_acted_on",
    "undo_already", "undo_call_open", "undo_late", "undo_person_busy", "already_dialled",
    "call_over", "outside_hours", "nothing_claimed",
}  # fmt: skip
PLACES = st.integers(0, 5)
WHO = st.sampled_from(LOGINS)


class CaseMachine(RuleBasedStateMachine):
    """Two operators, a lead and an admin, a few customers, and everything that can happen."""

    make_url = staticmethod(lambda _stack: "")

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.desk = self.stack.enter_context(desk_on(type(self).make_url(self.stack)))
        self.actors: dict[str, object] = {}
        self.taken: dict[str, object] = {}
        self.decided: dict[str, str] = {}
        self.limits: dict[int, sa.RowMapping] = {}
        self.entries: dict[int, tuple] = {}
        self.undoing: set[int] = set()

    def teardown(self) -> None:
        self.stack.close()

    @initialize()
    def begin(self) -> None:
        for login, role in (("bo", "operator"), ("cy", "operator"), ("di", "lead")):
            self.desk.operator(login, role)
        for login in LOGINS:
            self.actors[login] = open_seat(self.desk.database, login).actor
        self.people = [self.desk.person("王芳") for _ in range(3)]
        for person in self.people[:2]:
            self.desk.callback(person)
        self.open("bo", 0, "complaint", "local")

    def attempt(self, work):
        """Does something that a rule of the desk may refuse, but nothing else may stop."""
        try:
            return work()
        except (RefusedError, InputError) as error:
            assert error.code in EXPECTED, error.code  # noqa: PT017
            return None

    def cases(self) -> list[int]:
        return [row["id"] for row in self.desk.rows(sa.select(complaint.c.id).order_by("id"))]

    def case(self, place: int) -> int:
        ids = self.cases()
        return ids[place % len(ids)]

    def do(self, login: str, place: int, work, *args: object, **options: object) -> None:
        actor, case_id = self.actors[login], self.case(place)
        self.attempt(lambda: work(self.desk.database, actor, case_id, *args, **options))

    @rule(
        login=WHO, person=st.integers(0, 2),
        weight=st.sampled_from(["grumble", "complaint", "appeal"]),
        level=st.sampled_from(["local", "skip_level", "regulator"]),
    )  # fmt: skip
    def open(self, login: str, person: int, weight: str, level: str) -> None:
        if len(self.cases()) < 5:
            new = NewCase(self.people[person], "慢", weight=weight, level=level)
            open_case(self.desk.database, self.actors[login], new)

    @rule(login=WHO, place=PLACES)
    def raise_it(self, login: str, place: int) -> None:
        self.do(login, place, raise_grumble, cause="time_wasted")

    @rule(login=WHO, place=PLACES, told=st.booleans())
    def note(self, login: str, place: int, told: bool) -> None:
        self.do(login, place, note_case, "记一笔", told=told)

    @rule(login=WHO, place=PLACES, text=st.sampled_from(["甲", "乙", "丙"]))
    def change(self, login: str, place: int, text: str) -> None:
        self.do(login, place, change_case, CaseChanges(description=text, category="attitude"))

    @rule(login=WHO, place=PLACES, to=WHO)
    def offer(self, login: str, place: int, to: str) -> None:
        self.do(login, place, offer_handover, to)

    @rule(login=WHO, place=PLACES, accept=st.booleans())
    def answer(self, login: str, place: int, accept: bool) -> None:
        self.do(login, place, answer_handover, accept=accept, reason="忙")

    @rule(login=WHO, place=PLACES)
    def withdraw(self, login: str, place: int) -> None:
        self.do(login, place, withdraw_handover)

    @rule(login=WHO, place=PLACES)
    def take(self, login: str, place: int) -> None:
        self.do(login, place, take_over, "病假")

    @rule(
        login=WHO, place=PLACES, up=st.booleans(), to=st.sampled_from([None, "local", "regulator"])
    )
    def level(self, login: str, place: int, up: bool, to: str | None) -> None:
        self.do(login, place, escalate if up else deescalate, "客户要求", to=to)

    @rule(login=WHO, place=PLACES, which=PLACES, what=st.sampled_from("pauserm"))
    def limit(self, login: str, place: int, which: int, what: str) -> None:
        ids = [
            row["id"]
            for row in self.desk.rows(
                sa.select(case_timer.c.id).where(case_timer.c.complaint_id == self.case(place))
            )
        ]
        timer_id, actor, db = ids[which % len(ids)], self.actors[login], self.desk.database
        works = {
            "p": lambda: pause_timer(db, actor, timer_id, "等"),
            "a": lambda: pause_timer(db, actor, timer_id, "等"),
            "u": lambda: resume_timer(db, actor, timer_id),
            "s": lambda: stop_timer(db, actor, timer_id, "不适用"),
            "e": lambda: resume_timer(db, actor, timer_id),
            "r": lambda: resume_timer(db, actor, timer_id),
            "m": lambda: meet_timer(db, actor, timer_id),
        }
        self.attempt(works[what])

    @rule(login=WHO, place=PLACES)
    def fault(self, login: str, place: int) -> None:
        self.do(login, place, start_timer, "telecom-cn", "repair-fault-town")

    @rule(login=WHO, place=PLACES, told=st.booleans())
    def solve(self, login: str, place: int, told: bool) -> None:
        self.do(login, place, resolve, "退款", told=told)

    @rule(login=WHO, place=PLACES)
    def try_it(self, login: str, place: int) -> None:
        self.do(login, place, try_verdict, "没人接")

    @rule(login=WHO, place=PLACES, verdict=st.sampled_from(["satisfied", "dissatisfied"]))
    def judge(self, login: str, place: int, verdict: str) -> None:
        self.do(login, place, give_verdict, verdict)

    @rule(login=WHO, place=PLACES)
    def close(self, login: str, place: int) -> None:
        self.do(login, place, close_case, reason="到此为止")

    @rule(login=WHO, place=PLACES)
    def reopen(self, login: str, place: int) -> None:
        self.do(login, place, reopen_case, "又来了")

    @rule(login=WHO)
    def claim(self, login: str) -> None:
        if login not in self.taken:
            found = self.attempt(lambda: claim_next(self.desk.database, self.actors[login]))
            if found is not None and found.taken is not None:
                self.taken[login] = found.taken

    @rule(
        login=WHO,
        outcome=st.sampled_from(["completed", "no-answer", "callback-at", "hard-refusal"]),
        complains=st.sampled_from([None, "grumble", "complaint"]),
    )  # fmt: skip
    def finish(self, login: str, outcome: str, complains: str | None) -> None:
        taken = self.taken.pop(login, None)
        if taken is None:
            return
        if len(self.cases()) >= 6:
            complains = None
        later = self.desk.clock.now + timedelta(hours=3)
        decision = Decision(
            str(uuid.uuid4()), outcome,
            next_at=later if outcome == "callback-at" else None,
            complaint=None if complains is None else GivenComplaint(complains, "电话里说的"),
        )  # fmt: skip
        actor = self.actors[login]
        done = self.attempt(
            lambda: finish(self.desk.database, actor, taken.call_id, taken.fence, decision)
        )
        if done is not None:
            self.decided[login] = decision.uuid

    @rule(login=WHO)
    def undo(self, login: str) -> None:
        last = self.decided.get(login)
        if last is None or login in self.taken:
            return
        before = {row["id"] for row in self.desk.rows(sa.select(case_entry.c.id))}
        found = self.attempt(
            lambda: undo(self.desk.database, self.actors[login], last, str(uuid.uuid4()))
        )
        if found is not None:
            self.taken[login] = found
            del self.decided[login]
            self.undoing = before

    @rule(login=WHO)
    def let_go(self, login: str) -> None:
        taken = self.taken.pop(login, None)
        if taken is not None:
            self.attempt(
                lambda: release(self.desk.database, self.actors[login], call_id=taken.call_id)
            )

    @rule(hours=st.integers(1, 60))
    def pass_time(self, hours: int) -> None:
        self.desk.clock.advance(hours=hours)
        for login in LOGINS:
            self.actors[login] = open_seat(self.desk.database, login, other="take_over").actor
        self.taken.clear()
        keep_house(self.desk.database, every=0)

    @invariant()
    def limits_are_monotone(self) -> None:
        present = {row["id"]: row for row in self.desk.rows(sa.select(case_timer))}
        assert self.limits.keys() <= present.keys()
        for timer_id, was in self.limits.items():
            now = present[timer_id]
            assert now["started_at"] == was["started_at"]
            assert now["due_at"] >= was["due_at"]
            assert now["warn_at"] <= now["due_at"]
            undone = bool(self.undoing)
            assert was["met_at"] is None or undone or now["met_at"] == was["met_at"]
            assert was["stopped_at"] is None or now["stopped_at"] == was["stopped_at"]
        self.limits = present
        self.undoing = set()

    @invariant()
    def nothing_disappears(self) -> None:
        present = {
            row["id"]: (row["complaint_id"], row["at"], row["kind"], row["text"], row["data"])
            for row in self.desk.rows(sa.select(case_entry))
        }
        assert all(present[one] == was for one, was in self.entries.items())
        self.entries = present

    @invariant()
    def each_case_has_the_owner_that_its_diary_names(self) -> None:
        owners: dict[int, int] = {}
        for row in self.desk.rows(sa.select(case_entry).order_by(case_entry.c.id)):
            data, case_id = row["data"], row["complaint_id"]
            if row["kind"] in ("opened", "reopened"):
                owners[case_id] = data["owner"]
            elif row["kind"] == "handover_accepted":
                assert data["from"] == owners[case_id]
                owners[case_id] = data["to"]
        for row in self.desk.rows(sa.select(complaint)):
            assert row["owner_id"] == owners[row["id"]]

    @invariant()
    def an_open_case_has_a_next_action(self) -> None:
        page = list_cases(self.desk.database, self.actors["di"], CaseFilter(which="all"))
        rung = Counter(
            row["complaint_id"]
            for row in self.desk.rows(sa.select(callback).where(callback.c.state.in_(OPEN_STATES)))
        )
        looked = {row["id"]: row for row in self.desk.rows(sa.select(complaint))}
        running = {row["complaint_id"] for row in self.limits.values() if self.runs(row)}
        for row in page.rows:
            live = row.status in LIVE
            assert (row.next is not None) == live
            assert live or row.id not in running
            if row.next is not None:
                assert row.next.reachable == bool(rung[row.id])
                waits = looked[row.id]["look_at"]
                soon = self.desk.clock.now + timedelta(hours=24)
                assert rung[row.id] or (waits is not None and waits <= soon)

    @staticmethod
    def runs(limit: sa.RowMapping) -> bool:
        return limit["met_at"] is None and limit["stopped_at"] is None

    @invariant()
    def a_case_that_is_over_keeps_no_call_of_its_own(self) -> None:
        over = sa.select(complaint.c.id).where(complaint.c.status.not_in([str(s) for s in LIVE]))
        left = self.desk.rows(
            sa.select(callback.c.id, complaint.c.look_at)
            .join(complaint, complaint.c.id == callback.c.complaint_id)
            .where(
                callback.c.complaint_id.in_(over),
                callback.c.state.in_(OPEN_STATES),
                callback.c.promised.is_(False),
            )
        )
        assert all(row["look_at"] is not None for row in left)


def machine(url_of):
    return type("Cases", (CaseMachine,), {"make_url": staticmethod(url_of)})


def run(url_of, examples: int) -> None:
    case = machine(url_of).TestCase
    case.settings = settings(
        max_examples=int(os.environ.get("CALLBACK_DESK_TEST_MACHINE_EXAMPLES", examples)),
        stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    case("runTest").runTest()


def test_random_histories_on_sqlite(sqlite_template: Path) -> None:
    def url_of(stack: ExitStack) -> str:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        return copy_template(sqlite_template, folder)

    run(url_of, 12)


def test_random_histories_on_postgresql(postgres_server: str, postgres_template: str) -> None:
    names: Iterator[int] = iter(range(10_000))

    def url_of(stack: ExitStack) -> str:
        name = f"cases_{os.getpid()}_{next(names)}"
        return stack.enter_context(postgres_database(postgres_server, name, postgres_template))

    run(url_of, 5)
