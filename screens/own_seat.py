"""What reaches an operator at their own seat: messages, pauses, the end of the seat.

A thread reads the seat's row and the unread messages when the seat's own topic has moved; all else
here runs on the program's loop.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

from textual.content import Content

from domain.errors import StorageError
from domain.said import Said
from screens.frame import Acting, FramedScreen
from widgets.clock import spell_seconds
from widgets.safe_text import clean, clip

if TYPE_CHECKING:
    from db.seat_messages import SeatMessage
    from db.seat_news import SeatNews
    from domain.day_rules import DayRules
    from screens.shell import Seat, Shell

WORK: Final = "own_seat"
_AGAIN: Final = 1.0
_ENDED_BY_OTHERS: Final = frozenset({"revoked", "dismissed"})
_NAME_CELLS: Final = 14
_ROOMY: Final = 120
"""Columns from which the head line has room for a pause in whole words."""


class OwnSeat:
    """The operator's own seat as the program shows it.

    Args:
        shell: the program.
    """

    def __init__(self, shell: Shell) -> None:
        self._shell = shell
        self._reading = False
        self._stale = False
        self._ticking = False
        self._gone = False
        self._reminded: datetime | None = None
        self._lag = timedelta()
        self.news: SeatNews | None = None
        self.unread: tuple[SeatMessage, ...] = ()
        self._read_here: set[int] = set()
        """Messages that were read on this screen, also where the database has not heard of it."""

    # -- reading ----------------------------------------------------------------------------

    def ask(self) -> None:
        """Read how the seat stands; asked while it is being read, it is read once more."""
        shell = self._shell
        if not shell.connected or self._gone:
            return
        if self._reading:
            self._stale = True
            return
        self._reading = True
        self._do(WORK, partial(self._read, shell.seat))

    def _read(self, seat: Seat) -> None:
        from db.seat_news import seat_news  # noqa: PLC0415 - connected long since

        try:
            news = seat_news(seat.database, seat.actor)
        except StorageError:
            # The seat's heart says so on screen; what came meanwhile is read once it is over.
            self._shell.call_later(self._later)
        else:
            self._shell.call_later(self._came, seat.actor.seat_id, news)

    def _later(self) -> None:
        self._reading = False
        self._shell.set_timer(_AGAIN, self.ask)

    def failed(self) -> None:
        """Something failed, and the shell says so: show how it stands."""
        self._reading = False
        self._read_here.clear()
        if self.news is not None:
            news = self.news
            self._shell.pausing = news.state == "paused" or news.next_pause is not None

    def _came(self, seat_id: int | None, news: SeatNews | None) -> None:
        shell = self._shell
        self._reading = False
        if self._stale:
            self._stale = False
            self.ask()
        if news is None or seat_id != shell.seat.actor.seat_id or self._gone:
            return
        known = {one.id for one in self.unread}
        self.news = news
        self.unread = tuple(one for one in news.messages if one.id not in self._read_here)
        # Limits are told by the database's clock, which may differ from the machine's.
        self._lag = news.at - shell.now()
        if any(one.id not in known for one in self.unread):
            shell.bell()
        if news.ended in _ENDED_BY_OTHERS:
            self._end(news)
            return
        shell.pausing = news.state == "paused" or news.next_pause is not None
        if not self._ticking:
            self._ticking = True
            shell.set_interval(1.0, self._tick)
        self.show()
        for screen in shell.screen_stack:
            if isinstance(screen, Acting):
                screen.own_seat_moved()

    # -- the end of the seat ----------------------------------------------------------------

    def _end(self, news: SeatNews) -> None:
        """Somebody ended this seat: keep what is typed, say who did it, let nobody go on here."""
        self._gone = True
        shell = self._shell
        shell.only_look("notice.ended.title")
        self._do(f"{WORK}.last", self._save)
        from screens.seat_ended import SeatEnded  # noqa: PLC0415 - rarely needed

        texts = tuple(self.text_of(one) for one in news.messages)
        by = news.ended_by or Said("notice.desk")
        said = Said(f"notice.ended.{news.ended}", {"sender": by})
        shell.push_screen(SeatEnded(said, texts, leaves=news.ended == "revoked"))

    def _save(self) -> None:
        if self._shell.last_words is not None:
            self._shell.last_words()

    # -- what is shown ----------------------------------------------------------------------

    @property
    def now(self) -> datetime:
        """The present instant by the database's clock."""
        return self._shell.now() + self._lag

    @property
    def rules(self) -> DayRules:
        """The pauses and their limits."""
        return self._shell.seat.database.rulebook.day

    def text_of(self, message: SeatMessage) -> str:
        """A message in the present language."""
        from screens.notice_words import message_text  # noqa: PLC0415 - with the first message

        shell = self._shell
        return message_text(shell.language, message, shell.my_zone, shell.now())

    def pause_name(self, code: str | None) -> str:
        """What people call a pause."""
        pause = self.rules.pause(code)
        return pause.name.of(self._shell.language) if pause else (code or "")

    def sign(self) -> str:
        """The pause for the head line: which, by whom, how long still or how long over."""
        news, t = self.news, self._shell.t
        if news is None:
            return ""
        if news.state != "paused":
            if news.next_pause is None:
                return ""
            return t("pause.sign.next", name=clip(self.pause_name(news.next_pause), _NAME_CELLS))
        name = clip(self.pause_name(news.pause), _NAME_CELLS)
        # Where it is narrow, the strip says by whom, and the sign has the time only.
        short = ".short" if self._shell.size.width < _ROOMY else ""
        if news.forced_by is not None and not short:
            name = t("pause.sign.by", name=name, by=clip(news.forced_by, _NAME_CELLS))
        if news.ends_at is None:
            return t(f"pause.sign.since{short}", name=name, time=_spell(self.now - news.since))
        left = news.ends_at - self.now
        if left < timedelta():
            return t(f"pause.sign.over{short}", name=name, time=_spell(-left))
        return t(f"pause.sign.left{short}", name=name, time=_spell(left))

    def strip(self) -> Content:
        """What stands under the head line: who paused us, a pause that is over, a message."""
        shell, news = self._shell, self.news
        lines: list[Content] = []
        if news is not None and news.state == "paused":
            told = self._pause_line(news)
            if told:
                lines.append(Content.styled(f"! {clean(told)}", "bold"))
        if self.unread:
            first = self.unread[0]
            key = shell.registry["app.acknowledge"].shown_keys()[0]
            more = len(self.unread) - 1
            hint = (
                shell.t("notice.more", key=key, n=more) if more else shell.t("notice.ok", key=key)
            )
            clock = shell.clock_of(first.sent_at)
            lines.append(
                Content.assemble(
                    (f"▸ {clock}  ", "bold"), clean(self.text_of(first)), (f"  {hint}", "bold")
                )
            )
        return Content("\n").join(lines)

    def _pause_line(self, news: SeatNews) -> str:
        shell = self._shell
        over = news.ends_at is not None and news.ends_at <= self.now
        name = self.pause_name(news.pause)
        if over:
            keys = {one: shell.registry[one].shown_keys()[0] for one in ("desk.next", "app.pause")}
            return shell.t("pause.over", name=name, next=keys["desk.next"], pause=keys["app.pause"])
        if news.forced_by is None:
            return ""
        if news.ends_at is None:
            return shell.t("pause.forced", by=news.forced_by, name=name)
        at = shell.clock_of(news.ends_at)
        return shell.t("pause.forced_until", by=news.forced_by, name=name, at=at)

    def show(self) -> None:
        """Draw sign and strip on the screen before us; others draw them when they come up."""
        for screen in reversed(self._shell.screen_stack):
            if isinstance(screen, FramedScreen):
                screen.show_seat()
                return

    def _tick(self) -> None:
        news = self.news
        if news is None or news.state != "paused":
            return
        over = news.ends_at is not None and news.ends_at <= self.now
        if over and self._reminded != news.ends_at:
            self._reminded = news.ends_at
            self._shell.bell()
        self.show()

    # -- what the operator does --------------------------------------------------------------

    async def pause(self) -> None:
        """Ask which pause; where one lasts or was asked for, go on."""
        shell = self._shell
        if shell.pausing:
            self._do(f"{WORK}.go_on", partial(self._go_on, shell.seat))
            return
        from screens.choice import Choice  # noqa: PLC0415 - loaded when first asked for

        pauses = self.rules.pauses
        options = [
            Said("pause.option", {"name": one.name, "minutes": one.minutes})
            if one.minutes
            else Said("pause.option_free", {"name": one.name})
            for one in pauses
        ]
        calling = any(isinstance(one, Acting) and one.SCOPE == "call" for one in shell.screen_stack)
        detail = Said("pause.begins_later" if calling else "pause.begins_now")

        def chosen(place: int | None) -> None:
            if place is not None:
                shell.pausing = True
                code = pauses[place].code
                self._do(f"{WORK}.pause", partial(self._ask_pause, shell.seat, code))

        await shell.push_screen(Choice(Said("pause.which"), options, detail), chosen)

    def _do(self, name: str, work: Callable[[], None]) -> None:
        self._shell.run_worker(work, name=name, group=name, exit_on_error=False, thread=True)

    def _ask_pause(self, seat: Seat, code: str) -> None:
        from db.pauses import ask_pause  # noqa: PLC0415 - connected long since

        asked = ask_pause(seat.database, seat.actor, code)
        self._shell.call_later(self._paused, code, asked.at_once, asked.ends_at)

    def _paused(self, code: str, at_once: bool, ends_at: datetime | None) -> None:
        shell = self._shell
        key = shell.registry["app.pause"].shown_keys()[0]
        name = self.pause_name(code)
        if not at_once:
            self._say("pause.asked", name=name, key=key)
        elif ends_at is None:
            self._say("pause.began", name=name, key=key)
        else:
            self._say("pause.began_until", name=name, at=shell.clock_of(ends_at), key=key)
        self.ask()

    def _go_on(self, seat: Seat) -> None:
        from db.pauses import go_on  # noqa: PLC0415 - connected long since

        go_on(seat.database, seat.actor)
        self._shell.call_later(self._went_on)

    def _went_on(self) -> None:
        self._shell.pausing = False
        self._say("ui.going_on")
        self.ask()

    def _say(self, key: str, /, **params: object) -> None:
        if isinstance(self._shell.screen, Acting):
            self._shell.screen.say(key, **params)

    def acknowledge(self) -> None:
        """The first message was read: the next one comes up."""
        first, self.unread = self.unread[0], self.unread[1:]
        self._read_here.add(first.id)
        self.show()
        self._do(f"{WORK}.mark", partial(self._mark, self._shell.seat, (first.id,)))

    def _mark(self, seat: Seat, ids: Collection[int]) -> None:
        from db.seat_messages import mark_read  # noqa: PLC0415 - connected long since

        mark_read(seat.database, seat.actor, ids)


def _spell(span: timedelta) -> str:
    return spell_seconds(max(0, int(span.total_seconds())))
