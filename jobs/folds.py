"""What the topics of webhooks mean: one row per matter. A webhook is a hint: a fold reads the object itself, once,
however often it was named."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from jobs import catalog_sync, orders, returns, reviews, shipping, stock
from jobs.taken import Taken
from models import Shop, Store, db
from models.tenancy import across_stores, tenant
from services import clock, grants, stores

log = logging.getLogger("causeway.inbox")


Apply = Callable[[int, int | None, Sequence[Taken]], set[int]]


@dataclass(frozen=True, slots=True)
class Fold:
    """`topics`: TikTok's type numbers, or BigCommerce's scopes, where one that ends in `*` stands for all that begin
    so. `apply(store_id, shop_id, events)` opens its own tenant context, commits, and answers the ids of events that
    must come again; when it raises, all of its events do."""

    name: str
    topics: frozenset[str]
    apply: Apply

    def wants(self, topic: str) -> bool:
        return topic in self.topics or any(one.endswith("*") and topic.startswith(one[:-1]) for one in self.topics)


def _withdrawn(store_id: int, shop_id: int | None, events: Sequence[Taken]) -> set[int]:
    with tenant(store_id):
        authorization = db.session.get_one(Shop, shop_id).authorization
        # Told late, or again, of what was before the seller agreed anew, it would stop the shop once more.
        if any(event.happened(default=clock.now()) > authorization.connected_at for event in events):
            grants.reject(authorization, "The seller withdrew the authorisation in TikTok Shop.")
        db.session.commit()
    return set()


def _product(event: Taken) -> str:
    return str(event.data.get("product_id") or "")


def _reviewed(store_id: int, shop_id: int | None, events: Sequence[Taken]) -> set[int]:
    """Asks for the state of the products that the events name."""
    products = sorted({product_id for event in events if (product_id := _product(event))})
    if not products or shop_id is None:
        return set()
    try:
        reviews.ask(store_id, shop_id, products)
    except reviews.Unread as later:
        db.session.rollback()
        log.info("Inbox: shop %s is read again later: %s", shop_id, later)
        return {event.id for event in events if not later.ids or _product(event) in later.ids}
    return set()


def _uninstalled(store_id: int, shop_id: int | None, events: Sequence[Taken]) -> set[int]:
    """Closes the store, if BigCommerce really does not know us any more: the app may be installed again by now."""
    with across_stores("an uninstalled store is closed"):
        store_hash = db.session.get_one(Store, store_id).hash
        db.session.rollback()
    if not stores.still_connected(store_hash):
        with across_stores("an uninstalled store is closed"):
            stores.uninstall(store_hash)
            db.session.commit()
    return set()


# References: TikTok 9.3, BigCommerce 7.5. The order is the order of applying.
TIKTOK: tuple[Fold, ...] = (
    Fold("withdrawn", frozenset({"6"}), _withdrawn),
    Fold("reviewed", frozenset({"5", "15", "16", "18", "37"}), _reviewed),
    Fold("orders", frozenset({"1", "2", "3", "4", "11", "12"}), orders.fold),
    Fold("returns", returns.TOPICS, returns.fold),
)
BIGCOMMERCE: tuple[Fold, ...] = (
    Fold("uninstalled", frozenset({"store/app/uninstalled"}), _uninstalled),
    Fold("orders", frozenset({"store/order/statusUpdated"}), orders.fold_bigcommerce),
    Fold("stock", stock.TOPICS, stock.fold),
    Fold("catalog", catalog_sync.TOPICS, catalog_sync.fold),
    Fold("shipments", shipping.TOPICS, shipping.fold),
)
