"""Scripts and rules in a folder of a lead's own: written with their versions, read back by key.

The folder is laid out like the content's own. A list beside the files says from which versions they
were written, so that whoever reads them back later does not overwrite somebody else's work.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from content.front_matter import read_front_matter
from content.playbook_parser import LANGUAGES
from content.playbooks import SHELVES
from content.rule_files import FILES, RULES
from content.script_set import ADVICE, path_of
from domain.content_set import FileKey, FileText
from domain.errors import InputError
from domain.playbook import BookKind
from domain.said import Said

_RULES: Final = {file: name for name, file in FILES.items()}

LIST: Final = "versions.json"
"""The list of versions that stands beside exported files."""

_SHELF: Final[Mapping[str, str]] = {
    BookKind.PLAYBOOK: "playbooks",
    BookKind.PARTS: "playbooks",
    BookKind.OBJECTIONS: "objections",
    BookKind.LADDER: "expectations",
}
_LETTERS: Final = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-")


@dataclass(frozen=True, slots=True)
class OwnFile:
    """A file of a lead's own.

    Attributes:
        path: where it stands.
        text: what it says, and what it is known by.
        base: the digest of the version that it was written out from; none where no list says it.
    """

    path: Path
    text: FileText
    base: str | None


def read_own(paths: Iterable[Path]) -> tuple[OwnFile, ...]:
    """Files, and those of folders, each known by its head; by its name for advice and rules.

    Raises:
        InputError: `content_bad` for a file that can't be read, has no name in its head, or stands
            for the same script as another one.
    """
    found: dict[FileKey, OwnFile] = {}
    for path in _files(paths):
        own = _read(path)
        if own.text.key in found:
            problem = Said("script.folder.twice", {"other": str(found[own.text.key].path)})
            raise InputError("content_bad", where=str(path), problem=problem)
        found[own.text.key] = own
    return tuple(found.values())


def write_out(
    folder: Path, files: Mapping[FileKey, tuple[str, str]], *, replace: bool
) -> tuple[Path, ...]:
    """Writes files with the list of their versions, and returns where.

    Args:
        folder: made where it is missing.
        files: source and digest by key.
        replace: whether files that say something else may be replaced.

    Raises:
        InputError: `export_exists`, `export_failed`.
    """
    targets = {key: folder / _safe(key) for key in files}
    try:
        if not replace:
            for key, path in targets.items():
                if path.exists() and path.read_bytes() != files[key][0].encode():
                    raise InputError("export_exists", file=str(path))
        for key, path in targets.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(files[key][0].encode())
        remember(folder, {key: digest for key, (_, digest) in files.items()})
    except OSError as error:
        raise InputError("export_failed", folder=str(folder), reason=str(error.strerror)) from error
    return tuple(targets.values())


def remember(folder: Path, digests: Mapping[FileKey, str]) -> None:
    """Notes from which versions the files of a folder are; others in the list stay.

    Raises:
        OSError: it can't be written.
    """
    known = {**_listed(folder), **{path_of(key): digest for key, digest in digests.items()}}
    text = json.dumps(known, indent=2, sort_keys=True) + "\n"
    (folder / LIST).write_text(text, encoding="utf-8")


def list_above(path: Path) -> Path | None:
    """The folder whose list a file belongs to; none where there is no list."""
    absolute = path.absolute()
    return next((one for one in list(absolute.parents)[:3] if (one / LIST).is_file()), None)


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            for shelf in SHELVES:
                yield from sorted(path.glob(f"{shelf}/*/*.md"))
            yield from sorted(path.glob(f"{ADVICE}/*.toml"))
            yield from sorted(one for one in path.glob(f"{RULES}/*") if one.name in _RULES)
        else:
            yield path


def _read(path: Path) -> OwnFile:
    try:
        source = path.read_bytes().decode()
    except UnicodeDecodeError as error:
        raise _bad(path, Said("rules.bad.not_utf8")) from error
    except OSError as error:
        raise _bad(path, Said("rules.bad.no_file")) from error
    source = source.replace("\r\n", "\n").removeprefix("\ufeff")
    text = FileText(*_key_of(path, source), source)
    folder = list_above(path)
    base = None if folder is None else _listed(folder).get(path_of(text.key))
    return OwnFile(path, text, base)


def _key_of(path: Path, source: str) -> FileKey:
    if path.name in _RULES:
        return RULES, _RULES[path.name], ""
    return _advice_key(path) if path.suffix == ".toml" else _key(path, source)


def _advice_key(path: Path) -> FileKey:
    if path.stem not in LANGUAGES:
        raise _bad(path, Said("script.folder.advice"))
    return ADVICE, ADVICE, path.stem


def _key(path: Path, source: str) -> FileKey:
    head = read_front_matter(str(path), source).values
    name = head.get("id", "")
    language = head.get("language", path.absolute().parent.name)
    shelf = _SHELF.get(head.get("kind", BookKind.PLAYBOOK))
    if not _is_name(name) or language not in LANGUAGES or shelf is None:
        raise _bad(path, Said("script.folder.head"))
    return shelf, name, language


def _is_name(text: str) -> bool:
    return bool(text) and len(text) <= 120 and _LETTERS.issuperset(text)


def _safe(key: FileKey) -> str:
    """The path of a key; what is stored must not lead out of the folder."""
    kind, name, language = key
    if kind == RULES:
        known = name in FILES and not language
    else:
        known = kind in (*SHELVES, ADVICE) and language in LANGUAGES and _is_name(name)
    if not known:
        raise InputError("content_bad", where="/".join(key), problem=Said("script.folder.head"))
    return path_of(key)


def _listed(folder: Path) -> dict[str, str]:
    file = folder / LIST
    if not file.exists():
        return {}
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise _bad(file, Said("script.folder.list")) from error
    if not isinstance(found, dict):
        raise _bad(file, Said("script.folder.list"))
    return {str(path): str(digest) for path, digest in found.items()}


def _bad(path: Path, problem: Said) -> InputError:
    return InputError("content_bad", where=str(path), problem=problem)
