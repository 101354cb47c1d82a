"""What the README promises is there."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import click
import pytest

from app.cli.program import callback_desk
from app.settings import Settings, read_settings

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
GUIDE = (ROOT / "docs" / "codebase.md").read_text(encoding="utf-8")
COMMANDS = sorted(set(re.findall(r"callback-desk ([a-z]+(?: [a-z][a-z-]*)?)", README)))


def test_the_settings_shown_are_all_settings_and_valid(tmp_path: Path) -> None:
    (shown,) = re.findall(r"```toml\n(.*?)```", README, re.DOTALL)
    path = tmp_path / "settings.toml"
    path.write_text(shown, encoding="utf-8")
    settings = read_settings(path)
    default = Settings(source=path)
    assert settings.hold_pause == default.hold_pause
    assert settings.wrap_up_pause == default.wrap_up_pause
    assert settings.theme == default.theme
    names = {entry.name for entry in fields(Settings)} - {"source", "named"}
    assert {name for name in names if re.search(rf"^\[?{name}\b", shown, re.MULTILINE)} == names


@pytest.mark.parametrize("words", COMMANDS)
def test_a_command_shown_is_a_command(words: str) -> None:
    found: click.Command | None = callback_desk
    for word in words.split():
        if not isinstance(found, click.Group):
            return
        found = found.get_command(click.Context(found), word)
        assert found is not None, words


@pytest.mark.parametrize("text", [README, GUIDE], ids=["README", "codebase"])
def test_every_place_named_is_there(text: str) -> None:
    base = ROOT if text is README else ROOT / "docs"
    links = [link for link in re.findall(r"\]\(([^)#]+)", text) if "://" not in link]
    assert [link for link in links if not (base / link).exists()] == []
    named = re.findall(
        r"`((?:app|content|db|docs|domain|intake|screens|telephony|tests|widgets)/[\w./-]*)`", text
    )
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_every_target_of_make_named_is_one() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"`make ([a-z]+)", README + GUIDE)) <= targets
