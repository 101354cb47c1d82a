"""The claims beside our own rates say what the handbook says, and name where they come from."""

from __future__ import annotations

import re

import pytest

from content.handbook import load_handbook
from content.return_claims import claims_in, return_claims
from content.translations import LANGUAGES
from domain.errors import InputError


@pytest.mark.parametrize("language", LANGUAGES)
def test_they_are_the_figures_of_the_handbook_with_their_sources(language):
    (card,) = [one for one in load_handbook(language).cards if one.id == "return-rates"]
    told = [[int(one) for one in re.findall(r"(\d+)%", claim.text)] for claim in card.claims]
    assert [list(one.percents.values()) for one in return_claims()] == told
    assert [one.source.of(language) for one in return_claims()] == [
        claim.source for claim in card.claims
    ]


@pytest.mark.parametrize(
    "text",
    [
        "[[claim]]\nquick = 9",
        '[[claim]]\nsource = { zh = "甲", en = "a" }\nquick = 101',
        '[[claim]]\nsource = { zh = "甲", en = "a" }\nnobody = 3',
    ],
)
def test_a_claim_needs_a_source_and_a_share(text):
    with pytest.raises(InputError) as error:
        claims_in(text, "claims.toml")
    assert error.value.code == "content_bad"
