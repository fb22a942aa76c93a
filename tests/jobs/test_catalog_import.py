"""The catalog import against the sandbox over HTTP, drained in process."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, func, select

from clients.bigcommerce.api import BigCommerce
from jobs.drain import drain
from jobs.handlers.catalog_import import CatalogImport
from models import Activity, Counter, Listing, Location, MerchantSku, Notice, Product, Shop, Stock, Store, Variant, db
from models.shop import Authorization
from models.tenancy import tenant
from services import activities, catalog, clock
from services.actor import system
from services.secrets import seal
from tests.conftest import LiveSandbox

HASH = "hj3kq9w1xz"
CATALOG = {"product", "variant", "merchant_sku", "stock", "listing", "counter"}


@pytest.fixture
def sandbox_settings() -> dict[str, Any]:
    return {"products": 60}


@pytest.fixture
def platform(sandbox: LiveSandbox) -> Any:
    """The sandbox's BigCommerce with a token for our store and no limit on calls."""
    platform = sandbox.app.extensions["bigcommerce"]
    platform.tokens["import-token"] = {"hash": HASH, "client_id": "test-client-id", "scope": platform.scopes}
    platform.stores[HASH]["quota"] = 0
    return platform


@pytest.fixture
def store(app: Flask, platform: Any) -> Iterator[int]:
    """The id of an installed store; its tenant is current."""
    with app.app_context():
        store = Store(hash=HASH, token=seal("import-token"), installed_at=clock.now(), settings={}, wizard={})
        db.session.add(store)
        db.session.commit()
        number = store.id
        with tenant(number):
            yield number
        db.session.remove()


def run_import(store: int) -> Activity:
    started = catalog.start_import(system(store))
    db.session.commit()
    number = started.activity.id
    while drain("bulk", store, None):
        pass
    return db.session.get_one(Activity, number)


def theirs(platform: Any) -> dict[int, dict[str, Any]]:
    return {product["id"]: product for product in platform.catalogs[HASH].products.values()}


def one(platform: Any, matches: Callable[[dict[str, Any]], object]) -> int:
    return next(number for number, product in theirs(platform).items() if matches(product))


@contextmanager
def writes() -> Iterator[list[str]]:
    """Statements that wrote to the catalog's tables, one entry per row."""
    seen: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, many: bool) -> None:
        words = statement.split()
        table = {"INSERT": 2, "UPDATE": 1, "DELETE": 2}.get(words[0].upper())
        if table is not None and words[table].strip('"(') in CATALOG:
            seen.extend([f"{words[0]} {words[table]}"] * (len(parameters) if many else 1))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def test_rows_equal_the_catalog(store: int, platform: Any) -> None:
    activity = run_import(store)
    catalog_there = theirs(platform)
    variants_there = {variant["id"]: variant for product in catalog_there.values() for variant in product["variants"]}

    products = {row.bigcommerce_id: row for row in db.session.scalars(select(Product))}
    assert set(products) == set(catalog_there)
    assert {number: row.title for number, row in products.items()} == {
        number: p["name"] for number, p in catalog_there.items()
    }
    assert all(products[number].variant_count == len(p["variants"]) for number, p in catalog_there.items())
    variants = {row.bigcommerce_id: row for row in db.session.scalars(select(Variant))}
    assert {number: row.sku for number, row in variants.items()} == {
        number: v.get("sku", "") for number, v in variants_there.items()
    }
    assert (
        len({row.merchant_sku_id for row in variants.values()})
        == len(variants)
        == db.session.scalar(select(func.count(MerchantSku.id)))
    )

    places = {row.bigcommerce_id: row.id for row in db.session.scalars(select(Location))}
    assert set(places) == {1, 2, 3}
    known = {(row.merchant_sku_id, row.location_id): row.available for row in db.session.scalars(select(Stock))}
    for number, variant in variants_there.items():
        for place, level in variant.get("stock", {}).items():
            sku = variants[number].merchant_sku_id or 0
            assert known[sku, places[int(place)]] == max(0, level["onhand"] - level["safety"])

    assert (activity.state, activity.units, activity.units_done) == ("finished", len(products), len(products))
    assert activity.notes["variants"] == len(variants) and activity.notes["new"] == len(products)
    assert not activities.check_counts(activity)
    assert f"{len(products)} products with {len(variants)} variants" in activity.message
    assert counts() == {"not_uploaded": len(products)}
    assert db.session.get_one(Store, store).currency == "USD"


def counts() -> dict[str, int]:
    rows = db.session.execute(select(Counter.name, Counter.count).where(Counter.scope == "product_status"))
    return {name: count for name, count in rows if count}


def test_values_of_one_product(store: int, platform: Any) -> None:
    number = one(
        platform, lambda p: len(p["variants"]) > 2 and p.get("custom_fields") and p.get("images") and p.get("brand_id")
    )
    there = theirs(platform)[number]
    run_import(store)
    here = db.session.scalars(select(Product).where(Product.bigcommerce_id == number)).one()
    brands = platform.catalogs[HASH].brands
    assert here.brand == brands[str(there["brand_id"])]["name"]
    assert here.custom_fields == {row["name"]: row["value"] for row in there["custom_fields"]}
    assert here.images[0]["id"] == next(row["id"] for row in there["images"] if row["is_thumbnail"])
    assert " > " in here.category_path
    names = {option["id"]: option["display_name"] for option in there["options"]}
    labels = {value["id"]: value["label"] for option in there["options"] for value in option["option_values"]}
    assert [variant.options for variant in here.variants] == [
        [[names[value["option_id"]], labels[value["id"]]] for value in variant["option_values"]]
        for variant in there["variants"]
    ]
    prices = [float(variant.get("price") or there["price"]) for variant in there["variants"]]
    assert [float(variant.price or 0) for variant in here.variants] == prices and float(here.price or 0) == min(prices)


def test_a_second_import_writes_nothing(store: int, platform: Any) -> None:
    run_import(store)
    with writes() as seen:
        second = run_import(store)
    assert seen == []
    assert (second.notes["unchanged"], second.notes["new"], second.notes["changed"]) == (60, 0, 0)


def test_a_second_import_writes_only_what_changed(store: int, platform: Any) -> None:
    run_import(store)
    there = platform.catalogs[HASH]
    titled = one(platform, lambda p: len(p["variants"]) == 1)
    there.update(titled, {"name": "Renamed in BigCommerce"})
    stocked = one(platform, lambda p: p["id"] != titled and p.get("inventory_tracking") == "variant")
    variant = theirs(platform)[stocked]["variants"][0]
    variant["stock"]["1"]["onhand"] += 7
    with writes() as seen:
        activity = run_import(store)
    assert (activity.notes["changed"], activity.notes["unchanged"]) == (2, 58)
    # Two products (title, quantity) and one stock row; listings are marked in one statement.
    assert sorted(seen) == ["INSERT product", "INSERT product", "INSERT stock", "UPDATE listing"]
    assert (
        db.session.scalars(select(Product.title).where(Product.bigcommerce_id == titled)).one()
        == "Renamed in BigCommerce"
    )


def test_removed_and_added_variants(store: int, platform: Any) -> None:
    run_import(store)
    number = one(platform, lambda p: len(p["variants"]) > 2)
    product = theirs(platform)[number]
    gone = product["variants"].pop()
    activity = run_import(store)
    here = db.session.scalars(select(Product).where(Product.bigcommerce_id == number)).one()
    assert here.variant_count == len(product["variants"]) == len(here.variants)
    assert db.session.scalar(select(Variant.id).where(Variant.bigcommerce_id == gone["id"])) is None
    orphan = db.session.scalars(
        select(MerchantSku).where(MerchantSku.code == (gone.get("sku") or f"#{gone['id']}"))
    ).one()
    assert db.session.scalar(select(Stock.id).where(Stock.merchant_sku_id == orphan.id)) is None
    assert activity.notes["changed"] == 1


def test_a_change_marks_its_listings_stale(store: int, platform: Any) -> None:
    run_import(store)
    shop = add_shop(store)
    rows = db.session.execute(select(Product.id, Product.bigcommerce_id).order_by(Product.id).limit(2)).all()
    for product_id, _ in rows:
        db.session.add(
            Listing(
                store_id=store,
                shop_id=shop.id,
                product_id=product_id,
                fields={},
                is_stale=False,
                changed_at=clock.now(),
            )
        )
    db.session.commit()
    platform.catalogs[HASH].update(rows[0].bigcommerce_id, {"description": "<p>Another text</p>"})
    run_import(store)
    stale = dict(db.session.execute(select(Listing.product_id, Listing.is_stale)).all())
    assert stale == {rows[0].id: True, rows[1].id: False}


def add_shop(store: int) -> Shop:
    now = clock.now()
    grant = Authorization(
        store_id=store, open_id="o1", access_expires_at=now, refresh_expires_at=now, scopes=[], connected_at=now
    )
    db.session.add(grant)
    db.session.flush()
    shop = Shop(
        store_id=store, authorization_id=grant.id, tiktok_id="7000000001", name="Shop", market="US", prerequisites=[]
    )
    db.session.add(shop)
    db.session.flush()
    return shop


def test_what_is_gone_leaves_the_list_and_may_come_back(store: int, platform: Any) -> None:
    run_import(store)
    there = platform.catalogs[HASH]
    number = there.ids[10]
    kept = there.products[str(number)]
    there.delete(number)
    assert "1 no longer in BigCommerce" in run_import(store).message
    gone = db.session.execute(select(Product.id, Product.bigcommerce_id).where(Product.deleted_at.is_not(None))).one()
    assert gone.bigcommerce_id == number and counts() == {"not_uploaded": 59}
    there.products[str(number)] = kept
    there.index()
    run_import(store)
    assert db.session.get_one(Product, gone.id).deleted_at is None and counts() == {"not_uploaded": 60}


def test_too_many_gone_are_not_believed(store: int, platform: Any) -> None:
    run_import(store)
    there = platform.catalogs[HASH]
    for number in there.ids[20:40]:
        there.delete(number)
    run_import(store)
    assert db.session.scalar(select(func.count(Product.id)).where(Product.deleted_at.is_not(None))) == 0
    assert db.session.scalars(select(Notice.key).where(Notice.resolved_at.is_(None))).all() == [catalog.GONE_NOTICE]


def test_an_import_goes_on_where_it_broke(store: int, platform: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalog, "RANGE", 10)
    real, calls = CatalogImport.record, []

    def record(self: CatalogImport, activity: Activity, results: Any) -> Any:
        calls.append(len(results))
        outcomes = real(self, activity, results)
        if len(calls) == 3:
            raise RuntimeError("the worker's code broke after it wrote")
        return outcomes

    monkeypatch.setattr(CatalogImport, "record", record)
    monkeypatch.setattr("jobs.ledger.timedelta", lambda **_: __import__("datetime").timedelta(0))
    activity = run_import(store)
    assert (activity.state, activity.units_done, activity.failed) == ("finished", 60, 0)
    assert counts() == {"not_uploaded": 60} and activity.notes["new"] == 60


def test_pressing_twice_starts_one(store: int) -> None:
    one_started, two = catalog.start_import(system(store)), catalog.start_import(system(store))
    assert (one_started.already, two.already) == (False, True) and two.activity.id == one_started.activity.id


def test_a_token_that_may_not_read_inventory(store: int, platform: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from clients.errors import Unauthorised

    def refused(_self: BigCommerce, _ids: Any) -> Any:
        raise Unauthorised("no scope", platform="bigcommerce", status=403)

    monkeypatch.setattr(BigCommerce, "inventory", refused)
    platform.stores[HASH]["locations"] = platform.stores[HASH]["locations"][:1]
    run_import(store)
    number = one(platform, lambda p: p.get("inventory_tracking") == "variant" and p["variants"][0].get("stock"))
    product = db.session.scalars(select(Product).where(Product.bigcommerce_id == number)).one()
    level = theirs(platform)[number]["variants"][0]["stock"]["1"]
    stock = db.session.scalars(select(Stock).where(Stock.merchant_sku_id == product.variants[0].merchant_sku_id)).all()
    assert [row.available for row in stock] == [max(0, level["onhand"] - level["safety"])]


@pytest.mark.parametrize(
    ("total", "lowest", "highest", "items"),
    [(0, 1, 1, 0), (1, 7, 7, 1), (200, 1, 200, 1), (1000, 101, 1100, 5), (400, 1, 4_000_000, 2)],
)
def test_ranges_cover_every_id_once(total: int, lowest: int, highest: int, items: int, engine_name: str) -> None:
    found = [item.args for item in catalog.ranges(catalog.Size(total, lowest, highest))]
    assert len(found) == items
    if found:
        assert found[0]["low"] == lowest and found[-1]["high"] is None and found[-1]["low"] <= highest
        assert all(left["high"] + 1 == right["low"] for left, right in pairwise(found))
