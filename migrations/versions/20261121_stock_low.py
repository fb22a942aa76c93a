"""SKUs at or below the threshold"""

import sqlalchemy as sa
from alembic import op

from models import base

revision = "0141"
down_revision = "0131"
branch_labels = None
depends_on = None
phase = "expand"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "stock_low",
        sa.Column("merchant_sku_id", KEY, nullable=False),
        sa.Column("at", base.Moment(), nullable=False),
        sa.Column("store_id", KEY, nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.ForeignKeyConstraint(
            ["store_id", "merchant_sku_id"],
            ["merchant_sku.store_id", "merchant_sku.id"],
            name=op.f("fk_stock_low_store_id_merchant_sku_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_stock_low_store_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_low")),
        sa.UniqueConstraint("store_id", "merchant_sku_id", name=op.f("uq_stock_low_store_id_merchant_sku_id")),
    )


def downgrade() -> None:
    op.drop_table("stock_low")
