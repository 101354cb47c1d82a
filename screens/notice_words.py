"""What an operator reads of a message: own words of a lead, or what was done, and why."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from content.translations import Language, translate
from domain.bilingual import Bilingual
from domain.said import Said
from screens.times import localised

if TYPE_CHECKING:
    from db.seat_messages import SeatMessage

WHY: Final = "why"
"""The parameter that holds a reason in the words of whoever did it."""
_INSTANTS: Final = ("at", "until")


def message_text(language: Language, message: SeatMessage, zone: str, now: datetime) -> str:
    """A message in one sentence or two, with who and why.

    Args:
        language: the language to speak.
        message: as the database gave it.
        zone: IANA name of the reader's clock.
        now: the present instant (UTC).
    """
    sender: object = message.sender or Said("notice.desk")
    if message.key is None:
        return translate(language, "notice.words", sender=sender, text=message.text or "")
    given = localised(language, _instants(message.params), zone, now)
    known = {"customer": Said("notice.somebody"), **given, "sender": sender}
    try:
        said = translate(language, message.key, **known)
    except KeyError:
        # A newer program does deeds that this one has no words for.
        return translate(language, "notice.unknown", sender=sender, key=message.key)
    why = str(message.params.get(WHY) or "").strip()
    return translate(language, "notice.because", said=said, why=why) if why else said


def _instants(params: Mapping[str, Any]) -> dict[str, object]:
    return {name: _read(name, value) for name, value in params.items()}


def _read(name: str, value: Any) -> object:
    """A parameter as the words take it: an instant, a name in both languages, or a plain value."""
    if isinstance(value, str) and name.rsplit("_", maxsplit=1)[-1] in _INSTANTS:
        return datetime.fromisoformat(value)
    if isinstance(value, Mapping) and {"zh", "en"} <= value.keys():
        return Bilingual(str(value["zh"]), str(value["en"]))
    return value
