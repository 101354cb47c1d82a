"""To whom a lead gives work: people by digit, a team, or the pool."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from textual.binding import Binding, BindingType
from textual.content import Content

from domain.said import Said
from screens.boxed import Boxed
from screens.finder import Finder
from widgets.list_rows import Cell, Column, Row
from widgets.safe_text import clean, safe

if TYPE_CHECKING:
    from db.lead_people import Colleague

_DIGITS: Final = 9
_SIGNS: Final = {
    "ready": "●", "dialling": "●", "talking": "●", "wrap_up": "○", "paused": "–", None: " ",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Target:
    """Who gets it.

    Attributes:
        people: operators; nobody means the pool.
        team: the name of their team, where a team was named.
        name: how it is called; empty for the pool.
    """

    people: tuple[int, ...] = ()
    team: str | None = None
    name: str = ""


def targets_of(colleagues: Sequence[Colleague], *, teams: bool) -> tuple[Target, ...]:
    """Everybody, those at a seat first, then the teams; each time by name.

    In a team those at a seat get it, all of its members where nobody is.
    """
    here = [one for one in colleagues if one.state is not None]
    away = [one for one in colleagues if one.state is None]
    found = [Target((one.id,), None, one.name) for one in (*here, *away)]
    if teams:
        for team in sorted({one.team for one in colleagues if one.team}):
            members = tuple(one.id for one in here if one.team == team) or tuple(
                one.id for one in away if one.team == team
            )
            found.append(Target(members, team, team))
    return tuple(found)


class TargetChoice(Boxed[Target]):
    """People and teams, each with a digit; `0` is the pool, `/` finds among all.

    Args:
        heading: what is asked.
        colleagues: everybody who works here.
        pool: whether the pool may be chosen.
        teams: whether teams may be chosen.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(str(digit), f"take({digit})", show=False) for digit in range(10)),
        Binding("slash,f,ctrl+f", "find", show=False),
    ]

    def __init__(
        self,
        heading: Said,
        colleagues: Sequence[Colleague],
        *,
        pool: bool = True,
        teams: bool = True,
    ) -> None:
        super().__init__()
        self._heading = heading
        self._colleagues = {one.id: one for one in colleagues}
        self._targets = targets_of(colleagues, teams=teams)
        self._pool = pool

    def heading(self) -> str:
        """What is asked."""
        return self.spoken(self._heading)

    def text(self) -> Content:
        """The first of them with their digits."""
        lines = [
            Content.assemble((f"{digit}  ", "bold $text-accent"), clean(self.told(target)))
            for digit, target in enumerate(self._targets[:_DIGITS], 1)
        ]
        if self._pool:
            pool = Content.assemble(("0  ", "bold $text-accent"), self.t("lead.target.pool"))
            lines.append(pool)
        if len(self._targets) > _DIGITS:
            lines.append(safe(self.t("lead.target.more", n=len(self._targets) - _DIGITS)))
        return Content("\n").join(lines)

    def keys(self) -> str:
        """How to choose."""
        return self.t("lead.target.keys")

    def told(self, target: Target) -> str:
        """A target in a line: who, what they do, how much waits for them."""
        if target.team is not None:
            return self.t("lead.target.team", team=target.team, n=len(target.people))
        one = self._colleagues[target.people[0]]
        doing = Said(f"lead.state.{one.state or 'away'}")
        sign = _SIGNS.get(one.state, "○")
        return self.t("lead.target.one", sign=sign, name=one.name, state=doing, n=one.waiting)

    def beside(self, digit: int) -> Target | None:
        """What stands beside a digit; none for nothing."""
        if digit == 0:
            return Target() if self._pool else None
        return self._targets[digit - 1] if digit <= len(self._targets[:_DIGITS]) else None

    def action_take(self, digit: int) -> None:
        """Take what stands beside a digit."""
        target = self.beside(digit)
        if target is not None:
            self.dismiss(target)

    def action_find(self) -> None:
        """Find among all of them by a few letters."""
        rows = [(target, self.told(target)) for target in self._targets]

        def found(place: int | None) -> None:
            if place is not None:
                self.dismiss(self._targets[place])

        self.app.push_screen(TargetFinder(self._heading, rows), found)


class TargetFinder(Finder[int]):
    """Finds somebody by a few letters of their line.

    Args:
        heading: what is asked.
        lines: what is chosen from, each as it is told.
    """

    def __init__(self, heading: Said, lines: Sequence[tuple[Target, str]]) -> None:
        super().__init__()
        self._heading = heading
        self._lines = [told for _, told in lines]

    def heading(self) -> str:
        """What is looked for."""
        return self.spoken(self._heading)

    def columns(self) -> Sequence[Column]:
        """One column."""
        return (Column("", 20, stretch=1),)

    def look_for(self, text: str) -> None:
        """Those whose line holds the letters."""
        wanted = text.strip().casefold()
        rows = [
            Row(place, (Cell(told),))
            for place, told in enumerate(self._lines)
            if wanted in told.casefold()
        ]
        self.show_found(rows, self.t("lead.target.none"))

    def take(self, row_id: int) -> None:
        """Give its place back."""
        self.dismiss(row_id)
