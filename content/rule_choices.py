"""The words that fields of rules take, and what people call them: from the loaders' own lists."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, get_args

from content.campaigns import campaigns_in
from content.columns import column_book
from content.outcomes import outcomes_in
from content.rule_files import FILES
from content.surveys import surveys
from content.translations import Language, translate
from domain.bands import Tier
from domain.bilingual import Bilingual
from domain.calling_rules import ANY_PURPOSE, PURPOSES
from domain.calling_rules import Confidence as HoursConfidence
from domain.campaign import ContentKind, Purpose
from domain.caps import Counted, Scope
from domain.care.plan import Pending, Trigger, Who
from domain.errors import InputError
from domain.loyalty import Loyalty, Trend
from domain.outcome import (
    Assigned,
    Notice,
    NumberEffect,
    OutcomeType,
    PartRule,
    Per,
    PersonEffect,
    Then,
    TimeAsked,
)
from domain.tier_rules import Care

_CLOSED: Final[Mapping[str, Iterable[str]]] = {
    "purpose": Purpose,
    "any_purpose": (*PURPOSES, ANY_PURPOSE),
    "content": ContentKind,
    "counted": Counted,
    "scope": Scope,
    "confidence": get_args(HoursConfidence),
    "outcome_type": OutcomeType,
    "then": Then,
    "part": PartRule,
    "assigned": Assigned,
    "notice": Notice,
    "per": Per,
    "time": TimeAsked,
    "number": NumberEffect,
    "person": PersonEffect,
    "trigger": Trigger,
    "pending": Pending,
    "who": Who,
    "tier": Tier,
    "care": Care,
    "trend": Trend,
    "loyalty": Loyalty,
}
"""Words that the program itself knows."""

_SAID_AS: Final[Mapping[str, str]] = {
    "purpose": "hours.purpose",
    "any_purpose": "hours.purpose",
    "tier": "call.tier",
    "loyalty": "tiers.loyalty",
    "trend": "tiers.trend",
}
"""Where other pages say the same words already."""


@dataclass(frozen=True, slots=True)
class Choices:
    """The words of every kind.

    Attributes:
        named: names that files give: scripts, kinds of callback, outcomes, by their codes.
    """

    named: Mapping[str, Mapping[str, Bilingual | str]]

    def of(self, kind: str) -> tuple[str, ...]:
        """The codes that may be chosen."""
        if kind in _CLOSED:
            return tuple(str(one) for one in _CLOSED[kind])
        return tuple(self._names(kind))

    def label(self, language: Language, kind: str, code: str) -> str:
        """What people call a code; the code itself where nothing names it."""
        if kind in _CLOSED:
            if code not in self.of(kind):
                return code
            said = _SAID_AS.get(kind, f"rule_form.word.{kind}")
            return translate(language, f"{said}.{code.replace('-', '_')}")
        found = self._names(kind).get(code, code)
        return found.of(language) if isinstance(found, Bilingual) else found

    def _names(self, kind: str) -> Mapping[str, Bilingual | str]:
        return self.named.get(kind, {})


def choices_of(files: Mapping[str, str], scripts: Mapping[str, str]) -> Choices:
    """The words as files of rules have them.

    Args:
        files: the texts of the files of rules, by name.
        scripts: the titles of the scripts by their names.
    """
    asked = surveys()
    words = column_book().labels
    return Choices(
        {
            "playbook": dict(sorted(scripts.items())),
            "survey": {one: one for one in (*asked.bundles, *(survey.id for survey in asked))},
            "service": words["service"],
            "level": words["member_level"],
            "campaign": _campaigns(files["campaigns"]),
            "outcome": _outcomes(files["outcomes"]),
        }
    )


@lru_cache(maxsize=4)
def _campaigns(text: str) -> Mapping[str, Bilingual]:
    try:
        kinds = campaigns_in(text, FILES["campaigns"], surveys())
    except InputError:
        return {}  # its own page says what is wrong with it
    return {one.code: one.name for one in kinds}


@lru_cache(maxsize=4)
def _outcomes(text: str) -> Mapping[str, Bilingual]:
    try:
        ends = outcomes_in(text, FILES["outcomes"])
    except InputError:
        return {}
    return {one.code: one.name for one in ends}
