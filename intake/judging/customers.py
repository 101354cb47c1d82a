"""Rows of a file of customers."""

from __future__ import annotations

from domain.record.rows import CustomerRow
from intake.judging.persons import PersonJudge


def judge_customer(judge: PersonJudge, row: int) -> CustomerRow:
    """The customer of the row at hand.

    Raises:
        BadRowError: `nothing_known`.
    """
    return CustomerRow(row, judge.read())
