from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.playbooks import load_shipped
from content.surveys import surveys
from domain.decision import GivenComplaint, GivenPromise
from domain.errors import InputError, RefusedError
from domain.walk import Result
from screens.call_draft import LIGHTS, CallDraft, is_low
from screens.grievance import Grievance

AT = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)


def begun(language: str = "zh") -> CallDraft:
    return CallDraft.begin(
        load_shipped(language), "delivery-3day", surveys().bundle("delivery-3day")
    )


def stored_and_read(draft: CallDraft, language: str = "zh") -> CallDraft:
    data = json.loads(json.dumps(draft.to_dict()))
    bundle = surveys().bundle("delivery-3day")
    return CallDraft.from_dict(data, load_shipped(language), "delivery-3day", bundle, surveys())


def at_question(draft: CallDraft, ref: str) -> CallDraft:
    for _ in range(60):
        if draft.question == ref:
            return draft
        asked = bool(draft.question)
        draft = press(draft, "5") if asked else draft.moved(draft.walk.choose(1))
    raise AssertionError(ref)


def press(draft: CallDraft, key: str) -> CallDraft:
    ref = draft.question
    after = draft.interview.go_to(ref).answer_key(key)
    assert after is not None
    return draft.answered(after, ref)


def test_a_question_of_the_script_is_open_at_once_and_one_key_goes_on() -> None:
    draft = at_question(begun(), "sales-index/delivery-process")
    step = draft.walk.step.id
    after = press(draft, "9")
    assert after.walk.step.id != step
    assert after.interview.answers["sales-index/delivery-process"].value == 9


def test_a_low_answer_stays_for_a_second_look_and_asks_for_recovery() -> None:
    draft = at_question(begun(), "sales-index/delivery-process")
    after = press(draft, "2")
    assert after.walk.step.id == draft.walk.step.id
    assert after.question == ""
    assert after.needs_recovery
    assert not after.aggrieved("grumble").needs_recovery
    noted = replace(after, grievance=Grievance("grumble", "等太久", department="workshop"))
    assert noted.recovery == "grumble"
    raised = noted.aggrieved("complaint")
    assert raised.grievance == Grievance("complaint", "等太久", department="workshop")
    assert raised.recovery == "case"
    skipped = replace(after, skipped_recovery="misheard")
    assert not skipped.needs_recovery
    decision = skipped.decision("u1", "completed")
    assert (decision.recovery, decision.recovery_reason) == ("skipped", "misheard")


def test_a_reason_that_nobody_needs_is_not_stored() -> None:
    happy = replace(begun().lit("green"), skipped_recovery="the light was red for a moment")
    decision = happy.decision("u1", "completed")
    assert (decision.recovery, decision.recovery_reason) == (None, None)


def test_a_complaint_that_turns_out_a_grumble_loses_what_only_a_case_has() -> None:
    case = Grievance("complaint", "等太久", "response_time", "regulator")
    assert case.weighing("grumble") == Grievance("grumble", "等太久")
    assert Grievance.from_dict({"weight": "grumble", "description": "x"}) == Grievance(
        "grumble", "x"
    )
    with pytest.raises(ValueError, match="sky"):
        Grievance.from_dict({"weight": "grumble", "description": "x", "level": "sky"})


def test_a_red_light_asks_for_recovery_until_it_turns() -> None:
    red = begun().lit("red")
    assert red.needs_recovery
    assert not red.lit("green").needs_recovery
    assert (red.lit("green").mood_start, red.lit("green").mood_end) == ("red", "green")


def test_the_decision_carries_everything_that_was_brought() -> None:
    draft = at_question(begun(), "sales-index/delivery-process")
    draft = press(draft, "9").lit("green").flagged("praise")
    draft = draft.promised(GivenPromise("回电", AT))
    draft = replace(draft, grievance=Grievance("complaint", "漆面划痕", "product_quality"))
    draft = replace(draft, note="  4S店很好。 ", walk=draft.walk.mark(Result.WORKED))
    decision = draft.decision("u1", "completed", next_at=AT)
    assert decision.note == "4S店很好。"
    assert [answer.question for answer in decision.answers] == ["delivery-process"]
    assert [(one.metric, one.value) for one in decision.scores] == [("sales_index", 900.0)]
    assert decision.uses[-1].result == "worked"
    assert decision.promises[0].due_at == AT
    assert decision.complaint is not None
    assert decision.complaint == GivenComplaint("complaint", "漆面划痕", "product_quality")
    assert decision.flags == ("praise",)
    assert decision.fingerprint(1) == draft.decision("u1", "completed", next_at=AT).fingerprint(1)


moves = st.lists(
    st.one_of(
        st.tuples(st.just("choose"), st.integers(1, 9)),
        st.tuples(st.just("answer"), st.sampled_from("1234567890t-*#")),
        st.tuples(st.just("light"), st.sampled_from(LIGHTS)),
        st.tuples(st.just("note"), st.text(max_size=20)),
        st.tuples(st.just("wish"), st.text(min_size=1, max_size=9)),
        st.tuples(st.just("promise"), st.text(min_size=1, max_size=9)),
        st.tuples(st.just("flag"), st.just("praise")),
        st.tuples(st.just("objection"), st.just("no-time")),
        st.tuples(st.just("back"), st.just(0)),
    ),
    max_size=40,
)


def made(draft: CallDraft, what: str, detail: object) -> CallDraft:
    match what, detail:
        case "choose", int(number):
            return draft.moved(draft.walk.choose(number))
        case "answer", str(key) if draft.question:
            after = draft.interview.go_to(draft.question).answer_key(key)
            return draft if after is None else draft.answered(after, draft.question)
        case "light", "red" | "yellow" | "green" as light:
            return draft.lit(light)
        case "note", str(text):
            return replace(draft, note=text)
        case "wish", str(text):
            return replace(draft, talk=draft.talk.hear(text))
        case "promise", str(text):
            return draft.promised(GivenPromise(text, AT))
        case "flag", str(flag):
            return draft.flagged(flag)
        case "objection", str(name):
            return draft.moved(draft.walk.open_objection(name))
        case "back", _:
            return draft.moved(draft.walk.back())
    return draft


@given(moves)
def test_any_call_is_kept_and_read_back_whole(done: list[tuple[str, object]]) -> None:
    draft = begun()
    for what, detail in done:
        try:
            draft = made(draft, what, detail)
        except (RefusedError, InputError):
            continue
    again = stored_and_read(draft)
    assert again == draft
    assert again.decision("u", "completed") == draft.decision("u", "completed")


def test_the_language_can_change_in_mid_call() -> None:
    draft = press(at_question(begun(), "sales-index/delivery-process"), "9")
    english = draft.in_language(load_shipped("en"))
    assert english.walk.step.id == draft.walk.step.id
    assert english.walk.step.title != draft.walk.step.title
    assert english.interview == draft.interview


@pytest.mark.parametrize("broken", [{"walk": 1}, {"walk": {}}, {"note": "x"}])
def test_a_broken_draft_is_said_not_guessed(broken: dict[str, object]) -> None:
    with pytest.raises(InputError):
        CallDraft.from_dict(broken, load_shipped("zh"), "delivery-3day", (), surveys())


def test_missing_answers_are_never_low() -> None:
    draft = at_question(begun(), "sales-index/delivery-process")
    assert not is_low(draft.interview, draft.question)
    assert not press(draft, "-").needs_recovery
