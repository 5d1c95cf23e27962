"""What an act said besides its reason: of a hold its scope, its last day, and who may release it.

Revision ID: 0011
"""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE platform.audit ADD COLUMN details jsonb")


def downgrade() -> None:
    op.execute("ALTER TABLE platform.audit DROP COLUMN details")
