"""When an invoice was last resubmitted: from then on its days to be matched count anew.

Revision ID: 0008
"""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

COLUMN = """
ALTER TABLE invoicing.invoices ADD COLUMN resubmitted_at timestamptz;
GRANT SELECT (resubmitted_at) ON invoicing.invoices TO procurement_relay;
DROP INDEX invoicing.invoices_deadline;
CREATE INDEX invoices_deadline ON invoicing.invoices ((coalesce(resubmitted_at, registered_at)), id)
  WHERE state IN ('Registered', 'Matching');
"""

UNDONE = """
DROP INDEX invoicing.invoices_deadline;
CREATE INDEX invoices_deadline ON invoicing.invoices (registered_at, id)
  WHERE state IN ('Registered', 'Matching');
ALTER TABLE invoicing.invoices DROP COLUMN resubmitted_at;
"""


def upgrade() -> None:
    op.execute(COLUMN)


def downgrade() -> None:
    op.execute(UNDONE)
