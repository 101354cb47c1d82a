"""Rules come into force: a seat takes a rulebook up, and the database's rows follow it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import sqlalchemy as sa

from db.campaigns import campaign_values, install_campaigns
from db.engine import Database
from db.hours_input import HOURS
from db.release_rows import all_slots
from db.rule_following import BAND, CAP, CAPS, GRACE, begin_following
from db.rule_state import RulesTaken, has_begun, remember_rules, rules_taken
from db.rules_held import digests_of
from db.tables import calling_window, campaign
from db.topics import CONTENT, QUEUE
from db.transaction import Unit
from domain.content_set import in_force
from domain.rulebook import Rulebook

_FOLLOWED: Final = {"band": BAND, "attempt_cap": CAP, "grace_minutes": GRACE}


def take_up(database: Database, rulebook: Rulebook, release: str) -> bool:
    """Works by a rulebook from now on, and lets the database's rows follow it.

    Until windows have been computed anew they are closed: nobody is rung by hours that hold no
    more. Callbacks follow in batches, as housekeeping gets to them.

    Args:
        database: the database.
        rulebook: what the release's files of rules say.
        release: the release that it was read from.

    Returns:
        Whether it was taken up; not where another release has come into force meanwhile.

    Raises:
        StorageError: it can't be written.
    """

    def work(unit: Unit) -> bool:
        slot = in_force(all_slots(unit), unit.now)
        if slot is None or slot.name != release:
            return False
        taken = rules_taken(unit)
        if taken != RulesTaken(rulebook.release, release):
            _let_follow(unit, rulebook, release, taken)
        return True

    done = database.write(work)
    if done:
        database.take_rulebook(rulebook)
    return done


def tell_begun(unit: Unit) -> None:
    """Lets the seats know that a planned release has come into force."""
    slot = in_force(all_slots(unit), unit.now)
    if slot is not None and not has_begun(unit, slot.name):
        unit.move(CONTENT)


def _let_follow(unit: Unit, rulebook: Rulebook, release: str, taken: RulesTaken | None) -> None:
    remember_rules(unit, RulesTaken(rulebook.release, release))
    if taken is not None and taken.rulebook == rulebook.release:
        return
    unit.run(
        sa.update(calling_window)
        .where(calling_window.c.release != rulebook.calling_release)
        .values(opens_at=None, closes_at=None, computed_at=unit.now)
    )
    install_campaigns(unit, rulebook.campaigns)
    everywhere = _changed_everywhere(unit, taken, release)
    rows = unit.run(sa.select(campaign).with_for_update()).mappings().all()
    present = {row["code"]: row for row in rows}
    for one in rulebook.campaigns:
        row = present[one.code]
        values = campaign_values(one)
        changed = {name: value for name, value in values.items() if row[name] != value}
        settings = _settings({**row["settings"], HOURS: one.hours}, changed, everywhere)
        if changed or settings != row["settings"]:
            unit.run(
                sa.update(campaign)
                .where(campaign.c.id == row["id"])
                .values(**changed, settings=settings)
            )
    unit.move(QUEUE)


def _settings(
    settings: Mapping[str, Any], changed: Mapping[str, Any], everywhere: list[str]
) -> dict[str, Any]:
    what = [_FOLLOWED[name] for name in changed if name in _FOLLOWED]
    return begin_following(settings, [*what, *everywhere])


def _changed_everywhere(unit: Unit, taken: RulesTaken | None, release: str) -> list[str]:
    """What follows in every campaign: bands where tiers have changed, and changed caps."""
    if taken is None:
        return []
    before, after = digests_of(unit, taken.content), digests_of(unit, release)
    what = {"tiers": BAND, "caps": CAPS}
    return [what[name] for name in what if name in before and before[name] != after.get(name)]
