"""`callback-desk customer`: finding and showing customers, handing out and erasing their data."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from app.cli.customer_lines import record_lines
from app.cli.frame import INSTANT, Answer, Frame, desk_command, desk_group, iso, option
from app.cli.lines import aligned
from app.cli.opened import actor_for, opened
from app.cli.plain import plain
from app.new_file import write_new
from domain.campaign import Purpose
from domain.export_mark import ExportPurpose
from domain.said import Said

if TYPE_CHECKING:
    from db.customer_erase import Reason
    from db.customer_search import CustomerHit

customer = desk_group("customer")

_PURPOSE: Final = click.Choice([one.value for one in Purpose])
_WHY_EXPORT: Final = click.Choice([one.value for one in ExportPurpose])
_REASON: Final = click.Choice(["request", "consent", "retention", "mistake"])


@desk_command("search", "database", "login", "now", group=customer)
@click.argument("text")
@option("--limit", type=click.IntRange(1, 500), default=50, help="cli.customer.option.limit")
def search(frame: Frame, text: str, limit: int) -> Answer:
    """Find customers by name, sound, plate or number; numbers are masked."""
    from db.customer_search import search as find  # noqa: PLC0415 - the help page needs no database

    with opened(frame) as database:
        found = find(database, actor_for(frame, database), text, limit)
    if not found:
        return Answer({"customers": []}, [frame.say("cli.customer.nobody")])
    heading = [frame.say(f"cli.customer.head.{name}") for name in ("id", "name", "number", "asset")]
    heading += [frame.say("cli.customer.head.open"), frame.say("cli.customer.head.matched")]
    rows = [
        [
            str(hit.person_id),
            hit.name,
            hit.masked,
            " ".join(filter(None, (hit.plate, hit.model))),
            str(hit.open_callbacks),
            frame.say_here(hit.matched),
        ]
        for hit in found
    ]
    return Answer({"customers": [_plain(frame, hit) for hit in found]}, aligned([heading, *rows]))


@desk_command("show", "database", "login", "now", group=customer)
@click.argument("person_id", type=int, metavar="ID")
@option("--whole", is_flag=True, help="privacy.option.whole")
def show(frame: Frame, person_id: int, whole: bool) -> Answer:
    """Show a customer's record; what the operator need not see is hidden."""
    from db.customers import reveal  # noqa: PLC0415 - the help page needs no database
    from db.customers import show as read_record  # noqa: PLC0415

    with opened(frame) as database:
        read = reveal if whole else read_record
        record = read(database, actor_for(frame, database), person_id)
        rules = database.rulebook
    return Answer({"customer": plain(frame, record)}, list(record_lines(frame, record, rules)))


@desk_command("consent", "database", "login", "now", group=customer)
@click.argument("person_id", type=int, metavar="ID")
@option("--purpose", type=_PURPOSE, required=True, help="caps.consent.purpose")
@option("--granted/--refused", "granted", required=True, help="caps.consent.granted")
@option("--evidence", required=True, help="caps.consent.evidence")
@option("--until", type=INSTANT, help="caps.consent.until")
def consent(
    frame: Frame,
    person_id: int,
    purpose: str,
    granted: bool,
    evidence: str,
    until: datetime | None,
) -> Answer:
    """Note leave to ring for a purpose, given or taken back."""
    from db.consents import record_consent  # noqa: PLC0415 - the help page needs no database

    with opened(frame) as database:
        made = record_consent(
            database, actor_for(frame, database), person_id,
            purpose=purpose, granted=granted, evidence=evidence, until=until,
        )  # fmt: skip
    data = {
        "consent_id": made,
        "person_id": person_id,
        "purpose": purpose,
        "granted": granted,
        "until": iso(until),
    }
    key = "chances.consent_given" if granted else "chances.consent_taken"
    return Answer(data, [frame.say_here(Said(key, {"purpose": Said(f"hours.purpose.{purpose}")}))])


@desk_command("export", "database", "login", "now", group=customer)
@click.argument("person_id", type=int, metavar="ID")
@option("--file", type=click.Path(path_type=Path), help="cli.customer.option.file")
@option("--purpose", type=_WHY_EXPORT, default="access", help="audit.option.purpose")
def export(frame: Frame, person_id: int, file: Path | None, purpose: str) -> Answer:
    """Hand out all that is kept about a person, to a file or as the answer."""
    from db.customer_export import export as read_all  # noqa: PLC0415 - the help page needs no db

    with opened(frame) as database:
        actor = actor_for(frame, database)
        exported = read_all(database, actor, person_id, ExportPurpose(purpose))
    if file is None:
        text = json.dumps(exported, ensure_ascii=False, indent=2)
        return Answer({"export": exported}, text.splitlines())
    write_new(file, json.dumps(exported, ensure_ascii=False, indent=2))
    said = frame.say("cli.customer.exported", person=person_id, file=str(file))
    data = {"person_id": person_id, "file": str(file.absolute()), "mark": exported["mark"]}
    return Answer(data, [said])


@desk_command("erase", "database", "login", "now", group=customer)
@click.argument("person_id", type=int, metavar="ID")
@option("--reason", type=_REASON, default="request", help="cli.customer.option.reason")
@option("--yes", is_flag=True, help="cli.customer.option.yes")
def erase(frame: Frame, person_id: int, reason: Reason, yes: bool) -> Answer:
    """Erase a person's data for good; at a terminal it asks first."""
    from db.customer_erase import erase as blank  # noqa: PLC0415 - the help page needs no database
    from db.customers import show as read_record  # noqa: PLC0415

    with opened(frame) as database:
        actor = actor_for(frame, database)
        if frame.interactive and not yes:
            name = read_record(database, actor, person_id).card.name
            if not frame.confirm("cli.customer.erase_really", person=person_id, name=name):
                return Answer({"erased": None}, [frame.say("cli.customer.kept")], exit_code=1)
        erased = blank(database, actor, person_id, reason)
    lines = [frame.say("cli.customer.erased", person=person_id, calls=erased.calls)]
    lines += [frame.say("cli.customer.recording", ref=ref) for ref in erased.recordings]
    if erased.rewritten is False:
        lines.append(frame.say("cli.customer.not_rewritten"))
    return Answer({"erased": plain(frame, erased)}, lines)


def _plain(frame: Frame, hit: CustomerHit) -> dict[str, object]:
    return {
        "person_id": hit.person_id,
        "name": hit.name,
        "salutation": hit.salutation,
        "number": hit.masked,
        "plate": hit.plate,
        "model": hit.model,
        "open_callbacks": hit.open_callbacks,
        "last_call": iso(hit.last_call),
        "matched": frame.say_here(hit.matched),
        "closed": hit.closed,
    }
