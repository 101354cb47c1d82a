"""Each fault of a handbook file is found on its line, and the shipped cards have none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from app.cli.program import callback_desk
from content.handbook import (
    GoesWith,
    check_handbook,
    companions,
    handbook_phrases,
    handbook_sources,
    load_handbook,
)
from content.handbook_rules import handbook_rules
from content.markdown_file import MOST_BYTES
from content.pinyin import HANDBOOK_TABLE, write_table
from content.playbook_parser import Source
from content.playbooks import load_shipped
from content.translations import LANGUAGES, Language, say
from domain.handbook import BlockKind

ADVICE = frozenset({"mood", "mood/red", "taboos"})
KNOWN = GoesWith({"zh": ADVICE, "en": ADVICE}, {"complaint"})

CARDS = {
    "zh": """---
id: mini
title: 小样
kind: handbook
---

## 留住客户 {#keep}

为什么要算这笔账。

- 新客户贵，
  老客户便宜。
- 老客户还会介绍人。

> 谢谢您一直信任我们。

*查找：* 忠诚 · 成本

*适用：* taboos · mood/red · book:complaint

*说法：* 争取一个新客户的成本是留住老客户的5到6倍。
*出处：* 流传很广，没有可查的原始研究。

## 对话 {#talk}

*台阶：* 1 听愿望

> *客户：* 我要换新车！
>
> *我们：* 我先记下来。
""",
    "en": """---
id: mini
title: Mini
kind: handbook
---

## Keeping a customer {#keep}

Why the sum is worth doing.

- A new one is dear,
  an old one is not.
- Old ones bring friends.

> Thank you for staying with us.

*Find:* loyalty · cost

*Goes with:* book:complaint · mood/red · taboos

*Claim:* Winning a customer costs 5 to 6 times as much as keeping one.

*Source:* Widely repeated; no study can be found.

## A dialogue {#talk}

> *Rung:* 1 Wishes
>
> *Customer:* I want a new car!
>
> *We:* I'll put that down first.
""",
}


def sources(**changed: str) -> list[Source]:
    return [
        Source(f"{language}.md", language, changed.get(language, CARDS[language]))
        for language in LANGUAGES
    ]


def changed(language: Language, before: str, after: str) -> str:
    assert before in CARDS[language]
    return CARDS[language].replace(before, after, 1)


def found(language: Language, text: str) -> list[tuple[str, int, str]]:
    findings = check_handbook(sources(**{language: text}), KNOWN)
    assert all(say(one, finding.said) for one in LANGUAGES for finding in findings)
    return [(finding.file, finding.line, finding.code) for finding in findings]


def line(text: str, mark: str) -> int:
    return text.split(mark, maxsplit=1)[0].count("\n") + 1


def test_sound_cards_have_no_faults() -> None:
    assert check_handbook(sources(), KNOWN) == ()


BROKEN = [
    ("kind: handbook\n", "", "---", "kind_unknown"),
    ("kind: handbook", "kind: cards", "kind:", "kind_unknown"),
    ("kind: handbook", "kind: handbook\nsurvey: csat", "survey:", "front_key"),
    ("id: mini", "id: Mini Cards", "id:", "id_form"),
    ("---\n\n## Keeping", "---\n\nLost.\n\n## Keeping", "Lost.", "before_first_card"),
    ("## A dialogue {#talk}", "## A dialogue", "## A dialogue", "card_heading"),
    ("## A dialogue", "### A dialogue", "## A dialogue", "card_heading"),
    ("{#talk}", "{#keep}", "## A dialogue", "card_twice"),
    ("Why the sum", "1. One\n2. Two\n\nWhy the sum", "1. One", "card_block"),
    ("- Old ones", "- One\n\n  two\n- Old ones", "- One", "card_list"),
    ("Why the sum", "[Why](x.md) the sum", "[Why]", "link_in_words"),
    ("Why the sum", "Why {{ customer.name }} the sum", "Why {{", "card_variable"),
    ("Why the sum", "*Why:*the sum", "*Why:*", "star_left"),
    ("*Find:*", "*Seek:*", "*Seek:*", "label_unknown"),
    ("*Find:* loyalty · cost", "*Find:*", "*Find:*", "label_empty"),
    ("*Source:* Widely repeated; no study can be found.", "", "*Claim:*", "claim_no_source"),
    ("*Source:* Widely repeated; no study can be found.", "*Source:*", "*Claim:*",
     "claim_no_source"),
    ("*Source:*", "So it is said.\n\n*Source:*", "*Claim:*", "claim_no_source"),
    ("*Goes with:*", "*Source:* A book.\n\n*Goes with:*", "*Source:* A book", "source_alone"),
    ("mood/red", "Mood Red", "*Goes with:*", "goes_with_form"),
    ("mood/red", "mood/blue", "## Keeping", "goes_with_no_advice"),
    ("taboos", "tabus", "## Keeping", "goes_with_no_advice"),
    ("book:complaint", "book:complain", "## Keeping", "goes_with_no_book"),
    (" · taboos", "", "## Keeping", "goes_with_differs"),
    ("> *We:*", "\n*We:*", "*We:*", "turn_unquoted"),
    ("> *Rung:*", "> *Find:*", "> *Find:*", "label_in_quote"),
    ("Why the sum", "x" * 1001, "xxx", "line_too_long"),
    ("Why the sum", "Why\u202e the sum", "Why\u202e", "hidden_character"),
    ("Why the sum", "\x1b[31mWhy the sum", "Why the sum", "hidden_character"),
    ("Why the sum", "x" * MOST_BYTES, "---", "file_too_big"),
    ("Why the sum", "\n\n".join(["One more line."] * 24), "## Keeping", "card_too_long"),
]  # fmt: skip
"""What is written in place of what, where the fault is then, and its code."""


@pytest.mark.parametrize(("before", "after", "at", "code"), BROKEN)
def test_a_fault_is_found_on_its_line(before: str, after: str, at: str, code: str) -> None:
    text = changed("en", before, after)
    assert ("en.md", line(text, at), code) in found("en", text)


def test_a_card_without_a_word_is_found() -> None:
    text = CARDS["en"].split("> *Rung")[0]
    assert ("en.md", line(text, "## A dialogue"), "card_empty") in found("en", text)


def test_a_file_without_cards_is_found() -> None:
    assert ("zh.md", 1, "no_cards") in found("zh", CARDS["zh"].split("## ")[0])


def test_a_card_missing_in_one_language_is_found_in_the_other() -> None:
    assert found("zh", CARDS["zh"].split("## 对话")[0]) == [
        ("en.md", line(CARDS["en"], "## A dialogue"), "card_untranslated")
    ]


def test_a_claim_missing_in_one_language_is_found_in_both() -> None:
    claim = CARDS["zh"].split("*说法")[1].split("## ")[0]
    faults = found("zh", changed("zh", f"*说法{claim}", ""))
    assert {code for _, _, code in faults} == {"claims_differ"}
    assert {file for file, _, _ in faults} == {"zh.md", "en.md"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_shipped_cards_have_no_faults(language: Language) -> None:
    findings = check_handbook(handbook_sources(), companions(load_shipped(language).books.values()))
    assert [f"{one.file}:{one.line} {say('en', one.said)}" for one in findings] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_claim_has_its_source_and_every_turn_its_speaker(language: Language) -> None:
    cards = load_handbook(language).cards
    claims = [claim for card in cards for claim in card.claims]
    assert claims
    assert all(claim.source for claim in claims)
    kinds = {getattr(block, "kind", None) for card in cards for block in card.blocks}
    assert {BlockKind.CUSTOMER, BlockKind.WE, BlockKind.RUNG, BlockKind.WORDS} <= kinds


def test_a_page_is_measured_in_cells() -> None:
    rules = handbook_rules("en")
    assert rules.length(["x" * rules.columns]) == 1
    assert rules.length(["x" * (rules.columns + 1)]) == 2
    assert rules.length(["字" * (rules.columns // 2 + 1)]) == 2
    assert rules.length(["one two", "three"]) == 2


def test_the_table_of_pinyin_is_current(tmp_path: Path) -> None:
    fresh = tmp_path / "pinyin.csv"
    write_table(handbook_phrases(), fresh)
    assert HANDBOOK_TABLE.read_text(encoding="utf-8") == fresh.read_text(encoding="utf-8"), (
        "run: python -m content.pinyin"
    )


def test_the_command_without_files_checks_the_cards_too(monkeypatch: pytest.MonkeyPatch) -> None:
    text = changed("en", "mood/red", "mood/blue")
    monkeypatch.setattr(
        "content.handbook.handbook_sources", lambda: sources(en=text, zh=CARDS["zh"])
    )
    answer = CliRunner().invoke(callback_desk, ["playbook", "check", "--json"])
    assert answer.exit_code == 1, answer.output
    findings = json.loads(answer.stdout)["findings"]
    assert {(one["file"], one["line"], one["code"]) for one in findings} >= {
        ("en.md", line(text, "## Keeping"), "goes_with_no_advice"),
        ("zh.md", line(CARDS["zh"], "## 留住"), "goes_with_differs"),
    }
