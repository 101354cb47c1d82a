"""Erasure: nothing personal is left, the figures stay, and the person does not come back."""

from __future__ import annotations

import json
from typing import Any

import pytest
import sqlalchemy as sa

from db.customer_edit import edit_field
from db.customer_erase import erase, rewrite_file
from db.customer_numbers import add_number
from db.customer_search import search
from db.customer_stops import lift_do_not_call
from db.customers import reveal, show
from db.drafts import save_draft
from db.number_hash import erased_numbers
from db.queue import claim
from db.tables import (
    answer,
    asset,
    audit,
    call,
    call_decision,
    callback,
    callback_event,
    chance,
    contact,
    do_not_call,
    draft,
    metadata,
    person,
    person_asset,
    person_phone,
    phone,
    score,
    seat_message,
    service_order,
)
from db.undo import undo
from domain.errors import InputError, RefusedError
from tests.databases import Desk
from tests.db.customers_filled import NUMBER, PERSONAL, fill, legs_of, second_person


def everything(desk: Desk) -> str:
    """All rows of all tables as text; JSON's escapes resolved."""
    pieces = []
    for table in metadata.sorted_tables:
        for row in desk.rows(sa.select(table)):
            pieces += [
                json.dumps(value, ensure_ascii=False)
                if isinstance(value, dict | list)
                else str(value)
                for value in row.values()
            ]
    return "\n".join(pieces)


def left_in(text: str) -> list[str]:
    return [one for one in PERSONAL if one in text]


def test_nothing_personal_is_left_in_any_table(desk: Desk):
    filled = fill(desk)
    assert set(left_in(everything(desk))) == set(PERSONAL) - {"ouyangmi"}
    erased = erase(desk.database, desk.actor, filled.person_id, "request", rewrite=False)
    assert left_in(everything(desk)) == []
    assert erased.recordings == ("rec/2026/8000.wav",)
    assert (erased.numbers, erased.shared, erased.cancelled, erased.calls) == (1, 0, 2, 1)
    assert erased.rewritten is (False if desk.database.embedded else None)


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_nothing_personal_is_left_in_the_file(desk: Desk):
    filled = fill(desk)
    file = desk.database.place.file
    log = file.with_name(file.name + "-wal")

    def raw() -> bytes:
        return file.read_bytes() + (log.read_bytes() if log.exists() else b"")

    def found() -> list[str]:
        forms = {one: (one.encode(), json.dumps(one)[1:-1].encode()) for one in PERSONAL}
        content = raw()
        return [one for one, written in forms.items() if any(form in content for form in written)]

    assert len(found()) > 10
    assert erase(desk.database, desk.actor, filled.person_id, "request").rewritten
    assert found() == []
    assert show(desk.database, desk.actor, filled.person_id).card.name == ""


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_a_reader_in_the_way_is_told_and_the_file_rewritten_later(desk: Desk):
    filled = fill(desk)
    with desk.database.engine.connect() as reader:
        reader.execute(sa.select(person.c.id)).all()
        desk.database.timing = type(desk.database.timing)(deadline=0.05)
        assert erase(desk.database, desk.actor, filled.person_id, "request").rewritten is False
    assert rewrite_file(desk.database)


def test_the_figures_stay(desk: Desk):
    filled = fill(desk)
    erase(desk.database, desk.actor, filled.person_id, "retention", rewrite=False)

    def one(table: Any) -> sa.RowMapping:
        return desk.rows(sa.select(table).order_by(table.c.id))[0]

    assert (one(score)["metric"], one(score)["value"]) == ("nps", 9)
    assert [row["number"] for row in desk.rows(sa.select(answer).order_by(answer.c.id))] == [
        9,
        None,
    ]
    assert one(call_decision)["outcome"] == "completed"
    assert (one(call)["mood_start"], one(call)["mood_end"]) == ("red", "green")
    assert (one(service_order)["amount"], one(service_order)["mileage"]) == (88_000, 9000)
    assert one(asset)["model"] == "Model Y"
    assert one(chance)["value"] == 5_000_000
    assert one(contact)["details"] == {"outcome": "completed"}
    row = one(person)
    assert (row["spent"], row["tier"], row["closed_because"]) == (123_400, "key", "erased")
    assert one(phone)["status"] == "erased"
    assert len(legs_of(desk, filled.call_id)) == 1
    assert desk.rows(sa.select(draft)) == []
    assert desk.rows(sa.select(seat_message)) == []


def test_the_audit_says_who_and_why_and_no_value(desk: Desk):
    filled = fill(desk)
    erase(desk.database, desk.actor, filled.person_id, "consent", rewrite=False)
    entry = desk.rows(sa.select(audit).order_by(audit.c.id.desc()))[0]
    assert (entry["action"], entry["subject_id"]) == ("erased", filled.person_id)
    assert entry["details"] == {"reason": "consent", "merged": []}
    kinds = desk.rows(
        sa.select(callback_event.c.callback_id).where(callback_event.c.kind == "erased")
    )
    assert len(kinds) == len(desk.rows(sa.select(callback))) == 3


def test_the_person_does_not_come_back(desk: Desk):
    filled = fill(desk)
    erase(desk.database, desk.actor, filled.person_id, "request", rewrite=False)
    known = desk.database.read(
        lambda unit: erased_numbers(unit, [NUMBER, "KH0042", f"~{NUMBER}|欧阳秘", "+8613911112222"])
    )
    assert known == {NUMBER, "KH0042", f"~{NUMBER}|欧阳秘"}
    assert search(desk.database, desk.actor, "欧阳") == ()
    assert search(desk.database, desk.actor, "8000") == ()
    with pytest.raises(RefusedError) as twice:
        erase(desk.database, desk.actor, filled.person_id, "request")
    assert twice.value.code == "person_erased"
    with pytest.raises(RefusedError) as back:
        undo(desk.database, filled.actor, filled.decision.uuid, "1" * 36)
    assert back.value.code == "undo_acted_on"
    with pytest.raises(RefusedError) as edited:
        edit_field(desk.database, desk.actor, filled.person_id, "email", "a@b.cn")
    assert edited.value.code == "person_erased"
    with pytest.raises(RefusedError) as numbered:
        add_number(desk.database, desk.actor, desk.person("李娜"), "138 0013 8000", region="CN")
    assert numbered.value.code == "number_erased"
    (stop, *_) = desk.rows(sa.select(do_not_call).where(do_not_call.c.reason == "erased"))
    with pytest.raises(RefusedError) as lifted:
        lift_do_not_call(desk.database, desk.actor, stop["id"])
    assert lifted.value.code == "stop_erased"


def test_what_a_living_customer_shares_stays_theirs(desk: Desk):
    filled = fill(desk)
    other, _ = second_person(desk, filled.person_id, "旁人", NUMBER)
    (car,) = desk.rows(sa.select(asset.c.id))

    def share(unit: Any) -> None:
        unit.run(
            person_asset.insert(),
            {
                "person_id": other, "asset_id": car["id"], "role": "user", "position": 0,
                "since": unit.now,
            },
        )  # fmt: skip

    desk.database.write(share)
    theirs = desk.callback(other)
    erased = erase(desk.database, desk.actor, filled.person_id, "request", rewrite=False)
    assert (erased.numbers, erased.shared) == (0, 1)
    record = reveal(desk.database, desk.actor, other)
    assert [line.e164 for line in record.card.phones] == [NUMBER]
    assert [line.plate for line in record.card.assets] == ["粤B·12345"]
    assert desk.row(theirs)["state"] == "due"
    assert desk.rows(sa.select(service_order.c.asset_id))[0]["asset_id"] is None
    known = desk.database.read(
        lambda unit: erased_numbers(unit, [NUMBER, f"~{NUMBER}|欧阳秘", f"~{NUMBER}|旁人"])
    )
    assert known == {f"~{NUMBER}|欧阳秘"}


def test_a_strangers_number_is_forgotten_but_not_stopped(desk: Desk):
    who = desk.person("王芳", NUMBER)
    desk.database.write(
        lambda unit: unit.run(sa.update(person_phone).values(until=unit.now, problem="wrong"))
    )
    erase(desk.database, desk.actor, who, "mistake", rewrite=False)
    assert desk.database.read(lambda unit: erased_numbers(unit, [NUMBER])) == frozenset()
    assert "13800138000" not in everything(desk)


def test_records_merged_into_the_person_go_with_it(desk: Desk):
    left, gone, further = desk.person("王芳"), desk.person("汪方"), desk.person("往芳")

    def merge(unit: Any) -> None:
        for one, into in ((gone, left), (further, gone)):
            unit.run(sa.update(person).where(person.c.id == one).values(merged_into=into))

    desk.database.write(merge)
    assert erase(desk.database, desk.actor, further, "request", rewrite=False).merged == 2
    assert {row["name"] for row in desk.rows(sa.select(person.c.name))} == {""}


def test_nobody_is_erased_while_in_hand(desk: Desk):
    who = desk.person("王芳")
    actor = desk.seat("ann").actor
    taken = claim(desk.database, actor, desk.callback(who))
    save_draft(desk.database, actor, taken.call_id, {"note": "x"}, 1)
    with pytest.raises(RefusedError) as error:
        erase(desk.database, desk.actor, who, "request")
    assert (error.value.code, error.value.params["name"]) == ("person_in_hand", "Ann")
    assert len(desk.rows(sa.select(draft))) == 1


def test_only_an_admin_erases_and_for_a_reason_on_the_list(desk: Desk):
    who = desk.person("王芳")
    with pytest.raises(RefusedError) as error:
        erase(desk.database, desk.operator("lee", "lead"), who, "request")
    assert error.value.code == "not_allowed"
    with pytest.raises(InputError):
        erase(desk.database, desk.actor, who, "because")  # type: ignore[arg-type]
