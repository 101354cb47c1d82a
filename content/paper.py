"""Sheets of paper: one HTML file that prints on A4, in either language, and runs nothing.

A sheet is put together from blocks of plain text; only `page` writes markup, and it escapes
everything. The file asks for nothing from anywhere: no script, no font, no picture.
"""

from __future__ import annotations

import os
import platform
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Final

from content.translations import Language
from domain.errors import DeskError
from domain.said import Said

_PRIVATE: Final = 0o600
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Cn", "Co"})
_LONGEST_STEM: Final = 60


@dataclass(frozen=True, slots=True)
class Facts:
    """Labels with their values, two pairs beside each other; pairs without a value are left out."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Words:
    """A paragraph; line ends are kept. `label` stands before it, `quiet` prints it small."""

    text: str
    label: str = ""
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """A table whose head is repeated on every page; the first column is as narrow as it can be."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Ruled:
    """Empty lines to write on by hand, under a label."""

    label: str
    lines: int = 4


@dataclass(frozen=True, slots=True)
class Signed:
    """Places to sign beside each other, each with a label under its line."""

    labels: tuple[str, ...]


Block = Facts | Words | Grid | Ruled | Signed


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the sheet under a heading; without blocks it is not printed."""

    heading: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Paper:
    """A sheet, already spoken.

    Attributes:
        language: the language it is written in.
        house: who sends it; empty where nobody is named.
        kind: what sort of sheet it is.
        title: what it is about.
        stamp: what must be seen first (`reply by …`); empty for nothing.
        sections: its parts.
        foot: who printed it and when; at the end of the sheet.
    """

    language: Language
    house: str
    kind: str
    title: str
    stamp: str
    sections: tuple[Section, ...]
    foot: str


def page(paper: Paper) -> str:
    """The sheet as an HTML file."""
    language = "zh-CN" if paper.language == "zh" else "en"
    house = f'<span class="house">{_text(paper.house)}</span>' if paper.house else "<span></span>"
    stamp = f'<p class="stamp">{_text(paper.stamp)}</p>' if paper.stamp else ""
    parts = [
        f'<!DOCTYPE html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">',
        _POLICY,
        '<meta name="viewport" content="width=device-width">',
        f"<title>{_text(paper.title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>",
        f'<header>{house}<span class="kind">{_text(paper.kind)}</span></header>',
        f'<div class="top"><h1>{_text(paper.title)}</h1>{stamp}</div>',
        *(line for section in paper.sections if section.blocks for line in _section(section)),
        f"<footer>{_text(paper.foot)}</footer>\n</body>\n</html>\n",
    ]
    return "\n".join(parts)


def save(text: str, folder: Path, stem: str, ending: str = "html") -> Path:
    """Writes a sheet to a new file that only its owner may read, and returns where it lies.

    Args:
        text: the whole file.
        folder: made where it isn't there.
        stem: the file's name without its ending; what a file system may stumble over is left out.
        ending: what kind of file it is.

    Raises:
        DeskError: `paper_unwritable`.
    """
    name = _file_name(stem)
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for number in range(1, 1_000):
            path = folder / (f"{name}{'' if number == 1 else f'-{number}'}.{ending}")
            try:
                handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE)
            except FileExistsError:
                continue
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
                file.write(text)
            return path
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise DeskError("paper_unwritable", path=str(folder), reason=reason) from error
    raise DeskError("paper_unwritable", path=str(folder), reason=f"{name}-999.{ending}")


def saved_said(path: Path, environment: Mapping[str, str] = os.environ) -> Said:
    """Where a sheet was saved; over a remote login that is on another machine than one's own."""
    if environment.get("SSH_CONNECTION"):
        return Said("paper.saved_there", {"path": str(path), "machine": platform.node()})
    return Said("paper.saved", {"path": str(path)})


def _section(section: Section) -> Iterator[str]:
    yield f"<section>\n<h2>{_text(section.heading)}</h2>"
    for block in section.blocks:
        yield from _block(block)
    yield "</section>"


def _block(block: Block) -> Iterator[str]:
    match block:
        case Facts(rows):
            pairs = (f"<div>{_pair(label, value)}</div>" for label, value in rows if value)
            yield f'<dl class="facts">{"".join(pairs)}</dl>'
        case Words(text, label, quiet):
            before = f'<span class="label">{_text(label)}</span> ' if label else ""
            kind = ' class="quiet"' if quiet else ""
            yield f"<p{kind}>{before}{_text(text)}</p>"
        case Grid(head, rows):
            yield "<table>" + (f"<thead>{_row(head, 'th')}</thead>" if any(head) else "")
            yield "<tbody>" + "".join(_row(row, "td") for row in rows) + "</tbody></table>"
        case Ruled(label, lines):
            yield f'<p class="label">{_text(label)}</p>' + '<div class="rule"></div>' * lines
        case Signed(labels):
            places = "".join(f"<span>{_text(label)}</span>" for label in labels)
            yield f'<div class="signed">{places}</div>'


def _pair(label: str, value: str) -> str:
    return f"<dt>{_text(label)}</dt><dd>{_text(value)}</dd>"


def _row(cells: Iterable[str], tag: str) -> str:
    return "<tr>" + "".join(f"<{tag}>{_text(cell)}</{tag}>" for cell in cells) + "</tr>"


def _text(text: str) -> str:
    """Stored text as it may stand in the file: nothing that turns, hides or is read as markup."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    seen = "".join(one for one in lines if one == "\n" or unicodedata.category(one) not in _UNSEEN)
    return escape(seen)


def _file_name(stem: str) -> str:
    kept = "".join(one if one.isalnum() or one in "-_" else "-" for one in stem)
    return kept.strip("-")[:_LONGEST_STEM] or "sheet"


_POLICY: Final = (
    '<meta http-equiv="Content-Security-Policy" '
    "content=\"default-src 'none'; style-src 'unsafe-inline'\">"
)
_STYLE: Final = """
@page { size: A4; margin: 16mm 15mm 18mm; }
* { box-sizing: border-box; }
body { font: 10.5pt/1.45 "Helvetica Neue", Arial, "PingFang SC", "Microsoft YaHei",
  "Noto Sans CJK SC", "Source Han Sans SC", sans-serif; color: #111; background: #fff;
  margin: 0 auto; max-width: 180mm; padding: 8mm 0; }
header { display: flex; justify-content: space-between; border-bottom: 1.5pt solid #111;
  padding-bottom: 1.5mm; }
.house { font-weight: 600; }
.kind { letter-spacing: .04em; }
.top { display: flex; justify-content: space-between; align-items: flex-start; gap: 8mm; }
h1 { font-size: 16pt; line-height: 1.25; margin: 5mm 0 3mm; overflow-wrap: anywhere; }
.stamp { margin: 5mm 0 3mm; padding: 1.5mm 3mm; border: 1.2pt solid #111; font-weight: 600;
  max-width: 75mm; text-align: center; white-space: pre-line; }
h2 { font-size: 11pt; margin: 5mm 0 1.5mm; padding-bottom: .7mm; border-bottom: .5pt solid #999;
  break-after: avoid; }
p { margin: 0 0 1.5mm; white-space: pre-line; overflow-wrap: anywhere; orphans: 2; widows: 2; }
.quiet { font-size: 9pt; color: #444; }
.label { color: #555; }
.facts { display: grid; grid-template-columns: 1fr 1fr; gap: 1mm 8mm; margin: 0 0 2mm; }
.facts div { display: grid; grid-template-columns: 26mm 1fr; break-inside: avoid; }
dt { color: #555; }
dd { margin: 0; overflow-wrap: anywhere; white-space: pre-line; }
table { width: 100%; border-collapse: collapse; margin: 0 0 2mm; }
thead { display: table-header-group; }
th, td { text-align: left; vertical-align: top; padding: 1mm 3mm 1mm 0;
  border-bottom: .4pt solid #ccc; overflow-wrap: anywhere; white-space: pre-line; }
th { font-weight: 600; color: #555; font-size: 9pt; border-bottom: .8pt solid #555; }
td:first-child { white-space: nowrap; width: 1%; }
tr { break-inside: avoid; }
.rule { height: 9mm; border-bottom: .5pt solid #777; }
.signed { display: flex; gap: 10mm; margin-top: 14mm; break-inside: avoid; }
.signed span { flex: 1; border-top: .5pt solid #111; padding-top: 1mm; font-size: 9pt; }
footer { margin-top: 8mm; border-top: .5pt solid #999; padding-top: 1mm; font-size: 8.5pt;
  color: #555; }
@media print { body { padding: 0; max-width: none; } }
"""
