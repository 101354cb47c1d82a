from __future__ import annotations

import re

import pytest

from content.outcomes import load_outcomes, outcomes
from content.translations import LANGUAGES, say, translate
from domain.errors import InputError
from domain.outcome import OutcomeType

GOOD = """
[[outcome]]
code = "done"
key = "1"
name = { zh = "完成", en = "Done" }
type = "final"
next = { then = "done" }
"""


def test_every_key_is_one_key_and_frequent_endings_need_no_letter():
    for outcome in outcomes():
        if outcome.by_rule:
            continue
        assert re.fullmatch(r"[0-9a-z]", outcome.key)
        assert re.fullmatch(r"|[^a-z]|f([2-9]|12)", outcome.other_key)
    assert outcomes().by_key("z") is outcomes()["no-answer"] is outcomes().by_key("0")
    assert outcomes().by_key("") is None
    assert outcomes().by_key("Z") is None


def test_codes_of_the_standard_are_well_formed_and_completions_are_interviews():
    for outcome in outcomes():
        assert re.fullmatch(r"|[1-4]\.\d{1,3}", outcome.aapor)
        if outcome.kind is OutcomeType.REFUSAL:
            assert outcome.aapor == "2.112"
    assert outcomes()["completed"].aapor == "1.1"
    codes = {one.aapor for one in outcomes()} | {one.aapor_contacted for one in outcomes()}
    assert all(outcomes().standard.knows(code) for code in codes - {""})


def test_a_code_is_shown_with_its_meaning_or_as_not_checked():
    table = outcomes()
    assert say("en", table.said("voicemail-message")) == (
        "Voicemail, message left · AAPOR 2.222, answering device, message left"
        " (checked against the code list of the 9th edition, 2016, as transcribed)"
    )
    assert say("zh", table.said("no-answer")).endswith(
        "AAPOR 3.13，无人接听（已核对：2016 年第 9 版代码表（转录本））"
    )
    assert say("en", table.said("praise")) == "Praise"
    assert say("en", table.standard.said("2.99")) == "AAPOR 2.99 (not checked)"


def test_flags_are_no_endings():
    assert [flag.code for flag in outcomes().flags] == ["grumble", "complaint", "praise"]
    assert not set(outcomes().flags) & set(outcomes().endings)
    with pytest.raises(InputError, match="outcome_no_flag"):
        outcomes().flag("busy")
    with pytest.raises(InputError, match="outcome_unknown"):
        outcomes().ending("nonsense")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (GOOD + GOOD, "twice"),
        (GOOD.replace('"final"', '"finla"'), "choice"),
        (GOOD.replace("key =", "keys ="), "missing_field"),
        (GOOD + "contected = true\n", "unknown_field"),
        (GOOD.replace(', en = "Done"', ""), "missing_field"),
        (GOOD.replace('then = "done"', "times = 2"), "times_without_otherwise"),
        (GOOD.replace('then = "done"', "minutes = -1"), "whole"),
        (GOOD.replace("[[outcome]]", "[outcome"), "toml"),
        ("outcome = 3", "tables"),
        ("outcome = [3]", "not_a_table"),
    ],
)
def test_a_broken_file_is_named_with_what_is_wrong(tmp_path, text, problem):
    path = tmp_path / "outcomes.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_outcomes(path)
    assert caught.value.params["problem"].key == f"rules.bad.{problem}"
    for language in LANGUAGES:
        assert "outcomes.toml" in translate(language, caught.value.title_key, **caught.value.params)


def test_a_missing_and_a_binary_file_are_said(tmp_path):
    path = tmp_path / "outcomes.toml"
    with pytest.raises(InputError, match="no_file"):
        load_outcomes(path)
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="not_utf8"):
        load_outcomes(path)


def test_an_outcome_that_the_rules_have_no_more_is_told_by_its_code() -> None:
    table = outcomes()
    assert table.name_of("completed") == table["completed"].name
    assert table.name_of("own-ending").en == "own-ending"
