"""The files of an operator's day: what they say, and what is wrong with a bad one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from content.campaigns import campaigns
from content.day_rules import PAUSES, WRAP_UP, day_rules, load_pauses, load_wrap_up
from domain.errors import InputError

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


def test_each_shipped_pause_has_a_digit_and_words_in_both_languages():
    pauses = day_rules().pauses
    assert 1 <= len(pauses) <= 10
    assert {"lunch", "training", "meeting", "toilet", "technical"} <= {one.code for one in pauses}
    assert all(one.name.zh != one.name.en for one in pauses)
    assert [one.minutes for one in pauses if one.after_red] == [2]


def test_a_pause_ends_at_its_limit_or_never():
    lunch = day_rules().pause("lunch")
    assert lunch is not None
    assert lunch.minutes is not None
    assert lunch.ends_at(NOON) == NOON + timedelta(minutes=lunch.minutes)
    assert day_rules().pause("gone") is None


def test_a_campaign_takes_from_the_house_what_it_does_not_say():
    rules = day_rules()
    chase = rules.wrap_up("department-chase")
    assert chase.seconds != rules.house.seconds
    assert (chase.extension, chase.extensions) == (rules.house.extension, rules.house.extensions)
    assert rules.wrap_up("delivery-3day") == rules.wrap_up(None) == rules.house


def test_no_campaign_that_asks_a_question_or_owes_an_answer_has_a_default():
    """What a customer said is never made up: surveys, complaints and promises need a person."""
    asking = {one.code for one in campaigns() if one.survey or one.band < 4}
    defaults = {code for code, one in day_rules().campaigns.items() if one.default_outcome}
    assert defaults
    assert not defaults & asking


ONE = '[[pause]]\ncode="a"\nname={zh="甲",en="A"}\n'
BAD_PAUSES = {
    "twice": ONE + ONE,
    "no_time": ONE + "minutes=0",
    "how_many": "",
}


@pytest.mark.parametrize("problem", BAD_PAUSES)
def test_a_bad_pause_is_named(problem: str, tmp_path: Path):
    path = tmp_path / PAUSES.name
    path.write_text(BAD_PAUSES[problem], encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_pauses(path)
    assert caught.value.params["problem"].key == f"day.bad.{problem}"


BAD_WRAP_UPS = {
    "campaign": "[campaign.nobody-knows-it]\nseconds = 30",
    "outcome": '[campaign.birthday]\ndefault_outcome = "callback-at"',
    "no_countdown": "[campaign.birthday]\nseconds = 0",
}


@pytest.mark.parametrize("problem", BAD_WRAP_UPS)
def test_a_bad_wrap_up_is_named(problem: str, tmp_path: Path):
    house = "[house]\nseconds = 60\nextension_seconds = 60\nextensions = 2\n"
    path = tmp_path / WRAP_UP.name
    path.write_text(house + BAD_WRAP_UPS[problem], encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_wrap_up(path)
    assert caught.value.params["problem"].key == f"day.bad.{problem}"


def test_nobody_answered_is_never_saved_by_itself(tmp_path: Path):
    path = tmp_path / WRAP_UP.name
    text = WRAP_UP.read_text(encoding="utf-8").replace('"completed"', '"no-answer"')
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError):
        load_wrap_up(path)
