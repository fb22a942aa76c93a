"""How orders leave: shipments, carriers, labels, marks and gifts, and what was decided of an order."""

import sqlalchemy as sa
from alembic import op

from models import base

revision = "0071"
down_revision = "0061"
branch_labels = None
depends_on = None
phase = "expand"


def upgrade() -> None:
    op.create_table(
        "shipment",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("store_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("source", sa.String(length=12), nullable=False),
        sa.Column("bigcommerce_order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("bigcommerce_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("carrier", sa.String(length=100), nullable=False),
        sa.Column("tracking_number", sa.String(length=100), nullable=False),
        sa.Column("line_ids", sa.JSON(), nullable=False),
        sa.Column("package_id", sa.String(length=32), nullable=False),
        sa.Column("sent_number", sa.String(length=100), nullable=False),
        sa.Column("sent_provider", sa.String(length=32), nullable=False),
        sa.Column("corrections", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("problem", sa.String(length=60), nullable=False),
        sa.Column("problem_text", sa.String(), nullable=False),
        sa.Column("is_due", sa.Boolean(), nullable=False),
        sa.Column("shipped_at", base.Moment(), nullable=False),
        sa.Column("sent_at", base.Moment(), nullable=True),
        sa.Column("read_at", base.Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["store_id", "order_id"],
            ["sales_order.store_id", "sales_order.id"],
            name=op.f("fk_shipment_store_id_order_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_shipment_store_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shipment")),
        sa.UniqueConstraint("store_id", "id", name=op.f("uq_shipment_store_id_id")),
        sa.UniqueConstraint("store_id", "order_id", "key", name=op.f("uq_shipment_store_id_order_id_key")),
    )
    op.create_index(
        "ix_shipment_due",
        "shipment",
        ["store_id", "id"],
        unique=False,
        sqlite_where=sa.text("is_due"),
        postgresql_where=sa.text("is_due"),
    )
    op.create_index(
        "ix_shipment_problem",
        "shipment",
        ["store_id", "id"],
        unique=False,
        sqlite_where=sa.text("problem <> ''"),
        postgresql_where=sa.text("problem <> ''"),
    )
    op.create_index(
        op.f("ix_shipment_store_id_bigcommerce_order_id"),
        "shipment",
        ["store_id", "bigcommerce_order_id"],
        unique=False,
    )
    op.create_table(
        "carrier",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("store_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("shop_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("provider_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("read_at", base.Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["store_id", "shop_id"],
            ["shop.store_id", "shop.id"],
            name=op.f("fk_carrier_store_id_shop_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_carrier_store_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_carrier")),
        sa.UniqueConstraint("store_id", "shop_id", "provider_id", name=op.f("uq_carrier_store_id_shop_id_provider_id")),
    )
    op.create_table(
        "carrier_map",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("store_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("shop_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("provider_id", sa.String(length=32), nullable=False),
        sa.Column("actor", sa.String(length=255), nullable=False),
        sa.ForeignKeyConstraint(
            ["store_id", "shop_id"],
            ["shop.store_id", "shop.id"],
            name=op.f("fk_carrier_map_store_id_shop_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_carrier_map_store_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_carrier_map")),
        sa.UniqueConstraint("store_id", "shop_id", "name", name=op.f("uq_carrier_map_store_id_shop_id_name")),
    )
    op.create_table(
        "fulfilment_rules",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("store_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["store_id"], ["store.id"], name=op.f("fk_fulfilment_rules_store_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fulfilment_rules")),
        sa.UniqueConstraint("store_id", name=op.f("uq_fulfilment_rules_store_id")),
    )
    op.create_table(
        "shipment_cursor",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("store_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("since", base.Moment(), nullable=False),
        sa.Column("asked_at", base.Moment(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["store_id"], ["store.id"], name=op.f("fk_shipment_cursor_store_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shipment_cursor")),
        sa.UniqueConstraint("store_id", name=op.f("uq_shipment_cursor_store_id")),
    )
    op.create_table(
        "order_handling",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("store_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("voided_at", base.Moment(), nullable=True),
        sa.Column("voided_by", sa.String(length=255), nullable=False),
        sa.Column("void_reason", sa.String(length=255), nullable=False),
        sa.Column("location_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("service", sa.String(length=20), nullable=False),
        sa.Column("handed_at", base.Moment(), nullable=True),
        sa.Column("ruled_at", base.Moment(), nullable=True),
        sa.ForeignKeyConstraint(
            ["store_id", "order_id"],
            ["sales_order.store_id", "sales_order.id"],
            name=op.f("fk_order_handling_store_id_order_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["store_id"], ["store.id"], name=op.f("fk_order_handling_store_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_handling")),
        sa.UniqueConstraint("store_id", "order_id", name=op.f("uq_order_handling_store_id_order_id")),
    )
    op.create_table(
        "order_mark",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("store_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=4), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("sku", sa.String(length=100), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("by_rule", sa.Boolean(), nullable=False),
        sa.Column("actor", sa.String(length=255), nullable=False),
        sa.Column("created_at", base.Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["store_id", "order_id"],
            ["sales_order.store_id", "sales_order.id"],
            name=op.f("fk_order_mark_store_id_order_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_order_mark_store_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_mark")),
        sa.UniqueConstraint(
            "store_id", "order_id", "kind", "name", name=op.f("uq_order_mark_store_id_order_id_kind_name")
        ),
    )
    op.create_index(op.f("ix_order_mark_store_id_kind_name"), "order_mark", ["store_id", "kind", "name"], unique=False)
    op.create_table(
        "shipping_document",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("store_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("shop_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("package_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("content_type", sa.String(length=40), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("read_at", base.Moment(), nullable=False),
        sa.Column("expires_at", base.Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["store_id", "order_id"],
            ["sales_order.store_id", "sales_order.id"],
            name=op.f("fk_shipping_document_store_id_order_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["store_id"], ["store.id"], name=op.f("fk_shipping_document_store_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shipping_document")),
        sa.UniqueConstraint("store_id", "id", name=op.f("uq_shipping_document_store_id_id")),
        sa.UniqueConstraint(
            "store_id", "package_id", "kind", name=op.f("uq_shipping_document_store_id_package_id_kind")
        ),
    )
    op.create_index(op.f("ix_shipping_document_expires_at"), "shipping_document", ["expires_at"], unique=False)


def downgrade() -> None:
    op.drop_table("shipping_document")
    op.drop_table("order_mark")
    op.drop_table("order_handling")
    op.drop_table("shipment_cursor")
    op.drop_table("fulfilment_rules")
    op.drop_table("carrier_map")
    op.drop_table("carrier")
    op.drop_table("shipment")
