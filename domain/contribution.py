"""Who brings what: the curve of contribution, and where it is cut."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from domain.money import money_text
from domain.said import Said

_STEPS = 100


@dataclass(frozen=True, slots=True)
class CutRule:
    """Where the curve is cut; all shares in percent.

    Attributes:
        least_customers: fewer are too few to cut.
        key_brings: key customers are the fewest who together bring so much, ...
        key_customers: ... and at most so many of the customers.
        regular_brings: with the regular ones so much is brought.
        poor_of_average: who brings at most so much of the average may be poor, ...
        poor_months: ... when they were here last more than so many months ago.
    """

    least_customers: int
    key_brings: int
    key_customers: int
    regular_brings: int
    poor_of_average: int
    poor_months: int


@dataclass(frozen=True, slots=True)
class Point:
    """The first so many customers, and what they bring together (minor units)."""

    customers: int
    brings: int


@dataclass(frozen=True, slots=True)
class Curve:
    """The contribution of all customers of one currency, the largest first.

    Attributes:
        currency: ISO 4217 code; amounts are its minor units.
        customers: how many customers' contribution is known.
        total: what they bring together.
        points: from nobody to everybody, at most a hundred steps.
        key: how many are key customers, and what they bring; nobody where all bring alike.
        regular: how many are key or regular, and what they bring.
        key_from: the least contribution of a key customer; none where there is none.
        regular_from: the least contribution of a regular one.
    """

    currency: str
    customers: int
    total: int
    points: tuple[Point, ...]
    key: Point
    regular: Point
    key_from: int | None
    regular_from: int | None

    def percent_of_customers(self, point: Point) -> float:
        """The share of the customers up to a point."""
        return point.customers * 100 / self.customers if self.customers else 0.0

    def percent_of_total(self, point: Point) -> float:
        """The share of the whole that is brought up to a point."""
        return point.brings * 100 / self.total if self.total else 0.0

    @property
    def percents(self) -> tuple[tuple[float, float], ...]:
        """The points as shares of the customers and of the whole, in percent."""
        return tuple(
            (self.percent_of_customers(one), self.percent_of_total(one)) for one in self.points
        )

    def said(self) -> Said:
        """How many key customers bring how much, in words."""
        total = money_text(self.total, self.currency)
        if self.key_from is None:
            return Said("tiers.curve.even", {"count": self.customers, "total": total})
        params = {
            "keys": self.key.customers,
            "count": self.customers,
            "customers": f"{self.percent_of_customers(self.key):.1f}",
            "brings": f"{self.percent_of_total(self.key):.1f}",
            "total": total,
            "least": money_text(self.key_from, self.currency),
        }
        return Said("tiers.curve.cut", params)


@dataclass(frozen=True, slots=True)
class TooLittle:
    """Why nothing can be cut: too few customers, or none of them brings anything.

    Attributes:
        currency: ISO 4217 code.
        customers: how many customers' contribution is known.
        needed: how many are needed.
    """

    currency: str
    customers: int
    needed: int

    def said(self) -> Said:
        """Why, in words."""
        if self.customers >= self.needed:
            return Said("tiers.curve.nothing", {"count": self.customers})
        params = {"count": self.customers, "needed": self.needed, "currency": self.currency}
        return Said("tiers.curve.too_few", params)


def curve_of(currency: str, contributions: Iterable[int], rule: CutRule) -> Curve | TooLittle:
    """The curve of contribution with its cuts.

    Customers who bring the same are never parted by a cut: a group that would make the key
    customers too many is left out as a whole.

    Args:
        currency: of all contributions.
        contributions: of each customer, in minor units, none below zero; in any order.
        rule: where to cut.
    """
    ordered = sorted(contributions, reverse=True)
    count, total = len(ordered), sum(ordered)
    if count < rule.least_customers or not total:
        return TooLittle(currency, count, rule.least_customers)
    sums = [0]
    for one in ordered:
        sums.append(sums[-1] + one)
    key = regular = place = 0
    may_be_key = True
    while place < count and ordered[place] > 0:
        after = place
        while after < count and ordered[after] == ordered[place]:
            after += 1
        brought = sums[place] * 100
        may_be_key = (
            may_be_key
            and brought < rule.key_brings * total
            and after * 100 <= rule.key_customers * count
        )
        if may_be_key:
            key = after
        if brought < rule.regular_brings * total:
            regular = after
        place = after
    steps = min(_STEPS, count)
    at = sorted({-(-count * step // steps) for step in range(steps + 1)})
    return Curve(
        currency=currency,
        customers=count,
        total=total,
        points=tuple(Point(one, sums[one]) for one in at),
        key=Point(key, sums[key]),
        regular=Point(regular, sums[regular]),
        key_from=ordered[key - 1] if key else None,
        regular_from=ordered[regular - 1] if regular else None,
    )
