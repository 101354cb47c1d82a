"""Files of the content, TOML above all, with errors that a person who edits them understands."""

from __future__ import annotations

from pathlib import Path

from domain.errors import InputError
from domain.said import Said

FOLDER = Path(__file__).parent


def read_toml(path: Path) -> dict[str, object]:
    """The tables of a TOML file.

    Raises:
        InputError: `content_bad` when it is missing, no UTF-8 or no TOML; it names the file.
    """
    return parse_toml(read_text(path), path.name)


def read_text(path: Path) -> str:
    """The text of a content file.

    Raises:
        InputError: `content_bad` when it is missing or no UTF-8; it names the file.
    """
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise InputError(
            "content_bad", where=path.name, problem=Said("rules.bad.no_file")
        ) from error
    except UnicodeDecodeError as error:
        raise InputError(
            "content_bad", where=path.name, problem=Said("rules.bad.not_utf8")
        ) from error


def parse_toml(text: str, where: str) -> dict[str, object]:
    """The tables of a TOML text.

    Raises:
        InputError: `content_bad` when it is no TOML; it names `where`.
    """
    import tomllib  # noqa: PLC0415 - the desk starts without reading any

    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        problem = Said("rules.bad.toml", {"detail": str(error)[:200]})
        raise InputError("content_bad", where=where, problem=problem) from error
