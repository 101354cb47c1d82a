"""The deal-out of a morning: who would get how many and why, then done exactly so."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, Final
from uuid import uuid4

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, Vertical
from textual.message import Message

from domain.deal_out import MOST_WEIGHT, DealMode
from domain.errors import InputError, RefusedError
from domain.said import Said
from screens.actions import Action, bindings
from screens.choice import MOST, Choice
from screens.frame import FramedScreen
from screens.prompt import Confirm, Prompt
from screens.work import database_work
from widgets.customer_card import CardLine, CardSection, CardView, CustomerPane
from widgets.list_rows import Cell, Column, Row
from widgets.safe_text import clip
from widgets.window_list import Request, WindowList

if TYPE_CHECKING:
    from db.deal_out import DealHand, DealPlan, DealWish
    from db.lead_actions import Done
    from db.lead_plan import Planned
    from db.lead_undo import Undone

_MODES: Final = tuple(DealMode)
_SAMPLE: Final = 12
_TONES: Final = {"missing": "urgent", "here": "good"}


class DealRead(Message):
    """A dry run for one wish, with everybody who could take part; none where nobody is here."""

    def __init__(
        self, request: Request, hands: tuple[DealHand, ...], plan: DealPlan | None
    ) -> None:
        super().__init__()
        self.request = request
        self.hands = hands
        self.plan = plan


class Dealt(Message):
    """It was done."""

    def __init__(self, done: Done) -> None:
        super().__init__()
        self.done = done


class TakenBack(Message):
    """It was undone."""

    def __init__(self, undone: Undone) -> None:
        super().__init__()
        self.undone = undone


class WeightSet(Message):
    """Somebody's share is another one now."""


class DealScreen(FramedScreen[None]):
    """Who takes part and what each would get; beside it what the marked one would, and why.

    Args:
        campaign: the kind of work that is dealt out to begin with; none for all kinds.
        band: its band; none for all.
    """

    SCOPE = "deal"
    BINDINGS: ClassVar[list[BindingType]] = bindings("deal")
    CSS_PATH = "deal.tcss"
    AUTO_FOCUS = "#deal-list"

    def __init__(self, campaign: str | None = None, band: int | None = None) -> None:
        super().__init__()
        self._mode = DealMode.EQUAL
        self._campaign = campaign
        self._band = band
        self._pool = False
        self._out: set[int] = set()
        self._hands: tuple[DealHand, ...] = ()
        self._plan: DealPlan | None = None
        self._done: int | None = None

    def compose_body(self) -> ComposeResult:
        """The people, and what it is about."""
        with Container(id="deal-body"):
            with Vertical(id="deal-box", classes="pane -owner"):
                yield WindowList(id="deal-list")
            yield CustomerPane(id="deal-day")

    def on_mount(self) -> None:
        """Make the first dry run."""
        super().on_mount()
        self.listing.start()

    # -- what is shown ----------------------------------------------------------------------

    @property
    def listing(self) -> WindowList:
        """The people."""
        return self.query_one("#deal-list", WindowList)

    @property
    def marked(self) -> DealHand | None:
        """The marked one."""
        if not self._hands:
            return None
        marked_id = self.listing.marked_id
        return next((one for one in self._shown() if one.operator_id == marked_id), None)

    def _shown(self) -> tuple[DealHand, ...]:
        """Everybody who could take part, with what they would get by the present wish."""
        plan = self._plan
        planned = {one.operator_id: one for one in plan.hands} if plan is not None else {}
        return tuple(
            planned.get(one.operator_id, replace(one, gets=0, keeps=0, whys={}))
            for one in self._hands
        )

    def relabel(self) -> None:
        """Say everything again."""
        super().relabel()
        self.query_one("#deal-day", CustomerPane).name_it(self.t("deal.pane"))
        self.query_one("#deal-box").border_title = f"▸ {self._title()}"
        self.listing.show_columns(
            (
                Column(self.t("deal.head.in"), 4),
                Column(self.t("deal.head.who"), 10, stretch=1),
                Column(self.t("deal.head.state"), 12),
                Column(self.t("deal.head.weight"), 6, right=True),
                Column(self.t("deal.head.gets"), 6, right=True),
                Column(self.t("deal.head.keeps"), 6, right=True),
                Column(self.t("deal.head.why"), 16, stretch=2, need=72),
            )
        )
        self.listing.say_empty(self.t("error.deal_nobody.title"))
        for one in self._shown():
            self.listing.replace_row(self._row(one))
        self._show_pane()

    def _title(self) -> str:
        parts = [self.t("deal.title"), self.t(f"deal.mode.{self._mode}")]
        if self._campaign is not None:
            parts.append(self._campaign_name(self._campaign))
        if self._band is not None:
            parts.append(self.t("deal.band", band=self._band))
        parts.append(self.t("deal.pool" if self._pool else "deal.all"))
        return " · ".join(parts)

    def _campaign_name(self, code: str) -> str:
        return self.database.rulebook.campaigns[code].name.of(self.shell.language)

    def _row(self, one: DealHand) -> Row:
        out = one.operator_id in self._out
        whys = ", ".join(f"{self.t(f'deal.why.{why}')} {n}" for why, n in one.whys.items())
        return Row(
            one.operator_id,
            (
                Cell("[ ]" if out else "[x]"),
                Cell(one.name),
                Cell(self.t(f"roster.here.{one.state}"), _TONES.get(one.state, "")),
                Cell(f"{one.weight}%", "muted"),
                Cell(str(one.gets)),
                Cell(str(one.keeps), "muted"),
                Cell(whys, "muted"),
            ),
            muted=out,
        )

    def _show_pane(self) -> None:
        pane = self.query_one("#deal-day", CustomerPane)
        plan, marked = self._plan, self.marked
        if plan is None:
            pane.show(CardView("", ()))
            return
        run = plan.run
        facts = [CardLine(self.t("deal.dry", n=len(run.planned)), style="bold")]
        for said, n in run.reasons:
            facts.append(CardLine(self.t("deal.stays", why=self.spoken(said), n=n), sign="·"))
        if run.beyond:
            told = self.t("deal.beyond", n=run.beyond)
            facts.append(CardLine(told, sign="!", style="$text-warning"))
        own = [one for one in run.planned if marked and one.to == marked.operator_id]
        lines = [CardLine(self._work_text(plan, one), sign="→") for one in own[:_SAMPLE]]
        if len(own) > _SAMPLE:
            lines.append(CardLine(self.t("deal.further", n=len(own) - _SAMPLE)))
        heading = "" if marked is None else self.t("deal.gets", name=marked.name, n=len(own))
        pane.show(CardView("", (CardSection("", tuple(facts)), CardSection(heading, tuple(lines)))))

    def _work_text(self, plan: DealPlan, one: Planned) -> str:
        kind = one.campaign_zh if self.shell.language == "zh" else one.campaign_en
        parts = [
            clip(one.name, 14),
            self.clock(one.due_at),
            clip(kind, 20),
            self.t(f"deal.why.{plan.whys[one.callback_id]}"),
        ]
        if one.whose:
            parts.append(self.t("deal.so_far", name=clip(one.whose, 12)))
        return " · ".join(parts)

    def why_not(self, action: Action) -> Said | None:
        """What can't be done now, and why."""
        if action.id in ("deal.go", "deal.weight", "deal.undo") and self.shell.seat.looking:
            return Said("desk.only_looking")
        if action.id == "deal.go" and (self._plan is None or not self._plan.run.planned):
            return Said("deal.nothing")
        if action.id in ("deal.weight", "deal.leave_out") and self.marked is None:
            return Said("roster.none_marked")
        if action.id == "deal.undo" and self._done is None:
            return Said("deal.nothing_done")
        return None

    # -- reading ----------------------------------------------------------------------------

    @on(WindowList.Wanted)
    def _wanted(self, event: WindowList.Wanted) -> None:
        self.read(event.request, self._mode, frozenset(self._out))

    @database_work("deal.read", quiet=True)
    def read(self, request: Request, mode: DealMode, out: frozenset[int]) -> Message:
        """Make a dry run."""
        from db.deal_out import DealWish, plan_deal  # noqa: PLC0415 - connected long since

        wish = DealWish(mode, self._campaign, self._band, self._pool)
        try:
            whole = plan_deal(self.database, self.actor, wish)
        except InputError as error:
            if error.code != "deal_nobody":
                raise
            return DealRead(request, (), None)
        among = tuple(one.operator_id for one in whole.hands if one.operator_id not in out)
        return DealRead(request, whole.hands, self._narrowed(whole, wish, among))

    def _narrowed(self, whole: DealPlan, wish: DealWish, among: tuple[int, ...]) -> DealPlan | None:
        """The dry run without those who are left out; none where nobody is left in."""
        from db.deal_out import plan_deal  # noqa: PLC0415 - connected long since

        if len(among) == len(whole.hands):
            return whole
        return plan_deal(self.database, self.actor, replace(wish, among=among)) if among else None

    @on(DealRead)
    def _read(self, event: DealRead) -> None:
        self._hands, self._plan = event.hands, event.plan
        rows = [self._row(one) for one in self._shown()]
        self.listing.receive(event.request, rows, more_before=False, more_after=False)
        self.relabel()
        self.refresh_keys()

    @on(WindowList.Marked)
    def _marked_moved(self) -> None:
        self._show_pane()
        self.refresh_keys()

    def do_refresh(self) -> None:
        """Make the dry run again."""
        self.listing.again()

    def do_back(self) -> None:
        """Back to where one came from."""
        self.dismiss(None)

    # -- what is asked for ------------------------------------------------------------------

    def do_mode(self) -> None:
        """Deal out by the next mode."""
        self._mode = _MODES[(_MODES.index(self._mode) + 1) % len(_MODES)]
        self.listing.again()

    def do_what(self) -> None:
        """Everything of today, or only what is nobody's."""
        self._pool = not self._pool
        self.listing.again()

    def do_campaign(self) -> None:
        """Only one kind of callback, among those of which there are most."""
        plan = self._plan
        if plan is None:
            return
        campaigns = self.database.rulebook.campaigns
        names = Counter(one.campaign_zh for one in plan.run.planned)
        by_name = {one.name.zh: one.code for one in campaigns}
        codes = [by_name[name] for name, _ in names.most_common(MOST - 1) if name in by_name]

        def chosen(place: int | None) -> None:
            if place is not None:
                self._campaign = codes[place - 1] if place else None
                self.listing.again()

        options: list[Said | str] = [Said("deal.all_kinds"), *map(self._campaign_name, codes)]
        self.app.push_screen(Choice(Said("deal.ask_campaign"), options), chosen)

    def do_band(self) -> None:
        """Only one band."""

        def typed(text: str | None) -> None:
            if text is None:
                return
            if text and not (text.isdecimal() and len(text) == 1):
                self.say("deal.band_bad", text=text[:10])
                return
            self._band = int(text) if text else None
            self.listing.again()

        value = "" if self._band is None else str(self._band)
        asked = Prompt(
            Said("deal.ask_band"), Said("deal.band_hint"), value=value, limit=1, may_be_empty=True
        )
        self.app.push_screen(asked, typed)

    @on(WindowList.Chosen, "#deal-list")
    async def _chosen(self) -> None:
        await self.shell.carry_out("deal.leave_out")

    def do_leave_out(self) -> None:
        """Leave the marked one out, or take them in again."""
        if self.marked is not None:
            self._out ^= {self.marked.operator_id}
            self.listing.again()

    def do_weight(self) -> None:
        """Type the marked one's share."""
        one = self.marked
        if one is None:
            return

        def typed(text: str | None) -> None:
            if text is None:
                return
            if not text.isdecimal() or int(text) > MOST_WEIGHT:
                self.say("error.deal_weight_bad.title", weight=text[:10], most=MOST_WEIGHT)
                return
            self.set_weight(one.login, int(text))

        title = Said("deal.ask_weight", {"name": one.name})
        asked = Prompt(title, Said("deal.weight_hint"), value=str(one.weight), limit=3)
        self.app.push_screen(asked, typed)

    @database_work("deal.weight", every=True)
    def set_weight(self, who: str, weight: int) -> Message:
        """Write a share."""
        from db.deal_out import set_weight  # noqa: PLC0415 - connected long since

        set_weight(self.database, self.actor, who, weight)
        return WeightSet()

    @on(WeightSet)
    def _weight_set(self) -> None:
        self.listing.again()

    # -- doing it ---------------------------------------------------------------------------

    def do_go(self) -> None:
        """Do what the dry run shows, once it is confirmed."""
        plan = self._plan
        if plan is None or not plan.run.planned:
            return

        def answered(yes: bool | None) -> None:
            if yes:
                self.carry_out(plan, uuid4().hex)

        n, people = len(plan.run.planned), sum(1 for one in plan.hands if one.gets)
        asked = Confirm(Said("deal.confirm", {"n": n, "people": people}), Said("deal.detail"))
        self.app.push_screen(asked, answered)

    @database_work("deal.go", every=True)
    def carry_out(self, plan: DealPlan, uuid: str) -> Message:
        """Deal out."""
        from db.deal_out import carry_deal_out  # noqa: PLC0415 - connected long since

        return Dealt(carry_deal_out(self.database, self.actor, plan, uuid))

    @on(Dealt)
    def _dealt(self, event: Dealt) -> None:
        done = event.done
        self._done = done.action_id
        key = self.shell.registry["deal.undo"].shown_keys()[0]
        if done.left:
            why = self.spoken(done.left[0].why)
            self.say("deal.told_left", n=done.moved, left=len(done.left), why=why, key=key)
        else:
            self.say("deal.told", n=done.moved, key=key)
        self.listing.again()

    def do_undo(self) -> None:
        """Take the last deal-out of this screen back."""
        if self._done is not None:
            self.take_back(self._done, uuid4().hex)

    @database_work("deal.undo", every=True)
    def take_back(self, action_id: int, uuid: str) -> Message:
        """Undo what nobody has touched."""
        from db.lead_undo import undo_action  # noqa: PLC0415 - connected long since

        return TakenBack(undo_action(self.database, self.actor, action_id, uuid))

    @on(TakenBack)
    def _taken_back(self, event: TakenBack) -> None:
        self._done = None
        self.say("deal.undone", n=event.undone.restored, left=len(event.undone.left))
        self.listing.again()

    def takes_failure(self, work: str, error: BaseException) -> bool:
        """What is refused is said in a line."""
        if work.startswith("deal.") and isinstance(error, InputError | RefusedError):
            self.say(error.title_key, **error.params)
            return True
        return False
