"""What of a person's rows is blanked when it is erased, table by table; figures are left."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa

from db.case_erasing import end_and_blank_cases
from db.customer_rows import PersonRows
from db.tables import (
    answer,
    asset,
    call,
    call_decision,
    call_step,
    callback,
    cap_override,
    care_reason,
    chance,
    complaint,
    consent,
    contact,
    draft,
    import_conflict,
    import_memory,
    lead_action,
    lead_action_item,
    person,
    person_asset,
    person_phone,
    phone,
    possible_match,
    promise,
    promise_event,
    service_order,
    tier_proposal,
    wish,
)
from db.transaction import Unit

ERASED = "erased"
_WORDS = frozenset(["note", "source_key", "refused_hours"])
_CODES = frozenset(["outcome", "department"])
"""Of the details of contacts and complaints, what is a code of the desk's own."""
_STEP_CODES = frozenset(["wording", "shown", "tier"])
"""Of the details of a step, what counts for the wording and says nothing of the person."""


def blank_work(unit: Unit, rows: PersonRows) -> None:
    """Callbacks, calls, outcomes, answers, steps, drafts, and why a lead moved them."""
    _set(unit, callback, callback.c.id, rows.callbacks, note=None, source_key=None)
    # A reason names days, birthdays among them.
    unit.run(sa.delete(care_reason).where(care_reason.c.callback_id.in_(rows.callbacks)))
    _set(unit, call, call.c.id, rows.calls, note=None, recording_ref=None)
    _set(unit, answer, answer.c.call_id, rows.calls, text=None)
    for step in unit.run(
        sa.select(call_step.c.id, call_step.c.details).where(call_step.c.call_id.in_(rows.calls))
    ).all():
        details = {name: one for name, one in step.details.items() if name in _STEP_CODES}
        _set(unit, call_step, call_step.c.id, [step.id], details=details)
    unit.run(sa.delete(draft).where(draft.c.call_id.in_(rows.calls)))
    done = sa.select(lead_action_item.c.action_id).where(
        lead_action_item.c.callback_id.in_(rows.callbacks)
    )
    unit.run(sa.update(lead_action).where(lead_action.c.id.in_(done)).values(reason=None))
    for row in unit.run(
        sa.select(call_decision.c.id, call_decision.c.before).where(
            call_decision.c.call_id.in_(rows.calls)
        )
    ).all():
        # The fingerprint was made of the words too.
        _set(
            unit, call_decision, call_decision.c.id, [row.id],
            note=None, recovery_reason=None, content_hash="0" * 64, before=_wordless(row.before),
        )  # fmt: skip


def blank_cases(unit: Unit, persons: Sequence[int], rows: PersonRows) -> None:
    """Promises, complaints, wishes, chances, contacts, consents, orders; the import forgets."""
    _set(unit, promise, promise.c.person_id, persons, text="", condition=None)
    theirs = sa.select(promise.c.id).where(promise.c.person_id.in_(persons))
    unit.run(
        sa.update(promise_event).where(promise_event.c.promise_id.in_(theirs)).values(text=None)
    )
    end_and_blank_cases(unit, rows.complaints)
    _set(unit, wish, wish.c.person_id, persons, text="", reason=None, offer=None)
    _set(unit, chance, chance.c.person_id, persons, text="", next_step=None, reason=None)
    _set(unit, consent, consent.c.person_id, persons, evidence="")
    for table, columns in (
        (complaint, {"number": None, "description": "", "resolution": None, "review": None}),
        (contact, {"note": None}),
    ):
        for row in unit.run(
            sa.select(table.c.id, table.c.details).where(table.c.person_id.in_(persons))
        ).all():
            details = {name: one for name, one in row.details.items() if name in _CODES}
            _set(unit, table, table.c.id, [row.id], details=details, **columns)
    for order_id in rows.orders:
        # The number leads back to the person in the workshop's system, and has to be some.
        number = f"{ERASED}-{order_id}"
        _set(
            unit, service_order, service_order.c.id, [order_id],
            number=number, faults=[],
        )  # fmt: skip
    unit.run(sa.delete(import_memory).where(import_memory.c.id.in_(rows.memory)))
    unit.run(
        sa.delete(import_conflict).where(
            import_conflict.c.kind == "person", import_conflict.c.row_id.in_(persons)
        )
    )
    ends = sa.or_(possible_match.c.person_id.in_(persons), possible_match.c.other_id.in_(persons))
    unit.run(sa.delete(possible_match).where(ends))


def blank_record(
    unit: Unit, persons: Sequence[int], rows: PersonRows, own_phones: Collection[int]
) -> None:
    """The person, its numbers and assets; those that others have too are only let go of."""
    # A reason that a lead wrote can be anything.
    unit.run(sa.delete(tier_proposal).where(tier_proposal.c.person_id.in_(persons)))
    own_callbacks = sa.select(callback.c.id).where(callback.c.person_id.in_(persons))
    unit.run(
        sa.update(cap_override)
        .where(cap_override.c.callback_id.in_(own_callbacks))
        .values(reason="")
    )
    unit.run(sa.delete(person_phone).where(person_phone.c.person_id.in_(persons)))
    unit.run(sa.delete(person_asset).where(person_asset.c.person_id.in_(persons)))
    for phone_id in own_phones:
        # Calls were made to it: the row has to stay, and its number has to be some.
        _set(
            unit, phone, phone.c.id, [phone_id],
            e164=f"~{phone_id}", extension="", place=None, last4="", status=ERASED,
            status_at=unit.now,
        )  # fmt: skip
    others = _with_others(unit, persons, rows.assets)
    for table in (callback, service_order):
        unit.run(
            sa.update(table)
            .where(table.c.person_id.in_(persons), table.c.asset_id.in_(others))
            .values(asset_id=None)
        )
    own = set(rows.assets) - others
    _set(
        unit, asset, asset.c.id, own,
        plate=None, plate_key=None, vin=None, vin_problem=None, colour=None, updated_at=unit.now,
    )  # fmt: skip
    values: dict[str, Any] = {
        "name": "",
        "pinyin": "",
        "initials": "",
        "birthday_calendar": "solar",
        "record_faults": [],
        "closed_at": unit.now,
        "closed_because": ERASED,
        "updated_at": unit.now,
    }
    for name in (
        "salutation",
        "sex",
        "id_number",
        "occupation",
        "birthday",
        "language",
        "zone",
        "home_address",
        "home_postcode",
        "work_address",
        "work_postcode",
        "email",
        "preferred_hours",
        "refused_hours",
        "owner_id",
    ):
        values[name] = None
    _set(unit, person, person.c.id, persons, **values)


def _with_others(unit: Unit, persons: Sequence[int], assets: Sequence[int]) -> set[int]:
    links = sa.select(person_asset.c.asset_id).where(
        person_asset.c.asset_id.in_(assets), person_asset.c.person_id.not_in(persons)
    )
    orders = sa.select(service_order.c.asset_id).where(
        service_order.c.asset_id.in_(assets), service_order.c.person_id.not_in(persons)
    )
    return set(unit.run(links.union(orders)).scalars())


def _set(
    unit: Unit, table: sa.Table, column: sa.Column[Any], ids: Collection[int], **values: Any
) -> None:
    unit.run(sa.update(table).where(column.in_(ids)).values(**values))


def _wordless(value: Any) -> Any:
    """What an undo would restore, without the words that came with a callback."""
    if isinstance(value, dict):
        return {name: None if name in _WORDS else _wordless(one) for name, one in value.items()}
    return [_wordless(one) for one in value] if isinstance(value, list) else value
