"""Purchase orders, what purchasing knows of suppliers, order numbers, and the tenant's policy.

Revision ID: 0004
"""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TABLES = """
CREATE SCHEMA purchasing;
GRANT USAGE ON SCHEMA purchasing TO procurement_app;

CREATE TABLE purchasing.purchase_orders (
  tenant_id              uuid NOT NULL,
  id                     uuid NOT NULL,
  number                 text NOT NULL,
  supplier_id            uuid NOT NULL,
  requested_by           text NOT NULL,
  requested_on_behalf_of text,
  state                  text NOT NULL CONSTRAINT purchase_orders_state CHECK (state IN (
    'Draft', 'AwaitingApproval', 'Approved', 'Issued', 'Acknowledged', 'Closed', 'Cancelled', 'Disputed')),
  currency               char(3) NOT NULL,
  total                  numeric NOT NULL CONSTRAINT purchase_orders_total CHECK (total >= 0),
  line_count             integer NOT NULL
    CONSTRAINT purchase_orders_lines CHECK (line_count BETWEEN 1 AND 1000),
  revision               integer NOT NULL,
  version                integer NOT NULL,
  note                   text,
  buyer_reference        text,
  progress               json,  -- approval, acknowledgement, what was closed short, dispute
  issued_at              timestamptz,
  created_at             timestamptz NOT NULL,
  updated_at             timestamptz NOT NULL,
  CONSTRAINT purchase_orders_pkey PRIMARY KEY (tenant_id, id),
  CONSTRAINT purchase_orders_number UNIQUE (tenant_id, number)
) WITH (fillfactor = 85);
CREATE INDEX purchase_orders_created ON purchasing.purchase_orders (tenant_id, created_at, id);
CREATE INDEX purchase_orders_supplier ON purchasing.purchase_orders (tenant_id, supplier_id, created_at, id);
CREATE INDEX purchase_orders_requester
  ON purchasing.purchase_orders (tenant_id, requested_by, created_at, id);
CREATE INDEX purchase_orders_state ON purchasing.purchase_orders (tenant_id, state, created_at, id);
CREATE INDEX purchase_orders_total ON purchasing.purchase_orders (tenant_id, total, id);

-- Immutable: a revision writes new lines, and those that somebody approved stay as he saw them.
CREATE TABLE purchasing.purchase_order_lines (
  tenant_id        uuid NOT NULL,
  order_id         uuid NOT NULL,
  revision         integer NOT NULL,
  number           integer NOT NULL,
  name             text NOT NULL,
  sku              text,
  supplier_item_id text,
  gtin             text,
  commodity        json,
  quantity         numeric NOT NULL CONSTRAINT purchase_order_lines_quantity CHECK (quantity <> 0),
  unit             text NOT NULL,
  price            numeric NOT NULL CONSTRAINT purchase_order_lines_price CHECK (price >= 0),
  base_quantity    numeric NOT NULL CONSTRAINT purchase_order_lines_base CHECK (base_quantity > 0),
  total            numeric NOT NULL,
  need_by          date,
  CONSTRAINT purchase_order_lines_pkey PRIMARY KEY (tenant_id, order_id, revision, number)
);

-- The last number given per tenant and year.
CREATE TABLE purchasing.order_numbers (
  tenant_id uuid NOT NULL,
  year      integer NOT NULL,
  last      bigint NOT NULL,
  CONSTRAINT order_numbers_pkey PRIMARY KEY (tenant_id, year)
) WITH (fillfactor = 10);

-- What the supplier context's events said last.
CREATE TABLE purchasing.suppliers (
  tenant_id         uuid NOT NULL,
  id                uuid NOT NULL,
  version           integer NOT NULL,
  name              text NOT NULL,
  status            text NOT NULL,
  orders_held_until timestamptz,
  CONSTRAINT suppliers_pkey PRIMARY KEY (tenant_id, id)
);

CREATE TABLE purchasing.policies (
  tenant_id uuid NOT NULL,
  version   integer NOT NULL,
  policy    json NOT NULL,
  CONSTRAINT policies_pkey PRIMARY KEY (tenant_id)
);

GRANT SELECT, INSERT, UPDATE ON purchasing.purchase_orders, purchasing.order_numbers, purchasing.suppliers,
  purchasing.policies TO procurement_app;
GRANT SELECT, INSERT ON purchasing.purchase_order_lines TO procurement_app;
"""

SECURED = ("purchase_orders", "purchase_order_lines", "order_numbers", "suppliers", "policies")


def upgrade() -> None:
    op.execute(TABLES)
    for table in SECURED:
        op.execute(f"ALTER TABLE purchasing.{table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE purchasing.{table} FORCE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY one_tenant ON purchasing.{table} TO procurement_app"
            " USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid)"
        )


def downgrade() -> None:
    op.execute("DROP SCHEMA purchasing CASCADE")
