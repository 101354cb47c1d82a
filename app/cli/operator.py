"""`callback-desk operator`: who works at the desk."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from app.cli.frame import Answer, Frame, desk_command, desk_group, option
from app.cli.lines import aligned
from app.cli.opened import actor_for, opened
from content.translations import LANGUAGES
from domain.permissions import Role

if TYPE_CHECKING:
    from db.operators import Operator

operator = desk_group(
    "operator",
    {
        "key": "app.cli.operator_key:key",
        "message": "app.cli.operator_lead:message",
        "pause": "app.cli.operator_lead:pause",
        "go-on": "app.cli.operator_lead:go_on",
        "logout": "app.cli.operator_lead:logout",
    },
)


def as_plain(one: Operator) -> dict[str, object]:
    """An operator as JSON's own values."""
    return {
        "id": one.id,
        "login": one.login,
        "name": one.name,
        "role": one.role,
        "language": one.language,
        "speaks": list(one.speaks),
        "active": one.active,
    }


@desk_command("add", "database", "login", group=operator)
@click.argument("new_login", metavar="NEW_LOGIN")
@option("--name", default="", help="cli.operator.option.name")
@option(
    "--role",
    type=click.Choice([role.value for role in Role]),
    default="operator",
    help="cli.operator.option.role",
)
@option("--language", type=click.Choice(LANGUAGES), help="cli.operator.option.language")
@option("--speaks", multiple=True, help="cli.operator.option.speaks")
def add(
    frame: Frame,
    new_login: str,
    name: str,
    role: str,
    language: str | None,
    speaks: tuple[str, ...],
) -> Answer:
    """Add an operator on behalf of an admin."""
    from db import operators  # noqa: PLC0415 - the help page needs no database

    with opened(frame) as database:
        made = operators.add(
            database,
            actor_for(frame, database),
            login=new_login,
            name=name or new_login,
            role=role,
            language=language or frame.language,
            speaks=speaks,
        )
    said = frame.say(
        "cli.operator.added", login=made.login, role=frame.say(f"rules.role.{made.role}")
    )
    return Answer({"operator": as_plain(made)}, [said])


@desk_command("list", "database", "login", group=operator)
def list_(frame: Frame) -> Answer:
    """List all operators by login."""
    from db import operators  # noqa: PLC0415 - the help page needs no database

    with opened(frame) as database:
        found = operators.list_all(database)
    heading = [
        frame.say(f"cli.operator.head.{name}") for name in ("login", "name", "role", "state")
    ]
    rows = [
        [
            one.login,
            one.name,
            frame.say(f"rules.role.{one.role}"),
            frame.say("cli.operator.state.active" if one.active else "cli.operator.state.left"),
        ]
        for one in found
    ]
    return Answer({"operators": [as_plain(one) for one in found]}, aligned([heading, *rows]))
