"""Stores are kept apart, whichever way a statement takes."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Table, column, delete, func, insert, select, table, text, union_all, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased

from models import Activity, ActivityItem, Counter, Notice, Product, Store, Variant, db
from models.tenancy import TenancyBroken, across_stores, scoped, tenant, tenant_id, tenant_tables

NOW = datetime(2026, 11, 21, tzinfo=UTC)
P: Table = Product.__table__  # type: ignore[assignment]


@pytest.fixture
def stores(environment: dict[str, str], app: Flask) -> Iterator[tuple[int, int]]:
    """Two stores, each with a product, a variant and a notice."""
    with app.app_context():
        ids = []
        for name in ("mine", "theirs"):
            store = Store(hash=name, installed_at=NOW, settings={}, wizard={}, token="")
            db.session.add(store)
            db.session.commit()
            ids.append(store.id)
            with tenant(ids[-1]):
                product = Product(title=f"{name} lamp", imported_at=NOW, images=[], category_ids=[], custom_fields={})
                db.session.add(product)
                db.session.flush()
                db.session.add(Variant(product_id=product.id, sku=f"{name}-1", options=[]))
                db.session.add(Notice(key="k", text=name, created_at=NOW))
                db.session.commit()
        db.session.remove()
        yield ids[0], ids[1]
        db.session.remove()


READS: dict[str, Callable[[], Any]] = {
    "orm select": lambda: db.session.scalars(select(Product)).all(),
    "orm columns": lambda: db.session.execute(select(Product.title)).all(),
    "orm alias": lambda: db.session.scalars(select(aliased(Product))).all(),
    "orm count": lambda: db.session.scalar(select(func.count(Product.id))),
    "orm join": lambda: db.session.execute(select(Variant.sku).join(Product, Product.id == Variant.product_id)).all(),
    "orm exists": lambda: db.session.scalars(
        select(Store).where(select(Product.id).where(Product.store_id == Store.id).exists())
    ).all(),
    "orm subquery": lambda: db.session.execute(select(select(Product.title).subquery())).all(),
    "orm union": lambda: db.session.execute(union_all(select(Product.title), select(Notice.text))).all(),
    "orm cte": lambda: db.session.execute(select(select(Product.title).cte("c"))).all(),
    "orm text in where": lambda: db.session.scalars(select(Product).where(text("title <> ''"))).all(),
    "get": lambda: db.session.get(Product, 2),
    "query": lambda: db.session.query(Product).all(),
    "query count": lambda: db.session.query(Product).count(),
    "core select": lambda: db.session.execute(select(P)).all(),
    "core columns": lambda: db.session.execute(select(P.c.title)).all(),
    "core count of": lambda: db.session.execute(select(func.count()).select_from(P)).all(),
    "core subquery": lambda: db.session.execute(select(select(P.c.title).subquery())).all(),
    "core scalar": lambda: db.session.execute(select(select(func.count()).select_from(P).scalar_subquery())).all(),
    "connection": lambda: db.session.connection().execute(select(P)).all(),
    "text": lambda: db.session.execute(text("SELECT title FROM product")).all(),
    "text select": lambda: db.session.execute(select(text("title")).select_from(text("product"))).all(),
    "light table": lambda: db.session.execute(select(column("title")).select_from(table("product"))).all(),
    "text inside": lambda: db.session.execute(
        select(Store.id).where(text("id IN (SELECT store_id FROM product)"))
    ).all(),
    "text aliased": lambda: db.session.execute(text('SELECT p.title FROM "product" AS p')).all(),
}
WRITES: dict[str, Callable[[], Any]] = {
    "orm update": lambda: db.session.execute(update(Product).values(title="x")),
    "orm delete": lambda: db.session.execute(delete(Notice)),
    "orm insert": lambda: db.session.execute(
        insert(Notice), [{"store_id": 2, "key": "n", "text": "x", "created_at": NOW}]
    ),
    "orm insert values": lambda: db.session.execute(
        insert(Notice).values(store_id=2, key="n", text="x", created_at=NOW)
    ),
    "core update": lambda: db.session.execute(update(P).values(title="x")),
    "core delete": lambda: db.session.execute(delete(P)),
    "core insert": lambda: db.session.execute(insert(Counter.__table__).values(store_id=2, scope="s", name="n")),  # type: ignore[arg-type]
    "text update": lambda: db.session.execute(text("UPDATE product SET title = 'x'")),
    "text delete": lambda: db.session.execute(text("DELETE FROM notice")),
    "new row": lambda: _flush(Notice(store_id=2, key="n", text="x", created_at=NOW)),
}


def _flush(row: Any) -> None:
    db.session.add(row)
    db.session.flush()


def everything() -> list[tuple[int, str]]:
    """All there is, seen from above."""
    db.session.rollback()
    with across_stores("a test looks at every store"):
        rows: list[tuple[int, str]] = []
        for model, column in ((Product, Product.title), (Notice, Notice.text), (Counter, Counter.name)):
            rows += [(store, word) for store, word in db.session.execute(select(model.store_id, column))]
        db.session.rollback()
    return sorted(rows)


@pytest.mark.parametrize("way", READS)
def test_no_read_outside_a_store(stores: tuple[int, int], way: str) -> None:
    with pytest.raises(TenancyBroken):
        READS[way]()


@pytest.mark.parametrize("way", WRITES)
def test_no_write_outside_a_store(stores: tuple[int, int], way: str) -> None:
    before = everything()
    with pytest.raises(TenancyBroken):
        WRITES[way]()
    assert everything() == before


@pytest.mark.parametrize("way", READS)
def test_a_read_inside_a_store_sees_its_own_or_is_refused(stores: tuple[int, int], way: str) -> None:
    with tenant(stores[0]):
        try:
            found = READS[way]()
        except TenancyBroken:
            return
    shown = repr([getattr(row, "title", row) for row in found]) if isinstance(found, list) else repr(found)
    assert "theirs" not in shown and found != 2
    db.session.rollback()


@pytest.mark.parametrize("way", WRITES)
def test_a_write_inside_a_store_touches_its_own_or_is_refused(stores: tuple[int, int], way: str) -> None:
    theirs = [row for row in everything() if row[0] == stores[1]]
    with tenant(stores[0]):
        try:
            WRITES[way]()
            db.session.commit()
        except TenancyBroken:
            db.session.rollback()
    assert [row for row in everything() if row[0] == stores[1]] == theirs


def test_relationships_stay_inside(stores: tuple[int, int]) -> None:
    with tenant(stores[0]):
        product = db.session.scalars(select(Product)).one()
        assert [variant.sku for variant in product.variants] == ["mine-1"]


def test_new_rows_get_the_store(stores: tuple[int, int]) -> None:
    with tenant(stores[0]):
        _flush(Notice(key="n", text="x", created_at=NOW))
        assert db.session.scalars(select(Notice.store_id).where(Notice.key == "n")).one() == stores[0]


def test_a_changed_row_of_another_store_is_not_written(stores: tuple[int, int]) -> None:
    with tenant(stores[1]):
        notice = db.session.scalars(select(Notice)).one()
    with tenant(stores[0]):
        notice.text = "changed from outside"
        with pytest.raises(TenancyBroken):
            db.session.flush()
    assert (stores[1], "theirs") in everything()


def test_a_refused_flush_leaves_the_guard_up(stores: tuple[int, int]) -> None:
    with tenant(stores[0]):
        db.session.add(Notice(store_id=stores[1], key="n", text="x", created_at=NOW))
        with pytest.raises(TenancyBroken):
            db.session.flush()
        with pytest.raises(TenancyBroken), db.session.no_autoflush:
            db.session.execute(select(P))
    db.session.rollback()


def test_a_child_cannot_point_into_another_store(stores: tuple[int, int]) -> None:
    """The database itself says no: keys to a parent carry the store."""
    with tenant(stores[1]):
        activity = Activity(kind="k", title="t", created_at=NOW, details={}, notes={})
        db.session.add(activity)
        db.session.commit()
        theirs = activity.id
    with tenant(stores[0]):
        db.session.add(ActivityItem(activity_id=theirs, due_at=NOW, args={}))
        with pytest.raises(IntegrityError):
            db.session.flush()
    db.session.rollback()


def test_scoped_wants_the_column(stores: tuple[int, int]) -> None:
    with tenant(stores[0]):
        with pytest.raises(TenancyBroken):
            scoped(select(P.c.title).where(P.c.title != ""))
        titles = db.session.scalars(scoped(select(P.c.title).where(P.c.store_id == stores[0]))).all()
        assert titles == ["mine lamp"]
        with pytest.raises(TenancyBroken):
            scoped(insert(Counter.__table__).values([{"scope": "s", "name": "n"}]))  # type: ignore[arg-type]
        with pytest.raises(TenancyBroken):
            scoped(insert(Counter.__table__).values([{"store_id": stores[1], "scope": "s", "name": "n"}]))  # type: ignore[arg-type]


def test_contexts_nest_and_end(stores: tuple[int, int]) -> None:
    with tenant(stores[0]):
        with across_stores("a test looks at every store"):
            assert len(db.session.scalars(select(Product)).all()) == 2
            with tenant(stores[1]):
                assert tenant_id() == stores[1]
                assert db.session.scalars(select(Product.title)).all() == ["theirs lamp"]
        assert tenant_id() == stores[0]
        assert db.session.scalars(select(Product.title)).all() == ["mine lamp"]
    with pytest.raises(TenancyBroken):
        tenant_id()


def test_every_table_with_a_store_is_guarded() -> None:
    from models import Base

    named = {table for table in Base.metadata.tables.values() if "store_id" in table.c}
    assert named == tenant_tables()
