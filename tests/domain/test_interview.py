from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.surveys import surveys
from domain.answering import MISSING_KEYS
from domain.decision import GivenAnswer
from domain.errors import InputError
from domain.interview import ENTER, Interview
from domain.survey import Answer, Kind, Missing, survey_of

WORDS = {"zh": "问", "en": "ask"}
EVERY_KIND = survey_of(
    {
        "id": "all",
        "version": 3,
        "title": WORDS,
        "question": [
            {"id": "five", "kind": "1-5", "text": WORDS, "required": True},
            {"id": "seven", "kind": "1-7", "text": WORDS},
            {"id": "ten", "kind": "1-10", "text": WORDS},
            {"id": "eleven", "kind": "0-10", "text": WORDS},
            {"id": "yes", "kind": "yes-no", "text": WORDS},
            {
                "id": "one",
                "kind": "single",
                "text": WORDS,
                "option": [{"id": "a", "text": WORDS}, {"id": "b", "text": WORDS}],
                "show_if": {"question": "yes", "how": "=", "value": True},
            },
            {
                "id": "many",
                "kind": "multiple",
                "text": WORDS,
                "option": [{"id": one, "text": WORDS} for one in "xyz"],
                "show_if": {"question": "one", "how": "!=", "value": "b"},
            },
            {"id": "count", "kind": "number", "text": WORDS},
            {"id": "day", "kind": "date", "text": WORDS},
            {
                "id": "words",
                "kind": "text",
                "text": WORDS,
                "show_if": {"question": "ten", "how": "<=", "value": 6},
            },
        ],
    },
    "all.toml",
)


def at(question: str, interview: Interview | None = None) -> Interview:
    return (interview or Interview.begin([EVERY_KIND])).go_to(f"all/{question}")


@pytest.mark.parametrize(
    ("question", "key", "value"),
    [
        ("five", "5", 5),
        ("five", "6", None),
        ("five", "0", None),
        ("five", "t", None),
        ("seven", "7", 7),
        ("seven", "8", None),
        ("ten", "0", 10),
        ("ten", "t", 10),
        ("ten", "1", 1),
        ("eleven", "0", 0),
        ("eleven", "t", 10),
        ("eleven", "+", 10),
        ("yes", "1", True),
        ("yes", "2", False),
        ("yes", "3", None),
        ("words", "1", None),
        ("count", "1", None),
        ("ten", "n", None),
        ("ten", "", None),
        ("ten", "10", None),
        ("ten", "５", None),
    ],
)
def test_one_key_answers_a_scale(question, key, value):
    start = Interview.begin([EVERY_KIND]).answer("all/ten", 3) if question == "words" else None
    answered = at(question, start).answer_key(key)
    if value is None:
        assert answered is None
    else:
        assert answered is not None
        assert answered.answers[f"all/{question}"] == Answer(value)
        assert answered.at == f"all/{question}"


def test_a_satisfied_customer_takes_one_key_a_question_and_enter():
    interview = Interview.begin(surveys().bundle("delivery-3day"))
    for key in ("9", ENTER, "0", ENTER, "8", ENTER, "t", ENTER, "9", ENTER, "9", ENTER):
        after = interview.answer_key(key)
        assert after is not None
        interview = after
    assert interview.current is not None
    assert interview.current.ref == "csat/overall"
    assert [row.number for row in interview.rows()] == [9, 10, 8, 10, 9, 9]


def test_reasons_for_no_value_are_stored_apart():
    for key, missing in MISSING_KEYS.items():
        marked = at("five").answer_key(key)
        assert marked is not None
        assert marked.answers["all/five"] == Answer(None, missing)
        assert marked.rows() == (GivenAnswer("all", "3", "five", str(missing)),)
        assert marked.go_on().at == "all/seven"


def test_a_required_question_is_not_passed_in_silence():
    interview = Interview.begin([EVERY_KIND])
    assert [one.ref for one in interview.open_required] == ["all/five"]
    with pytest.raises(InputError, match="survey_required"):
        interview.answer_key(ENTER)


def test_conditions_show_and_hide_and_hidden_answers_do_not_count():
    interview = Interview.begin([EVERY_KIND])
    shown = [one.question.id for one in interview.questions]
    assert shown == ["five", "seven", "ten", "eleven", "yes", "count", "day"]
    interview = interview.answer("all/yes", value=True).answer("all/one", "a")
    interview = interview.answer("all/many", ["z", "x"])
    assert interview.answers["all/many"].value == ("x", "z")
    assert "all/many" in interview.counted
    changed = interview.answer("all/yes", value=False)
    assert not {"all/one", "all/many"} & set(changed.counted)
    assert changed.answer("all/yes", value=True).counted == interview.counted


def test_an_answer_that_hides_the_open_question_moves_to_the_next_shown():
    interview = Interview.begin([EVERY_KIND]).answer("all/yes", value=True).go_to("all/one")
    hidden = interview.answer("all/yes", value=False)
    assert hidden.current is not None
    assert hidden.current.ref == "all/count"


def test_several_options_are_toggled_and_none_left_is_no_answer():
    interview = Interview.begin([EVERY_KIND]).answer("all/yes", value=True).answer("all/one", "a")
    interview = interview.go_to("all/many")
    for key, chosen in (("3", ("z",)), ("1", ("x", "z")), ("3", ("x",))):
        after = interview.answer_key(key)
        assert after is not None
        interview = after
        assert interview.answers["all/many"].value == chosen
    none = interview.answer_key("1")
    assert none is not None
    assert "all/many" not in none.answers
    assert interview.answer_key("4") is None


@pytest.mark.parametrize(
    ("question", "text", "value"),
    [
        ("count", "１２．５", Decimal("12.5")),
        ("count", "-3", Decimal(-3)),
        ("day", "2026年11月3日", date(2026, 11, 3)),
        ("day", "2026/11/03", date(2026, 11, 3)),
        ("day", "20261103", date(2026, 11, 3)),
    ],
)
def test_typed_answers(question, text, value):
    assert at(question).answer_text(text).answers[f"all/{question}"].value == value


@pytest.mark.parametrize(
    ("question", "text"),
    [("count", "many"), ("count", "nan"), ("count", "1e99"), ("day", "2026-02-30"), ("day", "now")],
)
def test_typed_text_that_is_no_answer_is_refused(question, text):
    with pytest.raises(InputError, match="survey_value"):
        at(question).answer_text(text)


def test_empty_text_clears_and_going_back_stays_at_the_first():
    interview = at("count").answer_text("4").answer_text("  ")
    assert "all/count" not in interview.answers
    first = Interview.begin([EVERY_KIND])
    assert first.go_back().at == first.at
    last = at("day").go_on()
    assert (last.at, last.current) == ("", None)
    assert last.go_back().at == "all/day"
    with pytest.raises(InputError, match="survey_over"):
        last.answer_text("x")


@pytest.mark.parametrize(
    ("ref", "value"),
    [
        ("all/five", 6),
        ("all/five", True),
        ("all/five", "5"),
        ("all/five", 4.5),
        ("all/five", {"missing": "tired"}),
        ("all/five", {"missing": ["refused"]}),
        ("all/five", {"value": 3, "missing": "refused"}),
        ("all/one", "c"),
        ("all/many", ["x", "q"]),
        ("all/many", [{}]),
        ("all/many", []),
        ("all/words", None),
        ("all/count", float("inf")),
    ],
)
def test_plain_values_that_are_no_answers_are_refused_by_name(ref, value):
    with pytest.raises(InputError, match="survey_value") as caught:
        Interview.filled({ref: value}, [EVERY_KIND])
    assert caught.value.params["question"] == ref


def test_answers_from_the_command_line():
    interview = Interview.filled(
        {"nps/recommend": 9, "csat/overall": {"missing": "refused"}}, surveys()
    )
    assert interview.answers["nps/recommend"] == Answer(9)
    assert interview.answers["csat/overall"].missing is Missing.REFUSED
    with pytest.raises(InputError, match="survey_question_unknown"):
        Interview.filled({"nps/nothing": 9}, surveys())


def test_answers_of_another_version_are_carried_along_unscored():
    stored = Interview.begin([EVERY_KIND]).answer("all/five", 4).to_dict()
    newer = survey_of(
        {
            "id": "all",
            "version": 4,
            "title": WORDS,
            "question": [{"id": "five", "kind": "1-7", "text": WORDS}],
        },
        "all.toml",
    )
    resumed = Interview.from_dict(stored, [newer])
    assert not resumed.answers
    assert resumed.aside == {"all/five": {"value": 4}}
    assert resumed.to_dict()["aside"] == resumed.aside
    assert Interview.from_dict(resumed.to_dict(), [newer]) == resumed


def test_a_script_may_ask_from_a_survey_outside_the_bundle():
    interview = Interview.begin([]).also_ask(surveys()["nps"]).also_ask(surveys()["csat"])
    interview = interview.also_ask(surveys()["nps"]).go_to("csat/overall").answer("csat/overall", 5)
    assert [survey.id for survey in interview.surveys] == ["nps", "csat"]
    resumed = Interview.from_dict(interview.to_dict(), [], surveys())
    assert resumed == interview


def answers_for(kind: Kind) -> st.SearchStrategy[object]:
    return {
        Kind.SCALE_5: st.integers(1, 5),
        Kind.SCALE_7: st.integers(1, 7),
        Kind.SCALE_10: st.integers(1, 10),
        Kind.SCALE_11: st.integers(0, 10),
        Kind.YES_NO: st.booleans(),
        Kind.SINGLE: st.sampled_from("ab"),
        Kind.MULTIPLE: st.lists(st.sampled_from("xyz"), min_size=1),
        Kind.NUMBER: st.decimals(-999, 999, places=2),
        Kind.DATE: st.dates(),
        Kind.TEXT: st.text(min_size=1).filter(str.strip),
    }[kind]


@st.composite
def interviews(draw: st.DrawFn) -> Interview:
    interview = Interview.begin([EVERY_KIND])
    for question in EVERY_KIND.questions:
        ref = f"all/{question.id}"
        what = draw(st.integers(0, 2))
        if what == 1:
            interview = interview.answer(ref, draw(answers_for(question.kind)))
        elif what == 2:
            reason = draw(st.sampled_from(Missing))
            interview = interview.answer(ref, {"missing": str(reason)})
    return interview.go_to(draw(st.sampled_from([f"all/{q.id}" for q in EVERY_KIND.questions])))


@given(interviews())
def test_an_interview_survives_being_stored(interview):
    stored = json.loads(json.dumps(interview.to_dict()))
    assert Interview.from_dict(stored, [EVERY_KIND]) == interview


@given(interviews())
def test_only_questions_that_are_asked_are_stored_with_the_call(interview):
    shown = {one.question.id for one in interview.questions}
    rows = interview.rows()
    assert {row.question for row in rows} <= shown
    assert {f"all/{row.question}" for row in rows} == set(interview.counted)
    for row in rows:
        given_values = [row.number, row.text, row.choices]
        assert (row.status == "answered") == any(one is not None for one in given_values)


@given(interviews(), st.text(max_size=2))
def test_no_key_changes_more_than_the_open_question(interview, key):
    before = interview.current
    after = interview.answer_key(key)
    if after is not None and before is not None:
        changed = {
            ref
            for ref in {**interview.answers, **after.answers}
            if interview.answers.get(ref) != after.answers.get(ref)
        }
        assert changed <= {before.ref}
