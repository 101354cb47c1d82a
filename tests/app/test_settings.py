from __future__ import annotations

import re
from dataclasses import fields
from inspect import cleandoc
from pathlib import Path

import pytest

from app.settings import (
    Settings,
    data_folder,
    database_url,
    default_settings_path,
    load_settings,
    read_settings,
    system_language,
    system_region,
    system_zone,
)
from domain.errors import InputError


def _file(folder: Path, text: str) -> Path:
    path = folder / "settings.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_every_entry_is_read(tmp_path: Path) -> None:
    path = _file(
        tmp_path,
        """
        language = "zh"
        database = "postgresql://desk@db.example/desk"
        region = "de"
        my_zone = "Europe/Berlin"
        login = " li.na "
        theme = "contrast"
        shop_name = "南山店"
        shop_phone = "+86 755 0000 0000"
        dial_command = ["dial", "{number}"]
        outside_line = "0,"
        wrap_up_pause = 0
        hold_pause = 30
        [keys]
        "call.finish" = "f,ctrl+f"
        """,
    )
    settings = read_settings(path)
    assert settings == Settings(
        language="zh",
        database="postgresql://desk@db.example/desk",
        region="DE",
        my_zone="Europe/Berlin",
        login="li.na",
        theme="contrast",
        shop_name="南山店",
        shop_phone="+86 755 0000 0000",
        dial_command=("dial", "{number}"),
        outside_line="0,",
        wrap_up_pause=0,
        hold_pause=30,
        keys={"call.finish": "f,ctrl+f"},
        source=path,
        named=frozenset(re.findall(r"^ +([a-z_]+) = ", path.read_text("utf-8"), re.MULTILINE))
        | {"keys"},
    )


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ('language = "fr"', "language"),
        ("language = 1", "language"),
        ('database = " "', "database"),
        ('region = "CHN"', "region"),
        ('region = "中国"', "region"),
        ('my_zone = "Mars/Olympus"', "my_zone"),
        ('my_zone = ""', "my_zone"),
        ('my_zone = "../../etc/passwd"', "my_zone"),
        ('theme = "pink"', "theme"),
        ('theme = ["dark"]', "theme"),
        ('dial_command = "dial"', "dial_command"),
        ("dial_command = [1]", "dial_command"),
        ('outside_line = "zero"', "outside_line"),
        ("wrap_up_pause = true", "wrap_up_pause"),
        ("wrap_up_pause = -1", "wrap_up_pause"),
        ("wrap_up_pause = 1.5", "wrap_up_pause"),
        ("hold_pause = 86401", "hold_pause"),
        ("keys = []", "keys"),
        ("[keys]\nfinish = 1", "keys"),
    ],
)
def test_a_value_of_the_wrong_kind_names_file_and_entry(
    tmp_path: Path, line: str, key: str
) -> None:
    path = _file(tmp_path, line)
    with pytest.raises(InputError) as caught:
        read_settings(path)
    assert caught.value.code == "settings_unfit"
    assert caught.value.params["key"] == key
    assert caught.value.params["path"] == str(path)


def test_an_unknown_entry_is_refused_with_the_likely_one(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read_settings(_file(tmp_path, 'langauge = "zh"'))
    assert caught.value.code == "settings_unknown_close"
    assert caught.value.params["close"] == "language"
    with pytest.raises(InputError) as caught:
        read_settings(_file(tmp_path, "[colour_of_the_moon]"))
    assert caught.value.code == "settings_unknown"
    assert caught.value.params["key"] == "colour_of_the_moon"


@pytest.mark.parametrize("content", [b"language = ", b"\xff\xfe\x00", b"a = 1\na = 2"])
def test_a_broken_file_is_told(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "settings.toml"
    path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        read_settings(path)
    assert caught.value.code == "settings_broken"


def test_a_named_file_must_exist_and_an_unnamed_need_not(tmp_path: Path) -> None:
    missing = str(tmp_path / "missing.toml")
    with pytest.raises(InputError) as caught:
        load_settings({"CALLBACK_DESK_SETTINGS": missing})
    assert caught.value.code == "settings_missing"
    assert load_settings({}).source is None


def test_the_usual_place_is_read(own_home: Path) -> None:
    path = default_settings_path()
    assert own_home in path.parents
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text('theme = "light"', encoding="utf-8")
    try:
        assert load_settings({}).theme == "light"
    finally:
        path.unlink()


def test_the_database_by_precedence() -> None:
    settings = Settings(database="/data/set.db")
    env = {"CALLBACK_DESK_DATABASE": "/data/env.db"}
    assert database_url(settings, "/data/line.db", environment=env) == "sqlite:////data/line.db"
    assert database_url(settings, environment=env) == "sqlite:////data/env.db"
    assert database_url(settings, environment={}) == "sqlite:////data/set.db"
    assert database_url(Settings(), environment={}) == f"sqlite:///{data_folder() / 'desk.db'}"
    url = "postgresql://desk@db.example/desk"
    assert database_url(settings, url, environment=env) == url


def test_practice_never_touches_the_database_of_the_settings() -> None:
    settings = Settings(database="/data/real.db")
    own = f"sqlite:///{data_folder() / 'practice.db'}"
    assert database_url(settings, practice=True, environment={}) == own
    env = {"CALLBACK_DESK_DATABASE": "/data/env.db"}
    assert database_url(settings, practice=True, environment=env) == "sqlite:////data/env.db"


@pytest.mark.parametrize(
    ("environment", "language", "region"),
    [
        ({"LANG": "zh_CN.UTF-8"}, "zh", "CN"),
        ({"LANG": "zh_TW.UTF-8"}, "zh", "TW"),
        ({"LC_ALL": "en_GB", "LANG": "zh_CN.UTF-8"}, "en", "GB"),
        ({"LC_ALL": "", "LANG": "de_AT@euro"}, "en", "AT"),
        ({"LANG": "C.UTF-8"}, "en", "CN"),
        ({"LANG": "en"}, "en", "CN"),
        ({}, "en", "CN"),
    ],
)
def test_language_and_country_of_a_locale(
    environment: dict[str, str], language: str, region: str
) -> None:
    assert system_language(environment) == language
    assert system_region(environment) == region


def test_the_zone_of_the_machine(tmp_path: Path) -> None:
    link = tmp_path / "localtime"
    link.symlink_to("/usr/share/zoneinfo/Asia/Shanghai")
    assert system_zone({}, link) == "Asia/Shanghai"
    assert system_zone({"TZ": ":Europe/Paris"}, link) == "Europe/Paris"
    assert system_zone({"TZ": "CET-1CEST"}, link) == "Asia/Shanghai"
    assert system_zone({}, tmp_path / "none") == "UTC"


def test_every_entry_is_explained() -> None:
    described = cleandoc(Settings.__doc__ or "")
    assert all(f"\n    {entry.name}: " in described for entry in fields(Settings))
