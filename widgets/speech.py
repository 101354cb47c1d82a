"""How a widget speaks the language of the person before it."""

from __future__ import annotations

from typing import Protocol, cast, runtime_checkable

from textual.dom import DOMNode

from content.translations import Language, say, translate
from domain.said import Said


class SpeakingApp(Protocol):
    """What widgets need to know of the app."""

    language: Language


@runtime_checkable
class Relabels(Protocol):
    """A part of the screen that holds sentences and can say them anew in another language."""

    def relabel(self) -> None:
        """Say everything again in the app's present language."""


def language_of(node: DOMNode) -> Language:
    """The language in which a node of the screen speaks."""
    return cast("SpeakingApp", node.app).language


def words(node: DOMNode, key: str, /, **params: object) -> str:
    """The sentence of a catalogue key in the language of the person before the screen."""
    return translate(language_of(node), key, **params)


def spoken(node: DOMNode, said: Said) -> str:
    """A rule's sentence in the language of the person before the screen."""
    return say(language_of(node), said)
