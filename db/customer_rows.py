"""Which rows belong to a person, over all tables; what export and erasure go by."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from db.customers import survivor_of
from db.tables import (
    call,
    call_leg,
    callback,
    complaint,
    import_memory,
    person,
    person_asset,
    person_phone,
    service_order,
)
from db.transaction import Unit


@dataclass(frozen=True, slots=True)
class PersonRows:
    """The ids of a person's rows by table.

    `phones` and `assets` are all that ever belonged to the person or were used in its calls, also
    those that others have too; `memory` is the import's memory of all of them.
    """

    calls: tuple[int, ...]
    callbacks: tuple[int, ...]
    complaints: tuple[int, ...]
    orders: tuple[int, ...]
    phones: tuple[int, ...]
    assets: tuple[int, ...]
    memory: tuple[int, ...]


def persons_of(unit: Unit, person_id: int) -> list[int]:
    """The person that is left of a person, then all that were merged into it.

    Raises:
        RefusedError: `person_unknown`.
    """
    persons = [survivor_of(unit, person_id)]
    for one in persons:
        persons.extend(
            unit.run(
                sa.select(person.c.id).where(person.c.merged_into == one).order_by(person.c.id)
            ).scalars()
        )
    return persons


def rows_of(unit: Unit, persons: list[int]) -> PersonRows:
    """The rows of persons over all tables."""

    def ids(
        column: sa.Column[int] | sa.Column[int | None], *where: sa.ColumnElement[bool]
    ) -> set[int]:
        return set(unit.run(sa.select(column).where(*where, column.is_not(None))).scalars())

    calls = ids(call.c.id, call.c.person_id.in_(persons))
    callbacks = ids(callback.c.id, callback.c.person_id.in_(persons))
    complaints = ids(complaint.c.id, complaint.c.person_id.in_(persons))
    orders = ids(service_order.c.id, service_order.c.person_id.in_(persons))
    phones = (
        ids(person_phone.c.phone_id, person_phone.c.person_id.in_(persons))
        | ids(callback.c.phone_id, callback.c.person_id.in_(persons))
        | ids(call_leg.c.phone_id, call_leg.c.call_id.in_(calls))
    )
    assets = (
        ids(person_asset.c.asset_id, person_asset.c.person_id.in_(persons))
        | ids(callback.c.asset_id, callback.c.person_id.in_(persons))
        | ids(service_order.c.asset_id, service_order.c.person_id.in_(persons))
    )
    kinds = {
        "customers": set(persons),
        "callbacks": callbacks,
        "complaints": complaints,
        "orders": orders,
    }
    memory: set[int] = set()
    for kind, rows in kinds.items():
        memory |= ids(
            import_memory.c.id, import_memory.c.kind == kind, import_memory.c.row_id.in_(rows)
        )
    found = (calls, callbacks, complaints, orders, phones, assets, memory)
    return PersonRows(*(tuple(sorted(each)) for each in found))
