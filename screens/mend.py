"""What is to be put right: bad numbers, records that may be one person, fields in conflict."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar, Final, Literal, cast

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.message import Message

from content.columns import column_book
from domain.errors import DeskError
from domain.permissions import allowed
from domain.said import Said
from screens.actions import Action, bindings
from screens.frame import FramedScreen
from screens.prompt import Confirm, Prompt
from screens.work import database_work
from widgets.list_rows import Cell, Column, Row
from widgets.window_list import Direction, Request, WindowList

if TYPE_CHECKING:
    from db.customer_numbers import RepairLine, Role
    from db.import_conflicts import Conflict
    from db.matches import MatchLine

View = Literal["numbers", "matches", "conflicts"]
VIEWS: Final[tuple[View, ...]] = ("numbers", "matches", "conflicts")
_MOST: Final = 5000
"""Rows that the list holds at most: it is read forwards only, so none may fall out in front."""
_GONE: Final = frozenset(
    {"customers.number.dead", "customers.number.fax", "customers.number.wrong"}
)
"""Problems of a number that was one, other than of a cell that never was."""
_NUMBERS: Final = frozenset({"mend.put_right", "mend.drop"})
_MATCHES: Final = frozenset({"mend.same", "mend.different"})
_CONFLICTS: Final = frozenset({"mend.desk", "mend.file"})
_OF_VIEW: Final[Mapping[View, frozenset[str]]] = {
    "numbers": _NUMBERS,
    "matches": _MATCHES,
    "conflicts": _CONFLICTS,
}
Lines = tuple["RepairLine", ...] | tuple["MatchLine", ...] | tuple["Conflict", ...]


class MendingRead(Message):
    """A page of what is to be put right."""

    def __init__(self, request: Request, view: View, lines: Lines) -> None:
        super().__init__()
        self.request = request
        self.view = view
        self.lines = lines


class Mended(Message):
    """One thing is right now; `said` tells which."""

    def __init__(self, said: Said) -> None:
        super().__init__()
        self.said = said


class MendScreen(FramedScreen[None]):
    """Three lists, one at a time."""

    SCOPE = "mend"
    BINDINGS: ClassVar[list[BindingType]] = bindings("mend")
    CSS_PATH = "mend.tcss"
    AUTO_FOCUS = "#mend-list"

    view: View = "numbers"

    def __init__(self) -> None:
        super().__init__()
        self._numbers: dict[int, RepairLine] = {}
        self._matches: dict[int, MatchLine] = {}
        self._conflicts: dict[int, Conflict] = {}

    def compose_body(self) -> ComposeResult:
        """The list."""
        with Vertical(id="mend-box", classes="pane -owner"):
            yield WindowList(id="mend-list", window=_MOST)

    def on_mount(self) -> None:
        """Read the list."""
        super().on_mount()
        self.listing.start()

    # -- what is shown ----------------------------------------------------------------------

    @property
    def listing(self) -> WindowList:
        """The list."""
        return self.query_one("#mend-list", WindowList)

    @property
    def number(self) -> RepairLine | None:
        """The marked cell or number; none in the other list."""
        marked = self.listing.marked_id
        return self._numbers.get(marked) if marked is not None and self.view == "numbers" else None

    @property
    def match(self) -> MatchLine | None:
        """The marked pair; none in the other list."""
        marked = self.listing.marked_id
        return self._matches.get(marked) if marked is not None and self.view == "matches" else None

    @property
    def conflict(self) -> Conflict | None:
        """The marked conflict; none in the other lists."""
        marked = self.listing.marked_id
        mine = marked is not None and self.view == "conflicts"
        return self._conflicts.get(marked) if mine and marked is not None else None

    def relabel(self) -> None:
        """Say everything again."""
        super().relabel()
        listing = self.listing
        self.query_one("#mend-box").border_title = f"▸ {self.t(f'mend.view.{self.view}')}"
        listing.say_empty(self.t(f"mend.none.{self.view}"))
        match self.view:
            case "numbers":
                listing.show_columns(self._number_columns())
                rows = [self._number_row(one) for one in self._numbers.values()]
            case "matches":
                listing.show_columns(self._match_columns())
                rows = [self._match_row(one) for one in self._matches.values()]
            case "conflicts":
                listing.show_columns(self._conflict_columns())
                rows = [self._conflict_row(one) for one in self._conflicts.values()]
        for row in rows:
            listing.replace_row(row)

    def why_not(self, action: Action) -> Said | None:
        """What can't be done now, and why."""
        for view, ids in _OF_VIEW.items():
            if action.id in ids and self.view != view:
                return Said(f"mend.only_{view}")
        if action.id in _MATCHES and not allowed(self.actor.role, "customers.merge"):
            return Said("customer.lead_merges")
        about_one = action.id in _NUMBERS | _MATCHES | _CONFLICTS | {"mend.customer"}
        if about_one and self.listing.marked_id is None:
            return Said("mend.none_marked")
        if action.id == "mend.customer" and self._person is None:
            return Said("mend.no_person")
        if action.id == "mend.drop" and self.number is not None and _is_gone(self.number):
            return Said("mend.no_cell")
        return None

    def _in_bar(self) -> Iterable[Action]:
        """Only what belongs to this list; the others stand in help and palette."""
        others = frozenset().union(*(ids for view, ids in _OF_VIEW.items() if view != self.view))
        return (action for action in super()._in_bar() if action.id not in others)

    def _number_columns(self) -> Sequence[Column]:
        return (
            Column(self.t("mend.name"), 10, stretch=2),
            Column(self.t("mend.shown"), 16, stretch=1),
            Column(self.t("mend.problem"), 16, stretch=3),
            Column(self.t("mend.role"), 8, need=60),
            Column(self.t("mend.usable"), 7, need=90, right=True),
            Column(self.t("mend.open"), 5, right=True),
        )

    def _number_row(self, line: RepairLine) -> Row:
        return Row(
            line.link_id,
            (
                Cell(line.name),
                Cell(line.shown, "warm"),
                Cell(self.spoken(line.problem), "muted"),
                Cell(self.t(f"customer.role.{line.role}"), "muted"),
                Cell(str(line.usable) if line.usable else "·", "muted"),
                Cell(str(line.open_callbacks) if line.open_callbacks else "·"),
            ),
        )

    def _match_columns(self) -> Sequence[Column]:
        return (
            Column(self.t("mend.one"), 12, stretch=1),
            Column(self.t("mend.other"), 12, stretch=1),
            Column(self.t("mend.why"), 14),
        )

    def _match_row(self, line: MatchLine) -> Row:
        one = " ".join(filter(None, (line.name, line.masked, line.plate)))
        other = " ".join(filter(None, (line.other_name, line.other_masked, line.other_plate)))
        why = self.t(f"customer.match.{line.reason}")
        return Row(line.id, (Cell(one), Cell(other), Cell(why, "muted")))

    def _conflict_columns(self) -> Sequence[Column]:
        return (
            Column(self.t("mend.field"), 12, stretch=1),
            Column(self.t("mend.at_desk"), 12, stretch=2),
            Column(self.t("mend.in_file"), 12, stretch=2),
            Column(self.t("mend.which_row"), 14, stretch=1),
        )

    def _conflict_row(self, line: Conflict) -> Row:
        language = self.shell.language
        labels = {one.code: one.label.of(language) for one in column_book().fields}
        where = self.t("mend.row", file=line.file_name, row=line.row_number)
        return Row(
            line.id,
            (
                Cell(labels.get(line.field.removeprefix("asset."), line.field)),
                Cell(line.desk or "—"),
                Cell(line.file or "—", "warm"),
                Cell(where, "muted"),
            ),
        )

    # -- reading ----------------------------------------------------------------------------

    @on(WindowList.Wanted, "#mend-list")
    def _wanted(self, event: WindowList.Wanted) -> None:
        self.read(event.request, self.view)

    @database_work("mend.read")
    def read(self, request: Request, view: View) -> Message:
        """Read the page that the list wants."""
        from db.customer_numbers import numbers_to_repair  # noqa: PLC0415 - connected long since
        from db.import_conflicts import list_conflicts  # noqa: PLC0415
        from db.matches import list_open  # noqa: PLC0415

        after = request.anchor if request.direction is Direction.AFTER else None
        limit = _MOST if request.direction is Direction.LAST else request.limit
        lines: Lines
        match view:
            case "numbers":
                lines = numbers_to_repair(self.database, self.actor, after=after or 0, limit=limit)
            case "matches":
                lines = list_open(self.database, self.actor, after=after or 0, limit=limit)
            case "conflicts":
                lines = list_conflicts(self.database, self.actor, limit=_MOST)
        return MendingRead(request, view, lines)

    @on(MendingRead)
    def _read(self, event: MendingRead) -> None:
        if event.view != self.view:
            return
        if event.request.direction is not Direction.AFTER:
            self._numbers, self._matches, self._conflicts = {}, {}, {}
        match event.view:
            case "numbers":
                numbers = cast("tuple[RepairLine, ...]", event.lines)
                self._numbers |= {line.link_id: line for line in numbers}
                rows = [self._number_row(line) for line in numbers]
            case "matches":
                matches = cast("tuple[MatchLine, ...]", event.lines)
                self._matches |= {line.id: line for line in matches}
                rows = [self._match_row(line) for line in matches]
            case "conflicts":
                conflicts = cast("tuple[Conflict, ...]", event.lines)
                self._conflicts = {line.id: line for line in conflicts}
                rows = [self._conflict_row(line) for line in conflicts]
        paged = event.view != "conflicts" and len(rows) == event.request.limit
        more = paged and len(self.listing.rows) < _MOST
        self.listing.receive(event.request, rows, more_before=False, more_after=more)
        self.refresh_keys()

    @on(WindowList.Marked, "#mend-list")
    def _marked_moved(self) -> None:
        self.refresh_keys()

    # -- actions ----------------------------------------------------------------------------

    def do_view(self) -> None:
        """Show the next list; conflicts are a lead's."""
        leads = allowed(self.actor.role, "imports.run")
        views = [view for view in VIEWS if leads or view != "conflicts"]
        self.view = views[(views.index(self.view) + 1) % len(views)]
        self.listing.start()
        self.relabel()
        self.refresh_keys()

    def do_refresh(self) -> None:
        """Read the list again."""
        self.listing.again()

    def do_back(self) -> None:
        """Back to the screen before."""
        self.dismiss(None)

    def do_customer(self) -> None:
        """Open the record."""
        if self._person is not None:
            self.shell.show_customer(self._person)

    @property
    def _person(self) -> int | None:
        """The customer of the marked line; none where it is about something else."""
        line = self.number or self.match
        if line is not None:
            return line.person_id
        conflict = self.conflict
        mine = conflict is not None and conflict.kind == "person"
        return conflict.record_id if conflict is not None and mine else None

    def do_put_right(self) -> None:
        """Type the number as it should be."""
        line = self.number
        if line is None:
            return
        value = "" if _is_gone(line) else line.shown

        def typed(text: str | None) -> None:
            if text:
                self.write_number(line, text)

        heading = Said("mend.put_right_title", {"name": line.name})
        self.app.push_screen(Prompt(heading, line.problem, value=value, limit=40), typed)

    @database_work("mend.write", every=True)
    def write_number(self, line: RepairLine, text: str) -> Message:
        """Put the number where the cell was."""
        from db.customer_numbers import add_number  # noqa: PLC0415

        added = add_number(
            self.database,
            self.actor,
            line.person_id,
            text,
            region=self.shell.region,
            role=cast("Role", line.role),
            repairs=None if _is_gone(line) else line.link_id,
        )
        return Mended(Said("mend.put_right", {"name": line.name, "number": added.e164}))

    def do_drop(self) -> None:
        """Take a cell off the list, because nothing can be made of it."""
        line = self.number
        if line is None:
            return

        def answered(yes: bool | None) -> None:
            if yes:
                self.drop(line)

        question = Said("mend.drop_sure", {"text": line.shown})
        self.app.push_screen(Confirm(question, Said("mend.drop_detail")), answered)

    @database_work("mend.write", every=True)
    def drop(self, line: RepairLine) -> Message:
        """Take the cell off the list."""
        from db.customer_numbers import drop_cell  # noqa: PLC0415

        drop_cell(self.database, self.actor, line.person_id, line.link_id)
        return Mended(Said("mend.dropped", {"name": line.name}))

    def do_same(self) -> None:
        """Bring both records together, once that is meant."""
        line = self.match
        if line is None:
            return

        def answered(yes: bool | None) -> None:
            if yes:
                self.decide(line.id, same=True)

        question = Said("mend.same_sure", {"one": line.name, "other": line.other_name})
        self.app.push_screen(Confirm(question, Said("mend.same_detail")), answered)

    def do_different(self) -> None:
        """They are two people."""
        line = self.match
        if line is not None and not self.requests.busy("mend.write"):
            self.decide(line.id, same=False)

    @database_work("mend.write", every=True)
    def decide(self, match_id: int, *, same: bool) -> Message:
        """Say whether two records are one person."""
        from db.matches import decide_different, decide_same  # noqa: PLC0415

        (decide_same if same else decide_different)(self.database, self.actor, match_id)
        return Mended(Said(f"customer.match_said_{'same' if same else 'different'}"))

    def do_desk(self) -> None:
        """The desk's value stands."""
        self._settle("desk")

    def do_file(self) -> None:
        """The file's value is taken."""
        self._settle("file")

    def _settle(self, take: Literal["desk", "file"]) -> None:
        line = self.conflict
        if line is not None and not self.requests.busy("mend.write"):
            self.settle(line.id, take)

    @database_work("mend.write", every=True)
    def settle(self, conflict_id: int, take: Literal["desk", "file"]) -> Message:
        """Say which value stands."""
        from db.import_conflicts import settle_conflict  # noqa: PLC0415

        settle_conflict(self.database, self.actor, conflict_id, take)
        return Mended(Said(f"mend.settled_{take}"))

    @on(Mended)
    def _mended(self, event: Mended) -> None:
        self.say_said(event.said)
        self.listing.again()

    def takes_failure(self, work: str, error: BaseException) -> bool:
        """Somebody else was faster: the list is read again; the shell says what happened."""
        if work == "mend.write" and isinstance(error, DeskError):
            self.listing.again()
        return False


def _is_gone(line: RepairLine) -> bool:
    return line.problem.key in _GONE
