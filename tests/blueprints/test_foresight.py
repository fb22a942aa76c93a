"""The simulator, guards by velocity, promotions, and pieces that BigCommerce did not take, as a merchant uses them."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from models import (
    ListingSku,
    MerchantSku,
    Order,
    OrderLine,
    Product,
    Promotion,
    PushRule,
    Shop,
    StockAdjustment,
    StockPush,
    Store,
    Variant,
    db,
)
from services import clock
from services.stock import demand, levels
from tests.blueprints.conftest import inside
from tests.pages import PageClient
from tests.services.listing_rows import add_listing, add_shop

pytestmark = pytest.mark.engines("sqlite")


@pytest.fixture
def store(app: Flask, store: Store) -> Store:
    """Two shops sell one SKU of 7 pieces; the first hears of changes within 20 s. Each sold 30 pieces of it within the
    same hour, two hours ago, once both at the same moment."""
    with inside(app, store):
        shop, other = add_shop(), add_shop("Second", "7490000000000000002")
        listing = add_listing(shop, 1)
        listing.tiktok_id, listing.platform_status = "101", "ACTIVATE"
        for line in db.session.scalars(select(ListingSku).where(ListingSku.listing_id == listing.id)):
            line.tiktok_id, line.sent_quantity = f"S{line.id}", 7
        db.session.scalars(select(Product)).one().inventory_tracking = "variant"
        db.session.flush()
        levels.follow(levels.behind(), clock.now(), "import")
        now = clock.now()
        variant = db.session.scalars(select(Variant.id).order_by(Variant.id)).first()
        for number in range(60):
            at = now - timedelta(hours=2) + timedelta(seconds=60 * (number // 2) + 40 * (number % 2))
            seller = shop if number % 2 else other
            order = Order(shop_id=seller.id, tiktok_id=f"5{number}", status="IN_TRANSIT", placed_at=at, changed_at=at,
                          seen_at=at, read_at=at, address={}, details={})  # fmt: skip
            db.session.add(order)
            db.session.flush()
            db.session.add(OrderLine(order_id=order.id, tiktok_id=f"L{number}", variant_id=variant))
        db.session.add(StockPush(shop_id=shop.id, listing_id=listing.id, day="2026-11-21", changed_at=now,
                                 confirmed_at=now, milliseconds=20_000, cause="webhook"))  # fmt: skip
    return store


def kept(app: Flask, store: Store) -> list[tuple[str, int]]:
    with inside(app, store):
        return [(row.state, row.turn) for row in db.session.scalars(select(Promotion))]


def shop_id(app: Flask, store: Store) -> int:
    with inside(app, store):
        return db.session.scalars(select(Shop.id).order_by(Shop.id)).all()[0]


def test_rules_are_compared_and_one_is_taken_over(client: PageClient, app: Flask, store: Store) -> None:
    with inside(app, store):
        past = demand.of()
        stream = next(iter(past.streams.values()))
        assert (past.sales, past.elsewhere, stream.start, len(stream.events)) == (60, 0, 67, 60)
    page = client.get(f"{client.home}stock/simulator?shop={shop_id(app, store)}").text
    assert "60 sales of 1 SKUs" in page and "20.0 s lag" in page and "Threshold 3" in page
    page = client.get(f"{client.home}stock/simulator?kind=generated&lag=5&threshold=4").text
    assert "exactly 8 sales are oversells" in page and "Your own" in page
    link = re.findall(r'href="([^"]*propose=1[^"]*threshold=4[^"]*)"', page)[0].replace("&amp;", "&")
    look = client.get(link).text
    assert "What would change" in look and 'value="4"' in look and 'name="digest"' in look
    with inside(app, store):
        assert db.session.scalars(select(PushRule)).all() == []
    assert client.get(f"{client.home}stock/simulator?lag=soon").status_code == 422


def test_guards_by_velocity_go_through_the_preview(client: PageClient, app: Flask, store: Store) -> None:
    page = client.get(f"{client.home}stock/buffers?shop={shop_id(app, store)}").text
    guard = int(re.findall(r'name="guard-(\d+)" value="(\d+)"', page)[0][1])
    product = re.findall(r'name="product" value="(\d+)"', page)[0]
    assert guard == 2  # 30 pieces in the busiest hour, 20 s
    form = {"product": product, f"guard-{product}": "2"}
    look = client.post(f"{client.home}stock/buffers/look?shop={shop_id(app, store)}", data=form)
    digest = re.findall(r'name="digest" value="(\w+)"', look.text)[0]
    with inside(app, store):
        assert db.session.scalars(select(PushRule)).all() == []
    late = client.post(f"{client.home}stock/buffers?shop={shop_id(app, store)}", data=form | {"digest": "other"})
    assert late.status_code == 409
    answer = client.post(f"{client.home}stock/buffers?shop={shop_id(app, store)}", data=form | {"digest": digest})
    assert answer.status_code == 303
    with inside(app, store):
        row = db.session.scalars(select(PushRule)).one()
        assert (row.product_id, row.guard, row.threshold, row.is_on) == (int(product), 2, None, True)


def test_a_promotion_is_kept_changed_and_released(client: PageClient, app: Flask, store: Store) -> None:
    with inside(app, store):
        code, sku = db.session.execute(select(MerchantSku.code, MerchantSku.id)).one()
    url = f"{client.home}stock/promotions"
    assert "Keep pieces for a promotion" in client.get(url).text
    form = {"name": "Flash sale", "starts": "2098-01-01T10:00", "ends": "2098-01-02T10:00", "pieces": f"{code} 9",
            "keeps": "now"}  # fmt: skip
    wrong = client.post(f"{url}?shop={shop_id(app, store)}", data=form)
    assert wrong.status_code == 422 and f"{code} 9" in wrong.text and kept(app, store) == []
    form["pieces"] = f"{code} 5"
    assert client.post(f"{url}?shop={shop_id(app, store)}", data=form).status_code == 303
    page = client.get(url).text
    assert "Flash sale" in page and "America/Los_Angeles" in page and kept(app, store) == [("kept", 1)]
    with inside(app, store):
        number = db.session.scalars(select(Promotion.id)).one()
    assert client.post(f"{url}/{number}/pieces", data={"sku": sku, "quantity": "2"}).status_code == 303
    assert client.post(f"{url}/{number}/release").status_code == 303
    assert kept(app, store) == [("released", 2)]
    assert "Keep them again" in client.get(url).text
    assert client.post(f"{url}/{number}/resume").status_code == 303
    assert kept(app, store) == [("kept", 3)]
    assert "Reserved" in client.get(f"{client.home}stock/sku/{sku}").text


def test_what_bigcommerce_did_not_take_waits_for_a_word(client: PageClient, app: Flask, store: Store) -> None:
    with inside(app, store):
        row = StockAdjustment(order_ref="tiktok:576", merchant_sku_id=db.session.scalars(select(MerchantSku.id)).one(),
                              delta=-1, state="refused", why="It said no.", created_at=clock.now())  # fmt: skip
        db.session.add(row)
        db.session.flush()
        number = row.id
    page = client.get(f"{client.home}stock/lag").text
    assert "To be counted in BigCommerce" in page and "It said no." in page
    assert client.post(f"{client.home}stock/adjustments/{number}", data={"send": "0"}).status_code == 303
    assert "To be counted in BigCommerce" not in client.get(f"{client.home}stock/lag").text
