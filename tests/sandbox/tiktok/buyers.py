"""Buyers of a sandbox under test: a live listing with stock, and what happens to its orders."""

from __future__ import annotations

import json
from typing import Any

from flask.testing import FlaskClient

from sandbox.tiktok.platform import Platform
from tests.sandbox.tiktok.conftest import Document, Shop, plain_mug

HOUR, DAY = 3600, 86400


class Market:
    """A shop with one live listing, its buyers and its clock."""

    def __init__(self, http: FlaskClient, shared: Platform, shop: Shop, quantity: int = 50) -> None:
        self.http, self.shared, self.shop = http, shared, shop
        body = plain_mug(shop)
        if shop.row["region"] == "ID":
            body |= {"title": "Plain mug for the table at home"}
            body["skus"][0]["price"]["amount"] = "99000"
        body["skus"][0]["inventory"][0]["quantity"] = quantity
        made = shop.data("POST", "/product/202309/products", body)
        self.product_id, self.sku_id = str(made["product_id"]), str(made["skus"][0]["id"])
        self.wait(10)
        shared.rate.calls = 100_000

    def wait(self, seconds: float) -> None:
        self.shared.box.clock.advance(seconds)
        self.shared.box.timers.run_due()
        if seconds >= DAY:  # access tokens live for a week
            code = self.shared.authorizations.issue_code(self.shop.row["seller_id"])
            self.shop.token = self.shared.authorizations.exchange(code)["access_token"]

    def act(self, action: str, **body: Any) -> Document:
        answer = self.http.post(f"/control/api/buyers/{action}", json=body)
        assert answer.status_code == 200, answer.get_json()
        found: Document = answer.get_json()
        return found

    def buy(self, **wish: Any) -> str:
        body = {"shop_id": self.shop.row["id"], "sku_id": self.sku_id, "buyer": 7, **wish}
        return str(self.act("buy", **body)["order_id"])

    def ready(self, **wish: Any) -> str:
        """An order that may be shipped."""
        return self.buy(hold=False, **wish)

    def order(self, order_id: str) -> Document:
        path = "/order/202507/orders"
        found: Document = self.shop.data("GET", path, query={"ids": order_id})["orders"][0]
        return found

    def status(self, order_id: str) -> str:
        return str(self.order(order_id)["status"])

    def stock(self) -> tuple[int, int]:
        """(what can be bought, what is promised)."""
        rows = self.shop.data("POST", "/product/202309/inventory/search", {"sku_ids": [self.sku_id]})["inventory"]
        sku = rows[0]["skus"][0]
        return sku["total_available_quantity"], sku["total_committed_quantity"]

    def told(self, event_type: str) -> list[Document]:
        """The data of the webhooks of a kind, oldest first."""
        rows = self.shared.webhooks.deliveries.values()
        return [json.loads(row["body"])["data"] for row in rows if row["event_type"] == event_type]
