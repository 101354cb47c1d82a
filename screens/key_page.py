"""The page of all keys, made from the registry."""

from __future__ import annotations

from collections.abc import Iterator

from content.translations import Language, translate
from screens.actions import Registry


def key_page(language: Language, registry: Registry | None = None) -> str:
    """The keys of every screen as Markdown: key, what it does, the name to remap it by.

    Args:
        language: the language of the page.
        registry: the keys that hold; the shipped ones if left out.
    """
    return "\n".join(_lines(language, registry or Registry())) + "\n"


def _lines(language: Language, registry: Registry) -> Iterator[str]:
    def say(key: str) -> str:
        return translate(language, key)

    yield f"# {say('keys.page.title')}"
    yield ""
    yield say("keys.page.intro")
    for scope in dict.fromkeys(action.scope for action in registry.actions):
        yield ""
        yield f"## {say(f'keys.scope.{scope}')}"
        yield ""
        yield f"| {say('keys.page.key')} | {say('keys.page.what')} | {say('keys.page.name')} |"
        yield "|---|---|---|"
        for action in registry.of(scope):
            keys = " ".join(f"`{key}`" for key in action.shown_keys())
            danger = "**!** " if action.danger else ""
            words = f"{danger}**{say(action.label_key)}**: {say(action.tip_key)}"
            yield f"| {keys} | {words} | `{action.id}` |"
