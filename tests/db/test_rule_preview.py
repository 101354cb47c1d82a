"""What other rules would do to today's queue: counted, and nothing touched."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from content.rule_files import shipped_rules
from content.rule_set import rulebook_of
from db.rule_preview import RulePreview, Standing, preview_rules
from db.tables import callback
from domain.errors import RefusedError
from tests.databases import Desk

SHIPPED = shipped_rules()
CODE = "after-service-3day"


def preview(desk: Desk, name: str, old: str, new: str) -> RulePreview:
    assert old in SHIPPED[name]
    rulebook = rulebook_of({**SHIPPED, name: SHIPPED[name].replace(old, new, 1)})
    return preview_rules(desk.database, desk.actor, rulebook, zone="Asia/Shanghai")


@pytest.fixture
def waiting(desk: Desk) -> Desk:
    """Monday, 10:00: two callbacks now, one at 15:00, one tomorrow."""
    for hours in (-1, -2, 5, 24):
        desk.callback(due_at=desk.clock.now + timedelta(hours=hours))
    return desk


def test_the_same_rules_change_nothing(waiting: Desk) -> None:
    before = waiting.rows(sa.select(callback))
    found = preview(waiting, "campaigns", "#", "# seen\n#")
    (line,) = found.campaigns
    assert line.before == line.after == Standing(now=2, today=1, later=1) == found.after
    assert not line.changes
    assert found.windows == ()
    assert found.waiting == 4
    assert waiting.rows(sa.select(callback)) == before


def test_hours_that_close_earlier_put_callbacks_off(waiting: Desk) -> None:
    found = preview(waiting, "calling_hours", "*,any,09:00-20:00,", "*,any,09:00-12:00,")
    assert found.before == Standing(now=2, today=1, later=1)
    assert found.after == Standing(now=2, later=2)
    (window,) = found.windows
    assert window.zones == ("Asia/Shanghai",)
    assert (window.before, window.after) == (found.before, found.after)


def test_hours_that_begin_later_are_later_today(waiting: Desk) -> None:
    found = preview(waiting, "calling_hours", "*,any,09:00-20:00,", "*,any,14:00-20:00,")
    assert found.after == Standing(today=3, later=1)


def test_hours_that_never_open_are_never(waiting: Desk) -> None:
    text = "*,any,09:00-20:00,10:00-17:00,none,none,"
    found = preview(waiting, "calling_hours", text, "*,any,none,none,none,none,")
    assert found.after == Standing(never=4)


def test_a_campaigns_own_hours_count_for_that_campaign_alone(waiting: Desk) -> None:
    waiting.callback(campaign="delivery-3day")
    entry = f'code = "{CODE}"\n'
    found = preview(waiting, "campaigns", entry, f'{entry}hours = "18:00-19:00"\n')
    changed = {one.code: one.after for one in found.campaigns if one.changes}
    assert changed == {CODE: Standing(today=3, later=1)}


def test_bands_and_caps_are_counted(waiting: Desk) -> None:
    waiting.callback(promised=True)
    entry = SHIPPED["campaigns"].partition(f'code = "{CODE}"')[2].partition("[[campaign]]")[0]
    other = entry.replace("band = 4", "band = 7").replace("attempt_cap = 5", "attempt_cap = 2")
    found = preview(waiting, "campaigns", entry, other)
    (line,) = found.campaigns
    assert (line.bands, line.caps) == (4, 5)
    assert line.before == line.after
    assert line.changes


def test_only_leads_try_rules(waiting: Desk) -> None:
    lowly = waiting.operator("wei")
    with pytest.raises(RefusedError):
        preview_rules(waiting.database, lowly, waiting.database.rulebook, zone="UTC")
