"""Showing a phone number without giving it away."""

from __future__ import annotations


def mask(e164: str) -> str:
    """A number with its middle hidden, such as `+86138****8000`."""
    hidden = max(4, len(e164) - 10)
    return e164[: -4 - hidden] + "*" * hidden + e164[-4:]
