"""Since when an order waits for approval, so that what waits too long is found and escalated.

Revision ID: 0009
"""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

COLUMNS = """
ALTER TABLE purchasing.purchase_orders ADD COLUMN waiting_since timestamptz;
CREATE INDEX purchase_orders_waiting ON purchasing.purchase_orders (waiting_since, id)
  WHERE waiting_since IS NOT NULL;
ALTER TABLE purchasing.policies ADD COLUMN days_to_approve integer
  GENERATED ALWAYS AS ((policy->>'days_to_approve')::integer) STORED;

GRANT USAGE ON SCHEMA purchasing TO procurement_relay;
GRANT SELECT (tenant_id, id, waiting_since) ON purchasing.purchase_orders TO procurement_relay;
GRANT SELECT (tenant_id, days_to_approve) ON purchasing.policies TO procurement_relay;
CREATE POLICY every_tenant ON purchasing.purchase_orders FOR SELECT TO procurement_relay USING (true);
CREATE POLICY every_tenant ON purchasing.policies FOR SELECT TO procurement_relay USING (true);
"""

# What waits now was submitted when its history says. The owner sees the rows for these two statements only.
WAITING = """
ALTER TABLE purchasing.purchase_orders NO FORCE ROW LEVEL SECURITY;
ALTER TABLE platform.audit NO FORCE ROW LEVEL SECURITY;
UPDATE purchasing.purchase_orders o
SET waiting_since = submitted.at,
    progress = jsonb_set(o.progress::jsonb, '{approval,submitted_at}', to_jsonb(submitted.at))::json
FROM purchasing.purchase_orders w CROSS JOIN LATERAL (
  SELECT max(a.at) AS at FROM platform.audit a
  WHERE a.tenant_id = w.tenant_id AND a.aggregate_id = w.id AND a.action = 'submit'
) submitted
WHERE w.state = 'AwaitingApproval' AND o.tenant_id = w.tenant_id AND o.id = w.id;
ALTER TABLE platform.audit FORCE ROW LEVEL SECURITY;
ALTER TABLE purchasing.purchase_orders FORCE ROW LEVEL SECURITY;
"""

UNDONE = """
DROP POLICY every_tenant ON purchasing.policies;
DROP POLICY every_tenant ON purchasing.purchase_orders;
REVOKE SELECT (tenant_id, days_to_approve) ON purchasing.policies FROM procurement_relay;
REVOKE SELECT (tenant_id, id, waiting_since) ON purchasing.purchase_orders FROM procurement_relay;
REVOKE USAGE ON SCHEMA purchasing FROM procurement_relay;
ALTER TABLE purchasing.policies DROP COLUMN days_to_approve;
ALTER TABLE purchasing.purchase_orders DROP COLUMN waiting_since;
"""


def upgrade() -> None:
    op.execute(COLUMNS)
    op.execute(WAITING)


def downgrade() -> None:
    op.execute(UNDONE)
