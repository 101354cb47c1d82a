from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from screens.draft_keeper import DraftKeeper


@given(st.lists(st.sampled_from(["type", "take", "stored", "failed"]), max_size=60))
def test_what_was_typed_last_is_kept_in_the_end(steps: list[str]) -> None:
    keeper = DraftKeeper.at(3)
    database = (3, "old")
    under_way: tuple[dict[str, object], int] | None = None
    last = "old"
    for number, step in enumerate(steps):
        if step == "type":
            last = f"text {number}"
            keeper.changed({"note": last})
        elif step == "take" and under_way is None:
            taken = keeper.take()
            under_way = None if taken is None else (dict(taken[0]), taken[1])
        elif step == "stored" and under_way is not None:
            if under_way[1] > database[0]:
                database = (under_way[1], str(under_way[0]["note"]))
            keeper.stored(database[0])
            under_way = None
        elif step == "failed" and under_way is not None:
            keeper.failed()
            under_way = None
        assert keeper.safe == (database[1] == last)
    rest = keeper.unsaved()
    assert (rest is None) == keeper.safe
    if rest is not None:
        assert rest[0]["note"] == last
        assert rest[1] > database[0]


def test_a_higher_revision_of_another_seat_is_passed_by() -> None:
    keeper = DraftKeeper.at(1)
    keeper.changed({"note": "mine"})
    assert keeper.take() is not None
    keeper.stored(9)
    assert not keeper.safe
    taken = keeper.take()
    assert taken is not None
    assert taken[1] == 10
