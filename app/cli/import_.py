"""`callback-desk import`: customers, orders, callbacks and complaints from files."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

import click

from app.cli.frame import INSTANT, Answer, Frame, desk_command, desk_group, iso, option
from app.cli.lines import aligned
from app.cli.opened import actor_for, opened
from domain.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from db.engine import Database
    from db.imports import ImportReport
    from intake.mapping import ColumnMapping, Kind
    from intake.preparing import Prepared

    Progress = Callable[[int, int], None]

import_ = desk_group("import")

_PATH: Final = click.Path(path_type=Path)
_CONFLICT_COLUMNS: Final = ("conflict", "file", "row", "field", "desk_value", "file_value")


def _options(body: Callable[..., Answer]) -> Callable[..., Answer]:
    """The options that every kind of file has."""
    for decorate in (
        click.argument("file", type=_PATH),
        option("--region", metavar="CC", help="import.option.region"),
        option("--as-of", type=INSTANT, help="import.option.as_of"),
        option("--dry-run", is_flag=True, help="import.option.dry_run"),
        option("--rejects", type=_PATH, metavar="FILE", help="import.option.rejects"),
        option("--column", "columns", multiple=True, metavar="NAME=FIELD",
               help="import.option.column"),
        option("--encoding", help="import.option.encoding"),
        option("--delimiter", help="import.option.delimiter"),
        option("--sheet", help="import.option.sheet"),
        option("--source", help="import.option.source"),
    ):  # fmt: skip
        body = decorate(body)
    return body


@desk_command("customers", "database", "login", "now", group=import_)
@_options
def customers(frame: Frame, **values: Any) -> Answer:
    """Import customers."""
    return _import(frame, "customers", **values)


@desk_command("orders", "database", "login", "now", group=import_)
@_options
def orders(frame: Frame, **values: Any) -> Answer:
    """Import workshop orders of customers that the desk knows."""
    return _import(frame, "orders", **values)


@desk_command("callbacks", "database", "login", "now", group=import_)
@_options
def callbacks(frame: Frame, **values: Any) -> Answer:
    """Import callbacks."""
    return _import(frame, "callbacks", **values)


@desk_command("complaints", "database", "login", "now", group=import_)
@_options
def complaints(frame: Frame, **values: Any) -> Answer:
    """Import complaints, each open one with a callback."""
    return _import(frame, "complaints", **values)


@desk_command("unfinished", "database", "login", "now", group=import_)
def unfinished(frame: Frame) -> Answer:
    """List imports that did not come to their end."""
    from db.imports import unfinished as find  # noqa: PLC0415 - the help page needs no database

    with opened(frame) as database:
        found = find(database, actor_for(frame, database))
    data = [
        {
            "import_id": one.import_id,
            "kind": one.kind,
            "file": one.file_name,
            "rows": one.rows,
            "position": one.position,
            "started_at": iso(one.started_at),
        }
        for one in found
    ]
    lines = [
        frame.say(
            "import.unfinished", id=one.import_id, file=one.file_name, done=one.position,
            rows=one.rows,
        )
        for one in found
    ]  # fmt: skip
    return Answer({"imports": data}, lines or [frame.say("import.none_unfinished")])


@desk_command("conflicts", "database", "login", "now", group=import_)
def conflicts(frame: Frame) -> Answer:
    """List fields that a file and the desk both changed."""
    from db.import_conflicts import list_conflicts  # noqa: PLC0415 - as above

    with opened(frame) as database:
        found = list_conflicts(database, actor_for(frame, database))
    data = [
        {
            "conflict_id": one.id,
            "import_id": one.import_id,
            "file": one.file_name,
            "row": one.row_number,
            "kind": one.kind,
            "record_id": one.record_id,
            "field": one.field,
            "desk_value": one.desk,
            "file_value": one.file,
        }
        for one in found
    ]
    rows = [
        [
            str(one.id),
            one.file_name,
            str(one.row_number),
            one.field,
            one.desk or "–",
            one.file or "–",
        ]
        for one in found
    ]
    heading = [frame.say(f"import.heading.{name}") for name in _CONFLICT_COLUMNS]
    lines = aligned([heading, *rows]) if rows else [frame.say("import.no_conflicts")]
    return Answer({"conflicts": data}, lines)


@desk_command("settle", "database", "login", "now", group=import_)
@click.argument("conflict_id", type=int, metavar="ID")
@click.argument("take", type=click.Choice(["desk", "file"]))
def settle(frame: Frame, conflict_id: int, take: Literal["desk", "file"]) -> Answer:
    """Settle a conflict: the desk's value stands, or the file's is taken."""
    from db.import_conflicts import settle_conflict  # noqa: PLC0415 - as above

    with opened(frame) as database:
        settle_conflict(database, actor_for(frame, database), conflict_id, take)
    return Answer(
        {"conflict_id": conflict_id, "taken": take},
        [frame.say("import.settled_desk" if take == "desk" else "import.settled_file")],
    )


@desk_command("take-back", "database", "login", "now", group=import_)
@click.argument("import_id", type=int, metavar="ID")
def take_back(frame: Frame, import_id: int) -> Answer:
    """Take an import back."""
    from db.import_taking_back import take_back as undo  # noqa: PLC0415 - as above

    with opened(frame) as database:
        result = undo(database, actor_for(frame, database), import_id)
    figures = {
        "removed": result.removed,
        "restored": result.restored,
        "kept": result.kept,
    }
    line = frame.say("import.taken_back", **figures)
    return Answer({"import_id": import_id, **figures}, [line])


def _import(
    frame: Frame,
    kind: Kind,
    *,
    file: Path,
    region: str | None,
    as_of: datetime | None,
    dry_run: bool,
    rejects: Path | None,
    columns: tuple[str, ...],
    encoding: str | None,
    delimiter: str | None,
    sheet: str | None,
    source: str | None,
) -> Answer:
    from db import imports  # noqa: PLC0415 - the help page needs no database
    from db.import_mappings import saved_mapping  # noqa: PLC0415
    from intake.preparing import prepare  # noqa: PLC0415

    if rejects is not None and rejects.absolute() == file.absolute():
        raise InputError("rejects_is_input", file=str(file))
    with opened(frame) as database:
        actor = actor_for(frame, database)
        with _progress(frame, "import.progress.reading") as told:
            prepared = prepare(
                file,
                kind,
                now=frame.now or _clock(database),
                house_region=frame.settings.region,
                house_zone=frame.settings.my_zone,
                region=region.upper() if region else None,
                as_of=as_of,
                encoding=encoding,
                delimiter=delimiter,
                sheet=sheet,
                saved=lambda digest: saved_mapping(database, digest),
                progress=told,
            )
        if columns:
            prepared = prepared.with_mapping(_chosen(prepared.mapping, columns))
        judged = prepared.ready()
        with _progress(frame, "import.progress.writing") as told:
            report = imports.run(
                database,
                actor,
                judged,
                source=source or imports.SOURCE,
                dry_run=dry_run,
                place_of=None if dry_run else _place_of,
                progress=told,
            )
    written = _write_rejects(frame, prepared, report, rejects) if rejects is not None else None
    data = _data(prepared, report, written)
    return Answer(data, _lines(frame, prepared, report, written))


def _chosen(mapping: ColumnMapping, columns: tuple[str, ...]) -> ColumnMapping:
    """The mapping with the columns that the command line names, by header or number from 1."""
    from intake.mapping import book  # noqa: PLC0415 - as above

    fields = {one.code for one in book().of_kind(mapping.kind)}
    for choice in columns:
        name, _, field = choice.rpartition("=")
        place = next(
            (
                column.index
                for column in mapping.columns
                if name in (column.name, str(column.index + 1))
            ),
            None,
        )
        if place is None or (field and field not in fields):
            known = ", ".join(sorted(fields))
            raise InputError("import_column_choice", choice=choice, fields=known)
        mapping = mapping.changed(place, field or None)
    return mapping


def _clock(database: Database) -> datetime:
    return database.read(lambda unit: unit.now)


def _place_of(number: Any) -> str:
    """The region of a number, in Chinese for numbers of China and in English elsewhere."""
    # The geocoder takes half a second and 100 MB: no seat ever loads it.
    import phonenumbers  # noqa: PLC0415
    from phonenumbers import geocoder  # noqa: PLC0415

    language = "zh" if number.calling_code == 86 else "en"
    return geocoder.description_for_number(phonenumbers.parse(number.e164), language)[:120]


@contextmanager
def _progress(frame: Frame, key: str) -> Iterator[Progress | None]:
    """A progress bar on a terminal's stderr; nothing elsewhere."""
    if not sys.stderr.isatty() or frame.as_json:
        yield None
        return
    with click.progressbar(length=1, label=frame.say(key), file=sys.stderr) as bar:

        def told(done: int, total: int) -> None:
            bar.length = max(total, 1)
            bar.update(done - bar.pos)

        yield told


def _write_rejects(
    frame: Frame, prepared: Prepared, report: ImportReport, path: Path
) -> Mapping[str, object]:
    from intake.rejects import write_rejects  # noqa: PLC0415 - as above
    from intake.words import words_of  # noqa: PLC0415

    reasons = {row: words_of(code, frame.language) for row, code in report.rejected.items()}
    count = write_rejects(prepared.table, reasons, path, frame.say("import.heading.reason"))
    return {"file": str(path), "rows": count}


def _data(
    prepared: Prepared, report: ImportReport, written: Mapping[str, object] | None
) -> dict[str, object]:
    ended = {
        name: [
            {
                "row": one.row,
                "reason": one.reason or None,
                "with_row": one.with_row,
                "person_id": one.with_id,
            }
            for one in report.outcomes.values()
            if one.result == name
        ]
        for name in ("merged", "possibly_same", "rejected")
    }
    return {
        "kind": report.kind,
        "file": prepared.table.path.name,
        "import_id": report.import_id,
        "dry_run": report.dry_run,
        "continued": report.continued,
        "encoding": prepared.encoding or None,
        "sheet": prepared.table.sheet or None,
        "region": prepared.setting.region,
        "region_from": prepared.setting.region_from,
        "rows": report.rows,
        **report.results,
        "reasons": dict(report.reasons),
        "phone_problems": dict(report.phone_problems),
        "notices": dict(report.notices),
        "do_not_call": dict(report.stops),
        "consent": dict(report.consent),
        "persons": dict(report.persons),
        "conflicts": report.conflicts,
        "columns": prepared.mapping.to_dict(),
        "merged_rows": ended["merged"],
        "possibly_same_rows": ended["possibly_same"],
        "rejected_rows": ended["rejected"],
        "rejects": written,
    }


def _lines(
    frame: Frame,
    prepared: Prepared,
    report: ImportReport,
    written: Mapping[str, object] | None,
) -> list[str]:
    from intake.words import words_of  # noqa: PLC0415 - as above

    said = [frame.say(notice.key, **notice.params) for notice in prepared.notices]
    head = frame.say(
        "import.head.dry" if report.dry_run else "import.head.done",
        file=prepared.table.path.name,
        rows=report.rows,
    )
    if report.continued:
        said.append(frame.say("import.head.continued"))
    results = [
        [f"  {frame.say(f'import.result.{name}')}", str(count)]
        for name, count in report.results.items()
    ]
    reasons = [
        [f"    {words_of(code, frame.language)}", str(count)]
        for code, count in report.reasons.items()
    ]
    notices = [
        [f"  {words_of(code, frame.language)}", str(count)]
        for code, count in report.notices.items()
    ]
    lines = [head, *said, *aligned([*results, *reasons])]
    if notices:
        lines += [frame.say("import.head.notices"), *aligned(notices)]
    if report.conflicts:
        lines.append(frame.say("import.head.conflicts", count=report.conflicts))
    if written is not None:
        lines.append(frame.say("import.head.rejects", rows=written["rows"], file=written["file"]))
    elif report.results["rejected"]:
        lines.append(frame.say("import.head.no_rejects"))
    return lines
