"""Leave taken back for a purpose stops calls for this purpose, and no others."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from db.calls import show_call
from db.consents import record_consent
from db.dialling import dial
from db.queue import claim, claim_next
from db.tables import audit, campaign, consent, do_not_call
from domain.errors import InputError, RefusedError
from tests.databases import Desk


@pytest.fixture
def ann(desk: Desk):
    def work(unit) -> None:
        for code, purpose in (("win-back", "sales"), ("insurance-renewal", "insurance_sales")):
            unit.run(sa.update(campaign).where(campaign.c.code == code).values(purpose=purpose))

    desk.database.write(work)
    return desk.seat("ann").actor


def take_back(desk: Desk, actor, person: int, **fields) -> int:
    given = {"purpose": "sales", "granted": False, "evidence": "said so in a call", **fields}
    return record_consent(desk.database, actor, person, **given)


def test_taken_back_for_sales_it_cancels_sales_and_leaves_service(desk: Desk, ann):
    person = desk.person()
    sells = [desk.callback(person, campaign=code) for code in ("win-back", "insurance-renewal")]
    serves = desk.callback(person)
    take_back(desk, ann, person)
    assert [desk.row(one)["state"] for one in sells] == ["cancelled", "cancelled"]
    assert claim_next(desk.database, ann).taken.callback_id == serves
    (kept,) = desk.rows(sa.select(consent))
    assert (kept["purpose"], kept["granted"], kept["until"]) == ("sales", False, None)
    assert kept["evidence"] == "said so in a call"
    assert len(desk.rows(sa.select(audit).where(audit.c.action == "consent_taken_back"))) == 1


def test_what_comes_later_is_neither_claimed_nor_dialled(desk: Desk, ann):
    person = desk.person()
    before = desk.callback(person, campaign="win-back")
    taken = claim(desk.database, ann, before)
    take_back(desk, ann, person)
    shown = show_call(desk.database, ann, taken.call_id)
    with pytest.raises(RefusedError) as error:
        dial(desk.database, ann, taken.call_id, shown.phone_id)
    assert (error.value.code, error.value.params["reason"]) == ("do_not_call_now", "consent")
    other = desk.person()
    take_back(desk, ann, other)
    later = desk.callback(other, campaign="win-back")
    bo = desk.operator("bo")
    bo = desk.seat("bo").actor
    with pytest.raises(RefusedError):
        claim(desk.database, bo, later)
    assert desk.row(later)["state"] == "cancelled"


def test_taken_back_for_a_time_it_only_waits(desk: Desk, ann):
    person = desk.person()
    made = desk.callback(person, campaign="win-back")
    until = desk.clock.now + timedelta(days=30)
    take_back(desk, ann, person, until=until)
    assert claim_next(desk.database, ann).taken is None
    row = desk.row(made)
    assert (row["state"], row["ready_at"]) == ("scheduled", until)
    record_consent(
        desk.database, ann, person, purpose="sales", granted=True, evidence="signed a form"
    )
    assert desk.row(made)["ready_at"] == row["due_at"]


def test_given_again_it_lifts_its_own_stop_and_no_other(desk: Desk, ann):
    person = desk.person()
    take_back(desk, ann, person)
    take_back(desk, ann, person, purpose="survey")
    record_consent(
        desk.database, ann, person, purpose="sales", granted=True, evidence="signed a form"
    )
    standing = desk.rows(sa.select(do_not_call).where(do_not_call.c.lifted_at.is_(None)))
    assert [row["purpose"] for row in standing] == ["survey"]
    made = desk.callback(person, campaign="win-back")
    assert claim(desk.database, ann, made).callback_id == made
    rows = desk.rows(sa.select(consent).order_by(consent.c.id))
    assert [(row["purpose"], row["granted"], row["until"] is None) for row in rows] == [
        ("sales", False, False),
        ("survey", False, True),
        ("sales", True, True),
    ]


def test_no_consent_without_evidence_purpose_and_future(desk: Desk, ann):
    person = desk.person()
    for fields, code in (
        ({"evidence": " "}, "consent_needs_evidence"),
        ({"purpose": "gossip"}, "purpose_unknown"),
        ({"until": desk.clock.now}, "stop_over_already"),
    ):
        with pytest.raises(InputError) as error:
            take_back(desk, ann, person, **fields)
        assert error.value.code == code
    assert not desk.rows(sa.select(consent))
