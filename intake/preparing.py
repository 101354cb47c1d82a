"""The way in for a file: read, recognise, judge; the mapping can be changed and judged anew."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import phonenumbers

from content.campaigns import campaigns
from content.columns import column_book
from domain.errors import InputError
from domain.record.cells import clean_line
from domain.record.rows import JudgedFile, RejectedRow, Row
from domain.said import Said
from intake.encodings import encoding_name
from intake.judging.callbacks import brings_persons, judge_callback
from intake.judging.cells import BadRowError, RowCells
from intake.judging.complaints import judge_complaint
from intake.judging.customers import judge_customer
from intake.judging.orders import judge_order
from intake.judging.persons import PersonJudge
from intake.judging.setting import JudgingSetting, choose_region, zone_of_region
from intake.mapping import ColumnMapping, Kind, header_digest, recognise
from intake.reading import read_table
from intake.table import Table, TableRow, text_of

Progress = Callable[[int, int], None]
"""Told how many of how many rows are done."""

_PREVIEW: Final = 12
_SHOWN: Final = 60
_TOLD_EVERY: Final = 250


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """A row as it is shown before the import.

    Attributes:
        row: its number in the file.
        texts: its cells, cleaned and cut, in the order of the columns.
        rejected: why it would be rejected; a code with words under `import.reason.<code>`.
        faults: what is wrong and does not stop it; words under `import.fault.<code>`.
    """

    row: int
    texts: tuple[str, ...]
    rejected: str
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A file that was read and judged, and how it was understood.

    Attributes:
        table: the file as it was read.
        mapping: which column holds what.
        setting: region, clock and export time against which it was judged.
        judged: the judged rows; none while the mapping lacks a field that such a file needs.
        notices: what a person should know about the file as a whole.
    """

    table: Table
    mapping: ColumnMapping
    setting: JudgingSetting
    judged: JudgedFile | None
    notices: tuple[Said, ...]

    @property
    def encoding(self) -> str:
        """The encoding as people call it; empty for a spreadsheet."""
        return encoding_name(self.table.encoding) if self.table.encoding else ""

    @property
    def header_digest(self) -> str:
        """What a saved mapping is found by."""
        return header_digest(self.mapping.kind, self.table.header)

    def with_mapping(self, mapping: ColumnMapping, progress: Progress | None = None) -> Prepared:
        """The same file with another choice of columns, judged anew."""
        return _judged(self.table, mapping, self.setting, progress)

    def ready(self) -> JudgedFile:
        """The judged rows.

        Raises:
            InputError: `import_columns_missing`, naming the fields that no column holds.
        """
        if self.judged is None:
            book = column_book()
            fields = ", ".join(
                f"{label.zh} / {label.en}" for label in map(book.label, self.mapping.missing)
            )
            raise InputError("import_columns_missing", file=self.table.path.name, fields=fields)
        return self.judged

    def preview(self, limit: int = _PREVIEW) -> tuple[PreviewRow, ...]:
        """The first rows as they would be imported."""
        rejected: Mapping[int, RejectedRow] = {}
        rows: Mapping[int, Row] = {}
        if self.judged is not None:
            rejected = {one.row: one for one in self.judged.rejected}
            rows = {one.row: one for one in self.judged.rows}
        return tuple(
            PreviewRow(
                row=one.number,
                texts=tuple(clean_line(text_of(cell))[:_SHOWN] for cell in one.cells),
                rejected=rejected[one.number].reason if one.number in rejected else "",
                faults=_faults(rows.get(one.number)),
            )
            for one in self.table.rows[:limit]
        )


def prepare(
    path: Path,
    kind: Kind | None = None,
    *,
    now: datetime,
    house_region: str,
    house_zone: str,
    region: str | None = None,
    as_of: datetime | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    sheet: str | None = None,
    saved: Callable[[str], Mapping[str, object] | None] | None = None,
    progress: Progress | None = None,
) -> Prepared:
    """Reads and judges a file; writes nothing.

    Args:
        path: the CSV or XLSX file.
        kind: what kind of rows it holds; else told from its columns.
        now: the present moment, UTC.
        house_region: the desk's own country, ISO 3166.
        house_zone: the desk's own clock, IANA name.
        region: the country that a person named for numbers without one of their own.
        as_of: the export time that a person named, UTC.
        encoding: of a CSV, where a person chose it.
        delimiter: of a CSV, where a person chose it.
        sheet: of a spreadsheet, where a person chose it.
        saved: finds the saved choice of columns for a header's digest.
        progress: told how far the judging is.

    Raises:
        InputError: the file can't be read (`intake.reading.read_table`), its kind can't be told
            (`import_kind_unknown`) or the region is none (`region_unknown`).
    """
    if region is not None and phonenumbers.country_code_for_region(region) == 0:
        raise InputError("region_unknown", region=region)
    table = read_table(path, encoding=encoding, delimiter=delimiter, sheet=sheet)
    mapping = recognise(table, kind)
    choice = saved(header_digest(mapping.kind, table.header)) if saved is not None else None
    if choice is not None:
        mapping = mapping.with_saved(choice)
    chosen, region_from = choose_region(table, mapping, region, house_region)
    setting = JudgingSetting(
        region=chosen,
        region_from=region_from,
        zone=zone_of_region(chosen, house_zone),
        now=now,
        as_of=as_of,
        book=column_book(),
        campaigns=campaigns(),
    )
    return _judged(table, mapping, setting, progress)


def _judged(
    table: Table, mapping: ColumnMapping, setting: JudgingSetting, progress: Progress | None
) -> Prepared:
    notices = list(table.notices)
    if setting.region_from == "file":
        notices.append(Said("import.notice.region_guessed", {"region": setting.region}))
    if mapping.missing:
        return Prepared(table, mapping, setting, None, tuple(notices))
    cells = RowCells(mapping)
    judge = PersonJudge(cells, setting)
    rows: list[Row] = []
    rejected: list[RejectedRow] = []
    total = len(table.rows)
    for place, row in enumerate(table.rows):
        try:
            if table.cut_off and place == total - 1:
                raise BadRowError("cut_off")
            rows.append(_row(mapping.kind, cells, setting, judge, row))
        except BadRowError as error:
            rejected.append(error.as_rejected(row.number))
        if progress is not None and (place % _TOLD_EVERY == 0 or place == total - 1):
            progress(place + 1, total)
    options = {"region": setting.region, "region_from": setting.region_from, "zone": setting.zone}
    if setting.as_of is not None:
        options["as_of"] = setting.as_of.isoformat()
    judged = JudgedFile(
        kind=mapping.kind,
        file_name=table.path.name[:255],
        digest=table.digest,
        total=total,
        rows=tuple(rows),
        rejected=tuple(rejected),
        phone_problems=dict(sorted(Counter(judge.phone_problems).items())),
        brings_persons=mapping.kind != "callbacks" or brings_persons(cells),
        options=options,
    )
    return Prepared(table, mapping, setting, judged, tuple(notices))


def _row(
    kind: Kind, cells: RowCells, setting: JudgingSetting, judge: PersonJudge, row: TableRow
) -> Row:
    cells.turn_to(row)
    match kind:
        case "customers":
            return judge_customer(judge, row.number)
        case "orders":
            return judge_order(cells, setting, row.number)
        case "callbacks":
            return judge_callback(cells, setting, judge, row.number)
        case "complaints":
            return judge_complaint(cells, setting, judge, row.number)


def _faults(row: Row | None) -> tuple[str, ...]:
    if row is None:
        return ()
    own: tuple[str, ...] = getattr(row, "faults", ())
    person = getattr(row, "person", None)
    return (*own, *person.faults) if person is not None else own
