"""The shipped timers, and what is wrong with tables of others."""

from __future__ import annotations

from pathlib import Path

import pytest

from content.case_timers import COLUMNS, FILE, case_timers, case_timers_in, load_case_timers
from content.country_zones import zone_in
from content.rule_changes import law_changed
from content.rule_files import shipped_rules
from content.rule_set import read_rules, rulebook_of
from content.translations import LANGUAGES, translate
from domain.case_timer import Duty, Event, Unit
from domain.errors import InputError

TEXT = FILE.read_text(encoding="utf-8")


def keys(weight: str, level: str, country: str, trade: str = "") -> list[str]:
    found = case_timers().for_case(weight=weight, level=level, country=country, trade=trade)
    return [" ".join(timer.key) for timer in found]


def test_every_timer_has_words_and_sources() -> None:
    for timer in case_timers():
        assert timer.source
        assert timer.counting
        for language in LANGUAGES:
            assert translate(language, f"deadline.event.{timer.event.value}")
            assert translate(language, f"deadline.who.{timer.duty.value}")
    for unit in Unit:
        assert translate("en", f"deadline.limit.{unit.name.lower()}", n=2)
    assert {timer.event for timer in case_timers()} == set(Event)
    assert {timer.duty for timer in case_timers()} == set(Duty)


@pytest.mark.parametrize(
    ("regime", "step", "limit", "unit"),
    [
        ("house", "Update the Customer", 2, "working day"),
        ("telecom (CN)", "operator answers the user", 15, "day"),
        ("telecom-regulator-cn", "accept-appeal", 5, "working day"),
        ("电信（中国）", "修复城镇线路故障", 48, "hour"),
        ("12315 (CN)", "end of mediation", 45, "working day"),
        ("Car  Warranty (cn)", "courtesy car or compensation", 5, "day of repair"),
        ("financial services (GB)", "summary resolution", 3, "business day"),
        ("financial services (GB)", "final response", 8, "week"),
        ("city hotline 12345 (CN)", "we answer by the date on the slip", 0, "typed date"),
        ("抱怨", "答复", 24, "hour"),
    ],
)
def test_a_timer_is_found_by_codes_and_by_names(
    regime: str, step: str, limit: int, unit: str
) -> None:
    found = case_timers().named(regime, step)
    assert (found.limit, found.unit.value) == (limit, unit)
    assert case_timers()[found.key] is found


def test_who_is_not_found_hears_who_is_known() -> None:
    with pytest.raises(InputError, match="timer_regime_unknown") as regime:
        case_timers().named("telecom", "answer")
    assert "telecom-cn, telecom-regulator-cn" in str(regime.value.params["known"])
    with pytest.raises(InputError, match="timer_step_unknown") as step:
        case_timers().named("12315 (CN)", "answer")
    assert step.value.params["known"] == "accept, end-mediation"


def test_what_binds_a_case() -> None:
    assert keys("grumble", "local", "CN", "telecom") == [
        "department reply-to-slip",
        "grumble answer",
    ]
    house = ["house acknowledge", "house update-customer"]
    assert keys("complaint", "local", "FR") == [*house, "department reply-to-slip"]
    assert "telecom-cn answer-user" in keys("complaint", "skip_level", "CN", "telecom")
    assert "telecom-cn answer-user" not in keys("complaint", "local", "CN")
    assert "telecom-cn answer-user" not in keys("complaint", "local", "GB", "telecom")
    appeal = keys("appeal", "regulator", "CN", "telecom")
    assert {"telecom-regulator-cn answer", "regulator-notice-cn answer"} <= set(appeal)
    assert not any(key.startswith(("12315", "car-warranty")) for key in appeal)
    assert "12315-cn accept" in keys("appeal", "regulator", "CN", "car")
    finance = keys("complaint", "local", "GB", "finance")
    assert [key for key in finance if key.startswith("financial")] == [
        "financial-services-gb summary-resolution",
        "financial-services-gb final-response",
    ]


HEAD = ",".join(COLUMNS)
SOUND = dict(zip(COLUMNS, TEXT.splitlines()[1].split(","), strict=True))


def table(**changed: str) -> str:
    return f"{HEAD}\n{','.join({**SOUND, **changed}.values())}\n"


@pytest.mark.parametrize(
    ("changed", "column"),
    [
        ({"regime": "House"}, "regime"),
        ({"step": ""}, "step"),
        ({"limit": "-1"}, "limit"),
        ({"limit": "²"}, "limit"),
        ({"limit": "1001"}, "limit"),
        ({"limit": "0", "unit": "hour"}, "limit"),
        ({"limit": "1", "unit": "typed date"}, "limit"),
        ({"unit": "fortnight"}, "unit"),
        ({"from": "birth"}, "from"),
        ({"who": "them"}, "who"),
        ({"start_day": "maybe"}, "start_day"),
        ({"day_end": "noon"}, "day_end"),
        ({"day_end": "close"}, "hours"),
        ({"hours": "09:00-18:00"}, "hours"),
        ({"unit": "working hour", "limit": "1", "hours": "9-18"}, "hours"),
        ({"calendar": "China"}, "calendar"),
        ({"zone": "Asia/Peking"}, "zone"),
        ({"weights": "complaint heavy"}, "weights"),
        ({"levels": "skip-level"}, "levels"),
        ({"countries": "China"}, "countries"),
        ({"trades": "Cars"}, "trades"),
        ({"regime_zh": ""}, "regime_zh"),
        ({"note_zh": ""}, "note_zh"),
        ({"source": ""}, "source"),
        ({"confidence": "sure"}, "confidence"),
        ({"counting": ""}, "counting"),
        ({"counting_confidence": ""}, "counting_confidence"),
    ],
)
def test_a_wrong_cell_is_named(changed: dict[str, str], column: str) -> None:
    assert len(case_timers_in(table(), "own.csv").rows) == 1
    with pytest.raises(InputError, match="timers_unfit") as error:
        case_timers_in(table(**changed), "own.csv")
    assert (error.value.params["line"], error.value.params["column"]) == (2, column)


def test_a_wrong_table_is_named(tmp_path: Path) -> None:
    file = tmp_path / "own.csv"
    for text, code in (
        ("regime,step\n", "timers_columns"),
        (f'{HEAD}\n"house', "timers_columns"),
        (table().rstrip() + ",more\n", "timers_unfit"),
        (f"{HEAD}\nhouse\n", "timers_unfit"),
        (table() + table().splitlines()[1], "timers_twice"),
    ):
        file.write_text(text, encoding="utf-8")
        with pytest.raises(InputError, match=code):
            load_case_timers(file)


def test_timers_are_rules_that_a_lead_can_change() -> None:
    shipped = shipped_rules()
    old = "answer-user,15,day"
    assert old in shipped["case_timers"]
    own = {**shipped, "case_timers": shipped["case_timers"].replace(old, "answer-user,12,day")}
    book = rulebook_of(own)
    assert book.timers["telecom-cn", "answer-user"].limit == 12
    assert book.release != rulebook_of(shipped).release
    assert law_changed(shipped, own) == "telecom-cn answer-user"


def test_a_timer_that_cases_may_name_stays() -> None:
    shipped = shipped_rules()
    fewer = "".join(
        line
        for line in shipped["case_timers"].splitlines(keepends=True)
        if not line.startswith("grumble,")
    )
    (fault,) = read_rules({**shipped, "case_timers": fewer}).faults
    assert fault.name == "case_timers"
    assert "grumble answer" in str(fault.error.params)
    line = 1 + next(
        n for n, row in enumerate(shipped["case_timers"].splitlines()) if "15,day" in row
    )
    wrong = shipped["case_timers"].replace("15,day", "15,moon", 1)
    (fault,) = read_rules({**shipped, "case_timers": wrong}).faults
    assert fault.line == line


@pytest.mark.parametrize(
    ("country", "own", "zone"),
    [
        ("CN", "Europe/London", "Asia/Shanghai"),
        ("CN", "Asia/Urumqi", "Asia/Urumqi"),
        ("GB-SCT", "Asia/Shanghai", "Europe/London"),
        ("US", "America/Chicago", "America/Chicago"),
        ("US", "Asia/Shanghai", "America/New_York"),
        ("ZZ", "Asia/Shanghai", "Asia/Shanghai"),
    ],
)
def test_whose_clock_is_meant_by_a_country(country: str, own: str, zone: str) -> None:
    assert zone_in(country, own) == zone
