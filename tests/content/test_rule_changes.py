"""Which rows of law a newer program has changed is told in few words."""

from __future__ import annotations

from content.rule_changes import law_changed
from content.rule_files import shipped_rules

SHIPPED = shipped_rules()


def older(name: str, old: str, new: str) -> dict[str, str]:
    assert old in SHIPPED[name]
    return {**SHIPPED, name: SHIPPED[name].replace(old, new, 1)}


def test_nothing_is_told_where_no_law_changed() -> None:
    assert law_changed({}, SHIPPED) == ""
    assert law_changed(SHIPPED, SHIPPED) == ""
    assert (
        law_changed(older("calling_hours", "*,any,09:00-20:00,", "*,any,09:00-19:00,"), SHIPPED)
        == ""
    )
    assert law_changed(older("campaigns", "band = 4", "band = 5"), SHIPPED) == ""


def test_changed_rows_are_named_by_place_and_purpose_or_code() -> None:
    row = next(row for row in SHIPPED["calling_hours"].split("\n") if row.startswith("FR,"))
    place, purpose, hours = row.split(",")[:3]
    before = older("calling_hours", row, row.replace(hours, "11:00-12:00", 1))
    assert law_changed(before, SHIPPED) == f"{place} {purpose}"
    before["caps"] = older("caps", 'code = "fr-sales-30-days"', 'code = "fr-sales"')["caps"]
    assert law_changed(before, SHIPPED) == f"{place} {purpose}, fr-sales, fr-sales-30-days"


def test_a_table_that_this_program_cannot_read_is_named_itself() -> None:
    assert law_changed({**SHIPPED, "calling_hours": "place\n"}, SHIPPED) == "calling_hours.csv"
