"""Both sides compared: each kind of difference is found and repaired; two sides that agree give nothing."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from clients.tiktok.models import ProductPage
from models import Activity, Listing, Shop, db
from services import clock
from services.reconcile import comparing
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

    monkeypatch.setattr(tiktok, "search_products", search, raising=False)
    return tiktok


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
    ("sku", lambda product: product.update(skus=[]), "compare"),
    ("missing", lambda product: product.clear(), "sync_status"),
]


@pytest.mark.parametrize(("kind", "change", "road"), CHANGES, ids=[row[0] for row in CHANGES])
def test_each_difference_is_listed_and_repaired_by_its_road(
    kind: str, change: Callable[[dict[str, Any]], object], road: str, harbor: Shop, live: Listing, shown: Holds
) -> None:
    change(shown.product)
    activity = compare(harbor)
    assert [one.kind for one in comparing.exceptions(activity)] == [kind]
    begun = comparing.repair(owner(harbor), harbor, activity)
    assert [one.kind for one in begun] == [road] and shown.written == []
