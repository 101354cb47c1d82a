"""Sets of content files: what a release holds, and what becomes of sets when files change.

A set is compared by the sources of its files: the parsed form of a file may change with the parts
that it brings in while nobody has touched the file itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeAlias, TypeVar

FileKey: TypeAlias = tuple[str, str, str]
"""What a file is known by: kind (`playbooks`, `objections`, `expectations`, `advice`, `rules`),
name, language; rules, which are the same in every language, have an empty one."""


@dataclass(frozen=True, slots=True)
class FileText:
    """A file as somebody wrote it."""

    kind: str
    name: str
    language: str
    source: str

    @property
    def key(self) -> FileKey:
        """What the file is known by."""
        return self.kind, self.name, self.language


@dataclass(frozen=True, slots=True)
class NewFile:
    """A checked file with its parsed form.

    Attributes:
        kind: `playbooks`, `objections`, `expectations`, `advice` or `rules`.
        name: of the file, without its ending.
        language: `zh` or `en`; empty for rules.
        digest: names the source together with what it brings in; at most 64 letters.
        source: the text.
        parsed: the parsed form as plain JSON values.
    """

    kind: str
    name: str
    language: str
    digest: str
    source: str
    parsed: Mapping[str, Any]

    @property
    def key(self) -> FileKey:
        """What the file is known by."""
        return self.kind, self.name, self.language


@dataclass(frozen=True, slots=True)
class Version:
    """A file as a set holds it: `shipped` as long as nobody here has written another one."""

    digest: str
    source: str
    shipped: bool


FileSet: TypeAlias = Mapping[FileKey, Version]

Reread: TypeAlias = Callable[[Sequence[FileText]], Sequence[NewFile] | None]
"""Reads the files of a whole set together; none when they don't fit together."""

LawChanged: TypeAlias = Callable[[Mapping[str, str], Mapping[str, str]], str]
"""Names the rows of law that differ between two versions of the rules; empty where none does."""


class Dated(Protocol):
    """A release with its number and the instant from which it holds (UTC)."""

    @property
    def id(self) -> int:
        """Later releases have higher numbers."""

    @property
    def in_force_from(self) -> datetime:
        """The instant from which it holds."""


D = TypeVar("D", bound=Dated)


def in_force(releases: Sequence[D], now: datetime) -> D | None:
    """The release that holds at an instant: the latest begun, of one instant the later one."""
    begun = [one for one in releases if one.in_force_from <= now]
    return max(begun, key=lambda one: (one.in_force_from, one.id), default=None)


def planned(releases: Sequence[D], now: datetime) -> tuple[D, ...]:
    """The releases that will come into force after an instant, in that order."""
    coming: dict[datetime, D] = {}
    for one in sorted(releases, key=lambda one: one.id):
        if one.in_force_from > now:
            coming[one.in_force_from] = one
    return tuple(coming[at] for at in sorted(coming))


def rebased(plan: FileSet, before: FileSet, after: FileSet) -> dict[FileKey, Version]:
    """A planned set when the one that it was made from has become another.

    What the plan changed or took out stays so; everything else is as it now is.
    """
    result: dict[FileKey, Version] = {}
    for key in (*after, *(key for key in plan if key not in after)):
        own = not same_text(plan.get(key), before.get(key))
        found = plan.get(key) if own else after.get(key)
        if found is not None:
            result[key] = found
    return result


def adopted(files: FileSet, shipped: FileSet) -> dict[FileKey, Version]:
    """A set with the files of a newer program: they replace what nobody here has edited."""
    own = {
        key: version
        for key, version in files.items()
        if not version.shipped and not same_text(version, shipped.get(key))
    }
    return {**shipped, **own}


def differing(one: FileSet, other: FileSet) -> tuple[FileKey, ...]:
    """The files in which two sets differ, in order."""
    keys = {*one, *other}
    return tuple(sorted(key for key in keys if not same_text(one.get(key), other.get(key))))


def same_text(one: Version | None, other: Version | None) -> bool:
    """Whether two versions read alike, or both are missing."""
    if one is None or other is None:
        return one is other
    return one.source == other.source
