"""what lists of listings show, their indexes and search"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import text

from migrations import online
from models import search

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None
phase = "expand"

INDEXES = (
    ("ix_listing_store_id_shop_id_id", "listing", ("store_id", "shop_id", "id")),
    ("ix_listing_store_id_tab_id", "listing", ("store_id", "tab", "id")),
    ("ix_listing_store_id_category_id_shop_id_id", "listing", ("store_id", "category_id", "shop_id", "id")),
    ("ix_listing_problem_store_id_code_listing_id", "listing_problem", ("store_id", "code", "listing_id")),
    ("ix_product_store_id_brand_id", "product", ("store_id", "brand", "id")),
)
PART = 5000  # rows marked in one transaction


def upgrade() -> None:
    key = sa.BigInteger()
    op.add_column("listing", sa.Column("category_id", sa.String(length=32), nullable=False, server_default=""))
    op.add_column("listing", sa.Column("currency", sa.String(length=3), nullable=True))
    op.add_column("listing", sa.Column("price_low", key, nullable=True))
    op.add_column("listing", sa.Column("price_high", key, nullable=True))
    op.add_column("listing", sa.Column("quantity", sa.Integer(), nullable=True))
    for name, table, columns in INDEXES:
        online.create_index(op.f(name), table, columns)
    if op.get_context().dialect.name == "sqlite":
        search.create(op.get_bind(), ("listing",))
    elif op.get_bind().execute(text("SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm'")).scalar():
        online.create_index("ix_listing_title_trigram", "listing", [text("title gin_trgm_ops")], postgresql_using="gin")
    _recheck_all()


def _recheck_all() -> None:
    """The check fills the new columns; until it came to a listing, its page works them out."""
    last = op.get_bind().execute(text("SELECT max(id) FROM listing")).scalar() or 0
    if op.get_context().dialect.name == "sqlite":
        op.execute("UPDATE listing SET is_stale = 1")
        return
    statement = text("UPDATE listing SET is_stale = true WHERE id > :low AND id <= :high")
    with op.get_context().autocommit_block():
        for low in range(0, last, PART):
            op.get_bind().execute(statement, {"low": low, "high": low + PART})


def downgrade() -> None:
    if op.get_context().dialect.name == "sqlite":
        for happened in ("added", "changed", "removed"):
            op.execute(f"DROP TRIGGER IF EXISTS listing_search_{happened}")
        op.execute("DROP TABLE IF EXISTS listing_search")
    else:
        online.drop_index("ix_listing_title_trigram", "listing")
    for name, table, _ in INDEXES:
        online.drop_index(op.f(name), table)
    for column in ("quantity", "price_high", "price_low", "currency", "category_id"):
        op.drop_column("listing", column)
