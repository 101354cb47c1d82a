"""The map shows where a conversation stands, and the chart every way of a playbook."""

from __future__ import annotations

import re

import pytest

from content.playbooks import load_shipped
from domain.errors import InputError
from domain.playbook_map import mermaid, stops, stops_of
from domain.walk import Walk

SCRIPTS = [
    (language, book.id)
    for language in ("zh", "en")
    for book in load_shipped(language).books.values()
]


def begun() -> Walk:
    return Walk.start(load_shipped("en"), "delivery-3day")


def test_the_map_shows_where_we_are_and_have_been() -> None:
    walk = begun().choose(1).choose(1)
    seen = {stop.id: (stop.here, stop.been) for stop in stops_of(walk)}
    assert seen["opening"] == (False, True)
    assert seen["handover"] == (True, True)
    assert seen["closing"] == (False, False)


def test_what_came_up_leaves_the_mark_where_it_came_up() -> None:
    walk = begun().choose(1).open_objection("price")
    assert [stop.id for stop in stops_of(walk) if stop.here] == ["moment"]
    complaint = walk.return_().go_to("unhappy").choose(1).open_objection("wants-manager")
    assert [stop.id for stop in stops_of(complaint) if stop.here] == ["accept"]


def test_going_to_a_step_leaves_what_came_up_and_can_be_taken_back() -> None:
    walk = begun().open_objection("price").open_rung("wishes")
    gone = walk.go_to("closing")
    assert [(place.book, place.step) for place in gone.stack] == [("delivery-3day", "closing")]
    assert gone.back().stack == walk.stack
    assert gone.trail[-1].step == "closing"
    with pytest.raises(InputError, match="script_no_step"):
        walk.go_to("price")


def test_a_jump_within_a_complaint_keeps_the_way_back_to_the_script() -> None:
    walk = begun().choose(1).go_to("unhappy").choose(1)
    assert walk.go_to("thank").return_().place.step == "unhappy"


@pytest.mark.parametrize(("language", "book_id"), SCRIPTS)
def test_the_chart_draws_every_step_and_every_way(language: str, book_id: str) -> None:
    library = load_shipped(language)
    book = library.book(book_id)
    chart = mermaid(book, library)
    drawn = set(re.findall(r"^    (\w+)(?:\[|\()", chart, re.MULTILINE))
    ends = set(re.findall(r'^    (\S+) -->\|"[^"]*"\| (\S+)$', chart, re.MULTILINE))
    assert {name for arrow in ends for name in arrow} <= drawn
    for stop in stops(book, library):
        node = f"s_{stop.id}".replace("-", "_")
        assert node in drawn
        for way in stop.ways:
            if way.to is not None:
                assert (node, f"s_{way.to}".replace("-", "_")) in ends


def test_words_cannot_break_the_chart() -> None:
    library = load_shipped("en")
    book = library.book("delivery-3day")
    chart = mermaid(book, library).replace("#quot;", "")
    assert all(line.count('"') in (0, 2) for line in chart.splitlines())
