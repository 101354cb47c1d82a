"""Every deed that the audit can hold has words in both languages."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from content.audit_words import (
    action_codes,
    action_word,
    audit_csv,
    detail_words,
    field_word,
    subject_words,
)
from content.translations import LANGUAGES, Language, catalogue
from domain.audit_entry import AuditEntry
from domain.export_mark import MARK_COLUMN, ExportMark, ExportPurpose
from domain.lead import DeedKind

DB = Path(__file__).parents[2] / "db"
PLACES = {
    "append_audit": (2, 3),
    "audit_all": (0, 1),
    "save_case": (1, None),
    "on_case": (None, None),
    "_on_limit": (4, None),
    "_note_down": (2, None),
}
"""The functions that write the audit: where the action stands among what they are given, and
where the subject."""
MADE = {
    "f\"{row['kind']}_confirmed\"": {"tier_confirmed", "level_confirmed"},
    "f\"{row['kind']}_declined\"": {"tier_declined", "level_declined"},
    "f'lead_{deed.kind}'": {f"lead_{kind}" for kind in DeedKind},
}
"""Codes that are put together, as they stand in the program."""
HANDED_ON = {"action", "kind", "None"}
"""What a function passes on that was itself given the action."""


def written() -> Iterator[tuple[str, str, ast.expr]]:
    """Where, what (action or subject), and the expression, of everything that is audited."""
    for file in sorted(DB.glob("*.py")):
        for body in ast.parse(file.read_text(encoding="utf-8")).body:
            for what, given in _given(body):
                named = _assigned(body, given.id) if isinstance(given, ast.Name) else []
                for end in named or [given]:
                    yield file.name, what, end


def _given(body: ast.stmt) -> Iterator[tuple[str, ast.expr]]:
    for node in ast.walk(body):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        if name not in PLACES:
            continue
        for what, place in zip(("action", "subject"), PLACES[name], strict=True):
            if place is not None and len(node.args) > place:
                yield what, node.args[place]
        for given in node.keywords:
            if given.arg in ("action", "subject"):
                yield given.arg, given.value


def _assigned(body: ast.stmt, name: str) -> list[ast.expr]:
    return [
        node.value
        for node in ast.walk(body)
        if isinstance(node, ast.Assign)
        and ast.unparse(node.targets[0]) == name
        and isinstance(node.value, ast.Constant | ast.IfExp)
    ]


def constants(file: str) -> dict[str, str]:
    tree = ast.parse((DB / file).read_text(encoding="utf-8"))
    found = {}
    for node in tree.body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.value, ast.Constant):
            found[ast.unparse(node.target)] = str(node.value.value)
    return found


def codes(what: str) -> set[str]:
    found: set[str] = set()
    for file, kind, given in written():
        if kind != what:
            continue
        ends = [given.body, given.orelse] if isinstance(given, ast.IfExp) else [given]
        for end in ends:
            told = ast.unparse(end)
            if isinstance(end, ast.Constant) and isinstance(end.value, str):
                found.add(end.value)
            elif told in MADE:
                found |= MADE[told]
            elif told in constants(file):
                found.add(constants(file)[told])
            elif what == "action":
                assert told in HANDED_ON, f"{file}: what is {told}? Its codes belong into MADE."
    return found


def test_every_action_of_the_program_has_words():
    assert codes("action") >= {"erased", "case_taken_over", "customer_search", "content_publish"}
    missing = codes("action") - set(action_codes())
    assert missing == set()


def test_no_words_are_left_of_actions_that_nobody_writes():
    assert set(action_codes()) - codes("action") == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_subject_has_words(language: Language):
    for subject in codes("subject") | {"person", "complaint", "order"}:
        assert catalogue(language).text(f"audit.subject.{subject}"), subject


def an_entry(**changes: object) -> AuditEntry:
    values: dict[str, object] = {
        "id": 7,
        "at": datetime(2026, 11, 23, 2, 0, tzinfo=UTC),
        "operator_id": 1,
        "operator": "=HYPERLINK(1)",
        "seat_id": None,
        "action": "edited",
        "subject": "person",
        "subject_id": 12,
        "person_id": 12,
        "name": "王芳",
        "fields": ("email", "phone.mobile"),
        "details": {"term": "last_four", "found": 3},
        **changes,
    }
    return AuditEntry(**values)  # type: ignore[arg-type]


def test_an_entry_in_words():
    entry = an_entry()
    assert action_word("zh", "edited") == "修改资料"
    assert action_word("en", "of_another_program") == "of_another_program"
    assert subject_words("en", entry) == "customer 12 · 王芳"
    assert field_word("en", "email") == "e-mail"
    assert field_word("en", "x_1") == "x_1"
    assert detail_words("en", entry) == ("looked for: last four digits", "found: 3")


def test_the_file_carries_the_mark_and_no_formula():
    mark = ExportMark("X-1a2b", datetime(2026, 11, 23, tzinfo=UTC), "li", ExportPurpose.CHECK, 1)
    head, line = audit_csv([an_entry()], mark).removeprefix("\ufeff").splitlines()
    assert head.endswith(MARK_COLUMN)
    assert "'=HYPERLINK(1)" in line
    assert line.endswith("X-1a2b li 2026-11-23T00:00:00Z check")
