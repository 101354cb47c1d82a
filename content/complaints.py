"""The shipped rules of cases: categories, causes, levels, classes, verdicts and the eight steps."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from content.toml_file import FOLDER, parse_toml, read_text
from domain.campaign import Campaigns
from domain.case_rules import CaseRules, case_rules_of
from domain.case_timer import Timers
from domain.entry import Entry
from domain.said import Said

FILE = FOLDER / "complaints.toml"


def load_case_rules(path: Path, campaigns: Campaigns, timers: Timers) -> CaseRules:
    """The rules of a file.

    Raises:
        InputError: as `case_rules_in`, and for a missing file.
    """
    return case_rules_in(read_text(path), path.name, campaigns, timers)


def case_rules_in(text: str, where: str, campaigns: Campaigns, timers: Timers) -> CaseRules:
    """The rules of a file's text, checked against the kinds of callback and the timers.

    Raises:
        InputError: `content_bad`, naming the place and what is wrong with it; also for a kind of
            callback or a timer that is not known.
    """
    rules = case_rules_of(parse_toml(text, where), where)
    kinds = {one.code for one in campaigns}
    limits = {timer.key for timer in timers}
    unknown = [*sorted(rules.campaigns - kinds)]
    unknown += [
        "/".join(key)
        for key in sorted({*rules.met_by_contact, *rules.met_by_answer, rules.slips.timer} - limits)
    ]
    if unknown:
        problem = Said("rule_files.code_missing", {"code": ", ".join(unknown)})
        raise Entry(where, {}).bad(problem)
    return rules


@cache
def case_rules() -> CaseRules:
    """The rules that the desk ships with; a test holds them to its campaigns and timers."""
    return case_rules_of(parse_toml(read_text(FILE), FILE.name), FILE.name)
