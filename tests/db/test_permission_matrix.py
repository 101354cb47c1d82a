"""Every use case tried by every role: allowed ones get past the permission, refused ones write
nothing; and no use case of `db/` is missing from the table."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from db import (
    cases,
    chance_settling,
    checks,
    deal_out,
    dialling,
    lead_actions,
    lead_plan,
    lead_selection,
    leave,
    parking,
    promise_making,
    queue,
    talking,
    undo,
)
from db.cases import NewCase, open_case
from db.customer_stops import set_do_not_call
from db.dispatch import send_slip
from db.engine import Database
from db.leave import add_leave
from db.queue import claim
from db.seats import close_seat
from db.slips import NewSlip
from db.tables import case_timer, chance, metadata, promise, wish
from domain.chance import ChanceState
from domain.decision import GivenPromise
from domain.errors import DeskError, RefusedError
from domain.lead import Deed, DeedKind
from domain.permissions import LEAST_ROLE, Actor, Role, allowed
from domain.said import Said
from intake.preparing import prepare
from tests.databases import Desk, copy_template, desk_on, postgres_database
from tests.db.customers_filled import fill, second_person
from tests.db.permission_cells import CONCERNS_ONESELF, INNER, USE_CASES, UseCase, new_uuid
from tests.db.permission_cells import Desk as Prepared

CHRISTMAS = date(2026, 12, 25)
DB = Path(__file__).parents[2] / "db"
BY_NAME = {one.name: one for one in USE_CASES}
LOGINS = {Role.OPERATOR: "bo", Role.LEAD: "lee", Role.ADMIN: "ada"}
REFUSED = [(one, role) for one in USE_CASES for role in Role if role < one.least]
UPWARDS = {Role.OPERATOR: 0, Role.LEAD: 1, Role.ADMIN: 2}


def cells(*, open_to: bool) -> list[Any]:
    return [
        pytest.param(one, role, id=f"{one.name}-{role}")
        for one in USE_CASES
        for role in Role
        if (UPWARDS[role] >= UPWARDS[one.least]) is open_to
    ]


@dataclass(frozen=True)
class Stage:
    """A desk with one of everything, and somebody of each role at a seat."""

    desk: Desk
    things: Prepared
    actors: dict[Role, Actor]

    def attempt(self, use_case: UseCase, role: Role) -> None:
        use_case.call(self.desk.database, self.actors[role], self.things)

    def everything(self) -> dict[str, list[tuple[Any, ...]]]:
        def work(unit: Any) -> dict[str, list[tuple[Any, ...]]]:
            return {
                name: sorted(map(repr, unit.run(sa.select(table))))
                for name, table in metadata.tables.items()
            }

        return self.desk.database.read(work)


def prepared_desk(desk: Desk, folder: Path) -> Stage:
    filled = fill(desk)
    other, pair = second_person(desk, filled.person_id)
    desk.operator("cy")
    for role, login in LOGINS.items():
        desk.operator(login, role)
    cy, zed = desk.seat("cy").actor, desk.seat(desk.operator("zed").login).actor
    held = desk.callback(desk.person("持有"))
    call_id = claim(desk.database, cy, held).call_id
    checked = desk.callback(desk.person("待查"))
    claim(desk.database, zed, checked)
    lost = desk.callback(desk.person("失联"))
    gone = desk.seat(desk.operator("yan").login).actor
    claim(desk.database, gone, lost)
    close_seat(desk.database, gone)
    case_id = open_case(desk.database, cy, NewCase(filled.person_id, "刹车响", wishes=("赔偿",)))
    slip = send_slip(desk.database, cy, case_id, NewSlip("finance", "发票"))
    heard = {
        "person_id": other, "kind": "interest", "text": "换车", "state": "open",
        "owner_id": cy.operator_id,
    }  # fmt: skip
    cys_chance = desk.database.write(
        lambda unit: unit.run(
            chance.insert().returning(chance.c.id), {**heard, "at": unit.now}
        ).scalar_one()
    )
    stop = set_do_not_call(desk.database, desk.actor, person_id=desk.person("勿打"))
    waiting = desk.callback(other)
    selection = lead_selection.Selection(ids=(waiting,))
    to_cy = Deed(DeedKind.REASSIGN, to=(cy.operator_id,))
    away = add_leave(desk.database, desk.actor, "cy", CHRISTMAS, CHRISTMAS, "holiday")
    run = lead_plan.preview(desk.database, desk.actor, to_cy, selection)
    done = lead_actions.carry_out(desk.database, desk.actor, run, new_uuid())

    def one(column: sa.Column[Any]) -> Any:
        return desk.rows(sa.select(column).limit(1))[0][column.name]

    file = folder / "customers.csv"
    file.write_text("客户编号,姓名,手机\n9,王芳,13811112222\n", encoding="utf-8")
    things = Prepared(
        person=filled.person_id,
        phone=filled.phone_id,
        other=other,
        spare=desk.person("可删"),
        pair=pair,
        callback=waiting,
        done=filled.callback_id,
        done_call=filled.call_id,
        decision=filled.decision.uuid,
        held=held,
        held_phone=desk.row(held)["phone_id"],
        lost=lost,
        tomorrow=desk.clock.now + timedelta(days=1),
        call=call_id,
        checked=checked,
        case=case_id,
        slip=slip,
        stop=stop,
        cy=cy.operator_id,
        cys_chance=cys_chance,
        leave=away.id,
        promise=one(promise.c.id),
        chance=one(chance.c.id),
        timer=one(case_timer.c.id),
        wish=one(wish.c.id),
        dry_run=run,
        lead_action=done.action_id,
        deal_plan=deal_out.plan_deal(desk.database, desk.actor, deal_out.DealWish()),
        rulebook=desk.database.rulebook,
        judged=prepare(
            file, "customers", now=desk.clock.now, house_region="CN", house_zone="Asia/Shanghai"
        ).ready(),
    )
    desk.clock.advance(seconds=1)
    return Stage(desk, things, {role: desk.seat(login).actor for role, login in LOGINS.items()})


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def stage(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("matrix")
    if request.param == "sqlite":
        url = copy_template(request.getfixturevalue("sqlite_template"), folder)
        with desk_on(url) as desk:
            yield prepared_desk(desk, folder)
        return
    server = request.getfixturevalue("postgres_server")
    template = request.getfixturevalue("postgres_template")
    with (
        postgres_database(server, f"{template}_matrix", template) as url,
        desk_on(url) as desk,
    ):
        yield prepared_desk(desk, folder)


# Refused ones come first: they leave the desk as it is.
@pytest.mark.parametrize(("use_case", "role"), cells(open_to=False))
def test_refused_and_nothing_is_written(stage: Stage, use_case: UseCase, role: Role):
    before = stage.everything()
    with pytest.raises(RefusedError) as refused:
        stage.attempt(use_case, role)
    assert refused.value.code == "not_allowed"
    assert refused.value.params["needed"] == Said(f"rules.role.{use_case.least}")
    assert refused.value.params["role"] == Said(f"rules.role.{role}")
    assert stage.everything() == before


# -- one's own and others' ----------------------------------------------------------------------


@dataclass(frozen=True)
class Rule:
    """What each role may do with what belongs to somebody else: the refusal's code, or nothing."""

    name: str
    attempt: Callable[[Database, Actor, Prepared], object]
    operator: str
    lead: str
    admin: str


REFUSALS = frozenset({"not_allowed", "not_yours", "case_not_yours", "taken"})
OTHERS = (
    Rule("dial", lambda db, me, d: dialling.dial(db, me, d.call, d.held_phone), *["not_yours"] * 3),
    Rule("hang_up", lambda db, me, d: talking.hang_up(db, me, d.call), *["not_yours"] * 3),
    Rule("park", lambda db, me, d: parking.park(db, me, d.call), *["not_yours"] * 3),
    Rule("release", lambda db, me, d: queue.release(db, me, call_id=d.call), *["not_yours"] * 3),
    Rule("claim", lambda db, me, d: queue.claim(db, me, d.held), *["taken"] * 3),
    Rule("undo", lambda db, me, d: undo.undo(db, me, d.decision, new_uuid()), *["not_yours"] * 3),
    Rule("check", lambda db, me, d: checks.resolve_not_called(db, me, d.lost), "not_yours", "", ""),
    Rule(
        "case",
        lambda db, me, d: cases.change_case(
            db, me, d.case, cases.CaseChanges(description=new_uuid())
        ),
        *("case_not_yours", "", ""),
    ),
    Rule("case_note", lambda db, me, d: cases.note_case(db, me, d.case, "x"), "", "", ""),
    Rule(
        "chance",
        lambda db, me, d: chance_settling.settle_chance(db, me, d.cys_chance, ChanceState.WON),
        *("not_allowed", "", ""),
    ),
    Rule(
        "promise",
        lambda db, me, d: promise_making.make_promise(
            db, me, d.person, GivenPromise("x", d.tomorrow), owner="cy"
        ),
        *("not_allowed", "", ""),
    ),
    Rule("leave", lambda db, me, d: leave.cancel_leave(db, me, d.leave), "not_allowed", "", ""),
)


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("rule", OTHERS, ids=lambda rule: rule.name)
def test_what_belongs_to_somebody_else(stage: Stage, rule: Rule, role: Role):
    code = ""
    try:
        rule.attempt(stage.desk.database, stage.actors[role], stage.things)
    except RefusedError as error:
        code = error.code
    expected = {Role.OPERATOR: rule.operator, Role.LEAD: rule.lead}.get(role, rule.admin)
    if expected:
        assert code == expected
    else:
        assert code not in REFUSALS


# -- and then what may be done ------------------------------------------------------------------


@pytest.mark.parametrize(("use_case", "role"), cells(open_to=True))
def test_allowed_gets_past_the_permission(stage: Stage, use_case: UseCase, role: Role):
    code = ""
    try:
        stage.attempt(use_case, role)
    except DeskError as error:
        code = error.code
    assert code != "not_allowed"


# -- the table holds every use case -------------------------------------------------------------


@cache
def functions() -> dict[str, tuple[str, ast.FunctionDef]]:
    """All functions of `db/` by module and name."""
    return {
        f"{file.stem}.{node.name}": (file.stem, node)
        for file in sorted(DB.glob("*.py"))
        for node in ast.parse(file.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef)
    }


def public_use_cases() -> set[str]:
    found = set()
    for name, (_, node) in functions().items():
        given = [one.arg for one in (*node.args.args, *node.args.kwonlyargs)]
        if not node.name.startswith("_") and given[:1] == ["database"] and "actor" in given:
            found.add(name)
    return found


def test_every_use_case_is_in_the_table():
    assert public_use_cases() - set(BY_NAME) - set(CONCERNS_ONESELF) - set(INNER) == set()


def test_the_table_holds_nothing_that_is_gone():
    listed = {*BY_NAME, *CONCERNS_ONESELF, *INNER}
    assert listed - public_use_cases() == set()


def asks(name: str, seen: frozenset[str] = frozenset()) -> bool:
    """Whether a function or something that it calls in `db/` asks for a permission."""
    module, node = functions()[name]
    for one in ast.walk(node):
        called = getattr(one.func, "id", "") if isinstance(one, ast.Call) else ""
        if called in ("require", "require_act"):
            return True
        inner = imported(module).get(called, f"{module}.{called}")
        if inner in functions() and inner not in seen | {name} and asks(inner, seen | {name}):
            return True
    return False


@cache
def imported(module: str) -> dict[str, str]:
    """What a module calls functions of other modules of `db/`."""
    tree = ast.parse((DB / f"{module}.py").read_text(encoding="utf-8"))
    return {
        one.asname or one.name: f"{node.module.removeprefix('db.')}.{one.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("db.")
        for one in node.names
        if node.module
    }


@pytest.mark.parametrize("name", sorted(BY_NAME))
def test_every_use_case_asks_for_a_permission(name: str):
    assert asks(name)


def test_the_roles_are_steps():
    for use_case in LEAST_ROLE:
        may = [allowed(role, use_case) for role in Role]
        assert may == sorted(may)
