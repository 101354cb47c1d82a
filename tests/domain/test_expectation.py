"""Nothing is refused before all was asked; one wish is shelved and the rest kept."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import DeskError, InputError, RefusedError
from domain.expectation import AGREEMENT, RUNGS, SHELVING, Talk, Verdict

FRIDAY = datetime(2026, 11, 27, 9, tzinfo=UTC)


def heard(*wishes: str) -> Talk:
    talk = Talk().tick("wishes")
    for wish in wishes:
        talk = talk.hear(wish)
    return talk


def test_nothing_is_refused_or_offered_before_all_wishes_were_asked_for() -> None:
    talk = Talk().hear("a new car")
    with pytest.raises(RefusedError, match="expectation_ask_first"):
        talk.judge(0, possible=False, reason="…")
    with pytest.raises(RefusedError, match="expectation_ask_first"):
        talk.offer(0, "a loan car")
    assert talk.judge(0, possible=True).wishes[0].possible is True


def test_a_refusal_needs_its_reason() -> None:
    with pytest.raises(RefusedError, match="expectation_reason_missing"):
        heard("a refund").judge(0, possible=False, reason=" ")
    wish = heard("a refund").judge(0, possible=False, reason="used for a year").wishes[0]
    assert (wish.possible, wish.reason) == (False, "used for a year")


def test_second_best_accepted_and_one_wish_shelved_is_an_agreement() -> None:
    talk = heard("a refund", "an apology", "a loan car").rank([2, 0, 1])
    assert [wish.text for wish in talk.wishes] == ["a loan car", "a refund", "an apology"]
    talk = talk.offer(0, "a loan car from Monday").accept(0)
    talk = talk.offer(2, "a letter from the manager").accept(2)
    assert talk.agreement is None
    talk = talk.shelve(1, FRIDAY)
    agreed = talk.agreement
    assert agreed is not None
    assert [wish.text for wish in agreed.accepted] == ["a loan car", "an apology"]
    assert [(wish.text, wish.answer_by) for wish in agreed.shelved] == [("a refund", FRIDAY)]
    assert talk.next_rung == AGREEMENT


def test_the_ladder_is_climbed_rung_by_rung() -> None:
    talk = Talk()
    assert talk.next_rung == "wishes"
    talk = heard("a refund")
    for rung in RUNGS[1:]:
        assert talk.next_rung == rung
        talk = talk.tick(rung)
    assert talk.next_rung == SHELVING
    offered = heard("a refund").offer(0, "a voucher")
    assert offered.next_rung == AGREEMENT
    assert offered.refuse(0).next_rung == "frame"


def test_an_answer_needs_an_offer() -> None:
    with pytest.raises(RefusedError, match="expectation_no_offer"):
        heard("a refund").accept(0)
    with pytest.raises(RefusedError, match="expectation_no_offer"):
        heard("a refund").refuse(0)


def test_nothing_agreed_where_everything_was_put_aside() -> None:
    assert heard("a refund").shelve(0, FRIDAY).agreement is None
    assert Talk().agreement is None


@pytest.mark.parametrize(
    ("code", "wrong"),
    [
        ("expectation_wish_empty", lambda talk: talk.hear(" ")),
        ("expectation_offer_empty", lambda talk: talk.offer(0, "")),
        ("expectation_order", lambda talk: talk.rank([0])),
        ("expectation_order", lambda talk: talk.rank([0, 0])),
        ("expectation_rung", lambda talk: talk.tick("roof")),
        ("expectation_no_wish", lambda talk: talk.judge(2, possible=True)),
        ("expectation_no_wish", lambda talk: talk.shelve(-1, FRIDAY)),
    ],
)
def test_what_makes_no_sense_is_refused(code: str, wrong) -> None:
    with pytest.raises(DeskError, match=code):
        wrong(heard("a refund", "an apology"))


def test_a_date_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="2026"):
        heard("a refund").shelve(0, FRIDAY.replace(tzinfo=None))


MOVES = {
    "h": lambda talk, number: talk.hear(f"wish {number}"),
    "r": lambda talk, _: talk.rank(range(len(talk.wishes))[::-1]),
    "t": lambda talk, number: talk.tick(RUNGS[number]),
    "j": lambda talk, number: talk.judge(number, possible=bool(number % 2), reason="because"),
    "o": lambda talk, number: talk.offer(number, "something else"),
    "a": lambda talk, number: talk.accept(number),
    "s": lambda talk, number: talk.shelve(number, FRIDAY),
    "x": lambda talk, number: talk.refuse(number),
}


@given(st.lists(st.tuples(st.sampled_from("hrtjoasx"), st.integers(0, 5)), max_size=30))
def test_any_talk_survives_its_draft(moves: list[tuple[str, int]]) -> None:
    talk = Talk()
    for kind, number in moves:
        with suppress(DeskError):
            talk = MOVES[kind](talk, number)
    assert Talk.from_dict(json.loads(json.dumps(talk.to_dict()))) == talk
    assert talk.next_rung in (*RUNGS, AGREEMENT, SHELVING)
    settled = [wish.verdict in (Verdict.ACCEPTED, Verdict.SHELVED) for wish in talk.wishes]
    assert talk.agreement is None or all(settled)


@pytest.mark.parametrize(
    "change",
    [{"rungs": ["roof"]}, {"wishes": [{}]}, {"wishes": None}, {"rungs": None}],
)
def test_a_broken_draft_is_refused(change: dict[str, object]) -> None:
    stored = {**heard("a refund").shelve(0, FRIDAY).to_dict(), **change}
    with pytest.raises(InputError, match="script_draft_broken"):
        Talk.from_dict(stored)
    naive = heard("a refund").shelve(0, FRIDAY).to_dict()
    naive["wishes"][0]["answer_by"] = "2026-11-27T09:00:00"
    with pytest.raises(InputError, match="script_draft_broken"):
        Talk.from_dict(naive)
