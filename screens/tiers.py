"""Tiers and cards: what should change and why, for a lead to confirm; and who brings how much."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, ClassVar, Final
from zoneinfo import ZoneInfo

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message

from content.tier_words import value_name
from domain.bands import Tier
from domain.contribution import Curve, TooLittle
from domain.errors import DeskError
from domain.money import money_text
from domain.said import Said
from screens.actions import Action, bindings
from screens.choice import Choice
from screens.feed import TopicsMoved
from screens.frame import FramedScreen
from screens.prompt import Confirm, Prompt
from screens.sides import SIDES
from screens.work import database_work
from widgets.curve_pane import CurvePane, CurveView
from widgets.customer_card import CardLine, CardSection, CardView, CustomerPane
from widgets.list_rows import Cell, Column, Row
from widgets.window_list import Request, WindowList

if TYPE_CHECKING:
    from db.tier_list import Proposal, Proposals

KINDS: Final = (None, "tier", "level")
_SIGNS: Final = {"up": "▲", "down": "▼", "first": "·"}
_TONES: Final = {"up": "good", "down": "warm", "first": ""}
_ABOUT_MARKED: Final = frozenset({"tiers.confirm", "tiers.decline", "tiers.customer", "tiers.pin"})
_DECIDES: Final = frozenset(
    {"tiers.confirm", "tiers.decline", "tiers.all", "tiers.pin", "tiers.sort"}
)


class ProposalsRead(Message):
    """A page of what waits, for one kind."""

    def __init__(self, request: Request, kind: str | None, page: Proposals) -> None:
        super().__init__()
        self.request = request
        self.kind = kind
        self.page = page


class CurvesRead(Message):
    """The curve of each currency."""

    def __init__(self, curves: tuple[Curve | TooLittle, ...]) -> None:
        super().__init__()
        self.curves = curves


class TiersChanged(Message):
    """Something was decided or computed; `said` tells what came of it."""

    def __init__(self, said: Said, *, sorted_anew: bool = False) -> None:
        super().__init__()
        self.said = said
        self.sorted_anew = sorted_anew


class TiersScreen(FramedScreen[None]):
    """The list of proposals, why the marked one was made, and the curve of contribution."""

    SCOPE = "tiers"
    BINDINGS: ClassVar[list[BindingType]] = bindings("tiers")
    CSS_PATH = "tiers.tcss"
    AUTO_FOCUS = "#tiers-list"

    def __init__(self) -> None:
        super().__init__()
        self.kind: str | None = None
        self._proposals: dict[int, Proposal] = {}
        self._waiting = 0
        self._curves: tuple[Curve | TooLittle, ...] | None = None

    def compose_body(self) -> ComposeResult:
        """List at the left, reasons and curve at the right."""
        with Horizontal(id="tiers-body"):
            with Vertical(id="tiers-box", classes="pane -owner"):
                yield WindowList(id="tiers-list")
            with Vertical(id="tiers-side"):
                yield CustomerPane(id="tiers-why")
                yield CurvePane(id="tiers-curve")

    def on_mount(self) -> None:
        """Read list and curve."""
        super().on_mount()
        self.listing.start()
        self.read_curve()

    # -- what is shown ----------------------------------------------------------------------

    @property
    def listing(self) -> WindowList:
        """The list of proposals."""
        return self.query_one("#tiers-list", WindowList)

    @property
    def marked(self) -> Proposal | None:
        """The proposal under the mark."""
        marked_id = self.listing.marked_id
        return None if marked_id is None else self._proposals.get(marked_id)

    def relabel(self) -> None:
        """Say everything again."""
        super().relabel()
        title = self.t(f"tiers.title.{self.kind or 'all'}", count=self._waiting)
        self.query_one("#tiers-box").border_title = f"▸ {title}"
        self.query_one("#tiers-why", CustomerPane).name_it(self.t("tiers.head.why"))
        self.query_one("#tiers-curve", CurvePane).name_it(self.t("tiers.curve.title"))
        self.listing.show_columns(
            (
                Column(self.t("tiers.head.customer"), 8, stretch=1),
                Column(self.t("tiers.head.change"), 16, stretch=2),
                Column(self.t("tiers.head.spent"), 12, need=50, right=True),
            )
        )
        self.listing.say_empty(self.t("tiers.none"))
        for one in self._proposals.values():
            self.listing.replace_row(self._row(one))
        self._show_marked()
        self._show_curve()

    def _row(self, one: Proposal) -> Row:
        sign, change = _SIGNS[one.direction], self._change(one)
        spent = money_text(one.contribution, one.currency)
        return Row(
            one.id,
            (Cell(one.name), Cell(f"{sign} {change}", _TONES[one.direction]), Cell(spent)),
        )

    def _change(self, one: Proposal) -> str:
        """From what to what; a first one only has a to."""
        language = self.shell.language
        after = value_name(language, one.kind, one.after)
        if one.before is not None:
            after = f"{value_name(language, one.kind, one.before)} › {after}"
        return f"{self.t(f'tiers.kind.{one.kind}')} {after}"

    def _show_marked(self) -> None:
        pane = self.query_one("#tiers-why", CustomerPane)
        one = self.marked
        if one is None:
            pane.show(CardView("", ()))
            return
        sign = _SIGNS[one.direction]
        lines = [CardLine(self._change(one), sign=sign, style="bold")]
        lines += [CardLine(self.spoken(said), sign="·") for said in one.why]
        pane.show(CardView(one.name, (CardSection("", tuple(lines)),)))

    def _show_curve(self) -> None:
        pane = self.query_one("#tiers-curve", CurvePane)
        if self._curves is None:
            return
        views = [
            CurveView(self.spoken(one.said()))
            if isinstance(one, TooLittle)
            else CurveView(
                self.spoken(one.said()),
                one.percents,
                None if one.key_from is None else one.percent_of_customers(one.key),
            )
            for one in self._curves
        ]
        if not views:
            views = [CurveView(self.t("tiers.curve.nobody"))]
        pane.show(views, self.t("tiers.curve.legend"))

    def why_not(self, action: Action) -> Said | None:
        """What can't be done now, and why."""
        if action.id in _DECIDES and self.shell.seat.looking:
            return Said("desk.only_looking")
        if action.id in _ABOUT_MARKED and self.marked is None:
            return Said("tiers.none_marked")
        if action.id == "tiers.all" and not self._waiting:
            return Said("tiers.none")
        return None

    # -- reading ----------------------------------------------------------------------------

    @on(WindowList.Wanted, "#tiers-list")
    def _wanted(self, event: WindowList.Wanted) -> None:
        self.read(event.request, self.kind)

    @database_work("tiers.read", quiet=True)
    def read(self, request: Request, kind: str | None) -> Message:
        """Read the page that the list wants."""
        from db.tier_list import proposals  # noqa: PLC0415 - connected long since

        page = proposals(
            self.database,
            self.actor,
            kind=kind,
            side=SIDES[request.direction],
            anchor=request.anchor,
            limit=request.limit,
        )
        return ProposalsRead(request, kind, page)

    @on(ProposalsRead)
    def _read(self, event: ProposalsRead) -> None:
        if event.kind != self.kind:
            return
        page = event.page
        self._proposals.update({one.id: one for one in page.rows})
        self._waiting = page.waiting
        self.listing.receive(
            event.request,
            [self._row(one) for one in page.rows],
            more_before=page.more_before,
            more_after=page.more_after,
        )
        kept = {row.id for row in self.listing.rows}
        self._proposals = {key: one for key, one in self._proposals.items() if key in kept}
        self.relabel()

    @database_work("tiers.curve", quiet=True)
    def read_curve(self) -> Message:
        """Read who brings how much."""
        from db.tiers import read_curves  # noqa: PLC0415 - connected long since

        found = read_curves(self.database, self.actor)
        return CurvesRead(tuple(found[currency] for currency in sorted(found)))

    @on(CurvesRead)
    def _curves_came(self, event: CurvesRead) -> None:
        self._curves = event.curves
        self._show_curve()

    @on(WindowList.Marked, "#tiers-list")
    def _marked_moved(self) -> None:
        self._show_marked()
        self.refresh_keys()

    def on_topics_moved(self, event: TopicsMoved) -> None:
        """Read again what is shown."""
        if "tiers" in event.topics:
            self.listing.again()

    # -- looking ----------------------------------------------------------------------------

    def do_refresh(self) -> None:
        """Read list and curve again."""
        self.listing.again()
        self.read_curve()

    def do_back(self) -> None:
        """Back to the queue."""
        self.dismiss(None)

    def do_kind(self) -> None:
        """Show tiers and cards, tiers only, cards only in turn."""
        self.kind = KINDS[(KINDS.index(self.kind) + 1) % len(KINDS)]
        self._proposals = {}
        self.listing.start()

    def do_curve(self) -> None:
        """Change between the reasons and the curve where there is room for one only."""
        self.toggle_class("-curve")

    def do_customer(self) -> None:
        """Open the record."""
        if self.marked is not None:
            self.shell.show_customer(self.marked.person_id)

    # -- deciding ---------------------------------------------------------------------------

    @property
    def _today(self) -> date:
        return self.shell.now().astimezone(ZoneInfo(self.shell.my_zone)).date()

    @on(WindowList.Chosen, "#tiers-list")
    async def _chosen(self) -> None:
        await self.shell.carry_out("tiers.confirm")

    def do_confirm(self) -> None:
        """Carry the marked proposal out."""
        if self.marked is not None and not self.requests.busy("tiers.write"):
            self.confirm(self.marked.id, self._today)

    @database_work("tiers.write", every=True)
    def confirm(self, proposal_id: int, today: date) -> Message:
        """Carry a proposal out."""
        from db.tier_deciding import confirm  # noqa: PLC0415

        done = confirm(self.database, self.actor, [proposal_id], today)
        return TiersChanged(done.said())

    def do_all(self) -> None:
        """Carry all out that is listed, once that is meant."""

        def answered(yes: bool | None) -> None:
            if yes and not self.requests.busy("tiers.write"):
                self.confirm_all(self._today, self.kind)

        question = Said("tiers.all_sure", {"count": self._waiting})
        self.app.push_screen(Confirm(question, Said("tiers.all_detail")), answered)

    @database_work("tiers.write", every=True)
    def confirm_all(self, today: date, kind: str | None) -> Message:
        """Carry out all proposals of a kind."""
        from db.tier_deciding import confirm_all  # noqa: PLC0415

        return TiersChanged(confirm_all(self.database, self.actor, today, kind).said())

    def do_decline(self) -> None:
        """Put the marked proposal aside."""
        if self.marked is not None and not self.requests.busy("tiers.write"):
            self.decline(self.marked.id)

    @database_work("tiers.write", every=True)
    def decline(self, proposal_id: int) -> Message:
        """Put a proposal aside."""
        from db.tier_deciding import decline  # noqa: PLC0415

        return TiersChanged(
            Said("tiers.declined", {"n": decline(self.database, self.actor, [proposal_id])})
        )

    def do_pin(self) -> None:
        """Set the marked customer's tier by hand: which one, and why."""
        one = self.marked
        if one is None:
            return

        def chosen(place: int | None) -> None:
            if place is not None:
                self._ask_reason(one, tuple(Tier)[place])

        options = [Said(f"call.tier.{tier}") for tier in Tier]
        self.app.push_screen(Choice(Said("tiers.pin_title", {"name": one.name}), options), chosen)

    def _ask_reason(self, one: Proposal, tier: Tier) -> None:
        def typed(text: str | None) -> None:
            if text is not None:
                self.pin(one.person_id, tier, text)

        title = Said("tiers.pin_why", {"name": one.name, "tier": Said(f"call.tier.{tier}")})
        self.app.push_screen(Prompt(title, Said("tiers.pin_hint")), typed)

    @database_work("tiers.write", every=True)
    def pin(self, person_id: int, tier: Tier, reason: str) -> Message:
        """Set a tier by hand."""
        from db.tier_deciding import pin  # noqa: PLC0415

        pin(self.database, self.actor, person_id, tier, reason)
        params = {"person": person_id, "tier": Said(f"call.tier.{tier}")}
        return TiersChanged(Said("tiers.pinned", params))

    def do_sort(self) -> None:
        """Sort all customers anew."""
        if not self.requests.busy("tiers.write"):
            self.say("tiers.sorting")
            self.sort_all(self._today)

    @database_work("tiers.write", every=True)
    def sort_all(self, today: date) -> Message:
        """Compute proposals, loyalty and trend of all customers."""
        from db.tiers import propose  # noqa: PLC0415

        found = propose(self.database, self.actor, today)
        return TiersChanged(Said("tiers.sorted", {"n": found.customers}), sorted_anew=True)

    @on(TiersChanged)
    def _changed(self, event: TiersChanged) -> None:
        self.say_said(event.said)
        self.listing.again()
        if event.sorted_anew:
            self.read_curve()

    def takes_failure(self, work: str, error: BaseException) -> bool:
        """What was refused: the list shows how it stands now; the shell says what happened."""
        if work == "tiers.write" and isinstance(error, DeskError):
            self.listing.again()
        return False
