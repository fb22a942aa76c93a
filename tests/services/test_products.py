"""The Products list: filters, search, keyset pages, tabs."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from models import Product, db
from models.tenancy import tenant
from services import product_list, product_search
from services import products as service
from services.errors import NotFound
from services.product_list import Filters
from tests.services.catalog_rows import add_store, theirs, write


@pytest.fixture
def store(app: Flask) -> Iterator[int]:
    """Thirty products: 1 to 30, and a second store whose product would match everything."""
    with app.app_context():
        other = add_store("second2")
        with tenant(other):
            write(theirs(1, name="Blue Mug of another store", sku="MUG-7"))
        number = add_store()
        with tenant(number):
            write(*(theirs(n) for n in range(1, 31)))
            yield number
        db.session.remove()


def titles(**given: Any) -> set[str]:
    return set(db.session.scalars(select(Product.title).where(Product.id.in_(product_list.matching(Filters(**given))))))


def walk(sort: str, filters: Filters | None = None) -> list[str]:
    found, after = [], None
    while True:
        page = product_list.page(filters or Filters(), sort, after)
        found += [line.title for line in page.lines]
        if page.after is None:
            return found
        after = page.after


@pytest.mark.parametrize("sort", ["newest", "oldest", "title"])
def test_pages_show_every_product_once_in_order_and_back(
    store: int, sort: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(product_list, "PAGE", 7)
    rows = [f"Product {n}" for n in range(1, 31)]
    wanted = {"newest": rows[::-1], "oldest": rows, "title": sorted(rows)}[sort]
    assert walk(sort) == wanted
    last = product_list.page(Filters(), sort, product_list.page(Filters(), sort).after, first=8)
    back = product_list.page(Filters(), sort, before=last.before, first=1)
    assert [line.title for line in back.lines] == wanted[:7] and back.before is None and back.first == 1


@pytest.mark.parametrize(
    ("change", "given"),
    [
        ({"name": "Blue Ceramic Mug"}, {"q": "ceramic"}),
        ({"name": "Tröpfchen Äöü"}, {"q": "pfchen"}),
        ({"sku": "ZX-9000"}, {"q": "x-90"}),
        ({"variants": [{"id": 5, "product_id": 7, "sku": "VAR-RED-XL"}]}, {"q": "red-x"}),
        ({"variants": [{"id": 5, "product_id": 7, "sku": "QQ1"}]}, {"q": "qq"}),
        ({"name": '100% "wool" _x'}, {"q": '% "wool" _'}),
        ({"brand_id": 2}, {"brand": "bolt"}),
        ({"type": "digital"}, {"type": "digital"}),
        ({"search_keywords": "gift,summer"}, {"tags": "Summer"}),
        ({"price": "99.95"}, {"price_min": Decimal("99.95"), "price_max": Decimal("100")}),
        ({"inventory_tracking": "none"}, {"quantity_max": 0}),
        ({"inventory_tracking": "product", "inventory_level": 500}, {"quantity_min": 8}),
        ({"sku": "OnlyThis"}, {"sku": "OnlyThis"}),
        ({"variants": [{"id": 5, "product_id": 7, "sku": "SUB-1"}]}, {"sku": "SUB-1"}),
    ],
)
def test_a_filter_finds_exactly_the_one(store: int, change: dict[str, Any], given: dict[str, Any]) -> None:
    write(theirs(7, **change))
    assert titles(**given) == {change.get("name", "Product 7")}
    assert product_list.page(Filters(**given)).total_text == "1"


def test_search_by_bigcommerce_id(store: int) -> None:
    write(theirs(98765, name="By number"))
    assert titles(q="98765") == {"By number"} and titles(q="#98765") == {"By number"}


@pytest.mark.parametrize("term", ["product", "Product 1", "p-2", "30", "nothing like it", '"', "%%%", "12"])
def test_common_and_rare_terms_find_the_same(store: int, term: str, monkeypatch: pytest.MonkeyPatch) -> None:
    rare = titles(q=term)
    monkeypatch.setattr(product_search, "COMMON", 0)
    assert titles(q=term) == rare


def test_search_follows_changed_and_removed_text(store: int) -> None:
    write(theirs(7, name="Changed words"))
    assert titles(q="Product 7") == set() and titles(q="ged wor") == {"Changed words"}


def test_gone_products_are_nowhere(store: int) -> None:
    gone = db.session.scalars(select(Product).where(Product.bigcommerce_id == 7)).one()
    from services.catalog import forget

    assert forget([gone.id]) == 1
    assert "Product 7" not in titles() and titles(q="Product 7") == set()
    assert product_list.tab_counts()[""] == 29


def test_tabs_count_and_filter(store: int) -> None:
    db.session.execute(update(Product).where(Product.bigcommerce_id <= 4).values(status="live"))
    from services.counters import PRODUCT_STATUS, Deltas

    deltas = Deltas()
    deltas.move(PRODUCT_STATUS, 0, "not_uploaded", "live", 4)
    deltas.write()
    counts = product_list.tab_counts()
    assert (counts[""], counts["live"], counts["not_uploaded"], counts["failed"]) == (30, 4, 26, 0)
    page = product_list.page(Filters(status="live"))
    assert (len(page.lines), page.total, page.is_exact) == (4, 4, True)


def test_many_hits_are_not_counted_to_the_end(store: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(product_list, "EXACT", 20)
    assert product_list.page(Filters(q="product")).total_text == "20+"


def test_chosen_ids_of_another_store_are_not_taken(store: int) -> None:
    ids = list(range(1, 100))
    assert product_list.count(service.chosen(ids)) == 30


def test_a_product_of_another_store_is_not_found(store: int) -> None:
    other = add_store("third3")
    with tenant(other), pytest.raises(NotFound):
        service.get(db.session.connection().exec_driver_sql("SELECT max(id) FROM product").scalar_one())


def test_stock_per_location(store: int) -> None:
    product = service.get(db.session.scalars(select(Product.id).where(Product.bigcommerce_id == 3)).one())
    variants = service.variants(product)
    places, levels = service.stock(variants)
    assert [place.label for place in places] == ["Main"]
    assert levels[variants[0].merchant_sku_id or 0] == {places[0].id: 7}
