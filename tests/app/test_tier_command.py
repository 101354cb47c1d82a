"""`tier` as a lead uses it, and what it leaves on a customer's record."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from db.tables import occasion, person
from tests.command_line import Run, plain
from tests.databases import Desk


def shop(desk: Desk) -> list[int]:
    amounts = [15_000, *[6_000] * 3, *[200] * 16]
    people = []
    for number, amount in enumerate(amounts):
        one = desk.person(f"客户{number}")
        values = {"spent": amount * 100, "currency": "CNY", "member_level": "standard"}
        desk.database.write(
            lambda unit, one=one, values=values: unit.run(
                sa.update(person).where(person.c.id == one).values(**values)
            )
        )
        people.append(one)
    return people


def test_proposals_are_made_listed_confirmed_and_then_gone(desk: Desk, run: Run) -> None:
    people = shop(desk)
    callback = desk.callback(people[0], campaign="maintenance-due")
    made = plain(run("tier", "propose", "--json"))
    assert made["open"] == {"tier.first": 20}
    assert made["curves"][0]["key"]["customers"] == 4
    listed = plain(run("tier", "list", "--limit", "3", "--json"))
    assert (listed["waiting"], listed["more"]) == (20, True)
    first = listed["proposals"][0]
    assert (first["person_id"], first["from"], first["to"]) == (people[0], None, "key")
    done = plain(run("tier", "confirm", str(first["id"]), "--json"))
    assert done == {"tiers": 1, "levels": 0, "outdated": 0, "callbacks": 1}
    assert desk.row(callback)["band"] == 2
    assert plain(run("tier", "confirm", "--all", "--json"))["tiers"] == 19
    assert run("tier", "list").stdout == "Nothing waits for a decision.\n"
    assert desk.rows(sa.select(occasion.c.id)) == []


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("en", ["Tiers for the first time", "4 of 20 customers (20.0 %)"]),
        ("zh", ["首次分级", "20 位客户中有 4 位（20.0%）"]),
    ],
)
def test_a_person_reads_it_in_both_languages(
    desk: Desk, run: Run, lang: str, words: list[str]
) -> None:
    shop(desk)
    told = run("tier", "propose", lang=lang).stdout
    assert all(word in told for word in words)
    listed = run("tier", "list", lang=lang).stdout
    assert "客户0" in listed
    assert "¥15,000" in listed


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_record_says_why_and_what_is_missing_to_silver(desk: Desk, run: Run, lang: str) -> None:
    people = shop(desk)
    told = run("tier", "pin", str(people[0]), "key", "--reason", "brings his friends", lang=lang)
    assert told.exit_code == 0, told.output
    shown = run("customer", "show", str(people[0]), lang=lang).stdout
    assert ("¥5,000 to silver" if lang == "en" else "再消费 ¥5,000 升银卡") in shown
    assert "brings his friends" in shown
    assert run("tier", "unpin", str(people[0]), lang=lang).exit_code == 0


def test_the_curve_is_drawn(desk: Desk, run: Run) -> None:
    shop(desk)
    told = run("tier", "curve")
    lines = told.stdout.splitlines()
    assert lines[1].startswith("100%|")
    assert "20%" in lines[-2]
    points = plain(run("tier", "curve", "--json"))["curves"][0]["points"]
    assert (points[0], points[-1]) == ([0, 0], [20, (15_000 + 18_000 + 3_200) * 100])


def test_too_little_to_cut_is_said(desk: Desk, run: Run) -> None:
    assert "import customers" in run("tier", "curve").stdout
    values = {"spent": 500, "currency": "CNY"}
    query = sa.update(person).where(person.c.id == desk.person()).values(**values)
    desk.database.write(lambda unit: unit.run(query))
    assert "In CNY the spending of 1 is known" in run("tier", "curve").stdout
    assert "Nothing waits" in run("tier", "propose").stdout


def test_declining_and_wrong_use(desk: Desk, run: Run) -> None:
    shop(desk)
    run("tier", "propose")
    first = plain(run("tier", "list", "--json"))["proposals"][0]["id"]
    assert plain(run("tier", "decline", str(first), "--json")) == {"declined": 1}
    assert run("tier", "confirm").exit_code == 2
    assert run("tier", "confirm", "1", "--all").exit_code == 2
    desk.operator("bea")
    refused = run("tier", "propose", login="bea")
    assert refused.exit_code == 1
    assert "lead" in refused.stderr
