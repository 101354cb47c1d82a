"""The calendar of care: what the plans will make in the next days, and what can be done."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message

from domain.bilingual import Bilingual
from domain.permissions import allowed
from domain.said import Said
from screens.actions import Action, bindings
from screens.frame import FramedScreen
from screens.prompt import Confirm
from screens.work import database_work
from widgets.customer_card import CardLine, CardSection, CardView, CustomerPane
from widgets.list_rows import Cell, Column, Row
from widgets.window_list import Request, WindowList

if TYPE_CHECKING:
    from db.care_run import CareRun, DayLoad
    from db.care_settings import CareSettings
    from domain.care.plan import CarePlans

DAYS: Final = 30
"""How far the calendar looks ahead."""
_MAKES: Final = frozenset({"care.make", "care.level"})


class CalendarRead(Message):
    """What the plans will make."""

    def __init__(
        self, request: Request, found: CareRun, plans: CarePlans, settings: CareSettings
    ) -> None:
        super().__init__()
        self.request = request
        self.found = found
        self.plans = plans
        self.settings = settings


class CareMade(Message):
    """Today's callbacks were made."""

    def __init__(self, found: CareRun) -> None:
        super().__init__()
        self.found = found


class CareScreen(FramedScreen[None]):
    """The days to come with their load, and what the marked one holds."""

    SCOPE = "care"
    BINDINGS: ClassVar[list[BindingType]] = bindings("care")
    CSS_PATH = "care.tcss"
    AUTO_FOCUS = "#care-list"

    def __init__(self) -> None:
        super().__init__()
        self._found: CareRun | None = None
        self._plans: CarePlans | None = None
        self._settings: CareSettings | None = None
        self._loads: dict[int, DayLoad] = {}

    def compose_body(self) -> ComposeResult:
        """Days at the left, the marked one at the right."""
        with Horizontal(id="care-body"):
            with Vertical(id="care-days", classes="pane -owner"):
                yield WindowList(id="care-list")
            yield CustomerPane(id="care-day")

    def on_mount(self) -> None:
        """Ask the plans."""
        super().on_mount()
        self.listing.start()

    # -- what is shown ----------------------------------------------------------------------

    @property
    def listing(self) -> WindowList:
        """The list of days."""
        return self.query_one("#care-list", WindowList)

    def relabel(self) -> None:
        """Say everything again."""
        super().relabel()
        self.query_one("#care-days").border_title = f"▸ {self.t('care.title', count=DAYS)}"
        self.query_one("#care-day", CustomerPane).name_it(self.t("care.day"))
        self.listing.show_columns(
            (
                Column(self.t("care.head.day"), 9, stretch=1),
                Column(self.t("care.head.waiting"), 7, right=True),
                Column(self.t("care.head.calls"), 7, right=True),
                Column(self.t("care.head.capacity"), 6, right=True),
                Column(self.t("care.head.levelled"), 8, right=True),
            )
        )
        self.listing.say_empty(self.t("care.planning"))
        for one in self._loads.values():
            self.listing.replace_row(self._row(one))
        self._show_marked()

    def _row(self, one: DayLoad) -> Row:
        return Row(
            one.day.toordinal(),
            (
                Cell(self._day(one.day)),
                Cell(str(one.waiting), "muted"),
                Cell(_marked(one.planned, over=one.over), "urgent" if one.over else ""),
                Cell("–" if one.capacity is None else str(one.capacity), "muted"),
                Cell(
                    _marked(one.levelled, over=one.over_levelled),
                    "urgent" if one.over_levelled else "",
                ),
            ),
        )

    def _day(self, day: date) -> str:
        return f"{day:%m-%d} {self.t(f'care.weekday.{day.isoweekday()}')}"

    def _campaign_name(self, code: str) -> str:
        return self.database.rulebook.campaigns[code].name.of(self.shell.language)

    def _show_marked(self) -> None:
        pane = self.query_one("#care-day", CustomerPane)
        found, marked_id = self._found, self.listing.marked_id
        if found is None or marked_id not in self._loads:
            pane.show(CardView("", ()))
            return
        one = self._loads[marked_id]
        wanted = found.days.get(one.day, {})
        levelled = found.levelled.get(one.day, {})
        lines = [
            CardLine(f"{_count(wanted, levelled, code)}  {self._campaign_name(code)}")
            for code in sorted({*wanted, *levelled}, key=self._campaign_name)
        ]
        sections = [CardSection(self.t("care.head.campaigns"), tuple(lines))] if lines else []
        own = self._own_days(one.day)
        if own:
            sections.append(CardSection(self.t("care.own_days"), tuple(own)))
        if self._settings is not None:
            said = self._settings.said()
            lines = [CardLine(self.spoken(one)) for one in said]
            sections.append(CardSection(self.t("care.by_itself"), tuple(lines)))
        sections.append(CardSection(self.t("care.all_days"), tuple(self._about_all(found))))
        pane.show(CardView(self._day(one.day), tuple(sections)))

    def _own_days(self, day: date) -> list[CardLine]:
        """What the shop itself has on a day: owners' days, seasons, makers' surveys."""
        if self._plans is None:
            return []
        language = self.shell.language
        return [
            CardLine(self.t(key, name=name.of(language))) for key, name in days_of(self._plans, day)
        ]

    def _about_all(self, found: CareRun) -> list[CardLine]:
        """What holds for the whole span: what is made, what can be done, what is left out."""
        lines = [self.t("care.would_make", n=found.made)]
        room = found.capacity
        if room is not None and room.per_operator is None:
            lines.append(self.t("care.capacity_not_known"))
        elif room is not None:
            calls = room.per_operator
            lines.append(self.t("care.capacity_measured", calls=calls, n=room.measured_days))
        if found.moved:
            lines.append(self.t("care.moved", n=found.moved))
        language = self.shell.language
        from content.care_words import parts  # noqa: PLC0415 - loaded with the plans

        if found.merged:
            merged = parts(
                language, {self._campaign_name(code): n for code, n in found.merged.items()}
            )
            lines.append(self.t("care.merged", n=sum(found.merged.values()), parts=merged))
        if found.suppressed:
            rules = {self.t(f"care.suppressed.{by}"): n for by, n in found.suppressed.items()}
            said = parts(language, rules)
            lines.append(self.t("care.suppressed", n=sum(found.suppressed.values()), parts=said))
        if found.suppressed.get("seller_unknown"):
            lines.append(self.t("care.seller_hint"))
        return [CardLine(line) for line in lines]

    def why_not(self, action: Action) -> Said | None:
        """What can't be done now, and why."""
        if action.id in _MAKES:
            if not allowed(self.actor.role, "care.run"):
                return Said("care.leads_only")
            if self.shell.seat.looking:
                return Said("desk.only_looking")
            if self.requests.busy("care.make") or self._found is None:
                return Said("care.planning")
        return None

    # -- reading ----------------------------------------------------------------------------

    @on(WindowList.Wanted, "#care-list")
    def _wanted(self, event: WindowList.Wanted) -> None:
        self.read(event.request)

    @database_work("care.read")
    def read(self, request: Request) -> Message:
        """Ask the plans what they will make."""
        from content.care_words import care_book  # noqa: PLC0415 - loaded when first asked for
        from db.care import plan_preview  # noqa: PLC0415
        from db.care_settings import care_settings  # noqa: PLC0415
        from db.rules_held import texts_in_force  # noqa: PLC0415

        settings = care_settings(self.database)
        book = care_book(settings.shop.zone, texts_in_force(self.database))
        found = plan_preview(self.database, self.actor, book, DAYS)
        return CalendarRead(request, found, book.plans, settings)

    @on(CalendarRead)
    def _read(self, event: CalendarRead) -> None:
        self._found, self._plans = event.found, event.plans
        self._settings = event.settings
        self._loads = {one.day.toordinal(): one for one in event.found.loads()}
        rows = [self._row(one) for one in self._loads.values()]
        self.listing.receive(event.request, rows, more_before=False, more_after=False)
        self.relabel()
        self.refresh_keys()

    @on(WindowList.Marked, "#care-list")
    def _marked_moved(self) -> None:
        self._show_marked()

    def do_refresh(self) -> None:
        """Ask the plans again."""
        self.listing.again()

    def do_back(self) -> None:
        """Back to the queue."""
        self.dismiss(None)

    # -- making -----------------------------------------------------------------------------

    def do_make(self) -> None:
        """Make today's callbacks, each on its day."""
        self._ask(level=False)

    def do_level(self) -> None:
        """Make today's callbacks; those that can wait go to days with room."""
        self._ask(level=True)

    def _ask(self, *, level: bool) -> None:
        def answered(yes: bool | None) -> None:
            if yes:
                self.make(level)

        today = self._found.today if self._found is not None else None
        made = sum(self._found.days.get(today, {}).values()) if self._found and today else 0
        detail = Said("care.make_levelled_detail" if level else "care.make_detail")
        self.app.push_screen(Confirm(Said("care.make_ask", {"n": made}), detail), answered)

    @database_work("care.make", every=True)
    def make(self, level: bool) -> Message:
        """Make today's callbacks."""
        from content.care_words import care_book, note_in  # noqa: PLC0415
        from db.care import run_care_plan  # noqa: PLC0415
        from db.care_settings import shop_zone  # noqa: PLC0415
        from db.rules_held import texts_in_force  # noqa: PLC0415

        zone = shop_zone(self.database)
        book = care_book(zone, texts_in_force(self.database))
        note = note_in(self.shell.language, self.database.rulebook.campaigns)
        return CareMade(run_care_plan(self.database, self.actor, book, note=note, level=level))

    @on(CareMade)
    def _made(self, event: CareMade) -> None:
        self.say("care.made", n=event.found.made)
        self.listing.again()


def days_of(plans: CarePlans, day: date) -> Iterator[tuple[str, Bilingual]]:
    """What the shop has on a day: the key of its sentence, and its name."""
    for one in plans.owners_days:
        if one.on == day:
            yield "care.own.owners_day", one.name
    for season in plans.seasons:
        if any(a <= day <= b for _, a, b in season.of_years((day.year - 1, day.year))):
            yield "care.own.season", season.name
    for calendar in plans.surveys.calendars:
        if calendar.holds(day):
            yield "care.own.blackout", calendar.name


def _marked(count: int, *, over: bool) -> str:
    return f"{count} !" if over else str(count)


def _count(wanted: Mapping[str, int], levelled: Mapping[str, int], code: str) -> str:
    """How many calls of a campaign a day holds; behind the arrow how many when levelled."""
    before, after = wanted.get(code, 0), levelled.get(code, 0)
    return str(before) if before == after else f"{before} → {after}"
