"""What can be done with a case: each act asks for its words and writes them at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Final

from textual.message import Message

from domain.case import NOTES, Act, CaseState, refusal, verdict_needs_lead
from domain.errors import InputError
from domain.said import Said
from screens.case_messages import CaseWritten
from screens.case_promise import CasePromises
from screens.choice import Choice
from screens.code_finder import CodeFinder
from screens.prompt import Prompt
from screens.work import database_work

if TYPE_CHECKING:
    from db.case_file import CaseFile

_LONG: Final = 2000
_ACTS: Final[Mapping[str, Act]] = {
    "note": Act.NOTE,
    "inspection": Act.NOTE,
    "understanding": Act.NOTE,
    "promise": Act.NOTE,
    "edit": Act.CHANGE,
    "raise": Act.RAISE,
    "decline": Act.ANSWER_HANDOVER,
    "escalate": Act.ESCALATE,
    "deescalate": Act.DEESCALATE,
    "timer": Act.TIMERS,
    "wish": Act.CHANGE,
    "resolve": Act.RESOLVE,
    "review": Act.REVIEW,
    "close": Act.CLOSE,
    "reopen": Act.REOPEN,
}
_CHANGES: Final = ("category", "cause", "customer_class", "department", "description", "number")
"""What can be changed of a case, in the order to be shown."""


@dataclass(frozen=True, slots=True)
class Asking:
    """A question for words.

    Attributes:
        what: names its sentences.
        deed: what is done with the words.
        empty: whether no words are an answer too.
        value: what stands there already.
    """

    what: str
    deed: Callable[[str], object]
    empty: bool
    value: str


class CaseActs(CasePromises):
    """The dialogs of a case and what they write.

    Args:
        case_id: the case.
        looking: whether nothing can be done with it from here.
    """

    def __init__(self, case_id: int, *, looking: bool = False) -> None:
        super().__init__()
        self.case_id = case_id
        self.looking = looking
        self._unwritten: Asking | None = None

    # -- what can't be done -----------------------------------------------------------------

    def reason_against_act(self, name: str, file: CaseFile) -> Said | None:
        """Why something can't be done with the case now; none where it can."""
        acts = self._acts_of(name, file.state)
        if not acts:
            return None
        if self.looking:
            return Said("case.only_looking")
        if self.shell.seat.looking:
            return Said("desk.only_looking")
        refused = [refusal(act, file.state, self.actor) for act in acts]
        if all(error is not None for error in refused) and refused[0] is not None:
            return Said(refused[0].title_key, refused[0].params)
        return None

    def _acts_of(self, name: str, state: CaseState) -> tuple[Act, ...]:
        """The acts of which one must be allowed."""
        match name:
            case "handover":
                return (Act.OFFER_HANDOVER,)
            case "accept":
                mine = state.handover_to == self.actor.operator_id
                return (Act.ANSWER_HANDOVER,) if mine else (Act.TAKE_OVER,)
            case "slip":
                return (Act.CHANGE, Act.NOTE)
            case "verdict":
                return (Act.VERDICT, Act.TRY_VERDICT)
        act = _ACTS.get(name)
        return () if act is None else (act,)

    # -- writing ----------------------------------------------------------------------------

    @database_work("case.write", every=True)
    def write(self, said: Said, deed: Callable[[], object]) -> Message:
        """Do something with the case and say so."""
        deed()
        return CaseWritten(said)

    def _ask(
        self, what: str, deed: Callable[[str], object], *, empty: bool = False, value: str = ""
    ) -> None:
        """Ask for words, then do something with them."""
        self._ask_words(Asking(what, deed, empty, value))

    def _ask_words(self, asking: Asking) -> None:
        def typed(text: str | None) -> None:
            if text is not None and not self.requests.busy("case.write"):
                self._unwritten = replace(asking, value=text)
                self.write(Said(f"case.done.{asking.what}"), lambda: asking.deed(text))

        heading = Said(f"case.ask.{asking.what}", {"case": self.case_id})
        hint = Said(f"case.hint.{asking.what}")
        prompt = Prompt(heading, hint, value=asking.value, limit=_LONG, may_be_empty=asking.empty)
        self.app.push_screen(prompt, typed)

    def ask_again(self) -> bool:
        """Show the words again that could not be written; says whether there are any."""
        asking, self._unwritten = self._unwritten, None
        if asking is None or not asking.value:
            return False
        self._ask_words(asking)
        return True

    @property
    def _version(self) -> int | None:
        return None if self.file is None else self.file.head.version

    # -- the diary --------------------------------------------------------------------------

    def do_note(self) -> None:
        """Write into the diary."""
        self._note("note")

    def do_inspection(self) -> None:
        """Write what was found on the spot."""
        self._note("inspection")

    def do_understanding(self) -> None:
        """Write that the customer has understood, and how that was checked."""
        self._note("understanding")

    def _note(self, kind: str) -> None:
        if kind not in NOTES:
            raise ValueError(kind)

        def deed(text: str) -> object:
            from db.cases import note_case  # noqa: PLC0415 - connected long since

            return note_case(self.database, self.actor, self.case_id, text, kind=kind)

        self._ask(kind, deed)

    # -- what it is -------------------------------------------------------------------------

    def do_edit(self) -> None:
        """Ask what is to be changed, then how."""

        def chosen(place: int | None) -> None:
            if place is not None:
                self._change(_CHANGES[place])

        options = [Said(f"case.field.{name}") for name in _CHANGES]
        self.app.push_screen(Choice(Said("case.ask.edit", {"case": self.case_id}), options), chosen)

    def _change(self, name: str) -> None:
        file = self.file
        if file is None:
            return
        present = str(getattr(file.head, name) or "")
        if name in ("description", "number"):
            self._ask(name, lambda text: self._write_field(name, text), value=present, empty=True)
            return
        rules = self.database.rulebook.cases
        names = {
            "category": rules.categories,
            "cause": {code: one.name for code, one in rules.causes.items()},
            "customer_class": {code: one.name for code, one in rules.classes.items()},
            "department": {code: one.name for code, one in rules.departments.items()},
        }[name]

        def found(code: str | None) -> None:
            if code is not None:
                self.write(Said(f"case.done.{name}"), lambda: self._write_field(name, code))

        self.app.push_screen(CodeFinder(Said(f"case.field.{name}"), names, present), found)

    def _write_field(self, name: str, value: str) -> object:
        from db.cases import CaseChanges, change_case  # noqa: PLC0415

        changes = CaseChanges(**{name: value})
        return change_case(self.database, self.actor, self.case_id, changes, version=self._version)

    def do_raise(self) -> None:
        """Make a case of a grumble: what it is about, then why."""
        rules = self.database.rulebook.cases

        def found(code: str | None) -> None:
            if code is not None:
                self._ask("raise", lambda text: self._raise(code, text), empty=True)

        self.app.push_screen(CodeFinder(Said("case.field.category"), rules.categories), found)

    def _raise(self, category: str, reason: str) -> object:
        from db.cases import raise_grumble  # noqa: PLC0415

        return raise_grumble(
            self.database,
            self.actor,
            self.case_id,
            category=category,
            reason=reason,
            version=self._version,
        )

    # -- the end ----------------------------------------------------------------------------

    def do_resolve(self) -> None:
        """Write what was done for the customer."""

        def deed(text: str) -> object:
            from db.case_closing import resolve  # noqa: PLC0415

            return resolve(self.database, self.actor, self.case_id, text, version=self._version)

        self._ask("resolve", deed)

    def do_verdict(self) -> None:
        """Write what the customer says of the resolution, or that nobody could be asked."""
        verdicts = self.database.rulebook.cases.verdicts
        codes = tuple(verdicts)

        def chosen(place: int | None) -> None:
            if place is None:
                return
            if place == len(codes):
                self._ask("try_verdict", self._try_verdict)
            else:
                self._ask("verdict", lambda text: self._verdict(codes[place], text), empty=True)

        language = self.shell.language
        options = [verdicts[code].name.of(language) for code in codes]
        heading = Said("case.ask.which_verdict")
        self.app.push_screen(Choice(heading, [*options, Said("case.not_reached")]), chosen)

    def _try_verdict(self, text: str) -> object:
        from db.case_closing import try_verdict  # noqa: PLC0415

        return try_verdict(self.database, self.actor, self.case_id, text, version=self._version)

    def _verdict(self, code: str, text: str) -> object:
        from db.case_closing import give_verdict  # noqa: PLC0415

        return give_verdict(
            self.database, self.actor, self.case_id, code, text=text, version=self._version
        )

    def do_review(self) -> None:
        """Write what we learn from it."""

        def deed(text: str) -> object:
            from db.case_closing import review_case  # noqa: PLC0415

            return review_case(self.database, self.actor, self.case_id, text, version=self._version)

        present = "" if self.file is None else self.file.head.review or ""
        self._ask("review", deed, value=present)

    def do_close(self) -> None:
        """Close the case; against the customer's verdict with a reason."""
        file = self.file
        if file is not None:
            self._ask("close", self._close, empty=not verdict_needs_lead(file.state))

    def _close(self, reason: str) -> object:
        from db.case_closing import close_case  # noqa: PLC0415

        return close_case(
            self.database, self.actor, self.case_id, reason=reason, version=self._version
        )

    def do_reopen(self) -> None:
        """Open the case again, with a reason."""

        def deed(text: str) -> object:
            from db.case_closing import reopen_case  # noqa: PLC0415

            return reopen_case(self.database, self.actor, self.case_id, text, version=self._version)

        self._ask("reopen", deed)


def typed_day(text: str) -> date | None:
    """The day that a person typed; none for nothing.

    Raises:
        InputError: `case_no_date`.
    """
    try:
        return date.fromisoformat(text.strip()) if text.strip() else None
    except ValueError as error:
        raise InputError("case_no_date", value=text[:20]) from error
