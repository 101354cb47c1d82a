"""Rows of a file of workshop orders."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from domain.record.days import Day, read_day
from domain.record.figures import read_mileage, read_money
from domain.record.marks import read_plate, read_vin
from domain.record.rows import OrderRow
from intake.judging.cells import BadRowError, RowCells
from intake.judging.persons import currency_of, day_cell, figure_cell
from intake.judging.setting import JudgingSetting

# A visit may be booked ahead; one further away than this is a slip of the keyboard (2062).
_AHEAD: Final = timedelta(days=366)
_OTHER: Final = "other"


def judge_order(cells: RowCells, setting: JudgingSetting, row: int) -> OrderRow:
    """The order of the row at hand.

    Raises:
        BadRowError: `order_number_missing`, `customer_missing`, `visited_on_empty`,
            `visited_on_impossible`, `visited_on_not_a_day` or `visited_on_far_ahead`.
    """
    number = cells.line("order_number")[:64]
    if not number:
        raise BadRowError("order_number_missing", "order_number")
    customer_number = cells.line("customer_number")[:120]
    plate = read_plate(cells.raw("plate"))
    vin, vin_problem = read_vin(cells.raw("vin"))
    if not customer_number and plate is None and not vin:
        raise BadRowError("customer_missing", "customer_number")
    faults: list[str] = []
    return OrderRow(
        row=row,
        number=number,
        customer_number=customer_number,
        plate_key=plate.key[:16] if plate else "",
        vin="" if vin_problem else vin,
        service=_service(cells, setting, faults),
        visited_on=_day(cells, setting),
        mileage=_figure(read_mileage(figure_cell(cells.cell("mileage"))), "mileage", faults),
        amount=_figure(read_money(figure_cell(cells.cell("amount"))), "amount", faults),
        currency=currency_of(setting.region),
        advisor=_advisor(cells.line("advisor"))[:64],
        faults=tuple(faults),
    )


def _day(cells: RowCells, setting: JudgingSetting) -> date:
    cell = cells.cell("visited_on")
    found = read_day(day_cell(cell))
    solar = found.solar if isinstance(found, Day) else None
    if solar is None:
        raise BadRowError(f"visited_on_{found}", "visited_on", cells.raw("visited_on"))
    if solar > (setting.as_of or setting.now).date() + _AHEAD:
        raise BadRowError("visited_on_far_ahead", "visited_on", cells.raw("visited_on"))
    return solar


def _service(cells: RowCells, setting: JudgingSetting, faults: list[str]) -> str:
    word = cells.line("service")
    service = setting.book.word("service", word) if word else None
    if service is None:
        faults.append("service_unknown")
        return _OTHER
    return service


def _figure(found: int | str, field: str, faults: list[str]) -> int | None:
    if isinstance(found, int):
        return found
    if found != "empty":
        faults.append(f"{field}_{found}")
    return None


def _advisor(name: str) -> str:
    """An advisor's name; the space inside a short Chinese name is dropped, so that counts agree."""
    return name if name.isascii() else name.replace(" ", "")
