"""The rules in force, taken up from the database: at the start, and when another release holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from db.engine import Database


class RulesTaker:
    """Knows from which release a database's rulebook is; safe to ask from several threads."""

    def __init__(self) -> None:
        self._release: str | None = None

    def follow(self, database: Database, *, starting: bool = False) -> None:
        """Takes the rules in force up, where they are others than those by which we work.

        A database is opened with the shipped rules; where these hold, no file of them is read. The
        shop as it was set for the desk is taken up with them.

        Args:
            database: the database.
            starting: whether somebody waits for the first rows; then the database's own rows
                follow shipped rules later.

        Raises:
            InputError: the rules in force can't be read; the present ones go on.
            StorageError: the database can't be reached or written.
        """
        from content.rule_files import are_shipped  # noqa: PLC0415 - the desk is drawn before it
        from db.rules_held import rule_texts, rules_in_force  # noqa: PLC0415

        found = rules_in_force(database)
        if found is None or found.release == self._release:
            return
        if self._release is None and (found.taken or starting) and are_shipped(found.digests):
            self._release = found.release if found.taken else None
            return
        from content.rule_set import rulebook_of  # noqa: PLC0415 - only where rules differ
        from db.rules_in_force import take_up  # noqa: PLC0415

        rulebook = rulebook_of(rule_texts(database, found.release))
        if found.taken:
            database.take_rulebook(rulebook)
        elif not take_up(database, rulebook, found.release):
            return
        self._release = found.release
