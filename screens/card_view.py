"""A customer as the panes draw them: numbers, asset, debts, history."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import TYPE_CHECKING

from phonenumbers import NumberParseException, PhoneNumberFormat, format_number, parse

from content.columns import column_book
from content.tier_words import next_level_said
from content.translations import Language
from domain.rulebook import Rulebook
from domain.said import Said
from screens.call_views import LIGHT_STYLES, Say
from screens.case_drawer import number_of
from screens.case_words import PHASE_STYLES, CaseWords
from screens.gap_text import gap_text
from screens.promise_lines import PromiseWords
from screens.times import short_day
from screens.wish_lines import wish_lines
from widgets.customer_card import CardLine, CardSection, CardView

if TYPE_CHECKING:
    from db.calls import OpenCall
    from db.customer_card import (
        AssetLine,
        ComplaintLine,
        CustomerCard,
        PastCall,
        PhoneLine,
    )
    from db.promises import PromiseLine

BRIEF = 8
"""Calls of the history that the call screen shows."""


class CardDrawer:
    """Draws customers in a language, on a clock.

    Args:
        say: gives sentences.
        language: the language to speak.
        clock: writes an instant on one's own clock.
        my_zone: IANA name of the operator's clock.
        now: the present instant, aware.
        rules: for the names of endings and what a membership card is worth.
    """

    def __init__(
        self,
        say: Say,
        language: Language,
        clock: Callable[[datetime], str],
        my_zone: str,
        now: datetime,
        rules: Rulebook,
    ) -> None:
        self._say = say
        self._language = language
        self._clock = clock
        self._my_zone = my_zone
        self._now = now
        self._names = {one.code: one.name.of(language) for one in rules.outcomes}
        self._cards = rules.tiers.membership
        self._case_words = CaseWords(say, language, my_zone, now, rules)

    def call_card(self, call: OpenCall, phone_id: int | None) -> CardView:
        """The card beside the script; the number to dial is marked."""
        card = call.card
        return CardView(
            card.name,
            (
                CardSection("", self._phones(card.phones, phone_id, call)),
                CardSection("", self._reasons(call)),
                CardSection(self._say("call.owed"), self._promises(card.promises)),
                CardSection(self._say("call.complaints"), self._complaints(card.complaints)),
                CardSection(self._say("call.assets"), self._assets(card.assets)),
                CardSection("", self._facts(card)),
                CardSection(self._say("call.history"), self._history(card.history[:BRIEF])),
            ),
        )

    def brief(self, card: CustomerCard) -> list[CardSection]:
        """What one wants to know before ringing: what is owed, what is wrong, what was said."""
        return [
            CardSection(self._say("call.owed"), self._promises(card.promises)),
            CardSection(self._say("call.complaints"), self._complaints(card.complaints)),
            CardSection(self._say("call.assets"), self._assets(card.assets)),
            CardSection(self._say("call.history"), self._history(card.history[:BRIEF])),
        ]

    def whole_card(self, card: CustomerCard) -> CardView:
        """The whole record."""
        return CardView(
            card.name,
            (
                CardSection("", (*self._facts(card), *self._tier_why(card))),
                CardSection(self._say("call.numbers"), self._phones(card.phones, None, None)),
                CardSection(self._say("call.owed"), self._promises(card.promises)),
                CardSection(self._say("call.complaints"), self._complaints(card.complaints)),
                CardSection(self._say("call.assets"), self._assets(card.assets)),
                CardSection(self._say("call.history"), self._history(card.history)),
            ),
        )

    def _phones(
        self, phones: tuple[PhoneLine, ...], phone_id: int | None, call: OpenCall | None
    ) -> tuple[CardLine, ...]:
        results = {leg.phone_id: leg.result for leg in call.legs} if call is not None else {}
        lines = []
        for phone in phones:
            number = phone.e164 or phone.raw or "—"
            parts = [grouped(number) if phone.e164 else number]
            if phone.extension:
                parts.append(f"x{phone.extension}")
            if phone.ask_for:
                parts.append(self._say("call.ask_for", name=phone.ask_for))
            if phone.e164 is None or phone.status != "ok":
                parts.append(self._say(f"call.phone.{phone.status}"))
            result = results.get(phone.phone_id) if phone.phone_id is not None else None
            if result:
                parts.append(self._names.get(result, result))
            current = phone.phone_id is not None and phone.phone_id == phone_id
            style = "bold" if current else ("" if phone.status == "ok" else "$muted")
            lines.append(CardLine("  ".join(parts), sign="▸" if current else "", style=style))
        return tuple(lines)

    def _reasons(self, call: OpenCall) -> tuple[CardLine, ...]:
        lines = []
        for line in call.callbacks:
            name = line.campaign_zh if self._language == "zh" else line.campaign_en
            sign = "!" if line.promised else "·"
            told = f"{name} · {self._clock(line.due_at)}"
            if line.attempts:
                told += f" · {self._say('call.tries', n=line.attempts)}"
            lines.append(CardLine(told, sign=sign, style="$text-warning" if line.promised else ""))
            if line.note:
                lines.append(CardLine(line.note, sign=" ", style="$muted"))
        return tuple(lines)

    def _promises(self, promises: tuple[PromiseLine, ...]) -> tuple[CardLine, ...]:
        words = PromiseWords(self._language, self._my_zone, self._now)
        return tuple(
            words.line(
                one.kind, one.text, one.condition, one.due_at, one.state, one.zone, one.owner
            )
            for one in promises
        )

    def _complaints(self, complaints: tuple[ComplaintLine, ...]) -> tuple[CardLine, ...]:
        lines = []
        words = self._case_words
        for one in complaints:
            limit = ""
            if one.phase:
                limit = words.phase(one.phase)
                if one.due_at is not None and one.phase != "paused":
                    limit += f" {self._say('case.by', at=self._clock(one.due_at))}"
            parts = (
                number_of(one.id, one.number),
                words.weight(one.weight),
                words.level(one.level),
                limit,
            )
            style = PHASE_STYLES["overdue"] if one.phase == "overdue" else "$text-error"
            told = "  ".join(part for part in parts if part)
            lines.append(CardLine(told, sign="!", style=style))
            lines.append(CardLine(one.description))
            lines += wish_lines(one.wishes, self._say, self._spoken, self._clock)
            gap = gap_text([line.rating for line in one.gaps], self._say)
            if gap:
                lines.append(CardLine(gap, self._say("expectation.gap.short")))
        return tuple(lines)

    def _assets(self, assets: tuple[AssetLine, ...]) -> tuple[CardLine, ...]:
        lines = []
        for one in assets:
            bought = day(one.bought_on)
            parts = [
                one.model,
                one.plate,
                one.colour,
                bought and self._say("call.bought", day=bought),
            ]
            if one.mileage is not None:
                parts.append(f"{one.mileage:,} km")
            lines.append(CardLine(" · ".join(part for part in parts if part), sign="·"))
        return tuple(lines)

    def _facts(self, card: CustomerCard) -> tuple[CardLine, ...]:
        pairs = [
            ("call.fact.pinyin", card.pinyin if card.pinyin != card.name.lower() else ""),
            ("call.fact.tier", self._tier(card)),
            ("call.fact.level", self._level(card)),
            ("call.fact.loyalty", self._loyalty(card)),
            ("call.fact.speaks", card.language or ""),
            ("call.fact.zone", card.zone or ""),
        ]
        told = tuple(CardLine(value, self._say(key)) for key, value in pairs if value)
        if not card.only_sold:
            return told
        return (CardLine(self._say("chances.only_sold"), sign="!", style="$text-warning"), *told)

    def _tier_why(self, card: CustomerCard) -> tuple[CardLine, ...]:
        return tuple(CardLine(self._spoken(said), sign="·") for said in card.standing.why)

    def _tier(self, card: CustomerCard) -> str:
        if not card.tier:
            return ""
        name = self._say(f"call.tier.{card.tier}")
        return f"{name} · {self._say('call.fact.pinned')}" if card.standing.pinned else name

    def _level(self, card: CustomerCard) -> str:
        """The card with its discount, and what is missing to the next one."""
        cards, standing = self._cards, card.standing
        level = cards.level(card.member_level)
        parts = [word_of("member_level", card.member_level, self._language)]
        if level is not None:
            parts.append(self._say("call.fact.discount", percent=level.discount))
        following = next_level_said(
            cards, card.member_level, standing.contribution, standing.currency, standing.loyalty
        )
        if following is not None:
            parts.append(self._spoken(following))
        return " · ".join(filter(None, parts))

    def _loyalty(self, card: CustomerCard) -> str:
        standing = card.standing
        parts = [
            standing.loyalty and self._say(f"tiers.loyalty.{standing.loyalty}"),
            standing.trend and self._say(f"tiers.trend.{standing.trend}"),
        ]
        return " · ".join(filter(None, parts))

    def _spoken(self, said: Said) -> str:
        return self._say(said.key, **said.params)

    def _history(self, history: tuple[PastCall, ...]) -> tuple[CardLine, ...]:
        lines = []
        for past in history:
            name = past.campaign_zh if self._language == "zh" else past.campaign_en
            ended = self._names.get(past.outcome or "", past.outcome or "")
            when = short_day(past.at, self._my_zone, self._now)
            parts = [when, name, ended, past.operator]
            if past.direction == "in":
                parts.append(self._say("call.rang_us"))
            if past.mood:
                parts.append(self._say(f"call.light.{past.mood}"))
            if past.late:
                parts.append(self._say("call.late"))
            style = LIGHT_STYLES["red"] if past.mood == "red" else ""
            lines.append(
                CardLine(" · ".join(part for part in parts if part), sign="·", style=style)
            )
            if past.scores:
                scores = "  ".join(
                    f"{self._say(f'call.metric.{metric}')} {value:g}"
                    for metric, value in past.scores
                )
                lines.append(CardLine(scores, sign=" "))
            if past.note:
                lines.append(CardLine(past.note, sign=" ", style="$muted"))
        return tuple(lines)


def grouped(number: str) -> str:
    """A number in groups that can be read aloud: `+86 138 0013 8000`; other text unchanged."""
    if "*" in number:
        return number  # the parser would leave out what is masked and make another number of it
    try:
        return format_number(parse(number), PhoneNumberFormat.INTERNATIONAL)
    except NumberParseException:
        return number


def word_of(word_set: str, code: str | None, language: Language) -> str:
    """What people call a code of a set of words; the code itself where nobody has named it.

    Args:
        word_set: a set of `content/columns.toml`, such as `service`.
        code: the code; none for an empty text.
        language: the language to speak.
    """
    if not code:
        return ""
    known = column_book().labels[word_set]
    return known[code].of(language) if code in known else code


def day(value: date | None) -> str:
    """A date as ISO text; empty where there is none."""
    return "" if value is None else value.isoformat()
