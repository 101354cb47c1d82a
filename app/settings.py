"""The settings file: one TOML file a person, read strictly, every entry with a default."""

from __future__ import annotations

import difflib
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from content.translations import LANGUAGES, Language, as_language
from domain.errors import InputError
from domain.said import Said

SETTINGS_VARIABLE: Final = "CALLBACK_DESK_SETTINGS"
DATABASE_VARIABLE: Final = "CALLBACK_DESK_DATABASE"
THEMES: Final = ("dark", "light", "contrast")
HOUSE_REGION: Final = "CN"

_Reader = Callable[[object], object]


class _UnfitError(ValueError):
    """A value of the wrong kind; its text is the catalogue key of what would fit."""


def _text(value: object) -> str:
    if isinstance(value, str) and value.strip():
        return value.strip()
    raise _UnfitError("settings.expect.text")


def _texts(value: object) -> tuple[str, ...]:
    if isinstance(value, list) and value and all(isinstance(part, str) and part for part in value):
        return tuple(value)
    raise _UnfitError("settings.expect.texts")


def _language(value: object) -> Language:
    if value in LANGUAGES:
        return value
    raise _UnfitError("settings.expect.language")


def _region(value: object) -> str:
    if isinstance(value, str) and len(value) == 2 and value.isascii() and value.isalpha():
        return value.upper()
    raise _UnfitError("settings.expect.region")


def _zone(value: object) -> str:
    if isinstance(value, str) and _is_zone(value):
        return value
    raise _UnfitError("settings.expect.zone")


def _theme(value: object) -> str:
    if value in THEMES:
        return value
    raise _UnfitError("settings.expect.theme")


def _digits(value: object) -> str:
    if isinstance(value, str) and value and set(value) <= set("0123456789*#,"):
        return value
    raise _UnfitError("settings.expect.digits")


def _count(value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 86_400:
        return value
    raise _UnfitError("settings.expect.count")


def _flag(value: object) -> bool:
    if isinstance(value, bool):
        return value
    raise _UnfitError("settings.expect.flag")


def _keys(value: object) -> Mapping[str, str]:
    if isinstance(value, dict) and all(isinstance(keys, str) and keys for keys in value.values()):
        return value
    raise _UnfitError("settings.expect.keys")


def system_language(environment: Mapping[str, str] = os.environ) -> Language:
    """The language of the terminal's locale; English where the locale says nothing we speak."""
    return as_language(_locale(environment)) or "en"


def system_region(environment: Mapping[str, str] = os.environ) -> str:
    """The country (ISO 3166, two letters) of the terminal's locale; `CN` where it names none."""
    territory = _locale(environment).partition("_")[2][:2]
    return territory if territory.isalpha() and len(territory) == 2 else HOUSE_REGION


def system_zone(
    environment: Mapping[str, str] = os.environ, localtime: Path = Path("/etc/localtime")
) -> str:
    """The IANA zone of this machine's clock; `UTC` where the machine names none."""
    named = environment.get("TZ", "").removeprefix(":")
    linked = str(localtime.resolve()).partition("/zoneinfo/")[2].removeprefix("posix/")
    return next((zone for zone in (named, linked) if _is_zone(zone)), "UTC")


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, ZoneInfoNotFoundError):
        return False
    return bool(name)


def _locale(environment: Mapping[str, str]) -> str:
    names = ("LC_ALL", "LC_MESSAGES", "LANG")
    return next((value for name in names if (value := environment.get(name))), "")


@dataclass(frozen=True, slots=True)
class Settings:
    """What a person set for this machine; instants of rules are not here but in the database.

    Attributes:
        language: the language of screens and answers; unset: the locale's, else English.
        database: a file path or a database URL; unset: `desk.db` in the data folder.
        region: ISO country of numbers written without one; unset: the locale's, else `CN`.
        my_zone: IANA zone of the operator's own clock; unset: the machine's.
        login: who sits at this desk; unset: the login name of the system's account.
        theme: `dark`, `light` or `contrast`.
        shop_name: the name that scripts say for the shop; empty where none was set.
        shop_phone: the number that scripts give for ringing back; empty where none was set.
        dial_command: program and arguments that dial, `{number}` standing for the E.164 number;
            empty: the number is only shown, copied and linked.
        dial_over_ssh: whether the server runs that program for people who came by SSH, too; their
            telephones are on their side, so that it makes sense only for one that a switchboard
            rings.
        outside_line: digits dialled before a number to get an outside line.
        wrap_up_pause: seconds between a finished call and the next customer.
        hold_pause: minutes for which a finished call still keeps its person and numbers from
            other operators.
        paper_folder: where sheets to print are saved; unset: `callback-desk` among the documents.
        keys: new keys by action id (`call.finish = "f"`), several parted by commas.
        source: the file that was read; none where there is none.
        named: the entries that the file gives.
    """

    language: Language | None = field(default=None, metadata={"read": _language})
    database: str | None = field(default=None, metadata={"read": _text})
    region: str = field(default_factory=system_region, metadata={"read": _region})
    my_zone: str = field(default_factory=system_zone, metadata={"read": _zone})
    login: str | None = field(default=None, metadata={"read": _text})
    theme: str = field(default="dark", metadata={"read": _theme})
    shop_name: str = field(default="", metadata={"read": _text})
    shop_phone: str = field(default="", metadata={"read": _text})
    dial_command: tuple[str, ...] = field(default=(), metadata={"read": _texts})
    dial_over_ssh: bool = field(default=False, metadata={"read": _flag})
    outside_line: str = field(default="", metadata={"read": _digits})
    wrap_up_pause: int = field(default=10, metadata={"read": _count})
    hold_pause: int = field(default=2, metadata={"read": _count})
    paper_folder: str | None = field(default=None, metadata={"read": _text})
    keys: Mapping[str, str] = field(default_factory=dict, metadata={"read": _keys})
    source: Path | None = None
    named: frozenset[str] = frozenset()


_READERS: Final[Mapping[str, _Reader]] = {
    entry.name: entry.metadata["read"] for entry in fields(Settings) if "read" in entry.metadata
}


def load_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings of this machine: the file if there is one, else the defaults.

    Raises:
        InputError: `settings_missing` when the environment names a file that isn't there,
            and whatever `read_settings` raises.
    """
    named = environment.get(SETTINGS_VARIABLE)
    path = Path(named) if named else default_settings_path()
    if path.is_file():
        return read_settings(path)
    if named:
        raise InputError("settings_missing", path=str(path))
    return Settings()


def read_settings(path: Path) -> Settings:
    """The settings of a file.

    Raises:
        InputError: `settings_unreadable`, `settings_broken` (not TOML), `settings_unknown`
            (an entry that doesn't exist) or `settings_unfit` (a value of the wrong kind),
            each naming the file and the entry.
    """
    import tomllib  # noqa: PLC0415 - most people have no such file

    try:
        entries = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise InputError("settings_unreadable", path=str(path), reason=reason) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError("settings_broken", path=str(path), reason=str(error)) from error
    values: dict[str, object] = {}
    for name, value in entries.items():
        reader = _READERS.get(name)
        if reader is None:
            raise _unknown(path, name)
        try:
            values[name] = reader(value)
        except _UnfitError as error:
            expected = Said(str(error))
            raise InputError(
                "settings_unfit", path=str(path), key=name, value=str(value), expected=expected
            ) from error
    return Settings(**values, source=path, named=frozenset(values))  # type: ignore[arg-type]  # each reader gives its type


def _unknown(path: Path, name: str) -> InputError:
    close = difflib.get_close_matches(name, _READERS, n=1)
    if close:
        return InputError("settings_unknown_close", path=str(path), key=name, close=close[0])
    known = ", ".join(sorted(_READERS))
    return InputError("settings_unknown", path=str(path), key=name, known=known)


def default_settings_path() -> Path:
    """Where the settings file lies on this platform, whether or not it exists."""
    from platformdirs import user_config_path  # noqa: PLC0415 - a named file needs no platform

    return user_config_path("callback-desk", appauthor=False) / "settings.toml"


def data_folder() -> Path:
    """The folder of the embedded databases on this platform, whether or not it exists."""
    from platformdirs import user_data_path  # noqa: PLC0415 - a URL needs no platform

    return user_data_path("callback-desk", appauthor=False)


def paper_folder(settings: Settings) -> Path:
    """Where sheets to print are saved, whether or not it exists."""
    if settings.paper_folder:
        return Path(settings.paper_folder).expanduser()
    from platformdirs import user_documents_path  # noqa: PLC0415 - few people print

    return user_documents_path() / "callback-desk"


def database_url(
    settings: Settings,
    chosen: str | None = None,
    *,
    practice: bool = False,
    environment: Mapping[str, str] = os.environ,
) -> str:
    """The database to open, as a URL.

    In order: the one named on the command line, the environment's, the settings', and
    `desk.db` in the data folder. Practice never takes the settings' own database: where neither
    command line nor environment names one, it is `practice.db` in the data folder.

    Args:
        settings: the settings of this machine.
        chosen: what the command line named: a URL or the path of a SQLite file.
        practice: whether the practice database is wanted.
        environment: the process's environment.
    """
    named = chosen or environment.get(DATABASE_VARIABLE)
    if not named and not practice:
        named = settings.database
    if not named:
        named = str(data_folder() / ("practice.db" if practice else "desk.db"))
    return named if "://" in named else f"sqlite:///{Path(named).expanduser().absolute()}"
