"""Orders, shipments and refunds: the request built, the answer read, the refusal read, the odd answer refused."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

import pytest
import responses

from clients.bigcommerce import BigCommerce
from clients.errors import Refused, Unreachable, Unreadable
from tests.clients.conftest import BIGCOMMERCE

BASE = BIGCOMMERCE + "/stores/abc123"
ORDER = {
    "id": 218, "status_id": 11, "status": "Awaiting Fulfillment", "external_order_id": "576461413038785752",
    "external_source": "TikTok", "date_created": "Sat, 21 Nov 2026 09:30:00 +0000", "date_shipped": "",
    "total_inc_tax": "24.9000", "currency_code": "USD", "products": {"url": "https://x", "resource": "/orders/218"},
    "billing_address": {"first_name": "TikTok", "zip": "97209"}, "payment_status": "", "new_field": {},
}  # fmt: skip
LINE = {"id": 31, "order_id": 218, "product_id": 107, "variant_id": 11, "quantity": 2, "price_ex_tax": "9.9000"}
ADDRESS = {"id": 71, "order_id": 218, "zip": "97209", "items_total": 2}
SHIPMENT = {"id": 4, "order_id": 218, "tracking_number": "1Z", "items": [{"order_product_id": 31, "quantity": 2}]}
QUOTE = {
    "order_id": 218, "total_refund_amount": 9.9,
    "refund_methods": [[{"provider_id": "custom", "amount": 9.9, "offline": True}]],
}  # fmt: skip
REFUND = {"id": 8, "order_id": 218, "total_amount": 9.9, "payments": [{"provider_id": "custom", "offline": True}]}
ITEM = {"item_type": "PRODUCT", "item_id": 31, "quantity": 1}
PAYMENT = {"provider_id": "custom", "amount": 9.9, "offline": True}
NEW = {"billing_address": {"zip": "97209"}, "products": [{"product_id": 107, "quantity": 2}]}
PAGE = {"page": "1", "limit": "50"}


class Case(NamedTuple):
    name: str
    act: Callable[[BigCommerce], Any]
    method: str
    path: str
    query: dict[str, str]
    body: Any
    answer: Any
    read: Any


NINE = datetime(2026, 11, 21, 9, tzinfo=UTC)
CASES = [
    Case(
        "orders", lambda s: [o.id for o in s.orders(min_id=218, modified_min=NINE)], "GET", "/v2/orders",
        {"sort": "id", "page": "1", "limit": "250", "min_id": "218", "min_date_modified": "2026-11-21T09:00:00Z"},
        None, [ORDER], [218],
    ),
    Case(
        "find", lambda s: [(o.id, o.external_source) for o in s.find_orders("576461413038785752")], "GET", "/v2/orders",
        {"external_order_id": "576461413038785752", "sort": "id", **PAGE}, None, [ORDER], [(218, "TikTok")],
    ),
    Case(
        "order", lambda s: getattr(s.order(218), "date_created", None), "GET", "/v2/orders/218", {}, None, ORDER,
        datetime(2026, 11, 21, 9, 30, tzinfo=UTC),
    ),
    Case("create", lambda s: s.create_order(NEW).id, "POST", "/v2/orders", {}, NEW, ORDER, 218),
    Case(
        "update", lambda s: s.update_order(218, {"status_id": 5}).status_id, "PUT", "/v2/orders/218", {},
        {"status_id": 5}, ORDER, 11,
    ),
    Case(
        "products", lambda s: [(p.id, p.price_ex_tax, p.quantity) for p in s.order_products(218)], "GET",
        "/v2/orders/218/products", PAGE, None, [LINE], [(31, Decimal("9.9000"), 2)],
    ),
    Case(
        "addresses", lambda s: [a.id for a in s.order_addresses(218)], "GET", "/v2/orders/218/shipping_addresses",
        PAGE, None, [ADDRESS], [71],
    ),
    Case(
        "readdress", lambda s: s.update_order_address(218, 71, {"zip": "10115"}).zip, "PUT",
        "/v2/orders/218/shipping_addresses/71", {}, {"zip": "10115"}, ADDRESS, "97209",
    ),
    Case(
        "modifiers", lambda s: [(p.id, p.modifiers[0].required) for p in s.products_with_modifiers((107, 108))],
        "GET", "/v3/catalog/products",
        {"id:in": "107,108", "include": "modifiers", "include_fields": "name", "limit": "10"}, None,
        {"data": [{"id": 107, "name": "Ring", "modifiers": [{"id": 5, "required": True, "option_values": []}]}]},
        [(107, True)],
    ),
    Case(
        "statuses", lambda s: [(r.id, r.custom_label) for r in s.order_statuses()], "GET", "/v2/order_statuses", {},
        None, [{"id": 11, "custom_label": "To pack"}], [(11, "To pack")],
    ),
    Case(
        "count", lambda s: s.order_count().statuses[0].count, "GET", "/v2/orders/count", {}, None,
        {"count": 3, "statuses": [{"id": 11, "count": 3}]}, 3,
    ),
    Case(
        "shipments", lambda s: [r.items[0].order_product_id for r in s.shipments(218)], "GET",
        "/v2/orders/218/shipments", PAGE, None, [SHIPMENT], [31],
    ),
    Case(
        "ship", lambda s: s.create_shipment(218, 71, [(31, 2)], tracking_number="1Z", shipping_provider="ups").id,
        "POST", "/v2/orders/218/shipments", {},
        {
            "order_address_id": 71, "items": [{"order_product_id": 31, "quantity": 2}], "tracking_number": "1Z",
            "shipping_provider": "ups",
        }, SHIPMENT, 4,
    ),
    Case(
        "reship", lambda s: s.update_shipment(218, 4, tracking_number="1Z").tracking_number, "PUT",
        "/v2/orders/218/shipments/4", {}, {"tracking_number": "1Z"}, SHIPMENT, "1Z",
    ),
    Case(
        "quote", lambda s: s.refund_quote(218, [ITEM]).refund_methods[0][0].provider_id, "POST",
        "/v3/orders/218/payment_actions/refund_quotes", {}, {"items": [ITEM]}, {"data": QUOTE}, "custom",
    ),
    Case(
        "refund", lambda s: s.create_refund(218, [ITEM], [PAYMENT], "broken").total_amount, "POST",
        "/v3/orders/218/payment_actions/refunds", {}, {"items": [ITEM], "payments": [PAYMENT], "reason": "broken"},
        {"data": REFUND}, Decimal("9.9"),
    ),
    Case(
        "refunds", lambda s: [r.id for r in s.refunds(218)], "GET", "/v3/orders/218/payment_actions/refunds", {}, None,
        {"data": [REFUND]}, [8],
    ),
]  # fmt: skip
LISTS = ("orders", "find", "products", "addresses", "statuses", "shipments")


def named(cases: list[Case]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("case", cases, ids=[case.name for case in cases])


@named(CASES)
def test_calls(case: Case, store: BigCommerce, web: responses.RequestsMock) -> None:
    web.add(case.method, BASE + case.path, json=case.answer, status=200 if case.method == "GET" else 201)
    assert case.act(store) == case.read
    request = web.calls[0].request
    assert dict(parse_qsl(urlsplit(str(request.url)).query)) == case.query
    sent = request.body
    assert (json.loads(sent) if isinstance(sent, bytes) else None) == case.body


@named(CASES)
def test_refusals_are_read(case: Case, store: BigCommerce, web: responses.RequestsMock) -> None:
    refusal: Any = {"status": 409, "title": "no", "errors": {"payments": "not equal"}}
    if "/v2/" in case.path:
        refusal = [{"status": 409, "message": "no", "details": {"payments": "not equal"}}]
    web.add(case.method, BASE + case.path, json=refusal, status=409)
    with pytest.raises(Refused) as caught:
        case.act(store)
    assert (caught.value.status, caught.value.path) == (409, "/stores/abc123" + case.path)
    assert [(row.subject, row.message) for row in caught.value.details] == [("payments", "not equal")]
    assert not caught.value.unknown


@named(CASES)
@pytest.mark.parametrize("body", [b"<html>", b"", b"7", b'[{"status":"x"}]', b'{"data":[{}]}', b'{"data":{}}'])
def test_odd_answers_are_refused(body: bytes, case: Case, store: BigCommerce, web: responses.RequestsMock) -> None:
    web.add(case.method, BASE + case.path, body=body)
    with pytest.raises(Unreadable) as caught:
        case.act(store)
    assert caught.value.unknown


@named([case for case in CASES if case.method != "GET"])
def test_a_write_without_an_answer_is_unknown_and_not_repeated(
    case: Case, store: BigCommerce, web: responses.RequestsMock
) -> None:
    web.add(case.method, BASE + case.path, status=503)
    with pytest.raises(Unreachable) as caught:
        case.act(store)
    assert caught.value.unknown and len(web.calls) == 1


@named([case for case in CASES if case.name in LISTS])
def test_an_empty_list_may_come_without_a_body(case: Case, store: BigCommerce, web: responses.RequestsMock) -> None:
    web.add("GET", BASE + case.path, status=204)
    assert case.act(store) == []


def test_parts_are_read_to_the_end(store: BigCommerce, web: responses.RequestsMock) -> None:
    path = BASE + "/v2/orders/218/products"
    web.add("GET", path, json=[{**LINE, "id": number} for number in range(50)])
    web.add("GET", path, json=[{**LINE, "id": 50}])
    assert [line.id for line in store.order_products(218)] == list(range(51))
    assert [dict(parse_qsl(urlsplit(str(call.request.url)).query))["page"] for call in web.calls] == ["1", "2"]


def test_a_filter_that_was_ignored_finds_nothing_out(store: BigCommerce, web: responses.RequestsMock) -> None:
    web.add("GET", BASE + "/v2/orders", json=[{**ORDER, "external_order_id": "1"}, ORDER])
    with pytest.raises(Unreadable):
        store.find_orders("576461413038785752")


def test_orders_of_another_source_are_left_out(store: BigCommerce, web: responses.RequestsMock) -> None:
    web.add("GET", BASE + "/v2/orders", json=[{**ORDER, "external_source": "other"}, {**ORDER, "id": 219}])
    assert [order.id for order in store.find_orders("576461413038785752", "TikTok")] == [219]


def test_an_order_that_is_gone_is_none(store: BigCommerce, web: responses.RequestsMock) -> None:
    web.add("GET", BASE + "/v2/orders/218", json=[{"status": 404, "message": "gone"}], status=404)
    assert store.order(218) is None


@pytest.mark.parametrize("status", [204, 404])
def test_a_shipment_is_gone_afterwards(status: int, store: BigCommerce, web: responses.RequestsMock) -> None:
    web.add("DELETE", BASE + "/v2/orders/218/shipments/4", status=status)
    store.delete_shipment(218, 4)
    assert len(web.calls) == 1


def test_an_order_is_archived(store: BigCommerce, web: responses.RequestsMock) -> None:
    web.add("DELETE", BASE + "/v2/orders/218", status=204)
    store.archive_order(218)
    assert web.calls[0].request.method == "DELETE"


def test_an_order_is_read_whole(store: BigCommerce, web: responses.RequestsMock) -> None:
    web.add("GET", BASE + "/v2/orders/218", json=ORDER)
    order = store.order(218)
    assert order is not None and order.billing_address is not None
    assert (order.status_id, order.total_inc_tax, order.date_shipped) == (11, Decimal("24.9000"), None)
    assert (order.billing_address.zip, order.items_total) == ("97209", 0)
