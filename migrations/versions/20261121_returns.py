"""Cancellations, refunds and returns, and what follows from them in BigCommerce."""

import sqlalchemy as sa
from alembic import op

from models import base

revision = "0051"
down_revision = "0020"
branch_labels = None
depends_on = None
phase = "expand"


def upgrade() -> None:
    op.create_table(
        "return_rules",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("store_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_return_rules_store_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_return_rules")),
        sa.UniqueConstraint("store_id", name=op.f("uq_return_rules_store_id")),
    )
    op.create_table(
        "return_cursor",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("store_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("shop_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("what", sa.String(length=14), nullable=False),
        sa.Column("since", base.Moment(), nullable=False),
        sa.Column("asked_at", base.Moment(), nullable=True),
        sa.Column("answered_at", base.Moment(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["store_id", "shop_id"],
            ["shop.store_id", "shop.id"],
            name=op.f("fk_return_cursor_store_id_shop_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_return_cursor_store_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_return_cursor")),
        sa.UniqueConstraint("store_id", "shop_id", "what", name=op.f("uq_return_cursor_store_id_shop_id_what")),
    )
    op.create_table(
        "after_sale",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("store_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("shop_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("tiktok_id", sa.String(length=32), nullable=False),
        sa.Column("order_number", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("status", sa.String(length=48), nullable=False),
        sa.Column("arbitration", sa.String(length=20), nullable=False),
        sa.Column("tab", sa.String(length=10), nullable=False),
        sa.Column("role", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(length=160), nullable=False),
        sa.Column("reason_text", sa.String(), nullable=False),
        sa.Column("total", base.Amount(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("deadline_at", base.Moment(), nullable=True),
        sa.Column("asked_at", base.Moment(), nullable=False),
        sa.Column("changed_at", base.Moment(), nullable=False),
        sa.Column("read_at", base.Moment(), nullable=False),
        sa.Column("tracking_number", sa.String(length=100), nullable=False),
        sa.Column("carrier", sa.String(length=100), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("choices", sa.JSON(), nullable=False),
        sa.Column("choices_at", base.Moment(), nullable=True),
        sa.Column("answer", sa.String(length=32), nullable=False),
        sa.Column("answer_state", sa.String(length=10), nullable=False),
        sa.Column("answer_text", sa.String(), nullable=False),
        sa.Column("answered_at", base.Moment(), nullable=True),
        sa.Column("is_unplanned", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["store_id", "order_id"],
            ["sales_order.store_id", "sales_order.id"],
            name=op.f("fk_after_sale_store_id_order_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["store_id", "shop_id"],
            ["shop.store_id", "shop.id"],
            name=op.f("fk_after_sale_store_id_shop_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_after_sale_store_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_after_sale")),
        sa.UniqueConstraint("store_id", "id", name=op.f("uq_after_sale_store_id_id")),
        sa.UniqueConstraint("store_id", "tiktok_id", name=op.f("uq_after_sale_store_id_tiktok_id")),
    )
    op.create_index(
        "ix_after_sale_deadline",
        "after_sale",
        ["store_id", "deadline_at", "id"],
        unique=False,
        sqlite_where=sa.text("deadline_at IS NOT NULL"),
        postgresql_where=sa.text("deadline_at IS NOT NULL"),
    )
    op.create_index(
        op.f("ix_after_sale_store_id_order_number"), "after_sale", ["store_id", "order_number"], unique=False
    )
    op.create_index(
        op.f("ix_after_sale_store_id_shop_id_tab_asked_at_id"),
        "after_sale",
        ["store_id", "shop_id", "tab", "asked_at", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_after_sale_store_id_tab_asked_at_id"),
        "after_sale",
        ["store_id", "tab", "asked_at", "id"],
        unique=False,
    )
    op.create_index(
        "ix_after_sale_unplanned",
        "after_sale",
        ["store_id", "id"],
        unique=False,
        sqlite_where=sa.text("is_unplanned"),
        postgresql_where=sa.text("is_unplanned"),
    )
    op.create_table(
        "request_choice",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("store_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("choices", sa.JSON(), nullable=False),
        sa.Column("problem", sa.String(), nullable=False),
        sa.Column("asked_at", base.Moment(), nullable=False),
        sa.Column("read_at", base.Moment(), nullable=True),
        sa.ForeignKeyConstraint(
            ["store_id", "order_id"],
            ["sales_order.store_id", "sales_order.id"],
            name=op.f("fk_request_choice_store_id_order_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["store_id"], ["store.id"], name=op.f("fk_request_choice_store_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request_choice")),
        sa.UniqueConstraint("store_id", "order_id", name=op.f("uq_request_choice_store_id_order_id")),
    )
    op.create_table(
        "after_sale_event",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("store_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("after_sale_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", base.Moment(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("source", sa.String(length=60), nullable=False),
        sa.Column("item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(
            ["store_id", "after_sale_id"],
            ["after_sale.store_id", "after_sale.id"],
            name=op.f("fk_after_sale_event_store_id_after_sale_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["store_id"], ["store.id"], name=op.f("fk_after_sale_event_store_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_after_sale_event")),
    )
    op.create_index(
        op.f("ix_after_sale_event_store_id_after_sale_id_id"),
        "after_sale_event",
        ["store_id", "after_sale_id", "id"],
        unique=False,
    )
    op.create_table(
        "after_sale_line",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("store_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("after_sale_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("line_id", sa.String(length=32), nullable=False),
        sa.Column("sku_id", sa.String(length=32), nullable=False),
        sa.Column("seller_sku", sa.String(length=255), nullable=False),
        sa.Column("product_name", sa.String(length=300), nullable=False),
        sa.Column("sku_name", sa.String(length=300), nullable=False),
        sa.Column("image_url", sa.String(), nullable=False),
        sa.Column("amount", base.Amount(), nullable=False),
        sa.ForeignKeyConstraint(
            ["store_id", "after_sale_id"],
            ["after_sale.store_id", "after_sale.id"],
            name=op.f("fk_after_sale_line_store_id_after_sale_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["store_id"], ["store.id"], name=op.f("fk_after_sale_line_store_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_after_sale_line")),
        sa.UniqueConstraint(
            "store_id", "after_sale_id", "line_id", name=op.f("uq_after_sale_line_store_id_after_sale_id_line_id")
        ),
    )
    op.create_index(
        op.f("ix_after_sale_line_store_id_line_id"), "after_sale_line", ["store_id", "line_id"], unique=False
    )
    op.create_table(
        "after_sale_picture",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("store_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("after_sale_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("created_at", base.Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["store_id", "after_sale_id"],
            ["after_sale.store_id", "after_sale.id"],
            name=op.f("fk_after_sale_picture_store_id_after_sale_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["store_id"], ["store.id"], name=op.f("fk_after_sale_picture_store_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_after_sale_picture")),
        sa.UniqueConstraint("store_id", "id", name=op.f("uq_after_sale_picture_store_id_id")),
    )
    op.create_index(
        op.f("ix_after_sale_picture_store_id_after_sale_id"),
        "after_sale_picture",
        ["store_id", "after_sale_id"],
        unique=False,
    )
    op.create_table(
        "restock",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("store_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("after_sale_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("variant_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("location_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("before", sa.Integer(), nullable=True),
        sa.Column("decided_by", sa.String(length=255), nullable=False),
        sa.Column("done_at", base.Moment(), nullable=True),
        sa.ForeignKeyConstraint(
            ["store_id", "after_sale_id"],
            ["after_sale.store_id", "after_sale.id"],
            name=op.f("fk_restock_store_id_after_sale_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_restock_store_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["variant_id"], ["variant.id"], name=op.f("fk_restock_variant_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_restock")),
        sa.UniqueConstraint(
            "store_id", "after_sale_id", "variant_id", name=op.f("uq_restock_store_id_after_sale_id_variant_id")
        ),
        sa.UniqueConstraint("store_id", "id", name=op.f("uq_restock_store_id_id")),
    )
    op.create_index(
        "ix_restock_due",
        "restock",
        ["store_id", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'due'"),
        postgresql_where=sa.text("state = 'due'"),
    )
    op.create_table(
        "store_refund",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("store_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("after_sale_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("copy_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reference", sa.String(length=80), nullable=False),
        sa.Column("amount", base.Amount(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("bigcommerce_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("written_amount", base.Amount(), nullable=True),
        sa.Column("problem", sa.String(length=60), nullable=False),
        sa.Column("problem_text", sa.String(), nullable=False),
        sa.Column("is_due", sa.Boolean(), nullable=False),
        sa.Column("writer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("written_at", base.Moment(), nullable=True),
        sa.ForeignKeyConstraint(
            ["store_id", "after_sale_id"],
            ["after_sale.store_id", "after_sale.id"],
            name=op.f("fk_store_refund_store_id_after_sale_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_store_refund_store_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_store_refund")),
        sa.UniqueConstraint(
            "store_id", "after_sale_id", "copy_id", name=op.f("uq_store_refund_store_id_after_sale_id_copy_id")
        ),
        sa.UniqueConstraint("store_id", "id", name=op.f("uq_store_refund_store_id_id")),
    )
    op.create_index(
        "ix_store_refund_due",
        "store_refund",
        ["store_id", "id"],
        unique=False,
        sqlite_where=sa.text("is_due"),
        postgresql_where=sa.text("is_due"),
    )
    op.create_index(op.f("ix_store_refund_store_id_copy_id"), "store_refund", ["store_id", "copy_id"], unique=False)


def downgrade() -> None:
    for table in (
        "store_refund",
        "restock",
        "after_sale_picture",
        "after_sale_line",
        "after_sale_event",
        "request_choice",
        "after_sale",
        "return_cursor",
        "return_rules",
    ):
        op.drop_table(table)
