"""A customer's whole record as lines for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.cli.lines import aligned
from app.cli.promised import due_text
from content.promise_words import promised_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.cli.frame import Frame
    from db.call_history import AnswerLine, CallLine
    from db.customer_card import CustomerCard
    from db.customers import CustomerRecord
    from domain.membership import Membership
    from domain.outcome import OutcomeTable
    from domain.rulebook import Rulebook
    from domain.survey import Question


def record_lines(frame: Frame, record: CustomerRecord, rules: Rulebook) -> Iterator[str]:
    """Who it is and how to reach them, then callbacks, calls with answers, and promises."""
    card, chinese = record.card, frame.language == "zh"
    about = [card.zone, card.tier, card.member_level, record.fields.owner]
    yield "  ".join([f"{record.person_id}  {card.name}", *filter(None, about)])
    yield from _standing_lines(frame, card, rules.tiers.membership)
    for phone in card.phones:
        number = phone.e164 or frame.say("cli.customer.bad_number", raw=phone.raw or "–")
        yield "  ".join(filter(None, ["  ", number, phone.extension, phone.ask_for]))
    for asset in card.assets:
        yield "  ".join(filter(None, ["  ", asset.plate, asset.model, asset.colour]))
    callbacks = [
        [
            f"  {line.id}",
            frame.say(f"cli.customer.state.{line.state}"),
            frame.clock(line.due_at),
            line.campaign_zh if chinese else line.campaign_en,
            line.note or "",
        ]
        for line in record.callbacks
    ]
    yield from _section(frame, "callbacks", callbacks)
    if record.calls:
        yield frame.say("cli.customer.section.calls")
        for call in record.calls:
            yield from _call_lines(frame, call, rules.outcomes)
    promises = [
        [
            f"  {one.id}",
            frame.say(f"promise.state.{one.state}"),
            due_text(frame, one.due_at, one.zone),
            promised_text(frame.language, one.kind, one.text, one.condition),
            one.owner or "",
        ]
        for one in record.promises
    ]
    yield from _section(frame, "promises", promises)


def _standing_lines(frame: Frame, card: CustomerCard, cards: Membership) -> Iterator[str]:
    """Loyalty, trend, what is missing to the next card, and why the tier is what it is."""
    from content.tier_words import next_level_said  # noqa: PLC0415 - for one customer only

    standing = card.standing
    following = next_level_said(
        cards,
        card.member_level,
        standing.contribution,
        standing.currency,
        standing.loyalty,
    )
    parts = [
        standing.loyalty and frame.say(f"tiers.loyalty.{standing.loyalty}"),
        standing.trend and frame.say(f"tiers.trend.{standing.trend}"),
        frame.say_here(following) if following else None,
    ]
    if any(parts):
        yield "    " + " · ".join(filter(None, parts))
    yield from (f"    {frame.say_here(said)}" for said in standing.why)


def _section(frame: Frame, name: str, rows: list[list[str]]) -> Iterator[str]:
    if rows:
        yield frame.say(f"cli.customer.section.{name}")
        yield from aligned(rows)


def _call_lines(frame: Frame, call: CallLine, outcomes: OutcomeTable) -> Iterator[str]:
    outcome = outcomes.name_of(call.outcome).of(frame.language) if call.outcome else "–"
    head = [f"  {call.id}", frame.clock(call.at), call.operator, outcome, call.note]
    yield "  ".join(filter(None, head))
    scores = [_score(frame, metric, value) for metric, value in call.scores]
    if scores:
        yield "      " + " · ".join(scores)
    yield from (f"      {_answer(frame, line)}" for line in call.answers)


def _score(frame: Frame, metric: str, value: float) -> str:
    from domain.scoring import gap_word, nps_class  # noqa: PLC0415 - where something was scored

    name = frame.say(f"survey.metric.{metric}")
    if metric == "nps":
        return f"{name} {value:g} ({frame.say(f'survey.nps.{nps_class(value)}')})"
    if metric == "service_gap":
        return f"{name} {value:g} ({frame.say(f'survey.gap.{gap_word(value)}')})"
    return f"{name} {value:g}"


def _answer(frame: Frame, line: AnswerLine) -> str:
    question = _question(line)
    asked = question.text.of(frame.language) if question else f"{line.survey}/{line.question}"
    return f"{asked} – {_value(frame, line, question)}"


def _value(frame: Frame, line: AnswerLine, question: Question | None) -> str:
    from domain.survey import Kind  # noqa: PLC0415 - where something was answered

    if line.status != "answered":
        return frame.say(f"survey.missing.{line.status}")
    if question is not None and question.kind is Kind.YES_NO and line.number is not None:
        return frame.say("survey.yes" if line.number else "survey.no")
    if line.number is not None:
        return f"{line.number:g}"
    if line.choices:
        names = (
            {one.id: one.text.of(frame.language) for one in question.options} if question else {}
        )
        return ", ".join(names.get(choice, choice) for choice in line.choices)
    return line.text or "–"


def _question(line: AnswerLine) -> Question | None:
    """The shipped question that was asked; none where the survey has changed since."""
    from content.surveys import surveys  # noqa: PLC0415 - where something was answered

    for survey in surveys():
        if survey.id == line.survey and str(survey.version) == line.version:
            return next((one for one in survey.questions if one.id == line.question), None)
    return None
