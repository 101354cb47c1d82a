"""The overrides of caps in force: who may be rung once more, why, until when; taking one back."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.message import Message

from domain.errors import DeskError
from domain.said import Said
from screens.actions import Action, bindings
from screens.marked_list import MarkedListScreen
from screens.prompt import Confirm
from screens.work import database_work
from widgets.customer_card import CardLine, CardSection, CardView, CustomerPane
from widgets.list_rows import Cell, Column, Row
from widgets.window_list import Request, WindowList

if TYPE_CHECKING:
    from db.cap_overrides import Override

_ABOUT_MARKED: Final = frozenset({"overrides.revoke", "overrides.customer"})


class OverridesRead(Message):
    """The overrides in force."""

    def __init__(self, request: Request, found: tuple[Override, ...]) -> None:
        super().__init__()
        self.request = request
        self.found = found


class OverrideRevoked(Message):
    """One was taken back."""


class OverridesScreen(MarkedListScreen["Override"]):
    """A list; below it the marked one in full."""

    SCOPE = "overrides"
    BINDINGS: ClassVar[list[BindingType]] = bindings("overrides")
    CSS_PATH = "overrides.tcss"
    AUTO_FOCUS = "#overrides-list"
    TOPICS = frozenset({"queue"})

    def compose_body(self) -> ComposeResult:
        """The list, and the marked one."""
        with Vertical(id="overrides-box", classes="pane -owner"):
            yield WindowList(id="overrides-list")
        yield CustomerPane(id="overrides-marked")

    # -- what is shown ----------------------------------------------------------------------

    def title_words(self) -> str:
        """What they are."""
        return self.t("caps.list_title")

    def pane_words(self) -> str:
        """The marked one."""
        return self.t("caps.marked_title")

    def nothing(self) -> str:
        """None is in force."""
        return self.t("caps.none")

    def columns(self) -> tuple[Column, ...]:
        """Whom it is for, which rules, who did it, until when."""
        return (
            Column(self.t("caps.head.customer"), 10, stretch=1),
            Column(self.t("caps.head.rules"), 16, stretch=2),
            Column(self.t("caps.head.name"), 8, need=60),
            Column(self.t("caps.head.until"), 14),
        )

    def row(self, one: Override) -> Row:
        """An override."""
        until = self.clock(one.until) if one.until else self.t("caps.until_attempt")
        return Row(one.id, (Cell(one.person), Cell(self._rules(one)), Cell(one.name), Cell(until)))

    def _rules(self, one: Override) -> str:
        names = {cap.code: cap.name for cap in self.database.rulebook.caps.caps}
        language = self.shell.language
        return ", ".join(names[code].of(language) if code in names else code for code in one.caps)

    def drawn(self, one: Override) -> CardView:
        """An override with its reason."""
        ends = Said("caps.told.until", {"at": one.until}) if one.until else Said("caps.told.open")
        told = (
            Said("caps.told.by", {"name": one.name, "at": one.at}),
            Said("caps.told.reason", {"reason": one.reason}),
            ends,
            Said("caps.told.callback", {"id": one.callback_id}),
        )
        lines = [CardLine(self._rules(one), style="bold")]
        lines += [CardLine(self.spoken(said), sign="·") for said in told]
        return CardView(one.person, (CardSection("", tuple(lines)),))

    def why_not(self, action: Action) -> Said | None:
        """What can't be done now, and why."""
        if action.id in _ABOUT_MARKED and self.marked is None:
            return Said("caps.none_marked")
        if action.id == "overrides.revoke" and self.shell.seat.looking:
            return Said("desk.only_looking")
        return None

    # -- reading ----------------------------------------------------------------------------

    def want(self, request: Request) -> None:
        """Read those in force."""
        self.read(request)

    @database_work("overrides.read", quiet=True)
    def read(self, request: Request) -> Message:
        """Read the overrides in force; there are few."""
        from db.cap_overrides import overrides_in_force  # noqa: PLC0415 - connected long since

        return OverridesRead(request, overrides_in_force(self.database, self.actor))

    @on(OverridesRead)
    def _read(self, event: OverridesRead) -> None:
        self.receive(event.request, event.found)

    # -- deeds ------------------------------------------------------------------------------

    def do_customer(self) -> None:
        """Open the record."""
        if self.marked is not None:
            self.shell.show_customer(self.marked.person_id)

    def do_revoke(self) -> None:
        """Take the marked one back, once that is meant."""
        one = self.marked
        if one is None:
            return

        def answered(yes: bool | None) -> None:
            if yes:
                self.revoke(one.id)

        question = Said("caps.revoke_sure", {"name": one.person})
        self.app.push_screen(Confirm(question, Said("caps.revoke_detail")), answered)

    @database_work("overrides.write", every=True)
    def revoke(self, override_id: int) -> Message:
        """Take an override back."""
        from db.cap_overrides import revoke_override  # noqa: PLC0415

        revoke_override(self.database, self.actor, override_id)
        return OverrideRevoked()

    @on(OverrideRevoked)
    def _revoked(self) -> None:
        self.say("caps.revoked")
        self.listing.again()

    def takes_failure(self, work: str, error: BaseException) -> bool:
        """What was refused: the list shows how it stands now; the shell says what happened."""
        if work == "overrides.write" and isinstance(error, DeskError):
            self.listing.again()
        return False
