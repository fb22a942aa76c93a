"""Orders: bought, held, released, cancelled, read (reference 5)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from flask.testing import FlaskClient

from sandbox.tiktok.platform import Platform
from tests.sandbox.tiktok.buyers import DAY, HOUR, Market
from tests.sandbox.tiktok.conftest import GB, ID, US, Document, Shop

SEARCH = "/order/202309/orders/search"


def statuses_told(market: Market, order_id: str) -> list[str]:
    return [row["order_status"] for row in market.told("ORDER_STATUS_CHANGE") if row["order_id"] == order_id]


def test_an_order_is_held_for_an_hour_and_conceals_its_buyer(market: Market) -> None:
    number = market.buy(quantity=2)
    order = market.order(number)
    assert order["status"] == "ON_HOLD" and order["is_on_hold_order"]
    assert not {"recipient_address", "buyer_email", "buyer_nickname", "user_id"} & set(order)
    assert len(order["line_items"]) == 2 and order["packages"] == []
    assert {line["display_status"] for line in order["line_items"]} == {"AWAITING_SHIPMENT"}
    assert market.stock() == (48, 2)
    market.wait(HOUR - 15)
    assert market.status(number) == "ON_HOLD"
    market.wait(20)
    order = market.order(number)
    assert order["status"] == "AWAITING_SHIPMENT" and order["recipient_address"]["name"] and order["buyer_email"]
    assert statuses_told(market, number) == ["UNPAID", "ON_HOLD", "AWAITING_SHIPMENT"]


def test_money_adds_up(market: Market) -> None:
    number = market.ready(quantity=3, seller_discount=10, platform_discount=5)
    payment = {name: Decimal(text) for name, text in market.order(number)["payment"].items() if name != "currency"}
    assert payment["original_total_product_price"] == Decimal("29.70")
    listed = payment["original_total_product_price"] - payment["seller_discount"] - payment["platform_discount"]
    assert payment["sub_total"] == listed
    shipping = payment["original_shipping_fee"] - payment["shipping_fee_platform_discount"]
    assert payment["shipping_fee"] == shipping
    assert payment["total_amount"] == payment["sub_total"] + payment["shipping_fee"] + payment["tax"]
    detail = market.shop.data("GET", f"/order/202407/orders/{number}/price_detail")
    assert Decimal(detail["total"]) == Decimal(detail["sku_list_price"]) + Decimal(detail["shipping_list_price"])
    assert Decimal(detail["payment"]) == payment["total_amount"] and len(detail["line_items"]) == 3


def test_not_paid_in_time(market: Market) -> None:
    number = market.buy(pay=False)
    assert market.status(number) == "UNPAID" and market.stock() == (49, 1)
    market.wait(DAY + 1)
    assert market.status(number) == "CANCELLED" and market.stock() == (50, 0)
    assert statuses_told(market, number) == ["UNPAID", "CANCEL"]
    assert market.told("CANCELLATION_STATUS_CHANGE")[0]["cancellations_role"] == "SYSTEM"


def test_cancelled_in_the_hour(market: Market) -> None:
    number = market.buy()
    assert market.act("cancel", order_id=number)["cancel_status"] == "CANCELLATION_REQUEST_SUCCESS"
    order = market.order(number)
    assert (order["status"], order["cancellation_initiator"]) == ("CANCELLED", "BUYER")
    market.wait(2 * HOUR)
    assert market.status(number) == "CANCELLED" and market.stock() == (50, 0)
    told = [row["cancel_status"] for row in market.told("CANCELLATION_STATUS_CHANGE")]
    assert told == ["CANCELLATION_REQUEST_SUCCESS", "CANCELLATION_REQUEST_COMPLETE"]


def test_a_later_request_is_granted_when_nobody_answers(market: Market) -> None:
    number = market.ready()
    assert market.act("cancel", order_id=number)["cancel_status"] == "CANCELLATION_REQUEST_PENDING"
    assert market.order(number)["is_buyer_request_cancel"] is True
    market.wait(48 * HOUR - 60)
    assert market.status(number) == "AWAITING_SHIPMENT"
    market.wait(120)
    assert market.status(number) == "CANCELLED" and market.stock() == (50, 0)


def test_a_week_forwards_cancels_what_was_not_shipped(market: Market) -> None:
    number = market.buy()
    market.wait(8 * DAY)
    order = market.order(number)
    assert order["cancel_reason"] == "system_cancel_order_reason_shipping_timeout"
    assert statuses_told(market, number) == ["UNPAID", "ON_HOLD", "AWAITING_SHIPMENT", "CANCEL"]
    assert not market.shared.agenda.heap or market.shared.agenda.heap[0][0] > market.shared.now()


def test_one_timer_however_many_orders(market: Market) -> None:
    for _ in range(5):
        market.buy()
    market.wait(HOUR + 1)
    kinds = [row["kind"] for row in market.shared.box.timers.planned.values()]
    assert kinds.count("tiktok.orders") <= 2 and len(market.shared.agenda.entries) >= 5


def test_a_pre_order_waits_for_its_release(market: Market) -> None:
    number = market.buy(kind="PRE_ORDER", release_days=5)
    market.wait(2 * DAY)
    order = market.order(number)
    assert (order["status"], order["order_type"]) == ("ON_HOLD", "PRE_ORDER") and order["release_date"]
    market.wait(3 * DAY + 60)
    assert market.status(number) == "AWAITING_SHIPMENT"


def test_what_tiktok_fulfils_ships_by_itself_and_takes_no_stock(market: Market) -> None:
    number = market.buy(kind="FBT")
    assert market.stock() == (50, 0)
    market.wait(4 * DAY)
    order = market.order(number)
    assert (order["status"], order["fulfillment_type"]) == ("DELIVERED", "FULFILLMENT_BY_TIKTOK")
    assert "*" in order["recipient_address"]["name"] and order["tracking_number"]


def test_free_ones(market: Market) -> None:
    sample, gift = market.order(market.ready(kind="SAMPLE")), market.order(market.ready(kind="GIFT"))
    assert sample["is_sample_order"] and sample["payment"]["total_amount"] == "0.00"
    assert gift["line_items"][0]["is_gift"] and gift["line_items"][0]["gift_retail_price"] == "9.90"


def test_outside_the_united_states_a_package_waits(
    http: FlaskClient, shared: Platform, shop: Callable[[str], Shop]
) -> None:
    market = Market(http, shared, shop(GB))
    order = market.order(market.ready(quantity=2))
    assert len(order["packages"]) == 1
    assert {line["package_id"] for line in order["line_items"]} == {order["packages"][0]["id"]}
    assert {line["package_status"] for line in order["line_items"]} == {"TO_FULFILL"}


def test_indonesia_counts_in_whole_rupiah_and_masks(
    http: FlaskClient, shared: Platform, shop: Callable[[str], Shop]
) -> None:
    order = (market := Market(http, shared, shop(ID))).order(market.ready())
    assert order["payment"]["sub_total"] == "99000" and order["shipping_type"] == "TIKTOK"
    assert "***" in order["recipient_address"]["phone_number"]


def test_a_walk_by_update_time_misses_nothing_that_moves_meanwhile(market: Market) -> None:
    numbers = [market.buy() for _ in range(7)]
    query, seen = {"page_size": "3", "sort_field": "update_time", "sort_order": "ASC"}, []
    while True:
        page = market.shop.data("POST", SEARCH, {"create_time_ge": 1}, query=query)
        seen += [order["id"] for order in page["orders"]]
        if len(seen) == 3:
            market.shared.box.clock.advance(5)
            market.act("cancel", order_id=numbers[0])
        if not page["next_page_token"]:
            break
        query = {**query, "page_token": page["next_page_token"]}
    assert set(seen) == set(numbers) and seen[-1] == numbers[0] and page["total_count"] == 7


def test_search_filters(market: Market) -> None:
    held, ready = market.buy(), market.ready(shipping="TIKTOK")
    market.act("cancel", order_id=ready)

    def found(**body: object) -> list[str]:
        return [row["id"] for row in market.shop.data("POST", SEARCH, body, query={"page_size": "10"})["orders"]]

    assert found() == [ready, held]
    assert found(order_status="ON_HOLD") == [held]
    assert found(shipping_type="TIKTOK") == [ready]
    assert found(is_buyer_request_cancel=True) == [ready]
    assert found(warehouse_ids=["1"]) == []
    assert found(create_time_lt=5) == []


def test_external_ids(market: Market) -> None:
    number = market.ready()
    line = market.order(number)["line_items"][0]["id"]
    for mine in ("99", "100"):
        external = {"id": mine, "platform": "BIGCOMMERCE", "line_items": [{"id": "1", "origin_id": line}]}
        rows = [{"id": number, "external_order": external}, {"id": "5", "external_order": external}]
        told = market.shop.data("POST", "/order/202406/orders/external_orders", {"orders": rows})
        assert [row["code"] for row in told["errors"]] == ["36020001"]
    found = market.shop.data("GET", f"/order/202406/orders/{number}/external_orders", query={"platform": "BIGCOMMERCE"})
    assert [row["id"] for row in found["external_orders"]] == ["100"]
    query = {"platform": "BIGCOMMERCE", "external_order_id": "100"}
    rows = market.shop.data("POST", "/order/202406/orders/external_order_search", query=query)["orders"]
    assert [row["id"] for row in rows] == [number]


def test_many_until_nothing_is_left(market: Market) -> None:
    told = market.act("buy_many", shop_id=US, number=1000, seed=3)
    assert 0 < told["bought"] < 1000 and market.stock()[0] == 0 and market.stock()[1] == 50
    assert len(set(told["order_ids"])) == told["bought"]


def test_a_new_address_is_told(market: Market) -> None:
    number = market.ready()
    before = market.order(number)["recipient_address"]
    market.act("address", order_id=number, buyer=8)
    order = market.order(number)
    assert order["has_updated_recipient_address"] and order["recipient_address"] != before
    assert market.told("RECIPIENT_ADDRESS_UPDATE")[0]["order_id"] == number


def test_reset_forgets_orders(market: Market, http: FlaskClient) -> None:
    market.buy()
    http.post("/control/api/reset")
    assert not market.shared.orders.orders and not market.shared.agenda.heap and not market.shared.orders.by_shop


WRONG: dict[str, tuple[str, Document, str]] = {
    "no live listing": ("buy", {"sku_id": "1"}, "offers no SKU"),
    "more than there is": ("buy", {"quantity": 51}, "sold out"),
    "none": ("buy", {"quantity": -1}, "between"),
    "another kind": ("buy", {"kind": "X"}, "kind must be"),
    "pays twice": ("pay", {"order_id": "held"}, "not UNPAID"),
    "delivers nothing": ("deliver", {"order_id": "held"}, "on its way"),
    "completes too early": ("complete", {"order_id": "held"}, "not DELIVERED"),
    "settles nothing": ("settle", {}, "Nothing to settle"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_be_done_says_why(market: Market, name: str) -> None:
    action, body, words = WRONG[name]
    if body.get("order_id") == "held":
        body = {"order_id": market.buy()}
    whole = {"shop_id": US, "sku_id": market.sku_id, **body}
    answer = market.http.post(f"/control/api/buyers/{action}", json=whole)
    assert answer.status_code == 400 and words in answer.get_json()["error"]


def test_the_page(market: Market, http: FlaskClient) -> None:
    form = {"shop_id": US, "sku_id": market.sku_id, "quantity": "2", "pay-asked": "1", "pay": "on", "hold-asked": "1"}
    page = http.post("/control/buyers/buy", data=form, follow_redirects=True)
    assert page.status_code == 200 and "Plain mug" in page.text and "AWAITING_SHIPMENT" in page.text
    number = next(iter(market.shared.orders.orders))
    assert market.stock() == (48, 2)
    assert http.get(f"/control/buyers/{number}").status_code == 200
    both = {**form, "other_sku_id": market.sku_id, "other_quantity": "3"}
    http.post("/control/buyers/buy", data=both)
    assert market.stock() == (43, 7) and len(market.shared.orders.orders) == 2
    refused = http.post("/control/buyers/pay", data={"order_id": number, "back": number}, follow_redirects=True)
    assert 'role="alert"' in refused.text and f"Order {number}" in refused.text
    assert http.post("/control/buyers/buy", data=form, headers={"Origin": "http://evil.example"}).status_code == 403
