"""What a playbook is: steps with words to say, advice to the operator, and choices.

A *book* is one parsed Markdown file. Four kinds share the form: a playbook (the script of a
campaign), a book of objections, the expectation ladder, and a book of parts that others bring in.
The words are templates; they become plain text only when they are rendered.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

MOST_CHOICES: Final = 9
"""A step offers at most as many choices as there are digit keys."""

STAGES: Final = ("acknowledge", "explore", "respond", "confirm")
"""The spoken stages of an answer to an objection; *listen* comes before them, as advice."""

LISTEN: Final = "listen"
"""The label of the advice that says what to listen for before answering."""


class BookKind(StrEnum):
    """What a file of steps is for."""

    PLAYBOOK = "playbook"
    OBJECTIONS = "objections"
    LADDER = "ladder"
    PARTS = "parts"


class LinkKind(StrEnum):
    """What following a link means."""

    STEP = "step"
    ASK = "ask"
    DO = "do"


@dataclass(frozen=True, slots=True)
class Link:
    """Where a choice leads.

    Attributes:
        kind: what following it means.
        target: the book of a step, the survey of a question, or the name of an action.
        detail: the step, the question, or the action's argument (empty where it takes none).
    """

    kind: LinkKind
    target: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Action:
    """What a `do:` link may ask the desk for.

    Attributes:
        argument: what stands behind the slash: `none`, `outcome` (a key of the outcomes), `mood`,
            `wish` or `gap`.
        ends: whether the conversation ends with it.
    """

    argument: str = "none"
    ends: bool = False


RETURN: Final = "return"
ACTIONS: Final[Mapping[str, Action]] = {
    "outcome": Action(argument="outcome", ends=True),
    "complaint": Action(),
    "grumble": Action(),
    "praise": Action(),
    "promise": Action(),
    "schedule": Action(),
    "transfer": Action(),
    "mood": Action(argument="mood"),
    "expectations": Action(),
    "wish": Action(argument="wish"),
    "gap": Action(argument="gap"),
    RETURN: Action(),
}
"""The actions that a link may name. `outcome/<key>` opens the finish with that outcome; `return`
goes back to where an objection or another book came up and never leaves the script's own hands."""

WISH_STEPS: Final = ("hear", "first", "impossible", "offer", "accept", "refuse", "shelve")
"""What a link can ask about a wish of the customer (`do:wish/offer`); the desk asks about which
one where several fit."""

GAPS: Final = ("before", "after")
"""When a link asks what was expected and what was received (`do:gap/before`, `do:gap/after`)."""

MOODS: Final = ("start", "end")
"""The two moments at which the mood light is set (`do:mood/start`, `do:mood/end`)."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One way on from a step.

    Attributes:
        label: what the operator reads beside the digit (plain text).
        link: what happens.
        then: for a question or an action, the step that follows once it is done.
        line: its line in the file, counted from 1.
    """

    label: str
    link: Link
    then: Link | None = None
    line: int = 0

    @property
    def steps(self) -> tuple[Link, ...]:
        """The links of this choice that lead to a step."""
        links = (self.link, self.then) if self.then else (self.link,)
        return tuple(link for link in links if link.kind is LinkKind.STEP)

    @property
    def ends(self) -> bool:
        """Whether the conversation ends with this choice."""
        return self.link.kind is LinkKind.DO and ACTIONS[self.link.target].ends

    @property
    def returns(self) -> bool:
        """Whether this choice goes back to where the present book was opened."""
        return self.link.kind is LinkKind.DO and self.link.target == RETURN


@dataclass(frozen=True, slots=True)
class Part:
    """One paragraph: a template, with the label it carries (`listen`, a stage, or none)."""

    text: str
    label: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Variant:
    """One way to say the thought of a step.

    Attributes:
        parts: its paragraphs.
        line: the line of its quote, counted from 1; that of the include where it was brought in.
        shared: the book and part that it was brought in from, `parts#opening`; else empty.
    """

    parts: tuple[Part, ...]
    line: int = 0
    shared: str = ""


@dataclass(frozen=True, slots=True)
class Heard:
    """Words by which a customer raises an objection.

    Attributes:
        text: the words.
        pinyin: toneless syllables separated by spaces; empty where the words hold no Chinese.
    """

    text: str
    pinyin: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One heading of a book.

    Attributes:
        id: unique in its book, the same in every language.
        title: the heading (plain text).
        variants: ways to say it; empty for a step that only advises.
        advice: paragraphs for the operator's eye.
        choices: at most nine ways on.
        heard: for an objection, the words it is found by; the heading is the first of them.
        line: the line of the heading, counted from 1.
    """

    id: str
    title: str
    variants: tuple[Variant, ...] = ()
    advice: tuple[Part, ...] = ()
    choices: tuple[Choice, ...] = ()
    heard: tuple[Heard, ...] = ()
    line: int = 0


@dataclass(frozen=True, slots=True)
class Book:
    """One parsed file.

    Attributes:
        id: the file's name without `.md`, the same in every language.
        kind: what it is for.
        title: what the operator and the lead call it.
        language: `zh` or `en`.
        version: fingerprint of the source text; stored with every use of its words.
        steps: in the order of the file; a playbook starts at the first.
        survey: the survey or bundle of surveys that goes with the playbook.
        confirmed: the step from which the right person is known to be on the line; before it no
            car, price or complaint may be mentioned.
        file: the file's path, for findings.
    """

    id: str
    kind: BookKind
    title: str
    language: str
    version: str
    steps: tuple[Step, ...]
    survey: str | None = None
    confirmed: str | None = None
    file: str = ""

    def step(self, step_id: str) -> Step | None:
        """The step of an id; none where the book has no such step."""
        return next((step for step in self.steps if step.id == step_id), None)

    def links(self) -> Iterator[tuple[Step, Choice]]:
        """Every choice of the book with the step it belongs to."""
        for step in self.steps:
            for choice in step.choices:
                yield step, choice


Playbook = Book
"""A book of the kind `playbook`, where a signature wants to say so."""
