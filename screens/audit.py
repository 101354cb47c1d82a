"""The audit: who did what to whose data or work; chosen from, and handed out with a mark."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, ClassVar, Final
from zoneinfo import ZoneInfo

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message

from content.audit_words import (
    action_codes,
    action_word,
    audit_csv,
    detail_words,
    field_word,
    subject_words,
)
from content.translations import LANGUAGES, translate
from domain.bilingual import Bilingual
from domain.export_mark import ExportPurpose
from domain.said import Said
from screens.actions import Action, bindings
from screens.choice import Choice
from screens.code_finder import CodeFinder
from screens.marked_list import MarkedListScreen
from screens.sides import SIDES
from screens.work import database_work
from widgets.customer_card import CardLine, CardSection, CardView, CustomerPane
from widgets.list_rows import Cell, Column, Row
from widgets.window_list import Request, WindowList

if TYPE_CHECKING:
    from db.audit import AuditPage, AuditSieve
    from db.operators import Operator
    from domain.audit_entry import AuditEntry

SPANS: Final[tuple[int | None, ...]] = (1, 7, 30, None)
"""Days of the audit that are shown, today included; none for all of it."""
_ALL: Final = ""
_PROGRAM: Final = "-"
_ABOUT_MARKED: Final = frozenset({"audit.about", "audit.customer"})


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the list shows.

    Attributes:
        days: of so many days, today included; none for all.
        operator_id: done by this operator.
        who: their name.
        program: done by the program itself.
        action: this action only.
        person_id: about this customer.
        subject: about this subject, where it concerns no customer.
        subject_id: which of them.
        about: what people call it.
    """

    days: int | None = SPANS[1]
    operator_id: int | None = None
    who: str = ""
    program: bool = False
    action: str | None = None
    person_id: int | None = None
    subject: str | None = None
    subject_id: int | None = None
    about: str = ""


class AuditRead(Message):
    """A page of the audit, for one choice of what is listed."""

    def __init__(self, request: Request, wanted: Wanted, page: AuditPage) -> None:
        super().__init__()
        self.request = request
        self.wanted = wanted
        self.page = page


class PeopleRead(Message):
    """Who works here."""

    def __init__(self, people: tuple[Operator, ...]) -> None:
        super().__init__()
        self.people = people


class AuditSaved(Message):
    """A part of the audit lies in a file; `said` tells where."""

    def __init__(self, said: Said) -> None:
        super().__init__()
        self.said = said


class AuditScreen(MarkedListScreen["AuditEntry"]):
    """The list of entries, the latest first, and the marked one in full."""

    SCOPE = "audit"
    BINDINGS: ClassVar[list[BindingType]] = bindings("audit")
    CSS_PATH = "audit.tcss"
    AUTO_FOCUS = "#audit-list"
    TOPICS: ClassVar[frozenset[str]] = frozenset()
    """Nothing: what one reads here does not run away while one reads it."""

    def __init__(self) -> None:
        super().__init__()
        self.wanted = Wanted()

    def compose_body(self) -> ComposeResult:
        """List at the left, the marked entry at the right."""
        with Horizontal(id="audit-body"):
            with Vertical(id="audit-box", classes="pane -owner"):
                yield WindowList(id="audit-list")
            yield CustomerPane(id="audit-side")

    # -- what is shown ----------------------------------------------------------------------

    def title_words(self) -> str:
        """Which entries are listed."""
        wanted = self.wanted
        span = self.t("audit.span.all")
        if wanted.days is not None:
            span = self.t("audit.span.days", n=wanted.days)
        parts = [span]
        if wanted.program or wanted.who:
            parts.append(wanted.who or self.t("audit.by_program"))
        if wanted.action is not None:
            parts.append(action_word(self.shell.language, wanted.action))
        if wanted.about:
            parts.append(wanted.about)
        return self.t("audit.title", what=" · ".join(parts))

    def pane_words(self) -> str:
        """The marked entry."""
        return self.t("audit.entry")

    def nothing(self) -> str:
        """No entry."""
        return self.t("audit.none")

    def columns(self) -> tuple[Column, ...]:
        """When, who, what, and to whom."""
        return (
            Column(self.t("audit.head.at"), 11),
            Column(self.t("audit.head.who"), 6, stretch=1),
            Column(self.t("audit.head.action"), 14, stretch=2),
            Column(self.t("audit.head.subject"), 6, stretch=2),
        )

    def row(self, one: AuditEntry) -> Row:
        """An entry."""
        local = one.at.astimezone(ZoneInfo(self.shell.my_zone))
        return Row(
            one.id,
            (
                Cell(f"{local:%m-%d %H:%M}", "muted"),
                Cell(one.operator or self.t("audit.by_program")),
                Cell(action_word(self.shell.language, one.action)),
                Cell(one.name or subject_words(self.shell.language, one), "muted"),
            ),
        )

    def drawn(self, one: AuditEntry) -> CardView:
        """An entry with its fields and details."""
        language = self.shell.language
        local = one.at.astimezone(ZoneInfo(self.shell.my_zone))
        who = one.operator or self.t("audit.by_program")
        if one.seat_id is not None:
            who = self.t("audit.at_seat", who=who, seat=one.seat_id)
        lines = [
            CardLine(f"{local:%Y-%m-%d %H:%M:%S}", sign="·"),
            CardLine(who, sign="·"),
            CardLine(subject_words(language, one), sign="·"),
        ]
        sections = [CardSection("", tuple(lines))]
        if one.fields:
            fields = tuple(CardLine(field_word(language, name), sign="✎") for name in one.fields)
            sections.append(CardSection(self.t("audit.fields"), fields))
        details = tuple(CardLine(told, sign="·") for told in detail_words(language, one))
        if details:
            sections.append(CardSection(self.t("audit.details"), details))
        number = CardLine(self.t("audit.number", number=one.id), style="$muted")
        return CardView(action_word(language, one.action), (*sections, CardSection("", (number,))))

    def why_not(self, action: Action) -> Said | None:
        """What can't be done now, and why."""
        if action.id not in _ABOUT_MARKED:
            return None
        if self.marked is None and not (action.id == "audit.about" and self.wanted.about):
            return Said("audit.none_marked")
        if action.id == "audit.customer" and self.marked and self.marked.person_id is None:
            return Said("audit.no_customer")
        return None

    # -- reading ----------------------------------------------------------------------------

    def sieve(self) -> AuditSieve:
        """What is listed, as the database is asked for it."""
        from db.audit import AuditSieve  # noqa: PLC0415 - connected long since

        wanted, since = self.wanted, None
        if wanted.days is not None:
            local = self.shell.now().astimezone(ZoneInfo(self.shell.my_zone))
            first = local.date() - timedelta(days=wanted.days - 1)
            since = datetime(first.year, first.month, first.day, tzinfo=local.tzinfo)
        return AuditSieve(
            since=None if since is None else since.astimezone(UTC),
            operator_id=wanted.operator_id,
            program=wanted.program,
            action=wanted.action,
            subject=wanted.subject,
            subject_id=wanted.subject_id,
            person_id=wanted.person_id,
        )

    def want(self, request: Request) -> None:
        """Read the page."""
        self.read(request, self.wanted, self.sieve())

    @database_work("audit.read", quiet=True)
    def read(self, request: Request, wanted: Wanted, sieve: AuditSieve) -> Message:
        """Read the page that the list wants."""
        from db.audit import list_audit  # noqa: PLC0415

        page = list_audit(
            self.database,
            self.actor,
            sieve,
            side=SIDES[request.direction],
            anchor=request.anchor,
            limit=request.limit,
        )
        return AuditRead(request, wanted, page)

    @on(AuditRead)
    def _read(self, event: AuditRead) -> None:
        if event.wanted == self.wanted:
            page = event.page
            self.receive(
                event.request, page.rows, more_before=page.more_before, more_after=page.more_after
            )

    # -- choosing ---------------------------------------------------------------------------

    def _show(self, wanted: Wanted) -> None:
        self.wanted, self.found = wanted, {}
        self.listing.start()
        self.relabel()
        self.refresh_keys()

    def do_when(self) -> None:
        """Show today, seven days, thirty days and all of it in turn."""
        place = SPANS.index(self.wanted.days)
        self._show(replace(self.wanted, days=SPANS[(place + 1) % len(SPANS)]))

    def do_what(self) -> None:
        """Ask for an action."""
        words = {
            code: Bilingual(*(action_word(one, code) for one in LANGUAGES))
            for code in action_codes()
        }
        names = {_ALL: _both("audit.every_action"), **words}

        def chosen(code: str | None) -> None:
            if code is not None:
                self._show(replace(self.wanted, action=code or None))

        present = self.wanted.action or _ALL
        self.app.push_screen(CodeFinder(Said("audit.which_action"), names, present), chosen)

    def do_who(self) -> None:
        """Ask for an operator."""
        if not self.requests.busy("audit.people"):
            self.read_people()

    @database_work("audit.people")
    def read_people(self) -> Message:
        """Read who works here."""
        from db.operators import list_all  # noqa: PLC0415

        return PeopleRead(list_all(self.database))

    @on(PeopleRead)
    def _people_came(self, event: PeopleRead) -> None:
        people = {str(one.id): one.name for one in event.people}
        names = {
            _ALL: _both("audit.everybody"),
            _PROGRAM: _both("audit.by_program"),
            **{code: Bilingual(name, name) for code, name in people.items()},
        }

        def chosen(code: str | None) -> None:
            if code is None:
                return
            operator_id = int(code) if code in people else None
            self._show(
                replace(
                    self.wanted,
                    operator_id=operator_id,
                    who=people.get(code, ""),
                    program=code == _PROGRAM,
                )
            )

        present = _PROGRAM if self.wanted.program else str(self.wanted.operator_id or _ALL)
        self.app.push_screen(CodeFinder(Said("audit.which_operator"), names, present), chosen)

    def do_about(self) -> None:
        """Show only what concerns the marked customer or subject; once more shows all again."""
        one = self.marked
        plain = replace(self.wanted, about="", person_id=None, subject=None, subject_id=None)
        if self.wanted.about or one is None:
            self._show(plain)
            return
        told = subject_words(self.shell.language, one)
        if one.person_id is not None:
            self._show(replace(plain, person_id=one.person_id, about=one.name or told))
        else:
            found = replace(plain, subject=one.subject, subject_id=one.subject_id)
            self._show(replace(found, about=told))

    def do_customer(self) -> None:
        """Open the record of the customer whom the marked entry concerns."""
        if self.marked is not None and self.marked.person_id is not None:
            self.shell.show_customer(self.marked.person_id)

    @on(WindowList.Chosen, "#audit-list")
    async def _chosen(self) -> None:
        await self.shell.carry_out("audit.customer")

    # -- handing out ------------------------------------------------------------------------

    def do_export(self) -> None:
        """Ask what for, and write what is listed into a file."""
        purposes = (ExportPurpose.CHECK, ExportPurpose.AUTHORITY, ExportPurpose.ANALYSIS)

        def chosen(place: int | None) -> None:
            if place is not None and not self.requests.busy("audit.export"):
                self.export(self.sieve(), purposes[place])

        options = [Said(f"audit.value.purpose.{one}") for one in purposes]
        detail = Said("audit.export_detail")
        self.app.push_screen(Choice(Said("audit.export_title"), options, detail), chosen)

    @database_work("audit.export", every=True)
    def export(self, sieve: AuditSieve, purpose: ExportPurpose) -> Message:
        """Write the entries into a file that only its owner may read."""
        from content.paper import save  # noqa: PLC0415 - when first asked for
        from db.audit import export_audit  # noqa: PLC0415

        taken = export_audit(self.database, self.actor, sieve, purpose)
        text = audit_csv(taken.rows, taken.mark)
        path = save(text, self.shell.papers(), f"audit-{taken.mark.number}", "csv")
        key = "audit.exported_cut" if taken.cut else "audit.exported"
        given = {"n": len(taken.rows), "number": taken.mark.number, "path": str(path)}
        return AuditSaved(Said(key, given))

    @on(AuditSaved)
    def _saved(self, event: AuditSaved) -> None:
        self.app.copy_to_clipboard(str(event.said.params["path"]))
        self.say_said(event.said)
        self.do_refresh()


def _both(key: str) -> Bilingual:
    return Bilingual(*(translate(language, key) for language in LANGUAGES))
