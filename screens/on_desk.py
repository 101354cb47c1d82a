"""How a screen that lies over the desk hands a call to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from screens.desk import DeskScreen
from screens.desk_messages import Given

if TYPE_CHECKING:
    from db.calls import OpenCall
    from screens.shell import Shell


def open_on_desk(shell: Shell, call: OpenCall) -> None:
    """Close what lies over the desk and have the desk open a call.

    The desk opens it itself, because a screen that has gone would never learn how the call ended.
    """
    desk = next(screen for screen in shell.screen_stack if isinstance(screen, DeskScreen))
    while shell.screen is not desk:
        shell.pop_screen()
    desk.post_message(Given(call, None))
