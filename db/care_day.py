"""The plan runs by itself: once a day, by one seat, a few customers at a time.

A row a day says who is at it, how far they are, and what came of it. A seat that goes on for
another begins where that one was last seen: what it had made since is known and not made again.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import sqlalchemy as sa

from db.campaigns import install_campaigns
from db.care_capacity import capacity
from db.care_pace import Pace, carry_out, clear_blackout
from db.care_planning import Planning, as_set
from db.care_run import Tally
from db.care_settings import Auto, settings_in
from db.care_writing import Note
from db.engine import Database
from db.tables import care_pass
from db.transaction import Unit
from domain.care.book import CareBook, day_in
from domain.care.plan import CarePlans
from domain.errors import InputError
from domain.permissions import Actor

AUTO: Final = "auto"
BY_HAND: Final = "hand"
_AT_ONCE: Final = 20
"""Customers between two breaths; to read and plan them takes some 10 ms of the seat's own time."""
_WRITE: Final = 0.012
_BREATH: Final = 0.02
_SILENT: Final = timedelta(seconds=45)
"""After so long without a sign of life another seat goes on."""
_LOOK_AGAIN: Final = 30.0


@dataclass(slots=True)
class _Held:
    """The pass that this seat is at."""

    id: int
    day: date
    position: int
    before: tuple[int, int, int]
    left_out: dict[str, int]
    plans: CarePlans
    zone: str
    planning: Planning
    tally: Tally
    note: Note
    # The last callback that was looked at for a blackout; none when that is done.
    cleared: int | None = 0


class CareKeeper:
    """Keeps the care of a desk: a seat asks it once in a while, and it does a little.

    Args:
        database: the database.
        actor: who sits at the seat.
        book: the plans in force with their calendar, for the shop's clock that it is given.
        note: gives what puts callbacks' notes into words.
        clock: seconds that only go on.
    """

    def __init__(
        self,
        database: Database,
        actor: Actor,
        book: Callable[[str], CareBook],
        note: Callable[[], Note],
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database: Final = database
        self._actor: Final = actor
        self._book: Final = book
        self._note: Final = note
        self._clock: Final = clock
        self._look_at = clock()
        self._held: _Held | None = None
        self._pace: Final = Pace(seconds=_WRITE, size=4, most=40, breath=_BREATH)

    def turn(self, budget: float = 0.5) -> bool:
        """Does what there is to do, for so many seconds; says whether there is more.

        Raises:
            StorageError: the database can't be read or written.
        """
        if self._held is None:
            if self._clock() < self._look_at:
                return False
            # Whatever comes of it, not again at once.
            self._look_at = self._clock() + _LOOK_AGAIN
            self._held = self._begin()
        held = self._held
        if held is None:
            return False
        until = self._clock() + budget
        over = False
        while not over and self._clock() < until:
            over = self._some(held)
            time.sleep(_BREATH)
        going_on = self._database.write(lambda unit: self._save(unit, held, over))
        if over or not going_on:
            self._held = None
        return self._held is not None

    def _begin(self) -> _Held | None:
        """Takes today's pass, if it is wanted and nobody else is at it."""
        wanted = self._database.read(lambda unit: _wanted(unit, self._database))
        if wanted is None:
            return None
        zone, auto = wanted
        try:
            book = self._book(zone)
        except InputError:
            # Who opens the plan or the calendar is told what is wrong; nothing goes by it.
            return None

        def take(unit: Unit) -> tuple[sa.Row[*tuple[object, ...]], CarePlans] | None:
            day = day_in(unit.now, book.zone)
            row = _take(unit, day, self._actor)
            if row is None:
                return None
            install_campaigns(unit, self._database.rulebook.campaigns)
            return row, as_set(unit, book.plans)

        taken = self._database.write(take)
        if taken is None:
            return None
        row, plans = taken
        tally = Tally()
        planning = self._planning(book, plans, row.day, tally, auto)
        return _Held(
            id=row.id,
            day=row.day,
            position=row.position,
            before=(row.customers, row.made, row.merged),
            left_out=dict(row.left_out),
            plans=plans,
            zone=book.zone,
            planning=planning,
            tally=tally,
            note=self._note(),
        )

    def _planning(
        self, book: CareBook, plans: CarePlans, day: date, tally: Tally, auto: Auto
    ) -> Planning:
        room = None
        if auto == "level":
            last = day + timedelta(days=plans.longest_spread)
            room = self._database.read(lambda unit: capacity(unit, book.zone, day, last))
        return Planning(self._database, book, plans, (day, day), tally, room)

    def _some(self, held: _Held) -> bool:
        """Plans the next customers and makes their callbacks; says whether they were the last.

        What waits in the queue comes first, where it must not be rung today.
        """
        if held.cleared is not None:
            last, count = clear_blackout(
                self._database, held.plans, held.zone, held.cleared, self._pace
            )
            held.tally.put_off += count
            held.cleared = last or None
            return False
        planned = held.planning.after(held.position, _AT_ONCE)
        if planned is None:
            return True
        carry_out(self._database, None, planned, held.note, held.tally, self._pace)
        held.position = planned.last
        return False

    def _save(self, unit: Unit, held: _Held, over: bool) -> bool:
        """Writes how far it is; says whether it is still this seat's, of today, and wanted."""
        tally, left_out = held.tally, dict(held.left_out)
        for rule, count in tally.suppressed.items():
            left_out[rule] = left_out.get(rule, 0) + count
        customers, made, merged = held.before
        saved = unit.run(
            sa.update(care_pass)
            .where(
                care_pass.c.id == held.id,
                care_pass.c.seat_id.is_not_distinct_from(self._actor.seat_id),
                care_pass.c.finished_at.is_(None),
            )
            .values(
                beat_at=unit.now,
                position=held.position,
                customers=customers + tally.customers,
                made=made + tally.made,
                merged=merged + sum(tally.merged.values()),
                left_out=left_out,
                finished_at=unit.now if over else None,
            )
        )
        if not saved.rowcount:
            return False
        settings = settings_in(unit, self._database)
        today = day_in(unit.now, settings.zone) if settings.zone else None
        return settings.auto != "off" and today == held.day


def keep_by_hand(unit: Unit, actor: Actor, day: date, tally: Tally) -> None:
    """Enters a run that a person had made, when it is through."""
    unit.run(
        care_pass.insert(),
        {
            "day": day,
            "kind": BY_HAND,
            "operator_id": actor.operator_id,
            "seat_id": actor.seat_id,
            "begun_at": unit.now,
            "beat_at": unit.now,
            "finished_at": unit.now,
            "position": 0,
            "customers": tally.customers,
            "made": tally.made,
            "merged": sum(tally.merged.values()),
            "left_out": dict(tally.suppressed),
        },
    )


def _wanted(unit: Unit, database: Database) -> tuple[str, Auto] | None:
    """The shop's clock, where the plan runs by itself and today's pass is left to do."""
    settings = settings_in(unit, database)
    if settings.zone is None or settings.auto == "off":
        return None
    row = unit.run(_today(day_in(unit.now, settings.zone))).first()
    if row is not None and (row.finished_at is not None or unit.now - row.beat_at < _SILENT):
        return None
    return settings.zone, settings.auto


def _today(day: date) -> sa.Select[*tuple[object, ...]]:
    return sa.select(care_pass).where(care_pass.c.day == day, care_pass.c.kind == AUTO)


def _take(unit: Unit, day: date, actor: Actor) -> sa.Row[*tuple[object, ...]] | None:
    """Takes the pass of a day; none where another seat is at it or has been through."""
    row = unit.run(_today(day).with_for_update()).first()
    if row is None:
        made = unit.run(
            sa.text(
                "INSERT INTO care_pass (day, kind, operator_id, seat_id, begun_at, beat_at,"
                " position, customers, made, merged, left_out) VALUES (:day, :kind, :operator,"
                " :seat, :now, :now, 0, 0, 0, 0, '{}') ON CONFLICT DO NOTHING RETURNING id"
            ).bindparams(
                sa.bindparam("day", type_=care_pass.c.day.type),
                sa.bindparam("now", type_=care_pass.c.beat_at.type),
            ),
            {
                "day": day, "kind": AUTO, "operator": actor.operator_id, "seat": actor.seat_id,
                "now": unit.now,
            },
        ).first()  # fmt: skip
        return unit.run(_today(day)).first() if made is not None else None
    if row.finished_at is not None or unit.now - row.beat_at < _SILENT:
        return None
    values = {
        "operator_id": actor.operator_id,
        "seat_id": actor.seat_id,
        "beat_at": unit.now,
    }
    unit.run(sa.update(care_pass).where(care_pass.c.id == row.id).values(**values))
    return unit.run(_today(day)).first()
