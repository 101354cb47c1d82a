"""A number as a telephone wants it: to be dialled, or as a link."""

from __future__ import annotations


def dial_string(e164: str, extension: str = "", outside_line: str = "") -> str:
    """The digits to dial, the outside line before the number and the extension behind a pause.

    Args:
        e164: the number with its plus sign.
        extension: digits to dial once somebody answers; empty for none.
        outside_line: digits that get an outside line; empty for none.
    """
    number = f"{outside_line}{e164}"
    return f"{number},{extension}" if extension else number


def tel_link(e164: str, extension: str = "") -> str:
    """The number as a `tel:` link (RFC 3966)."""
    return f"tel:{e164};ext={extension}" if extension else f"tel:{e164}"
