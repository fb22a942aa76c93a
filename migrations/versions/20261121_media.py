"""media: documents, size charts, videos, looks at pictures"""

import sqlalchemy as sa
from alembic import op

from models import base

revision = "0031"
down_revision = "0008"
branch_labels = None
depends_on = None
phase = "expand"


def _key() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "media_file",
        sa.Column("id", _key(), nullable=False),
        sa.Column("store_id", _key(), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("format", sa.String(8), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("milliseconds", sa.Integer(), nullable=True),
        sa.Column("requirements", sa.JSON(), nullable=False),
        sa.Column("covers_all", sa.Boolean(), nullable=False),
        sa.Column("shop_id", _key(), nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("expiry", sa.String(8), nullable=False),
        sa.Column("note", sa.String(300), nullable=False),
        sa.Column("actor", sa.String(255), nullable=False),
        sa.Column("created_at", base.Moment(), nullable=False),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_media_file_store_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_media_file")),
        sa.UniqueConstraint("store_id", "id", name=op.f("uq_media_file_store_id_id")),
        sa.UniqueConstraint("store_id", "kind", "digest", name=op.f("uq_media_file_store_id_kind_digest")),
    )
    op.create_table(
        "picture_look",
        sa.Column("id", _key(), nullable=False),
        sa.Column("store_id", _key(), nullable=False),
        sa.Column("url_hash", sa.String(64), nullable=False),
        sa.Column("ratio", sa.String(20), nullable=False),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("ground", sa.String(7), nullable=False),
        sa.Column("plain", sa.Integer(), nullable=True),
        sa.Column("fill", sa.Integer(), nullable=True),
        sa.Column("is_white", sa.Boolean(), nullable=False),
        sa.Column("preview", sa.LargeBinary(), nullable=False),
        sa.Column("fault", sa.String(), nullable=False),
        sa.Column("looked_at", base.Moment(), nullable=False),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_picture_look_store_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_picture_look")),
        sa.UniqueConstraint("store_id", "url_hash", "ratio", name=op.f("uq_picture_look_store_id_url_hash_ratio")),
    )
    op.create_table(
        "media_part",
        sa.Column("id", _key(), nullable=False),
        sa.Column("store_id", _key(), nullable=False),
        sa.Column("file_id", _key(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["store_id", "file_id"],
            ["media_file.store_id", "media_file.id"],
            name=op.f("fk_media_part_store_id_file_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_media_part_store_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_media_part")),
        sa.UniqueConstraint("store_id", "file_id", "position", name=op.f("uq_media_part_store_id_file_id_position")),
    )
    op.create_table(
        "media_upload",
        sa.Column("id", _key(), nullable=False),
        sa.Column("store_id", _key(), nullable=False),
        sa.Column("file_id", _key(), nullable=False),
        sa.Column("authorization_id", _key(), nullable=False),
        sa.Column("tiktok_id", sa.String(), nullable=False),
        sa.Column("fault", sa.String(), nullable=False),
        sa.Column("uploaded_at", base.Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["store_id", "file_id"],
            ["media_file.store_id", "media_file.id"],
            name=op.f("fk_media_upload_store_id_file_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_media_upload_store_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_media_upload")),
        sa.UniqueConstraint(
            "store_id", "file_id", "authorization_id", name=op.f("uq_media_upload_store_id_file_id_authorization_id")
        ),
    )
    op.create_table(
        "media_use",
        sa.Column("id", _key(), nullable=False),
        sa.Column("store_id", _key(), nullable=False),
        sa.Column("listing_id", _key(), nullable=False),
        sa.Column("file_id", _key(), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("target", sa.String(32), nullable=False),
        sa.ForeignKeyConstraint(
            ["store_id", "file_id"],
            ["media_file.store_id", "media_file.id"],
            name=op.f("fk_media_use_store_id_file_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["store_id", "listing_id"],
            ["listing.store_id", "listing.id"],
            name=op.f("fk_media_use_store_id_listing_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_media_use_store_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_media_use")),
        sa.UniqueConstraint(
            "store_id",
            "listing_id",
            "kind",
            "target",
            "file_id",
            name=op.f("uq_media_use_store_id_listing_id_kind_target_file_id"),
        ),
    )
    op.create_index(op.f("ix_media_use_store_id_file_id"), "media_use", ["store_id", "file_id"], unique=False)


def downgrade() -> None:
    for name in ("picture_look", "media_upload", "media_use", "media_part", "media_file"):
        op.drop_table(name)
