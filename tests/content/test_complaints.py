"""The lists of cases against everything that names their codes."""

from __future__ import annotations

import re

import pytest

from content.campaigns import campaigns
from content.case_timers import case_timers
from content.columns import column_book
from content.complaints import FILE, case_rules, case_rules_in
from content.playbooks import load_shipped
from domain.errors import InputError


def test_the_shipped_lists_fit_campaigns_timers_and_imports() -> None:
    text = FILE.read_text(encoding="utf-8")
    rules = case_rules_in(text, FILE.name, campaigns(), case_timers())
    assert rules == case_rules()
    assert len(rules.causes) == 18
    labels = column_book().labels
    assert set(rules.categories) == set(labels["category"])
    assert set(rules.levels) == set(labels["level"])
    assert set(rules.classes) == set(labels["customer_class"])
    assert [code for code, cause in rules.causes.items() if cause.hours] == ["wrong_time"]


def test_every_step_of_a_script_that_ticks_a_step_off_is_there() -> None:
    books = {
        book.id: {step.id for step in book.steps} for book in load_shipped("en").books.values()
    }
    named = {code for step in case_rules().steps for code in step.filled if "/" in code}
    for code in named:
        book, step = code.split("/")
        assert step in books[book], code


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('onward = "regulator"', 'onward = "nothing"'),
        ('"grumble/answer"', '"grumble/nothing"'),
        ('zone = ""', 'zone = "Asia/Nowhere"'),
        ("tries = 3", "tries = 0"),
        ('code = "was_mocked"', 'code = "strain"'),
        ('code = "D"', 'code = "E"'),
    ],
)
def test_a_slip_in_the_file_is_refused_with_its_place(before: str, after: str) -> None:
    text = FILE.read_text(encoding="utf-8")
    assert before in text
    with pytest.raises(InputError) as error:
        case_rules_in(
            re.sub(re.escape(before), after, text, count=1), "f", campaigns(), case_timers()
        )
    assert error.value.code == "content_bad"
