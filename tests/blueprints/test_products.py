"""The Products pages, as a signed-in person sees them."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from domain.tabs import PRODUCT_WORDS, ProductStatus
from models import Activity, Listing, Location, Product, Store, db
from services import clock, product_list
from services.counters import PRODUCT_STATUS, Deltas
from tests.blueprints.conftest import inside, make_shop, make_store
from tests.pages import PageClient
from tests.services.catalog_rows import theirs, write


@pytest.fixture
def store(app: Flask, store: Store, monkeypatch: pytest.MonkeyPatch) -> Store:
    """Thirty products of ours, on pages of 25."""
    monkeypatch.setattr(product_list, "PAGE", 25)
    with inside(app, store):
        db.session.add(Location(store_id=store.id, bigcommerce_id=1, label="Main Street"))
        db.session.flush()
        write(*(theirs(n) for n in range(1, 31)))
    return store


Ids = Callable[..., list[int]]


@pytest.fixture
def ids(app: Flask) -> Ids:
    """ids(store, 5, 6): our ids of BigCommerce's products."""

    def find(store: Store, *numbers: int) -> list[int]:
        with inside(app, store):
            return list(db.session.scalars(select(Product.id).where(Product.bigcommerce_id.in_(numbers))))

    return find


def test_the_list_shows_a_page_with_counts(app: Flask, client: PageClient) -> None:
    page = client.get(client.at("products/")).text
    assert "Showing 1 to 25 of 30" in page and page.count('name="id"') == 25
    assert re.search(r"Not uploaded\s*<span class=\"tab-count\">30</span>", page)


def test_the_grid_has_its_columns(app: Flask, client: PageClient) -> None:
    page = client.get(client.at("products/")).text
    heads = re.findall(r"<th[^>]*>([^<]+)</th>", page)
    assert {"Image", "Title", "Price", "Quantity", "SKU", "Status", "Profile", "Action"} <= set(heads)


@pytest.mark.parametrize("status", ProductStatus)
def test_each_status_has_its_tab_with_a_count_and_its_rows(
    app: Flask, client: PageClient, store: Store, status: ProductStatus
) -> None:
    with inside(app, store):
        product = db.session.scalars(select(Product).where(Product.bigcommerce_id == 7)).one()
        product.status = status.value
        deltas = Deltas()
        deltas.move(PRODUCT_STATUS, 0, "not_uploaded", status.value, 1)
        deltas.write()
    page = client.get(client.at(f"products/?status={status.value}")).text
    count = 30 if status is ProductStatus.NOT_UPLOADED else 1
    assert re.search(rf'{PRODUCT_WORDS[status]}\s*<span class="tab-count">{count}</span>', page)
    assert re.search(r'All\s*<span class="tab-count">30</span>', page)
    assert page.count('name="id"') == min(count, 25)


def test_the_next_page_and_back(app: Flask, client: PageClient) -> None:
    first = client.get(client.at("products/")).text
    following = re.search(r'rel="next" href="([^"]+)"', first)
    assert following
    second = client.get(following[1].replace("&amp;", "&")).text
    assert "Showing 26 to 30 of 30" in second and 'rel="next"' not in second
    back = re.search(r'rel="prev" href="([^"]+)"', second)
    assert back and "Showing 1 to 25 of 30" in client.get(back[1].replace("&amp;", "&")).text


def test_search_answers_the_region_to_htmx_and_the_page_to_others(app: Flask, client: PageClient) -> None:
    whole = client.get(client.at("products/?q=P-17"))
    assert "<html" in whole.text and "Product 17" in whole.text and "Product 18" not in whole.text
    assert "HX-Request" in whole.headers["Vary"]
    part = client.get(client.at("products/?q=P-17"), htmx=True).text
    assert "<html" not in part and 'id="products"' in part and "Product 17" in part
    # What is shown can be bookmarked: the address carries what was filled in and nothing else.
    typed = client.get(client.at("products/?q=P-17&brand=&sku="), htmx=True, headers={"HX-Trigger": "product-search"})
    assert typed.headers["HX-Push-Url"] == client.at("products/?q=P-17")
    # With a filter the counts would not be those of the rows behind the tabs.
    assert "tab-count" not in part


@pytest.mark.parametrize("query", ["q=nothing+at+all", "brand=Nobody", "price_min=500", "sku=none"])
def test_nothing_matches_offers_reset(app: Flask, client: PageClient, query: str) -> None:
    assert "Nothing matches" in client.get(client.at(f"products/?{query}")).text


@pytest.mark.parametrize(
    "query",
    [
        "price_min=NaN",
        "price_max=abc",
        "quantity_min=-1",
        "quantity_max=99999999999999999999",
        "after=99999999999999999999",
        "after=x",
        "before=-3",
        "sort=;drop",
        "status=nonsense",
        "type=nonsense",
        "profile=77",
        "first=9e9",
    ],
)
def test_what_cannot_be_read_does_not_break_the_page(app: Flask, client: PageClient, query: str) -> None:
    answer = client.get(client.at(f"products/?{query}"))
    assert answer.status_code == 200


def test_a_new_store_is_told_what_to_do(app: Flask, sign_in: Any) -> None:
    client = sign_in(make_store(app, "new999"))
    page = client.get(client.at("products/")).text
    assert "No products yet" in page and "Import products" in page


def test_import_starts_once(app: Flask, client: PageClient, store: Store) -> None:
    for _ in range(2):
        answer = client.post(client.at("products/import"))
        assert answer.status_code == 303 and answer.location.endswith("/products/")
    with inside(app, store):
        assert [row.kind for row in db.session.scalars(select(Activity))] == ["catalog_import"]
    assert "An import is moving" in client.get(client.at("products/")).text


def test_a_product_with_stock_and_listings(app: Flask, client: PageClient, store: Store, ids: Ids) -> None:
    page = client.get(client.at(f"products/{ids(store, 5)[0]}")).text
    for wanted in ("Product 5", "P-5", "Main Street", "10.00 USD", "Acme", "Home &gt; Mugs"):
        assert wanted in page


def test_a_description_is_made_harmless(app: Flask, client: PageClient, store: Store, ids: Ids) -> None:
    with inside(app, store):
        write(
            theirs(5, description='<p onclick="x()">Nice <script>alert(1)</script><img src="https://x.example/p"></p>')
        )
    page = client.get(client.at(f"products/{ids(store, 5)[0]}")).text
    assert "<p>Nice" in page and "alert(1)" not in page and "x.example/p" not in page


def test_products_of_another_store_are_not_there(app: Flask, client: PageClient, other_store: Store, ids: Ids) -> None:
    with inside(app, other_store):
        write(theirs(900, name="Other store's secret product"), places={})
    theirs_id = ids(other_store, 900)[0]
    assert client.get(client.at(f"products/{theirs_id}")).status_code == 404
    assert "secret product" not in client.get(client.at("products/?q=secret")).text
    assert client.get(client.at(f"products/stage?id={theirs_id}")).status_code == 422


@pytest.mark.parametrize(("query", "number"), [("all=1", 30), ("all=1&q=Product+1", 11)])
def test_staging_says_first_how_many(
    app: Flask, client: PageClient, store: Store, query: str, number: int, ids: Ids
) -> None:
    shop = make_shop(app, store)
    stage_some(app, store, shop.id, ids(store, 1, 2))
    page = client.get(client.at(f"products/stage?{query}")).text
    assert f"Stage {number} products" in page and "of them" in page


def stage_some(app: Flask, store: Store, shop_id: int, product_ids: list[int]) -> None:
    with inside(app, store):
        for product_id in product_ids:
            db.session.add(
                Listing(store_id=store.id, shop_id=shop_id, product_id=product_id, fields={}, changed_at=clock.now())
            )


def test_staging_takes_what_matches_and_not_one_page(app: Flask, client: PageClient, store: Store) -> None:
    shop = make_shop(app, store)
    chosen = {"all": "1", "q": "Product 2", "target": str(shop.id)}
    answer = client.post(client.at("products/stage"), data=chosen)
    assert answer.status_code == 303 and answer.location.endswith("/listings/")
    with inside(app, store):
        titles = set(db.session.scalars(select(Product.title).join(Listing, Listing.product_id == Product.id)))
    assert titles == {f"Product {n}" for n in (2, *range(20, 30))}


def test_staging_by_id(app: Flask, client: PageClient, store: Store, ids: Ids) -> None:
    shop = make_shop(app, store)
    client.post(client.at("products/stage"), data={"id": [str(n) for n in ids(store, 3, 4)], "target": str(shop.id)})
    wanted = ids(store, 3, 4)
    with inside(app, store):
        assert sorted(row for row in db.session.scalars(select(Listing.product_id)) if row) == sorted(wanted)


@pytest.mark.parametrize("given", [{}, {"id": "999999"}, {"id": "x"}])
def test_nothing_selected_is_refused(app: Flask, client: PageClient, store: Store, given: dict[str, str]) -> None:
    make_shop(app, store)
    assert client.post(client.at("products/stage"), data={**given, "target": "1"}).status_code == 422


def test_without_a_shop_the_way_to_one_is_shown(app: Flask, client: PageClient, store: Store, ids: Ids) -> None:
    answer = client.get(client.at(f"products/stage?id={ids(store, 3)[0]}"))
    assert answer.status_code == 409 and "/wizard/connect" in answer.text
