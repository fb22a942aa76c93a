"""which products a profile takes"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None
phase = "expand"


def _key() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "profile_rule",
        sa.Column("id", _key(), nullable=False),
        sa.Column("store_id", _key(), nullable=False),
        sa.Column("profile_id", _key(), nullable=False),
        sa.Column("rule", sa.JSON(), nullable=False),
        sa.Column("policy", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["profile_id"], ["profile.id"], name=op.f("fk_profile_rule_profile_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_profile_rule_store_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_profile_rule")),
        sa.UniqueConstraint("store_id", "profile_id", name=op.f("uq_profile_rule_store_id_profile_id")),
    )
    op.create_table(
        "profile_product",
        sa.Column("id", _key(), nullable=False),
        sa.Column("store_id", _key(), nullable=False),
        sa.Column("shop_id", _key(), nullable=False),
        sa.Column("product_id", _key(), nullable=False),
        sa.Column("profile_id", _key(), nullable=False),
        sa.Column("is_gone", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["profile_id"], ["profile.id"], name=op.f("fk_profile_product_profile_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["store_id", "product_id"],
            ["product.store_id", "product.id"],
            name=op.f("fk_profile_product_store_id_product_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["store_id", "shop_id"],
            ["shop.store_id", "shop.id"],
            name=op.f("fk_profile_product_store_id_shop_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["store_id"], ["store.id"], name=op.f("fk_profile_product_store_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_profile_product")),
        sa.UniqueConstraint(
            "store_id", "shop_id", "product_id", name=op.f("uq_profile_product_store_id_shop_id_product_id")
        ),
    )
    op.create_index(
        op.f("ix_profile_product_store_id_profile_id_is_gone_product_id"),
        "profile_product",
        ["store_id", "profile_id", "is_gone", "product_id"],
    )
    op.create_index(op.f("ix_profile_product_store_id_product_id"), "profile_product", ["store_id", "product_id"])
    op.create_index(op.f("ix_profile_product_profile_id"), "profile_product", ["profile_id"])


def downgrade() -> None:
    op.drop_table("profile_product")
    op.drop_table("profile_rule")
