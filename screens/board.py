"""The live board of team leads: figures, operators, the queue, alarms, the course of the day."""

from __future__ import annotations

from typing import ClassVar, Final

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content

from domain.board import Figure
from domain.said import Said
from screens.actions import Action, bindings
from screens.board_base import BoardReading
from screens.board_rows import CAMPAIGNS_FROM, BoardRows
from screens.board_trend import courses
from screens.board_words import value_text
from widgets.figure import Figure as Shown
from widgets.figure import Figures
from widgets.live_list import LiveList
from widgets.plate import Plate
from widgets.trend_pane import TrendPane
from widgets.window_list import WindowList

PANES: Final = ("figures", "operators", "queue", "alarms", "trend")
_LISTS: Final = PANES[:-1]
_WHOLE: Final = (120, 34)
"""Columns and lines from which all panes are shown at once."""
_HEADED: Final = ("due", "overdue", "claimed", "check", "service_level", "occupancy")
"""Figures in the line above the panes, most wanted first."""


class BoardScreen(BoardReading):
    """Five panes; where room is short one of them at a time, below a line of figures."""

    SCOPE = "board"
    BINDINGS: ClassVar[list[BindingType]] = bindings("board")
    CSS_PATH = "board.tcss"
    AUTO_FOCUS = "#board-figures-list"

    def __init__(self) -> None:
        super().__init__()
        self.pane = "figures"
        self._figures: list[Figure] = []

    def compose_body(self) -> ComposeResult:
        """The line above; figures and alarms at the left, operators, queue and trend beside."""
        with Horizontal(id="board-line"):
            yield Plate(id="board-tabs")
            yield Figures(id="board-total")
        with Horizontal(id="board-body"):
            with Vertical(id="board-left"):
                with Vertical(id="board-figures", classes="pane"):
                    yield LiveList(id="board-figures-list")
                with Vertical(id="board-alarms", classes="pane"):
                    yield LiveList(id="board-alarms-list")
            with Vertical(id="board-right"):
                with Vertical(id="board-operators", classes="pane"):
                    yield LiveList(id="board-operators-list")
                with Vertical(id="board-queue", classes="pane"):
                    yield LiveList(id="board-queue-list")
                yield TrendPane(id="board-trend")

    def on_mount(self) -> None:
        """Show what there is room for."""
        self._fit()
        super().on_mount()
        self.show_pane(self.pane)

    def on_resize(self, event: events.Resize) -> None:
        """All panes where there is room for them, else one."""
        del event
        self._fit()

    def _fit(self) -> None:
        wide, high = _WHOLE
        size = self.app.size
        self.set_class(size.width >= wide and size.height >= high, "-whole")

    # -- drawing ----------------------------------------------------------------------------

    def relabel(self) -> None:
        """Say everything again."""
        super().relabel()
        if not self.shell.connected:
            return
        rows = self._rows()
        columns = {
            "figures": rows.figure_columns(),
            "operators": rows.operator_columns(),
            "queue": rows.queue_columns(),
            "alarms": rows.alarm_columns(),
        }
        for name, shown in columns.items():
            self._list(name).show_columns(shown)
            self._list(name).say_empty(self.t(f"board.none.{name}"))
        self.show_board()

    def connected(self) -> None:
        """The database is open now."""
        self.relabel()
        super().connected()

    def show_board(self) -> None:
        """Draw what has become other."""
        if not self.built or not self.shell.connected:
            return
        rows, board, day = self._rows(), self.board, self.day
        self._figures = rows.figures(board, day)
        figures = [rows.figure_row(place, one) for place, one in enumerate(self._figures)]
        self._list("figures").update_rows(figures)
        if board is not None:
            people = [rows.operator_row(one, day) for one in board.operators]
            self._list("operators").update_rows(people)
            self._list("queue").update_rows(rows.queue_rows(board.queue, day))
        alarms = [rows.alarm_row(place, one) for place, one in enumerate(self.alarms)]
        self._list("alarms").update_rows(alarms)
        if day is not None:
            trend = self.query_one("#board-trend", TrendPane)
            trend.show(courses(self.t, day), self.t("board.none.trend"))
        self._show_line()
        self._name_panes()

    def _rows(self) -> BoardRows:
        shell = self.shell
        now = shell.now() if self.board is None else max(shell.now(), self.board.at)
        pauses = {
            one.code: one.name.of(shell.language) for one in self.database.rulebook.day.pauses
        }
        return BoardRows(self.t, self.spoken, shell.language, self.rules, now, pauses)

    def _show_line(self) -> None:
        by_code = {one.code: one for one in self._figures}
        shown = []
        for code in _HEADED:
            if code in by_code:
                level = self.rules.level(code, by_code[code].value)
                style = ("bold", "bold $text-warning", "bold $text-error")[level]
                words = self.t(f"board.line.{code}")
                shown.append(Shown(words, value_text(self.t, by_code[code]), level.sign, style))
        self.query_one("#board-total", Figures).show_figures(shown)
        tabs = []
        for number, name in enumerate(PANES, start=1):
            count = f" {len(self.alarms)}" if name == "alarms" and self.alarms else ""
            words = f"{number} {self.t(f'board.tab.{name}')}{count}"
            tabs.append(Content.styled(words, "reverse" if name == self.pane else "$muted"))
        self.query_one("#board-tabs", Plate).show(Content(" ").join([Content(""), *tabs]))

    def _name_panes(self) -> None:
        counts = {
            "operators": 0 if self.board is None else len(self.board.operators),
            "alarms": len(self.alarms),
        }
        for number, name in enumerate(PANES, start=1):
            heading = self.t(f"board.pane.{name}", n=counts.get(name, 0))
            if name == "alarms" and self.muted:
                heading = self.t("board.silent", pane=heading)
            title = f"{'▸ ' if name == self.pane else ''}{number} {heading}"
            box = self.query_one(f"#board-{name}")
            if str(box.border_title or "") != title:
                box.border_title = Content(title)

    def _list(self, name: str) -> LiveList:
        return self.query_one(f"#board-{name}-list", LiveList)

    # -- panes ------------------------------------------------------------------------------

    def show_pane(self, name: str) -> None:
        """Bring a pane to the front; the arrows go with it."""
        self.pane = name
        for one in PANES:
            self.query_one(f"#board-{one}").set_class(one == name, "-owner")
            self.set_class(one == name, f"-at-{one}")
        if name in _LISTS:
            self._list(name).focus()
        else:
            self.set_focus(None)
        if self.shell.connected:
            self._show_line()
            self._name_panes()
        self.refresh_keys()

    def do_pane(self) -> None:
        """The next pane."""
        self.show_pane(PANES[(PANES.index(self.pane) + 1) % len(PANES)])

    def do_place(self, key: str) -> None:
        """A pane by its digit."""
        self.show_pane(PANES[int(key) - 1])

    # -- deeds ------------------------------------------------------------------------------

    def why_not(self, action: Action) -> Said | None:
        """What can't be done now, and why."""
        if not self.shell.connected:
            return None if action.id.startswith("app.") else Said("desk.not_connected")
        if action.id == "board.formula" and self.pane != "figures":
            return Said("board.no_formula")
        if action.id == "board.open" and self._about() is None:
            return Said("board.nothing_behind")
        if action.id == "board.act" and (self.pane == "figures" or self._about() is None):
            return Said("board.nothing_to_act_on")
        return None

    def _about(self) -> object | None:
        if self.pane == "trend" or self.board is None:
            return None
        marked = self._list(self.pane).marked_id
        if marked is None:
            return None
        if self.pane == "alarms":
            alarm = self.alarms[marked] if marked < len(self.alarms) else None
            found = alarm is not None and (alarm.callbacks or alarm.operator_id is not None)
            return alarm if found else None
        return marked

    @on(WindowList.Marked)
    def _marked_moved(self) -> None:
        self.refresh_keys()

    def do_formula(self) -> None:
        """Explain the marked figure."""
        from screens.board_formula import FormulaDialog  # noqa: PLC0415 - when first asked for

        place = self._list("figures").marked_id
        if place is not None and place < len(self._figures):
            self.app.push_screen(FormulaDialog(self._figures[place], self.rules))

    def do_open(self) -> None:
        """Show what lies behind the marked line."""
        from screens.board_behind import Behind, BehindScreen  # noqa: PLC0415 - when asked for

        marked = None if self.pane == "trend" else self._list(self.pane).marked_id
        if self.board is None or marked is None:
            return
        if self.pane == "figures":
            self.do_formula()
        elif self.pane == "operators":
            self._open_operator(marked)
        elif self.pane == "queue":
            title = self._line_name(marked)
            if marked >= CAMPAIGNS_FROM:
                behind = Behind("campaign", marked - CAMPAIGNS_FROM, title)
            else:
                behind = Behind("band", marked, title)
            self.app.push_screen(BehindScreen(behind))
        elif marked < len(self.alarms):
            alarm = self.alarms[marked]
            if alarm.callbacks:
                title = self.spoken(alarm.said)
                self.app.push_screen(BehindScreen(Behind("callbacks", alarm.callbacks, title)))
            elif alarm.operator_id is not None:
                self._open_operator(alarm.operator_id)

    def _line_name(self, marked: int) -> str:
        return next(row.cells[1].text for row in self._list("queue").rows if row.id == marked)

    def _open_operator(self, operator_id: int) -> None:
        from screens.board_behind import Behind, BehindScreen  # noqa: PLC0415 - when asked for

        self.app.push_screen(BehindScreen(Behind("operator", operator_id, self._who(operator_id))))

    def _who(self, operator_id: int) -> str:
        everybody = () if self.board is None else self.board.operators
        return next((one.name for one in everybody if one.id == operator_id), "")

    def do_act(self) -> None:
        """Do something to the marked operator, or to the callbacks behind the marked line."""
        from screens.lead_acts import (  # noqa: PLC0415 - loaded when first asked for
            act_on_callbacks,
            act_on_operator,
        )

        marked = None if self.pane == "trend" else self._list(self.pane).marked_id
        if marked is None:
            return
        if self.pane == "operators":
            act_on_operator(self.shell, marked, self._who(marked))
        elif self.pane == "alarms" and marked < len(self.alarms):
            alarm = self.alarms[marked]
            if alarm.callbacks:
                act_on_callbacks(self.shell, alarm.callbacks)
            elif alarm.operator_id is not None:
                act_on_operator(self.shell, alarm.operator_id, self._who(alarm.operator_id))
        elif self.pane == "queue":
            self._act_on_line(marked)

    def _act_on_line(self, marked: int) -> None:
        from db.lead_selection import Selection  # noqa: PLC0415 - connected long since
        from screens.lead_acts import act_on_selection  # noqa: PLC0415 - when first asked for

        if marked < CAMPAIGNS_FROM:
            wanted = Selection(bands=(marked,), states=("due",))
        else:
            wanted = Selection(campaign=self._campaign_of(marked), states=("due",))
        act_on_selection(self.shell, wanted)

    def _campaign_of(self, marked: int) -> str:
        kinds = () if self.board is None else self.board.queue.campaigns
        return next(one.code for one in kinds if one.id == marked - CAMPAIGNS_FROM)

    def do_deal(self) -> None:
        """Deal today's work out; from a marked band or campaign, that of the line."""
        marked = self._list("queue").marked_id if self.pane == "queue" else None
        if marked is None:
            self.shell.show_deal_out()
        elif marked < CAMPAIGNS_FROM:
            self.shell.show_deal_out(band=marked)
        else:
            self.shell.show_deal_out(campaign=self._campaign_of(marked))

    def do_wall(self) -> None:
        """Show the board on a wall."""
        from screens.wallboard import WallScreen  # noqa: PLC0415 - loaded when first asked for

        self.app.push_screen(WallScreen())
