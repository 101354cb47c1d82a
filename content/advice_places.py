"""Where each line of the advice strip fits: the rule of `content/advice/where.toml`, checked."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Final

from content.handbook_rules import cells_of
from content.playbook_parser import LANGUAGES
from content.playbooks import load_advice
from content.script_finding import Finding
from content.toml_file import FOLDER, read_toml
from domain.advising import ANY, FACTS, UNKNOWN, Place, fact_of, lines_named
from domain.errors import InputError
from domain.library import Advice, Library

SHELF: Final = FOLDER / "advice"
FILE: Final = "where.toml"
WIDEST: Final = 74
"""Cells of a line of advice: it stands on one line of the narrowest terminal."""

_BOOKS: Final = {"script", "book"}
_SHOW: Final = "show"
_HEAD: Final = "[[place]]"


def check_places(books: Collection[str], shelf: Path = SHELF) -> tuple[Finding, ...]:
    """Every fault of the rule and of the lines that it places, by file and line.

    Args:
        books: ids of all books that a place may ask for.
        shelf: the folder of the rule and of the advice in each language.

    Raises:
        InputError: `content_bad` when a file is missing, is no TOML, or holds no advice.
    """
    known = {one: Library(one, {}, load_advice(one, shelf / f"{one}.toml")) for one in LANGUAGES}
    path = shelf / FILE
    name = f"{shelf.name}/{FILE}"
    places, findings = _read(path, name)
    for place in places:
        for fact in _BOOKS & set(place.when):
            for book in sorted(place.when[fact] - set(books)):
                params = {"name": fact, "value": book}
                findings.append(Finding(name, place.line, "where_value", params))
        for shown in place.show:
            findings += _missing(name, place, shown, known)
    shown_groups = {shown.partition("/")[0] for place in places for shown in place.show}
    for group in {line.group for library in known.values() for line in library.advice}:
        if group not in shown_groups:
            findings.append(Finding(name, 1, "where_unshown", {"name": group}))
    for language, library in known.items():
        findings += _too_long(shelf / f"{language}.toml", library.advice)
    return tuple(sorted(findings))


@cache
def advice_places() -> tuple[Place, ...]:
    """The shipped rule, the most urgent place first.

    Raises:
        InputError: `script_invalid`, naming file, line and fault; `content_bad` for no TOML.
    """
    places, findings = _read(SHELF / FILE, f"{SHELF.name}/{FILE}")
    if findings:
        first = findings[0]
        raise InputError("script_invalid", file=first.file, line=first.line, fault=first.said)
    return places


def _read(path: Path, name: str) -> tuple[tuple[Place, ...], list[Finding]]:
    tables = read_toml(path)
    rows = path.read_text(encoding="utf-8").splitlines()
    lines = [number for number, row in enumerate(rows, 1) if row.strip() == _HEAD]
    entries = tables.get("place")
    if not isinstance(entries, list) or len(entries) != len(lines) or set(tables) != {"place"}:
        return (), [Finding(name, 1, "where_form", {"name": _HEAD})]
    places: list[Place] = []
    findings: list[Finding] = []
    for line, entry in zip(lines, entries, strict=True):
        lists = {key: _texts(value) for key, value in dict(entry).items()}
        unfit = next((key for key, value in lists.items() if not value), None)
        if unfit is not None or _SHOW not in lists:
            findings.append(Finding(name, line, "where_form", {"name": unfit or _SHOW}))
            continue
        show = lists.pop(_SHOW)
        findings += (Finding(name, line, *fault) for fault in _faults(show, lists))
        when = {fact: frozenset(values) for fact, values in lists.items()}
        places.append(Place(show, when, line))
    return tuple(places), findings


def _texts(value: object) -> tuple[str, ...]:
    """A list of texts; empty for anything else."""
    if not isinstance(value, list) or not all(isinstance(one, str) and one for one in value):
        return ()
    return tuple(value)


def _faults(
    show: Iterable[str], when: Mapping[str, Iterable[str]]
) -> Iterator[tuple[str, Mapping[str, object]]]:
    named = [fact for one in show if (fact := fact_of(one)) is not None]
    for fact in (*when, *named):
        if fact not in FACTS:
            yield "where_fact", {"name": fact}
    for fact, values in when.items():
        possible = FACTS.get(fact, ANY)
        for value in values:
            if possible and value not in possible:
                yield "where_value", {"name": fact, "value": value}


def _missing(
    file: str, place: Place, shown: str, libraries: Mapping[str, Library]
) -> Iterator[Finding]:
    """The names of a place that no line of advice has, for each value that may name one."""
    fact = fact_of(shown)
    values = [""] if fact is None else sorted(place.when.get(fact, FACTS.get(fact, ANY)))
    for language, library in libraries.items():
        for value in values:
            if value != UNKNOWN and not lines_named(shown, library, value):
                name = shown if fact is None else shown.replace(f"{{{fact}}}", value)
                params = {"name": name, "language": language}
                yield Finding(file, place.line, "where_no_advice", params)


def _too_long(path: Path, lines: Iterable[Advice]) -> Iterator[Finding]:
    rows = path.read_text(encoding="utf-8").splitlines()
    for line in lines:
        width = cells_of(line.text)
        if width > WIDEST:
            number = next((n for n, row in enumerate(rows, 1) if line.text in row), 1)
            params = {"name": f"{line.group}/{line.id}", "cells": width, "most": WIDEST}
            yield Finding(f"{path.parent.name}/{path.name}", number, "advice_too_long", params)
