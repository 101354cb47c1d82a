"""Each row of the table, read once more by plain means and held against what is decided."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from content.calling_hours import FILE, calling_hours
from domain.calling_hours import Decision, decide
from domain.zones import places_of_number, zones_of_number

FIRST = Path(__file__).parents[1] / "data" / "calling_hours_first.csv"
SECOND = timedelta(seconds=1)
ZONES = {
    "*": "Europe/London", "AU": "Australia/Sydney", "BR": "America/Sao_Paulo",
    "CA": "America/St_Johns", "CN": "Asia/Shanghai", "DE": "Europe/Berlin", "ES": "Europe/Madrid",
    "FR": "Europe/Paris", "GB": "Europe/London", "IN": "Asia/Kolkata", "IT": "Europe/Rome",
    "JP": "Asia/Tokyo", "PT": "Europe/Lisbon", "US": "America/New_York",
    "US-MS": "America/Chicago", "US-TX": "America/Chicago", "US-UT": "America/Denver",
    "US-WA": "America/Los_Angeles",
}  # fmt: skip
# Neither holidays nor their eves anywhere in the table, before and after the row that changed.
DAYS = {"mon_fri": date(2026, 11, 17), "sat": date(2026, 11, 21), "sun": date(2026, 11, 22)}
BEFORE = {"mon_fri": date(2026, 10, 6), "sat": date(2026, 10, 10), "sun": date(2026, 10, 11)}
CHRISTMAS = date(2026, 12, 25)

Row = dict[str, str]


def table(path: Path = FILE) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


ROWS = table()
every_row = pytest.mark.parametrize(
    "row", ROWS, ids=[f"{row['place']}-{row['purpose']}{row['until']}" for row in ROWS]
)


def zone_of(row: Row) -> str:
    return ZONES.get(row["place"], ZONES.get(row["place"][:2], ""))


def decided(row: Row, at: datetime) -> Decision:
    anywhere = row["place"] == "*"
    return decide(
        calling_hours(),
        zones=(zone_of(row),),
        places=("GB",) if anywhere else (row["place"],),
        purpose="service" if anywhere else row["purpose"],
        at=at,
    )


def minutes(text: str) -> list[tuple[int, int]]:
    def minute(clock: str) -> int:
        return int(clock[:2]) * 60 + int(clock[3:])

    pairs = [] if text == "none" else [part.split("-") for part in text.split()]
    return [(minute(opens), minute(closes)) for opens, closes in pairs]


def windows_of(row: Row, column: str) -> list[tuple[int, int]]:
    return minutes(row[column] or next(one for one in ROWS if one["place"] == "*")[column])


@pytest.mark.parametrize("first", table(FIRST), ids=lambda row: f"{row['place']}-{row['purpose']}")
def test_no_row_of_the_first_table_was_lost_or_bent(first: Row) -> None:
    assert [row for row in ROWS if row.items() >= first.items()]


@every_row
@pytest.mark.parametrize("column", ["mon_fri", "sat", "sun"])
def test_both_sides_of_every_boundary_second(row: Row, column: str) -> None:
    day = (BEFORE if row["until"] else DAYS)[column]
    # Where the row has a clock of its own, its day is that clock's.
    clock = ZoneInfo(row["clock"] or zone_of(row))
    midnight = datetime.combine(day, time(), clock)
    windows = windows_of(row, column)
    for opens, closes in windows:
        start, end = midnight + timedelta(minutes=opens), midnight + timedelta(minutes=closes)
        assert not decided(row, start - SECOND).allowed
        assert decided(row, start - SECOND).next_open == start
        for inside in (start, end - SECOND):
            decision = decided(row, inside)
            assert (decision.allowed, decision.closes) == (True, end)
            if row[column]:
                assert decision.rule.source == row["source"]
                assert (decision.rule.confidence, decision.rule.place) == (
                    row["confidence"],
                    row["place"],
                )
        assert not decided(row, end).allowed
    open_minutes = sum(closes - opens for opens, closes in windows)
    quarters = [midnight + timedelta(minutes=15 * step) for step in range(96)]
    assert sum(decided(row, quarter).allowed for quarter in quarters) * 15 == open_minutes


@every_row
def test_christmas(row: Row) -> None:
    if row["until"]:
        return
    noonish = datetime.combine(CHRISTMAS, time(11), ZoneInfo(zone_of(row)))
    decision = decided(row, noonish)
    assert decision.allowed is (row["holidays"] != "none")
    if row["holidays"] == "none":
        assert decision.reasons[0].key == "hours.holiday"
        assert decision.holiday is not None
        assert decision.holiday.en.startswith("Christmas")
        assert decision.next_open is not None
        assert decision.next_open.astimezone(ZoneInfo(zone_of(row))).date() > CHRISTMAS


STATE_DAYS = [
    ("US-RI", date(2026, 8, 10), "Victory Day"),
    ("US-UT", date(2026, 7, 24), "Pioneer Day"),
    ("US-AL", date(2026, 4, 27), "Confederate Memorial Day"),
    ("US-LA", date(2026, 4, 3), "Good Friday"),
    ("US-RI", date(2026, 11, 26), "Thanksgiving Day"),
    ("DE", date(2026, 11, 18), "Repentance and Prayer Day"),
    ("AU", date(2026, 1, 26), "Australia Day"),
    ("ES", date(2026, 9, 11), "National Day of Catalonia"),
]


@pytest.mark.parametrize(("place", "day", "name"), STATE_DAYS)
def test_holidays_of_a_part_of_a_country(place: str, day: date, name: str) -> None:
    row = next(row for row in ROWS if row["place"] == place)
    decision = decided(row, datetime.combine(day, time(11), ZoneInfo(zone_of(row))))
    assert not decision.allowed
    assert decision.holiday is not None
    assert name in decision.holiday.en


def test_where_the_law_of_the_state_goes_by_no_holidays() -> None:
    row = next(row for row in ROWS if row["place"] == "US-FL")
    victory = datetime.combine(date(2026, 8, 10), time(11), ZoneInfo("America/New_York"))
    assert decided(row, victory).allowed


def test_italys_eves_count_as_saturdays() -> None:
    row = next(row for row in ROWS if row["place"] == "IT")
    eve = datetime(2026, 12, 7, 9, 30, tzinfo=ZoneInfo("Europe/Rome"))
    assert decided(row, eve).next_open == eve.replace(hour=10, minute=0)
    assert decided(row, eve.replace(hour=19)).allowed is False
    assert decided(row, eve - timedelta(days=7)).allowed


def test_mississippi_keeps_standard_time_in_summer() -> None:
    zones, places = zones_of_number("+16015550123"), places_of_number("+16015550123")
    assert places == ("US-MS", "US")
    summer = datetime(2026, 7, 14, 8, 30, tzinfo=ZoneInfo("America/Chicago"))
    facts = {"zones": zones, "places": places, "purpose": "sales"}
    morning = decide(calling_hours(), at=summer, **facts)  # type: ignore[arg-type]
    assert (morning.allowed, morning.rule.place) == (False, "US-MS")
    assert morning.next_open == summer.replace(hour=9, minute=0)
    # The federal rule closes at nine of the people's clock, the state's too.
    assert morning.closes == summer.replace(hour=21, minute=0)
    winter = decide(calling_hours(), at=summer.replace(month=1), **facts)  # type: ignore[arg-type]
    assert winter.allowed


def test_pennsylvania_before_and_after_its_change() -> None:
    zone = ZoneInfo("America/New_York")
    facts = {"zones": ("America/New_York",), "places": ("US-PA", "US"), "purpose": "sales"}
    for day, opens, closes in ((16, 8, 21), (17, 8, 21), (19, 9, 19)):
        start = datetime(2026, 10, day, opens, tzinfo=zone)
        decision = decide(calling_hours(), at=start, **facts)  # type: ignore[arg-type]
        assert (decision.allowed, decision.closes) == (True, start.replace(hour=closes))
        assert not decide(calling_hours(), at=start - SECOND, **facts).allowed  # type: ignore[arg-type]
    sunday = datetime(2026, 10, 18, 12, tzinfo=zone)
    assert not decide(calling_hours(), at=sunday, **facts).allowed  # type: ignore[arg-type]
    assert decide(calling_hours(), at=sunday - timedelta(days=7), **facts).allowed  # type: ignore[arg-type]


@pytest.mark.parametrize("number", ["+12085550140", "+18505550100"])
def test_a_number_of_two_zones_needs_both(number: str) -> None:
    zones, places = zones_of_number(number), places_of_number(number)
    assert len(zones) == 2
    start = datetime(2026, 11, 17, tzinfo=UTC)
    for quarter in range(96):
        at = start + timedelta(minutes=15 * quarter)
        alone = [
            decide(calling_hours(), zones=(zone,), places=places, purpose="sales", at=at).allowed
            for zone in zones
        ]
        both = decide(calling_hours(), zones=zones, places=places, purpose="sales", at=at)
        assert both.allowed is all(alone)


def test_a_toll_free_number_is_under_every_state_in_every_zone() -> None:
    zones, places = zones_of_number("+18005550199"), places_of_number("+18005550199")
    rules = calling_hours().binding(places, "sales")
    states = {row["place"] for row in ROWS if row["place"].startswith("US-")}
    assert {rule.place for rule in rules} == {*states, "US", "CA"}
    start = datetime(2026, 11, 17, 12, tzinfo=UTC)
    decision = decide(calling_hours(), zones=zones, places=places, purpose="sales", at=start)
    assert not decision.allowed
    assert (decision.next_open, decision.reasons[-1].key) == (None, "hours.never")


MAKE_UPS = ["2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"]


def in_china(text: str, purpose: str = "survey") -> Decision:
    at = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Asia/Shanghai"))
    return decide(calling_hours(), zones=("Asia/Shanghai",), places=("CN",), purpose=purpose, at=at)


@pytest.mark.parametrize("day", MAKE_UPS)
def test_the_make_up_days_of_2026_are_weekdays(day: str) -> None:
    for clock, allowed in (("08:59:59", False), ("09:00:00", True), ("19:59:59", True)):
        assert in_china(f"{day}T{clock}").allowed is allowed
    assert not in_china(f"{day}T20:00:00").allowed
    assert "hours.made_up" in {said.key for said in in_china(f"{day}T12:00:00").reasons}


def test_the_other_weekends_of_2026_are_weekends() -> None:
    day = date(2026, 1, 1)
    opened = []
    while day.year == 2026:
        if day.weekday() == 6 and in_china(f"{day}T12:00:00").allowed:
            opened.append(day.isoformat())
        if day.weekday() == 5 and in_china(f"{day}T18:00:00").allowed:
            opened.append(day.isoformat())
        day += timedelta(days=1)
    assert opened == MAKE_UPS


def test_chinas_holidays_close_surveys_and_not_service() -> None:
    survey = in_china("2026-10-01T10:00:00")
    assert survey.holiday is not None
    assert (survey.allowed, survey.holiday.zh) == (False, "国庆节")
    assert survey.next_open == datetime(2026, 10, 8, 1, tzinfo=UTC)
    assert in_china("2026-10-01T10:00:00", "service").allowed


def test_a_year_beyond_the_calendar_is_estimated_and_says_so() -> None:
    new_year = in_china("2027-01-01T10:00:00")
    assert new_year.holiday is not None
    assert (new_year.allowed, new_year.holiday.zh) == (False, "元旦")
    doubt = [said for said in new_year.reasons if said.key == "hours.calendar_beyond"]
    assert [said.params for said in doubt] == [{"place": "CN", "year": 2027}]
    ordinary = in_china("2027-03-03T10:00:00")
    assert ordinary.allowed
    assert [said.key for said in ordinary.reasons] == ["hours.open", "hours.calendar_beyond"]
    assert [said.key for said in in_china("2026-12-30T10:00:00").reasons] == ["hours.open"]


CHANGES = [
    ("US-FL", "sales", "America/New_York", "2026-03-07"),
    ("US-FL", "sales", "America/New_York", "2026-10-31"),
    ("CA", "sales", "America/St_Johns", "2026-10-31"),
    ("AU", "survey", "Australia/Sydney", "2026-04-04"),
    ("AU", "survey", "Australia/Lord_Howe", "2026-10-03"),
    ("FR", "sales", "Europe/Paris", "2026-03-27"),
    ("GB", "sales", "Europe/London", "2026-10-24"),
    ("*", "any", "America/Santiago", "2026-09-05"),
    ("*", "any", "Africa/Casablanca", "2026-02-14"),
]


@pytest.mark.parametrize(("place", "purpose", "zone", "day"), CHANGES)
def test_clocks_that_change_let_nothing_out_of_the_local_window(
    place: str, purpose: str, zone: str, day: str
) -> None:
    row = next(row for row in ROWS if (row["place"], row["purpose"]) == (place, purpose))
    start = datetime.fromisoformat(day).replace(tzinfo=UTC)
    offsets = set()
    for step in range(12 * 72):
        at = start + timedelta(minutes=5 * step)
        local = at.astimezone(ZoneInfo(zone))
        offsets.add(local.utcoffset())
        column = {5: "sat", 6: "sun"}.get(local.weekday(), "mon_fri")
        minute = local.hour * 60 + local.minute
        inside = any(opens <= minute < closes for opens, closes in windows_of(row, column))
        decision = decide(
            calling_hours(),
            zones=(zone,),
            places=() if place == "*" else (place,),
            purpose="service" if place == "*" else purpose,
            at=at,
        )
        assert decision.allowed is inside
    assert len(offsets) == 2
