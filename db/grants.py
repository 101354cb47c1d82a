"""The rights that a server has to grant: an owner of the tables, a desk that works, a reader.

Each table gets what the use cases do with it and no more; `tests/db/test_grants.py` does a day's
work with these rights.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from db.tables import metadata
from domain.errors import InputError

_NAME: Final = re.compile(r"[a-z_][a-z0-9_$]{0,62}")

# What is written once and never changed: by it one can tell who did what.
_WRITTEN_ONCE: Final = frozenset(
    {"audit", "callback_event", "lead_action_item", "queue_sample", "release_file"}
)
_ROWS_GO: Final = (
    "asset call call_hold callback callback_event care_reason case_entry case_pause case_timer"
    " complaint consent content_draft do_not_call draft import_conflict import_mapping"
    " import_memory leave person person_asset person_phone possible_match promise promise_event"
    " queue_sample seat_message service_order shift tier_proposal turn wish"
)
_EMPTIED: Final = frozenset(_ROWS_GO.split())
# The keys of hashed numbers, and what somebody is typing: no report needs them.
_UNREPORTED: Final = frozenset(
    {"content_draft", "desk_fact", "draft", "import_memory", "seat_message"}
)


@dataclass(frozen=True, slots=True)
class Grants:
    """SQL that grants the rights, in two parts.

    Attributes:
        roles: for whoever runs the server, in the desk's database, before the tables are made.
        tables: for the owner of the tables, after they were made and after each upgrade.
    """

    roles: tuple[str, ...]
    tables: tuple[str, ...]


def grants(database: str, *, owner: str, role: str, reader: str) -> Grants:
    """The SQL that lets a desk work with the least rights.

    Args:
        database: its name on the server.
        owner: the role that makes and changes tables: for `init` and `db upgrade`.
        role: the role with which seats work.
        reader: the role that may only read, for reports.

    Raises:
        InputError: `grants_name` when one of the roles is no plain name in small letters.
    """
    for name in (owner, role, reader):
        if not _NAME.fullmatch(name):
            raise InputError("grants_name", name=name)
    base = '"' + database.replace('"', '""') + '"'
    made = [
        f"DO $$ BEGIN CREATE ROLE {name} LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$;"
        for name in (owner, role, reader)
    ]
    everybody = f"{owner}, {role}, {reader}"
    roles = (
        *made,
        f"REVOKE ALL ON DATABASE {base} FROM PUBLIC;",
        f"GRANT CONNECT ON DATABASE {base} TO {everybody};",
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC;",
        f"GRANT USAGE ON SCHEMA public TO {everybody};",
        f"GRANT CREATE ON SCHEMA public TO {owner};",
    )
    # A table that an upgrade makes can be worked with before its own line is run.
    later = f"ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA public GRANT"
    tables = [
        f"{later} SELECT, INSERT, UPDATE, DELETE ON TABLES TO {role};",
        f"{later} USAGE ON SEQUENCES TO {role};",
        f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {role};",
        f"GRANT SELECT ON alembic_version TO {role}, {reader};",
    ]
    for name in sorted(metadata.tables):
        tables.append(f"REVOKE ALL ON {name} FROM {role}, {reader};")
        tables.append(f"GRANT {', '.join(rights_on(name))} ON {name} TO {role};")
        if name not in _UNREPORTED:
            tables.append(f"GRANT SELECT ON {name} TO {reader};")
    return Grants(roles, tuple(tables))


def rights_on(table: str) -> tuple[str, ...]:
    """What the use cases do with a table."""
    rights = ["SELECT", "INSERT"]
    if table not in _WRITTEN_ONCE:
        rights.append("UPDATE")
    if table in _EMPTIED:
        rights.append("DELETE")
    return tuple(rights)
