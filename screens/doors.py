"""The screens that open over others; each is loaded when it is first asked for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import ExitStack
from typing import TYPE_CHECKING, Final, Protocol, TypeVar, runtime_checkable

from textual.screen import Screen

from screens.frame import Acting
from screens.key_shell import KeyShell

if TYPE_CHECKING:
    from content.translations import Language
    from domain.handbook import Handbook
    from domain.said import Said
    from screens.actions import Action

T = TypeVar("T")
_BUILT: Final = 1.0
"""Seconds after which a screen is shown however far it has come."""


@runtime_checkable
class Serving(Protocol):
    """The screen beneath all others, which opens calls."""

    def serve(self, person_id: int) -> object:
        """Open a call with a customer who is ringing."""


class Doors(KeyShell, inherit_bindings=False):
    """Opens what lies over the present screen."""

    language: Language

    def reason_against(self, action: Action) -> Said | None:
        """Why an action can't be done on the screen before us; the shell knows."""
        raise NotImplementedError

    async def carry_out(self, action_id: str, detail: str = "") -> None:
        """Do an action of the registry; the shell knows how."""
        raise NotImplementedError

    async def do_handbook(self) -> None:
        """Read in the handbook."""
        await self.show_handbook(lambda _: None)

    async def show_handbook(self, card_of: Callable[[Handbook], str | None]) -> None:
        """Show the handbook; it is read beside the screen's loop when it is first asked for.

        Args:
            card_of: says the id of the card to open at; none for the first one.
        """
        from content.handbook import load_handbook  # noqa: PLC0415 - loaded when first asked for
        from screens.handbook import HandbookScreen  # noqa: PLC0415 - loaded when first asked for

        handbook = await asyncio.to_thread(load_handbook, self.language)
        self.push_screen(HandbookScreen(card_of(handbook)))

    async def do_help(self) -> None:
        """Show the keys that work here."""
        from screens.help import HelpScreen  # noqa: PLC0415 - loaded when first asked for

        screen = self.screen
        if isinstance(screen, Acting):
            self.push_screen(HelpScreen(screen.actions()))

    async def do_palette(self) -> None:
        """Find a command by its name."""
        from screens.palette import CommandPalette  # noqa: PLC0415 - loaded when first asked for

        screen = self.screen
        if isinstance(screen, Acting):
            chosen = CommandPalette(screen.actions(), self.reason_against)
            self.push_screen(chosen, self._palette_chose)

    async def _palette_chose(self, action_id: str | None) -> None:
        if action_id is not None:
            self.key_repeated = False
            await self.carry_out(action_id)

    def push_whole(
        self, screen: Screen[T], callback: Callable[[T | None], None] | None = None
    ) -> None:
        """Show a screen that is sent to the terminal only once all its parts stand.

        Building a large screen draws it many times over, 20 kB each; a slow line feels that.

        Args:
            screen: the screen.
            callback: told what the screen gives back.
        """
        held = ExitStack()
        held.enter_context(self.batch_update())
        self.push_screen(screen, callback)
        screen.call_after_refresh(held.close)
        self.set_timer(_BUILT, held.close)

    def show_customer(self, person_id: int) -> None:
        """Show a customer's whole record."""
        from screens.customer import CustomerScreen  # noqa: PLC0415 - loaded when first asked for

        self.push_whole(CustomerScreen(person_id))

    def do_inbound(self) -> None:
        """Find the customer who is ringing, and open their call."""
        from screens.search import CustomerSearch  # noqa: PLC0415 - loaded when first asked for

        def found(person_id: int | None) -> None:
            if person_id is not None:
                self.serve_inbound(person_id)

        self.push_screen(CustomerSearch("call.who_rings"), found)

    def serve_inbound(self, person_id: int) -> None:
        """Open a call with a customer who is ringing, over the desk."""
        while len(self.screen_stack) > 1 and not isinstance(self.screen, Serving):
            self.pop_screen()
        serving = self.screen
        if isinstance(serving, Serving):
            serving.serve(person_id)

    def show_checks(self) -> None:
        """Show what waits for a person's word: was the customer rung or not?"""
        from screens.checks import ChecksScreen  # noqa: PLC0415 - loaded when first asked for

        self.push_screen(ChecksScreen())

    def do_mend(self) -> None:
        """Show what is to be put right."""
        from screens.mend import MendScreen  # noqa: PLC0415 - loaded when first asked for

        self.push_screen(MendScreen())

    def show_today(self) -> None:
        """Show one's own calls of today."""
        from screens.today import TodayScreen  # noqa: PLC0415 - loaded when first asked for

        self.push_screen(TodayScreen())

    def show_chances(self) -> None:
        """Show what was heard in calls, and what became of it."""
        from screens.chances import ChancesScreen  # noqa: PLC0415 - loaded when first asked for

        self.push_screen(ChancesScreen())

    def show_shift(self) -> None:
        """Show one's own shift."""
        from screens.shift import ShiftScreen  # noqa: PLC0415 - loaded when first asked for

        self.push_screen(ShiftScreen())

    def show_overrides(self) -> None:
        """Show which caps were set aside."""
        from screens.overrides import OverridesScreen  # noqa: PLC0415 - when first asked for

        self.push_screen(OverridesScreen())

    def show_audit(self) -> None:
        """Show who did what to whose data or work."""
        from screens.audit import AuditScreen  # noqa: PLC0415 - loaded when first asked for

        self.push_screen(AuditScreen())

    def show_tiers(self) -> None:
        """Show which customers should change their tier or card."""
        from screens.tiers import TiersScreen  # noqa: PLC0415 - loaded when first asked for

        self.push_screen(TiersScreen())

    def show_care(self) -> None:
        """Show what the care plans will make in the next days."""
        from screens.care import CareScreen  # noqa: PLC0415 - loaded when first asked for

        self.push_screen(CareScreen())

    def show_board(self, *, wall: bool = False) -> None:
        """Show the live board, or the one for a wall."""
        if wall:
            from screens.wallboard import WallScreen  # noqa: PLC0415 - when first asked for

            self.push_screen(WallScreen())
            return
        from screens.board import BoardScreen  # noqa: PLC0415 - loaded when first asked for

        self.push_whole(BoardScreen())

    def show_roster(self) -> None:
        """Show who works when, and who is away."""
        from screens.roster import RosterScreen  # noqa: PLC0415 - loaded when first asked for

        self.push_whole(RosterScreen())

    def show_deal_out(self, campaign: str | None = None, band: int | None = None) -> None:
        """Show how today's work would be dealt out; to begin with, that of one kind or one band."""
        from screens.deal import DealScreen  # noqa: PLC0415 - loaded when first asked for

        self.push_whole(DealScreen(campaign, band))

    def show_cases(self) -> None:
        """Show the list of cases."""
        from screens.cases import CasesScreen  # noqa: PLC0415 - loaded when first asked for

        self.push_screen(CasesScreen())

    def show_case(self, case_id: int, *, looking: bool = False) -> None:
        """Show one case.

        Args:
            case_id: the case.
            looking: whether nothing can be done with it from here.
        """
        from screens.case import CaseScreen  # noqa: PLC0415 - loaded when first asked for

        self.push_whole(CaseScreen(case_id, looking=looking))

    def show_promises(self) -> None:
        """Show what we owe our customers."""
        from screens.promises import PromisesScreen  # noqa: PLC0415 - loaded when first asked for

        self.push_screen(PromisesScreen())

    def show_imports(self) -> None:
        """Read a file of customers or callbacks."""
        from screens.imports import ImportScreen  # noqa: PLC0415 - loaded when first asked for

        self.push_screen(ImportScreen())

    def show_playbooks(self) -> None:
        """Show the scripts in force; a lead edits and publishes them there."""
        from screens.playbooks import PlaybooksScreen  # noqa: PLC0415 - when first asked for

        self.push_whole(PlaybooksScreen())

    def show_settings(self) -> None:
        """Show the rules of the desk as forms."""
        from screens.settings import SettingsScreen  # noqa: PLC0415 - when first asked for

        self.push_whole(SettingsScreen())

    def do_search(self) -> None:
        """Find a customer and show the record."""
        from screens.search import CustomerSearch  # noqa: PLC0415 - loaded when first asked for

        def found(person_id: int | None) -> None:
            if person_id is not None:
                self.show_customer(person_id)

        self.push_screen(CustomerSearch("ui.search_title"), found)
