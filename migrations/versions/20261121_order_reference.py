"""Which BigCommerce order TikTok was told an order is"""

import sqlalchemy as sa
from alembic import op

from models import base

revision = "0150"
down_revision = "0141"
branch_labels = None
depends_on = None
phase = "expand"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "order_reference",
        sa.Column("id", KEY, nullable=False),
        sa.Column("store_id", KEY, nullable=False),
        sa.Column("order_id", KEY, nullable=False),
        sa.Column("numbers", sa.String(length=255), nullable=False),
        sa.Column("problem", sa.String(length=255), nullable=False),
        sa.Column("told_at", base.Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["store_id", "order_id"],
            ["sales_order.store_id", "sales_order.id"],
            name=op.f("fk_order_reference_store_id_order_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["store_id"], ["store.id"], name=op.f("fk_order_reference_store_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_reference")),
        sa.UniqueConstraint("store_id", "order_id", name=op.f("uq_order_reference_store_id_order_id")),
    )


def downgrade() -> None:
    op.drop_table("order_reference")
