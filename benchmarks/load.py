"""A shop at full load: simulated operators and boards at once, each a process with its own seat.

`python -m benchmarks load --operators 24 --boards 2 --minutes 10 --database postgresql` works a
queue of invented customers; the same seed gives every operator the same dice. It measures claim,
finish and the way from a seat to a board, and proves at the end that nothing was lost: the history
of all rows (`db.history`), what was acknowledged (`benchmarks.ledger`), and the board's figures
beside plain SQL.
"""

from __future__ import annotations

import bisect
import multiprocessing
import random
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any, Final

import click
import sqlalchemy as sa

from benchmarks.databases import NAMES, Bench, Kind, bench
from benchmarks.figures import Figure, table
from benchmarks.filling import BUSY_HOUR, fill
from benchmarks.ledger import compare, read_lines
from benchmarks.simulated import Task, work
from benchmarks.simulated_board import watch
from content.rulebook import load_shipped
from db.board import live_board
from db.engine import Database
from db.history import check_history
from db.queue_counts import EXACT
from db.tables import call, callback, calling_window, operator, operator_state, person
from db.transaction import Unit
from domain.board import Waiting
from domain.permissions import Actor
from domain.terms import OFF

SEED: Final = 20_261_122
_TO_BOARD: Final[Mapping[Kind, float]] = {"sqlite": 300.0, "postgresql": 100.0}
"""Milliseconds from a commit to the figures of a board, 95 of 100."""
_CALLBACKS_A_MINUTE: Final = 30
"""Callbacks that an operator finds waiting for each minute of work: more than can be done."""
_GRACE: Final = 45.0
"""Seconds after the end in which processes may close; then they are killed."""
_PROCESSES: Final = multiprocessing.get_context("forkserver")
_KILLED: Final = -9


@dataclass(frozen=True, slots=True)
class Plan:
    """A run.

    Attributes:
        operators: how many work.
        boards: how many watch.
        seconds: how long.
        seed: of chance.
        pace: the mean of an operator's pause for thought, in seconds.
        harm: the share of calls that meet with an accident.
        beat: seconds between two beats of a seat.
        callbacks: how many wait at the beginning; enough for the time unless given.
    """

    operators: int = 24
    boards: int = 2
    seconds: float = 600.0
    seed: int = SEED
    pace: float = 2.0
    harm: float = 0.02
    beat: float = 3.0
    callbacks: int | None = None


@dataclass(slots=True)
class Person:
    """A process: who it is, and whether it shall be put back after a kill."""

    name: str
    task: Task
    body: Callable[..., None]
    options: Mapping[str, Any]
    process: ForkServerProcess
    lives: int = 1


def measure(bench: Bench, where: str, plan: Plan) -> list[Figure]:
    """Fills a database, lets the shop work, and returns the figures.

    Args:
        bench: makes the database.
        where: `sqlite`, `postgresql`, or the URL of an empty database.
        plan: the run.

    Raises:
        tests.postgres.NoServerError: no PostgreSQL is to be had.
    """
    kind: Kind = "postgresql" if where.startswith("postgresql") else "sqlite"
    filled = bench.empty(kind, url=None if where in NAMES else where)
    wanted = plan.callbacks
    if wanted is None:
        wanted = int(plan.operators * plan.seconds / 60 * _CALLBACKS_A_MINUTE)
    ahead = (BUSY_HOUR - datetime.now(UTC)).total_seconds()
    filled.database.set_clock(lambda: datetime.now(UTC) + timedelta(seconds=ahead))
    fill(filled.database, filled.actor, wanted, people=plan.operators + 1)
    with tempfile.TemporaryDirectory(prefix="callback-desk-load-") as folder:
        began = time.time()
        lives = run(filled.url, filled.database, plan, ahead, Path(folder))
        lasted = time.time() - began
        return _judge(
            filled.database, filled.actor, kind, plan, Path(folder), (ahead, lives, lasted)
        )


def run(url: str, database: Database, plan: Plan, ahead: float, folder: Path) -> int:
    """Lets operators and boards work and returns how many processes were killed.

    Whatever happens, no process of it is left when this returns.
    """
    _PROCESSES.set_forkserver_preload(["benchmarks.simulated_board"])
    # The first process waits until all is loaded; the others are forked from there.
    ready = _PROCESSES.Process(target=load_shipped)
    ready.start()
    ready.join(60)
    chance = random.Random(plan.seed)
    first, last = database.read(
        lambda unit: unit.run(sa.select(sa.func.min(person.c.id), sa.func.max(person.c.id))).one()
    )
    task = Task(
        url=url,
        login="ann",
        seed=plan.seed,
        ends=time.time() + plan.seconds,
        ahead=ahead,
        folder=folder,
        pace=plan.pace,
        harm=plan.harm,
        people=(first, last),
        beat=plan.beat,
        warm=min(5.0, plan.seconds / 5),
    )
    people = [
        _start(f"board {number}", replace(task, seed=plan.seed + number), watch, mends=number == 0)
        for number in range(plan.boards)
    ]
    for number in range(1, plan.operators + 1):
        seed = chance.randrange(10**9) * 100
        people.append(_start(f"op{number}", replace(task, login=f"op{number}", seed=seed), work))
    try:
        return _look_after(people, task.ends, folder)
    finally:
        for one in people:
            if one.process.is_alive():
                print(f"{one.name} did not end by itself: killed", file=sys.stderr, flush=True)
                one.process.kill()
            one.process.join(5)


def _start(name: str, task: Task, body: Callable[..., None], **options: Any) -> Person:
    process = _PROCESSES.Process(target=body, args=(task,), kwargs=options, daemon=True)
    process.start()
    return Person(name, task, body, options, process)


def _look_after(people: Sequence[Person], ends: float, folder: Path) -> int:
    """Puts back whoever was killed, tells each minute how it goes, waits for the end."""
    told, killed = time.time(), 0
    while any(one.process.is_alive() for one in people) and time.time() < ends + _GRACE:
        time.sleep(0.1)
        for one in people:
            if one.process.exitcode == _KILLED and time.time() < ends - 1:
                killed += 1
                task = replace(one.task, seed=one.task.seed + one.lives)
                again = _start(one.name, task, one.body, **one.options)
                one.process, one.lives = again.process, one.lives + 1
        if time.time() - told >= 60:
            told = time.time()
            count = Counter(line["kind"] for line in read_lines(folder))
            print(
                f"{max(0.0, ends - told):.0f} s to go: {count['said']} outcomes,"
                f" {killed} killed, {count['trouble']} troubles, {count['crash']} crashes",
                file=sys.stderr,
                flush=True,
            )
    for one in people:
        if one.process.exitcode not in (0, _KILLED, None):
            print(f"{one.name} ended with {one.process.exitcode}", file=sys.stderr, flush=True)
    return killed


def _judge(
    database: Database,
    actor: Actor,
    kind: Kind,
    plan: Plan,
    folder: Path,
    course: tuple[float, int, float],
) -> list[Figure]:
    ahead, killed, lasted = course
    lines = list(read_lines(folder))
    logins = [f"op{number}" for number in range(1, plan.operators + 1)]
    faults = check_history(database)
    compared = compare(database, lines, logins)
    differing = board_faults(database, actor)
    crashes = [line["text"] for line in lines if line["kind"] == "crash"]
    for text in (*map(str, faults), *compared.wrong, *differing, *crashes):
        print(text, file=sys.stderr, flush=True)
    _tell_counts(lines)
    name = f"{NAMES[kind]}, {plan.operators} + {plan.boards}"
    took = defaultdict(list)
    for line in lines:
        if line["kind"] == "took":
            took[line["what"]].append(line["ms"])
    figures = [
        figure
        for what in ("claim", "finish", "draft", "board")
        for figure in _spread(f"{what}, {name}", took[what])
    ]
    delays = to_board(database, lines, ahead)
    budget = _TO_BOARD[kind]
    figures += _spread(f"seat to board, {name}", [one for one, _ in delays], budget)
    rested = [one for one, at_rest in delays if at_rest]
    if rested:
        figures += _spread(f"seat to a board at rest, {name}", rested, budget)
    troubles = sum(line["kind"] == "trouble" for line in lines)
    rate = compared.acknowledged / lasted * 60
    return [
        *figures,
        Figure(f"outcomes, {name}", rate, None, "a minute"),
        Figure(f"outcomes acknowledged, {name}", compared.acknowledged, None, ""),
        Figure(f"outcomes stored unheard, {name}", compared.unheard, None, ""),
        Figure(f"processes killed, {name}", killed, None, ""),
        Figure(f"commits seen on boards, {name}", len(delays), None, ""),
        Figure(f"troubles, {name}", troubles, None, ""),
        Figure(f"crashes, {name}", len(crashes), None, "", 0),
        Figure(f"lost or doubled outcomes, {name}", len(compared.wrong), None, "", 0),
        Figure(f"faults of the history, {name}", len(faults), None, "", 0),
        Figure(f"board figures unlike SQL, {name}", len(differing), None, "", 0),
    ]


def _spread(name: str, values: Sequence[float], budget: float | None = None) -> list[Figure]:
    """Half, 95 and 99 of 100; the budget is that of 95."""
    if not values:
        return [Figure(f"{name}: none", 0, None, "", budget, at_least=True)]
    ordered = sorted(values)

    def at(share: float) -> float:
        return ordered[min(len(ordered) - 1, round(len(ordered) * share))]

    return [
        Figure(f"{name}, 50 of 100", at(0.50), None, "ms"),
        Figure(f"{name}, 95 of 100", at(0.95), None, "ms", budget),
        Figure(f"{name}, 99 of 100", at(0.99), None, "ms"),
    ]


def _tell_counts(lines: Sequence[Mapping[str, Any]]) -> None:
    """What was refused, went wrong and happened, on stderr: no figure, but worth a look."""
    for kind, by in (("refused", "code"), ("trouble", "code"), ("accident", "what")):
        count = Counter(line[by] for line in lines if line["kind"] == kind)
        if count:
            told = ", ".join(f"{code} {n}" for code, n in count.most_common())
            print(f"{kind}: {told}", file=sys.stderr, flush=True)


def to_board(
    database: Database, lines: Sequence[Mapping[str, Any]], ahead: float
) -> list[tuple[float, bool]]:
    """Milliseconds from each commit that changed an operator's state to each board that shows it.

    A board shows a commit when the state that it shows of the operator began with it or later.
    Behind it whether the board was at rest: it had rested from the question before.

    Args:
        database: the database.
        lines: of all books.
        ahead: seconds by which the desk's clock was ahead of the machine's.
    """
    begun: dict[str, list[float]] = defaultdict(list)
    for login, instant in database.read(_states):
        begun[login].append(instant.timestamp())
    seen: dict[int, dict[str, list[tuple[float, float, bool]]]] = defaultdict(
        lambda: defaultdict(list)
    )
    watched = [line["at"] for line in lines if line["kind"] == "watching"]
    for line in lines:
        if line["kind"] == "seen":
            seen[line["board"]][line["login"]].append((line["at"], line["since"], line["rested"]))
    if not watched or not seen:
        return []
    found = []
    for line in lines:
        if line["kind"] != "moved" or line["began"] < max(watched):
            continue
        starts = begun[line["login"]]
        place = bisect.bisect_left(starts, line["began"] + ahead - 0.002)
        if place == len(starts) or starts[place] > line["done"] + ahead + 0.002:
            continue  # it changed nothing that a board shows
        since = starts[place] - ahead - 0.002
        for board in seen.values():
            shown = [
                (at, rested)
                for at, state, rested in board[line["login"]]
                if state >= since and at >= line["began"]
            ]
            if shown:
                at, rested = min(shown)
                found.append((max(0.0, at - line["done"]) * 1000, rested))
    return found


def _states(unit: Unit) -> list[tuple[str, datetime]]:
    query = (
        sa.select(operator.c.login, operator_state.c.since)
        .join(operator, operator.c.id == operator_state.c.operator_id)
        .order_by(operator_state.c.since)
    )
    return [(row.login, row.since) for row in unit.run(query)]


def board_faults(database: Database, actor: Actor) -> list[str]:
    """Where the board's figures differ from plain SQL over all callbacks, at one instant."""
    now = database.read(lambda unit: unit.now)
    # What falls due between the two questions is no difference.
    database.set_clock(lambda: now)
    shown = live_board(database, actor, EXACT).queue
    plain = database.read(lambda unit: _plainly(unit, database))
    found = []
    for what, pairs in (
        ("band", {line.band: line.waiting for line in shown.bands}),
        ("campaign", {line.id: line.waiting for line in shown.campaigns}),
    ):
        for key in sorted({*pairs, *(one for kind, one in plain if kind == what)}):
            have, want = pairs.get(key, Waiting()), plain.get((what, key), Waiting())
            if have != want:
                found.append(f"{what} {key}: board {have}, SQL {want}")
    return found


def _plainly(unit: Unit, database: Database) -> Mapping[tuple[str, int], Waiting]:
    """Every callback looked at, one after the other."""
    late = unit.now - database.rulebook.board.overdue
    query = (
        sa.select(
            callback.c.band,
            callback.c.campaign_id,
            callback.c.state,
            callback.c.due_at,
            calling_window.c.opens_at,
            calling_window.c.closes_at,
            calling_window.c.preferred,
            call.c.talk_ended_at,
        )
        .join(calling_window, calling_window.c.id == callback.c.window_id)
        .outerjoin(call, call.c.id == callback.c.call_id)
        .where(callback.c.state.in_(("due", "claimed", "check")))
    )
    found: dict[tuple[str, int], Waiting] = defaultdict(Waiting)
    for row in unit.run(query):
        off = row.preferred.endswith(f"/{OFF}")
        if row.state == "due" and off:
            continue
        if row.state == "due":
            open_now = row.opens_at is not None and row.opens_at <= unit.now < row.closes_at
            one = Waiting(open=int(open_now), closed=int(not open_now), overdue=row.due_at <= late)
        elif row.state == "check":
            one = Waiting(check=1)
        else:
            one = Waiting(wrap_up=1) if row.talk_ended_at is not None else Waiting(claimed=1)
        found["band", row.band] += one
        found["campaign", row.campaign_id] += one
    return found


@click.command()
@click.option("--operators", default=24, show_default=True)
@click.option("--boards", default=2, show_default=True)
@click.option("--minutes", default=10.0, show_default=True)
@click.option(
    "--database",
    "where",
    default="postgresql",
    show_default=True,
    metavar="WHERE",
    help="sqlite, postgresql, or the URL of an empty database.",
)
@click.option("--seed", default=SEED, show_default=True)
@click.option("--pace", default=Plan().pace, show_default=True, help="Mean pause, in seconds.")
@click.option("--harm", default=Plan().harm, show_default=True, help="Share of accidents.")
def command(
    operators: int,
    boards: int,
    minutes: float,
    where: str,
    seed: int,
    pace: float,
    harm: float,
) -> None:
    """Let a shop work at full load, and prove that nothing was lost."""
    plan = Plan(operators, boards, minutes * 60, seed, pace, harm)
    with bench() as databases:
        figures = measure(databases, where, plan)
    print(table(figures), flush=True)
    missed = [figure.name for figure in figures if figure.within is False]
    if missed:
        print(f"missed: {'; '.join(missed)}", file=sys.stderr)
    sys.exit(1 if missed else 0)
