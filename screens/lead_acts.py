"""The ways to a lead's deeds from any screen: to callbacks, to an operator, and back again."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from domain.permissions import allowed
from domain.said import Said
from screens.frame import Acting

if TYPE_CHECKING:
    from db.lead_selection import Selection
    from screens.lead_base import LeadMenu
    from screens.shell import Shell


def why_no_deeds(shell: Shell) -> Said | None:
    """Why nothing can be done to the work of others from this seat; none for a lead."""
    if not shell.connected:
        return Said("desk.not_connected")
    if not allowed(shell.seat.actor.role, "queue.reassign"):
        return Said("lead.leads_only")
    return None


def act_on_callbacks(shell: Shell, ids: tuple[int, ...]) -> None:
    """Open the menu of deeds to some callbacks.

    Args:
        shell: the program.
        ids: the callbacks; none says so.
    """
    from db.lead_selection import Selection  # noqa: PLC0415 - connected long since

    if not ids:
        _say(shell, Said("desk.nothing_marked"))
        return
    act_on_selection(shell, Selection(ids=ids))


def act_on_selection(
    shell: Shell,
    wanted: Selection,
    whole: Selection | None = None,
    done: Callable[[], None] | None = None,
) -> None:
    """Open the menu of deeds to what a filter shows.

    Args:
        shell: the program.
        wanted: which callbacks.
        whole: what a key of the menu widens it to; none for nothing.
        done: told when something was done.
    """
    if (why := why_no_deeds(shell)) is not None:
        _say(shell, why)
        return
    from screens.lead_menu import CallbackMenu  # noqa: PLC0415 - loaded when first asked for

    _open(shell, CallbackMenu(wanted, whole), done)


def act_on_operator(shell: Shell, operator_id: int, name: str) -> None:
    """Open the menu of deeds to an operator.

    Args:
        shell: the program.
        operator_id: the operator.
        name: the operator's name.
    """
    if (why := why_no_deeds(shell)) is not None:
        _say(shell, why)
        return
    from screens.lead_operator import OperatorMenu  # noqa: PLC0415 - loaded when first asked for

    _open(shell, OperatorMenu(operator_id, name))


def _open(shell: Shell, menu: LeadMenu, done: Callable[[], None] | None = None) -> None:
    def closed(said: Said | None) -> None:
        if said is None:
            return
        if done is not None:
            done()
        _say(shell, said)

    shell.push_screen(menu, closed)


def _say(shell: Shell, said: Said) -> None:
    screen: Any = shell.screen
    if isinstance(screen, Acting):
        screen.say_said(said)
