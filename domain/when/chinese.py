"""Times as Chinese says them."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from domain.when.numerals import ZH, zh_number
from domain.when.numeric import clock
from domain.when.pattern import Meaning, Pattern, pattern
from domain.when.pieces import (
    Bound,
    Clock,
    Day,
    Edge,
    InPart,
    Nothing,
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
from domain.when.places import CHINESE_PLACES

_WEEKS: Final = {"上上": -2, "上": -1, "本": 0, "这": 0, "当": 0, "下": 1, "下下": 2, "隔": 2}
_WEEK: Final = r"(?:一?个?(?:周|星期|礼拜))"
_WEEKDAYS: Final = {
    sign: day
    for day, signs in enumerate(["一1", "二2", "三3", "四4", "五5", "六6", "日天7"])
    for sign in signs
}
_EDGES: Final[dict[str, Edge]] = {
    "初": "start",
    "上旬": "start",
    "中": "middle",
    "中旬": "middle",
    "内": "end",
    "底": "end",
    "末": "end",
    "下旬": "end",
}
_YEARS: Final = {"去": -1, "今": 0, "明": 1, "后": 2}
_BEFORE_PART: Final = "(?=早|晚|夜|晨|上午|下午|中午|午|凌晨|傍晚)"

_FREE_UNITS: Final = "小时|钟头|刻钟|分钟|天|周|星期|礼拜|工作日"
# 5分, 3日 and 2年 are stretches of time only with 后: else they belong to a clock or a date.
_UNITS: Final = f"{_FREE_UNITS}|分|日|年"
_COUNT: Final = rf"(?:[0-9]{{1,5}}(?:\.[0-9]{{1,2}})?|{ZH})"
_HALVES: Final = "半个?(?:小时|钟头|月|年)"
_MINUTES: Final = {"小时": 60, "钟头": 60, "刻钟": 15, "分钟": 1, "分": 1}
_AFTER: Final = "以后|之后|过后|后|内|以内|之内|前|以前|之前"


@cache
def patterns() -> tuple[Pattern, ...]:
    """The forms of Chinese."""
    return (*_days(), *_dates(), *_clocks(), *_parts(), *_stretches(), *_places(), *_small_words())


def _days() -> list[Pattern]:
    near = {-3: "大前天|大前日", -2: "前天|前日", -1: "昨天|昨日|昨儿个?", 0: "今天|今日|今儿个?"}
    near |= {1: "明天|明日|明儿个?|次日|翌日|第二天", 2: "后天|后日|后儿个?", 3: "大后天|大后日"}
    one = {-1: "昨", 0: "今", 1: "明"}
    return [
        *(pattern(words, Shift(days)) for days, words in near.items()),
        *(pattern(word + _BEFORE_PART, Shift(days)) for days, word in one.items()),
        pattern(rf"(上上|上|本|这|下下|下|隔)?{_WEEK}([一二三四五六日天1-7])", _weekday),
        pattern(
            rf"(上上|上|本|这|下下|下)?{_WEEK}末", lambda m: Week(_WEEKS.get(m[1], 0), "weekend")
        ),
        pattern(rf"(上上|上|本|这|下下|下){_WEEK}([初中底内])?", _week),
        pattern("周([初中底内])", lambda m: Week(0, _EDGES[m[1]])),
    ]


def _weekday(match: re.Match[str]) -> Meaning:
    week = _WEEKS[match[1]] if match[1] else None
    return Weekday(_WEEKDAYS[match[2]], week)


def _week(match: re.Match[str]) -> Meaning:
    week = _WEEKS[match[1]]
    return Week(week, _EDGES[match[2]] if match[2] else "start" if week else "end")


def _dates() -> list[Pattern]:
    edge = "(底|末|初|中旬|上旬|下旬|中)"
    # 11月3 before 点 is a clock in November, which nobody says; better unread than wrong.
    no_clock = r"(?![0-9])(?!\s?(?:点|时|:|刻|个|小时|分))"
    return [
        pattern(r"([0-9]{4}|[0-9]{2}|[零〇一二三四五六七八九]{4})年", _year),
        pattern("(去|今|明|后)年", lambda m: Day(year_shift=_YEARS[m[1]])),
        pattern("(今|明)?年([底末初])", _year_edge),
        pattern(rf"({ZH})月份?({ZH})(?:日|号|{no_clock})", _month_day),
        pattern(rf"({ZH})月份?{edge}", lambda m: Day(month=_month(m[1]), edge=_EDGES[m[2]])),
        pattern(rf"({ZH})月份?", lambda m: Day(month=_month(m[1]))),
        pattern(rf"(上|本|这|当|下下|下)一?个?月{edge}?", _month_near),
        pattern(f"月{edge}", lambda m: Day(edge=_EDGES[m[1]])),
        pattern(rf"({ZH})(?:日|号)", lambda m: Day(day=_at_most(31, zh_number(m[1])))),
    ]


def _year(match: re.Match[str]) -> Meaning:
    year = zh_number(match[1])
    return Day(year=year + 2000 if year < 100 else year, written=match[1].isascii())


def _year_edge(match: re.Match[str]) -> Meaning:
    if match[2] == "初":
        return Day(year_shift=0 if match[1] == "今" else 1, month=1, day=1)
    return Day(year_shift=1 if match[1] == "明" else 0, month=12, day=31)


def _month_day(match: re.Match[str]) -> Meaning:
    return Day(month=_month(match[1]), day=_at_most(31, zh_number(match[2])))


def _month_near(match: re.Match[str]) -> Meaning:
    return Day(month_shift=_WEEKS[match[1]], edge=_EDGES[match[2]] if match[2] else None)


def _month(text: str) -> int:
    return _at_most(12, zh_number(text))


def _at_most(limit: int, value: int) -> int:
    if not 1 <= value <= limit:
        raise ValueError(value)
    return value


def _clocks() -> list[Pattern]:
    to_go = rf"(?P<to>一刻钟?|{ZH}分钟?|{ZH})"
    return [
        pattern("([一两二三四五六七八])([两二三四五六七八九])点钟?", _hours_apart),
        pattern(
            rf"(?P<hour>{ZH})(?P<sign>点钟?|时)(?:整|过?(?P<quarters>半|[一三]刻)"
            rf"|过?(?P<minute>{ZH})分?(?:(?P<second>{ZH})秒)?(?![0-9]|个|小时|天))?(?:多|来钟)?",
            _clock,
        ),
        pattern(rf"(?P<hour>{ZH})点钟?[差欠]{to_go}", _clock_to),
        pattern(rf"[差欠]{to_go}到?(?P<hour>{ZH})点钟?", _clock_to),
        pattern("正午", Clock(12, written=True)),
        pattern("午夜|子夜|半夜", InPart(Part.EVENING, 24 * 60)),
    ]


def _clock(match: re.Match[str]) -> Meaning:
    hour, minute, second = match["hour"], match["minute"], match["second"]
    if match["quarters"]:
        minute = {"半": "30", "一刻": "15", "三刻": "45"}[match["quarters"]]
    figures = hour if hour.isascii() else str(zh_number(hour))
    return clock(
        figures,
        str(zh_number(minute)) if minute else "",
        str(zh_number(second)) if second else "",
        formal=match["sign"] == "时",
    )


def _hours_apart(match: re.Match[str]) -> Meaning:
    """两三点 is a span of one hour; 二八点 is nothing."""
    first, last = zh_number(match[1]), zh_number(match[2])
    if last != first + 1:
        raise ValueError(match[0])
    return (clock(str(first)), To(word=False), clock(str(last)))


def _clock_to(match: re.Match[str]) -> Meaning:
    to_go = match["to"].rstrip("钟").rstrip("分")
    minutes = 15 if to_go == "一刻" else zh_number(to_go)
    hour = zh_number(match["hour"])
    if not (1 <= minutes < 60 and hour <= 24):
        raise ValueError(match[0])
    before = (hour - 2) % 12 + 1 if 1 <= hour <= 12 else (hour - 1) % 24
    return clock(str(before), str(60 - minutes))


def _parts() -> list[Pattern]:
    parts: tuple[tuple[str, Part, int | None], ...] = (
        ("凌晨|后半夜|下半夜", Part.SMALL_HOURS, None),
        ("清晨|清早|大清早|一大早|大早上?|一早", Part.EARLY, None),
        ("上班前", Part.EARLY, None),
        ("早上|早晨|早间|早|一上班|刚上班|上班后", Part.MORNING, 9 * 60),
        ("上午|午前", Part.MORNING, None),
        ("午饭前|午休前", Part.MORNING, 11 * 60),
        ("中午|午间|晌午|午休", Part.NOON, None),
        ("下午|午后", Part.AFTERNOON, None),
        ("午饭后|午休后|吃完午饭", Part.AFTERNOON, 14 * 60),
        ("下班前|下班之前", Part.AFTERNOON, 17 * 60),
        ("傍晚|黄昏", Part.DUSK, None),
        ("下班后|下班以后", Part.EVENING, 18 * 60 + 30),
        ("晚上|晚间|夜里|夜间|夜晚|深夜|晚|夜", Part.EVENING, None),
        ("晚饭后|吃完晚饭", Part.EVENING, 19 * 60 + 30),
    )
    return [
        pattern(words, InPart(part, part.value[2] if minute is None else minute))
        for words, part, minute in parts
    ]


def _stretches() -> list[Pattern]:
    return [
        pattern(rf"(?P<lead>)(?P<end>){_stretch(_FREE_UNITS)}", _offset),
        pattern(
            rf"(?P<lead>再?过|再?等|[+-])\s?{_stretch(_UNITS)}\s?(?P<end>{_AFTER})?的?", _offset
        ),
        pattern(rf"(?P<lead>){_stretch(_UNITS)}\s?(?P<end>{_AFTER})的?", _offset),
    ]


def _stretch(units: str) -> str:
    one = rf"(?:{_HALVES}|{_COUNT}\s?(?:个半?月|(?:个半|个)?(?:{units}))半?)"
    return rf"(?P<stretch>{one}(?:[零又加和]?\s?{one})*)"


@cache
def _one_stretch() -> re.Pattern[str]:
    return re.compile(
        rf"(?P<half>半个?)(?P<of>小时|钟头|月|年)"
        rf"|(?P<n>{_COUNT})\s?(?:(?P<pieces>个半|个)(?P<months>月)|(?P<some>个半|个)?(?P<unit>{_UNITS}))"
        r"(?P<more>半)?"
    )


def _offset(match: re.Match[str]) -> Meaning:
    lead, end = match["lead"], match["end"] or ""
    minutes = days = months = workdays = 0.0
    for part in _one_stretch().finditer(match["stretch"]):
        unit = part["of"] or part["months"] or part["unit"]
        amount = 0.5 if part["half"] else _amount(part["n"])
        amount += 0.5 * ("个半" in {part["pieces"], part["some"]} or bool(part["more"]))
        if unit in _MINUTES:
            minutes += amount * _MINUTES[unit]
        elif unit == "月":
            months += int(amount)
            days += 15 if amount % 1 else 0
        elif unit == "年":
            months += amount * 12
        elif unit == "工作日":
            workdays += amount
        else:
            days += amount * (1 if unit in {"天", "日"} else 7)
    if days % 1 or workdays % 1 or months % 1:
        raise ValueError(match[0])
    sign = -1 if lead == "-" or end.endswith("前") else 1
    return Offset(
        round(minutes) * sign,
        int(days) * sign,
        int(months) * sign,
        int(workdays) * sign,
        within=end.endswith("内"),
    )


def _amount(text: str) -> float:
    return float(text) if text[0].isascii() else zh_number(text)


def _places() -> list[Pattern]:
    names = "|".join(sorted(CHINESE_PLACES, key=len, reverse=True))
    who = "(?:对方|客户|顾客|人家|他们?|她们?|您|你)"
    we = "(?:我们?|咱们?)"
    at = "(?:这边|这里|这儿|那边|那里|那儿|当地)(?:的?时间)?"
    return [
        pattern(rf"[按以]?(?:{we}{at}|{we}的?时间|我方时间|这边时间|本地时间)", Place("mine")),
        pattern(
            rf"[按以]?(?:{who}{at}|{who}的?时间|那边(?:的?时间)?|当地(?:的?时间)?)", Place("theirs")
        ),
        pattern(rf"({names})(?:当地)?时间", lambda m: Place(CHINESE_PLACES[m[1]])),
    ]


def _small_words() -> list[Pattern]:
    nothing = (
        "请|麻烦|再|打电话|打过来|打过去|打来|打给|打|来电|回电话?|回拨|回访|拨打|致电|联系|电话|给|他|她"
        "|我|您|你|的|吧|在|于|啊|呢|哦|了|可以|方便|约在|约定|约好|定在|安排|时间|时候|之间|从|自|就|钟"
    )
    words: tuple[tuple[str, Piece], ...] = (
        ("尽快|尽早|越快越好|马上|立刻|立即|现在|这就|赶紧|赶快|即刻", Soon()),
        ("同一时间|同样的?时间|这个时候|这个时间|这个点|这时候|此时", SameTime()),
        ("以后|之后|过后|后|过了|不早于|最早|起|开始", Bound("after")),
        ("以前|之前|前", Bound("before")),
        ("不晚于|不迟于|最晚|最迟|截止", Bound("by")),
        ("左右|上下|前后|大概|大约|差不多|约莫|约", Bound("about")),
        ("到|至", To(word=True)),
        (nothing, Nothing()),
    )
    return [pattern(regex, piece) for regex, piece in words]
