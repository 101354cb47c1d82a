"""The curve of contribution drawn with letters, for a pane and for a command's answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

_LEFT: Final = 4
"""Cells of the scale at the left."""
_CURVE, _EVEN, _CUT = "*", ".", "|"


def plot_lines(
    points: Sequence[tuple[float, float]], cut: float | None, width: int, height: int
) -> list[str]:
    """The curve as lines of plain letters: `*` the curve, `.` if all brought alike, `|` the cut.

    Args:
        points: share of the customers and of the whole, both in percent, from 0 to 100, rising.
        cut: the share of the customers at which the key customers end; none to draw no cut.
        width: cells of a line, the scale included.
        height: lines, the scale included.
    """
    across, up = max(8, width - _LEFT - 1), max(3, height - 2)
    lines = [[" "] * across for _ in range(up)]
    for column in range(across):
        share = column * 100 / (across - 1)
        for sign, value in ((_EVEN, share), (_CURVE, _at(points, share))):
            lines[up - 1 - round(value * (up - 1) / 100)][column] = sign
    if cut is not None:
        column = round(cut * (across - 1) / 100)
        for line in lines:
            if line[column] != _CURVE:
                line[column] = _CUT
    scale = {0: "100%", up - 1: "0%"}
    drawn = [f"{scale.get(place, ''):>{_LEFT}}|{''.join(line)}" for place, line in enumerate(lines)]
    foot = [" "] * across
    for share in (0, 100) if cut is None else (0, cut, 100):
        text = f"{share:.0f}%"
        start = min(max(0, round(share * (across - 1) / 100)), across - len(text))
        foot[start : start + len(text)] = text
    rule = " " * _LEFT + "+" + "-" * across
    return [line.rstrip() for line in (*drawn, rule, " " * (_LEFT + 1) + "".join(foot))]


def _at(points: Sequence[tuple[float, float]], share: float) -> float:
    """The value of the curve at a share of the customers, along the line between two points."""
    before = points[0]
    for point in points:
        if point[0] >= share:
            if point[0] == before[0]:
                return point[1]
            part = (share - before[0]) / (point[0] - before[0])
            return before[1] + part * (point[1] - before[1])
        before = point
    return points[-1][1]
