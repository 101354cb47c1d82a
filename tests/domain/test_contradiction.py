"""What a new word about a wish takes back of what was told before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.contradiction import Contradiction, NewWord, WishWord, contradicted, same_wish

T = datetime(2026, 11, 20, 6, tzinfo=UTC)
REFUND = "全额退款"


def word(hours: int, state: str = "open", **more: object) -> WishWord:
    return WishWord(T + timedelta(hours=hours), state, call_id=hours, **more)  # type: ignore[arg-type]


ACCEPTED = word(1, "accepted", offer="免费检修", possible=False, reason="已过三包期")
STANDING = word(1, "open", offer="免费检修")
REFUSED = word(1, "refused", offer="免费检修")
SHELVED = word(1, "shelved", answer_by=T + timedelta(days=2))


@pytest.mark.parametrize(
    ("new", "words", "kinds"),
    [
        (NewWord(REFUND, offer="打八折"), [ACCEPTED], [Contradiction.ACCEPTED_OFFER]),
        (NewWord(REFUND, offer="打八折"), [STANDING], [Contradiction.STANDING_OFFER]),
        (NewWord(REFUND, offer="打八折"), [REFUSED], []),
        (NewWord(REFUND, offer="免费 检修。"), [ACCEPTED], []),
        (NewWord(REFUND, impossible=True), [ACCEPTED], [Contradiction.ACCEPTED_OFFER]),
        (
            NewWord(REFUND, impossible=True),
            [word(1, possible=True, offer=REFUND)],
            [Contradiction.STANDING_OFFER, Contradiction.SAID_POSSIBLE],
        ),
        (
            NewWord(REFUND, offer=REFUND),
            [word(1, possible=False, reason="已过三包期")],
            [Contradiction.SAID_IMPOSSIBLE],
        ),
        (NewWord(REFUND, offer="打八折"), [word(1, possible=False, reason="已过三包期")], []),
        (
            NewWord(REFUND, answer_by=T + timedelta(days=3)),
            [SHELVED],
            [Contradiction.LATER_ANSWER],
        ),
        (NewWord(REFUND, answer_by=T + timedelta(days=1)), [SHELVED], []),
        (NewWord(REFUND, offer="打八折"), [], []),
    ],
)
def test_what_goes_against_what(
    new: NewWord, words: list[WishWord], kinds: list[Contradiction]
) -> None:
    assert [kind for kind, _ in contradicted(new, words)] == kinds


def test_the_latest_word_counts_and_its_call_is_named() -> None:
    words = [word(3, "open", offer="换新"), ACCEPTED, word(2, "refused", offer="打折")]
    ((kind, earlier),) = contradicted(NewWord(REFUND, offer="打八折"), words)
    assert (kind, earlier.call_id) == (Contradiction.STANDING_OFFER, 3)


@given(
    st.lists(
        st.builds(
            WishWord,
            st.integers(0, 50).map(lambda hours: T + timedelta(hours=hours)),
            st.sampled_from(["open", "accepted", "shelved", "refused"]),
            possible=st.sampled_from([None, True, False]),
            offer=st.sampled_from([None, "a", "b"]),
        ),
        unique_by=lambda one: one.at,
    )
)
def test_saying_the_last_offer_again_never_takes_an_offer_back(words: list[WishWord]) -> None:
    last = next((one for one in sorted(words, key=lambda w: w.at, reverse=True) if one.offer), None)
    if last is not None:
        kinds = {kind for kind, _ in contradicted(NewWord("c", offer=last.offer), words)}
        assert not kinds & {Contradiction.ACCEPTED_OFFER, Contradiction.STANDING_OFFER}


def test_width_case_and_punctuation_make_no_other_wish() -> None:
    assert same_wish("Full refund!", "ｆｕｌｌ　ｒｅｆｕｎｄ")
    assert not same_wish("full refund", "half refund")
