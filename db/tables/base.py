"""The metadata that all tables share, with the names of constraints fixed."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Column, Index, MetaData, TypedColumns, event, text

from db.types import BigId

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_N_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)
_WHERE: Final = "where"
_PREFIX: Final = "prefix"


class Numbered(TypedColumns):
    """A table whose rows are numbered by the database."""

    id = Column(BigId, primary_key=True, autoincrement=True)


def partial_index(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    """An index over the rows that a condition holds for, alike on both databases."""
    return Index(name, *columns, unique=unique, info={_WHERE: where})


def prefix_index(name: str, column: str, *others: str) -> Index:
    """An index that finds the beginning of a text.

    Prefixes are looked for by LIKE on PostgreSQL; this index serves it whatever the server's
    collation.
    """
    return Index(name, column, *others, info={_PREFIX: column})


def complete_indexes(*_: Any, **__: Any) -> MetaData:
    """Gives all indexes the options of the databases, before tables are made or compared.

    Told at once, they would cost every start a tenth of a second: to check an option of
    PostgreSQL's, all that speaks to PostgreSQL is loaded.
    """
    for table in metadata.tables.values():
        for index in table.indexes:
            if _WHERE in index.info:
                for database in ("sqlite", "postgresql"):
                    index.dialect_kwargs[f"{database}_where"] = text(index.info[_WHERE])
            if _PREFIX in index.info:
                index.dialect_kwargs["postgresql_ops"] = {
                    index.info[_PREFIX]: "varchar_pattern_ops"
                }
    return metadata


event.listen(metadata, "before_create", complete_indexes)
