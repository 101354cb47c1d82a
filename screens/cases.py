"""The cases: whose they are, how their limits stand, what comes next; grumbles apart."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message

from content.translations import translate
from domain.bilingual import Bilingual
from domain.case import LIVE, Level, Status
from domain.permissions import allowed
from domain.said import Said
from screens.actions import Action, bindings
from screens.case_drawer import number_of
from screens.case_sieve import VIEWS, Book, Sieve
from screens.case_words import PHASE_TONES, CaseWords
from screens.choice import Choice
from screens.code_finder import CodeFinder
from screens.feed import TopicsMoved
from screens.frame import FramedScreen
from screens.prompt import Prompt
from screens.work import database_work
from widgets.customer_card import CardLine, CardSection, CardView, CustomerPane
from widgets.list_rows import Cell, Column, Row
from widgets.window_list import Direction, Request, WindowList

if TYPE_CHECKING:
    from db.case_list import CaseFilter, CasePage, CasePlace, CaseRow

_WEIGHTS: Final = {"cases": ("complaint", "appeal"), "grumbles": ("grumble",)}
_ANY: Final = ""
_LAST: Final = datetime(9999, 1, 1, tzinfo=UTC)
_ABOUT_MARKED: Final = frozenset({"cases.open", "cases.customer"})


class CasesRead(Message):
    """A page of cases."""

    def __init__(self, request: Request, sieve: Sieve, page: CasePage, waiting: int) -> None:
        super().__init__()
        self.request = request
        self.sieve = sieve
        self.page = page
        self.waiting = waiting


class CasesScreen(FramedScreen[None]):
    """The list, and what the marked case is about."""

    SCOPE = "cases"
    BINDINGS: ClassVar[list[BindingType]] = bindings("cases")
    CSS_PATH = "cases.tcss"
    AUTO_FOCUS = "#cases-list"

    def __init__(self) -> None:
        super().__init__()
        self._cases: dict[int, CaseRow] = {}
        self._waiting = 0

    def compose_body(self) -> ComposeResult:
        """List, and the marked case beside or beneath it."""
        with Horizontal(id="cases-body"):
            with Vertical(id="cases-box", classes="pane -owner"):
                yield WindowList(id="cases-list")
            yield CustomerPane(id="cases-marked")

    def on_mount(self) -> None:
        """Read the list."""
        super().on_mount()
        self.listing.start()

    # -- what is shown ----------------------------------------------------------------------

    @property
    def sieve(self) -> Sieve:
        """What the list shows."""
        return self.shell.sieve

    @property
    def listing(self) -> WindowList:
        """The list of cases."""
        return self.query_one("#cases-list", WindowList)

    @property
    def marked(self) -> CaseRow | None:
        """The case under the mark."""
        marked_id = self.listing.marked_id
        return None if marked_id is None else self._cases.get(marked_id)

    @property
    def words(self) -> CaseWords:
        """What names the codes in the present language."""
        shell = self.shell
        return CaseWords(self.t, shell.language, shell.my_zone, shell.now(), self.database.rulebook)

    def relabel(self) -> None:
        """Say everything again."""
        super().relabel()
        self.query_one("#cases-box").border_title = f"▸ {self._title()}"
        self.query_one("#cases-marked", CustomerPane).name_it(self.t("cases.marked"))
        self.listing.show_columns(
            (
                Column(self.t("cases.head.number"), 4, right=True),
                Column(self.t("cases.head.state"), 10),
                Column(self.t("cases.head.level"), 12),
                Column(self.t("cases.head.customer"), 10, stretch=1),
                Column(self.t("cases.head.about"), 10, stretch=1, need=96),
                Column(self.t("cases.head.owner"), 7, need=60),
                Column(self.t("cases.head.next"), 14, stretch=3),
                Column(self.t("cases.head.theirs"), 11, need=96),
            )
        )
        self.listing.say_empty(self.t(f"cases.none.{self.sieve.book}"))
        words = self.words
        for one in self._cases.values():
            self.listing.replace_row(self._row(one, words))
        self._show_marked()

    def _title(self) -> str:
        sieve, words = self.sieve, self.words
        parts = [self.t(f"cases.book.{sieve.book}"), self.t(f"cases.view.{sieve.view}")]
        shown: dict[str, Callable[[str], str]] = {
            "weight": words.weight,
            "level": words.level,
            "category": words.category,
            "department": words.department,
            "status": words.status,
            "text": "“{}”".format,
        }
        parts += [shown[name](getattr(sieve, name)) for name in sieve.narrowed]
        return f"{' · '.join(parts)}  {self._waiting}"

    def _row(self, one: CaseRow, words: CaseWords) -> Row:
        phase = phase_of(one)
        about = words.category(one.category) or one.description
        coming = "" if one.next is None else words.next_action(one.next)
        by = "" if one.next is None else words.brief(one.next.by)
        theirs = "" if one.next is None else words.theirs(one.next.by, one.zone)
        tone = "urgent" if one.next is not None and one.next.overdue else ""
        return Row(
            one.id,
            (
                Cell(str(one.id)),
                Cell(words.phase(phase) if phase else "", PHASE_TONES.get(phase, "")),
                Cell(words.level(one.level), "warm" if one.level == Level.REGULATOR else ""),
                Cell(one.name),
                Cell(about, "muted"),
                Cell(one.owner or ""),
                Cell(f"{by} {coming}" if coming else words.status(one.status), tone),
                Cell(theirs, "muted"),
            ),
        )

    def _show_marked(self) -> None:
        pane = self.query_one("#cases-marked", CustomerPane)
        one = self.marked
        if one is None:
            pane.show(CardView("", ()))
            return
        words = self.words
        phase = phase_of(one)
        owner = one.owner or self.t("case.nobody")
        if one.handover_to is not None:
            owner = self.t("case.asked", owner=owner, asked=one.handover_to)
        about = (
            words.category(one.category),
            words.cause(one.cause),
            words.customer_class(one.customer_class),
            words.department(one.department),
            words.status(one.status),
        )
        lines = [CardLine(one.description, sign="“")]
        if one.next is not None:
            coming = f"{words.next_action(one.next)} · {words.both(one.next.by, one.zone)}"
            style = "bold $text-error" if one.next.overdue else "bold"
            lines.append(CardLine(coming, self.t("case.next"), style=style))
        facts = (
            ("cases.fact.due", "" if one.due_at is None else words.both(one.due_at, one.zone)),
            ("cases.fact.owner", owner),
            ("cases.fact.about", " · ".join(part for part in about if part)),
            ("cases.fact.received", words.both(one.received_at, one.zone)),
        )
        lines += [CardLine(value, self.t(key)) for key, value in facts if value]
        parts = (
            number_of(one.id, one.number),
            one.name,
            words.weight(one.weight),
            words.level(one.level),
            words.phase(phase) if phase else "",
        )
        title = "  ".join(part for part in parts if part)
        pane.show(CardView(title, (CardSection("", tuple(lines)),)))

    def why_not(self, action: Action) -> Said | None:
        """What can't be done now, and why."""
        if action.id in _ABOUT_MARKED and self.marked is None:
            return Said("cases.none_marked")
        if action.id == "cases.learning" and not allowed(self.actor.role, "reports.read"):
            return Said("learning.leads_only")
        if action.id == "cases.clear" and not self.sieve.narrowed:
            return Said("cases.nothing_to_clear")
        return None

    # -- reading ----------------------------------------------------------------------------

    @on(WindowList.Wanted, "#cases-list")
    def _wanted(self, event: WindowList.Wanted) -> None:
        anchor = event.request.anchor
        row = None if anchor is None else self._cases.get(anchor)
        self.read(event.request, self.sieve, None if row is None else row.place)

    @database_work("cases.read", quiet=True)
    def read(self, request: Request, sieve: Sieve, anchor: CasePlace | None) -> Message:
        """Read the page that the list wants."""
        from db.case_list import CasePlace, count_cases, list_cases  # noqa: PLC0415

        wanted = self._filter(sieve)
        newest = wanted.order == "newest"
        after = before = None
        match request.direction:
            case Direction.AFTER:
                after = anchor
            case Direction.BEFORE:
                before = anchor
            case Direction.AGAIN if anchor is not None:
                # The place right before the anchor, so that the anchor is read too.
                after = CasePlace(anchor.due_at, anchor.id + (1 if newest else -1))
            case Direction.LAST:
                before = CasePlace(_LAST, 0 if newest else 2**62)
        page = list_cases(
            self.database, self.actor, wanted, after=after, before=before, limit=request.limit
        )
        return CasesRead(request, sieve, page, count_cases(self.database, self.actor, wanted))

    def _filter(self, sieve: Sieve) -> CaseFilter:
        from db.case_list import CaseFilter  # noqa: PLC0415

        weights = (sieve.weight,) if sieve.weight else _WEIGHTS[sieve.book]
        return CaseFilter(
            which="over" if sieve.view == "over" else "live",
            order="newest" if sieve.view == "over" else "next",
            weights=frozenset(weights),
            levels=frozenset([sieve.level] if sieve.level else []),
            statuses=frozenset([sieve.status] if sieve.status else []),
            category=sieve.category or None,
            department=sieve.department or None,
            owner_id=self.actor.operator_id if sieve.view == "mine" else None,
            overdue=sieve.view == "overdue",
            warned=sieve.view == "warned",
            text=sieve.text or None,
        )

    @on(CasesRead)
    def _read(self, event: CasesRead) -> None:
        if event.sieve != self.sieve:
            return
        page, words = event.page, self.words
        self._cases.update({one.id: one for one in page.rows})
        self._waiting = event.waiting
        self.listing.receive(
            event.request,
            [self._row(one, words) for one in page.rows],
            more_before=page.more_before,
            more_after=page.more_after,
        )
        kept = {row.id for row in self.listing.rows}
        self._cases = {key: one for key, one in self._cases.items() if key in kept}
        self.relabel()

    @on(WindowList.Marked, "#cases-list")
    def _marked_moved(self) -> None:
        self._show_marked()
        self.refresh_keys()

    def on_topics_moved(self, event: TopicsMoved) -> None:
        """Read again what is shown."""
        if event.topics & {"cases", "queue"}:
            self.listing.again()

    # -- what is listed ---------------------------------------------------------------------

    def _sift(self, sieve: Sieve) -> None:
        self.shell.sieve = sieve
        self._cases = {}
        self.listing.start()
        self.relabel()

    def do_view(self) -> None:
        """Show mine, all, those overdue, those due soon, those that are over, in turn."""
        place = VIEWS.index(self.sieve.view)
        self._sift(replace(self.sieve, view=VIEWS[(place + 1) % len(VIEWS)], status=_ANY))

    def do_grumbles(self) -> None:
        """Show the grumbles, or the cases again."""
        book: Book = "cases" if self.sieve.book == "grumbles" else "grumbles"
        self._sift(replace(self.sieve, book=book, weight=_ANY, level=_ANY))

    def do_find(self) -> None:
        """Show those whose customer or number holds some letters."""

        def typed(text: str | None) -> None:
            if text is not None:
                self._sift(replace(self.sieve, text=text))

        hint = Said("cases.find_hint")
        prompt = Prompt(Said("cases.find"), hint, value=self.sieve.text, may_be_empty=True)
        self.app.push_screen(prompt, typed)

    def do_clear(self) -> None:
        """Show what was left out."""
        self._sift(Sieve(self.sieve.book, self.sieve.view))

    def do_filter(self) -> None:
        """Ask by what the list is narrowed, then to what."""
        fields = self._fields()

        def chosen(place: int | None) -> None:
            if place is not None:
                self._narrow(fields[place])

        options = [Said(f"cases.by.{name}") for name in fields]
        self.app.push_screen(Choice(Said("cases.filter"), options), chosen)

    def _fields(self) -> tuple[str, ...]:
        level = ("weight", "level") if self.sieve.book == "cases" else ()
        return (*level, "category", "department", "status")

    def _narrow(self, name: str) -> None:
        names: dict[str, Bilingual] = {_ANY: self._both("cases.any"), **self._names(name)}

        def found(code: str | None) -> None:
            if code is not None:
                self._sift(self.sieve.by(name, code))

        present = str(getattr(self.sieve, name))
        self.app.push_screen(CodeFinder(Said(f"cases.by.{name}"), names, present), found)

    def _names(self, name: str) -> dict[str, Bilingual]:
        rules = self.database.rulebook.cases
        over = self.sieve.view == "over"
        match name:
            case "weight":
                return {code: self._both(f"case.weight.{code}") for code in _WEIGHTS["cases"]}
            case "level":
                return {str(level): one.name for level, one in rules.levels.items()}
            case "category":
                return dict(rules.categories)
            case "department":
                return {code: one.name for code, one in rules.departments.items()}
            case _:
                codes = (Status.CLOSED, Status.WITHDRAWN) if over else LIVE
                return {str(code): self._both(f"case.status.{code}") for code in codes}

    def _both(self, key: str) -> Bilingual:
        return Bilingual(translate("zh", key), translate("en", key))

    # -- opening ----------------------------------------------------------------------------

    @on(WindowList.Chosen, "#cases-list")
    async def _chosen(self) -> None:
        await self.shell.carry_out("cases.open")

    def do_open(self) -> None:
        """Open the marked case."""
        if self.marked is not None:
            self.shell.show_case(self.marked.id)

    def do_customer(self) -> None:
        """Open the customer's record."""
        if self.marked is not None:
            self.shell.show_customer(self.marked.person_id)

    def do_learning(self) -> None:
        """Show what cases teach."""
        from screens.learning import LearningScreen  # noqa: PLC0415 - loaded when first asked for

        self.shell.push_whole(LearningScreen())

    def do_refresh(self) -> None:
        """Read the list again."""
        self.listing.again()

    def do_back(self) -> None:
        """Back to the queue."""
        self.dismiss(None)


def phase_of(one: CaseRow) -> str:
    """How the limits of a case stand: the most pressing; empty for one without."""
    if one.next is None:
        return ""
    if one.overdue:
        return "overdue"
    if one.warned and not one.paused:
        return "warned"
    if one.paused:
        return "paused"
    return "running" if one.due_at is not None else ""
