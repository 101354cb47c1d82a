"""The audit read page by page, by who, what, when and about whom; and handed out marked."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
import sqlalchemy as sa

from db.audit import AuditSieve, export_audit, list_audit
from db.customer_edit import edit_field
from db.customer_export import export
from db.customer_stops import set_do_not_call
from db.events import append_audit
from db.tables import audit
from domain.errors import RefusedError, StorageError
from domain.export_mark import ExportPurpose
from domain.permissions import Actor
from tests.databases import Desk


def written(desk: Desk, count: int) -> None:
    """Entries of which every third has the instant of the one before."""

    def work(unit: object) -> None:
        for number in range(count):
            append_audit(unit, desk.actor, "noted", "person", number)  # type: ignore[arg-type]

    for step in range(count // 3):
        desk.clock.advance(seconds=step)
        desk.database.write(work) if step == 0 else desk.database.write(
            lambda unit: append_audit(unit, None, "tiers_proposed", "desk", None)
        )


def test_pages_hold_everything_once_in_order(desk: Desk):
    written(desk, 20)
    whole = list_audit(desk.database, desk.actor, limit=500).rows
    assert len(whole) > 20
    assert [(one.at, one.id) for one in whole] == sorted(
        ((one.at, one.id) for one in whole), reverse=True
    )
    seen, anchor = [], None
    while True:
        page = list_audit(desk.database, desk.actor, anchor=anchor, limit=7)
        seen += page.rows
        assert page.more_before == (anchor is not None)
        if not page.more_after:
            break
        anchor = page.rows[-1].id
    assert seen == list(whole)
    before = list_audit(desk.database, desk.actor, side="before", anchor=whole[9].id, limit=4)
    assert list(before.rows) == list(whole[5:9])
    again = list_audit(desk.database, desk.actor, side="from", anchor=whole[5].id, limit=4)
    assert list(again.rows) == list(whole[5:9])


def test_sieves(desk: Desk):
    ann, lee = desk.actor, desk.operator("lee", "lead")
    who, other = desk.person("王芳"), desk.person("李雷")
    edit_field(desk.database, lee, who, "occupation", "教师")
    start = desk.clock.now
    desk.clock.advance(minutes=5)
    edit_field(desk.database, ann, other, "occupation", "教师")
    set_do_not_call(desk.database, ann, person_id=who, reason="asked")
    made = desk.callback(who)
    desk.database.write(lambda unit: append_audit(unit, lee, "check_resolved", "callback", made))

    def found(**wanted: object) -> list[tuple[str, str | None, str]]:
        sieve = AuditSieve(**wanted)  # type: ignore[arg-type]
        rows = list_audit(desk.database, lee, sieve).rows
        return [(one.action, one.operator, one.name) for one in rows]

    assert found(action="edited") == [("edited", "Ann", "李雷"), ("edited", "Lee", "王芳")]
    assert found(person_id=who) == [
        ("check_resolved", "Lee", "王芳"),
        ("do_not_call", "Ann", "王芳"),
        ("edited", "Lee", "王芳"),
    ]
    assert found(operator_id=lee.operator_id, until=start + timedelta(seconds=1)) == [
        ("edited", "Lee", "王芳")
    ]
    assert ("edited", "Lee", "王芳") not in found(since=start + timedelta(seconds=1))
    assert found(subject="callback", subject_id=made) == [("check_resolved", "Lee", "王芳")]
    assert found(subject="operator")[0] == ("operator_add", "Ann", "Lee")
    assert all(operator is None for _, operator, _ in found(program=True))


def test_operators_do_not_read_it(desk: Desk):
    bo = desk.operator("bo")
    with pytest.raises(RefusedError, match="not_allowed"):
        list_audit(desk.database, bo)
    with pytest.raises(RefusedError, match="not_allowed"):
        export_audit(desk.database, bo, AuditSieve(), ExportPurpose.CHECK)


def last(desk: Desk) -> sa.RowMapping:
    return desk.rows(sa.select(audit).order_by(audit.c.id.desc()).limit(1))[0]


def test_an_export_is_entered_with_its_number(desk: Desk):
    written(desk, 6)
    count = len(list_audit(desk.database, desk.actor, limit=500).rows)
    taken = export_audit(desk.database, desk.actor, AuditSieve(), ExportPurpose.CHECK)
    assert (len(taken.rows), taken.mark.rows, taken.cut) == (count, count, False)
    row = last(desk)
    assert (row["action"], row["subject"]) == ("exported", "audit")
    assert row["details"] == {"export": taken.mark.number, "purpose": "check", "rows": count}


def test_a_persons_export_carries_the_same_number_as_the_audit(desk: Desk):
    who = desk.person("王芳")
    lee: Actor = desk.operator("lee", "lead")
    exported = export(desk.database, lee, who, ExportPurpose.AUTHORITY)
    mark = exported["mark"]
    assert mark["by"] == "lee"
    assert mark["rows"] == sum(len(one) for one in exported.values() if isinstance(one, list))
    assert last(desk)["details"] == {
        "export": mark["number"], "purpose": "authority", "rows": mark["rows"]
    }  # fmt: skip
    assert mark["number"] in json.dumps(exported)


@pytest.mark.parametrize(
    "statement",
    [sa.update(audit).values(action="nothing"), sa.delete(audit)],
    ids=["update", "delete"],
)
def test_the_database_itself_refuses_to_change_it(desk: Desk, statement: sa.Executable):
    written(desk, 3)
    before = desk.rows(sa.select(audit))
    with pytest.raises((sa.exc.DBAPIError, StorageError)):
        desk.database.write(lambda unit: unit.run(statement))
    assert desk.rows(sa.select(audit)) == before != []
