"""A customer's rights in their data: shown whole, handed out, erased; each written down."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from textual import on
from textual.message import Message

from domain.export_mark import ExportPurpose
from domain.permissions import allowed
from domain.said import Said
from domain.sight import REVEAL
from screens.choice import Choice
from screens.customer_grievance import CustomerGrievances
from screens.customer_messages import RecordChanged, RecordRead
from screens.prompt import Prompt
from screens.work import database_work

if TYPE_CHECKING:
    from db.customer_erase import Erased, Reason
    from db.customers import CustomerRecord

REASONS: Final[tuple[Reason, ...]] = ("request", "consent", "retention", "mistake")
_PURPOSES: Final = (ExportPurpose.ACCESS, ExportPurpose.MOVE, ExportPurpose.AUTHORITY)


class RecordRevealed(Message):
    """The record with nothing hidden."""

    def __init__(self, record: CustomerRecord) -> None:
        super().__init__()
        self.record = record


class RecordSaved(Message):
    """Everything about the customer lies in a file; `said` tells where."""

    def __init__(self, said: Said) -> None:
        super().__init__()
        self.said = said


class CustomerPrivacy(CustomerGrievances):
    """The dialogs of a customer's personal data; for leads, erasing for admins."""

    def why_not_privacy(self, record: CustomerRecord) -> Said | None:
        """Why nothing of this can be done now; none where something can."""
        if not allowed(self.actor.role, REVEAL):
            return Said("privacy.leads_only")
        if record.fields.closed_because == "erased":
            return Said("customer.is_closed", {"why": Said("customer.closed.erased")})
        return None

    def do_privacy(self) -> None:
        """Ask what is to be done with the customer's data."""
        names = ["reveal", "export"]
        if allowed(self.actor.role, "customers.erase"):
            names.append("erase")

        def chosen(place: int | None) -> None:
            if place == 0:
                self.show_whole(self.person_id)
            elif place == 1:
                self._ask_purpose()
            elif place is not None:
                self._ask_reason_to_erase()

        options = [Said(f"privacy.do.{name}") for name in names]
        self.app.push_screen(Choice(Said("privacy.title"), options, Said("privacy.detail")), chosen)

    # -- shown whole ------------------------------------------------------------------------

    @database_work("customer.reveal")
    def show_whole(self, person_id: int) -> Message:
        """Read the record with nothing hidden; that is written down."""
        from db.customers import reveal  # noqa: PLC0415 - connected long since

        return RecordRevealed(reveal(self.database, self.actor, person_id))

    @on(RecordRevealed)
    def _revealed(self, event: RecordRevealed) -> None:
        self.post_message(RecordRead(event.record))
        self.say_said(Said("privacy.revealed"))

    # -- handed out -------------------------------------------------------------------------

    def _ask_purpose(self) -> None:
        def chosen(place: int | None) -> None:
            if place is not None and not self.requests.busy("customer.export"):
                self.hand_out(self.person_id, _PURPOSES[place])

        options = [Said(f"audit.value.purpose.{one}") for one in _PURPOSES]
        self.app.push_screen(Choice(Said("privacy.export_title"), options), chosen)

    @database_work("customer.export", every=True)
    def hand_out(self, person_id: int, purpose: ExportPurpose) -> Message:
        """Write everything about the customer into a file that only its owner may read."""
        path = self._save(person_id, purpose)
        return RecordSaved(Said("privacy.exported", {"path": path}))

    def _save(self, person_id: int, purpose: ExportPurpose) -> str:
        from content.paper import save  # noqa: PLC0415 - when first asked for
        from db.customer_export import export  # noqa: PLC0415

        # Where nothing can be saved, nothing is taken out and written down as handed out.
        folder = self.shell.papers()
        exported = export(self.database, self.actor, person_id, purpose)
        text = json.dumps(exported, ensure_ascii=False, indent=2)
        stem = f"customer-{person_id}-{exported['mark']['number']}"
        return str(save(text, folder, stem, "json"))

    @on(RecordSaved)
    def _saved(self, event: RecordSaved) -> None:
        self.app.copy_to_clipboard(str(event.said.params["path"]))
        self.say_said(event.said)

    # -- erased -----------------------------------------------------------------------------

    def _ask_reason_to_erase(self) -> None:
        def chosen(place: int | None) -> None:
            if place is not None:
                self._ask_file(REASONS[place])

        options = [Said(f"audit.value.reason.{one}") for one in REASONS]
        self.app.push_screen(Choice(Said("privacy.erase_title"), options), chosen)

    def _ask_file(self, reason: Reason) -> None:
        def chosen(place: int | None) -> None:
            if place is not None:
                self._ask_to_be_sure(reason, export=place == 0)

        options = [Said("privacy.erase_exported"), Said("privacy.erase_only")]
        detail = Said("privacy.erase_detail")
        self.app.push_screen(Choice(Said("privacy.erase_file"), options, detail), chosen)

    def _ask_to_be_sure(self, reason: Reason, *, export: bool) -> None:
        """The second confirmation can't be given by a key held down: a number has to be typed."""
        number = str(self.person_id)

        def typed(text: str | None) -> None:
            if text is None:
                return
            if text.strip() == number:
                self.erase(int(number), reason, export=export)
            else:
                self.say_said(Said("privacy.not_erased"))

        name = self.record.card.name if self.record is not None else ""
        title = Said("privacy.erase_sure", {"name": name})
        hint = Said("privacy.erase_hint", {"number": number})
        self.app.push_screen(Prompt(title, hint, limit=20), typed)

    @database_work("customer.write", every=True)
    def erase(self, person_id: int, reason: Reason, *, export: bool) -> Message:
        """Erase the customer, with everything in a file before if that is wished."""
        from db.customer_erase import erase  # noqa: PLC0415

        path = self._save(person_id, ExportPurpose.ACCESS) if export else ""
        return RecordChanged(
            _erased_said(erase(self.database, self.actor, person_id, reason), path)
        )


def _erased_said(erased: Erased, path: str) -> Said:
    told = [Said("privacy.erased", {"numbers": erased.numbers, "calls": erased.calls})]
    if path:
        told.append(Said("privacy.erased_file", {"path": path}))
    if erased.recordings:
        told.append(Said("privacy.erased_recordings", {"refs": ", ".join(erased.recordings)}))
    if erased.rewritten is False:
        told.append(Said("privacy.erased_not_rewritten"))
    said = told.pop()
    for before in reversed(told):
        said = Said("privacy.both", {"one": before, "other": said})
    return said
