"""`callback-desk case list`: cases by what comes next, narrowed by what the caller asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

import click

from app.cli.case import case
from app.cli.case_told import logins, plain_next, words_at
from app.cli.frame import Answer, Frame, desk_command, iso, option
from app.cli.lines import aligned
from app.cli.opened import actor_for, opened
from domain.case import Level, Status, Weight
from domain.errors import InputError, RefusedError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from db.case_list import CaseFilter, CasePlace, CaseRow, Order, Which
    from db.engine import Database
    from domain.permissions import Actor
    from screens.case_words import CaseWords

_COLUMNS: Final = ("number", "state", "level", "customer", "about", "owner", "next")
_OVER: Final = frozenset([Status.CLOSED, Status.WITHDRAWN])


@desk_command("list", "database", "login", "now", group=case)
@option("--mine", is_flag=True, help="case_cli.option.mine")
@option("--owner", metavar="LOGIN", help="case_cli.option.owner")
@option(
    "--status",
    "statuses",
    type=click.Choice([one.value for one in Status]),
    multiple=True,
    help="case_cli.option.status",
)
@option("--over", "which", flag_value="over", help="case_cli.option.over")
@option("--all", "which", flag_value="all", help="case_cli.option.all")
@option(
    "--level",
    "levels",
    type=click.Choice([one.value for one in Level]),
    multiple=True,
    help="case_cli.option.level_is",
)
@option(
    "--weight",
    "weights",
    type=click.Choice([one.value for one in Weight]),
    multiple=True,
    help="case_cli.option.weight_is",
)
@option("--category", metavar="CODE", help="case_cli.option.category_is")
@option("--cause", metavar="CODE", help="case_cli.option.cause_is")
@option("--department", metavar="CODE", help="case_cli.option.department_is")
@option("--overdue", is_flag=True, help="case_cli.option.overdue")
@option("--warned", is_flag=True, help="case_cli.option.warned")
@option("--person", "person_id", type=int, metavar="ID", help="case_cli.option.person")
@option("--search", metavar="TEXT", help="case_cli.option.search")
@option(
    "--order",
    type=click.Choice(["next", "urgent", "newest"]),
    default="next",
    help="case_cli.option.order",
)
@option("--after", type=int, metavar="ID", help="case_cli.option.after")
@option("--limit", type=click.IntRange(1, 1000), default=100, help="case_cli.option.limit")
def list_(
    frame: Frame,
    mine: bool,
    owner: str | None,
    statuses: tuple[str, ...],
    which: Literal["over", "all"] | None,
    levels: tuple[str, ...],
    weights: tuple[str, ...],
    category: str | None,
    cause: str | None,
    department: str | None,
    overdue: bool,
    warned: bool,
    person_id: int | None,
    search: str | None,
    order: Order,
    after: int | None,
    limit: int,
) -> Answer:
    """List cases and grumbles; those that somebody has to do something about unless told else."""
    from db.case_list import CaseFilter, count_cases, list_cases  # noqa: PLC0415 - as the others

    with opened(frame) as database:
        actor = actor_for(frame, database)
        wanted = CaseFilter(
            which=which or _which(statuses),
            order=order,
            weights=frozenset(weights),
            levels=frozenset(levels),
            statuses=frozenset(statuses),
            category=category,
            cause=cause,
            department=department,
            owner_id=_owner(database, actor.login if mine else owner),
            person_id=person_id,
            overdue=overdue,
            warned=warned,
            text=search,
        )
        place = None if after is None else _place(database, actor, order, after)
        page = list_cases(database, actor, wanted, after=place, limit=limit)
        count = count_cases(database, actor, wanted)
        names = logins(database)
        words = words_at(frame, database, page.now)
        data = {
            "cases": [_plain(words, one, names) for one in page.rows],
            "count": count,
            "more": page.more_after,
        }
        if not page.rows:
            return Answer(data, [frame.say("case_cli.none")])
        heading = [frame.say(f"cases.head.{name}") for name in _COLUMNS]
        lines = aligned([heading, *(_cells(frame, words, one) for one in page.rows)])
    if page.more_after:
        lines.append(frame.say("case_cli.more", id=page.rows[-1].id))
    return Answer(data, lines)


def _which(statuses: tuple[str, ...]) -> Which:
    """Those that are alive, unless a status of the others is asked for."""
    return "all" if _OVER.intersection(statuses) else "live"


def _owner(database: Database, name: str | None) -> int | None:
    from db.operators import operator_named  # noqa: PLC0415 - the help page needs no database

    if name is None:
        return None
    found = database.read(lambda unit: operator_named(unit, name))
    if found is None:
        raise InputError("colleague_unknown", name=name)
    return found


def _place(database: Database, actor: Actor, order: Order, case_id: int) -> CasePlace:
    """Where a case stands in an order now, so that a page begins behind it.

    Raises:
        RefusedError: `case_unknown`.
    """
    from db.case_list import CaseFilter, list_cases  # noqa: PLC0415 - as the others

    anywhere: CaseFilter = CaseFilter(which="all", order=order, text=f"#{case_id}")
    page = list_cases(database, actor, anywhere, limit=1000)
    for one in page.rows:
        if one.id == case_id:
            return one.place
    raise RefusedError("case_unknown", case=case_id)


def _phase(one: CaseRow) -> str:
    """How the limits of a case stand, the most pressing; empty for one without or one over."""
    if one.next is None:
        return ""
    if one.overdue:
        return "overdue"
    if one.paused:
        return "paused"
    if one.warned:
        return "warned"
    return "running" if one.due_at is not None else ""


def _cells(frame: Frame, words: CaseWords, one: CaseRow) -> list[str]:
    phase, coming = _phase(one), one.next
    owner = one.owner or frame.say("case.nobody")
    if one.handover_to is not None:
        owner = frame.say("case.asked", owner=owner, asked=one.handover_to)
    following = words.status(one.status)
    if coming is not None:
        following = f"{frame.clock(coming.by)} {words.next_action(coming)}"
    return [
        str(one.id),
        words.phase(phase) if phase else "",
        f"{words.level(one.level)} {words.weight(one.weight)}",
        one.name,
        words.category(one.category) or one.description[:40],
        owner,
        following,
    ]


def _plain(words: CaseWords, one: CaseRow, names: Mapping[int, str]) -> dict[str, object]:
    return {
        "id": one.id,
        "number": one.number,
        "weight": one.weight,
        "level": one.level,
        "status": one.status,
        "category": one.category,
        "cause": one.cause,
        "class": one.customer_class,
        "department": one.department,
        "person_id": one.person_id,
        "person": one.name,
        "description": one.description,
        "owner": names.get(one.owner_id or 0),
        "offered_to": one.handover_to,
        "received_at": iso(one.received_at),
        "updated_at": iso(one.updated_at),
        "closed_at": iso(one.closed_at),
        "due_at": iso(one.due_at),
        "overdue": one.overdue,
        "warned": one.warned,
        "paused": one.paused,
        "verdict": one.verdict,
        "version": one.version,
        "next_action": plain_next(words, one.next, names),
    }
