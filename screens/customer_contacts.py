"""What is written into a customer's record by hand: a touch beyond the calls, leave to ring."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from textual.message import Message

from domain.campaign import ContentKind, Purpose
from domain.said import Said
from domain.touch import CHANNELS, Direction
from screens.choice import MOST, Choice
from screens.customer_deeds import CustomerDeeds
from screens.customer_messages import RecordChanged
from screens.due_reader import due_reader
from screens.prompt import Prompt
from screens.words_until import WordsUntil, WordsUntilDialog
from screens.work import database_work

if TYPE_CHECKING:
    from db.customer_record import CallbackLine
    from widgets.due_input import DueEcho

_DIRECTIONS: Final[tuple[Direction, ...]] = ("out", "in")
_NOTE: Final = 500
_EVIDENCE: Final = 120


class CustomerContacts(CustomerDeeds):
    """The dialogs of touches and of leave given or taken back."""

    # -- touches ----------------------------------------------------------------------------

    def do_touch(self) -> None:
        """Ask who turned to whom, in which way, about what, and for a note."""

        def chosen(place: int | None) -> None:
            if place is not None:
                self._ask_channel(_DIRECTIONS[place])

        options = [Said(f"chances.direction.{one}") for one in _DIRECTIONS]
        self.app.push_screen(Choice(Said("chances.touch_who"), options), chosen)

    def _ask_channel(self, direction: Direction) -> None:
        channels = CHANNELS[direction][:MOST]

        def chosen(place: int | None) -> None:
            if place is not None:
                self._ask_content(direction, channels[place])

        options = [Said(f"chances.channel.{one}") for one in channels]
        self.app.push_screen(Choice(Said("chances.touch_how"), options), chosen)

    def _ask_content(self, direction: Direction, channel: str) -> None:
        kinds = tuple(ContentKind)

        def chosen(place: int | None) -> None:
            if place is not None:
                self._ask_note(direction, channel, kinds[place])

        options = [Said(f"chances.content.{kind}") for kind in kinds]
        self.app.push_screen(Choice(Said("chances.touch_what"), options), chosen)

    def _ask_note(self, direction: Direction, channel: str, content: ContentKind) -> None:
        def typed(note: str | None) -> None:
            if note is not None:
                self.write_touch(direction, channel, content, note)

        heading, hint = Said("chances.touch_note"), Said("chances.touch_note_hint")
        self.app.push_screen(Prompt(heading, hint, limit=_NOTE, may_be_empty=True), typed)

    @database_work("customer.write", every=True)
    def write_touch(
        self, direction: Direction, channel: str, content: ContentKind, note: str
    ) -> Message:
        """Write a touch into the history."""
        from db.contacts import record_contact  # noqa: PLC0415 - connected long since

        record_contact(
            self.database, self.actor, self.person_id,
            direction=direction, channel=channel, content=content, note=note,
        )  # fmt: skip
        return RecordChanged(Said("chances.touched", {"how": Said(f"chances.channel.{channel}")}))

    # -- leave to ring ----------------------------------------------------------------------

    def do_consent(self) -> None:
        """Ask for which purpose, whether leave was given, and how that is known."""
        purposes = tuple(Purpose)

        def chosen(place: int | None) -> None:
            if place is not None:
                self._ask_granted(purposes[place])

        options = [Said(f"hours.purpose.{purpose}") for purpose in purposes]
        self.app.push_screen(Choice(Said("chances.consent_for"), options), chosen)

    def _ask_granted(self, purpose: Purpose) -> None:
        def chosen(place: int | None) -> None:
            if place is not None:
                self._ask_evidence(purpose, granted=place == 0)

        options = [Said("customer.granted"), Said("customer.refused")]
        heading = Said("chances.consent_said", {"purpose": Said(f"hours.purpose.{purpose}")})
        self.app.push_screen(Choice(heading, options, Said("chances.consent_detail")), chosen)

    def _ask_evidence(self, purpose: Purpose, *, granted: bool) -> None:
        def typed(given: WordsUntil | None) -> None:
            if given is not None:
                self.write_consent(purpose, given, granted=granted)

        dialog = WordsUntilDialog(
            Said("chances.consent_how"),
            Said("chances.consent_how_hint"),
            Said("chances.consent_until"),
            self._time_reader(),
            limit=_EVIDENCE,
        )
        self.app.push_screen(dialog, typed)

    def _time_reader(self) -> Callable[[str], DueEcho]:
        record = self.record
        zone = (record.card.zone if record else None) or self.shell.my_zone
        return due_reader(self, zone, None)

    @database_work("customer.write", every=True)
    def write_consent(self, purpose: Purpose, given: WordsUntil, *, granted: bool) -> Message:
        """Write leave given or taken back."""
        from db.consents import record_consent  # noqa: PLC0415 - connected long since

        record_consent(
            self.database, self.actor, self.person_id,
            purpose=purpose, granted=granted, evidence=given.words, until=given.until,
        )  # fmt: skip
        key = "chances.consent_given" if granted else "chances.consent_taken"
        return RecordChanged(Said(key, {"purpose": Said(f"hours.purpose.{purpose}")}))

    # -- caps set aside ---------------------------------------------------------------------

    def do_override(self) -> None:
        """Ask which callback may be rung in spite of a cap, why, and until when."""
        record = self.record
        if record is None:
            return
        waiting = self.waiting(record)[:MOST]
        if len(waiting) == 1:
            self._ask_why(waiting[0])
            return

        def chosen(place: int | None) -> None:
            if place is not None:
                self._ask_why(waiting[place])

        options = [f"{self.campaign_of(one)} · {self.clock(one.due_at)}" for one in waiting]
        self.app.push_screen(Choice(Said("caps.which"), options), chosen)

    def campaign_of(self, line: CallbackLine) -> str:
        """What people read of a callback's campaign."""
        return line.campaign_zh if self.shell.language == "zh" else line.campaign_en

    def _ask_why(self, line: CallbackLine) -> None:
        def typed(given: WordsUntil | None) -> None:
            if given is not None:
                self.write_override(line.id, given)

        dialog = WordsUntilDialog(
            Said("caps.why_title", {"what": self.campaign_of(line)}),
            Said("caps.why_hint"),
            Said("caps.why_until"),
            self._time_reader(),
            limit=_NOTE,
        )
        self.app.push_screen(dialog, typed)

    @database_work("customer.write", every=True)
    def write_override(self, callback_id: int, given: WordsUntil) -> Message:
        """Set the caps aside that are in the way."""
        from db.cap_overrides import override_caps  # noqa: PLC0415

        done = override_caps(self.database, self.actor, callback_id, given.words, given.until)
        names = {cap.code: cap.name for cap in self.database.rulebook.caps.caps}
        rules = ", ".join(names[code].of(self.shell.language) for code in done.caps)
        return RecordChanged(Said("caps.overridden", {"id": callback_id, "rules": rules}))
