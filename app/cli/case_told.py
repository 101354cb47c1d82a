"""What the commands about cases answer with: names of codes, and how a case stands after an act."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from app.cli.frame import Answer, Frame, iso

if TYPE_CHECKING:
    from db.case_file import CaseFile
    from db.engine import Database
    from domain.case_next import NextAction
    from domain.permissions import Actor
    from screens.case_words import CaseWords


def words_at(frame: Frame, database: Database, now: datetime, *, dated: bool = False) -> CaseWords:
    """What names the codes of cases, in the caller's language and on their own clock.

    Args:
        frame: the caller.
        database: the database, open.
        now: the present instant, aware.
        dated: whether every instant is told with its date, as on paper.
    """
    from screens.case_words import CaseWords  # noqa: PLC0415 - only answers need words for cases

    zone, rules = frame.settings.my_zone, database.rulebook
    return CaseWords(frame.say, frame.language, zone, now, rules, dated=dated)


def after(frame: Frame, database: Database, actor: Actor, case_id: int, key: str) -> Answer:
    """How a case stands after something was done with it.

    Args:
        frame: the caller.
        database: the database, open.
        actor: who did it.
        case_id: the case.
        key: the sentence of what was done.
    """
    from db.case_file import case_file  # noqa: PLC0415 - the help page needs no database

    file = case_file(database, actor, case_id)
    words, head = words_at(frame, database, file.now), file.head
    data = {"case": case_id, **standing(words, file, logins(database))}
    owner = head.owner or frame.say("case.nobody")
    if head.asked is not None:
        owner = frame.say("case.asked", owner=owner, asked=head.asked)
    parts = [
        f"#{case_id}", words.level(head.level), words.status(head.status),
        frame.say("case.owner", name=owner),
    ]  # fmt: skip
    return Answer(
        data,
        [
            frame.say(key, case=case_id),
            "  ".join(parts),
            *next_line(frame, words, file.next_action),
        ],
    )


def standing(words: CaseWords, file: CaseFile, names: Mapping[int, str]) -> dict[str, object]:
    """Where a case stands and what comes next, as JSON has it."""
    head = file.head
    return {
        "weight": head.weight,
        "level": head.level,
        "status": head.status,
        "owner": names.get(head.owner_id or 0),
        "offered_to": names.get(head.handover_to or 0),
        "version": head.version,
        "next_action": plain_next(words, file.next_action, names),
    }


def plain_next(
    words: CaseWords, coming: NextAction | None, names: Mapping[int, str]
) -> dict[str, object] | None:
    """The next action, as JSON has it; `whose` is a login, none for whoever is free."""
    if coming is None:
        return None
    return {
        "kind": coming.kind.value,
        "by": iso(coming.by),
        "whose": names.get(coming.whose or 0),
        "said": words.next_action(coming),
        "overdue": coming.overdue,
        "reachable": coming.reachable,
    }


def next_line(frame: Frame, words: CaseWords, coming: NextAction | None) -> list[str]:
    """The next action in a line; none for a case that is over."""
    if coming is None:
        return []
    said = frame.say("case.next"), words.next_action(coming)
    by = frame.say("case.by", at=frame.clock(coming.by))
    late = [words.phase("overdue")] if coming.overdue else []
    unreachable = [] if coming.reachable else [frame.say("case.unreachable")]
    return ["  ".join([*said, by, *late, *unreachable])]


def logins(database: Database) -> dict[int, str]:
    """The logins of all operators by their row numbers."""
    from db.operators import list_all  # noqa: PLC0415 - the help page needs no database

    return {one.id: one.login for one in list_all(database)}
