"""Orders: what a write makes of itself, the stock and the events it moves."""

from typing import Any

import pytest

from sandbox.bigcommerce.platform import BigCommerce
from sandbox.bigcommerce.seeds import FIRST
from tests.sandbox.bigcommerce.conftest import Api

BILLING = {"first_name": "TikTok", "last_name": "Buyer", "zip": "97209", "country_iso2": "US", "city": "Portland"}
FREE = {"name": "Gift", "quantity": 2, "price_inc_tax": 5, "price_ex_tax": "4.5"}


@pytest.fixture
def fired(platform: BigCommerce, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, Any]]]:
    events: list[tuple[str, dict[str, Any]]] = []
    catalog = platform.catalogs[FIRST]
    monkeypatch.setattr(catalog, "notify", lambda store, scope, data: events.append((scope, data)))
    return events


@pytest.fixture
def mug(api: Api) -> dict[str, Any]:
    """Five in the default location, three in the second."""
    product = api.new("Mug", sku="MUG", price=9.9, inventory_tracking="product", inventory_level=5)
    row = {"location_id": 2, "product_id": product["id"], "quantity": 3}
    assert api.put("/v3/inventory/adjustments/absolute", {"items": [row]}).status_code == 200
    return product


def place(api: Api, *products: dict[str, Any], **fields: Any) -> dict[str, Any]:
    answer = api.post("/v2/orders", {"billing_address": BILLING, "products": list(products), "status_id": 11, **fields})
    assert answer.status_code == 201, answer.get_json()
    order: dict[str, Any] = answer.get_json()
    return order


def level(api: Api, product: dict[str, Any]) -> int:
    number: int = api.get(f"/v3/catalog/products/{product['id']}").get_json()["data"]["inventory_level"]
    return number


def line_of(api: Api, order: dict[str, Any], place: int = 0) -> dict[str, Any]:
    rows = api.get(f"/v2/orders/{order['id']}/products").get_json()
    line: dict[str, Any] = rows[place]
    return line


def address_of(api: Api, order: dict[str, Any]) -> int:
    [row] = api.get(f"/v2/orders/{order['id']}/shipping_addresses").get_json()
    return int(row["id"])


def ship(api: Api, order: dict[str, Any], quantity: int, **fields: Any) -> dict[str, Any]:
    items = [{"order_product_id": line_of(api, order)["id"], "quantity": quantity}]
    body = {"order_address_id": address_of(api, order), "items": items, **fields}
    answer = api.post(f"/v2/orders/{order['id']}/shipments", body)
    assert answer.status_code == 201, answer.get_json()
    shipment: dict[str, Any] = answer.get_json()
    return shipment


def status(api: Api, order: dict[str, Any]) -> int:
    return int(api.get(f"/v2/orders/{order['id']}").get_json()["status_id"])


def test_an_order_is_bare_and_its_amounts_are_text(api: Api, mug: dict[str, Any]) -> None:
    row = {"product_id": mug["id"], "quantity": 2}
    order = place(
        api, row, FREE, external_order_id="576", external_source="12345", shipping_cost_inc_tax="3.00",
        shipping_cost_ex_tax="2.50", discount_amount="1.00",
    )  # fmt: skip
    assert (order["external_order_id"], order["external_source"], order["external_id"]) == ("576", "12345", None)
    assert (order["order_source"], order["status_id"], order["status"]) == ("external", 11, "Awaiting Fulfillment")
    assert (order["subtotal_inc_tax"], order["total_inc_tax"], order["items_total"]) == ("29.8000", "31.8000", 4)
    assert order["date_created"].endswith("+0000") and order["date_shipped"] == ""
    line = line_of(api, order)
    assert (line["sku"], line["price_inc_tax"], line["total_inc_tax"]) == ("MUG", "9.9000", "19.8000")
    assert line_of(api, order, 1)["product_id"] == 0


def test_totals_given_override_the_sum(api: Api) -> None:
    order = place(api, FREE, total_inc_tax="7.0000", total_ex_tax="6.0000")
    assert (order["total_inc_tax"], order["total_tax"], order["subtotal_inc_tax"]) == ("7.0000", "1.0000", "10.0000")


def test_empty_lists_have_no_body(api: Api, mug: dict[str, Any]) -> None:
    assert (api.get("/v2/orders").status_code, api.get("/v2/orders").data) == (204, b"")
    order = place(api, FREE)
    assert api.get(f"/v2/orders/{order['id']}/shipments").status_code == 204
    assert api.get("/v2/orders?page=2").status_code == 204


def test_the_external_number_finds_and_is_not_unique(api: Api, mug: dict[str, Any]) -> None:
    one, two = place(api, FREE, external_order_id="576"), place(api, FREE, external_order_id="576")
    place(api, FREE, external_order_id="5760")
    found = api.get("/v2/orders?external_order_id=576").get_json()
    assert [row["id"] for row in found] == [one["id"], two["id"]]
    assert api.get("/v2/orders?external_order_id=57").status_code == 204


def test_filters_by_status_id_and_time(api: Api, platform: BigCommerce) -> None:
    first = place(api, FREE)
    platform.box.clock.advance(100)
    second = place(api, FREE, status_id=1)
    since = first["date_modified"]
    assert [row["id"] for row in api.get("/v2/orders?status_id=1").get_json()] == [second["id"]]
    assert [row["id"] for row in api.get(f"/v2/orders?min_id={second['id']}").get_json()] == [second["id"]]
    found = api.get("/v2/orders", query_string={"max_date_modified": since, "sort": "date_modified"}).get_json()
    assert [row["id"] for row in found] == [first["id"]]
    assert api.get("/v2/orders/count").get_json()["count"] == 2


def test_stock_goes_with_the_order_and_comes_back_with_its_cancellation(
    api: Api, mug: dict[str, Any], fired: list[tuple[str, dict[str, Any]]]
) -> None:
    order = place(api, {"product_id": mug["id"], "quantity": 6})
    assert level(api, mug) == 2
    moved = dict(fired)["store/product/inventory/order/updated"]
    assert moved["inventory"] == {"product_id": mug["id"], "method": "relative", "value": -6}
    assert dict(fired)["store/order/created"] == {"type": "order", "id": order["id"]}
    fired.clear()
    assert api.put(f"/v2/orders/{order['id']}", {"status_id": 5}).status_code == 200
    assert level(api, mug) == 8
    changed = dict(fired)["store/order/statusUpdated"]
    assert changed["status"] == {"previous_status_id": 11, "new_status_id": 5}
    assert api.put(f"/v2/orders/{order['id']}", {"status_id": 11}).status_code == 200
    assert level(api, mug) == 2


def test_where_stock_lies_it_goes_back_to(api: Api, mug: dict[str, Any]) -> None:
    order = place(api, {"product_id": mug["id"], "quantity": 6})
    api.put(f"/v2/orders/{order['id']}", {"status_id": 5})
    [row] = api.get(f"/v3/inventory/items?product_id:in={mug['id']}").get_json()["data"]
    assert [place["total_inventory_onhand"] for place in row["locations"][:2]] == [5, 3]


@pytest.mark.parametrize("number", [0, 5, 6])
def test_an_order_that_is_none_takes_no_stock(number: int, api: Api, mug: dict[str, Any]) -> None:
    place(api, {"product_id": mug["id"], "quantity": 600}, status_id=number)
    assert level(api, mug) == 8


def test_two_lines_share_one_stock(api: Api, mug: dict[str, Any]) -> None:
    rows = [{"product_id": mug["id"], "quantity": 4}, {"product_id": mug["id"], "quantity": 5}]
    answer = api.post("/v2/orders", {"billing_address": BILLING, "products": rows, "status_id": 11})
    assert answer.status_code == 400 and level(api, mug) == 8
    place(api, rows[0], {**rows[1], "quantity": 4})
    assert level(api, mug) == 0


def test_lines_change_and_stock_follows(api: Api, mug: dict[str, Any]) -> None:
    order = place(api, {"product_id": mug["id"], "quantity": 2})
    rows = [{"id": line_of(api, order)["id"], "quantity": 1}, FREE]
    assert api.put(f"/v2/orders/{order['id']}", {"products": rows}).get_json()["items_total"] == 3
    assert level(api, mug) == 7
    api.put(f"/v2/orders/{order['id']}", {"products": [{"id": rows[0]["id"], "quantity": 0}]})
    assert (level(api, mug), line_of(api, order)["name"]) == (8, "Gift")


def test_a_variant_is_named_or_chosen_by_its_options(api: Api) -> None:
    rows = [
        {"sku": f"SH-{size}", "option_values": [{"option_display_name": "Size", "label": size}], "inventory_level": 3}
        for size in ("S", "M")
    ]
    shirt = api.new("Shirt", sku="SH", inventory_tracking="variant", variants=rows)
    [small, medium] = api.get(f"/v3/catalog/products/{shirt['id']}/variants").get_json()["data"]
    order = place(api, {"product_id": shirt["id"], "variant_id": medium["id"], "quantity": 1})
    value = small["option_values"][0]
    other = place(
        api,
        {
            "product_id": shirt["id"],
            "quantity": 1,
            "product_options": [{"id": value["option_id"], "value": str(value["id"])}],
        },
    )
    assert (line_of(api, order)["sku"], line_of(api, other)["sku"]) == ("SH-M", "SH-S")
    assert line_of(api, other)["product_options"][0]["display_value"] == "S"


def test_shipments_move_the_status_and_never_back(
    api: Api, mug: dict[str, Any], fired: list[tuple[str, dict[str, Any]]]
) -> None:
    order = place(api, {"product_id": mug["id"], "quantity": 2})
    first = ship(api, order, 1, tracking_number="1Z1", shipping_provider="ups")
    assert status(api, order) == 3 and "1Z1" in first["generated_tracking_link"]
    second = ship(api, order, 1)
    assert status(api, order) == 2 and api.get(f"/v2/orders/{order['id']}").get_json()["date_shipped"]
    path = f"/v2/orders/{order['id']}/shipments/{second['id']}"
    assert api.put(path, {"tracking_number": "1Z2"}).get_json()["tracking_number"] == "1Z2"
    assert api.call("DELETE", path).status_code == 204
    assert (status(api, order), line_of(api, order)["quantity_shipped"]) == (2, 1)
    kinds = [scope for scope, _ in fired if scope.startswith("store/shipment")]
    assert kinds == [f"store/shipment/{what}" for what in ("created", "created", "updated", "deleted")]
    assert dict(fired)["store/shipment/created"]["orderId"] == order["id"]


def test_what_was_shipped_does_not_come_back(api: Api, mug: dict[str, Any]) -> None:
    order = place(api, {"product_id": mug["id"], "quantity": 3})
    ship(api, order, 1)
    api.put(f"/v2/orders/{order['id']}", {"status_id": 5})
    assert level(api, mug) == 7


def test_a_refund_must_come_to_its_quote_and_moves_no_stock(
    api: Api, mug: dict[str, Any], fired: list[tuple[str, dict[str, Any]]]
) -> None:
    order = place(api, {"product_id": mug["id"], "quantity": 2}, shipping_cost_inc_tax="3", shipping_cost_ex_tax="3")
    path = f"/v3/orders/{order['id']}/payment_actions"
    items = [
        {"item_type": "PRODUCT", "item_id": line_of(api, order)["id"], "quantity": 1},
        {"item_type": "SHIPPING", "item_id": address_of(api, order), "amount": 3},
    ]
    quote = api.post(f"{path}/refund_quotes", {"items": items}).get_json()["data"]
    assert quote["total_refund_amount"] == 12.9
    [method] = quote["refund_methods"][0]
    paid = {"items": items, "payments": [{"provider_id": "custom", "amount": method["amount"], "offline": True}]}
    answer = api.post(f"{path}/refunds", paid)
    assert answer.status_code == 201 and answer.get_json()["data"]["total_amount"] == 12.9
    assert (status(api, order), level(api, mug), line_of(api, order)["quantity_refunded"]) == (14, 6, 1)
    refund = answer.get_json()["data"]["id"]
    assert dict(fired)["store/order/refund/created"]["refund"] == {"refund_id": refund}
    assert [row["id"] for row in api.get(f"{path}/refunds").get_json()["data"]] == [refund]
    rest = [{"item_type": "ORDER", "item_id": order["id"], "amount": 9.9}]
    whole = {"items": rest, "payments": [{"provider_id": "custom", "amount": 9.9, "offline": True}]}
    assert api.post(f"{path}/refunds", whole).status_code == 201
    assert (status(api, order), api.get(f"/v2/orders/{order['id']}").get_json()["payment_status"]) == (4, "refunded")


def test_an_archived_order_is_out_of_the_lists_only(api: Api) -> None:
    order = place(api, FREE)
    assert api.call("DELETE", f"/v2/orders/{order['id']}").status_code == 204
    assert api.get("/v2/orders").status_code == 204
    assert api.get(f"/v2/orders/{order['id']}").get_json()["is_deleted"] is True


def test_stores_do_not_see_each_other(api: Api, second: Api) -> None:
    order = place(api, FREE, external_order_id="576")
    assert second.get(f"/v2/orders/{order['id']}").status_code == 404
    assert second.get("/v2/orders?external_order_id=576").status_code == 204


def test_the_truth_about_orders_is_told_and_lists_may_lag(api: Api, platform: BigCommerce) -> None:
    http = api.app.test_client()
    assert http.post("/control/api/bigcommerce/orders", json={"lag": 30}).status_code == 200
    one, two = place(api, FREE, external_order_id="576"), place(api, FREE, external_order_id="576")
    assert api.get("/v2/orders?external_order_id=576").status_code == 204
    assert api.get(f"/v2/orders/{one['id']}").status_code == 200
    platform.box.clock.advance(31)
    assert len(api.get("/v2/orders?external_order_id=576").get_json()) == 2
    truth = http.get("/control/api/bigcommerce/orders").get_json()
    assert (truth["created"], truth["doubled"]) == (2, {"576": [one["id"], two["id"]]})


def test_an_order_whose_answer_was_lost_is_found_again(api: Api) -> None:
    http = api.app.test_client()
    http.post("/control/api/faults", json={"kind": "error_after", "match": "POST orders", "count": 1})
    body = {"billing_address": BILLING, "products": [FREE], "external_order_id": "576"}
    assert api.post("/v2/orders", body).status_code == 500
    assert [row["external_order_id"] for row in api.get("/v2/orders?external_order_id=576").get_json()] == ["576"]


def test_an_address_that_becomes_known_later_is_written(api: Api, fired: list[tuple[str, dict[str, Any]]]) -> None:
    order = place(api, FREE)
    path = f"/v2/orders/{order['id']}/shipping_addresses/{address_of(api, order)}"
    answer = api.put(path, {"first_name": "Kim", "street_1": "1 Elm", "zip": "10115", "country_iso2": "DE"})
    assert answer.status_code == 200 and answer.get_json()["country"] == "Germany"
    known = api.get(path).get_json()
    assert (known["first_name"], known["last_name"], known["zip"]) == ("Kim", "Buyer", "10115")
    assert [scope for scope, _ in fired][-1] == "store/order/updated"


def test_orders_survive_a_restart(api: Api, platform: BigCommerce) -> None:
    from sandbox.bigcommerce.orders.book import OrderBook

    order = place(api, FREE, external_order_id="576")
    again = OrderBook(platform.catalogs[FIRST])
    assert again.by_external == {"576": [order["id"]]} and again.get(order["id"])["lines"][0]["name"] == "Gift"
