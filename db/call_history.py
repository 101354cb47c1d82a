"""The whole history of calls with a customer: legs, answers, scores and outcomes in force."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from db.tables import (
    answer,
    call,
    call_callback,
    call_decision,
    call_leg,
    callback,
    campaign,
    operator,
    phone,
    score,
)
from db.transaction import Unit


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """An answer to a survey question; `status` answered, dont_know, refused, not_applicable."""

    survey: str
    version: str
    question: str
    status: str
    number: float | None
    text: str | None
    choices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LegLine:
    """A number tried within a call, and what came of it; instants in UTC."""

    number: str
    started_at: datetime
    ended_at: datetime | None
    result: str | None


@dataclass(frozen=True, slots=True)
class CallLine:
    """A call with all that came of it; instants in UTC.

    `outcome` is none while the call goes on or when its outcome was taken back; `late` marks one
    that came after the right to finish had gone elsewhere.
    """

    id: int
    at: datetime
    direction: str
    phase: str
    operator: str
    campaign_zh: str | None
    campaign_en: str | None
    dialled_at: datetime | None
    talk_ended_at: datetime | None
    outcome: str | None
    decision_uuid: str | None
    late: bool
    note: str | None
    mood_start: str | None
    mood_end: str | None
    recording_ref: str | None
    legs: tuple[LegLine, ...]
    answers: tuple[AnswerLine, ...]
    scores: tuple[tuple[str, float], ...]


def call_lines(unit: Unit, person_id: int, shown: Callable[[str], str]) -> tuple[CallLine, ...]:
    """All calls with a person, newest first; numbers as `shown` shows them."""
    rows = (
        unit.run(
            sa.select(
                call,
                operator.c.name.label("operator"),
                campaign.c.name_zh,
                campaign.c.name_en,
            )
            .join(operator, operator.c.id == call.c.operator_id)
            .outerjoin(
                call_callback,
                sa.and_(call_callback.c.call_id == call.c.id, call_callback.c.position == 0),
            )
            .outerjoin(callback, callback.c.id == call_callback.c.callback_id)
            .outerjoin(campaign, campaign.c.id == callback.c.campaign_id)
            .where(call.c.person_id == person_id)
            .order_by(call.c.started_at.desc(), call.c.id.desc())
        )
        .mappings()
        .all()
    )
    ids = [row["id"] for row in rows]
    decided = {row["call_id"]: row for row in _decisions(unit, ids)}
    legs, answers, scores = _legs(unit, ids, shown), _answers(unit, ids), _scores(unit, ids)
    lines = []
    for row in rows:
        decision = decided.get(row["id"])
        lines.append(
            CallLine(
                id=row["id"],
                at=row["started_at"],
                direction=row["direction"],
                phase=row["phase"],
                operator=row["operator"],
                campaign_zh=row["name_zh"],
                campaign_en=row["name_en"],
                dialled_at=row["dialled_at"],
                talk_ended_at=row["talk_ended_at"],
                outcome=decision["outcome"] if decision else None,
                decision_uuid=decision["uuid"] if decision else None,
                late=bool(decision and decision["late"]),
                note=decision["note"] if decision else row["note"],
                mood_start=row["mood_start"],
                mood_end=row["mood_end"],
                recording_ref=row["recording_ref"],
                legs=tuple(legs.get(row["id"], ())),
                answers=tuple(answers.get(row["id"], ())),
                scores=tuple(scores.get(row["id"], ())),
            )
        )
    return tuple(lines)


def _decisions(unit: Unit, calls: Sequence[int]) -> Sequence[sa.RowMapping]:
    """The outcomes in force, the last one of a call last."""
    return (
        unit.run(
            sa.select(call_decision)
            .where(
                call_decision.c.call_id.in_(calls),
                call_decision.c.superseded_at.is_(None),
                call_decision.c.kind != "undo",
            )
            .order_by(call_decision.c.id)
        )
        .mappings()
        .all()
    )


def _in_force(
    table: sa.Table, calls: Sequence[int], *columns: sa.Column[Any]
) -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(table.c.call_id, *columns)
        .join(call_decision, call_decision.c.id == table.c.decision_id)
        .where(table.c.call_id.in_(calls), call_decision.c.superseded_at.is_(None))
        .order_by(table.c.id)
    )


def _answers(unit: Unit, calls: Sequence[int]) -> dict[int, list[AnswerLine]]:
    found: dict[int, list[AnswerLine]] = {}
    columns = answer.c
    for row in unit.run(
        _in_force(
            answer,
            calls,
            columns.survey,
            columns.version,
            columns.question,
            columns.status,
            columns.number,
            columns.text,
            columns.choices,
        )
    ):
        line = AnswerLine(
            survey=row.survey,
            version=row.version,
            question=row.question,
            status=row.status,
            number=row.number,
            text=row.text,
            choices=tuple(row.choices or ()),
        )
        found.setdefault(row.call_id, []).append(line)
    return found


def _scores(unit: Unit, calls: Sequence[int]) -> dict[int, list[tuple[str, float]]]:
    found: dict[int, list[tuple[str, float]]] = {}
    for row in unit.run(_in_force(score, calls, score.c.metric, score.c.value)):
        found.setdefault(row.call_id, []).append((row.metric, row.value))
    return found


def _legs(
    unit: Unit, calls: Sequence[int], shown: Callable[[str], str]
) -> dict[int, list[LegLine]]:
    found: dict[int, list[LegLine]] = {}
    for row in unit.run(
        sa.select(
            call_leg.c.call_id,
            phone.c.e164,
            call_leg.c.started_at,
            call_leg.c.ended_at,
            call_leg.c.result,
        )
        .join(phone, phone.c.id == call_leg.c.phone_id)
        .where(call_leg.c.call_id.in_(calls))
        .order_by(call_leg.c.id)
    ):
        line = LegLine(shown(row.e164), row.started_at, row.ended_at, row.result)
        found.setdefault(row.call_id, []).append(line)
    return found
