"""What Alembic runs: synchronous, one transaction per migration, on the connection it is handed."""

from alembic import context

from procurement.platform.postgres.migrations import connected
from procurement.settings import DatabaseSettings


def online() -> None:
    given = context.config.attributes.get("connection")
    if given is None:  # Alembic's own command line
        with connected(DatabaseSettings.read().migration_url) as connection:
            migrate(connection)
    else:
        migrate(given)


def migrate(connection) -> None:  # noqa: ANN001
    context.configure(
        connection=connection,
        version_table_schema="public",
        transaction_per_migration=True,
        on_version_apply=context.config.attributes.get("on_version_apply"),
    )
    with context.begin_transaction():
        context.run_migrations()


def offline() -> None:
    context.configure(
        dialect_name="postgresql",
        dialect_opts={"paramstyle": "named"},  # or every percent sign is doubled
        version_table_schema="public",
        transaction_per_migration=True,
        literal_binds=True,
    )
    with context.begin_transaction():
        context.run_migrations()


if context.is_offline_mode():
    offline()
else:
    online()
