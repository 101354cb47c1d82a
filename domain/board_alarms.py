"""What raises an alarm on the board: pure rules over the figures of an instant."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.board import Fallen, Worked
from domain.board_rules import AlarmKind, BoardRules, Level
from domain.said import Said

_AT_WORK = ("ready", "dialling", "talking", "wrap_up")


@dataclass(frozen=True, slots=True)
class Alarm:
    """One alarm.

    Attributes:
        kind: what raised it.
        keys: what it is about, each named; the bell rings once for each new one.
        said: the sentence that tells it.
        level: how much it asks for attention.
        bell: whether the bell rings for it.
        callbacks: the callbacks that it is about, as far as they are known.
        operator_id: the operator that it is about; none for one about nobody.
    """

    kind: AlarmKind
    keys: frozenset[str]
    said: Said
    level: Level
    bell: bool
    callbacks: tuple[int, ...] = ()
    operator_id: int | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """An operator as alarms see one: state, when it should end (UTC), and what was done today."""

    id: int
    name: str
    state: str
    ends_at: datetime | None
    worked: Worked


@dataclass(frozen=True, slots=True)
class Scene:
    """All that alarms are raised from, at an instant (UTC).

    Attributes:
        now: the instant.
        due: callbacks that may be rung now.
        oldest: when the longest waiting of them fell due; none where nobody waits.
        promises: promised calls that are late, each with its time.
        checks: callbacks in check for too long, each since when.
        operators: who does what.
        service: what fell due today; none while it is not known.
        trouble: whether the database can't be read or written.
    """

    now: datetime
    due: int = 0
    oldest: datetime | None = None
    promises: Sequence[tuple[int, datetime]] = ()
    checks: Sequence[tuple[int, datetime]] = ()
    operators: Sequence[Standing] = ()
    service: Fallen | None = None
    trouble: bool = False


def alarms_of(rules: BoardRules, scene: Scene) -> tuple[Alarm, ...]:
    """What is alarming now, the worst first."""
    found = [
        *_database(rules, scene),
        *_promises(rules, scene),
        *_nobody(rules, scene),
        *_checks(rules, scene),
        *_service(rules, scene),
        *_wait(rules, scene),
        *_pauses(rules, scene),
        *_occupied(rules, scene),
    ]
    return tuple(sorted(found, key=lambda one: -one.level))


def new_bells(before: Sequence[Alarm], now: Sequence[Alarm]) -> int:
    """How many alarms have come for which the bell rings."""
    known = {key for one in before for key in one.keys}
    return sum(one.bell and not one.keys <= known for one in now)


def _database(rules: BoardRules, scene: Scene) -> Iterator[Alarm]:
    rule = rules.alarms.get(AlarmKind.DATABASE)
    if rule is not None and scene.trouble:
        said = Said("board.alarm.database")
        yield Alarm(rule.kind, _keys(rule.kind), said, Level.ALARM, rule.bell)


def _promises(rules: BoardRules, scene: Scene) -> Iterator[Alarm]:
    rule = rules.alarms.get(AlarmKind.PROMISE_OVERDUE)
    late = [one for one in scene.promises if rule and scene.now - one[1] >= rule.after]
    if rule is not None and len(late) >= max(1, rule.at_least):
        lasting = _lasting(scene.now - min(at for _, at in late))
        said = Said("board.alarm.promise_overdue", {"n": len(late), "lasting": lasting})
        ids = tuple(number for number, _ in late)
        yield Alarm(rule.kind, _keys(rule.kind, *ids), said, Level.ALARM, rule.bell, ids)


def _checks(rules: BoardRules, scene: Scene) -> Iterator[Alarm]:
    rule = rules.alarms.get(AlarmKind.CHECK_OLD)
    old = [one for one in scene.checks if rule and scene.now - one[1] >= rule.after]
    if rule is not None and len(old) >= max(1, rule.at_least):
        lasting = _lasting(scene.now - min(at for _, at in old))
        said = Said("board.alarm.check_old", {"n": len(old), "lasting": lasting})
        ids = tuple(number for number, _ in old)
        yield Alarm(rule.kind, _keys(rule.kind, *ids), said, Level.ALARM, rule.bell, ids)


def _nobody(rules: BoardRules, scene: Scene) -> Iterator[Alarm]:
    rule = rules.alarms.get(AlarmKind.NOBODY_READY)
    if rule is None or scene.oldest is None or scene.due < max(1, rule.at_least):
        return
    if scene.now - scene.oldest < rule.after:
        return
    if any(one.state == "ready" for one in scene.operators):
        return
    busy = sum(one.state in _AT_WORK for one in scene.operators)
    said = Said("board.alarm.nobody_ready", {"n": scene.due, "busy": busy})
    yield Alarm(rule.kind, _keys(rule.kind), said, Level.NOTICE if busy else Level.ALARM, rule.bell)


def _service(rules: BoardRules, scene: Scene) -> Iterator[Alarm]:
    rule = rules.alarms.get(AlarmKind.SERVICE_LOW)
    if rule is None or scene.service is None:
        return
    figure = scene.service.service_level
    level = rules.level(figure.code, figure.value)
    if figure.value is None or level is Level.CALM or scene.service.decided < rule.at_least:
        return
    params = {"percent": round(figure.value), "in_time": scene.service.in_time}
    said = Said("board.alarm.service_low", {**params, "n": scene.service.decided})
    yield Alarm(rule.kind, _keys(rule.kind, level), said, level, rule.bell)


def _wait(rules: BoardRules, scene: Scene) -> Iterator[Alarm]:
    rule = rules.alarms.get(AlarmKind.WAIT_LONG)
    if rule is None or scene.oldest is None:
        return
    waited = scene.now - scene.oldest
    level = rules.level("wait", waited.total_seconds())
    if level is Level.ALARM and waited >= rule.after and scene.due >= rule.at_least:
        said = Said("board.alarm.wait_long", {"lasting": _lasting(waited)})
        yield Alarm(rule.kind, _keys(rule.kind), said, Level.NOTICE, rule.bell)


def _pauses(rules: BoardRules, scene: Scene) -> Iterator[Alarm]:
    rule = rules.alarms.get(AlarmKind.PAUSE_OVER)
    for one in scene.operators if rule is not None else ():
        if rule is None or one.state != "paused" or one.ends_at is None:
            continue
        over = scene.now - one.ends_at
        if over >= rule.after:
            said = Said("board.alarm.pause_over", {"name": one.name, "lasting": _lasting(over)})
            key = _keys(rule.kind, one.id)
            yield Alarm(rule.kind, key, said, Level.NOTICE, rule.bell, operator_id=one.id)


def _occupied(rules: BoardRules, scene: Scene) -> Iterator[Alarm]:
    rule = rules.alarms.get(AlarmKind.OCCUPANCY_HIGH)
    for one in scene.operators if rule is not None else ():
        if rule is None or one.state not in _AT_WORK or one.worked.calls < rule.at_least:
            continue
        figure = next(part for part in one.worked.figures() if part.code == "occupancy")
        if figure.value is not None and rules.level("occupancy", figure.value) is Level.ALARM:
            params = {"name": one.name, "percent": round(figure.value)}
            said = Said("board.alarm.occupancy_high", params)
            key = _keys(rule.kind, one.id)
            yield Alarm(rule.kind, key, said, Level.NOTICE, rule.bell, operator_id=one.id)


def _keys(kind: AlarmKind, *about: int) -> frozenset[str]:
    return frozenset(f"{kind}:{one}" for one in about) or frozenset({str(kind)})


def _lasting(span: timedelta) -> Said:
    """A length of time in hours and minutes, to be said in a language later."""
    hours, minutes = divmod(max(0, int(span.total_seconds() // 60)), 60)
    if hours:
        return Said("board.long", {"h": hours, "m": f"{minutes:02}"})
    return Said("board.short", {"m": minutes})
