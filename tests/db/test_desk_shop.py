"""The shop that is set for the desk, on both databases: its clock for care, limits and slips."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from content.rule_files import shipped_rules
from content.rule_set import rulebook_of
from db.care_settings import care_settings, set_care
from db.case_limits import shop_clock
from db.shop import set_shop, shop_of
from db.tables import audit
from domain.errors import InputError, RefusedError
from tests.databases import CHINA, Desk


def test_it_is_the_machines_until_it_is_set(desk: Desk) -> None:
    found = shop_of(desk.database)
    assert (found.country, found.zone, found.guessed) == (
        CHINA.country,
        CHINA.zone,
        frozenset({"country", "zone"}),
    )
    assert care_settings(desk.database).zone is None
    made = set_shop(desk.database, desk.actor, country="gb", zone="Europe/London", trade="Car")
    assert (made.country, made.zone, made.trade) == ("GB", "Europe/London", "car")
    assert not made.guessed
    clock = shop_clock(desk.database.rulebook)
    assert (clock.zone, clock.place) == ("Europe/London", "GB")
    assert care_settings(desk.database).zone == "Europe/London"
    told = desk.rows(sa.select(audit.c.fields).where(audit.c.action == "shop_set"))
    assert [row["fields"] for row in told] == [["country"], ["zone"], ["trade"]]


def test_the_care_plans_clock_is_the_cases_clock(desk: Desk) -> None:
    set_care(desk.database, desk.actor, zone="America/New_York")
    assert shop_clock(desk.database.rulebook).zone == "America/New_York"


def test_what_the_rules_name_holds_for_care_too(desk: Desk) -> None:
    set_shop(desk.database, desk.actor, country="GB", zone="Europe/London")
    name = "complaints"
    text = shipped_rules()[name].replace('zone = ""', 'zone = "Europe/Paris"', 1)
    desk.database.take_rulebook(rulebook_of({**shipped_rules(), name: text}))
    found = care_settings(desk.database)
    assert (found.zone, found.shop.source("zone")) == ("Europe/Paris", "rules")
    assert shop_clock(desk.database.rulebook).zone == "Europe/Paris"
    assert shop_clock(desk.database.rulebook).place == "GB"


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("country", "UK", "shop_country_unknown"),
        ("zone", "Mars/Crater", "zone_unknown"),
        ("trade", "cra", "trade_unknown"),
    ],
)
def test_nonsense_is_refused_and_nothing_is_kept(
    desk: Desk, field: str, value: str, code: str
) -> None:
    with pytest.raises(InputError, match=code):
        set_shop(desk.database, desk.actor, **{field: value})
    assert shop_of(desk.database).source(field) != "desk"


def test_only_leads_set_it(desk: Desk) -> None:
    with pytest.raises(RefusedError, match="not_allowed"):
        set_shop(desk.database, desk.operator("bo"), country="GB")
    lead = desk.operator("di", "lead")
    assert set_shop(desk.database, lead, country="GB").country == "GB"
