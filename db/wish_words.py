"""A word about a wish from outside a call: what can be had, and what may be offered next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from db.case_follow import follow
from db.case_hand import save_case, take_case
from db.engine import Database
from db.tables import wish
from db.transaction import Unit
from db.wishes import StandingWish, standing_wishes
from domain.case import Act, EntryKind
from domain.contradiction import NewWord, contradicted, same_wish
from domain.errors import InputError, RefusedError
from domain.permissions import Actor
from domain.said import Said


@dataclass(frozen=True, slots=True)
class WishNews:
    """What is newly known about a wish; what is left out stays as it was.

    Attributes:
        possible: whether it can be had as wished.
        reason: why not, in words for the customer.
        offer: what may be offered; the customer has yet to answer it.
        answer_by: UTC instant by which a shelved wish is answered.
        need: basic, expected or delight.
    """

    possible: bool | None = None
    reason: str | None = None
    offer: str | None = None
    answer_by: datetime | None = None
    need: str | None = None


def judge_wish(
    database: Database, actor: Actor, wish_id: int, news: WishNews, *, despite: bool = False
) -> int:
    """Writes a word about a wish of a case and returns its row.

    Args:
        database: the database.
        actor: who judges it.
        wish_id: the wish, by the row of its last word.
        news: what is newly known.
        despite: say it although it goes against what a call told the customer.

    Raises:
        InputError: `wish_no_news`.
        RefusedError: `wish_unknown`; `wish_moved_on` when somebody has said more about it;
            `expectation_reason_missing`; `wish_contradicts` (against: the first sentence), unless
            `despite`; those of `domain.case.require_act` for changing the case.
    """
    if news == WishNews():
        raise InputError("wish_no_news")
    if news.possible is False and not (news.reason or "").strip():
        raise RefusedError("expectation_reason_missing")

    def work(unit: Unit) -> int:
        row = unit.run(sa.select(wish).where(wish.c.id == wish_id)).mappings().first()
        if row is None or row["complaint_id"] is None:
            raise RefusedError("wish_unknown", wish=wish_id)
        case = take_case(unit, database.rulebook, actor, row["complaint_id"], act=Act.CHANGE)
        standing = standing_wishes(unit, row["person_id"])
        if wish_id not in {one.id for one in standing}:
            raise RefusedError("wish_moved_on", wish=wish_id)
        if not despite:
            _refuse_contradiction(row["text"], news, standing)
        made = int(
            unit.run(
                wish.insert().returning(wish.c.id),
                {
                    "complaint_id": case.id,
                    "person_id": row["person_id"],
                    "position": row["position"],
                    "text": row["text"],
                    "state": "open" if news.offer else row["state"],
                    "possible": row["possible"] if news.possible is None else news.possible,
                    "reason": news.reason or row["reason"],
                    "offer": news.offer or row["offer"],
                    "answer_by": news.answer_by or row["answer_by"],
                    "need": news.need or row["need"],
                    "earlier_id": wish_id,
                    "operator_id": actor.operator_id,
                    "at": unit.now,
                },
            ).scalar_one()
        )
        case.begin_work()
        case.enter(EntryKind.OFFER, {"wish": made, "despite": despite})
        follow(case)
        save_case(case, "wish_judged", wish=made)
        return made

    return database.write(work)


def _refuse_contradiction(text: str, news: WishNews, standing: tuple[StandingWish, ...]) -> None:
    new = NewWord(text, news.offer, news.possible is False, news.answer_by)
    words = [word for one in standing if same_wish(one.text, text) for word in one.words]
    for kind, word in contradicted(new, words)[:1]:
        raise RefusedError(
            "wish_contradicts",
            against=Said(f"expectation.short.{kind}"),
            call=word.call_id or "–",
            by=word.operator or "–",
            at=word.at,
        )
