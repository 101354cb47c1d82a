"""Lines of advice as plain JSON values and back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from domain.errors import InputError
from domain.library import Advice
from domain.playbook_codec import FORM


def encode_advice(lines: Iterable[Advice]) -> dict[str, Any]:
    """The lines of one file as plain JSON values."""
    return {"form": FORM, "advice": [asdict(line) for line in lines]}


def decode_advice(data: Mapping[str, Any]) -> tuple[Advice, ...]:
    """The lines of `encode_advice`.

    Raises:
        InputError: `script_form_unknown` for another form or anything else than lines of advice.
    """
    try:
        if data["form"] != FORM:
            raise InputError("script_form_unknown", form=str(data["form"]))
        return tuple(
            Advice(id=str(line["id"]), group=str(line["group"]), text=str(line["text"]))
            for line in data["advice"]
        )
    except (KeyError, TypeError) as error:
        raise InputError("script_form_unknown", form="?") from error
