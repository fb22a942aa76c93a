"""Both sides compared: each kind of difference is found and repaired; two sides that agree give nothing."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from clients.tiktok.models import ProductInventory, ProductPage
from models import Activity, Listing, ListingSku, MerchantSku, PushRule, Shop, StockAdjustment, db
from services import clock
from services.reconcile import comparing
from services.stock import levels
from tests.jobs.test_resend import Holds, drain, harbor, live, owner, tiktok

__all__ = ["harbor", "live", "tiktok"]
pytestmark = pytest.mark.engines("sqlite")


@pytest.fixture
def shown(live: Listing, tiktok: Holds, monkeypatch: pytest.MonkeyPatch) -> Holds:
    """The search shows the product as TikTok has it."""
    live.published_at = clock.now() - timedelta(minutes=5)
    db.session.commit()

    def search(**_: Any) -> ProductPage:
        products = [tiktok.product] if tiktok.product else []
        return ProductPage.model_validate({"products": products, "total_count": len(products), "next_page_token": ""})

    def inventory(ids: Any) -> list[ProductInventory]:
        skus = [
            {"id": sku["id"], "warehouse_inventory": [
                {"warehouse_id": one["warehouse_id"], "available_quantity": one["quantity"],
                 "committed_quantity": one.get("committed", 0)}
                for one in sku["inventory"]
            ]}
            for sku in tiktok.product["skus"]
        ]  # fmt: skip
        return [ProductInventory.model_validate({"product_id": tiktok.product["id"], "skus": skus})]

    monkeypatch.setattr(tiktok, "search_products", search, raising=False)
    monkeypatch.setattr(tiktok, "inventory", inventory, raising=False)
    levels.follow(levels.behind(), clock.now(), "import")
    listing_sku = db.session.scalars(select(ListingSku)).one()
    listing_sku.tiktok_id = tiktok.product["skus"][0]["id"]
    db.session.commit()
    return tiktok


def shelf(product: dict[str, Any], quantity: int, committed: int = 0) -> None:
    product["skus"][0]["inventory"][0].update(quantity=quantity, committed=committed)


def compare(shop: Shop) -> Activity:
    return drain(comparing.start(owner(shop), shop).activity)


def test_two_sides_that_agree_differ_in_nothing(harbor: Shop, shown: Holds) -> None:
    activity = compare(harbor)
    assert (activity.state, comparing.exceptions(activity), activity.notes["listings"]) == ("finished", [], 1)
    assert shown.written == []


CHANGES: list[tuple[str, Callable[[dict[str, Any]], object], str]] = [
    ("title", lambda product: product.update(title="Somebody else's words for this mug"), "compare"),
    ("status", lambda product: product.update(status="SELLER_DEACTIVATED"), "sync_status"),
    ("price", lambda product: product["skus"][0]["price"].update(sale_price="99.00"), "compare"),
    ("stock", lambda product: shelf(product, 99), "repush_stock"),
    ("sku", lambda product: product.update(skus=[]), "compare"),
    ("missing", lambda product: product.clear(), "sync_status"),
]


def test_orders_that_only_tiktok_knows_are_no_difference(harbor: Shop, shown: Holds) -> None:
    there = shown.product["skus"][0]["inventory"][0]["quantity"]
    shelf(shown.product, there - 2, 2)
    assert comparing.exceptions(compare(harbor)) == []
    shelf(shown.product, there - 2, 1)
    assert [(one.ours, one.theirs) for one in comparing.exceptions(compare(harbor))] == [
        (str(there - 1), str(there - 2))
    ]
    sku_id = db.session.scalars(select(MerchantSku.id)).one()
    db.session.add(StockAdjustment(order_ref="tiktok:1", merchant_sku_id=sku_id, delta=-1, created_at=clock.now()))
    db.session.commit()  # BigCommerce's own number is on its way
    assert comparing.exceptions(compare(harbor)) == []


@pytest.mark.parametrize(("kind", "change", "road"), CHANGES, ids=[row[0] for row in CHANGES])
def test_each_difference_is_listed_and_repaired_by_its_road(
    kind: str, change: Callable[[dict[str, Any]], object], road: str, harbor: Shop, live: Listing, shown: Holds
) -> None:
    change(shown.product)
    db.session.add(PushRule(shop_id=harbor.id, changed_at=clock.now()))
    harbor.authorization.state = "active"
    db.session.commit()
    activity = compare(harbor)
    assert [one.kind for one in comparing.exceptions(activity)] == [kind]
    begun = comparing.repair(owner(harbor), harbor, activity)
    assert [one.kind for one in begun] == [road] and shown.written == []
