"""Reads of one store's rows, prepared once and run without the ORM's own steps: lists and counts of every page.

A statement is built at import time, names the store by `STORE` for every table it reads, and is wrapped in `prepared`.
"""

from collections.abc import Sequence
from typing import Any, TypeVar

from sqlalchemy import CompoundSelect, Select, bindparam

from models import db
from models.base import Key
from models.tenancy import scoped, tenant_id

STORE = bindparam("store_id", type_=Key)
Statement = TypeVar("Statement", Select[Any], CompoundSelect[Any])


def prepared(statement: Statement) -> Statement:
    """Refused when it names no store."""
    return scoped(statement)


def rows(statement: Select[Any] | CompoundSelect[Any], **values: Any) -> Sequence[Any]:
    """The rows of the current store; sees what the session has changed so far."""
    db.session.flush()
    return db.session.connection().execute(statement, {"store_id": tenant_id(), **values}).all()
