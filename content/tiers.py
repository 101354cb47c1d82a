"""The shipped rules of tiers, loyalty, trend and membership cards."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from content.columns import column_book
from content.toml_file import FOLDER, parse_toml, read_text, read_toml
from domain.entry import Entry
from domain.said import Said
from domain.tier_rules import TierRules, tier_rules_of

FILE = FOLDER / "tiers.toml"


def load_tier_rules(path: Path) -> TierRules:
    """The rules of a file.

    Raises:
        InputError: `content_bad`, naming the place and what is wrong with it; also for a service
            or a card level that no imported file could name.
    """
    return tier_rules_in(read_text(path), path.name)


def tier_rules_in(text: str, where: str) -> TierRules:
    """The rules of a file's text.

    Raises:
        InputError: as `load_tier_rules`; it names `where`.
    """
    rules = tier_rules_of(parse_toml(text, where), where)
    words = column_book().labels
    services = rules.loyalty.maintenance | rules.loyalty.repair
    for kind, codes in (
        ("service", sorted(services)),
        ("member_level", [level.code for level in rules.membership.levels]),
    ):
        for code in codes:
            if code not in words[kind]:
                known = ", ".join(words[kind])
                problem = Said("rules.bad.choice", {"field": code, "known": known})
                raise Entry(where, {}).bad(problem)
    return rules


@cache
def tier_rules() -> TierRules:
    """The rules that the desk ships with.

    A test compares their words with the columns': reading those would hold up every start.
    """
    return tier_rules_of(read_toml(FILE), FILE.name)
