"""What receiving knows of orders, goods receipts, the running totals of order lines, the tenant's policy;
and how far purchasing's orders are.

Revision ID: 0005
"""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TABLES = """
CREATE SCHEMA receiving;
GRANT USAGE ON SCHEMA receiving TO procurement_app;

-- What purchasing's events said: the status by version, persons and lines added up.
CREATE TABLE receiving.expected_orders (
  tenant_id   uuid NOT NULL,
  id          uuid NOT NULL,
  version     integer NOT NULL,
  number      text NOT NULL,
  supplier_id uuid NOT NULL,
  status      text NOT NULL,
  requesters  text[] NOT NULL,
  approvers   text[] NOT NULL,
  lines_known boolean NOT NULL,
  CONSTRAINT expected_orders_pkey PRIMARY KEY (tenant_id, id)
) WITH (fillfactor = 70);

-- Immutable, as issued.
CREATE TABLE receiving.expected_lines (
  tenant_id        uuid NOT NULL,
  order_id         uuid NOT NULL,
  line             integer NOT NULL,
  name             text NOT NULL,
  sku              text,
  supplier_item_id text,
  gtin             text,
  quantity         numeric NOT NULL,
  unit             text NOT NULL,
  over_percentage  numeric CONSTRAINT expected_lines_percentage CHECK (over_percentage BETWEEN 0 AND 10),
  over_cap         numeric CONSTRAINT expected_lines_cap CHECK (over_cap >= 0),
  CONSTRAINT expected_lines_pkey PRIMARY KEY (tenant_id, order_id, line)
);

-- What was closed short, by the version of the event that said it: a repeat is the same row.
CREATE TABLE receiving.releases (
  tenant_id uuid NOT NULL,
  order_id  uuid NOT NULL,
  line      integer NOT NULL,
  version   integer NOT NULL,
  quantity  numeric NOT NULL,
  CONSTRAINT releases_pkey PRIMARY KEY (tenant_id, order_id, line, version)
);

-- How much of an order line is here: one narrow row for a line that something came on. `pending` waits for
-- verification. Whoever adds sets the ceiling anew, and the constraint undoes what crosses it.
CREATE TABLE receiving.line_totals (
  tenant_id uuid NOT NULL,
  order_id  uuid NOT NULL,
  line      integer NOT NULL,
  pending   numeric NOT NULL,
  accepted  numeric NOT NULL,
  ceiling   numeric NOT NULL,
  CONSTRAINT line_totals_pkey PRIMARY KEY (tenant_id, order_id, line),
  CONSTRAINT line_totals_within_limit CHECK (pending + accepted <= ceiling)
) WITH (fillfactor = 70);

CREATE TABLE receiving.goods_receipts (
  tenant_id          uuid NOT NULL,
  id                 uuid NOT NULL,
  version            integer NOT NULL,
  order_id           uuid NOT NULL,
  order_number       text NOT NULL,
  supplier_id        uuid NOT NULL,
  delivery_note      text,
  opened_by          text NOT NULL,
  receivers          text[] NOT NULL,
  state              text NOT NULL CONSTRAINT goods_receipts_state CHECK (state IN (
    'Open', 'Verified', 'Discrepant', 'Rejected', 'Closed', 'Reversed')),
  line_count         integer NOT NULL CONSTRAINT goods_receipts_lines CHECK (line_count BETWEEN 1 AND 1000),
  open_discrepancies integer NOT NULL,
  discrepancies      json,
  created_at         timestamptz NOT NULL,
  updated_at         timestamptz NOT NULL,
  CONSTRAINT goods_receipts_pkey PRIMARY KEY (tenant_id, id)
) WITH (fillfactor = 85);
CREATE INDEX goods_receipts_created ON receiving.goods_receipts (tenant_id, created_at, id);
CREATE INDEX goods_receipts_order ON receiving.goods_receipts (tenant_id, order_id, created_at, id);
CREATE INDEX goods_receipts_supplier ON receiving.goods_receipts (tenant_id, supplier_id, created_at, id);
CREATE INDEX goods_receipts_state ON receiving.goods_receipts (tenant_id, state, created_at, id);
-- The same delivery is received once; what was a mistake or went back does not count.
CREATE UNIQUE INDEX goods_receipts_delivery_note
  ON receiving.goods_receipts (tenant_id, order_id, delivery_note)
  WHERE delivery_note IS NOT NULL AND state NOT IN ('Rejected', 'Reversed');

CREATE TABLE receiving.goods_receipt_lines (
  tenant_id  uuid NOT NULL,
  receipt_id uuid NOT NULL,
  line       integer NOT NULL,
  name       text NOT NULL,
  sku        text,
  unit       text NOT NULL,
  received   numeric NOT NULL CONSTRAINT goods_receipt_lines_received CHECK (received > 0),
  enough     numeric NOT NULL,
  advised    numeric,
  rejected   numeric NOT NULL CONSTRAINT goods_receipt_lines_rejected CHECK (rejected BETWEEN 0 AND received),
  reason     text,
  quality    text NOT NULL
    CONSTRAINT goods_receipt_lines_quality CHECK (quality IN ('not-inspected', 'passed', 'failed')),
  returned   numeric NOT NULL
    CONSTRAINT goods_receipt_lines_returned CHECK (returned BETWEEN 0 AND received - rejected),
  pending    numeric NOT NULL CONSTRAINT goods_receipt_lines_pending CHECK (pending >= 0),
  accepted   numeric NOT NULL CONSTRAINT goods_receipt_lines_accepted CHECK (accepted >= 0),
  CONSTRAINT goods_receipt_lines_pkey PRIMARY KEY (tenant_id, receipt_id, line)
) WITH (fillfactor = 85);

CREATE TABLE receiving.policies (
  tenant_id uuid NOT NULL,
  version   integer NOT NULL,
  policy    json NOT NULL,
  CONSTRAINT policies_pkey PRIMARY KEY (tenant_id)
);

GRANT SELECT, INSERT, UPDATE ON receiving.expected_orders, receiving.line_totals, receiving.goods_receipts,
  receiving.goods_receipt_lines, receiving.policies TO procurement_app;
GRANT SELECT, INSERT ON receiving.expected_lines, receiving.releases TO procurement_app;
"""

PROGRESS = """
-- What each receipt counts for, in the words of its latest event: the order's progress is their sum.
CREATE TABLE purchasing.order_receipts (
  tenant_id     uuid NOT NULL,
  order_id      uuid NOT NULL,
  receipt_id    uuid NOT NULL,
  line          integer NOT NULL,
  version       integer NOT NULL,
  accepted      numeric NOT NULL CONSTRAINT order_receipts_accepted CHECK (accepted >= 0),
  complete_from numeric NOT NULL,
  CONSTRAINT order_receipts_pkey PRIMARY KEY (tenant_id, order_id, receipt_id, line)
) WITH (fillfactor = 85);
GRANT SELECT, INSERT, UPDATE ON purchasing.order_receipts TO procurement_app;

ALTER TABLE purchasing.purchase_order_lines ADD COLUMN over_receipt json;  -- agreed for the line

-- The word for the whole order is derived by the database, too: nobody can set it.
ALTER TABLE purchasing.purchase_orders
  ADD COLUMN receipt_status text NOT NULL DEFAULT 'none'
    CONSTRAINT purchase_orders_receipt_status CHECK (receipt_status IN ('none', 'partial', 'full')),
  ADD COLUMN status text NOT NULL GENERATED ALWAYS AS (
    CASE WHEN state NOT IN ('Issued', 'Acknowledged') OR receipt_status = 'none' THEN state
         WHEN receipt_status = 'full' THEN 'Received' ELSE 'PartiallyReceived' END) STORED;
DROP INDEX purchasing.purchase_orders_state;
CREATE INDEX purchase_orders_status ON purchasing.purchase_orders (tenant_id, status, created_at, id);
"""

UNDONE = """
DROP INDEX purchasing.purchase_orders_status;
CREATE INDEX purchase_orders_state ON purchasing.purchase_orders (tenant_id, state, created_at, id);
ALTER TABLE purchasing.purchase_order_lines DROP COLUMN over_receipt;
ALTER TABLE purchasing.purchase_orders DROP COLUMN status, DROP COLUMN receipt_status;
DROP TABLE purchasing.order_receipts;
DROP SCHEMA receiving CASCADE;
"""

SECURED = (
    "receiving.expected_orders",
    "receiving.expected_lines",
    "receiving.releases",
    "receiving.line_totals",
    "receiving.goods_receipts",
    "receiving.goods_receipt_lines",
    "receiving.policies",
    "purchasing.order_receipts",
)


def upgrade() -> None:
    op.execute(TABLES)
    op.execute(PROGRESS)
    for table in SECURED:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY one_tenant ON {table} TO procurement_app"
            " USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid)"
        )


def downgrade() -> None:
    op.execute(UNDONE)
