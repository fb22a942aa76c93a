"""Publishing models of global sellers, their global products, listings copied between shops"""

import sqlalchemy as sa
from alembic import op

from models import base

revision = "0131"
down_revision = "0121"
branch_labels = None
depends_on = None
phase = "expand"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "global_product",
        sa.Column("id", KEY, nullable=False),
        sa.Column("store_id", KEY, nullable=False),
        sa.Column("authorization_id", KEY, nullable=False),
        sa.Column("tiktok_id", sa.String(length=32), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("search", sa.String(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("image", sa.String(), nullable=False),
        sa.Column("skus", sa.JSON(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("price_low", base.Amount(), nullable=True),
        sa.Column("price_high", base.Amount(), nullable=True),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("changed_at", base.Moment(), nullable=True),
        sa.Column("read_at", base.Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["store_id", "authorization_id"],
            ["authorization.store_id", "authorization.id"],
            name=op.f("fk_global_product_store_id_authorization_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["store_id"], ["store.id"], name=op.f("fk_global_product_store_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_global_product")),
        sa.UniqueConstraint(
            "store_id",
            "authorization_id",
            "tiktok_id",
            name=op.f("uq_global_product_store_id_authorization_id_tiktok_id"),
        ),
        sa.UniqueConstraint("store_id", "id", name=op.f("uq_global_product_store_id_id")),
    )
    op.create_index(
        op.f("ix_global_product_store_id_authorization_id_id"),
        "global_product",
        ["store_id", "authorization_id", "id"],
        unique=False,
    )

    op.create_table(
        "global_product_sale",
        sa.Column("id", KEY, nullable=False),
        sa.Column("store_id", KEY, nullable=False),
        sa.Column("global_product_id", KEY, nullable=False),
        sa.Column("market", sa.String(length=8), nullable=False),
        sa.Column("tiktok_id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["store_id", "global_product_id"],
            ["global_product.store_id", "global_product.id"],
            name=op.f("fk_global_product_sale_store_id_global_product_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["store_id"], ["store.id"], name=op.f("fk_global_product_sale_store_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_global_product_sale")),
        sa.UniqueConstraint(
            "store_id",
            "global_product_id",
            "market",
            name=op.f("uq_global_product_sale_store_id_global_product_id_market"),
        ),
    )
    op.create_index(
        op.f("ix_global_product_sale_store_id_market"), "global_product_sale", ["store_id", "market"], unique=False
    )

    op.create_table(
        "shop_publishing",
        sa.Column("id", KEY, nullable=False),
        sa.Column("store_id", KEY, nullable=False),
        sa.Column("shop_id", KEY, nullable=False),
        sa.Column("told", sa.String(length=24), nullable=False),
        sa.Column("told_by", sa.String(length=24), nullable=False),
        sa.Column("told_at", base.Moment(), nullable=True),
        sa.Column("chosen", sa.String(length=24), nullable=False),
        sa.Column("chosen_by", sa.String(length=255), nullable=False),
        sa.Column("chosen_at", base.Moment(), nullable=True),
        sa.ForeignKeyConstraint(
            ["store_id", "shop_id"],
            ["shop.store_id", "shop.id"],
            name=op.f("fk_shop_publishing_store_id_shop_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["store_id"], ["store.id"], name=op.f("fk_shop_publishing_store_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop_publishing")),
        sa.UniqueConstraint("store_id", "shop_id", name=op.f("uq_shop_publishing_store_id_shop_id")),
    )
    op.create_table(
        "listing_copy",
        sa.Column("id", KEY, nullable=False),
        sa.Column("store_id", KEY, nullable=False),
        sa.Column("shop_id", KEY, nullable=False),
        sa.Column("listing_id", KEY, nullable=False),
        sa.Column("source_id", KEY, nullable=True),
        sa.Column("activity_id", KEY, nullable=True),
        sa.Column("copied_at", base.Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["activity.id"], name=op.f("fk_listing_copy_activity_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["source_id"], ["listing.id"], name=op.f("fk_listing_copy_source_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["store_id", "listing_id"],
            ["listing.store_id", "listing.id"],
            name=op.f("fk_listing_copy_store_id_listing_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["store_id", "shop_id"],
            ["shop.store_id", "shop.id"],
            name=op.f("fk_listing_copy_store_id_shop_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_listing_copy_store_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listing_copy")),
        sa.UniqueConstraint("store_id", "listing_id", name=op.f("uq_listing_copy_store_id_listing_id")),
    )
    op.create_index(op.f("ix_listing_copy_activity_id"), "listing_copy", ["activity_id"], unique=False)
    op.create_index(op.f("ix_listing_copy_source_id"), "listing_copy", ["source_id"], unique=False)


def downgrade() -> None:

    op.drop_table("listing_copy")
    op.drop_table("shop_publishing")

    op.drop_table("global_product_sale")

    op.drop_table("global_product")
