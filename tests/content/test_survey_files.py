from __future__ import annotations

import shutil

import pytest

from content.campaigns import campaigns
from content.surveys import SURVEYS, load_surveys, surveys
from domain.errors import InputError
from domain.survey import SCALES


def test_the_shipped_surveys_and_bundles():
    assert {survey.id for survey in surveys()} == {
        "sales-index",
        "after-sales-index",
        "after-sales-index-5",
        "nps",
        "csat",
        "ces",
        "feedback",
        "service-gap",
    }
    sales = [question.id for question in surveys()["sales-index"].questions]
    assert sales == [
        "delivery-process",
        "salesperson",
        "facility",
        "deal",
        "delivery-timing",
        "paperwork",
    ]
    delivery = [survey.id for survey in surveys().bundle("delivery-3day")]
    assert delivery == ["sales-index", "csat", "nps", "feedback"]
    assert [survey.id for survey in surveys().bundle("general")] == ["csat", "feedback"]
    assert surveys().bundle("") == ()
    assert [survey.id for survey in surveys().bundle("nps")] == ["nps"]
    with pytest.raises(InputError, match="survey_unknown"):
        surveys().bundle("nothing")
    assert all(surveys().bundle(campaign.survey) for campaign in campaigns() if campaign.survey)


def test_every_scale_says_what_its_ends_mean_and_every_word_is_in_its_own_language():
    for survey in surveys():
        for question in survey.questions:
            if question.kind in SCALES:
                assert question.low
                assert question.high
            for words in (survey.title, question.text, question.low, question.high):
                if words is not None:
                    assert any("\u4e00" <= letter <= "\u9fff" for letter in words.zh)
                    assert words.en.isascii()


@pytest.mark.parametrize(
    ("file", "old", "new", "problem"),
    [
        ("csat.toml", 'kind = "1-5"', 'kind = "1-7"', "measure"),
        ("csat.toml", 'id = "csat"', 'id = "nps"', "twice"),
        ("sales-index.toml", "weights_source", "weights_sauce", "unknown_field"),
        ("sales-index.toml", "weight = 1\n", "weight = 0\n", "number"),
        ("sales-index.toml", 'id = "salesperson"', 'id = "facility"', "twice"),
        (
            "feedback.toml",
            'question = "met-expectations"',
            'question = "suggest"',
            "unknown_question",
        ),
        ("feedback.toml", "value = false", "value = 3", "condition"),
        ("feedback.toml", 'how = "="', 'how = "<"', "condition"),
        ("feedback.toml", 'kind = "yes-no"', 'kind = "single"', "options"),
        ("service-gap.toml", 'against = "speed-expected"', 'against = "x"', "unknown_question"),
        ("bundles.toml", '"csat", "nps"', '"csat", "csat"', "twice"),
        ("bundles.toml", '"nps"', '"nsp"', "unknown_survey"),
        ("bundles.toml", 'id = "general"', 'id = "nps"', "twice"),
    ],
)
def test_a_broken_survey_is_refused_by_name(tmp_path, file, old, new, problem):
    folder = tmp_path / "surveys"
    shutil.copytree(SURVEYS, folder)
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_surveys(folder)
    assert caught.value.params["problem"].key == f"rules.bad.{problem}"


def test_a_survey_without_questions_is_refused(tmp_path):
    (tmp_path / "bundles.toml").write_text("", encoding="utf-8")
    (tmp_path / "empty.toml").write_text(
        'id = "empty"\nversion = 1\ntitle = { zh = "空", en = "Empty" }\n', encoding="utf-8"
    )
    with pytest.raises(InputError, match="no_questions"):
        load_surveys(tmp_path)
