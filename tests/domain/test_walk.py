"""A walk reaches every end, and whatever comes up is returned from to the very same place."""

from __future__ import annotations

import json
from collections import deque
from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.playbooks import load_shipped
from domain.errors import InputError, RefusedError
from domain.expectation import RUNGS
from domain.library import Library
from domain.phrases import fingerprint
from domain.playbook import Book, Link, LinkKind
from domain.playbook_codec import decode_book, decode_library, encode_book, encode_library
from domain.walk import MOST_STEPS_BACK, Place, Result, Use, Walk

LANGUAGES = ("zh", "en")
SCRIPTS = [
    (language, book.id) for language in LANGUAGES for book in load_shipped(language).playbooks
]
MOVES = st.lists(st.tuples(st.sampled_from("coorvmwba"), st.integers(0, 99)), max_size=40)


def begun(language: str = "en", playbook: str = "delivery-3day") -> Walk:
    return Walk.start(load_shipped(language), playbook)


def number_of(walk: Walk, target: str, detail: str = "") -> int:
    wanted = (target, detail)
    return next(
        number
        for number, choice in enumerate(walk.choices, 1)
        if (choice.link.target, choice.link.detail) == wanted
    )


def ends(book: Book) -> list[tuple[str, Link]]:
    return [(step.id, choice.link) for step, choice in book.links() if choice.ends]


@cache
def routes(language: str, playbook: str) -> dict[str, list[int]]:
    """The shortest list of choices to each step of the script itself."""
    first = begun(language, playbook)
    found = {first.place.step: list[int]()}
    waiting = deque([first])
    while waiting:
        walk = waiting.popleft()
        for number, choice in enumerate(walk.choices, 1):
            moved = follow(walk, number)
            step = moved.place.step
            if choice.steps and moved.place.book == playbook and step not in found:
                found[step] = [*found[walk.place.step], number]
                waiting.append(moved)
    return found


def follow(walk: Walk, number: int) -> Walk:
    """The choice, and what the desk does for a question: it is answered."""
    link = walk.choices[number - 1].link
    chosen = walk.choose(number)
    return chosen.ask_done(link) if link.kind is LinkKind.ASK else chosen


def wander(walk: Walk, moves: list[tuple[str, int]], floor: int) -> Walk:
    """Any moves above a depth of the stack that must not be left, then all the way back to it."""
    for kind, number in moves:
        if kind == "c" and walk.choices:
            taken = number % len(walk.choices)
            moved = follow(walk, taken + 1)
            if walk.choices[taken].returns:
                assert moved.stack == walk.stack[:-1]
            walk = moved if len(moved.stack) > floor else walk
        elif kind == "o":
            objections = walk.library.objections
            walk = walk.open_objection(objections[number % len(objections)].id)
        elif kind == "r" and len(walk.stack) > floor + 1:
            below = walk.stack[:-1]
            walk = walk.return_()
            assert walk.stack == below
        elif kind == "w":
            walk = walk.open_rung(RUNGS[number % len(RUNGS)])
        elif kind == "b" and len(walk.behind[-1]) > floor:
            before = walk.behind[-1]
            walk = walk.back()
            assert walk.stack == before
        else:
            walk = walk.variant(1 - number % 3) if kind == "v" else walk.mark("worked")
    while len(walk.stack) > floor:
        walk = walk.return_()
    return walk


@pytest.mark.parametrize(("language", "playbook"), SCRIPTS)
@given(moves=MOVES, at=st.integers(0, 20))
def test_every_end_is_reached_whatever_comes_up(
    language: str, playbook: str, moves: list[tuple[str, int]], at: int
) -> None:
    found = routes(language, playbook)
    book = load_shipped(language).book(playbook)
    assert set(found) == {step.id for step in book.steps}
    for step, link in ends(book):
        walk = begun(language, playbook)
        objections = walk.library.objections
        for taken, number in enumerate(found[step]):
            before = walk
            came_up = moves[taken :: len(found[step])]
            if came_up:
                first = objections[(at + taken) % len(objections)].id
                walk = wander(walk.open_objection(first), came_up, len(walk.stack))
            assert walk.stack == before.stack
            assert walk.step == before.step
            walk = follow(walk, number)
        walk = walk.choose(number_of(walk, link.target, link.detail))
        assert (walk.place.step, walk.request) == (step, link)
        assert len(walk.stack) == 1


@pytest.mark.parametrize(("language", "playbook"), SCRIPTS)
@given(moves=MOVES)
def test_a_draft_brings_back_the_walk(
    language: str, playbook: str, moves: list[tuple[str, int]]
) -> None:
    walk = begun(language, playbook)
    for kind, number in moves:
        if kind == "c":
            walk = follow(walk, number % len(walk.choices) + 1)
        elif kind == "o":
            objections = walk.library.objections
            walk = walk.open_objection(objections[number % len(objections)].id)
        elif kind == "b" and walk.can_go_back:
            before = walk.behind[-1]
            walk = walk.back()
            assert walk.stack == before
        elif kind == "r" and walk.can_return:
            walk = walk.return_()
        elif kind == "a":
            walk = walk.ask_done(Link(LinkKind.ASK, "nps", "recommend"), go_on=False)
        else:
            walk = walk.variant().mark("failed")
        stored = json.loads(json.dumps(walk.to_dict()))
        assert Walk.from_dict(walk.library, stored) == walk
        other = load_shipped("en" if language == "zh" else "zh")
        assert [place.step for place in walk.in_library(other).stack] == [
            place.step for place in walk.stack
        ]


def test_a_question_waits_for_its_answer_and_then_goes_on() -> None:
    walk = begun().choose(1).choose(1)
    question = walk.pending_question
    assert question is not None
    asked = walk.choose(1)
    assert (asked.request, asked.place) == (question.link, Place("delivery-3day", "handover"))
    assert asked.ask_done(question.link, go_on=False).place.step == "handover"
    done = asked.ask_done(question.link)
    assert (done.place.step, done.asked, done.request) == ("explain", (question.link,), None)
    assert done.back().pending_question is None


def test_an_action_is_asked_for_and_the_script_goes_on() -> None:
    walk = (
        begun().choose(1).choose(1).ask_done(Link(LinkKind.ASK, "sales-index", "delivery-process"))
    )
    promised = walk.choose(number_of(walk, "promise"))
    assert promised.request == Link(LinkKind.DO, "promise")
    assert promised.place.step == "paperwork"


def test_a_complaint_comes_back_to_where_it_was_taken() -> None:
    walk = begun().choose(1)
    walk = walk.choose(number_of(walk, "delivery-3day", "unhappy"))
    walk = walk.choose(number_of(walk, "complaint", "accept"))
    walk = walk.open_objection("wants-manager")
    walk = walk.choose(number_of(walk, "complaint", "accept"))
    assert [place.book for place in walk.stack] == ["delivery-3day", "complaint"]
    walk = walk.choose(1).choose(3)
    back = walk.choose(number_of(walk, "return"))
    assert back.stack == (Place("delivery-3day", "unhappy"),)
    with pytest.raises(RefusedError, match="script_no_return"):
        back.return_()


def test_a_return_is_offered_only_where_something_came_up() -> None:
    alone = begun(playbook="complaint")
    for number in (1, 1):
        alone = alone.choose(number)
    assert alone.place.step == "thank"
    assert not any(choice.returns for choice in alone.choices)
    assert alone.choices[0].link == Link(LinkKind.DO, "outcome", "completed")


def test_uses_say_what_was_put_before_the_operator() -> None:
    walk = begun("zh").variant().mark("failed").variant(-1).choose(4).mark(Result.WORKED)
    library = load_shipped("zh")
    script, objections = library.book("delivery-3day"), library.book("objections")
    opening, unknown = script.steps[0].variants, objections.step("unknown-number")
    assert unknown is not None
    words = [fingerprint(one) for one in (opening[1], opening[0], unknown.variants[0])]
    script_use = ("step", script.id, script.version, "opening")
    objection_use = ("objection", objections.id, objections.version, "unknown-number")
    assert walk.trail == (
        Use(*script_use, 1, "zh", Result.FAILED, words[0], 2),
        Use(*script_use, 0, "zh", None, words[1], 1),
        Use(*objection_use, 0, "zh", Result.WORKED, words[2], 1),
    )
    assert walk.return_().trail == walk.trail
    rung = walk.open_rung("frame").trail[-1]
    assert (rung.kind, rung.playbook, rung.step) == ("rung", "ladder", "frame")


def test_a_wording_only_looked_past_is_not_counted() -> None:
    walk = begun().variant().variant(-1)
    assert [use.variant for use in walk.trail] == [0]


def test_from_rung_to_rung_the_way_back_stays() -> None:
    walk = begun().choose(1).open_rung("wishes").open_rung("weight")
    assert walk.return_().place.step == "moment"
    with pytest.raises(InputError, match="script_no_step"):
        walk.open_rung("cellar")


def test_moves_that_do_not_exist_are_refused() -> None:
    walk = begun()
    for number in (0, 9):
        with pytest.raises(RefusedError, match="script_no_choice"):
            walk.choose(number)
    with pytest.raises(RefusedError, match="script_no_back"):
        walk.back()
    with pytest.raises(InputError, match="script_no_objection"):
        walk.open_objection("none")
    with pytest.raises(InputError, match="script_no_book"):
        Walk.start(walk.library, "none")


def test_going_back_has_a_limit_that_a_held_key_meets() -> None:
    walk = begun()
    for _ in range(MOST_STEPS_BACK + 50):
        walk = walk.open_rung("wishes").return_()
    assert len(walk.behind) == MOST_STEPS_BACK


def test_a_draft_of_books_that_changed_keeps_what_it_can() -> None:
    library = load_shipped("en")
    walk = begun().choose(1).open_objection("price").mark("worked")
    gone = Library.of("en", [b for b in library.books.values() if b.id != "objections"])
    kept = Walk.from_dict(gone, walk.to_dict())
    assert kept.place.step == "moment"
    assert kept.trail == walk.trail
    script = library.book("delivery-3day")
    shorter = Library.of("en", [replace(script, steps=script.steps[:1])])
    again = Walk.from_dict(shorter, walk.to_dict())
    assert (again.place.step, again.trail) == ("opening", walk.trail)
    for broken in ({}, {"stack": []}, {**walk.to_dict(), "trail": [{"kind": 1}]}, {"stack": 3}):
        with pytest.raises(InputError, match="script_draft_broken"):
            Walk.from_dict(library, broken)


def test_the_position_counts_the_script_not_what_came_up() -> None:
    walk = begun().choose(1)
    assert walk.position == walk.open_objection("price").position
    assert walk.position[0] == 3


@pytest.mark.parametrize("language", LANGUAGES)
def test_books_and_libraries_survive_being_stored(language: str) -> None:
    library = load_shipped(language)
    for book in library.books.values():
        assert decode_book(json.loads(json.dumps(encode_book(book)))) == book
    stored = json.loads(json.dumps(encode_library(library)))
    assert decode_library(stored) == library
    assert decode_library(stored).index.search("msj", 1) == library.index.search("msj", 1)


@pytest.mark.parametrize(
    "change", [{"form": 99}, {"kind": "poem"}, {"steps": [{}]}, {"id": 7}, {"steps": None}]
)
def test_another_form_is_refused(change: dict[str, object]) -> None:
    stored = {**encode_book(load_shipped("en").book("general")), **change}
    with pytest.raises(InputError, match="script_form_unknown"):
        decode_book(stored)
    with pytest.raises(InputError, match="script_form_unknown"):
        decode_library({"form": 1, "language": "en", "books": [stored], "advice": []})
