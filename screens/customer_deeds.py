"""What can be done with a customer's record: edit, numbers, stops, possible matches, a call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from textual import on
from textual.message import Message

from domain.mask import HIDDEN
from domain.permissions import allowed
from domain.said import Said
from screens.card_view import grouped
from screens.choice import Choice
from screens.customer_messages import CallTaken, RecordChanged
from screens.customer_pages import stands
from screens.field_finder import FieldFinder
from screens.frame import FramedScreen
from screens.on_desk import open_on_desk
from screens.prompt import Confirm, Prompt
from screens.scripts import read_call
from screens.work import database_work

if TYPE_CHECKING:
    from db.customer_numbers import Role
    from db.customer_record import CallbackLine, StopLine
    from db.customer_stops import Reason
    from db.customers import CustomerRecord
    from db.matches import MatchLine

REASONS: Final[tuple[Reason, ...]] = ("asked", "consent", "legal", "house")
ROLES: Final[tuple[Role, ...]] = ("mobile", "home", "office", "fax", "other")
_MAY_BE_RUNG: Final = ("scheduled", "due")
_LONG: Final = 500
_LIVING_ONLY: Final = frozenset(
    {"ring", "answer", "edit", "number", "stop", "touch", "consent", "override", "grievance"}
)
"""What can't be done with a closed record."""


class CustomerDeeds(FramedScreen[None]):
    """The dialogs of a record and what they write.

    Args:
        person_id: the customer.
    """

    def __init__(self, person_id: int) -> None:
        super().__init__()
        self.person_id = person_id
        self.record: CustomerRecord | None = None

    # -- what can't be done -----------------------------------------------------------------

    def reason_against_deed(self, name: str, record: CustomerRecord) -> Said | None:
        """Why a deed can't be done with this record now; none where it can."""
        if name in _LIVING_ONLY and record.fields.closed_because:
            closed = Said(f"customer.closed.{record.fields.closed_because}")
            return Said("customer.is_closed", {"why": closed})
        if name in ("ring", "answer", "grievance") and self.shell.seat.looking:
            return Said("desk.only_looking")
        reasons = {
            "ring": self._why_not_ring,
            "match": self._why_not_match,
            "lift": self._why_not_lift,
            "override": self._why_not_override,
        }
        return reasons[name](record) if name in reasons else None

    def _why_not_ring(self, record: CustomerRecord) -> Said | None:
        if any(getattr(screen, "SCOPE", "") == "call" for screen in self.app.screen_stack):
            return Said("customer.in_call")
        return None if self.to_ring(record) else Said("customer.nothing_to_ring")

    def _why_not_match(self, record: CustomerRecord) -> Said | None:
        if not record.matches:
            return Said("customer.no_match")
        return None if allowed(self.actor.role, "customers.merge") else Said("customer.lead_merges")

    def _why_not_lift(self, record: CustomerRecord) -> Said | None:
        if not self.standing(record):
            return Said("customer.no_stop")
        may = allowed(self.actor.role, "customers.lift_do_not_call")
        return None if may else Said("customer.lead_lifts")

    def _why_not_override(self, record: CustomerRecord) -> Said | None:
        if not allowed(self.actor.role, "caps.override"):
            return Said("caps.leads_only")
        return None if self.waiting(record) else Said("customer.nothing_to_ring")

    def waiting(self, record: CustomerRecord) -> list[CallbackLine]:
        """The callbacks that wait, the most urgent one first."""
        lines = [one for one in record.callbacks if one.state in _MAY_BE_RUNG]
        return sorted(lines, key=lambda one: (one.state != "due", one.band, one.due_at))

    def to_ring(self, record: CustomerRecord) -> CallbackLine | None:
        """The callback to take: the most urgent one that is due, else the next one."""
        return next(iter(self.waiting(record)), None)

    def standing(self, record: CustomerRecord) -> list[StopLine]:
        """The stops in force."""
        now = self.shell.now()
        return [one for one in record.stops if stands(one, now)]

    # -- a call -----------------------------------------------------------------------------

    def do_ring(self) -> None:
        """Take the customer's callback and open the call."""
        record = self.record
        line = self.to_ring(record) if record else None
        if line is not None and not self.requests.busy("customer.ring"):
            self.take_callback(line.id)

    @database_work("customer.ring", every=True)
    def take_callback(self, callback_id: int) -> Message:
        """Claim a callback and read what the call screen needs."""
        from db.queue import claim  # noqa: PLC0415 - connected long since

        taken = claim(self.database, self.actor, callback_id)
        return CallTaken(read_call(self.shell, taken.call_id))

    @on(CallTaken)
    def _taken(self, event: CallTaken) -> None:
        open_on_desk(self.shell, event.call)

    def do_answer(self) -> None:
        """This customer is on the line."""
        self.shell.serve_inbound(self.person_id)

    # -- fields -----------------------------------------------------------------------------

    def do_edit(self) -> None:
        """Ask for a field, then for its value."""
        record = self.record
        if record is None:
            return
        values = _editable(record)

        def chosen(field: str | None) -> None:
            if field is not None:
                hidden = HIDDEN in values[field] and not record.sight.places
                self._ask_value(field, values[field], hidden=hidden)

        self.app.push_screen(FieldFinder(values), chosen)

    def _ask_value(self, field: str, value: str, *, hidden: bool) -> None:
        """Asks for a value; one that is hidden is typed anew and can't be cleared unseen."""
        name = Said(f"customer.field.{field}")
        hint = Said(f"customer.hint.{field}" if field in _HINTS else "customer.hint.any")
        if hidden:
            hint, value = Said("customer.hint.hidden", {"value": value}), ""

        def typed(text: str | None) -> None:
            if text is not None and text != value:
                self.write_field(field, text)

        prompt = Prompt(name, hint, value=value, limit=_LONG, may_be_empty=not hidden)
        self.app.push_screen(prompt, typed)

    @database_work("customer.write", every=True)
    def write_field(self, field: str, text: str) -> Message:
        """Write one field."""
        from content.name_sounds import name_sound  # noqa: PLC0415 - loaded when a name changes
        from db.customer_edit import edit_field  # noqa: PLC0415

        sound = name_sound(text) if field == "name" else None
        edit_field(self.database, self.actor, self.person_id, field, text, sound=sound)
        return RecordChanged(Said("customer.written", {"field": Said(f"customer.field.{field}")}))

    # -- numbers ----------------------------------------------------------------------------

    def do_number(self) -> None:
        """Add a number, or take one away."""
        record = self.record
        if record is None:
            return
        phones = [one for one in record.card.phones if one.phone_id is not None]
        options: list[Said | str] = [
            Said("customer.number_add"),
            *(
                Said("customer.number_remove", {"number": _number(one.e164, one.extension)})
                for one in phones
            ),
        ]

        def chosen(place: int | None) -> None:
            if place == 0:
                self._ask_number()
            elif place is not None:
                phone = phones[place - 1]
                if phone.phone_id is not None:
                    self._ask_removal(phone.phone_id, _number(phone.e164, phone.extension))

        self.app.push_screen(Choice(Said("customer.number_title"), options), chosen)

    def _ask_number(self) -> None:
        def typed(text: str | None) -> None:
            if text:
                self._ask_role(text)

        prompt = Prompt(Said("customer.number_new"), Said("customer.number_hint"), limit=40)
        self.app.push_screen(prompt, typed)

    def _ask_role(self, text: str) -> None:
        def chosen(place: int | None) -> None:
            if place is not None:
                self.write_number(text, ROLES[place])

        options = [Said(f"customer.role.{role}") for role in ROLES]
        self.app.push_screen(
            Choice(Said("customer.number_role", {"number": text}), options), chosen
        )

    @database_work("customer.write", every=True)
    def write_number(self, text: str, role: Role) -> Message:
        """Give the customer a number."""
        from db.customer_numbers import add_number  # noqa: PLC0415

        added = add_number(
            self.database, self.actor, self.person_id, text, region=self.shell.region, role=role
        )
        number = _number(added.e164, added.extension)
        return RecordChanged(Said("customer.number_added", {"number": number}))

    def _ask_removal(self, phone_id: int, number: str) -> None:
        def answered(yes: bool | None) -> None:
            if yes:
                self.take_number(phone_id, number)

        question = Said("customer.number_sure", {"number": number})
        self.app.push_screen(Confirm(question, Said("customer.number_sure_detail")), answered)

    @database_work("customer.write", every=True)
    def take_number(self, phone_id: int, number: str) -> Message:
        """Take a number away."""
        from db.customer_numbers import remove_number  # noqa: PLC0415

        remove_number(self.database, self.actor, self.person_id, phone_id)
        return RecordChanged(Said("customer.number_removed", {"number": number}))

    # -- do not call ------------------------------------------------------------------------

    def do_stop(self) -> None:
        """Ask whom not to ring, why, and whether that is meant."""
        record = self.record
        if record is None:
            return
        phones = [one for one in record.card.phones if one.phone_id is not None]
        if not phones:
            self._ask_reason(record.card.name, None)
            return
        numbers = [_number(one.e164, one.extension) for one in phones]
        options: list[Said | str] = [
            Said("customer.stop_person", {"name": record.card.name}),
            *(Said("customer.stop_number", {"number": number}) for number in numbers),
        ]

        def chosen(place: int | None) -> None:
            if place == 0:
                self._ask_reason(record.card.name, None)
            elif place is not None:
                self._ask_reason(numbers[place - 1], phones[place - 1].phone_id)

        self.app.push_screen(Choice(Said("customer.stop_title"), options), chosen)

    def _ask_reason(self, what: str, phone_id: int | None) -> None:
        def chosen(place: int | None) -> None:
            if place is not None:
                self._ask_stop(what, phone_id, REASONS[place])

        options = [Said(f"stop.{reason}") for reason in REASONS]
        self.app.push_screen(Choice(Said("customer.stop_why", {"what": what}), options), chosen)

    def _ask_stop(self, what: str, phone_id: int | None, reason: Reason) -> None:
        def answered(yes: bool | None) -> None:
            if yes:
                self.write_stop(what, phone_id, reason)

        key = "customer.stop_detail" if phone_id is None else "customer.stop_detail_number"
        detail = Said(key, {"why": Said(f"stop.{reason}")})
        self.app.push_screen(Confirm(Said("customer.stop_sure", {"what": what}), detail), answered)

    @database_work("customer.write", every=True)
    def write_stop(self, what: str, phone_id: int | None, reason: Reason) -> Message:
        """Set the stop."""
        from db.customer_stops import set_do_not_call  # noqa: PLC0415

        person_id = self.person_id if phone_id is None else None
        set_do_not_call(
            self.database, self.actor, person_id=person_id, phone_id=phone_id, reason=reason
        )
        return RecordChanged(Said("customer.stopped", {"what": what}))

    def do_lift(self) -> None:
        """Ask which stop is to be lifted."""
        record = self.record
        if record is None:
            return
        stops = self.standing(record)
        options = [
            Said(
                "customer.lift_option",
                {
                    "what": one.number or Said("customer.whole_person"),
                    "why": Said(f"stop.{one.reason}"),
                    "at": one.since,
                },
            )
            for one in stops
        ]

        def chosen(place: int | None) -> None:
            if place is not None:
                self.lift_stop(stops[place].id)

        detail = Said("customer.lift_detail")
        self.app.push_screen(Choice(Said("customer.lift_title"), options, detail), chosen)

    @database_work("customer.write", every=True)
    def lift_stop(self, stop_id: int) -> Message:
        """Lift a stop."""
        from db.customer_stops import lift_do_not_call  # noqa: PLC0415

        lift_do_not_call(self.database, self.actor, stop_id)
        return RecordChanged(Said("customer.lifted_now"))

    # -- possible matches -------------------------------------------------------------------

    def do_match(self) -> None:
        """Decide on a possible match; asked for which one where there are several."""
        record = self.record
        if record is None:
            return
        matches = record.matches
        if len(matches) == 1:
            self._ask_match(matches[0])
            return

        def chosen(place: int | None) -> None:
            if place is not None:
                self._ask_match(matches[place])

        self.app.push_screen(
            Choice(Said("customer.match_which"), [_other(one) for one in matches]), chosen
        )

    def _ask_match(self, pair: MatchLine) -> None:
        def chosen(place: int | None) -> None:
            if place == 0:
                self.decide_match(pair.id, "same")
            elif place == 1:
                self.decide_match(pair.id, "different")
            elif place is not None:
                self.shell.show_customer(pair.other_id)

        detail = Said(
            "customer.match_detail",
            {
                "one": " ".join(filter(None, (pair.name, pair.masked, pair.plate))),
                "other": _other(pair),
                "why": Said(f"customer.match.{pair.reason}"),
            },
        )
        options = [Said(f"customer.match_{name}") for name in ("same", "different", "look")]
        self.app.push_screen(Choice(Said("customer.match_title"), options, detail), chosen)

    @database_work("customer.write", every=True)
    def decide_match(self, match_id: int, what: Literal["same", "different"]) -> Message:
        """Say whether two records are one person."""
        from db.matches import decide_different, decide_same  # noqa: PLC0415

        decide = decide_same if what == "same" else decide_different
        decided = decide(self.database, self.actor, match_id)
        return RecordChanged(Said(f"customer.match_said_{what}"), decided.person_id)


_HINTS: Final = frozenset(
    {"name", "sex", "birthday", "lunar_birthday", "zone", "preferred_hours", "refused_hours"}
)


def _editable(record: CustomerRecord) -> dict[str, str]:
    """What each field that can be edited holds now."""
    card, fields = record.card, record.fields
    lunar = fields.birthday_calendar == "lunar"
    values: dict[str, str | None] = {
        "name": card.name,
        "salutation": card.salutation,
        "sex": card.sex,
        "birthday": None if lunar else fields.birthday,
        "lunar_birthday": fields.birthday if lunar else None,
        "occupation": fields.occupation,
        "language": card.language,
        "zone": card.zone,
        "email": fields.email,
        "home_address": fields.home_address,
        "home_postcode": fields.home_postcode,
        "work_address": fields.work_address,
        "work_postcode": fields.work_postcode,
        "preferred_hours": fields.preferred_hours,
        "refused_hours": fields.refused_hours,
    }
    return {name: value or "" for name, value in values.items()}


def _number(e164: str | None, extension: str) -> str:
    return " ".join(filter(None, (grouped(e164 or ""), f"x{extension}" if extension else "")))


def _other(match: MatchLine) -> str:
    return " ".join(filter(None, (match.other_name, match.other_masked, match.other_plate)))
