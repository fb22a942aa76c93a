"""twins"""

import sqlalchemy as sa
from alembic import op
from models import base

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None
phase = "expand"


def upgrade() -> None:
    op.create_table(
        "twin",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("store_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("shop_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("listing_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tiktok_id", sa.String(length=32), nullable=False),
        sa.Column("match", sa.String(length=8), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("image_url", sa.String(), nullable=False),
        sa.Column("status", sa.String(length=24), nullable=False),
        sa.Column("audit", sa.String(length=24), nullable=False),
        sa.Column("skus", sa.JSON(), nullable=False),
        sa.Column("created_at", base.Moment(), nullable=True),
        sa.Column("found_at", base.Moment(), nullable=False),
        sa.Column("seen_at", base.Moment(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("decided_by", sa.String(length=255), nullable=False),
        sa.Column("decided_at", base.Moment(), nullable=True),
        sa.ForeignKeyConstraint(
            ["store_id", "listing_id"],
            ["listing.store_id", "listing.id"],
            name=op.f("fk_twin_store_id_listing_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["store_id", "shop_id"],
            ["shop.store_id", "shop.id"],
            name=op.f("fk_twin_store_id_shop_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_twin_store_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_twin")),
        sa.UniqueConstraint("store_id", "shop_id", "tiktok_id", name=op.f("uq_twin_store_id_shop_id_tiktok_id")),
    )
    op.create_index(op.f("ix_twin_store_id_listing_id"), "twin", ["store_id", "listing_id"])
    op.create_index(op.f("ix_twin_store_id_state_id"), "twin", ["store_id", "state", "id"])


def downgrade() -> None:
    op.drop_table("twin")
