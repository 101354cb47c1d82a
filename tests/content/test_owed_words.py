"""What is said first where a promise was broken: both languages, every kind, all filled in."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from content.owed import SHELF, first_words, load_owed
from content.translations import LANGUAGES, Language
from content.variables import ScriptValues
from domain.errors import InputError
from domain.promise import PromiseKind

GOOD = {
    kind: f'[{kind}]\nadvice = "Say sorry."\nsay = ["Sorry about {{{{ promise.due }}}}."]\n'
    for kind in PromiseKind
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", list(PromiseKind))
def test_the_shipped_words_apologise_and_name_the_time(
    language: Language, kind: PromiseKind
) -> None:
    sorry = {"en": ("sorry", "apology"), "zh": ("道歉", "道个歉", "对不起")}[language]
    values = ScriptValues(
        language, customer_salutation="王女士", promise_text="刹车的报价", promise_due="昨天下午3点"
    )
    advice, *said = first_words(language, kind, values)
    assert advice.kind == "advice"
    assert {line.kind for line in said} == {"say"}
    text = " ".join(line.text for line in said)
    assert any(word in text for word in sorry)
    for value in ("王女士", "昨天下午3点", "刹车的报价"):
        assert value in text
    assert "{" not in text
    # An agreed call has no words of its own: its paragraph is left out.
    without = first_words(language, kind, replace(values, promise_text=""))
    assert len(without) == len(said)


def test_both_languages_have_the_same_paragraphs() -> None:
    books = [load_owed(SHELF / f"{language}.toml") for language in LANGUAGES]
    for kind in PromiseKind:
        assert len({len(book[kind].say) for book in books}) == 1


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({PromiseKind.DEED: ""}, "[deed]"),
        ({PromiseKind.CALL: '[call]\nadvice = "x"\nsay = []\n'}, "[call]"),
        ({PromiseKind.CALL: '[call]\nadvice = "x"\nsay = ["{{ shop.secret }}"]\n'}, "[call]"),
        ({PromiseKind.CALL: '[call]\nadvice = "x"\nsay = ["y"]\nmore = 1\n'}, "[call]"),
        ({PromiseKind.REPLY: GOOD[PromiseKind.REPLY] + "[gift]\n"}, "[gift]"),
    ],
)
def test_a_slip_in_the_file_names_the_entry(
    tmp_path: Path, change: dict[PromiseKind, str], where: str
) -> None:
    file = tmp_path / "en.toml"
    file.write_text("".join(GOOD.values()), encoding="utf-8")
    assert set(load_owed(file)) == set(PromiseKind)
    file.write_text("".join({**GOOD, **change}.values()), encoding="utf-8")
    with pytest.raises(InputError) as error:
        load_owed(file)
    assert where in str(error.value.params["where"])
