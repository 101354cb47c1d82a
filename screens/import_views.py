"""What the import screen draws: entries of a folder, columns of a file, its rows, its counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from content.columns import column_book
from content.translations import Language
from domain.errors import DeskError
from intake.table import text_of
from intake.words import words_of
from screens.call_views import Say
from screens.import_files import FileEntry, size_text
from widgets.customer_card import CardLine, CardSection, CardView
from widgets.list_rows import Cell, Column, Row
from widgets.safe_text import clean

if TYPE_CHECKING:
    from db.import_tally import RowOutcome
    from db.imports import ImportReport
    from intake.mapping import Column as FileColumn
    from intake.preparing import Prepared, PreviewRow
    from intake.table import TableRow

SURE: Final = 0.9
"""From this confidence on a column need not be looked at."""
TELLING: Final = ("rejected", "possibly_same", "merged", "updated")
"""Ends of rows that are listed, in this order; what was added or unchanged is only counted."""
MOST_ROWS: Final = 5000
_FULL: Final = "█"
_EMPTY: Final = "░"


def entry_columns(say: Say) -> Sequence[Column]:
    """Columns of the entries of a folder."""
    return (
        Column(say("import_screen.entry"), 20, stretch=1),
        Column(say("import_screen.size"), 8, right=True),
        Column(say("import_screen.changed"), 16),
    )


def entry_row(number: int, entry: FileEntry, zone: str) -> Row:
    """An entry of a folder; a folder ends with a slash."""
    at = datetime.fromtimestamp(entry.changed, UTC).astimezone(ZoneInfo(zone))
    return Row(
        number,
        (
            Cell(entry.path.name + ("/" if entry.is_folder else "")),
            Cell("" if entry.is_folder else size_text(entry.size), "muted"),
            Cell(at.strftime("%Y-%m-%d %H:%M"), "muted"),
        ),
    )


def column_columns(say: Say) -> Sequence[Column]:
    """Columns of the list of a file's columns."""
    return (
        Column(say("import_screen.column"), 14, stretch=2),
        Column(say("import_screen.sample"), 14, stretch=3),
        Column(say("import_screen.field"), 16, stretch=2),
        Column(say("import_screen.sure"), 6, right=True),
    )


def column_row(say: Say, language: Language, column: FileColumn) -> Row:
    """A column of the file: its name, what is in it, what it is taken for, how surely."""
    field, sure, tone = say("import_screen.left_out"), "·", "muted"
    if column.field is not None:
        field = column_book().label(column.field).of(language)
        sure = f"{column.confidence:.0%}"
        tone = "good" if column.confidence >= SURE else "warm"
    return Row(
        column.index,
        (
            Cell(column.name or f"#{column.index + 1}"),
            Cell(" · ".join(column.sample), "muted"),
            Cell(field, tone),
            Cell(sure, tone),
        ),
    )


def row_columns(say: Say) -> Sequence[Column]:
    """Columns of the list of a file's rows."""
    return (
        Column(say("import_screen.row"), 6, right=True),
        Column(say("import_screen.end"), 20, stretch=2),
        Column(say("import_screen.cells"), 20, stretch=3),
    )


def preview_row(say: Say, language: Language, row: PreviewRow) -> Row:
    """A row before anything was tried: whether it can be imported, and what is wrong with it."""
    told, tone = say("import_screen.good"), "good"
    if row.rejected:
        told = say("import_screen.bad", why=words_of(row.rejected, language))
        tone = "urgent"
    elif row.faults:
        faults = ", ".join(words_of(code, language) for code in row.faults)
        told, tone = say("import_screen.faulty", why=faults), "warm"
    return _row(row.row, told, tone, row.texts)


def outcome_row(say: Say, language: Language, outcome: RowOutcome, texts: Sequence[str]) -> Row:
    """A row after the import, or after trying it: how it ended, and why."""
    told = say(f"import.result.{outcome.result}")
    tone = {"rejected": "urgent", "possibly_same": "warm"}.get(outcome.result, "")
    why = ""
    if outcome.result == "rejected":
        why = words_of(outcome.reason, language)
    elif outcome.with_row is not None:
        why = say("import_screen.with_row", row=outcome.with_row)
    elif outcome.with_id is not None:
        why = say("import_screen.with_person", person=outcome.with_id)
    if why:
        told = say("import_screen.because", what=told, why=why)
    return _row(outcome.row, told, tone, texts)


def outcome_rows(
    say: Say, language: Language, report: ImportReport, rows: Sequence[TableRow]
) -> list[Row]:
    """The rows whose end is worth a look, the rejected ones first."""
    cells = {row.number: row.cells for row in rows}
    ordered = sorted(
        (one for one in report.outcomes.values() if one.result in TELLING),
        key=lambda one: (TELLING.index(one.result), one.row),
    )
    return [
        outcome_row(say, language, one, [text_of(cell) for cell in cells.get(one.row, ())])
        for one in ordered[:MOST_ROWS]
    ]


def _row(number: int, told: str, tone: str, texts: Sequence[str]) -> Row:
    shown = " │ ".join(text for text in texts if text)
    return Row(number, (Cell(str(number), "muted"), Cell(told, tone), Cell(shown, "muted")))


def file_line(say: Say, prepared: Prepared, *, saved: bool) -> str:
    """What the file was taken for, in one line."""
    table, setting = prepared.table, prepared.setting
    parts = [
        table.path.name,
        say(f"import_screen.kind.{prepared.mapping.kind}"),
        say("import_screen.rows", n=len(table.rows)),
        prepared.encoding,
        say(f"import_screen.delimiter.{_delimiter_name(table.delimiter)}")
        if table.delimiter
        else say("import_screen.sheet", name=table.sheet),
        say(f"import_screen.region.{setting.region_from}", region=setting.region),
        say("import_screen.saved_used") if saved else "",
    ]
    return "  ".join(part for part in parts if part)


def _delimiter_name(delimiter: str) -> str:
    names = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
    return names.get(delimiter, "other")


def progress_line(say: Say, key: str, done: int, total: int, width: int) -> str:
    """A bar of blocks with its figures, as wide as `width` cells allow."""
    share = done / total if total else 0.0
    told = say(key, done=done, total=total, percent=f"{share:.0%}")
    room = max(4, min(40, width - len(told) * 2 - 2))
    full = round(share * room)
    return f"{_FULL * full}{_EMPTY * (room - full)}  {told}"


def report_card(
    say: Say,
    language: Language,
    report: ImportReport,
    *,
    rejects: str = "",
    trouble: DeskError | None = None,
) -> CardView:
    """What came of an import, or would come of it.

    Args:
        say: gives sentences.
        language: the language to speak.
        report: the counts.
        rejects: the file of rejected rows; empty for none.
        trouble: why that file could not be written.
    """
    heads = []
    if report.continued:
        heads.append(CardLine(say("import.head.continued"), sign="·"))
    if rejects:
        told = say("import.head.rejects", rows=report.results["rejected"], file=rejects)
        heads.append(CardLine(told, sign="!", style="bold $text-warning"))
    if trouble is not None:
        told = f"{say(trouble.title_key, **trouble.params)} {say(trouble.todo_key)}"
        heads.append(CardLine(told, sign="!", style="bold $text-error"))
    if report.reasons.get("unknown_customer", 0) * 2 > report.rows:
        heads.append(CardLine(say("import_screen.customers_first"), sign="!", style="bold"))
    if report.conflicts:
        told = say("import.head.conflicts", count=report.conflicts)
        heads.append(CardLine(told, sign="!", style="$text-warning"))
    results = [
        _count(count, say(f"import.result.{name}"), _RESULT_STYLES.get(name, "") if count else "")
        for name, count in report.results.items()
        if count or name in _ALWAYS_TOLD
    ]
    persons = [
        _count(count, say(f"import_screen.person.{name}"))
        for name, count in report.persons.items()
        if count
    ]
    stops = [
        _count(count, say(f"import_screen.stop.{name}"))
        for name, count in report.stops.items()
        if count
    ]
    key = "import.head.dry" if report.dry_run else "import.head.done"
    return CardView(
        "",
        (
            CardSection("", tuple(heads)),
            CardSection(
                say(f"import_screen.{'would' if report.dry_run else 'did'}"), tuple(results)
            ),
            CardSection(say("import_screen.why_rejected"), _counted(report.reasons, language)),
            CardSection(say("import_screen.persons"), tuple(persons)),
            CardSection(say("import_screen.stops"), tuple(stops)),
            CardSection(say("import.head.notices"), _counted(report.notices, language)),
        ),
        note=clean(say(key, file=say(f"import_screen.kind.{report.kind}"), rows=report.rows)),
    )


_ALWAYS_TOLD: Final = ("added", "rejected")
_RESULT_STYLES: Final = {
    "added": "bold $text-success",
    "rejected": "bold $text-error",
    "possibly_same": "bold $text-warning",
}


def _counted(counts: Mapping[str, int], language: Language) -> tuple[CardLine, ...]:
    ordered = sorted(counts.items(), key=lambda pair: -pair[1])
    return tuple(_count(count, words_of(code, language)) for code, count in ordered if count)


def _count(count: int, words: str, style: str = "") -> CardLine:
    return CardLine(f"{count:>7,}  {words}", style=style)
