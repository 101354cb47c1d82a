"""What makes a customer unhappy, as it is noted during a call: a grumble or a complaint."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from domain.decision import GivenComplaint

Weight = Literal["grumble", "complaint"]
Level = Literal["local", "skip_level", "regulator"]
LEVELS: Final[tuple[Level, ...]] = ("local", "skip_level", "regulator")


@dataclass(frozen=True, slots=True)
class Grievance:
    """A grumble or complaint.

    Attributes:
        weight: a grumble is told to a department and answered; a complaint is worked on as a case.
        description: in the customer's words.
        category: what a complaint is about; none while nobody has said.
        level: how far a complaint has gone; a grumble is always local.
        department: whose a grumble is; none while nobody has said.
    """

    weight: Weight
    description: str = ""
    category: str | None = None
    level: Level = "local"
    department: str | None = None

    def weighing(self, weight: Weight) -> Grievance:
        """The same words as a grumble or as a complaint; what only the other one has goes."""
        if weight == self.weight:
            return self
        if weight == "grumble":
            return replace(self, weight=weight, category=None, level="local")
        return replace(self, weight=weight)

    def given(self, words: str) -> GivenComplaint:
        """What is stored of it.

        Args:
            words: what stands for the customer's words where none were typed.
        """
        appeal = self.weight == "complaint" and self.level == "regulator"
        return GivenComplaint(
            "appeal" if appeal else self.weight,
            self.description.strip() or words,
            self.category,
            self.department,
            self.level,
        )

    @classmethod
    def of_given(cls, given: GivenComplaint) -> Grievance:
        """The grievance that was stored; an appeal is a complaint that went to the regulator."""
        weight: Weight = "grumble" if given.weight == "grumble" else "complaint"
        return cls(weight, given.description, given.category, given.level, given.department)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Grievance:
        """The grievance of a stored draft; drafts of an earlier program have the words alone.

        Raises:
            KeyError: there is no weight.
            ValueError: the weight or the level is none that is known.
        """
        weight, level = data["weight"], data.get("level", "local")
        if weight not in ("grumble", "complaint") or level not in LEVELS:
            raise ValueError(weight, level)
        return cls(
            weight, str(data["description"]), data.get("category"), level, data.get("department")
        )
