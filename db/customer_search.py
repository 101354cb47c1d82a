"""Finding a customer from one box: name, its sound, plate, number, customer number, e-mail.

Cheap looks by index come first; the tables are only gone through when those find too little.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from db.engine import Database
from db.search_log import allowed_results, memory_of, note_look
from db.tables import (
    asset,
    call,
    callback,
    import_memory,
    person,
    person_asset,
    person_phone,
    phone,
)
from db.transaction import Unit
from domain.mask import mask
from domain.name_sound import plain_sound, sound_starts
from domain.permissions import Actor, require
from domain.record.cells import clean_line
from domain.record.marks import read_plate
from domain.record.names import is_chinese, read_name
from domain.said import Said
from domain.search_caps import term_of

LIMIT: Final = 50
_LONGEST: Final = 120
_LAST: Final = "\U0010ffff"
_NUMBER: Final = re.compile(r"\+?[\d\s().\-/]*\d[\d\s().\-/]*")
_EXTENSION: Final = re.compile(r"\s*(?:转|轉|分机|分機|ext\.?|x|#)[\s.:]*\d{1,7}$", re.IGNORECASE)
_MAIL_LIKE: Final = re.compile(r"[a-z].*[@._\d-]", re.IGNORECASE)
_MEMORY_KIND: Final = "customers"
# Persons without a number of the other system are remembered under a key that begins so.
_MADE_KEY: Final = "~"
_MOST_SOURCES: Final = 40
_WHOLE_NUMBER: Final = 8
_LONGEST_PLATE: Final = 10
_VIN_LENGTH: Final = 17
_OPEN: Final = ("scheduled", "due", "claimed", "check")


@dataclass(frozen=True, slots=True)
class CustomerHit:
    """A customer that was found.

    Attributes:
        person_id: the customer; of merged ones the one that is left.
        name: the name.
        salutation: the recorded form of address.
        masked: the number that was looked for, else the first one; masked, empty without any.
        plate: the plate that was looked for, else the first one.
        model: the model of that asset.
        open_callbacks: callbacks that are not over.
        last_call: when the last call was opened (UTC).
        matched: what fits.
        closed: why the person is closed (`deceased`, `erased`, …); none for a living record.
    """

    person_id: int
    name: str
    salutation: str | None
    masked: str
    plate: str | None
    model: str | None
    open_callbacks: int
    last_call: datetime | None
    matched: Said
    closed: str | None


@dataclass(frozen=True, slots=True)
class _Match:
    """Why a person was found: the rank of the look, what it says, and the number or asset."""

    rank: int
    said: Said
    phone_id: int | None = None
    asset_id: int | None = None


@dataclass(slots=True)
class _Search:
    """A search at work: the text in the shapes in which it is looked for, and what was found.

    `sure` means that a whole number, plate or address fits, so that no more need be looked for.
    """

    unit: Unit
    text: str
    limit: int
    found: dict[int, _Match] = field(default_factory=dict)
    rank: int = 0
    sure: bool = False

    @property
    def digits(self) -> str:
        """The digits of a text that can be a number, else nothing."""
        plain = _EXTENSION.sub("", self.text)
        return re.sub(r"\D", "", plain) if _NUMBER.fullmatch(plain) else ""

    @property
    def name(self) -> str:
        """The text as a name, without a form of address."""
        return read_name(self.text).text

    @property
    def plate(self) -> str:
        """The text as a bare plate."""
        plate = read_plate(self.text)
        return plate.key if plate else ""

    def keep(self, person_id: int, said: Said, **what: int) -> None:
        """Notes a find; the first look that found a person stands."""
        self.found.setdefault(person_id, _Match(self.rank, said, **what))

    def begins(self, column: sa.Column[Any], text: str) -> sa.ColumnElement[bool]:
        """That a column begins with a text, said so that its index serves."""
        if self.unit.embedded:
            return sa.and_(column >= text, column < text + _LAST)
        return column.startswith(text, autoescape=True)


def search(
    database: Database, actor: Actor, text: str, limit: int = LIMIT
) -> tuple[CustomerHit, ...]:
    """Finds customers by what was typed; numbers are masked whoever asks.

    A name is found by its beginning and its inside, a Chinese one by its sound or initials as
    well, a plate however it is written, a number by all its digits, its last four or any five and
    more in a row, an imported customer by the other system's number.

    Every look is written in the audit before its answer is given, with the kind of term and the
    number of results, never the term; how many there may be in an hour is capped
    (`domain.search_caps`). What is typed on soon after counts as the same search.

    Args:
        database: the database.
        actor: who looks.
        text: as typed; an empty one finds nobody.
        limit: how many at most, within what the caps allow.

    Returns:
        The best first; within one kind of match those who wait for a call first.

    Raises:
        RefusedError: `not_allowed`, `search_cap` with the instant at which it clears.
    """
    caps, memory = database.rulebook.searches, memory_of(database)
    typed = clean_line(text)[:_LONGEST]
    term = term_of(typed)

    def work(unit: Unit) -> tuple[tuple[CustomerHit, ...], bool]:
        require(actor, "customers.search")
        if not typed:
            return (), False
        goes_on = memory.goes_on(caps, actor, typed, unit.now)
        most = allowed_results(unit, caps, actor, term, goes_on=goes_on)
        asked = _Search(unit, typed, min(limit, most))
        for look in _BY_INDEX:
            look(asked)
            asked.rank += 1
        for look in _BY_READING_ALL:
            if asked.sure or len(asked.found) >= asked.limit:
                break
            look(asked)
            asked.rank += 1
        return _as_hits(asked), goes_on

    hits, goes_on = database.read(work)
    if not typed:
        return ()

    def log(unit: Unit) -> None:
        note_look(unit, actor, term, len(hits), goes_on=goes_on)
        memory.keep(actor, typed, unit.now, goes_on=goes_on)

    database.write(log)
    return hits


def _by_customer_number(asked: _Search) -> None:
    columns, source = import_memory.c, ""
    if asked.text.startswith(_MADE_KEY):
        return
    # Few sources, each found by a step along the index: no index on the key alone is needed.
    for _ in range(_MOST_SOURCES):
        step = asked.unit.run(
            sa.select(sa.func.min(columns.source)).where(
                columns.kind == _MEMORY_KIND, columns.source > source
            )
        ).scalar()
        if step is None:
            return
        source = step
        for row in asked.unit.run(
            sa.select(columns.row_id, columns.natural_key).where(
                columns.kind == _MEMORY_KIND,
                columns.source == source,
                columns.natural_key.in_({asked.text, asked.text.upper()}),
            )
        ):
            said = Said("customers.matched.customer_number", {"number": row.natural_key})
            asked.keep(row.row_id, said)
            asked.sure = True


def _by_number(asked: _Search) -> None:
    digits = asked.digits
    if len(digits) < 4:
        return
    condition: sa.ColumnElement[bool] = phone.c.last4 == digits[-4:]
    kind = "customers.matched.last_four"
    if len(digits) > 4:
        kind = "customers.matched.number"
        ends = {digits, digits.lstrip("0")}
        ends |= {digits[len(prefix) :] for prefix in ("011", "001") if digits.startswith(prefix)}
        # What is left of too short an ending would fit numbers that were not meant.
        likely = [phone.c.e164.endswith(end) for end in sorted(ends) if len(end) > 4]
        condition = sa.and_(condition, sa.or_(sa.false(), *likely))
    _keep_numbers(asked, condition, kind)
    asked.sure = asked.sure or (len(digits) >= _WHOLE_NUMBER and bool(asked.found))


def _by_plate(asked: _Search) -> None:
    plate = asked.plate
    if len(plate) < 2:
        return
    rows = _keep_assets(asked, asked.begins(asset.c.plate_key, plate), "customers.matched.plate")
    asked.sure = asked.sure or any(row.plate_key == plate for row in rows)
    if len(plate) == _VIN_LENGTH:
        _keep_assets(asked, asset.c.vin == plate, "customers.matched.vin")


def _by_whole_name(asked: _Search) -> None:
    _keep_names(asked, person.c.name == asked.name)


def _by_name(asked: _Search) -> None:
    _keep_names(asked, asked.begins(person.c.name, asked.name))


def _by_sound(asked: _Search) -> None:
    for start in sound_starts(asked.name):
        _keep_sounds(asked, asked.begins(person.c.pinyin, start))


def _by_initials(asked: _Search) -> None:
    initials = plain_sound(asked.text)
    if 1 < len(initials) <= 8 and initials.isascii() and initials.isalpha():
        for row in _persons(asked, asked.begins(person.c.initials, initials), person.c.initials):
            asked.keep(row.id, Said("customers.matched.initials"))


def _by_mail(asked: _Search) -> None:
    if asked.text.isascii() and _MAIL_LIKE.search(asked.text):
        for text in dict.fromkeys((asked.text, asked.text.lower())):
            for row in _persons(asked, asked.begins(person.c.email, text), person.c.email):
                asked.keep(row.id, Said("customers.matched.email"))
                asked.sure = asked.sure or "@" in text


def _inside_names(asked: _Search) -> None:
    if asked.name and not asked.digits and "@" not in asked.text:
        inside = sa.func.lower(person.c.name).contains(asked.name.lower(), autoescape=True)
        _keep_names(asked, inside)


def _inside_sounds(asked: _Search) -> None:
    words = plain_sound(asked.name).split()
    if not words or asked.digits or is_chinese(asked.name):
        return
    column = person.c.pinyin
    inside = [column.contains(f" {start}", autoescape=True) for start in sound_starts(asked.name)]
    each = [
        sa.or_(asked.begins(column, word), column.contains(f" {word}", autoescape=True))
        for word in words
    ]
    _keep_sounds(asked, sa.or_(*inside, sa.and_(*each)))


def _inside_plates(asked: _Search) -> None:
    if 2 < len(asked.plate) <= _LONGEST_PLATE:
        inside = asset.c.plate_key.contains(asked.plate, autoescape=True)
        _keep_assets(asked, inside, "customers.matched.plate")


def _inside_numbers(asked: _Search) -> None:
    digits = asked.digits.lstrip("0")
    if len(digits) > 4 and not any(match.phone_id for match in asked.found.values()):
        _keep_numbers(asked, phone.c.e164.contains(digits), "customers.matched.number")


def _inside_mails(asked: _Search) -> None:
    if asked.text.isascii() and ("@" in asked.text or "." in asked.text):
        inside = sa.func.lower(person.c.email).contains(asked.text.lower(), autoescape=True)
        for row in _persons(asked, inside, person.c.id):
            asked.keep(row.id, Said("customers.matched.email"))


_Look = Callable[[_Search], None]
_BY_INDEX: Final[tuple[_Look, ...]] = (
    _by_customer_number,
    _by_number,
    _by_whole_name,
    _by_plate,
    _by_name,
    _by_sound,
    _by_initials,
    _by_mail,
)
_BY_READING_ALL: Final[tuple[_Look, ...]] = (
    _inside_names,
    _inside_sounds,
    _inside_plates,
    _inside_numbers,
    _inside_mails,
)


def _persons(
    asked: _Search, condition: sa.ColumnElement[bool], order: sa.Column[Any]
) -> Sequence[sa.Row[Any]]:
    return asked.unit.run(
        sa.select(person.c.id, person.c.name)
        .where(condition)
        .order_by(order, person.c.id)
        .limit(asked.limit)
    ).all()


def _keep_names(asked: _Search, condition: sa.ColumnElement[bool]) -> None:
    if asked.name:
        for row in _persons(asked, condition, person.c.name):
            asked.keep(row.id, Said("customers.matched.name"))


def _keep_sounds(asked: _Search, condition: sa.ColumnElement[bool]) -> None:
    for row in _persons(asked, condition, person.c.pinyin):
        key = "customers.matched.sound" if is_chinese(row.name) else "customers.matched.name"
        asked.keep(row.id, Said(key))


def _keep_numbers(asked: _Search, condition: sa.ColumnElement[bool], key: str) -> None:
    for row in asked.unit.run(
        sa.select(person_phone.c.person_id, phone.c.id, phone.c.e164)
        .join(phone, phone.c.id == person_phone.c.phone_id)
        .where(condition, person_phone.c.until.is_(None))
        .order_by(person_phone.c.person_id)
        .limit(asked.limit)
    ):
        asked.keep(row.person_id, Said(key, {"number": mask(row.e164)}), phone_id=row.id)


def _keep_assets(
    asked: _Search, condition: sa.ColumnElement[bool], key: str
) -> Sequence[sa.Row[Any]]:
    rows = asked.unit.run(
        sa.select(person_asset.c.person_id, asset.c.id, asset.c.plate, asset.c.plate_key)
        .join(asset, asset.c.id == person_asset.c.asset_id)
        .where(condition, person_asset.c.until.is_(None))
        .order_by(asset.c.plate_key, person_asset.c.position, person_asset.c.person_id)
        .limit(asked.limit)
    ).all()
    for row in rows:
        asked.keep(row.person_id, Said(key, {"plate": row.plate or ""}), asset_id=row.id)
    return rows


def _as_hits(asked: _Search) -> tuple[CustomerHit, ...]:
    found = _survivors(asked)
    ids = list(found)
    counts = dict(
        _pairs(asked.unit, callback.c.person_id, sa.func.count(), ids, callback.c.state.in_(_OPEN))
    )
    last = dict(_pairs(asked.unit, call.c.person_id, sa.func.max(call.c.started_at), ids))
    numbers, assets = _numbers(asked.unit, found), _assets(asked.unit, found)
    hits = []
    for row in asked.unit.run(
        sa.select(
            person.c.id,
            person.c.name,
            person.c.salutation,
            person.c.closed_at,
            person.c.closed_because,
        ).where(person.c.id.in_(ids))
    ):
        plate, model = assets.get(row.id, (None, None))
        hit = CustomerHit(
            person_id=row.id,
            name=row.name,
            salutation=row.salutation,
            masked=numbers.get(row.id, ""),
            plate=plate,
            model=model,
            open_callbacks=counts.get(row.id, 0),
            last_call=last.get(row.id),
            matched=found[row.id].said,
            closed=row.closed_because if row.closed_at is not None else None,
        )
        hits.append((found[row.id].rank, not hit.open_callbacks, hit.name, hit.person_id, hit))
    return tuple(hit for *_, hit in sorted(hits, key=lambda one: one[:4])[: asked.limit])


def _survivors(asked: _Search) -> dict[int, _Match]:
    """What was found, merged persons replaced by the one that is left."""
    merged = {
        row.id: row.merged_into
        for row in asked.unit.run(
            sa.select(person.c.id, person.c.merged_into).where(
                person.c.id.in_(list(asked.found)), person.c.merged_into.is_not(None)
            )
        )
    }
    found: dict[int, _Match] = {}
    for person_id, match in asked.found.items():
        survivor = merged.get(person_id, person_id)
        if survivor not in found or match.rank < found[survivor].rank:
            found[survivor] = match
    return found


def _pairs(
    unit: Unit,
    whose: sa.Column[int],
    value: sa.ColumnElement[Any],
    ids: Sequence[int],
    *conditions: sa.ColumnElement[bool],
) -> list[tuple[int, Any]]:
    rows = unit.run(sa.select(whose, value).where(whose.in_(ids), *conditions).group_by(whose))
    return [(row[0], row[1]) for row in rows]


def _numbers(unit: Unit, found: dict[int, _Match]) -> dict[int, str]:
    """The number to show of each person, masked: the one that fits, else the first."""
    shown: dict[int, str] = {}
    for row in unit.run(
        sa.select(person_phone.c.person_id, phone.c.id, phone.c.e164)
        .join(phone, phone.c.id == person_phone.c.phone_id)
        .where(person_phone.c.person_id.in_(list(found)), person_phone.c.until.is_(None))
        .order_by(person_phone.c.position, person_phone.c.id)
    ):
        if row.person_id not in shown or row.id == found[row.person_id].phone_id:
            shown[row.person_id] = mask(row.e164)
    return shown


def _assets(unit: Unit, found: dict[int, _Match]) -> dict[int, tuple[str | None, str | None]]:
    """Plate and model of the asset to show of each person: the one that fits, else the first."""
    shown: dict[int, tuple[str | None, str | None]] = {}
    for row in unit.run(
        sa.select(person_asset.c.person_id, asset.c.id, asset.c.plate, asset.c.model)
        .join(asset, asset.c.id == person_asset.c.asset_id)
        .where(person_asset.c.person_id.in_(list(found)), person_asset.c.until.is_(None))
        .order_by(person_asset.c.position, asset.c.id)
    ):
        if row.person_id not in shown or row.id == found[row.person_id].asset_id:
            shown[row.person_id] = (row.plate, row.model)
    return shown
