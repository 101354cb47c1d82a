"""`callback-desk playbook export|import|diff`: scripts as files, and back into force."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from app.cli.frame import INSTANT, Answer, Frame, desk_command, option
from app.cli.lines import aligned
from app.cli.playbook import playbook
from app.cli.playbook_release import as_plain, in_force, scripts_at

if TYPE_CHECKING:
    from content.script_folder import OwnFile
    from content.script_set import Fault
    from db.engine import Database
    from db.releases import Release
    from domain.content_set import FileKey, FileText
    from domain.permissions import Actor


class DayType(click.ParamType[date | datetime]):
    """A day, or an instant with its offset."""

    name = "day"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> date | datetime:
        """A day as it stands; everything else as an instant."""
        try:
            return date.fromisoformat(value)
        except ValueError:
            return INSTANT.convert(value, param, ctx)


@desk_command("export", "database", "login", group=playbook)
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@option("--release", "name", metavar="NAME", help="release.option.release")
@option("--replace", is_flag=True, help="release.option.replace")
def export(frame: Frame, folder: Path, name: str | None, replace: bool) -> Answer:
    """Write the files in force, or those of a version, into a folder."""
    return export_files(frame, folder, name, replace=replace)


def export_files(
    frame: Frame, folder: Path, name: str | None, *, replace: bool, rules: bool = False
) -> Answer:
    """Writes scripts, or rules, into a folder.

    Raises:
        DeskError: as `in_force`; `export_exists`, `export_failed`.
    """
    from content.script_folder import write_out  # noqa: PLC0415 - the help page reads no files

    found = in_force(frame, name)
    files = {
        key: (script.source, script.digest)
        for key, script in found.files.items()
        if is_rules(key) == rules
    }
    written = write_out(folder, files, replace=replace)
    line = frame.say("release.exported", n=len(written), folder=str(folder))
    data = {
        "source": found.source,
        "release": found.release,
        "folder": str(folder.absolute()),
        "files": [str(path.relative_to(folder)) for path in written],
    }
    return Answer(data, [line])


@desk_command("import", "database", "login", "now", group=playbook)
@click.argument("files", nargs=-1, required=True, metavar="FILE…", type=click.Path(path_type=Path))
@option("--from", "begin", type=DayType(), metavar="DATE", help="release.option.from")
@option("--note", default="", metavar="TEXT", help="release.option.note")
@option("--dry-run", is_flag=True, help="release.option.dry_run")
def import_files(
    frame: Frame, files: tuple[Path, ...], begin: date | datetime | None, note: str, dry_run: bool
) -> Answer:
    """Check files among those in force, and publish what they change."""
    return publish_files(frame, files, begin, note, dry_run=dry_run)


def publish_files(
    frame: Frame,
    files: tuple[Path, ...],
    begin: date | datetime | None,
    note: str,
    *,
    dry_run: bool,
) -> Answer:
    """Checks files among those in force and publishes what they change.

    Raises:
        DeskError: as `scripts_at` and `publish`.
    """
    from content.script_folder import read_own  # noqa: PLC0415 - the help page reads no files
    from content.script_set import read_set  # noqa: PLC0415
    from db.releases import release_in_force  # noqa: PLC0415
    from screens.scripts import take_shipped_in  # noqa: PLC0415

    own = {one.text.key: one for one in read_own(files)}
    with scripts_at(frame) as (database, actor):
        if release_in_force(database, actor) is None:
            take_shipped_in(database)
        present = _latest(database, actor)
        texts = {key: text for key, (text, _) in present.items()}
        texts.update({key: one.text for key, one in own.items()})
        read = read_set(texts.values())
        changes = [_change(one, present.get(key)) for key, one in own.items()]
        if read.faults:
            paths = {key: one.path for key, one in own.items()}
            findings = [finding(frame, fault, paths) for fault in read.faults]
            lines = [f"{one['file']}:{one['line']}: {one['sentence']}" for one in findings]
            lines.append(frame.say("script.check.faults", n=len(findings)))
            faulty = {"release": None, "files": changes, "findings": findings}
            return Answer(faulty, lines, exit_code=1)
        made = None
        if not dry_run and any(one["change"] != "unchanged" for one in changes):
            made = _publish(frame, database, actor, own, read.new_files(), present, begin, note)
    lines = aligned(
        [[frame.say(f"release.change.{one['change']}"), one["file"]] for one in changes]
    )
    lines.append(_outcome(frame, made, dry_run=dry_run))
    data = {"release": as_plain(made) if made else None, "files": changes, "findings": []}
    return Answer(data, lines)


@desk_command("diff", "database", "login", group=playbook)
@click.argument("files", nargs=-1, metavar="[FILE]…", type=click.Path(path_type=Path))
def diff(frame: Frame, files: tuple[Path, ...]) -> Answer:
    """Compare files with the version in force; without files, that one with what is shipped."""
    return compare(frame, files)


def compare(frame: Frame, files: tuple[Path, ...], *, rules: bool = False) -> Answer:
    """Compares scripts, or rules, with those in force, or these with the shipped ones.

    Raises:
        DeskError: as `in_force`; `content_bad`.
    """
    from content.script_folder import read_own  # noqa: PLC0415 - the help page reads no files
    from content.script_set import path_of, shipped_files  # noqa: PLC0415

    found = in_force(frame)
    force = {key: script.source for key, script in found.files.items()}
    if files:
        pairs = [
            (str(one.path), one.text.key, force.get(one.text.key, ""), one.text.source)
            for one in read_own(files)
        ]
    else:
        shipped = {file.key: file.source for file in shipped_files()}
        pairs = [
            (path_of(key), key, shipped.get(key, ""), force.get(key, ""))
            for key in sorted({*shipped, *force})
            if is_rules(key) == rules
        ]
    compared = [_compared(*pair) for pair in pairs if pair[2] != pair[3]]
    lines: list[str] = []
    for one in compared:
        lines += [f"--- {one['file']}", *(_line(row) for row in one["lines"])]
    if not compared:
        lines = [frame.say("release.same")]
    return Answer({"source": found.source, "release": found.release, "files": compared}, lines)


def is_rules(key: FileKey) -> bool:
    """Whether a file holds rules, no script."""
    return key[0] == "rules"


def _latest(database: Database, actor: Actor) -> dict[FileKey, tuple[FileText, str]]:
    """Text and digest of every file once each planned version is in force."""
    from db.releases import release_files, releases  # noqa: PLC0415 - open by now

    plans = [one for one in releases(database, actor) if one.state == "planned"]
    last = max(plans, key=lambda one: one.in_force_from).name if plans else None
    return {file.key: (file.text, file.digest) for file in release_files(database, actor, last)}


def _publish(
    frame: Frame,
    database: Database,
    actor: Actor,
    own: dict[FileKey, OwnFile],
    read: tuple[Any, ...],
    present: dict[FileKey, tuple[FileText, str]],
    begin: date | datetime | None,
    note: str,
) -> Release:
    from content.rule_changes import law_changed  # noqa: PLC0415 - loaded by now
    from content.script_folder import list_above, remember  # noqa: PLC0415
    from content.script_set import reread  # noqa: PLC0415
    from db.releases import publish  # noqa: PLC0415

    files = [file for file in read if file.key in own]
    base = {key: digest for key, (_, digest) in present.items()}
    base.update({key: one.base for key, one in own.items() if one.base is not None})
    at = _instant(frame, begin)
    made = publish(
        database, actor, files, base=base, at=at, note=note, reread=reread, law=law_changed
    )
    for file in files:
        folder = list_above(own[file.key].path)
        if folder is not None:
            remember(folder, {file.key: file.digest})
    return made


def _instant(frame: Frame, begin: date | datetime | None) -> datetime | None:
    """When it begins, in UTC; a day begins at midnight on the operator's own clock."""
    if begin is None or isinstance(begin, datetime):
        return begin
    zone = ZoneInfo(frame.settings.my_zone)
    return datetime.combine(begin, time(), zone).astimezone(UTC)


def _change(own: OwnFile, present: tuple[FileText, str] | None) -> dict[str, str]:
    kind, name, language = own.text.key
    if present is None:
        change = "new"
    else:
        change = "unchanged" if present[0].source == own.text.source else "changed"
    return {
        "file": str(own.path), "kind": kind, "name": name, "language": language, "change": change,
    }  # fmt: skip


def finding(frame: Frame, fault: Fault, paths: Mapping[FileKey, Path]) -> dict[str, Any]:
    """A fault as plain JSON values; a file of one's own is named by its path."""
    from content.script_set import path_of  # noqa: PLC0415 - loaded by now
    from content.translations import say  # noqa: PLC0415

    return {
        "file": str(paths[fault.key]) if fault.key in paths else path_of(fault.key),
        "line": fault.line,
        "code": fault.said.key.removeprefix("script.finding."),
        "sentence": say(frame.language, fault.said),
    }


def _outcome(frame: Frame, made: Release | None, *, dry_run: bool) -> str:
    if made is None:
        return frame.say("release.dry_run" if dry_run else "release.nothing")
    if made.state == "planned":
        return frame.say("release.planned", name=made.name, at=frame.clock(made.in_force_from))
    return frame.say("release.published", name=made.name)


def _compared(file: str, key: FileKey, old: str, new: str) -> dict[str, Any]:
    from widgets.difference import difference  # noqa: PLC0415 - the help page compares nothing

    found = difference(old, new)
    kind, name, language = key
    return {
        "file": file,
        "kind": kind,
        "name": name,
        "language": language,
        "added": found.added,
        "removed": found.removed,
        "lines": [
            {"sign": line.sign, "text": line.text, "old": line.old, "new": line.new}
            for line in found.lines
        ],
    }


def _line(row: dict[str, Any]) -> str:
    if row["sign"] == "@":
        return f"@@ -{row['old']} +{row['new']} @@"
    return f"{row['sign']}{row['text']}"
