"""How a call screen was left, and what the desk does next."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal
from uuid import NAMESPACE_OID, uuid5

from domain.said import Said

if TYPE_CHECKING:
    from db.calls import OpenCall


@dataclass(frozen=True, slots=True)
class LastDecision:
    """The outcome that `undo` takes back.

    Attributes:
        uuid: names the decision.
        name: of the customer.
    """

    uuid: str
    name: str

    @property
    def undo_uuid(self) -> str:
        """Names the undo: the same however often it is asked for, until somebody hears of it."""
        return uuid5(NAMESPACE_OID, self.uuid).hex


@dataclass(frozen=True, slots=True)
class Notice:
    """A text for the customer that announces the next call: people don't answer unknown numbers.

    Attributes:
        name: of the customer.
        text: to be copied and sent as a message.
    """

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class CallLeft:
    """What a call screen hands to the desk when it closes.

    Attributes:
        go_on: whether the next customer comes now, after the pause for a breath, or not.
        said: what became of the call.
        call: another call to show instead: one that was undone, or a customer who rang.
        resume: whether a call that was put aside is taken up again first.
    """

    go_on: Literal["now", "soon", "no"] = "no"
    said: Said = field(default_factory=lambda: Said("ui.nothing"))
    call: OpenCall | None = None
    resume: bool = False
