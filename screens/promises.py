"""Promises: what we owe our customers, the story of one, and how many are kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.timer import Timer

from content.promise_words import promised_text, step_said
from domain.own_day import day_ends
from domain.permissions import allowed
from domain.promise import Evidence, PromiseKind
from domain.said import Said
from screens.actions import Action, bindings
from screens.choice import MOST, Choice
from screens.marked_list import MarkedListScreen
from screens.promise_lines import OWED, SIGNS, PromiseWords
from screens.promise_sieve import VIEWS, Wanted
from screens.prompt import Prompt
from screens.sides import SIDES
from screens.work import database_work
from widgets.customer_card import CardLine, CardSection, CardView, CustomerPane
from widgets.list_rows import Cell, Column, Row
from widgets.safe_text import clip
from widgets.window_list import Request, WindowList

if TYPE_CHECKING:
    from db.promise_facts import Fact
    from db.promise_ledger import PromiseFile, PromisePage, PromiseRow
    from db.promise_rates import KeptRates

_TONES: Final = {"broken": "urgent", "open": "warm", "kept": "good"}
_PERIOD: Final = timedelta(days=30)
_GLANCE: Final = 0.12
"""Seconds for which the mark rests on a promise before its story is read."""
_ABOUT_MARKED: Final = frozenset({"promises.customer", "promises.owner", "promises.done"})
_WRITES: Final = frozenset({"promises.owner", "promises.done"})


class PromisesRead(Message):
    """A page of promises, for one choice of what is listed."""

    def __init__(self, request: Request, wanted: Wanted, page: PromisePage) -> None:
        super().__init__()
        self.request = request
        self.wanted = wanted
        self.page = page


class StoryRead(Message):
    """The story of one promise."""

    def __init__(self, found: PromiseFile) -> None:
        super().__init__()
        self.found = found


class RatesRead(Message):
    """How many promises were kept, by operator and by kind of callback."""

    def __init__(self, rates: tuple[KeptRates, KeptRates]) -> None:
        super().__init__()
        self.rates = rates


class FactsRead(Message):
    """What happened that can fulfil a promise."""

    def __init__(self, promise: PromiseRow, facts: tuple[Fact, ...]) -> None:
        super().__init__()
        self.promise = promise
        self.facts = facts


class ColleaguesRead(Message):
    """To whom a promise can be given: logins and names."""

    def __init__(self, promise: PromiseRow, colleagues: tuple[tuple[str, str], ...]) -> None:
        super().__init__()
        self.promise = promise
        self.colleagues = colleagues


class PromiseChanged(Message):
    """A promise is settled, or somebody else's now."""

    def __init__(self, said: Said) -> None:
        super().__init__()
        self.said = said


class PromisesScreen(MarkedListScreen["PromiseRow"]):
    """The list of promises; beside it the marked one with its story, or the rates kept."""

    SCOPE = "promises"
    BINDINGS: ClassVar[list[BindingType]] = bindings("promises")
    CSS_PATH = "promises.tcss"
    AUTO_FOCUS = "#promises-list"
    TOPICS = frozenset({"cases", "queue"})

    def __init__(self) -> None:
        super().__init__()
        self._story: PromiseFile | None = None
        self._rates: tuple[KeptRates, KeptRates] | None = None
        self._glance: Timer | None = None

    def compose_body(self) -> ComposeResult:
        """List at the left, story and rates at the right."""
        with Horizontal(id="promises-body"):
            with Vertical(id="promises-box", classes="pane -owner"):
                yield WindowList(id="promises-list")
            with Vertical(id="promises-side"):
                yield CustomerPane(id="promises-story")
                yield CustomerPane(id="promises-rates")

    def on_mount(self) -> None:
        """Read list and rates."""
        super().on_mount()
        self.read_rates()

    # -- what is shown ----------------------------------------------------------------------

    @property
    def wanted(self) -> Wanted:
        """What the list shows."""
        return self.shell.promises_wanted

    @property
    def words(self) -> PromiseWords:
        """Says promises at this moment."""
        return PromiseWords(self.shell.language, self.shell.my_zone, self.shell.now())

    def relabel(self) -> None:
        """Say everything again."""
        super().relabel()
        self._show_rates()

    def title_words(self) -> str:
        """Which ones, and whose."""
        title = self.t(f"promise.view.{self.wanted.view}")
        whose = self.t("promise.view.mine") if self.wanted.mine else ""
        return " · ".join(part for part in (title, whose) if part)

    def pane_words(self) -> str:
        """The story of the marked one."""
        return self.t("promise.story")

    def nothing(self) -> str:
        """None of these."""
        return self.t("promise.none")

    def columns(self) -> tuple[Column, ...]:
        """How long is left, to whom, what, and who keeps it."""
        return (
            Column(self.t("promise.head.left"), 18),
            Column(self.t("promise.head.customer"), 8, stretch=1),
            Column(self.t("promise.head.what"), 12, stretch=2),
            Column(self.t("promise.head.owner"), 10, need=64),
        )

    def row(self, one: PromiseRow) -> Row:
        """A promise."""
        words, tone = self.words, _TONES.get(one.state, "")
        if one.due_at is None:
            when = self.t("promise.no_date")
        elif one.state in OWED:
            when = words.left(one.due_at)
        else:
            when = self.t(f"promise.state.{one.state}")
        what = promised_text(self.shell.language, one.kind, one.text, one.condition)
        return Row(
            one.id,
            (
                Cell(f"{SIGNS.get(one.state, '·')} {when}", tone),
                Cell(one.name),
                Cell(what),
                Cell(one.owner or self.t("promise.nobody"), "" if one.owner else "warm"),
            ),
        )

    def drawn(self, one: PromiseRow) -> CardView:
        """A promise with its story."""
        story = self._story
        zh, words = self.shell.language == "zh", self.words
        facts = [
            words.line(
                one.kind, one.text, one.condition, one.due_at, one.state, one.zone, one.owner
            )
        ]
        campaign = (one.campaign_zh if zh else one.campaign_en) or ""
        if one.due_at is not None:
            key = "promise.waits" if one.waits else "promise.waits_not"
            told = (
                self.t("promise.no_callback")
                if one.callback_id is None
                else self.t(key, id=one.callback_id, campaign=campaign)
            )
            facts.append(CardLine(told, self.t("promise.head.callback")))
        if one.complaint_id is not None:
            facts.append(CardLine(f"#{one.complaint_id}", self.t("promise.head.case")))
        steps: list[CardLine] = []
        if story is not None and story.row.id == one.id:
            for step in story.steps:
                said = self.spoken(step_said(step.kind, step.data, story.names))
                parts = [self.clock(step.at), said, step.text or "", step.by or ""]
                steps.append(CardLine(" · ".join(part for part in parts if part), sign="·"))
        return CardView(one.name, (CardSection("", tuple(facts)), CardSection("", tuple(steps))))

    def _show_rates(self) -> None:
        pane = self.query_one("#promises-rates", CustomerPane)
        pane.name_it(self.t("promise.rates"))
        if self._rates is None:
            return
        zh = self.shell.language == "zh"
        by_operator, by_campaign = self._rates
        whole = CardLine(self.spoken(by_operator.whole.said()), sign="·", style="bold")
        sections = [CardSection(self.t("promise.rates.days"), (whole,))]
        for heading, rates in (
            ("promise.rates.operators", by_operator),
            ("promise.rates.campaigns", by_campaign),
        ):
            lines = tuple(
                CardLine(
                    self.spoken(group.rate.said()),
                    (group.name_zh if zh else group.name_en) or self.t("promise.nobody"),
                )
                for group in rates.groups
            )
            sections.append(CardSection(self.t(heading), lines))
        formula = CardLine(self.t("promise.rate.formula"), style="$muted")
        pane.show(CardView("", (*sections, CardSection("", (formula,)))))

    def why_not(self, action: Action) -> Said | None:
        """What can't be done now, and why."""
        one = self.marked
        if action.id in _ABOUT_MARKED and one is None:
            return Said("promise.none_marked")
        if action.id == "promises.owner" and not allowed(self.actor.role, "promises.reassign"):
            return Said("promise.leads_only")
        if action.id in _WRITES and self.shell.seat.looking:
            return Said("desk.only_looking")
        if action.id in _WRITES and one is not None and one.state not in OWED:
            return Said("promise.settled_already")
        if action.id == "promises.done" and one is not None and one.kind == PromiseKind.CALL:
            return Said("promise.by_ringing")
        return None

    # -- reading ----------------------------------------------------------------------------

    def want(self, request: Request) -> None:
        """Read the page."""
        self.read(request, self.wanted)

    @database_work("promises.read", quiet=True)
    def read(self, request: Request, wanted: Wanted) -> Message:
        """Read the page that the list wants."""
        from db.promise_ledger import (  # noqa: PLC0415 - connected long since
            PromiseFilter,
            list_promises,
        )

        owner = self.actor.login if wanted.mine else None
        page = list_promises(
            self.database,
            self.actor,
            PromiseFilter(wanted.view, owner),
            side=SIDES[request.direction],
            anchor=request.anchor,
            limit=request.limit,
        )
        return PromisesRead(request, wanted, page)

    @on(PromisesRead)
    def _read(self, event: PromisesRead) -> None:
        if event.wanted != self.wanted:
            return
        page = event.page
        self.receive(
            event.request, page.rows, more_before=page.more_before, more_after=page.more_after
        )
        self._ask_story()

    @on(WindowList.Marked)
    def _ask_story(self) -> None:
        """Read the story once the mark rests."""
        if self._glance is not None:
            self._glance.stop()
        self._glance = self.set_timer(_GLANCE, self._tell_marked)

    def _tell_marked(self) -> None:
        if self.marked is not None:
            self.tell(self.marked.id)

    @database_work("promises.story", quiet=True)
    def tell(self, promise_id: int) -> Message:
        """Read the story of a promise."""
        from db.promise_ledger import show_promise  # noqa: PLC0415 - connected long since

        return StoryRead(show_promise(self.database, self.actor, promise_id))

    @on(StoryRead)
    def _story_came(self, event: StoryRead) -> None:
        self._story = event.found
        self.show_pane()

    @database_work("promises.rates", quiet=True)
    def read_rates(self) -> Message:
        """Read how many promises were kept in the last days, today included."""
        from db.promise_rates import kept_rates  # noqa: PLC0415 - connected long since

        until = day_ends(self.shell.now(), self.shell.my_zone)
        since = until - _PERIOD
        database, actor = self.database, self.actor
        return RatesRead(
            (
                kept_rates(database, actor, since, until, by="operator"),
                kept_rates(database, actor, since, until, by="campaign"),
            )
        )

    @on(RatesRead)
    def _rates_came(self, event: RatesRead) -> None:
        self._rates = event.rates
        self._show_rates()

    # -- looking ----------------------------------------------------------------------------

    def do_refresh(self) -> None:
        """Read list and rates again."""
        super().do_refresh()
        self.read_rates()

    def do_view(self) -> None:
        """Show the next kind of promises."""
        view = VIEWS[(VIEWS.index(self.wanted.view) + 1) % len(VIEWS)]
        self._show_other(replace(self.wanted, view=view))

    def do_mine(self) -> None:
        """Show one's own promises, or everybody's."""
        self._show_other(replace(self.wanted, mine=not self.wanted.mine))

    def _show_other(self, wanted: Wanted) -> None:
        self.shell.promises_wanted = wanted
        self.found, self._story = {}, None
        self.listing.start()
        self.relabel()

    def do_rates(self) -> None:
        """Change between the story and the rates where there is room for one only."""
        self.toggle_class("-rates")

    @on(WindowList.Chosen, "#promises-list")
    async def _chosen(self) -> None:
        await self.shell.carry_out("promises.customer")

    def do_customer(self) -> None:
        """Open the record."""
        if self.marked is not None:
            self.shell.show_customer(self.marked.person_id)

    # -- done -------------------------------------------------------------------------------

    def do_done(self) -> None:
        """Name the fact by which the marked deed was done."""
        if self.marked is not None and not self.requests.busy("promises.facts"):
            self.read_facts(self.marked)

    @database_work("promises.facts", every=True)
    def read_facts(self, promise: PromiseRow) -> Message:
        """Read what happened that can fulfil a promise."""
        from db.promise_facts import facts_for  # noqa: PLC0415 - connected long since

        found = facts_for(self.database, self.actor, promise.id, limit=MOST)
        return FactsRead(promise, found)

    @on(FactsRead)
    def _facts_came(self, event: FactsRead) -> None:
        promise, facts = event.promise, event.facts
        if not facts:
            self.say("promise.no_fact")
            return

        def chosen(place: int | None) -> None:
            if place is not None:
                self.fulfil(promise.id, facts[place].evidence)

        options = []
        for one in facts:
            named = self.t(f"promise.evidence.{one.evidence.kind}", id=one.evidence.id)
            parts = [self.clock(one.at), named, clip(one.text or "", 60)]
            options.append(" · ".join(part for part in parts if part))
        what = promised_text(self.shell.language, promise.kind, promise.text, promise.condition)
        self.app.push_screen(Choice(Said("promise.by_which", {"text": what}), options), chosen)

    @database_work("promises.write", every=True)
    def fulfil(self, promise_id: int, evidence: Evidence) -> Message:
        """Settle a promise by a fact."""
        from db.promise_deeds import fulfil  # noqa: PLC0415

        state = fulfil(self.database, self.actor, promise_id, evidence)
        return PromiseChanged(Said(f"promise.fulfilled.{state.value}", {"id": promise_id}))

    # -- whose it is ------------------------------------------------------------------------

    def do_owner(self) -> None:
        """Give the marked promise to another operator."""
        if self.marked is not None and not self.requests.busy("promises.owner"):
            self.read_colleagues(self.marked)

    @database_work("promises.owner", every=True)
    def read_colleagues(self, promise: PromiseRow) -> Message:
        """Read to whom a promise can be given."""
        from db.operators import list_all  # noqa: PLC0415 - connected long since

        return ColleaguesRead(
            promise,
            tuple(
                (one.login, one.name)
                for one in list_all(self.database)
                if one.active and one.login != promise.owner_login
            ),
        )

    @on(ColleaguesRead)
    def _colleagues_came(self, event: ColleaguesRead) -> None:
        promise, colleagues = event.promise, event.colleagues
        heading = Said("promise.to_whom", {"name": promise.name})
        if len(colleagues) > MOST:

            def typed(login: str | None) -> None:
                if login:
                    self.give(promise.id, login.strip())

            self.app.push_screen(Prompt(heading, Said("promise.to_whom.hint")), typed)
            return

        def chosen(place: int | None) -> None:
            if place is not None:
                self.give(promise.id, colleagues[place][0])

        options = [f"{name} ({login})" for login, name in colleagues]
        if options:
            self.app.push_screen(Choice(heading, options), chosen)
        else:
            self.say("promise.no_colleague")

    @database_work("promises.write", every=True)
    def give(self, promise_id: int, login: str) -> Message:
        """Give a promise to a colleague."""
        from db.promise_owner import reassign_promise  # noqa: PLC0415

        reassign_promise(self.database, self.actor, promise_id, login)
        return PromiseChanged(Said("promise.given_to", {"id": promise_id, "name": login}))

    @on(PromiseChanged)
    def _changed(self, event: PromiseChanged) -> None:
        self.say_said(event.said)
        self.listing.again()
