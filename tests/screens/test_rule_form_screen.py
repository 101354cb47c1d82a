"""The settings: pages, forms with errors beside the field, previews, new rows and old ones."""

from __future__ import annotations

import tomllib
from typing import TypeVar
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from content.rule_files import RULES, shipped_rules
from content.rule_forms import rule_forms
from content.shipped_scripts import shipped_digest, shipped_new_files
from content.translations import Language
from db import adoption, content_drafts, releases
from db.care_settings import care_settings
from db.tables import person
from screens.playbook_editing import PlaybookEditing
from screens.playbook_editor import EditorScreen
from screens.playbook_publish import PublishScreen
from screens.playbook_release_note import ReleaseNoteDialog
from screens.prompt import Confirm
from screens.rule_form import RuleFormScreen
from screens.rule_preview import RulePreviewScreen
from screens.rule_word import WordFinder
from screens.settings import SettingsScreen
from tests.databases import Desk
from tests.screens.staged import NARROW, WIDE, Stage, staged
from widgets.line import Line

SHIPPED = shipped_rules()
S = TypeVar("S")


@pytest.fixture
def ruled(desk: Desk) -> Desk:
    """A desk whose database has the shipped rules and scripts; three callbacks wait."""
    adoption.adopt_shipped(desk.database, shipped_new_files(), shipped_digest())
    for _ in range(3):
        desk.callback()
    return desk


async def at_rest(stage: Stage, kind: type[S]) -> S:
    """The screen of a kind, once it is there and has nothing under way."""
    for _ in range(500):
        await stage.settle()
        screen = stage.app.screen
        if isinstance(screen, kind) and _rests(screen):
            return screen
        await stage.pilot.pause(0.02)
    raise AssertionError(f"it never comes to rest: {stage.text}")


def _rests(screen: object) -> bool:
    if isinstance(screen, PlaybookEditing):
        return not screen.checking and screen.keeper.safe
    if isinstance(screen, ReleaseNoteDialog):
        return isinstance(screen.focused, Line)
    return not isinstance(screen, SettingsScreen | PublishScreen) or screen._read is not None


async def open_page(stage: Stage, form: str) -> RuleFormScreen:
    await stage.press("o")
    settings = await at_rest(stage, SettingsScreen)
    settings.listing.mark(next(n for n, one in enumerate(settings._pages) if one.form.id == form))
    await stage.press("enter")
    return await at_rest(stage, RuleFormScreen)


async def go_to(stage: Stage, screen: RuleFormScreen, row: int, path: str) -> None:
    screen.row_list.mark(row)
    await stage.settle()
    if not screen.in_fields:
        await stage.press("enter")
    names = [".".join(field.path) for field in screen.form.fields]
    screen.field_list.mark(names.index(path))
    await stage.settle()


async def retype(stage: Stage, screen: RuleFormScreen, text: str) -> None:
    """Types a value in the place of the one that is there; all at once, as an input method does."""
    if not screen.typing:
        await stage.press("enter")
    screen.line.clear()
    screen.take_text(text)
    await stage.settle()


def draft_of(desk: Desk, name: str) -> str | None:
    drafts = content_drafts.content_drafts(desk.database, desk.actor)
    return next((one.source for one in drafts if one.key == (RULES, name, "")), None)


CODE = [one["code"] for one in tomllib.loads(SHIPPED["campaigns"])["campaign"]]
AFTER_SERVICE = CODE.index("after-service-3day")


@pytest.mark.parametrize(
    ("language", "size", "wrong", "right", "words"),
    [
        (
            "en",
            NARROW,
            "Takes spans for every day",
            "18:00-19:00",
            ("What changes in today's queue", "3 → 0"),
        ),
        ("zh", WIDE, "填每天的时段", "18：00～19：00", ("今天的队列会有什么变化", "3 → 0")),
    ],
)
async def test_a_campaigns_hours_are_changed_tried_and_published(
    ruled: Desk, language: Language, size: tuple[int, int], wrong: str, right: str,
    words: tuple[str, ...],
) -> None:  # fmt: skip
    async with staged(ruled, language=language, size=size) as stage:
        screen = await open_page(stage, "campaigns")
        await go_to(stage, screen, AFTER_SERVICE, "hours")
        await retype(stage, screen, "19:00-18:00")
        assert stage.shows(wrong, "✗")
        await stage.press("enter")
        assert stage.app.screen.typing
        await retype(stage, screen, right)
        assert not stage.shows("✗")
        await stage.press("enter")
        await at_rest(stage, RuleFormScreen)
        assert stage.shows("18:00-19:00", "●")
        after = draft_of(ruled, "campaigns")
        assert after is not None
        assert set(after.splitlines()) - set(SHIPPED["campaigns"].splitlines()) == {
            'hours = "18:00-19:00"'
        }
        await stage.press("w")
        assert isinstance(stage.app.screen, RulePreviewScreen)
        assert stage.shows(*words)
        await stage.press("escape", "g")
        await at_rest(stage, PublishScreen)
        await stage.press("enter")
        await at_rest(stage, ReleaseNoteDialog)
        await stage.types("later")
        await stage.press("enter", "enter")
        await at_rest(stage, RuleFormScreen)
        assert stage.app.screen is screen
        assert draft_of(ruled, "campaigns") is None
    files = {one.key: one for one in releases.release_files(ruled.database, ruled.actor)}
    assert files[RULES, "campaigns", ""].source == after


async def test_what_is_typed_is_not_taken_with_escape(ruled: Desk) -> None:
    async with staged(ruled) as stage:
        screen = await open_page(stage, "campaigns")
        await go_to(stage, screen, 0, "attempt_cap")
        await retype(stage, screen, "7")
        await stage.press("escape")
        assert not screen.typing
        assert screen.source == SHIPPED["campaigns"]
        await stage.press("escape")
        assert not screen.in_fields
        await stage.press("escape")
        assert isinstance(stage.app.screen, SettingsScreen)
    assert draft_of(ruled, "campaigns") is None


async def test_yes_and_no_and_words_are_chosen_and_taken_back(ruled: Desk) -> None:
    async with staged(ruled) as stage:
        screen = await open_page(stage, "outcomes")
        names = [row.value(("code",)) for row in screen.rows]
        await go_to(stage, screen, names.index("no-answer"), "next.tell_lead")
        await stage.press("enter")
        await go_to(stage, screen, names.index("no-answer"), "next.part")
        await stage.press("enter")
        assert isinstance(stage.app.screen, WordFinder)
        await stage.types("another")
        await stage.press("enter")
        await at_rest(stage, RuleFormScreen)
        draft = draft_of(ruled, "outcomes") or ""
        assert (
            'next = { minutes = 180, part = "other", notice = "first", tell_lead = true }' in draft
        )
        await stage.press("u", "u")
        await at_rest(stage, RuleFormScreen)
        assert screen.source == SHIPPED["outcomes"]
        await stage.press("u")
        assert stage.shows("Nothing was changed here")


async def test_a_care_plan_tells_how_many_calls_it_makes_today(ruled: Desk) -> None:
    today = ruled.clock.now.astimezone(ZoneInfo("Asia/Shanghai")).date()
    born = sa.update(person).where(person.c.id == ruled.person("周敏"))
    born = born.values(birthday=today.replace(year=1980))
    ruled.database.write(lambda unit: unit.run(born))
    async with staged(ruled, size=WIDE) as stage:
        screen = await open_page(stage, "plans")
        codes = [row.value(("campaign",)) for row in screen.rows]
        await go_to(stage, screen, codes.index("birthday"), "days_after")
        await retype(stage, screen, "3")
        await stage.press("enter")
        await at_rest(stage, RuleFormScreen)
        await stage.press("w")
        assert stage.shows("+ Birthday greeting", "1 → 0", "care plans make today")


async def test_rows_of_law_are_shown_with_their_source_and_stay(ruled: Desk) -> None:
    async with staged(ruled, size=WIDE) as stage:
        screen = await open_page(stage, "hours")
        assert screen.row is not None
        assert not screen.row.law
        screen.row_list.mark(0)
        await stage.settle()
        assert stage.shows("§", "47 CFR 64.1200", "law, as read", "Only an admin")
        await go_to(stage, screen, 0, "mon_fri")
        await stage.press("enter")
        assert not screen.typing
        assert stage.shows("This row is law")
        await stage.press("x")
        assert stage.shows("This row is law")
        house = len(screen.rows) - 1
        await go_to(stage, screen, house, "mon_fri")
        await retype(stage, screen, "09:00-12:00 14:00-20:00")
        await stage.press("enter")
        await at_rest(stage, RuleFormScreen)
        assert "*,any,09:00-12:00 14:00-20:00,10:00-17:00,none" in (
            draft_of(ruled, "calling_hours") or ""
        )


async def test_a_new_row_is_added_named_and_taken_out_again(ruled: Desk) -> None:
    async with staged(ruled, size=WIDE) as stage:
        screen = await open_page(stage, "campaigns")
        await stage.press("n")
        await stage.types("birthday")
        await stage.press("enter")
        assert stage.shows("There is a row “birthday” already")
        stage.app.screen.query_one(Line).clear()
        await stage.types("spring")
        await stage.press("enter")
        await stage.types("S1")
        await stage.press("enter")
        await stage.types("Spring")
        await stage.press("enter")
        await at_rest(stage, RuleFormScreen)
        assert screen.row is not None
        assert screen.row.value(("code",)) == "spring"
        assert screen.faults == ()
        await stage.press("x")
        assert isinstance(stage.app.screen, Confirm)
        await stage.press("y")
        await at_rest(stage, RuleFormScreen)
        assert screen.source == SHIPPED["campaigns"]


async def test_a_row_in_use_is_not_taken_out_and_says_by_what(ruled: Desk) -> None:
    async with staged(ruled, size=WIDE) as stage:
        screen = await open_page(stage, "campaigns")
        await stage.press("x")
        await stage.settle()
        assert stage.app.screen is screen
        assert stage.shows("can't be taken out", "campaigns.toml needs it")


async def test_the_text_stays_one_key_away(ruled: Desk) -> None:
    async with staged(ruled, size=WIDE) as stage:
        screen = await open_page(stage, "tiers")
        await go_to(stage, screen, 3, "later")
        await retype(stage, screen, "2")
        await stage.press("enter")
        await at_rest(stage, RuleFormScreen)
        await stage.press("t")
        editor = await at_rest(stage, EditorScreen)
        assert "later = 2" in editor.source
        editor.editor.put(editor.source.replace("later = 2", "later = 3"))
        await at_rest(stage, EditorScreen)
        await stage.press("escape", "escape")
        await at_rest(stage, RuleFormScreen)
        assert stage.app.screen is screen
        assert screen.rows[3].value(("later",)) == 3
        assert stage.shows("Tiers: what they mean", "●")


async def test_a_broken_text_is_told_and_mended_as_text(ruled: Desk) -> None:
    base = releases.release_files(ruled.database, ruled.actor)
    digest = next(one.digest for one in base if one.key == (RULES, "tiers", ""))
    content_drafts.save_content_draft(
        ruled.database, ruled.actor, (RULES, "tiers", ""), "[?", digest
    )
    async with staged(ruled, size=WIDE) as stage:
        screen = await open_page(stage, "tiers")
        assert screen.rows == ()
        assert stage.shows("can't be read as it is written")
        await stage.press("enter", "x", "n", "t")
        await at_rest(stage, EditorScreen)


async def test_a_fault_between_fields_is_said(ruled: Desk) -> None:
    async with staged(ruled, size=WIDE) as stage:
        screen = await open_page(stage, "sorting")
        await go_to(stage, screen, 0, "cut.regular.brings")
        await retype(stage, screen, "60")
        await stage.press("enter")
        await at_rest(stage, RuleFormScreen)
        assert stage.shows("✗ 1 to put right", "tiers.toml")
        await stage.press("w")
        assert stage.app.screen is screen


async def test_the_desks_own_settings_hold_at_once(ruled: Desk) -> None:
    async with staged(ruled, size=WIDE) as stage:
        await stage.press("o")
        settings = await at_rest(stage, SettingsScreen)
        first = len(settings._pages)
        settings.listing.mark(first + 1)
        await stage.press("enter", "1")
        assert stage.shows("nobody has named the shop's clock")
        await stage.press("escape")
        settings.listing.mark(first)
        await stage.press("enter")
        stage.app.screen.query_one(Line).clear()
        await stage.types("Europe/Paris")
        await stage.press("enter")
        assert care_settings(ruled.database).zone == "Europe/Paris"
        settings.listing.mark(first + 1)
        await stage.press("enter", "2")
        assert care_settings(ruled.database).auto == "level"
        assert stage.shows("on, load levelled", "It holds from now on")
        await stage.press("t")
        assert stage.shows("stands in no file")


async def test_settings_are_for_leads(ruled: Desk) -> None:
    lowly = ruled.operator("wei")
    async with staged(ruled, ruled.seat(lowly.login).actor) as stage:
        await stage.press("o")
        assert not isinstance(stage.app.screen, SettingsScreen)
        assert stage.shows("Leads and admins change the settings")


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_every_page_opens_on_a_narrow_screen(ruled: Desk, language: Language) -> None:
    async with staged(ruled, language=language) as stage:
        await stage.press("o")
        settings = await at_rest(stage, SettingsScreen)
        shelf = settings._shelf
        assert shelf is not None
        for form in rule_forms():
            screen = RuleFormScreen(form, shelf, may_edit=True)
            stage.app.push_screen(screen)
            await at_rest(stage, RuleFormScreen)
            await stage.press("enter", "ctrl+l")
            told = screen.field.tip if screen.rows else form.tip
            assert stage.shows(screen.spoken(told)[:20])
            stage.app.pop_screen()
            await stage.settle()
