"""Shipping, tracking, splitting, combining and labels (reference 6)."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image

from sandbox.tiktok.packages.paper import A6, bars, pdf
from sandbox.tiktok.platform import Platform
from tests.sandbox.tiktok.buyers import DAY, HOUR, Market
from tests.sandbox.tiktok.conftest import GB, ID, Document, Shop

USPS, UPS = "7400000000000000001", "7400000000000000002"
F = "/fulfillment/202309"


def mark(market: Market, order_id: str, **changes: Any) -> Document:
    body = {"tracking_number": "9400100000000000000001", "shipping_provider_id": USPS, **changes}
    return market.shop.call("POST", f"{F}/orders/{order_id}/packages", body)


@pytest.fixture
def british(http: FlaskClient, shared: Platform, shop: Callable[[str], Shop]) -> Market:
    return Market(http, shared, shop(GB))


@pytest.fixture
def indonesian(http: FlaskClient, shared: Platform, shop: Callable[[str], Shop]) -> Market:
    return Market(http, shared, shop(ID))


def test_marked_as_shipped_then_brought_by_the_clock(market: Market) -> None:
    number = market.ready(quantity=2)
    assert market.stock() == (48, 2)
    made = mark(market, number)["data"]
    order = market.order(number)
    assert order["status"] == "AWAITING_COLLECTION" and order["packages"] == [{"id": made["package_id"]}]
    assert {line["tracking_number"] for line in order["line_items"]} == {"9400100000000000000001"}
    assert market.stock() == (48, 0)
    market.wait(7 * HOUR)
    assert market.status(number) == "IN_TRANSIT"
    market.wait(2 * DAY)
    order = market.order(number)
    assert order["status"] == "DELIVERED" and order["rts_time"] < order["collection_time"] < order["delivery_time"]
    market.wait(7 * DAY)
    assert market.status(number) == "COMPLETED"
    events = market.shop.data("GET", f"{F}/orders/{number}/tracking")["tracking"]
    assert [event["action_code"] for event in events] == [30901, 30201, 30101]


def test_part_of_an_order(market: Market) -> None:
    number = market.ready(quantity=3)
    lines = [line["id"] for line in market.order(number)["line_items"]]
    first = mark(market, number, order_line_item_ids=lines[:1])["data"]
    assert market.status(number) == "PARTIALLY_SHIPPING"
    assert mark(market, number, tracking_number="1Z0000000002")["code"] == 21011048
    second = mark(market, number, tracking_number="1Z0000000002", order_line_item_ids=lines[1:])["data"]
    order = market.order(number)
    assert order["status"] == "AWAITING_COLLECTION" and order["split_or_combine_tag"] == "SPLIT"
    assert {row["id"] for row in order["packages"]} == {first["package_id"], second["package_id"]}
    market.act("collect", package_id=first["package_id"])
    assert market.status(number) == "AWAITING_COLLECTION"
    market.act("collect", order_id=number)
    assert market.status(number) == "IN_TRANSIT"


def test_the_waiting_package_is_the_one_that_ships(british: Market) -> None:
    number = british.ready(quantity=2)
    waiting = british.order(number)["packages"][0]["id"]
    lines = [line["id"] for line in british.order(number)["line_items"]]
    first = mark(british, number, order_line_item_ids=lines[:1])["data"]["package_id"]
    assert first != waiting
    rest = mark(british, number, tracking_number="GB12345678", order_line_item_ids=lines[1:])["data"]
    assert rest["package_id"] == waiting and rest["order_line_item_ids"] == lines[1:]


def test_one_number_for_two_orders_of_one_address(market: Market) -> None:
    first, same, other = market.ready(), market.ready(), market.ready(buyer=8)
    assert [mark(market, number)["code"] for number in (first, same, other)] == [0, 0, 21011025]


def test_tracking_is_corrected_once(market: Market) -> None:
    number = market.ready()
    package = mark(market, number)["data"]["package_id"]
    path = f"{F}/packages/{package}/shipping_info/update"
    body = {"tracking_number": "1Z9999999999", "shipping_provider_id": UPS}
    assert market.shop.call("POST", path, body)["code"] == 0
    order = market.order(number)
    assert (order["tracking_number"], order["shipping_provider"]) == ("1Z9999999999", "UPS")
    assert market.shop.call("POST", path, body)["code"] == 21011051


def test_the_platforms_label(indonesian: Market, http: FlaskClient) -> None:
    number = indonesian.ready(quantity=2)
    package = indonesian.order(number)["packages"][0]["id"]
    slots = indonesian.shop.data("GET", f"{F}/packages/{package}/handover_time_slots")["pickup_slots"]
    slot = {name: slots[2][name] for name in ("start_time", "end_time")}
    body = {"handover_method": "PICKUP", "pickup_slot": slot}
    assert indonesian.shop.data("POST", f"{F}/packages/{package}/ship", body) == {}
    path = f"{F}/packages/{package}/shipping_documents"
    for kind, begins in (("SHIPPING_LABEL_AND_PACKING_SLIP", b"%PDF-1.4"), ("SHIPPING_LABEL_PICTURE", b"\x89PNG")):
        told = indonesian.shop.data("GET", path, query={"document_type": kind})
        url = told["doc_url"].removeprefix(indonesian.shared.box.settings.api_url)
        answer = http.get(url)
        assert answer.status_code == 200 and answer.data.startswith(begins)
        assert http.get(url.replace(package, package[:-1] + "0")).status_code == 404
    assert Image.open(BytesIO(answer.data)).size == (620, 875)
    indonesian.wait(DAY + 1)
    assert http.get(url).status_code == 404


def test_the_paper_is_a_sound_pdf() -> None:
    paper = pdf([(["To: (Åsa) \\ Öst"], "AB1")], A6)
    start = int(re.findall(rb"startxref\n(\d+)", paper)[0])
    assert paper[start:].startswith(b"xref\n0 6\n")
    places = [int(text) for text in re.findall(rb"(\d{10}) 00000 n ", paper)]
    assert [paper[place:].split(b" ", 1)[0] for place in places] == [b"1", b"2", b"3", b"4", b"5"]
    length = int(re.findall(rb"/Length (\d+)", paper)[0])
    assert len(paper.partition(b"stream\n")[2].partition(b"\nendstream")[0]) == length
    assert b"\\(\xc5sa\\) \\\\ \xd6st" in paper and bars("A")[0] == (0, 1)


def test_split_keeps_whole_skus_together(indonesian: Market) -> None:
    number = indonesian.ready(quantity=2)
    lines = [line["id"] for line in indonesian.order(number)["line_items"]]
    told = indonesian.shop.data("GET", f"{F}/orders/split_attributes", query={"order_ids": number})
    assert told["split_attributes"][0]["can_split"] is False
    groups = [{"id": str(index), "order_line_item_ids": [line]} for index, line in enumerate(lines)]
    answer = indonesian.shop.call("POST", f"{F}/orders/{number}/split", {"splittable_groups": groups})
    assert answer["code"] == 21011035


def two_skus(market: Market) -> str:
    """An order of two SKUs, one unit each."""
    product = market.shared.products.products[market.product_id]
    sku, content = product["content"]["skus"][0], product["content"]
    twin = {**sku, "id": f"{sku['id'][:-1]}9", "seller_sku": "MUG-2"}
    market.shared.products.put(
        {
            **product,
            "content": {**content, "skus": [sku, twin]},
            "prices": {**product["prices"], twin["id"]: product["prices"][sku["id"]]},
            "stock": {**product["stock"], twin["id"]: product["stock"][sku["id"]]},
        }
    )
    items = [{"sku_id": sku["id"], "quantity": 1}, {"sku_id": twin["id"], "quantity": 1}]
    return market.ready(items=items, shipping="SELLER")


def test_split_before_shipping(indonesian: Market) -> None:
    number = two_skus(indonesian)
    before = indonesian.order(number)["packages"][0]["id"]
    lines = [line["id"] for line in indonesian.order(number)["line_items"]]
    groups = [{"id": f"g{index}", "order_line_item_ids": [line]} for index, line in enumerate(lines)]
    made = indonesian.shop.data("POST", f"{F}/orders/{number}/split", {"splittable_groups": groups})["packages"]
    assert [row["splittable_group_id"] for row in made] == ["g0", "g1"]
    order = indonesian.order(number)
    assert {row["id"] for row in order["packages"]} == {row["id"] for row in made}
    assert indonesian.shop.call("GET", f"{F}/packages/{before}")["code"] == 21011001
    assert indonesian.told("PACKAGE_UPDATE")[0]["sc_type"] == "SPLIT"
    shipment = {"tracking_number": "JNE0000001", "shipping_provider_id": "7400000000000000008"}
    rows = [{"id": made[0]["id"], "self_shipment": shipment}, {"id": made[1]["id"]}]
    errors = indonesian.shop.data("POST", f"{F}/packages/ship", {"packages": rows})["errors"]
    assert [(row["code"], row["detail"]["package_id"]) for row in errors] == [(21001001, made[1]["id"])]
    assert indonesian.status(number) == "PARTIALLY_SHIPPING"
    told = indonesian.shop.data(
        "POST", f"{F}/packages/deliver", {"packages": [{"id": made[0]["id"], "delivery_type": "DELIVERY_SUCCESS"}]}
    )
    assert told["errors"] == []
    detail = indonesian.shop.data("GET", f"{F}/packages/{made[0]['id']}")
    assert (detail["package_status"], detail["split_and_combine_tag"]) == ("COMPLETED", "SPLIT")
    waiting = indonesian.shop.data("GET", f"{F}/packages/{made[1]['id']}")
    assert waiting["package_status"] == "TO FULFILL"


def test_combine_and_take_apart(indonesian: Market) -> None:
    numbers = [indonesian.ready() for _ in range(3)]
    other = indonesian.ready(buyer=99)
    query = {"page_size": "10"}
    found = indonesian.shop.data("GET", f"{F}/combinable_packages/search", query=query)["combinable_packages"]
    assert [row["order_ids"] for row in found] == [numbers]
    rows = [found[0], {"id": "1", "order_ids": [numbers[0], other]}]
    told = indonesian.shop.data("POST", f"{F}/packages/combine", {"combinable_packages": rows})
    assert told["packages"][0] == {"id": found[0]["id"], "order_ids": numbers}
    assert [row["code"] for row in told["errors"]] == [21011031]
    assert indonesian.order(numbers[2])["split_or_combine_tag"] == "COMBINED"
    path = f"{F}/packages/{found[0]['id']}/uncombine"
    left = indonesian.shop.data("POST", path, {"order_ids": numbers[:1]})["packages"]
    assert left[0] == {"id": found[0]["id"], "order_ids": numbers[1:]} and left[1]["order_ids"] == numbers[:1]
    assert indonesian.shop.data("POST", f"{F}/packages/{found[0]['id']}/ship", {}) == {}
    assert [indonesian.status(number) for number in numbers] == ["AWAITING_SHIPMENT", *["AWAITING_COLLECTION"] * 2]
    assert [row["sc_type"] for row in indonesian.told("PACKAGE_UPDATE")] == ["COMBINE", "CANCEL_COMBINE"]


PARCEL = {
    "weight": {"value": "500", "unit": "GRAM"},
    "dimension": {"length": "10", "width": "10", "height": "5", "unit": "CM"},
}


def test_a_label_bought_in_the_united_states(market: Market) -> None:
    first, second = market.ready(shipping="TIKTOK"), market.ready(shipping="TIKTOK")
    services = market.shop.data("POST", f"{F}/orders/{first}/shipping_services/query", PARCEL)["shipping_services"]
    body = {"ship_type": 3, "order_list_ids": [first, second], "shipping_service_id": services[1]["id"], **PARCEL}
    made = market.shop.data("POST", "/fulfillment/202512/packages", body)
    assert made["shipping_service_info"]["name"] == "Priority"
    assert [market.status(number) for number in (first, second)] == ["AWAITING_COLLECTION"] * 2
    assert market.order(second)["packages"] == [{"id": made["package_id"]}]
    again = market.shop.call("POST", "/fulfillment/202512/packages", body)
    assert again["code"] == 21022025
    heavy = {**PARCEL, "weight": {"value": "99", "unit": "POUND"}}
    other = market.ready(shipping="TIKTOK")
    assert market.shop.call("POST", f"{F}/orders/{other}/shipping_services/query", heavy)["code"] == 11021009


def test_search_packages(market: Market) -> None:
    made = [mark(market, market.ready(), tracking_number=f"94001000{n}")["data"]["package_id"] for n in range(3)]
    query, seen = {"page_size": "2", "sort_field": "create_time", "sort_order": "ASC"}, []
    while True:
        page = market.shop.data("POST", f"{F}/packages/search", {"package_status": "PROCESSING"}, query=query)
        seen += [row["id"] for row in page["packages"]]
        if not page["next_page_token"]:
            break
        query = {**query, "page_token": page["next_page_token"]}
    assert seen == made and page["total_count"] == 3
    assert market.shop.call("POST", f"{F}/packages/search", {}, query={"page_size": "51"})["code"] == 21001001


def test_a_lost_parcel_is_cancelled_by_the_platform(market: Market) -> None:
    number = market.ready()
    package = mark(market, number)["data"]["package_id"]
    market.act("lose", order_id=number)
    order = market.order(number)
    assert (order["status"], order["cancel_reason"]) == ("CANCELLED", "package_lost") and market.stock() == (49, 0)
    assert market.shop.data("GET", f"{F}/packages/{package}")["ship_exception_reason"] == "PACKAGE_LOST"


def test_nothing_moves_by_itself_without_a_carrier(market: Market, http: FlaskClient) -> None:
    http.post("/control/api/tiktok/knobs", json={"carrier": False})
    number = market.ready()
    mark(market, number)
    market.wait(4 * DAY)
    assert market.status(number) == "AWAITING_COLLECTION"
    market.wait(8 * DAY)
    assert market.order(number)["cancel_reason"] == "system_cancel_order_untracked"
