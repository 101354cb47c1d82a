"""One case as its panes draw it: what holds now, what is owed, and its two lines of head."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual.content import Content

from domain.case_timer import Unit
from domain.said import Said
from domain.spoken_clock import weekday_said
from screens.case_words import PHASE_SIGNS, PHASE_STYLES, CaseWords
from widgets.customer_card import CardLine, CardSection, CardView
from widgets.safe_text import clean, safe

if TYPE_CHECKING:
    from datetime import datetime

    from db.case_file import CaseFile, LimitLine
    from db.case_story import CasePromise, SlipLine
    from db.wishes import StandingWish
    from domain.deadline_days import CountedDay

_WISH_SIGNS: Final = {"open": "?", "accepted": "✓", "shelved": "»", "refused": "✗"}
_WISH_STYLES: Final = {"accepted": "$text-success", "open": "$text-warning"}
_PROMISE_SIGNS: Final = {"open": "!", "kept": "✓", "late": "✓", "broken": "✗", "withdrawn": "-"}
_PROMISE_STYLES: Final = {
    "open": "$text-warning",
    "broken": "bold $text-error",
    "kept": "$text-success",
    "withdrawn": "$muted",
}


def number_of(case_id: int, number: str | None) -> str:
    """How people call a case: its number here, and the one of another system behind it."""
    return f"#{case_id}" if not number else f"#{case_id} ({number})"


def counted_text(words: CaseWords, one: LimitLine) -> str:
    """What a limit counts: how many of what, from when, by whose calendar."""
    rule = one.limit.rule
    if one.deadline.typed or rule.unit is Unit.TYPED_DATE:
        limit = words.say("deadline.limit.typed_date")
    elif rule.limit == 0:
        limit = words.say("deadline.limit.same_day")
    else:
        limit = words.say(f"deadline.limit.{rule.unit.name.lower()}", n=rule.limit)
    event = Said(f"deadline.event.{rule.event}")
    told = words.say("case.timer.counts", limit=limit, event=event)
    return f"{told} · {one.deadline.place}" if one.deadline.place else told


class CaseDrawer:
    """Draws a case in a language, on a clock.

    Args:
        words: names the codes.
        file: the case.
    """

    def __init__(self, words: CaseWords, file: CaseFile) -> None:
        self._words = words
        self._say = words.say
        self._file = file

    # -- the head ---------------------------------------------------------------------------

    def phase(self) -> str:
        """How the most pressing limit stands; empty where none runs."""
        phases = {str(one.state.phase) for one in self._file.timers if one.limit.runs}
        return next((one for one in PHASE_SIGNS if one in phases), "")

    def who_line(self) -> Content:
        """Whose case it is and how it stands."""
        head, words = self._file.head, self._words
        owner = head.owner or self._say("case.nobody")
        if head.asked is not None:
            owner = self._say("case.asked", owner=owner, asked=head.asked)
        told = [
            words.level(head.level),
            words.customer_class(head.customer_class),
            words.status(head.status),
            self._say("case.owner", name=owner),
        ]
        return Content.assemble(
            (f" {clean(number_of(head.id, head.number))} ", "bold $text-accent"),
            (f"{words.weight(head.weight)} ", "bold"),
            (clean(head.name), "bold"),
            "  ",
            clean("  ".join(one for one in told if one)),
        )

    def next_line(self) -> Content:
        """What is to be done next, by when and by whom; and how the limits stand."""
        file, words = self._file, self._words
        coming, phase = file.next_action, self.phase()
        if coming is None:
            return safe(f" {words.status(file.head.status)}", "$muted")
        by = words.both(coming.by, file.head.zone)
        style = "bold $text-error" if coming.overdue else "bold"
        parts: list[Content | tuple[str, str]] = [
            (f" {clean(self._say('case.next'))} ", "$muted"),
            (clean(words.next_action(coming)), style),
            (f"  {clean(self._say('case.by', at=by))}", style),
        ]
        if phase:
            parts.append((f"  {clean(words.phase(phase))}", PHASE_STYLES.get(phase, "")))
        if not coming.reachable:
            parts.append((f"  {clean(self._say('case.unreachable'))}", "$text-warning"))
        return Content.assemble(*parts)

    def advice(self) -> str:
        """The rule of the level, and how to speak with this class of customers."""
        head = self._file.head
        parts = [self._words.level_rule(head.level), self._words.technique(head.customer_class)]
        return "  ·  ".join(part for part in parts if part)

    # -- what holds now ---------------------------------------------------------------------

    def standing(self, *, counting: bool) -> CardView:
        """Words, limits, steps and facts.

        Args:
            counting: whether every day is told that a limit counts or skips.
        """
        head = self._file.head
        about = [self._words.category(head.category), self._words.cause(head.cause)]
        told = " · ".join(one for one in about if one) or self._say("case.no_category")
        return CardView(
            "",
            (
                CardSection(told, (CardLine(head.description),)),
                CardSection(self._say("case.timers"), self._timers(counting=counting)),
                CardSection(self._say("case.steps"), self._steps()),
                CardSection(self._say("case.outcome"), self._outcome()),
                CardSection(self._say("case.facts"), self._facts()),
            ),
        )

    def _timers(self, *, counting: bool) -> tuple[CardLine, ...]:
        lines: list[CardLine] = []
        for one in self._file.timers:
            lines += self._timer(one)
            if counting and one.limit.runs:
                lines += [self._day(one, day) for day in one.deadline.counted]
                lines += [
                    CardLine(self._spoken(doubt), sign="?", style="$text-warning")
                    for doubt in one.deadline.doubts
                ]
        return tuple(lines)

    def _timer(self, one: LimitLine) -> list[CardLine]:
        limit, words = one.limit, self._words
        rule = limit.rule
        phase = str(one.state.phase) if limit.stopped_at is None else "stopped"
        style = PHASE_STYLES.get(phase, "")
        name = rule.step_name.of(words.language)
        lines = [
            CardLine(f"{name}: {self._left(one, phase)}", sign=PHASE_SIGNS[phase], style=style)
        ]
        if not limit.runs:
            return lines
        due = words.both(limit.due_at, self._file.head.zone)
        lines.append(CardLine(self._say("case.timer.due", at=due, counts=counted_text(words, one))))
        if limit.paused_since is not None:
            since = words.at(limit.paused_since)
            told = self._say("case.timer.paused", at=since, why=limit.paused_because or "")
            lines.append(CardLine(told, style="$text-warning"))
        if rule.note is not None and rule.limit:
            lines.append(CardLine(rule.note.of(words.language), style="$muted"))
        return lines

    def _left(self, one: LimitLine, phase: str) -> str:
        limit = one.limit
        if phase == "stopped":
            return self._say("case.phase.stopped")
        if limit.met_at is not None:
            late = "case.timer.met_late" if one.state.late else "case.timer.met"
            return self._say(late, at=self._words.at(limit.met_at))
        span = self._words.span(one.state.left)
        if phase == "paused":
            return self._say("case.timer.stands", span=span)
        return self._say("case.timer.over" if one.state.late else "case.timer.left", span=span)

    def _day(self, one: LimitLine, day: CountedDay) -> CardLine:
        noon = one.deadline.local.replace(year=day.day.year, month=day.day.month, day=day.day.day)
        told = f"{day.day:%m-%d} {self._spoken(weekday_said(noon))}  {self._spoken(day.said)}"
        return CardLine(told, sign="+" if day.counts else "-", style="" if day.counts else "$muted")

    def _steps(self) -> tuple[CardLine, ...]:
        language = self._words.language
        return tuple(
            CardLine(
                f"{number} {step.name.of(language)}"
                + (f" · {self._words.at(step.at)}" if step.at is not None else ""),
                sign="✓" if step.done else "·",
                style="$text-success" if step.done else "",
            )
            for number, step in enumerate(self._file.steps, 1)
        )

    def _outcome(self) -> tuple[CardLine, ...]:
        head = self._file.head
        lines = []
        if head.resolution:
            lines.append(CardLine(head.resolution, self._say("case.fact.resolution")))
        if head.verdict:
            told = " · ".join(filter(None, (self._words.verdict(head.verdict), head.verdict_by)))
            lines.append(CardLine(told, self._say("case.fact.verdict"), style="bold"))
        elif head.resolution and self._file.state.tries:
            state = self._file.state
            told = self._say("case.tries", n=state.tries, asked=state.tries_asked)
            lines.append(CardLine(told, self._say("case.fact.verdict")))
        if head.review:
            lines.append(CardLine(head.review, self._say("case.fact.review")))
        return tuple(lines)

    def _facts(self) -> tuple[CardLine, ...]:
        head, words = self._file.head, self._words
        pairs: list[tuple[str, str]] = [
            ("received", self._when(head.received_at)),
            ("opened_by", head.opened_by or ""),
            ("department", words.department(head.department)),
            ("class", words.customer_class(head.customer_class)),
            ("reply_by", self._when(head.reply_by)),
            ("closed", self._when(head.closed_at)),
        ]
        return tuple(
            CardLine(value, self._say(f"case.fact.{key}")) for key, value in pairs if value
        )

    def _when(self, at: datetime | None) -> str:
        return "" if at is None else self._words.both(at, self._file.head.zone)

    # -- what is owed -----------------------------------------------------------------------

    def owed(self) -> CardView:
        """Wishes, promises, slips to departments, planned calls."""
        file = self._file
        wishes = tuple(
            line for rank, one in enumerate(file.wishes, 1) for line in self._wish(rank, one)
        )
        promises = tuple(line for one in file.promises for line in self._promise(one))
        slips = tuple(line for one in file.slips for line in self._slip(one))
        calls = tuple(
            CardLine(
                f"{one.campaign_zh if self._words.language == 'zh' else one.campaign_en} · "
                + " · ".join(filter(None, (self._when(one.due_at), one.owner))),
                sign="!" if one.promised else "·",
            )
            for one in file.callbacks
            if one.open
        )
        nothing = CardLine(self._say("case.no_wish"), style="$muted")
        return CardView(
            "",
            (
                CardSection(self._say("case.wishes"), wishes or (nothing,)),
                CardSection(self._say("case.promises"), promises),
                CardSection(self._say("case.slips"), slips),
                CardSection(self._say("case.calls"), calls),
            ),
        )

    def _wish(self, rank: int, one: StandingWish) -> list[CardLine]:
        style = _WISH_STYLES.get(one.state, "")
        lines = [
            CardLine(
                f"{rank} {one.text} · {self._say(f'customer.wish.{one.state}')}",
                sign=_WISH_SIGNS[one.state],
                style=style,
            )
        ]
        details = [
            "" if one.possible is None else self._say(f"case.possible.{one.possible}".lower()),
            one.reason and self._say("call.wish_reason", text=one.reason),
            one.offer and self._say("call.wish_offer", text=one.offer),
            one.state == "shelved"
            and one.answer_by is not None
            and self._say("call.wish_answer_by", at=self._when(one.answer_by)),
        ]
        lines += [CardLine(detail, style="$muted") for detail in details if detail]
        return lines

    def _promise(self, one: CasePromise) -> list[CardLine]:
        when = self._when(one.due_at) or one.condition or ""
        text = one.text or self._say("call.owed.call")
        told = " · ".join(filter(None, (text, self._say(f"customer.promise.{one.state}"))))
        sign, style = _PROMISE_SIGNS[one.state], _PROMISE_STYLES.get(one.state, "")
        who = " · ".join(filter(None, (when, one.owner)))
        return [CardLine(told, sign=sign, style=style), CardLine(who, style="$muted")]

    def _slip(self, one: SlipLine) -> list[CardLine]:
        department = self._words.department(one.department)
        if one.replied_at is not None:
            sign, style, told = "✓", "$text-success", one.reply or ""
        elif one.withdrawn_at is not None:
            sign, style, told = "-", "$muted", self._say("case.slip.withdrawn")
        else:
            late = one.reply_by < self._file.now
            sign, style = ("!!", "bold $text-error") if late else ("!", "$text-warning")
            told = self._say("case.slip.by", at=self._when(one.reply_by))
        return [
            CardLine(f"#{one.id} {department}: {one.ask}", sign=sign, style=style),
            CardLine(told, style="$muted"),
        ]

    def _spoken(self, said: Said) -> str:
        return self._say(said.key, **said.params)
