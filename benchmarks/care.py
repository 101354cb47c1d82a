"""Planning care for many customers, each with a number, a car and three orders."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from benchmarks.customers import CUSTOMERS, NOW, SHARE, fill_customers
from benchmarks.databases import Bench
from benchmarks.figures import Figure
from content.care_plans import care_plans
from content.lunar import BoraxCalendar
from db.care import plan_preview, run_care_plan
from db.care_run import CareRun
from domain.care.book import CareBook

_BUDGET: Final = 60.0 * SHARE


def measure(bench: Bench) -> list[Figure]:
    """Seconds to plan the day for all customers, callbacks written; and to look 30 days ahead.

    The budget is for the time on the wall; what the processor needed of it stands beside it, which
    is all of it where nothing else is busy.
    """
    target = bench.empty("sqlite", NOW)
    database, actor = target.database, target.actor
    fill_customers(database)
    book = CareBook(care_plans(), BoraxCalendar(), "Asia/Shanghai")
    figures: list[Figure] = []

    def timed(name: str, work: Callable[[], CareRun]) -> CareRun:
        began, used = time.perf_counter(), time.process_time()
        found = work()
        wall, own = time.perf_counter() - began, time.process_time() - used
        named = f"care: {CUSTOMERS:,} customers {name}"
        figures.append(Figure(f"{named}, on the wall", wall, None, "s", _BUDGET))
        figures.append(Figure(f"{named}, processor time", own, None, "s"))
        return found

    timed("planned and written", lambda: run_care_plan(database, actor, book))
    again = timed("planned again", lambda: run_care_plan(database, actor, book))
    if again.made:
        raise AssertionError("a second run makes nothing")
    timed("looked ahead 30 days", lambda: plan_preview(database, actor, book))
    return figures
