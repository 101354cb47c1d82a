"""Rules in the desk: listed, edited with a live check, tried against today's queue, published."""

from __future__ import annotations

import pytest

from content.rule_files import FILES, RULES, digest_of, shipped_rules
from content.shipped_scripts import shipped_digest, shipped_new_files
from content.translations import Language
from db import adoption, content_drafts, releases
from domain.content_set import FileKey, NewFile
from screens.playbook_editor import EditorScreen
from screens.playbook_publish import PublishScreen
from screens.playbook_release_note import ReleaseNoteDialog
from screens.playbooks import PlaybooksScreen
from screens.rule_preview import RulePreviewScreen
from tests.databases import Desk
from tests.screens.staged import NARROW, WIDE, Stage, staged

SHIPPED = shipped_rules()
HOURS: FileKey = (RULES, "calling_hours", "")
LATER = SHIPPED["calling_hours"].replace("*,any,09:00-20:00,", "*,any,14:00-20:00,")


@pytest.fixture
def ruled(desk: Desk) -> Desk:
    """A desk whose database has the shipped rules and one script; three callbacks wait."""
    adoption.adopt_shipped(desk.database, shipped_new_files(), shipped_digest())
    for _ in range(3):
        desk.callback()
    return desk


def keep(desk: Desk, key: FileKey, source: str) -> None:
    base = digest_of(SHIPPED[key[1]])
    content_drafts.save_content_draft(desk.database, desk.actor, key, source, base)


async def checked(stage: Stage) -> None:
    for _ in range(500):
        await stage.settle()
        screen = stage.app.screen
        if isinstance(screen, PublishScreen) and screen._read is not None:
            return
        if isinstance(screen, EditorScreen) and not screen.checking and screen.keeper.safe:
            return
        await stage.pilot.pause(0.02)
    raise AssertionError("it never comes to rest")


@pytest.mark.parametrize("size", [NARROW, WIDE])
@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("What changes in today's queue", "later today", "3 → 0", "all together")),
        ("zh", ("今天的队列会有什么变化", "今天稍后", "3 → 0", "合计")),
    ],
)
async def test_a_draft_is_tried_before_it_is_published(
    ruled: Desk, language: Language, words: tuple[str, ...], size: tuple[int, int]
) -> None:
    keep(ruled, HOURS, LATER)
    async with staged(ruled, language=language, size=size) as stage:
        await stage.press("s", "escape", "g")
        await checked(stage)
        await stage.press("w")
        assert isinstance(stage.app.screen, RulePreviewScreen)
        assert stage.shows(*words)
        await stage.press("down", "escape")
        assert isinstance(stage.app.screen, PublishScreen)
        await stage.press("g")
        assert isinstance(stage.app.screen, ReleaseNoteDialog)
        await stage.types("later")
        await stage.press("enter", "enter")
    files = {one.key: one for one in releases.release_files(ruled.database, ruled.actor)}
    assert files[HOURS].source == LATER
    assert not files[HOURS].shipped


async def test_rules_stand_in_the_list_and_open_in_the_editor(ruled: Desk) -> None:
    async with staged(ruled, size=WIDE) as stage:
        await stage.press("s")
        assert isinstance(stage.app.screen, PlaybooksScreen)
        await stage.types("rules")
        assert stage.shows(*FILES, "Kinds of callback")
        await stage.types(" calling")
        await stage.press("enter")
        screen = stage.app.screen
        assert isinstance(screen, EditorScreen)
        await checked(stage)
        assert stage.shows("rules/calling_hours.csv", "place,purpose")
        screen.editor.take("?")
        await checked(stage)
        assert [fault.key for fault in screen.faults or ()] == [HOURS]
        screen.editor.put(LATER)
        await checked(stage)
        await stage.press("escape", "w")
        assert isinstance(stage.app.screen, RulePreviewScreen)
        assert stage.shows("3 → 0")


async def test_a_draft_without_rules_is_not_tried(ruled: Desk) -> None:
    found = releases.release_files(ruled.database, ruled.actor)
    script = next(one for one in found if one.key == ("playbooks", "general", "en"))
    text = script.source.replace("title: ", "title: New ", 1)
    content_drafts.save_content_draft(ruled.database, ruled.actor, script.key, text, script.digest)
    async with staged(ruled) as stage:
        await stage.press("s", "escape", "g")
        await checked(stage)
        await stage.press("w")
        assert isinstance(stage.app.screen, PublishScreen)
        assert stage.shows("None of the marked drafts is a file of rules")


def test_a_newer_programs_hours_wait_for_a_lead_where_they_were_edited(ruled: Desk) -> None:
    new = NewFile(*HOURS, digest=digest_of(LATER), source=LATER, parsed={})
    base = {HOURS: digest_of(SHIPPED["calling_hours"])}
    releases.publish(ruled.database, ruled.actor, [new], base=base, at=None, note="")
    text = SHIPPED["calling_hours"].replace("*,any,09:00-20:00,", "*,any,10:00-20:00,")
    newer = NewFile(*HOURS, digest=digest_of(text), source=text, parsed={})
    adoption.adopt_shipped(ruled.database, [newer], "newer")
    (offered,) = adoption.proposals(ruled.database, ruled.actor)
    assert (offered.ours and offered.ours.source, offered.shipped.source) == (LATER, text)
