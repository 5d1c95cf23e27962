"""What invoices count for: how far purchasing's orders are billed, and what receiving can close.

Revision ID: 0007
"""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TABLES = """
-- What each invoice or credit note counts for, in the words of its latest event, like order_receipts; credit
-- notes count below zero.
CREATE TABLE purchasing.order_invoices (
  tenant_id  uuid NOT NULL,
  order_id   uuid NOT NULL,
  invoice_id uuid NOT NULL,
  line       integer NOT NULL,
  version    integer NOT NULL,
  billed     numeric NOT NULL,
  net        numeric NOT NULL,
  CONSTRAINT order_invoices_pkey PRIMARY KEY (tenant_id, order_id, invoice_id, line)
) WITH (fillfactor = 85);

-- The last version of an invoice that named the order, that disputed it and that settled it; 0 for none. A
-- clerk may say that another order is meant: then the later version names that one.
CREATE TABLE purchasing.invoice_disputes (
  tenant_id  uuid NOT NULL,
  order_id   uuid NOT NULL,
  invoice_id uuid NOT NULL,
  version    integer NOT NULL,
  disputed   integer NOT NULL,
  settled    integer NOT NULL,
  CONSTRAINT invoice_disputes_pkey PRIMARY KEY (tenant_id, order_id, invoice_id)
) WITH (fillfactor = 70);
CREATE INDEX invoice_disputes_invoice ON purchasing.invoice_disputes (tenant_id, invoice_id);

GRANT SELECT, INSERT, UPDATE ON purchasing.order_invoices, purchasing.invoice_disputes TO procurement_app;

-- What invoices count for on the lines of orders: a receipt is closed when its lines are billed.
CREATE TABLE receiving.order_invoices (
  tenant_id  uuid NOT NULL,
  order_id   uuid NOT NULL,
  line       integer NOT NULL,
  invoice_id uuid NOT NULL,
  version    integer NOT NULL,
  billed     numeric NOT NULL,
  CONSTRAINT order_invoices_pkey PRIMARY KEY (tenant_id, order_id, line, invoice_id)
) WITH (fillfactor = 85);
GRANT SELECT, INSERT, UPDATE ON receiving.order_invoices TO procurement_app;
"""

STATUS = """
DROP INDEX purchasing.purchase_orders_status;
ALTER TABLE purchasing.purchase_orders DROP COLUMN status;
ALTER TABLE purchasing.purchase_orders
  ADD COLUMN billing_status text NOT NULL DEFAULT 'none'
    CONSTRAINT purchase_orders_billing_status CHECK (billing_status IN ('none', 'partial', 'full')),
  ADD COLUMN status text NOT NULL GENERATED ALWAYS AS (
    CASE WHEN state NOT IN ('Issued', 'Acknowledged') OR receipt_status = 'none' THEN state
         WHEN receipt_status = 'partial' THEN 'PartiallyReceived'
         WHEN billing_status = 'full' THEN 'Invoiced' ELSE 'Received' END) STORED;
CREATE INDEX purchase_orders_status ON purchasing.purchase_orders (tenant_id, status, created_at, id);
"""

UNDONE = """
DROP INDEX purchasing.purchase_orders_status;
ALTER TABLE purchasing.purchase_orders DROP COLUMN status, DROP COLUMN billing_status;
ALTER TABLE purchasing.purchase_orders
  ADD COLUMN status text NOT NULL GENERATED ALWAYS AS (
    CASE WHEN state NOT IN ('Issued', 'Acknowledged') OR receipt_status = 'none' THEN state
         WHEN receipt_status = 'full' THEN 'Received' ELSE 'PartiallyReceived' END) STORED;
CREATE INDEX purchase_orders_status ON purchasing.purchase_orders (tenant_id, status, created_at, id);
DROP TABLE purchasing.order_invoices, purchasing.invoice_disputes, receiving.order_invoices;
"""

SECURED = ("purchasing.order_invoices", "purchasing.invoice_disputes", "receiving.order_invoices")


def upgrade() -> None:
    op.execute(TABLES)
    op.execute(STATUS)
    for table in SECURED:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY one_tenant ON {table} TO procurement_app"
            " USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid)"
        )


def downgrade() -> None:
    op.execute(UNDONE)
