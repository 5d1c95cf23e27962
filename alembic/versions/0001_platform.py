"""What every context writes to: remembered commands, the outbox, the audit trail; and the two roles.

Revision ID: 0001
"""

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ROLES = """
DO $$
DECLARE wanted text;
BEGIN
  FOREACH wanted IN ARRAY ARRAY['procurement_app', 'procurement_relay'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
      EXECUTE format('CREATE ROLE %I NOLOGIN NOINHERIT', wanted);
    END IF;
    IF NOT pg_has_role(CURRENT_USER, wanted, 'SET') THEN
      EXECUTE format('GRANT %I TO CURRENT_USER WITH SET TRUE', wanted);
    END IF;
  END LOOP;
END $$
"""

TABLES = """
CREATE SCHEMA platform;
GRANT USAGE ON SCHEMA platform TO procurement_app, procurement_relay;

-- One row per command carried out: its name, what was asked, what was answered.
CREATE TABLE platform.commands (
  tenant_id   uuid NOT NULL,
  scope       text NOT NULL,
  key         text NOT NULL,
  fingerprint bytea NOT NULL,
  answer      bytea NOT NULL,
  at          timestamptz NOT NULL,
  CONSTRAINT commands_pkey PRIMARY KEY (tenant_id, scope, key)
) WITH (toast_tuple_target = 8160);
ALTER TABLE platform.commands ALTER COLUMN answer SET STORAGE EXTERNAL;  -- cheaper than compressing
CREATE INDEX commands_at ON platform.commands USING brin (at);

-- Append-only: every event as it is published. Partitioned by day, so that retention drops, never deletes.
-- Debezium's outbox event router reads it as it stands (id, aggregatetype, aggregateid, type, payload).
CREATE SEQUENCE platform.outbox_position;
CREATE TABLE platform.outbox (
  position          bigint NOT NULL DEFAULT nextval('platform.outbox_position'),
  recorded_on       date NOT NULL,
  tenant_id         uuid NOT NULL,
  id                uuid NOT NULL,
  aggregatetype     text NOT NULL,
  aggregateid       uuid NOT NULL,
  aggregate_version integer NOT NULL,
  type              text NOT NULL,
  topic             text NOT NULL,
  headers           json NOT NULL,
  payload           bytea NOT NULL,
  occurred_at       timestamptz NOT NULL,
  CONSTRAINT outbox_pkey PRIMARY KEY (position, recorded_on)
) PARTITION BY RANGE (recorded_on);
CREATE TABLE platform.outbox_rest PARTITION OF platform.outbox DEFAULT;

-- What is still to be published. Small rows, deleted once the broker has acknowledged.
CREATE TABLE platform.outbox_pending (
  slot        smallint NOT NULL,
  position    bigint NOT NULL,
  recorded_on date NOT NULL,
  tenant_id   uuid NOT NULL,
  aggregateid uuid NOT NULL,
  CONSTRAINT outbox_pending_pkey PRIMARY KEY (slot, position)
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);

-- Who did what, when, and from which state to which. Append-only: nobody may update or delete.
CREATE TABLE platform.audit (
  tenant_id      uuid NOT NULL,
  aggregate_id    uuid NOT NULL,
  version        integer NOT NULL,
  aggregate_type  text NOT NULL,
  action         text NOT NULL,
  at             timestamptz NOT NULL,
  person         text NOT NULL,
  on_behalf_of   text,
  from_state     text,
  to_state       text NOT NULL,
  reason         text,
  event_id       uuid NOT NULL,
  command_scope  text NOT NULL,
  command_key    text NOT NULL,
  correlation_id text NOT NULL,
  CONSTRAINT audit_pkey PRIMARY KEY (tenant_id, aggregate_id, version)
);
"""

SECURED = ("commands", "outbox", "outbox_pending", "audit")

RIGHTS = """
GRANT SELECT, INSERT ON platform.commands, platform.audit TO procurement_app;
GRANT INSERT, SELECT ON platform.outbox, platform.outbox_pending TO procurement_app;
GRANT USAGE ON SEQUENCE platform.outbox_position TO procurement_app;
GRANT SELECT ON platform.outbox TO procurement_relay;
GRANT SELECT, DELETE, UPDATE, INSERT ON platform.outbox_pending TO procurement_relay;
GRANT SELECT, DELETE ON platform.commands TO procurement_relay;
CREATE POLICY every_tenant ON platform.outbox TO procurement_relay USING (true);
CREATE POLICY every_tenant ON platform.outbox_pending TO procurement_relay USING (true) WITH CHECK (true);
CREATE POLICY every_tenant ON platform.commands TO procurement_relay USING (true);
"""


def upgrade() -> None:
    op.execute(ROLES)
    op.execute(TABLES)
    for table in SECURED:
        op.execute(f"ALTER TABLE platform.{table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE platform.{table} FORCE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY one_tenant ON platform.{table} TO procurement_app"
            " USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid)"
        )
    op.execute(RIGHTS)


def downgrade() -> None:
    """The roles stay: they may own rights in other databases of the server."""
    op.execute("DROP SCHEMA platform CASCADE")
