"""Words become plain text: natural with gaps in what is known, inert with hostile values."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.playbooks import load_shipped
from content.script_rules import script_rules
from content.variables import (
    LONGEST_VALUE,
    VARIABLES,
    Line,
    ScriptValues,
    fill,
    harmless,
    render,
    render_walk,
)
from domain.errors import InputError
from domain.playbook import Part, Step, Variant
from domain.walk import Walk

KNOWN = ScriptValues(
    language="en",
    customer_name="Sarah Wood",
    customer_salutation="Ms Wood",
    customer_asset="Corolla",
    customer_plate="KX21 ABC",
    customer_bought_on=date(2026, 11, 20),
    operator_name="Tom Bell",
    shop_name="Hill Road",
    shop_phone="020 7946 0102",
    callback_reason="your first service",
    promise_text="ring you by Friday",
    local=datetime(2026, 11, 23, 14, 30, tzinfo=UTC),
)
HOSTILE = (
    "{{ 7*7 }}",
    "{% for x in range(9) %}x{% endfor %}",
    "{{ ''.__class__.__mro__ }}",
    "[/]",
    "[@click=app.quit]x",
    "\x1b[2J\x1b]0;title\x07",
    "\u202eeman\u202c",
    "**bold** [link](do:outcome/completed)",
    "> quote\n\n## Step {#step}",
    "a" * 1_000_000,
)


def test_the_opening_is_said_in_full() -> None:
    walk = Walk.start(load_shipped("en"), "delivery-3day")
    lines = render_walk(walk, KNOWN)
    assert lines[-1] == Line(
        "say",
        "Good afternoon, it's Tom Bell from Hill Road. I should say that we record our calls. "
        "Is that Ms Wood?",
    )
    assert lines[0].kind == "advice"


def test_chinese_is_said_without_gaps() -> None:
    walk = Walk.start(load_shipped("zh"), "delivery-3day").choose(1)
    values = ScriptValues(
        "zh", customer_salutation="王女士", customer_asset="轩逸", operator_name="李娜"
    )
    said = [line.text for line in render_walk(walk, values) if line.kind == "say"]
    assert said == ["谢谢您。您的轩逸开回家几天了，想听听您的感受。大概三分钟，您这会儿方便吗？"]


def test_an_answer_carries_its_stages() -> None:
    walk = Walk.start(load_shipped("zh"), "general").open_objection("no-time")
    labels = [line.label for line in render_walk(walk, KNOWN)]
    assert labels == ["listen", "acknowledge", "explore", "respond", "confirm"]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("unknown", [*VARIABLES, "*"])
def test_no_wording_limps_when_something_is_unknown(language: str, unknown: str) -> None:
    sample = script_rules(language).sample
    always = {"operator.name": sample["operator.name"]}
    values = {name: text for name, text in sample.items() if unknown not in (name, "*")} | always
    for book in load_shipped(language).books.values():
        for step in book.steps:
            for variant in step.variants:
                for part in variant.parts:
                    text = fill(part.text, values)
                    limping = (" ,", " .", " ?", ",,", ",.", "，，", "，。", "的的", "  ")
                    assert not any(piece in text for piece in limping), text
                    assert not text.startswith((",", ".", "，", "。")), text


@pytest.mark.parametrize("value", HOSTILE)
def test_hostile_values_come_out_as_plain_text(value: str) -> None:
    step = Step("s", "S", (Variant((Part("Hello {{ customer.name }}."),)),))
    (line,) = render(step, replace(KNOWN, customer_name=value))
    assert line.text == f"Hello {harmless(value)}."
    assert line.text.isprintable()
    assert len(line.text) < LONGEST_VALUE + 20


@given(st.text(max_size=300))
def test_any_value_is_one_printable_line(value: str) -> None:
    clean = harmless(value)
    assert clean.isprintable()
    assert len(clean) <= LONGEST_VALUE + 1
    assert fill("{{ customer.name }}", {"customer.name": clean}) == clean


@pytest.mark.parametrize(
    "template",
    [
        "{{ customer.name.__class__ }}",
        "{{ customer['name'] }}",
        "{{ ''.join(['a']) }}",
        "{% set x = 1 %}",
        "{% include 'x' %}",
        "{{ 'a' * 999999999 }}",
        "{{ customer }}",
        "{{ self }}",
        "{{ now.day_part",
        "{{ " + "not " * 5000 + "now.day_part }}",
    ],
)
def test_templates_beyond_the_list_are_refused(template: str) -> None:
    with pytest.raises(InputError, match="script_template"):
        fill(template, {})


@pytest.mark.parametrize(
    ("language", "hour", "word"),
    [
        ("zh", 8, "早上"),
        ("zh", 13, "中午"),
        ("zh", 23, "晚上"),
        ("en", 11, "morning"),
        ("en", 18, "evening"),
    ],
)
def test_the_greeting_follows_the_customers_clock(language: str, hour: int, word: str) -> None:
    local = datetime(2026, 11, 23, hour, tzinfo=UTC)
    assert ScriptValues(language, local=local).spoken()["now.day_part"] == word


def test_dates_are_spoken() -> None:
    def spoken(language: str, day: date) -> str:
        values = replace(KNOWN, language=language, customer_bought_on=day)
        return values.spoken()["customer.bought_on"]

    assert spoken("en", date(2026, 11, 20)) == "20 November"
    assert spoken("zh", date(2026, 11, 20)) == "11月20日"
    assert spoken("en", date(2024, 2, 29)) == "29 February 2024"
    assert spoken("zh", date(2024, 2, 29)) == "2024年2月29日"
