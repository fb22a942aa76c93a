"""What waits to be sent after a change in BigCommerce, and what left the catalog."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.schema import SchemaItem

from models import base

revision = "0101"
down_revision = "0091"
branch_labels = None
depends_on = None
phase = "expand"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _shared(table: str, *parents: str) -> list[SchemaItem]:
    """The key, the store, and the links to parents within the store."""
    store = sa.ForeignKeyConstraint(
        ["store_id"], ["store.id"], name=op.f(f"fk_{table}_store_id"), ondelete="CASCADE"
    )  # fmt: skip
    links = [
        sa.ForeignKeyConstraint(
            ["store_id", f"{parent}_id"],
            [f"{parent}.store_id", f"{parent}.id"],
            name=op.f(f"fk_{table}_store_id_{parent}_id"),
            ondelete="CASCADE",
        )
        for parent in parents
    ]
    columns = [sa.Column(f"{parent}_id", KEY, nullable=False) for parent in parents]
    return [
        sa.Column("id", KEY, nullable=False),
        sa.Column("store_id", KEY, nullable=False),
        *columns,
        store,
        *links,
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    ]


def upgrade() -> None:
    op.create_table(
        "catalog_hint",
        *_shared("catalog_hint"),
        sa.Column("bigcommerce_id", KEY, nullable=False),
        sa.Column("changed_at", base.Moment(), nullable=False),
        sa.Column("heard_at", base.Moment(), nullable=False),
        sa.Column("due_at", base.Moment(), nullable=False),
        sa.UniqueConstraint("store_id", "bigcommerce_id", name=op.f("uq_catalog_hint_store_id_bigcommerce_id")),
    )
    op.create_index(op.f("ix_catalog_hint_store_id_due_at"), "catalog_hint", ["store_id", "due_at"])
    op.create_table(
        "catalog_cursor",
        *_shared("catalog_cursor"),
        sa.Column("until", base.Moment(), nullable=False),
        sa.Column("acted", sa.JSON(), nullable=False),
        sa.UniqueConstraint("store_id", name=op.f("uq_catalog_cursor_store_id")),
    )
    op.create_table(
        "listing_sync",
        *_shared("listing_sync", "shop", "listing"),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", base.Moment(), nullable=False),
        sa.Column("due_at", base.Moment(), nullable=True),
        sa.Column("publish_when_ready", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.UniqueConstraint("store_id", "listing_id", name=op.f("uq_listing_sync_store_id_listing_id")),
    )
    op.create_index(op.f("ix_listing_sync_store_id_due_at"), "listing_sync", ["store_id", "due_at"])
    op.create_index(
        op.f("ix_listing_sync_store_id_publish_when_ready"), "listing_sync", ["store_id", "publish_when_ready"]
    )
    op.create_table(
        "sync_send",
        *_shared("sync_send", "shop", "listing"),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("changed_at", base.Moment(), nullable=False),
        sa.Column("sent_at", base.Moment(), nullable=False),
        sa.Column("milliseconds", sa.Integer(), nullable=False),
    )
    op.create_index(op.f("ix_sync_send_store_id_sent_at"), "sync_send", ["store_id", "sent_at"])
    op.create_table(
        "catalog_removal",
        *_shared("catalog_removal", "shop", "listing"),
        sa.Column("cause", sa.String(length=12), nullable=False),
        sa.Column("action", sa.String(length=12), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("found_at", base.Moment(), nullable=False),
        sa.Column("decided_at", base.Moment(), nullable=True),
        sa.Column("decided_by", sa.String(length=255), nullable=False),
        sa.Column("activity_id", KEY, nullable=True),
        sa.UniqueConstraint("store_id", "listing_id", name=op.f("uq_catalog_removal_store_id_listing_id")),
    )
    op.create_index(op.f("ix_catalog_removal_store_id_state_id"), "catalog_removal", ["store_id", "state", "id"])


def downgrade() -> None:
    for table in ("catalog_removal", "sync_send", "listing_sync", "catalog_cursor", "catalog_hint"):
        op.drop_table(table)
