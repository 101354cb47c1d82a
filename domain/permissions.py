"""Who may do what: roles, use cases, and the person who acts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal

from domain.errors import RefusedError
from domain.said import Said


class Role(StrEnum):
    """The rights of an operator; each later role may do all that an earlier one may."""

    OPERATOR = "operator"
    LEAD = "lead"
    ADMIN = "admin"


_RANK: Final[Mapping[Role, int]] = {role: rank for rank, role in enumerate(Role)}

LEAST_ROLE: Final[Mapping[str, Role]] = {
    # the operator's own day
    "queue.list": Role.OPERATOR,
    "queue.why": Role.OPERATOR,
    "queue.claim": Role.OPERATOR,
    "queue.release": Role.OPERATOR,
    "queue.resume": Role.OPERATOR,
    "queue.resolve_check_own": Role.OPERATOR,
    "queue.add": Role.OPERATOR,
    "calls.open": Role.OPERATOR,
    "calls.draft": Role.OPERATOR,
    "calls.dial": Role.OPERATOR,
    "calls.park": Role.OPERATOR,
    "calls.inbound": Role.OPERATOR,
    "calls.finish": Role.OPERATOR,
    "calls.undo": Role.OPERATOR,
    "calls.amend_own": Role.OPERATOR,
    "customers.show": Role.OPERATOR,
    "customers.search": Role.OPERATOR,
    "customers.edit": Role.OPERATOR,
    "customers.do_not_call": Role.OPERATOR,
    "customers.consent": Role.OPERATOR,
    "customers.contact": Role.OPERATOR,
    "chances.read": Role.OPERATOR,
    "chances.settle": Role.OPERATOR,
    "complaints.open": Role.OPERATOR,
    "complaints.note": Role.OPERATOR,
    "complaints.handle": Role.OPERATOR,
    "promises.list": Role.OPERATOR,
    "promises.make": Role.OPERATOR,
    "promises.fulfil": Role.OPERATOR,
    "seats.open": Role.OPERATOR,
    "seats.take_over_own": Role.OPERATOR,
    "seats.pause": Role.OPERATOR,
    "duty.own": Role.OPERATOR,
    "operators.list": Role.OPERATOR,
    "roster.read": Role.OPERATOR,
    "playbooks.read": Role.OPERATOR,
    "care.note": Role.OPERATOR,
    # other people's work and the desk's rules
    "queue.resolve_check": Role.LEAD,
    "queue.steal": Role.LEAD,
    "queue.reassign": Role.LEAD,
    "queue.deal_out": Role.LEAD,
    "queue.reschedule": Role.LEAD,
    "queue.reopen": Role.LEAD,
    "queue.cancel": Role.LEAD,
    "queue.release_others": Role.LEAD,
    "queue.next_for": Role.LEAD,
    "queue.band": Role.LEAD,
    "queue.undo_action": Role.LEAD,
    "calls.amend": Role.LEAD,
    "promises.reassign": Role.LEAD,
    "promises.rates": Role.LEAD,
    "chances.settle_others": Role.LEAD,
    "chances.report": Role.LEAD,
    "customers.merge": Role.LEAD,
    "customers.reveal": Role.LEAD,
    "customers.export": Role.LEAD,
    "audit.read": Role.LEAD,
    "audit.export": Role.LEAD,
    "customers.lift_do_not_call": Role.LEAD,
    "imports.run": Role.LEAD,
    "complaints.handle_others": Role.LEAD,
    "complaints.regulator_others": Role.LEAD,
    "board.read": Role.LEAD,
    "reports.read": Role.LEAD,
    "campaigns.edit": Role.LEAD,
    "campaigns.pause": Role.LEAD,
    "care.run": Role.LEAD,
    "shop.edit": Role.LEAD,
    "tiers.decide": Role.LEAD,
    "hours.override": Role.LEAD,
    "caps.override": Role.LEAD,
    "playbooks.publish": Role.LEAD,
    "seats.message": Role.LEAD,
    "seats.force_pause": Role.LEAD,
    "seats.log_out": Role.LEAD,
    "operators.roster": Role.LEAD,
    # the desk itself
    "customers.erase": Role.ADMIN,
    "hours.override_law": Role.ADMIN,
    "rules.law": Role.ADMIN,
    "caps.override_law": Role.ADMIN,
    "operators.edit": Role.ADMIN,
    "operators.keys": Role.ADMIN,
    "database.backup": Role.ADMIN,
    "database.upgrade": Role.ADMIN,
}
"""The least role that each use case asks for."""


@dataclass(frozen=True, slots=True)
class Actor:
    """The person on whose behalf a use case runs.

    Attributes:
        operator_id: the operator's row number.
        login: the name by which the desk knows the account.
        name: the name that people read.
        role: what the operator may do.
        seat_id: the running program that acts; none for a command without a seat.
        language: what the operator reads.
    """

    operator_id: int
    login: str
    name: str
    role: Role
    seat_id: int | None = None
    language: Literal["zh", "en"] = "en"


def allowed(role: Role, use_case: str) -> bool:
    """Whether a role may run a use case.

    Raises:
        KeyError: the use case is not in `LEAST_ROLE` (a slip in the program, never a permission).
    """
    return _RANK[role] >= _RANK[LEAST_ROLE[use_case]]


def require(actor: Actor, use_case: str) -> None:
    """Refuses the use case unless the actor's role allows it.

    Raises:
        RefusedError: `not_allowed`, naming the role that is needed.
        KeyError: the use case is not in `LEAST_ROLE`.
    """
    if not allowed(actor.role, use_case):
        raise RefusedError(
            "not_allowed",
            use_case=use_case,
            role=Said(f"rules.role.{actor.role}"),
            needed=Said(f"rules.role.{LEAST_ROLE[use_case]}"),
        )
