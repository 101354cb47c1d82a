"""The one family of errors that a person is told about."""

from __future__ import annotations

from collections.abc import Mapping


class DeskError(Exception):
    """Something that a person has to know, with a code that stands for its words.

    The words live in the catalogues: `error.<code>.title` says what happened and where,
    `error.<code>.todo` says what to do. Both may use the parameters.

    Args:
        code: a lower-case identifier with underscores, unique among errors.
        params: plain values (str, int, float) for the words.
    """

    def __init__(self, code: str, **params: object) -> None:
        self.code = code
        self.params: Mapping[str, object] = params
        super().__init__(f"{code}: {dict(params)}" if params else code)

    @property
    def title_key(self) -> str:
        """The catalogue key of the sentence that says what happened."""
        return f"error.{self.code}.title"

    @property
    def todo_key(self) -> str:
        """The catalogue key of the sentence that says what to do."""
        return f"error.{self.code}.todo"


class RefusedError(DeskError):
    """A rule of the desk refuses the action (not allowed, stale, taken)."""


class InputError(DeskError):
    """What was typed or read can't be understood or used."""


class StorageError(DeskError):
    """The database can't be reached, read or written."""
