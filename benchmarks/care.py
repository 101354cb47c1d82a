"""Planning care for many customers, each with a number, a car and three orders."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from benchmarks.customers import CUSTOMERS, NOW, SHARE, fill_customers
from benchmarks.databases import Bench
from benchmarks.figures import Figure
from benchmarks.timing import timed
from content.care_plans import care_plans
from content.lunar import BoraxCalendar
from db.care import plan_preview, run_care_plan
from db.care_run import CareRun
from domain.care.book import CareBook

_BUDGET: Final = 60.0 * SHARE


def measure(bench: Bench) -> list[Figure]:
    """Seconds to plan the day for all customers, callbacks written; and to look 30 days ahead."""
    target = bench.empty("sqlite", NOW)
    database, actor = target.database, target.actor
    fill_customers(database)
    book = CareBook(care_plans(), BoraxCalendar(), "Asia/Shanghai")
    figures: list[Figure] = []

    def planned(name: str, work: Callable[[], CareRun]) -> CareRun:
        return timed(figures, f"care: {CUSTOMERS:,} customers {name}", _BUDGET, work)

    planned("planned and written", lambda: run_care_plan(database, actor, book))
    again = planned("planned again", lambda: run_care_plan(database, actor, book))
    if again.made:
        raise AssertionError("a second run makes nothing")
    planned("looked ahead 30 days", lambda: plan_preview(database, actor, book))
    return figures
