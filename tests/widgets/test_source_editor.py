from __future__ import annotations

from collections.abc import Callable, Iterable

from textual.app import App, ComposeResult

from content.script_highlight import Mark, head_rows, script_marks
from widgets.difference import difference
from widgets.difference_pane import DifferencePane
from widgets.findings_pane import FindingLine, FindingsPane, FindingsView
from widgets.source_editor import LONGEST, SourceEditor

SOURCE = "---\nid: a\ntitle: A\n---\n\n## One {#one}\n\n> Hello {{ shop.name }}.\n"


def marks(number: int, row: str, row_of: Callable[[int], str]) -> Iterable[Mark]:
    head = head_rows(row_of(n) for n in range(4))
    return script_marks(row, "en", in_head=number < head)


class Bench(App[None]):
    def compose(self) -> ComposeResult:
        yield SourceEditor(marks)
        yield FindingsPane()
        yield DifferencePane()

    @property
    def editor(self) -> SourceEditor:
        return self.query_one(SourceEditor)

    def row(self, y: int) -> str:
        return self.editor.render_line(y).text


async def test_pieces_are_coloured_and_faults_have_a_sign() -> None:
    app = Bench()
    async with app.run_test(size=(60, 30)) as pilot:
        app.editor.fill(SOURCE)
        await pilot.pause()
        heading = app.editor.get_line(5)
        assert any(span.style.bold for span in heading.spans if not isinstance(span.style, str))
        assert app.editor.get_line(4).spans == []
        app.editor.show_faults([8])
        await pilot.pause()
        assert app.row(7).startswith("8! > Hello")
        assert app.row(5).startswith("6  ## One")
        app.editor.show_faults([])
        assert app.row(7).startswith("8  > Hello")


async def test_hostile_source_is_only_drawn() -> None:
    app = Bench()
    async with app.run_test(size=(60, 30)) as pilot:
        app.editor.fill("a\x1b[31mb\u202ec [@click=app.quit] \u200b[/]\nd")
        await pilot.pause()
        assert app.editor.text == "a[31mbc [@click=app.quit] [/]\nd"
        app.editor.focus()
        app.editor.take("\x1b[2Jx")
        assert "\x1b" not in app.editor.text
        assert app.editor.text.startswith("[2Jx")
        before = app.editor.text
        app.editor.take("x" * LONGEST)
        assert app.editor.text == before


async def test_a_replaced_text_can_be_had_back() -> None:
    app = Bench()
    async with app.run_test(size=(60, 30)) as pilot:
        app.editor.fill(SOURCE)
        app.editor.go_to(8)
        app.editor.put("other")
        await pilot.pause()
        assert (app.editor.text, app.editor.line) == ("other", 1)
        app.editor.undo()
        assert app.editor.text == SOURCE


async def test_a_difference_is_told_by_signs_and_walked_by_places() -> None:
    app = Bench()
    old = "\n".join(f"row {n}" for n in range(60))
    new = old.replace("row 3\n", "row three\n").replace("row 50", "\x1b[31mfifty")
    async with app.run_test(size=(60, 40)) as pilot:
        pane = app.query_one(DifferencePane)
        pane.show(difference(old, new), "Nothing.")
        await pilot.pause()
        assert "   4 - row 3" in pane.text
        assert "   4 + row three" in pane.text
        assert "  51 + [31mfifty" in pane.text
        assert "\x1b" not in pane.text
        pane.next_place()
        pane.next_place()
        await pilot.pause()
        assert "fifty" in "".join(pane.render_line(y).text for y in range(pane.size.height))
        pane.show(difference(old, old), "Nothing changed.")
        assert pane.text == "Nothing changed."


async def test_the_finding_gone_to_is_kept_in_sight() -> None:
    app = Bench()
    lines = tuple(FindingLine(str(n), f"fault {n}") for n in range(40))
    async with app.run_test(size=(60, 30)) as pilot:
        pane = app.query_one(FindingsPane)
        pane.show(FindingsView("40 to put right", "✗", "$text-error", lines, marked=35))
        await pilot.pause()
        drawn = [pane.render_line(y).text for y in range(pane.size.height)]
        assert any("▸" in row and "fault 35" in row for row in drawn)
