"""Laws of the due-time grammar: it never crashes, and it reads what it would write."""

from __future__ import annotations

from calendar import day_abbr, month_abbr
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import example, given, settings
from hypothesis import strategies as st

from domain.errors import InputError
from domain.when import Kind, understand

ZONES = (
    "Asia/Shanghai",
    "America/New_York",
    "America/St_Johns",
    "Europe/Berlin",
    "Australia/Sydney",
    "Australia/Lord_Howe",
    "America/Santiago",
    "Pacific/Auckland",
    "Asia/Kolkata",
)
SIGNS = (
    "今明后昨天大前下上周星期礼拜个一二三四五六日十两零半点刻分钟小时后以内前年月号底初末早晚中午凌晨傍"
    "我这边对方时间尽快到至差过：０１２３〇廿0123456789:/.-+, \u3000()~@T"
)
WORDS = (
    "am pm in at after before next this last mon tue friday week month nov 28th hours h m d "
    "half past quarter to noon midnight tonight morning tomorrow utc cst my time two thirty "
    "11/28 2026-11-28 14:30 10.30 +2h 3pm 20261123 the of and end asap within ago"
)
PIECES = st.sampled_from(SIGNS) | st.sampled_from(WORDS.split())
INSTANTS = st.integers(0, 7 * 365 * 1440).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


def survives(text: str, now: datetime, zone: str, *, allow_past: bool) -> None:
    try:
        found = understand(text, now=now, zone=zone, my_zone="Asia/Shanghai", allow_past=allow_past)
    except InputError:
        return
    assert found.at.tzinfo is UTC
    assert found.local == found.at
    assert allow_past or found.at >= now - timedelta(minutes=1)
    assert found.at <= now + timedelta(days=732)


@given(
    text=st.lists(PIECES, max_size=12).map("".join) | st.lists(PIECES, max_size=8).map(" ".join),
    now=INSTANTS,
    zone=st.sampled_from(ZONES),
    allow_past=st.booleans(),
)
@settings(max_examples=400, deadline=None)
@example(
    text="9999-12-31 23:59",
    now=datetime(2026, 1, 1, tzinfo=UTC),
    zone="Asia/Shanghai",
    allow_past=True,
)
@example(
    text="0001-01-01",
    now=datetime(2026, 1, 1, tzinfo=UTC),
    zone="America/New_York",
    allow_past=True,
)
@example(
    text="99999年前", now=datetime(2026, 1, 1, tzinfo=UTC), zone="America/New_York", allow_past=True
)
@example(
    text="1900-01-01 3点",
    now=datetime(2026, 1, 1, tzinfo=UTC),
    zone="Asia/Shanghai",
    allow_past=True,
)
def test_no_string_of_its_own_words_breaks_it(
    text: str, now: datetime, zone: str, allow_past: bool
) -> None:
    survives(text, now, zone, allow_past=allow_past)


@given(text=st.text(max_size=40), allow_past=st.booleans())
@settings(max_examples=200, deadline=None)
@example(text="\x1b[31m5pm\x1b[0m", allow_past=False)
@example(text="\u202e5pm", allow_past=False)
@example(text="\ud800", allow_past=False)
@example(text="٣pm", allow_past=True)
@example(text="²点", allow_past=True)
def test_no_string_at_all_breaks_it(text: str, allow_past: bool) -> None:
    survives(text, datetime(2026, 11, 23, 1, tzinfo=UTC), "Asia/Shanghai", allow_past=allow_past)


def chinese_hour(at: datetime) -> str:
    parts = ((0, "凌晨"), (6, "上午"), (12, "中午"), (13, "下午"), (18, "晚上"))
    part = max(entry for entry in parts if entry[0] <= at.hour)[1]
    hour = at.hour if at.hour <= 12 else at.hour - 12
    return f"{part}{hour}点{at.minute:02d}分" if at.minute else f"{part}{hour}点"


def styles(at: datetime) -> dict[str, tuple[str, str | None]]:
    """Ways to write a wall clock, each with the order of its figures."""
    twelve = (at.hour - 1) % 12 + 1
    half = "am" if at.hour < 12 else "pm"
    full = str.maketrans("0123456789:", "０１２３４５６７８９：")
    month, weekday = month_abbr[at.month], day_abbr[at.weekday()]
    return {
        "iso": (at.strftime("%Y-%m-%d %H:%M"), None),
        "iso T": (at.strftime("%Y-%m-%dT%H:%M:%S"), None),
        "slashes": (f"{at.year}/{at.month}/{at.day} {at.hour}:{at.minute:02d}", None),
        "compact": (at.strftime("%Y%m%d %H%M"), None),
        "american": (
            f"{at.month}/{at.day}/{at.year} {twelve}:{at.minute:02d} {half.upper()}",
            "mdy",
        ),
        "european": (f"{at.day}.{at.month}.{at.year} {at.hour}:{at.minute:02d}", "dmy"),
        "british": (f"{at.day}/{at.month}/{at.year} {at.hour:02d}:{at.minute:02d}", "dmy"),
        "english": (
            f"{weekday} {at.day} {month} {at.year} at {twelve}:{at.minute:02d}{half}",
            None,
        ),
        "english too": (f"{month} {at.day}, {at.year}, {twelve}.{at.minute:02d} {half}", None),
        "chinese": (f"{at.year}年{at.month}月{at.day}日{at.hour}时{at.minute:02d}分", None),
        "spoken": (f"{at.year}年{at.month}月{at.day}号{chinese_hour(at)}", None),
        "wide": (at.strftime("%Y-%m-%d %H:%M").translate(full), None),
    }


@given(INSTANTS, st.integers(1, 729 * 1440), st.sampled_from(ZONES))
@settings(max_examples=250, deadline=None)
@example(datetime(2026, 10, 1, tzinfo=UTC), 5 * 1440 + 37, "Australia/Sydney")
def test_every_style_is_read_back_to_the_minute(now: datetime, minutes: int, zone: str) -> None:
    at = now + timedelta(minutes=minutes)
    wall = at.astimezone(ZoneInfo(zone))
    first = wall.replace(fold=0)
    for style, (text, order) in styles(wall).items():
        found = understand(text, now=now, zone=zone, date_order=order)  # type: ignore[arg-type]
        # Of a time that the clock shows twice, a text can only mean the first one to come.
        twice = wall.fold and first.astimezone(UTC) >= now
        assert found.at == (first.astimezone(UTC) if twice else at), (style, text)
        assert found.kind is Kind.EXACT


@given(INSTANTS, st.integers(1, 729 * 1440), st.sampled_from(ZONES), st.sampled_from(ZONES))
@settings(max_examples=100, deadline=None)
def test_an_offset_leaves_no_doubt(now: datetime, minutes: int, zone: str, theirs: str) -> None:
    at = now + timedelta(minutes=minutes)
    text = at.astimezone(ZoneInfo(zone)).isoformat()
    found = understand(text, now=now, zone=theirs)
    assert found.at == at
    assert not found.assumptions


@given(INSTANTS, st.integers(0, 2000), st.sampled_from(ZONES))
@settings(max_examples=50, deadline=None)
def test_a_stretch_of_time_is_counted_from_now(now: datetime, minutes: int, zone: str) -> None:
    at = now + timedelta(minutes=minutes)
    hours, rest = divmod(minutes, 60)
    for text in (
        f"+{minutes}m",
        f"in {hours} hours and {rest} minutes",
        f"{hours}小时{rest}分钟后",
    ):
        assert understand(text, now=now, zone=zone).at == at
