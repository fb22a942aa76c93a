"""Relative adjustments, pieces kept for promotions"""

import sqlalchemy as sa
from alembic import op

from models import base

revision = "0121"
down_revision = "0111"
branch_labels = None
depends_on = None
phase = "expand"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
OPEN = "state IN ('due', 'looked', 'refused', 'unclear')"
MOVING = "state IN ('planned', 'kept')"


def upgrade() -> None:
    op.create_table(
        "stock_adjustment",
        sa.Column("id", KEY, nullable=False),
        sa.Column("store_id", KEY, nullable=False),
        sa.Column("order_ref", sa.String(length=80), nullable=False),
        sa.Column("merchant_sku_id", KEY, nullable=False),
        sa.Column("location_id", KEY, nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("delta", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("before", sa.Integer(), nullable=True),
        sa.Column("looked_at", base.Moment(), nullable=True),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("decided_by", sa.String(length=255), nullable=False),
        sa.Column("created_at", base.Moment(), nullable=False),
        sa.Column("done_at", base.Moment(), nullable=True),
        _child("stock_adjustment", "merchant_sku_id", "merchant_sku"),
        _store("stock_adjustment"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_adjustment")),
        sa.UniqueConstraint("store_id", "id", name=op.f("uq_stock_adjustment_store_id_id")),
        sa.UniqueConstraint(
            "store_id",
            "order_ref",
            "merchant_sku_id",
            "location_id",
            "turn",
            name="uq_stock_adjustment_turn",
        ),
    )
    op.create_index(
        "ix_stock_adjustment_open",
        "stock_adjustment",
        ["store_id", "id"],
        unique=False,
        sqlite_where=sa.text(OPEN),
        postgresql_where=sa.text(OPEN),
    )
    op.create_table(
        "promotion",
        sa.Column("id", KEY, nullable=False),
        sa.Column("store_id", KEY, nullable=False),
        sa.Column("shop_id", KEY, nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("keeps_from", base.Moment(), nullable=False),
        sa.Column("starts_at", base.Moment(), nullable=False),
        sa.Column("ends_at", base.Moment(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("reminded", sa.String(length=5), nullable=False),
        sa.Column("changed_by", sa.String(length=255), nullable=False),
        sa.Column("changed_at", base.Moment(), nullable=False),
        _child("promotion", "shop_id", "shop"),
        _store("promotion"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promotion")),
        sa.UniqueConstraint("store_id", "id", name=op.f("uq_promotion_store_id_id")),
    )
    op.create_index(op.f("ix_promotion_store_id_ends_at"), "promotion", ["store_id", "ends_at"], unique=False)
    op.create_index(
        "ix_promotion_moving",
        "promotion",
        ["store_id", "id"],
        unique=False,
        sqlite_where=sa.text(MOVING),
        postgresql_where=sa.text(MOVING),
    )
    op.create_table(
        "promotion_line",
        sa.Column("id", KEY, nullable=False),
        sa.Column("store_id", KEY, nullable=False),
        sa.Column("promotion_id", KEY, nullable=False),
        sa.Column("merchant_sku_id", KEY, nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        _child("promotion_line", "promotion_id", "promotion"),
        _child("promotion_line", "merchant_sku_id", "merchant_sku"),
        _store("promotion_line"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promotion_line")),
        sa.UniqueConstraint(
            "store_id",
            "promotion_id",
            "merchant_sku_id",
            name=op.f("uq_promotion_line_store_id_promotion_id_merchant_sku_id"),
        ),
    )
    op.create_index(
        op.f("ix_promotion_line_store_id_merchant_sku_id"),
        "promotion_line",
        ["store_id", "merchant_sku_id"],
        unique=False,
    )


def downgrade() -> None:
    op.drop_table("promotion_line")
    op.drop_table("promotion")
    op.drop_table("stock_adjustment")


def _store(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f(f"fk_{table}_store_id"), ondelete="CASCADE")


def _child(table: str, column: str, parent: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["store_id", column],
        [f"{parent}.store_id", f"{parent}.id"],
        name=op.f(f"fk_{table}_store_id_{column}"),
        ondelete="CASCADE",
    )
