"""stock: the ledger, push rules, what shops were told, incidents"""

import sqlalchemy as sa
from alembic import op

from models import base

revision = "0010"
down_revision = "0014"
branch_labels = None
depends_on = None
phase = "expand"


def upgrade() -> None:
    op.create_table(
        "stock_balance",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("store_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("merchant_sku_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("location_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("on_hand", sa.Integer(), nullable=False),
        sa.Column("held", sa.Integer(), nullable=False),
        sa.Column("reserved", sa.Integer(), nullable=False),
        sa.Column("allocated", sa.Integer(), nullable=False),
        sa.Column("changed_at", base.Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["store_id", "merchant_sku_id"],
            ["merchant_sku.store_id", "merchant_sku.id"],
            name=op.f("fk_stock_balance_store_id_merchant_sku_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_stock_balance_store_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_balance")),
        sa.UniqueConstraint(
            "store_id",
            "merchant_sku_id",
            "location_id",
            name=op.f("uq_stock_balance_store_id_merchant_sku_id_location_id"),
        ),
    )
    op.create_index(
        op.f("ix_stock_balance_store_id_changed_at"), "stock_balance", ["store_id", "changed_at"], unique=False
    )
    op.create_table(
        "stock_movement",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("store_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("merchant_sku_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("location_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("delta", sa.Integer(), nullable=False),
        sa.Column("cause", sa.String(length=40), nullable=False),
        sa.Column("order_ref", sa.String(length=80), nullable=False),
        sa.Column("reference", sa.String(length=160), nullable=False),
        sa.Column("at", base.Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["store_id", "merchant_sku_id"],
            ["merchant_sku.store_id", "merchant_sku.id"],
            name=op.f("fk_stock_movement_store_id_merchant_sku_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["store_id"], ["store.id"], name=op.f("fk_stock_movement_store_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_movement")),
        sa.UniqueConstraint(
            "store_id",
            "reference",
            "kind",
            "merchant_sku_id",
            "location_id",
            name=op.f("uq_stock_movement_store_id_reference_kind_merchant_sku_id_location_id"),
        ),
    )
    op.create_index(
        op.f("ix_stock_movement_store_id_merchant_sku_id_id"),
        "stock_movement",
        ["store_id", "merchant_sku_id", "id"],
        unique=False,
    )
    op.create_table(
        "stock_order",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("store_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("order_ref", sa.String(length=80), nullable=False),
        sa.Column("shop_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("changed_at", base.Moment(), nullable=False),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_stock_order_store_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_order")),
        sa.UniqueConstraint("store_id", "id", name=op.f("uq_stock_order_store_id_id")),
        sa.UniqueConstraint("store_id", "order_ref", name=op.f("uq_stock_order_store_id_order_ref")),
    )
    op.create_table(
        "stock_order_line",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("store_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("merchant_sku_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("location_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("handed_at", base.Moment(), nullable=True),
        sa.ForeignKeyConstraint(
            ["store_id", "merchant_sku_id"],
            ["merchant_sku.store_id", "merchant_sku.id"],
            name=op.f("fk_stock_order_line_store_id_merchant_sku_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["store_id", "order_id"],
            ["stock_order.store_id", "stock_order.id"],
            name=op.f("fk_stock_order_line_store_id_order_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["store_id"], ["store.id"], name=op.f("fk_stock_order_line_store_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_order_line")),
        sa.UniqueConstraint(
            "store_id",
            "order_id",
            "merchant_sku_id",
            "location_id",
            name=op.f("uq_stock_order_line_store_id_order_id_merchant_sku_id_location_id"),
        ),
    )
    op.create_index(
        op.f("ix_stock_order_line_store_id_kind_handed_at"),
        "stock_order_line",
        ["store_id", "kind", "handed_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_stock_order_line_store_id_merchant_sku_id_kind"),
        "stock_order_line",
        ["store_id", "merchant_sku_id", "kind"],
        unique=False,
    )
    op.create_table(
        "push_rule",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("store_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("shop_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("warehouse_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("product_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("location_ids", sa.JSON(), nullable=True),
        sa.Column("percent", sa.Integer(), nullable=True),
        sa.Column("add_on", sa.Integer(), nullable=True),
        sa.Column("cap", sa.Integer(), nullable=True),
        sa.Column("threshold", sa.Integer(), nullable=True),
        sa.Column("guard", sa.Integer(), nullable=True),
        sa.Column("changed_by", sa.String(length=255), nullable=False),
        sa.Column("changed_at", base.Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["store_id", "shop_id"],
            ["shop.store_id", "shop.id"],
            name=op.f("fk_push_rule_store_id_shop_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_push_rule_store_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_push_rule")),
        sa.UniqueConstraint(
            "store_id",
            "shop_id",
            "warehouse_id",
            "product_id",
            name=op.f("uq_push_rule_store_id_shop_id_warehouse_id_product_id"),
        ),
    )
    op.create_table(
        "stock_told",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("store_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("shop_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("listing_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("listing_sku_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("warehouse", sa.String(length=32), nullable=False),
        sa.Column("told", sa.Integer(), nullable=True),
        sa.Column("told_at", base.Moment(), nullable=True),
        sa.Column("confirmed", sa.Integer(), nullable=True),
        sa.Column("confirmed_at", base.Moment(), nullable=True),
        sa.Column("committed", sa.Integer(), nullable=True),
        sa.Column("known", sa.Integer(), nullable=True),
        sa.Column("agreed_at", base.Moment(), nullable=True),
        sa.ForeignKeyConstraint(
            ["store_id", "listing_id"],
            ["listing.store_id", "listing.id"],
            name=op.f("fk_stock_told_store_id_listing_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_stock_told_store_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_told")),
        sa.UniqueConstraint(
            "store_id", "listing_sku_id", "warehouse", name=op.f("uq_stock_told_store_id_listing_sku_id_warehouse")
        ),
    )
    op.create_index(op.f("ix_stock_told_store_id_listing_id"), "stock_told", ["store_id", "listing_id"], unique=False)
    op.create_index(
        op.f("ix_stock_told_store_id_shop_id_confirmed_at"),
        "stock_told",
        ["store_id", "shop_id", "confirmed_at"],
        unique=False,
    )
    op.create_table(
        "stock_push",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("store_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("shop_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("listing_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("changed_at", base.Moment(), nullable=False),
        sa.Column("confirmed_at", base.Moment(), nullable=False),
        sa.Column("milliseconds", sa.Integer(), nullable=False),
        sa.Column("skus", sa.Integer(), nullable=False),
        sa.Column("cause", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(
            ["store_id", "shop_id"],
            ["shop.store_id", "shop.id"],
            name=op.f("fk_stock_push_store_id_shop_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_stock_push_store_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_push")),
    )
    op.create_index(
        op.f("ix_stock_push_store_id_confirmed_at"), "stock_push", ["store_id", "confirmed_at"], unique=False
    )
    op.create_index(
        op.f("ix_stock_push_store_id_shop_id_day"), "stock_push", ["store_id", "shop_id", "day"], unique=False
    )
    op.create_table(
        "stock_incident",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("store_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("shop_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("listing_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("listing_sku_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("warehouse", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("told", sa.Integer(), nullable=True),
        sa.Column("found", sa.Integer(), nullable=True),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("first_at", base.Moment(), nullable=False),
        sa.Column("last_at", base.Moment(), nullable=False),
        sa.Column("resolved_at", base.Moment(), nullable=True),
        sa.ForeignKeyConstraint(
            ["store_id", "listing_id"],
            ["listing.store_id", "listing.id"],
            name=op.f("fk_stock_incident_store_id_listing_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["store_id", "shop_id"],
            ["shop.store_id", "shop.id"],
            name=op.f("fk_stock_incident_store_id_shop_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["store_id"], ["store.id"], name=op.f("fk_stock_incident_store_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_incident")),
    )
    op.create_index(
        op.f("ix_stock_incident_store_id_listing_id"), "stock_incident", ["store_id", "listing_id"], unique=False
    )
    op.create_index(
        op.f("ix_stock_incident_store_id_state_id"), "stock_incident", ["store_id", "state", "id"], unique=False
    )


def downgrade() -> None:
    op.drop_table("stock_incident")
    op.drop_table("stock_push")
    op.drop_table("stock_told")
    op.drop_table("push_rule")
    op.drop_table("stock_order_line")
    op.drop_table("stock_order")
    op.drop_table("stock_movement")
    op.drop_table("stock_balance")
