"""Invoices and the files they came as, what invoicing knows of orders and receipts, how much of each order
line is billed and of each invoice credited, and the tenant's policy.

Revision ID: 0006
"""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

VIEWS = """
CREATE SCHEMA invoicing;
GRANT USAGE ON SCHEMA invoicing TO procurement_app, procurement_relay;

-- What purchasing's events said: the status by version, persons and lines added up.
CREATE TABLE invoicing.orders (
  tenant_id   uuid NOT NULL,
  id          uuid NOT NULL,
  version     integer NOT NULL,
  number      text NOT NULL,
  supplier_id uuid NOT NULL,
  status      text NOT NULL,
  currency    char(3) NOT NULL,
  requesters  text[] NOT NULL,
  lines_known boolean NOT NULL,
  CONSTRAINT orders_pkey PRIMARY KEY (tenant_id, id)
) WITH (fillfactor = 70);
CREATE INDEX orders_number ON invoicing.orders (tenant_id, number);

-- Immutable, as issued.
CREATE TABLE invoicing.order_lines (
  tenant_id        uuid NOT NULL,
  order_id         uuid NOT NULL,
  line             integer NOT NULL,
  name             text NOT NULL,
  sku              text,
  supplier_item_id text,
  gtin             text,
  quantity         numeric NOT NULL,
  unit             text NOT NULL,
  price            numeric NOT NULL,
  base_quantity    numeric NOT NULL,
  CONSTRAINT order_lines_pkey PRIMARY KEY (tenant_id, order_id, line)
);

-- What was closed short, by the version of the event that said it: a repeat is the same row.
CREATE TABLE invoicing.releases (
  tenant_id uuid NOT NULL,
  order_id  uuid NOT NULL,
  line      integer NOT NULL,
  version   integer NOT NULL,
  quantity  numeric NOT NULL,
  CONSTRAINT releases_pkey PRIMARY KEY (tenant_id, order_id, line, version)
);

-- What each receipt counts for, in the words of its latest event: `lines`, `accepted` and `failed` go
-- together. Its receivers add up.
CREATE TABLE invoicing.receipts (
  tenant_id uuid NOT NULL,
  order_id  uuid NOT NULL,
  id        uuid NOT NULL,
  version   integer NOT NULL,
  receivers text[] NOT NULL,
  lines     integer[] NOT NULL,
  accepted  numeric[] NOT NULL CONSTRAINT receipts_accepted CHECK (0 <= ALL (accepted)),
  failed    boolean[] NOT NULL,
  CONSTRAINT receipts_pkey PRIMARY KEY (tenant_id, order_id, id),
  CONSTRAINT receipts_together CHECK (
    cardinality(lines) = cardinality(accepted) AND cardinality(lines) = cardinality(failed))
) WITH (fillfactor = 85);
"""

INVOICES = """
CREATE TABLE invoicing.invoices (
  tenant_id          uuid NOT NULL,
  id                 uuid NOT NULL,
  version            integer NOT NULL,
  kind               text NOT NULL CONSTRAINT invoices_kind CHECK (kind IN ('invoice', 'credit-note')),
  number             text NOT NULL,
  number_key         text COLLATE "C" NOT NULL,  -- without case, blanks and punctuation
  number_loose       text COLLATE "C" NOT NULL,  -- nor what looks alike
  supplier_id        uuid NOT NULL,
  order_id           uuid,
  order_number       text,
  state              text NOT NULL CONSTRAINT invoices_state CHECK (state IN (
    'Registered', 'Matching', 'Matched', 'Disputed', 'Rejected', 'Cancelled')),
  issued             date NOT NULL,
  currency           text NOT NULL,
  total              numeric NOT NULL,
  line_count         integer NOT NULL,
  open_exceptions    integer NOT NULL,
  finding_count      integer NOT NULL,
  media_type         text NOT NULL,
  sha256             text COLLATE "C" NOT NULL,
  size               integer NOT NULL,
  entered_by         text NOT NULL,
  entered_by_persons text[] NOT NULL,
  duplicate_reason   text,
  match              json,
  exceptions         json,
  raised             integer NOT NULL,
  assigned           json,
  resubmissions      integer NOT NULL,
  timed_out          boolean NOT NULL,
  corrects           uuid,
  registered_at      timestamptz NOT NULL,
  updated_at         timestamptz NOT NULL,
  CONSTRAINT invoices_pkey PRIMARY KEY (tenant_id, id)
) WITH (fillfactor = 85);
CREATE INDEX invoices_registered ON invoicing.invoices (tenant_id, registered_at, id);
CREATE INDEX invoices_total ON invoicing.invoices (tenant_id, total, id);
CREATE INDEX invoices_supplier ON invoicing.invoices (tenant_id, supplier_id, registered_at, id);
CREATE INDEX invoices_state ON invoicing.invoices (tenant_id, state, registered_at, id);
CREATE INDEX invoices_order ON invoicing.invoices (tenant_id, order_id, registered_at, id);
CREATE INDEX invoices_order_number ON invoicing.invoices (tenant_id, order_number) WHERE order_id IS NULL;
CREATE INDEX invoices_deadline ON invoicing.invoices (registered_at, id)
  WHERE state IN ('Registered', 'Matching');
-- Where second copies are looked for. Not by amount: row-level security keeps numerics out of index searches.
CREATE INDEX invoices_number ON invoicing.invoices (tenant_id, number_key);
CREATE INDEX invoices_number_loose ON invoicing.invoices (tenant_id, number_loose);
CREATE INDEX invoices_file ON invoicing.invoices (tenant_id, sha256);
CREATE INDEX invoices_issued ON invoicing.invoices (tenant_id, supplier_id, issued);
-- A supplier's number is registered once; what was a mistake does not count, nor what somebody explained.
CREATE UNIQUE INDEX invoices_number_once ON invoicing.invoices (tenant_id, supplier_id, kind, number_key)
  WHERE duplicate_reason IS NULL AND state NOT IN ('Rejected', 'Cancelled');

-- Immutable: the file as it came, what was read from it and what was wrong with that. Lists never touch it.
CREATE TABLE invoicing.originals (
  tenant_id  uuid NOT NULL,
  invoice_id uuid NOT NULL,
  content    bytea NOT NULL,
  document   json NOT NULL,
  findings   json NOT NULL,
  duplicates json NOT NULL,
  CONSTRAINT originals_pkey PRIMARY KEY (tenant_id, invoice_id)
);

-- What each invoice takes up of the lines of an order; below zero for what a credit note gives back.
CREATE TABLE invoicing.invoice_claims (
  tenant_id  uuid NOT NULL,
  invoice_id uuid NOT NULL,
  order_id   uuid NOT NULL,
  line       integer NOT NULL,
  quantity   numeric NOT NULL,
  net        numeric NOT NULL,
  CONSTRAINT invoice_claims_pkey PRIMARY KEY (tenant_id, invoice_id, order_id, line)
) WITH (fillfactor = 85);
"""

GUARDS = """
-- Sums that no two documents may overdraw together. Whoever moves one sets its limits anew, and the
-- constraint undoes what crosses them; `moved` is by how much the last one moved it.

-- How much of an order line is billed: the sum of all claims.
CREATE TABLE invoicing.line_billing (
  tenant_id uuid NOT NULL,
  order_id  uuid NOT NULL,
  line      integer NOT NULL,
  amount    numeric NOT NULL,
  moved     numeric NOT NULL,
  floor     numeric NOT NULL,
  ceiling   numeric NOT NULL,
  CONSTRAINT line_billing_pkey PRIMARY KEY (tenant_id, order_id, line),
  CONSTRAINT line_billing_within_limits CHECK (amount BETWEEN floor AND ceiling)
) WITH (fillfactor = 70);

-- How much of an invoice its matched credit notes take back, with VAT.
CREATE TABLE invoicing.credited (
  tenant_id  uuid NOT NULL,
  invoice_id uuid NOT NULL,
  amount     numeric NOT NULL,
  moved      numeric NOT NULL,
  floor      numeric NOT NULL,
  ceiling    numeric NOT NULL,
  CONSTRAINT credited_pkey PRIMARY KEY (tenant_id, invoice_id),
  CONSTRAINT credited_within_limits CHECK (amount BETWEEN floor AND ceiling)
) WITH (fillfactor = 70);

-- And of the quantities that it was found on.
CREATE TABLE invoicing.credited_lines (
  tenant_id  uuid NOT NULL,
  invoice_id uuid NOT NULL,
  order_id   uuid NOT NULL,
  line       integer NOT NULL,
  amount     numeric NOT NULL,
  moved      numeric NOT NULL,
  floor      numeric NOT NULL,
  ceiling    numeric NOT NULL,
  CONSTRAINT credited_lines_pkey PRIMARY KEY (tenant_id, invoice_id, order_id, line),
  CONSTRAINT credited_lines_within_limits CHECK (amount BETWEEN floor AND ceiling)
) WITH (fillfactor = 70);

CREATE TABLE invoicing.policies (
  tenant_id     uuid NOT NULL,
  version       integer NOT NULL,
  policy        json NOT NULL,
  days_to_match integer NOT NULL GENERATED ALWAYS AS ((policy->>'days_to_match')::integer) STORED,
  CONSTRAINT policies_pkey PRIMARY KEY (tenant_id)
);
"""

SECURED = (
    "orders",
    "order_lines",
    "releases",
    "receipts",
    "invoices",
    "originals",
    "invoice_claims",
    "line_billing",
    "credited",
    "credited_lines",
    "policies",
)

RIGHTS = """
GRANT SELECT, INSERT, UPDATE ON invoicing.orders, invoicing.receipts, invoicing.invoices,
  invoicing.invoice_claims, invoicing.line_billing, invoicing.credited, invoicing.credited_lines,
  invoicing.policies TO procurement_app;
GRANT SELECT, INSERT ON invoicing.order_lines, invoicing.releases, invoicing.originals TO procurement_app;

-- Whose time is up is asked for all tenants at once; nothing else of an invoice is to be seen there.
GRANT SELECT (tenant_id, id, state, registered_at) ON invoicing.invoices TO procurement_relay;
GRANT SELECT (tenant_id, days_to_match) ON invoicing.policies TO procurement_relay;
CREATE POLICY every_tenant ON invoicing.invoices FOR SELECT TO procurement_relay USING (true);
CREATE POLICY every_tenant ON invoicing.policies FOR SELECT TO procurement_relay USING (true);
"""


def upgrade() -> None:
    op.execute(VIEWS)
    op.execute(INVOICES)
    op.execute(GUARDS)
    for table in SECURED:
        op.execute(f"ALTER TABLE invoicing.{table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE invoicing.{table} FORCE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY one_tenant ON invoicing.{table} TO procurement_app"
            " USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid)"
        )
    op.execute(RIGHTS)


def downgrade() -> None:
    op.execute("DROP SCHEMA invoicing CASCADE")
