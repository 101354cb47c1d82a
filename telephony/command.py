"""Handing a number to a program that dials, as the settings name it."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from typing import Final

from domain.errors import DeskError

PLACE: Final = "{number}"
QUICK: Final = 3.0
"""Seconds within which a program that can't dial says so; one that still runs is dialling."""

_DIALLABLE: Final = frozenset("+0123456789*#,")


def hand_over(command: Sequence[str], number: str) -> None:
    """Start the program that dials; it is never run by a shell and outlives the desk.

    Args:
        command: program and arguments, `{number}` standing for the number.
        number: what to dial: digits, `+`, `*`, `#` and `,`.

    Raises:
        DeskError: `dial_command_failed` when it can't be started or fails at once,
            `dial_not_a_number` for anything but a number.
    """
    if not number or not set(number) <= _DIALLABLE:
        raise DeskError("dial_not_a_number", number=number)
    arguments = [part.replace(PLACE, number) for part in command]
    try:
        started = subprocess.Popen(  # noqa: S603 - the person's own setting, no shell
            arguments,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise DeskError("dial_command_failed", command=arguments[0], reason=reason) from error
    try:
        code = started.wait(QUICK)
    except subprocess.TimeoutExpired:
        return
    if code:
        raise DeskError("dial_command_failed", command=arguments[0], reason=f"exit {code}")
