"""days and pins of publishing, history of listings"""

import sqlalchemy as sa
from alembic import op

from models import base

revision = "0014"
down_revision = "0031"
branch_labels = None
depends_on = None
phase = "expand"


def _key() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _row() -> list[sa.Column[int]]:
    return [sa.Column("id", _key(), nullable=False), sa.Column("store_id", _key(), nullable=False)]


def _store(table: str) -> list[sa.Constraint]:
    return [
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f(f"fk_{table}_store_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    ]


def _parent(table: str, parent: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_store_id_{parent}_id")
    columns = [f"{parent}.store_id", f"{parent}.id"]
    return sa.ForeignKeyConstraint(["store_id", f"{parent}_id"], columns, name=name, ondelete="CASCADE")


def upgrade() -> None:
    op.create_table(
        "listing_day",
        *_row(),
        sa.Column("shop_id", _key(), nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("accepted", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        *_store("listing_day"),
        _parent("listing_day", "shop"),
        sa.UniqueConstraint("store_id", "shop_id", "day", name=op.f("uq_listing_day_store_id_shop_id_day")),
    )
    op.create_table(
        "listing_pin",
        *_row(),
        sa.Column("listing_id", _key(), nullable=False),
        sa.Column("pinned_by", sa.String(255), nullable=False),
        sa.Column("pinned_at", base.Moment(), nullable=False),
        *_store("listing_pin"),
        _parent("listing_pin", "listing"),
        sa.UniqueConstraint("store_id", "listing_id", name=op.f("uq_listing_pin_store_id_listing_id")),
    )
    op.create_table(
        "listing_version",
        *_row(),
        sa.Column("listing_id", _key(), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("why", sa.String(24), nullable=False),
        sa.Column("actor", sa.String(255), nullable=False),
        sa.Column("activity_id", _key(), nullable=True),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("skus", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(40), nullable=False),
        sa.Column("rule_version", sa.String(40), nullable=False),
        sa.Column("at", base.Moment(), nullable=False),
        *_store("listing_version"),
        _parent("listing_version", "listing"),
    )
    op.create_index(
        op.f("ix_listing_version_store_id_listing_id_id"), "listing_version", ["store_id", "listing_id", "id"]
    )
    op.create_index(
        op.f("ix_listing_version_store_id_activity_id_listing_id"),
        "listing_version",
        ["store_id", "activity_id", "listing_id"],
    )
    op.create_table(
        "listing_body",
        *_row(),
        sa.Column("digest", sa.String(40), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        *_store("listing_body"),
        sa.UniqueConstraint("store_id", "digest", name=op.f("uq_listing_body_store_id_digest")),
    )


def downgrade() -> None:
    op.drop_table("listing_body")
    op.drop_table("listing_version")
    op.drop_table("listing_pin")
    op.drop_table("listing_day")
