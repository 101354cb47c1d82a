"""`callback-desk playbook list`, `releases`, `rollback`, `withdraw`: which scripts hold when."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from app.cli.frame import Answer, Frame, desk_command, iso, option
from app.cli.lines import aligned
from app.cli.playbook import playbook

if TYPE_CHECKING:
    from db.engine import Database
    from db.releases import Release
    from domain.content_set import FileKey
    from domain.permissions import Actor


@dataclass(frozen=True, slots=True)
class StoredScript:
    """A file in force: its text, the digest of its version, and what is known of it.

    Attributes:
        source: the text.
        digest: names the version.
        parsed: the parsed form as plain JSON values.
        edited: whether somebody here has written it.
    """

    source: str
    digest: str
    parsed: dict[str, Any]
    edited: bool


@dataclass(frozen=True, slots=True)
class InForce:
    """The scripts that hold: a release's, or the program's own where there is none."""

    release: str | None
    files: dict[FileKey, StoredScript]

    @property
    def source(self) -> str:
        """Where they come from: `release` or `shipped`."""
        return "shipped" if self.release is None else "release"


@contextmanager
def scripts_at(frame: Frame) -> Iterator[tuple[Database, Actor]]:
    """The caller's database and actor.

    Raises:
        DeskError: as `opened` and `actor_for`.
    """
    from app.cli.opened import actor_for, opened  # noqa: PLC0415 - the help page needs neither

    with opened(frame, rules=False) as database:
        yield database, actor_for(frame, database)


def in_force(frame: Frame, name: str | None = None) -> InForce:
    """The scripts in force, or those of a release; the program's own where there is no database.

    Raises:
        DeskError: as `scripts_at`; `content_release_unknown`.
    """
    if has_database(frame) or name is not None:
        from db.releases import release_files, release_in_force  # noqa: PLC0415

        with scripts_at(frame) as (database, actor):
            present = release_in_force(database, actor)
            stored = release_files(database, actor, name)
        release = name or (present.name if present else None)
        if release is not None:
            return InForce(
                release,
                {
                    one.key: StoredScript(one.source, one.digest, dict(one.parsed), not one.shipped)
                    for one in stored
                },
            )
    from content.shipped_scripts import shipped_new_files  # noqa: PLC0415 - reads Markdown

    shipped = {
        one.key: StoredScript(one.source, one.digest, dict(one.parsed), edited=False)
        for one in shipped_new_files()
    }
    return InForce(None, shipped)


def has_database(frame: Frame) -> bool:
    """Whether the caller names a database, or the one of the settings is there."""
    from db.place import read_place  # noqa: PLC0415 - the help page needs no database

    place = read_place(frame.database())
    return frame.named_database is not None or place.file is None or place.file.exists()


@desk_command("list", "database", "login", group=playbook)
def list_playbooks(frame: Frame) -> Answer:
    """List the books of the caller's language as they are in force."""
    found = in_force(frame)
    books = [
        {
            "id": script.parsed["id"],
            "kind": script.parsed["kind"],
            "title": script.parsed["title"],
            "language": language,
            "version": script.parsed["version"],
            "survey": script.parsed["survey"],
            "steps": len(script.parsed["steps"]),
            "edited": script.edited,
            "file": script.parsed["file"],
        }
        for (kind, _, language), script in sorted(found.files.items())
        if language == frame.language and kind != "advice"
    ]
    rows = [
        [
            str(book["id"]),
            frame.say(f"script.kind.{book['kind']}"),
            str(book["version"]),
            str(book["title"]),
            frame.say("release.edited") if book["edited"] else "",
        ]
        for book in books
    ]
    if found.release is None:
        heading = frame.say("release.list.shipped")
    else:
        heading = frame.say("release.list.release", name=found.release)
    data = {"source": found.source, "release": found.release, "playbooks": books}
    return Answer(data, [heading, *aligned(rows)])


@desk_command("releases", "database", "login", "now", group=playbook)
def list_releases(frame: Frame) -> Answer:
    """List every version of the scripts, the newest first."""
    from db.releases import releases  # noqa: PLC0415 - the help page needs no database

    with scripts_at(frame) as (database, actor):
        found = releases(database, actor)
    rows = [
        [
            one.name,
            frame.say(f"release.state.{one.state}"),
            frame.clock(one.in_force_from),
            one.by or frame.say("release.by_program"),
            frame.say("release.changed", n=one.changed),
            one.note,
        ]
        for one in found
    ]
    return Answer({"releases": [as_plain(one) for one in found]}, aligned(rows))


@desk_command("rollback", "database", "login", "now", group=playbook)
@click.argument("name")
@option("--note", default="", metavar="TEXT", help="release.option.note")
def rollback(frame: Frame, name: str, note: str) -> Answer:
    """Put the files of an earlier version in force again, as a new version."""
    from content.script_set import reread  # noqa: PLC0415 - the help page reads no Markdown
    from db.releases import roll_back  # noqa: PLC0415

    with scripts_at(frame) as (database, actor):
        made = roll_back(database, actor, name, note=note, reread=reread)
    return Answer(
        {"release": as_plain(made)}, [frame.say("release.back", old=name, name=made.name)]
    )


@desk_command("withdraw", "database", "login", "now", group=playbook)
@click.argument("name")
@option("--note", default="", metavar="TEXT", help="release.option.note")
def withdraw(frame: Frame, name: str, note: str) -> Answer:
    """Take a planned version back before its day."""
    from content.script_set import reread  # noqa: PLC0415 - the help page reads no Markdown
    from db.releases import withdraw as take_back  # noqa: PLC0415

    with scripts_at(frame) as (database, actor):
        made = take_back(database, actor, name, note=note, reread=reread)
    return Answer({"release": as_plain(made)}, [frame.say("release.withdrawn", name=name)])


def as_plain(release: Release) -> dict[str, object]:
    """A release as plain JSON values."""
    return {
        "name": release.name,
        "state": release.state,
        "in_force_from": iso(release.in_force_from),
        "created_at": iso(release.created_at),
        "by": release.by,
        "note": release.note,
        "changed": release.changed,
    }
