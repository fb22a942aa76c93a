"""The foundation of every table: names, key and time types, money, and the row that belongs to a store."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import BigInteger, DateTime, Dialect, Integer, MetaData, TypeDecorator
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column
from sqlalchemy.schema import ForeignKey, ForeignKeyConstraint
from sqlalchemy.types import JSON

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

# SQLite only counts up by itself in a column called INTEGER.
Key = BigInteger().with_variant(Integer(), "sqlite")


class Moment(TypeDecorator[datetime]):
    """An instant in UTC. SQLite forgets time zones, so they are put back; naive values are refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("A moment needs a time zone.")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else (value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC))


class Amount(TypeDecorator[Decimal]):
    """Money as integer ten-thousandths; the currency stands beside it in the row. BigCommerce keeps four decimals."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        return None if value is None else int((value * 10000).to_integral_value())

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value) / 10000


SEALED = {"sealed": True}  # mapped_column(info=SEALED): the column holds a secret, encrypted (services/secrets.py)


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {datetime: Moment(), dict[str, Any]: JSON(), list[Any]: JSON(), Decimal: Amount()}  # noqa: RUF012


class Keyed:
    """A table with its own number."""

    id: Mapped[int] = mapped_column(Key, primary_key=True, sort_order=-2)


class Tenanted(Keyed):
    """A row that belongs to a store. `models.tenancy` filters every query by `store_id`."""

    @declared_attr
    def store_id(cls) -> Mapped[int]:
        return mapped_column(Key, ForeignKey("store.id", ondelete="CASCADE"), nullable=False, sort_order=-1)


def child_of(parent: str, column: str) -> ForeignKeyConstraint:
    """A row's link to its parent: the key is (store_id, id), so it cannot point into another store."""
    return ForeignKeyConstraint(["store_id", column], [f"{parent}.store_id", f"{parent}.id"], ondelete="CASCADE")


# Flask-SQLAlchemy gives engines and the session; the tables are plain SQLAlchemy, so that dropping the extension stays
# a small change.
db = SQLAlchemy(disable_autonaming=True)
