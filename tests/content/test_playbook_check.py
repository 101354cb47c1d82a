"""Each fault of a playbook is found on its line, and the shipped files have none."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from app.cli.program import callback_desk
from content.handbook import handbook_sources
from content.markdown_file import MOST_BYTES
from content.playbook_check import Known
from content.playbook_parser import Source
from content.playbooks import (
    check_sources,
    check_with_shipped,
    library_of,
    load_advice,
    load_shipped,
    read_source,
    shipped_known,
    shipped_sources,
)
from content.reasons import load_reasons, reason_of
from content.script_rules import load_script_rules
from content.toml_file import FOLDER, read_toml
from content.translations import LANGUAGES, say
from domain.errors import InputError
from domain.expectation import AGREEMENT, RUNGS, SHELVING

KNOWN = Known({"csat": {"overall"}}, {"csat"}, {"completed", "not-now"})

MINI = {
    "zh": """---
id: mini
title: 小样
survey: csat
confirmed: talk
---

## 开场 {#opening}

先确认本人。

> 您好，请问是{{ customer.salutation }}吗？

- [是](#talk)
- [忙](objections.md#busy)

## 谈话 {#talk}

> 您的{{ customer.asset }}开着好吗？

- [打分](ask:csat/overall) → [收尾](#closing)
- [记承诺](do:promise) → [收尾](#closing)

## 收尾 {#closing}

[道别](include:parts.md#bye)

> 谢谢，再见。

- [完成](do:outcome/completed)
- [返回](do:return)
""",
    "en": """---
id: mini
title: Mini
survey: csat
confirmed: talk
---

## Opening {#opening}

The right person first.

> Hello, is that {{ customer.salutation }}?

- [Yes](#talk)
- [Busy](objections.md#busy)

## Talk {#talk}

> How is your {{ customer.asset }}?

- [Score](ask:csat/overall) → [Close](#closing)
- [Note the promise](do:promise) → [Close](#closing)

## Closing {#closing}

[Goodbye](include:parts.md#bye)

> Thank you, goodbye.

- [Done](do:outcome/completed)
- [Back](do:return)
""",
}
STAGES = {
    "zh": ("*认同：* 明白。", "*探询：* 何时方便？", "*回应：* 好。", "*确认：* 可以吗？"),
    "en": (
        "*Acknowledge:* I see.",
        "*Explore:* When?",
        "*Respond:* Good.",
        "*Confirm:* All right?",
    ),
}
ANSWER = {language: "> " + "\n>\n> ".join(lines) + "\n" for language, lines in STAGES.items()}
HEARD = {
    "zh": "*客户说：* 忙 · 没空\n\n*聆听：* 听语气。\n",
    "en": "*Customer says:* busy\n\n*Listen:* To the voice.\n",
}


def objections(language: str) -> str:
    head = "---\nid: objections\ntitle: O\nkind: objections\n---\n\n## Busy {#busy}\n\n"
    answer = ANSWER[language]
    choices = "- [B](do:return)\n- [N](do:outcome/not-now)\n"
    return f"{head}{HEARD[language]}\n{answer}\n{answer}\n{choices}"


def parts(language: str) -> str:
    words = "您慢走。" if language == "zh" else "Bye for now."
    return (
        "---\nid: parts\ntitle: P\nkind: parts\n---\n\n"
        f"## Bye {{#bye}}\n\nWait.\n\n> {words}\n\n- [T](#closing)\n"
    )


def ladder(language: str) -> str:
    words = "好的。" if language == "zh" else "All right."
    steps = "".join(
        f"## {rung} {{#{rung}}}\n\n> {words}\n\n> {words}\n\n- [B](do:return)\n\n"
        for rung in (*RUNGS, AGREEMENT, SHELVING)
    )
    return f"---\nid: ladder\ntitle: L\nkind: ladder\n---\n\n{steps}"


def sources() -> dict[str, Source]:
    made = {}
    for language in LANGUAGES:
        texts = {
            "mini": MINI[language],
            "objections": objections(language),
            "ladder": ladder(language),
            "parts": parts(language),
        }
        for name, text in texts.items():
            file = f"{language}/{name}.md"
            made[file] = Source(file, language, text)
    return made


def test_the_sound_sample_is_sound() -> None:
    assert check_sources(sources().values(), KNOWN).findings == ()


M, A, L, P = "en/mini.md", "en/objections.md", "en/ladder.md", "en/parts.md"
ENDLESS = ("[" * 480 + "\n") * 16 + "HERE" + "[" * 480
NEW_STEP = "## New {#new}\n\n- [N](do:outcome/not-now)\n\n"
BROKEN = [
    # file, what stands there, what is put there, the fault, words on the faulty line
    (M, "---\nid: mini", "id: mini", "front_missing", "id: mini"),
    (M, "talk\n---\n", "talk\n", "front_open", "---"),
    (M, "survey: csat", "survey csat", "front_line", "survey csat"),
    (M, "survey: csat", "surveys: csat", "front_key", "surveys: csat"),
    (M, "survey: csat", "title: Again", "front_twice", "title: Again"),
    (M, "title: Mini\n", "", "front_key_missing", "---"),
    (M, "title: Mini", "title: Mini\nlanguage: fr", "language_unknown", "---"),
    (M, "title: Mini", "title: Mini\nkind: poem", "kind_unknown", "kind: poem"),
    (M, "id: mini", "id: Mini Me", "id_form", "id: Mini Me"),
    (M, MINI["en"][MINI["en"].index("## Opening") :], "", "no_steps", "---"),
    (M, "Thank you, goodbye.", "x" * MOST_BYTES, "file_too_big", "---"),
    (M, "Thank you, goodbye.", "Thank you, " + "so " * 400, "line_too_long", "so so"),
    (M, "Thank you, goodbye.", ENDLESS, "paragraph_too_long", "HERE"),
    (M, "Thank you", "Thank\x1b[31m you", "hidden_character", "\x1b"),
    (M, "Thank you", "Thank\u202e you", "hidden_character", "\u202e"),
    (M, "The right person first.", "1. The right person.", "block_unknown", "1. The"),
    (M, "> Thank you, goodbye.", "> - Thank you", "block_unknown", "> - Thank"),
    (M, "## Opening", "Lost words.\n\n## Opening", "before_first_step", "Lost words"),
    (M, "## Closing", "### Closing", "heading_level", "### Closing"),
    (M, "Closing {#closing}", "Closing", "step_no_id", "## Closing"),
    (M, "{#closing}", "{#talk}", "step_twice", "## Closing"),
    (M, "- [Yes](#talk)", "- Yes, see [talk](#talk)", "choice_form", "- Yes, see"),
    (M, "- [Yes](#talk)", "- [Yes](#talk) → [No](#talk)", "choice_form", "- [Yes]"),
    (M, "- [Yes](#talk)", "- [Yes](#talk)\n" * 10, "too_many_choices", "- [Yes]"),
    (M, "do:promise", "do:dance", "do_unknown", "do:dance"),
    (M, "do:promise", "do:promise/now", "do_argument", "do:promise/now"),
    (M, "do:outcome/completed", "do:outcome", "do_argument", "do:outcome"),
    (M, "(#talk)", "(https://example.org)", "link_form", "https"),
    (A, "*Explore:*", "*Ponder:*", "label_unknown", "*Ponder:*"),
    (M, "> Thank you", "> [Thank you](#talk)", "link_in_words", "> [Thank"),
    (M, "{{ customer.asset }}", "{{ customer.asset }", "template_broken", "> How"),
    (M, "{{ customer.asset }}", "{% for x in y %}{% endfor %}", "template_forbidden", "> How"),
    (M, "{{ customer.asset }}", "{{ customer.asset|upper }}", "template_forbidden", "> How"),
    (M, "{{ customer.asset }}", "{{ customer.wallet }}", "variable_unknown", "> How"),
    (M, "{{ customer.asset }}", "{{ customer }}", "variable_unknown", "> How"),
    (M, "{{ customer.asset }}", "{{ customer.name.__class__ }}", "variable_unknown", "> How"),
    (M, "survey: csat", "survey: gone", "survey_unknown", "---"),
    (M, "objections.md#busy", "nowhere.md#busy", "book_unknown", "nowhere.md"),
    (M, "(#talk)", "(#walk)", "dead_link", "#walk"),
    (M, "confirmed: talk", "confirmed: walk", "dead_link", "---"),
    (M, "ask:csat/overall", "ask:csat/mood", "ask_unknown", "ask:csat/mood"),
    (M, "outcome/completed", "outcome/vanished", "argument_unknown", "vanished"),
    (M, "do:promise", "do:wish/grant", "argument_unknown", "do:wish/grant"),
    (M, "do:promise", "do:mood/middle", "argument_unknown", "do:mood/middle"),
    (M, "(#talk)", "(#closing)", "unreachable", "## Talk"),
    (M, "do:outcome/completed", "#closing", "dead_end", "## Closing"),
    (A, "(do:return)\n- [N](do:outcome/not-now)", "(#busy)", "dead_end", "## Busy"),
    (L, "{#frame}", "{#window}", "rung_missing", "---"),
    (M, "confirmed: talk\n", "", "confirmed_missing", "---"),
    (A, "\n" + ANSWER["en"] + "\n- [B]", "\n- [B]", "too_few_wordings", "## Busy"),
    (A, "*Listen:* To", "To", "no_listening", "## Busy"),
    (A, "*Customer says:* busy", "Busy.", "not_heard", "## Busy"),
    (A, "*Respond:* Good", "*Explore:* Good", "stages_wrong", "> *Acknowledge"),
    (M, "Thank you, goodbye.", "Thank you, " + "so " * 30 + "much.", "breath", "> Thank"),
    (M, "Thank you, goodbye.", "Please give us a ten.", "begging", "> Please"),
    (M, "How is your {{ customer.asset }}?", "{{ customer.asset }}", "says_nothing", "> {{ cust"),
    (M, "Hello, is", "Hello, about your new car, is", "told_too_early", "> Hello"),
    (M, "customer.salutation", "customer.plate", "told_too_early", "> Hello"),
    (A, "I see.", "That complaint.", "told_too_early", "> *Acknowledge:* That"),
    (M, "## Closing", NEW_STEP + "## Closing", "step_untranslated", "## New"),
    (M, "outcome/completed", "outcome/not-now", "choices_differ", "## Closing"),
    (M, "id: mini", "id: maxi", "book_untranslated", "---"),
    (M, "include:parts.md#bye", "include:parts#bye", "include_form", "[Goodbye]"),
    (M, "include:parts.md#bye", "include:parts.md#hello", "include_dead", "[Goodbye]"),
    (M, "include:parts.md#bye", "include:mini.md#talk", "include_dead", "[Goodbye]"),
    (P, "Wait.", "[Goodbye](include:parts.md#bye)", "include_in_part", "[Goodbye]"),
    (P, "## Bye", "## Hi {#hi}\n\n> Hi.\n\n## Bye", "part_unused", "## Hi"),
    (P, "(#closing)", "(objections.md#lazy)", "dead_link", "- [T]"),
    (P, "Bye for now.", "Bye for now, " + "so " * 30 + "long.", "breath", "> Bye"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "code", "at"), BROKEN)
def test_a_fault_is_found_on_its_line(file: str, old: str, new: str, code: str, at: str) -> None:
    files = sources()
    text = files[file].text.replace(old, new, 1)
    assert text != files[file].text
    files[file] = replace(files[file], text=text)
    line = next(number for number, row in enumerate(text.split("\n"), 1) if at in row)
    found = [one for one in check_sources(files.values(), KNOWN).findings if one.code == code]
    if code in ("too_many_choices", "choices_differ"):
        assert found
    else:
        assert (file, line) in {(one.file, one.line) for one in found}
    for language in LANGUAGES:
        assert all(say(language, one.said) for one in found)


def test_a_part_stands_where_it_is_brought_in() -> None:
    files = sources()
    checked = check_sources(files.values(), KNOWN)
    mini = next(book for book in checked.books if book.file == M)
    closing = mini.step("closing")
    assert closing is not None
    assert [part.text for part in closing.advice] == ["Wait."]
    assert [one.parts[0].text for one in closing.variants] == [
        "Bye for now.",
        "Thank you, goodbye.",
    ]
    assert [one.shared for one in closing.variants] == ["parts#bye", ""]
    assert [(one.link.target, one.link.detail) for one in closing.choices] == [
        ("mini", "closing"),
        ("outcome", "completed"),
        ("return", ""),
    ]
    assert "parts" not in library_of("en", checked.books).books


def test_a_changed_part_makes_a_new_version_of_what_brings_it_in() -> None:
    def versions(text: str) -> dict[str, str]:
        files = sources()
        files[P] = replace(files[P], text=files[P].text.replace("Bye for now.", text))
        books = check_sources(files.values(), KNOWN).books
        return {book.file: book.version for book in books}

    before, after = versions("Bye for now."), versions("So long.")
    assert {file for file in before if before[file] != after[file]} == {M, P}


def test_a_part_that_leads_nowhere_is_told_where_it_is_brought_in() -> None:
    files = sources()
    files[P] = replace(files[P], text=files[P].text.replace("(#closing)", "(#walk)"))
    files[P] = replace(files[P], text=files[P].text + "- [M](#talk)\n" * 10)
    line = 1 + files[M].text.split("\n").index("[Goodbye](include:parts.md#bye)")
    found = {
        (one.file, one.line, one.code)
        for one in check_sources(files.values(), KNOWN).findings
        if one.file == M
    }
    assert {(M, line, "dead_link"), (M, line, "too_many_choices")} <= found


def test_two_files_of_one_id_and_an_objection_twice() -> None:
    files = sources()
    files["en/copy.md"] = replace(files["en/mini.md"], file="en/copy.md")
    other = files["en/objections.md"].text.replace("id: objections", "id: more")
    files["en/more.md"] = Source("en/more.md", "en", other)
    codes = {(one.file, one.code) for one in check_sources(files.values(), KNOWN).findings}
    assert {("en/copy.md", "book_twice"), ("en/more.md", "objection_twice")} <= codes


def test_the_shipped_files_are_sound_in_both_languages() -> None:
    checked = check_sources(shipped_sources(), shipped_known())
    assert [f"{one.file}:{one.line} {one.code}" for one in checked.findings] == []
    books = {language: set[tuple[str, str]]() for language in LANGUAGES}
    for book in checked.books:
        books[book.language] |= {(book.id, step.id) for step in book.steps}
    assert books["zh"] == books["en"]


def test_the_fourteen_objections_are_answered() -> None:
    for language in LANGUAGES:
        assert [step.id for step in load_shipped(language).book("objections").steps] == [
            "no-time", "unknown-number", "annoyed-no-complaint", "no-use", "driving-now",
            "wrong-person", "already-called", "price", "competitor", "not-my-decision",
            "wants-manager", "in-writing", "how-got-number", "stop-calling",
        ]  # fmt: skip


def test_difficult_callers_are_answered_by_manner_and_by_class() -> None:
    for language in LANGUAGES:
        steps = load_shipped(language).book("difficult").steps
        assert [step.id for step in steps] == [
            "hostile", "rude", "emotional", "class-a", "class-b", "class-c", "class-d",
        ]  # fmt: skip
        assert all(len(step.variants) >= 3 for step in steps[:3])


def test_the_advice_is_the_same_set_in_both_languages() -> None:
    zh, en = (load_advice(language) for language in ("zh", "en"))
    assert [(line.group, line.id) for line in zh] == [(line.group, line.id) for line in en]
    assert load_shipped("en").mood_advice("red").startswith("Red")
    with pytest.raises(InputError):
        load_shipped("en").mood_advice("blue")


@pytest.mark.parametrize(
    "text", ["mood = 1", "[mood]\nred = ''", "[mood]\nred = 'a'\ngreen = 'b'\nyellow = 'c'"]
)
def test_broken_advice_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "en.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="content_bad"):
        load_advice("en", path)


def test_broken_rules_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "script_rules.toml"
    text = (FOLDER / "script_rules.toml").read_text(encoding="utf-8")
    for old, new in (("breath = 22", "breath = 0"), ('listen = "Listen"', "")):
        path.write_text(text.replace(old, new), encoding="utf-8")
        with pytest.raises(InputError, match="content_bad"):
            load_script_rules("en", path)


def test_every_campaign_of_a_general_script_says_why_it_rings(tmp_path: Path) -> None:
    entries = read_toml(FOLDER / "campaigns.toml")["campaign"]
    assert isinstance(entries, list)
    for entry in entries:
        if entry["code"] != "general":
            assert reason_of(entry["code"], "zh")
            assert reason_of(entry["code"], "en")
    assert reason_of("general", "en") == ""
    path = tmp_path / "reasons.toml"
    path.write_text('birthday = { zh = "生日" }', encoding="utf-8")
    with pytest.raises(InputError, match="content_bad"):
        load_reasons(path)


def test_a_leads_file_takes_the_place_of_the_shipped_one(tmp_path: Path) -> None:
    shipped = (FOLDER / "playbooks" / "en" / "general.md").read_text(encoding="utf-8")
    path = tmp_path / "general.md"
    path.write_text(shipped, encoding="utf-8")
    assert check_with_shipped([read_source(path)], shipped_known()).findings == ()
    path.write_text(shipped.replace("objections.md#price", "objections.md#prize"), encoding="utf-8")
    findings = check_with_shipped([read_source(path)], shipped_known()).findings
    assert {"dead_link", "choices_differ"} == {one.code for one in findings}
    assert {one.file for one in findings} == {str(path)}


def test_the_command_lists_and_checks(tmp_path: Path) -> None:
    listed = CliRunner().invoke(callback_desk, ["playbook", "list", "--json"])
    assert listed.exit_code == 0
    assert '"delivery-3day"' in listed.stdout
    sound = CliRunner().invoke(callback_desk, ["playbook", "check", "--lang", "zh"])
    count = len(shipped_sources()) + len(handbook_sources())
    assert (sound.exit_code, sound.stdout) == (0, f"检查了 {count} 个文件，没有问题。\n")
    path = tmp_path / "bad.md"
    path.write_text("---\nid: bad\ntitle: Bad\nlanguage: en\n---\n", encoding="utf-8")
    bad = CliRunner().invoke(callback_desk, ["playbook", "check", str(path), "--json"])
    assert bad.exit_code == 1
    assert '"code": "no_steps"' in bad.stdout or '"code":"no_steps"' in bad.stdout
    path.write_bytes(b"\xff\xfe\x00---")
    broken = CliRunner().invoke(callback_desk, ["playbook", "check", str(path), "--json"])
    assert broken.exit_code == 1
    assert "content_bad" in broken.stdout
