"""The eight steps of a case: a checklist that fills itself from what happened, never by a tick."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.bilingual import Bilingual
from domain.case_rules import StepRule


@dataclass(frozen=True, slots=True)
class StepDone:
    """One of the eight steps.

    Attributes:
        code: of the step.
        name: for people.
        at: UTC instant at which it was done first; none while it is not.
        by: what ticked it off: a code of the rules, such as `contact` or `complaint/thank`.
    """

    code: str
    name: Bilingual
    at: datetime | None = None
    by: str | None = None

    @property
    def done(self) -> bool:
        """Whether it was done."""
        return self.at is not None


def steps_done(rules: Sequence[StepRule], happened: Mapping[str, datetime]) -> tuple[StepDone, ...]:
    """The steps in order, each with what ticked it off first.

    Args:
        rules: the steps and what fills each.
        happened: the first instant of everything that happened, by the codes of the rules.
    """
    return tuple(_done(rule, happened) for rule in rules)


def _done(rule: StepRule, happened: Mapping[str, datetime]) -> StepDone:
    seen = [(happened[code], code) for code in rule.filled if code in happened]
    if not seen:
        return StepDone(rule.code, rule.name)
    at, by = min(seen)
    return StepDone(rule.code, rule.name, at, by)
