"""Callbacks in check: a seat vanished in the middle of a call, and a person says what happened."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, Final
from uuid import uuid4

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message

from content.surveys import surveys
from domain.decision import Decision, Settled
from domain.errors import DeskError, RefusedError
from domain.said import Said
from screens.actions import Action, bindings
from screens.call_draft import CallDraft
from screens.due_reader import due_reader
from screens.feed import TopicsMoved
from screens.finish import FinishDialog
from screens.finish_choice import new_number, with_choice
from screens.finish_task import FinishChoice, FinishTask
from screens.frame import FramedScreen
from screens.on_desk import open_on_desk
from screens.prompt import Confirm
from screens.scripts import read_call, scripts_of
from screens.work import database_work
from widgets.customer_card import CardLine, CardSection, CardView, CustomerPane
from widgets.list_rows import Cell, Column, Row
from widgets.window_list import Request, WindowList

if TYPE_CHECKING:
    from db.calls import OpenCall
    from db.checks import CheckLine
    from db.finish import Finished

_ABOUT_MARKED: Final = frozenset(
    {"checks.resume", "checks.called", "checks.not_called", "checks.customer"}
)


class ChecksRead(Message):
    """What waits for a person's word."""

    def __init__(self, request: Request, lines: tuple[CheckLine, ...]) -> None:
        super().__init__()
        self.request = request
        self.lines = lines


class LookedAt(Message):
    """The call of the marked callback, as far as it had come."""

    def __init__(self, callback_id: int, call: OpenCall) -> None:
        super().__init__()
        self.callback_id = callback_id
        self.call = call


class Resumed(Message):
    """One's own call, in hand again."""

    def __init__(self, call: OpenCall) -> None:
        super().__init__()
        self.call = call


class EndingAsked(Message):
    """The call whose ending is to be told, and the colleagues that it can be passed to."""

    def __init__(self, callback_id: int, call: OpenCall, colleagues: tuple[str, ...]) -> None:
        super().__init__()
        self.callback_id = callback_id
        self.call = call
        self.colleagues = colleagues


class Settling(Message):
    """A callback has left the list; `said` tells what became of it."""

    def __init__(self, said: Said) -> None:
        super().__init__()
        self.said = said


class ChecksScreen(FramedScreen[None]):
    """The list of callbacks in check, and what is known of the marked one."""

    SCOPE = "checks"
    BINDINGS: ClassVar[list[BindingType]] = bindings("checks")
    CSS_PATH = "checks.tcss"
    AUTO_FOCUS = "#checks-list"

    def __init__(self) -> None:
        super().__init__()
        self._lines: dict[int, CheckLine] = {}
        self._call: OpenCall | None = None

    def compose_body(self) -> ComposeResult:
        """List at the left, what is known at the right."""
        with Horizontal(id="checks-body"):
            with Vertical(id="checks-queue", classes="pane -owner"):
                yield WindowList(id="checks-list")
            yield CustomerPane(id="checks-known")

    def on_mount(self) -> None:
        """Read the list."""
        super().on_mount()
        self.listing.start()

    # -- what is shown ----------------------------------------------------------------------

    @property
    def listing(self) -> WindowList:
        """The list of callbacks."""
        return self.query_one("#checks-list", WindowList)

    @property
    def marked(self) -> CheckLine | None:
        """The callback under the mark."""
        marked_id = self.listing.marked_id
        return None if marked_id is None else self._lines.get(marked_id)

    def relabel(self) -> None:
        """Say everything again."""
        super().relabel()
        listing = self.listing
        self.query_one("#checks-queue").border_title = f"▸ {self.t('checks.title')}"
        self.query_one("#checks-known", CustomerPane).name_it(self.t("checks.known"))
        listing.show_columns(self._columns())
        listing.say_empty(self.t("checks.none"))
        for line in self._lines.values():
            listing.replace_row(self._row(line))
        self._show_known()

    def why_not(self, action: Action) -> Said | None:
        """What can't be done now, and why."""
        if action.id in _ABOUT_MARKED and self.marked is None:
            return Said("checks.none_marked")
        if action.id == "checks.resume":
            if self.shell.seat.looking:
                return Said("desk.only_looking")
            if self.marked is not None and not self.marked.mine:
                return Said("checks.not_mine", {"name": self.marked.operator})
        return None

    def _columns(self) -> Sequence[Column]:
        return (
            Column(self.t("checks.name"), 10, stretch=2),
            Column(self.t("checks.kind"), 10, stretch=3, need=60),
            Column(self.t("checks.operator"), 8, stretch=1),
            Column(self.t("checks.since"), 8, stretch=2),
            Column(self.t("checks.rung"), 10),
        )

    def _row(self, line: CheckLine) -> Row:
        zh = self.shell.language == "zh"
        rung = line.dialled_at is not None
        return Row(
            line.callback_id,
            (
                Cell(line.name),
                Cell(line.campaign_zh if zh else line.campaign_en),
                Cell(self.t("checks.me") if line.mine else line.operator),
                Cell("" if line.claimed_at is None else self.clock(line.claimed_at), "muted"),
                Cell(
                    self.t("checks.was_rung" if rung else "checks.not_rung"),
                    "warm" if rung else "muted",
                ),
            ),
        )

    def _show_known(self) -> None:
        line, call = self.marked, self._call
        pane = self.query_one("#checks-known", CustomerPane)
        if line is None:
            pane.show(CardView("", ()))
            return
        zh = self.shell.language == "zh"
        facts = [
            (line.campaign_zh if zh else line.campaign_en, "checks.fact.kind"),
            (line.operator, "checks.fact.operator"),
            (self.clock(line.claimed_at) if line.claimed_at else "", "checks.fact.since"),
            (self.clock(line.dialled_at) if line.dialled_at else "", "checks.fact.rung"),
        ]
        told = "checks.tell_rung" if line.dialled_at else "checks.tell_not_rung"
        sections = [
            CardSection("", tuple(CardLine(text, self.t(key)) for text, key in facts if text)),
            CardSection("", (CardLine(self.t(told), sign="!", style="$text-warning"),)),
        ]
        if call is not None and call.call_id == line.call_id:
            note = str(call.draft.get("note", "")).strip()
            if note:
                sections.append(CardSection(self.t("checks.typed"), (CardLine(note, sign="·"),)))
        keys = [
            self.t(f"checks.can.{name}", key=self.shell.registry[f"checks.{name}"].shown_keys()[0])
            for name in ("resume", "called", "not_called")
            if name != "resume" or line.mine
        ]
        can = tuple(CardLine(text, sign="·") for text in keys)
        pane.show(CardView(line.name, (*sections, CardSection(self.t("checks.can"), can))))

    # -- reading ----------------------------------------------------------------------------

    @on(WindowList.Wanted, "#checks-list")
    def _wanted(self, event: WindowList.Wanted) -> None:
        self.read(event.request)

    @database_work("checks.read", quiet=True)
    def read(self, request: Request) -> Message:
        """Read what waits."""
        from db.checks import list_checks  # noqa: PLC0415 - connected long since

        return ChecksRead(request, list_checks(self.database, self.actor))

    @on(ChecksRead)
    def _read(self, event: ChecksRead) -> None:
        self._lines = {line.callback_id: line for line in event.lines}
        rows = [self._row(line) for line in event.lines]
        self.listing.receive(event.request, rows, more_before=False, more_after=False)
        self._marked_moved()

    @on(WindowList.Marked, "#checks-list")
    def _marked_moved(self) -> None:
        self._show_known()
        self.refresh_keys()
        if self.marked is not None:
            self.look(self.marked.callback_id, self.marked.call_id)

    @database_work("checks.look", quiet=True)
    def look(self, callback_id: int, call_id: int) -> Message | None:
        """Read how far the call had come."""
        from db.calls import show_call  # noqa: PLC0415

        try:
            return LookedAt(callback_id, show_call(self.database, self.actor, call_id))
        except RefusedError:
            return None  # it has gone meanwhile; the list learns that by itself

    @on(LookedAt)
    def _looked(self, event: LookedAt) -> None:
        self._call = event.call
        self._show_known()

    def on_topics_moved(self, event: TopicsMoved) -> None:
        """Read again what is shown."""
        if event.topics & {"queue", "seats"}:
            self.listing.again()

    # -- actions ----------------------------------------------------------------------------

    def do_refresh(self) -> None:
        """Read the list again."""
        self.listing.again()

    def do_back(self) -> None:
        """Back to the queue."""
        self.dismiss(None)

    def do_customer(self) -> None:
        """Open the customer's record."""
        if self._call is not None and self.marked is not None:
            self.shell.show_customer(self._call.card.person_id)

    @on(WindowList.Chosen, "#checks-list")
    async def _chosen(self) -> None:
        await self.shell.carry_out("checks.resume")

    def do_resume(self) -> None:
        """Take one's own call up again."""
        line = self.marked
        if line is not None and not self.requests.busy("checks.resume"):
            self.take_up(line.callback_id)

    @database_work("checks.resume", every=True)
    def take_up(self, callback_id: int) -> Message:
        """Take the call in hand again and read it."""
        from db.checks import resume  # noqa: PLC0415

        taken = resume(self.database, self.actor, callback_id)
        return Resumed(read_call(self.shell, taken.call_id))

    @on(Resumed)
    def _resumed(self, event: Resumed) -> None:
        open_on_desk(self.shell, event.call)

    def do_not_called(self) -> None:
        """Let the customer wait again; asked once more where a number was rung."""
        line = self.marked
        if line is None or self.requests.busy("checks.settle"):
            return
        if line.dialled_at is None:
            self.settle_not_called(line.callback_id, line.name)
            return

        def answered(yes: bool | None) -> None:
            if yes:
                self.settle_not_called(line.callback_id, line.name)

        question = Said("checks.sure", {"name": line.name})
        detail = Said("checks.sure_detail", {"at": line.dialled_at})
        self.app.push_screen(Confirm(question, detail), answered)

    @database_work("checks.settle", every=True)
    def settle_not_called(self, callback_id: int, name: str) -> Message:
        """Say that nobody was called."""
        from db.checks import resolve_not_called  # noqa: PLC0415

        resolve_not_called(self.database, self.actor, callback_id)
        return Settling(Said("checks.waits_again", {"name": name}))

    def do_called(self) -> None:
        """Say how the call ended."""
        line = self.marked
        if line is not None and not self.requests.busy("checks.ending"):
            self.ask_ending(line.callback_id, line.call_id)

    @database_work("checks.ending")
    def ask_ending(self, callback_id: int, call_id: int) -> Message:
        """Read what the finish dialog needs."""
        from db.operators import list_all  # noqa: PLC0415

        call = read_call(self.shell, call_id)
        others = [one for one in list_all(self.database) if one.id != self.actor.operator_id]
        return EndingAsked(callback_id, call, tuple(one.login for one in others if one.active))

    @on(EndingAsked)
    def _ending_asked(self, event: EndingAsked) -> None:
        call, draft = event.call, self._draft_of(event.call)
        zh = self.shell.language == "zh"
        task = FinishTask(
            outcomes=self.database.rulebook.outcomes,
            name=call.card.name,
            has_note=bool(draft.note.strip()),
            flags=draft.flags,
            grievance=draft.grievance,
            others=tuple(one.campaign_zh if zh else one.campaign_en for one in call.callbacks[1:]),
            low_score=draft.low_score,
            skipped_recovery=draft.skipped_recovery,
            colleagues=event.colleagues,
            mood_start=draft.mood_start,
            mood_end=draft.mood_end,
        )
        zone = call.zones[0] if call.zones else self.shell.my_zone
        dialog = FinishDialog(task, due_reader(self, zone, call.card.country))

        def chosen(choice: FinishChoice | None) -> None:
            if choice is not None:
                self._tell(event.callback_id, call, with_choice(draft, choice), choice)

        self.app.push_screen(dialog, chosen)

    def _draft_of(self, call: OpenCall) -> CallDraft:
        """What was typed until the seat vanished; it counts with the ending."""
        known = surveys()
        library = scripts_of(self.shell, call)
        return CallDraft.from_dict(
            call.draft, library, call.playbook, known.bundle(call.survey), known
        )

    def _tell(
        self, callback_id: int, call: OpenCall, draft: CallDraft, choice: FinishChoice
    ) -> None:
        number = None
        if choice.number:
            number = new_number(choice.number, call.card.country or self.shell.region)
            if number is None:
                self.say("finish.bad_number", text=choice.number)
                return
        others = call.callbacks[1:] if choice.settle_all else ()
        decision = draft.decision(
            uuid=uuid4().hex,
            outcome=choice.outcome,
            next_at=choice.next_at,
            settled=tuple(Settled(one.id, choice.outcome, choice.next_at) for one in others),
            phone_id=call.legs[-1].phone_id if call.legs else call.phone_id,
            new_number=number,
            colleague=choice.colleague or None,
            next_owner=choice.next_owner,
        )
        self.settle_called(callback_id, call.card.name, decision)

    @database_work("checks.settle", every=True)
    def settle_called(self, callback_id: int, name: str, decision: Decision) -> Message:
        """Write how the call ended."""
        from db.checks import resolve_called  # noqa: PLC0415

        done = resolve_called(self.database, self.actor, callback_id, decision)
        return Settling(Said("checks.told", {"name": name, "what": _what_follows(done)}))

    @on(Settling)
    def _settled(self, event: Settling) -> None:
        self.say_said(event.said)
        self.listing.again()

    def takes_failure(self, work: str, error: BaseException) -> bool:
        """Somebody else was faster: the list is read again; the shell says what happened."""
        if work.startswith("checks.") and isinstance(error, DeskError):
            self.listing.again()
        return False


def _what_follows(finished: Finished) -> Said:
    if finished.next_at is not None:
        return Said("checks.next", {"at": finished.next_at})
    return Said("checks.over")
