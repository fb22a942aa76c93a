"""money and mail"""

import sqlalchemy as sa
from alembic import op

from models import base

revision = "0061"
down_revision = "0051"
branch_labels = None
depends_on = None
phase = "expand"


def _key() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "outgoing_mail",
        sa.Column("id", _key(), nullable=False),
        sa.Column("store_id", _key(), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("recipient", sa.String(length=255), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(), nullable=False),
        sa.Column("created_at", base.Moment(), nullable=False),
        sa.Column("due_at", base.Moment(), nullable=False),
        sa.Column("sent_at", base.Moment(), nullable=True),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_outgoing_mail_store_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outgoing_mail")),
        sa.UniqueConstraint("store_id", "key", name=op.f("uq_outgoing_mail_store_id_key")),
    )
    op.create_index(op.f("ix_outgoing_mail_state_due_at"), "outgoing_mail", ["state", "due_at"], unique=False)
    op.create_index(
        op.f("ix_outgoing_mail_store_id_created_at"), "outgoing_mail", ["store_id", "created_at"], unique=False
    )
    op.create_table(
        "mail_wish",
        sa.Column("id", _key(), nullable=False),
        sa.Column("store_id", _key(), nullable=False),
        sa.Column("person_id", _key(), nullable=False),
        sa.Column("level", sa.String(length=10), nullable=False),
        sa.Column("since", base.Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["store_id", "person_id"],
            ["person.store_id", "person.id"],
            name=op.f("fk_mail_wish_store_id_person_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_mail_wish_store_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_wish")),
        sa.UniqueConstraint("store_id", "person_id", name=op.f("uq_mail_wish_store_id_person_id")),
    )
    op.create_table(
        "money_cursor",
        sa.Column("id", _key(), nullable=False),
        sa.Column("store_id", _key(), nullable=False),
        sa.Column("shop_id", _key(), nullable=False),
        sa.Column("since", base.Moment(), nullable=False),
        sa.Column("asked_at", base.Moment(), nullable=True),
        sa.Column("answered_at", base.Moment(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["store_id", "shop_id"],
            ["shop.store_id", "shop.id"],
            name=op.f("fk_money_cursor_store_id_shop_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_money_cursor_store_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_money_cursor")),
        sa.UniqueConstraint("store_id", "shop_id", name=op.f("uq_money_cursor_store_id_shop_id")),
    )
    op.create_table(
        "order_money",
        sa.Column("id", _key(), nullable=False),
        sa.Column("store_id", _key(), nullable=False),
        sa.Column("shop_id", _key(), nullable=False),
        sa.Column("order_id", _key(), nullable=True),
        sa.Column("order_number", sa.String(length=32), nullable=False),
        sa.Column("day", base.Moment(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("in_store", base.Amount(), nullable=True),
        sa.Column("store_facts", sa.JSON(), nullable=False),
        sa.Column("ordered", base.Amount(), nullable=True),
        sa.Column("settlement", base.Amount(), nullable=False),
        sa.Column("fees", base.Amount(), nullable=False),
        sa.Column("steps", sa.JSON(), nullable=False),
        sa.Column("unexplained", base.Amount(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("compared_at", base.Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["store_id", "shop_id"],
            ["shop.store_id", "shop.id"],
            name=op.f("fk_order_money_store_id_shop_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_order_money_store_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_money")),
        sa.UniqueConstraint("store_id", "order_number", name=op.f("uq_order_money_store_id_order_number")),
    )
    op.create_index(op.f("ix_order_money_store_id_day_id"), "order_money", ["store_id", "day", "id"], unique=False)
    op.create_index(
        op.f("ix_order_money_store_id_shop_id_state_day_id"),
        "order_money",
        ["store_id", "shop_id", "state", "day", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_order_money_store_id_state_day_id"), "order_money", ["store_id", "state", "day", "id"], unique=False
    )
    op.create_table(
        "payout",
        sa.Column("id", _key(), nullable=False),
        sa.Column("store_id", _key(), nullable=False),
        sa.Column("shop_id", _key(), nullable=False),
        sa.Column("tiktok_id", sa.String(length=32), nullable=False),
        sa.Column("created_at", base.Moment(), nullable=False),
        sa.Column("paid_at", base.Moment(), nullable=True),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("amount", base.Amount(), nullable=False),
        sa.Column("settled", base.Amount(), nullable=False),
        sa.Column("reserve", base.Amount(), nullable=False),
        sa.Column("before_exchange", base.Amount(), nullable=True),
        sa.Column("exchange_rate", sa.String(length=24), nullable=False),
        sa.Column("bank_account", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["store_id", "shop_id"],
            ["shop.store_id", "shop.id"],
            name=op.f("fk_payout_store_id_shop_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_payout_store_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payout")),
        sa.UniqueConstraint("store_id", "shop_id", "tiktok_id", name=op.f("uq_payout_store_id_shop_id_tiktok_id")),
    )
    op.create_index(op.f("ix_payout_store_id_created_at_id"), "payout", ["store_id", "created_at", "id"], unique=False)
    op.create_table(
        "sales_day",
        sa.Column("id", _key(), nullable=False),
        sa.Column("store_id", _key(), nullable=False),
        sa.Column("shop_id", _key(), nullable=False),
        sa.Column("day", base.Moment(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("orders", sa.Integer(), nullable=False),
        sa.Column("pieces", sa.Integer(), nullable=False),
        sa.Column("amount", base.Amount(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["store_id", "shop_id"],
            ["shop.store_id", "shop.id"],
            name=op.f("fk_sales_day_store_id_shop_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_sales_day_store_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sales_day")),
        sa.UniqueConstraint(
            "store_id", "shop_id", "day", "currency", name=op.f("uq_sales_day_store_id_shop_id_day_currency")
        ),
    )
    op.create_table(
        "settled_sku",
        sa.Column("id", _key(), nullable=False),
        sa.Column("store_id", _key(), nullable=False),
        sa.Column("shop_id", _key(), nullable=False),
        sa.Column("order_number", sa.String(length=32), nullable=False),
        sa.Column("statement_number", sa.String(length=32), nullable=False),
        sa.Column("sku_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("day", base.Moment(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("revenue", base.Amount(), nullable=False),
        sa.Column("shipping", base.Amount(), nullable=False),
        sa.Column("fees", base.Amount(), nullable=False),
        sa.Column("settlement", base.Amount(), nullable=False),
        sa.ForeignKeyConstraint(
            ["store_id", "shop_id"],
            ["shop.store_id", "shop.id"],
            name=op.f("fk_settled_sku_store_id_shop_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_settled_sku_store_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settled_sku")),
        sa.UniqueConstraint(
            "store_id",
            "order_number",
            "statement_number",
            "sku_id",
            name=op.f("uq_settled_sku_store_id_order_number_statement_number_sku_id"),
        ),
    )
    op.create_index(
        op.f("ix_settled_sku_store_id_shop_id_day_sku_id"),
        "settled_sku",
        ["store_id", "shop_id", "day", "sku_id"],
        unique=False,
    )
    op.create_table(
        "statement",
        sa.Column("id", _key(), nullable=False),
        sa.Column("store_id", _key(), nullable=False),
        sa.Column("shop_id", _key(), nullable=False),
        sa.Column("tiktok_id", sa.String(length=32), nullable=False),
        sa.Column("day", base.Moment(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("revenue", base.Amount(), nullable=False),
        sa.Column("fees", base.Amount(), nullable=False),
        sa.Column("adjustments", base.Amount(), nullable=False),
        sa.Column("settlement", base.Amount(), nullable=False),
        sa.Column("reserve", base.Amount(), nullable=False),
        sa.Column("amounts", sa.JSON(), nullable=False),
        sa.Column("payment_status", sa.String(length=12), nullable=False),
        sa.Column("payment_id", sa.String(length=32), nullable=False),
        sa.Column("paid_at", base.Moment(), nullable=True),
        sa.Column("transactions", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("gaps", sa.JSON(), nullable=False),
        sa.Column("read_at", base.Moment(), nullable=True),
        sa.ForeignKeyConstraint(
            ["store_id", "shop_id"],
            ["shop.store_id", "shop.id"],
            name=op.f("fk_statement_store_id_shop_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_statement_store_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement")),
        sa.UniqueConstraint("store_id", "id", name=op.f("uq_statement_store_id_id")),
        sa.UniqueConstraint("store_id", "shop_id", "tiktok_id", name=op.f("uq_statement_store_id_shop_id_tiktok_id")),
    )
    op.create_index(op.f("ix_statement_store_id_day_id"), "statement", ["store_id", "day", "id"], unique=False)
    op.create_index(
        op.f("ix_statement_store_id_shop_id_day_id"), "statement", ["store_id", "shop_id", "day", "id"], unique=False
    )
    op.create_index(
        op.f("ix_statement_store_id_shop_id_payment_id"),
        "statement",
        ["store_id", "shop_id", "payment_id"],
        unique=False,
    )
    op.create_table(
        "settlement",
        sa.Column("id", _key(), nullable=False),
        sa.Column("store_id", _key(), nullable=False),
        sa.Column("shop_id", _key(), nullable=False),
        sa.Column("statement_id", _key(), nullable=False),
        sa.Column("tiktok_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=48), nullable=False),
        sa.Column("order_number", sa.String(length=32), nullable=False),
        sa.Column("day", base.Moment(), nullable=False),
        sa.Column("revenue", base.Amount(), nullable=False),
        sa.Column("shipping", base.Amount(), nullable=False),
        sa.Column("fees", base.Amount(), nullable=False),
        sa.Column("adjustment", base.Amount(), nullable=False),
        sa.Column("settlement", base.Amount(), nullable=False),
        sa.Column("amounts", sa.JSON(), nullable=False),
        sa.Column("gaps", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["store_id", "statement_id"],
            ["statement.store_id", "statement.id"],
            name=op.f("fk_settlement_store_id_statement_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_settlement_store_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settlement")),
        sa.UniqueConstraint(
            "store_id", "statement_id", "tiktok_id", name=op.f("uq_settlement_store_id_statement_id_tiktok_id")
        ),
    )
    op.create_index(
        op.f("ix_settlement_store_id_order_number"), "settlement", ["store_id", "order_number"], unique=False
    )


def downgrade() -> None:
    for table in (
        "settlement", "statement", "settled_sku", "sales_day", "payout", "order_money", "money_cursor", "mail_wish",
        "outgoing_mail",
    ):  # fmt: skip
        op.drop_table(table)
