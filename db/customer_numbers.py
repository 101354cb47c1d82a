"""A customer's numbers at the desk: adding, removing, and the list of those to repair."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, get_args

import sqlalchemy as sa

from db.customer_edit import living_person
from db.customer_windows import point_anew
from db.engine import Database
from db.events import append_audit
from db.number_hash import erased_numbers
from db.numbers import find_or_add_number
from db.people import add_number as link_last
from db.tables import callback, person, person_phone, phone
from db.transaction import Unit
from domain.decision import NewNumber
from domain.errors import InputError, RefusedError
from domain.mask import mask
from domain.permissions import Actor, require
from domain.phone import Number, NumberProblem, read_number
from domain.said import Said
from domain.zones import zones_of_number

Role = Literal["mobile", "home", "office", "fax", "other"]
_ROLES: Final[tuple[Role, ...]] = get_args(Role)
_FAULTS: Final = {"mobile": "phone", "home": "home_phone", "office": "office_phone", "fax": "fax"}
_USELESS: Final = ("dead", "fax", "wrong")


@dataclass(frozen=True, slots=True)
class AddedNumber:
    """A number that a customer was given."""

    phone_id: int
    e164: str
    extension: str


@dataclass(frozen=True, slots=True)
class RepairLine:
    """A cell that is no number, or the last number of a customer gone dead.

    Attributes:
        link_id: the cell's or number's place in the record; the list goes on behind it.
        person_id: the customer.
        name: the name.
        role: mobile, home, office, fax or other.
        shown: the cell as it stood in the file, to be put right; a dead number masked.
        problem: what is wrong with it.
        source: where it came from.
        usable: how many numbers the customer has that can be called.
        open_callbacks: callbacks that are not over.
    """

    link_id: int
    person_id: int
    name: str
    role: str
    shown: str
    problem: Said
    source: str
    usable: int
    open_callbacks: int


def add_number(
    database: Database,
    actor: Actor,
    person_id: int,
    text: str,
    *,
    region: str,
    role: Role = "mobile",
    repairs: int | None = None,
) -> AddedNumber:
    """Gives a customer a number, last in line, or puts a cell right that was none.

    Args:
        database: the database.
        actor: who adds it.
        person_id: the customer.
        text: the number in any spelling.
        region: the country whose habits the spelling follows; the customer's own goes before.
        role: what the number is for.
        repairs: the cell of the repair list (`RepairLine.link_id`) in whose place it goes.

    Raises:
        InputError: `number_unusable` with the problem; `number_role` for an unknown role.
        RefusedError: `not_allowed`, `person_unknown`, `person_erased`, `number_known` when the
            customer has it already, `number_erased` when it belonged to a person who was erased,
            `repair_unknown` when the cell was put right meanwhile.
    """
    if role not in _ROLES:
        raise InputError("number_role", role=role)

    def work(unit: Unit) -> AddedNumber:
        require(actor, "customers.edit")
        row = living_person(unit, person_id)
        number = read_number(text, row["country"] or region)
        if isinstance(number, NumberProblem):
            raise InputError("number_unusable", problem=Said(f"customers.number.{number.code}"))
        _refuse_unfit(unit, row["id"], number)
        new = NewNumber(
            number.e164,
            number.extension,
            number.region if number.region.isalpha() else None,
            number.kind,
            zones_of_number(number.e164),
        )
        if repairs is None:
            phone_id = link_last(unit, row["id"], new, role=role)
        else:
            phone_id = _put_right(unit, row, repairs, new)
        append_audit(unit, actor, "edited", "person", row["id"], fields=[f"phone.{role}"])
        point_anew(unit, database.rulebook, row["id"], actor)
        return AddedNumber(phone_id, number.e164, number.extension)

    return database.write(work)


def remove_number(database: Database, actor: Actor, person_id: int, phone_id: int) -> int:
    """Ends a customer's link to a number; what waits goes to the next number.

    Returns:
        How many callbacks moved; those without another number are cancelled for data repair.

    Raises:
        RefusedError: `not_allowed`, `person_unknown`, `person_erased`, `number_not_known`.
    """

    def work(unit: Unit) -> int:
        require(actor, "customers.edit")
        row = living_person(unit, person_id)
        _end_link(unit, actor, row["id"], person_phone.c.phone_id == phone_id)
        return point_anew(unit, database.rulebook, row["id"], actor)

    return database.write(work)


def drop_cell(database: Database, actor: Actor, person_id: int, link_id: int) -> None:
    """Takes a cell that is no number off the repair list, when nothing can be made of it.

    Raises:
        RefusedError: `not_allowed`, `person_unknown`, `person_erased`, `number_not_known`.
    """

    def work(unit: Unit) -> None:
        require(actor, "customers.edit")
        row = living_person(unit, person_id)
        cell = sa.and_(person_phone.c.id == link_id, person_phone.c.phone_id.is_(None))
        _end_link(unit, actor, row["id"], cell)
        _clear_faults(unit, row)

    database.write(work)


def numbers_to_repair(
    database: Database, actor: Actor, *, after: int = 0, limit: int = 200
) -> tuple[RepairLine, ...]:
    """Cells that are no numbers, and numbers gone dead of customers who have no other.

    Args:
        database: the database.
        actor: who looks.
        after: the list begins behind this `link_id`.
        limit: how many at most.

    Raises:
        RefusedError: `not_allowed`.
    """

    def work(unit: Unit) -> tuple[RepairLine, ...]:
        require(actor, "customers.edit")
        usable, waiting = _usable(), _open_callbacks()
        columns = person_phone.c
        rows = unit.run(
            sa.select(
                columns.id,
                columns.person_id,
                person.c.name,
                columns.role,
                columns.raw,
                columns.problem,
                columns.source,
                phone.c.e164,
                phone.c.status,
                usable.label("usable"),
                waiting.label("waiting"),
            )
            .join(person, person.c.id == columns.person_id)
            .outerjoin(phone, phone.c.id == columns.phone_id)
            .where(
                columns.id > after,
                columns.until.is_(None),
                person.c.closed_at.is_(None),
                sa.or_(
                    sa.and_(columns.phone_id.is_(None), columns.problem.is_not(None)),
                    sa.and_(phone.c.status.in_(_USELESS), usable == 0),
                ),
            )
            .order_by(columns.id)
            .limit(limit)
        ).mappings()
        return tuple(_as_line(row) for row in rows)

    return database.read(work)


def _usable() -> sa.ScalarSelect[int]:
    link, line = person_phone.alias("link"), phone.alias("line")
    return (
        sa.select(sa.func.count())
        .select_from(link)
        .join(line, line.c.id == link.c.phone_id)
        .where(
            link.c.person_id == person_phone.c.person_id,
            link.c.until.is_(None),
            link.c.role != "fax",
            line.c.status.not_in(_USELESS),
        )
        .scalar_subquery()
    )


def _open_callbacks() -> sa.ScalarSelect[int]:
    return (
        sa.select(sa.func.count())
        .select_from(callback)
        .where(
            callback.c.person_id == person_phone.c.person_id,
            callback.c.state.in_(("scheduled", "due", "claimed", "check")),
        )
        .scalar_subquery()
    )


def _as_line(row: sa.RowMapping) -> RepairLine:
    code = row["problem"] if row["e164"] is None else row["status"]
    return RepairLine(
        link_id=row["id"],
        person_id=row["person_id"],
        name=row["name"],
        role=row["role"],
        shown=mask(row["e164"]) if row["e164"] else row["raw"] or "",
        problem=Said(f"customers.number.{code}"),
        source=row["source"],
        usable=row["usable"],
        open_callbacks=row["waiting"],
    )


def _refuse_unfit(unit: Unit, person_id: int, number: Number) -> None:
    if erased_numbers(unit, [number.e164]):
        raise RefusedError("number_erased")
    known = unit.run(
        sa.select(person_phone.c.id)
        .join(phone, phone.c.id == person_phone.c.phone_id)
        .where(
            person_phone.c.person_id == person_id,
            person_phone.c.until.is_(None),
            phone.c.e164 == number.e164,
            phone.c.extension == number.extension,
        )
    ).first()
    if known is not None:
        raise RefusedError("number_known", number=mask(number.e164))


def _put_right(unit: Unit, row: sa.RowMapping, link_id: int, new: NewNumber) -> int:
    phone_id = find_or_add_number(unit, new)
    changed = unit.run(
        sa.update(person_phone)
        .where(
            person_phone.c.id == link_id,
            person_phone.c.person_id == row["id"],
            person_phone.c.phone_id.is_(None),
            person_phone.c.until.is_(None),
        )
        .values(phone_id=phone_id, raw=None, problem=None, source="desk", since=unit.now)
    )
    if changed.rowcount == 0:
        raise RefusedError("repair_unknown")
    _clear_faults(unit, row)
    return phone_id


def _clear_faults(unit: Unit, row: sa.RowMapping) -> None:
    """Takes the faults of numbers off the record, except those of cells that are still none."""
    left = set(
        unit.run(
            sa.select(person_phone.c.role).where(
                person_phone.c.person_id == row["id"],
                person_phone.c.phone_id.is_(None),
                person_phone.c.until.is_(None),
            )
        ).scalars()
    )
    gone = tuple(f"{fault}_" for role, fault in _FAULTS.items() if role not in left)
    faults = [one for one in row["record_faults"] if not one.startswith(gone)]
    unit.run(
        sa.update(person)
        .where(person.c.id == row["id"])
        .values(record_faults=faults, updated_at=unit.now)
    )


def _end_link(unit: Unit, actor: Actor, person_id: int, which: sa.ColumnElement[bool]) -> None:
    roles = (
        unit.run(
            sa.update(person_phone)
            .where(person_phone.c.person_id == person_id, person_phone.c.until.is_(None), which)
            .values(until=unit.now)
            .returning(person_phone.c.role)
        )
        .scalars()
        .all()
    )
    if not roles:
        raise RefusedError("number_not_known")
    fields = [f"phone.{role}" for role in roles]
    append_audit(unit, actor, "edited", "person", person_id, fields=fields)
