"""A short hour at full load, with accidents: nothing is lost, doubled or miscounted."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest

from benchmarks.databases import bench
from benchmarks.ledger import Ledger, compare, digest_of, read_lines
from benchmarks.load import Plan, measure
from db.finish import finish
from db.queue import claim_next
from db.tables import call_decision
from domain.decision import Decision, GivenAnswer
from tests.databases import Desk, copy_template, desk_on, make_template
from tests.postgres import NoServerError

SHORT = Plan(operators=6, boards=1, seconds=30, pace=0.3, harm=0.08, beat=0.8, callbacks=1200)
NOTHING = ("crashes", "lost or doubled outcomes", "faults of the history", "board figures unlike")


@pytest.mark.parametrize("where", ["sqlite", "postgresql"])
def test_nothing_is_lost_at_full_load(where: str, capfd: pytest.CaptureFixture[str]) -> None:
    try:
        with bench() as databases:
            figures = measure(databases, where, SHORT)
    except NoServerError as error:
        pytest.skip(f"no PostgreSQL: {error}")
    told = {figure.name.partition(",")[0]: figure.ours for figure in figures}
    wrong = {name: n for name, n in told.items() if name.startswith(NOTHING) and n}
    assert not wrong, capfd.readouterr().err
    assert len([name for name in told if name.startswith(NOTHING)]) == len(NOTHING)
    assert told["outcomes acknowledged"] > 0
    assert told["commits seen on boards"] > 0


@pytest.fixture
def desk(tmp_path: Path):
    with desk_on(copy_template(make_template(tmp_path), tmp_path)) as made:
        yield made


def told(desk: Desk, folder: Path) -> Decision:
    """One outcome at the desk, acknowledged and in the book."""
    desk.callback()
    actor = desk.seat("ann").actor
    taken = claim_next(desk.database, actor).taken
    answers = (GivenAnswer("nps", "v", "recommend", "answered", number=9.0),)
    decision = Decision(str(uuid.uuid4()), "completed", answers=answers)
    with Ledger(folder / "ann.jsonl") as book:
        book.write("asked", uuid=decision.uuid, call=taken.call_id)
        done = finish(desk.database, actor, taken.call_id, taken.fence, decision)
        book.write(
            "said", uuid=decision.uuid, call=taken.call_id, outcome="completed",
            late=done.late, digest=digest_of(decision),
        )  # fmt: skip
    return decision


def test_a_book_that_agrees_is_silent_and_a_line_cut_short_is_no_line(
    desk: Desk, tmp_path: Path
) -> None:
    told(desk, tmp_path)
    with (tmp_path / "ann.jsonl").open("a") as book:
        book.write('{"kind": "said", "uu')
    compared = compare(desk.database, read_lines(tmp_path), ["ann"])
    assert (compared.acknowledged, compared.unheard, compared.wrong) == (1, 0, ())


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"uuid": str(uuid.UUID(int=0))}, "lost"),
        ({"outcome": "busy"}, "otherwise"),
        ({"late": True}, "otherwise"),
    ],
)
def test_what_is_stored_otherwise_is_found(
    desk: Desk, tmp_path: Path, changes: dict, word: str
) -> None:
    decision = told(desk, tmp_path)
    desk.database.write(
        lambda unit: unit.run(
            call_decision.update().where(call_decision.c.uuid == decision.uuid).values(**changes)
        )
    )
    compared = compare(desk.database, read_lines(tmp_path), ["ann"])
    assert compared.wrong[0].partition(":")[0] == word


def test_other_answers_are_found(desk: Desk, tmp_path: Path) -> None:
    told(desk, tmp_path)
    lines = [
        {**line, "digest": "0"} if line["kind"] == "said" else line for line in read_lines(tmp_path)
    ]
    compared = compare(desk.database, lines, ["ann"])
    assert [line.partition(":")[0] for line in compared.wrong] == ["otherwise"]
