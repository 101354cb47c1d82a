"""What the menus of a lead share: looking at a deed before it is done, doing it, taking it back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar, Final
from uuid import uuid4

from textual import on
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message

from domain.lead import Deed, DeedKind
from domain.said import Said
from screens.boxed import Boxed
from screens.due_reader import due_reader
from screens.lead_run import Answered, RunDialog
from screens.lead_target import Target, TargetChoice
from screens.prompt import Prompt
from screens.work import database_work
from widgets.safe_text import clean, safe

if TYPE_CHECKING:
    from db.lead_people import Colleague
    from db.lead_plan import DryRun
    from db.lead_selection import Selection

LONGEST: Final = 500
_ASKING: Final = ("lead.look", "lead.people", "lead.plan", "lead.do", "lead.undo")


@dataclass(frozen=True, slots=True)
class Entry:
    """A deed of a menu.

    Attributes:
        name: of its method `deed_…` and its words `lead.menu.…`.
        keys: a digit or sign, and a letter.
        why_not: why it can't be done; none where it can.
    """

    name: str
    keys: tuple[str, str]
    why_not: Said | None = None


class People(Message):
    """Who could get something."""

    def __init__(self, colleagues: tuple[Colleague, ...]) -> None:
        super().__init__()
        self.colleagues = colleagues


class Shown(Message):
    """What a deed would do."""

    def __init__(self, run: DryRun, wanted: Selection) -> None:
        super().__init__()
        self.run = run
        self.wanted = wanted


class Did(Message):
    """What was done; `said` tells it."""

    def __init__(self, said: Said) -> None:
        super().__init__()
        self.said = said


_OPENERS: Final[Mapping[str, str]] = {
    "desk": "desk.lead",
    "customer": "customer.lead",
    "board": "board.act",
    "behind": "behind.act",
}


class LeadMenu(Boxed[Said]):
    """A list of deeds, each with a digit or sign and a letter; gives back what was done.

    A subclass names its `MENU` and has a method `deed_…` for each.
    """

    MENU: ClassVar[Mapping[str, tuple[str, str]]]
    """A digit or sign and a letter for each deed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            Binding(key, f"press('{key}')", show=False)
            for key in "0123456789abcdefghijklmnopqrstuvwxyz"
        ),
        Binding("minus", "press('-')", show=False),
        Binding("plus", "press('+')", show=False),
        Binding("f5", "press('F5')", show=False),
        Binding("f6", "press('F6')", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._told: Said | None = None
        self._ahead: list[str] = []
        self._given: Callable[[Target], object] | None = None
        self._heading_of_target = Said("lead.target.title")
        self._pool = self._teams = True

    # -- what is shown ----------------------------------------------------------------------

    @property
    def opened_by(self) -> str:
        """The action that opens a menu of deeds on the screen below."""
        scopes = [getattr(screen, "SCOPE", "") for screen in reversed(self.app.screen_stack)]
        return next((_OPENERS[scope] for scope in scopes if scope in _OPENERS), _OPENERS["desk"])

    def entries(self) -> tuple[Entry, ...]:
        """The deeds in the order in which they stand."""
        return tuple(Entry(name, keys, self.why_not_deed(name)) for name, keys in self.MENU.items())

    def why_not_deed(self, name: str) -> Said | None:
        """Why a deed can't be done; none where it can."""
        raise NotImplementedError

    def about(self) -> tuple[str, ...]:
        """What the menu is about, in lines."""
        return ()

    def text(self) -> Content:
        """What it is about, and the deeds."""
        lines = [safe(line) for line in self.about()]
        if lines:
            lines.append(Content(""))
        for entry in self.entries():
            keys = f"{entry.keys[0]:>2} {entry.keys[1]}  "
            label = self.t(f"lead.menu.{entry.name}")
            if entry.why_not is None:
                lines.append(Content.assemble((keys, "bold $text-accent"), label))
            else:
                why = clean(self.spoken(entry.why_not))
                lines.append(Content.assemble((f"{keys}{label}  ({why})", "$text-muted")))
        if self._told is not None:
            lines += [Content(""), Content.styled(clean(self.spoken(self._told)), "$text-warning")]
        return Content("\n").join(lines)

    def keys(self) -> str:
        """How it works."""
        return self.t("lead.menu.keys")

    def tell(self, said: Said) -> None:
        """Say something below the deeds."""
        self._told = said
        self.relabel()

    # -- keys -------------------------------------------------------------------------------

    def action_press(self, key: str) -> None:
        """Do the deed of a key, or say why it can't be done.

        A key that is typed ahead, while the database is asked, is kept for what comes then.
        """
        if any(self.requests.busy(work) for work in _ASKING):
            self._ahead.append(key)
            return
        entry = next((one for one in self.entries() if key in one.keys), None)
        if entry is None:
            return
        if entry.why_not is not None:
            self.tell(entry.why_not)
            return
        getattr(self, f"deed_{entry.name}")()

    def go_on_typed(self) -> None:
        """Do what was typed ahead."""
        if self._ahead:
            self.action_press(self._ahead.pop(0))

    def deed_undo(self) -> None:
        """Take one's own last action back."""
        if not self.requests.busy("lead.undo"):
            self.take_back(uuid4().hex)

    # -- whom ------------------------------------------------------------------------------

    def ask_target(
        self,
        heading: Said,
        given: Callable[[Target], object],
        *,
        pool: bool = True,
        teams: bool = True,
    ) -> None:
        """Ask to whom, and go on with the answer."""
        self._heading_of_target, self._given = heading, given
        self._pool, self._teams = pool, teams
        self.read_people()

    @database_work("lead.people")
    def read_people(self) -> Message:
        """Read who could get something."""
        from db.lead_people import list_colleagues  # noqa: PLC0415 - connected long since

        return People(list_colleagues(self.database, self.actor))

    @on(People)
    def _people_came(self, event: People) -> None:
        def chosen(target: Target | None) -> None:
            if target is not None and self._given is not None:
                self._given(target)

        choice = TargetChoice(
            self._heading_of_target, event.colleagues, pool=self._pool, teams=self._teams
        )
        typed, self._ahead = "".join(self._ahead[:1]), []
        ahead = choice.beside(int(typed)) if typed.isdecimal() else None
        if ahead is None:
            self.app.push_screen(choice, chosen)
        else:
            chosen(ahead)

    def ask_words(
        self, heading: Said, hint: Said, given: Callable[[str], object], *, needed: bool = False
    ) -> None:
        """Ask for a line of words, and go on with it."""

        def typed(words: str | None) -> None:
            if words is not None:
                given(words)

        prompt = Prompt(heading, hint, limit=LONGEST, may_be_empty=not needed)
        self.app.push_screen(prompt, typed)

    # -- looking and doing ------------------------------------------------------------------

    def give(self, wanted: Selection, target: Target) -> None:
        """Give callbacks to somebody, to a team, or to the pool."""
        deed = Deed(DeedKind.REASSIGN, to=target.people, team=target.team)
        self.plan(deed, wanted)

    @database_work("lead.plan")
    def plan(self, deed: Deed, wanted: Selection) -> Message:
        """Look at what a deed would do."""
        from db.lead_plan import preview  # noqa: PLC0415 - connected long since

        return Shown(preview(self.database, self.actor, deed, wanted), wanted)

    @on(Shown)
    def _shown(self, event: Shown) -> None:
        run, wanted = event.run, event.wanted
        cancels = run.deed.kind is DeedKind.CANCEL
        if not run.planned and len(run.left) == 1:
            self.tell(run.left[0].why)
            return
        alone = len(run.planned) == 1 and not run.left and run.planned[0].note is None
        if alone and len(wanted.ids) == 1 and not cancels:
            self.carry_out(run, "", uuid4().hex)
            return

        def answered(answer: Answered | None) -> None:
            if answer is None:
                return
            if answer.go:
                self.carry_out(run, answer.reason, uuid4().hex)
            else:
                self.plan(run.deed, replace(wanted, due_before=answer.due_before))

        narrow = None if wanted.ids else due_reader(self, self.shell.my_zone, None)
        dialog = RunDialog(run, self.deed_said(run), needs_reason=cancels, understand=narrow)
        self.app.push_screen(dialog, answered)

    def deed_said(self, run: DryRun) -> Said:
        """A deed in a few words."""
        deed = run.deed
        to: object = Said("lead.target.the_pool")
        if deed.team is not None:
            to = deed.team
        elif deed.to:
            to = ", ".join(run.people.values())
        return Said(f"lead.deed.{deed.kind}", {"to": to, "band": deed.band or 0, "at": deed.at})

    @database_work("lead.do", every=True)
    def carry_out(self, run: DryRun, reason: str, uuid: str) -> Message:
        """Do what was shown."""
        from db.lead_actions import carry_out  # noqa: PLC0415 - connected long since

        done = carry_out(self.database, self.actor, run, uuid, reason or None)
        if not done.moved and done.left:
            return Did(Said("lead.not_done", {"why": done.left[0].why}))
        key = self.shell.registry[self.opened_by].shown_keys()[0]
        told = Said("lead.done", {"deed": self.deed_said(run), "n": done.moved, "key": key})
        if done.left:
            more = {"done": told, "n": len(done.left), "why": done.left[0].why}
            return Did(Said("lead.done_but", more))
        return Did(told)

    @database_work("lead.undo", every=True)
    def take_back(self, uuid: str) -> Message:
        """Take one's own last action back."""
        from db.lead_record import last_action  # noqa: PLC0415 - connected long since
        from db.lead_undo import undo_action  # noqa: PLC0415

        last = last_action(self.database, self.actor)
        if last is None:
            return Did(Said("lead.nothing_to_undo"))
        undone = undo_action(self.database, self.actor, last.id, uuid)
        kind = Said(f"lead.kind.{last.kind}")
        told = Said("lead.undone", {"kind": kind, "n": undone.restored})
        if undone.left:
            more = {"done": told, "n": len(undone.left), "why": undone.left[0].why}
            return Did(Said("lead.undone_but", more))
        return Did(told)

    @on(Did)
    def _did(self, event: Did) -> None:
        self.dismiss(event.said)
