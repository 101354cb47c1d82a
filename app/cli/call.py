"""`callback-desk call`: ending a claimed call without a screen, and correcting it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import click

from app.cli.frame import Answer, Frame, desk_command, desk_group, iso, option
from app.cli.opened import actor_for, opened
from domain.decision import Decision, GivenScore
from domain.errors import InputError

if TYPE_CHECKING:
    from db.calls import OpenCall
    from db.engine import Database
    from db.finish import Finished
    from domain.interview import Interview
    from domain.permissions import Actor

call = desk_group("call")


@desk_command("finish", "database", "login", "now", group=call)
@click.argument("call_id", type=int, metavar="CALL_ID")
@option("--fence", type=int, required=True, help="cli.call.option.fence")
@option("--outcome", required=True, metavar="CODE", help="cli.call.option.outcome")
@option("--id", "decision_id", type=click.UUID, help="cli.call.option.id")
@option("--answers", metavar="JSON", help="cli.call.option.answers")
@option("--next", "spoken", metavar="TEXT", help="cli.call.option.next")
@option("--note", help="cli.call.option.note")
def finish(
    frame: Frame,
    call_id: int,
    fence: int,
    outcome: str,
    decision_id: UUID | None,
    answers: str | None,
    spoken: str | None,
    note: str | None,
) -> Answer:
    """End a call with its outcome; a repeat under the same id changes nothing."""
    from db.calls import show_call  # noqa: PLC0415 - the help page needs no database
    from db.finish import finish as end_call  # noqa: PLC0415

    with opened(frame) as database:
        actor = _actor(frame, database, call_id)
        shown = show_call(database, actor, call_id)
        interview = _interview(shown, answers)
        decision = Decision(
            uuid=str(decision_id or uuid4()),
            outcome=outcome,
            next_at=_understood(frame, database, shown, spoken) if spoken else None,
            note=note,
            answers=interview.rows(),
            scores=_scores(interview),
        )
        done = end_call(database, actor, call_id, fence, decision)
    return _told(frame, done)


@desk_command("amend", "database", "login", "now", group=call)
@click.argument("call_id", type=int, metavar="CALL_ID")
@option("--outcome", metavar="CODE", help="cli.call.option.amended")
@option("--id", "decision_id", type=click.UUID, help="cli.call.option.id")
@option("--answers", metavar="JSON", help="cli.call.option.answers")
@option("--next", "spoken", metavar="TEXT", help="cli.call.option.next")
@option("--note", help="cli.call.option.note")
def amend(
    frame: Frame,
    call_id: int,
    outcome: str | None,
    decision_id: UUID | None,
    answers: str | None,
    spoken: str | None,
    note: str | None,
) -> Answer:
    """Correct one of today's own calls; what is not named stays, and the original is kept."""
    from db.calls import show_call  # noqa: PLC0415 - the help page needs no database
    from db.decision_record import decision_in_force  # noqa: PLC0415
    from db.undo import amend as amend_call  # noqa: PLC0415

    with opened(frame) as database:
        actor = _actor(frame, database, call_id)
        shown = show_call(database, actor, call_id)
        first = decision_in_force(database, actor, call_id)
        same = outcome in (None, first.outcome)
        decision = replace(
            first,
            uuid=str(decision_id or uuid4()),
            outcome=outcome or first.outcome,
            next_at=(
                _understood(frame, database, shown, spoken)
                if spoken
                else first.next_at
                if same
                else None
            ),
            note=first.note if note is None else note,
        )
        if answers is not None:
            interview = _interview(shown, answers)
            decision = replace(decision, answers=interview.rows(), scores=_scores(interview))
        today = database.read(lambda unit: unit.now).astimezone(ZoneInfo(frame.settings.my_zone))
        done = amend_call(
            database,
            actor,
            first.uuid,
            decision,
            since=today.replace(hour=0, minute=0, second=0, microsecond=0),
        )
    return _told(frame, done)


def _told(frame: Frame, done: Finished) -> Answer:
    """What became of a call, as data and in words."""
    data = {
        "id": done.uuid,
        "call_id": done.call_id,
        "callback_id": done.callback_id,
        "state": done.state,
        "next_at": iso(done.next_at),
        "next_callback_id": done.next_callback_id,
        "late": done.late,
        "why": frame.say_here(done.why) if done.why else None,
    }
    lines = [frame.say("cli.call.late" if done.late else f"cli.call.state.{done.state}")]
    if done.next_at is not None:
        lines.append(frame.say("cli.call.next", at=frame.clock(done.next_at)))
    if done.why is not None:
        lines.append(frame.say_here(done.why))
    return Answer(data, lines)


def _actor(frame: Frame, database: Database, call_id: int) -> Actor:
    """The operator named, else the one whose call it is: the fence is the right to finish it."""
    from db.claimers import claimer_of_call  # noqa: PLC0415 - the help page needs no database

    if frame.named_login is not None:
        return actor_for(frame, database)
    return claimer_of_call(database, call_id)


def _understood(frame: Frame, database: Database, shown: OpenCall, spoken: str) -> datetime:
    from domain.when import understand  # noqa: PLC0415 - the help page needs no grammar

    mine = frame.settings.my_zone
    return understand(
        spoken,
        now=database.read(lambda unit: unit.now),
        zone=shown.zones[0] if shown.zones else mine,
        my_zone=mine,
        country=shown.card.country,
    ).at


def _interview(shown: OpenCall, answers: str | None) -> Interview:
    """The interview that the answers fill.

    Raises:
        InputError: `answers_bad` when they are no JSON object; an unknown question or value.
    """
    from content.surveys import surveys  # noqa: PLC0415 - the help page asks nothing
    from domain.interview import Interview  # noqa: PLC0415

    asked = surveys().bundle(shown.survey)
    if answers is None:
        return Interview.begin(asked)
    try:
        given = json.loads(answers)
    except ValueError as error:
        raise InputError("answers_bad", reason=str(error)) from error
    if not isinstance(given, dict):
        raise InputError("answers_bad", reason=type(given).__name__)
    short = {
        question.id: f"{survey.id}/{question.id}"
        for survey in asked
        for question in survey.questions
    }
    return Interview.filled(
        {short.get(str(ref), str(ref)): value for ref, value in given.items()}, asked
    )


def _scores(interview: Interview) -> tuple[GivenScore, ...]:
    from domain.scoring import scores_of  # noqa: PLC0415 - the help page scores nothing

    found = scores_of(interview.counted, interview.surveys)
    return tuple(GivenScore(score.metric, score.value, score.n) for score in found)
