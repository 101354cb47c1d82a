"""The law of a callback's history: which steps follow which, whose it is, and what breaks it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from domain.said import Said

IN_HAND: Final = ("claimed", "check")
"""States in which a call has the callback in hand."""
OVER: Final = ("done", "exhausted", "cancelled")
"""States that only an undo, an amendment or a lead's deed leaves."""

_WAITING: Final = ("scheduled", "due")
_STEPS: Final[Mapping[str | None, frozenset[str]]] = {
    None: frozenset(_WAITING),
    **{state: frozenset((*_WAITING, "claimed", "cancelled")) for state in _WAITING},
    **{state: frozenset((*_WAITING, *IN_HAND, *OVER)) for state in IN_HAND},
    "done": frozenset(("done", "claimed", *_WAITING)),
    "exhausted": frozenset(("exhausted", "claimed", *_WAITING)),
    "cancelled": frozenset(("cancelled", "claimed", *_WAITING)),
}
"""What may follow a state; a step that changes nothing tells of the callback."""
_REVIVES: Final = frozenset(("undone", "amending", "reopened", "put_back"))
"""Deeds that may leave a state which is over."""
_TAKES: Final = frozenset(("claimed", "resumed", "rang_back", "undone", "amending", "stolen"))
"""Deeds with which the right to finish changes hands, whoever had it."""
_RESOLVES: Final = frozenset(("was_called", "was_not_called", "stolen"))
"""Deeds with which it goes to nobody, or to whoever looks after it."""
_TELLS: Final = frozenset(("late_outcome", "care_merged"))
"""Events that tell of a callback under a fence that is not its own."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A law of the history that rows break.

    Attributes:
        code: which law; its sentence is `fault.<code>`.
        callback_id: the callback, where one is meant.
        call_id: the call, where one is meant.
        params: ids, states and numbers for the sentence; never personal values.
    """

    code: str
    callback_id: int | None = None
    call_id: int | None = None
    params: Mapping[str, str | int | None] = field(default_factory=dict)

    @property
    def said(self) -> Said:
        """What is wrong, as a sentence."""
        known = {"callback": self.callback_id, "call": self.call_id, **self.params}
        return Said(
            f"fault.{self.code}",
            {name: "–" if value is None else str(value) for name, value in known.items()},
        )


@dataclass(frozen=True, slots=True)
class Step:
    """An event of a callback's history, in the order in which they happened (`id`)."""

    id: int
    kind: str
    from_state: str | None
    to_state: str
    call_id: int | None
    fence: int


@dataclass(frozen=True, slots=True)
class Standing:
    """What a callback's own row says."""

    callback_id: int
    state: str
    fence: int
    call_id: int | None


@dataclass(slots=True)
class Stretch:
    """How long a call had a callback in hand: from one event to another; without `last`, still."""

    call_id: int
    callback_id: int
    first: int
    last: int | None = None


class Walk:
    """Follows the events of one callback and says what breaks the law.

    Attributes:
        stretches: when which call had it in hand; an amendment, which is over at once, left out.
        merged: the last event with which the callback came from another person; 0 for none.
    """

    def __init__(self, standing: Standing) -> None:
        self.stretches: list[Stretch] = []
        self.merged = 0
        self._standing = standing
        self._state: str | None = None
        self._fence = 0
        self._holder: int | None = None
        self._open: Stretch | None = None

    def follow(self, step: Step) -> Iterator[Fault]:
        """The faults of the next event."""
        yield from self._look_at_states(step)
        yield from self._look_at_fence(step)
        yield from self._look_at_hands(step)
        if step.kind == "merged":
            self.merged = step.id
        self._state = step.to_state

    def end(self) -> Iterator[Fault]:
        """The faults of the row beside its history."""
        row = self._standing
        if self._state is None:
            yield Fault("event_missing", row.callback_id)
            return
        fell_due = self._state == "scheduled" and row.state == "due"
        if row.state != self._state and not fell_due:
            yield self._fault("state_differs", state=row.state, was=self._state)
        if row.fence != self._fence:
            yield self._fault("fence_differs", fence=row.fence, was=self._fence)
        if row.call_id != self._holder and row.state in IN_HAND:
            yield self._fault("call_differs", row.call_id, was=self._holder)

    def _look_at_states(self, step: Step) -> Iterator[Fault]:
        fell_due = self._state == "scheduled" and step.from_state == "due"
        if step.from_state != self._state and not fell_due:
            yield self._fault(
                "event_gap", step.call_id, event=step.id, state=step.from_state, was=self._state
            )
        allowed = step.to_state in _STEPS.get(step.from_state, ())
        revived = step.from_state in OVER and step.to_state not in OVER
        if not allowed or (revived and step.kind not in _REVIVES):
            yield self._fault(
                "event_step", step.call_id, event=step.id, kind=step.kind,
                state=step.to_state, was=step.from_state,
            )  # fmt: skip

    def _look_at_fence(self, step: Step) -> Iterator[Fault]:
        if step.kind in _TELLS:
            return
        taken = step.to_state == "claimed" and (step.from_state != "claimed" or step.kind in _TAKES)
        if step.fence < self._fence:
            yield self._fault(
                "fence_shrank", step.call_id, event=step.id, fence=step.fence, was=self._fence
            )
        elif step.fence == self._fence and (taken or step.kind in _RESOLVES):
            yield self._fault(
                "fence_stayed", step.call_id, event=step.id, kind=step.kind, fence=step.fence
            )
        self._fence = step.fence

    def _look_at_hands(self, step: Step) -> Iterator[Fault]:
        if step.kind in _TELLS:
            return
        if step.to_state not in IN_HAND:
            if self._open is not None:
                self._open.last = step.id
            self._holder = self._open = None
        elif step.call_id is not None and step.call_id != self._holder:
            if self._holder is not None:
                yield self._fault("claims_overlap", step.call_id, event=step.id, other=self._holder)
            self._holder = step.call_id
            if step.kind != "amending":
                self._open = Stretch(step.call_id, self._standing.callback_id, step.id)
                self.stretches.append(self._open)

    def _fault(self, code: str, call_id: int | None = None, /, **params: str | int | None) -> Fault:
        return Fault(code, self._standing.callback_id, call_id, params)


def held_twice(person_id: int, walks: Sequence[Walk]) -> Iterator[Fault]:
    """Where two calls had a person in hand at once, as the histories of all callbacks tell.

    What lies before two records of one person were merged is left out: they were two then.
    """
    since = max((walk.merged for walk in walks), default=0)
    stretches = sorted(
        (one for walk in walks for one in walk.stretches if one.first > since),
        key=lambda one: one.first,
    )
    yield from _overlaps(person_id, stretches)


def _overlaps(person_id: int, stretches: Iterable[Stretch]) -> Iterator[Fault]:
    latest: Stretch | None = None
    for one in stretches:
        other = latest is not None and one.call_id != latest.call_id
        if latest is not None and other and (latest.last is None or one.first < latest.last):
            yield Fault(
                "person_twice", one.callback_id, one.call_id,
                {"person": person_id, "other": latest.call_id},
            )  # fmt: skip
        if latest is None or (
            latest.last is not None and (one.last is None or one.last > latest.last)
        ):
            latest = one
