"""Shops that are not there for the person of this request: every ORM query leaves their rows out, whoever wrote it.
Background work reaches all shops, because nothing is hidden outside a request."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from typing import Any

from sqlalchemy import event, or_
from sqlalchemy.orm import LoaderCriteriaOption, ORMExecuteState, Session, with_loader_criteria

from models.base import Base, Tenanted, db
from models.shop import Shop

hidden: ContextVar[frozenset[int]] = ContextVar("hidden_shops", default=frozenset())


@contextmanager
def without(shop_ids: frozenset[int]) -> Iterator[None]:
    """Inside, the rows of these shops do not exist."""
    token = hidden.set(shop_ids)
    try:
        yield
    finally:
        hidden.reset(token)


def of_shops() -> list[type[Any]]:
    """The tables whose rows belong to a shop."""
    classes = (mapper.class_ for mapper in Base.registry.mappers)
    return [one for one in classes if issubclass(one, Tenanted) and hasattr(one, "shop_id")]


@lru_cache(maxsize=128)
def _criteria(ids: frozenset[int], _classes: int) -> tuple[LoaderCriteriaOption, ...]:
    shops = tuple(ids)
    rows: list[LoaderCriteriaOption] = [with_loader_criteria(Shop, Shop.id.not_in(shops), include_aliases=True)]
    for one in of_shops():
        outside = one.shop_id.not_in(shops)
        seen = or_(one.shop_id.is_(None), outside) if one.__table__.c.shop_id.nullable else outside
        rows.append(with_loader_criteria(one, seen, include_aliases=True))
    return tuple(rows)


def _leave_out(state: ORMExecuteState) -> None:
    ids = hidden.get()
    if ids and not state.is_insert and not state.is_column_load:
        state.statement = state.statement.options(*_criteria(ids, len(Base.registry.mappers)))


def install() -> None:
    """Hooks into the session (once)."""
    session_class = db.session.session_factory.class_ if hasattr(db.session, "session_factory") else Session
    if not event.contains(session_class, "do_orm_execute", _leave_out):
        event.listen(session_class, "do_orm_execute", _leave_out)
