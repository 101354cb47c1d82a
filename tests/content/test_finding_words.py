"""Every fault that has words has a file that shows it."""

from __future__ import annotations

import io

from babel.messages.pofile import read_po

from content.toml_file import FOLDER
from tests.content.test_advice_places import BROKEN as BROKEN_PLACES
from tests.content.test_handbook import BROKEN as BROKEN_CARDS
from tests.content.test_playbook_check import BROKEN as BROKEN_BOOKS

TRIED_ALONE = {
    "book_twice", "objection_twice",
    "card_empty", "no_cards", "card_untranslated", "claims_differ",
    "where_unshown", "advice_too_long",
}  # fmt: skip
"""Faults that have a test of their own beside the tables of broken files."""


def test_every_fault_that_has_words_has_a_broken_file() -> None:
    rows = [*BROKEN_BOOKS, *BROKEN_CARDS, *BROKEN_PLACES]
    tried = {row[-2] if row in BROKEN_BOOKS else row[-1] for row in rows} | TRIED_ALONE
    catalogue = (FOLDER / "messages" / "en" / "script.po").read_bytes()
    named = {
        str(message.id).removeprefix("script.finding.")
        for message in read_po(io.BytesIO(catalogue))
        if str(message.id).startswith("script.finding.")
    }
    assert named == tried
