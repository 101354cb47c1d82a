"""What a row says of a person: in customer files, and beside every callback and complaint."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Final

from content.name_sounds import name_sound
from domain.phone import NumberProblem, read_number
from domain.record.cells import clean_text
from domain.record.days import Day, read_day
from domain.record.figures import read_mileage, read_money
from domain.record.marks import read_id_number, read_mail, read_plate, read_vin
from domain.record.names import full_name, name_key, read_name
from domain.record.rows import PersonRecord, PhoneCell, Role, Stop, Value
from domain.zones import read_zone
from intake.judging.cells import BadRowError, RowCells
from intake.judging.setting import JudgingSetting, zones_of
from intake.table import Cell, text_of

# The longest text that each column of the tables holds; longer cells are cut and listed.
_LIMITS: Final = {
    "customer_number": 120,
    "name": 200,
    "occupation": 64,
    "home_postcode": 16,
    "work_postcode": 16,
    "email": 254,
    "language": 64,
    "member_level": 16,
    "colour": 32,
    "model": 120,
    "id_number": 32,
    "vin": 17,
    "plate": 24,
    "plate_key": 16,
    "raw": 120,
}
# What is derived from a cell that is listed itself.
_CUT_IN_SILENCE: Final = frozenset(["plate_key", "raw"])
_PHONES: Final[tuple[tuple[str, Role], ...]] = (
    ("phone", "mobile"),
    ("home_phone", "home"),
    ("office_phone", "office"),
    ("fax", "fax"),
)
_CURRENCIES: Final = {"CN": "CNY", "US": "USD", "GB": "GBP", "JP": "JPY", "HK": "HKD", "IN": "INR"}
_EURO: Final = frozenset(["AT", "BE", "DE", "ES", "FI", "FR", "GR", "IE", "IT", "LU", "NL", "PT"])


def currency_of(region: str) -> str:
    """The currency of amounts in a country's files, by ISO 4217; `XXX` (none) where unknown."""
    return "EUR" if region in _EURO else _CURRENCIES.get(region, "XXX")


class PersonJudge:
    """Reads the person of each row.

    Args:
        cells: the row at hand.
        setting: what it is judged against.

    Attributes:
        phone_problems: how often the main number had which problem, over all rows read.
    """

    def __init__(self, cells: RowCells, setting: JudgingSetting) -> None:
        self.cells: Final = cells
        self.setting: Final = setting
        self.phone_problems: Final[Counter[str]] = Counter()
        self._faults: list[str] = []
        self._fields: dict[str, Value] = {}

    def read(self, note: str = "") -> PersonRecord:
        """The person of the row at hand.

        Args:
            note: a note of the row, which may ask us to stop calling.

        Raises:
            BadRowError: `nothing_known` for a row without name, number and customer number.
        """
        self._faults, self._fields = [], {}
        region = self._country()
        number = self._cut("customer_number", self.cells.line("customer_number"))
        name = self._name()
        phones = self._phones(region)
        if not number and not name and phones[0].number is None:
            raise BadRowError("nothing_known")
        self._zone(region, phones[0])
        self._plain("occupation", "home_postcode", "work_postcode", "language")
        self._long("home_address", "work_address")
        self._id_number()
        self._birthday()
        self._mail()
        self._spent(region)
        self._member_level()
        sound = name_sound(name)
        return PersonRecord(
            customer_number=number,
            name=name,
            key=name_key(name),
            pinyin=sound.pinyin[:400],
            initials=sound.initials[:64],
            fields=self._fields,
            asset=self._asset(),
            phones=phones,
            consent=self._consent(),
            stop=self._stop(note),
            faults=tuple(self._faults),
        )

    def _country(self) -> str:
        text = self.cells.line("country")
        if not text:
            return self.setting.region
        code = self.setting.book.country(text)
        if code is None:
            self._faults.append("country_unknown")
            return self.setting.region
        self._fields["country"] = code
        return code

    def _name(self) -> str:
        cells = self.cells
        if cells.has("last_name") or cells.has("first_name"):
            name = full_name(cells.raw("first_name"), cells.raw("last_name"))
            if not name.text:
                name = read_name(cells.raw("name"))
        else:
            name = read_name(cells.raw("name"))
        sex = self.setting.book.word("sex", cells.line("sex")) if cells.line("sex") else name.sex
        if sex:
            self._fields["sex"] = sex
        elif cells.line("sex"):
            self._faults.append("sex_unknown")
        if name.salutation:
            self._fields["salutation"] = name.salutation
        if not name.text:
            self._faults.append("name_empty")
        return self._cut("name", name.text)

    def _phones(self, region: str) -> tuple[PhoneCell, ...]:
        phones = []
        for field, role in _PHONES:
            if field != "phone" and not self.cells.has(field):
                continue
            raw = self.cells.raw(field)
            found = read_number(raw, region)
            if isinstance(found, NumberProblem):
                if field == "phone":
                    self.phone_problems[found.code] += 1
                if field == "phone" or found.code != "empty":
                    self._faults.append(f"{field}_{found.code}")
                    shown = self._cut("raw", self.cells.line(field))
                    phones.append(PhoneCell(role, shown, problem=found.code))
            else:
                phones.append(PhoneCell(role, found.e164, found, zones=zones_of(found)))
        return tuple(phones)

    def _zone(self, region: str, main: PhoneCell) -> None:
        text = self.cells.line("zone")
        if not text:
            return
        country = str(self._fields.get("country", region))
        zone = read_zone(text, country)
        if zone is None:
            # Letters that mean several zones are left to the number, which is stricter.
            self._faults.append("zone_ambiguous" if main.zones else "zone_unknown")
        else:
            self._fields["zone"] = zone

    def _plain(self, *fields: str) -> None:
        for field in fields:
            text = self.cells.line(field)
            if text:
                self._fields[field] = self._cut(field, text)

    def _long(self, *fields: str) -> None:
        for field in fields:
            raw = self.cells.raw(field)
            text = clean_text(raw) if raw else ""
            if text:
                self._fields[field] = text

    def _id_number(self) -> None:
        number, problem = read_id_number(self.cells.raw("id_number"))
        if number:
            self._fields["id_number"] = self._cut("id_number", number)
        if problem:
            self._faults.append(f"id_number_{problem}")

    def _birthday(self) -> None:
        cell = self.cells.cell("birthday")
        if cell == "":
            return
        word = self.cells.line("birthday_lunar")
        lunar = bool(word) and self.setting.book.word("yes_no", word) == "yes"
        day = read_day(day_cell(cell), lunar=lunar)
        if isinstance(day, Day):
            self._fields["birthday"] = day.iso
            self._fields["birthday_calendar"] = "lunar" if day.lunar else "solar"
            if lunar and not day.lunar:
                self._faults.append("birthday_not_lunar")
        elif day != "empty":
            self._faults.append(f"birthday_{day}")

    def _mail(self) -> None:
        address, good = read_mail(self.cells.raw("email"))
        if address and good:
            self._fields["email"] = self._cut("email", address)
        elif address:
            self._faults.append("email_not_valid")

    def _spent(self, region: str) -> None:
        amount = read_money(figure_cell(self.cells.cell("spent")))
        self._keep(self._fields, "spent", amount if isinstance(amount, int) else None, amount)
        if isinstance(amount, int):
            self._fields["currency"] = currency_of(region)

    def _member_level(self) -> None:
        word = self.cells.line("member_level")
        if not word:
            return
        level = self.setting.book.word("member_level", word)
        if level is None:
            self._faults.append("member_level_unknown")
        else:
            self._fields["member_level"] = level

    def _asset(self) -> dict[str, Value]:
        asset: dict[str, Value] = {}
        plate = read_plate(self.cells.raw("plate"))
        if plate is not None:
            asset["plate"] = self._cut("plate", plate.text)
            asset["plate_key"] = self._cut("plate_key", plate.key)
        vin, problem = read_vin(self.cells.raw("vin"))
        if vin:
            asset["vin"] = self._cut("vin", vin)
        if problem:
            asset["vin_problem"] = problem
            self._faults.append(f"vin_{problem}")
        for field in ("colour", "model"):
            text = self.cells.line(field)
            if text:
                asset[field] = self._cut(field, text)
        for field in ("bought_on", "first_visit_on"):
            day = read_day(day_cell(self.cells.cell(field)))
            self._keep(asset, field, day.iso if isinstance(day, Day) else None, day)
        mileage = read_mileage(figure_cell(self.cells.cell("first_mileage")))
        self._keep(asset, "first_mileage", mileage if isinstance(mileage, int) else None, mileage)
        if asset:
            self._seller(asset)
        return asset

    def _seller(self, asset: dict[str, Value]) -> None:
        word = self.cells.line("sold_by_us")
        if not word:
            return
        meaning = self.setting.book.word("yes_no", word)
        if meaning is None:
            self._faults.append("sold_by_us_unknown")
        else:
            asset["sold_by_us"] = int(meaning == "yes")

    def _keep(self, into: dict[str, Value], field: str, value: Value | None, found: object) -> None:
        """Keeps a value, or lists the problem that was found instead of one."""
        if value is not None:
            into[field] = value
        elif found != "empty":
            self._faults.append(f"{field}_{found}")

    def _consent(self) -> bool | None:
        word = self.cells.line("consent")
        if not word:
            return None
        meaning = self.setting.book.word("yes_no", word)
        if meaning is None:
            self._faults.append("consent_unknown")
            return None
        return meaning == "yes"

    def _stop(self, note: str) -> Stop | None:
        word = self.cells.line("do_not_call")
        # Any word but a no is taken for a stop: ringing somebody who refused can't be undone.
        if word and self.setting.book.word("yes_no", word) != "no":
            return "marked"
        return "note" if self.setting.book.asks_to_stop(note) else None

    def _cut(self, field: str, text: str) -> str:
        limit = _LIMITS[field]
        if len(text) <= limit:
            return text
        if field not in _CUT_IN_SILENCE:
            self._faults.append(f"{field}_cut")
        return text[:limit]


def day_cell(cell: Cell) -> str | date:
    """A cell that should hold a day, as text or date."""
    return cell if isinstance(cell, str | date) else text_of(cell)


def figure_cell(cell: Cell) -> str | float:
    """A cell that should hold a figure, as text or number."""
    return cell if isinstance(cell, str | float) and not isinstance(cell, bool) else text_of(cell)
