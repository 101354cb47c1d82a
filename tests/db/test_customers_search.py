"""Finding customers: by name, sound, plate, number, customer number and mail address."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from content.name_sounds import name_sound
from db.customer_search import search
from db.tables import asset, import_memory, import_run, person, person_asset
from tests.databases import Desk


def named(desk: Desk, name: str, *numbers: str, **fields: Any) -> int:
    sound = name_sound(name)
    return desk.person(name, *numbers, pinyin=sound.pinyin, initials=sound.initials, **fields)


def drives(desk: Desk, person_id: int, plate: str, model: str = "Model X") -> None:
    def work(unit: Any) -> None:
        key = plate.replace("·", "")
        now = unit.now
        made = unit.run(
            asset.insert().returning(asset.c.id),
            {
                "kind": "car", "plate": plate, "plate_key": key, "model": model,
                "created_at": now, "updated_at": now,
            },
        ).scalar_one()  # fmt: skip
        unit.run(
            person_asset.insert(),
            {
                "person_id": person_id, "asset_id": made, "role": "owner", "position": 0,
                "since": now,
            },
        )  # fmt: skip

    desk.database.write(work)


def remembered(desk: Desk, person_id: int, key: str, source: str = "dms") -> None:
    def work(unit: Any) -> None:
        run = unit.run(
            import_run.insert().returning(import_run.c.id),
            {
                "kind": "customers", "file_name": "a.csv", "file_digest": "d", "source": source,
                "started_at": unit.now, "state": "done", "rows": 1, "position": 1, "options": {},
                "counts": {},
            },
        ).scalar_one()  # fmt: skip
        unit.run(
            import_memory.insert(),
            {
                "kind": "customers", "source": source, "natural_key": key, "row_id": person_id,
                "fields": {"now": {"name": "王芳"}}, "import_id": run, "at": unit.now,
            },
        )  # fmt: skip

    desk.database.write(work)


def found(desk: Desk, text: str) -> list[tuple[int, str]]:
    hits = search(desk.database, desk.actor, text)
    return [(hit.person_id, hit.matched.key.removeprefix("customers.matched.")) for hit in hits]


WAYS = [
    ("王芳", "name"),
    ("王", "name"),
    ("芳", "name"),
    ("王女士", "name"),
    ("wang fang", "sound"),
    ("wangfang", "sound"),
    ("WangF", "sound"),
    ("fang", "sound"),
    ("wf", "initials"),
    ("粤B12345", "plate"),
    ("粤b·12345", "plate"),
    ("粤Ｂ 12345", "plate"),
    ("B12345", "plate"),
    ("2345", "plate"),
    ("8000", "last_four"),
    ("13800138000", "number"),
    ("138 0013 8000", "number"),
    ("+86 138-0013-8000", "number"),
    ("008613800138000", "number"),
    ("１３８００１３８０００", "number"),
    ("13800138000转801", "number"),
    ("38000", "number"),
    ("1380013", "number"),
    ("KH0042", "customer_number"),
    ("kh0042", "customer_number"),
    ("Fang.Wang@example.com", "email"),
    ("fang.w", "email"),
    ("wang@ex", "email"),
]


def test_one_box_finds_by_all_that_people_type(desk: Desk):
    wanted = named(desk, "王芳", "+8613800138000", email="fang.wang@example.com")
    drives(desk, wanted, "粤B·12345")
    remembered(desk, wanted, "KH0042")
    other = named(desk, "李娜", "+8613911112222")
    drives(desk, other, "京A·99999")
    assert {typed: found(desk, typed) for typed, _ in WAYS} == {
        typed: [(wanted, how)] for typed, how in WAYS
    }


def test_latin_names_are_found_by_any_of_their_words(desk: Desk):
    wanted = named(desk, "Emily Nguyen")
    named(desk, "John Ortiz")
    for typed in ("Emily", "emily ngu", "nguyen", "Nguyen Emily", "NGUYEN", "en", "Nguyễn"):
        assert [one for one, _ in found(desk, typed)] == [wanted], typed


def test_what_says_nothing_finds_nobody(desk: Desk):
    named(desk, "王芳", "+8613800138000")
    for typed in ("", "   ", "\x1b[0m", "%", "_", "王_", "%芳", "123", "~", "'"):
        assert found(desk, typed) == [], typed


def test_four_digits_are_the_last_ones_exactly(desk: Desk):
    last = named(desk, "王芳", "+8613800138000")
    named(desk, "李娜", "+8613880001111")
    assert found(desk, "8000") == [(last, "last_four")]


def test_a_hit_says_what_an_operator_has_to_know(desk: Desk):
    wanted = named(desk, "王芳", "+8613911112222", "+8613800138000", salutation="女士")
    drives(desk, wanted, "粤B·12345", "Model Y")
    desk.callback(wanted)
    desk.callback(wanted)
    (hit,) = search(desk.database, desk.actor, "8000")
    assert (hit.name, hit.salutation, hit.masked) == ("王芳", "女士", "+86138****8000")
    assert hit.matched.params == {"number": "+86138****8000"}
    assert (hit.plate, hit.model, hit.open_callbacks) == ("粤B·12345", "Model Y", 2)
    assert hit.last_call is None
    assert hit.closed is None
    (by_name,) = search(desk.database, desk.actor, "王芳")
    assert by_name.masked == "+86139****2222"


def test_the_whole_name_comes_first_then_who_waits(desk: Desk):
    longer = named(desk, "王芳芳")
    waiting = named(desk, "王芳丽")
    exact = named(desk, "王芳")
    desk.callback(waiting)
    assert [one for one, _ in found(desk, "王芳")] == [exact, waiting, longer]


def test_a_merged_person_leads_to_the_one_left_and_a_closed_one_is_shown_as_such(desk: Desk):
    left, gone, dead = named(desk, "王芳"), named(desk, "汪芳"), named(desk, "汪芳菲")

    def close(unit: Any) -> None:
        for who, values in (
            (gone, {"merged_into": left, "closed_because": "merged"}),
            (dead, {"closed_because": "deceased"}),
        ):
            unit.run(
                sa.update(person).where(person.c.id == who).values(closed_at=unit.now, **values)
            )

    desk.database.write(close)
    hits = search(desk.database, desk.actor, "汪芳")
    assert [(hit.person_id, hit.name, hit.closed) for hit in hits] == [
        (left, "王芳", None),
        (dead, "汪芳菲", "deceased"),
    ]


def test_no_more_than_asked_for(desk: Desk):
    for _ in range(5):
        named(desk, "王芳")
    assert len(search(desk.database, desk.actor, "wf", limit=3)) == 3


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_prefixes_are_looked_for_by_index(desk: Desk):
    """No look by index reads a table from end to end; SQLite's plan says so at any size."""
    seen: list[tuple[str, Any]] = []
    engine = desk.database.engine

    @sa.event.listens_for(engine, "before_cursor_execute")
    def note(_conn: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if statement.startswith("SELECT person.id, person.name") or "plate_key" in statement:
            seen.append((statement, parameters))

    for typed in ("王芳", "wangfang", "wf", "粤B12", "fang@example.com"):
        search(desk.database, desk.actor, typed)
    ranged = [one for one in seen if ">=" in one[0] and "LIKE" not in one[0]]
    assert len(ranged) >= 10
    with engine.connect() as connection:
        for statement, parameters in ranged:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
            first = str(plan[0][-1])
            assert first.startswith("SEARCH"), first
            assert ">? AND" in first, first
