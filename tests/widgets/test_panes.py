from __future__ import annotations

from textual.app import App, ComposeResult
from textual.geometry import Size

from content.translations import Language
from widgets.customer_card import CardLine, CardSection, CardView, CustomerPane
from widgets.scale import KeyAnswer, ScaleView
from widgets.script_pane import ChoiceLine, ScriptLine, ScriptPane, ScriptView
from widgets.survey_pane import AnswerLine, RecordView, SurveyPane

HOSTILE = "[/]\x1b[31m王\u202e"


class Paned(App[None]):
    language: Language = "en"
    CSS = ".pane { border: round white; } #card, #record { height: 1fr; } #script { height: 1fr; }"

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[object] = []

    def compose(self) -> ComposeResult:
        yield CustomerPane(id="card")
        yield ScriptPane(id="script")
        yield SurveyPane(id="record")

    def on_script_pane_chose(self, event: ScriptPane.Chose) -> None:
        self.heard.append(event.number)

    def on_script_pane_answered(self, event: ScriptPane.Answered) -> None:
        self.heard.append(event.key)


def seen(pane: CustomerPane | ScriptPane | SurveyPane) -> list[str]:
    return [pane.render_line(y).text.rstrip() for y in range(pane.size.height)]


def card(lines: int) -> CardView:
    return CardView("王芳", (CardSection("", tuple(CardLine(f"line {n}") for n in range(lines))),))


async def test_a_change_draws_its_own_lines_and_asks_for_no_layout() -> None:
    app = Paned()
    async with app.run_test(size=(40, 30)) as pilot:
        pane = app.query_one(CustomerPane)
        pane.show(card(3))
        await pilot.pause()
        layouts: list[Size] = []
        app.screen.screen_layout_refresh_signal.subscribe(
            pane, lambda screen: layouts.append(screen.size)
        )
        pane.show(card(4))
        await pilot.pause()
        assert layouts == []
        assert any("line 3" in line for line in seen(pane))


async def test_what_does_not_fit_scrolls_and_says_so() -> None:
    app = Paned()
    async with app.run_test(size=(40, 30)) as pilot:
        pane = app.query_one(CustomerPane)
        pane.show(card(40))
        await pilot.pause()
        assert "▼" in seen(pane)[-1]
        pane.scroll_pages(20)
        assert "line 39" in seen(pane)[-1]
        assert "▲" in seen(pane)[0]
        pane.scroll_lines(-999)
        assert "王芳" in seen(pane)[0]


async def test_hostile_text_is_drawn_harmlessly_and_can_be_copied() -> None:
    app = Paned()
    async with app.run_test(size=(40, 30)) as pilot:
        pane = app.query_one(CustomerPane)
        pane.show(CardView(HOSTILE, (CardSection(HOSTILE, (CardLine(HOSTILE, HOSTILE),)),)))
        await pilot.pause()
        drawn = "\n".join(seen(pane))
        assert "[/]" in drawn
        assert "\x1b" not in drawn
        assert "\u202e" not in drawn
        assert "\x1b" not in pane.text


async def test_the_ways_on_stay_in_sight_while_long_words_scroll() -> None:
    app = Paned()
    async with app.run_test(size=(40, 30)) as pilot:
        pane = app.query_one(ScriptPane)
        words = tuple(ScriptLine("say", f"sentence {n} " * 6) for n in range(9))
        pane.show(ScriptView("Step", "1/2", words, (ChoiceLine("1", "way on"),)))
        await pilot.pause()
        assert "1 way on" in seen(pane)[-1]
        pane.scroll_pages(9)
        assert "1 way on" in seen(pane)[-1]


async def test_digits_answer_the_open_question_first_and_else_choose() -> None:
    app = Paned()
    async with app.run_test(size=(60, 30)) as pilot:
        pane = app.query_one(ScriptPane)
        scale = ScaleView("How was it?", tuple(KeyAnswer(str(n)) for n in range(1, 6)))
        view = ScriptView("S", "1/1", (), (ChoiceLine("1", "a"), ChoiceLine("2", "b")), scale)
        pane.show(view)
        assert pane.take_key("5")
        pane.show(ScriptView("S", "1/1", (), view.choices, scale, scale_first=False))
        assert pane.take_key("2")
        assert not pane.take_key("7")
        await pilot.pause()
        assert app.heard == ["5", 2]


async def test_the_open_question_of_a_long_record_stays_in_sight() -> None:
    app = Paned()
    async with app.run_test(size=(40, 30)) as pilot:
        pane = app.query_one(SurveyPane)
        for current in (0, 15, 29, 3):
            answers = tuple(AnswerLine(f"question {n}", current=n == current) for n in range(30))
            pane.show(RecordView(survey="Survey", answers=answers))
            await pilot.pause()
            assert any(f"▸ question {current} " in line for line in seen(pane)), current


async def test_a_narrow_pane_loses_no_words() -> None:
    app = Paned()
    async with app.run_test(size=(14, 60)) as pilot:
        pane = app.query_one(ScriptPane)
        pane.show(ScriptView("Step", "1/2", (ScriptLine("say", "您好，我是李娜，请问是王女士吗"),)))
        await pilot.pause()
        flat = "".join(line.replace("▌", "").strip() for line in seen(pane))
        assert "您好，我是李娜，请问是王女士吗" in flat
