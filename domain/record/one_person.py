"""Several records of one person as one, and a record as the plain values that are remembered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from domain.record.rows import PersonRecord, PhoneCell, Stop, Value

Plain = str | int | bool | list[str]


@dataclass(frozen=True, slots=True)
class OnePerson:
    """What several records of one person say together; a later record is the newer one.

    Attributes:
        name: as the newest record that has one spells it.
        pinyin: its sound.
        initials: the first letters of its sound.
        fields: columns of the table of persons.
        assets: columns of the table of assets, for each asset.
        phones: good numbers of every role, the first to be tried first, then cells that are none
            where the role has no good number.
        consent: the newest word on it.
        stop: a stop in any record.
        faults: what is wrong in any record and not put right in another.
    """

    name: str
    pinyin: str
    initials: str
    fields: Mapping[str, Value]
    assets: tuple[Mapping[str, Value], ...]
    phones: tuple[PhoneCell, ...]
    consent: bool | None
    stop: Stop | None
    faults: tuple[str, ...]


def as_one(records: Sequence[PersonRecord]) -> OnePerson:
    """Several records of one person, in the file's order, as one."""
    fields: dict[str, Value] = {}
    assets: list[dict[str, Value]] = []
    for record in records:
        fields.update(record.fields)
        if record.asset:
            _take_in(assets, record.asset)
    named = next((record for record in reversed(records) if record.name), records[-1])
    consents = [record.consent for record in records if record.consent is not None]
    stops = [record.stop for record in records if record.stop is not None]
    phones = _phones(records)
    return OnePerson(
        name=named.name,
        pinyin=named.pinyin,
        initials=named.initials,
        fields=fields,
        assets=tuple(assets),
        phones=phones,
        consent=consents[-1] if consents else None,
        stop="marked" if "marked" in stops else (stops[-1] if stops else None),
        faults=_faults(records, named, phones),
    )


def same_asset(one: Mapping[str, object], other: Mapping[str, object]) -> bool:
    """Whether two records speak of one asset: the same vehicle number, else the same plate.

    Two that name neither are one, for a person has one asset that nobody described.
    """
    for key in ("vin", "plate_key"):
        if one.get(key) and other.get(key):
            return one[key] == other[key]
    return not any(side.get(key) for side in (one, other) for key in ("vin", "plate_key"))


def remembered_values(record: PersonRecord) -> dict[str, Plain]:
    """A record as the plain values that the import's memory keeps, by field.

    Columns of the asset are `asset.<name>`, numbers `phone.<role>` (E.164, comma, extension; a
    cell that is none is `?<problem>:<cell>`). An empty cell says nothing and is left out.
    """
    values: dict[str, Plain] = dict(record.fields)
    if record.name:
        values["name"] = record.name
    values.update((f"asset.{name}", value) for name, value in record.asset.items())
    values.update((f"phone.{cell.role}", spelled(cell)) for cell in record.phones)
    if record.consent is not None:
        values["consent"] = record.consent
    if record.stop is not None:
        values["stop"] = record.stop
    values["faults"] = list(record.faults)
    return values


def spelled(cell: PhoneCell) -> str:
    """A cell of a number as it is remembered."""
    if cell.number is not None:
        return f"{cell.number.e164},{cell.number.extension}"
    return f"?{cell.problem}:{cell.raw}"


def natural_key(record: PersonRecord) -> str:
    """By what a source knows a person: customer number, else phone or citizen number and name."""
    if record.customer_number:
        return record.customer_number
    known = record.numbers[0].e164 if record.numbers else record.id_number
    return f"~{known or record.phones[0].raw}|{record.key}"


def _take_in(assets: list[dict[str, Value]], asset: Mapping[str, Value]) -> None:
    for known in assets:
        if same_asset(known, asset):
            known.update(asset)
            return
    assets.append(dict(asset))


def _phones(records: Sequence[PersonRecord]) -> tuple[PhoneCell, ...]:
    good: dict[tuple[str, str], PhoneCell] = {}
    bad: dict[str, PhoneCell] = {}
    # The newest record's numbers are tried first.
    for record in reversed(records):
        for cell in record.phones:
            if cell.number is None:
                bad.setdefault(cell.role, cell)
            else:
                good.setdefault((cell.role, spelled(cell)), cell)
    order = {role: place for place, role in enumerate(("mobile", "home", "office", "fax"))}
    roles = {role for role, _ in good}
    cells = sorted(good.values(), key=lambda cell: order[cell.role])
    return (*cells, *(cell for role, cell in bad.items() if role not in roles))


def _faults(
    records: Sequence[PersonRecord], named: PersonRecord, phones: Sequence[PhoneCell]
) -> tuple[str, ...]:
    faults = dict.fromkeys(fault for record in records for fault in record.faults)
    if named.name:
        faults.pop("name_empty", None)
    if any(cell.role == "mobile" and cell.number for cell in phones):
        return tuple(fault for fault in faults if not fault.startswith("phone_"))
    return tuple(faults)
