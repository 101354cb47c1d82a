"""What simulated operators were told, written down on their side and held against the database.

Each operator appends lines of JSON to a file of its own, at once, so that they outlive `kill -9`:
an outcome before it is sent (`asked`) and when it was acknowledged (`said`), what was taken back
(`undone`), and the newest draft that was acknowledged (`draft`).
"""

from __future__ import annotations

import hashlib
import json
import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import sqlalchemy as sa

from db.engine import Database
from db.tables import answer, call_decision, draft, operator
from db.transaction import Unit
from domain.decision import Decision


class Ledger:
    """The book of one simulated operator or board; to be used as a context manager.

    Args:
        file: where it is kept; appended to.
    """

    def __init__(self, file: Path) -> None:
        self._handle = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._handle)

    def write(self, kind: str, **values: Any) -> None:
        """Appends a line; it is in the file when this returns, whatever becomes of the process."""
        os.write(self._handle, json.dumps({"kind": kind, **values}).encode() + b"\n")


def read_lines(folder: Path, pattern: str = "*.jsonl") -> Iterator[dict[str, Any]]:
    """The lines of all books of a folder; one that a kill cut short is left out."""
    for file in sorted(folder.glob(pattern)):
        for line in file.read_bytes().splitlines(keepends=True):
            if line.endswith(b"\n"):
                yield json.loads(line)


def digest(answers: Iterable[tuple[Any, ...]]) -> str:
    """A hash of answers, alike for those that were given and those that are stored."""
    ordered = sorted(json.dumps(one, ensure_ascii=False) for one in answers)
    return hashlib.sha256("\n".join(ordered).encode()).hexdigest()[:16]


def digest_of(decision: Decision) -> str:
    """The hash of a decision's answers."""
    return digest(
        (one.survey, one.question, one.status, one.number, one.text) for one in decision.answers
    )


@dataclass(frozen=True, slots=True)
class Compared:
    """A ledger beside the database.

    Attributes:
        acknowledged: outcomes that were acknowledged.
        unheard: outcomes that are stored though nobody heard so: the line or the seat died between.
        wrong: one line for each that is lost, doubled or stored otherwise.
    """

    acknowledged: int
    unheard: int
    wrong: tuple[str, ...]


@dataclass(slots=True)
class _Books:
    """The lines of all operators, by what they are about."""

    asked: set[str] = field(default_factory=set)
    said: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    undone: dict[str, str] = field(default_factory=dict)
    drafts: dict[int, int] = field(default_factory=dict)

    def take(self, line: Mapping[str, Any]) -> None:
        match line["kind"]:
            case "asked":
                self.asked.add(line["uuid"])
            case "said":
                self.said[line["uuid"]] = line
            case "undone":
                self.undone[line["uuid"]] = line["decision"]
            case "draft":
                call = line["call"]
                self.drafts[call] = max(self.drafts.get(call, 0), line["revision"])


@dataclass(frozen=True, slots=True)
class _Stored:
    """Decisions by uuid, answers by decision, newest drafts by call."""

    decisions: Mapping[str, sa.RowMapping]
    answers: Mapping[int, list[tuple[Any, ...]]]
    drafts: Mapping[int, int]


def compare(
    database: Database, lines: Iterable[Mapping[str, Any]], logins: Iterable[str]
) -> Compared:
    """Holds what operators wrote down against what is stored.

    Args:
        database: the database.
        lines: the lines of all their books.
        logins: the operators; whatever is stored of them must be in the books.
    """
    books = _Books()
    for line in lines:
        books.take(line)
    stored = database.read(lambda unit: _stored(unit, list(logins)), long=True)
    wrong = [*_outcomes(books, stored), *_undone(books, stored), *_doubled(books, stored)]
    wrong += [
        f"lost: draft {revision} of call {call}, stored {stored.drafts.get(call)}"
        for call, revision in books.drafts.items()
        if stored.drafts.get(call, 0) < revision
    ]
    heard = {*books.said, *books.undone}
    unheard = sum(uuid not in heard for uuid in stored.decisions)
    return Compared(len(books.said), unheard, tuple(wrong))


def _outcomes(books: _Books, stored: _Stored) -> Iterator[str]:
    for uuid, line in books.said.items():
        row = stored.decisions.get(uuid)
        if row is None:
            yield f"lost: outcome {uuid} of call {line['call']}"
            continue
        answers = digest(stored.answers.get(row["id"], ()))
        want = (line["call"], line["outcome"], line["late"], line["digest"])
        have = (row["call_id"], row["outcome"], row["late"], answers)
        if want != have:
            yield f"otherwise: outcome {uuid}, told {want}, stored {have}"


def _undone(books: _Books, stored: _Stored) -> Iterator[str]:
    for uuid, decision in books.undone.items():
        if uuid not in stored.decisions:
            yield f"lost: undo {uuid}"
        if decision in stored.decisions and not stored.decisions[decision]["superseded_at"]:
            yield f"in force again: outcome {decision}"


def _doubled(books: _Books, stored: _Stored) -> Iterator[str]:
    in_force: dict[int, int] = defaultdict(int)
    for uuid, row in stored.decisions.items():
        if uuid not in books.asked:
            yield f"doubled: {uuid} is stored, nobody asked"
        if row["kind"] != "undo" and not row["late"] and row["superseded_at"] is None:
            in_force[row["call_id"]] += 1
    for call, count in in_force.items():
        if count > 1:
            yield f"doubled: call {call} has {count} outcomes in force"


def _stored(unit: Unit, logins: list[str]) -> _Stored:
    decisions = {
        row["uuid"]: row
        for row in unit.run(
            sa.select(
                call_decision.c.id,
                call_decision.c.uuid,
                call_decision.c.kind,
                call_decision.c.call_id,
                call_decision.c.outcome,
                call_decision.c.late,
                call_decision.c.superseded_at,
            )
            .join(operator, operator.c.id == call_decision.c.operator_id)
            .where(operator.c.login.in_(logins))
        ).mappings()
    }
    answers: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    for row in unit.run(
        sa.select(
            answer.c.decision_id,
            answer.c.survey,
            answer.c.question,
            answer.c.status,
            answer.c.number,
            answer.c.text,
        )
    ):
        answers[row.decision_id].append(tuple(row)[1:])
    revisions = {
        row.call_id: row.revision for row in unit.run(sa.select(draft.c.call_id, draft.c.revision))
    }
    return _Stored(decisions, answers, revisions)
