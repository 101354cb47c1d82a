"""What is written into a customer's record by hand: a touch beyond the calls, leave to ring."""

from __future__ import annotations

from typing import Final

from textual.message import Message

from domain.campaign import ContentKind, Purpose
from domain.said import Said
from domain.touch import CHANNELS, Direction
from screens.choice import MOST, Choice
from screens.customer_deeds import CustomerDeeds
from screens.customer_messages import RecordChanged
from screens.prompt import Prompt
from screens.work import database_work

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
        def typed(evidence: str | None) -> None:
            if evidence:
                self.write_consent(purpose, evidence, granted=granted)

        heading, hint = Said("chances.consent_how"), Said("chances.consent_how_hint")
        self.app.push_screen(Prompt(heading, hint, limit=_EVIDENCE), typed)

    @database_work("customer.write", every=True)
    def write_consent(self, purpose: Purpose, evidence: str, *, granted: bool) -> Message:
        """Write leave given or taken back."""
        from db.consents import record_consent  # noqa: PLC0415 - connected long since

        record_consent(
            self.database, self.actor, self.person_id,
            purpose=purpose, granted=granted, evidence=evidence,
        )  # fmt: skip
        key = "chances.consent_given" if granted else "chances.consent_taken"
        return RecordChanged(Said(key, {"purpose": Said(f"hours.purpose.{purpose}")}))
