"""People's roles, the audit log, nicknames of accounts and shops, what the doctor found"""

import sqlalchemy as sa
from alembic import op

from models import base

revision = "0020"
down_revision = "0041"
branch_labels = None
depends_on = None
phase = "expand"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "role",
        sa.Column("id", KEY, nullable=False),
        sa.Column("store_id", KEY, nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("grants", sa.JSON(), nullable=False),
        sa.Column("changed_at", base.Moment(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_role_store_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role")),
        sa.UniqueConstraint("store_id", "id", name=op.f("uq_role_store_id_id")),
        sa.UniqueConstraint("store_id", "name", name=op.f("uq_role_store_id_name")),
    )
    op.create_table(
        "role_grant",
        sa.Column("id", KEY, nullable=False),
        sa.Column("store_id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("role_id", KEY, nullable=False),
        sa.Column("granted_by", sa.String(length=255), nullable=False),
        sa.Column("granted_at", base.Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["store_id", "person_id"],
            ["person.store_id", "person.id"],
            name=op.f("fk_role_grant_store_id_person_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["store_id", "role_id"],
            ["role.store_id", "role.id"],
            name=op.f("fk_role_grant_store_id_role_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_role_grant_store_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_grant")),
        sa.UniqueConstraint("store_id", "person_id", name=op.f("uq_role_grant_store_id_person_id")),
    )
    op.create_table(
        "role_trial",
        sa.Column("id", KEY, nullable=False),
        sa.Column("store_id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("role_id", KEY, nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("grants", sa.JSON(), nullable=False),
        sa.Column("expires_at", base.Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["store_id", "person_id"],
            ["person.store_id", "person.id"],
            name=op.f("fk_role_trial_store_id_person_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_role_trial_store_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_trial")),
        sa.UniqueConstraint("store_id", "person_id", name=op.f("uq_role_trial_store_id_person_id")),
    )
    op.create_table(
        "audit_entry",
        sa.Column("id", KEY, nullable=False),
        sa.Column("store_id", KEY, nullable=False),
        sa.Column("at", base.Moment(), nullable=False),
        sa.Column("person_id", KEY, nullable=True),
        sa.Column("actor", sa.String(length=255), nullable=False),
        sa.Column("action", sa.String(length=80), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("shop_id", KEY, nullable=True),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_audit_entry_store_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
    )
    op.create_index(
        op.f("ix_audit_entry_store_id_action_id"), "audit_entry", ["store_id", "action", "id"], unique=False
    )
    op.create_index(op.f("ix_audit_entry_store_id_id"), "audit_entry", ["store_id", "id"], unique=False)
    op.create_table(
        "account",
        sa.Column("id", KEY, nullable=False),
        sa.Column("store_id", KEY, nullable=False),
        sa.Column("authorization_id", KEY, nullable=False),
        sa.Column("nickname", sa.String(length=60), nullable=False),
        sa.Column("sites", sa.JSON(), nullable=False),
        sa.Column("company", sa.String(length=120), nullable=False),
        sa.Column("begun_in", sa.String(length=24), nullable=False),
        sa.ForeignKeyConstraint(
            ["store_id", "authorization_id"],
            ["authorization.store_id", "authorization.id"],
            name=op.f("fk_account_store_id_authorization_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_account_store_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("store_id", "authorization_id", name=op.f("uq_account_store_id_authorization_id")),
    )
    op.create_table(
        "shop_state",
        sa.Column("id", KEY, nullable=False),
        sa.Column("store_id", KEY, nullable=False),
        sa.Column("shop_id", KEY, nullable=False),
        sa.Column("called", sa.String(length=255), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("is_own", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("asked_at", base.Moment(), nullable=True),
        sa.Column("answered_at", base.Moment(), nullable=True),
        sa.ForeignKeyConstraint(
            ["store_id", "shop_id"],
            ["shop.store_id", "shop.id"],
            name=op.f("fk_shop_state_store_id_shop_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_shop_state_store_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop_state")),
        sa.UniqueConstraint("store_id", "shop_id", name=op.f("uq_shop_state_store_id_shop_id")),
    )
    op.create_table(
        "doctor_report",
        sa.Column("id", KEY, nullable=False),
        sa.Column("store_id", KEY, nullable=False),
        sa.Column("shop_id", KEY, nullable=True),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.Column("by", sa.String(length=255), nullable=False),
        sa.Column("at", base.Moment(), nullable=False),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_doctor_report_shop_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_doctor_report_store_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_doctor_report")),
    )
    op.create_index(op.f("ix_doctor_report_store_id_shop_id"), "doctor_report", ["store_id", "shop_id"], unique=False)


def downgrade() -> None:
    op.drop_table("doctor_report")
    op.drop_table("shop_state")
    op.drop_table("account")
    op.drop_table("audit_entry")
    op.drop_table("role_trial")
    op.drop_table("role_grant")
    op.drop_table("role")
