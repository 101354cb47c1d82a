from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from content.surveys import surveys
from content.translations import LANGUAGES, say
from domain.interview import Interview
from domain.scoring import (
    ces_mean,
    ces_share,
    csat,
    gap_word,
    index,
    nps,
    nps_adjusted,
    nps_class,
    rescaled,
    scores_of,
    weighted_mean,
    wilson,
)

VECTORS = Path(__file__).parents[1] / "data" / "scoring_vectors.csv"
CES = [score for score, n in enumerate((80, 210, 140, 110, 160, 180, 120), 1) for _ in range(n)]


def ends(figure, digits=2):
    return round(figure.interval.low, digits), round(figure.interval.high, digits)


def test_published_and_computed_examples():
    """The expectations of the file of vectors, one by one."""
    with VECTORS.open(encoding="utf-8", newline="") as file:
        expected = {(row["metric"], row["input"]): row["expected"] for row in csv.DictReader(file)}
    split = "promoters 50, passives 30, detractors 20"
    assert expected["nps", split] == "30; SE 7.810; 95 % interval 14.69 to 45.31"
    plain = nps(50, 30, 20)
    assert plain.value == pytest.approx(30)
    assert round(plain.standard_error or 0, 3) == 7.81
    assert ends(plain) == (14.69, 45.31)
    assert expected["nps adjusted-Wald", split] == "29.13; 95 % interval 14.05 to 44.20"
    adjusted = nps_adjusted(50, 30, 20)
    assert round(adjusted.value or 0, 2) == 29.13
    assert ends(adjusted) == (14.05, 44.2)
    assert expected["csat top-2-box", "80 of 100 answered 4 or 5"].endswith("71.12 to 86.66")
    satisfied = csat([5] * 50 + [4] * 30 + [3] * 20)
    assert satisfied.value == 80
    assert ends(satisfied) == (71.12, 86.66)
    assert expected["wilson", "81 of 263"] == "0.2553 to 0.3662"
    assert (round(wilson(81, 263).low, 4), round(wilson(81, 263).high, 4)) == (0.2553, 0.3662)
    assert expected["wilson", "0 of 20"] == "0 to 0.1611"
    assert (wilson(0, 20).low, round(wilson(0, 20).high, 4)) == (0, 0.1611)
    ces = "counts 1..7: 80 210 140 110 160 180 120"
    assert expected["ces 7-point", ces] == "mean 4.08; 46 % answered 5 to 7"
    assert round(ces_mean(CES).value or 0, 2) == 4.08
    assert ces_share(CES).value == 46
    weights = dict(zip("abcde", (24, 21, 21, 18, 17), strict=True))
    assert sum(weights.values()) == 101
    assert index([dict.fromkeys("abcde", 8)] * 2, weights, "index").value == 800
    shipped = [question.weight for question in surveys()["after-sales-index-5"].questions]
    assert shipped == [24, 21, 21, 18, 17]


def test_few_and_no_answers_are_said():
    none, few, many = csat([]), csat([5] * 29), csat([5] * 30)
    assert (none.value, none.interval) == (None, None)
    keys = [figure.note.key for figure in (none, few, many)]
    assert keys == ["survey.figure.none", "survey.figure.few", "survey.figure.n"]
    for language in LANGUAGES:
        assert "29" in say(language, few.note)
    for figure in (nps(0, 0, 0), nps_adjusted(0, 0, 0), ces_mean([]), ces_share([])):
        assert (figure.value, figure.n) == (None, 0)
    assert index([{}], {"a": 1}, "index").value is None
    assert ces_mean([4]).interval is None


def test_the_index_interval_is_that_of_a_mean_when_nothing_is_missing():
    interviews = [{"a": 10, "b": 7}, {"a": 6, "b": 9}, {"a": 8, "b": 8}, {"a": 3, "b": 10}]
    weights = {"a": 3, "b": 1}
    each = [100 * (3 * one["a"] + one["b"]) / 4 for one in interviews]
    mean = sum(each) / 4
    error = (sum((one - mean) ** 2 for one in each) / 3 / 4) ** 0.5
    figure = index(interviews, weights, "index")
    assert figure.value == pytest.approx(mean)
    assert figure.standard_error == pytest.approx(error)


def test_an_unanswered_factor_takes_no_part():
    weights = {"a": 24, "b": 21, "c": 55}
    assert weighted_mean({"a": 8, "b": 8}, weights) == 8
    assert index([{"a": 8}, {"b": 8}], weights, "index").value == pytest.approx(800)
    assert weighted_mean({}, weights) is None


def test_rescaling_and_words():
    assert rescaled(1, 1, 10) == 0
    assert rescaled(10, 1, 10) == 100
    assert rescaled(5.5, 1, 10) == pytest.approx(50)
    with pytest.raises(ValueError, match="ends"):
        rescaled(1, 1, 1)
    with pytest.raises(ValueError, match="share"):
        wilson(0, 0)
    classes = [nps_class(score) for score in (0, 6, 7, 8, 9, 10)]
    assert classes == ["detractor"] * 2 + ["passive"] * 2 + ["promoter"] * 2
    assert [gap_word(gap) for gap in (0.1, 0, -1)] == ["exceeded", "met", "missed"]


def scored(answers, bundle="delivery-3day"):
    interview = Interview.filled(answers, surveys().bundle(bundle))
    found = scores_of(interview.counted, interview.surveys)
    return {score.metric: (score.value, score.n) for score in found}


def test_scores_of_one_call():
    assert scored(
        {
            "sales-index/delivery-process": 9,
            "sales-index/salesperson": 10,
            "sales-index/facility": {"missing": "not_applicable"},
            "sales-index/deal": 7,
            "csat/overall": 4,
            "nps/recommend": 0,
            "feedback/like": "快",
        }
    ) == {"sales_index": (866.7, 3), "csat": (4, 1), "nps": (0, 1)}


def test_nothing_answered_gives_no_score():
    assert scored({}) == {}
    assert scored({"csat/overall": {"missing": "refused"}, "feedback/like": "x"}) == {}


def test_the_service_gap_needs_both_sides():
    answers = {
        "service-gap/speed-expected": 8,
        "service-gap/speed-received": 5,
        "service-gap/manner-expected": 6,
        "service-gap/manner-received": 8,
        "service-gap/result-received": 9,
    }
    assert scored(answers, "service-gap") == {"service_gap": (-0.5, 2)}


def test_the_after_sales_index_uses_the_reported_weights():
    answers = {"after-sales-index-5/quality": 10, "after-sales-index-5/initiation": 5}
    expected = round(100 * (24 * 10 + 17 * 5) / 41, 1)
    assert scored(answers, "after-service-3day") == {"after_sales_index": (expected, 2)}


COUNTS = st.integers(0, 500)


@given(COUNTS, COUNTS, COUNTS)
def test_one_more_promoter_never_lowers_the_net_score(promoters, passives, detractors):
    assume(promoters + passives + detractors)
    before, after = (nps(promoters + more, passives, detractors) for more in (0, 1))
    assert before.value is not None
    assert after.value is not None
    assert before.interval is not None
    assert after.value >= before.value - 1e-9
    assert -100 <= before.interval.low <= before.value + 1e-9
    assert before.value - 1e-9 <= before.interval.high <= 100


@given(st.integers(0, 300), st.integers(1, 300))
def test_wilson_holds_the_share_within_0_and_1(successes, n):
    assume(successes <= n)
    interval = wilson(successes, n)
    assert 0 <= interval.low <= successes / n <= interval.high <= 1


FACTORS = [question.id for question in surveys()["sales-index"].questions]


@given(
    st.dictionaries(st.sampled_from(FACTORS), st.integers(1, 10), min_size=1),
    st.sampled_from(FACTORS),
)
def test_a_better_answer_never_lowers_the_index(answers, factor):
    assume(answers.get(factor, 10) < 10)
    better = {**answers, factor: answers[factor] + 1}
    before, after = (
        scored({f"sales-index/{one}": value for one, value in some.items()})["sales_index"]
        for some in (answers, better)
    )
    assert 100 <= before[0] < after[0] <= 1000
    assert before[1] == after[1] == len(answers)
