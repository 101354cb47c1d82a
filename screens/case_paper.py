"""The sheet of a case: everything that belongs to it, on paper."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from content.paper import Block, Facts, Grid, Paper, Section, Words
from screens.case_drawer import counted_text, number_of
from screens.case_story import StoryTeller
from screens.case_words import CaseWords

if TYPE_CHECKING:
    from db.case_file import CaseFile

_DONE: Final = {True: "✓", False: ""}


class CasePaper:
    """Writes a case down.

    Args:
        words: names the codes, with every instant dated.
        teller: tells what happened.
        house: who prints it; empty where nobody is named.
    """

    def __init__(self, words: CaseWords, teller: StoryTeller, house: str) -> None:
        self._words = words
        self._say = words.say
        self._teller = teller
        self._house = house

    def paper(self, file: CaseFile, printer: str, now: datetime) -> Paper:
        """The whole sheet.

        Args:
            file: the case.
            printer: the name of who prints.
            now: the present instant, aware.
        """
        head, words = file.head, self._words
        number = number_of(head.id, head.number)
        sections = (
            Section(self._say("case.pane.standing"), self._standing(file)),
            Section(self._say("case.timers"), self._timers(file)),
            Section(self._say("case.wishes"), self._wishes(file)),
            Section(self._say("case.promises"), self._promises(file)),
            Section(self._say("case.slips"), self._slips(file)),
            Section(self._say("case.outcome"), self._outcome(file)),
            Section(self._say("case.steps"), self._steps(file)),
            Section(self._say("case.pane.story"), self._story(file)),
        )
        return Paper(
            language=words.language,
            house=self._house,
            kind=self._say("case.paper.kind"),
            title=f"{number} {words.weight(head.weight)} · {head.name}",
            stamp=self._stamp(file),
            sections=sections,
            foot=self._say("paper.printed", at=words.at(now), who=printer),
        )

    def _stamp(self, file: CaseFile) -> str:
        words, coming = self._words, file.next_action
        if coming is None:
            return words.status(file.head.status)
        by = words.both(coming.by, file.head.zone)
        return f"{words.next_action(coming)}\n{self._say('case.by', at=by)}"

    def _standing(self, file: CaseFile) -> tuple[Block, ...]:
        head, words = file.head, self._words
        owner = head.owner or self._say("case.nobody")
        if head.asked is not None:
            owner = self._say("case.asked", owner=owner, asked=head.asked)

        def when(at: datetime | None) -> str:
            return "" if at is None else words.both(at, head.zone)

        facts = (
            ("case.field.level", words.level(head.level)),
            ("case.field.status", words.status(head.status)),
            ("case.field.category", words.category(head.category)),
            ("case.field.cause", words.cause(head.cause)),
            ("case.field.customer_class", words.customer_class(head.customer_class)),
            ("case.field.department", words.department(head.department)),
            ("case.paper.owner", owner),
            ("case.paper.opened_by", head.opened_by or ""),
            ("case.paper.received", when(head.received_at)),
            ("case.paper.reply_by", when(head.reply_by)),
            ("case.paper.closed", when(head.closed_at)),
        )
        return (
            Facts(tuple((self._say(key), value) for key, value in facts)),
            Words(head.description, self._say("case.field.description")),
            Words(words.level_rule(head.level), quiet=True),
        )

    def _timers(self, file: CaseFile) -> tuple[Block, ...]:
        words, language = self._words, self._words.language
        rows = []
        for one in file.timers:
            limit = one.limit
            phase = str(one.state.phase) if limit.stopped_at is None else "stopped"
            stands = "" if limit.paused_because is None else f": {limit.paused_because}"
            rows.append(
                (
                    words.both(limit.due_at, file.head.zone),
                    limit.rule.step_name.of(language),
                    counted_text(words, one),
                    f"{words.phase(phase)}{stands}",
                )
            )
        head = tuple(
            self._say(f"case.paper.{name}") for name in ("due", "limit", "counts", "state")
        )
        return (Grid(head, tuple(rows)),) if rows else ()

    def _wishes(self, file: CaseFile) -> tuple[Block, ...]:
        rows = []
        for rank, one in enumerate(file.wishes, 1):
            possible = (
                "" if one.possible is None else self._say(f"case.possible.{one.possible}".lower())
            )
            told = (
                possible,
                self._say("call.wish_reason", text=one.reason) if one.reason else "",
                self._say("call.wish_offer", text=one.offer) if one.offer else "",
            )
            state = self._say(f"customer.wish.{one.state}")
            if one.state == "shelved" and one.answer_by is not None:
                by = self._words.both(one.answer_by, file.head.zone)
                state = f"{state} · {self._say('call.wish_answer_by', at=by)}"
            rows.append((str(rank), one.text, " · ".join(part for part in told if part), state))
        head = ("", *(self._say(f"case.paper.{name}") for name in ("wish", "told", "state")))
        return (Grid(head, tuple(rows)),) if rows else ()

    def _promises(self, file: CaseFile) -> tuple[Block, ...]:
        rows = tuple(
            (
                one.condition or ""
                if one.due_at is None
                else self._words.both(one.due_at, file.head.zone),
                one.text or self._say("call.owed.call"),
                one.owner or "",
                self._say(f"customer.promise.{one.state}"),
            )
            for one in reversed(file.promises)
        )
        head = tuple(
            self._say(f"case.paper.{name}") for name in ("due", "promise", "owner", "state")
        )
        return (Grid(head, rows),) if rows else ()

    def _slips(self, file: CaseFile) -> tuple[Block, ...]:
        rows = tuple(
            (
                self._words.at(one.sent_at),
                self._words.department(one.department),
                one.ask,
                one.reply or self._say("case.slip.by", at=self._words.at(one.reply_by)),
            )
            for one in reversed(file.slips)
            if one.withdrawn_at is None
        )
        head = tuple(
            self._say(f"case.paper.{name}") for name in ("sent", "department", "asked", "reply")
        )
        return (Grid(head, rows),) if rows else ()

    def _outcome(self, file: CaseFile) -> tuple[Block, ...]:
        head = file.head
        verdict = " · ".join(filter(None, (self._words.verdict(head.verdict), head.verdict_by)))
        told = (
            ("case.paper.resolution", head.resolution or ""),
            ("case.paper.verdict", verdict),
            ("case.paper.review", head.review or ""),
        )
        return tuple(Words(text, self._say(key)) for key, text in told if text)

    def _steps(self, file: CaseFile) -> tuple[Block, ...]:
        rows = tuple(
            (
                _DONE[one.done],
                f"{number} {one.name.of(self._words.language)}",
                "" if one.at is None else self._words.at(one.at),
            )
            for number, one in enumerate(file.steps, 1)
        )
        return (Grid((), rows),) if rows else ()

    def _story(self, file: CaseFile) -> tuple[Block, ...]:
        rows = tuple((self._words.at(one.at), self._teller.sentence(one)) for one in file.entries)
        return (Grid((), rows),) if rows else ()
