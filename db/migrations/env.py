"""Runs migrations on the connection that `db.schema` hands over."""

from alembic import context

from db.tables import metadata
from db.tables.base import complete_indexes

complete_indexes()
connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    transactional_ddl=True,
    render_as_batch=False,
)
context.run_migrations()
