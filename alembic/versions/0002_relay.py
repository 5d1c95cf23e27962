"""What the relay keeps beside the outbox: who drains which slot, which aggregates wait, what operators did.

Revision ID: 0002
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TABLES = """
-- A worker is alive until then, by the database's clock; whoever finds it overdue takes its slots.
CREATE TABLE platform.outbox_workers (
  worker      uuid PRIMARY KEY,
  alive_until timestamptz NOT NULL
);

-- Who drains which slot. The epoch grows with every owner, so that what an old owner still writes is seen.
CREATE TABLE platform.outbox_slots (
  slot  smallint PRIMARY KEY,
  owner uuid,
  epoch bigint NOT NULL DEFAULT 0
);
INSERT INTO platform.outbox_slots (slot) SELECT generate_series(0, 15);

-- Aggregates whose next event the broker will not take. Their pending rows stand under slot -1 - slot,
-- out of the way of all others, and come after this row's retry_at; once dead, when an operator says so.
CREATE TABLE platform.outbox_parked (
  aggregateid uuid PRIMARY KEY,
  slot        smallint NOT NULL,
  position    bigint NOT NULL,
  attempts    integer NOT NULL,
  retry_at    timestamptz NOT NULL,
  last_error  text NOT NULL,
  parked_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
  dead_at     timestamptz
);
CREATE INDEX outbox_parked_due ON platform.outbox_parked (slot, retry_at) WHERE dead_at IS NULL;
CREATE INDEX outbox_pending_parked ON platform.outbox_pending (aggregateid, position) WHERE slot < 0;

-- For operators, who look for events by time; next to nothing for those who write.
CREATE INDEX outbox_occurred ON platform.outbox USING brin (occurred_at);

-- What operators did by hand. Append-only.
CREATE TABLE platform.outbox_operations (
  at       timestamptz NOT NULL DEFAULT clock_timestamp(),
  operator text NOT NULL,
  verb     text NOT NULL,
  target   text NOT NULL,
  reason   text NOT NULL,
  events   bigint NOT NULL
);
"""

# Partitions belong to the owner of the schema; the worker may only ask for this, and for nothing else.
# ATTACH waits for no writer, and whatever else must wait gives up soon: there are days left to try again.
# Which days still have pending events the worker says, because row-level security hides them from the owner.
ROLL = """
CREATE FUNCTION platform.roll_outbox(today date, ahead integer, oldest date) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '300ms' AS $$
DECLARE
  day date;
  part text;
  changed integer := 0;
BEGIN
  FOR day IN SELECT today + n FROM generate_series(0, ahead) n LOOP
    part := 'outbox_' || to_char(day, 'YYYYMMDD');
    CONTINUE WHEN to_regclass('platform.' || part) IS NOT NULL
               OR EXISTS (SELECT FROM platform.outbox_rest r WHERE r.recorded_on = day);
    EXECUTE format('CREATE TABLE platform.%I (LIKE platform.outbox INCLUDING ALL)', part);
    EXECUTE format('ALTER TABLE platform.%I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', part);
    EXECUTE format('ALTER TABLE platform.outbox ATTACH PARTITION platform.%I FOR VALUES FROM (%L) TO (%L)',
                   part, day, day + 1);
    changed := changed + 1;
  END LOOP;
  FOR part, day IN
    SELECT c.relname, to_date(right(c.relname, 8), 'YYYYMMDD') FROM pg_inherits i
    JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = 'platform.outbox'::regclass AND c.relname ~ '^outbox_[0-9]{8}$'
  LOOP
    CONTINUE WHEN day >= oldest;
    EXECUTE format('DROP TABLE platform.%I', part);
    changed := changed + 1;
  END LOOP;
  RETURN changed;
END $$;
REVOKE ALL ON FUNCTION platform.roll_outbox FROM PUBLIC;
GRANT EXECUTE ON FUNCTION platform.roll_outbox TO procurement_relay;
SELECT platform.roll_outbox(current_date, 7, '-infinity');
"""

RIGHTS = """
GRANT SELECT, INSERT, UPDATE, DELETE ON platform.outbox_workers, platform.outbox_parked TO procurement_relay;
GRANT SELECT, UPDATE ON platform.outbox_slots TO procurement_relay;
GRANT SELECT, INSERT ON platform.outbox_operations TO procurement_relay;
GRANT SELECT ON SEQUENCE platform.outbox_position TO procurement_relay;
"""


def upgrade() -> None:
    op.execute(TABLES)
    op.execute(RIGHTS)
    op.execute(ROLL)


def downgrade() -> None:
    op.execute("DROP FUNCTION platform.roll_outbox")
    op.execute(
        "DROP TABLE platform.outbox_workers, platform.outbox_slots, platform.outbox_parked,"
        " platform.outbox_operations"
    )
    op.execute("DROP INDEX platform.outbox_pending_parked, platform.outbox_occurred")
