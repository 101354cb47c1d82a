"""My shift: what it brought, what others left for me, and handing open work over at its end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, Final
from uuid import uuid4

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, Vertical
from textual.message import Message

from content.paper import page, save
from domain.hand_over import WAYS, Goes, Piece, counted
from domain.said import Said
from screens.actions import Action, bindings
from screens.choice import MOST, Choice
from screens.marked_list import MarkedListScreen
from screens.prompt import Confirm, Prompt
from screens.shift_words import Row as SheetRow
from screens.shift_words import ShiftWords, rows_of
from screens.work import database_work
from widgets.customer_card import CardLine, CardSection, CardView, CustomerPane
from widgets.list_rows import Cell, Column, Row
from widgets.window_list import Request, WindowList

if TYPE_CHECKING:
    from db.duty import MyShift, Sheet
    from db.hand_over import OpenWork, ShiftEnded

_LONGEST_NOTE: Final = 500
_ABOUT_MARKED: Final = frozenset(
    {"shift.keep", "shift.colleague", "shift.deputy", "shift.pool", "shift.same"}
)
_WRITES: Final = frozenset({"shift.begin", "shift.end"})


class ShiftRead(Message):
    """The shift, the open work, what others left, and who else works here."""

    def __init__(
        self,
        request: Request,
        shift: MyShift,
        work: OpenWork,
        sheets: tuple[Sheet, ...],
        people: tuple[tuple[int, str, str], ...],
    ) -> None:
        super().__init__()
        self.request = request
        self.shift = shift
        self.work = work
        self.sheets = sheets
        self.people = people


class ShiftBegun(Message):
    """The shift has begun; `now` unless it ran already."""

    def __init__(self, now: bool) -> None:
        super().__init__()
        self.now = now


class ShiftOver(Message):
    """The shift has ended."""

    def __init__(self, ended: ShiftEnded) -> None:
        super().__init__()
        self.ended = ended


class PaperSaved(Message):
    """The sheet lies in a file; `said` is what is said of the end before it."""

    def __init__(self, path: str, said: Said | None) -> None:
        super().__init__()
        self.path = path
        self.said = said


class ShiftScreen(MarkedListScreen[Piece]):
    """Open work with where it goes; beside it the shift in figures and what others left."""

    SCOPE = "shift"
    BINDINGS: ClassVar[list[BindingType]] = bindings("shift")
    CSS_PATH = "shift.tcss"
    AUTO_FOCUS = "#shift-list"
    TOPICS = frozenset({"queue", "cases"})

    def __init__(self) -> None:
        super().__init__()
        self._pieces: list[Piece] = []
        self._read: ShiftRead | None = None
        self._note = ""
        self._uuid = uuid4().hex

    def compose_body(self) -> ComposeResult:
        """The open work, and the shift."""
        with Container(id="shift-body"):
            with Vertical(id="shift-box", classes="pane -owner"):
                yield WindowList(id="shift-list")
            yield CustomerPane(id="shift-pane")

    # -- what is shown ----------------------------------------------------------------------

    @property
    def words(self) -> ShiftWords:
        """Says shifts in the present language."""
        shell = self.shell
        return ShiftWords(shell.language, shell.my_zone, shell.now(), self.database.rulebook.day)

    def title_words(self) -> str:
        """What is listed, and until when it is due."""
        if self._read is None:
            return self.t("shift.work")
        return self.t("shift.work_until", at=self._read.work.until)

    def pane_words(self) -> str:
        """The shift."""
        return self.t("shift.title")

    def nothing(self) -> str:
        """Nothing is left open, or nobody knows yet."""
        return self.t("shift.reading" if self._read is None else "shift.nothing_open")

    def columns(self) -> tuple[Column, ...]:
        """What it is, whose customer, by when, where it goes."""
        return (
            Column(self.t("shift.head.kind"), 8),
            Column(self.t("shift.head.name"), 10, stretch=1),
            Column(self.t("shift.head.due"), 18),
            Column(self.t("shift.head.way"), 16, stretch=1),
        )

    def row(self, one: Piece) -> Row:
        """A piece of work."""
        words = self.words
        signs = ("! " if one.promised else "") + ("* " if one.typed else "")
        way = words.way(one.goes, self._colleague(one.to))
        return Row(
            self._place(one),
            (
                Cell(words.kind(one.kind)),
                Cell(f"{signs}{one.name}"),
                Cell(words.at(one.due_at)),
                Cell(way),
            ),
        )

    def _place(self, one: Piece) -> int:
        return next(place for place, known in enumerate(self._pieces) if known.key == one.key)

    def _colleague(self, operator_id: int | None) -> str | None:
        people = self._read.people if self._read else ()
        return next((name for one, _, name in people if one == operator_id), None)

    def drawn(self, one: Piece) -> CardView:
        """The shift in figures; what others left; the note."""
        del one
        return self._card()

    def show_pane(self) -> None:
        """Draw the shift, whatever is marked."""
        self.pane.name_it(self.pane_words())
        self.pane.show(self._card())

    def _card(self) -> CardView:
        read = self._read
        if read is None:
            return CardView("", ())
        words = self.words
        figures = tuple(CardLine(value, label) for label, value in words.figures(read.shift))
        sections = [CardSection("", figures)]
        if self._note:
            sections.append(CardSection(self.t("shift.note"), (CardLine(self._note, sign="▸"),)))
        for sheet in read.sheets:
            lines = [CardLine(sheet.note, sign="▸")] if sheet.note else []
            lines += [CardLine(one, sign="·") for one in words.lines(rows_of(sheet))]
            head = self.t("shift.left_by", name=sheet.name, at=sheet.ended_at)
            sections.append(CardSection(head, tuple(lines)))
        return CardView("", tuple(sections))

    def why_not(self, action: Action) -> Said | None:
        """What can't be done now, and why."""
        if action.id in _ABOUT_MARKED and self.marked is None:
            return Said("shift.none_marked")
        if action.id in _WRITES and self.shell.seat.looking:
            return Said("desk.only_looking")
        read = self._read
        if action.id == "shift.begin" and read is not None and read.shift.began_at is not None:
            return Said("shift.runs")
        if action.id == "shift.deputy" and (read is None or read.work.deputy is None):
            return Said("shift.no_deputy")
        marked = self.marked
        if action.id == "shift.pool" and marked is not None and Goes.POOL not in WAYS[marked.kind]:
            return Said("shift.not_to_pool")
        return None

    # -- reading ----------------------------------------------------------------------------

    def want(self, request: Request) -> None:
        """Read the shift and what is open."""
        self.read(request)

    @database_work("shift.read", quiet=True)
    def read(self, request: Request) -> Message:
        """Read the shift and what is open."""
        from db.duty import my_shift, sheets_left  # noqa: PLC0415 - connected long since
        from db.hand_over import open_work  # noqa: PLC0415
        from db.leave import colleagues  # noqa: PLC0415

        database, actor = self.database, self.actor
        others = (one for one in colleagues(database, actor) if one[0] != actor.operator_id)
        return ShiftRead(
            request,
            my_shift(database, actor),
            open_work(database, actor),
            sheets_left(database, actor),
            tuple(others),
        )

    @on(ShiftRead)
    def _came(self, event: ShiftRead) -> None:
        chosen = {one.key: one for one in self._pieces}
        self._read = event
        # What was chosen here stands, also where the list was read again meanwhile.
        self._pieces = [
            replace(one, goes=chosen[one.key].goes, to=chosen[one.key].to)
            if one.key in chosen
            else one
            for one in event.work.pieces
        ]
        self.receive(event.request, self._pieces)
        if event.work.more:
            self.say("shift.more")

    # -- where it goes ----------------------------------------------------------------------

    def _send(self, goes: Goes, to: int | None = None) -> None:
        one = self.marked
        if one is not None:
            self._put(one.going(goes, to))

    def _put(self, piece: Piece) -> None:
        place = self._place(piece)
        self._pieces[place] = piece
        self.found[place] = piece
        self.listing.replace_row(self.row(piece))
        self._uuid = uuid4().hex

    def do_keep(self) -> None:
        """It stays mine."""
        self._send(Goes.KEEP)

    def do_pool(self) -> None:
        """Whoever asks first gets it."""
        self._send(Goes.POOL)

    def do_deputy(self) -> None:
        """Whoever stands in for me gets it."""
        if self._read is not None and self._read.work.deputy is not None:
            self._send(Goes.TO, self._read.work.deputy[0])

    def do_colleague(self) -> None:
        """A colleague gets it."""
        self._ask_colleague(lambda to: self._send(Goes.TO, to))

    def _ask_colleague(self, then: Callable[[int], None]) -> None:
        people = self._read.people if self._read else ()
        if len(people) <= MOST:

            def chosen(place: int | None) -> None:
                if place is not None:
                    then(people[place][0])

            self.app.push_screen(
                Choice(Said("shift.to_whom"), [name for *_, name in people]), chosen
            )
            return

        def typed(text: str | None) -> None:
            wanted = (text or "").strip().casefold()
            found = [one for one, *names in people if wanted in map(str.casefold, names)]
            if found:
                then(found[0])
            elif text:
                self.say("shift.nobody", name=text)

        self.app.push_screen(Prompt(Said("shift.to_whom"), Said("shift.to_whom_hint")), typed)

    def do_same(self) -> None:
        """Send all pieces of this kind the marked one's way."""
        one = self.marked
        if one is None:
            return
        for other in self._pieces:
            if other.kind is one.kind:
                self._put(other.going(one.goes, one.to))

    def do_note(self) -> None:
        """Leave a note for whoever comes next."""

        def typed(text: str | None) -> None:
            if text is not None:
                self._note = text
                self._uuid = uuid4().hex
                self.show_pane()

        asked = Prompt(
            Said("shift.note"), Said("shift.note_hint"), value=self._note, limit=_LONGEST_NOTE,
            may_be_empty=True,
        )  # fmt: skip
        self.app.push_screen(asked, typed)

    # -- begin and end ----------------------------------------------------------------------

    def do_begin(self) -> None:
        """The shift begins."""
        self.begin()

    @database_work("shift.begin", every=True)
    def begin(self) -> Message:
        """Begin the shift."""
        from db.duty import begin_duty  # noqa: PLC0415 - connected long since

        return ShiftBegun(begin_duty(self.database, self.actor))

    @on(ShiftBegun)
    def _begun(self) -> None:
        self.say("shift.has_begun")
        self.do_refresh()

    def do_end(self) -> None:
        """Show what would be handed over; then do it."""

        def answered(yes: bool | None) -> None:
            if yes:
                self.end(tuple(self._pieces), self._note, self._uuid)

        self.app.push_screen(Confirm(Said("shift.end_sure"), self._dry_run()), answered)

    def _dry_run(self) -> Said:
        """How many pieces go where, in a sentence."""
        parts: object = Said("shift.dry.nothing")
        for place, ((goes, to), n) in enumerate(sorted(counted(self._pieces).items(), key=str)):
            way = self.words.way(goes, self._colleague(to))
            line = Said("shift.dry.line", {"n": n, "way": way})
            parts = line if place == 0 else Said("shift.dry.and", {"first": parts, "then": line})
        return Said("shift.dry", {"parts": parts})

    @database_work("shift.end", every=True)
    def end(self, pieces: tuple[Piece, ...], note: str, uuid: str) -> Message:
        """Hand over and end."""
        from db.hand_over import end_shift  # noqa: PLC0415 - connected long since

        return ShiftOver(end_shift(self.database, self.actor, pieces, note, uuid))

    @on(ShiftOver)
    def _over(self, event: ShiftOver) -> None:
        ended = event.ended
        key = self.shell.registry["app.quit"].shown_keys()[0]
        said = Said("shift.ended", {"n": ended.moved, "key": key})
        if ended.left:
            left = ", ".join(ended.left[:5])
            said = Said("shift.ended_but", {"n": ended.moved, "left": left})
        self.say_said(said)
        self.shell.on_duty = False
        if self.shell.SAVES_FILES:
            self._print(said)
        self.do_refresh()

    # -- paper ------------------------------------------------------------------------------

    def do_print(self) -> None:
        """Save the sheet to be printed."""
        self._print(None)

    def _print(self, said: Said | None) -> None:
        """Save the sheet as it stands at this moment; the list may be read again meanwhile."""
        if self._read is None:
            return
        rows = tuple(
            (one.kind, one.id, one.name, one.due_at, one.goes, self._colleague(one.to))
            for one in self._pieces
        )
        self.save_paper(self._read.shift, rows, self._note, said)

    @database_work("shift.paper", every=True)
    def save_paper(
        self, shift: MyShift, rows: tuple[SheetRow, ...], note: str, said: Said | None
    ) -> Message:
        """Write the sheet to a file."""
        words, shell = self.words, self.shell
        paper = words.paper(shell.shop_name, self.actor.name, words.figures(shift), note, rows)
        stem = f"{words.say('shift.sheet')} {self.actor.name}"
        return PaperSaved(str(save(page(paper), shell.papers(), stem)), said)

    @on(PaperSaved)
    def _saved(self, event: PaperSaved) -> None:
        if event.said is None:
            self.say("shift.paper_saved", path=event.path)
        else:
            self.say("shift.ended_saved", said=event.said, path=event.path)
