"""The forms against the files that they change: nothing is missed, nothing else is touched."""

from __future__ import annotations

import itertools
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.csv_edit import rows_of, with_cell
from content.rule_choices import Choices, choices_of
from content.rule_files import shipped_rules
from content.rule_forms import Field, Form, Kind, Rows, rule_forms
from content.rule_rows import (
    FormRow,
    asked_for,
    changed,
    form_rows,
    row_name,
    with_new_row,
    without,
)
from content.rule_set import read_rules
from content.rule_uses import use_in_files
from content.rule_values import judge, spoken, typed, wanted
from content.script_set import shipped_files
from content.toml_edit import with_value
from content.translations import LANGUAGES, Language, say, translate
from domain.care.plan import NEEDS_SERVICES, Trigger
from domain.content_set import FileText
from domain.errors import InputError

SHIPPED = shipped_rules()
SCRIPTS = {one.name: one.name for one in shipped_files() if one.kind == "playbooks"}
WORDS = choices_of(SHIPPED, SCRIPTS)
FORMS = {form.id: form for form in rule_forms()}
BY_TEXT_ALONE = {"care_plans": {"survey_calendar"}}
"""What no form shows: blackouts lie two lists deep."""


def text_of(form: Form) -> str:
    return SHIPPED[form.file]


def rows(form: Form) -> tuple[FormRow, ...]:
    return form_rows(form, text_of(form))


def leaves(values: Mapping[str, Any], form: Form, path: tuple[str, ...] = ()) -> Iterator[Any]:
    known = {field.path for field in form.fields}
    for name, value in values.items():
        if isinstance(value, Mapping) and (*path, name) not in known:
            yield from leaves(value, form, (*path, name))
        else:
            yield (*path, name)


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_every_field_of_every_row_is_in_its_form(form: Form) -> None:
    known = {field.path for field in form.fields}
    for row in rows(form):
        found = set(leaves(row.values, form))
        if form.rows is Rows.WHOLE:
            tables = {other.at for other in FORMS.values() if other.file == form.file}
            tables |= BY_TEXT_ALONE.get(form.file, set())
            found = {path for path in found if path[0] not in tables}
        assert found <= known, (form.id, row.place)


def test_every_table_has_a_form() -> None:
    for name, text in SHIPPED.items():
        forms = [form for form in FORMS.values() if form.file == name]
        if forms and forms[0].rows is not Rows.CSV:
            whole = {f.path[0] for one in forms if one.rows is Rows.WHOLE for f in one.fields}
            shown = whole | {one.at for one in forms} | BY_TEXT_ALONE.get(name, set())
            assert set(tomllib.loads(text)) <= shown


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_what_is_typed_is_what_is_there(form: Form, language: Language) -> None:
    for row in rows(form):
        assert row_name(form, row, WORDS, language)
        for field in form.fields:
            value = row.value(field.path)
            assert spoken(field, value, WORDS, language)
            if value is None or field.kind is Kind.FLAG:
                continue
            judged = judge(field, typed(field, value, WORDS, language), WORDS, language)
            assert (judged.value, judged.problem) == (value, None), (form.id, row.place, field.path)
            assert asked_for(field, row)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_field_has_its_words(language: Language) -> None:
    for form in FORMS.values():
        for field in form.fields:
            label, tip = say(language, field.label), say(language, field.tip)
            assert label
            assert tip[-1] in ".。"
            assert say(language, wanted(field, WORDS, language))
            for code in WORDS.of(field.of) if field.of else ():
                assert WORDS.label(language, field.of, code)


def other_value(field: Field) -> object:
    """A value that a field could have."""
    if field.of:
        first = WORDS.of(field.of)[0]
        return [first] if field.kind is Kind.CHOICES else first
    return {
        Kind.WHOLE: max(field.least, 1),
        Kind.FLAG: not field.default,
        Kind.TIME: "11:00",
        Kind.HOURS: "10:00-12:00",
        Kind.WEEK: "10:00-12:00",
        Kind.TEXTS: ['a "quoted" one', "二"],
        Kind.NUMBERS: [3],
        Kind.DATE: "2026-01-01",
        Kind.MONTHDAY: "01-02",
        Kind.PLACE: "CN",
        Kind.ZONE: "Asia/Shanghai",
        Kind.AMOUNTS: {"CNY": 7},
    }.get(field.kind, 'with "quotes", commas, \\ and 字')


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_one_change_changes_one_line_and_is_taken_back_whole(form: Form) -> None:
    text = text_of(form)
    every = rows(form)
    for row in {one.place: one for one in (*every[:2], *every[-2:])}.values():
        for field in form.fields:
            if not asked_for(field, row) or field.instead or field.brings:
                continue
            before, value = row.value(field.path), other_value(field)
            if value in (before, field.default):
                continue
            after = changed(form, text, row, field, value)
            new = next(one for one in form_rows(form, after) if one.place == row.place)
            assert new.value(field.path) == value
            if any(one.where == field.path for one in form.fields):
                continue  # what it decides about may go with it
            lines, were = Counter(after.splitlines()), Counter(text.splitlines())
            assert (lines - were).total() <= 1, (form.id, row.place, field.path)
            assert (were - lines).total() <= 1
            if before != field.default or before is None:
                assert changed(form, after, new, field, before) == text


@pytest.mark.parametrize("form", [one for one in FORMS.values() if one.ask], ids=lambda one: one.id)
def test_a_new_row_is_one_more_row_and_goes_without_a_trace(form: Form) -> None:
    text = text_of(form)
    for beside in rows(form) or (None,):
        made, place = with_new_row(form, text, beside, {}, "2026-12")
        after = form_rows(form, made)
        assert len(after) == len(rows(form)) + 1
        assert [one.values for one in after if one.place != place] == [
            one.values for one in rows(form)
        ]
        assert not after[place].law
        if beside is not None:
            assert without(form, made, after[place]) == text


def test_a_row_that_goes_takes_no_comment_of_others_along() -> None:
    form = FORMS["plans"]
    text = text_of(form)
    (row,) = [one for one in rows(form) if one.value(("campaign",)) == "deal-follow-up"]
    after = without(form, text, row)
    gone = set(text.splitlines()) - set(after.splitlines())
    assert not any(line.startswith("#") for line in gone)
    assert any(
        line.startswith("# ---") and line.endswith("- service") for line in after.split("\n")
    )


def test_services_are_asked_for_the_triggers_that_need_them() -> None:
    field = FORMS["plans"].field(("services",))
    assert set(field.where_words) == {one.value for one in NEEDS_SERVICES}


def test_another_trigger_takes_out_what_it_does_not_know() -> None:
    form = FORMS["plans"]
    (row,) = [one for one in rows(form) if one.value(("campaign",)) == "annual-inspection"]
    field = form.field(("trigger",))
    text = changed(form, text_of(form), row, field, Trigger.LAPSED.value)
    (new,) = [
        one for one in form_rows(form, text) if one.value(("campaign",)) == "annual-inspection"
    ]
    assert new.value(("ages",)) is None
    assert new.value(("services",)) is None
    assert not read_rules({**SHIPPED, "care_plans": text}).faults


def test_of_two_fields_that_stand_for_each_other_one_is_there() -> None:
    form = FORMS["plans"]
    row = rows(form)[0]
    text = changed(form, text_of(form), row, form.field(("days_before",)), 2)
    new = form_rows(form, text)[0]
    assert (new.value(("days_before",)), new.value(("days_after",))) == (2, None)


def test_times_bring_the_step_behind_them() -> None:
    form = FORMS["outcomes"]
    (row,) = [one for one in rows(form) if one.value(("code",)) == "no-answer"]
    field = form.field(("next", "times"))
    text = changed(form, text_of(form), row, field, 2)
    assert not read_rules({**SHIPPED, "outcomes": text}).faults
    (new,) = [one for one in form_rows(form, text) if one.value(("code",)) == "no-answer"]
    assert new.value(("next", "otherwise")) == {}
    assert changed(form, text, new, field, None) == text_of(form)


@pytest.mark.parametrize(
    ("form", "path", "text", "value"),
    [
        ("campaigns", "grace_minutes", "2h", 120),
        ("campaigns", "grace_minutes", "2 小时", 120),
        ("campaigns", "within_hours", "3天", 72),
        ("campaigns", "hours", "9:00-12:00、14:00–19:00", "09:00-12:00 14:00-19:00"),
        ("campaigns", "hours", "10:00-19:00；10:00-17:00；none", "10:00-19:00;10:00-17:00;none"),
        ("campaigns", "synonyms", "甲，乙、丙; d", ["甲", "乙", "丙", "d"]),
        ("campaigns", "hours", "", None),
        ("hours", "sat", "NONE", None),
        ("hours", "sun", "none", "none"),
        ("hours", "place", "us-fl", "US-FL"),
        ("plans", "at", "9：30", "09:30"),
        ("plans", "skip_tiers", "Poor, small", ["poor", "small"]),
        ("plans", "ages", "2，4,6", [2, 4, 6]),
        ("levels", "spend", "cny 100, 20 usd", {"CNY": 100, "USD": 20}),
    ],
)
def test_people_type_in_their_own_way(form: str, path: str, text: str, value: object) -> None:
    judged = judge(FORMS[form].field(tuple(path.split("."))), text, WORDS, "en")
    assert judged.value == value


@pytest.mark.parametrize(
    ("form", "path", "text"),
    [
        ("campaigns", "attempt_cap", "0"),
        ("campaigns", "attempt_cap", "51"),
        ("campaigns", "attempt_cap", "2h"),
        ("campaigns", "attempt_cap", ""),
        ("campaigns", "within_hours", "30m"),
        ("campaigns", "hours", "19:00-10:00"),
        ("campaigns", "hours", "none"),
        ("campaigns", "hours", "09:00-12:00;10:00-12:00"),
        ("campaigns", "name.zh", "   "),
        ("campaigns", "name.zh", "x" * 400),
        ("hours", "mon_fri", "25:00-26:00"),
        ("hours", "since", "2026-02-30"),
        ("hours", "clock", "Mars/Olympus"),
        ("hours", "place", "China"),
        ("plans", "at", "24:00"),
        ("plans", "ages", "4, 2"),
        ("plans", "skip_tiers", "rich"),
        ("levels", "spend", "100"),
    ],
)
def test_what_can_not_be_is_said_in_words(form: str, path: str, text: str) -> None:
    judged = judge(FORMS[form].field(tuple(path.split("."))), text, WORDS, "en")
    assert judged.value is None
    assert judged.problem is not None
    for language in LANGUAGES:
        assert say(language, judged.problem)


@given(text=st.text(max_size=60), index=st.integers(0, 30))
def test_nothing_that_is_typed_breaks_a_form(text: str, index: int) -> None:
    every = [
        field for form in FORMS.values() for field in form.fields if field.kind is not Kind.FLAG
    ]
    for field in itertools.islice(every, index, None, 31):
        judged = judge(field, text, WORDS, "zh")
        assert judged.problem is None or judged.value is None


@given(text=st.text(st.characters(blacklist_categories=["Cs"]), min_size=1, max_size=40))
def test_any_text_can_be_written_and_read_back(text: str) -> None:
    form = FORMS["campaigns"]
    place = ("campaign", 3)
    after = with_value(text_of(form), place, ("name", "en"), text)
    assert tomllib.loads(after)["campaign"][3]["name"]["en"] == text
    table = SHIPPED["calling_hours"]
    cells = rows_of(with_cell(table, 2, 7, text))
    assert cells[2][7] == text
    assert [row for n, row in enumerate(cells) if n != 2] == [
        row for n, row in enumerate(rows_of(table)) if n != 2
    ]


def test_a_layout_of_its_own_is_left_alone() -> None:
    text = 'campaign = [{ code = "x", name = { zh = "甲", en = "x" } }]\n'
    with pytest.raises(InputError) as caught:
        without(FORMS["campaigns"], text, FormRow(0, {}))
    assert caught.value.code == "layout_strange"


def test_a_broken_text_is_said_to_be_so() -> None:
    for form, text in (("campaigns", "[[campaign"), ("hours", 'a,"b\nc'), ("hours", "")):
        with pytest.raises(InputError) as caught:
            form_rows(FORMS[form], text)
        assert caught.value.code == "form_unreadable"
        for language in LANGUAGES:
            assert translate(language, caught.value.title_key, **caught.value.params)


def test_who_uses_a_row_is_named() -> None:
    form = FORMS["campaigns"]
    made, place = with_new_row(
        form, text_of(form), rows(form)[0], {("code",): "spring", ("name", "zh"): "春",
        ("name", "en"): "Spring"}, "2026-12",
    )  # fmt: skip
    plans, _ = with_new_row(
        FORMS["plans"], SHIPPED["care_plans"], rows(FORMS["plans"])[0],
        {("campaign",): "spring"}, "2026-12",
    )  # fmt: skip
    others = [one for one in shipped_files() if one.name not in ("campaigns", "care_plans")]
    own = FileText("rules", "campaigns", "", made)
    gone = FileText("rules", "campaigns", "", without(form, made, form_rows(form, made)[place]))
    alone = FileText("rules", "care_plans", "", SHIPPED["care_plans"])
    used = FileText("rules", "care_plans", "", plans)
    assert use_in_files([*others, own, alone], gone) is None
    found = use_in_files([*others, own, used], gone)
    assert found is not None
    assert found.params["file"] == "rules/care_plans.toml"
    assert "spring" in say("en", found)


def test_words_of_unreadable_files_are_missing_not_wrong() -> None:
    found: Choices = choices_of({**SHIPPED, "campaigns": "?", "outcomes": "?"}, SCRIPTS)
    assert found.of("campaign") == found.of("outcome") == ()
    assert found.label("en", "campaign", "gone") == "gone"
