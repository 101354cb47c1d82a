"""Everything about one person as plain values, for a request of access (GDPR 15, PIPL 45)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, Final

import sqlalchemy as sa

from db.customer_rows import PersonRows, persons_of, rows_of
from db.engine import Database
from db.exports import mark_export
from db.tables import (
    answer,
    asset,
    audit,
    call,
    call_decision,
    call_leg,
    call_step,
    callback,
    callback_event,
    campaign,
    cap_override,
    care_reason,
    case_entry,
    case_pause,
    case_timer,
    chance,
    complaint,
    consent,
    contact,
    dispatch_slip,
    do_not_call,
    draft,
    gap_rating,
    import_memory,
    lead_action,
    lead_action_item,
    occasion,
    person,
    person_asset,
    person_phone,
    phone,
    promise,
    promise_event,
    score,
    service_order,
    tier_proposal,
    wish,
)
from db.transaction import Unit
from domain.export_mark import ExportPurpose
from domain.permissions import Actor, require

FORMAT: Final = "callback-desk person 1"
_INNER: Final = frozenset(
    [
        "assigned_to",
        "avoid_operator_id",
        "before",
        "claimed_by",
        "claimed_seat",
        "content_hash",
        "entered_by",
        "fence",
        "handover_to",
        "import_id",
        "look_at",
        "number_hash",
        "opened_by",
        "operator_id",
        "owner_id",
        "plate_key",
        "release",
        "result",
        "rule",
        "seat_id",
        "sent_by",
        "tries",
        "verdict_by",
        "window_id",
    ]
)
"""Columns that say nothing about the person: the desk's own workings, and who works here."""


def export(
    database: Database,
    actor: Actor,
    person_id: int,
    purpose: ExportPurpose = ExportPurpose.ACCESS,
) -> dict[str, Any]:
    """All that is kept about a person and about records that were merged into it; audited.

    Numbers are whole. Of colleagues only what they wrote is in it, and of other customers nothing.

    Returns:
        Plain values for JSON: `format`, `exported_at` (ISO, UTC), `exported_by` (login), `mark`
        (`ExportMark.plain`), then one list of rows for each kind of record; instants are ISO text
        in UTC.

    Raises:
        RefusedError: `not_allowed`, `person_unknown`.
    """

    def work(unit: Unit) -> dict[str, Any]:
        require(actor, "customers.export")
        persons = persons_of(unit, person_id)
        found = rows_of(unit, persons)
        kinds = {name: _rows(unit, query) for name, query in _queries(persons, found).items()}
        count = sum(len(rows) for rows in kinds.values())
        mark = mark_export(unit, actor, "person", persons[0], purpose=purpose, rows=count)
        return {
            "format": FORMAT,
            "exported_at": _plain(unit.now),
            "exported_by": actor.login,
            "mark": mark.plain,
            **kinds,
        }

    return database.write(work)


def _queries(
    persons: Sequence[int], found: PersonRows
) -> Mapping[str, sa.Select[*tuple[Any, ...]]]:
    by_person = {
        "service_orders": service_order,
        "occasions": occasion,
        "promises": promise,
        "complaints": complaint,
        "wishes": wish,
        "chances": chance,
        "contacts": contact,
        "consents": consent,
        "scores": score,
        "tier_proposals": tier_proposal,
        "gap_ratings": gap_rating,
    }
    by_call = {
        "outcomes": call_decision,
        "answers": answer,
        "script_steps": call_step,
        "drafts": draft,
    }
    return {
        "persons": sa.select(person).where(person.c.id.in_(persons)),
        "numbers": sa.select(
            person_phone,
            *(column for column in phone.c if column.name != "id"),
        )
        .outerjoin(phone, phone.c.id == person_phone.c.phone_id)
        .where(person_phone.c.person_id.in_(persons)),
        "assets": sa.select(person_asset, *(one for one in asset.c if one.name != "id"))
        .join(asset, asset.c.id == person_asset.c.asset_id)
        .where(person_asset.c.person_id.in_(persons)),
        "callbacks": sa.select(callback, campaign.c.code.label("campaign"))
        .join(campaign, campaign.c.id == callback.c.campaign_id)
        .where(callback.c.id.in_(found.callbacks)),
        "callback_events": sa.select(callback_event).where(
            callback_event.c.callback_id.in_(found.callbacks)
        ),
        "care_reasons": sa.select(care_reason).where(
            care_reason.c.callback_id.in_(found.callbacks)
        ),
        "caps_set_aside": sa.select(cap_override).where(
            cap_override.c.callback_id.in_(found.callbacks)
        ),
        "leads_deeds": sa.select(
            lead_action.c.at,
            lead_action.c.kind,
            lead_action.c.reason,
            lead_action_item.c.callback_id,
        )
        .join(lead_action, lead_action.c.id == lead_action_item.c.action_id)
        .where(lead_action_item.c.callback_id.in_(found.callbacks)),
        "calls": sa.select(call).where(call.c.id.in_(found.calls)),
        "numbers_dialled": sa.select(call_leg, phone.c.e164)
        .join(phone, phone.c.id == call_leg.c.phone_id)
        .where(call_leg.c.call_id.in_(found.calls)),
        **{
            name: sa.select(table).where(table.c.person_id.in_(persons))
            for name, table in by_person.items()
        },
        **{
            name: sa.select(table).where(table.c.call_id.in_(found.calls))
            for name, table in by_call.items()
        },
        # What a diary's data holds are codes, and numbers of colleagues.
        "case_diary": sa.select(*(one for one in case_entry.c if one.name != "data")).where(
            case_entry.c.complaint_id.in_(found.complaints)
        ),
        "case_limits": sa.select(case_timer).where(case_timer.c.complaint_id.in_(found.complaints)),
        "case_pauses": sa.select(case_pause)
        .join(case_timer, case_timer.c.id == case_pause.c.timer_id)
        .where(case_timer.c.complaint_id.in_(found.complaints)),
        "dispatch_slips": sa.select(dispatch_slip).where(
            dispatch_slip.c.complaint_id.in_(found.complaints)
        ),
        "do_not_call": sa.select(do_not_call).where(
            sa.or_(do_not_call.c.person_id.in_(persons), do_not_call.c.phone_id.in_(found.phones))
        ),
        "promise_events": sa.select(promise_event)
        .join(promise, promise.c.id == promise_event.c.promise_id)
        .where(promise.c.person_id.in_(persons)),
        "imported": sa.select(import_memory).where(import_memory.c.id.in_(found.memory)),
        "audit": sa.select(audit).where(
            audit.c.subject == "person", audit.c.subject_id.in_(persons)
        ),
    }


def _rows(unit: Unit, query: sa.Select[*tuple[Any, ...]]) -> list[dict[str, Any]]:
    return [
        {str(name): _plain(value) for name, value in row.items() if str(name) not in _INNER}
        for row in unit.run(query).mappings()
    ]


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value.isoformat() if isinstance(value, date) else value
