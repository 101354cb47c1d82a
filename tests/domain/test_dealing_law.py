"""Dealing out: fair within one person, weights, languages and people to be avoided respected."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from domain.deal_out import DealMode, DealWhy, Hand, Share, Work, counts_of, deal_out

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def work(number: int, person: int | None = None, **fields: object) -> Work:
    return Work(number, person or number, 5, NOON + timedelta(minutes=number), **fields)  # type: ignore[arg-type]


def hand(number: int, *speaks: str, weight: int = 100) -> Hand:
    return Hand(number, frozenset(speaks or ("zh",)), weight)


works = st.lists(
    st.builds(
        Work,
        id=st.just(0),
        person_id=st.integers(1, 12),
        band=st.integers(0, 9),
        due_at=st.integers(0, 500).map(lambda n: NOON + timedelta(minutes=n)),
        owner_id=st.one_of(st.none(), st.integers(1, 8)),
        avoid_id=st.one_of(st.none(), st.integers(1, 6)),
        language=st.sampled_from(["", "zh", "yue", "en"]),
    ),
    max_size=40,
).map(lambda found: [Work(n, *_rest(one)) for n, one in enumerate(found, 1)])
hands = st.lists(
    st.builds(
        Hand,
        operator_id=st.integers(1, 6),
        speaks=st.frozensets(st.sampled_from(["zh", "yue", "en"]), min_size=1),
        weight=st.integers(1, 300),
    ),
    max_size=6,
    unique_by=lambda one: one.operator_id,
)
modes = st.sampled_from(DealMode)


def _rest(one: Work) -> tuple[object, ...]:
    return one.person_id, one.band, one.due_at, one.owner_id, one.avoid_id, one.language


@given(works, hands, modes)
def test_every_callback_has_exactly_one_lawful_share(
    works: list[Work], hands: list[Hand], mode: DealMode
) -> None:
    shares = deal_out(works, hands, mode)
    assert sorted(one.work.id for one in shares) == [one.id for one in works]
    assert deal_out(list(reversed(works)), hands, mode) == shares
    known = {one.operator_id: one for one in hands}
    avoided: dict[int, set[int | None]] = {}
    for one in works:
        avoided.setdefault(one.person_id, set()).add(one.avoid_id)
    homes: dict[int, set[int | None]] = {}
    for share in shares:
        homes.setdefault(share.work.person_id, set()).add(share.to)
        able = {who for who in known if who not in avoided[share.work.person_id]}
        assert (share.to in able) if able else share.to is None
        if share.to is None:
            assert share.why is (DealWhy.AVOIDED if hands else DealWhy.NOBODY)
    assert all(len(home) == 1 for home in homes.values())


@given(works, hands)
def test_a_language_goes_to_somebody_who_speaks_it_if_anybody_does(
    works: list[Work], hands: list[Hand]
) -> None:
    known = {one.operator_id: one for one in hands}
    by_person: dict[int, list[Work]] = {}
    for one in works:
        by_person.setdefault(one.person_id, []).append(one)
    for share in deal_out(works, hands, DealMode.EQUAL):
        own = by_person[share.work.person_id]
        wanted = {one.language for one in own} - {""}
        able = [
            one
            for one in hands
            if wanted <= one.speaks and one.operator_id not in {each.avoid_id for each in own}
        ]
        if wanted and able:
            assert share.to is not None
            assert wanted <= known[share.to].speaks


@given(st.integers(0, 60), st.integers(1, 7))
def test_single_callbacks_are_dealt_out_within_one(number: int, people: int) -> None:
    shares = deal_out(
        [work(one) for one in range(1, number + 1)],
        [hand(one) for one in range(1, people + 1)],
        DealMode.EQUAL,
    )
    counts = counts_of(shares)
    loads = [counts.get(one, 0) for one in range(1, people + 1)]
    assert max(loads) - min(loads) <= 1


@given(st.lists(st.integers(1, 4), max_size=15), st.integers(1, 5))
def test_persons_with_several_are_dealt_out_within_one_person(
    sizes: list[int], people: int
) -> None:
    every, number = [], 0
    for person, size in enumerate(sizes, 1):
        for _ in range(size):
            number += 1
            every.append(work(number, person))
    counts = counts_of(deal_out(every, [hand(n) for n in range(1, people + 1)], DealMode.EQUAL))
    loads = [counts.get(one, 0) for one in range(1, people + 1)]
    assert max(loads) - min(loads) <= max(sizes, default=0)


@given(st.integers(0, 80), st.lists(st.integers(1, 300), min_size=1, max_size=5))
def test_weights_are_respected_within_one(number: int, weights: list[int]) -> None:
    counts = counts_of(
        deal_out(
            [work(one) for one in range(1, number + 1)],
            [hand(n, weight=weight) for n, weight in enumerate(weights, 1)],
            DealMode.WEIGHT,
        )
    )
    for n, weight in enumerate(weights, 1):
        # Nobody would be nearer to their share by giving one to another.
        mine = counts.get(n, 0)
        for m, other in enumerate(weights, 1):
            theirs = counts.get(m, 0)
            if m == n or not mine:
                continue
            before = Fraction(mine**2, weight) + Fraction(theirs**2, other)
            after = Fraction((mine - 1) ** 2, weight) + Fraction((theirs + 1) ** 2, other)
            assert after >= before


def test_what_somebody_has_stays_with_them_and_fills_their_share() -> None:
    every = [work(n, owner_id=1) for n in range(1, 5)] + [work(n) for n in range(5, 9)]
    shares = deal_out(every, [hand(1), hand(2)], DealMode.KEEP)
    assert [one.why for one in shares[:4]] == [DealWhy.KEPT] * 4
    assert {one.to for one in shares[4:]} == {2}
    # Whose owner is not here is dealt out like all others.
    gone = deal_out([work(1, owner_id=9)], [hand(1)], DealMode.KEEP)
    assert (gone[0].to, gone[0].why) == (1, DealWhy.SHARE)


def test_the_reasons_are_told() -> None:
    def why(one: Work, *people: Hand) -> Share:
        return deal_out([one], people, DealMode.EQUAL)[0]

    assert why(work(1, language="YUE "), hand(1), hand(2, "yue")).why is DealWhy.LANGUAGE
    assert why(work(1, avoid_id=1), hand(1), hand(2)).why is DealWhy.ONLY
    assert why(work(1, avoid_id=1), hand(1)).why is DealWhy.AVOIDED
    assert why(work(1)).why is DealWhy.NOBODY
    assert why(work(1, owner_id=1), hand(1)).why is DealWhy.KEPT


def test_a_weight_of_nothing_gets_nothing() -> None:
    shares = deal_out([work(1), work(2)], [hand(1, weight=0), hand(2)], DealMode.WEIGHT)
    assert counts_of(shares) == {2: 2}
