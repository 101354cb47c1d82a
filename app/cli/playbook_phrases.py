"""`callback-desk playbook phrases` and `learning`: which wordings work, and whether it matters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

import click

from app.cli.frame import Answer, Frame, desk_command, option
from app.cli.lines import aligned
from app.cli.opened import actor_for, opened
from app.cli.playbook import playbook
from app.cli.spoken import speak
from content.translations import LANGUAGES
from domain.bands import Tier

if TYPE_CHECKING:
    from db.engine import Database
    from db.phrases import PhraseUse
    from domain.permissions import Actor
    from domain.phrases import Tally

_TIERS: Final = (*(tier.value for tier in Tier), "unknown")
_LONGEST: Final = 60
"""Letters of a wording that a line has room for; the JSON answer has them all."""


class DayType(click.ParamType[date]):
    """A day of the operator's own calendar, `2026-11-22`."""

    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Refuse what is no day."""
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail(speak(ctx, "phrases.usage.day", value=value), param, ctx)


@desk_command("phrases", "database", "login", group=playbook)
@option("--since", type=DayType(), metavar="DATE", help="phrases.option.since")
@option("--until", type=DayType(), metavar="DATE", help="phrases.option.until")
@option("--playbook", "book", metavar="ID", help="phrases.option.playbook")
@option("--step", metavar="STEP", help="phrases.option.step")
@option("--tier", type=click.Choice(_TIERS), help="phrases.option.tier")
@option("--language", type=click.Choice(LANGUAGES), help="phrases.option.language")
def phrases(
    frame: Frame,
    since: date | None,
    until: date | None,
    book: str | None,
    step: str | None,
    tier: str | None,
    language: str | None,
) -> Answer:
    """Tell a lead what came of every wording."""
    from db.phrases import phrase_report  # noqa: PLC0415 - the help page needs no database

    with opened(frame) as database:
        actor = actor_for(frame, database)
        uses = phrase_report(
            database,
            actor,
            since=_midnight(frame, since),
            until=_midnight(frame, until and until + timedelta(days=1)),
            playbook=book,
            step=step,
            tier=tier,
            language=language,
        )
        words = _words_of(database, actor, {one.language for one in uses})
    data = {"phrases": [_plain(one, words.get(one.wording)) for one in uses]}
    if not uses:
        return Answer(data, [frame.say("phrases.none")])
    heading = [
        frame.say("phrases.head.place"),
        frame.say("phrases.head.uses"),
        frame.say("phrases.head.worked"),
        frame.say("phrases.head.interval"),
        frame.say("phrases.head.n"),
        frame.say("phrases.head.mood"),
        frame.say("phrases.head.words"),
    ]
    rows = [_row(frame, one, words.get(one.wording)) for one in uses]
    return Answer(data, [*aligned([heading, *rows]), "", frame.say("phrases.method")])


@desk_command("learning", "database", "login", group=playbook)
@click.argument("wanted", metavar="on|off|show", type=click.Choice(["on", "off", "show"]))
def learning(frame: Frame, wanted: str) -> Answer:
    """Switch the order by what works on or off for the whole desk, or tell which it is."""
    from db import phrases as stored  # noqa: PLC0415 - the help page needs no database

    with opened(frame) as database:
        actor = actor_for(frame, database)
        if wanted != "show":
            stored.set_learning(database, actor, on=wanted == "on")
        on = stored.learning(database, actor)
    return Answer({"learning": on}, [frame.say("phrases.is_on" if on else "phrases.is_off")])


def _midnight(frame: Frame, day: date | None) -> datetime | None:
    """The start of a day on the operator's own clock, in UTC."""
    if day is None:
        return None
    return datetime.combine(day, time(), ZoneInfo(frame.settings.my_zone)).astimezone(UTC)


def _words_of(database: Database, actor: Actor, languages: Iterable[str]) -> Mapping[str, str]:
    """What is said, by fingerprint, for every wording that the books in force still hold."""
    from content.playbooks import load_shipped  # noqa: PLC0415 - the help page reads no Markdown
    from content.script_rules import script_rules  # noqa: PLC0415 - comes with the library
    from content.variables import fill  # noqa: PLC0415
    from db.release_library import library_of_release  # noqa: PLC0415
    from db.releases import release_in_force  # noqa: PLC0415
    from domain.phrases import fingerprint  # noqa: PLC0415

    present = release_in_force(database, actor)
    name = None if present is None else present.name
    libraries = {
        known: library_of_release(database, actor, name, known) or load_shipped(known)
        for known in LANGUAGES
        if known in languages
    }
    return {
        fingerprint(variant): " ".join(
            text for part in variant.parts if (text := fill(part.text, script_rules(known).sample))
        )
        for known, library in libraries.items()
        for book in library.books.values()
        for step in book.steps
        for variant in step.variants
    }


def _row(frame: Frame, use: PhraseUse, words: str | None) -> list[str]:
    share, mood = use.tally.share, use.mood
    interval = share.interval
    told = words or frame.say("phrases.unknown_words", number=use.variant + 1)
    return [
        f"{use.playbook}#{use.step} {use.language}",
        str(use.tally.shown),
        "–" if share.value is None else f"{share.value:.0f} %",
        "–" if interval is None else f"{interval.low:.0f}–{interval.high:.0f} %",
        str(share.n),
        f"+{mood.better} ={mood.same} -{mood.worse}",
        told if len(told) <= _LONGEST else f"{told[: _LONGEST - 1]}…",
    ]


def _plain(use: PhraseUse, words: str | None) -> dict[str, object]:
    return {
        "kind": use.kind,
        "playbook": use.playbook,
        "step": use.step,
        "variant": use.variant,
        "versions": list(use.versions),
        "language": use.language,
        "wording": use.wording,
        "words": words,
        **_plain_tally(use.tally),
        "mood": {"better": use.mood.better, "same": use.mood.same, "worse": use.mood.worse},
        "tiers": {tier: _plain_tally(tally) for tier, tally in use.tiers.items()},
    }


def _plain_tally(tally: Tally) -> dict[str, object]:
    share = tally.share
    interval = share.interval
    return {
        "uses": tally.shown,
        "worked": tally.worked,
        "failed": tally.failed,
        "n": share.n,
        "share": None if share.value is None else round(share.value, 1),
        "interval": None
        if interval is None
        else {
            "low": round(interval.low, 1),
            "high": round(interval.high, 1),
            "method": interval.method,
        },
    }
