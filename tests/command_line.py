"""Commands as the tests run them, and what a program reads of their answers."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from click.testing import Result

Run = Callable[..., Result]
"""Runs a command with the words given; each suite adds what its commands need."""


def plain(result: Result, code: int = 0) -> Any:
    """What a command printed for a program: one line of JSON."""
    assert result.exit_code == code, result.output
    (line,) = result.stdout.splitlines()
    return json.loads(line)
