"""What BigCommerce refuses of orders, shipments and refunds: one change to a sound request, exactly this status, in the
documented form of an error, and nothing changed (reference 4.4, 5, 8.2)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from werkzeug.test import TestResponse

from sandbox.bigcommerce.platform import BigCommerce
from sandbox.bigcommerce.seeds import FIRST
from sandbox.server import create_app
from sandbox.settings import Settings
from tests.sandbox.bigcommerce.conftest import Api, installed

ORDERS = "/v2/orders"
BILLING = {"first_name": "T", "zip": "97209", "country_iso2": "US"}
FREE: dict[str, Any] = {"name": "Gift", "quantity": 2, "price_inc_tax": 5, "price_ex_tax": 5}


@dataclass
class Shop:
    """A store with an order of three mugs (one of them shipped) and a product that wants an engraving."""

    api: Api
    mug: dict[str, Any]
    engraved: dict[str, Any]
    shirt: dict[str, Any]
    order: int
    line: int
    address: int
    shipment: int

    def sound(self, **changes: Any) -> dict[str, Any]:
        line = {"product_id": self.mug["id"], "quantity": 1}
        return {"billing_address": BILLING, "products": [line], "status_id": 11, **changes}

    def shipping(self, **changes: Any) -> dict[str, Any]:
        items = [{"order_product_id": self.line, "quantity": 1}]
        return {"order_address_id": self.address, "items": items, **changes}

    def refunding(self, **changes: Any) -> dict[str, Any]:
        items = [{"item_type": "PRODUCT", "item_id": self.line, "quantity": 1}]
        return {"items": items, "payments": [{"provider_id": "custom", "amount": 9.9, "offline": True}], **changes}

    def seen(self) -> Any:
        """All that a refusal must leave as it is."""
        platform: BigCommerce = self.api.app.extensions["bigcommerce"]
        return repr((dict(platform.orders[FIRST].orders), dict(platform.catalogs[FIRST].products)))


@pytest.fixture(scope="module")
def shop() -> Shop:
    app = create_app(Settings(run_timers=False, products=0, app_url="http://127.0.0.1:9"))
    app.extensions["bigcommerce"].stores[FIRST]["quota"] = 0
    api = installed(app, FIRST)
    mug = api.new("Mug", sku="MUG", price=9.9, inventory_tracking="product", inventory_level=9)
    engraved = api.new("Ring", modifiers=[{"display_name": "Engraving", "type": "text", "required": True}])
    sizes = [
        {"sku": f"SH-{size}", "option_values": [{"option_display_name": "Size", "label": size}]} for size in ("S", "M")
    ]
    shirt = api.new("Shirt", variants=sizes)
    line = {"product_id": mug["id"], "quantity": 3}
    order = api.post(ORDERS, {"billing_address": BILLING, "products": [line], "status_id": 11}).get_json()["id"]
    [row] = api.get(f"{ORDERS}/{order}/products").get_json()
    made = Shop(api, mug, engraved, shirt, order, row["id"], row["order_address_id"], 0)
    made.shipment = api.post(f"{ORDERS}/{order}/shipments", made.shipping()).get_json()["id"]
    return made


Act = Callable[[Shop], TestResponse]


@dataclass(frozen=True)
class Case:
    row: str
    name: str
    status: int
    act: Act

    def __str__(self) -> str:
        return f"{self.row} {self.name}".replace(" ", "-")


def new(**changes: Any) -> Act:
    return lambda shop: shop.api.post(ORDERS, shop.sound(**changes))


def lacking(name: str) -> Act:
    return lambda shop: shop.api.post(ORDERS, {key: value for key, value in shop.sound().items() if key != name})


def line(**changes: Any) -> Act:
    return lambda shop: shop.api.post(
        ORDERS, shop.sound(products=[{"product_id": shop.mug["id"], "quantity": 1, **changes}])
    )


def free(**changes: Any) -> Act:
    row = {key: value for key, value in {**FREE, **changes}.items() if value is not None}
    return lambda shop: shop.api.post(ORDERS, shop.sound(products=[row]))


def of(product: Callable[[Shop], dict[str, Any]], **changes: Any) -> Act:
    return lambda shop: shop.api.post(
        ORDERS, shop.sound(products=[{"product_id": product(shop)["id"], "quantity": 1, **changes}])
    )


def changed(**changes: Any) -> Act:
    return lambda shop: shop.api.put(f"{ORDERS}/{shop.order}", changes)


def line_changed(**changes: Any) -> Act:
    return lambda shop: shop.api.put(f"{ORDERS}/{shop.order}", {"products": [{"id": shop.line, **changes}]})


def readdressed(**changes: Any) -> Act:
    return lambda shop: shop.api.put(f"{ORDERS}/{shop.order}/shipping_addresses/{shop.address}", changes)


def shipped(**changes: Any) -> Act:
    return lambda shop: shop.api.post(f"{ORDERS}/{shop.order}/shipments", shop.shipping(**changes))


def item(**changes: Any) -> Act:
    return lambda shop: shop.api.post(
        f"{ORDERS}/{shop.order}/shipments",
        shop.shipping(items=[{"order_product_id": shop.line, "quantity": 1, **changes}]),
    )


def reshipped(**changes: Any) -> Act:
    return lambda shop: shop.api.put(f"{ORDERS}/{shop.order}/shipments/{shop.shipment}", changes)


def back(what: str = "refunds", **changes: Any) -> Act:
    return lambda shop: shop.api.post(f"/v3/orders/{shop.order}/payment_actions/{what}", shop.refunding(**changes))


def back_item(**changes: Any) -> Act:
    return lambda shop: shop.api.post(
        f"/v3/orders/{shop.order}/payment_actions/refund_quotes",
        {"items": [{"item_type": "PRODUCT", "item_id": shop.line, "quantity": 1, **changes}]},
    )


def unpaid(shop: Shop) -> TestResponse:
    order = shop.api.post(ORDERS, shop.sound(products=[FREE], status_id=7)).get_json()["id"]
    row = {"item_type": "ORDER", "item_id": order, "amount": 1}
    return shop.api.post(f"/v3/orders/{order}/payment_actions/refund_quotes", {"items": [row]})


def second_merchant(shop: Shop) -> TestResponse:
    order = shop.api.post(ORDERS, shop.sound(products=[FREE], external_merchant_id="a")).get_json()["id"]
    return shop.api.put(f"{ORDERS}/{order}", {"external_merchant_id": "b"})


READ_ONLY = ("id", "external_id", "order_source", "status", "date_modified", "is_deleted", "payment_status")
WRONG: dict[str, tuple[Any, ...]] = {
    "status_id": ("11", 15, -1, None),
    "channel_id": (2, "1"),
    "customer_id": (5, "0"),
    "external_order_id": (576, "x" * 256),
    "external_source": ("x" * 256,),
    "staff_notes": ("x" * 65536,),
    "ip_address": ("x" * 31,),
    "date_created": ("yesterday", 5),
    "default_currency_code": ("EUR", "US"),
    "discount_amount": ("much", -1, True),
    "shipping_addresses": ("x", [5], [{"zip": "97209"}]),
    "products": ([], "x", [5]),
    "consignments": ([], {}),
}

CASES = (
    Case("5.2-1", "no products", 400, lacking("products")),
    Case("5.2-1", "no billing address", 400, lacking("billing_address")),
    *(
        Case("5.2-1", f"billing address {name}", 400, new(billing_address=value))
        for name, value in {
            "a text": "x",
            "of no zip": {"country_iso2": "US"},
            "of a short zip": {**BILLING, "zip": "9"},
            "of no country": {"zip": "97209"},
            "of an unknown country": {"zip": "97209", "country_iso2": "XX"},
            "with a number for a name": {**BILLING, "first_name": 5},
        }.items()
    ),
    *(
        Case("5.2-2", f"{name} wrong {place}", 400, new(**{name: value}))
        for name, values in WRONG.items()
        for place, value in enumerate(values, 1)
    ),
    Case("5.2-2", "one of a pair", 400, new(total_inc_tax="5.00")),
    *(Case("5.2-3", f"{name} written", 400, new(**{name: "1"})) for name in READ_ONLY),
    Case("5.2-3", "external_id changed", 400, changed(external_id="1")),
    Case("5.2-3", "external_merchant_id again", 400, second_merchant),
    Case("5.2-4", "unknown product", 400, line(product_id=999999)),
    Case("5.2-4", "product a text", 400, line(product_id="1")),
    *(Case("5.2-4", f"quantity {value!r}", 400, line(quantity=value)) for value in (0, -1, "1", 1.5, None)),
    Case("5.2-4", "one price of a pair", 400, line(price_inc_tax=5)),
    Case("5.2-4", "free line of no name", 400, free(name=None)),
    Case("5.2-4", "free line of 251", 400, free(name="x" * 251)),
    Case("5.2-4", "free line of no price", 400, free(price_inc_tax=None, price_ex_tax=None)),
    Case("5.2-5", "options left out", 400, of(lambda shop: shop.shirt)),
    Case("5.2-5", "variant of another product", 400, of(lambda shop: shop.shirt, variant_id=501)),
    Case("5.2-5", "unknown value", 400, of(lambda shop: shop.shirt, product_options=[{"id": 111, "value": "9"}])),
    Case("5.2-5", "options a text", 400, of(lambda shop: shop.shirt, product_options="S")),
    Case("5.2-5", "required modifier left out", 400, of(lambda shop: shop.engraved)),
    Case("5.2-6", "more than there is", 400, line(quantity=7)),
    Case("5.2-7", "status unknown", 400, changed(status_id=99)),
    Case("5.2-7", "address unsound", 400, changed(billing_address={"zip": "9"})),
    Case("5.2-7", "foreign line", 400, line_changed(id=99999)),
    Case("5.2-7", "quantity below what was shipped", 400, line_changed(quantity=0)),
    Case("5.2-8", "order unknown", 404, lambda shop: shop.api.get(f"{ORDERS}/99999")),
    Case("5.2-8", "unknown order changed", 404, lambda shop: shop.api.put(f"{ORDERS}/99999", {"status_id": 5})),
    Case("5.2-8", "unknown order archived", 404, lambda shop: shop.api.call("DELETE", f"{ORDERS}/99999")),
    Case("5.2-8", "line unknown", 404, lambda shop: shop.api.get(f"{ORDERS}/{shop.order}/products/99999")),
    Case(
        "5.2-8", "address unknown", 404, lambda shop: shop.api.put(f"{ORDERS}/{shop.order}/shipping_addresses/99", {})
    ),
    *(
        Case("5.2-7", f"{name} of an address wrong", 400, readdressed(**{name: value}))
        for name, value in {"zip": "9", "country_iso2": 5, "first_name": 5, "shipping_method": 5}.items()
    ),
    Case("5.2-9", "sort unknown", 400, lambda shop: shop.api.get(f"{ORDERS}?sort=name")),
    Case("5.2-9", "page of nothing", 400, lambda shop: shop.api.get(f"{ORDERS}?page=0")),
    Case("5.2-9", "status a text", 400, lambda shop: shop.api.get(f"{ORDERS}?status_id=new")),
    Case("5.2-9", "time unreadable", 400, lambda shop: shop.api.get(f"{ORDERS}?min_date_modified=soon")),
    Case("5.4-1", "status unknown", 404, lambda shop: shop.api.get("/v2/order_statuses/15")),
    Case("5.5-1", "no address", 400, shipped(order_address_id=None)),
    Case("5.5-1", "foreign address", 400, shipped(order_address_id=99999)),
    Case("5.5-1", "no items", 400, shipped(items=[])),
    Case("5.5-1", "items a text", 400, shipped(items="x")),
    Case("5.5-1", "foreign line", 400, item(order_product_id=99999)),
    Case("5.5-2", "more than is left", 400, item(quantity=3)),
    Case("5.5-2", "nothing of it", 400, item(quantity=0)),
    Case("5.5-3", "product_id in an item", 400, item(product_id=1)),
    Case("5.5-3", "items changed", 400, reshipped(items=[])),
    Case("5.5-4", "tracking number of 51", 400, shipped(tracking_number="1" * 51)),
    Case("5.5-4", "tracking link of 501", 400, shipped(tracking_link="x" * 501)),
    Case("5.5-4", "unknown provider", 400, shipped(shipping_provider="pigeon")),
    Case("5.5-4", "number changed to 51", 400, reshipped(tracking_number="1" * 51)),
    Case("5.5-5", "order unknown", 404, lambda shop: shop.api.post(f"{ORDERS}/99999/shipments", shop.shipping())),
    Case("5.5-5", "unknown", 404, lambda shop: shop.api.get(f"{ORDERS}/{shop.order}/shipments/99999")),
    Case("5.6-1", "nothing", 422, back_item(item_type=None)),
    Case("5.6-1", "no items", 422, back(items=[])),
    Case("5.6-1", "unknown kind", 422, back_item(item_type="GIFT")),
    Case("5.6-1", "foreign line", 422, back_item(item_id=99999)),
    Case("5.6-1", "quantity of none", 422, back_item(quantity=0)),
    Case("5.6-1", "dearer by an adjustment", 422, back_item(adjustments=[{"amount": 5}])),
    Case("5.6-2", "more than was ordered", 422, back_item(quantity=4)),
    Case("5.6-2", "more than was paid", 422, back_item(item_type="ORDER", amount=1000)),
    Case("5.6-2", "shipping that was not charged", 422, back_item(item_type="SHIPPING", amount=1)),
    Case("5.6-3", "payments of another sum", 422, back(payments=[{"amount": 9.8, "offline": True}])),
    Case("5.6-3", "no payments", 422, back(payments=[])),
    Case("5.6-3", "paid elsewhere but not offline", 422, back(payments=[{"amount": 9.9}])),
    Case("5.6-4", "order not paid", 422, unpaid),
    Case("5.6-5", "order unknown", 404, lambda shop: shop.api.get("/v3/orders/99999/payment_actions/refunds")),
    Case("5.6-5", "unknown", 404, lambda shop: shop.api.get("/v3/orders/payment_actions/refunds/99999")),
)
ROWS: dict[str, tuple[str, set[int]]] = {
    "5.2-1": ("products and a billing address with zip and country are needed", {400}),
    "5.2-2": ("a field of the wrong form; one amount of a pair", {400}),
    "5.2-3": ("read-only fields; the merchant's number a second time", {400}),
    "5.2-4": ("a line that is neither a product nor a whole free line", {400}),
    "5.2-5": ("required options left out or wrong", {400}),
    "5.2-6": ("more than the store can sell", {400}),
    "5.2-7": ("a change that does not fit the order", {400}),
    "5.2-8": ("unknown order or line", {404}),
    "5.2-9": ("filter or sort that cannot be read", {400}),
    "5.4-1": ("unknown status", {404}),
    "5.5-1": ("address and items are needed and must be the order's", {400}),
    "5.5-2": ("more than is left to ship", {400}),
    "5.5-3": ("fields of a shipment that cannot be written", {400}),
    "5.5-4": ("tracking too long, provider unknown", {400}),
    "5.5-5": ("unknown shipment or order", {404}),
    "5.6-1": ("items of a refund that are wrong", {422}),
    "5.6-2": ("more than is left to refund", {422}),
    "5.6-3": ("payments that are not what a quote says", {422}),
    "5.6-4": ("no payment to refund", {422}),
    "5.6-5": ("unknown refund or order", {404}),
}


@pytest.mark.parametrize("case", CASES, ids=str)
def test_refusals(case: Case, shop: Shop) -> None:
    before = shop.seen()
    answer = case.act(shop)
    assert answer.status_code == case.status, answer.get_json()
    body = answer.get_json()
    if "/v2/" in answer.request.path:
        assert [row["status"] for row in body] == [case.status] and body[0]["message"]
    else:
        assert body["status"] == case.status and body["title"]
    if case.act not in (unpaid, second_merchant):
        assert shop.seen() == before


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_orders_need_their_scope(method: str) -> None:
    app = create_app(Settings(run_timers=False, products=0, app_url="http://127.0.0.1:9"))
    platform: BigCommerce = app.extensions["bigcommerce"]
    platform.app["registration"] = {"scopes": "default store_v2_products store_inventory"}
    assert installed(app, FIRST).call(method, ORDERS, json={}).status_code == 403


def test_every_row_is_proved() -> None:
    proved: dict[str, set[int]] = {}
    for case in CASES:
        proved.setdefault(case.row, set()).add(case.status)
    assert proved == {row: statuses for row, (_, statuses) in ROWS.items()}


def test_no_case_is_there_twice() -> None:
    names = [str(case) for case in CASES]
    assert len(names) == len(set(names))
