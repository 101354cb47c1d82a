from __future__ import annotations

import json
from datetime import UTC, datetime

from domain.bilingual import Bilingual
from domain.said import Said, said_as_plain, said_from_plain


def test_a_sentence_is_kept_whole_with_all_it_names() -> None:
    at = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)
    said = Said(
        "a.b",
        {
            "at": at,
            "n": 3,
            "part": Said("c.d", {"until": at}),
            "name": "王",
            "day": Bilingual("元旦", "New Year’s Day"),
            "no": None,
        },
    )
    kept = json.loads(json.dumps(said_as_plain(said)))
    assert said_from_plain(kept) == said
