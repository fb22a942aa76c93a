"""What orders, shipping, complaints and money refuse (reference 11.5)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from sandbox import create_app
from tests.sandbox.tiktok.buyers import HOUR, Market
from tests.sandbox.tiktok.conftest import GB, ID, US, Document, Shop
from tests.sandbox.tiktok.must_reject import Case, outcome

USPS = "7400000000000000001"
F, R = "/fulfillment/202309", "/return_refund/202602"
R_OLD = "/return_refund/202309"


class Street:
    """Shops of several markets in one sandbox, each with one listing; every case buys orders of its own."""

    def __init__(self, app: Flask) -> None:
        self.app, self.http, self.shared = app, app.test_client(), app.extensions["tiktok"]
        self.shared.rate.calls = 100_000
        self.markets: dict[str, Market] = {}
        self.number = 0

    def market(self, shop_id: str) -> Market:
        shop = Shop(self.http, self.shared, shop_id)  # a fresh token: the clock may have moved
        if shop_id not in self.markets:
            self.markets[shop_id] = Market(self.http, self.shared, shop, 5000)
        self.markets[shop_id].shop = shop
        return self.markets[shop_id]

    def tracking(self) -> str:
        self.number += 1
        return f"94001000{self.number:06d}"

    def mark(self, market: Market, order_id: str, **changes: Any) -> Any:
        body = {"tracking_number": self.tracking(), "shipping_provider_id": USPS, **changes}
        body = {name: value for name, value in body.items() if value is not None}
        return market.shop.send("POST", f"{F}/orders/{order_id}/packages", body)

    def package(self, market: Market, order_id: str) -> str:
        found: str = market.order(order_id)["packages"][0]["id"]
        return found

    def shipped(self, market: Market, **wish: Any) -> str:
        number = market.ready(**wish)
        assert self.mark(market, number).get_json()["code"] == 0
        return number

    def delivered(self, market: Market) -> str:
        number = self.shipped(market)
        market.act("deliver", order_id=number)
        return number

    def asked(self, market: Market, kind: str = "REFUND") -> str:
        body = {"order_id": self.delivered(market), "type": kind}
        return str(market.act("ask_return", **body)["return_id"])


@pytest.fixture(scope="module")
def street() -> Iterator[Street]:
    app = create_app(run_timers=False, app_url="http://127.0.0.1:9", products=1)
    yield Street(app)
    app.extensions["tiktok"].webhooks.pool.shutdown(wait=True, cancel_futures=True)


Act = Callable[[Street, Market], Any]


def case(row: str, name: str, code: int, act: Act, shop_id: str = US) -> Case:
    return Case(row, name, str(code), lambda street: act(street, street.market(shop_id)))  # type: ignore[attr-defined, arg-type]


def get(path: str, **query: str) -> Act:
    return lambda street, market: market.shop.send("GET", path, query=query)


def many_ids(street: Street, market: Market) -> Any:
    ids = ",".join(str(576461000000000000 + number) for number in range(51))
    return market.shop.send("GET", "/order/202507/orders", query={"ids": ids})


def unsized(street: Street, market: Market) -> Any:
    return market.shop.send("POST", "/order/202309/orders/search", {})


def elsewhere(street: Street, market: Market) -> Any:
    number = market.buy()
    return street.market(GB).shop.send("GET", "/order/202309/orders", query={"ids": number})


def concealed(street: Street, market: Market) -> Any:
    answer = market.shop.send("GET", "/order/202507/orders", query={"ids": market.buy()})
    assert "recipient_address" not in answer.get_json()["data"]["orders"][0]
    return answer


def marking(wish: Document | None = None, **changes: Any) -> Act:
    return lambda street, market: street.mark(market, market.ready(**(wish or {})), **changes)


def ship(market: Market, package: str, body: Document) -> Any:
    return market.shop.send("POST", f"{F}/packages/{package}/ship", body)


def twice(street: Street, market: Market) -> Any:
    return street.mark(market, street.shipped(market))


def cancelled(street: Street, market: Market) -> Any:
    number = market.ready()
    market.act("platform_cancel", order_id=number)
    return street.mark(market, number)


def with_a_request(street: Street, market: Market) -> Any:
    number = market.ready()
    market.act("cancel", order_id=number)
    return street.mark(market, number)


def used_tracking(street: Street, market: Market) -> Any:
    tracking = street.tracking()
    street.mark(market, market.ready(buyer=1), tracking_number=tracking)
    return street.mark(market, market.ready(buyer=2), tracking_number=tracking)


def no_shipment(street: Street, market: Market) -> Any:
    return ship(market, street.package(market, market.ready(shipping="SELLER")), {})


def slot(street: Street, market: Market) -> Any:
    body = {"handover_method": "PICKUP", "pickup_slot": {"start_time": 1, "end_time": 2}}
    return ship(market, street.package(market, market.ready()), body)


def correcting(before: Act) -> Act:
    """A change of tracking after something happened; the package is the order's first."""

    def act(street: Street, market: Market) -> Any:
        number = before(street, market)
        body = {"tracking_number": street.tracking(), "shipping_provider_id": USPS}
        package = street.package(street.market(market.shop.row["id"]), number)
        return street.market(market.shop.row["id"]).shop.send(
            "POST", f"{F}/packages/{package}/shipping_info/update", body
        )

    return act


def corrected(street: Street, market: Market) -> str:
    number = street.shipped(market)
    correcting(lambda street, market: number)(street, market)
    return number


def long_ago(street: Street, market: Market) -> str:
    street.shared.turn(carrier=False)
    number = street.shipped(market)
    market.wait(72 * HOUR + 60)
    street.shared.turn(carrier=True)
    return number


def label(before: Act, shop_id: str = ID) -> Act:
    def act(street: Street, market: Market) -> Any:
        package = street.package(market, before(street, market))
        return market.shop.send(
            "GET", f"{F}/packages/{package}/shipping_documents", query={"document_type": "SHIPPING_LABEL"}
        )

    return act


def picked_up(street: Street, market: Market) -> str:
    number = market.ready()
    ship(market, street.package(market, number), {})
    market.act("collect", order_id=number)
    return number


def gone(street: Street, market: Market) -> Any:
    number = market.ready()
    package = street.package(market, number)
    market.act("platform_cancel", order_id=number)
    path = f"{F}/packages/{package}/shipping_documents"
    return market.shop.send("GET", path, query={"document_type": "SHIPPING_LABEL"})


def split(street: Street, market: Market, lines: list[str] | None = None) -> Any:
    number = market.ready(quantity=2)
    own = [line["id"] for line in market.order(number)["line_items"]]
    if lines is not None:  # a second SKU, so that there is something to split
        order = street.shared.orders.orders[number]
        other = {**order["lines"][1], "sku_id": "1"}
        street.shared.orders.put_order({**order, "lines": [order["lines"][0], other]})
        own = [own[0], *lines]
    groups = [{"id": str(index), "order_line_item_ids": [line]} for index, line in enumerate(own)]
    return market.shop.send("POST", f"{F}/orders/{number}/split", {"splittable_groups": groups})


def combine(first: Act, second: Act) -> Act:
    def act(street: Street, market: Market) -> Any:
        numbers = [first(street, market), second(street, market)]
        market = street.market(ID)
        rows = [{"id": "1", "order_ids": numbers}]
        return market.shop.send("POST", f"{F}/packages/combine", {"combinable_packages": rows})

    return act


def cancelling(before: Act, reason: str = "seller_cancel_reason_out_of_stock", **changes: Any) -> Act:
    def act(street: Street, market: Market) -> Any:
        body = {"order_id": before(street, market), "cancel_reason": reason, **changes}
        return market.shop.send("POST", f"{R}/cancellations", body)

    return act


def one_line(street: Street, market: Market) -> Any:
    number = market.ready(quantity=2)
    line = market.order(number)["line_items"][0]["id"]
    return cancelling(lambda *_: number, order_line_item_ids=[line])(street, market)


def answering(kind: str, *decisions: str, **body: Any) -> Act:
    """Decide a request; the last decision's answer counts."""

    def act(street: Street, market: Market) -> Any:
        return_id = street.asked(market, kind)
        for decision in decisions:
            verb = "reject" if decision.startswith("REJECT") else "approve"
            path = f"{R_OLD}/returns/{return_id}/{verb}"
            answer = market.shop.send("POST", path, {"decision": decision, **body})
        return answer

    return act


def refused_twice(street: Street, market: Market) -> Any:
    cancel_id = market.act("cancel", order_id=market.ready())["cancel_id"]
    body = {"reject_reason": "seller_reject_apply_product_has_been_packed"}
    for _ in range(2):
        answer = market.shop.send("POST", f"{R_OLD}/cancellations/{cancel_id}/reject", body)
    return answer


def too_much(street: Street, market: Market) -> Any:
    body = {"partial_refund": {"currency": "USD", "amount": "999"}}
    return answering("REFUND", "OFFER_PARTIAL_REFUND", **body)(street, market)


def another_shops(street: Street, market: Market) -> Any:
    return_id = street.asked(market)
    path = f"{R_OLD}/returns/{return_id}/approve"
    return street.market(GB).shop.send("POST", path, {"decision": "APPROVE_REFUND"})


def _ready(street: Street, market: Market) -> str:
    return market.ready()


def _held(street: Street, market: Market) -> str:
    return market.buy()


def _fbt(street: Street, market: Market) -> str:
    return market.ready(kind="FBT")


def _by_seller(street: Street, market: Market) -> str:
    return market.ready(shipping="SELLER")


def _british(street: Street, market: Market) -> str:
    return street.market(GB).ready()


def _complete(street: Street, market: Market) -> str:
    number = street.delivered(market)
    market.act("complete", order_id=number)
    return number


def _marked(street: Street, market: Market) -> str:
    return street.shipped(market)


def _unpaid(street: Street, market: Market) -> str:
    return market.buy(pay=False)


def _delivered(street: Street, market: Market) -> str:
    return street.delivered(market)


ADDRESS = "seller_cancel_paid_reason_address_not_deliver"
ORDERS = (
    case("11.5-1", "51 ids", 98001004, many_ids),
    case("11.5-1", "another shop's order", 21008111, elsewhere),
    case("11.5-2", "buyer of an order on hold", 0, concealed),
    case("11.5-3", "on hold", 21011003, lambda street, market: street.mark(market, market.buy())),
    case("11.5-3", "unpaid", 21011003, lambda street, market: street.mark(market, market.buy(pay=False))),
    case("11.5-4", "twice", 21011020, twice),
    case("11.5-4", "cancelled", 21011041, cancelled),
    case("11.5-4", "the buyer asks to cancel", 21011007, with_a_request),
    case("11.5-5", "no tracking number", 21001001, marking(tracking_number=None)),
    case("11.5-5", "no shipment of one's own", 21001001, no_shipment, ID),
    case("11.5-5", "tracking number of three", 21011022, marking(tracking_number="123")),
    case("11.5-5", "provider a word", 21011022, marking(shipping_provider_id="USPS")),
    case("11.5-5", "tracking number of another buyer", 21011025, used_tracking),
    case("11.5-5", "unknown carrier", 11028006, marking(shipping_provider_id="7400000000000000077")),
    case("11.5-6", "in Indonesia", 21008106, marking(), ID),
    case("11.5-6", "fulfilled by TikTok", 21008025, marking({"kind": "FBT"})),
    case("11.5-7", "second change", 21011051, correcting(corrected)),
    case("11.5-7", "after 72 hours", 21011050, correcting(long_ago)),
    case("11.5-7", "before shipping", 21011043, correcting(_ready), GB),
    case("11.5-7", "delivered", 21011030, correcting(_delivered)),
    case("11.5-8", "slot not offered", 21011053, slot, ID),
    case("11.5-9", "before shipping", 21023035, label(_ready), ID),
    case("11.5-9", "shipped by the seller", 21008017, label(_by_seller), ID),
    case("11.5-9", "cancelled", 21023059, gone, ID),
    case("11.5-9", "picked up", 21042102, label(picked_up), ID),
    case("11.5-9", "fulfilled by TikTok", 21008043, label(_fbt), ID),
    case("11.5-10", "in the United States", 21011035, split),
    case("11.5-10", "another order's line", 21011005, lambda street, market: split(street, market, ["5"]), ID),
    case("11.5-10", "another shop's order", 21011028, combine(_ready, _british), ID),
    case("11.5-10", "different buyers", 21011031, combine(_ready, lambda s, m: m.ready(buyer=8)), ID),
    case("11.5-11", "unknown reason", 25001014, cancelling(_ready, "because")),
    case("11.5-11", "reason for unpaid ones", 25001021, cancelling(_ready, "seller_cancel_unpaid_reason_out_of_stock")),
    case("11.5-11", "reason for paid ones", 25001021, cancelling(_unpaid)),
    case("11.5-11", "complete", 25001051, cancelling(_complete)),
    case("11.5-11", "shipped", 25001045, cancelling(_marked), GB),
    case("11.5-11", "single line in Indonesia", 25005010, one_line, ID),
    case("11.5-12", "address reason in Indonesia", 25001020, cancelling(_held, ADDRESS), ID),
    case("11.5-12", "address reason in the United Kingdom", 0, cancelling(_held, f"{ADDRESS}_uk"), GB),
    case("11.5-13", "cancellation refused twice", 25020009, refused_twice),
    case("11.5-13", "approved twice", 25020010, answering("REFUND", "APPROVE_REFUND", "APPROVE_REFUND")),
    case("11.5-13", "decision of another type", 25020004, answering("REFUND", "APPROVE_RETURN")),
    case("11.5-13", "decision of another status", 25020003, answering("RETURN_AND_REFUND", "APPROVE_RECEIVED_PACKAGE")),
    case("11.5-14", "more than was paid", 25005005, too_much),
    case("11.5-15", "another shop's return", 25020005, another_shops),
    case("11.5-16", "statements unsorted", 98001004, get("/finance/202309/statements")),
    case("11.5-16", "payments unsorted", 98001004, get("/finance/202605/payments")),
    case("5.1", "ids no numbers", 98001004, get("/order/202507/orders", ids="1,x")),
    case("1.7", "orders without page_size", 98001004, unsized),
    case(
        "6.2",
        "documents of another kind",
        21001001,
        lambda s, m: get(f"{F}/packages/{s.package(m, m.ready())}/shipping_documents", document_type="POSTER")(s, m),
        ID,
    ),
    case("6.3", "unknown package", 21011001, get(f"{F}/packages/1")),
    case("6.3", "the platform ships", 21011004, marking({"shipping": "TIKTOK"})),
    case("7.4", "a buyer's reason", 25001015, cancelling(_ready, "ecom_order_to_ship_canceled_reason_better_price")),
    case("7.5", "fulfilled by TikTok", 25011026, cancelling(_fbt)),
)


@pytest.mark.parametrize("each", ORDERS, ids=str)
def test_refused(each: Case, street: Street) -> None:
    answer: TestResponse = each.act(street)  # type: ignore[arg-type]
    assert outcome(answer) == (each.code, each.status)
