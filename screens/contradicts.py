"""Asks whether something is to be said that goes against what an earlier call told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content

from domain.contradiction import Contradiction, WishWord
from domain.said import Said
from screens.boxed import Boxed
from screens.wish_lines import who_said
from widgets.safe_text import safe


class Contradicts(Boxed[bool]):
    """Names the earlier words, with the call and who said them; gives back whether to go on.

    Args:
        found: what the new word goes against, the gravest first.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("1,y", "go_on", show=False),
        Binding("2,n", "leave", show=False),
    ]

    def __init__(self, found: Sequence[tuple[Contradiction, WishWord]]) -> None:
        super().__init__()
        self._found = tuple(found)

    def heading(self) -> str:
        """That it was told otherwise."""
        return self.t("expectation.against")

    def text(self) -> Content:
        """What was told, by whom and when; then the two ways."""
        lines = [safe(self.spoken(against(kind, word)), lines=True) for kind, word in self._found]
        words = (self.t("expectation.say_it"), self.t("expectation.leave_it"))
        ways = [
            Content.assemble((f"{digit}  ", "bold $text-accent"), safe(way))
            for digit, way in enumerate(words, 1)
        ]
        return Content("\n").join([*lines, Content(""), *ways])

    def action_go_on(self) -> None:
        """Say it all the same."""
        self.dismiss(result=True)


def against(kind: Contradiction, word: WishWord) -> Said:
    """The sentence that says what was told before, naming the call."""
    return Said(
        f"expectation.against.{kind}",
        {
            "at": word.at,
            "who": who_said(word),
            "offer": word.offer or "",
            "reason": word.reason or "",
            "by": word.answer_by or word.at,
        },
    )
