"""Walking a playbook: where the conversation stands, how it came there, what was said.

A walk is a value; every move gives a new one. Places form a stack: the script at the bottom, and
above it whatever came up (an objection, a rung of the ladder, another book). Returning always
lands on the very place, with the very wording, where the thing came up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from typing import Any, Final

from domain.errors import InputError, RefusedError
from domain.library import Library
from domain.phrases import PhraseOrder, fingerprint
from domain.playbook import Book, BookKind, Choice, Link, LinkKind, Step, Variant

MOST_STEPS_BACK: Final = 200
"""How many moves can be taken back; a held key must not fill the draft."""


class Result(StrEnum):
    """What came of a wording, as the operator judged it."""

    WORKED = "worked"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Place:
    """A step with the wording that is shown (0 is the first)."""

    book: str
    step: str
    variant: int = 0


@dataclass(frozen=True, slots=True)
class Use:
    """One wording that was put before the operator during a call.

    Attributes:
        kind: `step`, `objection` or `rung`.
        playbook: id of the book.
        version: fingerprint of the book.
        step: id of the step, objection or rung.
        variant: index of the wording in the file; none for a step that only advises.
        language: `zh` or `en`.
        result: as the operator marked it; none when nothing was marked.
        wording: fingerprint of the words, the same in every version that has them; empty for a
            step that only advises.
        shown: the wording's place in the order that the call offered, from 1.
    """

    kind: str
    playbook: str
    version: str
    step: str
    variant: int | None
    language: str
    result: Result | None = None
    wording: str = ""
    shown: int | None = None


_KINDS: Final = {
    BookKind.PLAYBOOK: "step",
    BookKind.OBJECTIONS: "objection",
    BookKind.LADDER: "rung",
}
_Stack = tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Walk:
    """One conversation's way through the books.

    Attributes:
        library: the books, pinned for the whole call.
        stack: the script's place and what came up above it; the last one is shown.
        behind: the stacks before each move, for going back.
        trail: every wording used, in order, as the database stores it.
        asked: the survey questions asked so far.
        request: what the last choice wants from the desk (a question to ask, an action to do);
            it is not part of the walk's value and is not stored.
        order: the order in which this call offers the wordings; the file's where there is none. It
            is not stored either: what was offered stands in the trail.
    """

    library: Library
    stack: _Stack
    behind: tuple[_Stack, ...] = ()
    trail: tuple[Use, ...] = ()
    asked: tuple[Link, ...] = ()
    request: Link | None = field(default=None, compare=False)
    order: PhraseOrder | None = field(default=None, compare=False)

    @classmethod
    def start(cls, library: Library, playbook: str, order: PhraseOrder | None = None) -> Walk:
        """A walk at the first step of a playbook, its wordings in the order of the call.

        Raises:
            InputError: `script_no_book`.
        """
        book = library.book(playbook)
        place = _leading(library, Place(book.id, book.steps[0].id), order)
        return cls(library, (place,), trail=(_use_of(library, place, order),), order=order)

    def ordered(self, order: PhraseOrder) -> Walk:
        """The walk with the call's order of wordings.

        The first step begins with its leading wording as long as nothing was done in it; a wording
        that somebody may be reading aloud stays.
        """
        untouched = Walk.start(self.library, self.stack[0].book)
        if self == untouched:
            return Walk.start(self.library, self.stack[0].book, order)
        return replace(self, order=order)

    @property
    def place(self) -> Place:
        """Where the conversation stands."""
        return self.stack[-1]

    @property
    def book(self) -> Book:
        """The book of the present step."""
        return self.library.book(self.place.book)

    @property
    def playbook(self) -> Book:
        """The script at the bottom of the stack."""
        return self.library.book(self.stack[0].book)

    @property
    def script_depth(self) -> int:
        """How deep in the stack the script lies that is being walked: what came up is above it."""
        return max(
            depth
            for depth, place in enumerate(self.stack)
            if depth == 0 or self.library.book(place.book).kind is BookKind.PLAYBOOK
        )

    @property
    def step(self) -> Step:
        """The present step."""
        step = self.book.step(self.place.step)
        if step is None:
            raise InputError("script_no_step", book=self.place.book, step=self.place.step)
        return step

    @property
    def wording(self) -> Variant | None:
        """The wording shown; none for a step that only advises."""
        variants = self.step.variants
        return variants[self.place.variant] if variants else None

    @property
    def kind(self) -> str:
        """What the present place is, as a use stores it: `step`, `objection` or `rung`."""
        return _KINDS[self.book.kind]

    @property
    def offered(self) -> tuple[int, ...]:
        """The indices of the present step's wordings, in the order that this call offers."""
        return _offered(self.library, self.place, self.order)

    @property
    def position(self) -> tuple[int, int]:
        """The number of the script's step (from 1) and how many steps the script has."""
        steps = self.playbook.steps
        number = next(n for n, step in enumerate(steps, 1) if step.id == self.stack[0].step)
        return number, len(steps)

    @property
    def choices(self) -> tuple[Choice, ...]:
        """The ways on, numbered from 1; a return is offered only where there is a way back."""
        return tuple(
            choice for choice in self.step.choices if len(self.stack) > 1 or not choice.returns
        )

    @property
    def pending_question(self) -> Choice | None:
        """The first question of the present step that has not been asked yet."""
        for choice in self.choices:
            if choice.link.kind is LinkKind.ASK and choice.link not in self.asked:
                return choice
        return None

    @property
    def can_return(self) -> bool:
        """Whether something came up that can be returned from."""
        return len(self.stack) > 1

    @property
    def can_go_back(self) -> bool:
        """Whether a move can be taken back."""
        return bool(self.behind)

    def choose(self, number: int) -> Walk:
        """The walk after choice `number` (from 1).

        A step is gone to; a question only becomes the `request` (say `ask_done` once it is
        answered); an action becomes the `request` and the step behind it is gone to at once.

        Raises:
            RefusedError: `script_no_choice`.
        """
        if not 1 <= number <= len(self.choices):
            raise RefusedError("script_no_choice", number=number)
        choice = self.choices[number - 1]
        link = choice.link
        if link.kind is LinkKind.STEP:
            return self._follow(link)
        if choice.returns:
            return self.return_()
        if link.kind is LinkKind.DO and choice.then:
            return replace(self._follow(choice.then), request=link)
        return replace(self, request=link)

    def ask_done(self, question: Link, *, go_on: bool = True) -> Walk:
        """The walk after a question was asked.

        Args:
            question: the link of the question, whoever asked it (script or survey pane).
            go_on: go to the step behind the question; false keeps the place, for an answer that
                deserves a second look first.
        """
        asked = self.asked if question in self.asked else (*self.asked, question)
        following = next((c.then for c in self.choices if c.link == question and c.then), None)
        if go_on and following:
            return replace(self._follow(following), asked=asked)
        return replace(self, asked=asked, request=None)

    def variant(self, by: int = 1) -> Walk:
        """The walk with another wording of the same thought, around in the call's order."""
        offered = self.offered
        if len(offered) < 2:
            return replace(self, request=None)
        following = offered[(offered.index(self.place.variant) + by) % len(offered)]
        place = replace(self.place, variant=following)
        use = _use_of(self.library, place, self.order)
        stack = (*self.stack[:-1], place)
        number = self._last_use(place.book, place.step)
        if number is not None and self.trail[number].result is None:
            trail = self._trail_with(number, use)
        else:
            trail = (*self.trail, use)
        return replace(self, stack=stack, trail=trail, request=None)

    def mark(self, result: Result | str) -> Walk:
        """The walk with the present wording marked as worked or failed."""
        place = self.place
        use = _use_of(self.library, place, self.order)
        number = self._last_use(place.book, place.step, use.variant)
        judged = replace(use, result=Result(result))
        trail = (*self.trail, judged) if number is None else self._trail_with(number, judged)
        return replace(self, trail=trail, request=None)

    def open_objection(self, objection: str) -> Walk:
        """The walk at an objection that came up here.

        Raises:
            InputError: `script_no_objection`.
        """
        book = self.library.objection_book(objection)
        return self._moved((*self.stack, Place(book.id, objection)))

    def open_rung(self, rung: str) -> Walk:
        """The walk at a rung of the expectation ladder; from rung to rung the way back stays.

        Raises:
            InputError: `script_no_step`, or `script_no_ladder`.
        """
        ladder = self.library.ladder
        if ladder.step(rung) is None:
            raise InputError("script_no_step", book=ladder.id, step=rung)
        below = self.stack[:-1] if self.place.book == ladder.id else self.stack
        return self._moved((*below, Place(ladder.id, rung)))

    def go_to(self, step_id: str) -> Walk:
        """The walk at a step of the script that is being walked; what came up there is left.

        Raises:
            InputError: `script_no_step`.
        """
        depth = self.script_depth
        book = self.stack[depth].book
        if self.library.find(book, step_id) is None:
            raise InputError("script_no_step", book=book, step=step_id)
        return self._moved((*self.stack[:depth], Place(book, step_id)))

    def return_(self) -> Walk:
        """The walk back at the place where the present objection, rung or book came up.

        Raises:
            RefusedError: `script_no_return` at the script itself.
        """
        if not self.can_return:
            raise RefusedError("script_no_return")
        return self._moved(self.stack[:-1], used=False)

    def back(self) -> Walk:
        """The walk with the last move taken back; what was said stays in the trail.

        Raises:
            RefusedError: `script_no_back` at the very beginning.
        """
        if not self.behind:
            raise RefusedError("script_no_back")
        return replace(self, stack=self.behind[-1], behind=self.behind[:-1], request=None)

    def in_library(self, library: Library) -> Walk:
        """The same walk in another language's books; see `from_dict` for what has no equal."""
        return replace(Walk.from_dict(library, self.to_dict()), order=self.order)

    def to_dict(self) -> dict[str, Any]:
        """The walk as plain JSON values, for a draft."""
        return {
            "stack": _plain(self.stack),
            "behind": [_plain(stack) for stack in self.behind],
            "trail": [asdict(use) for use in self.trail],
            "asked": [[link.target, link.detail] for link in self.asked],
        }

    @classmethod
    def from_dict(cls, library: Library, data: Mapping[str, Any]) -> Walk:
        """The walk of a draft.

        A place that the library no longer has is dropped, and what stood above it with it; with
        nothing left the script begins again. The trail and the questions asked stay whole.

        Raises:
            InputError: `script_draft_broken` for anything that `to_dict` does not write, or
                `script_no_book` when even the playbook is gone.
        """
        try:
            first = str(data["stack"][0][0])
            stack = _known(library, data["stack"])
            behind = tuple(filter(None, (_known(library, old) for old in data["behind"])))
            trail = tuple(_use(entry) for entry in data["trail"])
            asked = tuple(Link(LinkKind.ASK, str(a), str(b)) for a, b in data["asked"])
        except (KeyError, IndexError, TypeError, ValueError) as error:
            raise InputError("script_draft_broken") from error
        if not stack:
            return replace(cls.start(library, first), trail=trail, asked=asked)
        return cls(library, stack, behind, trail, asked)

    def _follow(self, link: Link) -> Walk:
        place = Place(link.target, link.detail)
        kept = self.stack
        if link.target == self.place.book:
            kept = self.stack[:-1]
        elif self.library.book(link.target).kind is BookKind.PLAYBOOK:
            # A script that is already below is gone back to, never entered a second time.
            depths = [n for n, below in enumerate(self.stack) if below.book == link.target]
            kept = self.stack[: depths[-1]] if depths else self.stack
        return self._moved((*kept, place))

    def _moved(self, stack: _Stack, *, used: bool = True) -> Walk:
        behind = (*self.behind, self.stack)[-MOST_STEPS_BACK:]
        trail = self.trail
        if used:
            place = _leading(self.library, stack[-1], self.order)
            stack = (*stack[:-1], place)
            trail = (*trail, _use_of(self.library, place, self.order))
        return replace(self, stack=stack, behind=behind, trail=trail, request=None)

    def _last_use(self, book: str, step: str, variant: int | None = -1) -> int | None:
        """The number of the last use of a step, of one wording or (-1) of any."""
        for number in range(len(self.trail) - 1, -1, -1):
            use = self.trail[number]
            if (use.playbook, use.step) == (book, step) and variant in (-1, use.variant):
                return number
        return None

    def _trail_with(self, number: int, use: Use) -> tuple[Use, ...]:
        return (*self.trail[:number], use, *self.trail[number + 1 :])


def _use_of(library: Library, place: Place, order: PhraseOrder | None) -> Use:
    book = library.book(place.book)
    step = book.step(place.step)
    bare = Use(_KINDS[book.kind], book.id, book.version, place.step, None, book.language)
    if step is None or not step.variants:
        return bare
    return replace(
        bare,
        variant=place.variant,
        wording=fingerprint(step.variants[place.variant]),
        shown=_offered(library, place, order).index(place.variant) + 1,
    )


def _offered(library: Library, place: Place, order: PhraseOrder | None) -> tuple[int, ...]:
    book = library.book(place.book)
    step = book.step(place.step)
    variants = step.variants if step else ()
    if order is None:
        return tuple(range(len(variants)))
    return order.of(_KINDS[book.kind], f"{book.id}#{place.step}", variants)


def _leading(library: Library, place: Place, order: PhraseOrder | None) -> Place:
    offered = _offered(library, place, order)
    return replace(place, variant=offered[0]) if offered else place


def _plain(stack: _Stack) -> list[list[Any]]:
    return [[place.book, place.step, place.variant] for place in stack]


def _known(library: Library, stack: Sequence[Sequence[Any]]) -> _Stack:
    places: list[Place] = []
    for book, step, variant in stack:
        found = library.find(str(book), str(step))
        if found is None:
            break
        most = max(len(found.variants) - 1, 0)
        places.append(Place(str(book), str(step), min(max(int(variant), 0), most)))
    return tuple(places)


def _use(entry: Mapping[str, Any]) -> Use:
    result, variant = entry["result"], entry["variant"]
    return Use(
        kind=str(entry["kind"]),
        playbook=str(entry["playbook"]),
        version=str(entry["version"]),
        step=str(entry["step"]),
        variant=None if variant is None else int(variant),
        language=str(entry["language"]),
        result=None if result is None else Result(result),
        # A draft of an earlier program knows neither.
        wording=str(entry.get("wording", "")),
        shown=None if entry.get("shown") is None else int(entry["shown"]),
    )
