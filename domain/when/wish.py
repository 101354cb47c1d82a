"""The pieces of one spoken time, put together and checked against each other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from typing import TypeVar

from domain.said import Said
from domain.when.lexer import Lexeme, UnreadError
from domain.when.pieces import (
    Bound,
    Clock,
    Day,
    Dotted,
    Figures,
    Half,
    HalfDay,
    InPart,
    Nothing,
    Nudge,
    Number,
    Offset,
    Part,
    Piece,
    Place,
    SameTime,
    Shift,
    Soon,
    To,
    Week,
    Weekday,
)

_T = TypeVar("_T")
_NAMES_A_DAY = (Day, Figures, Shift, Weekday, Week)


class ContradictionError(Exception):
    """Two pieces of the text can't both hold.

    Args:
        one: words or a sentence for the first.
        other: words or a sentence for the second.
    """

    def __init__(self, one: str | Said, other: str | Said) -> None:
        self.one, self.other = one, other
        super().__init__(one, other)


@dataclass(frozen=True, slots=True)
class Wish:
    """What was asked for, each part at most once.

    Attributes:
        clock_text: the words of the clock, to echo an assumption about it.
        until: the end of a span of time that `clock` begins.
    """

    shift: Shift | None = None
    weekday: Weekday | None = None
    week: Week | None = None
    day: Day | None = None
    figures: Figures | None = None
    nudge: Nudge | None = None
    offset: Offset | None = None
    clock: Clock | None = None
    clock_text: str = ""
    until: Clock | None = None
    part: InPart | None = None
    place: Place | None = None
    bound: Bound | None = None
    soon: Soon | None = None
    same_time: SameTime | None = None

    @property
    def dated_in_figures(self) -> bool:
        """Whether year, month and day were all written in figures."""
        if self.figures is not None:
            return len(self.figures.numbers) == 3 or self.day is not None
        return self.day is not None and self.day.written

    @property
    def names_day(self) -> bool:
        """Whether a day was named in any way."""
        return any((self.shift, self.weekday, self.week, self.day, self.figures)) or bool(
            self.offset and (self.offset.days or self.offset.months or self.offset.workdays)
        )

    @property
    def names_time(self) -> bool:
        """Whether a time of day was named in any way."""
        return any((self.clock, self.part, self.same_time))


def wish_of(found: Sequence[Lexeme], this_year: int) -> Wish:
    """The wish that pieces make together.

    Args:
        found: the pieces in the order in which they were said.
        this_year: decides whether a bare 2027 is a year or 20:27.

    Raises:
        UnreadError: a piece fits nowhere.
        ContradictionError: two pieces can't both hold.
    """
    pieces = _numbers_settled(list(found), this_year)
    pieces, clock, until = _clock_of(pieces)
    rest = [_without_span(entry) for entry in pieces]
    day, day_text = _merged_day(rest)
    one = _One(rest)
    bound = _bound(rest, span=until is not None)
    exact = clock is not None or bound is not None
    if day is not None and one.of(Figures) is None and not _is_day(day, exact=exact):
        raise UnreadError(day_text)
    return Wish(
        shift=one.of(Shift),
        weekday=one.of(Weekday),
        week=one.of(Week),
        day=day,
        figures=one.of(Figures),
        nudge=one.of(Nudge),
        offset=one.of(Offset),
        clock=clock.clock if clock else None,
        clock_text=clock.text if clock else "",
        until=until,
        part=one.of(InPart),
        place=one.of(Place),
        bound=bound,
        soon=one.of(Soon),
        same_time=one.of(SameTime),
    )


def _without_span(entry: Lexeme) -> Lexeme:
    """A `to` that ends no span of hours says by; a dash says nothing."""
    if not isinstance(entry.piece, To):
        return entry
    return Lexeme(Bound("by"), entry.text) if entry.piece.word else Lexeme(Nothing(), entry.text)


class _One:
    """Takes each kind of piece once; the same said twice is no harm."""

    def __init__(self, pieces: Iterable[Lexeme]) -> None:
        self._pieces = tuple(pieces)

    def of(self, kind: type[_T]) -> _T | None:
        found: _T | None = None
        words = ""
        for entry in self._pieces:
            if isinstance(entry.piece, kind):
                if found is not None and found != entry.piece:
                    raise ContradictionError(words, entry.text)
                found, words = entry.piece, entry.text
        return found


def _bound(pieces: Sequence[Lexeme], *, span: bool) -> Bound | None:
    """The bound; `about` and the `from` of a span say nothing beside another."""
    telling = [
        entry
        for entry in pieces
        if isinstance(entry.piece, Bound) and not (span or entry.piece.kind == "about")
    ]
    return _One(telling).of(Bound)


def _numbers_settled(found: list[Lexeme], this_year: int) -> list[Lexeme]:
    """Bare numbers and ambiguous figures turned into clocks, years and dates."""
    pieces = [entry.piece for entry in found]
    needs_year = any(
        (isinstance(piece, Day) and piece.year is None and piece.month is not None)
        or (isinstance(piece, Figures) and len(piece.numbers) == 2)
        for piece in pieces
    )
    clocks = sum(isinstance(piece, Clock | Number) for piece in pieces)
    days = sum(isinstance(piece, _NAMES_A_DAY) for piece in pieces)
    settled: list[Lexeme] = []
    for entry in found:
        piece = entry.piece
        if isinstance(piece, Number):
            year = len(piece.digits) == 4 and this_year - 1 <= piece.value <= this_year + 2
            if needs_year and year:
                settled.append(Lexeme(Day(year=piece.value), entry.text))
                needs_year = False
            else:
                settled.append(Lexeme(_clock_of_number(piece), entry.text))
        elif isinstance(piece, Dotted):
            date = not days and (bool(clocks) or not piece.two_digits)
            settled.append(Lexeme(_of_dotted(piece, date=date), entry.text))
        elif isinstance(piece, Figures) and piece.dashed and days > 1:
            # Beside a day, 3-5 is a span of hours.
            first, second = piece.numbers
            settled.append(Lexeme(_hour(first, str(first)), entry.text))
            settled.append(Lexeme(To(word=False), entry.text))
            settled.append(Lexeme(_hour(second, str(second)), entry.text))
        else:
            settled.append(entry)
    return settled


def _clock_of_number(number: Number) -> Clock:
    if len(number.digits) <= 2:
        return _hour(number.value, number.digits)
    hour, minute = divmod(number.value, 100)
    if hour > 23 or minute > 59:
        raise UnreadError(number.digits)
    return Clock(hour, minute, written=len(number.digits) == 4)


def _hour(hour: int, digits: str) -> Clock:
    if hour > 24:
        raise UnreadError(digits)
    return Clock(hour, written=hour >= 13 or hour == 0 or digits.startswith("0"))


def _of_dotted(dotted: Dotted, *, date: bool) -> Piece:
    if date or dotted.first > 24 or dotted.second > 59:
        return Figures((dotted.first, dotted.second))
    written = dotted.first >= 13 or dotted.first == 0
    return Clock(dotted.first, dotted.second, written=written, formal=True)


def _clock_of(pieces: list[Lexeme]) -> tuple[list[Lexeme], _Spoken | None, Clock | None]:
    """The clock with its words, the end of its span, and the other pieces."""
    clocks = [
        _Spoken(entry.piece, entry.text) for entry in pieces if isinstance(entry.piece, Clock)
    ]
    half = next((entry.piece.half for entry in pieces if isinstance(entry.piece, HalfDay)), None)
    rest = [entry for entry in pieces if not isinstance(entry.piece, Clock | HalfDay)]
    if not clocks:
        if half is not None:
            part = Part.MORNING if half == "am" else Part.AFTERNOON
            rest.append(Lexeme(InPart(part, part.value[2]), half))
        return rest, None, None
    if half is not None:
        clocks[-1] = clocks[-1].with_half(half)
    start, end = clocks[0], clocks[-1]
    if len(clocks) == 1 or start.clock == end.clock:
        return rest, start, None
    dash = _dash_between_clocks(pieces)
    if dash is None or len(clocks) > 2:
        raise ContradictionError(start.text, end.text)
    return [entry for entry in rest if entry is not dash], start.before(end.clock), end.clock


def _dash_between_clocks(pieces: list[Lexeme]) -> Lexeme | None:
    places = [place for place, entry in enumerate(pieces) if isinstance(entry.piece, Clock)]
    between = pieces[places[0] : places[-1]]
    return next((entry for entry in between if isinstance(entry.piece, To)), None)


@dataclass(frozen=True, slots=True)
class _Spoken:
    """A clock with its words."""

    clock: Clock
    text: str

    def with_half(self, half: Half) -> _Spoken:
        """The same clock with the am or pm that was said apart."""
        clock = self.clock
        if clock.half not in {None, half} or (half == "am" and clock.hour > 12):
            raise ContradictionError(self.text, half)
        written = clock.written and clock.hour > 12
        return _Spoken(replace(clock, half=half, written=written), f"{self.text} {half}")

    def before(self, end: Clock) -> _Spoken:
        """The start of a span: in 11-2pm it lies in the other half of the day."""
        clock = self.clock
        if end.half is None or clock.half is not None or clock.written:
            return self
        half: Half = end.half
        if clock.hour % 12 > end.hour % 12:
            half = "am" if half == "pm" else "pm"
        return _Spoken(replace(clock, half=half), self.text)


def _merged_day(pieces: Sequence[Lexeme]) -> tuple[Day | None, str]:
    """Year, month and day that were said apart, laid together."""
    merged: Day | None = None
    words = ""
    for entry in pieces:
        if not isinstance(entry.piece, Day):
            continue
        if merged is None:
            merged = entry.piece
        else:
            for field in fields(Day):
                mine, its = getattr(merged, field.name), getattr(entry.piece, field.name)
                if field.name == "written":
                    merged = replace(merged, written=mine or its)
                elif mine is not None and its is not None and mine != its:
                    raise ContradictionError(words, entry.text)
                elif its is not None:
                    merged = replace(merged, **{field.name: its})
        words = f"{words} {entry.text}".strip()
    return merged, words


def _is_day(day: Day, *, exact: bool) -> bool:
    """Whether a day is named: a year is none, nor a month with a clock or after a month."""
    if day.day is not None or day.edge is not None or day.month_shift is not None:
        return True
    return day.month is not None and not exact
