from __future__ import annotations

from pathlib import Path

import pytest

from content.translations import LANGUAGES, translate
from domain.errors import InputError
from screens.actions import ACTIONS, Registry, bindings, normal_key
from screens.key_page import key_page


def test_every_action_has_a_key_that_is_not_a_letter() -> None:
    for action in ACTIONS:
        assert any(not (len(key) == 1 and key.isalpha()) for key in action.keys), action.id


def test_no_key_fires_two_actions_on_one_screen() -> None:
    assert list(Registry().clashes()) == []


def test_every_action_is_named_and_explained_in_both_languages() -> None:
    for action in ACTIONS:
        for language in LANGUAGES:
            assert translate(language, action.label_key)
            assert translate(language, action.tip_key)


def test_every_shipped_key_is_one_that_a_terminal_can_send() -> None:
    for action in ACTIONS:
        for key in action.keys:
            assert normal_key(key) == key, (action.id, key)


@pytest.mark.parametrize(
    ("written", "name"),
    [("F5", "f5"), ("?", "question_mark"), ("ctrl+t", "ctrl+t"), ("/", "slash"), ("n", "n")],
)
def test_keys_are_understood_as_people_write_them(written: str, name: str) -> None:
    assert normal_key(written) == name


@pytest.mark.parametrize("written", ["", "foo", "ctrl+", "f99", "店", "ctrl+m", "ctr+x", " ", "++"])
def test_nonsense_is_no_key(written: str) -> None:
    assert normal_key(written) is None


def test_a_remapped_action_keeps_its_binding_id() -> None:
    registry = Registry().remapped({"call.finish": "F, f11"}, "settings.toml")
    assert registry["call.finish"].keys == ("F", "f11")
    assert registry.keymap()["call.finish"] == "F,f11"
    assert "call.finish" in {binding.id for binding in bindings("call")}  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("keys", "code"),
    [
        ({"call.finnish": "f"}, "keys_unknown_close"),
        ({"qwertyuiop": "f"}, "keys_unknown"),
        ({"call.finish": "hyper+f"}, "keys_nonsense"),
        ({"call.digit": "a"}, "keys_fixed"),
        ({"call.finish": "z"}, "keys_clash"),
        ({"call.finish": "?"}, "keys_clash"),
    ],
)
def test_a_wrong_remapping_is_an_error_that_names_the_file(keys: dict[str, str], code: str) -> None:
    with pytest.raises(InputError) as caught:
        Registry().remapped(keys, "/home/ann/settings.toml")
    assert caught.value.code == code
    for language in LANGUAGES:
        title = translate(language, caught.value.title_key, **caught.value.params)
        assert "/home/ann/settings.toml" in title
        assert translate(language, caught.value.todo_key, **caught.value.params)


def test_the_key_page_is_current() -> None:
    page = Path(__file__).parents[2] / "docs" / "keys.md"
    assert page.read_text(encoding="utf-8") == key_page("en")
