"""The forms in which leads change rules: a table of lists, fields, kinds, units and limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Final

from content.rule_files import FILES
from content.toml_file import FOLDER, read_toml
from domain.entry import Entry
from domain.said import Said

FILE: Final = FOLDER / "rule_forms.toml"


class Kind(StrEnum):
    """What a field takes; `content.rule_values` reads and says each of them."""

    TEXT = "text"
    CODE = "code"
    WHOLE = "whole"
    TIME = "time"
    HOURS = "hours"
    WEEK = "week"
    FLAG = "flag"
    CHOICE = "choice"
    CHOICES = "choices"
    TEXTS = "texts"
    NUMBERS = "numbers"
    DATE = "date"
    DAY = "day"
    MONTHDAY = "monthday"
    AMOUNTS = "amounts"
    PLACE = "place"
    ZONE = "zone"


class Rows(StrEnum):
    """What the rows of a form are in its file."""

    LIST = "list"
    NAMED = "named"
    WHOLE = "whole"
    CSV = "csv"


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form.

    Attributes:
        path: where it stands in its row, from the row inwards.
        kind: what it takes.
        words: names its words: `campaigns.band`.
        of: whose words it takes (`content.rule_choices`); "" where it takes none.
        optional: whether it may be left out.
        default: what holds where it is left out; none where nothing does.
        least: the smallest whole number.
        most: the largest one.
        unit: of whole numbers; "" for none.
        fixed: whether only the text editor changes it.
        instead: the path of the field that it stands in for; empty for none.
        where: the path of the field that decides whether it is asked; empty where it always is.
        where_words: the words for which it is asked; empty where any will do.
        brings: the path of a table that is there as long as the field is; empty for none.
    """

    path: tuple[str, ...]
    kind: Kind
    words: str
    of: str = ""
    optional: bool = False
    default: object = None
    least: int = 0
    most: int = 0
    unit: str = ""
    fixed: bool = False
    instead: tuple[str, ...] = ()
    where: tuple[str, ...] = ()
    where_words: tuple[str, ...] = ()
    brings: tuple[str, ...] = ()

    @property
    def label(self) -> Said:
        """What people call it."""
        return Said(f"rule_form.{self.words}")

    @property
    def tip(self) -> Said:
        """The sentence that says what it does."""
        return Said(f"rule_form.{self.words}.tip")

    @property
    def may_be_empty(self) -> bool:
        """Whether it may be left out."""
        return self.optional or self.default is not None


@dataclass(frozen=True, slots=True)
class Form:
    """One list of rows of a file.

    Attributes:
        id: names it.
        file: the file of rules.
        rows: what its rows are.
        at: the list or the table of tables; "" where there is none.
        key: paths of the fields that tell its rows apart.
        title: paths of the fields that name a row; a last part `*` is one's own language.
        ask: paths of the fields that are asked for a new row; empty where there are no new ones.
        fresh: what a new row has in place of what the marked one has; "" leaves a field out.
        first: whether a new row stands before the marked one.
        law: whether rows can be law, which stays as it is.
        fields: in the order in which they are shown.
    """

    id: str
    file: str
    rows: Rows
    at: str
    key: tuple[tuple[str, ...], ...]
    title: tuple[tuple[str, ...], ...]
    ask: tuple[tuple[str, ...], ...]
    fresh: Mapping[str, str]
    first: bool
    law: bool
    fields: tuple[Field, ...]

    @property
    def label(self) -> Said:
        """What people call it."""
        return Said(f"rule_form.{self.id}")

    @property
    def tip(self) -> Said:
        """The sentence that says what it is for."""
        return Said(f"rule_form.{self.id}.tip")

    def field(self, path: tuple[str, ...]) -> Field:
        """The field at a path.

        Raises:
            KeyError: the form has none there (a slip in the table).
        """
        for one in self.fields:
            if one.path == path:
                return one
        raise KeyError(".".join(path))


@cache
def rule_forms() -> tuple[Form, ...]:
    """The forms in the order in which they are listed.

    Raises:
        InputError: `content_bad`, naming the form and what is wrong with it.
    """
    file = Entry(FILE.name, read_toml(FILE))
    forms = tuple(_form(entry) for entry in file.entries("form"))
    file.close()
    return forms


def _form(entry: Entry) -> Form:
    name = entry.text("id")
    form = Form(
        id=name,
        file=_file(entry),
        rows=entry.one_of("rows", Rows),
        at=entry.text("at") if entry.has("at") else "",
        key=tuple(map(_path, entry.texts("key"))),
        title=tuple(map(_path, entry.texts("title"))),
        ask=tuple(map(_path, entry.texts("ask"))),
        fresh=_fresh(entry),
        first=entry.flag("first", default=False),
        law=entry.flag("law", default=False),
        fields=tuple(_field(name, one) for one in entry.entries("field")),
    )
    entry.close()
    return form


def _file(entry: Entry) -> str:
    name = entry.text("file")
    if name not in FILES:
        raise entry.bad(Said("rules.bad.choice", {"field": "file", "known": ", ".join(FILES)}))
    return name


def _fresh(entry: Entry) -> dict[str, str]:
    found = entry.value("fresh") if entry.has("fresh") else {}
    if not isinstance(found, Mapping):
        raise entry.bad(Said("rules.bad.not_a_table"))
    return {str(name): str(value) for name, value in found.items()}


def _field(form: str, entry: Entry) -> Field:
    path = entry.text("path")
    where, words = _where(entry)
    field = Field(
        path=_path(path),
        kind=entry.one_of("kind", Kind),
        words=entry.text("words") if entry.has("words") else f"{form}.{path}",
        of=entry.text("of") if entry.has("of") else "",
        optional=entry.flag("optional", default=False),
        default=entry.value("default") if entry.has("default") else None,
        least=entry.whole("least", 0),
        most=entry.whole("most", 0),
        unit=entry.text("unit") if entry.has("unit") else "",
        fixed=entry.flag("fixed", default=False),
        instead=_path(entry.text("instead")) if entry.has("instead") else (),
        where=where,
        where_words=words,
        brings=_path(entry.text("brings")) if entry.has("brings") else (),
    )
    entry.close()
    return field


def _where(entry: Entry) -> tuple[tuple[str, ...], tuple[str, ...]]:
    if not entry.has("where"):
        return (), ()
    found = entry.value("where")
    if not isinstance(found, Mapping) or len(found) != 1:
        raise entry.bad(Said("rules.bad.not_a_table"))
    ((path, words),) = found.items()
    return _path(str(path)), tuple(map(str, words))


def _path(text: str) -> tuple[str, ...]:
    return tuple(text.split("."))
