"""Lowering an expectation that can't be met: wishes, offers, and the six rungs of the ladder.

Source of the procedure: learn all wishes and rank them, set the frame, lead to what matters and
can be done, give the reasons, show understanding, show that the company takes it seriously; then
propose, ask, and shelve the one wish that stays open instead of losing the rest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from domain.errors import InputError, RefusedError

RUNGS: Final = ("wishes", "frame", "options", "reasons", "understanding", "weight")
"""The rungs from the first to the last; they are step ids of the ladder's book."""

AGREEMENT: Final = "agreement"
"""The ladder's step that proposes and asks."""

SHELVING: Final = "shelving"
"""The ladder's step that puts one wish aside, with a date for the answer."""


class Verdict(StrEnum):
    """How a wish stands."""

    OPEN = "open"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    SHELVED = "shelved"
    REFUSED = "refused"


_SETTLED: Final = (Verdict.ACCEPTED, Verdict.SHELVED)


class Need(StrEnum):
    """What kind of need stands behind a wish: taken for granted, expected, or a delight."""

    BASIC = "basic"
    EXPECTED = "expected"
    DELIGHT = "delight"


@dataclass(frozen=True, slots=True)
class Wish:
    """One thing that the customer wants.

    Attributes:
        text: in the customer's words.
        possible: whether it can be had as wished; none while nobody has judged it.
        reason: why not, as told to the customer.
        offer: what was proposed instead, or as wished.
        verdict: what the customer said to the offer.
        answer_by: UTC instant by which a shelved wish is answered.
        stored_id: where the case's wish is stored that this goes on from; none for a new one.
        touched: whether this talk said something new about a stored one.
        need: what kind of need it is; none while nobody has said.
    """

    text: str
    possible: bool | None = None
    reason: str = ""
    offer: str = ""
    verdict: Verdict = Verdict.OPEN
    answer_by: datetime | None = None
    stored_id: int | None = None
    touched: bool = False
    need: Need | None = None

    @property
    def is_news(self) -> bool:
        """Whether there is something to store."""
        return self.stored_id is None or self.touched


@dataclass(frozen=True, slots=True)
class Agreement:
    """What was agreed: wishes that an offer settled, and wishes put aside with a date."""

    accepted: tuple[Wish, ...]
    shelved: tuple[Wish, ...]


@dataclass(frozen=True, slots=True)
class Talk:
    """One conversation about wishes.

    Attributes:
        wishes: in the customer's order of importance, the first matters most.
        rungs: the rungs used, in the order of their first use.
    """

    wishes: tuple[Wish, ...] = ()
    rungs: tuple[str, ...] = ()

    def hear(self, text: str) -> Talk:
        """The talk with one more wish, for now the least important.

        Raises:
            InputError: `expectation_wish_empty`.
        """
        words = text.strip()
        if not words:
            raise InputError("expectation_wish_empty")
        return replace(self, wishes=(*self.wishes, Wish(words)))

    def rank(self, order: Sequence[int]) -> Talk:
        """The talk with its wishes in the customer's order.

        Args:
            order: the present numbers of the wishes (from 0), the most important first.

        Raises:
            InputError: `expectation_order` unless every wish is named exactly once.
        """
        if sorted(order) != list(range(len(self.wishes))):
            raise InputError("expectation_order")
        if list(order) == sorted(order):
            return self
        ranked = (replace(self.wishes[number], touched=True) for number in order)
        return replace(self, wishes=tuple(ranked))

    def tick(self, rung: str) -> Talk:
        """The talk with a rung used.

        Raises:
            InputError: `expectation_rung` for a rung that the ladder does not have.
        """
        if rung not in RUNGS:
            raise InputError("expectation_rung", rung=rung)
        return self if rung in self.rungs else replace(self, rungs=(*self.rungs, rung))

    def judge(self, number: int, *, possible: bool, reason: str = "") -> Talk:
        """The talk with a wish judged.

        Raises:
            RefusedError: `expectation_ask_first` for a refusal before all wishes were asked for,
                `expectation_reason_missing` for a refusal without a reason.
            InputError: `expectation_no_wish`.
        """
        if not possible:
            self._asked_first()
            if not reason.strip():
                raise RefusedError("expectation_reason_missing")
        return self._with(number, possible=possible, reason=reason.strip())

    def offer(self, number: int, text: str) -> Talk:
        """The talk with an offer made for a wish; it awaits the customer's answer.

        Raises:
            RefusedError: `expectation_ask_first` before all wishes were asked for.
            InputError: `expectation_offer_empty`, `expectation_no_wish`.
        """
        self._asked_first()
        if not text.strip():
            raise InputError("expectation_offer_empty")
        return self._with(number, offer=text.strip(), verdict=Verdict.OFFERED, answer_by=None)

    def accept(self, number: int) -> Talk:
        """The talk with an offer accepted.

        Raises:
            RefusedError: `expectation_no_offer`.
            InputError: `expectation_no_wish`.
        """
        self._offered(number)
        return self._with(number, verdict=Verdict.ACCEPTED, answer_by=None)

    def refuse(self, number: int) -> Talk:
        """The talk with an offer refused.

        Raises:
            RefusedError: `expectation_no_offer`.
            InputError: `expectation_no_wish`.
        """
        self._offered(number)
        return self._with(number, verdict=Verdict.REFUSED, answer_by=None)

    def shelve(self, number: int, answer_by: datetime) -> Talk:
        """The talk with one wish put aside and passed on.

        Args:
            number: the wish (from 0).
            answer_by: aware instant by which the customer hears the answer.

        Raises:
            ValueError: the instant is naive.
            InputError: `expectation_no_wish`.
        """
        if answer_by.tzinfo is None:
            raise ValueError(answer_by)
        return self._with(number, verdict=Verdict.SHELVED, answer_by=answer_by)

    def weigh(self, number: int, need: Need) -> Talk:
        """The talk with the kind of need known that stands behind a wish.

        Raises:
            InputError: `expectation_no_wish`.
        """
        return self._with(number, need=need)

    @property
    def agreement(self) -> Agreement | None:
        """What was agreed once every wish is accepted or shelved and one is accepted."""
        accepted = tuple(wish for wish in self.wishes if wish.verdict is Verdict.ACCEPTED)
        shelved = tuple(wish for wish in self.wishes if wish.verdict is Verdict.SHELVED)
        if not accepted or len(accepted) + len(shelved) < len(self.wishes):
            return None
        return Agreement(accepted, shelved)

    @property
    def next_rung(self) -> str:
        """The ladder's step that is due now.

        An offer that awaits its answer, or nothing left open, leads to the agreement; otherwise
        the first rung not used yet; with all rungs used, one wish is to be shelved.
        """
        if RUNGS[0] not in self.rungs or not self.wishes:
            return RUNGS[0]
        verdicts = {wish.verdict for wish in self.wishes}
        if Verdict.OFFERED in verdicts or verdicts <= set(_SETTLED):
            return AGREEMENT
        return next((rung for rung in RUNGS if rung not in self.rungs), SHELVING)

    def to_dict(self) -> dict[str, Any]:
        """The talk as plain JSON values, for a draft."""
        wishes = []
        for wish in self.wishes:
            answer_by = wish.answer_by.isoformat() if wish.answer_by else None
            wishes.append({**asdict(wish), "answer_by": answer_by})
        return {"wishes": wishes, "rungs": list(self.rungs)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Talk:
        """The talk of a draft.

        Raises:
            InputError: `script_draft_broken` for anything that `to_dict` does not write.
        """
        try:
            wishes = tuple(_wish(wish) for wish in data["wishes"])
            rungs = tuple(RUNGS[RUNGS.index(rung)] for rung in data["rungs"])
        except (KeyError, TypeError, ValueError) as error:
            raise InputError("script_draft_broken") from error
        return cls(wishes, rungs)

    def _with(self, number: int, **changes: Any) -> Talk:
        if not 0 <= number < len(self.wishes):
            raise InputError("expectation_no_wish", number=number + 1)
        wish = replace(self.wishes[number], touched=True, **changes)
        return replace(self, wishes=(*self.wishes[:number], wish, *self.wishes[number + 1 :]))

    def _asked_first(self) -> None:
        if RUNGS[0] not in self.rungs:
            raise RefusedError("expectation_ask_first")

    def _offered(self, number: int) -> None:
        if 0 <= number < len(self.wishes) and not self.wishes[number].offer:
            raise RefusedError("expectation_no_offer")


def _wish(data: Mapping[str, Any]) -> Wish:
    possible, answer_by = data["possible"], data["answer_by"]
    at = None if answer_by is None else datetime.fromisoformat(answer_by)
    if at is not None and at.tzinfo is None:
        raise ValueError(answer_by)
    return Wish(
        text=str(data["text"]),
        possible=None if possible is None else bool(possible),
        reason=str(data["reason"]),
        offer=str(data["offer"]),
        verdict=Verdict(data["verdict"]),
        answer_by=at,
        stored_id=None if data.get("stored_id") is None else int(data["stored_id"]),
        touched=bool(data.get("touched", False)),
        need=Need(data["need"]) if data.get("need") else None,
    )
