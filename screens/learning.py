"""What our cases teach: who came back, causes by frequency, repeats, and the time to each step."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar, Final
from zoneinfo import ZoneInfo

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message

from content.return_claims import return_claims
from screens.actions import bindings
from screens.case_words import CaseWords
from screens.frame import FramedScreen
from screens.learning_story import LearningTeller, Part
from screens.work import database_work
from widgets.curve_pane import CurvePane, CurveView
from widgets.customer_card import CardLine, CardSection, CardView, CustomerPane
from widgets.pane import TextPane
from widgets.safe_text import cells, fit

if TYPE_CHECKING:
    from db.case_learning import CaseLearning

_PERIODS: Final = (365, 90, 30, 1825)
"""Days of the periods that are shown in turn."""
_NAME: Final = 34
"""Cells of a name at most."""


class Learnt(Message):
    """What the cases of a period teach."""

    def __init__(self, days: int, found: CaseLearning) -> None:
        super().__init__()
        self.days = days
        self.found = found


class LearningScreen(FramedScreen[None]):
    """Returns, repeats and times at the left; causes with their curve at the right."""

    SCOPE = "learning"
    BINDINGS: ClassVar[list[BindingType]] = bindings("learning")
    CSS_PATH = "learning.tcss"

    def __init__(self) -> None:
        super().__init__()
        self.days = _PERIODS[0]
        self._found: CaseLearning | None = None

    def compose_body(self) -> ComposeResult:
        """Two columns, or one of them where room is short."""
        with Horizontal(id="learning-body"):
            yield CustomerPane(id="learning-rates")
            with Vertical(id="learning-side"):
                yield CustomerPane(id="learning-causes")
                yield CurvePane(id="learning-curve")

    def on_mount(self) -> None:
        """Read the cases of the last year."""
        super().on_mount()
        self._own()
        self.read(self.days)

    def relabel(self) -> None:
        """Say everything again."""
        super().relabel()
        names = {"rates": "learning.head.rates", "causes": "learning.head.causes"}
        for part, key in names.items():
            self.query_one(f"#learning-{part}", CustomerPane).name_it(self.t(key))
        self.query_one("#learning-curve", CurvePane).name_it(self.t("learning.head.curve"))
        self._show()

    def _own(self) -> None:
        for name in ("rates", "causes"):
            pane = self.query_one(f"#learning-{name}", CustomerPane)
            pane.own_digits(pane is self._scrolled)

    def _show(self) -> None:
        if self._found is None:
            return
        shell = self.shell
        rules = self.database.rulebook
        words = CaseWords(self.t, shell.language, shell.my_zone, shell.now(), rules)
        teller = LearningTeller(words, self._found, return_claims())
        rates = (teller.returns(), teller.repeats(), teller.times())
        causes = (teller.causes(), teller.categories())
        self.query_one("#learning-rates", CustomerPane).show(
            CardView(teller.title(), tuple(_sections(rates)))
        )
        self.query_one("#learning-causes", CustomerPane).show(
            CardView("", tuple(_sections(causes)))
        )
        found = self._found.causes
        curve = CurveView(teller.curve_said(found), found.percents)
        self.query_one("#learning-curve", CurvePane).show([curve], self.t("learning.legend"))

    # -- reading ----------------------------------------------------------------------------

    @database_work("learning.read", quiet=True)
    def read(self, days: int) -> Message:
        """Read what the cases of so many days teach, today included."""
        from db.case_learning import learn  # noqa: PLC0415 - connected long since

        zone = ZoneInfo(self.database.rulebook.cases.shop.zone)
        today = self.shell.now().astimezone(zone).date()
        return Learnt(
            days, learn(self.database, self.actor, today - timedelta(days=days - 1), today)
        )

    @on(Learnt)
    def _learnt(self, event: Learnt) -> None:
        if event.days == self.days:
            self._found = event.found
            self._show()

    # -- looking ----------------------------------------------------------------------------

    @property
    def _scrolled(self) -> TextPane:
        name = "causes" if self.has_class("-side") else "rates"
        return self.query_one(f"#learning-{name}", TextPane)

    def do_period(self) -> None:
        """Show the last year, quarter, month, five years in turn."""
        self.days = _PERIODS[(_PERIODS.index(self.days) + 1) % len(_PERIODS)]
        self.read(self.days)

    def do_pane(self) -> None:
        """Change between the rates and the causes; the arrows go with it."""
        self.toggle_class("-side")
        self._own()

    def do_up(self) -> None:
        """Scroll up a line."""
        self._scrolled.scroll_lines(-1)

    def do_down(self) -> None:
        """Scroll down a line."""
        self._scrolled.scroll_lines(1)

    def do_leaf_up(self) -> None:
        """Scroll up a screen."""
        self._scrolled.scroll_pages(-1)

    def do_leaf_down(self) -> None:
        """Scroll down a screen."""
        self._scrolled.scroll_pages(1)

    def do_refresh(self) -> None:
        """Read again."""
        self.read(self.days)

    def do_back(self) -> None:
        """Back to the cases."""
        self.dismiss(None)


def _sections(parts: Iterable[Part]) -> Iterable[CardSection]:
    for part in parts:
        widest = max((cells(name) for name, _ in part.rows), default=0)
        rows = [
            CardLine(f"{fit(name, min(widest, _NAME))}  {text}", sign="·")
            for name, text in part.rows
        ]
        notes = [CardLine(note, style="$muted") for note in part.notes]
        yield CardSection(part.heading, (*rows, *notes))
