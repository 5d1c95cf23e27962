"""The supplier context's tables.

Revision ID: 0003
"""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TABLES = """
CREATE SCHEMA supplier;
GRANT USAGE ON SCHEMA supplier TO procurement_app;

CREATE TABLE supplier.suppliers (
  tenant_id   uuid NOT NULL,
  id          uuid NOT NULL,
  version     integer NOT NULL CHECK (version > 0),
  revision    integer NOT NULL CHECK (revision > 0),
  name        text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  name_key    text COLLATE "C" NOT NULL,  -- the name casefolded: what searching and sorting go by
  state       text NOT NULL CONSTRAINT suppliers_state
              CHECK (state IN ('Pending', 'Approved', 'Suspended', 'Blacklisted')),
  prepared_by text[] NOT NULL CHECK (cardinality(prepared_by) > 0),
  risk_score  numeric(5,4) CHECK (risk_score BETWEEN 0 AND 1),
  documents   jsonb NOT NULL CHECK (jsonb_typeof(documents) = 'array'),
  holds       jsonb NOT NULL CHECK (jsonb_typeof(holds) = 'array'),
  CONSTRAINT suppliers_pkey PRIMARY KEY (tenant_id, id),
  CONSTRAINT suppliers_reviewed CHECK (state IN ('Pending', 'Blacklisted') OR risk_score >= 0)
);
CREATE INDEX suppliers_by_name ON supplier.suppliers (tenant_id, name_key, id);

-- Insert only: a revision of the declaration brings its own, those of the supplier's revision count.
CREATE TABLE supplier.identifiers (
  tenant_id   uuid NOT NULL,
  supplier_id uuid NOT NULL,
  revision    integer NOT NULL CHECK (revision > 0),
  position    integer NOT NULL CHECK (position > 0),
  scheme      text NOT NULL CHECK (length(scheme) BETWEEN 1 AND 10),
  value       text NOT NULL CHECK (length(value) BETWEEN 1 AND 250),
  CONSTRAINT identifiers_pkey PRIMARY KEY (tenant_id, supplier_id, revision, position),
  CONSTRAINT identifiers_supplier FOREIGN KEY (tenant_id, supplier_id) REFERENCES supplier.suppliers
);
CREATE INDEX identifiers_by_value ON supplier.identifiers (tenant_id, scheme, value);
"""

RIGHTS = """
GRANT SELECT, INSERT, UPDATE ON supplier.suppliers TO procurement_app;
GRANT SELECT, INSERT ON supplier.identifiers TO procurement_app;
"""


def upgrade() -> None:
    op.execute(TABLES)
    for table in ("suppliers", "identifiers"):
        op.execute(f"ALTER TABLE supplier.{table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE supplier.{table} FORCE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY one_tenant ON supplier.{table} TO procurement_app"
            " USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid)"
        )
    op.execute(RIGHTS)


def downgrade() -> None:
    op.execute("DROP SCHEMA supplier CASCADE")
