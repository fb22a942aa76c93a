"""Everything the TikTok Shop half shares: its collections, its knobs and its moving parts."""

from __future__ import annotations

import itertools
import secrets
from datetime import UTC, datetime
from typing import Any, cast

from flask import current_app

from sandbox.box import Sandbox
from sandbox.tiktok.authorizations import Authorizations
from sandbox.tiktok.fixtures import SELLERS, SHOPS, delivery_options_of, warehouses_of
from sandbox.tiktok.markets import MARKETS, Market
from sandbox.tiktok.media_store import MediaStore
from sandbox.tiktok.orders.agenda import Agenda
from sandbox.tiktok.orders.store import OrderStore
from sandbox.tiktok.orders.turn import Turn
from sandbox.tiktok.product_store import ProductStore
from sandbox.tiktok.rate import SlidingWindow
from sandbox.tiktok.webhooks import Webhooks

Document = dict[str, Any]

KNOBS: Document = {
    "latency_ms": 0,
    "policy": "approve",
    "word": "",
    "share": 0.0,
    "review_seconds": None,
    "rotate_refresh": False,
    "zero_stock_on_create": False,
    "honour_idempotency": True,
    "search_lag": 0,
    "stock_lag": 0,
    "stock_ignored": 0.0,
    "hourly_quota": 0,
    "ip_allow": [],
    "carrier": True,
    "collect_seconds": 6 * 3600,
    "deliver_seconds": 2 * 86400,
    "complete_seconds": 7 * 86400,
}
"""What the control page changes. `carrier`: packages are collected and delivered by the clock, so many seconds after
they were handed over and collected; `complete_seconds` after delivery an order is complete. `review_seconds` None
means the sandbox's own setting; `search_lag` is how many seconds a new product stays invisible to search, `stock_lag`
how many the stock search shows a number before its change; `stock_ignored` is the share of stock updates that are
taken and forgotten; `hourly_quota` 0 is no quota; an empty `ip_allow` lets everyone in."""


class Platform:
    """One per sandbox; every handler reaches it through its call, every page through `platform()`."""

    def __init__(self, box: Sandbox) -> None:
        self.box = box
        self.sellers = SELLERS
        self.shops = box.state.collection("tiktok_shops")
        self.settings = box.state.collection("tiktok_settings")
        self.brands = box.state.collection("tiktok_brands")
        self._seed()
        self.warehouses: dict[str, dict[str, Document]] = {}
        self.reread_shops()
        self.rate = SlidingWindow()
        self.hourly = SlidingWindow(calls=0, seconds=3600, clock=box.clock.now)
        self.media = MediaStore(box)
        self.products = ProductStore(box)
        self.authorizations = Authorizations(box)
        self.webhooks = Webhooks(box, self.authorizations)
        self.orders = OrderStore(box)
        self.agenda = Agenda(box, lambda: Turn(self))
        self._requests = itertools.count(secrets.randbelow(1 << 40))

    def _seed(self) -> None:
        with self.box.state.batch():
            for shop in SHOPS:
                if shop["id"] not in self.shops:
                    self.shops[shop["id"]] = dict(shop)
            kept = {name: value for name, value in self.settings.get("main", {}).items() if name in KNOBS}
            self.settings["main"] = {**KNOBS, **kept}

    def reset(self) -> None:
        """Start again as on the first day: no grants, products, brands or uploads, and every knob back."""
        with self.box.state.batch():
            planned = self.box.timers.planned
            for key in [key for key, timer in planned.items() if str(timer["kind"]).startswith("tiktok.")]:
                del planned[key]
            for name, collection in self.box.state.collections.items():
                if name.startswith("tiktok_"):
                    for key in collection:
                        del collection[key]
            self._seed()
            self.reread_shops()
            self.products.reindex()
            self.orders.reindex()
            self.agenda.reindex()

    def reread_shops(self) -> None:
        """Derive what depends on the shops; called after the control page changed one."""
        self.by_cipher = {shop["cipher"]: shop for shop in self.shops.values()}
        self.warehouses = {
            key: {place["id"]: place for place in warehouses_of(shop)} for key, shop in self.shops.items()
        }
        self.warehouse_owner = {place: shop for shop, places in self.warehouses.items() for place in places}
        self.delivery_options = {key: delivery_options_of(shop) for key, shop in self.shops.items()}

    @property
    def knobs(self) -> Document:
        return self.settings["main"]

    def turn(self, **changes: Any) -> None:
        """Change knobs."""
        with self.box.state.lock:
            self.settings["main"] = {**self.knobs, **changes}

    def change_shop(self, shop_id: str, **changes: Any) -> None:
        """Change a shop's fixture fields (limit, status, prerequisites)."""
        with self.box.state.lock:
            self.shops[shop_id] = {**self.shops[shop_id], **changes}
            self.reread_shops()

    def shops_of(self, seller_id: str) -> list[Document]:
        """Those that the seller's authorization covers."""
        return [shop for shop in self.shops.values() if shop["seller_id"] == seller_id and shop.get("bound", True)]

    def market(self, shop: Document) -> Market:
        return MARKETS[shop["region"]]

    def now(self) -> int:
        return int(self.box.clock.now())

    def today(self, shop: Document) -> str:
        """The date on the shop's own wall clock; listing limits start again at its midnight (reference 4.15)."""
        return datetime.fromtimestamp(self.box.clock.now(), self.market(shop).timezone).date().isoformat()

    def request_id(self) -> str:
        moment = datetime.fromtimestamp(self.box.clock.now(), UTC).strftime("%Y%m%d%H%M%S")
        return f"{moment}{next(self._requests) & 0xFFFFFFFFFFFFFFFF:016X}"


def platform() -> Platform:
    return cast(Platform, current_app.extensions["tiktok"])
