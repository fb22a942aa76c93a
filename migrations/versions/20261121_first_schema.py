"""first schema"""

import sqlalchemy as sa
from alembic import op
from models import base, search

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None
phase = "expand"

SEARCHED = ("product", "variant")


def upgrade() -> None:
    op.create_table(
        "inbox_event",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("event_id", sa.String(length=128), nullable=False),
        sa.Column("topic", sa.String(length=80), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("received_at", base.Moment(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("due_at", base.Moment(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox_event")),
        sa.UniqueConstraint("source", "event_id", name=op.f("uq_inbox_event_source_event_id")),
    )
    with op.batch_alter_table("inbox_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_inbox_event_state_due_at_id"), ["state", "due_at", "id"], unique=False)

    op.create_table(
        "pending_grant",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("grant", sa.String(), nullable=False),
        sa.Column("seller_name", sa.String(length=255), nullable=False),
        sa.Column("expires_at", base.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pending_grant")),
        sa.UniqueConstraint("code", name=op.f("uq_pending_grant_code")),
    )
    op.create_table(
        "schedule",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("due_at", base.Moment(), nullable=False),
        sa.Column("last_at", base.Moment(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schedule")),
        sa.UniqueConstraint("name", name=op.f("uq_schedule_name")),
    )
    op.create_table(
        "spent_token",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("token", sa.String(length=128), nullable=False),
        sa.Column("expires_at", base.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spent_token")),
        sa.UniqueConstraint("kind", "token", name=op.f("uq_spent_token_kind_token")),
    )
    op.create_table(
        "store",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("scopes", sa.String(), nullable=False),
        sa.Column("owner_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("account_uuid", sa.String(length=64), nullable=False),
        sa.Column("hook_secret", sa.String(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("timezone", sa.String(length=64), nullable=False),
        sa.Column("weight_units", sa.String(length=20), nullable=False),
        sa.Column("dimension_units", sa.String(length=20), nullable=False),
        sa.Column("control_panel_url", sa.String(length=255), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("wizard", sa.JSON(), nullable=False),
        sa.Column("installed_at", base.Moment(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_store")),
        sa.UniqueConstraint("hash", name=op.f("uq_store_hash")),
    )
    op.create_table(
        "authorization",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("store_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("open_id", sa.String(length=128), nullable=False),
        sa.Column("seller_name", sa.String(length=255), nullable=False),
        sa.Column("region", sa.String(length=8), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("access_token", sa.String(), nullable=False),
        sa.Column("access_expires_at", base.Moment(), nullable=False),
        sa.Column("refresh_token", sa.String(), nullable=False),
        sa.Column("refresh_expires_at", base.Moment(), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("connected_by", sa.String(length=255), nullable=False),
        sa.Column("connected_at", base.Moment(), nullable=False),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_authorization_store_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authorization")),
        sa.UniqueConstraint("store_id", "id", name=op.f("uq_authorization_store_id_id")),
        sa.UniqueConstraint("store_id", "open_id", name=op.f("uq_authorization_store_id_open_id")),
    )
    op.create_table(
        "counter",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("store_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("scope", sa.String(length=20), nullable=False),
        sa.Column("shop_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_counter_store_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_counter")),
        sa.UniqueConstraint(
            "store_id", "scope", "shop_id", "name", name=op.f("uq_counter_store_id_scope_shop_id_name")
        ),
    )
    op.create_table(
        "evidence",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("store_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("activity_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("listing_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("platform", sa.String(length=16), nullable=False),
        sa.Column("method", sa.String(length=8), nullable=False),
        sa.Column("path", sa.String(length=255), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("request_id", sa.String(length=64), nullable=False),
        sa.Column("rule_version", sa.String(length=40), nullable=False),
        sa.Column("milliseconds", sa.Integer(), nullable=False),
        sa.Column("sent", sa.String(length=64), nullable=False),
        sa.Column("received", sa.String(length=64), nullable=False),
        sa.Column("created_at", base.Moment(), nullable=False),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_evidence_store_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
    )
    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_evidence_store_id_created_at"), ["store_id", "created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_evidence_store_id_item_id"), ["store_id", "item_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_evidence_store_id_listing_id"), ["store_id", "listing_id"], unique=False)

    op.create_table(
        "evidence_body",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("store_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_evidence_body_store_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_body")),
        sa.UniqueConstraint("store_id", "digest", name=op.f("uq_evidence_body_store_id_digest")),
    )
    op.create_table(
        "location",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("store_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("bigcommerce_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.String(length=255), nullable=False),
        sa.Column("label", sa.String(length=255), nullable=False),
        sa.Column("is_enabled", sa.Boolean(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_location_store_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_location")),
        sa.UniqueConstraint("store_id", "bigcommerce_id", name=op.f("uq_location_store_id_bigcommerce_id")),
        sa.UniqueConstraint("store_id", "id", name=op.f("uq_location_store_id_id")),
    )
    op.create_table(
        "merchant_sku",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("store_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.String(length=255), nullable=False),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_merchant_sku_store_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merchant_sku")),
        sa.UniqueConstraint("store_id", "code", name=op.f("uq_merchant_sku_store_id_code")),
        sa.UniqueConstraint("store_id", "id", name=op.f("uq_merchant_sku_store_id_id")),
    )
    op.create_table(
        "notice",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("store_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("level", sa.String(length=10), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("created_at", base.Moment(), nullable=False),
        sa.Column("seen_at", base.Moment(), nullable=True),
        sa.Column("resolved_at", base.Moment(), nullable=True),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_notice_store_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
    )
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.create_index(
            "uq_notice_open",
            ["store_id", "key"],
            unique=True,
            sqlite_where=sa.text("resolved_at IS NULL"),
            postgresql_where=sa.text("resolved_at IS NULL"),
        )

    op.create_table(
        "person",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("store_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("bigcommerce_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("email", sa.String(length=255), nullable=False),
        sa.Column("locale", sa.String(length=20), nullable=False),
        sa.Column("is_owner", sa.Boolean(), nullable=False),
        sa.Column("seen_at", base.Moment(), nullable=False),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_person_store_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("store_id", "bigcommerce_id", name=op.f("uq_person_store_id_bigcommerce_id")),
        sa.UniqueConstraint("store_id", "id", name=op.f("uq_person_store_id_id")),
    )
    op.create_table(
        "picture",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("store_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("url_hash", sa.String(length=64), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("use", sa.String(length=24), nullable=False),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.Column("format", sa.String(length=8), nullable=False),
        sa.Column("fault", sa.String(), nullable=False),
        sa.Column("authorization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tiktok_uri", sa.String(), nullable=False),
        sa.Column("steps", sa.JSON(), nullable=False),
        sa.Column("measured_at", base.Moment(), nullable=True),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_picture_store_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_picture")),
        sa.UniqueConstraint(
            "store_id",
            "url_hash",
            "use",
            "authorization_id",
            name=op.f("uq_picture_store_id_url_hash_use_authorization_id"),
        ),
    )
    op.create_table(
        "product",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("store_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("bigcommerce_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("title", sa.String(length=255), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("sku", sa.String(length=255), nullable=False),
        sa.Column("type", sa.String(length=16), nullable=False),
        sa.Column("brand", sa.String(length=255), nullable=False),
        sa.Column("price", base.Amount(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("weight", base.Amount(), nullable=True),
        sa.Column("width", base.Amount(), nullable=True),
        sa.Column("height", base.Amount(), nullable=True),
        sa.Column("depth", base.Amount(), nullable=True),
        sa.Column("upc", sa.String(length=32), nullable=False),
        sa.Column("gtin", sa.String(length=32), nullable=False),
        sa.Column("mpn", sa.String(length=255), nullable=False),
        sa.Column("is_visible", sa.Boolean(), nullable=False),
        sa.Column("inventory_tracking", sa.String(length=16), nullable=False),
        sa.Column("image_url", sa.String(), nullable=False),
        sa.Column("images", sa.JSON(), nullable=False),
        sa.Column("category_ids", sa.JSON(), nullable=False),
        sa.Column("category_path", sa.String(), nullable=False),
        sa.Column("custom_fields", sa.JSON(), nullable=False),
        sa.Column("tags", sa.String(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("variant_count", sa.Integer(), nullable=False),
        sa.Column("modified_at", base.Moment(), nullable=True),
        sa.Column("content_hash", sa.String(length=32), nullable=False),
        sa.Column("imported_at", base.Moment(), nullable=False),
        sa.Column("deleted_at", base.Moment(), nullable=True),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_product_store_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product")),
        sa.UniqueConstraint("store_id", "bigcommerce_id", name=op.f("uq_product_store_id_bigcommerce_id")),
        sa.UniqueConstraint("store_id", "id", name=op.f("uq_product_store_id_id")),
    )
    with op.batch_alter_table("product", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_product_store_id_sku"), ["store_id", "sku"], unique=False)
        batch_op.create_index(batch_op.f("ix_product_store_id_status_id"), ["store_id", "status", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_product_store_id_title_id"), ["store_id", "title", "id"], unique=False)

    op.create_table(
        "shop",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("store_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("authorization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tiktok_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("market", sa.String(length=8), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("seller_type", sa.String(length=24), nullable=False),
        sa.Column("cipher", sa.String(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("mapping_locked_at", base.Moment(), nullable=True),
        sa.Column("prerequisites", sa.JSON(), nullable=False),
        sa.Column("checked_at", base.Moment(), nullable=True),
        sa.Column("listings_today", sa.Integer(), nullable=False),
        sa.Column("listings_day", sa.String(length=10), nullable=False),
        sa.Column("daily_limit", sa.Integer(), nullable=True),
        sa.Column("limit_reached_day", sa.String(length=10), nullable=False),
        sa.Column("tree_read_at", base.Moment(), nullable=True),
        sa.ForeignKeyConstraint(
            ["store_id", "authorization_id"],
            ["authorization.store_id", "authorization.id"],
            name=op.f("fk_shop_store_id_authorization_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_shop_store_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop")),
        sa.UniqueConstraint("store_id", "id", name=op.f("uq_shop_store_id_id")),
        sa.UniqueConstraint("store_id", "tiktok_id", name=op.f("uq_shop_store_id_tiktok_id")),
    )
    with op.batch_alter_table("shop", schema=None) as batch_op:
        batch_op.create_index(
            "uq_shop_active",
            ["tiktok_id"],
            unique=True,
            sqlite_where=sa.text("is_active = 1"),
            postgresql_where=sa.text("is_active"),
        )

    op.create_table(
        "stock",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("store_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("merchant_sku_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("location_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("available", sa.Integer(), nullable=False),
        sa.Column("read_at", base.Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["store_id", "location_id"],
            ["location.store_id", "location.id"],
            name=op.f("fk_stock_store_id_location_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["store_id", "merchant_sku_id"],
            ["merchant_sku.store_id", "merchant_sku.id"],
            name=op.f("fk_stock_store_id_merchant_sku_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_stock_store_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock")),
        sa.UniqueConstraint(
            "store_id", "merchant_sku_id", "location_id", name=op.f("uq_stock_store_id_merchant_sku_id_location_id")
        ),
    )
    op.create_table(
        "variant",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("store_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("product_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("bigcommerce_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("merchant_sku_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("sku", sa.String(length=255), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("price", base.Amount(), nullable=True),
        sa.Column("weight", base.Amount(), nullable=True),
        sa.Column("width", base.Amount(), nullable=True),
        sa.Column("height", base.Amount(), nullable=True),
        sa.Column("depth", base.Amount(), nullable=True),
        sa.Column("upc", sa.String(length=32), nullable=False),
        sa.Column("gtin", sa.String(length=32), nullable=False),
        sa.Column("mpn", sa.String(length=255), nullable=False),
        sa.Column("image_url", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("content_hash", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["merchant_sku_id"], ["merchant_sku.id"], name=op.f("fk_variant_merchant_sku_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["store_id", "product_id"],
            ["product.store_id", "product.id"],
            name=op.f("fk_variant_store_id_product_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_variant_store_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_variant")),
        sa.UniqueConstraint("store_id", "bigcommerce_id", name=op.f("uq_variant_store_id_bigcommerce_id")),
    )
    with op.batch_alter_table("variant", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_variant_store_id_gtin"), ["store_id", "gtin"], unique=False)
        batch_op.create_index(batch_op.f("ix_variant_store_id_product_id"), ["store_id", "product_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_variant_store_id_sku"), ["store_id", "sku"], unique=False)
        batch_op.create_index(batch_op.f("ix_variant_store_id_upc"), ["store_id", "upc"], unique=False)

    op.create_table(
        "web_session",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("store_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("created_at", base.Moment(), nullable=False),
        sa.Column("expires_at", base.Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["store_id", "person_id"],
            ["person.store_id", "person.id"],
            name=op.f("fk_web_session_store_id_person_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_web_session_store_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_web_session")),
        sa.UniqueConstraint("digest", name=op.f("uq_web_session_digest")),
    )
    with op.batch_alter_table("web_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_web_session_store_id_person_id"), ["store_id", "person_id"], unique=False)

    op.create_table(
        "activity",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("store_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("shop_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("queue", sa.String(length=8), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("open_key", sa.String(length=80), nullable=True),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=255), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("actor", sa.String(length=255), nullable=False),
        sa.Column("retry_of", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("waiting", sa.Integer(), nullable=False),
        sa.Column("working", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("skipped", sa.Integer(), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("units_done", sa.Integer(), nullable=False),
        sa.Column("notes", sa.JSON(), nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("resumes_at", base.Moment(), nullable=True),
        sa.Column("created_at", base.Moment(), nullable=False),
        sa.Column("started_at", base.Moment(), nullable=True),
        sa.Column("finished_at", base.Moment(), nullable=True),
        sa.ForeignKeyConstraint(
            ["store_id", "shop_id"],
            ["shop.store_id", "shop.id"],
            name=op.f("fk_activity_store_id_shop_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_activity_store_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity")),
        sa.UniqueConstraint("store_id", "id", name=op.f("uq_activity_store_id_id")),
    )
    with op.batch_alter_table("activity", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_activity_state_queue_store_id_shop_id"),
            ["state", "queue", "store_id", "shop_id"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_activity_store_id_id"), ["store_id", "id"], unique=False)
        batch_op.create_index(
            "uq_activity_open",
            ["store_id", "open_key"],
            unique=True,
            sqlite_where=sa.text("open_key IS NOT NULL"),
            postgresql_where=sa.text("open_key IS NOT NULL"),
        )

    op.create_table(
        "category",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("store_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("shop_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tiktok_id", sa.String(length=32), nullable=False),
        sa.Column("parent_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("path", sa.JSON(), nullable=False),
        sa.Column("is_leaf", sa.Boolean(), nullable=False),
        sa.Column("permissions", sa.JSON(), nullable=False),
        sa.Column("needs", sa.JSON(), nullable=True),
        sa.Column("needs_read_at", base.Moment(), nullable=True),
        sa.ForeignKeyConstraint(
            ["store_id", "shop_id"],
            ["shop.store_id", "shop.id"],
            name=op.f("fk_category_store_id_shop_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_category_store_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_category")),
        sa.UniqueConstraint("store_id", "shop_id", "tiktok_id", name=op.f("uq_category_store_id_shop_id_tiktok_id")),
    )
    op.create_table(
        "listing",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("store_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("shop_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("product_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("is_enabled", sa.Boolean(), nullable=False),
        sa.Column("is_ready", sa.Boolean(), nullable=False),
        sa.Column("is_stale", sa.Boolean(), nullable=False),
        sa.Column("draft_hash", sa.String(length=32), nullable=False),
        sa.Column("rule_version", sa.String(length=40), nullable=False),
        sa.Column("checked_at", base.Moment(), nullable=True),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("intent", sa.String(length=16), nullable=False),
        sa.Column("intent_version", sa.Integer(), nullable=False),
        sa.Column("tiktok_id", sa.String(length=32), nullable=False),
        sa.Column("platform_status", sa.String(length=24), nullable=False),
        sa.Column("audit_status", sa.String(length=24), nullable=False),
        sa.Column("is_refused", sa.Boolean(), nullable=False),
        sa.Column("sent_hash", sa.String(length=32), nullable=False),
        sa.Column("published_at", base.Moment(), nullable=True),
        sa.Column("verdict_at", base.Moment(), nullable=True),
        sa.Column("tab", sa.String(length=16), nullable=False),
        sa.Column("changed_at", base.Moment(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["product_id"], ["product.id"], name=op.f("fk_listing_product_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["store_id", "shop_id"],
            ["shop.store_id", "shop.id"],
            name=op.f("fk_listing_store_id_shop_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_listing_store_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listing")),
        sa.UniqueConstraint("store_id", "id", name=op.f("uq_listing_store_id_id")),
    )
    with op.batch_alter_table("listing", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_listing_store_id_product_id"), ["store_id", "product_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_listing_store_id_shop_id_is_stale"), ["store_id", "shop_id", "is_stale"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_listing_store_id_shop_id_tab_id"), ["store_id", "shop_id", "tab", "id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_listing_store_id_tiktok_id"), ["store_id", "tiktok_id"], unique=False)

    op.create_table(
        "profile",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("store_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("shop_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("category_id", sa.String(length=32), nullable=False),
        sa.Column("mapping", sa.JSON(), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("price_rule", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["store_id", "shop_id"],
            ["shop.store_id", "shop.id"],
            name=op.f("fk_profile_store_id_shop_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_profile_store_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_profile")),
        sa.UniqueConstraint("store_id", "shop_id", "name", name=op.f("uq_profile_store_id_shop_id_name")),
    )
    op.create_table(
        "warehouse",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("store_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("shop_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tiktok_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("type", sa.String(length=24), nullable=False),
        sa.Column("sub_type", sa.String(length=40), nullable=False),
        sa.Column("effect_status", sa.String(length=16), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["store_id", "shop_id"],
            ["shop.store_id", "shop.id"],
            name=op.f("fk_warehouse_store_id_shop_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_warehouse_store_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_warehouse")),
        sa.UniqueConstraint("store_id", "id", name=op.f("uq_warehouse_store_id_id")),
        sa.UniqueConstraint("store_id", "shop_id", "tiktok_id", name=op.f("uq_warehouse_store_id_shop_id_tiktok_id")),
    )
    op.create_table(
        "activity_item",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("store_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("activity_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("subject_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("label", sa.String(length=255), nullable=False),
        sa.Column("args", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("crashes", sa.Integer(), nullable=False),
        sa.Column("due_at", base.Moment(), nullable=False),
        sa.Column("lease_until", base.Moment(), nullable=True),
        sa.Column("sent_at", base.Moment(), nullable=True),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("finished_at", base.Moment(), nullable=True),
        sa.ForeignKeyConstraint(
            ["store_id", "activity_id"],
            ["activity.store_id", "activity.id"],
            name=op.f("fk_activity_item_store_id_activity_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_activity_item_store_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity_item")),
    )
    with op.batch_alter_table("activity_item", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_activity_item_activity_id_state_due_at_position"),
            ["activity_id", "state", "due_at", "position"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_activity_item_state_lease_until"), ["state", "lease_until"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_activity_item_store_id_activity_id_id"), ["store_id", "activity_id", "id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_activity_item_store_id_subject_id"), ["store_id", "subject_id"], unique=False
        )

    op.create_table(
        "listing_problem",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("store_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("listing_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("shop_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("field", sa.String(length=80), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("is_blocking", sa.Boolean(), nullable=False),
        sa.Column("source", sa.String(length=12), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["store_id", "listing_id"],
            ["listing.store_id", "listing.id"],
            name=op.f("fk_listing_problem_store_id_listing_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["store_id"], ["store.id"], name=op.f("fk_listing_problem_store_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listing_problem")),
    )
    with op.batch_alter_table("listing_problem", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_listing_problem_store_id_listing_id"), ["store_id", "listing_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_listing_problem_store_id_shop_id_code_listing_id"),
            ["store_id", "shop_id", "code", "listing_id"],
            unique=False,
        )

    op.create_table(
        "listing_sku",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("store_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("listing_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("variant_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("merchant_sku_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("tiktok_id", sa.String(length=32), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("sent_price", base.Amount(), nullable=True),
        sa.Column("sent_quantity", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["merchant_sku_id"], ["merchant_sku.id"], name=op.f("fk_listing_sku_merchant_sku_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["store_id", "listing_id"],
            ["listing.store_id", "listing.id"],
            name=op.f("fk_listing_sku_store_id_listing_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_listing_sku_store_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["variant_id"], ["variant.id"], name=op.f("fk_listing_sku_variant_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listing_sku")),
        sa.UniqueConstraint(
            "store_id", "listing_id", "variant_id", name=op.f("uq_listing_sku_store_id_listing_id_variant_id")
        ),
    )
    with op.batch_alter_table("listing_sku", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_listing_sku_store_id_listing_id"), ["store_id", "listing_id"], unique=False
        )

    op.create_table(
        "warehouse_map",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("store_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("warehouse_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("location_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["store_id", "location_id"],
            ["location.store_id", "location.id"],
            name=op.f("fk_warehouse_map_store_id_location_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["store_id", "warehouse_id"],
            ["warehouse.store_id", "warehouse.id"],
            name=op.f("fk_warehouse_map_store_id_warehouse_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_warehouse_map_store_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_warehouse_map")),
        sa.UniqueConstraint(
            "store_id", "warehouse_id", "location_id", name=op.f("uq_warehouse_map_store_id_warehouse_id_location_id")
        ),
    )
    search.create(op.get_bind(), SEARCHED)


def downgrade() -> None:
    search.drop(op.get_bind(), SEARCHED)
    op.drop_table("warehouse_map")
    with op.batch_alter_table("listing_sku", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_listing_sku_store_id_listing_id"))

    op.drop_table("listing_sku")
    with op.batch_alter_table("listing_problem", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_listing_problem_store_id_shop_id_code_listing_id"))
        batch_op.drop_index(batch_op.f("ix_listing_problem_store_id_listing_id"))

    op.drop_table("listing_problem")
    with op.batch_alter_table("activity_item", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_activity_item_store_id_subject_id"))
        batch_op.drop_index(batch_op.f("ix_activity_item_store_id_activity_id_id"))
        batch_op.drop_index(batch_op.f("ix_activity_item_state_lease_until"))
        batch_op.drop_index(batch_op.f("ix_activity_item_activity_id_state_due_at_position"))

    op.drop_table("activity_item")
    op.drop_table("warehouse")
    op.drop_table("profile")
    with op.batch_alter_table("listing", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_listing_store_id_tiktok_id"))
        batch_op.drop_index(batch_op.f("ix_listing_store_id_shop_id_tab_id"))
        batch_op.drop_index(batch_op.f("ix_listing_store_id_shop_id_is_stale"))
        batch_op.drop_index(batch_op.f("ix_listing_store_id_product_id"))

    op.drop_table("listing")
    op.drop_table("category")
    with op.batch_alter_table("activity", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_activity_open",
            sqlite_where=sa.text("open_key IS NOT NULL"),
            postgresql_where=sa.text("open_key IS NOT NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_activity_store_id_id"))
        batch_op.drop_index(batch_op.f("ix_activity_state_queue_store_id_shop_id"))

    op.drop_table("activity")
    with op.batch_alter_table("web_session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_web_session_store_id_person_id"))

    op.drop_table("web_session")
    with op.batch_alter_table("variant", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_variant_store_id_upc"))
        batch_op.drop_index(batch_op.f("ix_variant_store_id_sku"))
        batch_op.drop_index(batch_op.f("ix_variant_store_id_product_id"))
        batch_op.drop_index(batch_op.f("ix_variant_store_id_gtin"))

    op.drop_table("variant")
    op.drop_table("stock")
    with op.batch_alter_table("shop", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_shop_active", sqlite_where=sa.text("is_active = 1"), postgresql_where=sa.text("is_active")
        )

    op.drop_table("shop")
    with op.batch_alter_table("product", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_product_store_id_title_id"))
        batch_op.drop_index(batch_op.f("ix_product_store_id_status_id"))
        batch_op.drop_index(batch_op.f("ix_product_store_id_sku"))

    op.drop_table("product")
    op.drop_table("picture")
    op.drop_table("person")
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_notice_open",
            sqlite_where=sa.text("resolved_at IS NULL"),
            postgresql_where=sa.text("resolved_at IS NULL"),
        )

    op.drop_table("notice")
    op.drop_table("merchant_sku")
    op.drop_table("location")
    op.drop_table("evidence_body")
    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_evidence_store_id_listing_id"))
        batch_op.drop_index(batch_op.f("ix_evidence_store_id_item_id"))
        batch_op.drop_index(batch_op.f("ix_evidence_store_id_created_at"))

    op.drop_table("evidence")
    op.drop_table("counter")
    op.drop_table("authorization")
    op.drop_table("store")
    op.drop_table("spent_token")
    op.drop_table("schedule")
    op.drop_table("pending_grant")
    with op.batch_alter_table("inbox_event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_inbox_event_state_due_at_id"))

    op.drop_table("inbox_event")
