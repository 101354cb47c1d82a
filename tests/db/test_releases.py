"""Releases of scripts: published, planned, gone back to; conflicts; a newer program's files."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa

from db import adoption, content_drafts, releases
from db.calls import show_call
from db.inbound import inbound
from db.parking import park, unpark
from db.queue import claim_next
from db.tables import audit, content_file, content_release, release_file
from domain.content_set import NewFile
from domain.errors import DeskError, InputError, RefusedError
from domain.permissions import Actor
from tests.databases import Desk

A = ("playbooks", "general", "en")
B = ("playbooks", "parts", "en")
C = ("objections", "objections", "zh")


def new(key, text: str, brought: str = "") -> NewFile:
    """A file; `brought` stands for what its parsed form takes from another one."""
    digest = hashlib.sha256(f"{text}|{brought}".encode()).hexdigest()
    return NewFile(*key, digest=digest, source=text, parsed={"text": text, "brought": brought})


SHIPPED = (new(A, "a1"), new(B, "b1"), new(C, "c1"))


def adopt(desk: Desk, *files: NewFile, reread=None):
    digest = hashlib.sha256("".join(file.digest for file in files).encode()).hexdigest()
    return adoption.adopt_shipped(desk.database, files, digest, reread=reread)


def texts(desk: Desk, name: str | None = None) -> dict:
    return {
        file.key: file.source for file in releases.release_files(desk.database, desk.actor, name)
    }


def digest_of(desk: Desk, key) -> str:
    found = releases.release_files(desk.database, desk.actor)
    return next(file.digest for file in found if file.key == key)


def publish(desk: Desk, key, text: str, *, actor: Actor | None = None, base=None, **options):
    options.setdefault("at", None)
    options.setdefault("note", "")
    began = digest_of(desk, key) if base is None else base
    return releases.publish(
        desk.database, actor or desk.actor, [new(key, text)], base={key: began}, **options
    )


def refusal(call, *args, **options) -> DeskError:
    with pytest.raises(DeskError) as error:
        call(*args, **options)
    return error.value


@pytest.fixture
def stocked(desk: Desk) -> Desk:
    """A desk with the shipped files in force."""
    assert adopt(desk, *SHIPPED) is not None
    desk.clock.advance(minutes=1)
    return desk


def test_a_desk_without_a_release_has_no_files(desk: Desk) -> None:
    assert releases.releases(desk.database, desk.actor) == ()
    assert releases.release_files(desk.database, desk.actor) == ()
    assert releases.release_in_force(desk.database, desk.actor) is None


def test_what_is_published_is_in_force_at_once_and_nothing_old_changes(stocked: Desk) -> None:
    before = {table: stocked.rows(sa.select(table)) for table in (content_file, release_file)}
    lead = stocked.operator("li.na", "lead")
    made = publish(stocked, A, "a2", actor=lead, note="kinder")
    assert (made.state, made.by, made.note, made.changed) == ("in_force", "Li.Na", "kinder", 1)
    assert texts(stocked) == {A: "a2", B: "b1", C: "c1"}
    newest, first = releases.releases(stocked.database, stocked.actor)
    assert newest == made
    assert (first.state, first.by, first.changed) == ("past", None, 3)
    assert texts(stocked, first.name) == {A: "a1", B: "b1", C: "c1"}
    for table, rows in before.items():
        assert stocked.rows(sa.select(table).order_by(table.c.id))[: len(rows)] == rows
    (noted,) = stocked.rows(sa.select(audit).where(audit.c.action == "content_publish"))
    assert noted["details"]["files"] == ["playbooks/general/en"]
    (mine,) = [file for file in releases.release_files(stocked.database, lead) if file.key == A]
    assert (mine.by, mine.shipped, mine.parsed["text"]) == ("Li.Na", False, "a2")


def test_a_planned_release_waits_for_its_day(stocked: Desk) -> None:
    monday = stocked.clock.now + timedelta(days=3)
    made = publish(stocked, A, "a2", at=monday)
    assert (made.state, made.in_force_from) == ("planned", monday)
    assert texts(stocked)[A] == "a1"
    stocked.clock.now = monday
    assert texts(stocked)[A] == "a2"
    assert releases.release_in_force(stocked.database, stocked.actor).name == made.name
    past = refusal(publish, stocked, A, "a3", at=monday)
    assert isinstance(past, InputError)
    assert past.code == "content_from_past"


def test_a_correction_of_today_is_in_the_plan_of_tomorrow_too(stocked: Desk) -> None:
    tomorrow = stocked.clock.now + timedelta(days=1)
    publish(stocked, A, "a2", at=tomorrow, note="plan")
    publish(stocked, B, "b2")
    assert texts(stocked) == {A: "a1", B: "b2", C: "c1"}
    stocked.clock.now = tomorrow
    assert texts(stocked) == {A: "a2", B: "b2", C: "c1"}
    assert releases.release_in_force(stocked.database, stocked.actor).note == "plan"


def test_a_plan_can_be_withdrawn_and_later_plans_stay(stocked: Desk) -> None:
    day = timedelta(days=1)
    first = publish(stocked, A, "a2", at=stocked.clock.now + day)
    publish(stocked, B, "b2", at=stocked.clock.now + 2 * day)
    releases.withdraw(stocked.database, stocked.actor, first.name, note="no")
    again = refusal(releases.withdraw, stocked.database, stocked.actor, first.name, note="")
    assert again.code == "content_not_planned"
    stocked.clock.advance(days=1)
    assert texts(stocked) == {A: "a1", B: "b1", C: "c1"}
    stocked.clock.advance(days=1)
    assert texts(stocked) == {A: "a1", B: "b2", C: "c1"}


def test_two_leads_at_one_file_get_a_conflict_and_keep_their_drafts(stocked: Desk) -> None:
    lead, other = stocked.operator("li.na", "lead"), stocked.operator("wang.wei", "lead")
    base = digest_of(stocked, A)
    content_drafts.save_content_draft(stocked.database, other, A, "a3", base)
    publish(stocked, A, "a2", actor=lead, base=base)
    when = stocked.clock.now
    stocked.clock.advance(minutes=5)
    error = refusal(publish, stocked, A, "a3", actor=other, base=base)
    assert isinstance(error, RefusedError)
    assert error.code == "content_conflict"
    assert error.params == {"file": "general (en)", "who": "Li.Na", "at": when}
    assert texts(stocked)[A] == "a2"
    (draft,) = content_drafts.content_drafts(stocked.database, other)
    assert draft.source == "a3"
    publish(stocked, A, "a3", actor=other, base=digest_of(stocked, A))
    assert content_drafts.content_drafts(stocked.database, other) == ()


def test_a_planned_change_of_the_same_file_is_a_conflict_too(stocked: Desk) -> None:
    publish(stocked, A, "a2", at=stocked.clock.now + timedelta(days=1))
    assert refusal(publish, stocked, A, "a3").code == "content_conflict"
    assert refusal(publish, stocked, ("playbooks", "new", "en"), "n", base="x").code == (
        "content_conflict"
    )


def test_a_draft_of_a_file_that_is_gone_can_still_be_published(stocked: Desk) -> None:
    began = digest_of(stocked, B)
    adopt(stocked, SHIPPED[0], SHIPPED[2])
    assert B not in texts(stocked)
    publish(stocked, B, "mine", base=began)
    assert texts(stocked)[B] == "mine"


def test_leads_at_different_files_don_t_disturb_each_other(stocked: Desk) -> None:
    bases = {key: digest_of(stocked, key) for key in (A, B)}
    publish(stocked, A, "a2", base=bases[A])
    publish(stocked, B, "b2", base=bases[B])
    publish(stocked, ("playbooks", "new", "en"), "n1", base="")
    assert sorted(texts(stocked).values()) == ["a2", "b2", "c1", "n1"]


def test_publishing_what_is_in_force_makes_no_release(stocked: Desk) -> None:
    assert refusal(publish, stocked, A, "a1").code == "content_unchanged"
    assert len(releases.releases(stocked.database, stocked.actor)) == 1


def test_going_back_makes_a_new_release_of_the_old_files(stocked: Desk) -> None:
    (first,) = releases.releases(stocked.database, stocked.actor)
    publish(stocked, A, "a2")
    stocked.clock.advance(minutes=1)
    back = releases.roll_back(stocked.database, stocked.actor, first.name, note="as before")
    assert back.name != first.name
    assert (back.state, back.changed) == ("in_force", 1)
    assert texts(stocked) == {A: "a1", B: "b1", C: "c1"}
    for name, code in ((first.name, "content_unchanged"), ("nothing", "content_release_unknown")):
        error = refusal(releases.roll_back, stocked.database, stocked.actor, name, note="")
        assert error.code == code


def test_going_back_leaves_the_plans_their_own_changes(stocked: Desk) -> None:
    (first,) = releases.releases(stocked.database, stocked.actor)
    publish(stocked, A, "a2")
    publish(stocked, B, "b2", at=stocked.clock.now + timedelta(days=1))
    stocked.clock.advance(minutes=1)
    releases.roll_back(stocked.database, stocked.actor, first.name, note="")
    stocked.clock.advance(days=1)
    assert texts(stocked) == {A: "a1", B: "b2", C: "c1"}


def test_going_back_keeps_the_files_that_a_newer_program_has_brought(stocked: Desk) -> None:
    (first,) = releases.releases(stocked.database, stocked.actor)
    added, own = ("playbooks", "win-back", "en"), ("playbooks", "mine", "en")
    adopt(stocked, new(A, "a2"), *SHIPPED[1:], new(added, "w1"))
    publish(stocked, own, "m1", base="")
    releases.roll_back(stocked.database, stocked.actor, first.name, note="")
    assert texts(stocked) == {A: "a1", B: "b1", C: "c1", added: "w1"}


def test_only_a_lead_publishes_and_everybody_reads(stocked: Desk) -> None:
    bob = stocked.operator("bob")
    (first,) = releases.releases(stocked.database, bob)
    assert len(releases.release_files(stocked.database, bob)) == 3
    assert adoption.proposals(stocked.database, bob) == ()
    base = stocked.database
    for call in (
        lambda: publish(stocked, A, "a2", actor=bob),
        lambda: releases.roll_back(base, bob, first.name, note=""),
        lambda: releases.withdraw(base, bob, first.name, note=""),
        lambda: content_drafts.save_content_draft(base, bob, A, "x", ""),
        lambda: content_drafts.content_drafts(base, bob),
        lambda: content_drafts.drop_content_draft(base, bob, A),
        lambda: adoption.settle_proposal(base, bob, A),
    ):
        assert refusal(call).code == "not_allowed"
    assert texts(stocked)[A] == "a1"


def test_a_draft_is_each_leads_own(stocked: Desk) -> None:
    lead, other = stocked.operator("li.na", "lead"), stocked.operator("wang.wei", "lead")
    for text in ("one", "two"):
        content_drafts.save_content_draft(stocked.database, lead, A, text, "base")
    content_drafts.save_content_draft(stocked.database, other, A, "other", "base")
    (draft,) = content_drafts.content_drafts(stocked.database, lead)
    assert (draft.key, draft.source, draft.base) == (A, "two", "base")
    assert draft.saved_at == stocked.clock.now
    content_drafts.drop_content_draft(stocked.database, lead, A)
    assert content_drafts.content_drafts(stocked.database, lead) == ()
    assert len(content_drafts.content_drafts(stocked.database, other)) == 1


# -- a newer program ------------------------------------------------------------------------------


def test_the_shipped_files_come_once(stocked: Desk) -> None:
    assert adopt(stocked, *SHIPPED) is None
    assert len(stocked.rows(sa.select(content_release))) == 1


def test_a_newer_program_replaces_what_nobody_edited(stocked: Desk) -> None:
    made = adopt(stocked, new(A, "a2"), new(C, "c1"))
    assert (made.by, made.changed) == (None, 2)
    assert texts(stocked) == {A: "a2", C: "c1"}
    assert adopt(stocked, *SHIPPED) is None, "an older program brings nothing back"
    assert texts(stocked)[A] == "a2"


def test_an_edited_file_stays_and_the_shipped_one_is_proposed(stocked: Desk) -> None:
    publish(stocked, A, "mine")
    adopt(stocked, new(A, "a2"), new(B, "b2"), new(C, "c1"))
    assert texts(stocked) == {A: "mine", B: "b2", C: "c1"}
    (proposal,) = adoption.proposals(stocked.database, stocked.actor)
    assert (proposal.ours.source, proposal.shipped.source) == ("mine", "a2")
    adopt(stocked, new(A, "a2"), new(B, "b3"), new(C, "c1"))
    assert len(adoption.proposals(stocked.database, stocked.actor)) == 1
    publish(stocked, A, "mine and more")
    assert len(adoption.proposals(stocked.database, stocked.actor)) == 1
    publish(stocked, A, "a2")
    assert adoption.proposals(stocked.database, stocked.actor) == ()
    adopt(stocked, new(A, "a4"), new(B, "b3"), new(C, "c1"))
    assert texts(stocked)[A] == "a4", "the program's own words again: no edited file any more"


def test_words_that_the_program_takes_over_are_its_own_from_then_on(stocked: Desk) -> None:
    publish(stocked, A, "a2", actor=stocked.operator("li.na", "lead"))
    adopt(stocked, new(A, "a2"), *SHIPPED[1:])
    (theirs,) = [
        one for one in releases.release_files(stocked.database, stocked.actor) if one.key == A
    ]
    assert (theirs.source, theirs.shipped, theirs.by) == ("a2", True, None)
    adopt(stocked, new(A, "a3"), *SHIPPED[1:])
    assert texts(stocked)[A] == "a3"
    assert adoption.proposals(stocked.database, stocked.actor) == ()


def test_a_proposal_can_be_put_aside_and_a_newer_one_comes_again(stocked: Desk) -> None:
    publish(stocked, A, "mine")
    adopt(stocked, new(A, "a2"), new(B, "b1"), new(C, "c1"))
    adoption.settle_proposal(stocked.database, stocked.actor, A)
    assert adoption.proposals(stocked.database, stocked.actor) == ()
    again = refusal(adoption.settle_proposal, stocked.database, stocked.actor, A)
    assert again.code == "content_no_proposal"
    adopt(stocked, new(A, "a3"), new(B, "b1"), new(C, "c1"))
    (proposal,) = adoption.proposals(stocked.database, stocked.actor)
    assert proposal.shipped.source == "a3"


def test_a_proposal_of_words_that_came_back_stays_open(stocked: Desk) -> None:
    publish(stocked, A, "mine")
    for other in ("b2", "b3"):
        adopt(stocked, new(A, "a2"), new(B, other), SHIPPED[2])
        adopt(stocked, new(A, "a1"), new(B, other), SHIPPED[2])
        (offered,) = adoption.proposals(stocked.database, stocked.actor)
        assert offered.shipped.source == "a1"
    adopt(stocked, new(A, "a1"), new(B, "b4"), SHIPPED[2])
    (still,) = adoption.proposals(stocked.database, stocked.actor)
    assert still == offered


def test_a_plan_is_carried_over_to_a_newer_program(stocked: Desk) -> None:
    publish(stocked, A, "mine", at=stocked.clock.now + timedelta(days=1))
    adopt(stocked, new(A, "a2"), new(B, "b2"), new(C, "c1"))
    assert texts(stocked) == {A: "a2", B: "b2", C: "c1"}
    stocked.clock.advance(days=1)
    assert texts(stocked) == {A: "mine", B: "b2", C: "c1"}
    assert len(adoption.proposals(stocked.database, stocked.actor)) == 1


def reading(files) -> tuple[NewFile, ...] | None:
    """Reads a set: `general` brings in `parts`; a set with `broken` does not fit together."""
    by_key = {file.key: file.source for file in files}
    if "broken" in by_key.values():
        return None
    parts = by_key.get(B, "")
    return tuple(new(key, text, parts if key == A else "") for key, text in by_key.items())


def test_a_file_that_brings_in_a_changed_one_changes_with_it(stocked: Desk) -> None:
    before = digest_of(stocked, A)
    made = publish(stocked, B, "b2", reread=reading)
    assert made.changed == 1
    (file,) = [
        file for file in releases.release_files(stocked.database, stocked.actor) if file.key == A
    ]
    assert (file.source, file.parsed["brought"], file.shipped) == ("a1", "b2", True)
    # Somebody who began with the same words has no conflict: nobody else has written there.
    publish(stocked, A, "a2", base=before, reread=reading)
    assert texts(stocked) == {A: "a2", B: "b2", C: "c1"}


def test_files_that_don_t_fit_together_are_not_put_in_force(stocked: Desk) -> None:
    assert refusal(publish, stocked, A, "broken", reread=reading).code == "content_faulty"
    assert texts(stocked)[A] == "a1"
    publish(stocked, A, "mine")
    newer = (new(A, "a2"), new(B, "broken"), new(C, "c1"))
    assert adopt(stocked, *newer, reread=reading) is None
    assert texts(stocked) == {A: "mine", B: "b1", C: "c1"}
    waiting = adoption.proposals(stocked.database, stocked.actor)
    assert [one.shipped.source for one in waiting] == ["a2", "broken"]
    assert [one.ours and one.ours.source for one in waiting] == ["mine", "b1"]
    adopt(stocked, new(A, "a2"), new(B, "b2"), new(C, "c1"), reread=reading)
    assert texts(stocked) == {A: "mine", B: "b2", C: "c1"}
    (left,) = adoption.proposals(stocked.database, stocked.actor)
    assert left.shipped.source == "a2"


def test_two_seats_that_bring_the_files_at_once_make_one_release(desk: Desk) -> None:
    with ThreadPoolExecutor(4) as seats:
        made = list(seats.map(lambda _: adopt(desk, *SHIPPED), range(4)))
    assert len([one for one in made if one is not None]) == 1
    assert len(desk.rows(sa.select(content_release))) == 1
    assert len(desk.rows(sa.select(content_file))) == 3


def test_leads_who_publish_at_once_lose_nothing(stocked: Desk) -> None:
    keys = [("playbooks", f"book-{number}", "en") for number in range(4)]
    with ThreadPoolExecutor(4) as leads:
        list(leads.map(lambda key: publish(stocked, key, "text", base=""), keys))
    assert set(texts(stocked)) == {A, B, C, *keys}


# -- the call ------------------------------------------------------------------------------------


def pinned(desk: Desk, call_id: int) -> str | None:
    return show_call(desk.database, desk.actor, call_id).script_release


def test_a_call_keeps_the_release_it_began_with_and_the_next_one_has_the_new(stocked: Desk) -> None:
    person = stocked.person()
    stocked.callback(person)
    stocked.callback()
    (first,) = releases.releases(stocked.database, stocked.actor)
    actor = stocked.seat("ann").actor
    claimed = claim_next(stocked.database, actor).taken
    assert claimed is not None
    second = publish(stocked, A, "a2")
    assert pinned(stocked, claimed.call_id) == first.name
    park(stocked.database, actor, claimed.call_id)
    following = claim_next(stocked.database, actor).taken
    assert following is not None
    assert pinned(stocked, following.call_id) == second.name
    park(stocked.database, actor, following.call_id)
    unpark(stocked.database, actor, claimed.call_id)
    assert pinned(stocked, claimed.call_id) == first.name


def test_a_planned_release_is_pinned_from_its_day_on(stocked: Desk) -> None:
    plan = publish(stocked, A, "a2", at=stocked.clock.now + timedelta(minutes=10))
    (_, first) = releases.releases(stocked.database, stocked.actor)
    actor = stocked.seat("ann").actor
    for minutes, name in ((9, first.name), (1, plan.name)):
        stocked.clock.advance(minutes=minutes)
        taken = inbound(stocked.database, actor, stocked.person())
        assert pinned(stocked, taken.call_id) == name


def test_a_desk_without_a_release_pins_none(desk: Desk) -> None:
    desk.callback()
    claimed = claim_next(desk.database, desk.seat("ann").actor).taken
    assert claimed is not None
    assert pinned(desk, claimed.call_id) is None
