"""Every use case of the desk with the least role that it asks for, written out by hand.

One line a use case: the function, the role, and how it is called on a prepared desk. The roles
stand here a second time on purpose: a slip in `domain.permissions.LEAST_ROLE` has to be seen.
"""

# ruff: noqa: ARG005 - every line of the table is given the same
from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from types import SimpleNamespace
from typing import Any, Final

from content.care_plans import care_plans
from content.lunar import BoraxCalendar
from db import (
    absent_left,
    adoption,
    audit,
    board,
    board_day,
    board_lists,
    calls,
    cap_overrides,
    care,
    care_settings,
    case_closing,
    case_file,
    case_hours,
    case_learning,
    case_list,
    case_owner,
    case_print,
    case_timers,
    cases,
    chance_list,
    chance_settling,
    change_sheet,
    checks,
    consents,
    contacts,
    content_drafts,
    customer_edit,
    customer_erase,
    customer_export,
    customer_numbers,
    customer_search,
    customer_stops,
    customers,
    deal_out,
    decision_record,
    dialling,
    dispatch,
    drafts,
    duty,
    finish,
    hand_over,
    import_conflicts,
    import_mappings,
    import_taking_back,
    imports,
    inbound,
    lead_actions,
    lead_campaigns,
    lead_claims,
    lead_people,
    lead_plan,
    lead_record,
    lead_seats,
    lead_selection,
    lead_undo,
    leave,
    matches,
    occasions,
    operator_keys,
    operators,
    own_calls,
    own_time,
    parking,
    pauses,
    phrases,
    promise_deeds,
    promise_facts,
    promise_ledger,
    promise_making,
    promise_owner,
    promise_rates,
    queue,
    queue_counts,
    queue_list,
    release_library,
    releases,
    reopening,
    roster,
    roster_edit,
    rule_preview,
    rule_uses,
    seat_messages,
    shop,
    slips,
    slots,
    talking,
    tier_deciding,
    tier_list,
    tiers,
    undo,
    why,
    wish_words,
)
from domain.bands import Tier
from domain.campaign import ContentKind
from domain.care.book import CareBook
from domain.care.facts import OccasionKind
from domain.case import Act
from domain.chance import ChanceState
from domain.decision import Decision, GivenPromise
from domain.export_mark import ExportPurpose
from domain.lead import Deed, DeedKind
from domain.permissions import Role
from domain.promise import Evidence, EvidenceKind
from domain.roster_pattern import Pattern

OPERATOR, LEAD, ADMIN = Role.OPERATOR, Role.LEAD, Role.ADMIN
NOW: Final = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
TODAY: Final = date(2026, 11, 23)
BOOK: Final = CareBook(care_plans(), BoraxCalendar(), "Asia/Shanghai")
KEY: Final = ("rules", "caps", "")

Desk = SimpleNamespace
"""The prepared desk: ids by name; see `prepared_desk` of the matrix."""


@dataclass(frozen=True, slots=True)
class UseCase:
    """A use case: the least role, and the call of it on the prepared desk."""

    name: str
    least: Role
    call: Callable[[Any, Any, Desk], Any]


def new_uuid() -> str:
    return str(uuid.uuid4())


def use(
    function: Callable[..., Any],
    least: Role,
    given: Callable[[Callable[..., Any], Desk], Any] | None = None,
) -> UseCase:
    """A line of the table; `given` calls the function with what it needs beside the actor."""
    module = function.__module__.removeprefix("db.")

    def call(database: Any, actor: Any, desk: Desk) -> Any:
        bound = partial(function, database, actor)
        return bound() if given is None else given(bound, desk)

    return UseCase(f"{module}.{function.__name__}", least, call)


def decided(outcome: str = "no-answer") -> Decision:
    return Decision(new_uuid(), outcome)


USE_CASES: Final[tuple[UseCase, ...]] = (
    # the queue and one's calls
    use(queue.claim_next, OPERATOR),
    use(queue.claim, OPERATOR, lambda call, d: call(d.callback)),
    use(queue.release, OPERATOR, lambda call, d: call(callback_id=d.callback)),
    use(queue_counts.counts, OPERATOR),
    use(queue_list.page, OPERATOR),
    use(queue_list.row_of, OPERATOR, lambda call, d: call(d.callback)),
    use(why.why, OPERATOR, lambda call, d: call(d.callback)),
    use(slots.load_around, OPERATOR, lambda call, d: call(NOW)),
    use(checks.list_checks, OPERATOR),
    use(checks.resume, OPERATOR, lambda call, d: call(d.callback)),
    use(checks.resolve_not_called, OPERATOR, lambda call, d: call(d.checked)),
    use(checks.resolve_called, OPERATOR, lambda call, d: call(d.checked, decided())),
    use(calls.show_call, OPERATOR, lambda call, d: call(d.call)),
    use(dialling.dial, OPERATOR, lambda call, d: call(d.call, d.phone)),
    use(dialling.end_leg, OPERATOR, lambda call, d: call(d.call, 1, "busy")),
    use(talking.hang_up, OPERATOR, lambda call, d: call(d.call)),
    use(drafts.save_draft, OPERATOR, lambda call, d: call(d.call, {"note": "x"}, 9)),
    use(parking.park, OPERATOR, lambda call, d: call(d.call)),
    use(parking.unpark, OPERATOR, lambda call, d: call(d.call)),
    use(parking.parked_calls, OPERATOR),
    use(talking.begin_talk, OPERATOR, lambda call, d: call(d.call)),
    use(talking.limit_wrap_up, OPERATOR, lambda call, d: call(d.call, timedelta(minutes=1))),
    use(inbound.inbound, OPERATOR, lambda call, d: call(d.person)),
    use(finish.finish, OPERATOR, lambda call, d: call(d.call, 1, decided())),
    use(own_calls.own_calls, OPERATOR, lambda call, d: call(NOW)),
    use(decision_record.decision_in_force, OPERATOR, lambda call, d: call(d.done_call)),
    use(undo.undo, OPERATOR, lambda call, d: call(d.decision, new_uuid())),
    use(undo.amend, OPERATOR, lambda call, d: call(d.decision, decided(), since=NOW)),
    use(reopening.reopen, LEAD, lambda call, d: call(d.done)),
    # one's seat
    use(pauses.ask_pause, OPERATOR, lambda call, d: call("lunch")),
    use(pauses.go_on, OPERATOR),
    use(duty.begin_duty, OPERATOR),
    use(duty.my_shift, OPERATOR),
    use(duty.sheets_left, OPERATOR),
    use(duty.read_sheet, OPERATOR),
    use(hand_over.open_work, OPERATOR),
    use(hand_over.end_shift, OPERATOR, lambda call, d: call((), "x", new_uuid())),
    # customers
    use(customers.show, OPERATOR, lambda call, d: call(d.person)),
    use(customers.reveal, LEAD, lambda call, d: call(d.person)),
    use(customer_search.search, OPERATOR, lambda call, d: call("王")),
    use(customer_edit.edit_field, OPERATOR, lambda call, d: call(d.person, "sex", "f")),
    use(
        customer_numbers.add_number,
        OPERATOR,
        lambda call, d: call(d.person, "13911110000", region="CN"),
    ),
    use(customer_numbers.remove_number, OPERATOR, lambda call, d: call(d.person, d.phone)),
    use(customer_numbers.drop_cell, OPERATOR, lambda call, d: call(d.person, 4711)),
    use(customer_numbers.numbers_to_repair, OPERATOR),
    use(customer_stops.set_do_not_call, OPERATOR, lambda call, d: call(person_id=d.other)),
    use(customer_stops.lift_do_not_call, LEAD, lambda call, d: call(d.stop)),
    use(customer_export.export, LEAD, lambda call, d: call(d.person)),
    use(customer_erase.erase, ADMIN, lambda call, d: call(d.spare, "request", rewrite=False)),
    use(
        consents.record_consent,
        OPERATOR,
        lambda call, d: call(d.person, purpose="sales", granted=True, evidence="said so"),
    ),
    use(
        contacts.record_contact,
        OPERATOR,
        lambda call, d: call(
            d.person, direction="in", channel="letter", content=ContentKind.OPINION
        ),
    ),
    use(matches.list_open, OPERATOR),
    use(matches.decide_different, LEAD, lambda call, d: call(d.pair)),
    use(matches.decide_same, LEAD, lambda call, d: call(d.pair)),
    # what was heard and promised
    use(chance_list.list_chances, OPERATOR),
    use(chance_list.report_chances, LEAD, lambda call, d: call(zone="UTC")),
    use(chance_settling.settle_chance, OPERATOR, lambda call, d: call(d.chance, ChanceState.WON)),
    use(promise_ledger.list_promises, OPERATOR),
    use(promise_ledger.show_promise, OPERATOR, lambda call, d: call(d.promise)),
    use(promise_facts.facts_for, OPERATOR, lambda call, d: call(d.promise)),
    use(
        promise_making.make_promise,
        OPERATOR,
        lambda call, d: call(d.person, GivenPromise("x", NOW + timedelta(days=1))),
    ),
    use(
        promise_deeds.fulfil,
        OPERATOR,
        lambda call, d: call(d.promise, Evidence(EvidenceKind.CALL, 4711)),
    ),
    use(promise_owner.reassign_promise, LEAD, lambda call, d: call(d.promise, "cy")),
    use(promise_rates.kept_rates, OPERATOR, lambda call, d: call(NOW - timedelta(days=1), NOW)),
    use(promise_rates.my_promises, OPERATOR, lambda call, d: call(NOW - timedelta(days=1), NOW)),
    # cases
    use(cases.open_case, OPERATOR, lambda call, d: call(cases.NewCase(d.person, "x"))),
    use(cases.raise_grumble, OPERATOR, lambda call, d: call(d.case)),
    use(
        cases.change_case,
        OPERATOR,
        lambda call, d: call(d.case, cases.CaseChanges(description="x")),
    ),
    use(cases.note_case, OPERATOR, lambda call, d: call(d.case, "x")),
    use(
        cases.on_case,
        OPERATOR,
        lambda call, d: call(d.case, Act.NOTE, lambda _case: None, action="case_noted"),
    ),
    use(case_file.case_file, OPERATOR, lambda call, d: call(d.case)),
    use(case_print.case_for_print, OPERATOR, lambda call, d: call(d.case)),
    use(case_list.list_cases, OPERATOR),
    use(case_list.count_cases, OPERATOR, lambda call, d: call(case_list.CaseFilter())),
    use(case_closing.resolve, OPERATOR, lambda call, d: call(d.case, "x")),
    use(case_closing.try_verdict, OPERATOR, lambda call, d: call(d.case, "x")),
    use(case_closing.give_verdict, OPERATOR, lambda call, d: call(d.case, "satisfied")),
    use(case_closing.review_case, OPERATOR, lambda call, d: call(d.case, "x")),
    use(case_closing.close_case, OPERATOR, lambda call, d: call(d.case)),
    use(case_closing.reopen_case, OPERATOR, lambda call, d: call(d.case, "x")),
    use(case_owner.offer_handover, OPERATOR, lambda call, d: call(d.case, "cy")),
    use(case_owner.answer_handover, OPERATOR, lambda call, d: call(d.case, accept=True)),
    use(case_owner.withdraw_handover, OPERATOR, lambda call, d: call(d.case)),
    use(case_owner.take_over, OPERATOR, lambda call, d: call(d.case, "x")),
    use(case_owner.escalate, OPERATOR, lambda call, d: call(d.case, "x")),
    use(case_owner.deescalate, OPERATOR, lambda call, d: call(d.case, "x")),
    use(case_timers.start_timer, OPERATOR, lambda call, d: call(d.case, "house", "first")),
    use(case_timers.meet_timer, OPERATOR, lambda call, d: call(d.timer)),
    use(case_timers.stop_timer, OPERATOR, lambda call, d: call(d.timer, "x")),
    use(case_timers.pause_timer, OPERATOR, lambda call, d: call(d.timer, "x")),
    use(case_timers.resume_timer, OPERATOR, lambda call, d: call(d.timer)),
    use(case_hours.refuse_hour_of_case, OPERATOR, lambda call, d: call(d.case, "x")),
    use(
        dispatch.send_slip,
        OPERATOR,
        lambda call, d: call(d.case, slips.NewSlip("finance", "x")),
    ),
    use(dispatch.answer_slip, OPERATOR, lambda call, d: call(d.slip, "x")),
    use(dispatch.withdraw_slip, OPERATOR, lambda call, d: call(d.slip, "x")),
    use(dispatch.slip_file, OPERATOR, lambda call, d: call(d.slip)),
    use(
        change_sheet.change_sheet,
        OPERATOR,
        lambda call, d: call("finance", NOW - timedelta(days=1), NOW),
    ),
    use(wish_words.judge_wish, OPERATOR, lambda call, d: call(d.wish, wish_words.WishNews())),
    use(case_learning.learn, LEAD),
    # care
    use(
        occasions.note_occasion,
        OPERATOR,
        lambda call, d: call(d.person, OccasionKind.APPOINTMENT, TODAY),
    ),
    use(occasions.settle_occasion, OPERATOR, lambda call, d: call(4711, "done")),
    use(care.plan_preview, LEAD, lambda call, d: call(BOOK, 3)),
    use(care.run_care_plan, LEAD, lambda call, d: call(BOOK)),
    use(care_settings.set_care, LEAD, lambda call, d: call(auto="off")),
    # what a lead does to the work of others
    use(lead_people.look_at, LEAD, lambda call, d: call(lead_selection.Selection())),
    use(lead_people.list_colleagues, LEAD),
    *(
        use(
            lead_plan.preview,
            LEAD,
            lambda call, d, kind=kind: call(
                Deed(kind), lead_selection.Selection(ids=(d.callback,))
            ),
        )
        for kind in DeedKind
    ),
    use(lead_actions.carry_out, LEAD, lambda call, d: call(d.dry_run, new_uuid())),
    use(lead_record.list_actions, LEAD),
    use(lead_undo.undo_action, LEAD, lambda call, d: call(d.lead_action, new_uuid())),
    use(lead_claims.steal, LEAD, lambda call, d: call(d.held, new_uuid())),
    use(lead_campaigns.list_campaigns, LEAD),
    use(
        lead_campaigns.pause_campaign,
        LEAD,
        lambda call, d: call("general", new_uuid(), paused=False),
    ),
    use(lead_seats.message_to, LEAD, lambda call, d: call([d.cy], "hello", new_uuid())),
    use(lead_seats.force_pause, LEAD, lambda call, d: call(d.cy, "lunch", new_uuid())),
    use(lead_seats.lift_pause, LEAD, lambda call, d: call(d.cy, new_uuid())),
    use(lead_seats.log_out, LEAD, lambda call, d: call(d.cy, new_uuid(), "x")),
    use(seat_messages.send_message, LEAD, lambda call, d: call(d.cy, "hello")),
    use(cap_overrides.override_caps, LEAD, lambda call, d: call(d.callback, "x")),
    use(cap_overrides.overrides_in_force, LEAD),
    use(cap_overrides.revoke_override, LEAD, lambda call, d: call(4711)),
    use(deal_out.plan_deal, LEAD, lambda call, d: call(deal_out.DealWish())),
    use(deal_out.carry_deal_out, LEAD, lambda call, d: call(d.deal_plan, new_uuid())),
    use(deal_out.set_weight, LEAD, lambda call, d: call("cy", 50)),
    use(deal_out.weights_of, LEAD),
    # the roster
    use(leave.add_leave, LEAD, lambda call, d: call("cy", TODAY, TODAY, "sick")),
    use(leave.cancel_leave, LEAD, lambda call, d: call(d.leave)),
    use(leave.list_leaves, OPERATOR),
    use(absent_left.left_alone, LEAD),
    use(own_time.away_at, OPERATOR, lambda call, d: call(NOW)),
    use(leave.colleagues, OPERATOR),
    use(roster.who_is_here, OPERATOR),
    use(roster.read_week, OPERATOR, lambda call, d: call(TODAY)),
    use(roster.read_shifts, LEAD, lambda call, d: call(TODAY, TODAY)),
    use(roster_edit.set_days, LEAD, lambda call, d: call({})),
    use(
        roster_edit.set_pattern,
        LEAD,
        lambda call, d: call([d.cy], Pattern(((),) * 7), TODAY, TODAY),
    ),
    use(roster_edit.copy_week, LEAD, lambda call, d: call(TODAY, TODAY + timedelta(days=7))),
    # figures
    use(board.live_board, LEAD),
    use(board.people_now, LEAD),
    use(board.figures_now, LEAD),
    use(board_day.day_board, LEAD),
    use(board_lists.behind, LEAD, lambda call, d: call("band", 1)),
    use(board_lists.operator_work, LEAD, lambda call, d: call(d.cy)),
    use(audit.list_audit, LEAD),
    use(
        audit.export_audit,
        LEAD,
        lambda call, d: call(audit.AuditSieve(), ExportPurpose.CHECK),
    ),
    use(phrases.phrase_report, LEAD),
    # the desk's rules, scripts and files
    use(phrases.tallies, OPERATOR),
    use(phrases.known_phrases, OPERATOR, lambda call, d: call(NOW)),
    use(phrases.learning, OPERATOR),
    use(phrases.set_learning, LEAD, lambda call, d: call(on=True)),
    use(release_library.library_of_release, OPERATOR, lambda call, d: call(None, "en")),
    use(releases.releases, OPERATOR),
    use(releases.release_in_force, OPERATOR),
    use(releases.release_files, OPERATOR),
    use(releases.publish, LEAD, lambda call, d: call([], base={}, at=None, note="x")),
    use(releases.roll_back, LEAD, lambda call, d: call("none", note="x")),
    use(releases.withdraw, LEAD, lambda call, d: call("none", note="x")),
    use(adoption.proposals, OPERATOR),
    use(adoption.settle_proposal, LEAD, lambda call, d: call(KEY)),
    use(content_drafts.save_content_draft, LEAD, lambda call, d: call(KEY, "x", "")),
    use(content_drafts.content_drafts, LEAD),
    use(content_drafts.drop_content_draft, LEAD, lambda call, d: call(KEY)),
    use(rule_preview.preview_rules, LEAD, lambda call, d: call(d.rulebook, zone="Asia/Shanghai")),
    use(rule_uses.callbacks_of, LEAD, lambda call, d: call("general")),
    use(rule_uses.holders_of, LEAD, lambda call, d: call("gold")),
    use(tier_list.proposals, LEAD),
    use(tier_deciding.confirm, LEAD, lambda call, d: call([], TODAY)),
    use(tier_deciding.confirm_all, LEAD, lambda call, d: call(TODAY)),
    use(tier_deciding.decline, LEAD, lambda call, d: call([])),
    use(tier_deciding.pin, LEAD, lambda call, d: call(d.person, Tier.KEY, "x")),
    use(tier_deciding.unpin, LEAD, lambda call, d: call(d.person)),
    use(tiers.propose, LEAD, lambda call, d: call(TODAY)),
    use(tiers.read_curves, LEAD),
    use(imports.run, LEAD, lambda call, d: call(d.judged)),
    use(imports.unfinished, LEAD),
    use(import_conflicts.list_conflicts, LEAD),
    use(import_conflicts.settle_conflict, LEAD, lambda call, d: call(4711, "desk")),
    use(import_mappings.save_mapping, LEAD, lambda call, d: call("customers", "d", {})),
    use(import_taking_back.take_back, LEAD, lambda call, d: call(4711)),
    use(shop.set_shop, LEAD, lambda call, d: call(country="CN")),
    # the desk itself
    use(operators.add, ADMIN, lambda call, d: call(login=new_uuid()[:8], name="New")),
    use(operator_keys.add_key, ADMIN, lambda call, d: call("cy", "nonsense")),
    use(operator_keys.list_keys, ADMIN),
    use(operator_keys.revoke_key, ADMIN, lambda call, d: call("SHA256:none")),
)

CONCERNS_ONESELF: Final[Mapping[str, str]] = {
    "seats.beat": "one's own seat beats",
    "seats.close_seat": "one's own seat ends",
    "seat_messages.unread": "the messages to oneself",
    "seat_messages.mark_read": "the messages to oneself",
    "seat_news.seat_news": "one's own seat and the messages to oneself",
    "seat_news.past_messages": "the messages to oneself",
    "seat_news.taken_away": "whether one's own call was taken away",
    "operator_keys.standing": "whether the key that one came with is still good",
    "law_news.law_news": "what changed since oneself sat down; nothing for whoever is no lead",
    "lead_record.last_action": "what oneself did last",
}
"""Use cases that ask for no right: they read or write nothing but one's own."""

INNER: Final[Mapping[str, str]] = {
    "care_pace.carry_out": "the batches of `care.run_care_plan`, and housekeeping's",
    "release_plan.carry_out": "what publishing and taking up share",
}
"""Functions with an actor that use cases share, each within or behind its own permission."""
