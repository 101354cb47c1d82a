"""All tables of the desk, typed; `metadata` knows them all.

An area's tables are made when one of them is first asked for: to make all of them takes a tenth of
the time in which the desk comes to its first rows. Whoever asks for `metadata` has them all made.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from db.tables.base import metadata
    from db.tables.calls import (
        answer,
        call,
        call_callback,
        call_decision,
        call_leg,
        call_step,
        draft,
        score,
    )
    from db.tables.care import care_pass, care_reason
    from db.tables.case_work import case_entry, case_pause, case_timer, dispatch_slip, gap_rating
    from db.tables.cases import chance, complaint, promise, promise_event, wish
    from db.tables.people import (
        asset,
        consent,
        contact,
        do_not_call,
        occasion,
        person,
        person_asset,
        person_phone,
        phone,
        possible_match,
        service_order,
    )
    from db.tables.records import (
        audit,
        content_draft,
        content_file,
        content_proposal,
        content_release,
        desk_fact,
        import_conflict,
        import_mapping,
        import_memory,
        import_run,
        release_file,
        topic,
        turn,
    )
    from db.tables.seats import (
        duty,
        leave,
        operator,
        operator_key,
        operator_state,
        seat,
        seat_message,
        shift,
    )
    from db.tables.tiers import tier_proposal
    from db.tables.work import (
        call_hold,
        callback,
        callback_event,
        calling_window,
        campaign,
        cap_override,
        lead_action,
        lead_action_item,
        queue_sample,
    )

__all__ = [
    "answer",
    "asset",
    "audit",
    "call",
    "call_callback",
    "call_decision",
    "call_hold",
    "call_leg",
    "call_step",
    "callback",
    "callback_event",
    "calling_window",
    "campaign",
    "cap_override",
    "care_pass",
    "care_reason",
    "case_entry",
    "case_pause",
    "case_timer",
    "chance",
    "complaint",
    "consent",
    "contact",
    "content_draft",
    "content_file",
    "content_proposal",
    "content_release",
    "desk_fact",
    "dispatch_slip",
    "do_not_call",
    "draft",
    "duty",
    "gap_rating",
    "import_conflict",
    "import_mapping",
    "import_memory",
    "import_run",
    "lead_action",
    "lead_action_item",
    "leave",
    "metadata",
    "occasion",
    "operator",
    "operator_key",
    "operator_state",
    "person",
    "person_asset",
    "person_phone",
    "phone",
    "possible_match",
    "promise",
    "promise_event",
    "queue_sample",
    "release_file",
    "score",
    "seat",
    "seat_message",
    "service_order",
    "shift",
    "tier_proposal",
    "topic",
    "turn",
    "wish",
]

_AREAS: Final = {
    "calls": "answer call call_callback call_decision call_leg call_step draft score",
    "care": "care_pass care_reason",
    "case_work": "case_entry case_pause case_timer dispatch_slip gap_rating",
    "cases": "chance complaint promise promise_event wish",
    "people": (
        "asset consent contact do_not_call occasion person person_asset person_phone phone "
        "possible_match service_order"
    ),
    "records": (
        "audit content_draft content_file content_proposal content_release desk_fact "
        "import_conflict import_mapping import_memory import_run release_file topic turn"
    ),
    "seats": "duty leave operator operator_key operator_state seat seat_message shift",
    "tiers": "tier_proposal",
    "work": (
        "call_hold callback callback_event calling_window campaign cap_override lead_action "
        "lead_action_item queue_sample"
    ),
}
"""The tables of each module beside this one."""
_AREA_OF: Final = {name: area for area, names in _AREAS.items() for name in names.split()}


def __getattr__(name: str) -> Any:
    """A table by its name, made with the others of its area; or `metadata`, with all of them."""
    if name == "metadata":
        for area in _AREAS:
            import_module(f"{__name__}.{area}")
        found = import_module(f"{__name__}.base").metadata
    elif name in _AREA_OF:
        found = getattr(import_module(f"{__name__}.{_AREA_OF[name]}"), name)
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = found
    return found
