"""What is told of wordings: counted once, by what was decided, and only to whom it concerns."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from db import phrases
from db.checks import resolve_called
from db.claiming import Taken
from db.customer_erase import erase
from db.decision_record import decision_in_force
from db.finish import finish
from db.phrases import MoodChange, phrase_report, tallies
from db.queue import claim_next
from db.seats import close_seat
from db.tables import audit, call_step, topic
from db.undo import amend, undo
from domain.decision import Decision, GivenUse
from domain.errors import RefusedError
from domain.permissions import Actor
from domain.phrases import Tally
from tests.databases import Desk

NO_TIME = ("objection", "objections")


def use(
    wording: str,
    result: str | None = None,
    *,
    variant: int = 0,
    version: str = "v1",
    language: str = "zh",
    step: str = "no-time",
) -> GivenUse:
    return GivenUse(*NO_TIME, version, step, variant, language, result, wording, variant + 1)


def ended(
    desk: Desk, actor: Actor, *uses: GivenUse, tier: str | None = None, **fields: Any
) -> tuple[Taken, Decision]:
    desk.callback(desk.person("王芳", tier=tier))
    taken = claim_next(desk.database, actor).taken
    assert taken is not None
    decision = Decision(str(uuid.uuid4()), "completed", uses=uses, **fields)
    finish(desk.database, actor, taken.call_id, taken.fence, decision)
    return taken, decision


def test_a_use_is_stored_with_wording_place_and_tier(desk: Desk) -> None:
    actor = desk.seat("ann").actor
    advice = GivenUse("step", "general", "v1", "check", None, "zh")
    ended(desk, actor, use("aa", "worked", variant=2), advice, tier="key")
    found = desk.rows(sa.select(call_step.c.details).order_by(call_step.c.id))
    assert [row["details"] for row in found] == [
        {"wording": "aa", "shown": 3, "tier": "key"},
        {"wording": "", "shown": None, "tier": "key"},
    ]


def test_tallies_are_over_all_versions_by_language_and_kind(desk: Desk) -> None:
    actor = desk.seat("ann").actor
    ended(desk, actor, use("aa", "worked"), use("bb"), use("cc", "failed", language="en"))
    ended(desk, actor, use("aa", "failed", version="v2", variant=1), use("aa"))
    chinese = {("objection", "aa"): Tally(1, 1, 3), ("objection", "bb"): Tally(0, 0, 1)}
    assert tallies(desk.database, actor, "zh") == chinese
    everything = {**chinese, ("objection", "cc"): Tally(0, 1, 1)}
    assert tallies(desk.database, actor) == everything


def test_a_call_that_is_opened_again_knows_what_it_knew_first(desk: Desk) -> None:
    actor = desk.seat("ann").actor
    ended(desk, actor, use("aa", "worked"))
    desk.clock.advance(minutes=1)
    began = desk.clock.now
    ended(desk, actor, use("aa", "failed"))
    known = phrases.known_phrases(desk.database, actor, began)
    assert known.learning
    assert known.tallies == {("objection", "aa"): Tally(1, 0, 1)}


def test_only_the_newest_uses_decide_the_order(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    actor = desk.seat("ann").actor
    ended(desk, actor, use("aa", "worked"), use("aa", "worked"), use("aa", "failed"))
    monkeypatch.setattr(phrases, "NEWEST", 2)
    assert tallies(desk.database, actor) == {("objection", "aa"): Tally(1, 1, 2)}
    (told,) = phrase_report(desk.database, actor)
    assert told.tally == Tally(2, 1, 3)


def test_what_was_undone_or_amended_does_not_count(desk: Desk) -> None:
    actor = desk.seat("ann").actor
    start = desk.clock.now - timedelta(hours=4)
    taken, first = ended(desk, actor, use("aa", "worked"))
    better = Decision(
        str(uuid.uuid4()),
        "completed",
        uses=decision_in_force(desk.database, actor, taken.call_id).uses,
        note="again",
    )
    amend(desk.database, actor, first.uuid, better, since=start)
    assert better.uses == first.uses
    assert tallies(desk.database, actor) == {("objection", "aa"): Tally(1, 0, 1)}
    again = undo(desk.database, actor, better.uuid, str(uuid.uuid4()))
    assert tallies(desk.database, actor) == {}
    assert phrase_report(desk.database, actor) == ()
    last = Decision(str(uuid.uuid4()), "completed", uses=(use("aa", "failed"),))
    finish(desk.database, actor, again.call_id, again.fence, last)
    assert tallies(desk.database, actor) == {("objection", "aa"): Tally(0, 1, 1)}


def test_what_a_late_outcome_tells_too_counts_once(desk: Desk) -> None:
    actor = desk.seat(desk.operator("bea").login).actor
    made = desk.callback(desk.person("王芳"))
    taken = claim_next(desk.database, actor).taken
    assert taken is not None
    close_seat(desk.database, actor)
    known = Decision(str(uuid.uuid4()), "completed", uses=(use("aa"),))
    resolve_called(desk.database, desk.actor, made, known)
    back = desk.seat(actor.login).actor
    late = Decision(str(uuid.uuid4()), "completed", uses=(use("aa"), use("bb", variant=1)))
    assert finish(desk.database, back, taken.call_id, taken.fence, late).late
    once = {("objection", "aa"): Tally(0, 0, 1), ("objection", "bb"): Tally(0, 0, 1)}
    assert tallies(desk.database, actor) == once
    assert [told.tally.shown for told in phrase_report(desk.database, desk.actor)] == [1, 1]


def test_the_report_tells_of_each_wording_by_tier_and_mood(desk: Desk) -> None:
    actor = desk.seat("ann").actor
    ended(
        desk, actor, use("aa", "worked"), use("bb", variant=1),
        tier="key", mood_start="red", mood_end="green",
    )  # fmt: skip
    desk.clock.advance(minutes=1)
    ended(
        desk, actor, use("aa", "failed", version="v2", variant=1),
        mood_start="green", mood_end="yellow",
    )  # fmt: skip
    ended(desk, actor, use("aa", "worked", version="v2", variant=1), tier="key", mood_start="red")
    first, second = phrase_report(desk.database, actor)
    assert (first.kind, first.playbook, first.step, first.language) == (*NO_TIME, "no-time", "zh")
    assert (first.wording, first.variant, first.versions) == ("aa", 1, ("v2", "v1"))
    assert first.tally == Tally(2, 1, 3)
    assert first.mood == MoodChange(better=1, worse=1)
    assert first.tiers == {"key": Tally(2, 0, 2), "unknown": Tally(0, 1, 1)}
    share = first.tally.share
    assert share.interval is not None
    assert (share.n, round(share.value or 0)) == (3, 67)
    assert (second.wording, second.tally.shown, second.tally.share.value) == ("bb", 1, None)


def test_the_report_is_narrowed_by_time_book_step_tier_and_language(desk: Desk) -> None:
    actor = desk.seat("ann").actor
    ended(desk, actor, use("aa", "worked"), use("dd", step="price"), tier="key")
    desk.clock.advance(days=1)
    noon = desk.clock.now
    ended(desk, actor, use("aa", "worked"), use("cc", language="en"))

    def told(**fields: Any) -> dict[str, int]:
        found = phrase_report(desk.database, actor, **fields)
        return {one.wording: one.tally.shown for one in found}

    assert told() == {"aa": 2, "cc": 1, "dd": 1}
    assert told(since=noon) == {"aa": 1, "cc": 1}
    assert told(until=noon) == {"aa": 1, "dd": 1}
    assert told(tier="key") == {"aa": 1, "dd": 1}
    assert told(tier="unknown") == {"aa": 1, "cc": 1}
    assert told(step="price", playbook="objections") == {"dd": 1}
    assert told(language="en") == {"cc": 1}
    assert told(playbook="general") == {}


def test_calls_of_an_earlier_program_are_told_by_version_and_index(desk: Desk) -> None:
    actor = desk.seat("ann").actor
    ended(desk, actor, use("", "worked"), use("", "failed", variant=1), use("", version="v2"))
    assert tallies(desk.database, actor) == {}
    told = [(one.versions, one.variant, one.tally) for one in phrase_report(desk.database, actor)]
    assert sorted(told) == [
        (("v1",), 0, Tally(1, 0, 1)),
        (("v1",), 1, Tally(0, 1, 1)),
        (("v2",), 0, Tally(0, 0, 1)),
    ]


def test_figures_outlive_an_erased_customer(desk: Desk) -> None:
    actor = desk.seat("ann").actor
    person = desk.person("王芳", tier="key")
    desk.callback(person)
    taken = claim_next(desk.database, actor).taken
    assert taken is not None
    decision = Decision(str(uuid.uuid4()), "completed", uses=(use("aa", "worked"),))
    finish(desk.database, actor, taken.call_id, taken.fence, decision)
    before = phrase_report(desk.database, actor)
    erase(desk.database, actor, person, reason="request")
    assert phrase_report(desk.database, actor) == before


def test_a_lead_reads_the_report_and_turns_the_switch_and_an_operator_the_tallies(
    desk: Desk,
) -> None:
    lead, operator = desk.operator("li", "lead"), desk.operator("wu")
    assert phrase_report(desk.database, lead) == ()
    assert tallies(desk.database, operator) == {}
    for refused in (
        lambda: phrase_report(desk.database, operator),
        lambda: phrases.set_learning(desk.database, operator, on=False),
    ):
        with pytest.raises(RefusedError, match="not_allowed"):
            refused()
    assert phrases.learning(desk.database, operator)


def test_the_switch_is_kept_told_and_audited_once(desk: Desk) -> None:
    lead = desk.operator("li", "lead")

    def audited() -> list[dict[str, str]]:
        query = sa.select(audit.c.details).where(audit.c.action == "phrases_learning")
        return [row["details"] for row in desk.rows(query.order_by(audit.c.id))]

    for on in (True, False, False):
        phrases.set_learning(desk.database, lead, on=on)
    assert not phrases.learning(desk.database, lead)
    assert not phrases.known_phrases(desk.database, lead, desk.clock.now).learning
    phrases.set_learning(desk.database, lead, on=True)
    assert phrases.learning(desk.database, lead)
    assert audited() == [{"learning": "off"}, {"learning": "on"}]
    if desk.database.embedded:
        assert "content" in {row["name"] for row in desk.rows(sa.select(topic.c.name))}
