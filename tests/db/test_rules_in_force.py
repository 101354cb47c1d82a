"""Rules in force: published, planned, taken back; windows and waiting callbacks follow."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from content.rule_files import RULES, digest_of, shipped_rules
from content.rule_set import rulebook_of
from content.rulebook import load_shipped
from db import adoption, releases
from db.housekeeping import keep_house
from db.queue import claim_next, release
from db.rules_held import rule_texts, rules_in_force
from db.rules_in_force import take_up
from db.tables import callback, calling_window, campaign, topic
from domain.content_set import FileSet, NewFile
from domain.errors import RefusedError
from tests.databases import Desk

SHIPPED = shipped_rules()
CODE = "after-service-3day"


def file(name: str, text: str) -> NewFile:
    return NewFile(RULES, name, "", digest_of(text), text, {})


def publish(desk: Desk, name: str, text: str, **options: Any) -> releases.Release:
    present = {one.key: one for one in releases.release_files(desk.database, desk.actor)}
    options.setdefault("base", {(RULES, name, ""): present[RULES, name, ""].digest})
    options.setdefault("at", None)
    actor = options.pop("actor", desk.actor)
    return releases.publish(desk.database, actor, [file(name, text)], note="", **options)


def take(desk: Desk) -> bool:
    """What a seat does when it hears that files moved."""
    found = rules_in_force(desk.database)
    assert found is not None
    texts = rule_texts(desk.database, found.release)
    return take_up(desk.database, rulebook_of(texts), found.release)


def with_campaign(**changes: object) -> str:
    """The campaigns' file with other values in the entry of one campaign."""
    text = SHIPPED["campaigns"]
    head, found, rest = text.partition(f'code = "{CODE}"')
    assert found
    entry, mark, others = rest.partition("[[campaign]]")
    for name, value in changes.items():
        rows = entry.split("\n")
        place = next(n for n, row in enumerate(rows) if row.startswith(f"{name} ="))
        rows[place] = f"{name} = {value}"
        entry = "\n".join(rows)
    return head + found + entry + mark + others


def settle(desk: Desk) -> None:
    for _ in range(200):
        kept = keep_house(desk.database, every=0)
        if kept is not None and not kept.more:
            return
    raise AssertionError("it never came to rest")


@pytest.fixture
def stocked(desk: Desk) -> Desk:
    """A desk with the shipped rules in force and taken up."""
    adoption.adopt_shipped(desk.database, [file(*one) for one in SHIPPED.items()], "shipped")
    assert take(desk)
    settle(desk)
    desk.clock.advance(minutes=1)
    return desk


def test_a_desk_without_a_release_works_by_the_shipped_rules(desk: Desk) -> None:
    assert rules_in_force(desk.database) is None
    assert not take_up(desk.database, load_shipped(), "2026-01-01.1")


def test_what_is_shipped_changes_nothing_when_it_is_taken_up(stocked: Desk) -> None:
    made = stocked.callback()
    before = stocked.row(made), stocked.rows(sa.select(campaign))
    assert take(stocked)
    settle(stocked)
    assert (stocked.row(made), stocked.rows(sa.select(campaign))) == before
    assert stocked.database.rulebook.release == load_shipped().release
    found = rules_in_force(stocked.database)
    assert found is not None
    assert found.taken
    assert set(found.digests) == set(SHIPPED)


def test_waiting_callbacks_follow_a_campaigns_band_and_caps(stocked: Desk) -> None:
    lead = stocked.operator("li.na", "lead")
    band = stocked.database.rulebook.campaigns[CODE].band
    plain = [stocked.callback() for _ in range(7)]
    promised = stocked.callback(promised=True)
    owned = stocked.callback(owner_id=lead.operator_id)
    other = stocked.callback(campaign="delivery-3day")
    untouched = stocked.row(other)
    publish(stocked, "campaigns", with_campaign(band=band + 3, attempt_cap=9, grace_minutes=7))
    assert stocked.row(plain[0])["band"] == band
    assert take(stocked)
    settle(stocked)
    for one in (*plain, owned):
        row = stocked.row(one)
        assert (row["band"], row["tries"]["cap"]) == (band + 3, 9)
    assert stocked.row(promised)["band"] == 0
    assert stocked.row(promised)["tries"]["cap"] == 9
    assert stocked.row(other) == untouched
    row = stocked.row(owned)
    assert row["grace_until"] == max(row["ready_at"], row["created_at"]) + timedelta(minutes=7)
    new = stocked.row(stocked.callback())
    assert (new["band"], new["tries"]["cap"]) == (band + 3, 9)
    before = stocked.rows(sa.select(callback).order_by(callback.c.id))
    settle(stocked)
    assert stocked.rows(sa.select(callback).order_by(callback.c.id)) == before
    (kind,) = stocked.rows(sa.select(campaign).where(campaign.c.code == CODE))
    assert "following" not in kind["settings"]


def test_claims_go_on_while_callbacks_follow(stocked: Desk) -> None:
    band = stocked.database.rulebook.campaigns[CODE].band
    made = [stocked.callback() for _ in range(5)]
    seat = stocked.seat("ann").actor
    publish(stocked, "campaigns", with_campaign(band=band + 1))
    assert take(stocked)
    taken = claim_next(stocked.database, seat).taken
    assert taken is not None
    settle(stocked)
    assert {stocked.row(one)["band"] for one in made} == {band + 1}
    assert stocked.row(taken.callback_id)["state"] == "claimed"
    release(stocked.database, seat)
    assert stocked.row(taken.callback_id)["band"] == band + 1


def closed_on_mondays() -> str:
    text = SHIPPED["calling_hours"]
    assert "*,any,09:00-20:00," in text
    return text.replace("*,any,09:00-20:00,", "*,any,none,")


def test_windows_follow_changed_hours_and_nobody_is_rung_by_the_old_ones(stocked: Desk) -> None:
    made = stocked.callback()
    seat = stocked.seat("ann").actor
    window = stocked.row(made)["window_id"]
    first = publish(stocked, "calling_hours", closed_on_mondays())
    assert take(stocked)
    assert claim_next(stocked.database, seat).taken is None
    settle(stocked)
    (row,) = stocked.rows(sa.select(calling_window).where(calling_window.c.id == window))
    assert row["release"] == stocked.database.rulebook.calling_release
    assert row["opens_at"] is None or row["opens_at"] > stocked.clock.now
    assert claim_next(stocked.database, seat).taken is None
    stocked.clock.advance(minutes=1)
    earlier = releases.releases(stocked.database, stocked.actor)[-1]
    assert earlier.name != first.name
    releases.roll_back(stocked.database, stocked.actor, earlier.name, note="")
    assert take(stocked)
    assert stocked.database.rulebook.release == load_shipped().release
    assert stocked.row(made)["window_id"] == window
    taken = claim_next(stocked.database, seat).taken
    assert taken is not None
    assert taken.callback_id == made


def test_a_seat_with_older_rules_puts_nothing_back(stocked: Desk) -> None:
    made = stocked.callback()
    publish(stocked, "calling_hours", closed_on_mondays())
    assert take(stocked)
    settle(stocked)
    windows = stocked.rows(sa.select(calling_window))
    stocked.database.take_rulebook(load_shipped())
    stocked.clock.advance(seconds=5)
    settle(stocked)
    assert claim_next(stocked.database, stocked.seat("ann").actor).taken is None
    assert stocked.rows(sa.select(calling_window)) == windows
    assert stocked.row(made)["state"] == "due"


def test_a_planned_change_is_told_when_its_time_has_come(stocked: Desk) -> None:
    tomorrow = stocked.clock.now + timedelta(days=1)
    planned = publish(stocked, "campaigns", with_campaign(attempt_cap=2), at=tomorrow)
    assert take(stocked)
    assert stocked.database.rulebook.campaigns[CODE].attempt_cap != 2
    settle(stocked)
    stocked.clock.now = tomorrow
    told = _told(stocked)
    settle(stocked)
    if stocked.database.embedded:
        assert _told(stocked) > told
    found = rules_in_force(stocked.database)
    assert found is not None
    assert (found.release, found.taken) == (planned.name, False)
    assert take(stocked)
    assert stocked.database.rulebook.campaigns[CODE].attempt_cap == 2
    told = _told(stocked)
    settle(stocked)
    assert _told(stocked) == told


def _told(desk: Desk) -> int:
    rows = desk.rows(sa.select(topic.c.version).where(topic.c.name == "content"))
    return int(rows[0]["version"]) if rows else 0


def test_rules_of_a_release_that_holds_no_more_are_not_taken_up(stocked: Desk) -> None:
    found = rules_in_force(stocked.database)
    assert found is not None
    publish(stocked, "campaigns", with_campaign(band=6))
    assert not take_up(stocked.database, load_shipped(), found.release)


def test_two_leads_at_the_same_rules_get_a_conflict(stocked: Desk) -> None:
    other = stocked.operator("li.na", "lead")
    base = {(RULES, "campaigns", ""): digest_of(SHIPPED["campaigns"])}
    publish(stocked, "campaigns", with_campaign(band=6), base=base)
    with pytest.raises(RefusedError) as refused:
        publish(stocked, "campaigns", with_campaign(band=5), base=base, actor=other)
    assert refused.value.code == "content_conflict"
    publish(stocked, "caps", SHIPPED["caps"] + "\n# seen\n", actor=other)


def test_a_newer_program_says_in_its_release_what_changed(stocked: Desk) -> None:
    text = SHIPPED["calling_hours"].replace("*,any,09:00-20:00,", "*,any,10:00-20:00,")
    seen: list[str] = []

    def note(before: FileSet) -> str:
        seen.append(before[RULES, "calling_hours", ""].source)
        return "FR sales"

    files = [file(name, SHIPPED[name]) for name in SHIPPED if name != "calling_hours"]
    newer = [*files, file("calling_hours", text)]
    made = adoption.adopt_shipped(stocked.database, newer, "newer", note=note)
    assert made is not None
    assert (made.note, made.by, made.changed) == ("FR sales", None, 1)
    assert set(seen) == {SHIPPED["calling_hours"]}
    assert adoption.adopt_shipped(stocked.database, newer, "newer", note=note) is None


def test_a_use_case_sees_one_rulebook_to_its_end(desk: Desk) -> None:
    shipped = load_shipped()
    other = rulebook_of({**SHIPPED, "campaigns": with_campaign(band=6)})

    def work(_: object) -> list[str]:
        first = desk.database.rulebook.release
        desk.database.take_rulebook(other)
        return [first, desk.database.rulebook.release]

    for run in (desk.database.read, desk.database.write):
        desk.database.take_rulebook(shipped)
        assert run(work) == [shipped.release] * 2
        assert desk.database.rulebook.release == other.release
