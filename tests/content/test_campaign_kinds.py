from __future__ import annotations

import csv
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from content.campaigns import FILE, campaigns, load_campaigns
from content.surveys import surveys
from domain.errors import InputError

LONG = "09:05-10:00 10:05-11:00 11:05-12:00 14:05-15:00 16:05-17:00"
SAMPLES = Path(__file__).parents[1] / "samples"


def test_every_kind_in_the_sample_files_is_known():
    with (SAMPLES / "callbacks_today.csv").open(encoding="utf-8-sig", newline="") as file:
        kinds = {row["回访类型"] for row in csv.DictReader(file)}
    sheet = CalamineWorkbook.from_path(
        str(SAMPLES / "clinic_callbacks_en.xlsx")
    ).get_sheet_by_index(0)
    rows = sheet.to_python()
    column = rows[0].index("Reason")
    kinds |= {str(row[column]) for row in rows[1:]}
    found = {kind: campaigns().named(kind) for kind in kinds}
    assert all(found.values())
    assert len({campaign.code for campaign in found.values() if campaign}) == len(kinds) == 16


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("３ＤＣ", "delivery-3day"),
        (" 交车 7日回访", "delivery-7day"),
        ("NO SHOW", "missed-appointment"),
        ("win back", "win-back"),
        ("complaint-follow-up", "complaint-follow-up"),
        ("", None),
        ("交车", None),
    ],
)
def test_names_are_matched_whatever_their_case_width_and_spaces(text, code):
    campaign = campaigns().named(text)
    assert (campaign.code if campaign else None) == code


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("band = 4", "band = 2", "band"),
        ("attempt_cap = 5", "attempt_cap = 0", "number"),
        ('purpose = "survey"', 'purpose = "fun"', "choice"),
        ('survey = "delivery-3day"', 'survey = "delivery-9day"', "unknown_bundle"),
        ('"3DC"', '"Win-Back"', "twice"),
        ('hours = "10:00-19:00"', 'hours = "ten to seven"', "hours"),
        ('hours = "10:00-19:00"', 'hours = "none"', "hours"),
        ('hours = "10:00-19:00"', 'hours = "10:00-19:00;none"', "hours"),
        ('hours = "10:00-19:00"', f'hours = "{LONG}"', "hours"),
    ],
)
def test_a_wrong_campaign_is_refused(tmp_path, old, new, problem):
    path = tmp_path / "campaigns.toml"
    path.write_text(FILE.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_campaigns(path, surveys())
    assert caught.value.params["problem"].key == f"rules.bad.{problem}"


def test_an_unknown_campaign_is_named():
    with pytest.raises(InputError, match="campaign_unknown"):
        campaigns()["nothing"]
