from __future__ import annotations

import pytest

from content.translations import LANGUAGES, translate
from domain.errors import RefusedError
from domain.permissions import LEAST_ROLE, Actor, Role, allowed, require


@pytest.mark.parametrize("use_case", LEAST_ROLE)
def test_each_role_may_do_what_a_lesser_one_may(use_case):
    rights = [allowed(role, use_case) for role in Role]
    assert rights == sorted(rights)
    assert rights[-1]


def test_a_refusal_names_the_role_in_both_languages():
    ann = Actor(1, "ann", "Ann", Role.OPERATOR)
    require(ann, "queue.claim")
    with pytest.raises(RefusedError) as caught:
        require(ann, "queue.steal")
    assert caught.value.code == "not_allowed"
    for language in LANGUAGES:
        for key in (caught.value.title_key, caught.value.todo_key):
            assert translate(language, key, **caught.value.params)


def test_a_use_case_nobody_declared_is_a_slip_and_no_permission():
    with pytest.raises(KeyError):
        require(Actor(1, "root", "Root", Role.ADMIN), "queue.stael")
