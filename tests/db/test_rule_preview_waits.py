"""Caps and retries in the preview: what is foretold is what comes, and nothing is touched."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
import sqlalchemy as sa

from content.rule_files import RULES, digest_of, shipped_rules
from content.rule_set import rulebook_of
from db import adoption, releases
from db.finish import finish
from db.housekeeping import keep_house
from db.queue import claim
from db.retry_preview import ComesBack
from db.rule_preview import RulePreview, Standing, preview_rules
from db.rules_held import rule_texts, rules_in_force
from db.rules_in_force import take_up
from db.tables import callback
from domain.content_set import NewFile
from domain.decision import Decision
from domain.permissions import Actor
from tests.databases import Desk

SHIPPED = shipped_rules()
DAY = 'counts = "calls"\nmost = 3\ndays = 1\n'
WEEK = 'counts = "calls"\nmost = 7\ndays = 7\n'


def file(name: str, text: str) -> NewFile:
    return NewFile(RULES, name, "", digest_of(text), text, {})


@pytest.fixture
def ann(desk: Desk) -> Actor:
    """Somebody at a desk whose shipped rules are taken up."""
    adoption.adopt_shipped(desk.database, [file(*one) for one in SHIPPED.items()], "shipped")
    take(desk)
    return desk.seat("ann").actor


def take(desk: Desk) -> None:
    found = rules_in_force(desk.database)
    assert found is not None
    texts = rule_texts(desk.database, found.release)
    take_up(desk.database, rulebook_of(texts), found.release)
    for _ in range(200):
        kept = keep_house(desk.database, every=0)
        if kept is not None and not kept.more:
            return
    raise AssertionError("it never came to rest")


def ring(desk: Desk, ann: Actor, callback_id: int, outcome: str = "completed") -> None:
    taken = claim(desk.database, ann, callback_id)
    finish(desk.database, ann, taken.call_id, taken.fence, Decision(str(uuid.uuid4()), outcome))
    desk.clock.advance(minutes=10)


def changed(name: str, old: str, new: str) -> str:
    assert old in SHIPPED[name]
    return SHIPPED[name].replace(old, new, 1)


def preview(desk: Desk, name: str, text: str) -> RulePreview:
    rulebook = rulebook_of({**SHIPPED, name: text})
    return preview_rules(desk.database, desk.actor, rulebook, zone="Asia/Shanghai")


def publish(desk: Desk, name: str, text: str) -> None:
    present = {one.key: one for one in releases.release_files(desk.database, desk.actor)}
    base = {(RULES, name, ""): present[RULES, name, ""].digest}
    releases.publish(desk.database, desk.actor, [file(name, text)], base=base, at=None, note="")
    take(desk)


@pytest.fixture
def rung(desk: Desk, ann: Actor) -> int:
    """A customer rung twice today, with three callbacks left; another one with one."""
    person = desk.person()
    for _ in range(2):
        ring(desk, ann, desk.callback(person))
    desk.callback(person)
    desk.callback(person, due_at=desk.clock.now + timedelta(hours=2))
    desk.callback(person, due_at=desk.clock.now + timedelta(days=3))
    desk.callback()
    return person


def test_a_stricter_cap_puts_off_those_who_were_rung_often(desk: Desk, rung: int) -> None:
    stricter = changed("caps", DAY, DAY.replace("3", "2"))
    before = desk.rows(sa.select(callback))
    found = preview(desk, "caps", stricter)
    assert desk.rows(sa.select(callback)) == before
    (line,) = found.campaigns
    assert found.before == Standing(now=2, today=1, later=1)
    assert found.after == Standing(now=1, later=3)
    assert line.waits == 2
    publish(desk, "caps", stricter)
    assert preview(desk, "caps", stricter).before == found.after


def test_a_milder_cap_brings_back_those_who_wait_for_it(desk: Desk, ann: Actor, rung: int) -> None:
    ring(desk, ann, desk.callback(rung))
    milder = changed("caps", DAY, DAY.replace("3", "5"))
    found = preview(desk, "caps", milder)
    assert found.before == Standing(now=1, later=3)
    assert found.after == Standing(now=2, today=1, later=1)
    publish(desk, "caps", milder)
    assert preview(desk, "caps", milder).before == found.after


def test_a_cap_that_binds_nobody_changes_nothing(desk: Desk, rung: int) -> None:
    found = preview(desk, "caps", changed("caps", WEEK, WEEK.replace("7\ndays", "6\ndays")))
    assert found.before == found.after
    assert not any(one.changes for one in found.campaigns)


def test_outcomes_that_do_not_count_as_calls_free_their_customers(desk: Desk, ann: Actor) -> None:
    person = desk.person()
    for _ in range(3):
        ring(desk, ann, desk.callback(person), "busy")
    entry = 'name = { zh = "忙线", en = "Busy" }\n'
    other = changed("outcomes", entry, f"{entry}counts_attempt = false\n")
    found = preview(desk, "outcomes", other)
    assert found.after != found.before


def test_another_retry_tells_when_todays_calls_come_back(desk: Desk, ann: Actor) -> None:
    for _ in range(2):
        desk.callback()
    old = 'next = { minutes = 180, part = "untried", notice = "first" }'
    found = preview(desk, "outcomes", changed("outcomes", old, "next = { days = 1 }"))
    (line,) = found.retries
    assert line.outcome == "no-answer"
    assert line.before == ComesBack(today=2)
    assert line.after == ComesBack(later=2)
    assert found.before == found.after
    publish(desk, "outcomes", changed("outcomes", old, "next = { days = 1 }"))
    (first, _) = desk.rows(sa.select(callback).order_by(callback.c.id))
    ring(desk, ann, first["id"], "no-answer")
    assert desk.row(first["id"])["ready_at"] > desk.clock.now + timedelta(hours=12)


def test_fewer_attempts_give_up_after_the_next_one(desk: Desk, ann: Actor) -> None:
    desk.callback()
    code = 'code = "after-service-3day"'
    entry = SHIPPED["campaigns"].partition(code)[2].partition("[[campaign]]")[0]
    text = changed("campaigns", entry, entry.replace("attempt_cap = 5", "attempt_cap = 1"))
    (line,) = preview(desk, "campaigns", text).retries
    assert (line.before, line.after) == (ComesBack(today=1), ComesBack(over=1))


def test_a_retry_that_nothing_waits_for_is_not_told(desk: Desk, ann: Actor) -> None:
    old = 'next = { minutes = 180, part = "untried", notice = "first" }'
    assert preview(desk, "outcomes", changed("outcomes", old, "next = { days = 1 }")).retries == ()
