"""Why a callback of care was made: its plan, its event, the day it is counted from, its mergers."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa

from db.care_blackout import PUT_OFF
from db.care_facts import SOURCE
from db.tables import callback, callback_event, campaign, care_reason
from db.transaction import Unit
from domain.bilingual import Bilingual
from domain.campaign import Campaigns
from domain.said import Said, said_from_plain


def care_reasons(unit: Unit, campaigns: Campaigns, callback_id: int) -> tuple[Said, ...]:
    """The reasons of care for a callback, its own first; none where care has nothing to do with it.

    A callback that was not planned has some too, where planned calls were merged into it.
    """
    columns = care_reason.c
    rows = unit.run(
        sa.select(
            columns.campaign,
            columns.day,
            columns.wanted_on,
            columns.reason,
            columns.put_off,
            columns.merged,
        )
        .where(columns.callback_id == callback_id)
        .order_by(columns.merged, columns.id)
    ).all()
    said: list[Said] = []
    if not rows or rows[0].merged:
        said += _unrecorded(unit, campaigns, callback_id)
    for row in rows:
        words = {"plan": _name(campaigns, row.campaign), "reason": said_from_plain(row.reason)}
        if row.merged:
            said.append(Said("care.why.merged", words))
            continue
        said.append(Said("care.why.plan", words))
        if row.put_off is not None:
            said.append(said_from_plain(row.put_off))
        else:
            apart = (row.wanted_on - row.day).days
            kind = "after" if apart > 0 else "before" if apart < 0 else "same_day"
            days = {"on": row.wanted_on.isoformat(), "day": row.day.isoformat()}
            said.append(Said(f"care.why.{kind}", {"n": abs(apart), **days} if apart else days))
    said += _put_off(unit, callback_id)
    return tuple(said)


def _put_off(unit: Unit, callback_id: int) -> Iterator[Said]:
    """What put it off while it waited in the queue: the last blackout."""
    columns = callback_event.c
    row = unit.run(
        sa.select(columns.data)
        .where(columns.callback_id == callback_id, columns.kind == PUT_OFF)
        .order_by(columns.id.desc())
        .limit(1)
    ).first()
    if row is not None:
        yield Said("care.why.blackout", dict(row.data))


def _unrecorded(unit: Unit, campaigns: Campaigns, callback_id: int) -> Iterator[Said]:
    """What is known of a planned callback whose reason nobody wrote down or that was erased."""
    row = unit.run(
        sa.select(callback.c.source, campaign.c.code)
        .join(campaign, campaign.c.id == callback.c.campaign_id)
        .where(callback.c.id == callback_id)
    ).one()
    if row.source == SOURCE:
        yield Said("care.why.unrecorded", {"plan": _name(campaigns, row.code)})


def _name(campaigns: Campaigns, code: str) -> str | Bilingual:
    return next((one.name for one in campaigns if one.code == code), code)
