"""`callback-desk keys`: the page of keys, as they hold on this machine."""

from __future__ import annotations

from app.cli.frame import Answer, Frame, desk_command


@desk_command("keys")
def keys(frame: Frame) -> Answer:
    """Print every action with its keys, as Markdown or JSON."""
    from screens.actions import Registry  # noqa: PLC0415 - the help page needs no screen library
    from screens.key_page import key_page  # noqa: PLC0415

    registry = Registry()
    if frame.settings.keys:
        registry = registry.remapped(frame.settings.keys, str(frame.settings.source))
    data = {
        "keys": [
            {
                "id": action.id,
                "keys": list(action.keys),
                "name": frame.say(action.label_key),
                "tip": frame.say(action.tip_key),
                "danger": action.danger,
            }
            for action in registry.actions
        ]
    }
    return Answer(data, key_page(frame.language, registry).splitlines())
