"""All chances, page by page, and what they brought in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa

from db.engine import Database
from db.paging import Side, page_rows
from db.tables import call_callback, callback, campaign, chance, operator, person
from db.transaction import Unit
from domain.bilingual import Bilingual
from domain.chance import ChanceKind, ChanceState
from domain.chance_report import Heard, ReportLine, report_of, total_of
from domain.permissions import Actor, require

_YEAR: Final = timedelta(days=365)

_SETTLER = operator.alias("settler")
_FROM = (
    sa.join(chance, person, person.c.id == chance.c.person_id)
    .outerjoin(operator, operator.c.id == chance.c.owner_id)
    .outerjoin(_SETTLER, _SETTLER.c.id == chance.c.settled_by)
    .outerjoin(
        call_callback,
        sa.and_(call_callback.c.call_id == chance.c.call_id, call_callback.c.position == 0),
    )
    .outerjoin(callback, callback.c.id == call_callback.c.callback_id)
    .outerjoin(campaign, campaign.c.id == callback.c.campaign_id)
)
_COLUMNS = (
    *chance.c,
    person.c.name.label("person_name"),
    operator.c.name.label("owner"),
    _SETTLER.c.name.label("settled_by_name"),
    campaign.c.code.label("campaign"),
    campaign.c.name_zh,
    campaign.c.name_en,
)


@dataclass(frozen=True, slots=True)
class ChanceRow:
    """A chance in the list; amounts in hundredths of their currency's unit, instants in UTC.

    Attributes:
        id: of the chance.
        person_id: whose it is.
        person: as the customer is shown.
        kind: what was heard.
        text: in words.
        state: open, won or lost.
        value: what it may bring.
        currency: ISO 4217 code of that.
        next_step: what is to be done.
        next_at: when.
        owner: name of whose it is.
        owner_id: their row.
        at: when it was heard.
        campaign: code of the campaign of its call; none where no call is known.
        campaign_name: what people read of it.
        reason: why it was won or lost.
        brought: what it brought in.
        brought_currency: ISO 4217 code of that.
        settled_at: when it was won or lost.
        settled_by: who said so.
    """

    id: int
    person_id: int
    person: str
    kind: str
    text: str
    state: str
    value: int | None
    currency: str | None
    next_step: str | None
    next_at: datetime | None
    owner: str | None
    owner_id: int | None
    at: datetime
    campaign: str | None
    campaign_name: Bilingual | None
    reason: str | None
    brought: int | None
    brought_currency: str | None
    settled_at: datetime | None
    settled_by: str | None


@dataclass(frozen=True, slots=True)
class ChancePage:
    """A page of chances, the latest first."""

    rows: tuple[ChanceRow, ...]
    more_before: bool
    more_after: bool


@dataclass(frozen=True, slots=True)
class ChanceReport:
    """What chances brought in: a line for each month, campaign and kind, and all together."""

    since: datetime
    lines: tuple[ReportLine, ...]
    total: ReportLine


def list_chances(
    database: Database,
    actor: Actor,
    *,
    state: ChanceState | None = None,
    kind: ChanceKind | None = None,
    campaign_code: str | None = None,
    mine: bool = False,
    side: Side = "after",
    anchor: int | None = None,
    limit: int = 200,
) -> ChancePage:
    """All chances but those taken back, the latest first.

    Args:
        database: the database.
        actor: who asks.
        state: only those in this state.
        kind: only those of this kind.
        campaign_code: only those heard in calls of this campaign.
        mine: only the actor's own.
        side: whether the page lies after, before or from (the anchor included) the anchor.
        anchor: id of a chance; without one it is the first page, before nothing the last one.
        limit: how many at most.

    Raises:
        RefusedError: `not_allowed`.
    """

    def work(unit: Unit) -> ChancePage:
        require(actor, "chances.read")
        place = (chance.c.at, chance.c.id)
        here = unit.run(sa.select(*place).where(chance.c.id == anchor)).first()
        query = _wanted(state, kind, campaign_code, actor.operator_id if mine else None)
        found = page_rows(unit, query, place, here, side=side, limit=limit)
        rows = tuple(_row(row) for row in found.rows)
        return ChancePage(rows, more_before=found.more_before, more_after=found.more_after)

    return database.read(work)


def report_chances(
    database: Database,
    actor: Actor,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    zone: str,
) -> ChanceReport:
    """What calls brought in.

    Args:
        database: the database.
        actor: a lead.
        since: chances heard from this instant on (UTC); of the last year unless given.
        until: and before this one; up to now unless given.
        zone: the clock by which months begin (IANA name).

    Raises:
        RefusedError: `not_allowed`.
    """

    def work(unit: Unit) -> ChanceReport:
        require(actor, "chances.report")
        begin = since or unit.now - _YEAR
        query = _wanted(None, None, None, None).where(chance.c.at >= begin)
        if until is not None:
            query = query.where(chance.c.at < until)
        heard = [_heard(row) for row in unit.run(query).mappings()]
        return ChanceReport(begin, report_of(heard, zone), total_of(heard))

    return database.read(work)


def _wanted(
    state: ChanceState | None, kind: ChanceKind | None, code: str | None, owner: int | None
) -> sa.Select[Any]:
    query = sa.select(*_COLUMNS).select_from(_FROM).where(chance.c.state != "withdrawn")
    for column, value in (
        (chance.c.state, state),
        (chance.c.kind, kind),
        (campaign.c.code, code),
        (chance.c.owner_id, owner),
    ):
        if value is not None:
            query = query.where(column == value)
    return query


def _name(row: sa.RowMapping) -> Bilingual | None:
    return Bilingual(row["name_zh"], row["name_en"]) if row["campaign"] else None


def _row(row: sa.RowMapping) -> ChanceRow:
    return ChanceRow(
        id=row["id"],
        person_id=row["person_id"],
        person=row["person_name"],
        kind=row["kind"],
        text=row["text"],
        state=row["state"],
        value=row["value"],
        currency=row["currency"],
        next_step=row["next_step"],
        next_at=row["next_at"],
        owner=row["owner"],
        owner_id=row["owner_id"],
        at=row["at"],
        campaign=row["campaign"],
        campaign_name=_name(row),
        reason=row["reason"],
        brought=row["settled_value"],
        brought_currency=row["settled_currency"],
        settled_at=row["settled_at"],
        settled_by=row["settled_by_name"],
    )


def _heard(row: sa.RowMapping) -> Heard:
    return Heard(
        at=row["at"],
        campaign=row["campaign"] or "",
        name=_name(row) or Bilingual("", ""),
        kind=row["kind"],
        state=row["state"],
        value=row["value"],
        currency=row["currency"],
        brought=row["settled_value"],
        brought_currency=row["settled_currency"],
    )
