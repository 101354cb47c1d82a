"""The scripts and rules that the program ships, as a database takes them over."""

from __future__ import annotations

import hashlib
from functools import cache

from content.pinyin import TABLE
from content.playbooks import load_advice, shipped_books
from content.rule_files import RULES
from content.script_set import ADVICE, ReadSet, path_of, shipped_files
from domain.content_set import NewFile
from domain.playbook_codec import FORM


def shipped_digest() -> str:
    """Stands for everything that is shipped, and for the form in which it would be stored."""
    digest = hashlib.sha256(f"{FORM}".encode())
    for file in shipped_files():
        digest.update("/".join((*file.key, file.source)).encode())
    digest.update(TABLE.read_bytes())
    return digest.hexdigest()[:16]


@cache
def shipped_new_files() -> tuple[NewFile, ...]:
    """Every shipped file with its parsed form; that they fit together is known before they ship.

    Raises:
        InputError: `script_invalid` or `content_bad`, naming the place.
    """
    files = shipped_files()
    books = {book.file: book for book in shipped_books()}
    read = ReadSet(
        files=files,
        books={
            file.key: books[path_of(file.key)] for file in files if file.kind not in (ADVICE, RULES)
        },
        advice={file.key: load_advice(file.language) for file in files if file.kind == ADVICE},
        faults=(),
    )
    return read.new_files()
