"""Chances: what was heard in calls, what became of it, and what it brought in."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, Final
from zoneinfo import ZoneInfo

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message

from domain.chance import ChanceKind, ChanceState, read_amount
from domain.errors import DeskError, InputError
from domain.money import money_text
from domain.permissions import allowed
from domain.said import Said
from screens.actions import Action, bindings
from screens.marked_list import MarkedListScreen
from screens.prompt import Prompt
from screens.sides import SIDES
from screens.work import database_work
from widgets.customer_card import CardLine, CardSection, CardView, CustomerPane
from widgets.list_rows import Cell, Column, Row
from widgets.window_list import Request, WindowList

if TYPE_CHECKING:
    from db.chance_list import ChancePage, ChanceReport, ChanceRow
    from domain.chance_report import ReportLine

STATES: Final = (None, *ChanceState)
KINDS: Final = (None, *ChanceKind)
_MONTHS: Final = 12
_REASON: Final = 300
_SIGNS: Final = {"open": "·", "won": "✓", "lost": "✗"}
_TONES: Final = {"open": "", "won": "good", "lost": "dim"}
_ABOUT_MARKED: Final = frozenset(
    {"chances.won", "chances.lost", "chances.reopen", "chances.customer"}
)
_SETTLES: Final = frozenset({"chances.won", "chances.lost", "chances.reopen"})


class ChancesRead(Message):
    """A page of chances, for one choice of what is listed."""

    def __init__(self, request: Request, choice: object, page: ChancePage) -> None:
        super().__init__()
        self.request = request
        self.choice = choice
        self.page = page


class ReportRead(Message):
    """What chances brought in."""

    def __init__(self, report: ChanceReport) -> None:
        super().__init__()
        self.report = report


class ChanceSettled(Message):
    """Something became of a chance."""

    def __init__(self, said: Said) -> None:
        super().__init__()
        self.said = said


class ChancesScreen(MarkedListScreen["ChanceRow"]):
    """The list of chances; beside it the marked one, or what calls brought in."""

    SCOPE = "chances"
    BINDINGS: ClassVar[list[BindingType]] = bindings("chances")
    CSS_PATH = "chances.tcss"
    AUTO_FOCUS = "#chances-list"
    TOPICS = frozenset({"cases"})

    def __init__(self) -> None:
        super().__init__()
        self.state: ChanceState | None = ChanceState.OPEN
        self.kind: ChanceKind | None = None
        self.mine = False
        self._report: ChanceReport | None = None

    def compose_body(self) -> ComposeResult:
        """List at the left; the marked one, or the report, at the right."""
        with Horizontal(id="chances-body"):
            with Vertical(id="chances-box", classes="pane -owner"):
                yield WindowList(id="chances-list")
            yield CustomerPane(id="chances-side")

    # -- what is shown ----------------------------------------------------------------------

    @property
    def _choice(self) -> tuple[object, ...]:
        return self.state, self.kind, self.mine

    def title_words(self) -> str:
        """Which ones are listed."""
        parts = [self.t(f"chances.state.{self.state}" if self.state else "chances.state.all")]
        if self.kind is not None:
            parts.append(self.t(f"chances.kind.{self.kind}"))
        if self.mine:
            parts.append(self.t("chances.mine"))
        return self.t("chances.list_title", what=" · ".join(parts))

    def pane_words(self) -> str:
        """The marked one, or the report."""
        if self.has_class("-report"):
            return self.t("chances.report.title", months=_MONTHS)
        return self.t("chances.marked_title")

    def nothing(self) -> str:
        """None of these."""
        return self.t("chances.none")

    def columns(self) -> tuple[Column, ...]:
        """Whose it is, what was heard, its value, who follows it."""
        return (
            Column(self.t("chances.head.customer"), 8, stretch=1),
            Column(self.t("chances.head.chance"), 14, stretch=2),
            Column(self.t("chances.head.value"), 9, right=True),
            Column(self.t("chances.head.owner"), 8, need=60),
        )

    def row(self, one: ChanceRow) -> Row:
        """A chance."""
        what = " ".join(filter(None, (self.t(f"chances.kind.{one.kind}"), one.text)))
        amount = _money(one.brought, one.brought_currency) or _money(one.value, one.currency)
        told = f"{_SIGNS[one.state]} {what}"
        return Row(
            one.id,
            (Cell(one.person), Cell(told, _TONES[one.state]), Cell(amount), Cell(one.owner or "")),
        )

    def show_pane(self) -> None:
        """Draw the marked one, or the report."""
        if not self.has_class("-report"):
            super().show_pane()
            return
        self.pane.name_it(self.pane_words())
        self.pane.show(self._report_view())

    def drawn(self, one: ChanceRow) -> CardView:
        """A chance with what became of it."""
        value = _money(one.value, one.currency)
        told = [
            Said("chances.told.kind", {"kind": Said(f"chances.kind.{one.kind}"), "at": one.at}),
            Said("chances.told.value", {"value": value}) if value else None,
            Said("chances.told.campaign", {"campaign": one.campaign_name})
            if one.campaign_name
            else None,
            Said("chances.told.owner", {"owner": one.owner}) if one.owner else None,
            Said("chances.told.step", {"step": one.next_step}) if one.next_step else None,
            Said("chances.told.next", {"at": one.next_at}) if one.next_at else None,
        ]
        lines = [CardLine(one.text, style="bold")] if one.text else []
        lines += [CardLine(self.spoken(said), sign="·") for said in told if said is not None]
        ended = []
        if one.settled_at is not None:
            given = {"at": one.settled_at, "name": one.settled_by or "?"}
            ended.append(CardLine(self.spoken(Said(f"chances.told.{one.state}", given))))
            brought = _money(one.brought, one.brought_currency)
            if brought:
                ended.append(CardLine(self.t("chances.told.brought", value=brought), sign="·"))
        if one.reason:
            ended.append(CardLine(self.t("chances.told.reason", reason=one.reason), sign="·"))
        sections = [CardSection("", tuple(lines))]
        if ended:
            sections.append(CardSection(self.t(f"chances.state.{one.state}"), tuple(ended)))
        return CardView(one.person, tuple(sections))

    def _report_view(self) -> CardView:
        report = self._report
        if report is None:
            return CardView("", ())
        sections = [CardSection(self.t("chances.report.all"), self._line(report.total))]
        for line in report.lines:
            name = line.name.of(self.shell.language) or self.t("chances.report.no_call")
            title = " · ".join((line.month, self.t(f"chances.kind.{line.kind}"), name))
            sections.append(CardSection(title, self._line(line)))
        return CardView("", tuple(sections))

    def _line(self, line: ReportLine) -> tuple[CardLine, ...]:
        told = [
            self.t(
                "chances.report.counts",
                heard=line.heard, open=line.open, won=line.won, lost=line.lost,
            )
        ]  # fmt: skip
        for key, sums in (("brought", line.brought), ("expected", line.expected)):
            if sums:
                money = " + ".join(money_text(value, currency) for currency, value in sums)
                told.append(self.t(f"chances.report.{key}", value=money))
        told.append(self.spoken(line.said))
        return tuple(CardLine(one) for one in told)

    def why_not(self, action: Action) -> Said | None:
        """What can't be done now, and why."""
        one = self.marked
        if action.id in _ABOUT_MARKED and one is None:
            return Said("chances.none_marked")
        if action.id == "chances.report" and not self._leads("chances.report"):
            return Said("chances.leads_report")
        if action.id not in _SETTLES or one is None:
            return None
        if self.shell.seat.looking:
            return Said("desk.only_looking")
        if one.owner_id not in (None, self.actor.operator_id) and not self._leads(
            "chances.settle_others"
        ):
            return Said("chances.not_yours", {"name": one.owner or "?"})
        if action.id == "chances.reopen" and one.state == ChanceState.OPEN:
            return Said("chances.is_open")
        return None

    def _leads(self, use_case: str) -> bool:
        return allowed(self.actor.role, use_case)

    # -- reading ----------------------------------------------------------------------------

    def want(self, request: Request) -> None:
        """Read the page."""
        self.read(request)

    @database_work("chances.read", quiet=True)
    def read(self, request: Request) -> Message:
        """Read the page that the list wants."""
        from db.chance_list import list_chances  # noqa: PLC0415 - connected long since

        choice = self._choice
        page = list_chances(
            self.database,
            self.actor,
            state=self.state,
            kind=self.kind,
            mine=self.mine,
            side=SIDES[request.direction],
            anchor=request.anchor,
            limit=request.limit,
        )
        return ChancesRead(request, choice, page)

    @on(ChancesRead)
    def _read(self, event: ChancesRead) -> None:
        if event.choice != self._choice:
            return
        page = event.page
        self.receive(
            event.request, page.rows, more_before=page.more_before, more_after=page.more_after
        )

    @database_work("chances.report", quiet=True)
    def read_report(self, since: datetime, zone: str) -> Message:
        """Read what chances brought in."""
        from db.chance_list import report_chances  # noqa: PLC0415

        return ReportRead(report_chances(self.database, self.actor, since=since, zone=zone))

    @on(ReportRead)
    def _report_came(self, event: ReportRead) -> None:
        self._report = event.report
        self.show_pane()

    # -- looking ----------------------------------------------------------------------------

    def do_refresh(self) -> None:
        """Read everything again."""
        super().do_refresh()
        if self.has_class("-report"):
            self._ask_report()

    def do_state(self) -> None:
        """Show all, open, won and lost ones in turn."""
        self.state = STATES[(STATES.index(self.state) + 1) % len(STATES)]
        self._list_anew()

    def do_kind(self) -> None:
        """Show all kinds and each kind in turn."""
        self.kind = KINDS[(KINDS.index(self.kind) + 1) % len(KINDS)]
        self._list_anew()

    def do_mine(self) -> None:
        """Show one's own only, or everybody's."""
        self.mine = not self.mine
        self._list_anew()

    def _list_anew(self) -> None:
        self.found = {}
        self.listing.start()
        self.relabel()

    def do_report(self) -> None:
        """Change between the marked one and what calls brought in."""
        self.toggle_class("-report")
        self.query_one("#chances-side", CustomerPane).to_top()
        if self.has_class("-report"):
            self._ask_report()
        self.show_pane()

    def _ask_report(self) -> None:
        zone = self.shell.my_zone
        today = self.shell.now().astimezone(ZoneInfo(zone))
        months = today.year * 12 + today.month - _MONTHS
        since = datetime(months // 12, months % 12 + 1, 1, tzinfo=ZoneInfo(zone))
        self.read_report(since, zone)

    def do_further(self) -> None:
        """Scroll what stands beside the list a screen down."""
        self.query_one("#chances-side", CustomerPane).scroll_pages(1)

    def do_customer(self) -> None:
        """Open the record."""
        if self.marked is not None:
            self.shell.show_customer(self.marked.person_id)

    # -- what became of it ------------------------------------------------------------------

    @on(WindowList.Chosen, "#chances-list")
    async def _chosen(self) -> None:
        await self.shell.carry_out("chances.won")

    def do_won(self) -> None:
        """Ask what it brought in, and write that it was won."""
        one = self.marked
        if one is None:
            return
        known = _money(one.value, one.currency)
        stands = f"{one.value / 100:.2f} {one.currency}" if one.value and one.currency else ""

        def typed(text: str | None) -> None:
            if text is not None:
                self._take_amount(one, text)

        title = Said("chances.won_title", {"name": one.person, "value": known or "–"})
        prompt = Prompt(title, Said("chances.won_hint"), value=stands, limit=20, may_be_empty=True)
        self.app.push_screen(prompt, typed)

    def _take_amount(self, one: ChanceRow, text: str) -> None:
        try:
            brought = read_amount(text, one.currency or "") if text.strip() else None
        except InputError as error:
            self.say_said(Said(error.title_key, dict(error.params)))
            return
        self.settle(one.id, ChanceState.WON, "", brought)

    def do_lost(self) -> None:
        """Ask why, and write that it was lost."""
        one = self.marked
        if one is None:
            return

        def typed(text: str | None) -> None:
            if text:
                self.settle(one.id, ChanceState.LOST, text, None)

        title = Said("chances.lost_title", {"name": one.person})
        self.app.push_screen(Prompt(title, Said("chances.lost_hint"), limit=_REASON), typed)

    def do_reopen(self) -> None:
        """Open it again."""
        if self.marked is not None:
            self.settle(self.marked.id, ChanceState.OPEN, "", None)

    @database_work("chances.write", every=True)
    def settle(
        self, chance_id: int, state: ChanceState, reason: str, brought: tuple[int, str] | None
    ) -> Message:
        """Write what became of it."""
        from db.chance_settling import settle_chance  # noqa: PLC0415

        settle_chance(self.database, self.actor, chance_id, state, reason=reason, brought=brought)
        return ChanceSettled(Said(f"chances.settled.{state}"))

    @on(ChanceSettled)
    def _settled(self, event: ChanceSettled) -> None:
        self.say_said(event.said)
        self.do_refresh()

    def takes_failure(self, work: str, error: BaseException) -> bool:
        """What was refused: the list shows how it stands now; the shell says what happened."""
        if work == "chances.write" and isinstance(error, DeskError):
            self.listing.again()
        return False


def _money(value: int | None, currency: str | None) -> str:
    return "" if value is None or currency is None else money_text(value, currency)
