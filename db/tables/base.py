"""The metadata that all tables share, with the names of constraints fixed."""

from __future__ import annotations

from sqlalchemy import Column, Index, MetaData, TypedColumns, text

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


class Numbered(TypedColumns):
    """A table whose rows are numbered by the database."""

    id = Column(BigId, primary_key=True, autoincrement=True)


def partial_index(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    """An index over the rows that a condition holds for, alike on both databases."""
    condition = text(where)
    return Index(name, *columns, unique=unique, sqlite_where=condition, postgresql_where=condition)
