"""`callback-desk rules`: the rules in force as files, and what other ones would do."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from app.cli.frame import Answer, Frame, desk_command, desk_group, iso, option
from app.cli.lines import aligned
from app.cli.playbook_files import (
    DayType,
    compare,
    export_files,
    finding,
    is_rules,
    publish_files,
)
from app.cli.playbook_release import in_force

if TYPE_CHECKING:
    from content.script_set import ReadSet
    from db.retry_preview import ComesBack
    from db.rule_preview import RulePreview, Standing
    from domain.content_set import FileKey, FileText

rules = desk_group("rules")

_FILES = click.Path(path_type=Path)
_PLACES = ("now", "today", "later", "never")
_COUNTS = ("bands", "caps", "waits")


@desk_command("list", "database", "login", group=rules)
def list_rules(frame: Frame) -> Answer:
    """List the files of rules in force."""
    from content.script_set import path_of  # noqa: PLC0415 - the help page reads no files

    found = in_force(frame)
    files = [
        {"file": path_of(key), "name": key[1], "version": one.digest, "edited": one.edited}
        for key, one in sorted(found.files.items())
        if is_rules(key)
    ]
    rows = [
        [
            str(one["file"]),
            str(one["version"]),
            frame.say("release.edited") if one["edited"] else "",
        ]
        for one in files
    ]
    data = {"source": found.source, "release": found.release, "files": files}
    return Answer(data, aligned(rows))


@desk_command("export", "database", "login", group=rules)
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@option("--release", "name", metavar="NAME", help="release.option.release")
@option("--replace", is_flag=True, help="release.option.replace")
def export(frame: Frame, folder: Path, name: str | None, replace: bool) -> Answer:
    """Write the rules in force, or those of a version, into a folder."""
    return export_files(frame, folder, name, replace=replace, rules=True)


@desk_command("import", "database", "login", "now", group=rules)
@click.argument("files", nargs=-1, required=True, metavar="FILE…", type=_FILES)
@option("--from", "begin", type=DayType(), metavar="DATE", help="release.option.from")
@option("--note", default="", metavar="TEXT", help="release.option.note")
@option("--dry-run", is_flag=True, help="release.option.dry_run")
def import_rules(
    frame: Frame, files: tuple[Path, ...], begin: date | datetime | None, note: str, dry_run: bool
) -> Answer:
    """Check files among those in force, and publish what they change."""
    return publish_files(frame, files, begin, note, dry_run=dry_run)


@desk_command("diff", "database", "login", group=rules)
@click.argument("files", nargs=-1, metavar="[FILE]…", type=_FILES)
def diff(frame: Frame, files: tuple[Path, ...]) -> Answer:
    """Compare files with the rules in force; without files, those with what is shipped."""
    return compare(frame, files, rules=True)


@desk_command("check", "database", "login", group=rules)
@click.argument("files", nargs=-1, metavar="[FILE]…", type=_FILES)
def check(frame: Frame, files: tuple[Path, ...]) -> Answer:
    """Check files as they would stand among those in force, or what is in force."""
    found = in_force(frame)
    texts = {key: one.source for key, one in found.files.items()}
    read, own = _read_among(texts, files)
    if read.faults:
        return _faulty(frame, read, own)
    n = len(own) or sum(map(is_rules, texts))
    return Answer({"files": n, "findings": []}, [frame.say("rule_files.sound", n=n)])


@desk_command("preview", "database", "login", "now", group=rules)
@click.argument("files", nargs=-1, required=True, metavar="FILE…", type=_FILES)
def preview(frame: Frame, files: tuple[Path, ...]) -> Answer:
    """Say what files would do to today's queue, by campaign and by window; nothing is written."""
    from app.cli.opened import actor_for, opened  # noqa: PLC0415 - the help page needs neither
    from db.releases import release_files  # noqa: PLC0415
    from db.rule_preview import preview_rules  # noqa: PLC0415
    from db.shop import shop_of  # noqa: PLC0415

    with opened(frame, keep_house=True) as database:
        actor = actor_for(frame, database)
        texts = {one.key: one.source for one in release_files(database, actor)}
        read, own = _read_among(texts, files)
        if read.rulebook is None:
            return _faulty(frame, read, own)
        zone = shop_of(database).zone
        found = preview_rules(database, actor, read.rulebook, zone=zone)
    return Answer(_plain(found), _told(frame, found))


def _read_among(
    texts: dict[FileKey, str], files: Iterable[Path]
) -> tuple[ReadSet, dict[FileKey, Path]]:
    """Files of one's own read among others, and where they stand."""
    from content.script_folder import read_own  # noqa: PLC0415 - the help page reads no files
    from content.script_set import read_set, shipped_files  # noqa: PLC0415
    from domain.content_set import FileText  # noqa: PLC0415

    own = read_own(files)
    every: dict[FileKey, FileText] = {}
    if not texts:
        every = {one.key: one for one in shipped_files()}
    every.update({key: FileText(*key, source) for key, source in texts.items()})
    every.update({one.text.key: one.text for one in own})
    return read_set(every.values()), {one.text.key: one.path for one in own}


def _faulty(frame: Frame, read: ReadSet, own: dict[FileKey, Path]) -> Answer:
    findings = [finding(frame, fault, own) for fault in read.faults]
    lines = [f"{one['file']}:{one['line']}: {one['sentence']}" for one in findings]
    lines.append(frame.say("script.check.faults", n=len(findings)))
    return Answer({"files": len(own), "findings": findings}, lines, exit_code=1)


def _plain(found: RulePreview) -> dict[str, Any]:
    return {
        "at": iso(found.at),
        "waiting": found.waiting,
        "before": _standing(found.before),
        "after": _standing(found.after),
        "campaigns": [
            {
                "campaign": one.code,
                "before": _standing(one.before),
                "after": _standing(one.after),
                "bands": one.bands,
                "caps": one.caps,
                "waits": one.waits,
            }
            for one in found.campaigns
        ],
        "windows": [
            {
                "zones": list(one.zones),
                "places": list(one.places),
                "purpose": one.purpose,
                "before": _standing(one.before),
                "after": _standing(one.after),
            }
            for one in found.windows
        ],
        "retries": [
            {
                "outcome": one.outcome,
                "before": _returns(one.before),
                "after": _returns(one.after),
            }
            for one in found.retries
        ],
        "findings": [],
    }


def _standing(one: Standing) -> dict[str, int]:
    return {"now": one.now, "today": one.today, "later": one.later, "never": one.never}


def _returns(one: ComesBack) -> dict[str, int]:
    return {"today": one.today, "later": one.later, "over": one.over}


def _told(frame: Frame, found: RulePreview) -> list[str]:
    changed = [one for one in found.campaigns if one.changes]
    heads = [frame.say(f"rule_files.preview.{one}") for one in (*_PLACES, *_COUNTS)]
    rows = [["", *heads]]
    for one in changed:
        moves = _moves(_standing(one.before), _standing(one.after))
        rows.append([one.name.of(frame.language), *moves, *map(str, one.counts)])
    if changed:
        moves = _moves(_standing(found.before), _standing(found.after))
        rows.append([frame.say("rule_files.preview.all"), *moves])
    for window in found.windows:
        zones = ", ".join(window.zones) or "-"
        moves = _moves(_standing(window.before), _standing(window.after))
        rows.append([f"{zones} · {window.purpose}", *moves])
    for ending in found.retries:
        name = frame.say("rule_files.preview.retry", name=ending.name.of(frame.language))
        rows.append([name, "", *_moves(_returns(ending.before), _returns(ending.after))])
    if len(rows) == 1:
        return [frame.say("rule_files.preview.same", n=found.waiting)]
    told = aligned(rows)
    return [*told, frame.say("rule_files.preview.retries")] if found.retries else told


def _moves(old: dict[str, int], new: dict[str, int]) -> list[str]:
    return [
        str(old[place]) if old[place] == new[place] else f"{old[place]} → {new[place]}"
        for place in old
    ]
