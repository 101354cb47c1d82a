"""The story of a case: its diary with the wishes and promises that belong to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from db.promises import state_at
from db.tables import (
    call_decision,
    call_step,
    case_entry,
    dispatch_slip,
    operator,
    promise,
)
from db.transaction import Unit
from db.wishes import StandingWish
from domain.case import CaseState, EntryKind
from domain.promise import PromiseState


@dataclass(frozen=True, slots=True)
class StoryLine:
    """One thing that happened; `at` in UTC.

    Attributes:
        at: when.
        kind: a code of `domain.case.EntryKind`, or `wish` (a word about one), `promise_made`,
            `promise_kept`, `promise_late`, `promise_broken`, `promise_withdrawn`.
        operator: the name of who did it; none for the desk itself.
        text: what somebody wrote.
        data: codes, ids and instants as ISO text.
        call_id: the call that it came of.
        undone: whether that call was taken back; then it counts for nothing.
        id: of the diary's entry; none for what stands elsewhere.
        to: the name of the colleague whom it concerns: asked, or the new owner.
    """

    at: datetime
    kind: str
    operator: str | None
    text: str | None
    data: Mapping[str, Any]
    call_id: int | None
    undone: bool = False
    id: int | None = None
    to: str | None = None


@dataclass(frozen=True, slots=True)
class CasePromise:
    """A promise about a case; instants in UTC."""

    id: int
    kind: str
    text: str
    condition: str | None
    due_at: datetime | None
    state: str
    owner: str | None
    made_at: datetime
    settled_at: datetime | None
    call_id: int | None


@dataclass(frozen=True, slots=True)
class SlipLine:
    """What a department was asked about a case, and what it answered; instants in UTC."""

    id: int
    department: str
    ask: str
    sent_at: datetime
    sent_by: str
    reply_by: datetime
    reply: str | None
    replied_at: datetime | None
    withdrawn_at: datetime | None


def case_promises(unit: Unit, case_id: int) -> tuple[CasePromise, ...]:
    """All promises about a case, the latest first."""
    rows = unit.run(
        sa.select(
            promise.c.id,
            promise.c.kind,
            promise.c.text,
            promise.c.condition,
            promise.c.due_at,
            state_at(unit.now).label("standing"),
            operator.c.name,
            promise.c.made_at,
            promise.c.settled_at,
            promise.c.call_id,
        )
        .outerjoin(operator, operator.c.id == promise.c.owner_id)
        .where(promise.c.complaint_id == case_id)
        .order_by(promise.c.made_at.desc(), promise.c.id.desc())
    )
    return tuple(CasePromise(*row) for row in rows)


def slip_lines(unit: Unit, case_id: int) -> tuple[SlipLine, ...]:
    """All slips of a case, the latest first."""
    columns = dispatch_slip.c
    rows = unit.run(
        sa.select(
            columns.id,
            columns.department,
            columns.ask,
            columns.sent_at,
            operator.c.name,
            columns.reply_by,
            columns.reply,
            columns.replied_at,
            columns.withdrawn_at,
        )
        .join(operator, operator.c.id == columns.sent_by)
        .where(columns.complaint_id == case_id)
        .order_by(columns.sent_at.desc(), columns.id.desc())
    )
    return tuple(SlipLine(*row) for row in rows)


def story_of(
    unit: Unit,
    case_id: int,
    wishes: Sequence[StandingWish],
    promises: Sequence[CasePromise],
) -> tuple[StoryLine, ...]:
    """Everything that happened to a case, the earliest first."""
    lines = [*_diary(unit, case_id), *_of_wishes(wishes), *_of_promises(promises)]
    return tuple(
        sorted(lines, key=lambda line: (line.at, line.kind != EntryKind.OPENED, line.id or 0))
    )


def happened_first(
    unit: Unit,
    case_id: int,
    state: CaseState,
    wishes: Sequence[StandingWish],
    promises: Sequence[CasePromise],
) -> dict[str, datetime]:
    """The first instant of everything that ticks a step off, by the codes of the rules."""
    first: dict[str, datetime] = {}

    def seen(code: str, at: datetime) -> None:
        first[code] = min(at, first.get(code, at))

    diary = [line for line in _diary(unit, case_id) if not line.undone]
    for line in diary:
        for code in _codes_of(line, state):
            seen(code, line.at)
    for wish in wishes:
        for word in wish.words:
            seen("wishes", word.at)
            if word.offer or word.state != "open":
                seen("offer", word.at)
    for one in promises:
        if one.state != PromiseState.WITHDRAWN:
            seen("promise", one.made_at)
    for step, at in _script_steps(unit, {line.call_id for line in diary if line.call_id}):
        seen(step, at)
    return first


_TICKS: Final[Mapping[str, tuple[str, ...]]] = {
    EntryKind.INSPECTION: ("inspection",),
    EntryKind.UNDERSTANDING: ("understanding",),
    EntryKind.HANDOVER_ACCEPTED: ("handover",),
    EntryKind.SLIP_SENT: ("slip",),
    EntryKind.OFFER: ("offer",),
    EntryKind.RESOLUTION: ("resolution", "settled"),
    EntryKind.VERDICT: ("verdict",),
    EntryKind.REVIEW: ("review",),
}


def _codes_of(line: StoryLine, state: CaseState) -> Iterable[str]:
    yield from _TICKS.get(line.kind, ())
    if line.data.get("contacted") or line.data.get("told"):
        yield "contact"
        if line.data.get("mood"):
            yield "mood"
    if line.kind == EntryKind.CLOSED and state.tries >= state.tries_asked:
        yield "verdict_tries"


def _diary(unit: Unit, case_id: int) -> list[StoryLine]:
    rows = unit.run(
        sa.select(case_entry, operator.c.name)
        .outerjoin(operator, operator.c.id == case_entry.c.operator_id)
        .where(case_entry.c.complaint_id == case_id)
        .order_by(case_entry.c.id)
    ).mappings()
    entries = rows.all()
    names = _colleagues(unit, {row["data"].get("to") for row in entries})
    return [
        StoryLine(
            at=row["at"],
            kind=row["kind"],
            operator=row["name"],
            text=row["text"],
            data=row["data"],
            call_id=row["call_id"],
            undone=row["superseded_at"] is not None,
            id=row["id"],
            to=names.get(row["data"].get("to")),
        )
        for row in entries
    ]


def _colleagues(unit: Unit, told: Iterable[object]) -> dict[object, str]:
    """Names of the operators among what entries tell; levels are told under the same name."""
    ids = {one for one in told if isinstance(one, int)}
    if not ids:
        return {}
    columns = operator.c
    rows = unit.run(sa.select(columns.id, columns.name).where(columns.id.in_(ids)))
    return {row.id: row.name for row in rows}


def _of_wishes(wishes: Sequence[StandingWish]) -> Iterable[StoryLine]:
    for wish in wishes:
        for word in wish.words:
            data = {"wish": wish.id, "state": word.state, "possible": word.possible}
            words = " · ".join(filter(None, (wish.text, word.offer, word.reason)))
            yield StoryLine(word.at, "wish", word.operator, words, data, word.call_id)


def _of_promises(promises: Sequence[CasePromise]) -> Iterable[StoryLine]:
    for one in promises:
        due = None if one.due_at is None else one.due_at.isoformat()
        data = {"promise": one.id, "due_at": due, "kind": one.kind}
        words = " · ".join(filter(None, (one.text, one.condition))) or None
        yield StoryLine(one.made_at, "promise_made", one.owner, words, data, one.call_id)
        ended = one.settled_at or (one.due_at if one.state == PromiseState.BROKEN else None)
        if ended is not None and one.state != PromiseState.OPEN:
            yield StoryLine(ended, f"promise_{one.state}", one.owner, words, data, None)


def _script_steps(unit: Unit, calls: set[int]) -> Iterable[tuple[str, datetime]]:
    """The steps of scripts that calls went through, as `script/step`, each with its time."""
    rows = unit.run(
        sa.select(call_step.c.playbook, call_step.c.step, call_decision.c.at)
        .join(call_decision, call_decision.c.id == call_step.c.decision_id)
        .where(call_step.c.call_id.in_(calls), call_decision.c.superseded_at.is_(None))
    )
    return [(f"{row.playbook}/{row.step}", row.at) for row in rows]
