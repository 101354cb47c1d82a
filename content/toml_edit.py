"""Changing one value or one row of a TOML text; comments, order and layout stay as they are.

Every change is proved before it is given back: what the new text says is the old with that one
change. Where a text is laid out so that this can't be had, the change is refused.
"""

from __future__ import annotations

import copy
import re
import tomllib
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from domain.errors import InputError

Place = tuple[str | int, ...]
"""The way to a table: `("campaign", 3)`, `("tier", "key")`, `()` for the file itself."""

_TABLE: Final = re.compile(r"\s*\[")
_KEY: Final = re.compile(r"\s*([A-Za-z0-9_-]+)\s*=")


def with_value(
    text: str, place: Place, path: tuple[str, ...], value: object, order: Sequence[str] = ()
) -> str:
    """The text with one value set or, where it is none, taken out.

    Args:
        text: the file.
        place: the table in which the value stands.
        path: the way from the table to the value.
        value: texts, whole numbers, flags, lists of them or tables of them; none to take it out.
        order: names of the table's fields in their usual order, for a field that is new.

    Raises:
        InputError: `layout_strange` when the text can't be changed in that place alone.
    """
    wanted = tomllib.loads(text)
    holder, rest = _holder(wanted, place, path)
    _assign(holder, rest, value)
    present = _holder(tomllib.loads(text), place, path)[0]
    at = (*place, *path[: len(path) - len(rest)])
    name = rest[0]
    if name in holder and name not in present:
        return _proved(_inserted(text, at, name, holder[name], order), wanted)
    if name not in holder and name not in present:
        return text
    return _proved(_replaced(text, at, name, holder.get(name)), wanted)


def with_row(
    text: str, name: str, values: Mapping[str, object], beside: int | None, *, first: bool
) -> str:
    """The text with one more table in a list of tables.

    Args:
        text: the file.
        name: of the list.
        values: of the new table, in their order.
        beside: the place of the table that it stands beside, from 0; none in an empty list.
        first: whether it stands before that one.

    Raises:
        InputError: `layout_strange`.
    """
    wanted = tomllib.loads(text)
    plain = dict(values)
    made = [f"[[{name}]]", *(f"{key} = {_written(value)}" for key, value in plain.items())]
    if beside is None:
        wanted[name] = [plain]
        return _proved(iter(["\n".join([text.rstrip("\n"), "", *made, ""])]), wanted)
    wanted[name].insert(beside if first else beside + 1, plain)
    lines = text.split("\n")
    span = _span(lines, name, beside)
    if span is None:
        raise InputError("layout_strange")
    at = span[0] if first else span[1]
    lines[at:at] = [*made, ""] if first else ["", *made]
    return _proved(iter(["\n".join(lines)]), wanted)


def without_row(text: str, name: str, place: int) -> str:
    """The text without one table of a list of tables, and without the comment right above it.

    Raises:
        InputError: `layout_strange`.
    """
    wanted = tomllib.loads(text)
    del wanted[name][place]
    if not wanted[name]:
        del wanted[name]
    lines = text.split("\n")
    span = _span(lines, name, place)
    if span is None:
        raise InputError("layout_strange")
    start, end = span
    if end < len(lines) and not lines[end].strip() and start and not lines[start - 1].strip():
        end += 1
    return _proved(iter(["\n".join([*lines[:start], *lines[end:]])]), wanted)


def _holder(
    data: dict[str, Any], place: Place, path: tuple[str, ...]
) -> tuple[MutableMapping[str, Any], tuple[str, ...]]:
    """The innermost table on the way that is there, and the rest of the way."""
    node: Any = data
    for step in place:
        node = node[step]
    while len(path) > 1 and isinstance(node.get(path[0]), dict):
        node, path = node[path[0]], path[1:]
    return node, path


def _assign(holder: MutableMapping[str, Any], path: tuple[str, ...], value: object) -> None:
    *between, last = path
    if value is None:
        if not between:
            holder.pop(last, None)
        return
    for name in between:
        holder = holder.setdefault(name, {})
    holder[last] = copy.deepcopy(value)


def _replaced(text: str, place: Place, name: str, value: object) -> Iterator[str]:
    """The text with a value that is there replaced, or taken out where it is none."""
    import tomlkit  # noqa: PLC0415 - only where somebody changes a rule by its form
    from tomlkit.items import InlineTable  # noqa: PLC0415

    lines = text.split("\n")
    table = _table(lines, place)
    document = tomlkit.parse("\n".join([*lines[table.start : table.end], ""]))
    node: Any = document
    for step in table.head:
        node = node[step]
    chain: list[tuple[Any, str | int]] = []
    for one in (*place[table.steps :], name):
        chain.append((node, one))
        node = node[one]
    # A table in one line is written anew as a whole: its parts have no comments of their own.
    outer = next((n for n, (one, _) in enumerate(chain) if isinstance(one, InlineTable)), None)
    if outer is None:
        holder, last = chain[-1]
        if value is None:
            holder.remove(last)
        else:
            holder[last] = _item(value)
    else:
        holder, last = chain[outer - 1]
        plain = holder[last].unwrap()
        inner = plain
        for _, step in chain[outer:-1]:
            inner = inner[step]
        inner.pop(name, None) if value is None else inner.update({name: value})
        holder[last] = _item(plain)
    made = tomlkit.dumps(document).removesuffix("\n")
    yield "\n".join([*lines[: table.start], *([made] if made else []), *lines[table.end :]])


def _inserted(
    text: str, place: Place, name: str, value: object, order: Sequence[str]
) -> Iterator[str]:
    """The text with a new value, behind the nearest of the fields that come before it."""
    lines = text.split("\n")
    table = _table(lines, place)
    if table.steps < len(place):
        inner: Any = tomllib.loads(text)
        for step in place:
            inner = inner[step]
        *outer, last = place
        yield from _replaced(text, tuple(outer), str(last), {**inner, name: value})
        return
    start, end = table.start, table.end
    rows = [(n, found[1]) for n in range(start, end) if (found := _KEY.match(lines[n]))]
    before = list(order[: order.index(name)]) if name in order else []
    ranked = sorted(rows, key=lambda row: before.index(row[1]) if row[1] in before else -1)
    made = f"{name} = {_written(value)}"
    for n, _ in reversed(ranked):
        # A value may run over several lines: what is behind it is tried until the text is sound.
        for at in range(n + 1, end + 1):
            yield "\n".join([*lines[:at], made, *lines[at:]])
    yield "\n".join([*lines[:end], made, *lines[end:]])


@dataclass(frozen=True, slots=True)
class _Table:
    """The lines of a table from its head to its last one, and which steps of a way lead to it.

    Attributes:
        start: the first line.
        end: behind the last one.
        steps: how many steps of the way are its head's.
        head: the same steps within the lines alone.
    """

    start: int
    end: int
    steps: int
    head: Place


def _table(lines: Sequence[str], place: Place) -> _Table:
    """The table with a head of its own that lies nearest on a way."""
    if len(place) > 1 and isinstance(place[1], int):
        span = _span(lines, str(place[0]), place[1], comments=False)
        if span is None:
            raise InputError("layout_strange")
        return _Table(*span, 2, (place[0], 0))
    for steps in range(len(place), 0, -1):
        name = re.escape(".".join(map(str, place[:steps])))
        head = re.compile(rf"\s*\[\s*{name}\s*\]")
        start = next((n for n, line in enumerate(lines) if head.match(line)), None)
        if start is not None:
            return _Table(start, _end(lines, start), steps, place[:steps])
    end = next((n for n, line in enumerate(lines) if _TABLE.match(line)), len(lines))
    while end and (not lines[end - 1].strip() or lines[end - 1].lstrip().startswith("#")):
        end -= 1
    return _Table(0, end, 0, ())


def _span(
    lines: Sequence[str], name: str, place: int, *, comments: bool = True
) -> tuple[int, int] | None:
    """The lines of a table of a list, with the comment right above it."""
    head = re.compile(rf"\s*\[\[\s*{re.escape(name)}\s*\]\]")
    starts = [n for n, line in enumerate(lines) if head.match(line)]
    if place >= len(starts):
        return None
    start = starts[place]
    end = _end(lines, start)
    while comments and start and lines[start - 1].lstrip().startswith("#"):
        start -= 1
    return start, end


def _end(lines: Sequence[str], start: int) -> int:
    """Behind the last line of a table that is neither blank nor a comment."""
    following = range(start + 1, len(lines))
    end = next((n for n in following if _TABLE.match(lines[n])), len(lines))
    while end > start + 1 and (not lines[end - 1].strip() or lines[end - 1].lstrip()[0] == "#"):
        end -= 1
    return end


def _proved(candidates: Iterator[str], wanted: Mapping[str, object]) -> str:
    for text in candidates:
        try:
            if tomllib.loads(text) == wanted:
                return text
        except tomllib.TOMLDecodeError:
            continue
    raise InputError("layout_strange")


def _item(value: object) -> Any:
    import tomlkit  # noqa: PLC0415

    return tomlkit.parse(f"it = {_written(value)}")["it"]


def _written(value: object) -> str:
    """A value as it stands in the files."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        inside = ", ".join(f"{name} = {_written(one)}" for name, one in value.items())
        return f"{{ {inside} }}" if inside else "{}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_written, value))}]"
    if isinstance(value, str):
        return _quoted(value)
    return str(value)


def _quoted(text: str) -> str:
    letters = [
        f"\\{one}" if one in '\\"' else one if one.isprintable() else f"\\U{ord(one):08X}"
        for one in text
    ]
    return f'"{"".join(letters)}"'
