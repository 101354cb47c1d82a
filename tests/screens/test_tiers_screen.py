"""A lead goes through the proposed tiers and cards, sees why, and confirms."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from content.translations import Language
from db.tables import person, tier_proposal
from screens.tiers import TiersScreen
from tests.databases import Desk
from tests.screens.staged import NARROW, WIDE, Stage, staged


def shop(desk: Desk, *, sizes: tuple[int, ...] = (15_000, 6_000, 6_000, 6_000)) -> list[int]:
    people = []
    for number, amount in enumerate((*sizes, *[200] * (20 - len(sizes)))):
        one = desk.person(f"Customer {number}")
        values = {"spent": amount * 100, "currency": "CNY", "member_level": "standard"}
        query = sa.update(person).where(person.c.id == one).values(**values)
        desk.database.write(lambda unit, query=query: unit.run(query))
        people.append(one)
    return people


def tier_of(desk: Desk, person_id: int) -> tuple[str | None, bool]:
    row = desk.rows(sa.select(person).where(person.c.id == person_id))[0]
    return row["tier"], row["tier_pinned"]


async def open_tiers(stage: Stage) -> TiersScreen:
    await stage.press("l")
    screen = stage.app.screen
    assert isinstance(screen, TiersScreen), stage.text
    return screen


@pytest.mark.parametrize(
    ("size", "language"), [(NARROW, "en"), (NARROW, "zh"), (WIDE, "en"), (WIDE, "zh")]
)
async def test_customers_are_sorted_and_one_is_confirmed(
    desk: Desk, size: tuple[int, int], language: Language
) -> None:
    people = shop(desk)
    callback = desk.callback(people[0], campaign="maintenance-due")
    async with staged(desk, size=size, language=language) as stage:
        await open_tiers(stage)
        assert stage.shows("Nothing waits" if language == "en" else "没有待确认的变更")
        await stage.press("s")
        assert stage.shows("Customer 0", "20")
        assert stage.shows("¥15,000" if language == "zh" else "Spent ¥15,000")
        await stage.press("enter")
        assert stage.shows("Customer 1")
        assert not stage.shows("Customer 0")
    assert tier_of(desk, people[0]) == ("key", False)
    assert desk.row(callback)["band"] == 2


@pytest.mark.parametrize(("size", "keys"), [(NARROW, ("w",)), (WIDE, ())])
async def test_the_curve_is_drawn(desk: Desk, size: tuple[int, int], keys: tuple[str, ...]) -> None:
    shop(desk)
    async with staged(desk, size=size) as stage:
        await open_tiers(stage)
        await stage.press(*keys)
        assert stage.shows("4 of 20 customers (20.0 %)", "100%|", "+----", "20%")
        assert sum("*" in line for line in stage.lines) > 4


async def test_too_few_customers_are_said_to_be_too_few(desk: Desk) -> None:
    async with staged(desk, size=WIDE) as stage:
        await open_tiers(stage)
        assert stage.shows("import customers")
        await stage.press("enter")
        assert stage.shows("Nothing is marked in the list.")


async def test_all_are_confirmed_after_asking_and_one_can_be_put_aside(desk: Desk) -> None:
    people = shop(desk)
    async with staged(desk, size=WIDE) as stage:
        await open_tiers(stage)
        await stage.press("s", "x")
        assert stage.shows("1 proposal put aside.")
        await stage.press("a", "n")
        assert tier_of(desk, people[1]) == (None, False)
        await stage.press("a", "y")
        assert stage.shows("Confirmed: 19 tiers", "Nothing waits")
    assert tier_of(desk, people[0]) == (None, False)
    assert tier_of(desk, people[1]) == ("key", False)


async def test_tiers_and_cards_are_listed_apart(desk: Desk) -> None:
    shop(desk, sizes=(25_000, 6_000, 6_000, 6_000))
    async with staged(desk, size=WIDE) as stage:
        await open_tiers(stage)
        await stage.press("s")
        assert stage.shows("Changes to confirm: 21")
        await stage.press("v")
        assert stage.shows("Tiers to confirm: 20")
        await stage.press("v")
        assert stage.shows("Cards to confirm: 1", "card standard › silver", "10 % off")


async def test_a_tier_is_set_by_hand_with_a_reason_that_the_record_shows(desk: Desk) -> None:
    people = shop(desk)
    async with staged(desk, size=WIDE) as stage:
        await open_tiers(stage)
        await stage.press("s", "e", "3")
        await stage.types("moved away")
        await stage.press("enter")
        assert tier_of(desk, people[0]) == ("small", True)
        states = {
            row["state"]
            for row in desk.rows(
                sa.select(tier_proposal).where(tier_proposal.c.person_id == people[0])
            )
        }
        assert states == {"outdated", "pinned"}
        stage.app.show_customer(people[0])
        await stage.settle()
        assert stage.shows("small · set by a lead", "moved away", "¥5,000 to silver", "5 % off")


async def test_hostile_names_are_shown_harmlessly(desk: Desk) -> None:
    people = shop(desk)
    query = sa.update(person).where(person.c.id == people[0]).values(name="[/]\x1b[31m王")
    desk.database.write(lambda unit: unit.run(query))
    async with staged(desk, size=NARROW) as stage:
        await open_tiers(stage)
        await stage.press("s")
        assert stage.shows("[/]")


async def test_operators_are_told_that_it_is_a_leads(desk: Desk) -> None:
    shop(desk)
    desk.operator("bea")
    async with staged(desk, desk.seat("bea").actor) as stage:
        await stage.press("l")
        assert stage.shows("Tiers are a lead's to confirm.")
        assert not isinstance(stage.app.screen, TiersScreen)


async def test_a_seat_that_only_looks_decides_nothing(desk: Desk) -> None:
    shop(desk)
    async with staged(desk, looking=True) as stage:
        await open_tiers(stage)
        await stage.press("s")
        assert desk.rows(sa.select(tier_proposal)) == []
