"""What chances brought in: by month, campaign and kind, with the share that was won."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from domain.bilingual import Bilingual
from domain.said import Said
from domain.scoring import Figure, wilson


@dataclass(frozen=True, slots=True)
class Heard:
    """A chance as the report reads it.

    Attributes:
        at: when it was heard (UTC).
        campaign: code of the campaign of its call; "" where no call is known.
        name: what people read of that campaign.
        kind: what was heard.
        state: open, won or lost.
        value: what it was thought to bring, in hundredths of `currency`'s unit; none if unknown.
        currency: ISO 4217 code.
        brought: what it brought in, once won, in hundredths of `brought_currency`'s unit.
        brought_currency: ISO 4217 code.
    """

    at: datetime
    campaign: str
    name: Bilingual
    kind: str
    state: str
    value: int | None = None
    currency: str | None = None
    brought: int | None = None
    brought_currency: str | None = None


@dataclass(frozen=True, slots=True)
class ReportLine:
    """The chances of a month, campaign and kind; sums by currency, in order of its code.

    Attributes:
        month: `2026-11`, on the report's clock; "" for all of them.
        campaign: code of the campaign.
        name: what people read of it.
        kind: what was heard; "" for all kinds.
        heard: how many.
        open: how many of them wait.
        won: how many were won.
        lost: how many were lost.
        expected: what those that wait are thought to bring.
        brought: what those that were won brought in.
    """

    month: str
    campaign: str
    name: Bilingual
    kind: str
    heard: int = 0
    open: int = 0
    won: int = 0
    lost: int = 0
    expected: tuple[tuple[str, int], ...] = ()
    brought: tuple[tuple[str, int], ...] = ()

    @property
    def share(self) -> Figure:
        """The share won of those that are settled, in percent, with its 95 % interval."""
        n = self.won + self.lost
        if not n:
            return Figure("chances_won", None, 0, None)
        around = wilson(self.won, n)
        interval = replace(around, low=100 * around.low, high=100 * around.high)
        return Figure("chances_won", 100 * self.won / n, n, interval)

    @property
    def said(self) -> Said:
        """The share in words, with its interval and on how many it rests."""
        share = self.share
        if share.value is None or share.interval is None:
            return Said("chances.report.no_share")
        given = {
            "share": f"{share.value:.0f}",
            "low": f"{share.interval.low:.0f}",
            "high": f"{share.interval.high:.0f}",
            "note": share.note,
        }
        return Said("chances.report.share", given)


def report_of(heard: Iterable[Heard], zone: str) -> tuple[ReportLine, ...]:
    """The lines of a report, the latest month first, then by campaign and kind.

    Args:
        heard: all chances of the time in question.
        zone: the clock by which months begin (IANA name).
    """
    where = ZoneInfo(zone)
    lines: dict[tuple[str, str, str], ReportLine] = {}
    for one in heard:
        month = f"{one.at.astimezone(where):%Y-%m}"
        key = (month, one.campaign, one.kind)
        line = lines.get(key) or ReportLine(month, one.campaign, one.name, one.kind)
        lines[key] = _counted(line, one)
    ordered = sorted(lines, key=lambda key: key[1:])
    ordered.sort(key=lambda key: key[0], reverse=True)
    return tuple(lines[key] for key in ordered)


def total_of(heard: Iterable[Heard]) -> ReportLine:
    """All chances together."""
    line = ReportLine("", "", Bilingual("", ""), "")
    for one in heard:
        line = _counted(line, one)
    return line


def _counted(line: ReportLine, one: Heard) -> ReportLine:
    waits, won = one.state == "open", one.state == "won"
    expected = _added(line.expected, one.value, one.currency) if waits else line.expected
    brought = _added(line.brought, one.brought, one.brought_currency) if won else line.brought
    return replace(
        line,
        heard=line.heard + 1,
        open=line.open + waits,
        won=line.won + won,
        lost=line.lost + (one.state == "lost"),
        expected=expected,
        brought=brought,
    )


def _added(
    sums: tuple[tuple[str, int], ...], value: int | None, currency: str | None
) -> tuple[tuple[str, int], ...]:
    if value is None or currency is None:
        return sums
    found = dict(sums)
    found[currency] = found.get(currency, 0) + value
    return tuple(sorted(found.items()))
