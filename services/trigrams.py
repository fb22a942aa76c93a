"""Ids of the current store's rows whose text contains a term, from the trigram indexes (models/search.py)."""

from typing import Any

from sqlalchemy import ColumnElement, Integer, column, or_, select, text
from sqlalchemy.orm import InstrumentedAttribute

from models import Base, db
from models.tenancy import scoped, tenant_id
from services.bulk import table_of

COMMON = 2000  # a term with more hits is found quickest by walking the list in its order
SHORTEST = 3  # characters a trigram needs


def contains(where: "InstrumentedAttribute[str]", term: str) -> ColumnElement[bool]:
    return where.icontains(term, autoescape=True)


def ids(model: type[Base], columns: tuple[str, ...], term: str, give: str = "id", most: int = COMMON) -> set[int]:
    """Values of the column `give` in rows that have the term in one of the columns; at most `most` + 1 of them."""
    if db.engine.dialect.name == "sqlite":
        return _sqlite(table_of(model).name, columns, term, give, most)
    here: Any = model
    wanted = or_(*(contains(getattr(here, name), term) for name in columns))
    query = select(getattr(here, give)).where(here.store_id == tenant_id(), wanted).limit(most + 1)
    return set(db.session.scalars(query))


def _sqlite(table: str, columns: tuple[str, ...], term: str, give: str, most: int) -> set[int]:
    statement = (
        f"SELECT t.{give} FROM {table}_search s JOIN {table} t ON t.id = s.rowid "  # noqa: S608 - our own names
        f"WHERE {table}_search MATCH :term AND t.store_id = :store_id ORDER BY s.rowid DESC LIMIT :most"
    )
    quoted = f'{{{" ".join(columns)}}} : "{term.replace(chr(34), chr(34) * 2)}"'
    query = scoped(text(statement).columns(column("id", Integer)))
    return set(db.session.scalars(query, {"term": quoted, "store_id": tenant_id(), "most": most + 1}))
