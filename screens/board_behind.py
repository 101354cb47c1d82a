"""What lies behind a line of the board: its callbacks, or an operator's call and queue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message

from domain.said import Said
from screens.actions import Action, bindings
from screens.board_words import lasting_text
from screens.marked_list import MarkedListScreen
from screens.work import database_work
from widgets.customer_card import CardLine, CardSection, CardView, CustomerPane
from widgets.list_rows import Cell, Column, Row
from widgets.window_list import Request, WindowList

if TYPE_CHECKING:
    from db.board_lists import BoardCallback, PresentCall, What


@dataclass(frozen=True, slots=True)
class Behind:
    """What is asked for: of which line, and its name, already spoken."""

    what: What
    which: int | Sequence[int]
    title: str


class BehindRead(Message):
    """The callbacks, and the open call where it is an operator's line."""

    def __init__(
        self, request: Request, found: tuple[BoardCallback, ...], call: PresentCall | None
    ) -> None:
        super().__init__()
        self.request = request
        self.found = found
        self.call = call


class BehindScreen(MarkedListScreen["BoardCallback"]):
    """The list of callbacks, and the marked one with an operator's present call.

    Args:
        behind: what is asked for.
    """

    SCOPE = "behind"
    BINDINGS: ClassVar[list[BindingType]] = bindings("behind")
    CSS_PATH = "board_behind.tcss"
    AUTO_FOCUS = "#behind-list"
    TOPICS = frozenset({"queue", "seats"})

    def __init__(self, behind: Behind) -> None:
        super().__init__()
        self.behind = behind
        self._call: PresentCall | None = None

    def compose_body(self) -> ComposeResult:
        """List at the left, the marked one at the right."""
        with Horizontal(id="behind-body"):
            with Vertical(id="behind-callbacks", classes="pane -owner"):
                yield WindowList(id="behind-list")
            yield CustomerPane(id="behind-marked")

    # -- what is shown ----------------------------------------------------------------------

    def title_words(self) -> str:
        """Of which line, and how many."""
        return self.t("board.behind.title", title=self.behind.title, n=len(self.found))

    def pane_words(self) -> str:
        """The operator's call, or the marked callback."""
        key = "operator" if self.behind.what == "operator" else "marked"
        return self.t(f"board.behind.{key}")

    def nothing(self) -> str:
        """Nothing is there by now."""
        return self.t("board.behind.none")

    def columns(self) -> tuple[Column, ...]:
        """When, who, why, state, whose."""
        return (
            Column(self.t("board.behind.due"), 11),
            Column(self.t("board.behind.name"), 8, stretch=2),
            Column(self.t("board.behind.kind"), 10, stretch=2, need=50),
            Column(self.t("board.behind.state"), 10, stretch=1),
            Column(self.t("board.behind.whose"), 8, stretch=1, need=64),
        )

    def row(self, one: BoardCallback) -> Row:
        """A callback."""
        sign = "◆ " if one.promised else ""
        return Row(
            one.id,
            (
                Cell(self.clock(one.due_at)),
                Cell(f"{sign}{one.name}"),
                Cell(self._kind(one), "muted"),
                Cell(self.t(f"board.callback.{one.state}")),
                Cell(one.whose),
            ),
        )

    def _kind(self, one: BoardCallback) -> str:
        return one.campaign_zh if self.shell.language == "zh" else one.campaign_en

    def show_pane(self) -> None:
        """Draw the pane; an operator's call stands there even without a callback."""
        self.pane.name_it(self.pane_words())
        sections = [*self._call_section()]
        one = self.marked
        if one is not None:
            sections.append(self._section(one))
        self.pane.show(CardView("", tuple(sections)))

    def _call_section(self) -> tuple[CardSection, ...]:
        if self.behind.what != "operator":
            return ()
        call = self._call
        if call is None:
            lines = [CardLine(self.t("board.behind.no_call"), style="$muted")]
        else:
            key = "in" if call.direction == "in" else "out"
            since = call.dialled_at or call.started_at
            lasting = lasting_text(self.t, since, max(self.shell.now(), since))
            lines = [
                CardLine(call.name, sign="●"),
                CardLine(call.number),
                CardLine(self.t(f"board.behind.call_{key}", since=since, lasting=lasting)),
            ]
            if call.talk_ended_at is not None:
                lines.append(CardLine(self.t("board.behind.wrapping", at=call.talk_ended_at)))
        return (CardSection(self.t("board.behind.call"), tuple(lines)),)

    def _section(self, one: BoardCallback) -> CardSection:
        lines = [
            CardLine(one.name, sign="■"),
            CardLine(one.number),
            CardLine(self._kind(one)),
            CardLine(self.t(f"board.band.{one.band}", n=one.band)),
            CardLine(self.t("board.behind.due_at", at=one.due_at)),
        ]
        if one.promised:
            lines.append(CardLine(self.t("board.behind.promised"), sign="◆"))
        return CardSection(self.t("board.behind.marked"), tuple(lines))

    def why_not(self, action: Action) -> Said | None:
        """What can't be done now, and why."""
        if action.id in ("behind.act", "behind.customer") and self.marked is None:
            return Said("desk.nothing_marked")
        if action.id == "behind.act_all" and not self.found:
            return Said("desk.nothing_marked")
        return None

    # -- reading ----------------------------------------------------------------------------

    def want(self, request: Request) -> None:
        """Read the list."""
        self.read(request)

    @database_work("behind.read", quiet=True)
    def read(self, request: Request) -> Message:
        """Read the callbacks behind the line."""
        from db.board_lists import behind, operator_work  # noqa: PLC0415 - connected long since

        asked = self.behind
        if asked.what == "operator" and isinstance(asked.which, int):
            found = operator_work(self.database, self.actor, asked.which)
            return BehindRead(request, found.callbacks, found.call)
        rows = behind(self.database, self.actor, asked.what, asked.which)
        return BehindRead(request, rows, None)

    @on(BehindRead)
    def _read(self, event: BehindRead) -> None:
        self._call = event.call
        self.receive(event.request, event.found)

    # -- deeds ------------------------------------------------------------------------------

    def do_customer(self) -> None:
        """Open the customer's record."""
        if self.marked is not None:
            self.shell.show_customer(self.marked.person_id)

    def do_act(self) -> None:
        """Do something to the marked callback."""
        if self.marked is not None:
            self._act((self.marked.id,))

    def do_act_all(self) -> None:
        """Do something to all that are listed; an operator's line is about the operator."""
        self._act(tuple(self.found))

    def _act(self, ids: tuple[int, ...]) -> None:
        from screens.lead_acts import act_on_callbacks  # noqa: PLC0415 - when first asked for

        act_on_callbacks(self.shell, ids)
