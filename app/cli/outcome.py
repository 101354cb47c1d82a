"""`callback-desk outcome`: how calls can end."""

from __future__ import annotations

from app.cli.frame import Answer, Frame, desk_command, desk_group
from app.cli.lines import aligned
from app.cli.opened import opened

outcome = desk_group("outcome")


@desk_command("list", "database", group=outcome)
def list_(frame: Frame) -> Answer:
    """List all outcomes with their codes of the AAPOR standard."""
    with opened(frame) as database:
        table = database.rulebook.outcomes
    standard = table.standard
    data = {
        "outcomes": [
            {
                "code": one.code,
                "name": one.name.of(frame.language),
                "type": one.kind.value,
                "aapor": one.aapor or None,
                "aapor_checked": standard.knows(one.aapor) if one.aapor else None,
            }
            for one in table
        ],
        "standard": {
            "edition": standard.edition.of(frame.language),
            "source": standard.source,
            "as_of": standard.as_of,
        },
    }
    rows = [[one.code, frame.say_here(table.said(one.code))] for one in table]
    source = frame.say(
        "outcome.list.source",
        source=standard.source,
        edition=standard.edition.of(frame.language),
        as_of=standard.as_of,
    )
    return Answer(data, [*aligned(rows), source])
