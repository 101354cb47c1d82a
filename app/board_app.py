"""The live board on its own: a seat that only looks, for a lead's second screen or a wall."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from textual.screen import Screen

import screens
from app.desk_app import DeskApp, stay

if TYPE_CHECKING:
    from app.settings import Settings
    from content.translations import Language
    from db.engine import Database
    from db.seats import OpenSeat, Other


class BoardApp(DeskApp):
    """The program with the board in the desk's place; it takes no customers.

    Args:
        settings: of this machine.
        database: URL of the database.
        login: who looks: a lead.
        language: to begin with.
        wall: whether it is for a wall, with large figures and no names.
        own_language: whether the person's own language is spoken once it is known.
    """

    CSS_PATH = [  # noqa: RUF012 - Textual annotates it as an instance's own
        # The first screen's own sheet is not looked for.
        *DeskApp.CSS_PATH,
        *(Path(screens.__file__).with_name(name) for name in ("board.tcss", "wallboard.tcss")),
    ]

    def __init__(
        self,
        settings: Settings,
        database: str,
        login: str,
        language: Language,
        *,
        wall: bool,
        own_language: bool = False,
    ) -> None:
        super().__init__(settings, database, login, language, own_language=own_language)
        self._wall = wall

    def get_default_screen(self) -> Screen[Any]:
        """The board."""
        from screens.board import BoardScreen  # noqa: PLC0415 - one of the two
        from screens.wallboard import WallScreen  # noqa: PLC0415

        return WallScreen() if self._wall else BoardScreen()

    def open_own_seat(self, database: Database, other: Other) -> OpenSeat:
        """Take a seat that only looks, beside any other of the same person.

        Raises:
            RefusedError: `not_allowed`, `operator_unknown`.
        """
        from db.operators import actor_of  # noqa: PLC0415 - the board is drawn before it
        from db.seats import open_seat  # noqa: PLC0415
        from domain.permissions import require  # noqa: PLC0415

        del other
        require(actor_of(database, self._login), "board.read")
        return open_seat(database, self._login, kind="looking")


def run_board(
    *,
    settings: Settings,
    database: str,
    login: str,
    language: Language,
    wall: bool,
    own_language: bool = False,
) -> None:
    """Open the board and stay until it is left; arguments as of `BoardApp`.

    Raises:
        InputError: the settings give keys that can't be used.
        Exception: a fault of the program, after the seat was left in order.
    """
    stay(BoardApp(settings, database, login, language, wall=wall, own_language=own_language))
