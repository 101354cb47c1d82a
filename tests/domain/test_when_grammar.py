"""What is typed, and the time that it means."""

from __future__ import annotations

import csv
import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from domain.errors import InputError
from domain.when import Kind, read_back, understand

SAMPLES = Path(__file__).parents[1] / "samples"
CHINA = "Asia/Shanghai"
NOW = datetime.fromisoformat("2026-11-23T09:00:00+08:00")  # a Monday


def local(text: str, zone: str = CHINA, now: datetime = NOW, **more: object) -> str:
    found = understand(text, now=now, zone=zone, **more)  # type: ignore[arg-type]
    return found.local.strftime("%Y-%m-%d %H:%M")


def assumed(text: str, **more: object) -> set[str]:
    found = understand(text, now=NOW, zone=CHINA, **more)  # type: ignore[arg-type]
    return {said.key.removeprefix("when.assumed.") for said in found.assumptions}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("明天下午三点", "2026-11-24 15:00"),
        ("周五十点半", "2026-11-27 10:30"),
        ("下周三上午十点", "2026-12-02 10:00"),
        ("下週三上午十點", "2026-12-02 10:00"),
        ("下个礼拜天下午两点半", "2026-12-06 14:30"),
        ("星期5下午4點", "2026-11-27 16:00"),
        ("两小时后", "2026-11-23 11:00"),
        ("半小时后", "2026-11-23 09:30"),
        ("一个半小时后", "2026-11-23 10:30"),
        ("过二十分钟", "2026-11-23 09:20"),
        ("再过两个小时", "2026-11-23 11:00"),
        ("1小时30分钟后", "2026-11-23 10:30"),
        ("一刻钟后", "2026-11-23 09:15"),
        ("三天后下午3点", "2026-11-26 15:00"),
        ("一周后的周三上午", "2026-12-02 10:00"),
        ("三个月后", "2027-02-23 09:00"),
        ("后天晚上8点一刻", "2026-11-25 20:15"),
        ("大后天9点", "2026-11-26 09:00"),
        ("今天晚上7点", "2026-11-23 19:00"),
        ("今晚八点", "2026-11-23 20:00"),
        ("明早8点", "2026-11-24 08:00"),
        ("明晚12点", "2026-11-25 00:00"),
        ("夜里1点", "2026-11-24 01:00"),
        ("凌晨2点", "2026-11-24 02:00"),
        ("明天零点", "2026-11-24 00:00"),
        ("11月28日15:30", "2026-11-28 15:30"),
        ("11/28 中午12：05", "2026-11-28 12:05"),
        ("11/23 下午2:30", "2026-11-23 14:30"),
        ("11月23日下午2点半", "2026-11-23 14:30"),
        ("十二月一号上午九点二十", "2026-12-01 09:20"),
        ("2026年11月23日 20时00分", "2026-11-23 20:00"),
        ("二零二六年十一月二十八日十五时三十分", "2026-11-28 15:30"),
        ("廿八号下午三点", "2026-11-28 15:00"),
        ("下个月3号下午3点", "2026-12-03 15:00"),
        ("11.28 下午3点", "2026-11-28 15:00"),
        ("５月１日１５：３０", "2027-05-01 15:30"),
        ("20261123 1430", "2026-11-23 14:30"),
        ("20261123", "2026-11-23 10:00"),
        ("202611231430", "2026-11-23 14:30"),
        ("2026-11-23 14:30", "2026-11-23 14:30"),
        ("2026-11-24 07:30", "2026-11-24 07:30"),
        ("2026-11-24 3:30", "2026-11-24 03:30"),
        ("2026/11/23 18:00", "2026-11-23 18:00"),
        ("2026-11-23T11:05:00+08:00", "2026-11-23 11:05"),
        ("2026-11-23T11:05:00Z", "2026-11-23 19:05"),
        ("2026-11-23T23:05:00-05:00", "2026-11-24 12:05"),
        ("2026-11-23 14:30-16:00", "2026-11-23 14:30"),
        ("差一刻五点", "2026-11-23 16:45"),
        ("五点差五分", "2026-11-23 16:55"),
        ("差十分一点", "2026-11-23 12:50"),
        ("三点过五分", "2026-11-23 15:05"),
        ("三点零五", "2026-11-23 15:05"),
        ("三点来钟", "2026-11-23 15:00"),
        ("下午三点钟左右", "2026-11-23 15:00"),
        ("下午5点前", "2026-11-23 16:00"),
        ("最晚周五下午5点", "2026-11-27 16:00"),
        ("五点以后", "2026-11-23 17:00"),
        ("下午3点到5点", "2026-11-23 15:00"),
        ("周五3-5点", "2026-11-27 15:00"),
        ("明天这个时候", "2026-11-24 09:00"),
        ("请明天下午三点打给我。", "2026-11-24 15:00"),
        ("明天 3pm", "2026-11-24 15:00"),
        ("tomorrow 下午3点", "2026-11-24 15:00"),
        ("+2h", "2026-11-23 11:00"),
        ("+90m", "2026-11-23 10:30"),
        ("+1d", "2026-11-24 09:00"),
        ("+1h30m", "2026-11-23 10:30"),
        ("+2小时", "2026-11-23 11:00"),
        ("in 2 hours", "2026-11-23 11:00"),
        ("in an hour and 20 minutes", "2026-11-23 10:20"),
        ("an hour and a half", "2026-11-23 10:30"),
        ("in half an hour", "2026-11-23 09:30"),
        ("in 1.5 hours", "2026-11-23 10:30"),
        ("in two weeks' time", "2026-12-07 09:00"),
        ("in 2 weeks on wednesday at 2pm", "2026-12-09 14:00"),
        ("2 weeks from friday 2pm", "2026-12-11 14:00"),
        ("friday week 10am", "2026-12-04 10:00"),
        ("half past 3", "2026-11-23 15:30"),
        ("half ten tomorrow", "2026-11-24 10:30"),
        ("quarter to five", "2026-11-23 16:45"),
        ("quarter to 12 pm", "2026-11-23 11:45"),
        ("ten to six", "2026-11-23 17:50"),
        ("5 to 6", "2026-11-23 17:00"),
        ("three fifteen", "2026-11-23 15:15"),
        ("3 o'clock", "2026-11-23 15:00"),
        ("fri after 5 their time", "2026-11-27 17:00"),
        ("fri 1030", "2026-11-27 10:30"),
        ("fri 330", "2026-11-27 15:30"),
        ("tomorrow 3pm", "2026-11-24 15:00"),
        ("tmr 3", "2026-11-24 15:00"),
        ("tomorrow night at 8", "2026-11-24 20:00"),
        ("next tue 10.30", "2026-12-01 10:30"),
        ("10.30", "2026-11-23 10:30"),
        ("noon", "2026-11-23 12:00"),
        ("fri noon", "2026-11-27 12:00"),
        ("midnight", "2026-11-24 00:00"),
        ("12am tomorrow", "2026-11-24 00:00"),
        ("Nov 28 3:30 pm", "2026-11-28 15:30"),
        ("28 Nov 2027 at 9", "2027-11-28 09:00"),
        ("Nov 28, 2026 at 3 in the afternoon", "2026-11-28 15:00"),
        ("the 25th of november at quarter past two", "2026-11-25 14:15"),
        ("first of december 9am", "2026-12-01 09:00"),
        ("11/25/2026 7:30 AM", "2026-11-25 07:30"),
        ("27/11/2026 10:00", "2026-11-27 10:00"),
        ("28.11.2026 15:00", "2026-11-28 15:00"),
        ("28.11. 15:00", "2026-11-28 15:00"),
        ("11-28 15:00", "2026-11-28 15:00"),
        ("3-5pm", "2026-11-23 15:00"),
        ("11-2pm", "2026-11-23 11:00"),
        ("between 3 and 5", "2026-11-23 15:00"),
        ("sat 10am-12pm", "2026-11-28 10:00"),
        ("call back tomorrow at 3 in the afternoon please", "2026-11-24 15:00"),
        ("this time next week", "2026-11-30 09:00"),
        ("0:30", "2026-11-24 00:30"),
        ("a week today 3pm", "2026-11-30 15:00"),
        ("tomorrow week 3pm", "2026-12-01 15:00"),
        ("明天下午两三点", "2026-11-24 14:00"),
        ("noonish", "2026-11-23 12:00"),
        ("Mon, 30 Nov 2026 14:00:00 +0800", "2026-11-30 14:00"),
        ("30-Nov-2026 14:00", "2026-11-30 14:00"),
        ("11月30日（周一）14:00", "2026-11-30 14:00"),
    ],
)
def test_the_time_that_is_meant(text: str, expected: str) -> None:
    assert local(text) == expected


@pytest.mark.parametrize(
    ("text", "expected", "kind"),
    [
        ("尽快", "2026-11-23 09:00", Kind.ASAP),
        ("asap", "2026-11-23 09:00", Kind.ASAP),
        ("明天", "2026-11-24 10:00", Kind.DAY_ONLY),
        ("今天", "2026-11-23 10:00", Kind.DAY_ONLY),
        ("2026-11-25", "2026-11-25 10:00", Kind.DAY_ONLY),
        ("下周", "2026-11-30 10:00", Kind.DAY_ONLY),
        ("月底", "2026-11-30 10:00", Kind.DAY_ONLY),
        ("月初", "2026-12-01 10:00", Kind.DAY_ONLY),
        ("下个月3号", "2026-12-03 10:00", Kind.DAY_ONLY),
        ("下个月底", "2026-12-31 10:00", Kind.DAY_ONLY),
        ("年底", "2026-12-31 10:00", Kind.DAY_ONLY),
        ("周末", "2026-11-28 10:00", Kind.DAY_ONLY),
        ("end of the week", "2026-11-27 10:00", Kind.DAY_ONLY),
        ("early next week", "2026-11-30 10:00", Kind.DAY_ONLY),
        ("周五之后", "2026-11-28 10:00", Kind.DAY_ONLY),
        ("before friday", "2026-11-26 10:00", Kind.DAY_ONLY),
        ("明天尽快", "2026-11-24 09:00", Kind.DAY_ONLY),
        ("明天上午", "2026-11-24 10:00", Kind.EXACT),
        ("明天中午", "2026-11-24 12:00", Kind.EXACT),
        ("this afternoon", "2026-11-23 15:00", Kind.EXACT),
        ("傍晚", "2026-11-23 18:00", Kind.EXACT),
        ("tonight", "2026-11-23 19:00", Kind.EXACT),
        ("eod tomorrow", "2026-11-24 17:00", Kind.EXACT),
        ("first thing tomorrow", "2026-11-24 09:00", Kind.EXACT),
    ],
)
def test_a_time_without_an_hour(text: str, expected: str, kind: Kind) -> None:
    assert local(text) == expected
    assert understand(text, now=NOW, zone=CHINA).kind is kind


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("3点", "hour"),
        ("fri after 5", "hour"),
        ("8:30", "day"),
        ("周五3-5点", "span"),
        ("1/5", "date_order"),
        ("next tue 10.30", "week_after"),
        ("3号", "next_month"),
        ("月底", "any_time"),
        ("下午", "clock"),
        ("晚上12点", "after_midnight"),
        ("48小时内", "within"),
        ("三天内", "within"),
        ("3个工作日后", "workdays"),
        ("下午5点前", "before"),
    ],
)
def test_what_was_assumed_is_said(text: str, code: str) -> None:
    assert code in assumed(text)


@pytest.mark.parametrize("text", ["明天下午三点", "周五十点半", "2026-11-24 03:30", "11/28 15:00"])
def test_a_plain_time_assumes_nothing(text: str) -> None:
    assert assumed(text) == set()


@pytest.mark.parametrize(
    ("now", "text", "expected"),
    [
        ("2026-11-25T16:00", "3点", "2026-11-26 15:00"),
        ("2026-11-25T16:00", "周一9点", "2026-11-30 09:00"),
        ("2026-11-25T16:00", "周三3点", "2026-12-02 15:00"),
        ("2026-11-25T14:00", "周三3点", "2026-11-25 15:00"),
        ("2026-11-25T14:00", "上午", "2026-11-26 10:00"),
        ("2026-11-25T16:20", "下午", "2026-11-25 16:20"),
        ("2026-11-25T16:20", "今天", "2026-11-25 16:20"),
        ("2026-11-25T10:00", "今天9点", "2026-11-25 21:00"),
        ("2026-11-29T10:00", "周末", "2026-11-29 10:00"),
        ("2026-11-28T10:00", "end of the week", "2026-12-04 10:00"),
        ("2026-12-30T10:00", "1/5 3pm", "2027-01-05 15:00"),
        ("2026-12-31T10:00", "月底 3pm", "2026-12-31 15:00"),
        ("2027-01-31T10:00", "一个月后", "2027-02-28 10:00"),
        ("2027-01-31T10:00", "31号", "2027-01-31 10:00"),
        ("2027-02-01T10:00", "31号", "2027-03-31 10:00"),
        ("2027-12-20T10:00", "2/29 3pm", "2028-02-29 15:00"),
        ("2026-11-27T16:40", "下午5点前", "2026-11-27 16:40"),
    ],
)
def test_the_present_decides(now: str, text: str, expected: str) -> None:
    assert local(text, now=datetime.fromisoformat(now + ":00+08:00")) == expected


@pytest.mark.parametrize(
    ("text", "code", "near"),
    [
        ("", "when_empty", None),
        ("   \u3000", "when_empty", None),
        ("明天见鬼", "when_unreadable", "见"),
        ("周五或周六", "when_unreadable", "或"),
        ("25:00", "when_unreadable", "25:00"),
        ("in 5", "when_unreadable", "in"),
        ("tomorrow xylophone 3pm", "when_unreadable", "xylophone"),
        ("两三个小时后", "when_unreadable", "两三个小时后"),
        ("nov 3:30", "when_unreadable", "nov"),
        ("打电话", "when_unreadable", "…"),
        ("3pm bst", "when_unreadable", "BST"),
        ("周三 周四", "when_contradiction", None),
        ("tuesday 25 nov", "when_contradiction", None),
        ("上午15点", "when_contradiction", None),
        ("3pm 5pm", "when_contradiction", None),
        ("明天两小时后", "when_contradiction", None),
        ("明天三天后", "when_contradiction", None),
        ("11/28 一周后", "when_contradiction", None),
        ("2/30", "when_no_such_day", None),
        ("2026-11-31", "when_no_such_day", None),
        ("2026-13-01 10:00", "when_no_such_day", None),
        ("昨天下午4点", "when_past", None),
        ("今天上午8点", "when_past", None),
        ("2小时前", "when_past", None),
        ("11/21", "when_past", None),
        ("2030-01-01 10:00", "when_too_far", None),
        ("99999小时后", "when_too_far", None),
        ("9999年1月1日", "when_no_such_day", None),
        ("明天三点我这边", "when_my_zone_unknown", None),
        ("x" * 5000, "when_unreadable", None),
    ],
)
def test_what_is_refused(text: str, code: str, near: str | None) -> None:
    with pytest.raises(InputError) as refused:
        understand(text, now=NOW, zone=CHINA)
    assert refused.value.code == code
    if near is not None:
        assert refused.value.params["near"] == near


def test_a_zone_that_is_none_is_refused() -> None:
    with pytest.raises(InputError, match="zone_unknown"):
        understand("3pm", now=NOW, zone="Mars/Base")


@pytest.mark.parametrize(
    ("text", "zone", "utc", "read_in"),
    [
        ("tomorrow 3pm", "America/Chicago", "2026-11-23T21:00", "America/Chicago"),
        ("fri 5pm my time", "America/Chicago", "2026-11-27T09:00", CHINA),
        ("明天三点我这边", "America/Chicago", "2026-11-24T07:00", CHINA),
        ("明天三点对方时间", "America/Chicago", "2026-11-23T21:00", "America/Chicago"),
        ("北京时间明天十点", "Europe/London", "2026-11-24T02:00", CHINA),
        ("3pm london time", CHINA, "2026-11-23T15:00", "Europe/London"),
        ("3pm cst", "America/Chicago", "2026-11-23T21:00", "America/Chicago"),
        ("3pm cst", CHINA, "2026-11-23T07:00", CHINA),
        ("3pm utc+2", CHINA, "2026-11-23T13:00", "UTC+02:00"),
        ("15:30 america/denver", CHINA, "2026-11-23T22:30", "America/Denver"),
        ("2026-11-24 10:00", "Asia/Kolkata", "2026-11-24T04:30", "Asia/Kolkata"),
    ],
)
def test_whose_clock(text: str, zone: str, utc: str, read_in: str) -> None:
    found = understand(text, now=NOW, zone=zone, my_zone=CHINA)
    assert (found.at, found.zone) == (datetime.fromisoformat(utc).replace(tzinfo=UTC), read_in)
    assert found.local == found.at
    assert found.local.tzinfo is not None
    assert str(found.local.tzinfo) == zone


@pytest.mark.parametrize(
    ("text", "order", "expected"),
    [
        ("03/04/2027 10:00", None, "2027-03-04 10:00"),
        ("03/04/2027 10:00", "mdy", "2027-03-04 10:00"),
        ("03/04/2027 10:00", "dmy", "2027-04-03 10:00"),
        ("25/12/2026 10:00", "mdy", "2026-12-25 10:00"),
        ("12/25/2026 10:00", "dmy", "2026-12-25 10:00"),
        ("27/01/05 10:00", "ymd", "2027-01-05 10:00"),
        ("5/1", "dmy", "2027-01-05 10:00"),
        ("3.4.2027", None, "2027-04-03 10:00"),
    ],
)
def test_the_order_of_figures(text: str, order: str | None, expected: str) -> None:
    assert local(text, date_order=order) == expected


def test_the_order_of_figures_is_told_where_it_was_open() -> None:
    assert "date_order" in assumed("03/04/2027 10:00")
    assert "date_order" not in assumed("03/04/2027 10:00", date_order="dmy")
    assert "date_order" in assumed("25/12/2026 10:00", date_order="mdy")
    assert "date_order" not in assumed("25/12/2026 10:00")


@pytest.mark.parametrize(
    ("text", "now", "zone", "expected", "code"),
    [
        # The clocks of New York skip 2:00–3:00 on 14 March 2027 and repeat 1:00–2:00 on 7 November.
        ("3/14 2:30am", "2027-03-10T12:00Z", "America/New_York", "2027-03-14T07:30", "gap"),
        ("11/7 1:30am", "2027-11-01T12:00Z", "America/New_York", "2027-11-07T05:30", "fold"),
        # Sydney skips 2:00–3:00 on 4 October 2026, Lord Howe half an hour.
        ("10/4 2:30am", "2026-10-01T12:00Z", "Australia/Sydney", "2026-10-03T16:30", "gap"),
        ("10/4 2:15am", "2026-10-01T12:00Z", "Australia/Lord_Howe", "2026-10-03T15:45", "gap"),
    ],
)
def test_days_on_which_the_clocks_change(
    text: str, now: str, zone: str, expected: str, code: str
) -> None:
    found = understand(text, now=datetime.fromisoformat(now), zone=zone, date_order="mdy")
    assert found.at == datetime.fromisoformat(expected).replace(tzinfo=UTC)
    assert [said.key for said in found.assumptions] == [f"when.assumed.{code}"]


def test_the_second_of_two_equal_times_when_the_first_is_over() -> None:
    now = datetime.fromisoformat("2027-11-07T01:45:00-04:00")
    found = understand("today 1:50am", now=now, zone="America/New_York")
    assert found.at == datetime(2027, 11, 7, 5, 50, tzinfo=UTC)
    found = understand("today 1:30am", now=now, zone="America/New_York")
    assert found.at == datetime(2027, 11, 7, 6, 30, tzinfo=UTC)


def test_hours_are_elapsed_and_days_are_of_the_wall_clock() -> None:
    now = datetime.fromisoformat("2027-03-13T12:00:00-05:00")
    assert local("+24h", "America/New_York", now) == "2027-03-14 13:00"
    assert local("+1d", "America/New_York", now) == "2027-03-14 12:00"


def test_a_file_may_speak_of_the_past() -> None:
    assert local("昨天下午4点", allow_past=True) == "2026-11-22 16:00"
    assert local("今天上午8点半", allow_past=True) == "2026-11-23 08:30"
    assert local("11/21 3pm", allow_past=True) == "2026-11-21 15:00"
    assert local("8:30", allow_past=True) == "2026-11-23 08:30"
    assert local("今天", allow_past=True) == "2026-11-23 10:00"
    assert local("within 48 hours", allow_past=True) == "2026-11-25 09:00"


def test_the_sample_file_is_read_whole() -> None:
    manifest = json.loads((SAMPLES / "manifest.json").read_text(encoding="utf-8"))
    truth = manifest["files"]["callbacks_today.csv"]["truth"]
    with (SAMPLES / "callbacks_today.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = [(row["到期时间"].strip(), row["导出时间"]) for row in csv.DictReader(file)]
    kinds: Counter[str] = Counter()
    days: Counter[str] = Counter()
    minutes = late = 0
    since = datetime.fromisoformat("2026-11-01T00:00:00+08:00")
    for text, exported in rows:
        if not text:
            kinds["empty"] += 1
            continue
        now = datetime.fromisoformat(exported + ":00+08:00")
        found = understand(text, now=now, zone=CHINA, allow_past=True)
        kinds[{"asap": "as_soon_as_possible"}.get(found.kind, found.kind)] += 1
        if found.kind is not Kind.ASAP:
            days[found.local.date().isoformat()] += 1
        if found.kind is Kind.EXACT:
            minutes += int((found.at - since).total_seconds() // 60)
            late += found.at < NOW
    assert dict(kinds) == truth["due_kinds"]
    assert dict(days) == truth["due_by_day"]
    assert minutes == truth["due_exact_minutes_since_2026_11_01_summed"]
    assert late == truth["due_exact_before_the_reference_time"]


def test_an_appointment_is_read_back_with_both_clocks() -> None:
    at = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
    both = read_back(at, CHINA, "America/New_York", now=NOW)
    assert both.key == "when.moment.both"
    assert read_back(at, CHINA, "Asia/Manila").key == "when.moment.theirs"
    with pytest.raises(ValueError, match="naive"):
        read_back(at.replace(tzinfo=None), CHINA)
