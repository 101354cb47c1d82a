"""`callback-desk case learning`: who came back, causes, repeats, and the time to each step."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

import click

from app.cli.case import case
from app.cli.case_told import words_at
from app.cli.frame import Answer, Frame, desk_command, option
from app.cli.lines import aligned
from app.cli.opened import actor_for, opened
from app.cli.playbook_phrases import DayType
from domain.scoring import Interval

if TYPE_CHECKING:
    from content.return_claims import ReturnClaim
    from db.case_learning import CaseLearning
    from domain.case_learning import Pareto, StepTime
    from domain.case_returns import Handling
    from screens.learning_story import LearningTeller, Part

_WIDTH: Final = 72
_HEIGHT: Final = 14


@desk_command("learning", "database", "login", "now", group=case)
@option("--since", type=DayType(), metavar="DATE", help="learning.option.since")
@option("--until", type=DayType(), metavar="DATE", help="learning.option.until")
@option("--quick-hours", type=click.IntRange(1, 8760), default=24, help="learning.option.quick")
@option("--repeat-days", type=click.IntRange(1, 3650), default=90, help="learning.option.repeat")
def learning(
    frame: Frame, since: date | None, until: date | None, quick_hours: int, repeat_days: int
) -> Answer:
    """Tell what the cases of a period teach; each share with n and its interval."""
    # Imported when it is told: the help page needs neither database nor words for cases.
    from content.return_claims import return_claims  # noqa: PLC0415
    from db.case_learning import learn  # noqa: PLC0415
    from screens.learning_story import LearningTeller  # noqa: PLC0415

    with opened(frame) as database:
        actor = actor_for(frame, database)
        found = learn(
            database,
            actor,
            since,
            until,
            quick=timedelta(hours=quick_hours),
            repeat=timedelta(days=repeat_days),
        )
        now: datetime = database.read(lambda unit: unit.now)
        words = words_at(frame, database, now)
        teller = LearningTeller(words, found, return_claims())
    return Answer(_plain(frame, found, return_claims()), list(_lines(frame, teller, found)))


def _lines(frame: Frame, teller: LearningTeller, found: CaseLearning) -> Iterable[str]:
    from widgets.curve_plot import plot_lines  # noqa: PLC0415 - where there is something to draw

    yield teller.title()
    yield from _part(teller.returns())
    yield from _part(teller.causes())
    if found.causes.percents:
        yield from plot_lines(found.causes.percents, None, _WIDTH, _HEIGHT)
        yield frame.say("learning.legend")
    for part in (teller.categories(), teller.repeats(), teller.times()):
        yield from _part(part)


def _part(part: Part) -> Iterable[str]:
    yield ""
    yield part.heading
    yield from (f"  {line}" for line in aligned(part.rows))
    yield from (f"  {note}" for note in part.notes)


def _plain(frame: Frame, found: CaseLearning, claims: tuple[ReturnClaim, ...]) -> dict[str, object]:
    returns, repeats = found.returns, found.repeats
    return {
        "since": found.since.isoformat(),
        "until": found.until.isoformat(),
        "received": found.received,
        "returns": {
            "quick_hours": found.quick // timedelta(hours=1),
            "usual_days": returns.usual_days,
            "intervals": returns.gaps,
            "known_until": None if returns.known_until is None else returns.known_until.isoformat(),
            "strangers": returns.strangers,
            "unmeasured": returns.unmeasured,
            "undated": returns.undated,
            "rates": [
                {
                    "handling": one.handling.value,
                    "came": one.came,
                    "n": one.n,
                    **_interval(one.share, one.interval),
                    "few": one.few,
                    "waiting": one.waiting,
                    "claims": _claims(frame, claims, one.handling),
                }
                for one in returns.rates
            ],
        },
        "causes": _pareto(found.causes),
        "categories": _pareto(found.categories),
        "repeats": {
            "within_days": repeats.within // timedelta(days=1),
            "count": len(repeats.found),
            "n": repeats.n,
            **_interval(repeats.share, repeats.interval),
            "few": repeats.few,
            "cases": [
                {
                    "case": one.case_id,
                    "earlier": one.earlier_id,
                    "person_id": one.person_id,
                    "category": one.category,
                    "days": one.days,
                }
                for one in repeats.found
            ],
        },
        "times": [
            {"by": group.by, "code": group.code, "steps": [_time(step) for step in group.steps]}
            for group in found.times
        ],
    }


def _interval(share: float | None, interval: Interval | None) -> dict[str, object]:
    return {
        "share": share,
        "low": None if interval is None else interval.low,
        "high": None if interval is None else interval.high,
    }


def _claims(
    frame: Frame, claims: tuple[ReturnClaim, ...], handling: Handling
) -> list[dict[str, object]]:
    return [
        {"claim": one.percents[handling] / 100, "source": one.source.of(frame.language)}
        for one in claims
        if handling in one.percents
    ]


def _pareto(found: Pareto) -> dict[str, object]:
    return {
        "n": found.n,
        "few": found.few,
        "unrecorded": found.unrecorded,
        "most": found.most,
        "bars": [
            {
                "code": bar.code,
                "count": bar.count,
                "share": bar.share,
                "cumulative": bar.cumulative,
            }
            for bar in found.bars
        ],
    }


def _time(step: StepTime) -> dict[str, object]:
    return {
        "step": step.step.value,
        "n": step.n,
        "owed": step.owed,
        "without": step.without,
        "few": step.few,
        "median_seconds": None if step.middle is None else int(step.middle.total_seconds()),
        "p90_seconds": None if step.ninth is None else int(step.ninth.total_seconds()),
    }
