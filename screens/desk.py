"""The desk: the queue, why the marked callback stands where it stands, and who it is."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.timer import Timer

from domain.permissions import allowed
from domain.said import Said
from screens.actions import Action, bindings
from screens.desk_day import DayLine
from screens.desk_leads import DeskLeads
from screens.desk_messages import Counted, Explained, Given, PageRead
from screens.feed import TopicsMoved
from screens.queue_rows import preview_facts, queue_columns, queue_row
from widgets.customer_card import CardLine, CardSection, CardView, CustomerPane
from widgets.figure import Figure
from widgets.window_list import Direction, WindowList

if TYPE_CHECKING:
    from db.calls import OpenCall
    from db.customer_card import CustomerCard
    from db.emptiness import EmptyQueue
    from db.queue_counts import Counts
    from db.queue_list import QueueRow, View
    from db.why import Why
    from screens.call_left import CallLeft

VIEWS: Final[tuple[View, ...]] = ("open", "mine", "pool", "check")
_GLANCE: Final = 0.12
"""Seconds for which the mark rests on a callback before it is explained."""
_FOR_LEADS: Final = {
    "desk.board": ("board.read", "board.leads_only"),
    "desk.audit": ("audit.read", "audit.leads_only"),
    "desk.tiers": ("tiers.decide", "tiers.leads_only"),
    "desk.overrides": ("caps.override", "caps.leads_only"),
    "desk.care": ("care.run", "care.leads_only"),
    "desk.settings": ("playbooks.publish", "rule_form.leads_only"),
}
"""Pages that not everybody opens: the use case that tells who may, and why others may not."""


class DeskScreen(DeskLeads):
    """The screen to which every call returns."""

    SCOPE = "desk"
    BINDINGS: ClassVar[list[BindingType]] = bindings("desk")
    CSS_PATH = "desk.tcss"
    AUTO_FOCUS = "#desk-list"

    def __init__(self) -> None:
        super().__init__()
        self._rows: dict[int, QueueRow] = {}
        self._counts: Counts | None = None
        self._aside = 0
        self._late_cases = 0
        self._uncounted = False
        self._why: Why | None = None
        self._card: CustomerCard | None = None
        self._glance: Timer | None = None
        self._empty: EmptyQueue | None = None
        self._why_first = True
        self._wait: Timer | None = None
        self._wait_left = 0

    def compose_body(self) -> ComposeResult:
        """List at the left, why and customer at the right."""
        with Horizontal(id="desk-body"):
            with Vertical(id="desk-queue", classes="pane -owner"):
                yield WindowList(id="desk-list", picks=True)
            with Vertical(id="desk-side"):
                yield CustomerPane(id="desk-why")
                yield CustomerPane(id="desk-who")
        yield DayLine(id="desk-day")

    # -- what is shown ----------------------------------------------------------------------

    def relabel(self) -> None:
        """Say everything again."""
        super().relabel()
        if not self.query("#desk-list"):
            return
        language = self.shell.language
        self.listing.show_columns(queue_columns(language))
        for row in self._rows.values():
            self.listing.replace_row(queue_row(language, row, self.shell.my_zone, self.shell.now()))
        self.query_one("#desk-why", CustomerPane).name_it(self.t("desk.why"))
        self.query_one("#desk-who", CustomerPane).name_it(self.t("desk.who"))
        self._show_view()
        self._show_counts()
        self._show_why()
        self._show_who()
        self._say_empty()
        self.show_day()

    @property
    def marked(self) -> QueueRow | None:
        """The callback under the mark."""
        marked_id = self.listing.marked_id
        return None if marked_id is None else self._rows.get(marked_id)

    def connected(self) -> None:
        """The database is open now: show the queue."""
        self.say("desk.ready", key=self.shell.registry["desk.next"].shown_keys()[0])
        self._uncounted = True
        self.listing.start()
        self.refresh_keys()

    def why_not(self, action: Action) -> Said | None:
        """What can't be done now, and why."""
        shell = self.shell
        if action.id in ("app.help", "app.palette", "app.language", "app.theme", "app.quit"):
            return None
        if not shell.connected:
            return Said("desk.not_connected")
        if shell.seat.looking and action.id in ("desk.next", "desk.take", "app.inbound"):
            return Said("desk.only_looking")
        if action.id in ("desk.take", "desk.customer") and self.marked is None:
            return Said("desk.nothing_marked")
        if action.id == "desk.aside" and not self._aside:
            return Said("desk.nothing_aside")
        use_case, refused = _FOR_LEADS.get(action.id, ("", ""))
        if use_case and not allowed(self.actor.role, use_case):
            return Said(refused)
        if action.id == "desk.learning":
            return self.why_not_learning()
        if action.id in ("desk.lead", "desk.pick"):
            return self.why_no_lead()
        if action.id == "desk.undo" and shell.last_decision is None:
            return Said("desk.nothing_to_undo")
        return None

    def _show_view(self) -> None:
        border = self.query_one("#desk-queue")
        border.border_title = f"▸ {self.t(f'desk.view.{self.view}')}"

    def _show_counts(self) -> None:
        counts = self._counts
        if counts is None:
            return
        from db.queue_counts import shown  # noqa: PLC0415 - connected long since

        warm, urgent = "bold $text-warning", "bold $text-error"
        figures = [
            Figure(self.t("desk.count.due"), str(shown(counts.callable))),
            Figure(
                self.t("desk.count.overdue"),
                str(shown(counts.overdue)),
                "!" if counts.overdue else "",
                urgent if counts.overdue else "bold",
            ),
            Figure(self.t("desk.count.mine"), str(shown(counts.mine))),
        ]
        if counts.check:
            figures.append(Figure(self.t("desk.count.check"), str(shown(counts.check)), "?", warm))
        if self._late_cases:
            late = str(self._late_cases)
            figures.append(Figure(self.t("desk.count.late_cases"), late, "!!", urgent))
        if self._aside:
            figures.append(Figure(self.t("desk.count.aside"), str(self._aside), "!", warm))
        if counts.closed and self.size.width >= 100:
            figures.append(Figure(self.t("desk.count.closed"), str(shown(counts.closed))))
        self.shell.show_figures(figures)

    def _show_why(self) -> None:
        pane = self.query_one("#desk-why", CustomerPane)
        why = self._why
        if why is None:
            pane.show(CardView("", ()))
            return
        sign, style = ("✓", "$text-success") if why.callable_now else ("✗", "$text-warning")
        key = "desk.callable" if why.callable_now else "desk.not_callable"
        stops = [
            CardLine(self._block_text(block.said, block.clears_at), sign="✗", style="$text-warning")
            for block in why.blocks
        ]
        order = [CardLine(self.spoken(said), sign="·") for said in why.order]
        sections = (
            CardSection("", (CardLine(self.t(key), sign=sign, style=f"bold {style}"), *stops)),
            CardSection(self.t("desk.order"), tuple(order)),
        )
        pane.show(CardView("", sections))

    def _block_text(self, said: Said, clears_at: datetime | None) -> str:
        text = self.spoken(said)
        if clears_at is None or clears_at in said.params.values():
            return text
        return self.t("desk.until", text=text, at=clears_at)

    def _show_who(self) -> None:
        pane = self.query_one("#desk-who", CustomerPane)
        row = self.marked
        if row is None:
            pane.show(CardView("", ()))
            return
        shell = self.shell
        facts = preview_facts(shell.language, row, shell.my_zone, shell.now())
        lines = tuple(CardLine(value, self.t(key), style=style) for key, value, style in facts)
        sections = [CardSection("", lines)]
        if self._card is not None:
            from screens.card_view import CardDrawer  # noqa: PLC0415 - loaded with the card

            drawer = CardDrawer(
                self.t,
                shell.language,
                self.clock,
                shell.my_zone,
                shell.now(),
                self.database.rulebook,
            )
            sections += drawer.brief(self._card)
        pane.show(CardView(row.name, tuple(sections)))

    def _say_empty(self) -> None:
        listing = self.listing
        if not self.shell.connected:
            listing.say_empty(self.t("ui.starting"))
        else:
            listing.say_empty(self.t(f"desk.none.{self.view}"))

    # -- reading ----------------------------------------------------------------------------

    @on(WindowList.Wanted, "#desk-list")
    def _page_wanted(self, event: WindowList.Wanted) -> None:
        if self.shell.connected:
            anchor = event.request.anchor
            self.read_page(event.request, None if anchor is None else self._rows.get(anchor))

    @on(PageRead)
    def _page_came(self, event: PageRead) -> None:
        shell = self.shell
        page = event.page
        self._rows.update({row.id: row for row in page.rows})
        rows = [queue_row(shell.language, row, shell.my_zone, page.now) for row in page.rows]
        last = event.request.direction is Direction.LAST
        self._say_empty()
        self.listing.receive(
            event.request,
            rows,
            more_before=page.more_before,
            more_after=page.more_after and not last,
        )
        kept = {row.id for row in self.listing.rows}
        self._rows = {key: row for key, row in self._rows.items() if key in kept}
        self._marked_moved()
        if self._uncounted:
            # Figures and their modules wait until the rows are there.
            self._uncounted = False
            self.read_counts()
            self.read_news()
            self.read_day()

    @on(Counted)
    def _counts_came(self, event: Counted) -> None:
        self._counts = event.counts
        self._aside = event.aside
        self._late_cases = event.late_cases
        self._show_counts()
        self.refresh_keys()

    @on(WindowList.Marked, "#desk-list")
    def _marked_moved(self) -> None:
        row = self.marked
        if row is None or (self._why is not None and self._why.callback_id != row.id):
            self._why = self._card = None
        self._show_who()
        self._show_why()
        if self._glance is not None:
            self._glance.stop()
        self._glance = self.set_timer(_GLANCE, self._explain_marked)
        self.refresh_keys()

    def _explain_marked(self) -> None:
        row = self.marked
        if row is not None and self.shell.connected:
            self.explain(row.id, row.person_id)

    @on(Explained)
    def _why_came(self, event: Explained) -> None:
        row = self.marked
        if row is not None and row.id == event.why.callback_id:
            self._why, self._card = event.why, event.card
            self._show_why()
            self._show_who()

    def on_topics_moved(self, event: TopicsMoved) -> None:
        """Read again what is shown; what others do at their seats is not."""
        if self.shell.connected and event.topics & {"queue", "content"}:
            self.listing.again()
            self.read_counts()
        if self.shell.connected and "cases" in event.topics:
            self.read_day()

    # -- actions ----------------------------------------------------------------------------

    def do_next(self) -> None:
        """Fetch the next customer."""
        self._stop_waiting()
        if not self.requests.busy("desk.next"):
            self.say("desk.fetching")
            self.fetch_next()

    def do_take(self) -> None:
        """Take the marked callback."""
        self._stop_waiting()
        row = self.marked
        if row is not None and not self.requests.busy("desk.take"):
            self.take(row.id)

    @on(Given)
    def _given(self, event: Given) -> None:
        if self.shell.pausing:
            self.shell.own.ask()  # who asked for a customer is no longer paused
        if event.call is not None:
            if not self.shell.on_duty:
                self.shell.on_duty = True
                self.begin_duty()
            self.open_call(event.call)
        elif event.empty is not None:
            self._empty = event.empty
            reasons = " · ".join(self.spoken(reason) for reason in event.empty.reasons)
            self.say("desk.empty", reasons=reasons)

    def open_call(self, call: OpenCall) -> None:
        """Show a call; what it brought is known when its screen closes."""
        from screens.call import CallScreen  # noqa: PLC0415 - the desk is drawn without it

        self._stop_waiting()
        self.say("ui.nothing")
        self.shell.push_whole(CallScreen(call), self._call_left)

    def _call_left(self, left: CallLeft | None) -> None:
        if left is None:
            return
        if left.call is not None:
            self.open_call(left.call)
            return
        self.say_said(left.said)
        if left.resume:
            self.take_up(self.shell.pausing)
        elif left.go_on == "now" and not self.shell.pausing:
            self.do_next()
        elif left.go_on == "soon" and not self.shell.pausing:
            self._wait_left = self.shell.wrap_up_pause
            self._count_down(left.said)

    def do_aside(self) -> None:
        """Take up the wrap-up that was put aside last."""
        self._stop_waiting()
        if not self.requests.busy("desk.aside"):
            self.take_up(stop=True)

    def do_undo(self) -> None:
        """Take back the last outcome and return to its call."""
        last = self.shell.last_decision
        if last is not None and not self.requests.busy("desk.undo"):
            self._stop_waiting()
            self.take_back(last.uuid, last.undo_uuid)

    def do_view(self) -> None:
        """Show the next list."""
        self.view = VIEWS[(VIEWS.index(self.view) + 1) % len(VIEWS)]
        self._show_view()
        self._rows = {}
        self.listing.drop_picks()
        self.listing.start()

    def do_panel(self) -> None:
        """Change between why and customer where there is room for one only."""
        self._why_first = not self._why_first
        self.set_class(not self._why_first, "-who")

    def do_refresh(self) -> None:
        """Read everything again."""
        self.listing.again()
        self.read_counts()

    def do_customer(self) -> None:
        """Open the record of the marked customer."""
        row = self.marked
        if row is not None:
            self.shell.show_customer(row.person_id)

    def do_checks(self) -> None:
        """Show what waits for a person's word."""
        self.shell.show_checks()

    def do_today(self) -> None:
        """Show one's own calls of today."""
        self.shell.show_today()

    def do_chances(self) -> None:
        """Show what was heard in calls, and what became of it."""
        self.shell.show_chances()

    def do_shift(self) -> None:
        """Show one's own shift: begin, figures, hand-over."""
        self.shell.show_shift()

    def do_overrides(self) -> None:
        """Show which caps were set aside."""
        self.shell.show_overrides()

    def do_audit(self) -> None:
        """Show who did what."""
        self.shell.show_audit()

    def do_tiers(self) -> None:
        """Show which customers should change their tier or card."""
        self.shell.show_tiers()

    def do_cases(self) -> None:
        """Show the list of cases."""
        self.shell.show_cases()

    def do_roster(self) -> None:
        """Show who works when."""
        self.shell.show_roster()

    def do_care(self) -> None:
        """Show what the care plans will make."""
        self.shell.show_care()

    def do_board(self) -> None:
        """Show the live board."""
        self.shell.show_board()

    def do_settings(self) -> None:
        """Show the rules of the desk as forms."""
        self.shell.show_settings()

    def do_promises(self) -> None:
        """Show what we owe our customers."""
        self.shell.show_promises()

    def do_imports(self) -> None:
        """Read a file."""
        self.shell.show_imports()

    def do_playbooks(self) -> None:
        """Show the scripts in force."""
        self.shell.show_playbooks()

    # -- the next one by itself -------------------------------------------------------------

    def _count_down(self, said: Said) -> None:
        if self._wait_left <= 0:
            self.do_next()
            return
        self._say_wait(said)

        def tick() -> None:
            if self.app.screen is not self:  # what was opened above, a card say, is read first
                return
            self._wait_left -= 1
            if self.shell.pausing:
                self._stop_waiting()
            elif self._wait_left <= 0:
                self.do_next()
            else:
                self._say_wait(said)

        self._wait = self.set_interval(1.0, tick)

    def _say_wait(self, said: Said) -> None:
        key = self.shell.registry["app.pause"].shown_keys()[0]
        self.say("desk.next_in", said=said, seconds=self._wait_left, key=key)

    def _stop_waiting(self) -> None:
        if self._wait is not None:
            self._wait.stop()
            self._wait = None
