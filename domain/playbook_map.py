"""The map of a playbook: its steps, where each leads, and where a conversation stands on it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from domain.library import Library
from domain.playbook import Book, Choice, Link, LinkKind, Step
from domain.walk import Walk

_SHAPES: Final = {"step": ('["', '"]'), "other": ('[["', '"]]'), "end": ('(["', '"])')}


@dataclass(frozen=True, slots=True)
class Way:
    """Where one choice of a step leads in the end.

    Attributes:
        label: the choice.
        to: the step that follows; none for an end, a return, or an action that stays in place.
        elsewhere: title of the step of another book that opens; empty within the book.
        ends: whether the conversation ends with it.
    """

    label: str
    to: str | None
    elsewhere: str = ""
    ends: bool = False


@dataclass(frozen=True, slots=True)
class Stop:
    """One step on the map.

    Attributes:
        id: the step.
        title: its heading.
        ways: where its choices lead, in their order.
        here: whether the conversation stands here.
        been: whether the conversation has been here.
    """

    id: str
    title: str
    ways: tuple[Way, ...]
    here: bool = False
    been: bool = False


def stops(book: Book, library: Library) -> tuple[Stop, ...]:
    """Every step of a book in the order of its file."""
    return tuple(Stop(step.id, step.title, _ways(book, step, library)) for step in book.steps)


def stops_of(walk: Walk) -> tuple[Stop, ...]:
    """The map of the script that is being walked, with the place where it stands.

    What came up above the script (an objection, a rung) leaves the mark where it came up.
    """
    place = walk.stack[walk.script_depth]
    book = walk.library.book(place.book)
    been = {use.step for use in walk.trail if use.playbook == book.id}
    return tuple(
        Stop(
            step.id,
            step.title,
            _ways(book, step, walk.library),
            step.id == place.step,
            step.id in been,
        )
        for step in book.steps
    )


def mermaid(book: Book, library: Library) -> str:
    """A book as a Mermaid flow chart: steps, the choices between them, other books and ends.

    Choices that lead to the same place are one arrow.
    """
    return "\n".join(["flowchart TD", *_nodes(book, library), *_arrows(book)]) + "\n"


def _ways(book: Book, step: Step, library: Library) -> tuple[Way, ...]:
    return tuple(_way(book, choice, library) for choice in step.choices)


def _way(book: Book, choice: Choice, library: Library) -> Way:
    link = next(iter(choice.steps), None)
    if link is None:
        return Way(choice.label, None, ends=choice.ends)
    if link.target == book.id:
        return Way(choice.label, link.detail)
    return Way(choice.label, None, _title(link, library))


def _title(link: Link, library: Library) -> str:
    found = library.find(link.target, link.detail)
    return found.title if found else f"{link.target}#{link.detail}"


def _nodes(book: Book, library: Library) -> Iterator[str]:
    for step in book.steps:
        yield _node(_name("s", step.id), "step", step.title)
    others = {
        (link.target, link.detail)
        for _, choice in book.links()
        for link in choice.steps
        if link.target != book.id
    }
    for target, detail in sorted(others):
        title = _title(Link(LinkKind.STEP, target, detail), library)
        yield _node(_name("o", target, detail), "other", title)
    ends = {choice.link.detail or choice.link.target for _, choice in book.links() if choice.ends}
    for end in sorted(ends):
        yield _node(_name("e", end), "end", end)


def _arrows(book: Book) -> Iterator[str]:
    for step in book.steps:
        drawn: dict[str, list[str]] = {}
        for choice in step.choices:
            target = _target(book, choice)
            if target:
                drawn.setdefault(target, []).append(choice.label)
        for target, labels in drawn.items():
            yield f'    {_name("s", step.id)} -->|"{_quoted(" / ".join(labels))}"| {target}'


def _target(book: Book, choice: Choice) -> str:
    link = next(iter(choice.steps), None)
    if link is not None:
        if link.target == book.id:
            return _name("s", link.detail)
        return _name("o", link.target, link.detail)
    return _name("e", choice.link.detail or choice.link.target) if choice.ends else ""


def _name(*words: str) -> str:
    # Mermaid reads two hyphens as an arrow and has words of its own.
    return "_".join(words).replace("-", "_")


def _node(name: str, shape: str, text: str) -> str:
    opening, closing = _SHAPES[shape]
    return f"    {name}{opening}{_quoted(text)}{closing}"


def _quoted(text: str) -> str:
    return text.replace("&", "#amp;").replace('"', "#quot;").replace("<", "#lt;")
