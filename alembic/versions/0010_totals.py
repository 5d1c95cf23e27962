"""Lists by total go on from the middle of an index: row-level security keeps numerics from searching it.

Revision ID: 0010
"""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

# What is larger than a bigint is all in one place at the end, and sorted by the total there like the rest.
COLUMNS = """
ALTER TABLE purchasing.purchase_orders ADD COLUMN whole_total bigint NOT NULL
  GENERATED ALWAYS AS (greatest(least(floor(total), 9e18), -9e18)::bigint) STORED;
ALTER TABLE invoicing.invoices ADD COLUMN whole_total bigint NOT NULL
  GENERATED ALWAYS AS (greatest(least(floor(total), 9e18), -9e18)::bigint) STORED;
DROP INDEX purchasing.purchase_orders_total, invoicing.invoices_total;
CREATE INDEX purchase_orders_total ON purchasing.purchase_orders (tenant_id, whole_total, total, id);
CREATE INDEX invoices_total ON invoicing.invoices (tenant_id, whole_total, total, id);
"""

UNDONE = """
DROP INDEX purchasing.purchase_orders_total, invoicing.invoices_total;
CREATE INDEX purchase_orders_total ON purchasing.purchase_orders (tenant_id, total, id);
CREATE INDEX invoices_total ON invoicing.invoices (tenant_id, total, id);
ALTER TABLE invoicing.invoices DROP COLUMN whole_total;
ALTER TABLE purchasing.purchase_orders DROP COLUMN whole_total;
"""


def upgrade() -> None:
    op.execute(COLUMNS)


def downgrade() -> None:
    op.execute(UNDONE)
