"""Importing the dealer's sample file beside `phonenumbers` alone on the same numbers."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import phonenumbers

from benchmarks.databases import Bench
from benchmarks.figures import Figure, interleaved, median
from db.imports import run
from domain.phone import read_number
from domain.record.rows import CustomerRow
from intake.preparing import Prepared, prepare

SAMPLE: Final = Path(__file__).parent.parent / "tests" / "samples" / "dealer_customers.csv"
_NOW: Final = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
_BUDGET = 0.4
_ROUNDS = 5


def measure(bench: Bench) -> list[Figure]:
    """Numbers a second: judged from the file, and stored with all that belongs to them."""
    cells = _cells(_prepared())

    def judged() -> float:
        began = time.perf_counter()
        _prepared()
        return len(cells) / (time.perf_counter() - began)

    def stored() -> float:
        target = bench.empty("sqlite")
        began = time.perf_counter()
        run(target.database, target.actor, _prepared().ready())
        return len(cells) / (time.perf_counter() - began)

    def bare() -> float:
        began = time.perf_counter()
        for cell in cells:
            try:
                phonenumbers.is_valid_number(phonenumbers.parse(cell, "CN"))
            except phonenumbers.NumberParseException:
                continue
        return len(cells) / (time.perf_counter() - began)

    found = interleaved(_ROUNDS, judged, stored, bare)
    judging, storing, anchor = (median(values) for values in found)
    return [
        Figure("import: numbers read and judged", judging, anchor, "/s"),
        Figure("import: numbers stored, SQLite", storing, anchor, "/s", _BUDGET, at_least=True),
    ]


def _prepared() -> Prepared:
    # What an earlier round has read would be remembered.
    read_number.cache_clear()
    return prepare(SAMPLE, "customers", now=_NOW, house_region="CN", house_zone="Asia/Shanghai")


def _cells(prepared: Prepared) -> list[str]:
    """Every number of the file, as it is written there."""
    return [
        cell.raw
        for row in prepared.ready().rows
        if isinstance(row, CustomerRow)
        for cell in row.person.phones
    ]
