from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from textual.screen import Screen

from content.script_set import read_set, reread
from content.shipped_scripts import shipped_digest, shipped_new_files
from content.translations import Language
from db import content_drafts, releases
from db.adoption import adopt_shipped
from domain.content_set import FileKey, FileText, NewFile
from domain.permissions import Actor
from screens.call import CallScreen
from screens.difference import DifferenceScreen
from screens.playbook_editor import EditorScreen
from screens.playbook_publish import PublishScreen
from screens.playbook_release_note import ConflictDialog, ReleaseNoteDialog
from screens.playbook_releases import ReleasesScreen
from screens.playbooks import PlaybooksScreen
from tests.databases import Desk
from tests.screens.staged import NARROW, WIDE, Stage, staged

KEY: FileKey = ("playbooks", "general", "en")
WORDS = "Mind the step at the door."


@pytest.fixture
def stocked(desk: Desk) -> Desk:
    """A desk whose database has the shipped scripts."""
    adopt_shipped(desk.database, shipped_new_files(), shipped_digest())
    return desk


def sources(desk: Desk) -> dict[FileKey, str]:
    return {file.key: file.source for file in releases.release_files(desk.database, desk.actor)}


def drafts(desk: Desk, actor: Actor | None = None) -> dict[FileKey, str]:
    found = content_drafts.content_drafts(desk.database, actor or desk.actor)
    return {one.key: one.source for one in found}


def keep(desk: Desk, source: str, actor: Actor | None = None) -> None:
    """A draft of the general script, begun from what is in force."""
    found = releases.release_files(desk.database, desk.actor)
    base = next(file.digest for file in found if file.key == KEY)
    content_drafts.save_content_draft(desk.database, actor or desk.actor, KEY, source, base)


def publish_as(desk: Desk, actor: Actor, source: str) -> None:
    """Another lead publishes the general script."""
    files = {file.key: file for file in shipped_new_files()}
    old = files[KEY]
    new = NewFile(*KEY, digest=f"by-{actor.login}", source=source, parsed=old.parsed)
    releases.publish(
        desk.database, actor, [new], base={KEY: old.digest}, at=None, note="in a hurry"
    )


def on_screen(stage: Stage, kind: type[Screen[Any]]) -> bool:
    """Whether a screen of a kind is before one now."""
    return isinstance(stage.app.screen, kind)


async def rest(stage: Stage) -> None:
    """Lets the editor come to rest: the text checked, the draft kept."""
    await stage.settle()
    screen = stage.app.screen
    for _ in range(500):
        if not isinstance(screen, EditorScreen) or not (screen.checking or not screen.keeper.safe):
            break
        await stage.pilot.pause(0.02)
    else:
        raise AssertionError("the editor does not come to rest")
    await stage.settle()


async def open_list(stage: Stage) -> PlaybooksScreen:
    await stage.press("s")
    screen = stage.app.screen
    assert isinstance(screen, PlaybooksScreen)
    return screen


async def open_editor(stage: Stage, name: str = "general") -> EditorScreen:
    await open_list(stage)
    await stage.types(name)
    await stage.press("enter")
    screen = stage.app.screen
    assert isinstance(screen, EditorScreen)
    await rest(stage)
    return screen


def advise(screen: EditorScreen, words: str = WORDS) -> str:
    """Write a line of advice into the first step; the text that comes of it."""
    rows = screen.editor.text.split("\n")
    line = next(n for n, row in enumerate(rows) if row.startswith("## "))
    screen.editor.move_cursor((line + 1, 0))
    screen.editor.take(f"\n{words}\n")
    return screen.editor.text


async def confirm_publish(stage: Stage, note: str = "", at: str = "") -> None:
    await stage.press("g")
    assert on_screen(stage, ReleaseNoteDialog)
    await stage.types(note)
    await stage.press("enter")
    await stage.types(at)
    await stage.press("enter")
    await rest(stage)


@pytest.mark.parametrize("size", [NARROW, WIDE])
@pytest.mark.parametrize("language", ["en", "zh"])
async def test_the_list_shows_every_file_and_finds_by_typing(
    stocked: Desk, size: tuple[int, int], language: Language
) -> None:
    async with staged(stocked, language=language, size=size) as stage:
        screen = await open_list(stage)
        count = len({key[:2] for key in sources(stocked)})
        assert stage.shows(str(count))
        await stage.types("general")
        assert [row.cells[1].text for row in screen.listing.rows] == ["general"]
        assert stage.shows("by the program" if language == "en" else "程序自带")
        await stage.types("zzz")
        assert screen.listing.rows == []


async def test_a_lead_edits_is_told_of_a_fault_mends_it_and_publishes(stocked: Desk) -> None:
    async with staged(stocked, size=WIDE) as stage:
        screen = await open_editor(stage)
        assert stage.shows("nothing to put right")
        text = advise(screen, "{{ shop.colour }}")
        await rest(stage)
        assert stage.shows("1 to put right", "shop.colour")
        fault = next(n for n, row in enumerate(text.split("\n"), 1) if "shop.colour" in row)
        screen.editor.go_to(1)
        await stage.press("f2")
        assert screen.editor.line == fault
        assert drafts(stocked)[KEY] == text
        await stage.press("f8")
        assert on_screen(stage, PublishScreen)
        await rest(stage)
        await stage.press("g")
        assert stage.shows("1 thing is to be put right first")
        await stage.press("escape")
        screen.editor.undo()
        screen.editor.undo()
        mended = advise(screen)
        await rest(stage)
        assert stage.shows("nothing to put right", "draft saved")
        await stage.press("f8")
        await rest(stage)
        await confirm_publish(stage, "the door has a step")
        assert on_screen(stage, EditorScreen)
        assert stage.shows("is in force: 1 file changed")
        assert "by Ann" in stage.text
    assert sources(stocked)[KEY] == mended
    assert drafts(stocked) == {}
    newest = releases.releases(stocked.database, stocked.actor)[0]
    assert (newest.note, newest.state, newest.by) == ("the door has a step", "in_force", "Ann")


async def test_what_is_typed_is_kept_however_the_screen_closes(
    stocked: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with staged(stocked) as stage:
        screen = await open_editor(stage)
        # Nothing is written by itself meanwhile: what is kept is kept by closing.
        monkeypatch.setattr("screens.playbook_editing.PAUSE", 60.0)
        text = advise(screen)
        assert stage.app.reason_to_stay() is None
        await stage.pilot.pause()
        assert stage.app.reason_to_stay() is not None
        await stage.press("escape", "escape")
        assert on_screen(stage, PlaybooksScreen)
        assert drafts(stocked)[KEY] == text
        await stage.settle()
        assert stage.shows("±")
        await stage.press("enter")
        again = stage.app.screen
        assert isinstance(again, EditorScreen)
        assert again.editor.text == text
        more = advise(again, "Say it slowly.")
        await stage.pilot.pause()
        stage.app.pop_screen()
        for _ in range(1500):
            await stage.pilot.pause(0.02)
            if drafts(stocked)[KEY] != text:
                break
        assert drafts(stocked)[KEY] == more
        last = await open_editor_again(stage)
        final = advise(last, "And smile.")
        await stage.pilot.pause()
        assert stage.app.last_words is not None
        stage.app.last_words()
    assert drafts(stocked)[KEY] == final


async def open_editor_again(stage: Stage) -> EditorScreen:
    await stage.press("enter")
    screen = stage.app.screen
    assert isinstance(screen, EditorScreen)
    return screen


async def test_a_text_that_is_again_as_it_was_is_no_draft(stocked: Desk) -> None:
    async with staged(stocked) as stage:
        screen = await open_editor(stage)
        advise(screen)
        await rest(stage)
        assert KEY in drafts(stocked)
        screen.editor.undo()
        await rest(stage)
    assert drafts(stocked) == {}


async def test_the_second_lead_gets_a_conflict_and_loses_nothing(stocked: Desk) -> None:
    other = stocked.operator("ben", "lead")
    mine = sources(stocked)[KEY].replace("## Opening", "## Hello")
    theirs = sources(stocked)[KEY].replace("## Opening", "## Welcome")
    keep(stocked, mine)
    async with staged(stocked, size=WIDE) as stage:
        screen = await open_editor(stage)
        await stage.press("f8")
        await rest(stage)
        publish_as(stocked, other, theirs)
        await confirm_publish(stage)
        assert on_screen(stage, ConflictDialog)
        assert stage.shows("Ben published general (en)", "your draft stays")
        await stage.press("enter")
        await rest(stage)
        assert on_screen(stage, DifferenceScreen)
        assert stage.shows("- ## Welcome", "+ ## Hello")
        assert drafts(stocked)[KEY] == mine
        assert sources(stocked)[KEY] == theirs
        await stage.press("escape", "escape")
        await rest(stage)
        assert stage.shows("! Ben published another version")
        await stage.press("f10", "y")
        await rest(stage)
        assert not stage.shows("! Ben published another version")
        assert screen.editor.text == mine
        await stage.press("f8")
        await rest(stage)
        await confirm_publish(stage)
    assert sources(stocked)[KEY] == mine


async def test_a_release_can_be_planned_and_taken_back(stocked: Desk) -> None:
    before = sources(stocked)[KEY]
    after = before.replace("## Opening", "## Hello")
    keep(stocked, after)
    async with staged(stocked) as stage:
        await open_list(stage)
        await stage.press("f8")
        await rest(stage)
        await stage.press("g")
        await stage.press("enter")
        await stage.types("tomorrow 8:00")
        assert stage.shows("in force from tomorrow 08:00")
        await stage.press("enter")
        await rest(stage)
        assert stage.shows("comes into force tomorrow 08:00")
        assert sources(stocked)[KEY] == before
        stocked.clock.advance(hours=23)
        assert sources(stocked)[KEY] == after
        stocked.clock.advance(hours=-23)
        await stage.press("f6")
        assert on_screen(stage, ReleasesScreen)
        await stage.settle()
        assert stage.shows("» planned")
        await stage.press("x", "y", "enter")
        await rest(stage)
        stocked.clock.advance(hours=23)
    assert sources(stocked)[KEY] == before


async def test_going_back_asks_first_and_is_a_release_of_its_own(stocked: Desk) -> None:
    before = sources(stocked)[KEY]
    stocked.clock.advance(minutes=5)
    publish_as(stocked, stocked.operator("ben", "lead"), before.replace("## Opening", "## Hello"))
    async with staged(stocked) as stage:
        await open_list(stage)
        await stage.press("f6")
        await stage.settle()
        await stage.press("x")
        assert stage.shows("This release is in force.")
        await stage.press("down", "d")
        await rest(stage)
        assert stage.shows("- ## Hello", "+ ## Opening")
        await stage.press("escape", "x", "n")
        assert sources(stocked)[KEY] != before
        await stage.press("x", "y")
        await stage.types("a slip")
        await stage.press("enter")
        await rest(stage)
        assert stage.shows("a slip")
    assert sources(stocked)[KEY] == before
    assert len(releases.releases(stocked.database, stocked.actor)) == 3


async def test_an_operator_reads_and_walks_but_does_not_edit(stocked: Desk) -> None:
    stocked.operator("cleo")
    sitting = stocked.seat("cleo").actor
    async with staged(stocked, sitting) as stage:
        await open_list(stage)
        await stage.press("f8")
        assert stage.shows("Only a lead edits scripts")
        await stage.types("general")
        await stage.press("enter")
        await rest(stage)
        screen = stage.app.screen
        assert isinstance(screen, EditorScreen)
        assert stage.shows("Only a lead edits scripts", "read only", "Tom Bell")
        text = screen.editor.text
        await stage.press("1")
        assert not stage.shows("Is that Ms Wood")
        await stage.press("b", "v", "e", "x", "g", "a")
        assert screen.editor.text == text
        await stage.press("escape")
        assert on_screen(stage, PlaybooksScreen)


async def test_the_preview_follows_the_cursor_and_can_be_walked(stocked: Desk) -> None:
    async with staged(stocked, size=WIDE) as stage:
        screen = await open_editor(stage)
        rows = screen.editor.text.split("\n")
        second = [n for n, row in enumerate(rows, 1) if row.startswith("## ")][1]
        title = rows[second - 1].split(" {")[0].removeprefix("## ")
        screen.editor.go_to(second)
        await stage.settle()
        assert "Script 2/" in stage.text
        assert title in screen.preview.text or stage.shows(f"· {title}")
        await stage.press("escape", "1")
        assert stage.shows("In a call this would do:") or "Script 2/" not in stage.text
        await stage.press("h")
        assert "Script 2/" in stage.text


async def test_hostile_source_is_only_drawn(stocked: Desk) -> None:
    text = sources(stocked)[KEY] + "\n\x1b[31m[@click=app.quit]\u202e[/]\n"
    keep(stocked, text)
    async with staged(stocked, size=WIDE) as stage:
        screen = await open_editor(stage)
        assert stage.shows("Hidden characters in this file are not shown")
        await stage.press("f5")
        await rest(stage)
        await stage.press("escape")
        screen.editor.go_to(10_000)
        await stage.settle()
        assert stage.shows("[31m[@click=app.quit][/]")
        for sign in "\x1b\u202e":
            assert sign not in stage.text


async def test_text_of_an_input_method_goes_into_the_source(stocked: Desk) -> None:
    async with staged(stocked) as stage:
        screen = await open_editor(stage)
        await stage.press("escape")
        screen.take_text("4S店很好")
        await stage.settle()
        assert "4S店很好" in screen.editor.text


async def test_a_call_keeps_its_version_and_the_next_one_has_the_new(stocked: Desk) -> None:
    stocked.callback(stocked.person("王芳"))
    stocked.callback(stocked.person("李明"))
    async with staged(stocked, size=WIDE) as stage:
        await stage.press("n")
        screen = stage.app.screen
        assert isinstance(screen, CallScreen)
        first = screen.draft.walk.playbook
        key = ("playbooks", first.id, "en")
        source = sources(stocked)[key].replace("## Opening", "## Good day")
        assert source != sources(stocked)[key]
        publish_whole(stocked, key, source)
        await stage.settle()
        assert screen.draft.walk.playbook == first
        assert stage.shows("Opening")
        stocked.clock.advance(seconds=30)
        await stage.press("z")
        await stage.settle()
        screen = stage.app.screen
        assert isinstance(screen, CallScreen)
        assert screen.draft.walk.playbook.version != first.version
        assert stage.shows("Good day")


def publish_whole(desk: Desk, key: FileKey, source: str) -> None:
    """Publish a file read as it would be read by the screen."""
    files = releases.release_files(desk.database, desk.actor)
    base = next(file.digest for file in files if file.key == key)
    texts = [FileText(*file.key, source if file.key == key else file.source) for file in files]
    new = [file for file in read_set(texts).new_files() if file.key == key]
    releases.publish(desk.database, desk.actor, new, base={key: base}, at=None, note="")


async def propose(desk: Desk, stage: Stage) -> tuple[str, str]:
    """A lead's own version in force, and a newer program with another one: both texts."""
    ours = sources(desk)[KEY].replace("## Opening", "## Hello")
    theirs = sources(desk)[KEY].replace("## Opening", "## Welcome")
    publish_whole(desk, KEY, ours)
    newer = [
        replace(file, source=theirs, digest="newer") if file.key == KEY else file
        for file in shipped_new_files()
    ]
    adopt_shipped(desk.database, newer, "newer", reread=reread)
    await open_list(stage)
    await stage.types("general")
    assert stage.shows("▲", "a newer program brought another version")
    await stage.press("f5")
    await rest(stage)
    assert stage.shows("- ## Hello", "+ ## Welcome")
    return ours, theirs


async def test_a_newer_shipped_file_is_taken_as_a_draft(stocked: Desk) -> None:
    async with staged(stocked) as stage:
        ours, theirs = await propose(stocked, stage)
        await stage.press("t")
        assert (sources(stocked)[KEY], drafts(stocked)) == (ours, {KEY: theirs})
        await stage.press("f8")
        await rest(stage)
        await confirm_publish(stage)
        assert not stage.shows("▲")
    assert sources(stocked)[KEY] == theirs


async def test_a_newer_shipped_file_is_left(stocked: Desk) -> None:
    async with staged(stocked) as stage:
        ours, _ = await propose(stocked, stage)
        await stage.press("k")
        assert not stage.shows("▲")
        assert (sources(stocked)[KEY], drafts(stocked)) == (ours, {})


@pytest.mark.parametrize(("name", "line", "shown"), [("advice", 4, "Red:"), ("parts", 12, "Tom")])
async def test_advice_and_parts_are_previewed_too(
    stocked: Desk, name: str, line: int, shown: str
) -> None:
    async with staged(stocked, size=WIDE) as stage:
        screen = await open_editor(stage, name)
        assert stage.shows("nothing to put right")
        screen.editor.go_to(line)
        await stage.settle()
        assert shown in screen.preview.text


async def test_a_draft_is_thrown_away_only_when_that_is_meant(stocked: Desk) -> None:
    keep(stocked, sources(stocked)[KEY] + "\nMore.\n")
    async with staged(stocked) as stage:
        await open_list(stage)
        await stage.types("general")
        await stage.press("f9", "n")
        assert KEY in drafts(stocked)
        await stage.press("f9", "y")
        assert drafts(stocked) == {}


async def test_a_draft_left_out_does_not_go_and_does_not_hinder(stocked: Desk) -> None:
    keep(stocked, sources(stocked)[KEY].replace("## Opening", "## Hello"))
    broken = ("playbooks", "festival", "en")
    files = releases.release_files(stocked.database, stocked.actor)
    base = next(file.digest for file in files if file.key == broken)
    content_drafts.save_content_draft(stocked.database, stocked.actor, broken, "nothing", base)
    async with staged(stocked) as stage:
        await open_list(stage)
        await stage.press("f8")
        await rest(stage)
        await stage.press("g")
        assert on_screen(stage, PublishScreen)
        await stage.press("t")
        await confirm_publish(stage)
        assert on_screen(stage, PlaybooksScreen)
    assert "## Hello" in sources(stocked)[KEY]
    assert drafts(stocked) == {broken: "nothing"}
