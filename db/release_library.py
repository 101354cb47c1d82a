"""The library of a release, put together from its stored files; no file is read or parsed."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

from db.engine import Database
from db.tables import content_file, content_release, release_file
from db.transaction import Unit
from domain.advice_codec import decode_advice
from domain.errors import RefusedError
from domain.library import Library
from domain.permissions import Actor, require
from domain.playbook_codec import decode_book

ADVICE: Final = "advice"
OBJECTIONS: Final = "objections"


def library_of_release(
    database: Database, actor: Actor, name: str | None, language: str
) -> Library | None:
    """The scripts of a release in a language, objections found by every language's words.

    Takes some milliseconds a book: it is no work for the screen's loop, and its answer, which is
    frozen, is worth keeping.

    Args:
        database: the database.
        actor: whoever works with it.
        name: the release that a call has pinned; none for a call without one.
        language: `zh` or `en`.

    Returns:
        The library; none where no release is named: the program's own files hold then.

    Raises:
        RefusedError: `not_allowed`, `content_release_unknown`.
        InputError: `script_form_unknown` for files of a newer program.
    """
    if name is None:
        return None

    def work(unit: Unit) -> list[sa.Row[tuple[str, str, dict[str, object]]]]:
        require(actor, "playbooks.read")
        return list(
            unit.run(
                sa.select(content_file.c.kind, content_file.c.language, content_file.c.parsed)
                .join(release_file, release_file.c.file_id == content_file.c.id)
                .join(content_release, content_release.c.id == release_file.c.release_id)
                .where(
                    content_release.c.name == name,
                    sa.or_(content_file.c.language == language, content_file.c.kind == OBJECTIONS),
                )
                .order_by(content_file.c.kind, content_file.c.name)
            )
        )

    rows = database.read(work)
    if not rows:
        raise RefusedError("content_release_unknown", name=name)
    books = [(row.language, decode_book(row.parsed)) for row in rows if row.kind != ADVICE]
    advice = [line for row in rows if row.kind == ADVICE for line in decode_advice(row.parsed)]
    return Library.of(
        language,
        [book for spoken, book in books if spoken == language],
        advice,
        [book for spoken, book in books if spoken != language],
    )
