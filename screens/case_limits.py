"""The limits of a case by hand: paused and resumed with a reason, met, let go, started."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from domain.bilingual import Bilingual
from domain.case_timer import Timer, Unit
from domain.said import Said
from screens.case_acts import typed_day
from screens.case_hands import CaseHands
from screens.choice import Choice
from screens.code_finder import CodeFinder

if TYPE_CHECKING:
    from db.case_file import CaseFile, LimitLine


class CaseLimits(CaseHands):
    """What a person does with limits."""

    def running(self, file: CaseFile) -> list[LimitLine]:
        """The limits that are still owed."""
        return [one for one in file.timers if one.limit.runs]

    def do_timer(self) -> None:
        """Let a limit stand or run on, tick it off, let it go, or start another one."""
        file = self.file
        if file is None:
            return
        running = self.running(file)

        def chosen(place: int | None) -> None:
            if place is None:
                return
            if place == len(running):
                self._start_timer()
            else:
                self._treat_timer(running[place])

        names: list[Said | str] = [
            one.limit.rule.step_name.of(self.shell.language) for one in running
        ]
        heading = Said("case.ask.which_timer")
        self.app.push_screen(Choice(heading, [*names, Said("case.start_timer")]), chosen)

    def _treat_timer(self, one: LimitLine) -> None:
        limit = one.limit
        stands = limit.paused_since is not None
        deeds: list[tuple[str, bool, Callable[[str], object]]] = [
            ("resume", True, lambda text: self._resume(limit.id, text))
            if stands
            else ("pause", False, lambda text: self._pause(limit.id, text)),
            ("timer_met", True, lambda _: self._met(limit.id)),
            ("timer_stop", False, lambda text: self._stop(limit.id, text)),
        ]

        def chosen(place: int | None) -> None:
            if place is None:
                return
            what, empty, deed = deeds[place]
            if what == "timer_met":
                self.write(Said("case.done.timer_met"), lambda: deed(""))
            else:
                self._ask(what, deed, empty=empty)

        name = limit.rule.step_name.of(self.shell.language)
        options = [Said(f"case.timer_deed.{what}") for what, _, _ in deeds]
        self.app.push_screen(Choice(Said("case.ask.timer", {"name": name}), options), chosen)

    def _start_timer(self) -> None:
        timers = {f"{one.regime}/{one.step}": one for one in self.database.rulebook.timers}
        names = {
            code: Bilingual(
                f"{one.regime_name.zh}：{one.step_name.zh}",
                f"{one.regime_name.en}: {one.step_name.en}",
            )
            for code, one in timers.items()
        }

        def found(code: str | None) -> None:
            if code is None:
                return
            timer = timers[code]
            if timer.unit is Unit.TYPED_DATE:
                self._ask("timer_date", lambda text: self._start(timer, text))
            else:
                self.write(Said("case.done.timer_start"), lambda: self._start(timer, ""))

        self.app.push_screen(CodeFinder(Said("case.start_timer"), names), found)

    def _start(self, timer: Timer, typed: str) -> object:
        from db.case_timers import start_timer  # noqa: PLC0415

        return start_timer(
            self.database,
            self.actor,
            self.case_id,
            timer.regime,
            timer.step,
            typed=typed_day(typed),
            version=self._version,
        )

    def _pause(self, timer_id: int, reason: str) -> object:
        from db.case_timers import pause_timer  # noqa: PLC0415

        return pause_timer(self.database, self.actor, timer_id, reason)

    def _resume(self, timer_id: int, reason: str) -> object:
        from db.case_timers import resume_timer  # noqa: PLC0415

        return resume_timer(self.database, self.actor, timer_id, reason=reason)

    def _met(self, timer_id: int) -> object:
        from db.case_timers import meet_timer  # noqa: PLC0415

        return meet_timer(self.database, self.actor, timer_id)

    def _stop(self, timer_id: int, reason: str) -> object:
        from db.case_timers import stop_timer  # noqa: PLC0415

        return stop_timer(self.database, self.actor, timer_id, reason)
