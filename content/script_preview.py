"""A book walked with an invented customer, as its author sees it before anybody says it."""

from __future__ import annotations

from dataclasses import dataclass

from content.script_rules import script_rules
from content.variables import ScriptValues
from domain.library import Library
from domain.playbook import Book, BookKind, Link, LinkKind, Step
from domain.walk import Place, Walk


@dataclass(frozen=True, slots=True)
class SampleValues(ScriptValues):
    """What is known of the invented customer of a language."""

    def spoken(self) -> dict[str, str]:
        """The sample's values by the names that templates use."""
        return dict(script_rules(self.language).sample)


def step_at(book: Book, line: int) -> Step:
    """The step that a line of the file belongs to; above all steps, the first.

    Args:
        book: the file's book.
        line: counted from 1.
    """
    before = [step for step in book.steps if step.line <= line]
    return before[-1] if before else book.steps[0]


def walk_at(library: Library, book: Book, line: int) -> Walk | None:
    """A walk that stands where a line of a book is.

    An answer, a rung or a part stands above or within a playbook that leads to it, so that its
    ways back are offered as they will be.

    Args:
        library: the books of the language, this one among them (parts stay behind).
        book: the book that is edited.
        line: counted from 1.

    Returns:
        The walk; none for a part that no playbook brings in and where there is no playbook at all.
    """
    step = step_at(book, line)
    if book.kind is BookKind.PARTS:
        found = _bringing(library, f"{book.id}#{step.id}")
        return None if found is None else Walk(library, (found,))
    if book.id not in library.books:
        return None
    place = Place(book.id, step.id)
    if book.kind is BookKind.PLAYBOOK:
        return Walk(library, (place,))
    below = _leading(library, book, step)
    return None if below is None else Walk(library, (below, place))


def follow(walk: Walk, number: int) -> tuple[Walk, Link | None]:
    """The walk after a choice, and what the desk would be asked for on the way.

    A question counts as asked at once; an action is not carried out.

    Raises:
        RefusedError: `script_no_choice`.
    """
    after = walk.choose(number)
    asked = after.request
    if asked is not None and asked.kind is LinkKind.ASK:
        return after.ask_done(asked), asked
    return after, asked


def _bringing(library: Library, shared: str) -> Place | None:
    for book in library.playbooks:
        for step in book.steps:
            for number, variant in enumerate(step.variants):
                if variant.shared == shared:
                    return Place(book.id, step.id, number)
    return None


def _leading(library: Library, book: Book, step: Step) -> Place | None:
    target = (book.id, step.id)
    for playbook in library.playbooks:
        for one in playbook.steps:
            for choice in one.choices:
                if any((link.target, link.detail) == target for link in choice.steps):
                    return Place(playbook.id, one.id)
    first = next(iter(library.playbooks), None)
    return None if first is None else Place(first.id, first.steps[0].id)
