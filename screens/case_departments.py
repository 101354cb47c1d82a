"""Departments and wishes of a case: slips sent, answered and printed; wishes judged at the desk."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from textual.message import Message

from content.paper import page, save, saved_said
from domain.contradiction import NewWord, contradicted
from domain.expectation import Need
from domain.said import Said
from screens.case_limits import CaseLimits
from screens.case_messages import SheetSaved
from screens.case_story import StoryTeller
from screens.case_words import CaseWords
from screens.choice import Choice
from screens.code_finder import CodeFinder
from screens.contradicts import Contradicts
from screens.slip_paper import DepartmentPapers
from screens.work import database_work

if TYPE_CHECKING:
    from db.case_story import SlipLine
    from db.wish_words import WishNews
    from db.wishes import StandingWish

_SLIP_DEEDS: Final = ("reply", "print", "let_go")
_WISH_DEEDS: Final = ("possible", "impossible", "offer", "need")


class CaseDepartments(CaseLimits):
    """What departments are asked about the case, and what they say can be had."""

    # -- slips ------------------------------------------------------------------------------

    def do_slip(self) -> None:
        """Ask a department; or enter, print or let go what one was asked."""
        file = self.file
        if file is None:
            return
        slips = [one for one in file.slips if one.replied_at is None and one.withdrawn_at is None]
        if not slips:
            self._ask_department()
            return

        def chosen(place: int | None) -> None:
            if place == 0:
                self._ask_department()
            elif place is not None:
                self._treat_slip(slips[place - 1])

        rules = self.database.rulebook.cases.departments
        names = [
            Said(
                "slip.one",
                {
                    "slip": one.id,
                    "department": rules[one.department].name if one.department in rules else "–",
                    "by": one.reply_by,
                },
            )
            for one in slips
        ]
        self.app.push_screen(Choice(Said("slip.which"), [Said("slip.new"), *names]), chosen)

    def _ask_department(self) -> None:
        rules = self.database.rulebook.cases.departments
        names = {code: one.name for code, one in rules.items()}
        present = "" if self.file is None else self.file.head.department or ""

        def found(code: str | None) -> None:
            if code is not None:
                self._ask("slip", lambda text: self._send(code, text))

        self.app.push_screen(CodeFinder(Said("case.field.department"), names, present), found)

    def _send(self, department: str, ask: str) -> object:
        from db.dispatch import NewSlip, send_slip  # noqa: PLC0415 - connected long since

        new = NewSlip(department, ask)
        return send_slip(self.database, self.actor, self.case_id, new, version=self._version)

    def _treat_slip(self, slip: SlipLine) -> None:
        def chosen(place: int | None) -> None:
            match None if place is None else _SLIP_DEEDS[place]:
                case "reply":
                    self._ask("slip_reply", lambda text: self._reply(slip.id, text))
                case "print":
                    self.print_slip(slip)
                case "let_go":
                    self._ask("slip_let_go", lambda text: self._let_go(slip.id, text))

        options = [Said(f"slip.deed.{deed}") for deed in _SLIP_DEEDS]
        self.app.push_screen(Choice(Said("slip.what", {"slip": slip.id}), options), chosen)

    def _reply(self, slip_id: int, text: str) -> object:
        from db.dispatch import answer_slip  # noqa: PLC0415

        return answer_slip(self.database, self.actor, slip_id, text)

    def _let_go(self, slip_id: int, text: str) -> object:
        from db.dispatch import withdraw_slip  # noqa: PLC0415

        return withdraw_slip(self.database, self.actor, slip_id, text)

    @database_work("case.slip_paper")
    def print_slip(self, slip: SlipLine) -> Message:
        """Save a slip as a sheet to print."""
        from db.case_file import case_file  # noqa: PLC0415

        file, shell = case_file(self.database, self.actor, self.case_id), self.shell
        rules = self.database.rulebook
        zone, now = rules.cases.shop.zone, shell.now()
        words = CaseWords(self.t, shell.language, zone, now, rules)
        teller = StoryTeller(words, zone, rules)
        papers = DepartmentPapers(words, teller, zone, shell.shop_name, self.actor.name, now)
        path = save(page(papers.slip(file, slip)), shell.papers(), f"slip-{slip.id}")
        return SheetSaved(saved_said(path))

    # -- wishes -----------------------------------------------------------------------------

    def do_wish(self) -> None:
        """Say what of the customer's wishes can be had, and what may be offered next."""
        file = self.file
        if file is None:
            return
        if not file.wishes:
            self.say("expectation.no_wish")
        elif len(file.wishes) == 1:
            self._judge(file.wishes[0])
        else:
            wishes = file.wishes

            def chosen(place: int | None) -> None:
                if place is not None:
                    self._judge(wishes[place])

            options = [one.text for one in wishes]
            self.app.push_screen(Choice(Said("call.wish_which"), options), chosen)

    def _judge(self, wish: StandingWish) -> None:
        from db.wish_words import WishNews  # noqa: PLC0415

        def chosen(place: int | None) -> None:
            match None if place is None else _WISH_DEEDS[place]:
                case "possible":
                    news = WishNews(possible=True)
                    self._say_word(wish, NewWord(wish.text), news)
                case "impossible":
                    self._ask_then(
                        "wish_impossible",
                        lambda text: self._say_word(
                            wish,
                            NewWord(wish.text, impossible=True),
                            WishNews(possible=False, reason=text),
                        ),
                    )
                case "offer":
                    self._ask_then(
                        "wish_offer",
                        lambda text: self._say_word(
                            wish, NewWord(wish.text, offer=text), WishNews(offer=text)
                        ),
                    )
                case "need":
                    self._weigh(wish)

        options = [Said(f"expectation.deed.{deed}") for deed in _WISH_DEEDS]
        heading = Said("call.wish_title", {"text": wish.text})
        self.app.push_screen(Choice(heading, options), chosen)

    def _weigh(self, wish: StandingWish) -> None:
        from db.wish_words import WishNews  # noqa: PLC0415

        needs = tuple(Need)

        def chosen(place: int | None) -> None:
            if place is not None:
                self._write_word(wish, WishNews(need=needs[place]), despite=False)

        options = [Said(f"expectation.need.{need}.hint") for need in needs]
        self.app.push_screen(Choice(Said("expectation.need"), options), chosen)

    def _say_word(self, wish: StandingWish, new: NewWord, news: WishNews) -> None:
        """Write a word; what goes against an earlier call is shown first, with that call."""
        found = contradicted(new, wish.words)
        if not found:
            self._write_word(wish, news, despite=False)
            return

        def decided(said: bool | None) -> None:
            if said:
                self._write_word(wish, news, despite=True)

        self.app.push_screen(Contradicts(found), decided)

    def _write_word(self, wish: StandingWish, news: WishNews, *, despite: bool) -> None:
        from db.wish_words import judge_wish  # noqa: PLC0415

        self.write(
            Said("expectation.done"),
            lambda: judge_wish(self.database, self.actor, wish.id, news, despite=despite),
        )

    def _ask_then(self, what: str, use: Callable[[str], None]) -> None:
        """Ask for words, then go on with them."""
        from screens.prompt import Prompt  # noqa: PLC0415

        def typed(text: str | None) -> None:
            if text:
                use(text)

        self.app.push_screen(Prompt(Said(f"expectation.ask.{what}")), typed)
