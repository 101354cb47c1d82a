"""Why we ring, in words that fit into the script."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

from content.toml_file import FOLDER, read_toml
from content.translations import Language
from domain.bilingual import Bilingual
from domain.errors import InputError
from domain.said import Said

FILE: Final = FOLDER / "reasons.toml"


def load_reasons(path: Path) -> Mapping[str, Bilingual]:
    """The phrases of a file, by the code of the campaign.

    Raises:
        InputError: `content_bad`, naming the entry.
    """
    reasons = {}
    for code, entry in read_toml(path).items():
        texts = entry if isinstance(entry, dict) else {}
        zh, en = texts.get("zh"), texts.get("en")
        if not isinstance(zh, str) or not isinstance(en, str) or len(texts) != 2:
            where = f"{path.name} [{code}]"
            raise InputError("content_bad", where=where, problem=Said("script.reasons.bad"))
        reasons[code] = Bilingual(zh, en)
    return reasons


def reason_of(campaign: str, language: Language) -> str:
    """The phrase for a campaign; empty where none is written: the script then says none."""
    reason = _shipped().get(campaign)
    return reason.of(language) if reason else ""


@cache
def _shipped() -> Mapping[str, Bilingual]:
    return load_reasons(FILE)
