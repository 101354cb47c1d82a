"""Whose a case is, and how far the customer took it: handed over, taken over, escalated."""

from __future__ import annotations

from datetime import date

from textual import on
from textual.message import Message

from domain.bilingual import Bilingual
from domain.case import LEVELS, Level
from domain.case_rules import CaseRules
from domain.errors import InputError
from domain.said import Said
from screens.case_acts import CaseActs, typed_day
from screens.case_messages import ColleaguesRead
from screens.choice import Choice
from screens.code_finder import CodeFinder
from screens.prompt import Prompt
from screens.work import database_work


class CaseHands(CaseActs):
    """What changes a case's owner and level."""

    def do_handover(self) -> None:
        """Ask a colleague to take the case over, or take the question back."""
        file = self.file
        if file is not None and file.state.handover_to is not None:
            self.write(Said("case.done.withdraw"), self._withdraw)
        else:
            self.read_colleagues()

    def _withdraw(self) -> object:
        from db.case_owner import withdraw_handover  # noqa: PLC0415

        return withdraw_handover(self.database, self.actor, self.case_id, version=self._version)

    @database_work("case.colleagues")
    def read_colleagues(self) -> Message:
        """Read whom the case can be handed to."""
        from db.operators import list_all  # noqa: PLC0415

        owner = None if self.file is None else self.file.head.owner_id
        return ColleaguesRead(
            tuple(one for one in list_all(self.database) if one.active and one.id != owner)
        )

    @on(ColleaguesRead)
    def _colleagues_read(self, event: ColleaguesRead) -> None:
        if not event.colleagues:
            self.say("case.nobody_else")
            return
        names = {one.login: Bilingual(one.name, one.name) for one in event.colleagues}

        def found(login: str | None) -> None:
            if login is not None:
                self._ask("handover", lambda text: self._offer(login, text), empty=True)

        self.app.push_screen(CodeFinder(Said("case.ask.colleague"), names), found)

    def _offer(self, login: str, note: str) -> object:
        from db.case_owner import offer_handover  # noqa: PLC0415

        return offer_handover(
            self.database, self.actor, self.case_id, login, note=note, version=self._version
        )

    def do_accept(self) -> None:
        """Accept a case that is offered; a lead takes one over, with a reason."""
        file = self.file
        if file is not None and file.state.handover_to == self.actor.operator_id:
            self.write(Said("case.done.accept"), lambda: self._answer("", accept=True))
        else:
            self._ask("take_over", self._take_over)

    def do_decline(self) -> None:
        """Decline a case that is offered, with a reason."""
        self._ask("decline", lambda text: self._answer(text, accept=False))

    def _answer(self, reason: str, *, accept: bool) -> object:
        from db.case_owner import answer_handover  # noqa: PLC0415

        return answer_handover(
            self.database,
            self.actor,
            self.case_id,
            accept=accept,
            reason=reason,
            version=self._version,
        )

    def _take_over(self, reason: str) -> object:
        from db.case_owner import take_over  # noqa: PLC0415

        return take_over(self.database, self.actor, self.case_id, reason, version=self._version)

    def do_escalate(self) -> None:
        """Take the case to a higher level, with a reason."""
        self._ask_level(up=True)

    def do_deescalate(self) -> None:
        """Take the case to a lower level, with a reason."""
        self._ask_level(up=False)

    def _ask_level(self, *, up: bool) -> None:
        file = self.file
        if file is None:
            return
        place = LEVELS.index(Level(file.head.level))
        levels = LEVELS[place + 1 :] if up else tuple(reversed(LEVELS[:place]))
        what = "escalate" if up else "deescalate"
        if len(levels) == 1:
            self._ask_reason(levels[0], up=up)
            return

        def chosen(number: int | None) -> None:
            if number is not None:
                self._ask_reason(levels[number], up=up)

        rules: CaseRules = self.database.rulebook.cases
        options = [rules.levels[one].name.of(self.shell.language) for one in levels]
        heading = Said(f"case.ask.{what}", {"case": self.case_id})
        self.app.push_screen(Choice(heading, options), chosen)

    def _ask_reason(self, level: Level, *, up: bool) -> None:
        if not up:
            self._ask("deescalate", lambda text: self._down(level, text))
        elif level is Level.REGULATOR:
            self._ask_notice(level)
        else:
            self._ask("escalate", lambda text: self._up(level, text, None))

    def _ask_notice(self, level: Level) -> None:
        """Ask for the date on the regulator's notice, which wins over what is counted."""

        def typed(text: str | None) -> None:
            if text is None:
                return
            try:
                day = typed_day(text)
            except InputError as error:
                self.say(error.title_key, **error.params)
                self._ask_notice(level)
                return
            self._ask("escalate", lambda reason: self._up(level, reason, day))

        prompt = Prompt(
            Said("case.ask.timer_date"), Said("case.hint.notice_date"), may_be_empty=True
        )
        self.app.push_screen(prompt, typed)

    def _up(self, level: Level, reason: str, notice_due: date | None) -> object:
        from db.case_owner import escalate  # noqa: PLC0415

        return escalate(
            self.database,
            self.actor,
            self.case_id,
            reason,
            to=str(level),
            notice_due=notice_due,
            version=self._version,
        )

    def _down(self, level: Level, reason: str) -> object:
        from db.case_owner import deescalate  # noqa: PLC0415

        return deescalate(
            self.database, self.actor, self.case_id, reason, to=str(level), version=self._version
        )
