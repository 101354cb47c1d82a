"""The catalogues as the program reads them, beside gettext's own reader."""

from __future__ import annotations

import gettext

import pytest

from content.catalogue import Catalogue
from content.translations import FOLDER, LANGUAGES, Language


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_is_the_one_that_gettext_reads(language: Language) -> None:
    path = FOLDER / f"{language}.mo"
    ours = Catalogue(path.read_bytes())
    with path.open("rb") as file:
        theirs = gettext.GNUTranslations(file)
    known: dict[str | tuple[str, int], str] = theirs._catalog  # type: ignore[attr-defined]
    keys = {key if isinstance(key, str) else key[0] for key in known} - {""}
    assert len(keys) > 1000
    plurals = {key[0] for key in known if not isinstance(key, str)}
    assert plurals
    for key in keys - plurals:
        assert ours.text(key) == ours.text(key, 5) == theirs.gettext(key)
    for key in plurals:
        for n in (0, 1, 2, 11, 1000):
            assert ours.text(key, n) == theirs.ngettext(key, f"{key}.many", n)


def test_what_it_does_not_know_is_none() -> None:
    assert Catalogue((FOLDER / "en.mo").read_bytes()).text("no.such.key") is None
