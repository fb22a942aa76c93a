"""orders"""

import sqlalchemy as sa
from alembic import op

from models import base, search

revision = "0008"
down_revision = "0005"
branch_labels = None
depends_on = None
phase = "expand"


def _key() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "sales_order",
        sa.Column("id", _key(), nullable=False),
        sa.Column("store_id", _key(), nullable=False),
        sa.Column("shop_id", _key(), nullable=False),
        sa.Column("tiktok_id", sa.String(length=32), nullable=False),
        sa.Column("status", sa.String(length=24), nullable=False),
        sa.Column("placed_at", base.Moment(), nullable=False),
        sa.Column("paid_at", base.Moment(), nullable=True),
        sa.Column("changed_at", base.Moment(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("subtotal", base.Amount(), nullable=False),
        sa.Column("shipping", base.Amount(), nullable=False),
        sa.Column("tax", base.Amount(), nullable=False),
        sa.Column("total", base.Amount(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("buyer_name", sa.String(length=255), nullable=False),
        sa.Column("buyer_email", sa.String(length=255), nullable=False),
        sa.Column("buyer_id", sa.String(length=64), nullable=False),
        sa.Column("address", sa.JSON(), nullable=False),
        sa.Column("fulfillment", sa.String(length=40), nullable=False),
        sa.Column("shipping_type", sa.String(length=20), nullable=False),
        sa.Column("warehouse_id", sa.String(length=32), nullable=False),
        sa.Column("carrier", sa.String(length=100), nullable=False),
        sa.Column("tracking_number", sa.String(length=100), nullable=False),
        sa.Column("order_type", sa.String(length=24), nullable=False),
        sa.Column("replaces", sa.String(length=32), nullable=False),
        sa.Column("is_sample", sa.Boolean(), nullable=False),
        sa.Column("cancel_asked", sa.Boolean(), nullable=False),
        sa.Column("cancel_asked_at", base.Moment(), nullable=True),
        sa.Column("cancelled_at", base.Moment(), nullable=True),
        sa.Column("cancelled_by", sa.String(length=12), nullable=False),
        sa.Column("cancel_reason", sa.String(length=255), nullable=False),
        sa.Column("ship_by", base.Moment(), nullable=True),
        sa.Column("collect_by", base.Moment(), nullable=True),
        sa.Column("cancel_by", base.Moment(), nullable=True),
        sa.Column("deliver_by", base.Moment(), nullable=True),
        sa.Column("deadline_kind", sa.String(length=8), nullable=False),
        sa.Column("deadline_at", base.Moment(), nullable=True),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("grouping", sa.String(length=10), nullable=False),
        sa.Column("bigcommerce_id", _key(), nullable=True),
        sa.Column("problem", sa.String(length=60), nullable=False),
        sa.Column("problem_text", sa.String(), nullable=False),
        sa.Column("source", sa.String(length=10), nullable=False),
        sa.Column("seen_at", base.Moment(), nullable=False),
        sa.Column("read_at", base.Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["store_id", "shop_id"],
            ["shop.store_id", "shop.id"],
            name=op.f("fk_sales_order_store_id_shop_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_sales_order_store_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sales_order")),
        sa.UniqueConstraint("store_id", "id", name=op.f("uq_sales_order_store_id_id")),
        sa.UniqueConstraint("store_id", "tiktok_id", name=op.f("uq_sales_order_store_id_tiktok_id")),
    )
    op.create_index(
        "ix_sales_order_deadline",
        "sales_order",
        ["store_id", "deadline_at", "id"],
        unique=False,
        sqlite_where=sa.text("deadline_at IS NOT NULL"),
        postgresql_where=sa.text("deadline_at IS NOT NULL"),
    )
    op.create_index(
        "ix_sales_order_problem",
        "sales_order",
        ["store_id", "placed_at", "id"],
        unique=False,
        sqlite_where=sa.text("problem <> ''"),
        postgresql_where=sa.text("problem <> ''"),
    )
    op.create_index(
        op.f("ix_sales_order_store_id_bigcommerce_id"), "sales_order", ["store_id", "bigcommerce_id"], unique=False
    )
    op.create_index(
        op.f("ix_sales_order_store_id_placed_at_id"), "sales_order", ["store_id", "placed_at", "id"], unique=False
    )
    op.create_index(
        op.f("ix_sales_order_store_id_shop_id_placed_at_id"),
        "sales_order",
        ["store_id", "shop_id", "placed_at", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_sales_order_store_id_shop_id_status_placed_at_id"),
        "sales_order",
        ["store_id", "shop_id", "status", "placed_at", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_sales_order_store_id_status_placed_at_id"),
        "sales_order",
        ["store_id", "status", "placed_at", "id"],
        unique=False,
    )
    op.create_table(
        "store_order",
        sa.Column("id", _key(), nullable=False),
        sa.Column("store_id", _key(), nullable=False),
        sa.Column("order_id", _key(), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("reference", sa.String(length=60), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("bigcommerce_id", _key(), nullable=True),
        sa.Column("status_id", sa.Integer(), nullable=True),
        sa.Column("wanted_status_id", sa.Integer(), nullable=True),
        sa.Column("has_address", sa.Boolean(), nullable=False),
        sa.Column("body_hash", sa.String(length=32), nullable=False),
        sa.Column("total", base.Amount(), nullable=True),
        sa.Column("problem", sa.String(length=60), nullable=False),
        sa.Column("problem_text", sa.String(), nullable=False),
        sa.Column("is_due", sa.Boolean(), nullable=False),
        sa.Column("writer_id", _key(), nullable=True),
        sa.Column("written_at", base.Moment(), nullable=True),
        sa.Column("read_at", base.Moment(), nullable=True),
        sa.ForeignKeyConstraint(
            ["store_id", "order_id"],
            ["sales_order.store_id", "sales_order.id"],
            name=op.f("fk_store_order_store_id_order_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_store_order_store_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_store_order")),
        sa.UniqueConstraint("store_id", "id", name=op.f("uq_store_order_store_id_id")),
        sa.UniqueConstraint("store_id", "order_id", "key", name=op.f("uq_store_order_store_id_order_id_key")),
        sa.UniqueConstraint("store_id", "reference", name=op.f("uq_store_order_store_id_reference")),
    )
    op.create_index(
        "ix_store_order_due",
        "store_order",
        ["store_id", "id"],
        unique=False,
        sqlite_where=sa.text("is_due"),
        postgresql_where=sa.text("is_due"),
    )
    op.create_index(
        op.f("ix_store_order_store_id_bigcommerce_id"), "store_order", ["store_id", "bigcommerce_id"], unique=False
    )
    op.create_table(
        "sales_order_line",
        sa.Column("id", _key(), nullable=False),
        sa.Column("store_id", _key(), nullable=False),
        sa.Column("order_id", _key(), nullable=False),
        sa.Column("tiktok_id", sa.String(length=32), nullable=False),
        sa.Column("sku_id", sa.String(length=32), nullable=False),
        sa.Column("product_id", sa.String(length=32), nullable=False),
        sa.Column("seller_sku", sa.String(length=255), nullable=False),
        sa.Column("product_name", sa.String(length=300), nullable=False),
        sa.Column("sku_name", sa.String(length=300), nullable=False),
        sa.Column("image_url", sa.String(), nullable=False),
        sa.Column("price", base.Amount(), nullable=False),
        sa.Column("list_price", base.Amount(), nullable=False),
        sa.Column("tax", base.Amount(), nullable=False),
        sa.Column("status", sa.String(length=24), nullable=False),
        sa.Column("package_id", sa.String(length=32), nullable=False),
        sa.Column("package_status", sa.String(length=24), nullable=False),
        sa.Column("tracking_number", sa.String(length=100), nullable=False),
        sa.Column("carrier", sa.String(length=100), nullable=False),
        sa.Column("warehouse_id", sa.String(length=32), nullable=False),
        sa.Column("is_gift", sa.Boolean(), nullable=False),
        sa.Column("cancel_reason", sa.String(length=255), nullable=False),
        sa.Column("variant_id", _key(), nullable=True),
        sa.Column("linked_by", sa.String(length=10), nullable=False),
        sa.Column("copy_id", _key(), nullable=True),
        sa.ForeignKeyConstraint(
            ["store_id", "order_id"],
            ["sales_order.store_id", "sales_order.id"],
            name=op.f("fk_sales_order_line_store_id_order_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["store_id"], ["store.id"], name=op.f("fk_sales_order_line_store_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["variant_id"], ["variant.id"], name=op.f("fk_sales_order_line_variant_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sales_order_line")),
        sa.UniqueConstraint(
            "store_id", "order_id", "tiktok_id", name=op.f("uq_sales_order_line_store_id_order_id_tiktok_id")
        ),
    )
    op.create_index(
        op.f("ix_sales_order_line_store_id_seller_sku_order_id"),
        "sales_order_line",
        ["store_id", "seller_sku", "order_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_sales_order_line_store_id_sku_id_id"), "sales_order_line", ["store_id", "sku_id", "id"], unique=False
    )
    op.create_table(
        "order_event",
        sa.Column("id", _key(), nullable=False),
        sa.Column("store_id", _key(), nullable=False),
        sa.Column("order_id", _key(), nullable=False),
        sa.Column("at", base.Moment(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("source", sa.String(length=60), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("item_id", _key(), nullable=True),
        sa.ForeignKeyConstraint(
            ["store_id", "order_id"],
            ["sales_order.store_id", "sales_order.id"],
            name=op.f("fk_order_event_store_id_order_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_order_event_store_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_event")),
    )
    op.create_index(
        op.f("ix_order_event_store_id_order_id_id"), "order_event", ["store_id", "order_id", "id"], unique=False
    )
    op.create_table(
        "order_rules",
        sa.Column("id", _key(), nullable=False),
        sa.Column("store_id", _key(), nullable=False),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_order_rules_store_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_rules")),
        sa.UniqueConstraint("store_id", name=op.f("uq_order_rules_store_id")),
    )
    op.create_table(
        "order_cursor",
        sa.Column("id", _key(), nullable=False),
        sa.Column("store_id", _key(), nullable=False),
        sa.Column("shop_id", _key(), nullable=False),
        sa.Column("begins_at", base.Moment(), nullable=False),
        sa.Column("since", base.Moment(), nullable=False),
        sa.Column("asked_at", base.Moment(), nullable=True),
        sa.Column("answered_at", base.Moment(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["store_id", "shop_id"],
            ["shop.store_id", "shop.id"],
            name=op.f("fk_order_cursor_store_id_shop_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_order_cursor_store_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_cursor")),
        sa.UniqueConstraint("store_id", "shop_id", name=op.f("uq_order_cursor_store_id_shop_id")),
    )
    op.create_table(
        "order_hour",
        sa.Column("id", _key(), nullable=False),
        sa.Column("store_id", _key(), nullable=False),
        sa.Column("shop_id", _key(), nullable=False),
        sa.Column("hour", base.Moment(), nullable=False),
        sa.Column("theirs", sa.Integer(), nullable=False),
        sa.Column("ours", sa.Integer(), nullable=False),
        sa.Column("unpaid", sa.Integer(), nullable=False),
        sa.Column("filled", sa.Integer(), nullable=False),
        sa.Column("checked_at", base.Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["store_id", "shop_id"],
            ["shop.store_id", "shop.id"],
            name=op.f("fk_order_hour_store_id_shop_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_order_hour_store_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_hour")),
        sa.UniqueConstraint("store_id", "shop_id", "hour", name=op.f("uq_order_hour_store_id_shop_id_hour")),
    )
    op.create_table(
        "sku_link",
        sa.Column("id", _key(), nullable=False),
        sa.Column("store_id", _key(), nullable=False),
        sa.Column("shop_id", _key(), nullable=False),
        sa.Column("sku_id", sa.String(length=32), nullable=False),
        sa.Column("variant_id", _key(), nullable=False),
        sa.Column("actor", sa.String(length=255), nullable=False),
        sa.Column("created_at", base.Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["store_id", "shop_id"],
            ["shop.store_id", "shop.id"],
            name=op.f("fk_sku_link_store_id_shop_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_sku_link_store_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["variant_id"], ["variant.id"], name=op.f("fk_sku_link_variant_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sku_link")),
        sa.UniqueConstraint("store_id", "shop_id", "sku_id", name=op.f("uq_sku_link_store_id_shop_id_sku_id")),
    )
    op.create_table(
        "required_option",
        sa.Column("id", _key(), nullable=False),
        sa.Column("store_id", _key(), nullable=False),
        sa.Column("product_id", _key(), nullable=False),
        sa.Column("modifier_id", _key(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("type", sa.String(length=40), nullable=False),
        sa.Column("choices", sa.JSON(), nullable=False),
        sa.Column("value", sa.String(length=255), nullable=False),
        sa.Column("decided_by", sa.String(length=255), nullable=False),
        sa.Column("read_at", base.Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["store_id", "product_id"],
            ["product.store_id", "product.id"],
            name=op.f("fk_required_option_store_id_product_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["store_id"], ["store.id"], name=op.f("fk_required_option_store_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_required_option")),
        sa.UniqueConstraint("store_id", "id", name=op.f("uq_required_option_store_id_id")),
        sa.UniqueConstraint(
            "store_id", "product_id", "modifier_id", name=op.f("uq_required_option_store_id_product_id_modifier_id")
        ),
    )
    search.create(op.get_bind(), ("sales_order",))


def downgrade() -> None:
    search.drop(op.get_bind(), ("sales_order",))
    for table in (
        "required_option", "sku_link", "order_hour", "order_cursor", "order_rules", "order_event", "sales_order_line",
        "store_order", "sales_order",
    ):  # fmt: skip
        op.drop_table(table)
