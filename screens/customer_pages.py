"""The pages of a customer's record: calls, what waits, complaints, visits, contacts, the person."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Final, Literal

from content.surveys import surveys
from content.translations import Language
from domain.errors import InputError
from domain.history import OVER
from domain.money import money_text
from domain.outcome import OutcomeTable
from domain.survey import Kind, Question
from domain.touch import CHANNELS
from intake.words import words_of
from screens.call_views import LIGHT_STYLES, Say
from screens.card_view import grouped, word_of
from screens.promise_lines import OWED, PromiseWords
from widgets.customer_card import CardLine, CardSection, CardView

if TYPE_CHECKING:
    from db.call_history import AnswerLine, CallLine
    from db.chances import ChanceLine
    from db.customer_record import (
        CallbackLine,
        CaseLine,
        ContactLine,
        OrderLine,
        PromiseEntry,
        StopLine,
    )
    from db.customers import CustomerRecord
    from db.matches import MatchLine
    from db.wishes import StandingWish

Page = Literal["calls", "waiting", "cases", "visits", "contacts", "person"]
PAGES: Final[tuple[Page, ...]] = ("calls", "waiting", "cases", "visits", "contacts", "person")

_WISH_SIGNS: Final = {"open": "?", "accepted": "✓", "shelved": "»", "refused": "✗"}


class RecordDrawer:
    """Draws the pages of a record in a language, on a clock.

    Args:
        say: gives sentences.
        language: the language to speak.
        clock: writes an instant on one's own clock.
        my_zone: IANA name of the operator's clock.
        now: the present instant, aware.
        outcomes: for the names of endings.
    """

    def __init__(
        self,
        say: Say,
        language: Language,
        clock: Callable[[datetime], str],
        my_zone: str,
        now: datetime,
        outcomes: OutcomeTable,
    ) -> None:
        self._say = say
        self._language = language
        self._clock = clock
        self._my_zone = my_zone
        self._now = now
        self._endings = {one.code: one.name.of(language) for one in outcomes}

    def counts(self, record: CustomerRecord) -> Mapping[Page, int]:
        """How many entries each page has."""
        return {
            "calls": len(record.calls),
            "waiting": sum(1 for one in record.callbacks if one.state not in OVER)
            + sum(1 for one in record.promises if one.state in OWED),
            "cases": len(record.complaints) + len(record.wishes),
            "visits": len(record.orders),
            "contacts": len(record.contacts) + len(record.chances),
            "person": len(record.faults) + len(record.matches) + len(self._standing(record)),
        }

    def page(self, record: CustomerRecord, page: Page) -> CardView:
        """One page of a record."""
        match page:
            case "calls":
                sections = tuple(self._call(one) for one in record.calls)
            case "waiting":
                sections = self._waiting(record)
            case "cases":
                sections = self._cases(record)
            case "visits":
                visits = tuple(line for one in record.orders for line in self._visit(one))
                sections = (CardSection("", visits),)
            case "contacts":
                sections = self._contacts(record)
            case "person":
                sections = self._person(record)
        if not any(section.lines for section in sections):
            nothing = CardLine(self._say(f"customer.nothing.{page}"), style="$muted")
            sections = (CardSection("", (nothing,)),)
        return CardView("", sections)

    # -- calls ------------------------------------------------------------------------------

    def _call(self, call: CallLine) -> CardSection:
        reason = call.campaign_zh if self._language == "zh" else call.campaign_en
        heading = [self._clock(call.at), call.operator]
        if call.direction == "in":
            heading.append(self._say("customer.rang_us"))
        ended = self._ending(call.outcome) if call.outcome else self._no_outcome(call.phase)
        if call.late:
            ended = f"{ended} · {self._say('customer.late')}"
        lines = [CardLine(reason, style="$muted")] if reason else []
        lines.append(CardLine(ended, sign="·", style="bold"))
        lights = dict.fromkeys(light for light in (call.mood_start, call.mood_end) if light)
        if lights:
            told = " › ".join(self._say(f"call.light.{light}") for light in lights)
            lines.append(CardLine(told, sign="◉", style=LIGHT_STYLES.get(list(lights)[-1], "")))
        for leg in call.legs:
            told = " · ".join(
                filter(None, (grouped(leg.number), leg.result and self._ending(leg.result)))
            )
            lines.append(CardLine(told, sign="-", style="$muted"))
        if call.scores:
            told = "  ".join(
                f"{self._say(f'survey.metric.{metric}')} {value:g}" for metric, value in call.scores
            )
            lines.append(CardLine(told, sign="·", style="bold"))
        lines += [self._answer(one) for one in call.answers]
        if call.note:
            lines.append(CardLine(call.note, sign="✎"))
        return CardSection(" · ".join(heading), tuple(lines))

    def _no_outcome(self, phase: str) -> str:
        return self._say("customer.under_way" if phase != "ended" else "customer.no_outcome")

    def _ending(self, code: str) -> str:
        return self._endings.get(code, code)

    def _answer(self, answer: AnswerLine) -> CardLine:
        try:
            question = surveys()[answer.survey][answer.question]
        except InputError:  # asked under a survey that the desk no longer has
            return CardLine(f"{answer.question}: {self._value(answer, None)}", sign="·")
        text = f"{question.text.of(self._language)} {self._value(answer, question)}"
        return CardLine(text, sign="·", style="$muted")

    def _value(self, answer: AnswerLine, question: Question | None) -> str:
        if answer.status != "answered":
            return f"[{self._say(f'call.missing.{answer.status}')}]"
        names = (
            {one.id: one.text.of(self._language) for one in question.options} if question else {}
        )
        if answer.choices:
            return ", ".join(names.get(one, one) for one in answer.choices)
        if question is not None and question.kind is Kind.YES_NO and answer.number is not None:
            return self._say("call.yes" if answer.number else "call.no")
        if answer.number is not None:
            return f"{answer.number:g}"
        return names.get(answer.text or "", answer.text or "")

    # -- what waits -------------------------------------------------------------------------

    def _waiting(self, record: CustomerRecord) -> tuple[CardSection, ...]:
        open_ones = [one for one in record.callbacks if one.state not in OVER]
        over = [one for one in record.callbacks if one.state in OVER]
        promises = tuple(line for one in record.promises for line in self._promise(one))
        return (
            CardSection(
                self._say("customer.callbacks_open"),
                tuple(line for one in open_ones for line in self._callback(one)),
            ),
            CardSection(self._say("customer.promises"), promises),
            CardSection(
                self._say("customer.callbacks_over"),
                tuple(line for one in over for line in self._callback(one)),
            ),
        )

    def _callback(self, one: CallbackLine) -> list[CardLine]:
        reason = one.campaign_zh if self._language == "zh" else one.campaign_en
        parts = [self._clock(one.due_at), reason, self._say(f"customer.state.{one.state}")]
        if one.claimed_by:
            parts.append(one.claimed_by)
        elif one.owner:
            parts.append(one.owner)
        if one.attempts:
            parts.append(self._say("customer.tries", n=one.attempts))
        if one.last_outcome:
            parts.append(self._ending(one.last_outcome))
        promised = one.promised and one.state not in OVER
        style = "$text-warning" if promised else ("$muted" if one.state in OVER else "")
        lines = [CardLine(" · ".join(parts), sign="!" if promised else "·", style=style)]
        if one.note:
            lines.append(CardLine(one.note, style="$muted"))
        return lines

    def _promise(self, one: PromiseEntry) -> list[CardLine]:
        words = PromiseWords(self._language, self._my_zone, self._now)
        return [
            words.line(
                one.kind, one.text, one.condition, one.due_at, one.state, one.zone, one.owner
            )
        ]

    # -- complaints -------------------------------------------------------------------------

    def _cases(self, record: CustomerRecord) -> tuple[CardSection, ...]:
        sections = [self._case(one) for one in record.complaints]
        wishes = tuple(self._wish(one) for one in record.wishes)
        return (*sections, CardSection(self._say("customer.wishes"), wishes))

    def _case(self, case: CaseLine) -> CardSection:
        weight = self._say(f"customer.weight.{case.weight}")
        number = f"#{case.number} " if case.number else ""
        heading = f"{number}{weight} · {self._clock(case.received_at)}"
        parts = [
            self._word("level", case.level),
            self._word("category", case.category),
            self._word("channel", case.channel),
            self._word("status", case.status),
            case.owner,
        ]
        over = case.closed_at is not None or case.status == "closed"
        lines = [
            CardLine(case.description, sign="·" if over else "!", style="" if over else "bold"),
            CardLine(" · ".join(part for part in parts if part), style="$muted"),
        ]
        if case.reply_by is not None and not over:
            told = self._say("customer.reply_by", at=case.reply_by)
            lines.append(CardLine(told, sign="!", style="$text-warning"))
        if case.closed_at is not None:
            lines.append(CardLine(self._say("customer.closed_at", at=case.closed_at), sign="✓"))
        lines += [self._wish(one) for one in case.wishes]
        return CardSection(heading, tuple(lines))

    def _wish(self, wish: StandingWish) -> CardLine:
        parts = [wish.text, self._say(f"customer.wish.{wish.state}")]
        if wish.offer and wish.offer != wish.text:
            parts.append(self._say("customer.offer", text=wish.offer))
        if wish.reason:
            parts.append(wish.reason)
        if wish.answer_by is not None:
            parts.append(self._say("customer.answer_by", at=wish.answer_by))
        return CardLine(" · ".join(parts), sign=_WISH_SIGNS.get(wish.state, "·"))

    # -- visits and contacts ----------------------------------------------------------------

    def _visit(self, order: OrderLine) -> list[CardLine]:
        what = [
            order.visited_on.isoformat() if order.visited_on else "",
            self._word("service", order.service),
            order.plate,
        ]
        more = [
            f"{order.mileage:,} km" if order.mileage is not None else "",
            money(order.amount, order.currency),
            order.advisor,
            f"#{order.number}",
        ]
        return [
            CardLine(" · ".join(filter(None, what)), sign="·"),
            CardLine(" · ".join(filter(None, more)), style="$muted"),
        ]

    def _contacts(self, record: CustomerRecord) -> tuple[CardSection, ...]:
        chances = tuple(self._chance(one) for one in record.chances)
        touches = tuple(self._contact(one) for one in record.contacts)
        heading = self._say("chances.touches") if chances else ""
        return CardSection(self._say("chances.title"), chances), CardSection(heading, touches)

    def _chance(self, one: ChanceLine) -> CardLine:
        when = "" if one.next_at is None else self._clock(one.next_at)
        following = ", ".join(filter(None, (one.next_step, when)))
        parts = [
            self._clock(one.at),
            self._say(f"chances.kind.{one.kind}"),
            one.text,
            money_text(one.value, one.currency) if one.value and one.currency else "",
            following and self._say("chances.next", step=following),
            one.owner,
        ]
        return CardLine(" · ".join(part for part in parts if part), sign="+")

    def _contact(self, contact: ContactLine) -> CardLine:
        parts = [
            self._clock(contact.at),
            self._say(f"customer.direction.{contact.direction}"),
            self._channel(contact.channel),
            self._say(f"customer.content.{contact.content_kind}"),
            contact.operator,
            contact.note,
        ]
        return CardLine(" · ".join(part for part in parts if part), sign="·")

    def _channel(self, code: str) -> str:
        if code == "call_centre":
            return self._say("customer.call_centre")
        if any(code in channels for channels in CHANNELS.values()):
            return self._say(f"chances.channel.{code}")
        return self._word("channel", code)

    # -- the person -------------------------------------------------------------------------

    def _person(self, record: CustomerRecord) -> tuple[CardSection, ...]:
        language = self._language
        faults = tuple(
            CardLine(words_of(code, language), sign="!", style="$text-warning")
            for code in record.faults
        )
        matches = tuple(self._match(one) for one in record.matches)
        return (
            CardSection(self._say("customer.stops"), tuple(map(self._stop, record.stops))),
            CardSection(self._say("customer.faults"), faults),
            CardSection(self._say("customer.matches"), matches),
            CardSection(self._say("customer.fields"), self._fields(record)),
            CardSection(self._say("customer.consents"), self._consents(record)),
        )

    def _standing(self, record: CustomerRecord) -> tuple[StopLine, ...]:
        return tuple(one for one in record.stops if stands(one, self._now))

    def _stop(self, stop: StopLine) -> CardLine:
        parts = [
            stop.number or self._say("customer.whole_person"),
            self._say(f"stop.{stop.reason}"),
            self._clock(stop.since),
            stop.operator or "",
        ]
        if stop.purpose != "any":
            parts.append(self._say(f"hours.purpose.{stop.purpose}"))
        if stop.expires_at is not None:
            parts.append(self._say("customer.until", at=stop.expires_at))
        if stop.lifted_at is not None:
            parts.append(self._say("customer.lifted", at=stop.lifted_at))
        standing = stands(stop, self._now)
        style = "bold $text-error" if standing else "$muted"
        told = " · ".join(part for part in parts if part)
        return CardLine(told, sign="✗" if standing else "·", style=style)

    def _match(self, match: MatchLine) -> CardLine:
        parts = [
            match.other_name,
            match.other_masked,
            match.other_plate,
            self._say(f"customer.match.{match.reason}"),
        ]
        return CardLine(" · ".join(part for part in parts if part), sign="≈")

    def _fields(self, record: CustomerRecord) -> tuple[CardLine, ...]:
        fields, card = record.fields, record.card
        birthday = fields.birthday or ""
        if birthday and fields.birthday_calendar == "lunar":
            birthday = self._say("customer.lunar", day=birthday)
        pairs = [
            ("salutation", card.salutation),
            ("sex", self._word("sex", card.sex)),
            ("birthday", birthday),
            ("occupation", fields.occupation),
            ("id_number", fields.id_number),
            ("email", fields.email),
            ("home_address", _lines(fields.home_address, fields.home_postcode)),
            ("work_address", _lines(fields.work_address, fields.work_postcode)),
            ("preferred_hours", fields.preferred_hours),
            ("refused_hours", fields.refused_hours),
            ("owner", fields.owner),
            ("created", self._clock(fields.created_at)),
            ("changed", self._clock(fields.updated_at)),
        ]
        return tuple(
            CardLine(text, self._say(f"customer.fact.{name}")) for name, text in pairs if text
        )

    def _consents(self, record: CustomerRecord) -> tuple[CardLine, ...]:
        lines = []
        for one in record.consents:
            key = "customer.granted" if one.granted else "customer.refused"
            parts = [
                self._say(f"hours.purpose.{one.purpose}"),
                self._say(key),
                self._clock(one.since),
                self._say("customer.until", at=one.until) if one.until else "",
                one.evidence,
            ]
            told = " · ".join(part for part in parts if part)
            lines.append(CardLine(told, sign="✓" if one.granted else "✗"))
        return tuple(lines)

    def _word(self, word_set: str, code: str | None) -> str:
        return word_of(word_set, code, self._language)


def money(amount: int | None, currency: str) -> str:
    """An amount in minor units as it is written; empty where there is none."""
    return "" if amount is None else f"{currency} {amount / 100:,.2f}"


def stands(stop: StopLine, now: datetime) -> bool:
    """Whether a stop is in force."""
    return stop.lifted_at is None and (stop.expires_at is None or stop.expires_at > now)


def _lines(address: str | None, postcode: str | None) -> str:
    return " ".join(part for part in (address, postcode) if part)
