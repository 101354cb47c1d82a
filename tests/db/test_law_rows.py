"""Rows of law are an admin's: a lead publishes the house's rows, and what the program ships."""

from __future__ import annotations

import pytest

from content.rule_changes import law_changed
from content.rule_files import RULES, digest_of, shipped_rules
from db import adoption, releases
from domain.content_set import NewFile
from domain.errors import RefusedError
from domain.permissions import Actor
from tests.databases import Desk

SHIPPED = shipped_rules()
HOUSE = ("*,any,09:00-20:00,", "*,any,10:00-20:00,")
LAW = ("US,sales,08:00-21:00,", "US,sales,07:00-21:00,")


def file(name: str, text: str) -> NewFile:
    return NewFile(RULES, name, "", digest_of(text), text, {})


def changed(name: str, *pairs: tuple[str, str]) -> str:
    text = SHIPPED[name]
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new, 1)
    return text


def publish(desk: Desk, actor: Actor, name: str, text: str) -> None:
    present = {one.key: one for one in releases.release_files(desk.database, desk.actor)}
    base = {(RULES, name, ""): present[RULES, name, ""].digest}
    new = [file(name, text)]
    releases.publish(desk.database, actor, new, base=base, at=None, note="", law=law_changed)


@pytest.fixture
def lead(desk: Desk) -> Actor:
    adoption.adopt_shipped(desk.database, [file(*one) for one in SHIPPED.items()], "shipped")
    return desk.operator("li.na", "lead")


def test_a_lead_publishes_rows_of_the_house_and_no_row_of_law(desk: Desk, lead: Actor) -> None:
    publish(desk, lead, "calling_hours", changed("calling_hours", HOUSE))
    with pytest.raises(RefusedError) as caught:
        publish(desk, lead, "calling_hours", changed("calling_hours", HOUSE, LAW))
    assert caught.value.code == "law_is_admins"
    assert caught.value.params["rows"] == "US sales"
    publish(desk, desk.actor, "calling_hours", changed("calling_hours", HOUSE, LAW))


def test_a_row_of_law_can_not_pass_for_the_houses(desk: Desk, lead: Actor) -> None:
    law = 'code = "fr-sales-30-days"'
    text = SHIPPED["caps"]
    head, found, rest = text.partition(law)
    assert found
    rest = rest.replace('place = "FR"', 'place = "*"', 1).replace('"primary"', '"house"', 1)
    with pytest.raises(RefusedError) as caught:
        publish(desk, lead, "caps", head + found + rest)
    assert caught.value.code == "law_is_admins"


def test_a_lead_takes_up_the_law_that_a_newer_program_ships(desk: Desk, lead: Actor) -> None:
    publish(desk, lead, "calling_hours", changed("calling_hours", HOUSE))
    newer = changed("calling_hours", LAW)
    adoption.adopt_shipped(desk.database, [file("calling_hours", newer)], "newer")
    (offered,) = adoption.proposals(desk.database, lead)
    assert offered.shipped.source == newer
    publish(desk, lead, "calling_hours", newer)
