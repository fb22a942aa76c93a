"""semi-consignment"""

import sqlalchemy as sa
from alembic import op

from models import base

revision = "0081"
down_revision = "0071"
branch_labels = None
depends_on = None
phase = "expand"


def _key() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "semi_pair",
        sa.Column("id", _key(), nullable=False),
        sa.Column("store_id", _key(), nullable=False),
        sa.Column("shop_id", _key(), nullable=False),
        sa.Column("local_shop_id", _key(), nullable=False),
        sa.Column("reference", sa.String(length=64), nullable=False),
        sa.Column("warehouses", sa.JSON(), nullable=False),
        sa.Column("took_effect_at", base.Moment(), nullable=True),
        sa.Column("read_at", base.Moment(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["store_id", "shop_id"],
            ["shop.store_id", "shop.id"],
            name=op.f("fk_semi_pair_store_id_shop_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["store_id", "local_shop_id"],
            ["shop.store_id", "shop.id"],
            name=op.f("fk_semi_pair_store_id_local_shop_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_semi_pair_store_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_semi_pair")),
        sa.UniqueConstraint("store_id", "id", name=op.f("uq_semi_pair_store_id_id")),
        sa.UniqueConstraint("store_id", "shop_id", name=op.f("uq_semi_pair_store_id_shop_id")),
    )
    op.create_index(
        op.f("ix_semi_pair_store_id_local_shop_id"), "semi_pair", ["store_id", "local_shop_id"], unique=False
    )
    op.create_table(
        "semi_listing",
        sa.Column("id", _key(), nullable=False),
        sa.Column("store_id", _key(), nullable=False),
        sa.Column("shop_id", _key(), nullable=False),
        sa.Column("listing_id", _key(), nullable=False),
        sa.Column("source_id", _key(), nullable=True),
        sa.Column("read_at", base.Moment(), nullable=True),
        sa.ForeignKeyConstraint(
            ["store_id", "shop_id"],
            ["shop.store_id", "shop.id"],
            name=op.f("fk_semi_listing_store_id_shop_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["store_id", "listing_id"],
            ["listing.store_id", "listing.id"],
            name=op.f("fk_semi_listing_store_id_listing_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["source_id"], ["listing.id"], name=op.f("fk_semi_listing_source_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_semi_listing_store_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_semi_listing")),
        sa.UniqueConstraint("store_id", "listing_id", name=op.f("uq_semi_listing_store_id_listing_id")),
        sa.UniqueConstraint(
            "store_id", "shop_id", "source_id", name=op.f("uq_semi_listing_store_id_shop_id_source_id")
        ),
    )
    op.create_index(op.f("ix_semi_listing_store_id_source_id"), "semi_listing", ["store_id", "source_id"], unique=False)


def downgrade() -> None:
    op.drop_table("semi_listing")
    op.drop_table("semi_pair")
