from __future__ import annotations

import pytest

from content.campaigns import campaigns
from content.care_plans import FILE, care_plans, load_care_plans
from content.lunar import BoraxCalendar
from domain.care.plan import Trigger
from domain.errors import InputError


def test_every_trigger_has_a_plan_and_every_plan_a_campaign():
    assert {plan.trigger for plan in care_plans()} == set(Trigger)
    for plan in care_plans():
        campaign = campaigns()[plan.campaign]
        assert (plan.band, plan.purpose) == (campaign.band, campaign.purpose)


def test_the_festivals_are_those_of_the_house_and_qingming_never():
    assert [one.code for one in care_plans().festivals] == [
        "new-year",
        "spring-festival",
        "lantern",
        "dragon-boat",
        "mid-autumn",
        "national-day",
        "christmas",
    ]
    assert "CN" in care_plans().quiet_countries


WRONG = r"""
campaign = "delivery-3day" | campaign = "delivery-9day" | care.bad.campaign | delivery-9day
campaign = "delivery-7day" | campaign = "delivery-3day" | rules.bad.twice | care_plans
trigger = "deal" | trigger = "full_moon" | rules.bad.choice | deal-follow-up
"warranty", "minor_repair" | "warranties" | care.bad.service | after-service-3day
at = "09:30" | at = "9:30" | care.bad.clock | festival
series = "delivery" | despite_complaint = 1 | rules.bad.flag | delivery-3day
at = "09:30" | at = "09:30"\ndespite_complaint = true | care.bad.despite_complaint | festival
only_tiers = ["key"] | only_tiers = ["best"] | rules.bad.choice | festival
only_tiers = ["key"] | every_tier = true | rules.bad.unknown_field | festival
ages = [2, 4, 6, 8, 10] | ages = [2, 6, 4] | care.bad.ages | annual-inspection
late_days = 3 | late_days = -3 | rules.bad.whole | delivery-3day
models = ["电动", "纯电", "EV"] | models = [] | care.bad.last_interval | care_plans
code = "new-year" | code = "qingming" | care.bad.qingming | qingming
lunar = "08-15" | lunar = "08-31" | care.bad.month_day | mid-autumn
solar = "10-01" | solar = "02-30" | care.bad.month_day | national-day
countries = ["CN"] | countries = ["China"] | care.bad.country | national-day
pending = "chance" | pending = "hope" | rules.bad.choice | chance-follow-up
from = "05-10" | from = "02-29" | care.bad.month_day | summer-check
tiers = ["key", "regular"] | tiers = ["best"] | rules.bad.choice | summer-check
age_months = [12, 180] | age_months = [12, 6] | care.bad.age_months | summer-check
code = "winter-check" | code = "summer-check" | rules.bad.twice | care_plans
"""


@pytest.mark.parametrize(
    ("old", "new", "problem", "entry"),
    [line.replace("\\n", "\n").split(" | ") for line in WRONG.strip().splitlines()],
)
def test_a_wrong_plan_is_refused_with_its_entry_and_its_fault(tmp_path, old, new, problem, entry):
    text = FILE.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "care_plans.toml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_care_plans(path, campaigns())
    assert caught.value.params["problem"].key == problem
    assert entry in caught.value.params["where"]


NAMED = 'code = "x"\nname = { zh = "x", en = "x" }\n'
SURVEYS = "[[survey_calendar]]\n" + NAMED


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        ("[[owners_day]]\n" + NAMED + 'on = "19 December"', "care.bad.day"),
        ("[[owners_day]]\n" + NAMED, "rules.bad.missing_field"),
        (SURVEYS, "rules.bad.missing_field"),
        (SURVEYS + "blackouts = [{ from = 2026-12-02 }]", "rules.bad.missing_field"),
        (
            SURVEYS + "blackouts = [{ from = 2026-12-02, until = 2026-12-01 }]",
            "care.bad.blackout_order",
        ),
        (
            SURVEYS + "blackouts = [{ from = 2026-12-02, until = 2026-12-03 },"
            " { from = 2026-12-04, until = 2026-12-05 }]",
            "care.bad.blackout_order",
        ),
    ],
)
def test_a_wrong_day_of_the_shop_is_refused(tmp_path, entry, problem):
    path = tmp_path / "care_plans.toml"
    path.write_text(FILE.read_text(encoding="utf-8") + "\n" + entry, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_care_plans(path, campaigns())
    assert caught.value.params["problem"].key == problem


def test_contact_is_due_after_a_day_at_least(tmp_path):
    text = FILE.read_text(encoding="utf-8")
    path = tmp_path / "care_plans.toml"
    weekly = 'trigger = "contact_due"\ndays_after = 7'
    path.write_text(text.replace(weekly, weekly.replace("7", "0")), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_care_plans(path, campaigns())
    assert caught.value.params["problem"].key == "care.bad.contact_days"


def test_surveys_keep_clear_of_blackouts_unless_they_say_otherwise():
    assert {plan.campaign for plan in care_plans() if plan.coaches} == {
        "delivery-3day",
        "delivery-7day",
        "after-service-3day",
    }


def test_the_lunar_calendar_knows_its_years_and_no_others():
    calendar = BoraxCalendar()
    assert str(calendar.day(2026, 1, 1)) == "2026-02-17"
    # 2025 has a second sixth month; days are those of the plain one.
    assert str(calendar.day(2025, 6, 1)) == "2025-06-25"
    assert calendar.day(2026, 2, 30) is None
    assert calendar.day(2101, 1, 1) is None
    assert str(calendar.qingming(2024)) == "2024-04-04"
    assert calendar.qingming(2101) is None
