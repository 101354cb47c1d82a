"""The cases of the demo: what customers complained of, and what was done about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Final

from content.demo import Tongue
from content.toml_file import FOLDER, read_toml
from domain.case import Level, Weight
from domain.entry import Entry

FILE: Final = FOLDER / "demo" / "cases.toml"


class Who(StrEnum):
    """The first operator, or a colleague."""

    ME = "me"
    OTHER = "other"


class Done(StrEnum):
    """What can be done about a case of the demo."""

    NOTE = "note"
    TOLD = "told"
    INSPECTION = "inspection"
    UNDERSTANDING = "understanding"
    RESOLUTION = "resolution"
    VERDICT = "verdict"
    CLOSE = "close"
    REVIEW = "review"


@dataclass(frozen=True, slots=True)
class DemoStep:
    """What was done so many hours after a case came in, and by whom."""

    after: int
    by: Who
    do: Done
    text: str


@dataclass(frozen=True, slots=True)
class DemoCase:
    """A case of the demo.

    Attributes:
        language: the customer's.
        weight: grumble or complaint.
        level: where the customer took it.
        ago: hours before the present at which it came in.
        owner: who answers for it.
        notice: hours from the present at which the date on the regulator's notice ends.
        category: what it is about.
        cause: why.
        department: which it concerns.
        description: in the customer's words.
        wishes: what the customer wants.
        steps: what was done, in order.
    """

    language: Tongue
    weight: Weight
    level: Level
    ago: int
    owner: Who
    notice: int | None
    category: str
    cause: str
    department: str
    description: str
    wishes: tuple[str, ...]
    steps: tuple[DemoStep, ...]

    @property
    def over(self) -> bool:
        """Whether it was closed."""
        return any(step.do is Done.CLOSE for step in self.steps)


def load_demo_cases(path: Path) -> tuple[DemoCase, ...]:
    """The cases of a file.

    Raises:
        InputError: `content_bad`, naming the entry and what is wrong with it.
    """
    file = Entry(path.name, read_toml(path))
    cases = tuple(_case(entry) for entry in file.entries("case"))
    file.close()
    return cases


@cache
def demo_cases() -> tuple[DemoCase, ...]:
    """The cases that the demo ships with."""
    return load_demo_cases(FILE)


def _case(entry: Entry) -> DemoCase:
    case = DemoCase(
        language=entry.one_of("language", Tongue),
        weight=entry.one_of("weight", Weight, Weight.COMPLAINT),
        level=entry.one_of("level", Level, Level.LOCAL),
        ago=entry.whole("ago"),
        owner=entry.one_of("owner", Who),
        notice=entry.whole("notice") if entry.has("notice") else None,
        category=entry.text("category"),
        cause=entry.text("cause"),
        department=entry.text("department"),
        description=entry.text("description"),
        wishes=entry.texts("wishes"),
        steps=tuple(_step(one) for one in entry.entries("step")),
    )
    entry.close()
    return case


def _step(entry: Entry) -> DemoStep:
    step = DemoStep(
        after=entry.whole("after"),
        by=entry.one_of("by", Who),
        do=entry.one_of("do", Done),
        text=entry.text("text") if entry.has("text") else "",
    )
    entry.close()
    return step
