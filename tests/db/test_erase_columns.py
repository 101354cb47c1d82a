"""A new column is either blanked when a person is erased, or said to be harmless."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from db.customer_erase import erase
from db.customer_export import export
from db.tables import duty, lead_action, metadata
from tests.databases import Desk
from tests.db.customers_filled import NUMBER, SECRET, fill

BLANKED: Mapping[str, str] = {
    "answer": "text",
    "asset": "plate plate_key vin vin_problem colour",
    "call": "note recording_ref",
    "call_decision": "note recovery_reason content_hash before",
    "call_step": "details",
    "callback": "note source_key",
    "cap_override": "reason",
    "care_reason": "key campaign day wanted_on reason put_off",
    "case_entry": "text",
    "case_pause": "reason",
    "chance": "text next_step reason",
    "complaint": "number description details resolution review",
    "consent": "evidence",
    "contact": "note details",
    "dispatch_slip": "ask reply",
    "draft": "body",
    "duty": "note",
    "import_conflict": "kind field",
    "import_memory": "kind source natural_key fields",
    "lead_action": "reason",
    "person": "name pinyin initials salutation sex id_number occupation birthday birthday_calendar"
    " language zone home_address home_postcode work_address work_postcode email preferred_hours"
    " refused_hours record_faults closed_because",
    "person_asset": "role",
    "person_phone": "role ask_for raw problem source",
    "phone": "e164 extension place last4 status",
    "possible_match": "reason state",
    "promise": "text condition",
    "promise_event": "text",
    "seat_message": "key params text",
    "service_order": "number faults",
    "tier_proposal": "kind from_value to_value direction reasons currency state",
    "wish": "text reason offer",
}
"""Columns that are emptied, or whose rows are deleted, when a person is erased."""

CODES: Mapping[str, str] = {
    "answer": "survey version question status choices",
    "asset": "kind model bought_on first_visit_on mileage_on",
    "audit": "action subject fields details",
    "call": "direction phase release script_release playbook survey language mood_start mood_end",
    "call_decision": "uuid kind outcome aapor flags result recovery",
    "call_hold": "key",
    "call_leg": "result",
    "call_step": "kind playbook version step language result",
    "callback": "state priority tries last_outcome source",
    "callback_event": "kind from_state to_state data",
    "calling_window": "release zones places purpose preferred rule",
    "cap_override": "caps",
    "case_entry": "kind data",
    "case_timer": "regime step rule zone calendar stopped_because",
    "chance": "kind currency state settled_currency",
    "complaint": "weight channel level category customer_class status cause department verdict",
    "consent": "purpose",
    "contact": "direction channel content_kind",
    "dispatch_slip": "department",
    "do_not_call": "number_hash purpose reason source",
    "duty": "sheet",
    "gap_rating": "moment factor",
    "lead_action": "uuid kind params",
    "lead_action_item": "before after",
    "occasion": "kind day state",
    "person": "country currency member_level loyalty trend tier customer_class department",
    "phone": "country kind zones",
    "promise": "kind state",
    "promise_event": "kind data",
    "score": "metric",
    "service_order": "service visited_on currency advisor",
    "wish": "state need",
}
"""Columns that stay: codes, ids and figures of the desk, with nobody to whom they belong."""

NOT_OF_PERSONS: Mapping[str, str] = {
    "campaign": "a kind of callbacks",
    "care_pass": "a turn of the care plans",
    "content_draft": "scripts",
    "content_file": "scripts",
    "content_release": "scripts",
    "desk_fact": "the database itself",
    "import_mapping": "columns of files",
    "import_run": "a file: its name and counts",
    "leave": "who works here",
    "operator": "who works here",
    "operator_key": "who works here",
    "operator_state": "who works here",
    "queue_sample": "counts",
    "seat": "who works here",
    "topic": "the live feed",
    "turn": "housekeeping",
}
"""Tables that know nothing of a customer."""


def worded(table: sa.Table) -> set[str]:
    """The columns of a table that could hold something personal."""
    kinds = (sa.String, sa.Text, sa.JSON, sa.Date)
    return {column.name for column in table.c if isinstance(column.type, kinds)}


def test_every_column_is_blanked_or_known_to_be_harmless():
    unknown = {}
    for name, table in metadata.tables.items():
        known = {*BLANKED.get(name, "").split(), *CODES.get(name, "").split()}
        left = worded(table) - known
        if left and name not in NOT_OF_PERSONS:
            unknown[name] = sorted(left)
    assert unknown == {}


def test_no_column_is_listed_twice_or_gone():
    for name in {*BLANKED, *CODES}:
        blanked, codes = BLANKED.get(name, "").split(), CODES.get(name, "").split()
        assert not set(blanked) & set(codes), name
        assert {*blanked, *codes} <= worded(metadata.tables[name]), name


def test_what_colleagues_wrote_to_each_other_goes_too(desk: Desk):
    filled = fill(desk)
    ann = filled.actor.operator_id

    def wrote(unit: Any) -> None:
        unit.run(
            duty.insert(),
            {"operator_id": ann, "began_at": unit.now, "sheet": {}, "note": "欧阳秘等回电"},
        )
        unit.run(
            lead_action.insert(),
            {
                "uuid": "u", "kind": "message", "operator_id": ann, "at": unit.now, "count": 1,
                "params": {}, "reason": f"{NUMBER}",
            },
        )  # fmt: skip

    desk.database.write(wrote)
    erase(desk.database, desk.actor, filled.person_id, "request", rewrite=False)
    assert [row["note"] for row in desk.rows(sa.select(duty.c.note))] == [None]
    assert [row["reason"] for row in desk.rows(sa.select(lead_action.c.reason))] == [None]


def test_an_erased_person_leaves_nothing_to_hand_out(desk: Desk):
    filled = fill(desk)
    erase(desk.database, desk.actor, filled.person_id, "request", rewrite=False)
    assert SECRET not in repr(export(desk.database, desk.actor, filled.person_id))
