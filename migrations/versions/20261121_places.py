"""Versions of warehouse mappings; locations that are third-party services"""

import sqlalchemy as sa
from alembic import op

from models import base

revision = "0111"
down_revision = "0101"
branch_labels = None
depends_on = None
phase = "expand"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "mapping_version",
        sa.Column("id", KEY, nullable=False),
        sa.Column("store_id", KEY, nullable=False),
        sa.Column("shop_id", KEY, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("pairs", sa.JSON(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("effect", sa.JSON(), nullable=False),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.Column("activity_id", KEY, nullable=True),
        sa.Column("changed_by", sa.String(length=255), nullable=False),
        sa.Column("changed_at", base.Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["store_id", "shop_id"],
            ["shop.store_id", "shop.id"],
            name=op.f("fk_mapping_version_store_id_shop_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["store_id"], ["store.id"], name=op.f("fk_mapping_version_store_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mapping_version")),
        sa.UniqueConstraint("store_id", "id", name=op.f("uq_mapping_version_store_id_id")),
        sa.UniqueConstraint("store_id", "shop_id", "number", name=op.f("uq_mapping_version_store_id_shop_id_number")),
    )
    op.create_table(
        "fulfilment_service",
        sa.Column("id", KEY, nullable=False),
        sa.Column("store_id", KEY, nullable=False),
        sa.Column("location_id", KEY, nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(
            ["store_id", "location_id"],
            ["location.store_id", "location.id"],
            name=op.f("fk_fulfilment_service_store_id_location_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["store_id"], ["store.id"], name=op.f("fk_fulfilment_service_store_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fulfilment_service")),
        sa.UniqueConstraint("store_id", "location_id", name=op.f("uq_fulfilment_service_store_id_location_id")),
    )


def downgrade() -> None:
    op.drop_table("fulfilment_service")
    op.drop_table("mapping_version")
