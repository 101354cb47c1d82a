"""What a call leaves behind beside its outcome: answers, scores, words, promises, wishes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from db.case_calls import keep_complaint
from db.chances import keep_chances
from db.decisions import CallEnd, Effects
from db.gaps import keep_gaps
from db.numbers import add_new_number, end_asset_link, mark_legs, mark_number, stop_person
from db.promise_keeping import keep_promises
from db.promise_keeping import keep_words as keep_promise_words
from db.tables import (
    answer,
    call,
    call_step,
    campaign,
    contact,
    person,
    score,
    wish,
)
from db.transaction import Unit


def keep_facts(
    unit: Unit, end: CallEnd, decision_id: int, row: sa.RowMapping, effects: Effects
) -> int | None:
    """Writes what a decision says about the person, whether or not it came late.

    Returns the case that it told of; none without one.

    Raises:
        InputError: `promise_past`, `chance_past`, unless it came late: then they were said all the
            same; `colleague_unknown`; `promise_nobody_told`, `promise_without_words`.
        RefusedError: `promise_unknown`.
    """
    _keep_words(unit, end, decision_id)
    complaint_id = keep_complaint(unit, end, decision_id, effects)
    case_id = complaint_id or row["complaint_id"]
    _keep_wishes(unit, end, decision_id, case_id)
    keep_gaps(unit, end, decision_id, case_id)
    add_new_number(unit, end, effects)
    mark_legs(unit, end, effects)
    keep_consequences(unit, end, row, effects)
    keep_promise_words(unit, end, decision_id, effects)
    keep_promises(unit, end, decision_id, row, effects, complaint_id=case_id)
    keep_chances(unit, end, decision_id, row, effects)
    _keep_contact(unit, end, row)
    return complaint_id


def keep_consequences(unit: Unit, end: CallEnd, row: sa.RowMapping, effects: Effects) -> None:
    """Writes what an ending says by itself about the person, the number and the asset."""
    stop_person(unit, end, row, effects)
    mark_number(unit, end, row, effects)
    end_asset_link(unit, end, row, effects)


def _keep_words(unit: Unit, end: CallEnd, decision_id: int) -> None:
    decision, ids = end.decision, {"call_id": end.call["id"], "decision_id": decision_id}
    if decision.answers:
        unit.run(
            answer.insert(),
            [
                {
                    **ids,
                    "survey": one.survey,
                    "version": one.version,
                    "question": one.question,
                    "status": one.status,
                    "number": one.number,
                    "text": one.text,
                    "choices": None if one.choices is None else list(one.choices),
                }
                for one in decision.answers
            ],
        )
    if decision.scores:
        unit.run(
            score.insert(),
            [
                {
                    **ids,
                    "person_id": end.call["person_id"],
                    "metric": one.metric,
                    "value": one.value,
                    "n": one.n,
                    "at": end.at,
                }
                for one in decision.scores
            ],
        )
    if decision.uses:
        tier = unit.run(
            sa.select(person.c.tier).where(person.c.id == end.call["person_id"])
        ).scalar_one()
        unit.run(
            call_step.insert(),
            [
                {
                    **ids,
                    "position": position,
                    "kind": one.kind,
                    "playbook": one.playbook,
                    "version": one.version,
                    "step": one.step,
                    "variant": one.variant,
                    "language": one.language,
                    "result": one.result,
                    "details": {"wording": one.wording, "shown": one.shown, "tier": tier},
                }
                for position, one in enumerate(decision.uses)
            ],
        )
    words: dict[str, Any] = {
        "note": decision.note,
        "mood_start": decision.mood_start,
        "mood_end": decision.mood_end,
    }
    if end.late:
        # What whoever holds the call says of it goes before; the late words stay in the decision.
        words = {name: sa.func.coalesce(call.c[name], said) for name, said in words.items()}
    unit.run(sa.update(call).where(call.c.id == end.call["id"]).values(**words))


def _keep_wishes(unit: Unit, end: CallEnd, decision_id: int, complaint_id: int | None) -> None:
    if end.decision.wishes:
        stored = _stored_wishes(unit, end)
        places = _places_of_wishes(unit, end, stored)
        unit.run(
            wish.insert(),
            [
                {
                    "complaint_id": stored[one.wish_id].complaint_id
                    if one.wish_id in stored
                    else complaint_id,
                    "earlier_id": one.wish_id if one.wish_id in stored else None,
                    "person_id": end.call["person_id"],
                    "call_id": end.call["id"],
                    "decision_id": decision_id,
                    "position": position,
                    "text": one.text,
                    "possible": one.possible,
                    "reason": one.reason,
                    "offer": one.offer,
                    "state": one.state,
                    "answer_by": one.answer_by,
                    "need": one.need,
                    "at": unit.now,
                }
                for position, one in zip(places, end.decision.wishes, strict=True)
            ],
        )


def _stored_wishes(unit: Unit, end: CallEnd) -> dict[int | None, sa.Row[Any]]:
    """The person's stored wishes that the decision speaks of, by their ids."""
    named = [one.wish_id for one in end.decision.wishes if one.wish_id is not None]
    if not named:
        return {}
    rows = unit.run(
        sa.select(wish.c.id, wish.c.complaint_id, wish.c.position).where(
            wish.c.id.in_(named), wish.c.person_id == end.call["person_id"]
        )
    )
    return {row.id: row for row in rows}


def _places_of_wishes(
    unit: Unit, end: CallEnd, stored: Mapping[int | None, sa.Row[Any]]
) -> list[int]:
    """Where each wish of the decision stands among all of the person's.

    A decision names only what it says something new about: the others keep their places, so those
    it names share the places that they had. New ones come last, unless the customer put one before
    a stored one: then all were ranked anew, and all are named.
    """
    known = [stored[one.wish_id].position for one in end.decision.wishes if one.wish_id in stored]
    new = len(end.decision.wishes) - len(known)
    if any(one.wish_id not in stored for one in end.decision.wishes[: len(known)]):
        return list(range(len(end.decision.wishes)))
    whose = wish.c.person_id == end.call["person_id"]
    last = unit.run(sa.select(sa.func.max(wish.c.position)).where(whose)).scalar()
    following = 0 if last is None else last + 1
    return [*sorted(known), *range(following, following + new)]


def _keep_contact(unit: Unit, end: CallEnd, row: sa.RowMapping) -> None:
    """Enters the call among the contacts: once, whatever is said of it again or late."""
    details = {"outcome": end.outcome.code}
    same = sa.and_(
        contact.c.person_id == end.call["person_id"], contact.c.call_id == end.call["id"]
    )
    if end.late:
        known = unit.run(sa.select(contact.c.id).where(same).limit(1)).first() is not None
    else:
        known = unit.run(sa.update(contact).where(same).values(details=details)).rowcount > 0
    if known:
        return
    kind = unit.run(
        sa.select(campaign.c.content_kind).where(campaign.c.id == row["campaign_id"])
    ).scalar_one()
    unit.run(
        contact.insert(),
        {
            "person_id": end.call["person_id"],
            "at": end.at,
            "direction": end.call["direction"],
            "channel": "call_centre" if end.call["direction"] == "out" else "phone",
            "content_kind": kind,
            "call_id": end.call["id"],
            "operator_id": end.caller,
            "details": details,
        },
    )
