"""The demo's cases, opened and worked by the desk's own use cases on a clock set back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from app.demo.people import Invented
from app.demo.storing import Stored
from content.demo_cases import DemoCase, DemoStep, Done, Who
from db.case_closing import close_case, give_verdict, resolve, review_case
from db.cases import NewCase, note_case, open_case
from db.engine import Database
from domain.permissions import Actor

_HOUR = timedelta(hours=1)


@dataclass(slots=True)
class _Lived:
    """A case that is being relived, and whose customer it is."""

    case: DemoCase
    stored: Stored
    number: int = field(default=0)


def relive_cases(
    database: Database,
    team: tuple[Actor, Actor],
    cases: Sequence[DemoCase],
    customers: Sequence[tuple[Invented, Stored]],
    now: datetime,
) -> frozenset[int]:
    """Opens the demo's cases and does what was done about them.

    The database's clock stands at the last of it afterwards.

    Args:
        database: a practice database with the customers.
        team: the first operator, and a colleague.
        cases: what is to be relived.
        customers: everybody, with their rows; those without a call of today are taken first.
        now: the present (UTC).

    Returns:
        The persons whose call comes of an open case.
    """
    events: list[tuple[datetime, int, Callable[[], None]]] = []
    calls = set()
    for place, lived in enumerate(_with_customers(cases, customers)):
        opened = now - lived.case.ago * _HOUR
        events.append((opened, place, _opening(database, team, lived, now)))
        events += [
            (opened + step.after * _HOUR, place, _doing(database, team, lived, step))
            for step in lived.case.steps
        ]
        if not lived.case.over:
            calls.add(lived.stored.person_id)
    for at, _, work in sorted(events, key=lambda event: event[:2]):
        database.set_clock(lambda at=at: at)  # type: ignore[misc]
        work()
    return frozenset(calls)


def _with_customers(
    cases: Sequence[DemoCase], customers: Sequence[tuple[Invented, Stored]]
) -> Iterator[_Lived]:
    """Each case with a customer of its language, who is not rung before the others."""
    for language in dict.fromkeys(case.language for case in cases):
        free = (
            stored
            for one, stored in customers
            if one.place.language == language
            and one.role.due_in > 0
            and not one.role.promised
            and one.role.owner is None
        )
        own = [case for case in cases if case.language == language]
        for case, stored in zip(own, free, strict=False):
            yield _Lived(case, stored)


def _opening(
    database: Database, team: tuple[Actor, Actor], lived: _Lived, now: datetime
) -> Callable[[], None]:
    case = lived.case
    new = NewCase(
        person_id=lived.stored.person_id,
        description=case.description,
        weight=case.weight,
        level=case.level,
        category=case.category,
        cause=case.cause,
        department=case.department,
        wishes=case.wishes,
        notice_due=None if case.notice is None else now + case.notice * _HOUR,
    )

    def work() -> None:
        lived.number = open_case(database, _actor(team, case.owner), new)

    return work


def _doing(
    database: Database, team: tuple[Actor, Actor], lived: _Lived, step: DemoStep
) -> Callable[[], None]:
    actor, text = _actor(team, step.by), step.text

    def work() -> None:
        case_id = lived.number
        match step.do:
            case Done.RESOLUTION:
                resolve(database, actor, case_id, text, told=True)
            case Done.VERDICT:
                give_verdict(database, actor, case_id, text)
            case Done.CLOSE:
                close_case(database, actor, case_id)
            case Done.REVIEW:
                review_case(database, actor, case_id, text)
            case Done.NOTE | Done.TOLD:
                note_case(database, actor, case_id, text, told=step.do is Done.TOLD)
            case Done.INSPECTION | Done.UNDERSTANDING:
                note_case(database, actor, case_id, text, kind=step.do)

    return work


def _actor(team: tuple[Actor, Actor], who: Who) -> Actor:
    return team[0] if who is Who.ME else team[1]
