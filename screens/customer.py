"""A customer's whole record: who it is, what we owe them, and every call, visit and complaint."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from domain.bilingual import Bilingual
from domain.said import Said
from screens.actions import Action, bindings
from screens.card_view import CardDrawer
from screens.case_drawer import number_of
from screens.code_finder import CodeFinder
from screens.customer_leads import CustomerLeads
from screens.customer_messages import RecordChanged, RecordRead
from screens.customer_pages import PAGES, Page, RecordDrawer
from screens.feed import TopicsMoved
from screens.work import database_work
from widgets.customer_card import CustomerPane
from widgets.pane import TextPane
from widgets.safe_text import clean

PATIENCE: Final = 2.0
"""Seconds in which several changes behind the record are read as one."""
_WITHOUT_RECORD: Final = frozenset({"back", "refresh", "mend"})


class CustomerScreen(CustomerLeads):
    """The record of one customer: the card at the left, one page of the history at the right.

    Args:
        person_id: the customer.
    """

    SCOPE = "customer"
    BINDINGS: ClassVar[list[BindingType]] = bindings("customer")
    CSS_PATH = "customer.tcss"

    page: Page = "calls"
    """The page that is open."""
    at_card = False
    """Whether the arrows scroll the card and not the page."""
    _again = False
    _asked = 0
    _ahead: tuple[str, str] | None = None
    """The first deed that was asked for before the record was there."""

    def compose_body(self) -> ComposeResult:
        """The names of the pages, then card and page."""
        yield Static(id="customer-pages")
        with Horizontal(id="customer-body"):
            yield CustomerPane(id="customer-card")
            yield CustomerPane(id="customer-page")

    def on_mount(self) -> None:
        """Read the record."""
        super().on_mount()
        self.ask_for(self.person_id)

    # -- what is shown ----------------------------------------------------------------------

    def relabel(self) -> None:
        """Say everything again."""
        super().relabel()
        self.query_one("#customer-card", CustomerPane).name_it(self.t("customer.card"))
        self.show_record()

    def show_record(self) -> None:
        """Draw card, page and the names of the pages."""
        record = self.record
        self._own()
        page = self.query_one("#customer-page", CustomerPane)
        page.name_it(self.t(f"customer.page.{self.page}"))
        if record is None:
            return
        language, rules = self.shell.language, self.database.rulebook
        now = self.shell.now()
        cards = CardDrawer(self.t, language, self.clock, self.shell.my_zone, now, rules)
        card = cards.whole_card(replace(record.card, history=()))
        self.query_one("#customer-card", CustomerPane).show(replace(card, note=self._warning()))
        drawer = RecordDrawer(self.t, language, self.clock, self.shell.my_zone, now, rules.outcomes)
        page.show(drawer.page(record, self.page))
        self._draw_pages(drawer)
        self.refresh_keys()

    def _warning(self) -> str:
        """What must be known before anything else: closed, not to be called, numbers masked."""
        record = self.record
        if record is None:
            return ""
        told = []
        if record.fields.closed_because:
            told.append(self.t(f"customer.closed.{record.fields.closed_because}"))
        if self.standing(record):
            told.append(self.t("customer.do_not_call"))
        if record.asked_id != record.person_id:
            told.append(self.t("customer.was_merged"))
        if not record.sight.numbers:
            told.append(self.t("customer.masked"))
        return "! " + " · ".join(told) if told else ""

    def _draw_pages(self, drawer: RecordDrawer) -> None:
        record = self.record
        counts = drawer.counts(record) if record is not None else {}
        parts = []
        for digit, name in enumerate(PAGES, 1):
            style = "bold reverse" if name == self.page else ""
            count = f" {counts[name]}" if counts.get(name) else ""
            parts += [
                Content.styled(f" {digit} ", "bold $text-accent"),
                Content.styled(f"{clean(self.t(f'customer.page.{name}'))}{count}", style),
                Content(" "),
            ]
        self.query_one("#customer-pages", Static).update(Content("").join(parts))

    def _own(self) -> None:
        self.set_class(self.at_card, "-at-card")
        self.query_one("#customer-card", TextPane).own_digits(self.at_card)
        self.query_one("#customer-page", TextPane).own_digits(not self.at_card)

    def why_not(self, action: Action) -> Said | None:
        """What can't be done now, and why."""
        if action.scope != "customer":
            return None
        name = action.id.partition(".")[2]
        if name in _WITHOUT_RECORD:
            return None
        if self.record is None:
            return Said("customer.reading")
        if name == "case" and not self.record.complaints:
            return Said("customer.no_case")
        if name == "privacy":
            return self.why_not_privacy(self.record)
        if name == "lead":
            return self.why_no_lead(self.record)
        return self.reason_against_deed(name, self.record)

    async def action_carry_out(self, action_id: str, detail: str = "") -> None:
        """Do what a key stands for; before the record is there, it waits for it."""
        await super().action_carry_out(action_id, detail)
        scope, _, name = action_id.partition(".")
        if self.record is not None or self._ahead is not None or self.shell.key_repeated:
            return
        if scope == "customer" and name not in _WITHOUT_RECORD and self.app.screen is self:
            self._ahead = (action_id, detail)

    # -- reading ----------------------------------------------------------------------------

    def ask_for(self, person_id: int) -> None:
        """Have a record read; until it is there the one on screen stays the one that is meant."""
        self._asked = person_id
        self.read(person_id)

    @database_work("customer.read")
    def read(self, person_id: int) -> Message:
        """Read a whole record."""
        from db.customers import show  # noqa: PLC0415 - connected long since

        return RecordRead(show(self.database, self.actor, person_id))

    @on(RecordRead)
    async def _read(self, event: RecordRead) -> None:
        if self.person_id != event.record.person_id:
            self.page = "calls"
        self.record = event.record
        self.person_id = self._asked = event.record.person_id
        self.show_record()
        ahead, self._ahead = self._ahead, None
        if ahead is not None and self.app.screen is self:
            self.shell.key_repeated = False
            await super().action_carry_out(*ahead)

    def takes_failure(self, work: str, error: BaseException) -> bool:
        """What was asked for before a record that does not come is forgotten."""
        if work == "customer.read":
            self._ahead = None
        return super().takes_failure(work, error)

    @on(RecordChanged)
    def _changed(self, event: RecordChanged) -> None:
        self.say_said(event.said)
        self.ask_for(event.person_id or self.person_id)

    def on_topics_moved(self, event: TopicsMoved) -> None:
        """Something behind the record may have changed: read it again, but not at every change."""
        if event.topics & {"queue", "cases"} and not self._again:
            self._again = True
            self.set_timer(PATIENCE, self._read_again)

    def _read_again(self) -> None:
        self._again = False
        self.ask_for(self._asked)

    # -- moving about -----------------------------------------------------------------------

    def do_digit(self, key: str) -> None:
        """Open a page by its number."""
        place = int(key) - 1
        if 0 <= place < len(PAGES):
            self._open(PAGES[place])

    def do_next_page(self) -> None:
        """Open the next page."""
        self._open(PAGES[(PAGES.index(self.page) + 1) % len(PAGES)])

    def do_page_before(self) -> None:
        """Open the page before."""
        self._open(PAGES[PAGES.index(self.page) - 1])

    def _open(self, page: Page) -> None:
        self.page = page
        self.at_card = False
        self.query_one("#customer-page", TextPane).to_top()
        self.show_record()

    def do_pane(self) -> None:
        """Let the arrows scroll the other pane."""
        self.at_card = not self.at_card
        self._own()

    @property
    def _scrolled(self) -> TextPane:
        return self.query_one("#customer-card" if self.at_card else "#customer-page", TextPane)

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

    def do_case(self) -> None:
        """Open a case of the customer; which one is asked where there are several."""
        cases = () if self.record is None else self.record.complaints
        if len(cases) == 1:
            self._show_case(str(cases[0].id))
            return
        names = {}
        for one in sorted(cases, key=lambda one: (one.closed_at is not None, -one.id)):
            told = f"{number_of(one.id, one.number)} {self.t(f'case.status.{one.status}')}"
            names[str(one.id)] = Bilingual(*[f"{told} · {one.description}"] * 2)
        self.app.push_screen(CodeFinder(Said("call.which_case"), names), self._show_case)

    def _show_case(self, case_id: str | None) -> None:
        if case_id is not None:
            in_call = any(getattr(one, "SCOPE", "") == "call" for one in self.app.screen_stack)
            self.shell.show_case(int(case_id), looking=in_call)

    def do_refresh(self) -> None:
        """Read the record again."""
        self.ask_for(self.person_id)

    def do_search(self) -> None:
        """Find another customer and show that record in this one's place."""
        from screens.search import CustomerSearch  # noqa: PLC0415 - loaded when first asked for

        def found(person_id: int | None) -> None:
            if person_id is not None:
                self.ask_for(person_id)

        self.app.push_screen(CustomerSearch("ui.search_title"), found)

    def do_back(self) -> None:
        """Close the record."""
        self.dismiss(None)
