"""One case: how it stands, what is owed, everything that happened, and what can be done."""

from __future__ import annotations

from typing import ClassVar, Final, Literal
from zoneinfo import ZoneInfo

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message

from domain.errors import DeskError, RefusedError
from domain.said import Said
from screens.actions import Action, bindings
from screens.case_departments import CaseDepartments
from screens.case_drawer import CaseDrawer
from screens.case_messages import CaseRead, CaseWritten, SheetSaved
from screens.case_story import StoryTeller
from screens.case_words import CaseWords
from screens.feed import TopicsMoved
from screens.work import database_work
from widgets.customer_card import CustomerPane
from widgets.plate import Plate
from widgets.safe_text import clip

Pane = Literal["standing", "owed", "story"]
PANES: Final[tuple[Pane, ...]] = ("standing", "owed", "story")
PATIENCE: Final = 1.0
"""Seconds in which several changes behind the case are read as one."""
_WITHOUT_FILE: Final = frozenset({"back", "refresh", "pane"})


class CaseScreen(CaseDepartments):
    """A case in three panes; where room is short, in two or one.

    Args:
        case_id: the case.
        looking: whether nothing can be done with it from here: a call is open.
    """

    SCOPE = "case"
    BINDINGS: ClassVar[list[BindingType]] = bindings("case")
    CSS_PATH = "case.tcss"

    at: Pane = "story"
    """The pane that the arrows scroll."""
    left: Pane = "standing"
    """The pane beside the timeline, where there is room for one only."""
    newest_first = True
    counting = False
    """Whether every day is told that a limit counts or skips."""
    _again = False

    def compose_body(self) -> ComposeResult:
        """Head and next action, the panes, the advice."""
        yield Plate(id="case-who")
        yield Plate(id="case-next")
        with Horizontal(id="case-body"):
            yield CustomerPane(id="case-standing")
            yield CustomerPane(id="case-owed")
            yield CustomerPane(id="case-story")
        yield Plate(id="case-advice")

    def on_mount(self) -> None:
        """Read the case."""
        super().on_mount()
        self.read()

    # -- what is shown ----------------------------------------------------------------------

    def relabel(self) -> None:
        """Say everything again."""
        super().relabel()
        self.show_case()

    def show_case(self) -> None:
        """Draw head, panes and advice."""
        order = "newest" if self.newest_first else "oldest"
        for number, name in enumerate(PANES, 1):
            pane = self.query_one(f"#case-{name}", CustomerPane)
            title = self.t(f"case.pane.{name}")
            pane.name_it(
                f"{number} {title}" + (f" · {self.t(f'case.{order}')}" if name == "story" else "")
            )
        self._own()
        file = self.file
        if file is None:
            return
        words = self.words
        drawer = CaseDrawer(words, file)
        self.query_one("#case-who", Plate).show(drawer.who_line())
        self.query_one("#case-next", Plate).show(drawer.next_line())
        standing = drawer.standing(counting=self.counting)
        self.query_one("#case-standing", CustomerPane).show(standing)
        self.query_one("#case-owed", CustomerPane).show(drawer.owed())
        teller = StoryTeller(words, self.shell.my_zone, self.database.rulebook)
        story = teller.view(file.entries, newest_first=self.newest_first)
        self.query_one("#case-story", CustomerPane).show(story)
        strip = self.query_one("#case-advice", Plate)
        advice = clip(f"* {drawer.advice()}", max(20, strip.size.width))
        strip.show(Content.styled(advice, "italic $text-secondary"))
        self.refresh_keys()

    @property
    def words(self) -> CaseWords:
        """What names the codes in the present language."""
        shell = self.shell
        return CaseWords(self.t, shell.language, shell.my_zone, shell.now(), self.database.rulebook)

    def _own(self) -> None:
        for name in PANES:
            self.query_one(f"#case-{name}", CustomerPane).own_digits(name == self.at)
            self.set_class(name == self.at, f"-at-{name}")
            self.set_class(name == self.left, f"-left-{name}")

    def why_not(self, action: Action) -> Said | None:
        """What can't be done now, and why."""
        if action.scope != "case":
            return None
        name = action.id.partition(".")[2]
        if name in _WITHOUT_FILE:
            return None
        if self.file is None:
            return Said("case.reading")
        return self.reason_against_act(name, self.file)

    # -- reading ----------------------------------------------------------------------------

    @database_work("case.read")
    def read(self) -> Message:
        """Read the whole case."""
        from db.case_file import case_file  # noqa: PLC0415 - connected long since

        return CaseRead(case_file(self.database, self.actor, self.case_id))

    @on(CaseRead)
    def _read(self, event: CaseRead) -> None:
        self.file = event.file
        self.show_case()

    @on(CaseWritten)
    def _written(self, event: CaseWritten) -> None:
        self.say_said(event.said)
        self.read()

    def on_topics_moved(self, event: TopicsMoved) -> None:
        """Something behind the case may have changed: read it again, but not at every change."""
        if event.topics & {"queue", "cases"} and not self._again:
            self._again = True
            self.set_timer(PATIENCE, self._read_again)

    def _read_again(self) -> None:
        self._again = False
        self.read()

    def takes_failure(self, work: str, error: BaseException) -> bool:
        """What was refused: the case shows how it stands now, and no words are lost."""
        if work != "case.write" or not isinstance(error, DeskError):
            return False
        self.read()
        if isinstance(error, RefusedError) and error.code == "case_changed" and self.ask_again():
            self.say(error.title_key, **error.params)
            return True
        return False

    # -- moving about -----------------------------------------------------------------------

    def do_digit(self, key: str) -> None:
        """Go to a pane by its number."""
        place = int(key) - 1
        if 0 <= place < len(PANES):
            self._go_to(PANES[place])

    def do_pane(self) -> None:
        """Go to the next pane."""
        self._go_to(PANES[(PANES.index(self.at) + 1) % len(PANES)])

    def _go_to(self, pane: Pane) -> None:
        self.at = pane
        if pane != "story":
            self.left = pane
        self._own()

    @property
    def _scrolled(self) -> CustomerPane:
        return self.query_one(f"#case-{self.at}", CustomerPane)

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

    def do_order(self) -> None:
        """Tell the newest first, or the oldest."""
        self.newest_first = not self.newest_first
        self._go_to("story")
        self.query_one("#case-story", CustomerPane).to_top()
        self.show_case()

    def do_counting(self) -> None:
        """Tell every day that a limit counts or skips, or no more."""
        self.counting = not self.counting
        self._go_to("standing")
        self.show_case()

    def do_print(self) -> None:
        """Save the case as a sheet to be printed."""
        if not self.requests.busy("case.print"):
            self.print_sheet()

    @database_work("case.print", every=True)
    def print_sheet(self) -> Message:
        """Write the sheet of the case, as it stands now, into a file."""
        from content.paper import page, save, saved_said  # noqa: PLC0415 - when first asked for
        from db.case_print import case_for_print  # noqa: PLC0415
        from screens.case_paper import CasePaper  # noqa: PLC0415

        shell, rules = self.shell, self.database.rulebook
        file, now = case_for_print(self.database, self.actor, self.case_id), shell.now()
        words = CaseWords(self.t, shell.language, shell.my_zone, now, rules, dated=True)
        teller = StoryTeller(words, shell.my_zone, rules)
        sheet = CasePaper(words, teller, shell.shop_name).paper(file, self.actor.name, now)
        stem = f"case-{self.case_id}-{now.astimezone(ZoneInfo(shell.my_zone)):%Y%m%d-%H%M}"
        return SheetSaved(saved_said(save(page(sheet), shell.papers(), stem)))

    @on(SheetSaved)
    def _sheet_saved(self, event: SheetSaved) -> None:
        self.app.copy_to_clipboard(str(event.said.params["path"]))
        self.say_said(event.said)

    def do_refresh(self) -> None:
        """Read the case again."""
        self.read()

    def do_customer(self) -> None:
        """Open the customer's record."""
        if self.file is not None:
            self.shell.show_customer(self.file.head.person_id)

    def do_back(self) -> None:
        """Close the case."""
        self.dismiss(None)
