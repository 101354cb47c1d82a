from __future__ import annotations

import asyncio
import csv
import json
import shutil
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from content.translations import Language
from db import imports
from db.tables import callback, import_run, person
from intake.preparing import prepare
from screens.imports import ImportScreen
from tests.databases import Desk
from tests.screens.staged import NARROW, WIDE, Stage, staged

SAMPLES = Path(__file__).parents[1] / "samples"
MANIFEST = json.loads((SAMPLES / "manifest.json").read_text(encoding="utf-8"))
NOW = datetime.fromisoformat(MANIFEST["reference_time"]).astimezone(UTC)
PEOPLE = "客户编号,姓名,电话\n1,王芳,13800001111\n2,李雷,13800002222\n3,韩梅,123\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of one's own, where the program was started."""
    made = tmp_path / "files"
    made.mkdir()
    monkeypatch.chdir(made)
    return made


def write(folder: Path, text: str = PEOPLE, name: str = "people.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


async def open_imports(stage: Stage) -> ImportScreen:
    await stage.press("m")
    screen = stage.app.screen
    assert isinstance(screen, ImportScreen)
    return screen


def count(desk: Desk, table: sa.Table) -> int:
    return int(desk.rows(sa.select(sa.func.count().label("n")).select_from(table))[0]["n"])


async def test_the_callbacks_of_today_end_to_end(desk: Desk, folder: Path) -> None:
    desk.clock.now = NOW
    customers = prepare(
        SAMPLES / "dealer_customers.csv", now=NOW, house_region="CN", house_zone="Asia/Shanghai"
    )
    imports.run(desk.database, desk.actor, customers.ready())
    shutil.copy(SAMPLES / "callbacks_today.csv", folder)
    truth = MANIFEST["files"]["callbacks_today.csv"]["truth"]
    async with staged(desk) as stage:
        await open_imports(stage)
        await stage.press("enter")
        assert stage.shows("callbacks_today.csv", "callbacks", f"{truth['rows']} rows", "UTF-8")
        await stage.press("enter")
        assert stage.shows("Nothing was written.", "What would come of it")
        assert count(desk, callback) == 0
        await stage.press("enter")
        assert stage.shows("What came of it", "rejected rows were written")
    made = count(desk, callback)
    rejected = folder / "callbacks_today-rejected.csv"
    with rejected.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    report = desk.rows(sa.select(import_run).where(import_run.c.kind == "callbacks"))[0]
    results = report["counts"]["results"]
    assert report["state"] == "done"
    assert sum(results.values()) == truth["rows"]
    assert made == results["added"] + results.get("possibly_same", 0)
    assert len(rows) - 1 == results["rejected"]
    assert all(row[-1] for row in rows)


@pytest.mark.parametrize("size", [NARROW, WIDE])
@pytest.mark.parametrize("language", ["en", "zh"])
async def test_hostile_names_and_cells_are_only_drawn(
    desk: Desk, folder: Path, size: tuple[int, int], language: Language
) -> None:
    write(
        folder,
        "客户编号,姓名,电话,[/]\x1b[31m\n1,[@click=app.quit]\x1b[2J\u202e芳,13800001111,[/]\n",
        "[bold]\x1b[31m.csv",
    )
    async with staged(desk, language=language, size=size) as stage:
        await open_imports(stage)
        assert stage.shows("[bold][31m.csv")
        await stage.press("enter")
        assert stage.shows("[@click=app.quit]")
        await stage.press("t", "enter")
        assert "\x1b" not in stage.text
        assert "\u202e" not in stage.text
    assert count(desk, person) == 1


async def test_paths_are_completed_and_folders_entered(desk: Desk, folder: Path) -> None:
    (folder / "exports").mkdir()
    (folder / ".hidden").mkdir()
    write(folder / "exports")
    write(folder, "not a table", "notes.md")
    async with staged(desk) as stage:
        await open_imports(stage)
        assert stage.shows("exports/")
        assert not stage.shows(".hidden")
        assert not stage.shows("notes.md")
        await stage.press("tab")
        assert stage.shows("people.csv", "files/exports/")
        await stage.types("zzz")
        assert stage.shows("No folder and no table here.")
        await stage.press("enter")
        assert stage.shows("There is no file")
        await stage.press(*["backspace"] * 3, "enter")
        assert stage.shows("people.csv", "customers", "3 rows")
        await stage.press("escape")
        assert stage.shows("Which file?")
        await stage.press("escape")
        assert type(stage.app.screen).__name__ == "DeskScreen"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is empty"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8, "neither a text nor a spreadsheet"),
        (b"PK\x03\x04broken", "is damaged or cut off"),
    ],
)
async def test_a_broken_file_is_said_in_words(
    desk: Desk, folder: Path, data: bytes, words: str
) -> None:
    (folder / "broken.csv").write_bytes(data)
    async with staged(desk) as stage:
        await open_imports(stage)
        await stage.press("enter")
        assert type(stage.app.screen).__name__ == "ErrorDialog"
        assert stage.shows(words)
        await stage.press("enter")
        assert stage.shows("Which file?")


async def test_a_file_of_no_kind_is_asked_about(desk: Desk, folder: Path) -> None:
    write(folder, "a,b\nx,y\n")
    async with staged(desk) as stage:
        await open_imports(stage)
        await stage.press("enter")
        assert stage.shows("What are the rows?", "is not recognised")
        await stage.press("1")
        assert stage.shows("Still needed:")
        await stage.press("g")
        assert stage.shows("Say first which column holds")
        assert count(desk, person) == 0


async def test_a_column_is_given_another_meaning_and_the_choice_is_kept(
    desk: Desk, folder: Path
) -> None:
    write(folder, "客户编号,x,电话\n1,王芳,13800001111\n")
    async with staged(desk) as stage:
        screen = await open_imports(stage)
        await stage.press("enter")
        assert stage.shows("not imported")
        await stage.press("down", "e")
        await stage.types("name")
        await stage.press("enter")
        assert screen.prepared is not None
        assert screen.prepared.mapping.place_of("name") == 1
        await stage.press("s")
        assert stage.shows("Kept for files with the same header.")
        await stage.press("escape", "enter")
        assert stage.shows("saved columns")
        assert screen.prepared.mapping.place_of("name") == 1
        await stage.press("g")
        assert stage.shows("What came of it")
    assert desk.rows(sa.select(person.c.name)) == [{"name": "王芳"}]


async def test_options_change_how_the_file_is_read(desk: Desk, folder: Path) -> None:
    write(folder, "name,phone\nJane Roe,2125550123\n", "people.csv")
    async with staged(desk) as stage:
        screen = await open_imports(stage)
        await stage.press("enter", "o", "1")
        await stage.types("us")
        await stage.press("enter")
        assert screen.prepared is not None
        assert screen.prepared.setting.region == "US"
        await stage.press("f5", "2")
        await stage.types("soon")
        await stage.press("enter")
        assert stage.shows("“soon” is no day and time")
        await stage.press("f5", "2")
        await stage.types("2026-11-22 18:30")
        await stage.press("enter")
        assert screen.prepared.setting.as_of == datetime(2026, 11, 22, 10, 30, tzinfo=UTC)


async def test_an_import_is_taken_back(desk: Desk, folder: Path) -> None:
    write(folder)
    async with staged(desk) as stage:
        await open_imports(stage)
        await stage.press("enter", "g")
        assert count(desk, person) == 3
        await stage.press("x", "y")
        assert stage.shows("Removed: 3.")
    assert count(desk, person) == 0


async def test_a_stopped_import_is_offered_and_continued(
    desk: Desk, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [f"{n},客户{n},138{n:08d}" for n in range(1, 601)]
    write(folder, "客户编号,姓名,电话\n" + "\n".join(lines) + "\n")
    stop_at = threading.Event()
    async with staged(desk) as stage:
        screen = await open_imports(stage)
        await stage.press("enter")
        tell = screen._tell

        def stopping(done: int, total: int) -> None:
            if not stop_at.is_set():
                stop_at.set()
                screen.stopping.set()
            tell(done, total)

        monkeypatch.setattr(screen, "_tell", stopping)
        await stage.press("g")
        written = count(desk, person)
        assert 0 < written < 600
        assert stage.shows(f"The import of people.csv stopped at row {written} of 600.")
        await stage.press("f6")
        assert stage.shows("people.csv", "600 rows")
        await stage.press("g")
        assert stage.shows("An earlier import of this file had stopped; it was continued.")
        assert count(desk, person) == 600
        await stage.press("enter")
        assert not stage.shows("stopped at row")


async def test_work_under_way_is_asked_about_before_it_stops(
    desk: Desk, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(folder)
    hold = threading.Event()
    async with staged(desk) as stage:
        screen = await open_imports(stage)
        await stage.press("enter")
        tell = screen._tell

        def slow(done: int, total: int) -> None:
            assert hold.wait(120)
            tell(done, total)

        monkeypatch.setattr(screen, "_tell", slow)
        async with asyncio.timeout(60):
            await stage.pilot.press("g")
            while screen.reason_to_stay() is None:
                await stage.pilot.pause(0.01)
            await stage.pilot.press("escape")
            while not stage.shows("Stop?", "The batches written so far stay."):
                await stage.pilot.pause(0.01)
            await stage.pilot.press("y")
            while not screen.stopping.is_set():
                await stage.pilot.pause(0.01)
        hold.set()
        await stage.settle()
        assert stage.shows("Stopped: what is written of people.csv stays.")


async def test_only_a_lead_imports(desk: Desk, folder: Path) -> None:
    write(folder)
    desk.operator("bob")
    async with staged(desk, desk.seat("bob").actor) as stage:
        await open_imports(stage)
        assert stage.shows("Only a lead imports files.")
        await stage.press("enter")
        assert stage.shows("Which file?")


async def test_the_language_changes_in_the_middle(desk: Desk, folder: Path) -> None:
    write(folder)
    async with staged(desk) as stage:
        await open_imports(stage)
        await stage.press("enter", "t", "ctrl+l")
        assert stage.shows("预计结果", "3 行", "需要留意的行")
