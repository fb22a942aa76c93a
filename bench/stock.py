"""From a webhook to a confirmed number: `python bench/stock.py [SKUs …]` (1, 100 and 10,000).

BigCommerce's stock changes for so many SKUs at once; each call of either platform takes 150 ms, and TikTok takes 48 a
second of each kind. Printed: median and 95th percentile from the moment the webhook is there to the number read back,
in calls of 150 ms; and how much of the quota of writes was used while there was work. Everything runs on a fresh SQLite
file and an embedded Redis, in one process.
"""

import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from sqlalchemy import select

from bench.engine import CALL_SECONDS, RATE, place
from jobs import stock as jobs_stock
from jobs.drain import drain
from jobs.taken import Taken
from models import Activity, Listing, ListingSku, Product, PushRule, StockPush, StockTold, Variant, db
from models.tenancy import tenant_id
from services import clock, platforms, setup
from services.activities import OPEN
from services.stock import levels
from tests.jobs.shelves import Counter, Shelves
from tests.services.listing_rows import add_product, add_shop

TOGETHER = 200  # webhooks that one turn of the inbox takes


class Far(Shelves):
    """A shop 150 ms away, behind its rate."""

    budget: Any = None  # pool threads have no app

    def update_inventory(self, product: str, skus: Any) -> Any:
        self.budget.take("tiktok:bench", "/inventory/update")
        time.sleep(CALL_SECONDS)
        return super().update_inventory(product, skus)

    def inventory(self, products: Any) -> Any:
        self.budget.take("tiktok:bench", "/inventory/search")
        time.sleep(CALL_SECONDS)
        return super().inventory(products)


class FarCounter(Counter):
    def inventory(self, variant_ids: Any) -> Any:
        found = []
        for start in range(0, len(variant_ids), 250):
            time.sleep(CALL_SECONDS)
            found += super().inventory(variant_ids[start : start + 250])
        return found


def fill(count: int, shelves: Shelves, counter: Counter) -> int:
    """A shop that is pushed to, with so many live listings that know their number; its id."""
    shop = add_shop()
    shop.authorization.state = "active"
    db.session.add(PushRule(shop_id=shop.id, changed_at=clock.now()))
    for number in range(1, count + 1):
        product = add_product(number)
        variant = db.session.scalars(select(Variant).where(Variant.product_id == product.id)).one()
        listing = Listing(
            shop_id=shop.id, product_id=product.id, title=product.title, fields={}, tiktok_id=f"P{number}",
            platform_status="ACTIVATE", changed_at=clock.now(), is_stale=False,
        )  # fmt: skip
        db.session.add(listing)
        db.session.flush()
        line = ListingSku(
            listing_id=listing.id, variant_id=variant.id, merchant_sku_id=variant.merchant_sku_id,
            tiktok_id=f"S{number}", fields={}, sent_quantity=7,
        )  # fmt: skip
        db.session.add(line)
        db.session.flush()
        db.session.add(StockTold(
            shop_id=shop.id, listing_id=listing.id, listing_sku_id=line.id, warehouse=f"{shop.tiktok_id}1", told=7,
            confirmed=7, confirmed_at=clock.now(), committed=0, known=0, agreed_at=clock.now(),
        ))  # fmt: skip
        shelves.put(listing.tiktok_id, line.tiktok_id, {f"{shop.tiktok_id}1": 7})
        counter.on_hand[variant.bigcommerce_id or 0] = 7
        if number % 500 == 0:
            db.session.commit()
    db.session.commit()
    while ids := levels.behind():
        levels.follow(ids, clock.now())
        db.session.commit()
    return shop.id


def run(count: int) -> None:
    shelves, counter = Far(), FarCounter()
    with place() as store_id:
        shop_id, shelves.budget = fill(count, shelves, counter), setup.budget()
        platforms.tiktok = lambda shop, observe=None: shelves  # type: ignore[assignment,return-value]
        platforms.bigcommerce = lambda store, observe=None: counter  # type: ignore[assignment,return-value]
        for number in counter.on_hand:
            counter.on_hand[number] = 4
        products = [number for number in db.session.scalars(select(Product.bigcommerce_id)) if number is not None]
        db.session.rollback()
        began = time.perf_counter()
        moment = clock.now()
        for start in range(0, count, TOGETHER):
            events = [
                Taken(number, "bigcommerce", "store/sku/inventory/updated", "bench",
                      {"data": {"inventory": {"product_id": number}}})
                for number in products[start : start + TOGETHER]
            ]  # fmt: skip
            jobs_stock.fold(store_id, None, events)
        folded = time.perf_counter() - began
        while db.session.scalar(select(Activity.id).where(Activity.state.in_(OPEN))) is not None:
            db.session.rollback()
            drain("live", store_id, shop_id)
        whole = time.perf_counter() - began
        took = sorted((row - moment).total_seconds() for row in db.session.scalars(select(StockPush.confirmed_at)))
        assert tenant_id() == store_id and len(took) == count and shelves.calls.count("write") == count
        median, late = took[len(took) // 2], took[min(len(took) - 1, len(took) * 95 // 100)]
        share = count / max(RATE * (whole - folded), 1)
        print(
            f"{count:>7,} SKUs: median {median / CALL_SECONDS:6.1f} round trips, 95 % {late / CALL_SECONDS:6.1f}; "
            f"{shelves.calls.count('write'):,} writes, {share:.0%} of the quota, no refusals"
        )


if __name__ == "__main__":
    for asked in [int(text) for text in sys.argv[1:]] or [1, 100, 10_000]:
        run(asked)
