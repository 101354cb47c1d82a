from __future__ import annotations

from dataclasses import replace

import pytest

from content.playbooks import load_advice, load_shipped
from content.rule_files import FILES, RULES
from content.script_set import ADVICE, KINDS, path_of, read_set, reread, shipped_files
from content.toml_file import FOLDER
from content.translations import translate
from domain.advice_codec import decode_advice
from domain.content_set import FileText
from domain.playbook_codec import FORM, decode_book

SHIPPED = shipped_files()
GENERAL = ("playbooks", "general", "en")


def changed(key: tuple[str, str, str], old: str, new: str) -> tuple[FileText, ...]:
    files = {file.key: file for file in SHIPPED}
    assert old in files[key].source
    files[key] = replace(files[key], source=files[key].source.replace(old, new))
    return tuple(files.values())


def test_what_is_shipped_is_sound_and_gives_the_shipped_library() -> None:
    read = read_set(SHIPPED)
    assert read.faults == ()
    for language in ("zh", "en"):
        shipped, own = load_shipped(language), read.library(language)
        assert own.books.keys() == shipped.books.keys()
        assert {book.version for book in own.books.values()} == {
            book.version for book in shipped.books.values()
        }
        assert own.advice == shipped.advice


def test_every_file_has_its_place_on_the_disk() -> None:
    assert {file.kind for file in SHIPPED} == set(KINDS)
    for file in SHIPPED:
        place = FILES[file.name] if file.kind == RULES else path_of(file.key)
        assert (FOLDER / place).read_text(encoding="utf-8") == file.source


def test_the_parsed_form_is_read_back() -> None:
    made = reread(SHIPPED)
    assert made is not None
    by_key = {file.key: file for file in made}
    assert by_key.keys() == {file.key for file in SHIPPED}
    book = decode_book(by_key[GENERAL].parsed)
    assert book.id == "general"
    assert by_key[GENERAL].digest == f"{book.version}.{FORM}"
    lines = decode_advice(by_key[ADVICE, ADVICE, "en"].parsed)
    assert lines == load_advice("en")


def test_a_changed_part_gives_other_versions_to_those_who_bring_it_in() -> None:
    before = {file.key: file.digest for file in reread(SHIPPED) or ()}
    key = ("playbooks", "parts", "en")
    source = next(file.source for file in SHIPPED if file.key == key)
    words = next(row for row in source.split("\n") if row.startswith("> "))
    after = {file.key: file.digest for file in reread(changed(key, words, "> Hello there.")) or ()}
    differing = {one for one in before if before[one] != after[one]}
    assert key in differing
    assert len(differing) > 1
    assert all(one[0] == "playbooks" and one[2] == "en" for one in differing)


def test_a_dead_link_is_told_in_its_file_and_line() -> None:
    source = next(file.source for file in SHIPPED if file.key == GENERAL)
    row = next(row for row in source.split("\n") if row.startswith("- [") and "](#" in row)
    read = read_set(changed(GENERAL, row, "- [On](#nowhere)"))
    line = 1 + source.split("\n").index(row)
    assert any((one.key, one.line) == (GENERAL, line) for one in read.faults)
    assert reread(read.files) is None
    with pytest.raises(ValueError, match="faults"):
        read.new_files()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a" * 1_000_000, "file_too_big"),
        ("a" * 2_000, "line_too_long"),
        ("\u202eback", "hidden_character"),
    ],
)
def test_hostile_advice_is_refused_before_it_is_read(text: str, code: str) -> None:
    read = read_set(changed((ADVICE, ADVICE, "en"), 'red = "', f'red = "{text}'))
    assert f"script.finding.{code}" in {one.said.key for one in read.faults}
    assert (ADVICE, ADVICE, "en") not in read.advice


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("[mood]", "[mood", 3),
        ("[mood]", "[temper]", 1),
        ('red = "', 'red = 1 # "', 1),
        ("[hearts]", '[hearts]\nextra = "More."', 1),
    ],
)
def test_broken_advice_is_told(old: str, new: str, line: int) -> None:
    read = read_set(changed((ADVICE, ADVICE, "en"), old, new))
    assert read.faults
    assert read.faults[0].line == line
    for fault in read.faults:
        for language in ("zh", "en"):
            assert translate(language, fault.said.key, **fault.said.params)
