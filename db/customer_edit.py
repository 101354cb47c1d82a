"""Editing a customer's record at the desk, field by field."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, Protocol

import sqlalchemy as sa

from db.customer_windows import point_anew
from db.customers import survivor_of
from db.engine import Database
from db.events import append_audit
from db.hours_input import PERSON_FIELDS
from db.tables import person
from db.transaction import Unit
from domain.errors import InputError, RefusedError
from domain.mask import HIDDEN
from domain.permissions import Actor, require
from domain.record.cells import clean_line, clean_text
from domain.record.days import Day, read_day
from domain.record.marks import read_mail
from domain.record.names import read_name
from domain.week import key_length, read_week, write_week
from domain.zones import checked_zone

_LONGEST_ADDRESS: Final = 500
# Both kinds of hours and a campaign's own are one key of the stored windows.
_LONGEST_HOURS: Final = 100
_SEXES: Final = ("f", "m")


class Sounding(Protocol):
    """How a name sounds, for searching: `wang fang`, `wf`."""

    @property
    def pinyin(self) -> str:
        """Its syllables or words in small letters, parted by spaces."""

    @property
    def initials(self) -> str:
        """The first letter of each."""


def edit_field(
    database: Database,
    actor: Actor,
    person_id: int,
    field: str,
    value: str,
    *,
    sound: Sounding | None = None,
) -> str | None:
    """Writes one field of a customer; an empty value clears it.

    A change of zone, address or hours points the callbacks that are not over to other windows.

    Args:
        database: the database.
        actor: who edits.
        person_id: the customer.
        field: one of `FIELDS`.
        value: as typed; hours as `09:00-12:00 14:00-20:00` for all days alike, or with semicolons
            between Monday to Friday, Saturday and Sunday, or between all seven days.
        sound: how the new name sounds; needed with the field `name`.

    Returns:
        The value as it is stored; none when it was cleared.

    Raises:
        InputError: `field_not_editable`, `field_too_long`, `name_empty`, `email_bad`, `sex_bad`,
            `hours_bad`, `birthday_bad`, `zone_unknown`; `value_masked` when what is shown masked
            comes back as it was shown.
        RefusedError: `not_allowed`, `person_unknown`, `person_erased`.
    """
    if field in MASKED and HIDDEN in value:
        raise InputError("value_masked", value=value[:40])
    if field not in FIELDS:
        raise InputError("field_not_editable", field=field[:40])
    if field == "name" and sound is None:
        raise ValueError("a name is saved with its sound")
    columns = FIELDS[field](field, value)
    if sound is not None and field == "name":
        columns |= {"pinyin": sound.pinyin[:400], "initials": sound.initials[:64]}

    def work(unit: Unit) -> str | None:
        require(actor, "customers.edit")
        row = living_person(unit, person_id)
        stored: str | None = next(iter(columns.values()))
        changed = [name for name, one in columns.items() if row[name] != one]
        if not changed:
            return stored
        faults = [one for one in row["record_faults"] if not one.startswith(f"{field}_")]
        unit.run(
            sa.update(person)
            .where(person.c.id == row["id"])
            .values(**columns, record_faults=faults, updated_at=unit.now)
        )
        append_audit(unit, actor, "edited", "person", row["id"], fields=[field])
        if PERSON_FIELDS & columns.keys():
            point_anew(unit, database.rulebook, row["id"], actor)
        return stored

    return database.write(work)


def living_person(unit: Unit, person_id: int) -> sa.RowMapping:
    """The row of a person, locked; of merged ones the one that is left.

    Raises:
        RefusedError: `person_unknown`, `person_erased`.
    """
    left = survivor_of(unit, person_id)
    row = unit.run(sa.select(person).where(person.c.id == left).with_for_update()).mappings().one()
    if row["closed_because"] == "erased":
        raise RefusedError("person_erased", person=person_id)
    return row


def _line(field: str, value: str) -> dict[str, Any]:
    text = clean_line(value)
    limit = int(person.c[field].type.length)  # type: ignore[attr-defined]
    if len(text) > limit:
        raise InputError("field_too_long", limit=limit)
    return {field: text or None}


def _name(field: str, value: str) -> dict[str, Any]:
    columns = _line(field, read_name(value).text)
    if columns[field] is None:
        raise InputError("name_empty")
    return columns


def _address(field: str, value: str) -> dict[str, Any]:
    text = clean_text(value)
    if len(text) > _LONGEST_ADDRESS:
        raise InputError("field_too_long", limit=_LONGEST_ADDRESS)
    return {field: text or None}


def _mail(field: str, value: str) -> dict[str, Any]:
    address, good = read_mail(value)
    if not good:
        raise InputError("email_bad")
    return _line(field, address)


def _sex(field: str, value: str) -> dict[str, Any]:
    letter = clean_line(value).lower()
    if letter and letter not in _SEXES:
        raise InputError("sex_bad")
    return {field: letter or None}


def _zone(field: str, value: str) -> dict[str, Any]:
    name = value.strip()
    return {field: checked_zone(name) if name else None}


def _hours(field: str, value: str) -> dict[str, Any]:
    text = clean_line(value)
    if not text:
        return {field: None}
    try:
        week = read_week(text)
    except ValueError as error:
        raise InputError("hours_bad") from error
    if not any(week):
        raise InputError("hours_bad")
    if key_length(week) > _LONGEST_HOURS:
        raise InputError("field_too_long", limit=_LONGEST_HOURS)
    return _line(field, write_week(week))


def _birthday(field: str, value: str) -> dict[str, Any]:
    lunar = field == "lunar_birthday"
    day = read_day(clean_line(value), lunar=lunar)
    if isinstance(day, Day) and day.lunar == lunar:
        return {"birthday": day.iso, "birthday_calendar": "lunar" if lunar else "solar"}
    if day != "empty":
        raise InputError("birthday_bad")
    return {"birthday": None, "birthday_calendar": "solar"}


FIELDS: Final[Mapping[str, Callable[[str, str], dict[str, Any]]]] = {
    "name": _name,
    "salutation": _line,
    "sex": _sex,
    "occupation": _line,
    "birthday": _birthday,
    "lunar_birthday": _birthday,
    "language": _line,
    "zone": _zone,
    "email": _mail,
    "home_address": _address,
    "home_postcode": _line,
    "work_address": _address,
    "work_postcode": _line,
    "preferred_hours": _hours,
    "refused_hours": _hours,
}
"""The fields that are edited at the desk, each with what makes columns of the typed value."""

MASKED: Final = frozenset(
    {"email", "home_address", "home_postcode", "work_address", "work_postcode"}
    | {"birthday", "lunar_birthday"}
)
"""The fields that are shown masked to those who need not see them."""
