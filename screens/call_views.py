"""What the panes of the call screen draw, made from the call and its draft."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Final

from content.variables import ScriptValues, render_walk
from domain.answering import MISSING_KEYS, Asked
from domain.case import Level
from domain.case_rules import CaseRules
from domain.expectation import AGREEMENT, RUNGS, SHELVING, Verdict, Wish
from domain.interview import Interview
from domain.money import money_text
from domain.playbook import Choice, LinkKind
from domain.survey import SCALES, Answer, Kind
from domain.walk import Walk
from screens.call_draft import CallDraft, is_low
from screens.grievance import Grievance
from screens.phrase_words import evidence
from widgets.ladder import LadderView, RungLine, WishLine
from widgets.scale import KeyAnswer, ScaleView
from widgets.script_pane import ChoiceLine, ScriptLine, ScriptView
from widgets.survey_pane import AnswerLine, RecordLine, RecordView

if TYPE_CHECKING:
    from content.translations import Language
    from domain.bilingual import Bilingual

Say = Callable[..., str]
"""Gives the sentence of a catalogue key."""

LADDER_STEPS: Final = (*RUNGS, AGREEMENT, SHELVING)
"""What the digits of the ladder open, in order."""

LIGHT_STYLES: Final[Mapping[str, str]] = {
    "green": "bold $text-success",
    "yellow": "bold $text-warning",
    "red": "bold $text-error",
}
TEN_IS: Final[Mapping[Kind, str]] = {
    Kind.SCALE_10: "call.ten_is_0",
    Kind.SCALE_11: "call.ten_is_t",
}
"""How ten is typed on the scales that reach it."""

_VERDICTS: Final[Mapping[Verdict, str]] = {
    Verdict.OPEN: " ",
    Verdict.OFFERED: "?",
    Verdict.ACCEPTED: "✓",
    Verdict.SHELVED: "»",
    Verdict.REFUSED: "✗",
}


def script_view(
    draft: CallDraft,
    values: ScriptValues,
    say: Say,
    language: Language,
    *,
    scale_first: bool,
) -> ScriptView:
    """The step where the conversation stands, with its question if one is open."""
    walk = draft.walk
    asked = question_of(draft.interview, draft.question)
    here = (walk.book.id, walk.step.id)
    last = next((u for u in reversed(walk.trail) if (u.playbook, u.step) == here), None)
    return replace(
        step_view(walk, values, say),
        scale=None if asked is None else scale_view(asked, draft.interview, say, language),
        scale_first=scale_first,
        mark=None if last is None or last.result is None else str(last.result),
    )


def step_view(walk: Walk, values: ScriptValues, say: Say) -> ScriptView:
    """The step where a walk stands: its words, its advice and the ways on.

    Raises:
        InputError: `script_template` for words that the check would refuse.
    """
    number, count = walk.position
    step = walk.step
    below = walk.stack[-2] if len(walk.stack) > 1 else None
    came_from = ""
    if below is not None:
        beneath = walk.library.find(below.book, below.step)
        came_from = beneath.title if beneath else ""
    lines = render_walk(walk, values)
    return ScriptView(
        title=step.title,
        place=f"{say('call.script')} {number}/{count}",
        lines=tuple(
            ScriptLine(line.kind, line.text, say(f"call.stage.{line.label}") if line.label else "")
            for line in lines
        ),
        choices=tuple(
            ChoiceLine(str(place), choice.label, _choice_sign(choice))
            for place, choice in enumerate(walk.choices, 1)
        ),
        variant=walk.offered.index(walk.place.variant) + 1 if step.variants else 1,
        variants=max(1, len(step.variants)),
        evidence=evidence(walk, say),
        came_from=came_from,
    )


def question_of(interview: Interview, ref: str) -> Asked | None:
    """The question of an address, if it is asked now."""
    return next((one for one in interview.questions if one.ref == ref), None)


def scale_view(asked: Asked, interview: Interview, say: Say, language: Language) -> ScaleView:
    """A question with the keys that answer it and the answer it has."""
    question = asked.question
    answer = interview.answers.get(asked.ref)
    missing = tuple(
        KeyAnswer(key, say(f"call.missing.{why}"), answer is not None and answer.missing is why)
        for key, why in MISSING_KEYS.items()
    )
    typed = None
    answers: tuple[KeyAnswer, ...] = ()
    hint = ""
    if question.kind in SCALES:
        answers = tuple(
            KeyAnswer(str(value), "", _is(answer, value)) for value in SCALES[question.kind]
        )
        if question.kind in TEN_IS:
            hint = say(TEN_IS[question.kind])
    elif question.kind is Kind.YES_NO:
        answers = (
            KeyAnswer("1", say("call.yes"), _is(answer, value=True)),
            KeyAnswer("2", say("call.no"), _is(answer, value=False)),
        )
    elif question.options:
        answers = tuple(
            KeyAnswer("1234567890"[place], option.text.of(language), _has(answer, option.id))
            for place, option in enumerate(question.options)
        )
        hint = say("call.several") if question.kind is Kind.MULTIPLE else ""
    else:
        typed = answer_text(asked, answer, say, language)
        hint = say("call.type_answer")
    return ScaleView(
        question=question.text.of(language),
        answers=answers,
        low=_both(question.low, language),
        high=_both(question.high, language),
        missing=missing,
        typed=typed,
        hint=hint,
    )


def answer_text(asked: Asked, answer: Answer | None, say: Say, language: Language) -> str:
    """An answer as it is read; empty where there is none."""
    if answer is None:
        return ""
    if answer.missing is not None:
        return say(f"call.missing.{answer.missing}")
    value = answer.value
    if isinstance(value, bool):
        return say("call.yes" if value else "call.no")
    names = {option.id: option.text.of(language) for option in asked.question.options}
    if isinstance(value, tuple):
        return ", ".join(names.get(one, one) for one in value)
    return names.get(value, value) if isinstance(value, str) else str(value)


def record_view(
    draft: CallDraft,
    rules: CaseRules,
    say: Say,
    language: Language,
    clock: Callable[[datetime], str],
    *,
    saved: str,
    here: bool,
) -> RecordView:
    """What the call has brought so far.

    Args:
        draft: what was typed and chosen.
        rules: for the names of what a complaint is about.
        say: gives sentences.
        language: the language to speak.
        clock: writes an instant on one's own clock.
        saved: whether everything is in the database, already spoken.
        here: whether the open question is answered in the record and not in the script.
    """
    interview = draft.interview
    current = interview.current if here else None
    answers = tuple(
        AnswerLine(
            label=one.question.text.of(language),
            answer=answer_text(one, interview.answers.get(one.ref), say, language),
            sign="!" if is_low(interview, one.ref) else "",
            current=current is not None and one.ref == current.ref,
            required=one.question.required,
        )
        for one in interview.questions
    )
    titles = [survey.title.of(language) for survey in interview.surveys]
    return RecordView(
        facts=tuple(_facts(draft, rules, say, language, clock)),
        survey=" · ".join(titles),
        answers=answers,
        scale=None if current is None else scale_view(current, interview, say, language),
        scores=tuple(
            RecordLine(say(f"call.metric.{one.metric}"), f"{one.value:g}", "bold")
            for one in draft.scores
        ),
        saved=saved,
    )


def _facts(
    draft: CallDraft,
    rules: CaseRules,
    say: Say,
    language: Language,
    clock: Callable[[datetime], str],
) -> list[RecordLine]:
    lines = []
    lights = [light for light in (draft.mood_start, draft.mood_end) if light is not None]
    if lights:
        told = " → ".join(say(f"call.light.{light}") for light in lights)
        lines.append(RecordLine(say("call.fact.mood"), told, LIGHT_STYLES[lights[-1]]))
    else:
        lines.append(RecordLine(say("call.fact.mood"), "·", "$muted"))
    for promise in draft.promises:
        when = clock(promise.due_at) if promise.due_at is not None else say("call.no_date")
        lines.append(RecordLine(say("call.fact.promise"), f"{promise.text} · {when}"))
    lines += [
        RecordLine(say(f"promise.word.{word.what}"), word.text, "$text-success")
        for word in draft.owed
    ]
    for chance in draft.chances:
        parts = [
            say(f"chances.kind.{chance.kind}"),
            chance.text,
            money_text(chance.value, chance.currency) if chance.value and chance.currency else "",
            chance.next_step,
            clock(chance.next_at) if chance.next_at is not None else "",
        ]
        told = " · ".join(part for part in parts if part)
        lines.append(RecordLine(say("chances.fact"), told, "$text-success"))
    if draft.grievance is not None:
        told = f"! {grievance_text(draft.grievance, rules, say, language)}"
        lines.append(RecordLine(say("call.fact.grievance"), told, "bold $text-error"))
    lines += [
        RecordLine(say("call.fact.flag"), say(f"call.flag.{flag}"), "$text-success")
        for flag in draft.flags
    ]
    if draft.needs_recovery:
        lines.append(RecordLine("!", say("call.recovery"), "bold $text-warning"))
    return lines


def grievance_text(grievance: Grievance, rules: CaseRules, say: Say, language: Language) -> str:
    """A grumble or complaint in a line: weight, what it is about, level, words."""
    parts = [say(f"call.{grievance.weight}")]
    if grievance.category is not None:
        known = rules.categories.get(grievance.category)
        parts.append(grievance.category if known is None else known.of(language))
    if grievance.department is not None:
        department = rules.departments.get(grievance.department)
        parts.append(grievance.department if department is None else department.name.of(language))
    if grievance.level != "local":
        parts.append(rules.levels[Level(grievance.level)].name.of(language))
    told = " · ".join(parts)
    return f"{told}: {grievance.description}" if grievance.description else told


def ladder_view(
    draft: CallDraft, say: Say, clock: Callable[[datetime], str], chosen: int
) -> LadderView:
    """The ladder with the wishes of this call.

    Args:
        draft: what was typed and chosen.
        say: gives sentences.
        clock: writes an instant on one's own clock.
        chosen: the wish under the mark, from 0.
    """
    talk, walk = draft.talk, draft.walk
    ladder = walk.library.ladder
    rungs = []
    for digit, name in enumerate(LADDER_STEPS, 1):
        step = ladder.step(name)
        rungs.append(
            RungLine(
                str(digit),
                step.title if step else name,
                used=name in talk.rungs,
                due=name == talk.next_rung,
                shown=(walk.place.book, walk.place.step) == (ladder.id, name),
            )
        )
    agreed = talk.agreement
    return LadderView(
        rungs=tuple(rungs),
        wishes=tuple(
            _wish_line(wish, say, clock, chosen=place == chosen)
            for place, wish in enumerate(talk.wishes)
        ),
        keys=say("call.ladder_keys"),
        agreed=""
        if agreed is None
        else say("call.agreed", accepted=len(agreed.accepted), shelved=len(agreed.shelved)),
    )


def _wish_line(wish: Wish, say: Say, clock: Callable[[datetime], str], *, chosen: bool) -> WishLine:
    parts = [
        wish.offer and say("call.wish_offer", text=wish.offer),
        wish.reason and say("call.wish_reason", text=wish.reason),
        wish.answer_by and say("call.wish_answer_by", at=clock(wish.answer_by)),
    ]
    state = "impossible" if wish.possible is False and not wish.offer else str(wish.verdict)
    return WishLine(
        text=wish.text,
        state=say(f"call.verdict.{state}"),
        sign=_VERDICTS[wish.verdict],
        detail=" · ".join(part for part in parts if part),
        chosen=chosen,
    )


def _choice_sign(choice: Choice) -> str:
    if choice.returns:
        return "«"
    if choice.link.kind is LinkKind.ASK:
        return "?"
    if choice.link.kind is LinkKind.DO:
        return "■" if choice.ends else "+"
    return ""


def _is(answer: Answer | None, value: bool | int) -> bool:
    if answer is None or answer.value is None:
        return False
    return answer.value is value if isinstance(value, bool) else answer.value == value


def _has(answer: Answer | None, option: str) -> bool:
    if answer is None or answer.value is None:
        return False
    if isinstance(answer.value, tuple):
        return option in answer.value
    return answer.value == option


def _both(text: Bilingual | None, language: Language) -> str:
    return "" if text is None else text.of(language)
