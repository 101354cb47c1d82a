"""The desk of a lead: rows picked for what is done to several at once, and the way to the deeds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on

from domain.said import Said
from screens.desk_news import DeskNews
from screens.lead_acts import act_on_selection, why_no_deeds
from widgets.window_list import WindowList

if TYPE_CHECKING:
    from db.lead_selection import Selection


class DeskLeads(DeskNews):
    """A desk from which a lead acts on the work of others."""

    @property
    def listing(self) -> WindowList:
        """The list of callbacks."""
        return self.query_one("#desk-list", WindowList)

    def why_no_lead(self) -> Said | None:
        """Why a lead's key does nothing now; none where it does."""
        nothing = Said("desk.nothing_marked") if self.listing.marked_id is None else None
        return why_no_deeds(self.shell) or nothing

    def do_pick(self) -> None:
        """Pick the marked callback, or let go of it, and go to the next one."""
        self.listing.action_pick(1)

    @on(WindowList.Picked, "#desk-list")
    def _picked(self, event: WindowList.Picked) -> None:
        if event.ids:
            key = self.shell.registry["desk.lead"].shown_keys()[0]
            self.say("lead.picked", n=len(event.ids), key=key)
        else:
            self.hush()

    def do_lead(self) -> None:
        """Act on the picked callbacks, else on the marked one."""
        from db.lead_selection import Selection  # noqa: PLC0415 - connected long since

        listing = self.listing
        ids = listing.picked or ((listing.marked_id,) if listing.marked_id is not None else ())
        act_on_selection(self.shell, Selection(ids=ids), self._whole(), listing.drop_picks)

    def _whole(self) -> Selection:
        """All that the present list shows."""
        from db.lead_selection import Selection  # noqa: PLC0415 - connected long since

        match self.view:
            case "mine":
                return Selection(operator_id=self.actor.operator_id)
            case "pool":
                return Selection(pool=True)
            case "check":
                return Selection(states=("check",))
            case _:
                return Selection()
