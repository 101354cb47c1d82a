"""A call is led by the scripts that it began with; what is new comes with the next call."""

from __future__ import annotations

from dataclasses import replace

import pytest

from content.playbooks import load_shipped
from content.script_set import read_set, reread, shipped_files
from content.shipped_scripts import shipped_new_files
from db import releases
from db.adoption import adopt_shipped
from db.seats import close_seat
from screens.call import CallScreen
from screens.scripts import take_shipped_in
from tests.databases import Desk
from tests.screens.staged import WIDE, staged

PARTS = {language: ("playbooks", "parts", language) for language in ("en", "zh")}
NEW = {"en": "This opening is brand new.", "zh": "这是全新的开场白。"}


@pytest.fixture
def stocked(desk: Desk) -> Desk:
    take_shipped_in(desk.database)
    desk.callback(desk.person("王芳"), campaign="delivery-3day", promised=True)
    desk.callback(desk.person("李明"), campaign="delivery-3day")
    return desk


def publish_openings(desk: Desk) -> str:
    """A new opening in both languages is put in force; returns the release."""
    changed = {}
    for file in shipped_files():
        if file.key in PARTS.values():
            words = next(row for row in file.source.split("\n") if row.startswith("> "))
            text = file.source.replace(words, f"> {NEW[file.language]}", 1)
            changed[file.key] = replace(file, source=text)
    read = read_set([changed.get(file.key, file) for file in shipped_files()])
    assert read.faults == ()
    base = {file.key: file.digest for file in releases.release_files(desk.database, desk.actor)}
    made = releases.publish(
        desk.database,
        desk.actor,
        [file for file in read.new_files() if file.key in changed],
        base=base,
        at=None,
        note="",
        reread=reread,
    )
    return made.name


async def test_a_new_version_comes_with_the_next_call_never_in_the_middle(stocked: Desk) -> None:
    async with staged(stocked, size=WIDE) as stage:
        await stage.press("n")
        screen = stage.app.screen
        assert isinstance(screen, CallScreen)
        began = screen.call.script_release
        assert began
        name = publish_openings(stocked)
        screen.reread()
        await stage.settle()
        assert not stage.shows(NEW["en"])
        stage.app.speak("zh")
        await stage.settle()
        assert screen.draft.walk.library.language == "zh"
        assert not stage.shows(NEW["zh"])
        stage.app.speak("en")
        await stage.settle()
        screen.put_aside()
        await stage.settle()
        await stage.press("n")
        following = stage.app.screen
        assert isinstance(following, CallScreen)
        assert following.call.script_release == name
        assert stage.shows(NEW["en"])
        stage.app.speak("zh")
        await stage.settle()
        assert stage.shows(NEW["zh"])


async def test_a_call_goes_on_after_a_restart_as_it_began(stocked: Desk) -> None:
    sitting = stocked.seat("ann").actor
    async with staged(stocked, sitting, size=WIDE) as stage:
        await stage.press("n")
        screen = stage.app.screen
        assert isinstance(screen, CallScreen)
        began = screen.call.script_release
        screen.put_aside()
        await stage.settle()
    close_seat(stocked.database, sitting)
    publish_openings(stocked)
    async with staged(stocked, size=WIDE) as stage:
        stage.app.screen.take_up(stop=True)
        await stage.settle()
        screen = stage.app.screen
        assert isinstance(screen, CallScreen)
        assert screen.call.script_release == began
        assert not stage.shows(NEW["en"])


async def test_a_release_older_than_the_campaign_gives_way_to_what_is_shipped(desk: Desk) -> None:
    shipped = [file for file in shipped_new_files() if file.name != "delivery-3day"]
    adopt_shipped(desk.database, shipped, "older")
    desk.callback(desk.person("王芳"), campaign="delivery-3day")
    async with staged(desk) as stage:
        await stage.press("n")
        screen = stage.app.screen
        assert isinstance(screen, CallScreen)
        assert screen.call.script_release
        assert screen.draft.walk.library is load_shipped("en")
        stage.app.speak("zh")
        await stage.settle()
        assert screen.draft.walk.library is load_shipped("zh")


async def test_the_scripts_are_loaded_before_the_screen_asks_for_them(stocked: Desk) -> None:
    async with staged(stocked) as stage:
        loads: list[str] = []
        load = stage.app.scripts.load_for

        def noted(*args):
            loads.append(args[3])
            return load(*args)

        stage.app.scripts.load_for = noted
        await stage.press("n")
        assert isinstance(stage.app.screen, CallScreen)
        stage.app.speak("zh")
        await stage.settle()
        assert loads == ["en", "zh"], "each by the worker, none by the screen"
