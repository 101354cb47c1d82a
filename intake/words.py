"""The words for what is wrong with rows: why they were rejected, and what was imported anyway."""

from __future__ import annotations

from functools import cache
from typing import Final

from content.columns import column_book
from content.translations import Language, translate

# What is said of a row as a whole; any other code is the name of a field and its problem.
WHOLE_ROW: Final = frozenset(
    [
        "nothing_known",
        "cut_off",
        "too_many_cells",
        "damaged_text",
        "customer_missing",
        "unknown_customer",
        "no_usable_number",
        "do_not_call",
        "do_not_call_number",
        "do_not_call_person",
        "asked_to_stop",
        "no_consent",
        "person_closed",
        "erased",
        "callback_no_usable_number",
        "callback_do_not_call",
    ]
)


@cache
def words_of(code: str, language: Language) -> str:
    """A reason or fault in words, such as "birthday: no calendar has this day".

    Args:
        code: as it stands in `RejectedRow.reason`, in faults and in the notices of a report.
        language: the language to speak.

    Raises:
        KeyError: the code is none that the import knows.
    """
    if code in WHOLE_ROW:
        return translate(language, f"import.reason.{code}")
    fields = sorted((field.code for field in column_book().fields), key=len, reverse=True)
    field = next((one for one in fields if code.startswith(f"{one}_")), None)
    if field is None:
        raise KeyError(code)
    problem = code.removeprefix(f"{field}_")
    return translate(
        language,
        "import.field_problem",
        field=column_book().label(field).of(language),
        problem=translate(language, f"import.problem.{problem}"),
    )
