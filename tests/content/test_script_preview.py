from __future__ import annotations

from dataclasses import replace

import pytest

from content.playbooks import check_sources, library_of, shipped_known, shipped_sources
from content.script_preview import SampleValues, follow, step_at, walk_at
from content.variables import render_walk
from domain.library import Library
from domain.playbook import Book, BookKind, LinkKind

BOOKS = check_sources(shipped_sources(), shipped_known()).books


def book(name: str, language: str = "en") -> Book:
    return next(one for one in BOOKS if (one.id, one.language) == (name, language))


@pytest.fixture(scope="module", params=["en", "zh"])
def library(request: pytest.FixtureRequest) -> Library:
    return library_of(str(request.param), BOOKS)


def test_a_line_belongs_to_the_step_above_it() -> None:
    general = book("general")
    second = general.steps[1]
    assert step_at(general, 1) == general.steps[0]
    assert step_at(general, second.line - 1) == general.steps[0]
    assert step_at(general, second.line) == second
    assert step_at(general, 10_000) == general.steps[-1]


def test_every_line_of_every_book_can_be_looked_at(library: Library) -> None:
    for one in BOOKS:
        if one.language != library.language:
            continue
        for step in one.steps:
            walk = walk_at(library, one, step.line)
            assert walk is not None, (one.id, step.id)
            assert render_walk(walk, SampleValues(library.language))
            if one.kind is BookKind.PARTS:
                assert walk.wording is None or walk.wording.shared == f"{one.id}#{step.id}"
            else:
                assert walk.step.id == step.id


def test_an_answer_is_shown_above_a_script_and_returns_to_it(library: Library) -> None:
    objections = book("objections", library.language)
    walk = walk_at(library, objections, objections.steps[0].line)
    assert walk is not None
    assert walk.can_return
    back = next(n for n, choice in enumerate(walk.choices, 1) if choice.returns)
    after, asked = follow(walk, back)
    assert asked is None
    assert after.book.kind is BookKind.PLAYBOOK


def test_questions_are_passed_and_ends_are_told(library: Library) -> None:
    seen = set()
    for playbook in library.playbooks:
        for step in playbook.steps:
            walk = walk_at(library, playbook, step.line)
            assert walk is not None
            for number, choice in enumerate(walk.choices, 1):
                after, asked = follow(walk, number)
                seen.add(choice.link.kind)
                assert (asked is None) == (choice.link.kind is LinkKind.STEP or choice.returns)
                if choice.then is not None:
                    assert after.place.step == choice.then.detail
    assert seen == set(LinkKind)


def test_a_part_that_nobody_brings_in_has_no_place(library: Library) -> None:
    parts = book("parts", library.language)
    lone = replace(parts, steps=(replace(parts.steps[0], id="lonely"),))
    assert walk_at(library, lone, 1) is None
    assert walk_at(Library(library.language, {}), book("general", library.language), 1) is None
