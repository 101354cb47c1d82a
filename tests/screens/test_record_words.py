from __future__ import annotations

from typing import get_args

import pytest

from content.campaigns import campaigns
from content.translations import LANGUAGES, Language, translate
from db.customer_edit import FIELDS
from db.import_tally import RESULTS
from db.tables.work import STATES
from domain.campaign import Purpose
from domain.record.same_person import MatchReason
from domain.survey import Metric, Missing
from screens.customer_deeds import REASONS, ROLES
from screens.customer_pages import PAGES
from screens.import_asking import KINDS, OPTIONS
from screens.import_showing import STAGES

KEYS = [
    *(f"customer.state.{state}" for state in STATES),
    *(f"customer.page.{page}" for page in PAGES),
    *(f"customer.nothing.{page}" for page in PAGES),
    *(f"customer.field.{field}" for field in FIELDS),
    *(f"customer.role.{role}" for role in ROLES),
    *(f"stop.{reason}" for reason in (*REASONS, "deceased", "file", "note", "erased", "imported")),
    *(f"customer.match.{reason}" for reason in get_args(MatchReason)),
    *(f"customer.promise.{one}" for one in ("open", "kept", "late", "broken", "withdrawn")),
    *(f"promise.kind.{one}" for one in ("call", "deed", "reply")),
    *(f"customer.weight.{one}" for one in ("grumble", "complaint", "appeal")),
    *(f"customer.wish.{one}" for one in ("open", "accepted", "shelved", "refused")),
    *(f"customer.closed.{one}" for one in ("deceased", "erased", "merged")),
    *(f"customer.content.{one.content}" for one in campaigns()),
    *(f"hours.purpose.{purpose}" for purpose in Purpose),
    *(f"survey.metric.{metric}" for metric in Metric if metric is not Metric.NONE),
    *(f"call.missing.{missing}" for missing in Missing),
    *(f"import.result.{result}" for result in RESULTS),
    *(f"import_screen.person.{result}" for result in (*RESULTS, "callbacks")),
    *(f"import_screen.stop.{one}" for one in ("marked", "note", "same_number", "same_person")),
    *(f"import_screen.kind.{kind}" for kind in KINDS),
    *(f"import_screen.not_now.{stage}" for stage in STAGES),
    *(f"import_screen.option_title.{name}" for name in OPTIONS),
    *(f"import_screen.option_hint.{name}" for name in OPTIONS),
    *(f"import_screen.region.{one}" for one in ("option", "setting", "file")),
]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_that_a_record_or_import_can_hold_has_words(language: Language) -> None:
    missing = []
    for key in KEYS:
        try:
            translate(language, key, **dict.fromkeys(("now", "region"), ""))
        except KeyError:
            missing.append(key)
    assert missing == []
