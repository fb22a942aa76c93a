"""prices"""

import sqlalchemy as sa
from alembic import op

from models import base

revision = "0091"
down_revision = "0081"
branch_labels = None
depends_on = None
phase = "expand"


def _key() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "variant_prices",
        sa.Column("id", _key(), nullable=False),
        sa.Column("store_id", _key(), nullable=False),
        sa.Column("variant_id", _key(), nullable=False),
        sa.Column("sale", base.Amount(), nullable=True),
        sa.Column("retail", base.Amount(), nullable=True),
        sa.Column("cost", base.Amount(), nullable=True),
        sa.Column("map", base.Amount(), nullable=True),
        sa.ForeignKeyConstraint(
            ["store_id"], ["store.id"], name=op.f("fk_variant_prices_store_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_variant_prices")),
        sa.UniqueConstraint("store_id", "variant_id", name=op.f("uq_variant_prices_store_id_variant_id")),
    )
    op.create_table(
        "price_policy",
        sa.Column("id", _key(), nullable=False),
        sa.Column("store_id", _key(), nullable=False),
        sa.Column("shop_id", _key(), nullable=False),
        sa.Column("listing_id", _key(), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("follow", sa.String(length=10), nullable=False),
        sa.Column("source_shop_id", _key(), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("amount", base.Amount(), nullable=True),
        sa.Column("ending", sa.String(length=10), nullable=False),
        sa.Column("floor", base.Amount(), nullable=True),
        sa.Column("ceiling", base.Amount(), nullable=True),
        sa.Column("rate", sa.String(length=24), nullable=False),
        sa.Column("rate_on", sa.String(length=10), nullable=False),
        sa.Column("compare_at", sa.Boolean(), nullable=True),
        sa.Column("velocity", sa.JSON(), nullable=False),
        sa.Column("changed_by", sa.String(length=255), nullable=False),
        sa.Column("changed_at", base.Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["store_id", "shop_id"],
            ["shop.store_id", "shop.id"],
            name=op.f("fk_price_policy_store_id_shop_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_price_policy_store_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_price_policy")),
        sa.UniqueConstraint(
            "store_id", "shop_id", "listing_id", name=op.f("uq_price_policy_store_id_shop_id_listing_id")
        ),
    )
    op.create_table(
        "price_incident",
        sa.Column("id", _key(), nullable=False),
        sa.Column("store_id", _key(), nullable=False),
        sa.Column("shop_id", _key(), nullable=False),
        sa.Column("listing_id", _key(), nullable=False),
        sa.Column("listing_sku_id", _key(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("told", base.Amount(), nullable=True),
        sa.Column("found", base.Amount(), nullable=True),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("first_at", base.Moment(), nullable=False),
        sa.Column("last_at", base.Moment(), nullable=False),
        sa.Column("resolved_at", base.Moment(), nullable=True),
        sa.ForeignKeyConstraint(
            ["store_id", "listing_id"],
            ["listing.store_id", "listing.id"],
            name=op.f("fk_price_incident_store_id_listing_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["store_id", "shop_id"],
            ["shop.store_id", "shop.id"],
            name=op.f("fk_price_incident_store_id_shop_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["store_id"], ["store.id"], name=op.f("fk_price_incident_store_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_price_incident")),
    )
    op.create_index(
        op.f("ix_price_incident_store_id_listing_id"), "price_incident", ["store_id", "listing_id"], unique=False
    )
    op.create_index(
        op.f("ix_price_incident_store_id_state_id"), "price_incident", ["store_id", "state", "id"], unique=False
    )
    op.create_table(
        "price_step",
        sa.Column("id", _key(), nullable=False),
        sa.Column("store_id", _key(), nullable=False),
        sa.Column("shop_id", _key(), nullable=False),
        sa.Column("listing_id", _key(), nullable=False),
        sa.Column("at", base.Moment(), nullable=False),
        sa.Column("percent", base.Amount(), nullable=False),
        sa.Column("sold", sa.Integer(), nullable=False),
        sa.Column("why", sa.String(length=12), nullable=False),
        sa.ForeignKeyConstraint(
            ["store_id", "listing_id"],
            ["listing.store_id", "listing.id"],
            name=op.f("fk_price_step_store_id_listing_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_price_step_store_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_price_step")),
    )
    op.create_index(
        op.f("ix_price_step_store_id_listing_id_id"), "price_step", ["store_id", "listing_id", "id"], unique=False
    )
    op.create_index(
        op.f("ix_price_step_store_id_shop_id_at"), "price_step", ["store_id", "shop_id", "at"], unique=False
    )
    op.create_table(
        "price_told",
        sa.Column("id", _key(), nullable=False),
        sa.Column("store_id", _key(), nullable=False),
        sa.Column("shop_id", _key(), nullable=False),
        sa.Column("listing_id", _key(), nullable=False),
        sa.Column("listing_sku_id", _key(), nullable=False),
        sa.Column("told", base.Amount(), nullable=True),
        sa.Column("told_at", base.Moment(), nullable=True),
        sa.Column("confirmed", base.Amount(), nullable=True),
        sa.Column("confirmed_at", base.Moment(), nullable=True),
        sa.ForeignKeyConstraint(
            ["store_id", "listing_id"],
            ["listing.store_id", "listing.id"],
            name=op.f("fk_price_told_store_id_listing_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_price_told_store_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_price_told")),
        sa.UniqueConstraint("store_id", "listing_sku_id", name=op.f("uq_price_told_store_id_listing_sku_id")),
    )
    op.create_index(op.f("ix_price_told_store_id_listing_id"), "price_told", ["store_id", "listing_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_price_told_store_id_listing_id"), table_name="price_told")
    op.drop_table("price_told")
    op.drop_index(op.f("ix_price_step_store_id_shop_id_at"), table_name="price_step")
    op.drop_index(op.f("ix_price_step_store_id_listing_id_id"), table_name="price_step")
    op.drop_table("price_step")
    op.drop_index(op.f("ix_price_incident_store_id_state_id"), table_name="price_incident")
    op.drop_index(op.f("ix_price_incident_store_id_listing_id"), table_name="price_incident")
    op.drop_table("price_incident")
    op.drop_table("price_policy")
    op.drop_table("variant_prices")
