"""`callback-desk case show|print`: a whole case, from its limits to its timeline."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from app.cli.case import case
from app.cli.case_told import logins, next_line, standing, words_at
from app.cli.frame import Answer, Frame, desk_command, iso, option
from app.cli.opened import actor_for, opened
from app.cli.plain import plain
from domain.case_timer import Unit
from domain.deadline_days import CountedDay

if TYPE_CHECKING:
    from db.case_file import CaseFile, LimitLine
    from db.case_story import StoryLine
    from screens.case_story import StoryTeller
    from widgets.customer_card import CardView

_FOLDER: Final = click.Path(file_okay=False, path_type=Path)


@desk_command("show", "database", "login", "now", group=case)
@click.argument("case_id", type=int, metavar="ID")
def show(frame: Frame, case_id: int) -> Answer:
    """Show a case: limits with what each counts, wishes, promises, slips, steps, timeline."""
    # Imported when a case is told: the help page needs neither database nor words for cases.
    from db.case_file import case_file  # noqa: PLC0415
    from screens.case_drawer import CaseDrawer  # noqa: PLC0415
    from screens.case_story import StoryTeller  # noqa: PLC0415

    with opened(frame) as database:
        file = case_file(database, actor_for(frame, database), case_id)
        words, rules = words_at(frame, database, file.now), database.rulebook
        teller = StoryTeller(words, frame.settings.my_zone, rules)
        drawer = CaseDrawer(words, file)
        data = {
            **_head(file),
            **standing(words, file, logins(database)),
            "timers": [_timer(frame, one) for one in file.timers],
            "wishes": plain(frame, file.wishes),
            "promises": plain(frame, file.promises),
            "slips": plain(frame, file.slips),
            "steps": [
                {
                    "code": one.code,
                    "name": one.name.of(frame.language),
                    "done": one.done,
                    "at": iso(one.at),
                    "by": one.by,
                }
                for one in file.steps
            ],
            "callbacks": plain(frame, file.callbacks),
            "timeline": [_entry(frame, teller, one) for one in file.entries],
            "may": sorted(act.value for act in file.may),
        }
        lines = [
            drawer.who_line().plain.strip(),
            *next_line(frame, words, file.next_action),
            *_view_lines(drawer.standing(counting=True)),
            *_view_lines(drawer.owed()),
            "",
            *_numbers(frame, file),
            "",
            frame.say("case_cli.timeline"),
            *_view_lines(teller.view(file.entries, newest_first=False)),
        ]
    return Answer(data, lines)


@desk_command("print", "database", "login", "now", group=case)
@click.argument("case_id", type=int, metavar="ID")
@option("--to", "folder", type=_FOLDER, default=".", help="case_cli.option.to")
def print_(frame: Frame, case_id: int, folder: Path) -> Answer:
    """Save a case as a sheet to print; the audit says who did."""
    from content.paper import page, save, saved_said  # noqa: PLC0415 - the help page prints nothing
    from db.case_print import case_for_print  # noqa: PLC0415 - the help page needs no database
    from screens.case_paper import CasePaper  # noqa: PLC0415 - only answers need words for cases
    from screens.case_story import StoryTeller  # noqa: PLC0415

    with opened(frame) as database:
        actor = actor_for(frame, database)
        file = case_for_print(database, actor, case_id)
        words = words_at(frame, database, file.now, dated=True)
        teller = StoryTeller(words, frame.settings.my_zone, database.rulebook)
        writer = CasePaper(words, teller, frame.settings.shop_name)
        sheet = writer.paper(file, actor.name, file.now)
    path = save(page(sheet), folder, f"case-{case_id}")
    return Answer({"case": case_id, "path": str(path)}, [frame.say_here(saved_said(path))])


def _numbers(frame: Frame, file: CaseFile) -> Iterable[str]:
    """By which numbers other commands know the limits and the wishes."""
    limits = [f"{one.limit.id} {one.limit.rule.step}" for one in file.timers if one.limit.runs]
    if limits:
        yield frame.say("case_cli.limits", all=" · ".join(limits))
    if file.wishes:
        wishes = [f"{one.id} {one.text}" for one in file.wishes]
        yield frame.say("case_cli.wishes", all=" · ".join(wishes))


def _head(file: CaseFile) -> dict[str, object]:
    head = file.head
    return {
        "id": head.id,
        "number": head.number,
        "person_id": head.person_id,
        "person": head.name,
        "zone": head.zone,
        "category": head.category,
        "cause": head.cause,
        "class": head.customer_class,
        "department": head.department,
        "channel": head.channel,
        "description": head.description,
        "received_at": iso(head.received_at),
        "opened_by": head.opened_by,
        "call_id": head.call_id,
        "reply_by": iso(head.reply_by),
        "closed_at": iso(head.closed_at),
        "updated_at": iso(head.updated_at),
        "resolution": head.resolution,
        "verdict": head.verdict,
        "verdict_by": head.verdict_by,
        "verdict_at": iso(head.verdict_at),
        "verdict_tries": file.state.tries,
        "verdict_tries_asked": file.state.tries_asked,
        "review": head.review,
    }


def _timer(frame: Frame, one: LimitLine) -> dict[str, object]:
    limit, rule, language = one.limit, one.limit.rule, frame.language
    typed = one.deadline.typed or rule.unit is Unit.TYPED_DATE
    return {
        "id": limit.id,
        "regime": rule.regime,
        "step": rule.step,
        "name": f"{rule.regime_name.of(language)}: {rule.step_name.of(language)}",
        "limit": None if typed else rule.limit,
        "unit": rule.unit.value,
        "event": rule.event.value,
        "who": rule.duty.value,
        "state": "stopped" if limit.stopped_at is not None else one.state.phase.value,
        "started_at": iso(limit.started_at),
        "due": limit.due_at.astimezone(one.deadline.local.tzinfo).isoformat(),
        "due_utc": iso(limit.due_at),
        "warn_utc": iso(limit.warn_at),
        "zone": one.deadline.zone,
        "calendar": one.deadline.place or None,
        "typed": one.deadline.typed,
        "left_seconds": int(one.state.left.total_seconds()) if limit.runs else None,
        "late": one.state.late,
        "met_at": iso(limit.met_at),
        "stopped_at": iso(limit.stopped_at),
        "stopped_because": limit.stopped_because,
        "pauses": [{"from": iso(each.since), "until": iso(each.until)} for each in limit.pauses],
        "paused_since": iso(limit.paused_since),
        "paused_because": limit.paused_because,
        "counted": [_day(frame, day) for day in one.deadline.counted],
        "doubts": [frame.say_here(doubt) for doubt in one.deadline.doubts],
    }


def _day(frame: Frame, day: CountedDay) -> dict[str, object]:
    return {
        "day": day.day.isoformat(),
        "counted": day.counts,
        "why": day.why.value,
        "reason": frame.say_here(day.said),
    }


def _entry(frame: Frame, teller: StoryTeller, one: StoryLine) -> dict[str, object]:
    return {
        "at": iso(one.at),
        "kind": one.kind,
        "by": one.operator,
        "text": one.text,
        "data": plain(frame, one.data),
        "call_id": one.call_id,
        "undone": one.undone,
        "said": teller.sentence(one),
    }


def _view_lines(view: CardView) -> Iterable[str]:
    """A pane's sections as lines, each under its heading."""
    for section in view.sections:
        if not section.lines:
            continue
        yield ""
        yield section.heading
        for line in section.lines:
            yield "  " + " ".join(part for part in (line.sign, line.label, line.text) if part)
