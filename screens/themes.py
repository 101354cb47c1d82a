"""The colours of the desk: dark, light and high contrast.

Colours never speak alone: every one is paired with a word or a sign.
"""

from __future__ import annotations

from typing import Final

from textual.theme import Theme

PREFIX: Final = "desk-"

THEMES: Final[tuple[Theme, ...]] = (
    Theme(
        name="desk-dark",
        primary="#5b9bd5",
        secondary="#7f8fa6",
        accent="#e5b567",
        warning="#e5b567",
        error="#e06c75",
        success="#7fbf7f",
        foreground="#d7dae0",
        background="#16181d",
        surface="#1c1f26",
        panel="#262a33",
        variables={
            "block-cursor-background": "#5b9bd5",
            "block-cursor-foreground": "#0d0f12",
            "block-cursor-blurred-background": "#2f3542",
            "border": "#5b9bd5",
            "border-blurred": "#3a404d",
            "muted": "#8d95a3",
        },
    ),
    Theme(
        name="desk-light",
        primary="#1f5fa8",
        secondary="#5a6472",
        accent="#8a5a00",
        warning="#8a5a00",
        error="#b3261e",
        success="#1f6f3f",
        foreground="#1b1e24",
        background="#fafafa",
        surface="#f2f3f5",
        panel="#e4e7eb",
        dark=False,
        variables={
            "block-cursor-background": "#1f5fa8",
            "block-cursor-foreground": "#ffffff",
            "block-cursor-blurred-background": "#d3dbe6",
            "border": "#1f5fa8",
            "border-blurred": "#b4bcc8",
            "muted": "#5f6873",
        },
    ),
    Theme(
        name="desk-contrast",
        primary="#00d7ff",
        secondary="#ffffff",
        accent="#ffff00",
        warning="#ffff00",
        error="#ff5f5f",
        success="#5fff5f",
        foreground="#ffffff",
        background="#000000",
        surface="#000000",
        panel="#1c1c1c",
        text_alpha=1.0,
        variables={
            "block-cursor-background": "#ffff00",
            "block-cursor-foreground": "#000000",
            "block-cursor-blurred-background": "#444444",
            "border": "#00d7ff",
            "border-blurred": "#bcbcbc",
            "muted": "#d0d0d0",
        },
    ),
)

OWN: Final = {made.name: made for made in THEMES}
"""The themes by their names."""


def theme_name(setting: str) -> str:
    """The theme of a setting (`dark`, `light`, `contrast`)."""
    return f"{PREFIX}{setting}"
