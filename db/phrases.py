"""Which wording works: tallies for the next call, the report for a lead, and the switch.

What counts is what was decided: steps of a decision that was undone or amended don't. Steps of a
late outcome do, for the words were said all the same; those that the outcome in force of the same
call tells too, because its draft had them, count once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from db.engine import Database
from db.events import append_audit
from db.tables import call, call_decision, call_step, desk_fact
from db.topics import CONTENT
from db.transaction import Unit
from domain.permissions import Actor, require
from domain.phrases import PhraseKey, Tally

NEWEST: Final = 100_000
"""How many of the newest uses decide the order: bounds the time of the question, which every call
asks, and lets a wording that has worn out lose its lead. The report counts them all."""

LEARNING: Final = "phrases.learning"
"""The fact that says whether the wordings are ordered by what works; on unless it says `off`."""

UNKNOWN_TIER: Final = "unknown"
"""The tier of a customer of whom none was known."""

_LIGHTS: Final[Mapping[str, int]] = {"red": 0, "yellow": 1, "green": 2}
_WORDING: Final = call_step.c.details["wording"].as_string()
_TIER: Final = call_step.c.details["tier"].as_string()


@dataclass(frozen=True, slots=True)
class KnownPhrases:
    """What a call has to know for the order of its wordings.

    Attributes:
        learning: whether they are ordered by what works; else as in the file.
        tallies: what is known of each.
    """

    learning: bool
    tallies: Mapping[PhraseKey, Tally]


@dataclass(frozen=True, slots=True)
class MoodChange:
    """How the customer's light changed in the calls of a wording, where both lights were set."""

    better: int = 0
    same: int = 0
    worse: int = 0


@dataclass(frozen=True, slots=True)
class PhraseUse:
    """What came of one wording of one step.

    Attributes:
        kind: `step`, `objection` or `rung`.
        playbook: id of the book.
        step: id of the step, objection or rung.
        variant: the wording's index in the newest version that was used.
        versions: fingerprints of the books it was used from, the newest first.
        language: `zh` or `en`.
        wording: the fingerprint of the words; empty where a call ended with an earlier program,
            whose wordings are told apart by version and index.
        tally: uses and marks; `tally.share` has the share with its interval and n.
        mood: how the light changed in the calls of these uses.
        tiers: the same uses by the customer's tier at the time.
    """

    kind: str
    playbook: str
    step: str
    variant: int
    versions: tuple[str, ...]
    language: str
    wording: str
    tally: Tally
    mood: MoodChange
    tiers: Mapping[str, Tally]


def tallies(
    database: Database, actor: Actor, language: str | None = None, *, before: datetime | None = None
) -> Mapping[PhraseKey, Tally]:
    """What is known of every wording by its newest uses.

    Args:
        database: the database.
        actor: who asks.
        language: `zh` or `en`; both unless given.
        before: only what was decided before this instant (UTC), so that a call which is opened
            again finds what it found first.

    Raises:
        RefusedError: `not_allowed`.
    """

    def work(unit: Unit) -> Mapping[PhraseKey, Tally]:
        require(actor, "playbooks.read")
        return _tallies(unit, language, before)

    return database.read(work)


def known_phrases(database: Database, actor: Actor, before: datetime) -> KnownPhrases:
    """The switch and the tallies in both languages, for a call that began at an instant (UTC).

    Uses that nobody judged decide nothing and are left out: their number is not told here.

    Raises:
        RefusedError: `not_allowed`.
    """

    def work(unit: Unit) -> KnownPhrases:
        require(actor, "playbooks.read")
        return KnownPhrases(_learning(unit), _tallies(unit, None, before, judged_only=True))

    return database.read(work)


def learning(database: Database, actor: Actor) -> bool:
    """Whether this desk orders wordings by what works.

    Raises:
        RefusedError: `not_allowed`.
    """

    def work(unit: Unit) -> bool:
        require(actor, "playbooks.read")
        return _learning(unit)

    return database.read(work)


def set_learning(database: Database, actor: Actor, *, on: bool) -> None:
    """Switches the order by what works on or off for the whole desk, from the next call on.

    Raises:
        RefusedError: `not_allowed`: a lead's business.
    """

    def work(unit: Unit) -> None:
        require(actor, "playbooks.publish")
        if _learning(unit) == on:
            return
        value = "on" if on else "off"
        changed = unit.run(
            sa.update(desk_fact).where(desk_fact.c.name == LEARNING).values(value=value)
        )
        if not changed.rowcount:
            unit.run(desk_fact.insert(), {"name": LEARNING, "value": value})
        append_audit(unit, actor, "phrases_learning", "desk", None, details={"learning": value})
        unit.move(CONTENT)

    database.write(work)


def phrase_report(
    database: Database,
    actor: Actor,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    playbook: str | None = None,
    step: str | None = None,
    tier: str | None = None,
    language: str | None = None,
) -> tuple[PhraseUse, ...]:
    """What came of every wording, by book and step, the most used ones first in their step.

    Args:
        database: the database.
        actor: who asks.
        since: calls decided at this instant (UTC) or later.
        until: calls decided before this instant (UTC).
        playbook: one book alone.
        step: one step, objection or rung alone.
        tier: customers of this tier at the time alone, or `UNKNOWN_TIER`.
        language: `zh` or `en` alone.

    Raises:
        RefusedError: `not_allowed`: a lead's business.
    """
    conditions = [*_counted()]
    if since is not None:
        conditions.append(call_decision.c.at >= since)
    if until is not None:
        conditions.append(call_decision.c.at < until)
    if playbook is not None:
        conditions.append(call_step.c.playbook == playbook)
    if step is not None:
        conditions.append(call_step.c.step == step)
    if tier is not None:
        unknown = tier == UNKNOWN_TIER
        conditions.append(_TIER.is_(None) if unknown else _TIER.in_([tier]))
    if language is not None:
        conditions.append(call_step.c.language == language)
    parted = (
        call_step.c.kind,
        call_step.c.playbook,
        call_step.c.step,
        call_step.c.variant,
        call_step.c.version,
        call_step.c.language,
        call_step.c.result,
        _WORDING.label("wording"),
        _TIER.label("tier"),
        call.c.mood_start,
        call.c.mood_end,
    )
    # Grouped by place and not by expression: a server can't tell that two bound parameters are one.
    query = (
        sa.select(*parted, sa.func.count().label("n"), sa.func.max(call_step.c.id).label("last"))
        .join(call_decision, call_decision.c.id == call_step.c.decision_id)
        .join(call, call.c.id == call_step.c.call_id)
        .where(*conditions)
        .group_by(*(sa.text(str(place)) for place in range(1, len(parted) + 1)))
    )

    def work(unit: Unit) -> tuple[PhraseUse, ...]:
        require(actor, "reports.read")
        return _uses(unit.run(query).mappings().all())

    return database.read(work)


def _counted() -> tuple[sa.ColumnElement[bool], ...]:
    return (
        call_step.c.variant.is_not(None),
        call_decision.c.superseded_at.is_(None),
        sa.or_(call_decision.c.late.is_(False), ~_told_twice()),
    )


def _told_twice() -> sa.ColumnElement[bool]:
    """Whether the outcome in force of the same call has the same use at the same place."""
    other, decision = call_step.alias("other"), call_decision.alias("other_decision")
    same = ("call_id", "position", "playbook", "step", "variant", "language")
    return sa.exists(
        sa.select(sa.literal(1))
        .select_from(other.join(decision, decision.c.id == other.c.decision_id))
        .where(
            *(other.c[name] == call_step.c[name] for name in same),
            decision.c.late.is_(False),
            decision.c.superseded_at.is_(None),
        )
        .correlate(call_step)
    )


def _learning(unit: Unit) -> bool:
    fact = sa.select(desk_fact.c.value).where(desk_fact.c.name == LEARNING)
    return unit.run(fact).scalar() != "off"


def _tallies(
    unit: Unit, language: str | None, before: datetime | None, *, judged_only: bool = False
) -> Mapping[PhraseKey, Tally]:
    newest = sa.select(sa.func.max(call_step.c.id)).scalar_subquery()
    query = (
        sa.select(call_step.c.kind, _WORDING, call_step.c.result, sa.func.count())
        .join(call_decision, call_decision.c.id == call_step.c.decision_id)
        .where(call_step.c.id > newest - NEWEST, *_counted())
        .group_by(sa.text("1"), sa.text("2"), sa.text("3"))
    )
    if judged_only:
        query = query.where(call_step.c.result.is_not(None))
    if language is not None:
        query = query.where(call_step.c.language == language)
    if before is not None:
        query = query.where(call_decision.c.at < before)
    found: dict[PhraseKey, Tally] = {}
    for kind, wording, result, n in unit.run(query).all():
        if wording:
            key = (kind, wording)
            found[key] = _plus(found.get(key, Tally()), result, n)
    return found


def _plus(tally: Tally, result: str | None, n: int) -> Tally:
    return Tally(
        tally.worked + (n if result == "worked" else 0),
        tally.failed + (n if result == "failed" else 0),
        tally.shown + n,
    )


def _uses(rows: Iterable[sa.RowMapping]) -> tuple[PhraseUse, ...]:
    parted: dict[tuple[Any, ...], list[sa.RowMapping]] = {}
    for row in rows:
        words = row["wording"] or (row["version"], row["variant"])
        key = (row["playbook"], row["step"], row["kind"], row["language"], words)
        parted.setdefault(key, []).append(row)
    uses = [_use(sorted(group, key=lambda row: -row["last"])) for group in parted.values()]
    return tuple(
        sorted(
            uses,
            key=lambda one: (
                one.playbook, one.kind, one.step, one.language, -one.tally.shown, one.variant,
                one.wording,
            ),
        )
    )  # fmt: skip


def _use(rows: list[sa.RowMapping]) -> PhraseUse:
    """The use of one wording, from its counts with the newest first."""
    newest = rows[0]
    whole, tiers = Tally(), dict[str, Tally]()
    moods = dict.fromkeys((-1, 0, 1), 0)
    for row in rows:
        whole = _plus(whole, row["result"], row["n"])
        tier = row["tier"] or UNKNOWN_TIER
        tiers[tier] = _plus(tiers.get(tier, Tally()), row["result"], row["n"])
        start, end = _LIGHTS.get(row["mood_start"]), _LIGHTS.get(row["mood_end"])
        if start is not None and end is not None:
            moods[(end > start) - (end < start)] += row["n"]
    return PhraseUse(
        kind=newest["kind"],
        playbook=newest["playbook"],
        step=newest["step"],
        variant=newest["variant"],
        versions=tuple(dict.fromkeys(row["version"] for row in rows)),
        language=newest["language"],
        wording=newest["wording"] or "",
        tally=whole,
        mood=MoodChange(better=moods[1], same=moods[0], worse=moods[-1]),
        tiers=dict(sorted(tiers.items())),
    )
