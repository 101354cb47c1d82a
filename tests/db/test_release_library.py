"""The shipped scripts in a database: brought in once, read back as they are, edited, pinned."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa

from content.playbooks import load_shipped
from content.script_set import read_set, reread, shipped_files
from content.shipped_scripts import shipped_digest, shipped_new_files
from db import adoption, releases
from db.release_library import library_of_release
from db.tables import content_release
from domain.content_set import NewFile
from domain.errors import RefusedError
from domain.objections import search
from screens.scripts import Scripts, take_shipped_in
from tests.databases import Desk

GENERAL = ("playbooks", "general", "en")
OBJECTIONS = ("objections", "objections", "zh")


def edited(key, old: str, new: str) -> tuple[NewFile, ...]:
    """The shipped files with some words of one changed, read together."""
    texts = [
        replace(file, source=file.source.replace(old, new)) if file.key == key else file
        for file in shipped_files()
    ]
    read = read_set(texts)
    assert [fault.said for fault in read.faults] == []
    return tuple(file for file in read.new_files() if file.key == key)


@pytest.fixture
def stocked(desk: Desk) -> Desk:
    take_shipped_in(desk.database)
    return desk


def test_what_is_shipped_is_what_a_whole_reading_gives() -> None:
    assert shipped_new_files() == reread(shipped_files())
    assert shipped_digest() == shipped_digest()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_stored_library_is_the_shipped_one(stocked: Desk, language: str) -> None:
    now = releases.release_in_force(stocked.database, stocked.actor)
    assert now is not None
    found = library_of_release(stocked.database, stocked.actor, now.name, language)
    assert found == load_shipped(language)
    assert [step.id for step in found.objections] == [
        step.id for step in load_shipped(language).objections
    ]


def test_the_shipped_scripts_come_once(stocked: Desk) -> None:
    take_shipped_in(stocked.database)
    assert len(stocked.rows(sa.select(content_release))) == 1
    assert adoption.proposals(stocked.database, stocked.actor) == ()


def test_without_a_release_there_is_no_stored_library(desk: Desk) -> None:
    assert library_of_release(desk.database, desk.actor, None, "en") is None
    with pytest.raises(RefusedError) as error:
        library_of_release(desk.database, desk.actor, "none", "en")
    assert error.value.code == "content_release_unknown"
    scripts = Scripts()
    assert scripts.load(desk.database, desk.actor, None, "en") is load_shipped("en")


def test_words_of_the_other_language_find_an_objection_of_a_release(stocked: Desk) -> None:
    (file,) = edited(OBJECTIONS, "*客户说：* ", "*客户说：* 天上掉馅饼 · ")
    base = {file.key: digest_of(stocked, OBJECTIONS)}
    made = releases.publish(
        stocked.database, stocked.actor, [file], base=base, at=None, note="", reread=reread
    )
    scripts = Scripts()
    found = scripts.load(stocked.database, stocked.actor, made.name, "en")
    assert scripts.ready(made.name, "en") is found
    assert scripts.load(stocked.database, stocked.actor, made.name, "en") is found
    assert search(found, "天上掉馅饼")
    assert not search(load_shipped("en"), "天上掉馅饼")


def test_a_changed_part_is_in_every_script_that_brings_it_in(stocked: Desk) -> None:
    key = ("playbooks", "parts", "en")
    source = next(file.source for file in shipped_files() if file.key == key)
    words = next(row for row in source.split("\n") if row.startswith("> "))
    (file,) = edited(key, words, "> Hello there.")
    made = releases.publish(
        stocked.database,
        stocked.actor,
        [file],
        base={key: digest_of(stocked, key)},
        at=None,
        note="",
        reread=reread,
    )
    found = library_of_release(stocked.database, stocked.actor, made.name, "en")
    assert found is not None
    saying = [
        book.id
        for book in found.books.values()
        for step in book.steps
        for variant in step.variants
        if variant.parts[0].text == "Hello there."
    ]
    assert saying
    assert made.changed == 1


def digest_of(desk: Desk, key) -> str:
    files = releases.release_files(desk.database, desk.actor)
    return next(file.digest for file in files if file.key == key)
