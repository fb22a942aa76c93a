"""spreadsheets, tags, saved filters, columns"""

import sqlalchemy as sa
from alembic import op

from models import base

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None
phase = "expand"


def _key() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "sheet",
        sa.Column("id", _key(), nullable=False),
        sa.Column("store_id", _key(), nullable=False),
        sa.Column("key", sa.String(48), nullable=False),
        sa.Column("is_import", sa.Boolean(), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("format", sa.String(4), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("shop_id", _key(), nullable=True),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("faulty", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("actor", sa.String(255), nullable=False),
        sa.Column("activity_id", _key(), nullable=True),
        sa.Column("created_at", base.Moment(), nullable=False),
        sa.Column("expires_at", base.Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["store_id"], ["store.id"], name=op.f("fk_sheet_store_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sheet")),
        sa.UniqueConstraint("key", name=op.f("uq_sheet_key")),
        sa.UniqueConstraint("store_id", "id", name=op.f("uq_sheet_store_id_id")),
    )
    op.create_index(op.f("ix_sheet_store_id_expires_at"), "sheet", ["store_id", "expires_at"])
    op.create_table(
        "sheet_part",
        sa.Column("id", _key(), nullable=False),
        sa.Column("store_id", _key(), nullable=False),
        sa.Column("sheet_id", _key(), nullable=False),
        sa.Column("purpose", sa.String(4), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["store_id"], ["store.id"], name=op.f("fk_sheet_part_store_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["store_id", "sheet_id"], ["sheet.store_id", "sheet.id"], name=op.f("fk_sheet_part_store_id_sheet_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sheet_part")),
        sa.UniqueConstraint("store_id", "sheet_id", "purpose", "position", name=op.f("uq_sheet_part_store_id_sheet_id_purpose_position")),
    )
    op.create_table(
        "sheet_row",
        sa.Column("id", _key(), nullable=False),
        sa.Column("store_id", _key(), nullable=False),
        sa.Column("sheet_id", _key(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("subject_id", _key(), nullable=True),
        sa.Column("label", sa.String(255), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("errors", sa.JSON(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("is_faulty", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["store_id"], ["store.id"], name=op.f("fk_sheet_row_store_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["store_id", "sheet_id"], ["sheet.store_id", "sheet.id"], name=op.f("fk_sheet_row_store_id_sheet_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sheet_row")),
        sa.UniqueConstraint("store_id", "sheet_id", "number", name=op.f("uq_sheet_row_store_id_sheet_id_number")),
    )
    op.create_index(op.f("ix_sheet_row_store_id_sheet_id_is_faulty_number"), "sheet_row", ["store_id", "sheet_id", "is_faulty", "number"])
    op.create_table(
        "product_tag",
        sa.Column("id", _key(), nullable=False),
        sa.Column("store_id", _key(), nullable=False),
        sa.Column("product_id", _key(), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.ForeignKeyConstraint(
            ["store_id"], ["store.id"], name=op.f("fk_product_tag_store_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["store_id", "product_id"], ["product.store_id", "product.id"], name=op.f("fk_product_tag_store_id_product_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product_tag")),
        sa.UniqueConstraint("store_id", "product_id", "name", name=op.f("uq_product_tag_store_id_product_id_name")),
    )
    op.create_index(op.f("ix_product_tag_store_id_name_product_id"), "product_tag", ["store_id", "name", "product_id"])
    op.create_table(
        "saved_view",
        sa.Column("id", _key(), nullable=False),
        sa.Column("store_id", _key(), nullable=False),
        sa.Column("person_id", _key(), nullable=False),
        sa.Column("page", sa.String(16), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("query", sa.JSON(), nullable=False),
        sa.Column("is_shared", sa.Boolean(), nullable=False),
        sa.Column("created_at", base.Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_saved_view_person_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["store_id"], ["store.id"], name=op.f("fk_saved_view_store_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
        sa.UniqueConstraint("store_id", "person_id", "page", "name", name=op.f("uq_saved_view_store_id_person_id_page_name")),
    )
    op.create_index(op.f("ix_saved_view_store_id_page_name"), "saved_view", ["store_id", "page", "name"])
    op.create_table(
        "list_columns",
        sa.Column("id", _key(), nullable=False),
        sa.Column("store_id", _key(), nullable=False),
        sa.Column("person_id", _key(), nullable=False),
        sa.Column("page", sa.String(16), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_list_columns_person_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["store_id"], ["store.id"], name=op.f("fk_list_columns_store_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_list_columns")),
        sa.UniqueConstraint("store_id", "person_id", "page", name=op.f("uq_list_columns_store_id_person_id_page")),
    )


def downgrade() -> None:
    op.drop_table("list_columns")
    op.drop_table("saved_view")
    op.drop_table("product_tag")
    op.drop_table("sheet_row")
    op.drop_table("sheet_part")
    op.drop_table("sheet")
