"""The shipped surveys and the bundles in which campaigns ask them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from content.toml_file import FOLDER, read_toml
from domain.entry import Entry
from domain.said import Said
from domain.survey import Survey, Surveys, survey_of

SURVEYS = FOLDER / "surveys"
_BUNDLES = "bundles.toml"


def load_surveys(folder: Path) -> Surveys:
    """The surveys of a folder: one file each, and `bundles.toml`.

    Raises:
        InputError: `content_bad`, naming the file, the place in it and what is wrong with it.
    """
    surveys: dict[str, Survey] = {}
    for path in sorted(folder.glob("*.toml")):
        if path.name == _BUNDLES:
            continue
        survey = survey_of(read_toml(path), path.name)
        if survey.id in surveys:
            twice = Said("rules.bad.twice", {"value": survey.id})
            raise Entry(path.name, {}).bad(twice)
        surveys[survey.id] = survey
    return Surveys(tuple(surveys.values()), _bundles(folder / _BUNDLES, frozenset(surveys)))


@cache
def surveys() -> Surveys:
    """The surveys that the desk ships with."""
    return load_surveys(SURVEYS)


def _bundles(path: Path, known: frozenset[str]) -> dict[str, tuple[str, ...]]:
    file = Entry(path.name, read_toml(path))
    bundles: dict[str, tuple[str, ...]] = {}
    for entry in file.entries("bundle"):
        name, members = entry.text("id"), entry.texts("surveys")
        entry.close()
        if name in bundles or name in known or len(set(members)) < len(members):
            raise entry.bad(Said("rules.bad.twice", {"value": name}))
        strangers = sorted(set(members) - known)
        if strangers:
            raise entry.bad(Said("rules.bad.unknown_survey", {"survey": strangers[0]}))
        bundles[name] = members
    file.close()
    return bundles
