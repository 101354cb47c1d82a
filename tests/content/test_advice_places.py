"""Where advice appears: each fault of the rule is found, and every shipped line has its place."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import Any

import pytest

from content.advice_places import SHELF, WIDEST, advice_places, check_places
from content.playbooks import load_shipped
from content.translations import LANGUAGES, Language, say
from domain.advising import Situation, advise, situation_of
from domain.bands import Tier
from domain.errors import InputError
from domain.library import Library
from domain.playbook import BookKind
from domain.walk import Place, Walk

ADVICE = '[mood]\nred = "Red."\nyellow = "Yellow."\ngreen = "Green."\n'
RULE = '# Places.\n\n[[place]]\nshow = ["mood/{light}"]\nlight = ["red", "yellow", "green"]\n'


def shelf(folder: Path, rule: str = RULE, en: str = ADVICE) -> Path:
    (folder / "where.toml").write_text(rule, encoding="utf-8")
    (folder / "zh.toml").write_text(ADVICE, encoding="utf-8")
    (folder / "en.toml").write_text(en, encoding="utf-8")
    return folder


def test_a_sound_rule_has_no_faults(tmp_path: Path) -> None:
    assert check_places({"general"}, shelf(tmp_path)) == ()


BROKEN = [
    ("light = [", "light = [1, ", 3, "where_form"),
    ('show = ["mood/{light}"]', "show = []", 3, "where_form"),
    ('show = ["mood/{light}"]\n', "", 3, "where_form"),
    ("[[place]]", "[[places]]", 1, "where_form"),
    ("light = [", "lights = [", 3, "where_fact"),
    ("mood/{light}", "mood/{lights}", 3, "where_fact"),
    ('"green"]', '"blue"]', 3, "where_value"),
    ("light = [", 'script = ["generel"]\nlight = [', 3, "where_value"),
    ("mood/{light}", "mood/blue", 3, "where_no_advice"),
    ("mood/{light}", "heart", 3, "where_no_advice"),
]
"""What is written in place of what, the line of the fault, and its code."""


@pytest.mark.parametrize(("before", "after", "line", "code"), BROKEN)
def test_a_fault_of_the_rule_is_found_at_its_place(
    tmp_path: Path, before: str, after: str, line: int, code: str
) -> None:
    assert before in RULE
    findings = check_places({"general"}, shelf(tmp_path, RULE.replace(before, after)))
    assert (line, code) in {(finding.line, finding.code) for finding in findings}
    assert all(say(language, finding.said) for language in LANGUAGES for finding in findings)


def test_a_group_that_fits_nowhere_and_a_line_too_long_are_found(tmp_path: Path) -> None:
    en = f'{ADVICE}\n[hearts]\ncare = "{"x" * (WIDEST + 1)}"\n'
    findings = check_places({"general"}, shelf(tmp_path, en=en))
    folder = tmp_path.name
    assert {(one.file, one.line, one.code) for one in findings} == {
        (f"{folder}/where.toml", 1, "where_unshown"),
        (f"{folder}/en.toml", 7, "advice_too_long"),
    }


def test_a_rule_that_is_no_toml_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="content_bad"):
        check_places((), shelf(tmp_path, "[[place"))


def test_the_shipped_rule_has_no_faults() -> None:
    findings = check_places(load_shipped("en").books, SHELF)
    assert [f"{one.file}:{one.line} {say('en', one.said)}" for one in findings] == []


def walks(library: Library) -> list[Walk]:
    """A walk at every step of every script, and at every answer and rung above the first one."""
    found = []
    for book in library.playbooks:
        start = Walk.start(library, book.id)
        found += [Walk(library, (Place(book.id, step.id),)) for step in book.steps if step.choices]
    for book in library.books.values():
        if book.kind in (BookKind.OBJECTIONS, BookKind.LADDER):
            found += [Walk(library, (*start.stack, Place(book.id, step.id))) for step in book.steps]
    return found


def situations(language: Language) -> list[Situation]:
    who: list[dict[str, Any]] = [
        {},
        *({"tier": tier, "weight": "grumble"} for tier in Tier),
        *({"tier": tier} for tier in Tier),
        *({"customer_class": one} for one in "ABCD"),
        *({"level": one} for one in ("local", "skip_level", "regulator")),
        *({"light": one} for one in ("red", "yellow", "green")),
    ]
    here = walks(load_shipped(language))
    return [
        situation_of(walk, call=call, **known)
        for (call, walk), known in product(enumerate(here), who)
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_step_has_a_line_and_every_group_appears(language: Language) -> None:
    library = load_shipped(language)
    seen = set()
    for situation in situations(language):
        line = advise(situation, advice_places(), library)
        assert line is not None, situation
        seen.add(line.group)
    assert seen == {line.group for line in library.advice}
