"""The desk through a pooler in transaction mode: what the suite proves holds there as well.

Each transaction may reach the server on another line: nothing may be kept in a session.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from tests.databases import Desk, postgres_database
from tests.db.test_customers_erase import (
    test_nothing_personal_is_left_in_any_table,  # noqa: F401
)
from tests.db.test_customers_search import test_one_box_finds_by_all_that_people_type  # noqa: F401
from tests.db.test_finish import (
    test_an_agreed_time_makes_a_new_row_that_names_its_origin,  # noqa: F401
    test_an_amendment_replaces_the_outcome_and_keeps_the_original,  # noqa: F401
    test_everything_said_is_saved_at_once,  # noqa: F401
    test_the_same_decision_again_gives_the_first_result,  # noqa: F401
    test_undo_takes_everything_back_and_opens_the_call_with_its_draft,  # noqa: F401
)
from tests.db.test_queue import (
    test_a_customer_who_rings_back_brings_all_open_callbacks,  # noqa: F401
    test_a_stop_set_during_the_call_holds_at_dialling,  # noqa: F401
    test_every_step_by_a_person_is_in_the_history,  # noqa: F401
    test_one_person_is_in_one_hand_whatever_the_number,  # noqa: F401
    test_the_most_urgent_and_longest_waiting_comes_first,  # noqa: F401
)
from tests.db.test_seats import (
    test_a_second_seat_that_takes_over_gets_the_call_and_the_first_is_told,  # noqa: F401
    test_only_one_seat_takes_the_turn_of_housekeeping,  # noqa: F401
)
from tests.pgbouncer import pooler

_NAMES = itertools.count(1)


@pytest.fixture(scope="module")
def pool(postgres_server: str) -> Iterator[str]:
    with pooler(postgres_server, size=3) as made:
        yield made


@pytest.fixture
def url(postgres_server: str, postgres_template: str, pool: str) -> Iterator[str]:
    """The suite's own fixture, led through the pooler."""
    name = f"pooled_{os.getpid()}_{next(_NAMES)}"
    with postgres_database(postgres_server, name, postgres_template):
        yield f"{pool.rsplit('/', 1)[0]}/{name}"


def test_nothing_is_left_behind_on_a_line(desk: Desk) -> None:
    desk.callback()
    left = sa.text(
        "SELECT current_setting('statement_timeout'), current_setting('lock_timeout'),"
        " (SELECT count(*) FROM pg_prepared_statements),"
        " (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'),"
        " (SELECT count(*) FROM pg_listening_channels())"
    )
    with desk.database.engine.connect() as connection:
        assert connection.execute(left).one() == ("0", "0", 0, 0, 0)
