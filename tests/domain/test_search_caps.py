"""How often customers may be looked up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.privacy import search_caps
from domain.errors import InputError, RefusedError
from domain.permissions import Role
from domain.search_caps import (
    HOUR,
    SAID_BY_CALLERS,
    SearchCaps,
    Term,
    results_allowed,
    search_caps_of,
    term_of,
)

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
FEW = SearchCaps(dict.fromkeys(Role, 3), 50, timedelta(seconds=30), 16, 5, 4)


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("8000", Term.LAST_FOUR),
        ("138 0013 8000", Term.NUMBER),
        ("+8613800138000", Term.NUMBER),
        ("13800", Term.PART),
        ("粤B12345", Term.PLATE),
        ("粤B·1", Term.NAME),
        ("wang@example.org", Term.MAIL),
        ("王芳", Term.NAME),
        ("wf", Term.NAME),
    ],
)
def test_the_kind_of_a_term(text: str, term: Term):
    assert term_of(text) is term


def test_beyond_the_cap_only_what_a_caller_can_say_is_looked_for():
    begun = [NOW - timedelta(minutes=50 - minute) for minute in range(3)]
    assert results_allowed(FEW, Role.OPERATOR, Term.NAME, begun[:2], NOW) == 50
    assert results_allowed(FEW, Role.OPERATOR, Term.LAST_FOUR, begun, NOW) == 4
    with pytest.raises(RefusedError) as refused:
        results_allowed(FEW, Role.OPERATOR, Term.NAME, begun, NOW)
    assert refused.value.params == {"most": 3, "at": begun[0] + HOUR}
    assert results_allowed(FEW, Role.OPERATOR, Term.NAME, begun, begun[0] + HOUR) == 50


@given(
    st.lists(st.integers(0, 7200)),
    st.sampled_from(Term),
    st.integers(0, 4),
    st.integers(0, 6),
)
def test_what_is_refused_is_allowed_when_it_is_said_to_clear(
    ago: list[int], term: Term, most: int, beyond: int
):
    caps = SearchCaps(dict.fromkeys(Role, most), 50, timedelta(), 1, beyond, 4)
    begun = sorted(NOW - timedelta(seconds=one) for one in ago)
    try:
        results_allowed(caps, Role.LEAD, term, begun, NOW)
    except RefusedError as refused:
        at = refused.params["at"]
        assert isinstance(at, datetime)
        assert at > NOW
        if most or (beyond and term in SAID_BY_CALLERS):
            assert results_allowed(caps, Role.LEAD, term, begun, at) > 0


def test_the_shipped_figures_are_read_and_slips_are_named():
    caps = search_caps()
    assert caps.per_hour[Role.OPERATOR] < caps.per_hour[Role.LEAD] < caps.beyond
    with pytest.raises(InputError, match="content_bad"):
        search_caps_of({"searches": {"operator": -1}, "beyond": {}}, "privacy.toml")
