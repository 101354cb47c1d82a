"""Who may do what with a case, what comes next, and the steps that fill themselves."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from content.complaints import case_rules
from domain.case import (
    LEVELS,
    Act,
    CaseState,
    Level,
    Status,
    Weight,
    acts_allowed,
    refusal,
    require_act,
)
from domain.case_next import Coming, NextKind, next_action
from domain.case_steps import steps_done
from domain.errors import RefusedError
from domain.permissions import Actor, Role

NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)
HOUR = timedelta(hours=1)
OWNER, OTHER, LEAD = (
    Actor(1, "ann", "Ann", Role.OPERATOR),
    Actor(2, "bo", "Bo", Role.OPERATOR),
    Actor(3, "cy", "Cy", Role.LEAD),
)
CASE = CaseState(Weight.COMPLAINT, Level.LOCAL, Status.OPEN, OWNER.operator_id)
RESOLVED = replace(CASE, resolved=True, handlers=frozenset([1]))


def code(act: Act, case: CaseState, actor: Actor) -> str | None:
    error = refusal(act, case, actor)
    return None if error is None else error.code


def test_an_operator_never_closes_anothers_regulator_case() -> None:
    done = replace(RESOLVED, level=Level.REGULATOR, verdict="satisfied", verdict_closes=True)
    assert code(Act.CLOSE, done, OTHER) == "case_regulator_not_yours"
    assert code(Act.CLOSE, done, OWNER) is None
    assert code(Act.CLOSE, done, LEAD) is None
    with pytest.raises(RefusedError):
        require_act(Act.CLOSE, done, OTHER)


def test_the_handler_does_not_ask_for_the_verdict_unless_alone() -> None:
    assert code(Act.VERDICT, CASE, OTHER) == "case_no_resolution"
    assert code(Act.VERDICT, RESOLVED, OWNER) == "case_verdict_by_handler"
    assert code(Act.VERDICT, RESOLVED, OTHER) is None
    assert code(Act.VERDICT, replace(RESOLVED, alone=True), OWNER) is None


def test_closing_without_a_verdict_needs_three_tries_and_against_it_a_lead() -> None:
    for tries in range(3):
        assert code(Act.CLOSE, replace(RESOLVED, tries=tries), OWNER) == "case_verdict_missing"
    assert code(Act.CLOSE, replace(RESOLVED, tries=3), OWNER) is None
    against = replace(RESOLVED, verdict="dissatisfied")
    assert code(Act.CLOSE, against, OWNER) == "case_verdict_against"
    assert code(Act.CLOSE, against, LEAD) is None


def test_a_grumble_asks_for_no_steps_of_a_case() -> None:
    grumble = replace(RESOLVED, weight=Weight.GRUMBLE)
    assert code(Act.CLOSE, grumble, OWNER) is None
    assert code(Act.ESCALATE, grumble, OWNER) == "case_grumble"
    assert code(Act.RAISE, grumble, OWNER) is None
    assert code(Act.RAISE, CASE, OWNER) == "case_no_grumble"


def test_only_the_one_who_was_asked_answers_an_offer() -> None:
    offered = replace(CASE, handover_to=OTHER.operator_id)
    assert code(Act.ANSWER_HANDOVER, offered, OTHER) is None
    assert code(Act.ANSWER_HANDOVER, offered, LEAD) == "case_not_offered"
    assert code(Act.CHANGE, offered, OTHER) == "case_not_yours"
    assert code(Act.WITHDRAW_HANDOVER, CASE, OWNER) == "case_offer_none"


def test_a_closed_case_can_be_read_reviewed_and_reopened_and_a_withdrawn_one_nothing() -> None:
    closed = replace(RESOLVED, status=Status.CLOSED)
    assert acts_allowed(closed, OWNER) == {Act.NOTE, Act.REVIEW, Act.REOPEN}
    assert acts_allowed(replace(CASE, status=Status.WITHDRAWN), LEAD) == frozenset()
    assert code(Act.REOPEN, CASE, OWNER) == "case_not_closed"


def test_levels_have_a_top_and_a_bottom() -> None:
    assert code(Act.DEESCALATE, CASE, OWNER) == "case_level_lowest"
    top = replace(CASE, level=LEVELS[-1])
    assert code(Act.ESCALATE, top, OWNER) == "case_level_highest"


def following(case: CaseState, **coming: Coming):
    lists = {
        name: [coming[name]] if name in coming else [] for name in ("calls", "timers", "slips")
    }
    return next_action(case, case_rules().course, now=NOW, changed_at=NOW, **lists)


def test_an_open_case_always_has_a_next_action_with_a_time() -> None:
    call, limit = Coming(NOW + HOUR, 1), Coming(NOW - HOUR)
    assert following(CASE, calls=call).kind is NextKind.CALL
    first = following(CASE, calls=call, timers=limit)
    assert (first.kind, first.overdue, first.reachable) == (NextKind.TIMER, True, True)
    looked = following(CASE)
    assert (looked.kind, looked.reachable) == (NextKind.LOOK, False)
    assert looked.by > NOW
    assert following(RESOLVED, calls=call).kind is NextKind.VERDICT
    assert following(replace(RESOLVED, tries=3), calls=call).kind is NextKind.CLOSE
    assert following(replace(RESOLVED, verdict="dissatisfied"), calls=call).kind is NextKind.CALL
    assert following(replace(RESOLVED, status=Status.CLOSED)) is None


def test_steps_are_ticked_off_by_what_happened_first() -> None:
    rules = case_rules().steps
    assert not any(step.done for step in steps_done(rules, {}))
    done = steps_done(rules, {"contact": NOW, "wishes": NOW + HOUR, "complaint/calm": NOW})
    assert [(one.code, one.by) for one in done if one.done] == [
        ("rapport", "contact"),
        ("listen", "complaint/calm"),
    ]
