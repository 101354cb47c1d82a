from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.advising import FACTS, Place, Situation, advise, situation_of
from domain.library import Advice, Library
from domain.playbook import Book, BookKind, Choice, Link, LinkKind, Step
from domain.walk import Walk

LINES = tuple(
    Advice(entry, group, f"{group} {entry}")
    for group, entries in {
        "mood": ("red", "yellow", "green"),
        "taboos": ("argue", "tone"),
        "class": ("a-ask", "a-learn", "b"),
        "level": ("skip-level",),
        "hearts": ("care", "warmth", "patience"),
    }.items()
    for entry in entries
)
END = Choice("Done", Link(LinkKind.DO, "outcome", "completed"))


def to(step: str) -> Choice:
    return Choice(step, Link(LinkKind.STEP, "script", step))


SCRIPT = Book(
    "script",
    BookKind.PLAYBOOK,
    "Script",
    "en",
    "v",
    (
        Step("opening", "Opening", choices=(to("moment"),)),
        Step("moment", "Moment", choices=(to("closing"), END)),
        Step("closing", "Closing", choices=(END,)),
    ),
    confirmed="moment",
)
OBJECTIONS = Book("answers", BookKind.OBJECTIONS, "Answers", "en", "v", (Step("busy", "Busy"),))
LADDER = Book("ladder", BookKind.LADDER, "Ladder", "en", "v", (Step("wishes", "Wishes"),))
LIBRARY = Library.of("en", [SCRIPT, OBJECTIONS, LADDER], LINES)


def place(*show: str, **when: str) -> Place:
    return Place(show, {fact: frozenset(values.split()) for fact, values in when.items()})


def situation(call: int = 1, **facts: str) -> Situation:
    base = situation_of(Walk.start(LIBRARY, "script"), call=call)
    return replace(base, facts={**base.facts, **facts})


def test_the_facts_follow_the_walk() -> None:
    walk = Walk.start(LIBRARY, "script")
    told = []
    for one in (
        walk,
        walk.choose(1),
        walk.choose(1).choose(1),
        walk.open_objection("busy"),
        walk.open_rung("wishes"),
    ):
        facts = situation_of(one, call=1).facts
        assert set(facts) == set(FACTS)
        told.append((facts["moment"], facts["shown"], facts["step"]))
    assert told == [
        ("opening", "script", "opening"),
        ("talk", "script", "moment"),
        ("closing", "script", "closing"),
        ("talk", "objection", "busy"),
        ("talk", "rung", "wishes"),
    ]


@given(
    st.fixed_dictionaries(
        {fact: st.sampled_from(sorted(values)) for fact, values in FACTS.items() if values}
    )
)
def test_every_situation_of_the_facts_is_one_that_places_can_ask_for(facts: dict[str, str]) -> None:
    asked = Place(("taboos",), {fact: frozenset({value}) for fact, value in facts.items()})
    assert asked.fits(situation(1, **facts))
    other = {fact: frozenset({"another"}) for fact in facts}
    assert not Place(("taboos",), other).fits(situation(1, **facts))


@given(st.integers(min_value=1), st.sampled_from(["opening", "moment", "closing"]))
def test_a_line_stays_while_its_step_does(call: int, step: str) -> None:
    places = (place("taboos", "mood/red"), place("hearts"))
    here = situation(call, step=step)
    assert advise(here, places, LIBRARY) == advise(situation(call, step=step), places, LIBRARY)


def test_the_most_urgent_place_has_half_of_the_steps_and_every_line_comes_up() -> None:
    places = (place("mood/red", "taboos", light="red"), place("hearts"))
    drawn = Counter(
        line.group + "/" + line.id
        for call in range(600)
        if (line := advise(situation(call, light="red"), places, LIBRARY)) is not None
    )
    hearts = sum(n for name, n in drawn.items() if name.startswith("hearts"))
    assert 240 < hearts < 360
    assert set(drawn) == {
        "mood/red", "taboos/argue", "taboos/tone", "hearts/care", "hearts/warmth",
        "hearts/patience",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("shown", "facts", "entries"),
    [
        ("class/{class}", {"class": "a"}, {"a-ask", "a-learn"}),
        ("class/{class}", {"class": "b"}, {"b"}),
        ("class/{class}", {"class": "none"}, set()),
        ("level/{level}", {"level": "skip_level"}, {"skip-level"}),
        ("mood/{light}", {"light": "green"}, {"green"}),
    ],
)
def test_a_fact_can_name_the_line(shown: str, facts: dict[str, str], entries: set[str]) -> None:
    drawn = {
        line.id
        for call in range(40)
        if (line := advise(situation(call, **facts), (place(shown),), LIBRARY)) is not None
    }
    assert drawn == entries


def test_a_place_whose_lines_are_gone_gives_way() -> None:
    places = (place("tactics"), place("hearts"))
    line = advise(situation(), places, LIBRARY)
    assert line is not None
    assert line.group == "hearts"
    assert advise(situation(), (place("tactics"),), LIBRARY) is None
    assert advise(situation(), (), LIBRARY) is None
