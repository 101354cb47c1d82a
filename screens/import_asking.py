"""What the import screen asks about a file: its kind, how it is read, whether work is to stop."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from domain.said import Said
from screens.choice import Choice
from screens.import_work import Asked, ImportWork
from screens.prompt import Confirm, Prompt

if TYPE_CHECKING:
    from intake.mapping import Kind
    from intake.preparing import Prepared

KINDS: Final[tuple[Kind, ...]] = ("customers", "orders", "callbacks", "complaints")
OPTIONS: Final = ("region", "as_of", "encoding", "delimiter", "sheet")
_DELIMITERS: Final[Mapping[str, str]] = {"tab": "\t", "\\t": "\t"}


class ImportAsking(ImportWork):
    """The questions of the import screen and what follows from their answers."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: Asked | None = None
        self.prepared: Prepared | None = None
        self.working = ""

    def read(self, asked: Asked) -> None:
        """Read a file in the way that was asked for; the screen shows how far it is."""
        raise NotImplementedError

    def do_kind(self) -> None:
        """Choose what the rows are."""
        self.ask_kind(None)

    def ask_kind(self, detail: Said | None) -> None:
        """Ask what the rows are.

        Args:
            detail: why it is asked; none where a person wants to say it.
        """

        def chosen(place: int | None) -> None:
            if place is not None and self.asked is not None:
                self.read(replace(self.asked, kind=KINDS[place]))

        options = [Said(f"import_screen.kind.{kind}") for kind in KINDS]
        self.app.push_screen(Choice(Said("import_screen.which_kind"), options, detail), chosen)

    def do_options(self) -> None:
        """Choose how the file is to be read."""

        def chosen(place: int | None) -> None:
            if place is not None:
                self._ask_option(OPTIONS[place])

        options = [
            Said(f"import_screen.option.{name}", {"now": self._present(name)}) for name in OPTIONS
        ]
        self.app.push_screen(Choice(Said("import_screen.options"), options), chosen)

    def _present(self, name: str) -> str:
        prepared, asked = self.prepared, self.asked
        if prepared is None or asked is None:
            return ""
        setting, table = prepared.setting, prepared.table
        zone = ZoneInfo(self.shell.my_zone)
        as_of = asked.as_of.astimezone(zone).strftime("%Y-%m-%d %H:%M") if asked.as_of else "—"
        return {
            "region": setting.region,
            "as_of": as_of,
            "encoding": prepared.encoding or "—",
            "delimiter": {"\t": "tab"}.get(table.delimiter, table.delimiter) or "—",
            "sheet": table.sheet or "—",
        }[name]

    def _ask_option(self, name: str) -> None:
        def typed(text: str | None) -> None:
            if text is None or self.asked is None:
                return
            try:
                self.read(self._with_option(self.asked, name, text))
            except ValueError:
                self.say("import_screen.no_instant", text=text)

        heading = Said(f"import_screen.option_title.{name}")
        prompt = Prompt(heading, Said(f"import_screen.option_hint.{name}"), may_be_empty=True)
        self.app.push_screen(prompt, typed)

    def _with_option(self, asked: Asked, name: str, text: str) -> Asked:
        """The file to be read with an option as it was typed; an empty one is found out.

        Raises:
            ValueError: the text is no instant where one is wanted.
        """
        match name:
            case "region":
                return replace(asked, region=text.upper() or None)
            case "as_of":
                return replace(asked, as_of=self._instant(text) if text else None)
            case "encoding":
                return replace(asked, encoding=text or None)
            case "delimiter":
                return replace(asked, delimiter=_DELIMITERS.get(text, text) or None)
            case _:
                return replace(asked, sheet=text or None)

    def _instant(self, text: str) -> datetime:
        at = datetime.fromisoformat(text)
        if at.tzinfo is None:
            at = at.replace(tzinfo=ZoneInfo(self.shell.my_zone))
        return at.astimezone(UTC)

    def ask_stop(self) -> None:
        """Ask whether the work under way is to stop, and say what that means."""
        if self.working not in ("reading", "writing"):
            self.say("import_screen.cannot_stop")
            return

        def answered(yes: bool | None) -> None:
            if yes:
                self.stopping.set()

        key = (
            "import_screen.stop_detail" if self.working == "writing" else "import_screen.stop_read"
        )
        self.app.push_screen(Confirm(Said("import_screen.stop_sure"), Said(key)), answered)
