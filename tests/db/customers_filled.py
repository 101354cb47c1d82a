"""A customer of whom every table knows something personal, for the tests of record and erasure."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from db.calls import show_call
from db.dialling import dial, end_leg
from db.drafts import save_draft
from db.events import append_audit
from db.finish import finish
from db.queue import claim
from db.tables import (
    asset,
    call,
    call_leg,
    call_step,
    case_pause,
    case_timer,
    chance,
    complaint,
    consent,
    contact,
    import_memory,
    import_run,
    person,
    person_asset,
    person_phone,
    possible_match,
    seat_message,
    service_order,
)
from domain.decision import (
    Decision,
    GivenAnswer,
    GivenComplaint,
    GivenPromise,
    GivenScore,
    GivenUse,
    GivenWish,
)
from domain.permissions import Actor
from tests.databases import Desk

NUMBER = "+8613800138000"
SECRET = "机密"
"""Stands in every text that is personal, so that nothing of it may be left."""
PERSONAL = (
    SECRET,
    "欧阳秘",
    "ouyangmi",
    "ou yang mi",
    "13800138000",
    "粤B·12345",
    "粤B12345",
    "LSVAA2180E2100001",
    "mi@example.org",
    "11010519491231002X",
    "KH0042",
    "WO-7788",
    "TS-9911",
    "1949-12-31",
    "rec/2026/8000.wav",
)


@dataclass(frozen=True, slots=True)
class Filled:
    """The customer and what happened: one finished call, whose decision and callback."""

    person_id: int
    phone_id: int
    call_id: int
    callback_id: int
    decision: Decision
    actor: Actor


def fill(desk: Desk) -> Filled:
    """A customer with a finished call that left everything that a call can leave."""
    person_id = desk.person(
        "欧阳秘", NUMBER, pinyin="ou yang mi", initials="oym", email="mi@example.org"
    )
    desk.database.write(lambda unit: _fill_record(unit, person_id))
    made = desk.callback(person_id, note=f"{SECRET}来电事由", source_key=f"{NUMBER} 欧阳秘")
    desk.callback(person_id, due_at=desk.clock.now + timedelta(days=3), note=f"{SECRET}第二次回访")
    actor = desk.seat("ann").actor
    taken = claim(desk.database, actor, made)
    opened = show_call(desk.database, actor, taken.call_id)
    leg = dial(desk.database, actor, taken.call_id, opened.phone_id)
    end_leg(desk.database, actor, taken.call_id, leg.id, "completed")
    save_draft(desk.database, actor, taken.call_id, {"note": f"{SECRET}草稿 {NUMBER}"}, 1)
    decision = Decision(
        str(uuid.uuid4()),
        "completed",
        note=f"{SECRET}备注，欧阳秘很满意",
        mood_start="red",
        mood_end="green",
        answers=(
            GivenAnswer("nps", "v", "recommend", "answered", number=9),
            GivenAnswer("feedback", "v", "like", "answered", text=f"{SECRET}喜欢"),
        ),
        scores=(GivenScore("nps", 9, 1),),
        uses=(GivenUse("step", "general", "v", "opening", 1, "zh", "worked"),),
        promises=(GivenPromise(f"{SECRET}寄发票", condition=f"{SECRET}如果再发生"),),
        wishes=(
            GivenWish(f"{SECRET}退款", "shelved", reason=f"{SECRET}原因", offer=f"{SECRET}方案"),
        ),
        complaint=GivenComplaint("complaint", f"{SECRET}投诉内容", "service_attitude", "sales"),
    )
    finish(desk.database, actor, taken.call_id, taken.fence, decision)
    desk.database.write(lambda unit: _fill_call(unit, person_id, taken.call_id, actor))
    return Filled(person_id, opened.phone_id, taken.call_id, made, decision, actor)


def _fill_record(unit: Any, person_id: int) -> None:
    now = unit.now
    unit.run(
        sa.update(person)
        .where(person.c.id == person_id)
        .values(
            salutation="女士", sex="f", id_number="11010519491231002X", birthday="1949-12-31",
            home_address=f"{SECRET}家庭地址", work_address=f"{SECRET}单位", spent=123_400,
            currency="CNY", tier="key", record_faults=["zone_unknown"],
        )
    )  # fmt: skip
    car = unit.run(
        asset.insert().returning(asset.c.id),
        {
            "kind": "car", "plate": "粤B·12345", "plate_key": "粤B12345", "colour": f"{SECRET}红",
            "vin": "LSVAA2180E2100001", "model": "Model Y", "created_at": now, "updated_at": now,
        },
    ).scalar_one()  # fmt: skip
    unit.run(
        person_asset.insert(),
        {"person_id": person_id, "asset_id": car, "role": "owner", "position": 0, "since": now},
    )
    unit.run(
        person_phone.insert(),
        {
            "person_id": person_id, "role": "home", "position": 5, "ask_for": f"{SECRET}的母亲",
            "raw": f"{SECRET}1380013", "problem": "too_short", "source": "dms", "since": now,
        },
    )  # fmt: skip
    order = unit.run(
        service_order.insert().returning(service_order.c.id),
        {
            "number": "WO-7788", "person_id": person_id, "asset_id": car, "service": "maintenance",
            "visited_on": now.date(), "mileage": 9000, "amount": 88_000, "currency": "CNY",
            "faults": [], "created_at": now,
        },
    ).scalar_one()  # fmt: skip
    unit.run(
        consent.insert(),
        {
            "person_id": person_id, "purpose": "any", "granted": True,
            "evidence": f"{SECRET}签字", "since": now,
        },
    )  # fmt: skip
    run = unit.run(
        import_run.insert().returning(import_run.c.id),
        {
            "kind": "customers", "file_name": "a.csv", "file_digest": "d", "source": "dms",
            "started_at": now, "state": "done", "rows": 1, "position": 1, "options": {},
            "counts": {},
        },
    ).scalar_one()  # fmt: skip
    for kind, key, row_id in (("customers", "KH0042", person_id), ("orders", "WO-7788", order)):
        unit.run(
            import_memory.insert(),
            {
                "kind": kind, "source": "dms", "natural_key": key, "row_id": row_id,
                "fields": {"now": {"name": "欧阳秘", "phone.mobile": f"{NUMBER},"}},
                "import_id": run, "at": now,
            },
        )  # fmt: skip


def _fill_call(unit: Any, person_id: int, call_id: int, actor: Actor) -> None:
    now = unit.now
    unit.run(sa.update(call).where(call.c.id == call_id).values(recording_ref="rec/2026/8000.wav"))
    unit.run(
        sa.update(call_step)
        .where(call_step.c.call_id == call_id)
        .values(details={"wish": f"{SECRET}退款"})
    )
    unit.run(
        sa.update(complaint)
        .where(complaint.c.person_id == person_id)
        .values(
            number="TS-9911", details={"department": "sales", "finding": f"{SECRET}勘查"},
            resolution=f"{SECRET}处理", review=f"{SECRET}回顾",
        )
    )  # fmt: skip
    limit = unit.run(sa.select(case_timer.c.id).limit(1)).scalar_one()
    unit.run(
        case_pause.insert(),
        {
            "timer_id": limit, "from_at": now, "reason": f"{SECRET}等他回话",
            "operator_id": actor.operator_id,
        },
    )  # fmt: skip
    unit.run(
        contact.insert(),
        {
            "person_id": person_id, "at": now, "direction": "in", "channel": "letter",
            "content_kind": "opinion", "note": f"{SECRET}来信", "details": {"quote": SECRET},
        },
    )  # fmt: skip
    unit.run(
        chance.insert(),
        {
            "person_id": person_id, "kind": "interest", "text": f"{SECRET}想换车",
            "value": 5_000_000, "next_step": f"{SECRET}试驾", "state": "open", "at": now,
        },
    )  # fmt: skip
    for text, params in ((None, {"name": "欧阳秘"}), (f"请回 {NUMBER}", {})):
        unit.run(
            seat_message.insert(),
            {"operator_id": actor.operator_id, "sent_at": now, "text": text, "params": params},
        )
    append_audit(unit, actor, "edited", "person", person_id, fields=["name"])


def second_person(desk: Desk, first: int, name: str = "欧阳蜜", *numbers: str) -> tuple[int, int]:
    """Somebody who may be the same as the first; returns the person and the pair."""
    other = desk.person(name, *numbers, pinyin="ou yang mi", initials="oym")

    def work(unit: Any) -> int:
        made: int = unit.run(
            possible_match.insert().returning(possible_match.c.id),
            {
                "person_id": first, "other_id": other, "reason": "number", "state": "open",
                "found_at": unit.now,
            },
        ).scalar_one()  # fmt: skip
        return made

    return other, desk.database.write(work)


def legs_of(desk: Desk, call_id: int) -> list[sa.RowMapping]:
    return desk.rows(sa.select(call_leg).where(call_leg.c.call_id == call_id))
