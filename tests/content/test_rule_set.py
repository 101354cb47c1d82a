"""Files of rules read together: faults with their lines, and the rulebook that they make."""

from __future__ import annotations

from dataclasses import replace

import pytest

from content.care_plans import care_plans
from content.rule_files import FILES, RULES, are_shipped, digest_of, shipped_rules
from content.rule_set import plans_of, read_rules, rulebook_of
from content.rulebook import load_shipped
from content.script_set import path_of, read_set, reread, shipped_files
from content.translations import translate
from domain.content_set import FileKey, FileText
from domain.errors import InputError

SHIPPED = shipped_rules()
CAMPAIGNS: FileKey = (RULES, "campaigns", "")


def changed(name: str, old: str, new: str, count: int = 1) -> dict[str, str]:
    assert old in SHIPPED[name]
    return {**SHIPPED, name: SHIPPED[name].replace(old, new, count)}


def line_of(name: str, words: str) -> int:
    rows = SHIPPED[name].split("\n")
    return 1 + next(place for place, row in enumerate(rows) if words in row)


def test_the_shipped_files_make_the_shipped_rulebook() -> None:
    assert rulebook_of(SHIPPED) is load_shipped()
    assert rulebook_of({}) is load_shipped()
    newer = rulebook_of({"of_a_newer_program": "?"})
    assert newer.release != load_shipped().release
    assert newer.campaigns is load_shipped().campaigns


def test_a_changed_file_changes_its_part_and_the_names() -> None:
    shipped = load_shipped()
    made = rulebook_of(changed("campaigns", "attempt_cap = 3", "attempt_cap = 4"))
    assert made.calling_release == shipped.calling_release
    assert made.calling is shipped.calling
    assert made.release != shipped.release
    assert 4 in {one.attempt_cap for one in made.campaigns}
    hours = rulebook_of(changed("calling_hours", "09:00-20:00", "09:00-19:00"))
    assert hours.calling_release != shipped.calling_release
    assert hours.release.startswith(f"{hours.calling_release}-")
    assert rulebook_of(changed("calling_hours", "09:00-20:00", "09:00-19:00")).release == (
        hours.release
    )


@pytest.mark.parametrize(
    ("name", "old", "new", "at"),
    [
        ("campaigns", "attempt_cap = 3", "attempt_cap = 0", '[[campaign]]'),
        ("campaigns", 'code = "general"', 'code = general', 'code = "general"'),
        ("outcomes", 'code = "completed"', 'code = "finished"', ""),
        ("calling_hours", "09:00-20:00", "9-20", "09:00-20:00"),
        ("caps", 'counts = "calls"', 'counts = "rings"', "[[cap]]"),
        ("caps", 'uncounted = ["busy"', 'uncounted = ["bussy"', 'code = "us-debt-7-days"'),
        ("tiers", "=", "?", ""),
        ("care_plans", 'campaign = "', 'campaign = "no-', ""),
    ],
)  # fmt: skip
def test_a_fault_names_its_file_and_line(name: str, old: str, new: str, at: str) -> None:
    read = read_rules(changed(name, old, new))
    assert read.rulebook is None
    (fault,) = read.faults
    assert fault.name == name
    if name == "campaigns" and "cap" in old:
        rows = SHIPPED[name].split("\n")
        first = 1 + next(place for place, row in enumerate(rows) if old in row)
        at_line = max(n for n, row in enumerate(rows, 1) if row.strip() == at and n < first)
        assert fault.line == at_line
    elif at:
        assert fault.line == line_of(name, at)
    with pytest.raises(InputError):
        rulebook_of(changed(name, old, new))


def test_faults_of_several_files_are_told_together() -> None:
    files = {
        **changed("outcomes", 'key = "1"', 'key = "2"'),
        "campaigns": SHIPPED["campaigns"].replace("attempt_cap = 3", "attempt_cap = 0", 1),
    }
    assert {fault.name for fault in read_rules(files).faults} == {"outcomes", "campaigns"}


def files_with(key: FileKey, source: str) -> tuple[FileText, ...]:
    return tuple(
        replace(file, source=source) if file.key == key else file for file in shipped_files()
    )


def test_rules_are_files_of_the_whole_set() -> None:
    read = read_set(shipped_files())
    assert read.faults == ()
    assert read.rulebook is load_shipped()
    rules = [file for file in reread(shipped_files()) or () if file.kind == RULES]
    assert {file.name for file in rules} == set(FILES)
    assert all(file.language == "" and file.parsed == {} for file in rules)


def test_a_campaign_names_a_script_that_is_there() -> None:
    source = SHIPPED["campaigns"].replace('playbook = "general"', 'playbook = "nowhere"', 1)
    assert source != SHIPPED["campaigns"]
    (fault,) = read_set(files_with(CAMPAIGNS, source)).faults
    assert fault.key == CAMPAIGNS
    assert fault.line > 1
    for language in ("zh", "en"):
        assert "nowhere" in translate(language, fault.said.key, **fault.said.params)
    assert reread(files_with(CAMPAIGNS, source)) is None


def test_scripts_end_in_the_outcomes_of_the_set() -> None:
    key = (RULES, "outcomes", "")
    own = '\n[[outcome]]\ncode = "own-ending"\nkey = "Z"\nname = { zh = "自定", en = "Own" }\n'
    own += 'type = "final"\ncontacted = true\nnext = { then = "done" }\n'
    source = SHIPPED["outcomes"] + own
    files = {file.key: file for file in files_with(key, source)}
    for language in ("zh", "en"):
        script = ("playbooks", "general", language)
        text = files[script].source
        assert "do:outcome/completed" in text
        text = text.replace("do:outcome/completed", "do:outcome/own-ending", 1)
        files[script] = replace(files[script], source=text)
    assert read_set(files.values()).faults == ()
    files[key] = FileText(*key, SHIPPED["outcomes"])
    assert {fault.key[0] for fault in read_set(files.values()).faults} == {"playbooks"}


def test_paths_are_one_folder_of_their_own() -> None:
    assert path_of(CAMPAIGNS) == "rules/campaigns.toml"
    assert path_of((RULES, "calling_hours", "")) == "rules/calling_hours.csv"


def test_versions_tell_whether_the_shipped_files_hold() -> None:
    digests = {name: digest_of(text) for name, text in SHIPPED.items()}
    assert are_shipped(digests)
    assert are_shipped({})
    assert not are_shipped({**digests, "of_a_newer_program": "1"})
    assert not are_shipped({**digests, "tiers": "1"})


def test_care_plans_are_those_of_the_files() -> None:
    assert plans_of({}) is care_plans()
    text = SHIPPED["care_plans"]
    assert plans_of({"care_plans": text + "\n# seen\n"}) == care_plans()
    with pytest.raises(InputError):
        plans_of({"care_plans": "plan = 1"})


def test_what_held_before_a_campaign_came_holds_on_and_is_not_published_again() -> None:
    entries = SHIPPED["campaigns"].split("[[campaign]]")
    (newer,) = (entry for entry in entries if 'code = "owners-day"' in entry)
    before = {"campaigns": "[[campaign]]".join(one for one in entries if one is not newer)}
    rulebook = rulebook_of(before)
    assert rulebook.campaigns["owners-day"] == load_shipped().campaigns["owners-day"]
    assert plans_of(before) == care_plans()
    (fault,) = read_rules(before).faults
    assert fault.error.params["problem"].params == {"code": "owners-day"}
