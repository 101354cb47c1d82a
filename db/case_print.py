"""A case that leaves the desk on paper: read, and entered in the audit."""

from __future__ import annotations

from db.case_file import CaseFile, read_case
from db.engine import Database
from db.events import append_audit
from db.transaction import Unit
from domain.permissions import Actor, require


def case_for_print(database: Database, actor: Actor, case_id: int) -> CaseFile:
    """The whole file of a case, to be printed; the audit says who did.

    Raises:
        RefusedError: `not_allowed`, `case_unknown`.
    """

    def work(unit: Unit) -> CaseFile:
        require(actor, "complaints.note")
        file = read_case(unit, database.rulebook, actor, case_id)
        append_audit(unit, actor, "case_printed", "case", case_id)
        return file

    return database.write(work)
