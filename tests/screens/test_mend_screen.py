from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from db import imports
from db.customer_edit import edit_field
from db.customer_numbers import numbers_to_repair
from db.tables import person, person_phone, possible_match
from intake.preparing import prepare
from screens.mend import MendScreen
from tests.databases import Desk
from tests.screens.staged import Stage, staged


def a_bad_cell(desk: Desk, person_id: int, raw: str) -> None:
    """A cell of a file that is no number."""
    desk.database.write(
        lambda unit: unit.run(
            person_phone.insert(),
            {
                "person_id": person_id,
                "phone_id": None,
                "role": "mobile",
                "raw": raw,
                "problem": "too_short",
                "position": 9,
                "source": "import",
                "since": desk.clock.now,
            },
        )
    )


def a_pair(desk: Desk, one: int, other: int) -> None:
    """Two persons who may be one."""
    desk.database.write(
        lambda unit: unit.run(
            possible_match.insert(),
            {
                "person_id": one,
                "other_id": other,
                "reason": "name",
                "state": "open",
                "found_at": desk.clock.now,
            },
        )
    )


async def open_mending(stage: Stage) -> None:
    await stage.press("g")
    assert isinstance(stage.app.screen, MendScreen)


async def test_nothing_to_mend_is_said_in_both_lists(desk: Desk) -> None:
    async with staged(desk) as stage:
        await open_mending(stage)
        assert stage.shows("Every number is in order.")
        await stage.press("enter")
        assert stage.shows("Nothing is marked in the list.")
        await stage.press("v")
        assert stage.shows("No two records look like one person.")


async def test_a_bad_cell_becomes_a_number(desk: Desk) -> None:
    who = desk.person("[/]王芳\x1b[31m")
    a_bad_cell(desk, who, "1381234")
    async with staged(desk) as stage:
        await open_mending(stage)
        assert stage.shows("[/]王芳[31m", "1381234", "Digits are missing.")
        await stage.press("enter", "5", "6", "7", "8", "enter")
        assert stage.shows("can be reached at +8613812345678", "Every number is in order.")
    assert numbers_to_repair(desk.database, desk.actor) == ()


async def test_what_is_still_no_number_is_refused_in_words(desk: Desk) -> None:
    a_bad_cell(desk, desk.person("王芳"), "138")
    async with staged(desk) as stage:
        await open_mending(stage)
        await stage.press("enter", "1", "enter")
        assert stage.shows("This number can't be dialled: Digits are missing.")


async def test_a_hopeless_cell_is_taken_off_the_list(desk: Desk) -> None:
    a_bad_cell(desk, desk.person("王芳"), "none")
    async with staged(desk) as stage:
        await open_mending(stage)
        await stage.press("x", "n")
        assert len(numbers_to_repair(desk.database, desk.actor)) == 1
        await stage.press("delete", "y")
        assert numbers_to_repair(desk.database, desk.actor) == ()


async def test_pairs_are_decided(desk: Desk) -> None:
    people = [desk.person(name) for name in ("王芳", "王方", "李雷")]
    for other in people[1:]:
        a_pair(desk, people[0], other)
    async with staged(desk) as stage:
        await open_mending(stage)
        await stage.press("v", "s", "y")
        assert stage.shows("Both are one record now.")
        await stage.press("d")
        assert stage.shows("No two records look like one person.")
    rows = desk.rows(sa.select(person.c.id, person.c.merged_into).order_by(person.c.id))
    assert [row["merged_into"] for row in rows] == [None, people[0], None]


async def test_what_belongs_to_the_other_list_says_so(desk: Desk) -> None:
    a_bad_cell(desk, desk.person("王芳"), "none")
    async with staged(desk, language="zh") as stage:
        await open_mending(stage)
        await stage.press("s")
        assert stage.shows("此操作用于疑似同一人列表。")
        await stage.press("v", "n")
        assert stage.shows("此操作用于号码列表。")


def bring(desk: Desk, path: Path, occupation: str, mail: str) -> None:
    path.write_text(
        f"客户编号,姓名,电话,职业,邮箱\n1,王芳,13800001111,{occupation},{mail}\n", encoding="utf-8"
    )
    prepared = prepare(
        path, "customers", now=desk.clock.now, house_region="CN", house_zone="Asia/Shanghai"
    )
    imports.run(desk.database, desk.actor, prepared.ready())


async def test_what_a_file_and_the_desk_both_changed_is_settled(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    bring(desk, file, "教师", "old@example.com")
    who = desk.rows(sa.select(person.c.id))[0]["id"]
    edit_field(desk.database, desk.actor, who, "occupation", "医生")
    edit_field(desk.database, desk.actor, who, "email", "desk@example.com")
    bring(desk, file, "律师", "file@example.com")
    async with staged(desk) as stage:
        await open_mending(stage)
        await stage.press("v", "v")
        assert stage.shows("医生", "律师", "desk@example.com", "file@example.com")
        await stage.press("t")
        assert stage.shows("The file's value was taken.")
        await stage.press("k")
        assert stage.shows("No file disagrees with the desk.")
        await stage.press("s")
        assert stage.shows("That belongs to the list of possible matches.")
    row = desk.rows(sa.select(person.c.occupation, person.c.email))[0]
    assert (row["occupation"] == "律师") != (row["email"] == "file@example.com")


async def test_an_operator_sees_no_conflicts(desk: Desk) -> None:
    desk.operator("bob")
    async with staged(desk, desk.seat("bob").actor) as stage:
        await open_mending(stage)
        await stage.press("v")
        assert stage.shows("No two records look like one person.")
        await stage.press("f4")
        assert stage.shows("Every number is in order.")
