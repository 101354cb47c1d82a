"""The tables: made by migrations alone, upgraded in place, refused when newer, backed up."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path

import pytest
import sqlalchemy as sa

from db import schema
from db.engine import open_database
from db.tables import metadata, person
from domain.errors import InputError, StorageError
from tests.databases import Desk, copy_template, desk_on


def described(engine: sa.Engine) -> dict[str, object]:
    """Columns, indexes and constraints of every table, as the database itself tells them."""
    inspector = sa.inspect(engine)
    found: dict[str, object] = {}
    for table in sorted(inspector.get_table_names()):
        if table == "alembic_version":
            continue
        found[table] = {
            "columns": {
                column["name"]: (str(column["type"]), column["nullable"])
                for column in inspector.get_columns(table)
            },
            "indexes": sorted(
                (index["name"], tuple(index["column_names"]), bool(index["unique"]))
                for index in inspector.get_indexes(table)
            ),
            "unique": sorted(
                (one["name"], tuple(one["column_names"]))
                for one in inspector.get_unique_constraints(table)
            ),
            "foreign": sorted(
                (one["name"], tuple(one["constrained_columns"]), one["referred_table"])
                for one in inspector.get_foreign_keys(table)
            ),
            "checks": sorted(str(one["name"]) for one in inspector.get_check_constraints(table)),
        }
    return found


def test_the_migrations_make_exactly_the_tables_of_the_code(url: str) -> None:
    database = open_database(url)
    migrated = described(database.engine)
    with database.engine.begin() as connection:
        metadata.drop_all(connection)
    with database.engine.begin() as connection:
        metadata.create_all(connection)
    declared = described(database.engine)
    database.close()
    assert migrated == declared


def test_the_program_knows_its_newest_migration() -> None:
    texts = [path.read_text("utf-8") for path in Path("db/migrations/versions").glob("2*.py")]
    found = [re.findall(r'^(?:down_)?revision = "?(\w+)', text, re.MULTILINE) for text in texts]
    newest = {own for own, _ in found} - {before for _, before in found}
    assert newest == {schema.REVISION}


def test_upgrading_twice_changes_nothing_and_keeps_the_data(desk: Desk) -> None:
    made = desk.person("王芳")
    assert schema.upgrade(desk.database) == (schema.REVISION, schema.REVISION)
    schema.check(desk.database)
    assert [row["id"] for row in desk.rows(sa.select(person.c.id))] == [made]


def set_revision(desk: Desk, revision: str) -> None:
    desk.database.write(
        lambda unit: unit.run(
            sa.text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision}
        )
    )


def test_a_newer_schema_is_refused_in_words(desk: Desk) -> None:
    set_revision(desk, "29990101_future")
    for use in (schema.check, schema.upgrade):
        with pytest.raises(StorageError) as error:
            use(desk.database)
        assert error.value.code == "schema_newer"


def test_a_database_without_tables_is_told_apart(tmp_path: Path) -> None:
    file = tmp_path / "empty.db"
    file.touch()
    database = open_database(str(file))
    with pytest.raises(StorageError) as error:
        schema.check(database)
    database.close()
    assert error.value.code == "database_empty"


def test_a_backup_is_whole_while_the_desk_goes_on(sqlite_template: Path, tmp_path: Path) -> None:
    with desk_on(copy_template(sqlite_template, tmp_path)) as desk:
        desk.person("王芳")
        target = tmp_path / "backup.db"
        assert schema.backup(desk.database, target) == target.stat().st_size
        with sqlite3.connect(target) as copy:
            assert copy.execute("SELECT name FROM person").fetchall() == [("王芳",)]
            assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        with pytest.raises(InputError) as error:
            schema.backup(desk.database, target)
        assert error.value.code == "backup_exists"
