"""Who answers for a case, and at which level: hand-over, escalation, de-escalation.

Whoever received a case answers for it until the one who was asked has accepted it: at every instant
there is exactly one owner.
"""

from __future__ import annotations

from datetime import date, datetime

from db.case_follow import call_by, hand_calls_over, level_rule
from db.case_hand import CaseInHand
from db.case_limits import start_bound, stop_unbound
from db.cases import choice, needed_reason, on_case, said_text
from db.engine import Database
from db.operators import operator_named
from domain.case import LEVELS, Act, EntryKind, Level, Weight
from domain.errors import InputError
from domain.permissions import Actor


def offer_handover(
    database: Database,
    actor: Actor,
    case_id: int,
    to: str,
    *,
    note: str | None = None,
    version: int | None = None,
) -> int:
    """Asks a colleague to take a case over; an earlier offer is withdrawn. Returns the version.

    Args:
        database: the database.
        actor: the owner, or a lead in their place.
        case_id: the case.
        to: login or name of the colleague.
        note: what they should know.
        version: the version that the actor has seen.

    Raises:
        RefusedError: `case_unknown`, `case_changed`, those of `domain.case.require_act`.
        InputError: `colleague_unknown`, `case_offer_self`.
    """

    def work(case: CaseInHand) -> None:
        asked = operator_named(case.unit, to)
        if asked is None:
            raise InputError("colleague_unknown", name=to)
        if asked == case.row["owner_id"]:
            raise InputError("case_offer_self")
        if case.row["handover_to"] is not None:
            case.enter(EntryKind.HANDOVER_WITHDRAWN, {"to": case.row["handover_to"]})
        case.change(handover_to=asked)
        case.enter(EntryKind.HANDOVER_OFFERED, {"to": asked}, said_text(note))

    return on_case(
        database, actor, case_id, Act.OFFER_HANDOVER, work,
        version=version, action="case_offered",
    )  # fmt: skip


def answer_handover(
    database: Database,
    actor: Actor,
    case_id: int,
    *,
    accept: bool,
    reason: str | None = None,
    version: int | None = None,
) -> int:
    """Accepts or declines a case that was offered; declining needs a reason. Returns the version.

    Raises:
        RefusedError: `case_unknown`, `case_changed`, those of `domain.case.require_act`.
        InputError: `case_reason_missing`.
    """

    def work(case: CaseInHand) -> None:
        if accept:
            _pass_on(case, actor.operator_id, said_text(reason))
        else:
            words = needed_reason(reason)
            case.enter(EntryKind.HANDOVER_DECLINED, {"to": case.row["handover_to"]}, words)
            case.change(handover_to=None)

    action = "case_accepted" if accept else "case_declined"
    return on_case(
        database, actor, case_id, Act.ANSWER_HANDOVER, work, version=version, action=action
    )


def withdraw_handover(
    database: Database, actor: Actor, case_id: int, *, version: int | None = None
) -> int:
    """Takes an offer back that nobody has answered. Returns the version.

    Raises:
        RefusedError: `case_unknown`, `case_changed`, those of `domain.case.require_act`.
    """

    def work(case: CaseInHand) -> None:
        case.enter(EntryKind.HANDOVER_WITHDRAWN, {"to": case.row["handover_to"]})
        case.change(handover_to=None)

    return on_case(
        database, actor, case_id, Act.WITHDRAW_HANDOVER, work,
        version=version, action="case_offer_withdrawn",
    )  # fmt: skip


def take_over(
    database: Database, actor: Actor, case_id: int, reason: str, *, version: int | None = None
) -> int:
    """A lead takes a colleague's case over, at once and with a reason. Returns the version.

    Raises:
        RefusedError: `case_unknown`, `case_changed`, those of `domain.case.require_act`.
        InputError: `case_reason_missing`.
    """
    words = needed_reason(reason)

    def work(case: CaseInHand) -> None:
        if case.row["handover_to"] not in (None, actor.operator_id):
            case.enter(EntryKind.HANDOVER_WITHDRAWN, {"to": case.row["handover_to"]})
        _pass_on(case, actor.operator_id, words)

    return on_case(
        database, actor, case_id, Act.TAKE_OVER, work, version=version, action="case_taken_over"
    )


def escalate(
    database: Database,
    actor: Actor,
    case_id: int,
    reason: str,
    *,
    to: str | None = None,
    notice_due: date | datetime | None = None,
    version: int | None = None,
) -> int:
    """Takes a case to a higher level: its band, limits and calls follow. Returns the version.

    Args:
        database: the database.
        actor: its owner or a lead.
        case_id: the case.
        reason: why, in words.
        to: the level; the next higher one unless given.
        notice_due: the date or instant that a regulator's notice names.
        version: the version that the actor has seen.

    Raises:
        RefusedError: `case_unknown`, `case_changed`, those of `domain.case.require_act`.
        InputError: `case_reason_missing`, `case_code_unknown`, `case_level_way`,
            `deadline_never`.
    """
    return _to_level(database, actor, case_id, reason, (to, 1), notice_due, version)


def deescalate(
    database: Database,
    actor: Actor,
    case_id: int,
    reason: str,
    *,
    to: str | None = None,
    version: int | None = None,
) -> int:
    """Takes a case to a lower level, with a reason. Returns the version.

    Raises:
        RefusedError: `case_unknown`, `case_changed`, those of `domain.case.require_act`.
        InputError: `case_reason_missing`, `case_code_unknown`, `case_level_way`.
    """
    return _to_level(database, actor, case_id, reason, (to, -1), None, version)


def _to_level(
    database: Database,
    actor: Actor,
    case_id: int,
    reason: str,
    where: tuple[str | None, int],
    notice_due: date | datetime | None,
    version: int | None,
) -> int:
    words = needed_reason(reason)
    to, way = where
    up = way > 0

    def work(case: CaseInHand) -> None:
        before = Level(case.row["level"])
        place = LEVELS.index(before)
        after = LEVELS[place + way] if to is None else Level(choice("level", to, LEVELS))
        if (LEVELS.index(after) - place) * way <= 0:
            raise InputError("case_level_way")
        weight = Weight.APPEAL if after is Level.REGULATOR else Weight.COMPLAINT
        case.change(level=str(after), weight=str(weight))
        case.enter(
            EntryKind.ESCALATED if up else EntryKind.DEESCALATED,
            {"from": str(before), "to": str(after)},
            words,
        )
        case.begin_work()
        stop_unbound(case, "level")
        start_bound(case, case.unit.now, typed=notice_due, received_at=case.row["received_at"])
        rule = level_rule(case)
        soon = rule.first if up else case.rulebook.cases.course.next
        call_by(case, case.unit.now + soon, rule.onward)

    return on_case(
        database, actor, case_id, Act.ESCALATE if up else Act.DEESCALATE, work,
        version=version, action="case_escalated" if up else "case_deescalated",
    )  # fmt: skip


def _pass_on(case: CaseInHand, to: int, words: str | None) -> None:
    before = case.row["owner_id"]
    case.change(owner_id=to, handover_to=None)
    case.enter(EntryKind.HANDOVER_ACCEPTED, {"from": before, "to": to}, words)
    case.begin_work()
    hand_calls_over(case, before, to)
