"""Keys of operators: who may add and revoke them, and what becomes of open seats."""

from __future__ import annotations

import base64
import itertools
import struct

import pytest
import sqlalchemy as sa

from db.operator_keys import (
    OperatorKey,
    add_key,
    entry_of,
    list_keys,
    revoke_key,
    standing,
)
from db.queue import claim_next
from db.seats import beat, open_seat
from db.tables import audit, operator, operator_state, seat
from domain.errors import DeskError
from domain.permissions import Actor
from tests.databases import Desk

_COUNTS = itertools.count(1)


def fresh_key(note: str = "") -> str:
    body = b"".join(
        struct.pack(">I", len(part)) + part
        for part in (b"ssh-ed25519", next(_COUNTS).to_bytes(32, "big"))
    )
    return f"ssh-ed25519 {base64.b64encode(body).decode()} {note}".strip()


def sit(desk: Desk, key: OperatorKey, **options: object) -> Actor:
    found = entry_of(desk.database, key.fingerprint)
    taken = open_seat(
        desk.database, found.login, key_id=found.key_id, remote="203.0.113.9", **options
    )
    return taken.actor


def refused(code: str, deed: object, *given: object) -> None:
    assert callable(deed)
    with pytest.raises(DeskError) as error:
        deed(*given)
    assert error.value.code == code


def test_a_key_lets_its_owner_in_and_the_seat_remembers_it(desk: Desk) -> None:
    desk.operator("bob")
    key = add_key(desk.database, desk.actor, "bob", fresh_key("bob@home"))
    assert (key.login, key.note, key.live) == ("bob", "bob@home", 0)
    actor = sit(desk, key)
    row = desk.rows(sa.select(seat).where(seat.c.id == actor.seat_id))[0]
    assert (row["key_id"], row["remote"]) == (key.id, "203.0.113.9")
    assert [one.live for one in list_keys(desk.database, desk.actor, "bob")] == [1]
    written = desk.rows(sa.select(audit).where(audit.c.action == "operator_key_add"))[0]
    assert (written["operator_id"], written["details"]["fingerprint"]) == (
        desk.actor.operator_id, key.fingerprint,
    )  # fmt: skip


@pytest.mark.parametrize("role", ["operator", "lead"])
def test_keys_are_an_admin_s(desk: Desk, role: str) -> None:
    other = desk.operator("eve", role)
    key = add_key(desk.database, desk.actor, "ann", fresh_key())
    refused("not_allowed", add_key, desk.database, other, "eve", fresh_key())
    refused("not_allowed", list_keys, desk.database, other)
    refused("not_allowed", revoke_key, desk.database, other, key.fingerprint)


def test_one_key_is_one_person_for_good(desk: Desk) -> None:
    desk.operator("bob")
    text = fresh_key()
    key = add_key(desk.database, desk.actor, "ann", text)
    refused("key_taken", add_key, desk.database, desk.actor, "bob", text)
    revoke_key(desk.database, desk.actor, key.fingerprint)
    refused("key_was_revoked", add_key, desk.database, desk.actor, "ann", text)
    refused("operator_unknown", add_key, desk.database, desk.actor, "nobody", fresh_key())
    refused("operator_unknown", list_keys, desk.database, desk.actor, "nobody")


def test_revoking_ends_its_seats_and_no_other(desk: Desk) -> None:
    desk.operator("bob")
    desk.callback()
    gone, stays = (add_key(desk.database, desk.actor, "bob", fresh_key()) for _ in "12")
    working = sit(desk, gone)
    other = sit(desk, stays, kind="looking")
    claimed = claim_next(desk.database, working).taken
    assert claimed is not None
    key, ended = revoke_key(desk.database, desk.actor, gone.fingerprint)
    assert (ended, key.live, key.revoked_at) == (1, 0, desk.clock.now)
    row = desk.rows(sa.select(seat).where(seat.c.id == working.seat_id))[0]
    assert (row["ended"], row["ended_by"]) == ("revoked", desk.actor.operator_id)
    assert desk.row(claimed.callback_id)["state"] == "check"
    assert beat(desk.database, working).state == "revoked"
    assert beat(desk.database, other).state == "ok"
    stretches = desk.rows(
        sa.select(operator_state).where(operator_state.c.seat_id == working.seat_id)
    )
    assert all(stretch["until"] is not None for stretch in stretches)
    assert standing(desk.database, gone.id, working) == "revoked"
    assert standing(desk.database, stays.id, other) == "good"
    refused("key_not_good", entry_of, desk.database, gone.fingerprint)
    refused("seat_closed", claim_next, desk.database, working)
    # Once more changes nothing, and is written down once.
    assert revoke_key(desk.database, desk.actor, gone.fingerprint) == (key, 0)
    written = desk.rows(sa.select(audit).where(audit.c.action == "operator_key_revoke"))
    assert [row["details"]["seats"] for row in written] == [[working.seat_id]]


def test_a_key_that_was_revoked_meanwhile_opens_no_seat(desk: Desk) -> None:
    key = add_key(desk.database, desk.actor, "ann", fresh_key())
    found = entry_of(desk.database, key.fingerprint)
    revoke_key(desk.database, desk.actor, key.fingerprint)
    with pytest.raises(DeskError) as error:
        open_seat(desk.database, found.login, key_id=found.key_id)
    assert error.value.code == "key_not_good"


def test_somebody_else_s_key_opens_no_seat(desk: Desk) -> None:
    desk.operator("bob")
    key = add_key(desk.database, desk.actor, "ann", fresh_key())
    with pytest.raises(DeskError) as error:
        open_seat(desk.database, "bob", key_id=key.id)
    assert error.value.code == "key_not_good"


def test_a_changed_role_and_a_closed_account_end_the_standing(desk: Desk) -> None:
    bob = desk.operator("bob")
    key = add_key(desk.database, desk.actor, "bob", fresh_key())

    def change(**values: object) -> None:
        query = sa.update(operator).where(operator.c.login == "bob").values(**values)
        desk.database.write(lambda unit: unit.run(query))

    change(role="lead")
    assert standing(desk.database, key.id, bob) == "changed"
    change(active=False)
    assert standing(desk.database, key.id, bob) == "inactive"
    refused("key_not_good", entry_of, desk.database, key.fingerprint)


def test_a_key_is_named_by_its_beginning(desk: Desk) -> None:
    keys = [add_key(desk.database, desk.actor, "ann", fresh_key()) for _ in range(3)]
    short = keys[1].fingerprint.removeprefix("SHA256:")[:8]
    refused("key_unknown", revoke_key, desk.database, desk.actor, "SHA256:")
    refused("key_unknown", revoke_key, desk.database, desk.actor, short[:5])
    refused("key_unknown", revoke_key, desk.database, desk.actor, "%%%%%%%%")
    refused("key_unknown", revoke_key, desk.database, desk.actor, short.swapcase())
    assert revoke_key(desk.database, desk.actor, short)[0].id == keys[1].id
